//! `compared-yes-no`: `budget is yes`, where `budget` says it.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::conditions::conditions;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind, Literal, Predicate};

pub const RULE: Rule = Rule {
    name: "compared-yes-no",
    group: Group::Style,
    level: Level::Note,
    summary: "a yes/no value is compared with `yes`",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/compared-yes-no.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for expr in context.items().flat_map(conditions) {
        let ExprKind::Predicate(Predicate::Is { left, negated: false, choices, one_of: false }) = &expr.kind else { continue };
        let ([Expr { kind: ExprKind::Literal(Literal::YesNo(true)), .. }], ExprKind::Path(_) | ExprKind::Cell { .. }) =
            (choices.as_slice(), &left.kind)
        else {
            continue;
        };
        let name = context.plain(left.span);
        let behind = Span::new(expr.span.source, left.span.end as usize, expr.span.end as usize);
        let diagnostic = RULE.finding(format!("`{name}` says the same without `is yes`")).at(expr.span, "reads well by its name alone");
        // a comment in between would be lost
        found.push(if context.text(behind).contains('#') {
            diagnostic
        } else {
            diagnostic.replace(format!("write `{name}`"), Applicability::Safe, behind, "")
        });
    }
}
