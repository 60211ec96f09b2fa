//! `repeated-condition`: a part of a condition stands there twice.

use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{Connective, Expr, ExprKind};
use rustc_hash::FxHashMap;

pub const RULE: Rule = Rule {
    name: "repeated-condition",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a part of a condition stands there twice",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/repeated-condition.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        walk::expressions(item, |expr, _| {
            if let ExprKind::Connective(Connective::And(members) | Connective::Or(members)) = &expr.kind {
                look(context, members, found);
            }
        });
    }
}

fn look(context: &Context<'_>, members: &[Expr], found: &mut Vec<Diagnostic>) {
    let mut seen = FxHashMap::default();
    let mut before: Option<Span> = None;
    for member in members {
        let text = context.plain(member.span);
        if let (Some(first), Some(before)) = (seen.get(&text), before) {
            let with_word = Span { start: before.end, ..member.span };
            found.push(
                RULE.finding(format!("`{text}` stands twice in this condition"))
                    .at(member.span, "the second time")
                    .at(*first, "the first time")
                    .fix("remove the second", Applicability::Safe, vec![Edit { span: with_word, text: String::new() }]),
            );
        } else {
            seen.insert(text, member.span);
        }
        before = Some(member.span);
    }
}
