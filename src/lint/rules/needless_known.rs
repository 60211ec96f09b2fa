//! `needless-known`: `x is known` and `x is missing` where x is never missing.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::{ExprKind, Predicate, Reference};

pub const RULE: Rule = Rule {
    name: "needless-known",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a question whether a value is known that is never missing",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/needless-known.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for root in walk::model_roots(context.policy) {
        walk::inside(root, |expr| {
            let ExprKind::Predicate(Predicate::IsKnown { left, known }) = &expr.kind else { return };
            // of the signals of a group some may lack a property
            if left.optional || matches!(left.kind, ExprKind::Reference(Reference::Property(_))) {
                return;
            }
            found.push(
                RULE.finding(format!("`{}` is never missing", context.plain(left.span)))
                    .at(expr.span, if *known { "holds for every lead" } else { "holds for no lead" })
                    .help("ask for a value instead, or make the field `optional`"),
            );
        });
    }
}
