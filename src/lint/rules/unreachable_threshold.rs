//! `unreachable-threshold`: a threshold that every lead or no lead reaches.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, logic, walk};
use crate::model::{Decimal, Expr, ExprKind, Type};

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
        walk::inside(root, |expr| {
            if let ExprKind::CompareConstant { left, .. } = &expr.kind {
                look(context, expr, left, found);
            }
        });
    }
}

fn look(context: &Context<'_>, comparison: &Expr, left: &Expr, found: &mut Vec<Diagnostic>) {
    // of a field `check` has said it
    let computed =
        matches!(left.kind, ExprKind::Score(_) | ExprKind::Section(..) | ExprKind::Let(_) | ExprKind::Sum(_) | ExprKind::Product(_));
    let Some(bounds) = left.range.filter(|bounds| computed && bounds.low > i64::MIN && bounds.high < i64::MAX) else { return };
    let (subject, set) = logic::fact(context, comparison);
    let scale = match left.ty {
        Type::Number { scale, .. } => scale,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => return,
    };
    let shown = |value: i64| Decimal { mantissa: i128::from(value), places: scale }.reduced();
    let gives = format!("it can be {} to {}", shown(bounds.low), shown(bounds.high));
    if set.is_empty() {
        found.push(RULE.finding(format!("`{subject}` never reaches this")).at(comparison.span, gives));
    } else if !left.optional && logic::domain(context, left).is_within(&set) {
        found.push(RULE.finding(format!("`{subject}` always reaches this")).at(comparison.span, gives));
    }
}
