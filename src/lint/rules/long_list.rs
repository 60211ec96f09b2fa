//! `long-list`: `state is one of "AK", "AL", …`, which belongs into a table.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::syntax::tree::{ExprKind, Literal, Predicate};

pub const RULE: Rule = Rule {
    name: "long-list",
    group: Group::Style,
    level: Level::Note,
    summary: "a condition lists a dozen texts or more",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/long-list.md"),
    check,
};

/// More than that are not read, but looked up.
const MEMBERS_MAX: usize = 12;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        walk::expressions(item, |expr, _| {
            let ExprKind::Predicate(Predicate::Is { left, choices, one_of: true, .. }) = &expr.kind else { return };
            if choices.len() > MEMBERS_MAX && choices.iter().all(|choice| matches!(choice.kind, ExprKind::Literal(Literal::Text(_)))) {
                found.push(
                    RULE.finding(format!("`{}` is compared with {} texts", context.plain(left.span), choices.len()))
                        .at(expr.span, "nobody sees which one is missing")
                        .help("keep them in a table: `table areas from \"areas.csv\" { … }`"),
                );
            }
        });
    }
}
