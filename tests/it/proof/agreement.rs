//! Random policies that are small enough to try every lead: for every condition, every row and every score of them, what is proved is what
//! trying finds.
//!
//! Three hundred policies run here; `LEADWRIGHT_POLICIES=5000 cargo test --test it proof::agreement` runs as many as asked.

use std::collections::{BTreeMap, BTreeSet};

use leadwright::proof::{Condition, Possible, Prover};
use leadwright::record::Lead;
use num_bigint::BigUint;

use super::{Tried, conditions, tried};
use crate::support::small_policies::small;

const POLICIES: usize = 300;

#[derive(Debug, Default)]
struct Tally {
    policies: usize,
    leads: usize,
    questions: usize,
    possible: usize,
    never: usize,
    undecided: usize,
    sets: usize,
    sets_undecided: usize,
    cells_undecided: usize,
    changes: usize,
    no_changes: usize,
    changes_undecided: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { policies, leads, questions, possible, never, undecided, sets, sets_undecided, cells_undecided, .. } = other;
        let Tally { changes, no_changes, changes_undecided, .. } = other;
        self.policies += policies;
        self.leads += leads;
        self.questions += questions;
        self.possible += possible;
        self.never += never;
        self.undecided += undecided;
        self.sets += sets;
        self.sets_undecided += sets_undecided;
        self.cells_undecided += cells_undecided;
        self.changes += changes;
        self.no_changes += no_changes;
        self.changes_undecided += changes_undecided;
    }
}

#[test]
fn what_is_proved_is_what_trying_finds() {
    let policies = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    let (tally, failures) = super::tallied(policies, run, Tally::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided * 100 <= tally.questions, "{tally:?}");
    assert!(tally.never * 20 >= tally.questions && tally.possible * 20 >= tally.questions, "{tally:?}");
    assert!(tally.changes >= tally.policies && tally.no_changes * 5 >= tally.policies, "{tally:?}");
    assert!(tally.changes_undecided * 20 <= tally.changes, "{tally:?}");
    assert!(tally.sets_undecided * 10 <= tally.sets && tally.cells_undecided * 10 <= tally.sets, "{tally:?}");
}

fn run(seed: u64, tally: &mut Tally) {
    let small = small(seed);
    let Tried { checked, lowered, leads, rows } = tried(&small, seed);
    let policy = &checked.policy;
    tally.policies += 1;
    tally.leads += leads.len();

    let mut prover = Prover::new(policy, &lowered);
    let trace = &lowered.trace;
    let mut questions = conditions(&lowered);
    for score in &trace.scores {
        for threshold in [-50, 0, 100, 1_000, 5_000, 20_000] {
            questions.push(Condition::AtLeast(score.value.unwrap(), threshold));
        }
        for attribute in score.attributes.iter().flatten().flatten() {
            questions.extend((0..3).map(|row| Condition::Is(attribute.row, Some(row))));
        }
    }
    for question in &questions {
        tally.questions += 1;
        let found = rows.iter().position(|row| question.holds(row));
        let shown = || format!("seed {seed}: {question:?}, lead {:?}\n{}", found.map(|found| &leads[found]), small.text);
        match prover.possible(question) {
            Possible::Never => {
                tally.never += 1;
                assert!(found.is_none(), "proved impossible, but a lead meets it: {}", shown());
            }
            Possible::Yes(witness) => {
                tally.possible += 1;
                let values = prover.replay(&witness.lead, witness.as_of).expect("a lead of the policy");
                assert!(question.holds(&values), "the lead that is shown does not meet it: {}", shown());
                assert!(found.is_some(), "a lead meets it that trying did not find: {:?} {}", witness.lead, shown());
            }
            Possible::Undecided(_) => tally.undecided += 1,
        }
    }
    for score in &trace.scores {
        for value in [score.value, score.sum].into_iter().flatten().chain(score.sections.iter().copied()) {
            tally.sets += 1;
            let tried: BTreeSet<Option<i64>> = rows.iter().map(|row| row[value.index()]).collect();
            match prover.values(value) {
                None => tally.sets_undecided += 1,
                Some(_) if !prover.is_free(value) => tally.sets_undecided += 1,
                Some(values) => {
                    let proved: BTreeSet<Option<i64>> =
                        values.known.iter().copied().map(Some).chain(values.missing.then_some(None)).collect();
                    assert_eq!(proved, tried, "seed {seed}, {value:?}\n{}", small.text);
                    match prover.cells(value, None) {
                        Err(_) => tally.cells_undecided += 1,
                        Ok(counts) => {
                            let known = counts.known.iter().filter(|(_, cells)| *cells > BigUint::ZERO).map(|(value, _)| Some(*value));
                            let counted: BTreeSet<Option<i64>> = known.chain((counts.missing > BigUint::ZERO).then_some(None)).collect();
                            assert_eq!(counted, tried, "cells of seed {seed}, {value:?}\n{}", small.text);
                        }
                    }
                }
            }
        }
    }
    changes(&mut prover, &leads, &rows, &small.text, tally);
}

/// Of every decision and score: which fields change it alone.
fn changes(prover: &mut Prover, leads: &[Lead], rows: &[Vec<Option<i64>>], text: &str, tally: &mut Tally) {
    let trace = &prover.lowered().trace;
    let values = trace.decides.iter().map(|decide| decide.value).chain(trace.scores.iter().filter_map(|score| score.value));
    let fields = 1..prover.policy().fields.len();
    for (value, field) in values.flat_map(|value| fields.clone().map(move |field| (value, field))) {
        let mut by_rest: BTreeMap<String, Option<i64>> = BTreeMap::new();
        let changes = leads.iter().zip(rows).any(|(lead, row)| {
            let mut rest = lead.clone();
            rest.values[field] = None;
            let value = row[value.index()];
            *by_rest.entry(format!("{rest:?}")).or_insert(value) != value
        });
        match prover.can_change(value, field) {
            Some(can_change) => assert_eq!(can_change, changes, "field {field}, {value:?}\n{text}"),
            None => tally.changes_undecided += 1,
        }
        if changes { tally.changes += 1 } else { tally.no_changes += 1 }
    }
}
