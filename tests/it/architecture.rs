//! Holds ARCHITECTURE.md's invariants against the source text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Floors, lowest first; folders on one line never import each other.
const FLOORS: &[&[&str]] = &[
    &["source"],
    &["diagnostic", "calendar", "column"],
    &["syntax"],
    &["model"],
    &["program"],
    &["interpret", "jit", "clock"],
    &["history", "rotation"],
    &["batch", "record", "format", "lint"],
    &["testing", "proof", "diff"],
    &["policy"],
    &["report"],
    &["cli"],
];

/// Crates that stay in their folders.
const HOMES: &[(&str, &[&str])] = &[
    ("pest", &["syntax"]),
    ("pest_derive", &["syntax"]),
    ("miette", &["diagnostic/render_human.rs"]),
    ("quick_junit", &["diagnostic/render_junit.rs"]),
    ("cranelift_codegen", &["jit"]),
    ("cranelift_frontend", &["jit"]),
    ("cranelift_jit", &["jit"]),
    ("cranelift_module", &["jit"]),
    ("cranelift_native", &["jit"]),
    ("clap", &["cli"]),
    ("notify", &["cli"]),
    ("toml", &["lint"]),
    ("indicatif", &["cli"]),
    ("arrow_array", &["batch", "column"]),
    ("arrow_buffer", &["batch", "column"]),
    ("arrow_schema", &["batch", "column"]),
    ("arrow_ipc", &["batch"]),
    ("parquet", &["batch"]),
    ("git2", &["cli/versions"]),
];

fn sources() -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found
        .into_iter()
        .map(|path| (path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/"), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

/// The text without line comments: prose may name anything.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn floor(folder: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&folder))
}

/// Every `folder` in `crate::folder`, and in `use crate::{folder…, …}`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in text.split("crate::").skip(1) {
        if let Some(list) = part.strip_prefix('{') {
            let list = list.split(';').next().unwrap_or("");
            found.extend(list.split(['{', '}', ',']).filter_map(|item| item.trim().split("::").next()).map(str::to_string));
        } else {
            found.push(part.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect());
        }
    }
    found
}

#[test]
fn folders_import_only_from_lower_floors() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for (path, text) in sources() {
        let Some((folder, _)) = path.split_once('/') else { continue };
        let here = floor(folder).unwrap_or_else(|| panic!("src/{folder} has no floor"));
        for import in imports(&code(&text)) {
            let Some(there) = floor(&import) else { continue };
            seen += 1;
            if import != folder && there >= here {
                wrong.push(format!("src/{path} imports `{import}`"));
            }
        }
    }
    assert!(seen > 100, "only {seen} imports read");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn crates_stay_in_their_folders() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (name, homes) in HOMES {
            let uses = code(&text).contains(&format!("{name}::"));
            if uses && !homes.iter().any(|home| path.starts_with(home)) {
                wrong.push(format!("src/{path} uses {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Files with `unsafe`, and why.
const UNSAFE: &[(&str, &str)] = &[
    ("jit/code.rs", "executable memory"),
    ("jit/mod.rs", "enters generated code"),
    ("jit/pass.rs", "addresses of columns for generated code"),
    ("jit/rows.rs", "enters code for rows"),
    ("jit/scalar/helpers.rs", "what generated code calls"),
    ("jit/kernel/memory.rs", "addresses of columns for steps"),
    ("jit/kernel/pass.rs", "enters the steps"),
    ("jit/kernel/run.rs", "a step's columns"),
    ("jit/kernel/rows.rs", "a step's columns"),
    ("jit/kernel/primitive/mod.rs", "chooses instructions"),
    ("jit/kernel/primitive/portable.rs", "a step's columns"),
    ("jit/kernel/primitive/tests.rs", "runs single steps"),
    ("jit/kernel/primitive/avx2.rs", "instructions"),
    ("jit/kernel/primitive/avx512.rs", "instructions"),
];

#[test]
fn unsafe_stays_in_its_files_and_states_its_contract() {
    let mut wrong = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (index, line) in lines.iter().enumerate() {
            let is_unsafe = !line.trim_start().starts_with("//")
                && (line.contains("unsafe {") || line.contains("unsafe impl") || line.contains("unsafe fn"));
            if !is_unsafe {
                continue;
            }
            let explained = lines[index.saturating_sub(12)..index].iter().any(|line| line.to_lowercase().contains("safety"));
            if !UNSAFE.iter().any(|(file, _)| *file == path) || !explained {
                wrong.push(format!("src/{path}:{}", index + 1));
            }
            seen.insert(path.clone());
        }
    }
    assert!(wrong.is_empty(), "unsafe outside its files, or without a SAFETY comment above: {wrong:#?}");
    assert_eq!(seen.len(), UNSAFE.len(), "files without unsafe are on the list; these have some: {seen:?}");
}

#[test]
fn every_file_says_what_it_is_for() {
    let silent: Vec<String> = sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn only_the_command_line_prints() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let prints = ["println!", "eprintln!", "print!(", "eprint!(", "dbg!"].iter().any(|word| code(&text).contains(word));
        if prints && !path.starts_with("cli/") && path != "main.rs" {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
