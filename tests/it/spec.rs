//! The pages of docs/ and tests/it/spec/ as tests: every policy has the mistakes that the page says, and every lead gets the answers
//! that the page says, from the interpreter and from compiled code.

use std::path::Path;

use crate::support::markdown::{Example, Leads, examples};
use crate::support::memory::Memory;
use crate::support::scoring::{AS_OF, Scorer, with_tables};
use leadwright::batch::Backend;
use leadwright::diagnostic::Severity;
use leadwright::model;
use leadwright::policy;

fn pages(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<(String, String)> = std::fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .map(|path| (format!("{folder}/{}", path.file_name().unwrap().to_string_lossy()), std::fs::read_to_string(&path).unwrap()))
        .collect();
    pages.sort();
    pages
}

fn check_page(path: &str, text: &str, wrong: &mut Vec<String>) -> (usize, usize) {
    let mut leads_run = 0;
    let found = examples(path, text);
    for example in &found {
        // what is proved is asked for where a page is about it: there it may have several effects
        let is_proof = path.contains("/E08");
        let checked = if is_proof {
            policy::prove::check_and_prove(&example.files, "policy.lead", None)
        } else {
            model::check(&example.files, "policy.lead")
        };
        let found = &checked.diagnostics;
        let codes: Vec<&str> = found.iter().map(|diagnostic| diagnostic.name()).collect();
        match &example.code {
            Some(code) if is_proof && codes.contains(&code.as_str()) => {}
            Some(code) if codes.is_empty() || codes.iter().any(|found| found != code) => {
                wrong.push(format!("{}: {code} is promised, found {codes:?}: {:?}", example.place, messages(&checked)));
            }
            None if !codes.is_empty() => wrong.push(format!("{}: {codes:?}: {:?}", example.place, messages(&checked))),
            _ => {}
        }
        let errors = found.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
        if let (Some(leads), false) = (&example.leads, errors) {
            if needs_memory(example, &checked.policy) {
                leads_run += check_histories(example, leads, &checked, wrong);
                continue;
            }
            for backend in [Backend::Interpret, Backend::Jit] {
                leads_run += check_leads(example, leads, &with_tables(&checked.policy, &example.tables), backend, wrong);
            }
        }
    }
    (found.len(), leads_run)
}

/// A number without the zeros at its end: pages write `100`, a file with one decimal place `100.0`.
fn plain(cell: &str) -> &str {
    let number = cell.contains('.') && cell.trim_start_matches('-').chars().all(|character| character == '.' || character.is_ascii_digit());
    if number { cell.trim_end_matches('0').trim_end_matches('.') } else { cell }
}

fn messages(checked: &model::Checked) -> Vec<&str> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect()
}

fn check_leads(example: &Example, leads: &Leads, policy: &model::Policy, backend: Backend, wrong: &mut Vec<String>) -> usize {
    let mut csv = String::new();
    csv.push_str(&leads.inputs.join(","));
    csv.push('\n');
    for (_, inputs, _) in &leads.rows {
        csv.push_str(&inputs.join(","));
        csv.push('\n');
    }
    let scored = match Scorer::new(policy).score_csv(&csv, backend) {
        Ok(scored) => scored,
        Err(error) => {
            wrong.push(format!("{}: {error}", example.place));
            return 0;
        }
    };
    let mut reader = csv::Reader::from_reader(scored.as_bytes());
    let header = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    if records.len() != leads.rows.len() {
        wrong.push(format!("{}: {} of {} leads scored", example.place, records.len(), leads.rows.len()));
        return 0;
    }
    for ((place, _, outputs), record) in leads.rows.iter().zip(&records) {
        for (name, expected) in leads.outputs.iter().zip(outputs) {
            let Some(column) = header.iter().position(|column| column == name) else {
                wrong.push(format!("{place}: there is no output `{name}` among {header:?}"));
                continue;
            };
            let expected = if expected == "missing" { "" } else { expected };
            if plain(&record[column]) != plain(expected) {
                wrong.push(format!("{place}: {backend:?} gives `{name}` = `{}`, not `{expected}`", &record[column]));
            }
        }
    }
    leads.rows.len()
}

/// Whether the leads of a page have a past: a file of leads alone does not tell it.
fn needs_memory(example: &Example, policy: &model::Policy) -> bool {
    !policy.measures.is_empty() || example.as_of.is_some()
}

fn check_histories(example: &Example, leads: &Leads, checked: &model::Checked, wrong: &mut Vec<String>) -> usize {
    let as_of = example.as_of.as_deref().unwrap_or(AS_OF);
    let mut memory = Memory::new(&checked.policy, &checked.sources, as_of);
    let rows = leads.rows.iter().map(|(_, inputs, _)| {
        let mut lead = memory.lead(&leads.inputs, inputs);
        let key = &inputs[0];
        lead.signals = example.signals.iter().filter(|cells| cells[0] == *key).map(|cells| memory.event(cells)).collect();
        lead.log = example.log.iter().filter(|cells| cells[0] == *key).map(|cells| memory.transition(cells)).collect();
        lead
    });
    let rows: Vec<_> = rows.collect();
    let answers = match memory.score(&rows) {
        Ok(answers) => answers,
        Err(error) => {
            wrong.push(format!("{}: {error}", example.place));
            return 0;
        }
    };
    for ((place, _, outputs), answer) in leads.rows.iter().zip(&answers) {
        for (name, expected) in leads.outputs.iter().zip(outputs) {
            let Some(found) = answer.get(name) else {
                wrong.push(format!("{place}: there is no output `{name}` among {:?}", answer.keys()));
                continue;
            };
            let found = found.as_deref().unwrap_or("missing");
            if plain(found) != plain(expected) {
                wrong.push(format!("{place}: `{name}` is `{found}`, not `{expected}`"));
            }
        }
    }
    leads.rows.len()
}

#[test]
fn the_language_reference_is_true() {
    let mut wrong = Vec::new();
    let text = include_str!("../../docs/language.md");
    let (policies, leads) = check_page("docs/language.md", text, &mut wrong);
    check_page("docs/standards.md", include_str!("../../docs/standards.md"), &mut wrong);
    assert!(wrong.is_empty(), "as of {AS_OF}:\n{}", wrong.join("\n"));
    assert!(policies > 20 && leads > 60, "{policies} policies, {leads} leads");
}

#[test]
fn the_specification_is_true() {
    let mut wrong = Vec::new();
    let mut leads = 0;
    for (path, text) in pages("tests/it/spec") {
        leads += check_page(&path, &text, &mut wrong).1;
    }
    assert!(wrong.is_empty(), "as of {AS_OF}:\n{}", wrong.join("\n"));
    assert!(leads > 100, "{leads} leads");
}

#[test]
fn every_code_has_a_page_whose_examples_are_true() {
    let mut wrong = Vec::new();
    let pages = pages("docs/codes");
    for code in leadwright::diagnostic::Code::ALL {
        let entry = code.entry();
        let path = format!("docs/codes/{}.md", entry.code);
        let Some((_, text)) = pages.iter().find(|(page, _)| *page == path) else {
            wrong.push(format!("{path} is lacking"));
            continue;
        };
        if !text.starts_with(&format!("# {}: {}\n", entry.code, entry.title)) {
            wrong.push(format!("{path} does not begin with `# {}: {}`", entry.code, entry.title));
        }
        check_page(&path, text, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
