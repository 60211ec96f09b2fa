//! Measures of the stage log and of signals with conditions: what is proved is what trying histories finds, and what is not decided is rare.

use std::collections::BTreeMap;

use leadwright::interpret;
use leadwright::model::{self, Constant, Event, Transition};
use leadwright::policy::Policy;
use leadwright::policy::prove::{Proofs, Verdict};
use leadwright::program;
use leadwright::proof::{AS_OF, BUDGET, Condition, Possible, Prover};
use leadwright::record::{self, Histories, Lead};

use crate::support::random::Random;

const QUESTIONS: u64 = 400;
const DAY: i64 = 86_400_000_000;

const POLICY: &str = "leadwright 1
policy p { timezone \"UTC\" }
lead { id text key }
team desk
stage raw owner desk start
stage mql owner desk
stage won owner desk
flow { raw -> mql when id is \"x\"  mql -> won when id is \"y\"  won -> raw when id is \"z\" }
signal visit { topic one of price, news }
let enters   = count of entering mql
let lately   = count of entering mql in last 10 days
let leaves   = count of leaving mql
let ago      = days since last entering mql
let stay     = days in mql
let then     = count of visit since entering mql
let all      = count of visit
let price    = count of visit where topic is price
let not_p    = count of visit where not (topic is price)
";

/// What a question may ask, without opposites.
const ASKED: [&str; 18] = [
    "enters >= 1",
    "enters >= 2",
    "lately >= 1",
    "lately >= 2",
    "leaves >= 1",
    "leaves >= 2",
    "ago >= 15",
    "ago >= 5",
    "stay >= 1",
    "stay >= 10",
    "then >= 1",
    "then >= 2",
    "all >= 1",
    "all >= 2",
    "price >= 1",
    "not_p >= 1",
    "not_p >= 2",
    "stage is mql",
];

/// Ways of at most three moves, 40, 20, 8 and 3 days ago, with at most two visits.
fn leads() -> Vec<Lead> {
    let moments: Vec<i64> = [40, 20, 8, 3].into_iter().map(|days| AS_OF - days * DAY).collect();
    let mut ways: Vec<Vec<Transition>> = vec![Vec::new()];
    let mut last: Vec<(usize, Vec<Transition>)> = vec![(0, Vec::new())];
    for _ in 0..3 {
        let mut longer = Vec::new();
        for (next, way) in &last {
            for (place, at) in moments.iter().enumerate().skip(*next) {
                for to in 0..3 {
                    let from = way.last().map(|entry: &Transition| entry.to);
                    if from == Some(to) {
                        continue;
                    }
                    let entry = Transition { at: *at, from, to, forget: None, rest_until: None, signals_before: None };
                    longer.push((place + 1, [way.clone(), vec![entry]].concat()));
                }
            }
        }
        ways.extend(longer.iter().map(|(_, way)| way.clone()));
        last = longer;
    }
    let visits: Vec<Event> = [30, 5, 1]
        .into_iter()
        .flat_map(|days| (0..2).map(move |topic| Event { signal: 0, at: AS_OF - days * DAY, values: vec![Some(Constant::Integer(topic))] }))
        .collect();
    let mut signals: Vec<Vec<Event>> = vec![Vec::new()];
    for (first, one) in visits.iter().enumerate() {
        signals.push(vec![one.clone()]);
        signals.extend(visits[first..].iter().map(|other| vec![one.clone(), other.clone()]));
    }
    let values = vec![Some(Constant::Text("L".into()))];
    let lead = |log: &Vec<Transition>, signals: &Vec<Event>| Lead {
        values: values.clone(),
        stage: log.last().map(|entry| entry.to),
        log: log.clone(),
        signals: signals.clone(),
        ..Lead::default()
    };
    ways.iter().flat_map(|log| signals.iter().map(move |signals| lead(log, signals))).collect()
}

#[test]
fn what_is_proved_of_histories_is_what_trying_finds() {
    let lets: Vec<String> = ASKED.iter().enumerate().map(|(number, asked)| format!("let q{number} = {asked}\n")).collect();
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), format!("{POLICY}{}", lets.concat()))]), "policy.lead");
    let policy = &checked.policy;
    let lowered = program::lower::lower(policy);
    let leads = leads();
    let parameters = record::parameters(policy, AS_OF).unwrap();
    let block = record::encode(policy, &Histories::new(policy), &lowered.program, &leads, AS_OF).unwrap();
    let first = lowered.trace.lets.len() - ASKED.len();
    let values: Vec<program::Value> = lowered.trace.lets[first..].iter().map(|value| value.unwrap()).collect();
    let tried: Vec<Vec<bool>> = (0..leads.len())
        .map(|row| {
            let row = interpret::row(&lowered.program, &block, row, &parameters);
            values.iter().map(|value| row[value.index()] == Some(1)).collect()
        })
        .collect();
    let (mut never, mut possible, mut undecided, mut missed) = (0, 0, 0, 0);
    for seed in 0..QUESTIONS {
        let mut random = Random::new(seed);
        let asked: Vec<(usize, bool)> = (0..2 + random.below(2)).map(|_| (random.below(ASKED.len()), random.chance(60))).collect();
        let members = asked.iter().map(|(place, holds)| {
            let condition = Condition::Holds(values[*place]);
            if *holds { condition } else { condition.negated() }
        });
        let found = tried.iter().position(|answers| asked.iter().all(|(place, holds)| answers[*place] == *holds));
        let shown: Vec<(&str, bool)> = asked.iter().map(|(place, holds)| (ASKED[*place], *holds)).collect();
        match Prover::new(policy, &lowered).possible(&Condition::All(members.collect())) {
            Possible::Never => {
                never += 1;
                assert!(found.is_none(), "proved impossible: {shown:?}, but {:?}", leads[found.unwrap()]);
            }
            // the lead was replayed
            Possible::Yes(_) => possible += 1,
            Possible::Undecided(_) => {
                undecided += 1;
                missed += usize::from(found.is_some());
                println!("{shown:?} {}", if found.is_some() { "is possible" } else { "was not found" });
            }
        }
    }
    println!("{never} never, {possible} possible, {undecided} undecided, of which {missed} possible");
    assert!(
        never >= 20 && possible >= 200 && missed * 50 <= QUESTIONS as usize,
        "{never} never, {possible} possible, {undecided} undecided, of which {missed} possible"
    );
}

