//! What is proved of a policy, as rules of a group of their own.
//!
//! Enters: what proofs found, which are made on a higher floor. Leaves: those findings that no rule says better of the same place. Always holds: a proof has
//! a level, is allowed by a comment and known to a baseline as a rule is; only a claim that does not hold is a mistake, which is neither.

use super::{Fixes, Group, Level, Rule};
use crate::diagnostic::{Code, Diagnostic};

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
    proof(Code::AdjustChangesNothing),
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

/// The rules that say of a place what a proof says of it, and more: what the bounds are, which two parts exclude each other, what to remove.
const SAID_BY: [(Code, &[&str]); 6] = [
    (Code::NeverHolds, &["contradictory-condition"]),
    (Code::NeverGiven, &["contradictory-condition"]),
    (Code::NeverFirst, &["shadowed-row"]),
    (Code::NeverReached, &["unreachable-threshold"]),
    (Code::AlwaysReached, &["unreachable-threshold"]),
    (Code::RowChangesNothing, &["idle-row"]),
];

/// The other way round: what no lead gets to changes nothing either.
const SAID_BY_PROOFS: [(&str, &[Code]); 1] = [("idle-row", &[Code::NeverFirst, Code::NeverHolds])];

/// Both together, what the one and the other say told once.
pub fn joined(by_rules: Vec<Diagnostic>, proved: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let (mut rules, mut proofs) = (by_rules, proved);
    proofs.retain(|proof| {
        let mut better = SAID_BY.iter().filter(|(code, _)| proof.code == *code).flat_map(|(_, rules)| *rules);
        !better.any(|rule| rules.iter().any(|found| found.name() == *rule && is_within(found, proof)))
    });
    rules.retain(|rule| {
        let mut better = SAID_BY_PROOFS.iter().filter(|(name, _)| rule.name() == *name).flat_map(|(_, codes)| *codes);
        !better.any(|code| proofs.iter().any(|found| found.code == *code && is_within(found, rule)))
    });
    rules.append(&mut proofs);
    rules
}

/// Whether the one points at the place of the other, or at a part of it.
fn is_within(found: &Diagnostic, whole: &Diagnostic) -> bool {
    whole.labels.first().zip(found.labels.first()).is_some_and(|(whole, found)| whole.span.holds(found.span))
}
