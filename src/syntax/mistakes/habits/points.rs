//! Slips in rows of points: what signals have to do with them.

use super::{Habit, slip, superfluous};
use crate::diagnostic::{Applicability, Diagnostic};
use crate::syntax::grammar::Rule;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 2] = [measure_behind_points, measure_behind_per];

/// `+10 any call`, `+10 count of call`, `+10 for call`
fn measure_behind_points(found: &Found) -> Option<Diagnostic> {
    if found.item() != "score" || !found.expects(Rule::PER) || found.kind(-1) != Some(Kind::Number) {
        return None;
    }
    let (points, word) = (found.word(-1), found.word(0));
    let (words, name) = match (word, found.word(1)) {
        ("count", "of") => (2, found.word(2)),
        ("any" | "for" | "each" | "every" | "on" | "count", name) => (1, name),
        _ => return None,
    };
    let signal = if name.starts_with(|first: char| first.is_ascii_lowercase()) { name } else { "call" };
    let help = format!("write `{points} per {signal}` for points each time, `{points} when any {signal}` for points once");
    let span = found.span(0);
    let diagnostic =
        slip(format!("points stand before `{word}`, and nothing says what they are for"), span, "expected `per` or `when`", help);
    if word == "any" {
        return Some(diagnostic.replace("insert `when`", Applicability::Unsafe, crate::source::Span { end: span.start, ..span }, "when "));
    }
    Some(diagnostic.replace("replace by `per`", Applicability::Unsafe, span.to(found.span(words - 1)), "per"))
}

/// `+10 per any call`, `+10 per count of call`
fn measure_behind_per(found: &Found) -> Option<Diagnostic> {
    if found.item() != "score" || found.word(-1) != "per" || found.kind(-2) != Some(Kind::Number) {
        return None;
    }
    let words = match (found.word(0), found.word(1)) {
        ("count", "of") => 2,
        ("any" | "each" | "every", _) => 1,
        _ => return None,
    };
    let help = format!("write `per {}`, and `when any {0}` for points that count once", found.word(words));
    Some(superfluous("`per` takes its signal directly", found.span(0).to(found.span(words - 1)), help, Applicability::Unsafe))
}
