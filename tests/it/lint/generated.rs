//! Rules over random policies. What a rule says of answers is held against answers: leads are scored before and after.
//!
//! - A safe fix changes no lead's answer.
//! - A row that no lead gets to can go: no answer changes.
//! - A condition that no lead meets can be `no`, a threshold that every lead reaches can be `yes`: no answer changes.

use std::collections::BTreeMap;

use super::pages::DAY;
use crate::support::policies::{Generated, LeadKinds, generate};
use crate::support::scoring::{Scorer, with_tables};
use leadwright::batch::Backend;
use leadwright::diagnostic::{Diagnostic, Severity};
use leadwright::lint::config::Levels;
use leadwright::lint::{Level, RULES, Settings, fix, lint};
use leadwright::model::{self, AsOf};
use leadwright::source::Sources;

const POLICIES: u64 = 100;
const LEADS: usize = 150;
/// So many findings of a policy are tried.
const TRIED: usize = 4;

fn settings() -> Settings {
    let mut levels = Levels::default();
    for rule in RULES {
        levels.set(rule.name, Level::Warning).unwrap();
    }
    Settings { as_of: AsOf::Day(DAY), levels }
}

/// The answers of the policy's leads; the files may differ from those that were generated.
fn answers(generated: &Generated, files: &BTreeMap<String, String>, seed: u64) -> String {
    let checked = model::check(files, "policy.lead");
    let errors: Vec<&str> =
        checked.diagnostics.iter().filter(|found| found.severity == Severity::Error).map(|found| found.message.as_str()).collect();
    assert!(errors.is_empty(), "seed {seed}: {errors:?}\n{}", files["policy.lead"]);
    let policy = with_tables(&checked.policy, &generated.tables);
    let mut scorer = Scorer::new(&policy);
    scorer.signals = generated.signals(seed ^ 0x5161, LEADS);
    scorer.stage_log = generated.stage_log(seed ^ 0x1065, LEADS).filter(|_| !checked.policy.measures.is_empty());
    let leads = generated.leads(seed ^ 0xABCD, LEADS, &mut LeadKinds::default());
    let scored = scorer.score_csv(&leads, Backend::Interpret).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    without_texts_of_rows(&scored)
}

/// `stage.rule` is the text of a row, which a fix may change; what the row does is in the other columns.
fn without_texts_of_rows(scored: &str) -> String {
    let mut reader = csv::Reader::from_reader(scored.as_bytes());
    let header = reader.headers().unwrap().clone();
    let keep = |record: &csv::StringRecord| {
        let cells: Vec<&str> = record.iter().zip(&header).filter(|(_, column)| !column.ends_with(".rule")).map(|(cell, _)| cell).collect();
        cells.join("\u{1f}") + "\n"
    };
    let rows: String = reader.records().map(|record| keep(&record.unwrap())).collect();
    keep(&header) + &rows
}

#[test]
fn what_rules_say_of_answers_is_so() {
    let mut tried: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..POLICIES {
        let generated = generate(seed);
        let checked = model::check(&generated.files, "policy.lead");
        let found = lint(&checked, &settings());
        let mut candidates: Vec<(&'static str, BTreeMap<String, String>)> = Vec::new();

        for (what, unsafe_too, may) in [
            ("safe fixes", false, &(|_: &Diagnostic, _: &Sources| true) as &dyn Fn(&Diagnostic, &Sources) -> bool),
            ("shadowed rows", true, &|diagnostic: &Diagnostic, _: &Sources| diagnostic.name() == "shadowed-row"),
        ] {
            let mended = fix::mend(&generated.files, "policy.lead", &settings(), &fix::Options { unsafe_too, may });
            if mended.count > 0 {
                let mut files = generated.files.clone();
                files.extend(mended.files);
                candidates.push((what, files));
            }
        }
        for diagnostic in
            found.iter().filter(|found| ["contradictory-condition", "unreachable-threshold"].contains(&found.name())).take(TRIED)
        {
            let span = diagnostic.labels[0].span;
            let holds = diagnostic.message.contains("always");
            let mut files = generated.files.clone();
            let text = files.get_mut(&checked.sources.get(span.source).path).unwrap();
            text.replace_range(span.start as usize..span.end as usize, if holds { "yes" } else { "no" });
            candidates.push((diagnostic.name(), files));
        }

        if candidates.is_empty() {
            continue;
        }
        let before = answers(&generated, &generated.files, seed);
        for (what, files) in candidates {
            *tried.entry(what).or_default() += 1;
            let after = answers(&generated, &files, seed);
            if before != after {
                let row = before.lines().zip(after.lines()).find(|(before, after)| before != after);
                panic!("seed {seed}, {what}: {row:?}\n{}\n--- now\n{}", generated.files["policy.lead"], files["policy.lead"]);
            }
        }
    }
    println!("{tried:?}");
    // random scores reach almost anything, so a threshold out of reach is rare
    for what in ["safe fixes", "shadowed rows", "contradictory-condition"] {
        assert!(tried.get(what).is_some_and(|count| *count >= 3), "{what} are hardly ever tried: {tried:?}");
    }
}
