//! What is held against fixed days and against as-of together, and fields of wide ranges, or of none, that are held against each other: what is proved is what trying every lead around the constants finds,
//! at every as-of around them.
//!
//! Some run here; `LEADWRIGHT_POLICIES=2000 cargo test --test it proof::differences` runs as many as asked.

use std::collections::BTreeMap;

use leadwright::calendar::MICROS_PER_DAY;
use leadwright::interpret;
use leadwright::model::{self, Constant};
use leadwright::program::lower;
use leadwright::proof::{AS_OF, BUDGET, Condition, Possible, Prover};
use leadwright::record::{self, Histories, Lead};

use super::conditions;
use crate::support::random::Random;

const POLICIES: usize = 60;

/// The day of the proofs' as-of: 2026-01-14.
const DAY: i64 = AS_OF.div_euclid(MICROS_PER_DAY);

#[derive(Debug, Default)]
struct Tally {
    questions: usize,
    never: usize,
    undecided: usize,
}

/// Two days or two numbers, of far more values than can be tried.
struct Made {
    text: String,
    /// of days, around 0 as the day of the proofs, and of numbers
    values: Vec<Vec<Option<i64>>>,
    as_of: Vec<i64>,
}

fn made(seed: u64) -> Made {
    let mut random = Random::new(seed);
    let (of_days, has_range) = (random.chance(60), random.chance(60));
    let atom = |random: &mut Random| {
        let (first, second) = *random.pick(&[("u", "v"), ("v", "u")]);
        let (constant, by) = (random.between(0, 2), random.between(0, 2));
        let operator = *random.pick(&[">=", ">", "<=", "<"]);
        let condition = match (of_days, random.below(6)) {
            (_, 0) => "g".to_string(),
            (_, 1) => format!("{first} {operator} {second}"),
            (true, 2 | 3) => format!("{first} {operator} 2026-01-{}", 14 + constant),
            (true, 4) => format!("days since {first} {operator} {by}"),
            (true, _) => format!("days until {first} {operator} {by}"),
            // sums of numbers without a range may be beyond 64 bits, and missing
            (false, 2) if has_range => format!("{first} {operator} {second} + {by}"),
            (false, 3) if has_range => format!("gap {operator} {}", random.between(-2, 2)),
            (false, _) => format!("{first} {operator} {constant}"),
        };
        if random.chance(20) { format!("not ({condition})") } else { condition }
    };
    let row = |random: &mut Random| {
        let joint = *random.pick(&[" and ", " or "]);
        let parts: Vec<String> = (0..1 + random.below(3)).map(|_| atom(random)).collect();
        parts.join(joint)
    };
    let ty = match (of_days, has_range) {
        (true, _) => "date",
        (false, true) => "whole -1_000_000_000..1_000_000_000",
        (false, false) => "whole",
    };
    let optional = if random.chance(60) { " optional" } else { "" };
    let mut text = format!(
        "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{\n  id text key\n  g  yes_no\n  u  {ty}\n  v  {ty}{optional}\n}}\n\n"
    );
    if !of_days {
        text += "let gap = u - v\n\n";
    }
    text += "score s {\n  section x points {\n";
    for points in ["+1", "+2", "+4", "-8"] {
        text += &format!("    {points} when {}\n", row(&mut random));
    }
    text += "  }\n}\n\ndecide d {\n";
    for number in 0..4 {
        text += &format!("  r{number} when {}\n", row(&mut random));
    }
    text += "  rest otherwise\n}\n";
    let known = |from: i64, to: i64| (from..=to).map(Some);
    let mut values = vec![vec![Some(0), Some(1)], known(-7, 9).collect(), known(-7, 9).collect()];
    if !optional.is_empty() {
        values[2].push(None);
    }
    if of_days {
        values[1..].iter_mut().flatten().flatten().for_each(|day| *day += DAY);
    }
    let as_of = if of_days { (-4..=6).map(|days| AS_OF + days * MICROS_PER_DAY).collect() } else { vec![AS_OF] };
    Made { text, values, as_of }
}

#[test]
fn what_is_proved_of_differences_is_what_trying_finds() {
    let policies = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    let (tally, failures) = super::tallied(policies, run, |all: &mut Tally, part| {
        all.questions += part.questions;
        all.never += part.never;
        all.undecided += part.undecided;
    });
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided == 0 && tally.never * 20 >= tally.questions, "{tally:?}");
}

fn run(seed: u64, tally: &mut Tally) {
    let Made { text, values, as_of } = made(seed);
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text.clone())]), "policy.lead");
    assert!(
        checked.diagnostics.iter().all(|of| of.severity != leadwright::diagnostic::Severity::Error),
        "seed {seed}: {:#?}\n{text}",
        checked.diagnostics
    );
    let policy = &checked.policy;
    let lowered = lower::lower(policy);
    let leads: Vec<Lead> = every(&values);
    let histories = Histories::new(policy);
    let mut rows: Vec<Vec<Option<i64>>> = Vec::new();
    for as_of in as_of {
        let parameters = record::parameters(policy, as_of).unwrap();
        let block = record::encode(policy, &histories, &lowered.program, &leads, as_of).unwrap();
        rows.extend((0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)));
    }
    let mut prover = Prover::new(policy, &lowered);
    prover.budget = BUDGET / 20;
    let mut questions = conditions(&lowered);
    let score = lowered.trace.scores[0].value.unwrap();
    for least in -8..=7 {
        questions.push(Condition::Is(score, Some(least)));
        questions.push(Condition::All(vec![Condition::AtLeast(score, least), Condition::first(&lowered.trace.decides[0].rows, 3)]));
    }
    for question in &questions {
        tally.questions += 1;
        let found = rows.iter().any(|row| question.holds(row));
        let shown = || format!("seed {seed}: {question:?}\n{text}");
        match prover.possible_with_least(question) {
            Possible::Never => {
                tally.never += 1;
                assert!(!found, "proved impossible, but a lead meets it: {}", shown());
            }
            Possible::Yes(witness) => {
                let values = prover.replay(&witness.lead, witness.as_of).expect("a lead of the policy");
                assert!(question.holds(&values), "the lead that is shown does not meet it: {}", shown());
                assert!(found, "a lead meets it that trying did not find: {:?} {}", witness.lead, shown());
            }
            Possible::Undecided(why) => {
                tally.undecided += 1;
                println!("{why:?}: {}", shown());
            }
        }
    }
}

fn every(values: &[Vec<Option<i64>>]) -> Vec<Lead> {
    let mut leads = vec![vec![Some(Constant::Text("x".into()))]];
    for of_field in values {
        let with = |lead: &Vec<Option<Constant>>| {
            let lead = lead.clone();
            of_field.iter().map(move |value| [lead.clone(), vec![value.map(Constant::Integer)]].concat()).collect::<Vec<_>>()
        };
        leads = leads.iter().flat_map(with).collect();
    }
    leads.into_iter().map(|values| Lead { values, ..Lead::default() }).collect()
}
