//! `duplicate-let`: two `let` with one and the same text behind `=`.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::lint::conditions::without_parentheses;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{ExprKind, Let};

pub const RULE: Rule = Rule {
    name: "duplicate-let",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "two derived values are the same",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/duplicate-let.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first: FxHashMap<String, &Let> = FxHashMap::default();
    for (_, part) in context.lets() {
        if matches!(without_parentheses(&part.value).kind, ExprKind::Path(_)) {
            continue;
        }
        match first.entry(context.plain(without_parentheses(&part.value).span)) {
            Entry::Vacant(entry) => drop(entry.insert(part)),
            Entry::Occupied(entry) => {
                let (name, other) = (&part.name, &entry.get().name);
                found.push(
                    RULE.finding(format!("`{}` is what `{}` is", name.text, other.text))
                        .at(part.value.span, "the same text")
                        .at(other.span, "first here")
                        .help(format!("use `{}` in both places, or mend the one that was meant to differ", other.text)),
                );
            }
        }
    }
}
