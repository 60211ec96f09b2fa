//! Every diagnostic as a person sees it: 80 columns, without colour. The policies are those of `docs/codes/`, and, for the limits that no
//! page can show, policies made here. Also: the fix that a diagnostic offers mends it.

use std::collections::BTreeMap;

use crate::support::markdown::examples;
use leadwright::diagnostic::render_human::{Look, render};
use leadwright::diagnostic::{Code, Fix};
use leadwright::model;
use leadwright::policy;
use leadwright::source::{Files, ReadError};

/// Files of any bytes.
struct Bytes(BTreeMap<String, Vec<u8>>);

impl Files for Bytes {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::NotFound)
    }
}

fn page(code: &str) -> String {
    let path = format!("{}/docs/codes/{code}.md", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files that make this mistake.
fn files_of(code: Code) -> Bytes {
    let name = code.entry().code;
    let head = "leadwright 1\npolicy p {}\nlead { id text key   beds whole 0..9 }\n";
    let text = match code {
        Code::TooDeep => format!("{head}let x = {}beds{} > 5\n", "(".repeat(65), ")".repeat(65)),
        Code::FileTooLarge => format!("{head}# {}\n", "x".repeat(1 << 20)),
        Code::TooManyItems => format!("{head}{}", (0..10_001).map(|index| format!("let x{index} = beds\n")).collect::<String>()),
        Code::NotUtf8 => {
            return Bytes(BTreeMap::from([("policy.lead".to_string(), [head.as_bytes(), b"# caf\xE9\n"].concat())]));
        }
        _ => {
            let example = examples(name, &page(name)).into_iter().find(|example| example.code.is_some());
            let files = example.unwrap_or_else(|| panic!("the page of {name} shows no mistake")).files;
            return Bytes(files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect());
        }
    };
    Bytes(BTreeMap::from([("policy.lead".to_string(), text.into_bytes())]))
}

#[test]
fn every_message_reads_as_it_should() {
    for code in Code::ALL {
        let name = code.entry().code;
        let files = files_of(*code);
        let checked = if name.starts_with("E08") {
            policy::prove::check_and_prove(&files, "policy.lead", None)
        } else {
            model::check(&files, "policy.lead")
        };
        let found = checked.diagnostics.clone();
        assert!(found.iter().any(|diagnostic| diagnostic.code == *code), "{name} is not among {found:#?}");
        for diagnostic in &found {
            let message = &diagnostic.message;
            assert!(!message.contains('\n') && !message.ends_with('.'), "{name}: {message}");
            assert!(message.chars().next().is_some_and(|first| !first.is_uppercase()), "{name}: {message}");
        }
        let shown = render(&found, &checked.sources, Look { width: 80, colour: false, unicode: true });
        // what the compiler says keeps to 80 columns; a line of the policy is as wide as its author made it
        let wide = shown.lines().filter(|line| !line.contains(['│', '·'])).any(|line| unicode_width::UnicodeWidthStr::width(line) > 80);
        assert!(!wide, "{name} is wider than 80 columns:\n{shown}");
        insta::with_settings!({ snapshot_path => "messages", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}

/// Applied to the text, the fix of each diagnostic takes that diagnostic away and brings no syntax error.
#[test]
fn every_fix_mends() {
    let mut fixes = 0;
    for code in Code::ALL {
        let name = code.entry().code;
        let Bytes(files) = files_of(*code);
        let Ok(files) = files
            .into_iter()
            .map(|(path, bytes)| Ok((path, String::from_utf8(bytes)?)))
            .collect::<Result<BTreeMap<_, _>, std::string::FromUtf8Error>>()
        else {
            continue;
        };
        let checked = model::check(&files, "policy.lead");
        for diagnostic in checked.diagnostics.iter().filter(|diagnostic| diagnostic.code == *code) {
            for fix in &diagnostic.fixes {
                let mended = mend(&files, &checked, fix);
                let after = model::check(&mended, "policy.lead");
                let left = after.diagnostics.iter().filter(|other| other.code == *code).count();
                let before = checked.diagnostics.iter().filter(|other| other.code == *code).count();
                let broken = after.diagnostics.iter().any(|other| other.code == Code::Syntax && *code != Code::Syntax);
                assert!(left < before && !broken, "the fix of {name} ({}) does not mend: {:#?}\n{mended:#?}", fix.title, after.diagnostics);
                fixes += 1;
            }
        }
    }
    assert!(fixes >= 15, "only {fixes} fixes seen");
}

/// The files after the fix.
pub(crate) fn mend(files: &BTreeMap<String, String>, checked: &model::Checked, fix: &Fix) -> BTreeMap<String, String> {
    let mut mended = files.clone();
    let mut edits = fix.edits.clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
    for edit in edits {
        let path = &checked.sources.get(edit.span.source).path;
        let text = mended.get_mut(path).unwrap_or_else(|| panic!("`{}` mends {path}, which is not there", fix.title));
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    mended
}

/// Of a `not` that missing values slip through both readings are offered, and each of them ends the warning.
#[test]
fn both_readings_of_a_not_mend_it() {
    let mut readings = Vec::new();
    for example in examples("not_missing.md", include_str!("spec/not_missing.md")) {
        let checked = model::check(&example.files, "policy.lead");
        for diagnostic in &checked.diagnostics {
            assert_eq!((diagnostic.name(), diagnostic.fixes.len()), (Code::MissingPasses.entry().code, 2), "{}", example.place);
            for fix in &diagnostic.fixes {
                let mended = mend(&example.files, &checked, fix);
                let after = model::check(&mended, "policy.lead");
                assert!(after.diagnostics.is_empty(), "{}: {:#?}\n{mended:#?}", example.place, after.diagnostics);
                readings.push(fix.edits.iter().map(|edit| edit.text.as_str()).collect::<Vec<_>>().join("…"));
            }
        }
    }
    readings.dedup();
    insta::with_settings!({ snapshot_path => "messages", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("readings_of_a_not", readings.join("\n"));
    });
}

/// Nobody reads thousands of messages, and nobody should wait for them.
#[test]
fn of_very_many_messages_the_first_are_shown() {
    let lets: String = (0..3_000).map(|index| format!("let a{index} = site is a{index}\n")).collect();
    let text = format!("leadwright 1\npolicy p {{}}\nlead {{ id text key   site one of x, y }}\n{lets}");
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text)]), "policy.lead");
    assert_eq!(checked.diagnostics.len(), 3_000);
    let shown = render(&checked.diagnostics, &checked.sources, Look { width: 80, colour: false, unicode: true });
    assert_eq!(shown.matches("× error[").count(), 200);
    assert!(
        shown.trim_end().ends_with("… and 2800 more: mend these first, or read all of them as JSON"),
        "{}",
        &shown[shown.len() - 200..]
    );
}
