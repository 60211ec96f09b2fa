//! `double-negation`: `not not a`, `not a is missing`, `a is not missing`.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::conditions::{conditions, without_parentheses};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{Connective, Expr, ExprKind, Predicate};

pub const RULE: Rule = Rule {
    name: "double-negation",
    group: Group::Style,
    level: Level::Note,
    summary: "a condition is negated twice",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/double-negation.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        // as a value a missing `a` is missing, and `not not a` is `no`
        let asked: FxHashSet<Span> = conditions(item).into_iter().map(|condition| condition.span).collect();
        walk::expressions(item, |expr, _| {
            let plainer = match &expr.kind {
                ExprKind::Connective(Connective::Not(inner)) => {
                    let inner = without_parentheses(inner);
                    match &inner.kind {
                        ExprKind::Connective(Connective::Not(deeper)) if asked.contains(&expr.span) || is_never_missing(deeper) => {
                            match &deeper.kind {
                                ExprKind::Path(_) | ExprKind::Cell { .. } | ExprKind::Paren(_) => context.text(deeper.span).to_owned(),
                                // what a measure counts could reach further without an end
                                _ => format!("({})", context.text(deeper.span)),
                            }
                        }
                        ExprKind::Predicate(Predicate::IsKnown { left, known }) if !says_not(context, inner, left) => {
                            is_known(context, left, !known)
                        }
                        _ => return,
                    }
                }
                ExprKind::Predicate(Predicate::IsKnown { left, known }) if says_not(context, expr, left) => is_known(context, left, *known),
                _ => return,
            };
            let diagnostic =
                RULE.finding(format!("`{}` is negated twice", context.plain(expr.span))).at(expr.span, "can be said without a `not`");
            // a comment in between would be lost
            found.push(if context.text(expr.span).contains('#') {
                diagnostic
            } else {
                let title = format!("write `{}`", plainer.split_whitespace().collect::<Vec<_>>().join(" "));
                diagnostic.replace(title, Applicability::Safe, expr.span, plainer)
            });
        });
    }
}

/// As a value it is yes or no, whatever is missing in it.
fn is_never_missing(expr: &Expr) -> bool {
    match &without_parentheses(expr).kind {
        ExprKind::Connective(_) | ExprKind::Predicate(_) => true,
        ExprKind::Literal(_)
        | ExprKind::Missing
        | ExprKind::Path(_)
        | ExprKind::Cell { .. }
        | ExprKind::Arithmetic(_)
        | ExprKind::Conversion(_)
        | ExprKind::Measure(_)
        | ExprKind::Paren(_) => false,
    }
}

fn is_known(context: &Context<'_>, left: &Expr, known: bool) -> String {
    format!("{} is {}", context.text(left.span), if known { "known" } else { "missing" })
}

/// `a is not missing`
fn says_not(context: &Context<'_>, question: &Expr, left: &Expr) -> bool {
    let behind = context.plain(Span::new(question.span.source, left.span.end as usize, question.span.end as usize));
    behind.split_whitespace().any(|word| word == "not" || word.starts_with("!="))
}
