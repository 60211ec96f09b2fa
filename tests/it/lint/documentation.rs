//! `docs/lint.md` lists every rule, and the examples of the repository have no findings.

use std::collections::BTreeMap;
use std::path::Path;

use super::pages::DAY;
use crate::support::markdown::examples;
use leadwright::lint::config::Levels;
use leadwright::lint::{Fixes, Group, Settings, config, every, lint, lint_proved};
use leadwright::model::{self, AsOf};
use leadwright::policy::prove;

const PAGE: &str = include_str!("../../../docs/lint.md");

#[test]
fn the_page_lists_every_rule() {
    let mut list = String::new();
    for group in Group::ALL {
        list += &format!("### {}\n\n| rule | level | fix | finds |\n|---|---|---|---|\n", group.name());
        for rule in every().filter(|rule| rule.group == group) {
            let fix = match rule.fixes {
                Fixes::None => "",
                Fixes::Safe => "safe",
                Fixes::Unsafe => "unsafe",
            };
            let folder = if group == Group::Proof { "codes" } else { "rules" };
            list += &format!("| [{0}]({folder}/{0}.md) | {1} | {fix} | {2} |\n", rule.name, rule.level.name(), rule.summary);
        }
        list += "\n";
    }
    let (_, written) = PAGE.split_once("### correctness").expect("the list begins with a group");
    assert_eq!(format!("### correctness{written}").trim_end(), list.trim_end(), "docs/lint.md should end with the second");
}

#[test]
fn the_examples_of_the_page_are_true() {
    for example in examples("docs/lint.md", PAGE) {
        let checked = model::check(&example.files, "policy.lead");
        let mut levels = Levels::default();
        ["unused-let", "bad-suppression", "unused-allow", "unmet-expect"].into_iter().for_each(|rule| levels.only(rule).unwrap());
        let found = lint(&checked, &Settings { as_of: AsOf::Day(DAY), levels });
        assert!(found.is_empty(), "{}: {found:#?}", example.place);
    }
    let toml = PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let config = config::read(toml).unwrap();
    assert_eq!(config.baseline.as_deref(), Some("lint-baseline.json"));
}

/// Findings that are right are mended, or allowed with a reason.
#[test]
fn the_examples_of_the_repository_are_clean() {
    for (name, entry) in [("medbank", "medbank.lead"), ("gitlab", "gitlab.lead"), ("stage_gates", "stage_gates.lead")] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
        let checked = model::check(&files(&root), entry);
        let found = lint_proved(&checked, prove::findings(&checked), &Settings { as_of: AsOf::Day(DAY), levels: Levels::default() });
        let shown: Vec<String> = found
            .iter()
            .map(|diagnostic| {
                let place = diagnostic.labels.first().map(|label| label.span);
                let place = place.map(|span| (checked.sources.position(span.source, span.start), &checked.sources.get(span.source).path));
                format!(
                    "{} {}: {}",
                    place.map_or(String::new(), |(place, path)| format!("{path}:{}", place.line)),
                    diagnostic.name(),
                    diagnostic.message
                )
            })
            .collect();
        assert!(shown.is_empty(), "examples/{name}:\n{}", shown.join("\n"));
    }
}

fn files(root: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if !["leads.csv", "signals.csv"].contains(&name.as_str()) {
                let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(relative, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files
}
