//! `single-choice-list`: `is one of a`, where `is a` says it.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{ExprKind, Predicate};

pub const RULE: Rule = Rule {
    name: "single-choice-list",
    group: Group::Style,
    level: Level::Note,
    summary: "`is one of` with a single member",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/single-choice-list.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        walk::expressions(item, |expr, _| {
            let ExprKind::Predicate(Predicate::Is { left, negated, choices, one_of: true }) = &expr.kind else { return };
            let [only] = choices.as_slice() else { return };
            let between = Span::new(expr.span.source, left.span.end as usize, only.span.start as usize);
            let diagnostic = RULE.finding("`is one of` a single one").at(expr.span, "there is nothing to choose from");
            // a comment in between would be lost
            found.push(if context.text(between).contains('#') {
                diagnostic
            } else {
                let is = if *negated { " is not " } else { " is " };
                diagnostic.replace(format!("write `{}`", is.trim()), Applicability::Safe, between, is)
            });
        });
    }
}
