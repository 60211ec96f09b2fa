//! Item words with a slip: `lad {`, `fxow {`.
//!
//! Enters: the items of a file. Leaves: the slips whose item cannot be read whole once its word is mended, and the text with the words that were meant, so that whatever
//! else is wrong in the items is told as in any other. Always holds: the text is as long as before and nothing moves but the beginning of an item word, which may take the place of
//! a blank line above it; the fix of each slip lets its item be read into its block.

use std::borrow::Cow;
use std::ops::Range;

use super::cut::{Cut, ITEM_WORDS, ItemRange};
use super::grammar::Meter;
use super::meant::USE_WORDS;
use super::scan::{Kind, Scan, Token};
use super::trial::{self, Outcome};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, nearest};
use crate::source::{SourceId, Span};

/// An item word that was mended.
pub(super) struct Slip {
    /// where the word begins now
    pub start: usize,
    written: String,
    span: Span,
    meant: &'static str,
}

/// The text with the words mended, in whose place the tokens now are.
pub(super) fn mended<'t>(text: Cow<'t, str>, source: SourceId, scan: &mut Scan, cut: &Cut, meter: &Meter) -> (Cow<'t, str>, Vec<Slip>) {
    // the first line has a word of its own
    let items = cut.items.iter().filter(|item| item.first > 0 && !item.broken && !item.deep);
    let found: Vec<(usize, Range<usize>, Slip)> = items.filter_map(|item| slip_of(&text, source, scan, item, meter)).collect();
    if found.is_empty() {
        return (text, Vec::new());
    }
    let mut bytes = text.as_bytes().to_vec();
    for (index, place, slip) in &found {
        let token = &mut scan.tokens[*index];
        bytes[place.clone()].fill(b' ');
        let end = place.start + slip.meant.len();
        bytes[place.start..end].copy_from_slice(slip.meant.as_bytes());
        *token = Token { start: place.start, end, ..*token };
    }
    // whole words and blanks were replaced, so no character was cut
    let mended = String::from_utf8(bytes).map_or(text, Cow::Owned);
    (mended, found.into_iter().map(|(_, _, slip)| slip).collect())
}

/// The first token of an item whose word has a slip, and the bytes that the mended word takes.
fn slip_of(text: &str, source: SourceId, scan: &Scan, item: &ItemRange, meter: &Meter) -> Option<(usize, Range<usize>, Slip)> {
    let tokens = &scan.tokens[item.first..item.end];
    let (first, last) = (tokens.first()?, tokens.last()?);
    let written = &text[first.start..first.end];
    if first.kind != Kind::Word || ITEM_WORDS.contains(&written) || USE_WORDS.contains(&written) {
        return None;
    }
    let meant = nearest(written, ITEM_WORDS)?;
    let meant = ITEM_WORDS.into_iter().find(|word| *word == meant)?;
    let place = room(text, first, meant.len())?;
    let span = Span::new(source, first.start, first.end);
    let edit = Edit { span, text: meant.to_owned() };
    let Outcome::StopsAt(stop) = trial::with_edits(meter, &text[first.start..last.end], first.start, &[edit]) else { return None };
    // what reads on into its block is no line of the item above
    let block = tokens.iter().find(|token| &text[token.start..token.end] == "{")?;
    (stop > block.start).then(|| (item.first, place.clone(), Slip { start: place.start, written: written.to_owned(), span, meant }))
}

/// Where a word of so many bytes fits in place of a token in the first column: over the blanks behind it, or over blank lines above it.
fn room(text: &str, token: &Token, length: usize) -> Option<Range<usize>> {
    let Some(grown) = length.checked_sub(token.end - token.start).filter(|grown| *grown > 0) else { return Some(token.start..token.end) };
    let behind = &text[token.end..];
    let blanks = behind.len() - behind.trim_start_matches(' ').len();
    let is_parted = blanks > grown || blanks == grown && behind[blanks..].starts_with(['{', '"']);
    if is_parted {
        return Some(token.start..token.end + grown);
    }
    // what ends the line above stays
    let above = &text[..token.start];
    let lines = above.len() - above.trim_end_matches('\n').len();
    (lines > grown).then(|| token.start - grown..token.end)
}

impl Slip {
    pub fn explain(&self) -> Diagnostic {
        let Slip { written, span, meant, .. } = self;
        Diagnostic::new(Code::Syntax, format!("no item begins with `{written}`"))
            .at(*span, "not an item word")
            .help(format!("did you mean `{meant}`?"))
            .replace(format!("replace by `{meant}`"), Applicability::Unsafe, *span, *meant)
    }
}
