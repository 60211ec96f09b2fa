//! Every policy that the repository has or makes is formatted without a change of meaning, and once is enough.

use std::path::{Path, PathBuf};

use super::formatted;
use crate::support::markdown;
use crate::support::policies::generate;
use leadwright::format::{Unformatted, format};

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_policies_of_the_repository_keep_their_meaning() {
    let mut count = 0;
    for folder in ["examples", "tests", "benches"] {
        for path in files(folder, "lead") {
            formatted(&std::fs::read_to_string(&path).unwrap());
            count += 1;
        }
    }
    assert!(count > 35, "only {count} files");
}

#[test]
fn random_policies_keep_their_meaning() {
    for seed in 0..60 {
        for text in generate(seed).files.values().filter(|text| text.starts_with("leadwright")) {
            formatted(text);
        }
    }
}

#[test]
fn the_examples_of_the_documentation_keep_their_meaning() {
    let (mut count, mut unreadable) = (0, 0);
    for path in files("docs", "md") {
        let text = std::fs::read_to_string(&path).unwrap();
        for example in markdown::examples(&path.display().to_string(), &text) {
            for (name, text) in example.files.iter().filter(|(name, _)| name.ends_with(".lead")) {
                // parts of a policy need no first line there
                let text = if text.starts_with("leadwright ") { text.clone() } else { format!("leadwright 1\n{text}") };
                match format(name, &text) {
                    Ok(_) => {
                        formatted(&text);
                        count += 1;
                    }
                    Err(Unformatted::Mistakes { .. }) => {
                        assert!(example.code.is_some(), "{}", example.place);
                        unreadable += 1;
                    }
                    Err(Unformatted::Changed) => panic!("{}: formatting changes the meaning", example.place),
                }
            }
        }
    }
    assert!(count > 200 && unreadable > 5, "{count} readable, {unreadable} not");
}

#[test]
fn the_policies_of_the_repository_have_their_form() {
    for folder in ["examples", "tests/data", "tests/acceptance", "benches", "src"] {
        for path in files(folder, "lead") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(formatted(&text) == text, "run `leadwright fmt {}`", path.display());
        }
    }
}

#[test]
fn the_page_about_the_form_has_it() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fmt.md")).unwrap();
    let blocks: Vec<&str> = page.split("```leadwright\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    for block in blocks {
        let text = format!("leadwright 1\n{block}");
        assert!(formatted(&text) == text, "{block}");
    }
}
