//! A comparison as JSON.

use serde::Serialize;

use super::impact_record::{self, ImpactRecord};
use super::treatment_record::{self, TreatmentRecord};
use super::{Compared, Comparison, Outcome};
use crate::diff::{Change, ItemChanges};

/// Names and meanings stay; new names may come. See docs/diff.md.
#[derive(Debug, Serialize)]
pub struct DifferenceRecord<'a> {
    /// the command that wrote it
    pub leadwright: &'static str,
    pub format: u32,
    pub version: &'static str,
    pub old: &'a str,
    pub new: &'a str,
    /// some policy differs
    pub different: bool,
    /// the instant at which leads were looked at
    pub as_of: Option<&'a str>,
    pub policies: Vec<PolicyRecord<'a>>,
    /// conditions of `--fail-on` that are met
    pub conditions_met: &'a [String],
}

#[derive(Debug, Serialize)]
pub struct PolicyRecord<'a> {
    pub policy: &'a str,
    /// `compared`, `added`, `removed` or `mistaken`
    pub outcome: &'static str,
    pub old_path: Option<&'a str>,
    pub new_path: Option<&'a str>,
    /// the tests of a side have mistakes, so tests and claims were not compared
    pub tests_left_out: bool,
    pub items: Vec<ItemRecord<'a>>,
    /// what is proved of all leads; none unless that was asked
    pub proof: Option<TreatmentRecord<'a>>,
    /// what it does to leads; none without a file of them
    pub impact: Option<ImpactRecord<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ItemRecord<'a> {
    /// `score`
    pub item: &'a str,
    pub name: &'a str,
    /// `added`, `removed` or `changed`
    pub kind: &'static str,
    pub changes: Vec<ChangeRecord<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ChangeRecord<'a> {
    /// `added`, `removed`, `changed`, `moved` or `renamed`
    pub kind: &'static str,
    /// empty for the item itself
    pub part: &'a str,
    /// what of it; empty for all of it
    pub what: &'a str,
    pub old: Option<&'a str>,
    pub new: Option<&'a str>,
    pub sentence: String,
    /// words for people alone: no answer changes
    pub wording: bool,
}

pub fn record(comparison: &Comparison) -> DifferenceRecord<'_> {
    DifferenceRecord {
        leadwright: "diff",
        format: 1,
        version: env!("CARGO_PKG_VERSION"),
        old: &comparison.old,
        new: &comparison.new,
        different: comparison.policies.iter().any(Compared::is_different),
        as_of: comparison.as_of.as_deref(),
        policies: comparison.policies.iter().map(policy).collect(),
        conditions_met: &comparison.met,
    }
}

fn policy(compared: &Compared) -> PolicyRecord<'_> {
    let (outcome, items, tests_left_out) = match &compared.outcome {
        Outcome::Added => ("added", Vec::new(), false),
        Outcome::Removed => ("removed", Vec::new(), false),
        Outcome::Mistaken => ("mistaken", Vec::new(), false),
        Outcome::Compared { difference, tests_left_out, .. } => ("compared", difference.items.iter().map(item).collect(), *tests_left_out),
    };
    PolicyRecord {
        policy: &compared.name,
        outcome,
        old_path: compared.old_path.as_deref(),
        new_path: compared.new_path.as_deref(),
        tests_left_out,
        items,
        proof: compared.treatment().map(treatment_record::record),
        impact: compared.impact().map(impact_record::record),
    }
}

fn item(item: &ItemChanges) -> ItemRecord<'_> {
    ItemRecord { item: item.noun, name: &item.name, kind: item.kind.name(), changes: item.changes.iter().map(change).collect() }
}

fn change(change: &Change) -> ChangeRecord<'_> {
    ChangeRecord {
        kind: change.kind.name(),
        part: &change.part,
        what: change.what,
        old: change.old.as_deref(),
        new: change.new.as_deref(),
        sentence: change.sentence(),
        wording: change.wording,
    }
}
