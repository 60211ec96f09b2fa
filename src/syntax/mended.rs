//! An item read as if its slips were mended.
//!
//! Enters: an item that the grammar does not read, and what is known to be wrong with its brackets. Leaves: its mistakes, and the item among the items, at
//! the places of the text as it is. Always holds: that is so only if each mistake has one fix, which writes something in place of what stands there or mends a bracket, and
//! the grammar reads all of the item then; otherwise nothing is said and nothing kept.

use std::ops::Range;

use super::cut::{self, ItemRange};
use super::further::{FURTHER_BYTES_MAX, FURTHER_MISTAKES_MAX};
use super::grammar::Rule;
use super::mistakes::Found;
use super::scan::{Kind, Scan, Token, scan_untold};
use super::{DEPTH_MAX, ITEM_WORDS, Reader, pairs, place_of, rows, trial};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::source::Span;

/// Where the parts of an item stand in its file: it begins at `offset`, and these edits have been made in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    offset: usize,
    /// in order, none over another
    edits: Vec<Edit>,
}

impl Places {
    pub fn at(offset: usize) -> Places {
        Places { offset, edits: Vec::new() }
    }

    /// Where something begins in the file that begins there in the item as it is read.
    pub fn start(&self, place: usize) -> usize {
        let (mut before, mut at) = (self.offset, 0);
        for edit in &self.edits {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            let begins = at + (start - before);
            if place < begins {
                break;
            }
            (before, at) = (end, begins + edit.text.len());
            if place < at {
                return start;
            }
        }
        before + (place - at)
    }

    /// Where something ends in the file that ends there in the item as it is read.
    pub fn end(&self, place: usize) -> usize {
        let (mut before, mut at) = (self.offset, 0);
        for edit in &self.edits {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            let begins = at + (start - before);
            if place <= begins {
                break;
            }
            (before, at) = (end, begins + edit.text.len());
            if place <= at {
                return end;
            }
        }
        before + (place - at)
    }

    /// The text of the item with the edits made.
    fn mended(&self, item: &str) -> Option<String> {
        let mut text = String::with_capacity(item.len() + 16);
        let mut behind = 0;
        for edit in &self.edits {
            text.push_str(item.get(behind..(edit.span.start as usize).checked_sub(self.offset)?)?);
            text.push_str(&edit.text);
            behind = (edit.span.end as usize).checked_sub(self.offset)?;
        }
        text.push_str(item.get(behind..)?);
        Some(text)
    }

    /// Adds an edit at its place in the file; none if it touches another.
    fn with(mut self, edit: Edit) -> Option<Places> {
        let span = edit.span;
        let index = self.edits.partition_point(|other| other.span.start < span.start);
        let is_apart = self.edits[..index].last().is_none_or(|other| other.span.end < span.start)
            && self.edits.get(index).is_none_or(|other| other.span.start > span.end);
        self.edits.insert(index, edit);
        is_apart.then_some(self)
    }

    /// The edit of the item as it is read, at its place in the file.
    fn edit(&self, edit: &Edit) -> Edit {
        Edit { span: self.span(edit.span), text: edit.text.clone() }
    }

    fn span(&self, span: Span) -> Span {
        let (start, end) = (self.start(span.start as usize), self.end(span.end as usize));
        Span::new(span.source, start, end.max(start))
    }

    /// What is said of the item as it is read, at its places in the file.
    fn in_place(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        diagnostic.labels.iter_mut().for_each(|label| label.span = self.span(label.span));
        for edit in diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
            edit.span = self.span(edit.span);
        }
        diagnostic
    }
}

