//! The example policies hold what they say: they check without a word, and their own tests pass on both evaluators.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use leadwright::policy::Policy;
use leadwright::source::{Files, ReadError};
use leadwright::testing::TestOutcome;

/// A folder on disk.
struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        fs::read(self.0.join(path)).map_err(|_| ReadError::NotFound)
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// Every test of the example passes; the answer is their titles.
fn passes(name: &str) -> Vec<String> {
    let files = Folder(folder(name));
    let checked = leadwright::policy::check(&files, &format!("{name}.lead"));
    assert!(checked.diagnostics.is_empty(), "{name}: {:?}", checked.diagnostics);
    let policy = Policy::from_checked(checked).unwrap_or_else(|refused| panic!("{name}: {:?}", refused.diagnostics));
    let results = policy.test(&leadwright::testing::Selection::default()).expect("machine code is made");
    for result in &results {
        assert_eq!(result.outcome, TestOutcome::Passed, "{name}: {}", result.title);
    }
    results.into_iter().map(|result| result.title).collect()
}

#[test]
fn medbank_passes_its_tests() {
    assert!(passes("medbank").len() >= 25);
}

#[test]
fn stage_gates_passes_its_tests() {
    assert!(passes("stage_gates").len() >= 8);
}

#[test]
fn gitlab_passes_its_tests_which_name_the_facts() {
    let titles = passes("gitlab");
    let named = titles.iter().filter(|title| names_a_fact(title)).count();
    assert!(named >= 100, "{named} tests name a fact");
}

/// `A1: …`, `D4, K4: …`
fn names_a_fact(title: &str) -> bool {
    let Some((ids, _)) = title.split_once(':') else { return false };
    ids.split(", ").all(|id| {
        let Some((letter, number)) = id.split_at_checked(1) else { return false };
        "MABIDNXTRSPQUJCGK".contains(letter) && !number.is_empty() && number.chars().all(|digit| digit.is_ascii_digit())
    })
}

/// How many facts of each kind the published pages hold; their numbers begin with one.
const FACTS: [(char, usize); 17] = [
    ('M', 9),
    ('A', 6),
    ('B', 16),
    ('I', 2),
    ('D', 9),
    ('N', 7),
    ('X', 6),
    ('T', 17),
    ('R', 6),
    ('S', 18),
    ('P', 5),
    ('Q', 10),
    ('U', 1),
    ('J', 6),
    ('C', 19),
    ('G', 4),
    ('K', 6),
];

/// The facts that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| names_a_fact(&format!("{word}:"))).map(str::to_owned).collect()
}

#[test]
fn every_fact_is_in_the_policy_or_has_a_reason_why_not() {
    let ids = FACTS.iter().flat_map(|(kind, count)| (1..=*count).map(move |number| format!("{kind}{number}")));
    let ids: BTreeSet<String> = ids.collect();
    assert_eq!(ids.len(), 147);
    let (mut rules, mut tests) = (BTreeSet::new(), BTreeSet::new());
    for file in ["gitlab", "teams", "lead", "signals", "scores", "stages", "routes", "clocks", "claims"] {
        let text = fs::read_to_string(folder("gitlab").join(format!("{file}.lead"))).expect("the file is there");
        // a comment, or a reason
        let parts = |line: &str| {
            [line.split_once('#').map(|parts| parts.1), line.split_once(" because ").map(|parts| parts.1)]
                .map(|part| part.map(str::to_owned))
        };
        text.lines().flat_map(parts).flatten().for_each(|part| rules.extend(named(&part)));
    }
    for title in passes("gitlab") {
        tests.extend(named(&title));
    }
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gitlab.md")).expect("the page is there");
    let page = named(&page);
    let missing: Vec<&String> = ids.iter().filter(|id| !rules.contains(*id) && !page.contains(*id)).collect();
    assert!(missing.is_empty(), "neither in the policy nor on the page: {missing:?}");
    let strange: Vec<&String> = rules.union(&page).filter(|id| !ids.contains(*id)).collect();
    assert!(strange.is_empty(), "no facts: {strange:?}");
    // what a row or a clock comes from is held by a test that names it; a replay holds the others
    let by_replay = ["M7", "R1", "R6", "J1", "J3"];
    let untested: Vec<&String> =
        rules.iter().filter(|id| !id.starts_with(['C', 'G']) && !tests.contains(*id) && !by_replay.contains(&id.as_str())).collect();
    assert!(untested.is_empty(), "in the policy without a test: {untested:?}");
}

#[test]
fn every_rule_of_gitlab_carries_its_facts() {
    let mut rows = 0;
    for file in ["scores.lead", "stages.lead", "routes.lead", "clocks.lead"] {
        let text = fs::read_to_string(folder("gitlab").join(file)).expect("the file is there");
        let mut doc = "";
        for line in text.lines() {
            let rule = line.trim_start();
            let is_points = rule.starts_with("+")
                || (rule.starts_with("-") && rule.contains(" per ") || rule.starts_with("-") && rule.contains(" when "));
            let is_row =
                is_points || rule.contains(" -> ") || rule.starts_with("sla ") || (line.starts_with("  ") && rule.contains(" because "));
            // the second line of a long row, whose first has been looked at
            let goes_on = line.starts_with("      ") && doc.is_empty();
            if rule.starts_with("##") {
                doc = rule;
            } else if is_row && !goes_on {
                rows += 1;
                let reason = rule.split(" because ").nth(1).unwrap_or("");
                let known = |text: &str| text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| names_a_fact(&format!("{word}:")));
                assert!(known(doc) || known(reason) || doc.contains("Call outcomes") || doc.contains("Qualified:"), "{file}: {line}");
                doc = "";
            }
        }
    }
    assert!(rows >= 80, "{rows} rules");
}
