//! Whether a change of the text mends it.
//!
//! Enters: the text of an item, and the edits of a fix. Leaves: how far the grammar reads the item once they are made. A fix that was guessed
//! from a likeness is offered only if it holds here.

use std::collections::HashMap;
use std::ops::Range;

use super::DEPTH_MAX;
use super::build::{Builder, Node};
use super::grammar::{Meter, Rule, place_of};
use super::mended::Places;
use super::scan::{Kind, Scan, Token, scan_untold};
use crate::diagnostic::Edit;
use crate::source::SourceId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// the item can be read, and what the edits write has no mistake of its own
    Whole,
    /// the first mistake behind the edits, as a place of the unchanged file
    StopsAt(usize),
    /// a mistake before or in what the edits write
    Unmended,
}

/// `offset` is where the item begins in the file. Where the meter lets nothing be tried any more, nothing is mended.
pub(super) fn with_edits(meter: &Meter, item: &str, offset: usize, edits: &[Edit]) -> Outcome {
    if !meter.may_try(item.len()) {
        return Outcome::Unmended;
    }
    let Some((fixed, kept_from, item_from)) = edited(item, offset, edits) else { return Outcome::Unmended };
    let scanned = scan_untold(&fixed);
    // the grammar recurses with every bracket
    if depth(&scanned.tokens) > DEPTH_MAX {
        return Outcome::Unmended;
    }
    let error = match meter.parse(Rule::item, &scanned.without_comments(&fixed)) {
        Ok(mut pairs) => {
            let first = edits.iter().map(|edit| edit.span.start as usize).min().and_then(|start| start.checked_sub(offset)).unwrap_or(0);
            let is_clean = pairs.next().is_some_and(|pair| reads_cleanly(pair, &fixed, &scanned, first..kept_from + 1));
            return if is_clean { Outcome::Whole } else { Outcome::Unmended };
        }
        Err(error) => error,
    };
    match place_of(&error).checked_sub(kept_from) {
        Some(behind) => Outcome::StopsAt(offset + item_from + behind),
        None => Outcome::Unmended,
    }
}

/// Whether nothing that stands in `written` is read only to be reported: a fix that leads to another mistake mends nothing.
fn reads_cleanly(item: Node, text: &str, scan: &Scan, written: Range<usize>) -> bool {
    let source = SourceId(0);
    let mut diagnostics = Vec::new();
    let mut builder =
        Builder { source, text, places: &Places::default(), tokens: &scan.tokens, docs: &HashMap::new(), diagnostics: &mut diagnostics };
    let is_built = builder.item(item).is_ok();
    let places = diagnostics.iter().filter_map(|diagnostic| Some(diagnostic.labels.first()?.span.start as usize));
    is_built && !places.into_iter().any(|place| written.contains(&place))
}

/// Where the item stops making sense if the row at `place` is left out; none if it does to its end, or if there is no row to be left out.
pub(super) fn without_row(meter: &Meter, item: &str, offset: usize, tokens: &[Token], place: usize) -> Rest {
    let Some(row) = whole_row_at(tokens, place) else { return Rest::Unknown };
    let within = tokens[row.start].start.checked_sub(offset).zip(tokens[row.end - 1].end.checked_sub(offset));
    let Some((start, end)) = within.filter(|(_, end)| *end <= item.len()) else { return Rest::Unknown };
    let mut text = item.as_bytes().to_vec();
    text[start..end].fill(b' ');
    // a blank for each byte of whole tokens leaves the text well-formed
    let Ok(rest) = std::str::from_utf8(&text) else { return Rest::Unknown };
    match meter.parse(Rule::item, &scan_untold(rest).without_comments(rest)) {
        Ok(_) => Rest::Whole,
        Err(error) => Rest::StopsAt(offset + place_of(&error)),
    }
}

/// Whether the item stops making sense at the same token if of all rows that can be left out it has only the one with that token, or the one that ends
/// before it; or behind that one, which lacks its end whatever follows. `item` is without comments.
pub(super) fn is_wrong_alone(meter: &Meter, item: &str, offset: usize, tokens: &[Token], index: usize) -> bool {
    let offending = tokens.get(index).map(|token| token.start);
    let is_stop_of = |within: Option<usize>| {
        let row = within.and_then(|within| whole_row_at(tokens, tokens.get(within)?.start));
        row.is_some_and(|row| {
            let lacks_end = row.end == index;
            let stop = stop_of_row_alone(meter, item, offset, tokens, row);
            stop == offending || (lacks_end && stop > offending)
        })
    };
    is_stop_of(Some(index)) || is_stop_of(index.checked_sub(1))
}

