//! The cheapest way of a lead to a goal is the one that trying every lead finds.

use std::collections::BTreeMap;

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, Constant, Event, Policy};
use leadwright::program::{self, Lowered};
use leadwright::proof::{AS_OF, BUDGET, Condition, Prover, Reach};
use leadwright::record::{self, Histories, Lead};

use crate::support::random::Random;
use crate::support::small_policies::{Small, small};

const POLICIES: u64 = 120;
const DAY: i64 = 86_400_000_000;

fn checked(text: &str) -> (Policy, Lowered) {
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text.to_string())]), "policy.lead");
    let errors: Vec<_> = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let policy = checked.policy;
    let lowered = program::lower::lower(&policy);
    (policy, lowered)
}

fn values(policy: &Policy, lowered: &Lowered, leads: &[Lead]) -> Vec<Vec<Option<i64>>> {
    let parameters = record::parameters(policy, AS_OF).unwrap();
    let block = record::encode(policy, &Histories::new(policy), &lowered.program, leads, AS_OF).unwrap();
    (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)).collect()
}

/// What a way is judged by: its cost, how many fields change, which.
type Judged = (u64, usize, Vec<usize>);

fn judged(small: &Small, from: &Lead, to: &Lead) -> Option<Judged> {
    if from.stage != to.stage {
        return None;
    }
    let changed: Vec<usize> = (1..from.values.len()).filter(|field| from.values[*field] != to.values[*field]).collect();
    let cost = changed.iter().map(|field| small.costs[*field - 1]).sum::<Option<u64>>()?;
    Some((cost, changed.len(), changed))
}

#[test]
fn the_cheapest_way_is_what_trying_finds() {
    let (mut ways, mut never, mut undecided) = (0, 0, 0);
    for seed in 0..POLICIES {
        let small = small(seed);
        let (policy, lowered) = checked(&small.text);
        let leads = small.leads();
        let rows = values(&policy, &lowered, &leads);
        let mut prover = Prover::new(&policy, &lowered);
        let mut random = Random::new(seed);
        for goal in goals(&policy, &lowered) {
            let there: Vec<usize> = (0..leads.len()).filter(|lead| goal.holds(&rows[*lead])).collect();
            for _ in 0..3 {
                let start = random.below(leads.len());
                let from = &leads[start];
                let best = there.iter().filter_map(|lead| judged(&small, from, &leads[*lead])).min();
                let shown = || format!("seed {seed}: {goal:?} from {:?}\n{}", from.values, small.text);
                match prover.reach(&goal, from, AS_OF) {
                    Reach::Already => assert!(goal.holds(&rows[start]), "{}", shown()),
                    Reach::Never => {
                        never += 1;
                        assert_eq!(best, None, "{}", shown());
                    }
                    Reach::Way(way) => {
                        ways += 1;
                        assert!(!goal.holds(&rows[start]), "{}", shown());
                        assert!(goal.holds(&values(&policy, &lowered, std::slice::from_ref(&way.lead))[0]), "{:?} {}", way.lead, shown());
                        let found = judged(&small, from, &way.lead);
                        assert_eq!((found.as_ref(), way.cost, way.at_least), (best.as_ref(), way.cost, way.cost), "{}", shown());
                        assert_eq!(found.map(|found| found.0), Some(way.cost), "{}", shown());
                        nearest(&small, from, &way.lead, there.iter().map(|lead| &leads[*lead]), &shown);
                    }
                    Reach::Undecided(_) => undecided += 1,
                }
            }
        }
    }
    println!("{ways} ways, {never} never, {undecided} undecided");
    assert!(ways > 500 && never > 100 && undecided * 100 <= ways, "{ways} ways, {never} never, {undecided} undecided");
}

/// No lead in which the same fields change moves the first of them, if it is a number, less.
fn nearest<'l>(small: &Small, from: &Lead, to: &Lead, there: impl Iterator<Item = &'l Lead>, shown: &dyn Fn() -> String) {
    let Some((_, _, changed)) = judged(small, from, to) else { return };
    let Some(first) = changed.first() else { return };
    // dates are tried around constants alone, choices have no distance
    if !small.text.contains(&format!("f{} whole", first - 1)) && !small.text.contains(&format!("f{} decimal", first - 1)) {
        return;
    }
    let distance = |lead: &Lead| match (&from.values[*first], &lead.values[*first]) {
        (Some(Constant::Integer(from)), Some(Constant::Integer(to))) => from.abs_diff(*to),
        (None, Some(Constant::Integer(to))) => to.unsigned_abs(),
        (_, _) => u64::MAX,
    };
    let least = there.filter(|lead| judged(small, from, lead).is_some_and(|judged| judged.2 == changed)).map(distance).min();
    assert_eq!(Some(distance(to)), least, "{:?} {}", to.values, shown());
}

fn goals(policy: &Policy, lowered: &Lowered) -> Vec<Condition> {
    let mut goals = Vec::new();
    for (decide, trace) in policy.decides.iter().zip(&lowered.trace.decides) {
        goals.extend((0..policy.choices[decide.choices].members.len()).map(|choice| Condition::Is(trace.value, Some(choice as i64))));
    }
    goals.extend(lowered.trace.stage_after.map(|stage| Condition::Is(stage, Some(1))));
    for score in &lowered.trace.scores {
        goals.extend([0, 40, 3_000].map(|threshold| Condition::AtLeast(score.value.unwrap(), threshold)));
    }
    goals.extend(lowered.trace.routes.iter().map(|route| Condition::Is(route.value, Some(1))));
    goals
}

const WITH_SIGNALS: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id    text    key
  size  whole   0..4    cost 2
  vip   yes_no          fixed
}

signal demo cost 3 { kind one of live, video }
signal visit
signal bounce fixed

