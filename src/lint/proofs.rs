//! What is proved of a policy, as rules of a group of their own.
//!
//! Enters: what proofs found, which are made on a higher floor. Leaves: those findings that no rule says better of the same place. Always holds: a proof has
//! a level, is allowed by a comment and known to a baseline as a rule is; only a claim that does not hold is a mistake, which is neither; what is told by one
//! name alone, though two would fit, is allowed by either.

use super::{Fixes, Group, Level, Rule};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Every proof that warns, by its code.
pub static PROOFS: &[Rule] = &[
    proof(Code::ClaimUndecided),
    proof(Code::NeverHolds),
    proof(Code::NeverFirst),
    proof(Code::NeverReached),
    proof(Code::AlwaysReached),
    proof(Code::NeverGiven),
    proof(Code::CellNever),
    proof(Code::StageNeverEntered),
    proof(Code::StageNeverLeft),
    proof(Code::ToAndFro),
    proof(Code::ClockNeverStarts),
    proof(Code::CapNeverReached),
    proof(Code::EndNeverReached),
    proof(Code::BothMove),
    proof(Code::RowChangesNothing),
    proof(Code::PointsChangeNothing),
    proof(Code::NoQueue),
    // more of a policy than there is time for is no fault of its author
    Rule { level: Level::Note, ..proof(Code::QuestionUndecided) },
];

const fn proof(code: Code) -> Rule {
    let entry = code.entry();
    Rule {
        name: entry.code,
        group: Group::Proof,
        level: Level::Warning,
        summary: entry.title,
        fixes: Fixes::None,
        page: entry.page,
        check: |_, _| {},
    }
}

/// What proofs found in a policy.
#[derive(Clone, Debug, Default)]
pub struct Proved {
    pub findings: Vec<Diagnostic>,
    /// everything was asked and decided: what is not among the findings is not there
    pub is_complete: bool,
}

/// Two names for one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlsoCalled {
    /// where it is told, and by which name
    place: Span,
    by: &'static str,
    pub name: &'static str,
}

impl AlsoCalled {
    /// Whether this is the finding that it speaks of.
    pub fn is_of(&self, diagnostic: &Diagnostic) -> bool {
        diagnostic.name() == self.by && diagnostic.labels.first().is_some_and(|label| label.span == self.place)
    }
}

/// The rules, and the codes of `check`, that say of a place what a proof says of it, and more: what the bounds are, which two parts exclude each other, what to remove.
const SAID_BY: [(Code, &[&str]); 7] = [
    (Code::NeverHolds, &["contradictory-condition"]),
    (Code::NeverGiven, &["contradictory-condition"]),
    (Code::NeverFirst, &["shadowed-row"]),
    (Code::NeverReached, &["unreachable-threshold"]),
    (Code::AlwaysReached, &["unreachable-threshold"]),
    (Code::RowChangesNothing, &["idle-row"]),
    (Code::CapNeverReached, &[Code::CapBeyondRange.entry().code]),
];

/// The other way round: what no lead gets to changes nothing either, and what holds for no lead is not taken by other rows.
const LESS_THAN: [(&str, &[&str]); 2] = [
    ("idle-row", &[Code::NeverFirst.entry().code, Code::NeverHolds.entry().code, "shadowed-row"]),
    ("shadowed-row", &[Code::NeverHolds.entry().code]),
];

/// The rows that no lead gets to.
pub fn dead_rows(proved: &[Diagnostic]) -> Vec<Span> {
    let dead = proved.iter().filter(|proof| proof.code == Code::NeverHolds || proof.code == Code::NeverFirst);
    dead.filter_map(|proof| Some(proof.labels.first()?.span)).collect()
}

/// Both together, what the one and the other say told once; and by which names it might have been told.
pub fn joined(by_rules: Vec<Diagnostic>, proved: Vec<Diagnostic>) -> (Vec<Diagnostic>, Vec<AlsoCalled>) {
    let (mut rules, mut proofs) = (by_rules, proved);
    let mut names = Vec::new();
    proofs.retain(|proof| {
        let better = SAID_BY.iter().filter(|(code, _)| proof.code == *code).flat_map(|(_, rules)| *rules);
        !names_better(&mut names, proof.name(), better, &rules, |found| is_within(found, proof))
    });
    rules.append(&mut proofs);
    let lesser: Vec<bool> = rules
        .iter()
        .map(|rule| {
            let better = LESS_THAN.iter().filter(|(name, _)| rule.name() == *name).flat_map(|(_, names)| *names);
            names_better(&mut names, rule.name(), better, &rules, |found| is_within(found, rule))
        })
        .collect();
    let mut lesser = lesser.into_iter();
    rules.retain(|_| !lesser.next().unwrap_or_default());
    (rules, names)
}

/// Whether something of these names is found there; each gets the lesser's name, and those that this one had.
fn names_better<'n>(
    names: &mut Vec<AlsoCalled>,
    lesser: &'static str,
    better: impl Iterator<Item = &'n &'static str>,
    among: &[Diagnostic],
    is_there: impl Fn(&Diagnostic) -> bool,
) -> bool {
    let wanted: Vec<&str> = better.copied().collect();
    let before = names.len();
    for found in among.iter().filter(|found| wanted.contains(&found.name()) && is_there(found)) {
        names.extend(found.labels.first().map(|label| AlsoCalled { place: label.span, by: found.name(), name: lesser }));
    }
    names.len() > before
}

/// Whether the one points at the place of the other, or at a part of it.
fn is_within(found: &Diagnostic, whole: &Diagnostic) -> bool {
    whole.labels.first().zip(found.labels.first()).is_some_and(|(whole, found)| whole.span.holds(found.span))
}