/// The token with which the item stops making sense if it has this row alone; none if it makes sense.
pub(super) fn stop_of_row_alone(meter: &Meter, item: &str, offset: usize, tokens: &[Token], row: Range<usize>) -> Option<usize> {
    let mut text = item.as_bytes().to_vec();
    let mut at = 0;
    while let Some(first) = tokens.get(at) {
        if at != row.start
            && let Some(other) = whole_row_at(tokens, first.start)
        {
            text.get_mut(tokens[other.start].start - offset..tokens[other.end - 1].end - offset)?.fill(b' ');
        }
        at = row_at(tokens, first.start)?.end;
    }
    // a blank for each byte of whole tokens leaves the text well-formed
    let error = meter.parse(Rule::item, std::str::from_utf8(&text).ok()?).err()?;
    let place = offset + place_of(&error);
    tokens.iter().find(|token| token.end > place).map(|token| token.start)
}

/// What is left of an item without one of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rest {
    Whole,
    /// a place of the unchanged file
    StopsAt(usize),
    /// the row holds a bracket of others, or the beginning of the item
    Unknown,
}

/// The tokens of a row that can be left out: it is not the first of the item, and its brackets are its own.
pub(super) fn whole_row_at(tokens: &[Token], place: usize) -> Option<Range<usize>> {
    row_at(tokens, place).filter(|row| row.start > 0 && is_balanced(&tokens[row.clone()]))
}

/// The changed text, and from where on it is unchanged: its own place and that of the item. None if an edit lies outside the item.
fn edited(item: &str, offset: usize, edits: &[Edit]) -> Option<(String, usize, usize)> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| edit.span.start);
    let mut fixed = String::with_capacity(item.len() + 16);
    let mut behind = 0;
    for edit in ordered {
        let start = (edit.span.start as usize).checked_sub(offset)?;
        fixed.push_str(item.get(behind..start)?);
        fixed.push_str(&edit.text);
        behind = (edit.span.end as usize).checked_sub(offset)?;
    }
    let kept_from = fixed.len();
    fixed.push_str(item.get(behind..)?);
    Some((fixed, kept_from, behind))
}

/// The tokens on the line of the token that begins at `place`, or is the last one before it.
pub(super) fn row_at(tokens: &[Token], place: usize) -> Option<Range<usize>> {
    let begins = |token: &Token| token.indent.is_some();
    let index = tokens.partition_point(|token| token.start <= place).checked_sub(1)?;
    let start = tokens.get(..=index)?.iter().rposition(begins)?;
    let end = tokens[start + 1..].iter().position(begins).map_or(tokens.len(), |next| start + 1 + next);
    Some(start..end)
}

/// The tokens of the rows from the one at a place to the one that closes what it opens, if they are not the first of the item.
pub(super) fn block_at(tokens: &[Token], place: usize) -> Option<Range<usize>> {
    let head = row_at(tokens, place).filter(|row| row.start > 0)?;
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(head.start) {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.checked_sub(1)?,
            Kind::Word | Kind::Number | Kind::String | Kind::Sign => {}
        }
        let is_last = tokens.get(index + 1).is_none_or(|next| next.indent.is_some());
        if is_last && depth == 0 {
            return Some(head.start..index + 1);
        }
    }
    None
}

/// How deep brackets are nested, closed or not.
pub(super) fn depth(tokens: &[Token]) -> usize {
    let (mut depth, mut greatest) = (0_usize, 0);
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Word | Kind::Number | Kind::String | Kind::Sign => {}
        }
        greatest = greatest.max(depth);
    }
    greatest
}

/// Whether each bracket among the tokens has its partner among them.
pub(super) fn is_balanced(tokens: &[Token]) -> bool {
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close if depth == 0 => return false,
            Kind::Close => depth -= 1,
            Kind::Word | Kind::Number | Kind::String | Kind::Sign => {}
        }
    }
    depth == 0
}
