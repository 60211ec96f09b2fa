//! What people type who come from other tools, with what to write instead.
//!
//! Enters: where the text stopped making sense. Leaves: a diagnostic with help, and a fix where one exists; none if no habit explains it.
//! What the grammar can read in spite of the slip (`==`, `&&`, `if` …) is reported by the tree builder instead, so that the item is kept.
//! Always holds: a fix mends the text, and is [`Applicability::Safe`] only where nothing else can have been meant.

mod bands;
mod fields;
mod keywords;
mod measures;
mod numbers;
mod operators;
mod points;
mod repeats;
mod rows;
mod times;

use super::Found;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::Span;

type Habit = fn(&Found) -> Option<Diagnostic>;

/// From the special to the general; the first that fits explains the mistake.
const HABITS: [&[Habit]; 11] = [
    &[fields::choices_missing, rows::row_without_end, rows::cells_without_comma, rows::comma_at_end],
    &repeats::HABITS,
    &keywords::HABITS,
    &points::HABITS,
    &bands::HABITS,
    &measures::HABITS,
    &times::HABITS,
    &numbers::HABITS,
    &fields::HABITS,
    &operators::HABITS,
    &rows::HABITS,
];

pub(super) fn explain(found: &Found) -> Option<Diagnostic> {
    let mut without_fix = None;
    for habit in HABITS.iter().flat_map(|habits| habits.iter()) {
        let Some(mut diagnostic) = habit(found) else { continue };
        let had_fixes = !diagnostic.fixes.is_empty();
        diagnostic.fixes.retain(|fix| found.is_mended_by(&fix.edits));
        if !had_fixes || !diagnostic.fixes.is_empty() {
            return Some(diagnostic);
        }
        // what would not mend the text may be no more than a likeness
        without_fix.get_or_insert(diagnostic);
    }
    without_fix
}

/// A mistake at `span`, with its help.
fn slip(message: impl Into<String>, span: Span, label: &str, help: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::Syntax, message).at(span, label).help(help)
}

/// What is written in another tool's way, and what Leadwright writes.
fn instead(found: &Found, span: Span, instead: &str, help: impl Into<String>) -> Diagnostic {
    let written = &found.text[span.start as usize..span.end as usize];
    slip(format!("write `{instead}` for `{written}`"), span, "not how it is written here", help).replace(
        format!("replace by `{instead}`"),
        Applicability::Unsafe,
        span,
        instead,
    )
}

/// What stands there for nothing.
fn superfluous(message: impl Into<String>, span: Span, help: impl Into<String>, applicability: Applicability) -> Diagnostic {
    slip(message, span, "not needed", help).replace("remove it", applicability, span, "")
}

/// A word in place of the sign at `span`, parted by blanks from what stands around it.
fn spaced(found: &Found, span: Span, word: &str) -> String {
    super::spaced(found.text, span, word)
}

/// Looks a word of another tool up.
fn translated(table: &[(&'static str, &[&str])], word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    table.iter().find(|(_, others)| others.contains(&word.as_str())).map(|(ours, _)| *ours)
}

pub(super) fn is_comparison_sign(word: &str) -> bool {
    [">", "<", ">=", "<=", "=>", "=<", "≥", "≤"].contains(&word)
}
