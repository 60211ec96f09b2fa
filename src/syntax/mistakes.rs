//! What pest expected, as a sentence.
//!
//! Enters: a pest error and the tokens of the item. Leaves: one diagnostic on the token where the text stopped making sense.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::grammar::{Rule, is_token};
use super::scan::Token;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// Where the text stopped making sense.
pub(super) struct Found {
    /// The token there, counted within the item; none at the end.
    pub token: Option<usize>,
    pub position: usize,
}

impl Found {
    pub fn new(error: &Error<Rule>, offset: usize, tokens: &[Token]) -> Found {
        let (InputLocation::Pos(place) | InputLocation::Span((place, _))) = error.location;
        let position = offset + place;
        let behind = tokens.partition_point(|token| token.end <= position);
        Found { token: (behind < tokens.len()).then_some(behind), position }
    }
}

pub(super) fn explain(error: &Error<Rule>, found: &Found, text: &str, source: SourceId, tokens: &[Token]) -> Diagnostic {
    let (span, shown) = match found.token.and_then(|index| tokens.get(index)) {
        Some(token) => (Span::new(source, token.start, token.end), format!("`{}`", &text[token.start..token.end])),
        None => (Span::new(source, found.position, found.position), "the end".to_owned()),
    };
    let words = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.iter().filter_map(|rule| describe(*rule)).collect(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    let message = if words.is_empty() { format!("unexpected {shown}") } else { format!("expected {}, found {shown}", words.join(" or ")) };
    Diagnostic::new(Code::Syntax, message).at(span, "not here").help("")
}

fn describe(rule: Rule) -> Option<String> {
    if is_token(rule) {
        return Some(format!("`{}`", format!("{rule:?}").to_lowercase().replace('_', " ")));
    }
    Some(format!("{rule:?}"))
}
