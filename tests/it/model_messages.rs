//! What a message says, where a slip of its wording would lead astray.

use std::collections::BTreeMap;

use leadwright::diagnostic::{Code, Diagnostic};
use leadwright::model::check;

const HEAD: &str = "leadwright 1
policy p { currency USD }
team t
lead {
  id      text    key
  beds    whole   0..5_000
  role    one of  boss, clerk
  region  text
}
";

#[track_caller]
fn only(items: &str) -> Diagnostic {
    let files =
        BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{items}\n")), ("t.csv".to_owned(), "state,queue\nOH,q\n".to_owned())]);
    let checked = check(&files, "policy.lead");
    match checked.diagnostics.as_slice() {
        [only] => only.clone(),
        several => panic!("{several:#?}"),
    }
}

#[test]
fn the_range_of_a_band_is_the_one_that_is_written() {
    // `under 5_001` takes the whole range, so 5_001 may be written; the range still ends at 5_000
    let score = |bands: &str| format!("score s {{ section x points {{ beds {{ {bands} }} }} }}");
    let files = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{}\n", score("under 5_001 1")))]);
    assert!(check(&files, "policy.lead").diagnostics.is_empty());
    for bands in ["under 6_000 1", "0 to under 6_000 1", "0 to 6_000 1"] {
        let found = only(&score(bands));
        assert_eq!(found.code, Code::OutOfRange);
        assert_eq!(found.labels[0].text, "`beds` runs from 0 to 5000", "{bands}");
        assert_eq!(found.help.as_deref(), Some("write a constant from 0 to 5000"));
    }
}

#[test]
fn a_key_of_another_type_is_told_what_is_needed() {
    let found = only("queue q team t\ntable a from \"t.csv\" { state text key   queue queue }\nlet x = a[beds].queue");
    assert_eq!(found.code, Code::WrongKeys);
    assert_eq!(found.help.as_deref(), Some("look it up with a text, or declare `state` with the type of `beds`"));
}

#[test]
fn a_stage_among_the_fields_of_a_test_is_told_its_place() {
    let stages = "stage one owner t start\nstage two owner t final\nflow { one -> two when beds > 5 }\nlet big = beds > 5";
    let test = "test \"x\" {\n  lead { beds 5  role boss  region \"a\"  stage one }\n  expect { big no }\n}";
    let found = only(&format!("{stages}\n{test}"));
    assert_eq!(found.message, "the stage is no field of the lead");
    assert_eq!(found.help.as_deref(), Some("write `stage one` before `lead { … }`"));
}

#[test]
fn what_is_very_long_is_cut_in_the_middle() {
    let found = only(&format!("let x = beds > {}", "9".repeat(100_000)));
    assert!(found.message.len() < 200, "{}", found.message.len());
    assert!(found.message.contains("99 … 99"), "{}", found.message);
}

#[test]
fn a_division_by_zero_is_a_warning() {
    for value in ["beds / 0 to 2 places", "beds % 0", "beds / (3 - 3) to 0 places"] {
        assert_eq!(only(&format!("let x = {value}")).code, Code::DivisionByZero, "{value}");
    }
}

#[test]
fn an_open_route_is_a_warning_unless_it_says_for_whom_it_is() {
    let route = |head: &str, rows: &str| format!("queue q team t\nqueue o team t\nroute r {head} {{ {rows} }}");
    let clean = |text: &str| {
        let files = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{text}\n"))]);
        check(&files, "policy.lead").diagnostics.is_empty()
    };
    let found = only(&route("", "q when beds > 5"));
    assert_eq!((found.code.name(), found.fixes[0].edits[0].text.trim()), (Code::RouteOpen.entry().code, "q otherwise"));
    assert!(clean(&route("", "q when beds > 5   o otherwise")));
    assert!(clean(&route("", "q when role is boss   o when role is clerk")));
    assert!(clean(&route("when beds > 3", "q when beds > 5")));
}

#[test]
fn another_choice_behind_an_or_is_no_unknown_name() {
    let found = only("let a = role is boss or clerk");
    assert_eq!((found.code, found.message.as_str()), (Code::NotACondition.into(), "`clerk` is a choice, and a condition is needed"));
    assert_eq!(found.help.as_deref(), Some("write `role is one of …, clerk`"));
}

#[test]
fn the_day_itself_is_counted_from() {
    let found = only(
        "table t from \"t.csv\" { state text key  queue text }\nlet a = role is boss\nsignal form { on date }\nlet n = count of form where on is today > 1",
    );
    assert_eq!(found.labels[0].text, "a date such as `2026-11-26` is needed here");
    assert!(found.help.is_some_and(|help| help.starts_with("count the days from it")));
}

#[test]
fn expectations_of_a_score_with_wrong_weights_are_held_against_its_written_range() {
    let score = "score s from 0 to 100 { section x 90% { beds 100% { under 50 4  50 or more 10 } } }";
    let found = only(&format!("{score}\ntest \"t\" {{ lead {{ id \"a\" beds 3 role boss region \"x\" }} expect {{ s 95 }} }}"));
    assert_eq!(found.code, Code::WeightsShort);
    let sound = score.replace("90%", "100%");
    let found = only(&format!("{sound}\ntest \"t\" {{ lead {{ id \"a\" beds 3 role boss region \"x\" }} expect {{ s 101 }} }}"));
    assert_eq!(found.code, Code::OutOfRange);
}

#[test]
fn a_column_of_a_grid_that_is_lacking_is_called_a_column() {
    let grid = "let n = 5_000 - beds\ngrid g of beds across beds { under 50  under 50 a  50 or more b }";
    let found = only(grid);
    assert_eq!((found.code, found.help.as_deref()), (Code::BandsGap.into(), Some("add a column for it, or let a band reach further")));
}
