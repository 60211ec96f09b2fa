//! Each rule's page shows what the rule finds and what it does not: every policy on it is linted, and what a fix promises is held.
//!
//! A block that does not begin with `leadwright 1` stands behind the policy of [`PRELUDE`].

use std::collections::BTreeMap;

use crate::support::markdown::{Example, examples};
use leadwright::diagnostic::{Applicability, Code, Diagnostic, Severity};
use leadwright::lint::config::Levels;
use leadwright::lint::{Fixes, Level, RULES, Rule, Settings, fix, lint};
use leadwright::model;
use leadwright::source::Sources;

pub const DAY: jiff::civil::Date = jiff::civil::date(2026, 11, 18);

/// What is on every page in front of the parts that it shows.
const PRELUDE: &str = "```leadwright prelude
leadwright 1
policy example { version \"2026.1\"  owner marketing  timezone \"America/New_York\"  currency USD }
team marketing
team inside_sales

lead {
  lead_id   text    key
  site      one of  hospital, clinic, pharmacy
  role      one of  pharmacist, buyer, student   optional
  beds      whole   0..50_000   optional
  sites     whole   1..10_000
  budget    yes_no  optional
  existing  yes_no
  need_by   date    optional
  products  some of dispensing, service   optional
}
```
";

fn page_examples(rule: &Rule) -> Vec<Example> {
    let place = format!("docs/rules/{}.md", rule.name);
    let mut found = examples(&place, &format!("{PRELUDE}{}", rule.page));
    // the prelude itself
    found.remove(0);
    found
}

fn settings(rule: &Rule) -> Settings {
    let mut levels = Levels::default();
    if rule.level == Level::Off {
        levels.set(rule.name, Level::Warning).unwrap();
    }
    Settings { as_of: model::AsOf::Day(DAY), levels }
}

/// What the rule finds in a policy that has no errors.
fn findings(rule: &Rule, files: &BTreeMap<String, String>, place: &str) -> Vec<Diagnostic> {
    let checked = model::check(files, "policy.lead");
    let errors: Vec<&str> =
        checked.diagnostics.iter().filter(|found| found.severity == Severity::Error).map(|found| found.message.as_str()).collect();
    if !errors.is_empty() {
        let message = format!("{place}: {errors:?}");
        // not a finding of the rule: reported by whoever asks
        return vec![Diagnostic::new(Code::Syntax, message)];
    }
    lint(&checked, &settings(rule)).into_iter().filter(|found| found.name() == rule.name).collect()
}

#[test]
fn rules_are_in_order_and_have_a_page() {
    assert!(RULES.is_sorted_by(|a, b| a.name < b.name));
    for rule in RULES {
        let lines: Vec<&str> = rule.page.lines().take(3).collect();
        assert_eq!(lines, [&format!("# {}: {}", rule.name, rule.summary), "", &rule.facts()], "docs/rules/{}.md", rule.name);
        for heading in ["## What is found", "## Instead", "## When to allow it"] {
            assert!(rule.page.contains(heading), "docs/rules/{}.md has no `{heading}`", rule.name);
        }
        assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.name);
        assert!(!rule.summary.ends_with('.') && !rule.summary.starts_with(char::is_uppercase), "{}", rule.summary);
    }
    let pages = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules")).unwrap();
    for page in pages {
        let name = page.unwrap().file_name().into_string().unwrap();
        assert!(RULES.iter().any(|rule| name == format!("{}.md", rule.name)), "docs/rules/{name} is about no rule");
    }
}

#[test]
fn every_page_is_true() {
    let mut wrong = Vec::new();
    // what no policy alone can show
    for rule in RULES.iter().filter(|rule| !["stale-baseline", "unused-file"].contains(&rule.name)) {
        let (mut fires, mut quiet) = (0, 0);
        for example in page_examples(rule) {
            let found = findings(rule, &example.files, &example.place);
            let messages: Vec<&str> = found.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
            match example.code.as_deref() {
                Some(name) if name == rule.name => {
                    fires += 1;
                    if found.is_empty() || found[0].code == Code::Syntax {
                        wrong.push(format!("{}: nothing is found but {messages:?}", example.place));
                    }
                }
                Some(other) => wrong.push(format!("{}: `{other}` on the page of `{}`", example.place, rule.name)),
                None => {
                    quiet += 1;
                    if !found.is_empty() {
                        wrong.push(format!("{}: {messages:?}", example.place));
                    }
                }
            }
            for diagnostic in &found {
                let message = &diagnostic.message;
                let reads_well = !message.contains('\n') && !message.ends_with('.') && !message.starts_with(char::is_uppercase);
                if !reads_well || diagnostic.labels.is_empty() {
                    wrong.push(format!("{}: {message}", example.place));
                }
            }
        }
        if fires == 0 || quiet == 0 {
            wrong.push(format!("docs/rules/{}.md shows {fires} policies with the finding and {quiet} without", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A rule with a fix shows it on its page; applied, it takes every finding that had one away, and the policy stays sound.
#[test]
fn every_fix_mends() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let mut best = Fixes::None;
        for example in page_examples(rule) {
            let found = findings(rule, &example.files, &example.place);
            for fix in found.iter().flat_map(|diagnostic| &diagnostic.fixes) {
                best = match (fix.applicability, best) {
                    (Applicability::Safe, _) | (_, Fixes::Safe) => Fixes::Safe,
                    (Applicability::Unsafe, Fixes::None | Fixes::Unsafe) => Fixes::Unsafe,
                };
            }
            let own = |diagnostic: &Diagnostic, _: &Sources| diagnostic.name() == rule.name;
            let options = fix::Options { unsafe_too: true, may: &own };
            let mended = fix::mend(&example.files, "policy.lead", &settings(rule), &options);
            let mut after = example.files.clone();
            after.extend(mended.files);
            let left = findings(rule, &after, &example.place).iter().filter(|diagnostic| diagnostic.fixes.len() == 1).count();
            if left > 0 {
                wrong.push(format!("{}: {left} left of\n{}", example.place, after["policy.lead"]));
            }
        }
        if best != rule.fixes {
            wrong.push(format!("{}: {best:?} is shown, {:?} is promised", rule.name, rule.fixes));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