impl Reader<'_> {
    /// `first` is what was said of the first mistake, if its brackets have partners. True if the item is in the tree, and its mistakes are told.
    pub(super) fn read_mended(&mut self, range: &ItemRange, first: Option<&Diagnostic>) -> bool {
        let item = self.item_span(range);
        let (start, end) = (item.start as usize, item.end as usize);
        let Some(mut places) = self.mended_so_far(start..end, first) else { return false };
        let mut found: Vec<Diagnostic> = first.into_iter().cloned().collect();
        let passes = (FURTHER_BYTES_MAX / (end - start).max(1)).clamp(1, FURTHER_MISTAKES_MAX);
        for _ in 0..passes {
            let Some(text) = places.mended(&self.without_comments[start..end]) else { return false };
            if !self.meter.may_try(text.len()) {
                return false;
            }
            let scan = scan_untold(&text);
            let diagnostic = if trial::is_balanced(&scan.tokens) {
                if trial::depth(&scan.tokens) > DEPTH_MAX {
                    return false;
                }
                match self.meter.parse(Rule::item, &scan.without_comments(&text)) {
                    Ok(mut pairs) => {
                        self.diagnostics.extend(found);
                        return pairs.next().is_some_and(|pair| self.keep_mended(pair, range, places));
                    }
                    Err(error) => {
                        let found = Found::new(self.meter, &error, &text, 0, &text, self.source, &scan.tokens);
                        if self.begins_item(&text, &scan.tokens, found.index) {
                            return false;
                        }
                        found.explain()
                    }
                }
            } else {
                match self.bracket(&text, &scan) {
                    Some(diagnostic) => diagnostic,
                    None => return false,
                }
            };
            let edits =
                sure_edits(&text, &diagnostic).map(<[Edit]>::to_vec).or_else(|| head_edit(&text, 0, &diagnostic).map(|edit| vec![edit]));
            let in_place = |edits: Vec<Edit>| edits.iter().map(|edit| places.edit(edit)).try_fold(places.clone(), Places::with);
            let Some(next) = edits.and_then(in_place) else { return false };
            found.push(places.in_place(diagnostic));
            places = next;
        }
        false
    }

    /// The same of an item whose word has a slip, which was told last; it is left unread if it is not in the tree.
    pub(super) fn read_with_its_word(&mut self, range: &ItemRange) {
        let place = self.item_span(range).start as usize;
        let is_own = |diagnostic: &&Diagnostic| place_of(diagnostic) == place && diagnostic.code == Code::Syntax;
        let told = self.diagnostics.last().filter(is_own).filter(|_| !range.broken && !range.deep).cloned();
        let told_before = self.diagnostics.len().saturating_sub(1);
        if told.is_some_and(|told| self.is_shown(range) && self.read_mended(range, Some(&told))) {
            // it is among those that were found
            self.diagnostics.remove(told_before);
        } else {
            self.leave_unread(range);
        }
    }

    /// The places of an item with what has been told of it mended: its first mistake, or its brackets.
    fn mended_so_far(&self, item: Range<usize>, first: Option<&Diagnostic>) -> Option<Places> {
        let is_of_item = |diagnostic: &&Diagnostic| item.contains(&place_of(diagnostic)) && pairs::is_of_pair(diagnostic);
        let of_pairs = self.diagnostics.iter().filter(is_of_item).filter(|_| first.is_none());
        first.into_iter().chain(of_pairs).try_fold(Places::at(item.start), |places, diagnostic| {
            let edits = if diagnostic.code == Code::UnterminatedString {
                let place = place_of(diagnostic);
                if self.is_closed_in_head(place) {
                    return Some(places);
                }
                let edit = diagnostic.fixes.first()?.edits.first().cloned();
                vec![edit.filter(|edit| self.holds_no_more_than_its_text(place..edit.span.end as usize))?]
            } else {
                let of_head = || Some(vec![head_edit(self.text.get(item.clone())?, item.start, diagnostic)?]);
                sure_edits(self.text, diagnostic).map(<[Edit]>::to_vec).or_else(of_head)?
            };
            edits.into_iter().try_fold(places, |places, edit| {
                // what is missing at the end of the item is written behind its line
                let (start, end) = (edit.span.start as usize, (edit.span.end as usize).min(item.end));
                let span = Span::new(self.source, start.min(end), end);
                (item.start <= start).then(|| places.with(Edit { span, text: edit.text }))?
            })
        })
    }

    /// Whether a string that lacks its end, which begins at this place, is read as if it ended before the brace of its head.
    pub(super) fn is_closed_in_head(&self, place: usize) -> bool {
        self.scan.lacking.binary_search_by_key(&place, |(_, string)| *string).is_ok()
    }

    /// The first string of the item that lacks its end and may hold more than its text.
    pub(super) fn swallowed(&self, range: &ItemRange) -> Option<String> {
        let item = self.item_span(range);
        let strings = &self.scan.unterminated;
        let before = |end: u32| strings.partition_point(|place| *place < end as usize);
        let token_at = |place: &usize| self.scan.tokens.get(self.scan.tokens.partition_point(|token| token.start < *place));
        let mut of_item = strings[before(item.start)..before(item.end)].iter().filter_map(token_at);
        let is_whole = |token: &Token| self.is_closed_in_head(token.start) || self.holds_no_more_than_its_text(token.start..token.end);
        of_item.find(|token| !is_whole(token)).map(|token| self.text[token.start..token.end].to_owned())
    }

    /// Whether a string that lacks its end was meant to reach to the end of its line: a reason does, which ends its row, and so does a single word. Any other may have swallowed what
    /// follows it.
    fn holds_no_more_than_its_text(&self, string: Range<usize>) -> bool {
        let written = self.text.get(string.clone()).unwrap_or_default();
        let before = self.text.get(..string.start).unwrap_or_default().trim_end();
        let is_reason = before.ends_with("because");
        !written.contains(['{', '}', '(', ')', '[', ']']) && (is_reason || !written.contains([',', ' ', '\t']))
    }

    /// What is wrong with the brackets of an item.
    fn bracket(&self, text: &str, scan: &Scan) -> Option<Diagnostic> {
        let mut told = Vec::new();
        cut::cut(text, self.source, scan, &mut told);
        told.into_iter().find(|diagnostic| diagnostic.code == Code::StrayBracket)
    }

    fn keep_mended(&mut self, pair: super::build::Node, range: &ItemRange, places: Places) -> bool {
        let outline = self.outline.take();
        let item = self.built_at(pair, range, &places);
        self.outline = outline;
        let is_kept = item.is_some();
        self.items.extend(item);
        is_kept
    }

    /// Whether an item word that is indented, or a file without its `use`, stands first on its line, outside all brackets.
    pub(super) fn is_indented_item(&self, tokens: &[Token], index: usize) -> bool {
        let Some(token) = tokens.get(index) else { return false };
        let inside = tokens[..index].iter().fold(0_usize, |depth, token| match token.kind {
            Kind::Open => depth + 1,
            Kind::Close => depth.saturating_sub(1),
            Kind::Word | Kind::Number | Kind::String | Kind::Sign => depth,
        });
        let written = &self.text[token.start..token.end];
        inside == 0 && token.indent.is_some() && (ITEM_WORDS.contains(&written) || written.ends_with(".lead\""))
    }

    /// Whether an item word stands first on its line where the item stops making sense.
    fn begins_item(&self, text: &str, tokens: &[Token], index: usize) -> bool {
        tokens.get(index).is_some_and(|token| index > 0 && token.indent.is_some() && rows::word_of(&text[token.start..token.end]).is_some())
    }
}

