//! `redundant-parentheses`: parentheses around a name, around parentheses, or around a whole condition.

use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{Expr, ExprKind};

pub const RULE: Rule = Rule {
    name: "redundant-parentheses",
    group: Group::Style,
    level: Level::Note,
    summary: "parentheses that change nothing",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/redundant-parentheses.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        for (root, scope) in walk::roots(item) {
            if let (ExprKind::Paren(inner), walk::Scope::Lead) = (&root.kind, scope) {
                report(context, root, inner, "around the whole of it", found);
            }
        }
        walk::expressions(item, |expr, _| {
            let ExprKind::Paren(inner) = &expr.kind else { return };
            match &inner.kind {
                ExprKind::Paren(deeper) => report(context, inner, deeper, "inside of others", found),
                ExprKind::Path(_) => report(context, expr, inner, "around a name", found),
                _ => {}
            }
        });
    }
}

fn report(context: &Context<'_>, outer: &Expr, inner: &Expr, place: &str, found: &mut Vec<Diagnostic>) {
    let text = &context.sources.get(outer.span.source).text;
    let (start, end) = (outer.span.start as usize, outer.span.end as usize);
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    // `not(a)and b`: the parentheses also part words
    let opening = if text[..start].ends_with(is_word) { " " } else { "" };
    let closing = if text[end..].starts_with(is_word) { " " } else { "" };
    let edit = |at: usize, text: &str| Edit { span: Span::new(outer.span.source, at, at + 1), text: text.to_owned() };
    found.push(RULE.finding(format!("the parentheses around `{}` change nothing", context.plain(inner.span))).at(outer.span, place).fix(
        "take them away",
        Applicability::Safe,
        vec![edit(start, opening), edit(end - 1, closing)],
    ));
}
