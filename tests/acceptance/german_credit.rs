//! The German credit card: 1,000 applicants and 71 edge cases, scored by optbinning and scikit-learn.

use crate::table::Table;
use crate::tools::{Scoring, assert_same, data, policy};

const AS_OF: &str = "2026-01-01T00:00Z";

#[test]
fn every_score_and_the_points_of_every_variable() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let expected = Table::read(&data.join("scorecards/germancredit_scores.csv"));
    let input = data.join("scorecards/germancredit.csv");
    let scored = Scoring { policy: &policy("german_credit"), input: &input, as_of: AS_OF, with: &[] }.run(folder.path());

    assert_eq!(scored.rows.len(), 1_000);
    assert_eq!(scored.cells("row"), expected.cells("row"));
    assert_same(&scored.cells("card"), &expected.cells("score"));
    let variables: Vec<&str> = expected.header.iter().filter_map(|column| column.strip_prefix("p_")).collect();
    assert_eq!(variables.len(), 12);
    for variable in variables {
        assert_same(&scored.cells(&format!("card.{variable}")), &expected.cells(&format!("p_{variable}")));
    }
}

#[test]
fn every_edge_case() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let input = data.join("scorecards/germancredit_edge_cases.csv");
    let expected = Table::read(&input);
    // the key is called `case` there: the policy says so in `from edge_cases "case"`
    let with = ["--system", "edge_cases"];
    let scored = Scoring { policy: &policy("german_credit"), input: &input, as_of: AS_OF, with: &with }.run(folder.path());

    assert_eq!(scored.rows.len(), 71);
    assert_same(&scored.cells("card"), &expected.cells("score"));
}

/// The policy was written by hand; this holds it against each of the 84 lines of the points table, at both ends of each range.
#[test]
fn every_line_of_the_points_table() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let points = Table::read(&data.join("scorecards/germancredit_points.csv"));
    let mut variables = points.cells("variable");
    variables.dedup();

    let mut leads = Table { header: vec!["row".into()], rows: Vec::new() };
    leads.header.extend(variables.iter().map(|variable| (*variable).to_owned()));
    let mut expected = Vec::new();
    for line in 0..points.rows.len() {
        let variable = points.cell(line, "variable");
        let (low, high) = (points.cell(line, "low_inclusive"), points.cell(line, "high_exclusive"));
        let values = match points.cell(line, "kind") {
            "category" => vec![points.cell(line, "category").to_owned()],
            "missing" => vec![String::new()],
            "other" => vec!["something else".to_owned()],
            "range" if low.is_empty() => vec!["-1000".to_owned(), tenth_below(high)],
            "range" if high.is_empty() => vec![low.to_owned(), "99999999.9".to_owned()],
            "range" => vec![low.to_owned(), tenth_below(high)],
            kind => panic!("`{kind}` is no kind of line"),
        };
        for value in values {
            let row = leads.rows.len().to_string();
            let cells = variables.iter().map(|column| if *column == variable { value.clone() } else { String::new() });
            leads.rows.push(std::iter::once(row).chain(cells).collect());
            expected.push((variable, points.cell(line, "points")));
        }
    }
    let input = folder.path().join("lines.csv");
    leads.write(&input);
    let scored = Scoring { policy: &policy("german_credit"), input: &input, as_of: AS_OF, with: &[] }.run(folder.path());

    let given: Vec<(&str, &str)> =
        expected.iter().enumerate().map(|(row, (variable, _))| (*variable, scored.cell(row, &format!("card.{variable}")))).collect();
    assert_eq!(points.rows.len(), 84);
    assert_same(&given, &expected);
}

/// `11.5` gives `11.4`, `1373` gives `1372.9`: the greatest value of the field that lies below.
fn tenth_below(bound: &str) -> String {
    let tenths: i64 = match bound.split_once('.') {
        Some((whole, fraction)) => format!("{whole}{fraction}").parse().expect("one decimal place"),
        None => bound.parse::<i64>().expect("a whole number") * 10,
    };
    format!("{}.{}", (tenths - 1) / 10, (tenths - 1) % 10)
}

/// A scored file that keeps its input columns can be scored again, in another format, and says the same.
#[test]
fn a_scored_file_scores_the_same_again() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let policy = policy("german_credit");
    let input = data.join("scorecards/germancredit.csv");
    let answers = Scoring { policy: &policy, input: &input, as_of: AS_OF, with: &[] }.run(folder.path());

    let mut last = input;
    for extension in ["parquet", "ndjson", "arrow", "csv"] {
        let next = folder.path().join(format!("kept.{extension}"));
        Scoring { policy: &policy, input: &last, as_of: AS_OF, with: &["--keep", "all"] }.leadwright(&next, &[]);
        let again = Scoring { policy: &policy, input: &next, as_of: AS_OF, with: &[] }.run(folder.path());
        assert_eq!(again.header, answers.header, "{extension}");
        assert_same(&again.rows, &answers.rows);
        last = next;
    }
}
