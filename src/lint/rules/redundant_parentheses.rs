//! `redundant-parentheses`: parentheses around a name, around parentheses, or around a whole condition.

use std::collections::BTreeMap;

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
        let mut pairs: BTreeMap<Span, (&Expr, &str)> = BTreeMap::new();
        for (root, scope) in walk::roots(item) {
            if let (ExprKind::Paren(inner), walk::Scope::Lead) = (&root.kind, scope) {
                pairs.insert(root.span, (inner, "around the whole of it"));
            }
        }
        walk::expressions(item, |expr, _| {
            let ExprKind::Paren(inner) = &expr.kind else { return };
            match &inner.kind {
                ExprKind::Paren(deeper) => {
                    pairs.entry(inner.span).or_insert((deeper, "inside of others"));
                }
                ExprKind::Path(_) => {
                    pairs.entry(expr.span).or_insert((inner, "around a name"));
                }
                _ => {}
            }
        });
        found.extend(pairs.into_iter().map(|(outer, (inner, place))| finding(context, outer, inner, place)));
    }
}

fn finding(context: &Context<'_>, outer: Span, inner: &Expr, place: &str) -> Diagnostic {
    let text = &context.sources.get(outer.source).text;
    let (start, end) = (outer.start as usize, outer.end as usize);
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    // `not(a)and b`: the parentheses also part words
    let opening = if text[..start].ends_with(is_word) { " " } else { "" };
    let closing = if text[end..].starts_with(is_word) { " " } else { "" };
    let edit = |at: usize, text: &str| Edit { span: Span::new(outer.source, at, at + 1), text: text.to_owned() };
    RULE.finding(format!("the parentheses around `{}` change nothing", context.plain(inner.span))).at(outer, place).fix(
        "take them away",
        Applicability::Safe,
        vec![edit(start, opening), edit(end - 1, closing)],
    )
}
