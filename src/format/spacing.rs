//! Blanks between two tokens of a row, and where a row that is too long may go on in the next line.
//!
//! Enters: the written tokens. Leaves: numbers and yes or no. Always holds: a sign keeps its number and an operator its blank, as the scanner
//! told them apart.

/// Blanks before `token`, which follows `before` on its line. `%` of a share of the whole is told apart by the grammar.
pub(super) fn gap(before: &str, token: &str, is_share: bool) -> usize {
    let glued = is_share || matches!(before, "(" | "[" | "." | "..") || matches!(token, ")" | "]" | "," | "[" | "." | "..");
    if glued { 0 } else { 1 }
}

/// How good a place to break a long row is: the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    /// before a cell
    Cell,
    /// before `and`, `when`, `because` …
    Word,
    /// behind a comma
    Comma,
    /// either of them inside brackets
    Inside,
}

impl Break {
    pub const ALL: [Break; 4] = [Break::Cell, Break::Word, Break::Comma, Break::Inside];
}

/// How well a long row can be broken before token `index`, if it can.
pub(super) fn break_before(tokens: &[&str], index: usize) -> Option<Break> {
    let (before, rest) = (tokens.get(..index)?, tokens.get(index..)?);
    let next = rest.get(1).copied().unwrap_or_default();
    let place = match rest.first().copied()? {
        _ if before.last() == Some(&",") => Break::Comma,
        "and" if !closes_between(before) => Break::Word,
        "or" if next != "more" => Break::Word,
        "in" if next == "last" => Break::Word,
        "at" if next == "most" => Break::Word,
        "when" | "where" | "implies" | "because" | "otherwise" | "recycle" | "fading" | "optional" | "from" | "rotate" | "+" | "-" => {
            Break::Word
        }
        _ => return None,
    };
    let opened = before.iter().filter(|token| matches!(**token, "(" | "[")).count();
    let closed = before.iter().filter(|token| matches!(**token, ")" | "]")).count();
    Some(if opened > closed { Break::Inside } else { place })
}

/// Whether an `and` behind these tokens belongs to `between A and B`.
fn closes_between(tokens: &[&str]) -> bool {
    tokens.iter().rev().find_map(|token| match *token {
        "between" => Some(true),
        "and" | "or" | "when" | "where" => Some(false),
        _ => None,
    }) == Some(true)
}
