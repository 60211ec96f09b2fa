//! Why a condition failed.
//!
//! Enters: a condition, what its parts came out as. Leaves: the smallest parts that made it fail, each with the values it looks at. Always
//! holds: recursion is as deep as brackets may nest.

use super::explanation::{Fact, How, Named, Reason};
use crate::model::{Expr, ExprKind};
use crate::record::reader::{Connective, Reader, connective};

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
    match connective(condition) {
        // the members that came out right are not to blame, and say nothing
        Connective::And(members) | Connective::Or(members) => members.iter().for_each(|member| blame(reader, member, wanted, reasons)),
        Connective::Not(inner) => blame(reader, inner, !wanted, reasons),
        Connective::Implies(left, right) => {
            blame(reader, left, !wanted, reasons);
            blame(reader, right, wanted, reasons);
        }
        Connective::None => reasons.push(Reason {
            part: reader.phrase(condition.span),
            how: if wanted { How::Failed } else { How::Held },
            values: looked_at(reader, condition),
        }),
    }
}

/// What `a between b and c` looks at. It stands in the model as two comparisons of one value.
fn between(reader: &Reader, condition: &Expr) -> Option<Vec<Fact>> {
    let ExprKind::And(members) = &condition.kind else { return None };
    let [first, second] = members.as_slice() else { return None };
    let (ExprKind::CompareConstant { left: of_first, .. } | ExprKind::Compare { left: of_first, .. }) = &first.kind else { return None };
    let (ExprKind::CompareConstant { left: of_second, .. } | ExprKind::Compare { left: of_second, .. }) = &second.kind else { return None };
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
        ExprKind::CompareConstant { left, .. }
        | ExprKind::IsOneOf { left, .. }
        | ExprKind::IsText { left, .. }
        | ExprKind::IsKnown { left, .. }
        | ExprKind::Has { left, .. }
        | ExprKind::TextTest { left, .. } => vec![left],
        ExprKind::Compare { left, right, .. } | ExprKind::SameAs { left, right, .. } => vec![left, right],
        ExprKind::Cell { keys, .. } => keys.iter().collect(),
        ExprKind::Entering(_) | ExprKind::Leaving(_) => return stages(reader),
        ExprKind::Constant(_)
        | ExprKind::Field(_)
        | ExprKind::Let(_)
        | ExprKind::Score(_)
        | ExprKind::Section(..)
        | ExprKind::Decide(_)
        | ExprKind::Stage
        | ExprKind::Sum(_)
        | ExprKind::Product(_)
        | ExprKind::Remainder(..)
        | ExprKind::Larger(_)
        | ExprKind::Smaller(_)
        | ExprKind::Else(..)
        | ExprKind::DaysSince(_)
        | ExprKind::DaysUntil(_)
        | ExprKind::DomainOf(_)
        | ExprKind::Measure(_)
        | ExprKind::Property(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Not(_)
        | ExprKind::Implies(..) => vec![expression],
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
