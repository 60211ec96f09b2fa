//! `empty-text`: `because ""` and other texts without a letter.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, texts};
use crate::source::Span;

pub const RULE: Rule = Rule {
    name: "empty-text",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a name, reason or title that people see is empty",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/empty-text.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for item in context.items() {
        for (text, role) in texts::texts(item).into_iter().filter(|(text, _)| text.value.trim().is_empty()) {
            let diagnostic = match role {
                texts::Role::Display => RULE.finding("this name is empty").at(text.span, "shown as nothing at all"),
                texts::Role::Reason => RULE.finding("this reason is empty").at(text.span, "says nothing to whoever asks"),
                texts::Role::Title => RULE.finding("this title is empty").at(text.span, "nobody can tell what it is about"),
            };
            found.push(match unneeded(context, text.span, role) {
                Some(span) => diagnostic.fix("leave it out", Applicability::Safe, vec![context.without(span)]),
                None => diagnostic,
            });
        }
    }
}

/// What can go: the text, with the word in front of it that needs one.
fn unneeded(context: &Context<'_>, text: Span, role: texts::Role) -> Option<Span> {
    match role {
        texts::Role::Display => Some(text),
        texts::Role::Reason => {
            let before = context.sources.get(text.source).text.get(..text.start as usize)?;
            let start = before.trim_end().strip_suffix("because")?.len();
            Some(Span::new(text.source, start, text.end as usize))
        }
        texts::Role::Title => None,
    }
}
