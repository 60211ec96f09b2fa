//! What is proved agrees with trying every lead.

mod agreement;
mod alone;
mod asked;
mod caps;
mod claims;
mod described;
mod differences;
mod histories;
mod idle_points;
mod large;
mod logs;
mod monotone;
mod open_tables;
mod questions;
mod reach;
mod smallest;
mod stats;
mod texts;
mod uncovered;
mod versions;

use std::collections::BTreeMap;

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, Checked};
use leadwright::program::{Lowered, Value, lower};
use leadwright::proof::{AS_OF, Condition};
use leadwright::record::{self, Histories, Lead};

use crate::support::small_policies::Small;

/// A small policy of which every lead was tried.
struct Tried {
    checked: Checked,
    lowered: Lowered,
    leads: Vec<Lead>,
    /// per lead, the value of each operation of the program
    rows: Vec<Vec<Option<i64>>>,
}

fn tried(small: &Small, seed: u64) -> Tried {
    let files = BTreeMap::from([("policy.lead".to_string(), small.text.clone())]);
    let checked = model::check(&files, "policy.lead");
    let sound = checked.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
    let messages: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert!(sound, "seed {seed}: {messages:#?}\n{}", small.text);
    let lowered = lower::lower(&checked.policy);
    let leads = small.leads();
    let parameters = record::parameters(&checked.policy, AS_OF).unwrap();
    let block = record::encode(&checked.policy, &Histories::new(&checked.policy), &lowered.program, &leads, AS_OF).unwrap();
    let rows = (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)).collect();
    Tried { checked, lowered, leads, rows }
}

/// Every condition of a policy and its opposite, two at once, and every row of its tables as the first that holds.
fn conditions(lowered: &Lowered) -> Vec<Condition> {
    let trace = &lowered.trace;
    let mut conditions: Vec<Value> =
        trace.expressions.values().copied().filter(|value| lowered.program.shapes[value.index()].condition).collect();
    conditions.sort();
    conditions.dedup();
    let mut questions: Vec<Condition> = Vec::new();
    for condition in &conditions {
        questions.extend([Condition::Holds(*condition), Condition::Holds(*condition).negated()]);
    }
    for pair in conditions.windows(2) {
        questions.push(Condition::All(vec![Condition::Holds(pair[0]), Condition::Holds(pair[1]).negated()]));
    }
    let tables =
        trace.decides.iter().map(|decide| &decide.rows).chain(trace.flows.iter()).chain(trace.routes.iter().map(|route| &route.rows));
    for table in tables {
        questions.extend((0..table.len()).map(|row| Condition::first(table, row)));
    }
    questions
}

/// Runs each seed by itself, so that one that fails stops no other; gives what all tell together, and the seeds that fail.
fn tallied<T: Default>(seeds: usize, run: fn(u64, &mut T), add: fn(&mut T, T)) -> (T, Vec<u64>) {
    let (mut all, mut failures) = (T::default(), Vec::new());
    for seed in 0..seeds as u64 {
        let outcome = std::panic::catch_unwind(|| {
            let mut tally = T::default();
            run(seed, &mut tally);
            tally
        });
        match outcome {
            Ok(part) => add(&mut all, part),
            Err(_) => failures.push(seed),
        }
    }
    (all, failures)
}