fn proofs(claims: &str) -> Proofs {
    let files = BTreeMap::from([("policy.lead".to_string(), format!("{POLICY}{claims}"))]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    policy.prove(BUDGET, |_| true)
}

/// By hand: a lead may have been in a stage twice, and long ago; a signal is about the price or it is not.
#[test]
fn claims_about_the_log_and_about_opposites_are_decided() {
    let claims = [
        ("possible enters >= 2", Verdict::Proved),
        ("never enters >= 2 and leaves >= 1", Verdict::Refuted),
        ("possible ago >= 10", Verdict::Proved),
        ("possible stay >= 5 and stage is raw", Verdict::Proved),
        ("possible then >= 2 and stage is raw", Verdict::Proved),
        ("possible leaves >= 1 and stage is won", Verdict::Proved),
        ("never lately > enters", Verdict::Proved),
        ("possible not_p >= 2", Verdict::Proved),
        ("possible not_p >= 2 and price >= 1", Verdict::Proved),
        ("never not_p >= 2 and all is 2", Verdict::Refuted),
        ("never price >= 1 and not_p >= 1 and all < 2", Verdict::Proved),
        ("always price + not_p <= all", Verdict::Proved),
        ("always price + not_p >= all", Verdict::Proved),
    ];
    let text: String = claims.iter().enumerate().map(|(number, (claim, _))| format!("claim \"{number}\" {claim}\n")).collect();
    let proofs = proofs(&text);
    for (proved, (claim, verdict)) in proofs.claims.iter().zip(claims) {
        assert_eq!(proved.verdict, verdict, "{claim}: {proved:#?}");
    }
    // a test has no words for a log, so the lead is told
    let refuted = &proofs.claims[1];
    assert!(refuted.tests.is_empty() && refuted.reason.contains("a log of "), "{refuted:#?}");
    assert_eq!(proofs.claims[9].tests.len(), 1);
}
