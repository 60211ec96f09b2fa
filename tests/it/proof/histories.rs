//! Random policies over measures with windows, moments and caps: what is proved of all histories holds of the many that are tried here, and what is shown was scored.
//!
//! A few run here; `LEADWRIGHT_HISTORIES=2000 cargo test --test it proof::histories` runs as many as asked.

use std::collections::BTreeMap;

use leadwright::interpret;
use leadwright::model::Policy;
use leadwright::program::Lowered;
use leadwright::proof::versions::{Outcome, compare};
use leadwright::proof::{Condition, Possible, Prover, Reach};
use leadwright::record::{self, Histories, Lead};

use super::conditions;
use super::versions::{Side, checked};
use crate::support::mutations::mutated;
use crate::support::random::Random;
use crate::support::small_histories::{AS_OFS, Past, SmallHistories, small_histories, with_another_clause};

const POLICIES: usize = 6;
/// Random histories that are tried of each policy, besides all of one signal.
const PASTS: usize = 80;
/// Steps for each question.
const STEPS: u64 = 100_000;

fn policies() -> usize {
    std::env::var("LEADWRIGHT_HISTORIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES)
}

/// The values of the program for each lead.
fn rows(policy: &Policy, lowered: &Lowered, leads: &[Lead], as_of: i64) -> Vec<Vec<Option<i64>>> {
    let parameters = record::parameters(policy, as_of).unwrap();
    let block = record::encode(policy, &Histories::new(policy), &lowered.program, leads, as_of).unwrap();
    (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)).collect()
}

/// Leads with all values of their fields and many pasts, each with the as-of at which it is looked at.
fn tried(small: &SmallHistories, random: &mut Random, pasts: usize) -> Vec<(i64, Vec<Lead>)> {
    let as_ofs = [AS_OFS[0], *random.pick(&AS_OFS[1..])];
    let of = |as_of: i64| -> Vec<Lead> {
        let pasts: Vec<Past> = small.pasts(random, as_of, pasts / 2);
        pasts.iter().flat_map(|past| small.leads(past)).collect()
    };
    let leads = as_ofs.map(of);
    as_ofs.into_iter().zip(leads).collect()
}

#[derive(Debug, Default)]
struct Tally {
    policies: usize,
    leads: usize,
    questions: usize,
    never: usize,
    possible: usize,
    undecided: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { policies, leads, questions, never, possible, undecided } = other;
        self.policies += policies;
        self.leads += leads;
        self.questions += questions;
        self.never += never;
        self.possible += possible;
        self.undecided += undecided;
    }
}

#[test]
fn what_is_proved_of_all_histories_holds_of_those_that_are_tried() {
    let (tally, failures) = super::tallied(policies(), run, Tally::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided * 6 <= tally.questions, "{tally:?}");
    assert!(tally.never * 20 >= tally.questions && tally.possible * 3 >= tally.questions, "{tally:?}");
}

fn run(seed: u64, tally: &mut Tally) {
    let small = small_histories(seed);
    let Side { checked, lowered, .. } = side(&small.text, seed);
    let policy = &checked.policy;
    let mut random = Random::new(seed);
    let tried = tried(&small, &mut random, PASTS);
    let values: Vec<Vec<Vec<Option<i64>>>> = tried.iter().map(|(as_of, leads)| rows(policy, &lowered, leads, *as_of)).collect();
    tally.policies += 1;
    tally.leads += tried.iter().map(|(_, leads)| leads.len()).sum::<usize>();
    let mut prover = Prover::new(policy, &lowered);
    prover.budget = STEPS;
    let mut questions = conditions(&lowered);
    for score in &lowered.trace.scores {
        let thresholds = [-10, 0, 1, 6, 12, 13, 20, 21, 29];
        questions.extend(thresholds.map(|threshold| Condition::AtLeast(score.value.unwrap(), threshold)));
    }
    let more: Vec<Condition> = (0..questions.len())
        .map(|_| Condition::All(vec![random.pick(&questions).clone(), random.pick(&questions).clone().negated()]))
        .collect();
    questions.extend(more);
    for question in &questions {
        tally.questions += 1;
        let found = || {
            let all = tried
                .iter()
                .zip(&values)
                .flat_map(|((as_of, leads), rows)| leads.iter().zip(rows).map(move |(lead, row)| (*as_of, lead, row)));
            all.into_iter().find(|(_, _, row)| question.holds(row)).map(|(as_of, lead, _)| (as_of, lead))
        };
        match prover.possible(question) {
            Possible::Never => {
                tally.never += 1;
                let found = found();
                assert!(found.is_none(), "seed {seed}: proved impossible, but a lead meets it: {question:?}, {found:?}\n{}", small.text);
            }
            Possible::Yes(witness) => {
                tally.possible += 1;
                let row = &rows(policy, &lowered, std::slice::from_ref(&witness.lead), witness.as_of)[0];
                assert!(
                    question.holds(row),
                    "seed {seed}: the lead that is shown does not meet it: {question:?}, {witness:?}\n{}",
                    small.text
                );
            }
            Possible::Undecided(why) => {
                tally.undecided += 1;
                println!("undecided: seed {seed}, {question:?}: {why:?}");
            }
        }
    }
}

