//! One mistake in many places.
//!
//! Enters: the diagnostics of a run, sorted. Leaves: the same, but a name that is unknown in several places, or a field that several tests lack, is one diagnostic
//! with a label at each: most likely it is its declaration that is wrong. Always holds: no place is lost, unless there are very many of them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::tests::{COMES_WITHOUT, TEST_LACKS};
use crate::diagnostic::{Code, Diagnostic, Id};
use crate::source::{Sources, Span};
use crate::syntax::{NOT_A_NAME, UNQUOTED};

/// The most places that one diagnostic points at; the rest is counted.
pub(super) const PLACES_MAX: usize = 12;

pub(crate) fn fold(diagnostics: Vec<Diagnostic>, sources: &Sources) -> Vec<Diagnostic> {
    let diagnostics = without_guesses(diagnostics);
    let mut folded: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    // what is folded, and how many places it has
    let mut places: FxHashMap<(Subject, String), (usize, usize)> = FxHashMap::default();
    for diagnostic in diagnostics {
        let Some(key) = key(&diagnostic, sources) else {
            folded.push(diagnostic);
            continue;
        };
        let Some((at, count)) = places.get_mut(&key) else {
            places.insert(key, (folded.len(), 1));
            folded.push(diagnostic);
            continue;
        };
        *count += 1;
        add_place(&mut folded[*at], diagnostic, *count <= PLACES_MAX);
    }
    for (at, count) in places.into_values() {
        say_more(&mut folded[at], count);
    }
    folded
}

/// Counts the places that a diagnostic is about and does not point at.
pub(super) fn say_more(diagnostic: &mut Diagnostic, count: usize) {
    if count > PLACES_MAX {
        let more = format!("{} more places are not shown", count - PLACES_MAX);
        diagnostic.help = Some(diagnostic.help.take().map_or(more.clone(), |help| format!("{help} ({more})")));
    }
}

/// Of `region is OH` the text alone says that `OH` is neither a text nor a name; whoever knows what `region` is says which of the two is meant. So does
/// whoever knows that `On_Hours`, were it written as a name, would be none that is declared.
fn without_guesses(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.span);
    let unknown: FxHashSet<Option<Span>> = diagnostics.iter().filter(|one| is_unknown_name(one)).map(place).collect();
    let is_about_name = |one: &Diagnostic| one.code == Code::Syntax && one.message.ends_with(NOT_A_NAME);
    diagnostics.retain(|one| !is_about_name(one) || !unknown.contains(&place(one)));
    let is_guess = |diagnostic: &Diagnostic| diagnostic.code == Code::Syntax && diagnostic.message.ends_with(UNQUOTED);
    let guesses: FxHashSet<Option<Span>> = diagnostics.iter().filter(|one| is_guess(one)).map(place).collect();
    let known: FxHashSet<Option<Span>> =
        diagnostics.iter().filter(|one| !is_guess(one)).map(place).filter(|place| guesses.contains(place)).collect();
    diagnostics.retain(|one| !is_guess(one) || !known.contains(&place(one)));
    diagnostics
}

/// What a diagnostic is about, if others can be about the same.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Subject {
    /// a name of the space of fields and derived values, wherever it stands
    Value,
    /// anything else, told apart by the message
    Other(Code, String),
}

fn key(diagnostic: &Diagnostic, sources: &Sources) -> Option<(Subject, String)> {
    let Id::Code(code) = diagnostic.code else { return None };
    // tests that lack the same field, or the same property of a signal: most likely it is that which should be optional
    if code == Code::TestIncomplete && (diagnostic.message.starts_with(TEST_LACKS) || diagnostic.message.contains(COMES_WITHOUT)) {
        return Some((Subject::Other(code, diagnostic.message.clone()), String::new()));
    }
    // blocks with a row for what is never missing
    if code == Code::MissingRowIdle {
        return Some((Subject::Other(code, diagnostic.message.clone()), String::new()));
    }
    let place = diagnostic.labels.first().filter(|_| is_unknown_name(diagnostic))?.span;
    let about_value = matches!(code, Code::UnknownName | Code::TestField) && diagnostic.message.starts_with("there is no field");
    let subject = if about_value { Subject::Value } else { Subject::Other(code, diagnostic.message.clone()) };
    Some((subject, sources.text(place).to_owned()))
}

fn is_unknown_name(diagnostic: &Diagnostic) -> bool {
    matches!(
        diagnostic.code,
        Id::Code(
            Code::UnknownName
                | Code::UnknownChoice
                | Code::UnknownTeam
                | Code::UnknownQueue
                | Code::UnknownStage
                | Code::UnknownSignal
                | Code::UnknownColumn
                | Code::UnknownTable
                | Code::UnknownCalendar
                | Code::UnknownProperty
                | Code::TestField
        )
    )
}

/// The other's place becomes one more label, if it is to be shown, its change one more edit of the same fix: one that leaves places out
/// mends nothing.
fn add_place(first: &mut Diagnostic, other: Diagnostic, is_shown: bool) {
    let Some(label) = other.labels.into_iter().next() else { return };
    if is_shown {
        first.labels.push(crate::diagnostic::Label { span: label.span, text: "and here".to_owned() });
    }
    match (first.fixes.as_mut_slice(), other.fixes.as_slice()) {
        ([fix], [other]) if fix.title == other.title => fix.edits.extend(other.edits.iter().cloned()),
        // a fix for one place alone would leave the others wrong
        (_, _) => first.fixes.clear(),
    }
}
