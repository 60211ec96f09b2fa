//! Questions that were not decided, by what they ask.
//!
//! Enters: what is asked of which part, and why it was not decided. Leaves: a list of such questions. Always holds: what was asked in several steps, or once for each meaning that a text has,
//! is on the list once; what is not on it was decided.

use super::{Asking, Finding};
use crate::proof::{Condition, Possible, Why};
use crate::source::Span;

/// A question that was not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOpen {
    /// goes on behind "whether": "any lead is left for `warm` of `status`"
    pub whether: String,
    /// the part that it is asked of
    pub span: Span,
    pub why: Why,
}

/// What is asked, and of which part.
pub(super) struct About {
    pub whether: String,
    pub span: Span,
}

impl About {
    pub fn new(whether: impl Into<String>, span: Span) -> About {
        About { whether: whether.into(), span }
    }

    pub fn gets(what: &str, span: Span) -> About {
        About::new(format!("any lead gets {what}"), span)
    }

    /// Whether it changes a score: a row of points, or an adjustment.
    pub fn shows(what: &str, span: Span) -> About {
        About::new(format!("any score shows {what}"), span)
    }
}

impl Asking<'_, '_> {
    /// Whether no lead meets the condition, for certain.
    pub(super) fn never(&mut self, condition: &Condition, about: &About) -> bool {
        self.findings.asked += 1;
        self.prover.never(condition).unwrap_or_else(|why| {
            self.leave_open(about, why);
            false
        })
    }

    /// Keeps what happens to a lead, with that lead.
    pub(super) fn happens(&mut self, possible: Possible, about: &About, finding: Finding) {
        match possible {
            Possible::Never => {}
            Possible::Undecided(why) => self.leave_open(about, why),
            Possible::Yes(mut witness) => match (self.is_shown)(&mut witness) {
                true => self.findings.all.push(Finding { witness: Some(witness), ..finding }),
                false => self.leave_open(about, Why::OpenTable),
            },
        }
    }

    pub(super) fn leave_open(&mut self, about: &About, why: Why) {
        let open = &mut self.findings.undecided;
        if !open.iter().any(|open| open.span == about.span && open.whether == about.whether) {
            open.push(LeftOpen { whether: about.whether.clone(), span: about.span, why });
        }
    }
}
