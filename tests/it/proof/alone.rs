//! Which measures change a decision alone, against trying every history of a few signals; and fields of two variables.

use std::collections::{BTreeMap, BTreeSet};

use leadwright::interpret;
use leadwright::model::{self, Constant, Event};
use leadwright::policy::Policy;
use leadwright::program;
use leadwright::proof::{AS_OF, BUDGET, Prover};
use leadwright::record::{self, Histories, Lead};

use crate::support::random::Random;

const POLICIES: u64 = 60;
const DAY: i64 = 86_400_000_000;
const SIGNALS: usize = 4;

/// Measures, and what a random condition holds each against.
const MEASURES: [(&str, &str, &[i64]); 5] = [
    ("a", "count of visit", &[1, 2]),
    ("b", "count of visit where topic is price", &[1, 2]),
    ("c", "count of visit in last 7 days", &[1, 2]),
    ("n", "count of visit where not (topic is price)", &[1, 2]),
    ("d", "days since last visit", &[2, 5]),
];

/// At most so many visits, each 0, 3, 6 or 10 days ago, of one topic or the other; a vip or not.
fn leads() -> Vec<Lead> {
    let kinds: Vec<Event> = [0, 3, 6, 10]
        .into_iter()
        .flat_map(|days| (0..2).map(move |topic| Event { signal: 0, at: AS_OF - days * DAY, values: vec![Some(Constant::Integer(topic))] }))
        .collect();
    let mut histories: Vec<Vec<usize>> = vec![Vec::new()];
    let mut last = histories.clone();
    for _ in 0..SIGNALS {
        last = last
            .iter()
            .flat_map(|of| (of.last().copied().unwrap_or(0)..kinds.len()).map(move |kind| [of.clone(), vec![kind]].concat()))
            .collect();
        histories.extend(last.clone());
    }
    let lead = |vip: i64, history: &Vec<usize>| Lead {
        values: vec![Some(Constant::Text("L".into())), Some(Constant::Integer(vip))],
        signals: history.iter().map(|kind| kinds[*kind].clone()).collect(),
        ..Lead::default()
    };
    (0..2).flat_map(|vip| histories.iter().map(move |history| lead(vip, history))).collect()
}

fn condition(random: &mut Random) -> String {
    let mut one = || {
        if random.chance(20) {
            return "vip".to_string();
        }
        let (name, _, constants) = MEASURES[random.below(MEASURES.len())];
        // neither always so nor never, so that what is named has a say
        format!("{name} {} {}", random.pick(&[">=", "<"]), random.pick(constants))
    };
    let (first, second) = (one(), one());
    format!("{first} {} {second}", random.pick(&["and", "or"]))
}

#[test]
fn what_changes_a_decision_alone_is_what_trying_finds() {
    let leads = leads();
    let (mut yes, mut no, mut open) = (0, 0, 0);
    for seed in 0..POLICIES {
        let mut random = Random::new(seed);
        let lets: Vec<String> = MEASURES.iter().map(|(name, measure, _)| format!("let {name} = {measure}\n")).collect();
        let text = format!(
            "leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key  vip yes_no }}\nsignal visit {{ topic one of price, news }}\n{}decide x {{\n  hot when {}\n  warm when {}\n  cold otherwise\n}}\n",
            lets.concat(),
            condition(&mut random),
            condition(&mut random)
        );
        let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text.clone())]), "policy.lead");
        let policy = &checked.policy;
        let lowered = program::lower::lower(policy);
        let histories = Histories::new(policy);
        let parameters = record::parameters(policy, AS_OF).unwrap();
        let block = record::encode(policy, &histories, &lowered.program, &leads, AS_OF).unwrap();
        let decision = lowered.trace.decides[0].value;
        let decided: Vec<Option<i64>> =
            (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)[decision.index()]).collect();
        let measured: Vec<Vec<Option<Constant>>> = leads.iter().map(|lead| histories.measures(policy, lead, AS_OF).unwrap()).collect();
        // what the decision names, in the order of the policy's measures
        let rows = &text[text.find("decide").unwrap()..];
        let named = |measure: &model::Measure| {
            let (name, _, _) = MEASURES.iter().find(|(_, text, _)| *text == measure.text).unwrap();
            rows.contains(&format!(" {name} "))
        };
        let rests_on: Vec<usize> = (0..policy.measures.len()).filter(|measure| named(&policy.measures[*measure])).collect();
        let mut prover = Prover::new(policy, &lowered);
        for measure in 0..policy.measures.len() {
            // whether leads that are alike in these measures, and both vip or not, get several answers
            let differ = |alike: &[usize]| {
                let mut decisions: BTreeMap<String, BTreeSet<Option<i64>>> = BTreeMap::new();
                for ((lead, measured), decided) in leads.iter().zip(&measured).zip(&decided) {
                    let alike: Vec<_> = alike.iter().map(|other| &measured[*other]).collect();
                    decisions.entry(format!("{:?} {alike:?}", lead.values)).or_default().insert(*decided);
                }
                decisions.values().any(|decisions| decisions.len() > 1)
            };
            let without =
                |measures: &[usize], one: usize| -> Vec<usize> { measures.iter().copied().filter(|other| *other != one).collect() };
            let tried = rests_on.contains(&measure) && differ(&without(&rests_on, measure));
            // what is named and has no say need not be alike
            let mut needed = rests_on.clone();
            for other in without(&rests_on, measure) {
                if !differ(&without(&needed, other)) {
                    needed = without(&needed, other);
                }
            }
            let or_else = needed.contains(&measure) && differ(&without(&needed, measure));
            let shown = || format!("seed {seed}, {}\n{text}", policy.measures[measure].text);
            match prover.can_change(decision, policy.measure_column(measure)) {
                Some(can_change) => assert!(can_change == tried || can_change == or_else, "{can_change}, {}", shown()),
                None => open += 1,
            }
            if tried { yes += 1 } else { no += 1 }
        }
    }
    println!("{yes} yes, {no} no, {open} open");
    assert!(yes >= 60 && no >= 60 && open * 10 <= yes, "{yes} yes, {no} no, {open} open");
}

fn changed_by(policy: &str) -> String {
    let files = BTreeMap::from([("policy.lead".to_string(), policy.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    policy.attainable(BUDGET).pop().unwrap().text
}

/// By hand. Of all visits in a week those of a month are a part, so none in a month and some in a week are no lead's; a time that is asked for its instant and for its days is one field.
#[test]
fn measures_and_times_are_asked_too() {
    let head = "leadwright 1\npolicy p { timezone \"UTC\" }\nlead { id text key  vip yes_no  seen time optional }\nsignal visit { }\nlet days = days since seen\n";
    let week = "count of visit in last 7 days";
    assert_eq!(
        changed_by(&format!("{head}decide d {{ hot when {week} >= 2 and vip  cold otherwise }}")),
        format!("can be changed by vip, or `{week}` alone")
    );
    assert_eq!(
        changed_by(&format!("{head}decide d {{ hot when count of visit in last 30 days is 0 and {week} >= 1  cold otherwise }}")),
        "can be changed by nothing alone"
    );
    assert_eq!(
        changed_by(&format!("{head}decide d {{ hot when seen >= 2026-01-10T08:00 and days >= 2  cold otherwise }}")),
        "can be changed by seen alone"
    );
}