let demos = count of demo where kind is live in last 7 days
let visits = count of visit in last 30 days at most 1 per day
let seen = count of visit in last 7 days
let quiet = days since last visit

decide status {
  lost   when any bounce
  hot    when demos >= 1 and (visits >= 2 or size >= 3)
  again  when demos >= 2
  warm   when visits >= 3 and quiet <= 2
  busy   when seen >= 3
  large  when vip and size >= 2
  cold   otherwise
}
";

/// Before as-of.
const DAYS: [i64; 6] = [0, 1, 6, 7, 8, 31];
/// Cost, signal, property.
const KINDS: [(u64, usize, Option<i64>); 3] = [(3, 0, Some(0)), (3, 0, Some(1)), (1, 1, None)];

/// Up to three signals more, at a few moments.
fn histories() -> Vec<(u64, Vec<Event>)> {
    let mut all: Vec<(u64, Vec<Event>)> = vec![(0, Vec::new())];
    let mut last = all.clone();
    for _ in 0..3 {
        let next = last.iter().flat_map(|(cost, events)| {
            KINDS.iter().flat_map(move |(more, signal, kind)| {
                DAYS.iter().map(move |days| {
                    let event = Event {
                        signal: *signal,
                        at: AS_OF - days * DAY,
                        values: kind.iter().map(|kind| Some(Constant::Integer(*kind))).collect(),
                    };
                    (cost + more, events.iter().cloned().chain([event]).collect())
                })
            })
        });
        last = next.collect();
        all.extend(last.clone());
    }
    all
}

#[test]
fn signals_are_added_where_that_is_cheapest() {
    let (policy, lowered) = checked(WITH_SIGNALS);
    let mut prover = Prover::new(&policy, &lowered);
    prover.budget = BUDGET;
    let (mut random, histories) = (Random::new(7), histories());
    let visit = |days: i64| Event { signal: 1, at: AS_OF - days * DAY, values: Vec::new() };
    let status = lowered.trace.decides[0].value;
    let mut ways = 0;
    for _ in 0..6 {
        let had: Vec<Event> = (0..random.below(4)).map(|_| visit(*random.pick(&[0, 1, 3, 10, 40]))).collect();
        let lead = |size: i64, added: &[Event], vip: i64| Lead {
            values: vec![Some(Constant::Text("L".into())), Some(Constant::Integer(size)), Some(Constant::Integer(vip))],
            signals: had.iter().chain(added).cloned().collect(),
            ..Lead::default()
        };
        let (size, vip) = (random.between(0, 4), random.between(0, 1));
        let tried: Vec<(u64, Lead)> = (0..5)
            .flat_map(|to| {
                let of_size = if to == size { 0 } else { 2 };
                histories.iter().map(move |(cost, added)| (cost + of_size, to, added))
            })
            .map(|(cost, to, added)| (cost, lead(to, added, vip)))
            .collect();
        let leads: Vec<Lead> = tried.iter().map(|(_, lead)| lead.clone()).collect();
        let rows = values(&policy, &lowered, &leads);
        for goal in 0..7 {
            let goal = Condition::Is(status, Some(goal));
            let best = tried.iter().zip(&rows).filter(|(_, row)| goal.holds(row)).map(|((cost, _), _)| *cost).min();
            let from = lead(size, &[], vip);
            match prover.reach(&goal, &from, AS_OF) {
                Reach::Already => assert_eq!(best, Some(0)),
                Reach::Never => assert_eq!(best, None, "{goal:?} {from:?}"),
                Reach::Way(way) => {
                    ways += 1;
                    // what needs more than three signals is not tried
                    assert!(best.is_none_or(|best| best == way.cost), "{best:?} {way:?}");
                    assert_eq!(way.cost, way.at_least, "{way:?}");
                }
                Reach::Undecided(why) => panic!("{why:?}: {goal:?} {from:?}"),
            }
        }
    }
    assert!(ways >= 15, "{ways}");
}

/// By hand: two calls stand before the last click and none behind it. One more click within a minute of that one makes a burst of both, so that all calls count again: nothing is cheaper. A call behind it
/// costs 5. The first three clicks take all places under the cap; two more, at the instants of two of these, take both away, so that the two of the last 24 hours count;
/// that one more is too few is not proved.
#[test]
fn a_burst_that_takes_signals_away_is_a_way() {
    let policy = |lets: &str| {
        checked(&format!(
            "leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key }}\nsignal call cost 5\nsignal click cost 1 ignore bursts of 2 within 60 seconds\n\
             let n = {lets}\ndecide d {{ hot when n >= 2  cold otherwise }}\n"
        ))
    };
    let at = |signal: usize, hours: i64| Event { signal, at: AS_OF - hours * 3_600_000_000, values: Vec::new() };
    for (lets, had, cost) in [
        ("count of call since last click", vec![at(0, 9), at(0, 8), at(1, 5)], (1, 1)),
        ("count of call since last click", vec![at(0, 9), at(1, 5)], (6, 6)),
        ("count of call since last click", vec![at(1, 5)], (10, 10)),
        ("count of click in last 24 hours at most 3 ever", vec![at(1, 50), at(1, 40), at(1, 30), at(1, 2), at(1, 1)], (2, 1)),
    ] {
        let (policy, lowered) = policy(lets);
        let lead = Lead { values: vec![Some(Constant::Text("L".into()))], signals: had, ..Lead::default() };
        let mut prover = Prover::new(&policy, &lowered);
        let goal = Condition::Is(lowered.trace.decides[0].value, Some(0));
        match prover.reach(&goal, &lead, AS_OF) {
            Reach::Way(way) => assert_eq!((way.cost, way.at_least), cost, "{lets}: {way:?}"),
            other => panic!("{lets}: {other:?}"),
        }
    }
}