fn side(text: &str, seed: u64) -> Side {
    Side::new(checked(text).unwrap_or_else(|| {
        let files = BTreeMap::from([("policy.lead".to_string(), text.to_string())]);
        let diagnostics = leadwright::model::check(&files, "policy.lead").diagnostics;
        let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        panic!("seed {seed}: {messages:#?}\n{text}")
    }))
}

#[derive(Debug, Default)]
struct Pairs {
    pairs: usize,
    answers: usize,
    same: usize,
    differ: usize,
    undecided: usize,
}

impl Pairs {
    fn add(&mut self, other: Pairs) {
        let Pairs { pairs, answers, same, differ, undecided } = other;
        self.pairs += pairs;
        self.answers += answers;
        self.same += same;
        self.differ += differ;
        self.undecided += undecided;
    }
}

#[test]
fn two_versions_with_other_windows_and_caps_differ_where_trying_finds_it() {
    let (tally, failures) = super::tallied(policies(), run_pair, Pairs::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided * 2 <= tally.answers && tally.pairs * 2 >= policies(), "{tally:?}");
    assert!(tally.same * 10 >= tally.answers && tally.differ * 10 >= tally.answers, "{tally:?}");
}

fn run_pair(seed: u64, tally: &mut Pairs) {
    let small = small_histories(seed);
    let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9) + 5);
    let found = (0..20).find_map(|_| {
        let text = if random.chance(75) { with_another_clause(&small.text, &mut random) } else { mutated(&small.text, &mut random) };
        // leads and signals are the same in both
        let head = |text: &str| text.find("let m0").map(|end| text[..end].to_string());
        let is_other = text != small.text && head(&text) == head(&small.text);
        Some((checked(&text).filter(|_| is_other)?, text))
    });
    let Some((new, text)) = found else { return };
    let (old, new) = (side(&small.text, seed), Side::new(new));
    let tried = tried(&small, &mut random, PASTS);
    let answers = |side: &Side| -> Vec<BTreeMap<String, String>> {
        let of = |(as_of, leads): &(i64, Vec<Lead>)| rows(&side.checked.policy, &side.lowered, leads, *as_of);
        tried.iter().flat_map(of).map(|row| side.named(&row)).collect()
    };
    let (before, after) = (answers(&old), answers(&new));
    let leads: Vec<(i64, &Lead)> = tried.iter().flat_map(|(as_of, leads)| leads.iter().map(move |lead| (*as_of, lead))).collect();
    tally.pairs += 1;
    let compared = compare(old.version(), new.version(), STEPS, &|_| false);
    let shown = || format!("seed {seed}\n--- old\n{}\n--- new\n{text}", small.text);
    for answer in &compared.answers {
        tally.answers += 1;
        let name = &answer.name;
        match &answer.outcome {
            Outcome::Same => {
                tally.same += 1;
                let differing = (0..leads.len()).find(|lead| before[*lead][name] != after[*lead][name]).map(|lead| leads[lead]);
                assert!(differing.is_none(), "`{name}` is said to be the same: {differing:?} {}", shown());
            }
            Outcome::Undecided(why) => {
                tally.undecided += 1;
                println!("undecided: seed {seed}, {name}: {why:?}");
            }
            Outcome::Differs(difference) => {
                tally.differ += 1;
                let before = old.answers(&difference.leads[0], difference.as_of).expect("a lead of the older version");
                let after = new.answers(&difference.leads[1], difference.as_of).expect("a lead of the newer version");
                assert_ne!(before[name], after[name], "`{name}`: the lead that is shown shows nothing: {}", shown());
            }
        }
    }
}

#[derive(Debug, Default)]
struct Ways {
    ways: usize,
    least: usize,
    never: usize,
    already: usize,
    undecided: usize,
}

impl Ways {
    fn add(&mut self, other: Ways) {
        let Ways { ways, least, never, already, undecided } = other;
        self.ways += ways;
        self.least += least;
        self.never += never;
        self.already += already;
        self.undecided += undecided;
    }
}

#[test]
fn no_history_that_is_tried_is_a_cheaper_way() {
    let (tally, failures) = super::tallied(policies(), run_reach, Ways::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.ways >= policies() && tally.least * 2 >= tally.ways && tally.undecided * 2 <= tally.ways, "{tally:?}");
}