/// The changes that mend a mistake, if they are no guess about what is lacking: brackets, commas between names, and what is written in another way.
fn sure_edits<'d>(text: &str, diagnostic: &'d Diagnostic) -> Option<&'d [Edit]> {
    let [fix] = diagnostic.fixes.as_slice() else { return None };
    let is_sure = |edit: &Edit| is_sure(text, edit).unwrap_or(false);
    let is_known = diagnostic.code == Code::StrayBracket || fix.applicability == Applicability::Safe;
    (!fix.edits.is_empty() && (is_known && fix.edits.len() == 1 || fix.edits.iter().all(is_sure))).then_some(fix.edits.as_slice())
}

fn is_sure(text: &str, edit: &Edit) -> Option<bool> {
    let written = text.get(edit.span.start as usize..edit.span.end as usize)?;
    let (before, behind) = (text.get(..edit.span.start as usize)?.trim_end(), text.get(edit.span.end as usize..)?.trim_start());
    let word = written.trim();
    let stands_twice = edit.text.is_empty() && !word.is_empty() && (before.ends_with(word) || behind.starts_with(word));
    Some(stands_twice || edit.text == "," || !written.is_empty() && !edit.text.trim().is_empty())
}

/// The items that are checked as they stand where only their name is missing.
const NAMED_BY_DISPLAY: [&str; 6] = ["let", "score", "decide", "grid", "route", "sla"];

/// What is lacking in the head of an item, whose whole block would not be read without it: a keyword, or a name in place of which its display name stands. Such a name is
/// read at the place of the display name. `offset` is where the item begins.
fn head_edit(item: &str, offset: usize, diagnostic: &Diagnostic) -> Option<Edit> {
    let [fix] = diagnostic.fixes.as_slice() else { return None };
    let [edit] = fix.edits.as_slice() else { return None };
    let at = (edit.span.start as usize).checked_sub(offset).filter(|_| edit.span.start == edit.span.end)?;
    let (before, behind) = (item.get(..at)?, item.get(at..)?);
    if behind.starts_with('"') && NAMED_BY_DISPLAY.contains(&before.trim()) {
        let span = diagnostic.labels.first()?.span;
        let display = item.get(at..(span.end as usize).checked_sub(offset)?)?;
        return Some(Edit { span, text: format!("{} {display}", edit.text.trim()) });
    }
    let is_word = edit.text.trim().bytes().all(|byte| byte.is_ascii_lowercase()) && !edit.text.trim().is_empty();
    (is_word && !before.contains('{') && behind.contains('{')).then(|| edit.clone())
}
