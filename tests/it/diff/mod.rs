//! What `leadwright::diff` says of two versions of a policy.

mod mutations;
mod no_trace;
mod sentences;

use std::collections::BTreeMap;
use std::path::Path;

use leadwright::diff::{Difference, Version, diff};
use leadwright::source::Sources;
use leadwright::syntax::{parse, tree};

/// Files by their paths.
pub type Files = BTreeMap<String, String>;

/// The files of an example that its policy is made of.
pub fn example(name: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let mut found = Files::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            if path.is_dir() {
                folders.push(path);
            } else if [".lead", ".csv"].iter().any(|ending| name.ends_with(ending))
                && !["leads.csv", "signals.csv"].contains(&name.as_str())
            {
                found.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

/// The tree of one file, whose first line may be left out; none if it does not parse.
pub fn tree_of(text: &str) -> Option<tree::File> {
    let mut sources = Sources::default();
    let text = if text.starts_with("leadwright") { text.to_owned() } else { format!("leadwright 1\n{text}") };
    let source = sources.add("p.lead", text);
    let (file, diagnostics) = parse(&sources, source);
    diagnostics.is_empty().then_some(file)
}

pub fn diff_of_trees(old: &tree::File, new: &tree::File) -> Difference {
    let version = |file| Version { files: std::slice::from_ref(file), policy: None };
    diff(version(old), version(new))
}

/// `score readiness | beds in section demographic: weight 30% → 25%`
pub fn told(difference: &Difference) -> Vec<String> {
    let mut out = Vec::new();
    for item in &difference.items {
        for change in &item.changes {
            out.push(format!("{} {} | {}", item.noun, item.name, change.sentence()).replace("  |", " |"));
        }
    }
    out
}