fn run_reach(seed: u64, tally: &mut Ways) {
    let small = small_histories(seed);
    let Side { checked, lowered, .. } = side(&small.text, seed);
    let policy = &checked.policy;
    let mut random = Random::new(seed + 77);
    let as_of = *random.pick(&AS_OFS);
    let pasts = small.pasts(&mut random, as_of, 3);
    let past = pasts.last().unwrap();
    let starts = small.leads(past);
    let from = random.pick(&starts).clone();
    let tried = ways_tried(&small, &mut random, as_of, &from);
    let leads: Vec<Lead> = tried.iter().map(|(_, lead)| lead.clone()).collect();
    let values = rows(policy, &lowered, &leads, as_of);
    let mut prover = Prover::new(policy, &lowered);
    prover.budget = STEPS;
    for goal in goals(policy, &lowered) {
        let best = tried.iter().zip(&values).filter(|(_, row)| goal.holds(row)).min_by_key(|((cost, _), _)| *cost).map(|(tried, _)| tried);
        let shown = || format!("seed {seed}: {goal:?} from {from:?} at {as_of}; tried {best:?}\n{}", small.text);
        match prover.reach(&goal, &from, as_of) {
            Reach::Already => {
                tally.already += 1;
                assert_eq!(best.map(|(cost, _)| *cost), Some(0), "{}", shown());
            }
            Reach::Never => {
                tally.never += 1;
                assert!(best.is_none(), "{}", shown());
            }
            Reach::Way(way) => {
                tally.ways += 1;
                tally.least += usize::from(way.cost == way.at_least);
                assert!(goal.holds(&rows(policy, &lowered, std::slice::from_ref(&way.lead), as_of)[0]), "{way:?} {}", shown());
                let changed = (1..from.values.len()).filter(|field| from.values[*field] != way.lead.values[*field]);
                let fields: u64 = changed.map(|field| small.costs[field - 1].expect("a field that can change")).sum();
                let added: u64 =
                    way.signals.iter().map(|event| small.signal_costs[event.signal].expect("a signal that can be added")).sum();
                assert_eq!(
                    (way.cost, way.lead.signals.len()),
                    (fields + added, from.signals.len() + way.signals.len()),
                    "{way:?} {}",
                    shown()
                );
                assert!(way.at_least <= way.cost && best.is_none_or(|(cost, _)| *cost >= way.at_least), "{way:?} {}", shown());
            }
            Reach::Undecided(why) => {
                tally.undecided += 1;
                println!("undecided: seed {seed}, {goal:?}: {why:?}");
            }
        }
    }
}

/// What changes of fields alone cost, of fields and one signal more, and of many with two and three signals more.
fn ways_tried(small: &SmallHistories, random: &mut Random, as_of: i64, from: &Lead) -> Vec<(u64, Lead)> {
    let single: Vec<_> = small.single(as_of).into_iter().filter(|event| small.signal_costs[event.signal].is_some()).collect();
    let mut added: Vec<Vec<_>> = vec![Vec::new()];
    added.extend(single.iter().map(|event| vec![event.clone()]));
    // where signals are, others make a burst
    added.extend(from.signals.iter().filter(|event| small.signal_costs[event.signal].is_some()).map(|event| vec![event.clone()]));
    if !single.is_empty() {
        added.extend((0..250).map(|_| (0..2 + random.below(2)).map(|_| random.pick(&single).clone()).collect()));
    }
    let Lead { signals, stage, stage_since: since, rest_until, log, .. } = from.clone();
    let past = Past { signals, stage, since, rest_until, log };
    let mut all = Vec::new();
    for to in small.leads(&past) {
        let changed = (1..to.values.len()).filter(|field| from.values[*field] != to.values[*field]);
        let Some(fields) = changed.map(|field| small.costs[field - 1]).sum::<Option<u64>>() else { continue };
        for added in &added {
            let cost: u64 = added.iter().map(|event| small.signal_costs[event.signal].unwrap_or(0)).sum();
            let signals = to.signals.iter().chain(added).cloned().collect();
            all.push((fields + cost, Lead { signals, ..to.clone() }));
        }
    }
    all
}

fn goals(policy: &Policy, lowered: &Lowered) -> Vec<Condition> {
    let mut goals = Vec::new();
    for (decide, trace) in policy.decides.iter().zip(&lowered.trace.decides) {
        goals.extend((0..policy.choices[decide.choices].members.len()).map(|choice| Condition::Is(trace.value, Some(choice as i64))));
    }
    goals.extend(lowered.trace.stage_after.into_iter().flat_map(|stage| [1, 2].map(|to| Condition::Is(stage, Some(to)))));
    for score in &lowered.trace.scores {
        goals.extend([1, 12, 20].map(|threshold| Condition::AtLeast(score.value.unwrap(), threshold)));
    }
    goals
}
