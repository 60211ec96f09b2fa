//! A score that could exceed 64 bits: which of its rows make it so.
//!
//! Enters: all that a sum adds up, and where it left 64 bits. Leaves: one diagnostic that points at everything without a bound, or else at all that is large.

use super::check::Checker;
use super::score_scale::Share;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// What gives less than this part of the largest does not matter.
const PART_THAT_MATTERS: i128 = 1_000;

/// So many rows are pointed at.
const SHOWN_MAX: usize = 8;

impl Checker<'_> {
    pub(super) fn report_overflow(&mut self, shares: &[Share], at: usize, scale: u8, score: &str) {
        let unbounded: Vec<&(Span, String)> = shares.iter().filter_map(|share| share.gives.unbounded.as_ref()).collect();
        let diagnostic = match unbounded.split_first() {
            Some(((first, _), others)) => {
                let of: Vec<String> = unbounded.iter().take(SHOWN_MAX).map(|(_, name)| format!("`{name}`")).collect();
                let message = format!("the points of {} have no bound, so score `{score}` could exceed 64 bits", of.join(", "));
                let diagnostic = Diagnostic::new(Code::LinearUnbounded, message).at(*first, "the points grow with the value without end");
                let others = others.iter().take(SHOWN_MAX);
                let diagnostic = others.fold(diagnostic, |diagnostic, (row, _)| diagnostic.at(*row, "and here"));
                let each = if of.len() == 1 { "a range" } else { "ranges" };
                diagnostic.help(format!("give {} {each}, or end the bands, as in `under 50  2 each` and `50 or more  100`", of.join(", ")))
            }
            None => self.too_large(shares, at, scale, score),
        };
        self.report(diagnostic);
    }

    /// What gives most stands first, and of several the one with which the sum is too large.
    fn too_large(&self, shares: &[Share], at: usize, scale: u8, score: &str) -> Diagnostic {
        let size = |share: &Share| share.ends(scale).map_or(i128::MAX, |(low, high)| low.saturating_abs().max(high.saturating_abs()));
        let sizes: Vec<i128> = shares.iter().map(size).collect();
        let largest = sizes.iter().copied().max().unwrap_or(0);
        let first = if sizes.get(at) == Some(&largest) { at } else { sizes.iter().position(|size| *size == largest).unwrap_or(at) };
        let diagnostic = Diagnostic::new(Code::ScoreOverflow, format!("score `{score}` could exceed 64 bits"));
        let diagnostic = diagnostic.at(shares[first].gives.span, "with what this can give");
        let matters = |(index, size): &(usize, &i128)| *index != first && **size >= largest / PART_THAT_MATTERS;
        let others = sizes.iter().enumerate().filter(matters).take(SHOWN_MAX);
        let diagnostic = others.fold(diagnostic, |diagnostic, (index, _)| diagnostic.at(shares[index].gives.span, "and this"));
        diagnostic.help("lower the points, write them with fewer decimal places, or give the fields ranges that their values keep to")
    }

    pub(super) fn report_range_overflow(&mut self, span: Span, score: &str) {
        self.report(
            Diagnostic::new(Code::ScoreOverflow, format!("score `{score}` could exceed 64 bits"))
                .at(span, "with what this can give")
                .help("lower the points, or write them with fewer decimal places"),
        );
    }
}
