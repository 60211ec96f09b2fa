//! What a cap lets through of a history that has more of everything than any cap keeps: never more than is proved, and for many caps as much as that on some day.

use std::collections::BTreeMap;

use leadwright::calendar::MICROS_PER_DAY;
use leadwright::model::{self, Constant, Event};
use leadwright::program::lower;
use leadwright::proof::{AS_OF, Prover, plainest};
use leadwright::record::{Histories, Lead};

const CAPS: [&str; 9] = [
    "at most 1 per day",
    "at most 3 per day",
    "at most 1 per week",
    "at most 2 per month",
    "at most 3 per quarter",
    "at most 4 per year",
    "at most 1 per 3 days",
    "at most 2 per 10 days",
    "at most 2 ever",
];

#[test]
fn no_history_has_more_than_a_cap_is_known_to_let_through() {
    let windows: Vec<String> = [1, 2, 6, 7, 8, 13, 27, 30, 59, 90, 200].iter().map(|days| format!("in last {days} days")).collect();
    let measures: Vec<String> = windows.iter().flat_map(|of| CAPS.map(|cap| format!("{of} {cap}"))).collect();
    for zone in ["UTC", "America/New_York"] {
        let lets: String = measures
            .iter()
            .enumerate()
            .map(|(number, of)| format!("let c{number} = count of visit {of}\nlet s{number} = sum of visit.points {of}\n"))
            .collect();
        let text = format!(
            "leadwright 1\npolicy p {{ timezone \"{zone}\" }}\nlead {{ id text key }}\nsignal visit {{ points whole -2..3 }}\n{lets}"
        );
        let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text)]), "policy.lead");
        let policy = &checked.policy;
        assert!(policy.measures.len() == 2 * measures.len(), "{:#?}", checked.diagnostics);
        let lowered = lower::lower(policy);
        let mut prover = Prover::new(policy, &lowered);
        let proved: Vec<(i64, i64)> =
            lowered.trace.lets.iter().map(|value| prover.extremes(value.expect("a value")).expect("both ends")).collect();
        let mut greatest = vec![0; proved.len()];
        let histories = Histories::new(policy);
        for points in [-2, 3] {
            // every five hours for two years
            let at = |number: i64| AS_OF - 730 * MICROS_PER_DAY + number * MICROS_PER_DAY / 24 * 5;
            let visit = |number: i64| Event { signal: 0, at: at(number), values: vec![Some(Constant::Integer(points))] };
            let signals: Vec<Event> = (0..730 * 24 / 5).map(visit).collect();
            let lead = Lead { signals, ..plainest(policy) };
            for days in 0..40 {
                let as_of = AS_OF - days * (7 * MICROS_PER_DAY + MICROS_PER_DAY / 24 * 5);
                let values = histories.measures(policy, &lead, as_of).unwrap();
                for (place, value) in values.into_iter().enumerate() {
                    let Some(Constant::Integer(value)) = value else { panic!("{place} is missing") };
                    let (least, most) = proved[place];
                    assert!(
                        least <= value && value <= most,
                        "{zone}, {}: {value} is not from {least} to {most}",
                        policy.measures[place].text
                    );
                    greatest[place] = greatest[place].max(value);
                }
            }
        }
        let reached = proved.iter().zip(&greatest).filter(|((_, most), greatest)| most == *greatest).count();
        println!("{zone}: {reached} of {} bounds are reached", proved.len());
        assert!(reached * 3 >= proved.len(), "{reached} of {}", proved.len());
    }
}
