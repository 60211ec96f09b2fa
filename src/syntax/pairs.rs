//! Fixes for brackets and strings that lack their end.
//!
//! Enters: the mistakes of a file in order, those of scanner and cutter among them. Leaves: of the fixes that these two propose, those with which the item can be
//! read. Always holds: what is tried is bounded by the [`super::grammar::Meter`], and a fix that was not tried is not offered.

use std::ops::Range;

use super::cut::ItemRange;
use super::trial::{self, Outcome};
use super::{DIAGNOSTICS_MAX, Reader, place_of};
use crate::diagnostic::{Code, Diagnostic, Edit};

impl Reader<'_> {
    /// A bracket and the end of a string are told from their neighbours alone: where to write or remove one is offered only if the item can
    /// be read then, once all others of the item are mended too.
    pub(super) fn check_fixes_of_pairs(&mut self) {
        self.meter.renew_tries(self.text.len());
        let mut index = 0;
        while index < self.diagnostics.len().min(DIAGNOSTICS_MAX) {
            let item = if is_of_pair(&self.diagnostics[index]) { self.item_at(place_of(&self.diagnostics[index])) } else { None };
            let Some(item) = item else {
                index += 1;
                continue;
            };
            let length = self.diagnostics[index..].partition_point(|diagnostic| place_of(diagnostic) < item.end);
            self.check_fixes_of_item(&item, index..index + length);
            index += length.max(1);
        }
    }

    /// From where to where the item reaches in which a place is.
    fn item_at(&self, place: usize) -> Option<Range<usize>> {
        let tokens = &self.scan.tokens;
        let begins_before = |item: &ItemRange| tokens.get(item.first).is_some_and(|first| first.start <= place);
        let item = self.cut.items.partition_point(begins_before).checked_sub(1).and_then(|index| self.cut.items.get(index))?;
        let range = tokens.get(item.first)?.start..tokens.get(item.end.checked_sub(1)?)?.end;
        range.contains(&place).then_some(range)
    }

    /// Of the mistakes of one item, which `among` holds: each row may lack the end of a string, so that one of them alone mends nothing.
    fn check_fixes_of_item(&mut self, item: &Range<usize>, among: Range<usize>) {
        let of_pairs: Vec<usize> = among.filter(|index| is_of_pair(&self.diagnostics[*index])).collect();
        let (strings, brackets): (Vec<usize>, Vec<usize>) =
            of_pairs.iter().partition(|index| self.diagnostics[**index].code == Code::UnterminatedString);
        // a bracket may be missing only because a string has swallowed it
        let mends = |together: &&Vec<usize>| together.len() > 1 && self.is_mended_by(item, together);
        let mending = Some(&strings).filter(mends).or_else(|| Some(&of_pairs).filter(|_| !brackets.is_empty()).filter(mends)).cloned();
        for index in of_pairs {
            let is_offered = match &mending {
                Some(mending) => mending.contains(&index),
                None => index < DIAGNOSTICS_MAX && self.is_mended_by(item, &[index]),
            };
            if !is_offered {
                self.diagnostics[index].fixes.clear();
            }
        }
    }

    /// Whether the item can be read with the fixes of these mistakes.
    fn is_mended_by(&self, item: &Range<usize>, mistakes: &[usize]) -> bool {
        let fixes = mistakes.iter().flat_map(|index| self.diagnostics[*index].fixes.iter());
        let edits: Vec<Edit> = fixes.flat_map(|fix| fix.edits.iter().cloned()).collect();
        // what is inserted at the end of the item may stand behind a line end
        let end = edits.iter().fold(item.end, |end, edit| end.max(edit.span.end as usize));
        let Some(text) = self.text.get(item.start..end) else { return false };
        trial::with_edits(self.meter, text, item.start, &edits) == Outcome::Whole
    }
}

pub(super) fn is_of_pair(diagnostic: &Diagnostic) -> bool {
    diagnostic.code == Code::StrayBracket || diagnostic.code == Code::UnterminatedString
}
