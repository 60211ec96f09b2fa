//! `split-range`: `a >= 10 and a <= 20`.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::Decimal;
use crate::syntax::tree::{Comparison, Connective, Expr, ExprKind, Literal, Number, Predicate};

pub const RULE: Rule = Rule {
    name: "split-range",
    group: Group::Style,
    level: Level::Note,
    summary: "two comparisons say what `between` says",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/split-range.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        walk::expressions(item, |expr, _| {
            let ExprKind::Connective(Connective::And(members)) = &expr.kind else { return };
            for pair in members.windows(2) {
                let [first, second] = pair else { continue };
                let (Some(one), Some(other)) = (bound(first), bound(second)) else { continue };
                let subject = context.plain(one.left.span);
                if subject != context.plain(other.left.span) {
                    continue;
                }
                let (low, high) = match (one.operator, other.operator) {
                    (Comparison::AtLeast, Comparison::AtMost) => (one.right, other.right),
                    (Comparison::AtMost, Comparison::AtLeast) => (other.right, one.right),
                    (Comparison::AtLeast | Comparison::AtMost | Comparison::Above | Comparison::Below, _) => continue,
                };
                // ends that are the wrong way round are what another rule says
                if !in_order(low, high) {
                    continue;
                }
                let whole = first.span.to(second.span);
                let between = format!("{subject} between {} and {}", context.text(low.span), context.text(high.span));
                let diagnostic = RULE.finding(format!("`{between}` says the same")).at(whole, "both ends in");
                // a comment in between would be lost
                found.push(if context.text(whole).contains('#') {
                    diagnostic
                } else {
                    diagnostic.replace(format!("write `{between}`"), Applicability::Safe, whole, between)
                });
                // what stands in one pair does not stand in the next
                break;
            }
        });
    }
}

struct Bound<'e> {
    left: &'e Expr,
    operator: Comparison,
    right: &'e Expr,
}

/// A comparison with a constant.
fn bound(expr: &Expr) -> Option<Bound<'_>> {
    match &expr.kind {
        ExprKind::Predicate(Predicate::Compare { left, operator, right, .. }) => {
            let constant = matches!(right.kind, ExprKind::Literal(Literal::Number(_) | Literal::Date(_) | Literal::Time(_)));
            constant.then_some(Bound { left, operator: *operator, right })
        }
        _ => None,
    }
}

/// Ends that stand as `between` wants them.
fn in_order(low: &Expr, high: &Expr) -> bool {
    match (&low.kind, &high.kind) {
        (ExprKind::Literal(Literal::Number(low)), ExprKind::Literal(Literal::Number(high))) => {
            let value = |number: &Number| Decimal { mantissa: number.mantissa, places: number.places };
            value(high).minus(value(low)).is_some_and(|width| width.mantissa >= 0)
        }
        (ExprKind::Literal(Literal::Date(low)), ExprKind::Literal(Literal::Date(high))) => low <= high,
        (ExprKind::Literal(Literal::Time(low)), ExprKind::Literal(Literal::Time(high))) => {
            low.offset == high.offset && low.local <= high.local
        }
        _ => false,
    }
}
