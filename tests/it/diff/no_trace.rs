//! What leaves no trace changes no answer: lines of random policies change places, and where nothing is told both versions score the same.

use std::collections::BTreeMap;

use leadwright::batch::Backend;
use leadwright::diagnostic::Severity;
use leadwright::policy;

use super::{diff_of_trees, tree_of};
use crate::support::policies::{LeadKinds, generate};
use crate::support::random::Random;
use crate::support::scoring::Scorer;

/// Scored leads, each as its answers by their names: the order of columns follows that of the text.
fn by_name(scored: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(scored.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |row: csv::StringRecord| names.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn lines_that_change_places_without_a_trace_change_no_answer() {
    let (mut silent, mut told, mut scored) = (0, 0, 0);
    // tables that a run gives are no part of the text
    for (seed, generated) in (0..60).map(|seed| (seed, generate(seed))).filter(|(_, generated)| generated.tables.is_empty()) {
        let text = &generated.files["policy.lead"];
        let old = tree_of(text).expect("a random policy parses");
        let leads = generated.leads(seed, 60, &mut LeadKinds::default());
        let score = |text: &str| -> Option<Vec<BTreeMap<String, String>>> {
            let mut files = generated.files.clone();
            files.insert("policy.lead".to_owned(), text.to_owned());
            let checked = policy::check(&files, "policy.lead");
            if checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
                return None;
            }
            let mut scorer = Scorer::new(&checked.policy);
            (scorer.signals, scorer.stage_log) = (generated.signals(seed, 60), generated.stage_log(seed, 60));
            Some(by_name(&scorer.score_csv(&leads, Backend::Interpret).unwrap()))
        };
        let before = score(text).expect("a random policy has no mistakes");
        let mut random = Random::new(seed);
        let lines: Vec<&str> = text.lines().collect();
        for _ in 0..25 {
            let mut other = lines.clone();
            let first = random.below(lines.len() - 1);
            let second = (first + 1 + random.below(4)).min(lines.len() - 1);
            other.swap(first, second);
            let changed = other.join("\n");
            let Some(new) = tree_of(&changed) else { continue };
            if !diff_of_trees(&old, &new).is_empty() {
                told += 1;
                continue;
            }
            // of empty and equal lines nothing is to be learnt
            if lines[first].trim() == lines[second].trim() {
                continue;
            }
            silent += 1;
            if let Some(after) = score(&changed) {
                scored += 1;
                assert_eq!(before, after, "seed {seed}: `{}` and `{}` changed places", lines[first], lines[second]);
            }
        }
    }
    assert!(silent > 50 && told > 10 && scored > 50, "{silent} changes without a trace, {scored} scored, {told} told");
}
