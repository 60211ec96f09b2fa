//! The sample scorecard of the PMML standard: the outputs that another implementation asserts.

use serde_json::Value;

use crate::table::{Table, thousandths};
use crate::tools::{Scoring, assert_same, data, policy};

const AS_OF: &str = "2026-01-01T00:00Z";

struct Sample {
    cases: Vec<Value>,
    leads: Table,
}

/// The cases below `pointer`, and their inputs as a file of leads.
fn sample(data: &std::path::Path, pointer: &str) -> Sample {
    let text = std::fs::read_to_string(data.join("scorecards/dmg_sample_scorecard.json")).expect("the sample");
    let whole: Value = serde_json::from_str(&text).expect("JSON");
    let cases = whole.pointer(pointer).and_then(Value::as_array).expect("a list of cases").clone();
    let header = ["applicant", "department", "age", "income"].map(str::to_owned).to_vec();
    let rows = cases.iter().enumerate().map(|(number, case)| {
        let cell = |name: &str| match &case["input"][name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            other => panic!("`{other}` is no cell"),
        };
        vec![number.to_string(), cell("department"), cell("age"), cell("income")]
    });
    Sample { leads: Table { header, rows: rows.collect() }, cases }
}

#[test]
fn scores_partial_scores_shortfalls_and_reasons() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let sample = sample(&data, "/expected");
    assert_eq!(sample.cases.len(), 6);
    let input = folder.path().join("applicants.csv");
    sample.leads.write(&input);
    let scored = Scoring { policy: &policy("dmg_card"), input: &input, as_of: AS_OF, with: &[] }.run(folder.path());

    let numbers = |columns: [&str; 3], row: usize| columns.map(|column| thousandths(scored.cell(row, column)) / 1_000).to_vec();
    for (row, case) in sample.cases.iter().enumerate() {
        let expected = |name: &str| -> Vec<i64> {
            case[name].as_array().expect("a list").iter().map(|number| number.as_i64().expect("a whole number")).collect()
        };
        assert_eq!(scored.cell(row, "card"), case["score"].to_string(), "{case}");
        assert_eq!(numbers(["card.department", "card.age", "card.income"], row), expected("partial"), "{case}");
        assert_eq!(numbers(["shortfall.department", "shortfall.age", "shortfall.income"], row), expected("below_baseline"), "{case}");

        let per_attribute = case["codes"] == "per attribute where given";
        let given: Vec<String> = ["reason_1", "reason_2", "reason_3"]
            .iter()
            .map(|rank| match scored.cell(row, rank) {
                "none" => "null".to_owned(),
                "rc2" if per_attribute => format!("\"{}\"", scored.cell(row, "age_code").to_uppercase()),
                code => format!("\"{}\"", code.to_uppercase()),
            })
            .collect();
        let reasons: Vec<String> = case["reason_codes"].as_array().expect("a list").iter().map(Value::to_string).collect();
        assert_eq!(given, reasons, "{case}");
    }
}

#[test]
fn computed_points() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let sample = sample(&data, "/variant_with_computed_points/expected");
    assert_eq!(sample.cases.len(), 4);
    let input = folder.path().join("applicants.csv");
    sample.leads.write(&input);
    let scored = Scoring { policy: &policy("dmg_computed"), input: &input, as_of: AS_OF, with: &[] }.run(folder.path());

    let given: Vec<i64> = scored.cells("card").into_iter().map(thousandths).collect();
    let expected: Vec<i64> = sample.cases.iter().map(|case| thousandths(&case["score"].to_string())).collect();
    assert_same(&given, &expected);
}

/// "Invalid values are treated as missing" is an option of the run: -9 for the department, whose cell holds none of the three.
#[test]
fn an_invalid_department_counts_as_missing() {
    let Some(_) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("applicants.csv");
    std::fs::write(&input, "applicant,department,age,income\n1,legal,25,500\n").expect("a file");
    let with = ["--on-bad-row", "missing"];
    let scored = Scoring { policy: &policy("dmg_card"), input: &input, as_of: AS_OF, with: &with }.run(folder.path());
    assert_eq!((scored.cell(0, "card"), scored.cell(0, "card.department")), ("17", "-9"));
}
