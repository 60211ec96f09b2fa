//! What changed between two versions, for people and for programs.
//!
//! Enters: [`Compared`]: for each policy of a comparison what became of it. Leaves: a page for a terminal, markdown, a record. Always holds: all three are
//! made of the same sentences; the page and markdown show a bounded number of them and say how many more there are, the record has all.

mod figures;
mod impact_page;
mod impact_record;
mod markdown;
mod page;
mod record;
mod treatment_figures;
mod treatment_page;
mod treatment_record;

use crate::batch::compare::Impact;
use crate::diff::{ChangeKind, Difference, ItemChanges};
use crate::policy::versions::{Treatment, Verdict};

pub use markdown::markdown;
pub use page::page;
pub use record::{DifferenceRecord, record};

/// A comparison: what it is of, and each policy on either side.
#[derive(Debug)]
pub struct Comparison {
    /// what the sides are called: `HEAD~1`, `the work tree`, `old.lead`
    pub old: String,
    pub new: String,
    /// the instant at which leads were looked at, if there were any: `2026-11-18T15:00`
    pub as_of: Option<String>,
    pub policies: Vec<Compared>,
    /// conditions of the caller that are met, a sentence each
    pub met: Vec<String>,
}

#[derive(Debug)]
pub struct Compared {
    /// `medbank`, as the policy calls itself
    pub name: String,
    /// where its first file is on either side; none: the policy is not there
    pub old_path: Option<String>,
    pub new_path: Option<String>,
    /// it is the same policy, whose first file has another path now
    pub renamed: bool,
    pub outcome: Outcome,
}

/// What became of a policy.
#[derive(Debug)]
pub enum Outcome {
    /// it is on the new side alone
    Added,
    /// it is on the old side alone
    Removed,
    /// a side has mistakes, which have been shown
    Mistaken,
    Compared {
        difference: Difference,
        /// the tests of a side have mistakes, which have been shown, so tests and claims of neither were compared
        tests_left_out: bool,
        /// what is proved of all leads, if that was asked
        treatment: Option<Box<Treatment>>,
        /// what it does to leads, if a file of them was given
        impact: Option<Box<Impact>>,
    },
}

impl Compared {
    /// Where its first file is; on the newer side if it is there.
    pub fn path(&self) -> &str {
        self.new_path.as_deref().or(self.old_path.as_deref()).unwrap_or_default()
    }

    /// The first file has another path on the new side.
    pub fn moved_from(&self) -> Option<&str> {
        if self.renamed { self.old_path.as_deref() } else { None }
    }

    pub fn is_different(&self) -> bool {
        match &self.outcome {
            Outcome::Added | Outcome::Removed => true,
            Outcome::Mistaken => false,
            Outcome::Compared { difference, .. } => !difference.is_empty(),
        }
    }

    pub fn treatment(&self) -> Option<&Treatment> {
        match &self.outcome {
            Outcome::Compared { treatment, .. } => treatment.as_deref(),
            Outcome::Added | Outcome::Removed | Outcome::Mistaken => None,
        }
    }

    /// What is proved of it; none if nothing was asked. A policy that is new, or gone, treats every lead in another way.
    pub fn verdict(&self) -> Option<Verdict> {
        match &self.outcome {
            Outcome::Added | Outcome::Removed => Some(Verdict::Differs),
            Outcome::Mistaken => None,
            Outcome::Compared { treatment, .. } => treatment.as_ref().map(|treatment| treatment.verdict()),
        }
    }

    pub fn impact(&self) -> Option<&Impact> {
        match &self.outcome {
            Outcome::Compared { impact, .. } => impact.as_deref(),
            Outcome::Added | Outcome::Removed | Outcome::Mistaken => None,
        }
    }
}

/// Behind the changes of a policy whose tests have mistakes.
const TESTS_LEFT_OUT: &str = "its tests have mistakes, so tests and claims were not compared";

/// `score readiness`
fn title(item: &ItemChanges) -> String {
    if item.name.is_empty() { item.noun.to_owned() } else { format!("{} {}", item.noun, item.name) }
}

/// A character before a change, as text tools have it.
fn sign(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "+",
        ChangeKind::Removed => "-",
        ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Renamed => "~",
    }
}
