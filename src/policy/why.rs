//! Why a condition failed.
//!
//! Enters: a condition, what its parts came out as. Leaves: the smallest parts that made it fail, each with the values it looks at. Always
//! holds: recursion is as deep as brackets may nest.

use super::explanation::{Fact, How, Named, Reason};
use crate::model::{Connective, Expr, ExprKind, Predicate, Reference};
use crate::record::reader::Reader;

/// The parts because of which a condition failed.
pub fn why_not(reader: &Reader, condition: &Expr) -> Vec<Reason> {
    let mut reasons = Vec::new();
    blame(reader, condition, true, &mut reasons);
    reasons
}

/// Collects the parts because of which `condition` did not come out as `wanted`.
fn blame(reader: &Reader, condition: &Expr, wanted: bool, reasons: &mut Vec<Reason>) {
    if reader.holds(condition) == wanted {
        return;
    }
    if let Some(values) = between(reader, condition) {
        let how = if wanted { How::Failed } else { How::Held };
        reasons.push(Reason { part: reader.phrase(condition.span), how, values });
        return;
    }
    let ExprKind::Connective(connective) = &condition.kind else {
        let how = if wanted { How::Failed } else { How::Held };
        reasons.push(Reason { part: reader.phrase(condition.span), how, values: looked_at(reader, condition) });
        return;
    };
    match connective {
        // the members that came out right are not to blame, and say nothing
        Connective::And(members) | Connective::Or(members) => members.iter().for_each(|member| blame(reader, member, wanted, reasons)),
        Connective::Not(inner) => blame(reader, inner, !wanted, reasons),
        Connective::Implies(left, right) => {
            blame(reader, left, !wanted, reasons);
            blame(reader, right, wanted, reasons);
        }
    }
}

/// What `a between b and c` looks at. It stands in the model as two comparisons of one value.
fn between(reader: &Reader, condition: &Expr) -> Option<Vec<Fact>> {
    let ExprKind::Connective(Connective::And(members)) = &condition.kind else { return None };
    let [first, second] = members.as_slice() else { return None };
    let (
        ExprKind::Predicate(Predicate::CompareConstant { left: of_first, .. } | Predicate::Compare { left: of_first, .. }),
        ExprKind::Predicate(Predicate::CompareConstant { left: of_second, .. } | Predicate::Compare { left: of_second, .. }),
    ) = (&first.kind, &second.kind)
    else {
        return None;
    };
    // Nothing else has two parts that are written once.
    if of_first.span != of_second.span {
        return None;
    }
    let mut values = looked_at(reader, first);
    values.extend(looked_at(reader, second).into_iter().filter(|fact| !values.contains(fact)).collect::<Vec<_>>());
    Some(values)
}

/// The values that a part of a condition, or a look-up, looks at.
pub fn looked_at(reader: &Reader, expression: &Expr) -> Vec<Fact> {
    let operands: Vec<&Expr> = match &expression.kind {
        ExprKind::Predicate(Predicate::Entering(_) | Predicate::Leaving(_)) => return stages(reader),
        ExprKind::Predicate(_) | ExprKind::Reference(Reference::Cell { .. }) => expression.children(),
        ExprKind::Constant(_) | ExprKind::Reference(_) | ExprKind::Arithmetic(_) | ExprKind::Conversion(_) | ExprKind::Connective(_) => {
            vec![expression]
        }
    };
    let operands = operands.into_iter().filter(|operand| !matches!(operand.kind, ExprKind::Constant(_)));
    operands.map(|operand| fact(&reader.phrase(operand.span), reader.shown(operand))).collect()
}

fn fact(name: &str, value: Option<String>) -> Fact {
    Fact { name: Named { name: name.to_string(), display: None }, value, definition: None }
}

fn stages(reader: &Reader) -> Vec<Fact> {
    let before = reader.lead.stage.or(reader.policy.start_stage);
    let after = reader.trace.stage_after.and_then(|value| reader.at(value)).and_then(|stage| usize::try_from(stage).ok());
    let name = |stage: Option<usize>| stage.and_then(|stage| reader.policy.stages.get(stage)).map(|stage| stage.name.clone());
    vec![fact("stage before", name(before)), fact("stage after", name(after))]
}
