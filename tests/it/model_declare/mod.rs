//! Declarations: for each mistake its code, the text it points at, and the way out. Every case has exactly one mistake, so that a second
//! diagnostic that follows from the first fails it.

mod files;
mod flows;
mod lead;
mod promises;
mod teams;
mod whole;

use std::collections::BTreeMap;

use leadwright::diagnostic::{Code, Diagnostic};
use leadwright::model::{Checked, check};

const HEAD: &str = "leadwright 1\npolicy p \"P\" {\n  currency USD\n}\n";
const LEAD: &str = "lead {\n  id       text  key\n  beds     whole 0..50_000  optional\n  sites    whole\n  products some of a, b  optional\n  \
                    state    text  optional\n  due      date  optional\n  cost     money optional\n}\n";
const STAGES: &str = "team sales\nstage new owner sales start\nstage won owner sales final\n";
const FLOW: &str = "flow {\n  new -> won when beds >= 3\n}\n";
const SIGNALS: &str = "signal call { outcome one of good, bad  note text optional }\nsignal visit\n";

fn check_files(files: &[(&str, &str)]) -> Checked {
    let files: BTreeMap<String, String> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    check(&files, "p.lead")
}

/// One mistake: its code, the text under its first label, a part of its help or of its fix.
struct Mistake {
    code: Code,
    at: &'static str,
    help: &'static str,
}

const fn mistake(code: Code, at: &'static str, help: &'static str) -> Mistake {
    Mistake { code, at, help }
}

#[track_caller]
fn one(files: &[(&str, &str)], expected: Mistake) {
    let checked = check_files(files);
    let shown = show(&checked);
    let [diagnostic] = checked.diagnostics.as_slice() else { panic!("not one mistake:\n{shown}") };
    assert_eq!(diagnostic.code, expected.code, "{shown}");
    assert_eq!(checked.sources.text(diagnostic.labels[0].span), expected.at, "{shown}");
    let help = way_out(diagnostic);
    assert!(help.contains(expected.help), "`{}` is not in `{help}`:\n{shown}", expected.help);
}

/// A policy with the usual header and lead, and `rest`.
#[track_caller]
fn wrong(rest: &str, code: Code, at: &'static str, help: &'static str) {
    one(&[("p.lead", &format!("{HEAD}{LEAD}{rest}"))], mistake(code, at, help));
}

#[track_caller]
fn right(rest: &str) -> Checked {
    let checked = check_files(&[("p.lead", &format!("{HEAD}{LEAD}{rest}"))]);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    checked
}

/// The lead's other fields are `rest`.
#[track_caller]
fn wrong_lead(rest: &str, code: Code, at: &'static str, help: &'static str) {
    one(&[("p.lead", &format!("{HEAD}lead {{\n  id text key\n  {rest}\n}}\n"))], mistake(code, at, help));
}

fn way_out(diagnostic: &Diagnostic) -> String {
    let fixes = diagnostic.fixes.iter().map(|fix| {
        let edits: Vec<&str> = fix.edits.iter().map(|edit| edit.text.as_str()).collect();
        format!("fix: {} [{}]", fix.title, edits.join("|"))
    });
    diagnostic.help.iter().cloned().chain(fixes).collect::<Vec<_>>().join("; ")
}

fn show(checked: &Checked) -> String {
    let line = |diagnostic: &Diagnostic| {
        let labels = diagnostic.labels.iter().map(|label| {
            let source = checked.sources.get(label.span.source);
            format!("\n    {}: `{}`: {}", source.path, checked.sources.text(label.span), label.text)
        });
        format!("{} {}{}\n    {}\n", diagnostic.name(), diagnostic.message, labels.collect::<String>(), way_out(diagnostic))
    };
    checked.diagnostics.iter().map(line).collect()
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect()
}

const AREAS: &str = "team sales\nqueue west team sales\nqueue east team sales\ntable areas from \"areas.csv\" {\n  state text key\n  desk  queue\n  \
                     seats whole 0..100 optional\n}\n";

#[track_caller]
fn wrong_rows(csv: &str, code: Code, at: &'static str, help: &'static str) {
    one(&[("p.lead", &format!("{HEAD}{LEAD}{AREAS}")), ("areas.csv", csv)], mistake(code, at, help));
}
