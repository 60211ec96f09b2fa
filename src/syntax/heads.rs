//! Heads of blocks that lack their `{`: `score fit` with rows below and a `}` at their end.
//!
//! Enters: the items of a file in which more brackets close than open. Leaves: the heads behind which one is missing, and the text with a `{` in place of the blank
//! behind each, so that the rows below are read as those of a block. Always holds: no place moves, and an item is mended only if its brackets have partners then.

use super::cut::{Cut, ItemRange};
use super::grammar::{Meter, Rule, place_of};
use super::scan::{Kind, Scan, Token};
use super::trial;
use crate::diagnostic::{Applicability, Code, Diagnostic};
use crate::source::{SourceId, Span};
use pest::error::ErrorVariant;

/// So many heads of one item are mended; where more are missing, the item is something else.
const HEADS_MAX: usize = 8;

/// A signal of a test, and when it happened, have no more tokens: `page_view 4 business hours ago`.
const SIGNAL_TOKENS_MAX: usize = 5;

/// A head of a block without its `{`.
pub(super) struct Head {
    /// where its row begins
    start: usize,
    /// Where it ends, and a blank follows.
    end: usize,
}

pub(super) fn without_brace(text: &str, scan: &Scan, cut: &Cut, meter: &Meter) -> Vec<Head> {
    let is_closed_too_often = |item: &&ItemRange| {
        item.broken && !item.deep && (1..=HEADS_MAX as isize).contains(&excess(text, &scan.tokens[item.first..item.end]))
    };
    let mut items = cut.items.iter().filter(is_closed_too_often).peekable();
    if items.peek().is_none() {
        return Vec::new();
    }
    let without_comments = scan.without_comments(text);
    items.flat_map(|item| heads_of(&without_comments, &scan.tokens[item.first..item.end], meter).unwrap_or_default()).collect()
}

/// How many braces more close than open.
fn excess(text: &str, tokens: &[Token]) -> isize {
    let count = |brace: &str| tokens.iter().filter(|token| &text[token.start..token.end] == brace).count() as isize;
    count("}") - count("{")
}

/// The heads of one item; none if it cannot be mended so.
fn heads_of(text: &str, tokens: &[Token], meter: &Meter) -> Option<Vec<Head>> {
    let offset = tokens.first()?.start;
    let mut item = text[offset..tokens.last()?.end].to_owned();
    let mut heads = Vec::new();
    let mut error = meter.may_try(item.len()).then(|| meter.parse(Rule::item, &item).err())?;
    for _ in 0..excess(text, tokens) {
        let place = place_of(error.as_ref()?);
        let ErrorVariant::ParsingError { positives, .. } = &error?.variant else { return None };
        let is_at_head = positives.contains(&Rule::OPEN_BRACE);
        let index = tokens.partition_point(|token| token.end <= offset + place).min(tokens.len() - 1);
        // the first word of the first row may have been read as a part of the head
        let row = tokens[..=index].iter().rposition(|token| token.indent.is_some())?;
        let with_brace = |behind: usize| {
            let end = tokens[behind.checked_sub(1)?].end;
            let blank = end - offset..end - offset + 1;
            if !item.get(blank.clone())?.starts_with(|letter: char| letter.is_ascii_whitespace()) || !meter.may_try(item.len()) {
                return None;
            }
            let mut mended = item.clone();
            mended.replace_range(blank, "{");
            // each brace lets more be read
            let error = meter.parse(Rule::item, &mended).err();
            error.as_ref().is_none_or(|error| place_of(error) > place).then_some((behind - 1, mended, error))
        };
        let (last, mended, next) = if is_at_head {
            with_brace(index).or_else(|| with_brace(row))?
        } else {
            // `page_view 2 days ago path "/x" }`: the first word of the block reads as the next row
            let head_end = tokens[index.checked_sub(2)?].end - offset;
            takes_brace(item.get(..head_end)?, meter).then(|| with_brace(index - 1))??
        };
        // its line may hold brackets of others before it, and other signals of a test
        let row = trial::row_at(tokens, tokens[last].start)?.start..last + 1;
        let is_bracket = |token: &Token| matches!(token.kind, Kind::Open | Kind::Close);
        let first = tokens[row.clone()].iter().rposition(is_bracket).map_or(row.start, |bracket| row.start + bracket + 1).min(last);
        let end = tokens[last].end;
        let is_signal = |start: &usize| {
            let written = &text[tokens[*start].start..end];
            meter.parse(Rule::given_signal, written).is_ok_and(|read| read.as_str() == written)
        };
        let signal = (first.max(last.saturating_sub(SIGNAL_TOKENS_MAX))..last).rev().find(is_signal);
        heads.push(Head { start: tokens[signal.unwrap_or(first)].start, end });
        (item, error) = (mended, next);
    }
    Some(heads)
}

/// Whether a `{` may follow the beginning of an item.
fn takes_brace(beginning: &str, meter: &Meter) -> bool {
    let error = meter.may_try(beginning.len()).then(|| meter.parse(Rule::item, beginning).err()).flatten();
    error.is_some_and(|error| {
        let takes = matches!(&error.variant, ErrorVariant::ParsingError { positives, .. } if positives.contains(&Rule::OPEN_BRACE));
        takes && place_of(&error) >= beginning.len()
    })
}

/// The text with the braces, and with their tokens among the others.
pub(super) fn mended(text: &str, scan: &mut Scan, heads: &[Head]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for head in heads {
        bytes[head.end] = b'{';
    }
    scan.tokens.extend(heads.iter().map(|head| Token { start: head.end, end: head.end + 1, kind: Kind::Open, indent: None }));
    scan.tokens.sort_by_key(|token| token.start);
    // each was a blank of one byte
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

impl Head {
    pub fn explain(&self, text: &str, source: SourceId) -> Diagnostic {
        let end = Span::new(source, self.end, self.end);
        Diagnostic::new(Code::Syntax, format!("`{{` is missing behind `{}`", &text[self.start..self.end]))
            .at(Span::new(source, self.start, self.end), "a block begins here")
            .help("write `{` at its end: the rows of a block stand between `{` and `}`")
            .replace("insert `{`", Applicability::Unsafe, end, " {")
    }
}
