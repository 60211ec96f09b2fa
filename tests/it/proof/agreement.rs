//! Random policies that are small enough to try every lead: for every condition, every row and every score of them, what is proved is what
//! trying finds.
//!
//! Three hundred policies run here; `LEADWRIGHT_POLICIES=5000 cargo test --test it proof::agreement` runs as many as asked.

use std::collections::BTreeSet;

use leadwright::proof::{Condition, Possible, Prover};

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
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { policies, leads, questions, possible, never, undecided, sets, sets_undecided, cells_undecided } = other;
        self.policies += policies;
        self.leads += leads;
        self.questions += questions;
        self.possible += possible;
        self.never += never;
        self.undecided += undecided;
        self.sets += sets;
        self.sets_undecided += sets_undecided;
        self.cells_undecided += cells_undecided;
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
                        None => tally.cells_undecided += 1,
                        Some(counts) => {
                            let known = counts.known.iter().filter(|(_, cells)| *cells > 0).map(|(value, _)| Some(*value));
                            let counted: BTreeSet<Option<i64>> = known.chain((counts.missing > 0).then_some(None)).collect();
                            assert_eq!(counted, tried, "cells of seed {seed}, {value:?}\n{}", small.text);
                        }
                    }
                }
            }
        }
    }
}
