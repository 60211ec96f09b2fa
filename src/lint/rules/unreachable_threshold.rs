//! `unreachable-threshold`: a threshold that every lead or no lead reaches.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, logic, walk};
use crate::model::{Arithmetic, Decimal, Expr, ExprKind, Predicate, Reference, Type};

pub const RULE: Rule = Rule {
    name: "unreachable-threshold",
    group: Group::Correctness,
    level: Level::Error,
    summary: "a threshold that every lead or no lead reaches",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unreachable-threshold.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for root in walk::model_roots(context.policy) {
        // an end of a `between` is no threshold of its own
        let mut ends = Vec::new();
        walk::inside(root, |expr| {
            if let Some(both) = expr.ends_of_between() {
                ends.extend(both.map(|end| end.span));
                look(context, expr, &both, found);
            } else if matches!(expr.kind, ExprKind::Predicate(Predicate::CompareConstant { .. })) && !ends.contains(&expr.span) {
                look(context, expr, &[expr], found);
            }
        });
    }
}

/// `comparisons` are of one value; all of them hold where `whole` does.
fn look(context: &Context<'_>, whole: &Expr, comparisons: &[&Expr], found: &mut Vec<Diagnostic>) {
    let Some(ExprKind::Predicate(Predicate::CompareConstant { left, .. })) = comparisons.first().map(|first| &first.kind) else { return };
    // of a field `check` has said it
    let computed = matches!(
        left.kind,
        ExprKind::Reference(Reference::Score(_) | Reference::Section(..) | Reference::Let(_))
            | ExprKind::Arithmetic(Arithmetic::Sum(_) | Arithmetic::Product(_))
    );
    let Some(bounds) = left.range.filter(|bounds| computed && bounds.low > i64::MIN && bounds.high < i64::MAX) else { return };
    let (subject, set) = comparisons
        .iter()
        .map(|comparison| logic::fact(context, comparison))
        .fold((String::new(), logic::domain(context, left)), |(_, set), (subject, next)| (subject, set.both(&next)));
    let scale = match left.ty {
        Type::Number { scale, .. } => scale,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => return,
    };
    let shown = |value: i64| Decimal { mantissa: i128::from(value), places: scale }.reduced();
    let gives = format!("it can be {} to {}", shown(bounds.low), shown(bounds.high));
    if set.is_empty() {
        found.push(RULE.finding(format!("`{subject}` never reaches this")).at(whole.span, gives));
    } else if !left.optional && set == logic::domain(context, left) {
        found.push(RULE.finding(format!("`{subject}` always reaches this")).at(whole.span, gives));
    }
}
