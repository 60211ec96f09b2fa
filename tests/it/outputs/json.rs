//! JSON: every key is known, and stands in the schema.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{repository, run_in};

/// `diagnostics[].labels[].file`
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                found.insert(path.clone());
                keys(member, &path, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, &format!("{path}[]"), found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn schema(name: &str) -> Value {
    let path = format!("{}/docs/schema/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The same paths, of everything that a schema knows. `file` is the schema that `here` is a part of.
fn known(here: &Value, file: &str, path: &str, found: &mut BTreeSet<String>) {
    if let Some(reference) = here["$ref"].as_str() {
        let (name, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        let name = if name.is_empty() { file } else { name };
        let there = schema(name);
        known(there.pointer(pointer).unwrap_or(&Value::Null), name, path, found);
    }
    if let Some(properties) = here["properties"].as_object() {
        for (key, property) in properties {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            found.insert(path.clone());
            known(property, file, &path, found);
        }
    }
    if here["items"].is_object() {
        known(&here["items"], file, &format!("{path}[]"), found);
    }
}

#[track_caller]
fn check(command: &str, reports: &[Value], own: &[&str]) {
    let place = ["column", "end", "end_column", "end_line", "file", "line", "start"];
    let mut expected: BTreeSet<String> =
        ["diagnostics", "errors", "files", "format", "leadwright", "notes", "version", "warnings"].map(str::to_owned).into();
    expected.extend(["code", "fixes", "help", "labels", "message", "severity"].map(|key| format!("diagnostics[].{key}")));
    expected.extend(place.iter().chain(&["primary", "text"]).map(|key| format!("diagnostics[].labels[].{key}")));
    expected.extend(["edits", "safe", "title"].map(|key| format!("diagnostics[].fixes[].{key}")));
    expected.extend(place.iter().chain(&["replacement"]).map(|key| format!("diagnostics[].fixes[].edits[].{key}")));
    expected.extend(own.iter().map(|key| (*key).to_owned()));

    let name = format!("{command}.json");
    let mut in_schema = BTreeSet::new();
    known(&schema(&name), &name, "", &mut in_schema);
    assert_eq!(in_schema, expected, "docs/schema/{name}");

    let mut found = BTreeSet::new();
    reports.iter().for_each(|report| keys(report, "", &mut found));
    // a report without a mistake of a policy has neither help nor fixes
    let missing: Vec<&String> = expected.difference(&found).filter(|key| !key.contains(".fixes") && !key.ends_with(".help")).collect();
    assert!(
        missing.is_empty() && found.is_subset(&expected),
        "{command}: never seen {missing:?}, not known {:?}",
        found.difference(&expected)
    );
}

fn report(arguments: &[&str]) -> Value {
    let folder = repository();
    let ran = run_in(&folder.path(""), &[arguments, &["--output", "json"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn every_key_of_check_is_known() {
    let report = report(&["check", "policies"]);
    assert_eq!(report["format"], 1);
    assert_eq!(report["files"], serde_json::json!(["policies/clinic.lead", "policies/eu/ward.lead"]));
    let claim =
        "leadwright 1\npolicy p { }\nlead {\n  id text key\n  site one of x, y\n}\nclaim \"c\" possible site is x\nlet a = site is z\n";
    let folder = crate::cli::Folder::new(&[("p.lead", claim), ("standard.lead", "")]);
    let ran = run_in(&folder.path(""), &["check", "p.lead", "--output", "json"]);
    let second: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(second["diagnostics"][0]["code"].is_string(), "{second}");
    check(
        "check",
        &[report, second],
        &["policies", "policies[].file", "policies[].follows", "policies[].operations_per_lead", "policies[].policy"],
    );
}

#[test]
fn every_key_of_fmt_is_known() {
    let folder = crate::cli::Folder::new(&[("p/a.lead", "leadwright 1\nlet   a = b\n"), ("p/b.lead", "leadwright 1\nlet a = b\n")]);
    let fmt = |arguments: &[&str], code: i32| {
        let ran = run_in(&folder.path(""), &[&["fmt", "p", "--output", "json"], arguments].concat());
        assert_eq!((ran.code, ran.err.as_str()), (code, ""));
        serde_json::from_str::<Value>(&ran.out).unwrap()
    };
    let looked = fmt(&["--check"], 1);
    assert_eq!((&looked["diagnostics"][0]["code"], &looked["diagnostics"][0]["labels"][0]["line"]), (&"unformatted".into(), &2.into()));
    let written = fmt(&[], 0);
    assert_eq!((&written["formatted"], &written["unchanged"]), (&serde_json::json!(["p/a.lead"]), &1.into()));
    check("fmt", &[looked, written], &["formatted", "unchanged"]);
}

#[test]
fn every_key_of_test_is_known() {
    let report = report(&["test", "policies/eu"]);
    assert_eq!((&report["tests"][0]["outcome"], &report["diagnostics"][0]["code"]), (&"failed".into(), &"failed-test".into()));
    assert_eq!(report["tests"][0]["differences"][0], serde_json::json!({ "path": "fit", "expected": "61", "found": "100" }));
    let covered = self::report(&["test", "policies/eu", "--coverage"]);
    check(
        "test",
        &[report, covered],
        &[
            "coverage",
            "coverage.covered",
            "coverage.percent",
            "coverage.places",
            "coverage.uncovered",
            "coverage.uncovered[].file",
            "coverage.uncovered[].line",
            "coverage.uncovered[].part",
            "coverage.uncovered[].place",
            "tests",
            "tests[].differences",
            "tests[].differences[].expected",
            "tests[].differences[].found",
            "tests[].differences[].path",
            "tests[].file",
            "tests[].line",
            "tests[].outcome",
            "tests[].policy",
            "tests[].reason",
            "tests[].title",
        ],
    );
}

#[test]
fn every_key_of_lint_is_known() {
    check("lint", &[report(&["lint", "policies"])], &["known", "mended", "policies"]);
}
