//! Tables of cases: what each column means, what an empty cell means, and where mistakes are shown.

use std::collections::BTreeMap;

use leadwright::diagnostic::render_human::{Look, render};
use leadwright::model;
use leadwright::policy::Policy;
use leadwright::testing::{Selection, TestOutcome};

const POLICY: &str = r#"leadwright 1

policy p { timezone "America/New_York"  currency USD }

team desk

lead {
  id       text    key
  beds     whole   0..50_000  optional  from marketo "Number of Beds"
  site     one of  hospital, long_term_care "Long-term care" "LTC", clinic
  met      date    optional
  need     some of  drugs, service  optional
  state    text    optional
}

signal call { outcome one of good, bad }

let age   = days since met
let calls = count of call where outcome is good in last 7 days

score fit from 0 to 100 {
  section size 100% {
    beds 60% { 100 or more 10   under 100 4   missing 0 }
    site 40% { hospital 10   long_term_care 5   clinic -5 }
  }
}

decide status { hot when fit >= 60   warm when calls >= 2   cold otherwise }

stage fresh   owner desk   start
stage working owner desk
stage lost    owner desk   final
flow {
  fresh   -> working  when status is hot
  working -> lost     after 30 days without call
}
route work when entering working { near when state is "OH"   far otherwise }
queue near  team desk
queue far   team desk
"#;

fn files(item: &str, csv: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("policy.lead".to_owned(), format!("{POLICY}\n{item}\n")), ("cases.csv".to_owned(), csv.to_owned())])
}

/// Titles, and of the cases that fail what is expected and found.
#[track_caller]
fn results(item: &str, csv: &str) -> Vec<String> {
    let policy = match Policy::load(&files(item, csv), "policy.lead") {
        Ok(policy) => policy,
        Err(refused) => panic!("{}", render(&refused.diagnostics, &refused.sources, Look::PLAIN)),
    };
    let results = policy.test(&Selection::default()).expect("machine code is made");
    let shown = results.into_iter().map(|result| {
        let said = match &result.outcome {
            TestOutcome::Passed => "ok".to_owned(),
            TestOutcome::NotRun(reason) => reason.clone(),
            TestOutcome::Differs(differences) => {
                let missing = |value: &Option<String>| value.clone().unwrap_or_else(|| "missing".to_owned());
                let each = differences.iter().map(|one| {
                    let place = policy.sources().position(one.span.source, one.span.start);
                    format!("{}:{} {} {} not {}", place.line, place.column, one.path, missing(&one.found), missing(&one.expected))
                });
                each.collect::<Vec<_>>().join(", ")
            }
        };
        format!("{}: {said}", result.title)
    });
    shown.collect()
}

/// The messages with the place of the first label.
fn mistakes(item: &str, csv: &str) -> Vec<String> {
    let checked = model::check(&files(item, csv), "policy.lead");
    let place = |diagnostic: &leadwright::diagnostic::Diagnostic| {
        let span = diagnostic.labels[0].span;
        let at = checked.sources.position(span.source, span.start);
        format!("{}:{}:{} {}", checked.sources.get(span.source).path, at.line, at.column, diagnostic.name())
    };
    checked.diagnostics.iter().map(|diagnostic| format!("{}: {}", place(diagnostic), diagnostic.message)).collect()
}

#[test]
fn a_row_is_a_test_on_both_evaluators() {
    let csv = "title,site,Number of Beds,expect fit,expect status,expect stage,expect work\n\
               large,hospital,100,100,hot,working,far\n\
               \n\
               ,LTC,99,44,,fresh,missing\n\
               ,,,,,,\n\
               wrong,clinic,,1,hot,fresh,\n";
    let item = "cases \"sizes\" from \"cases.csv\" { as of 2026-11-18T15:00 }";
    // 60 % of 100, 40 and 0; 40 % of 100, 50 and -50; 0.6 × 40 + 0.4 × 50 = 44; -20 is kept at 0
    assert_eq!(results(item, csv), ["sizes: large: ok", "sizes, line 4: ok", "sizes: wrong: 6:15 fit 0 not 1, 6:17 status cold not hot"]);
}

#[test]
fn what_the_braces_say_holds_where_a_row_is_silent() {
    let item =
        "cases from \"cases.csv\" {\n  as of 2026-11-18T15:00\n  lead { site hospital  beds 100 }\n  expect { status hot  work near }\n}";
    let csv = "case,beds,state,expect status,expect work\n\
               silent,,oh,,\n\
               fewer,99,OH,hot,\n\
               none,missing,OH,cold,missing\n";
    // 99 beds: 0.6 × 40 + 40 = 64
    assert_eq!(results(item, csv), ["cases.csv: silent: ok", "cases.csv: fewer: ok", "cases.csv: none: ok"]);
}

#[test]
fn time_stage_and_signals_of_a_row() {
    let item = "cases \"flow\" from \"cases.csv\" {\n  as of 2026-11-18T15:00\n  lead { site clinic }\n  signals { call 1 day ago { outcome good } }\n}";
    let csv = "stage_since,stage,as_of,signals,met,need,expect calls,expect status,expect stage,expect.age\n\
               ,,,,,,1,cold,,\n\
               ,,,call 2 days ago { outcome good },,,2,warm,,\n\
               ,,,\"call 8 days ago { outcome good }  call 2 days ago { outcome bad }\",,,1,,,\n\
               40 days ago,working,,,,,,,working,\n\
               2026-10-01T09:00,working,2026-12-24T09:00,,2026-12-01,drugs; service,,,working,23\n";
    let all_ok = results(item, csv);
    assert!(all_ok.iter().all(|result| result.ends_with(": ok")), "{all_ok:#?}");
    // without the call that the braces give, thirty days are over
    let item = "cases \"flow\" from \"cases.csv\" {\n  as of 2026-11-18T15:00\n  lead { site clinic }\n}";
    let csv = "stage,stage_since,signals,expect stage\n\
               working,40 days ago,,lost\n\
               working,29 days ago,,working\n\
               working,40 days ago,call 29 days ago { outcome bad },working\n\
               working,40 days ago,call 31 days ago { outcome bad },lost\n";
    let all_ok = results(item, csv);
    assert!(all_ok.iter().all(|result| result.ends_with(": ok")), "{all_ok:#?}");
}

#[test]
fn columns_that_are_no_columns_of_cases() {
    let item = "cases \"c\" from \"cases.csv\" { as of 2026-11-18T15:00 }";
    assert_eq!(
        mistakes(item, "site,Beds,bads,status,BEDS,#note,,expect fitt\nclinic,1,2,hot,3,n,,4\n"),
        [
            "cases.csv:1:11 E0605: the column `bads` of the cases is no field of the lead",
            "cases.csv:1:16 E0605: the column `status` of the cases is no field of the lead",
            "cases.csv:1:23 E0605: two columns of the cases are `BEDS`",
            "cases.csv:1:35 E0601: there is no field or derived value `fitt`",
        ]
    );
    assert_eq!(mistakes(item, "beds,expect fit\n1,0\n"), ["cases.csv:1:1 E0602: the cases do not give `site`, which is not optional"]);
    // what parts cells is read from the first line
    let semicolons = mistakes(item, "site;bads\nclinic;1,5\n");
    assert_eq!(semicolons, ["cases.csv:1:6 E0605: the column `bads` of the cases is no field of the lead"]);
    assert_eq!(mistakes(item, ""), ["policy.lead:41:16 E0604: the file `cases.csv` is empty"]);
    assert_eq!(mistakes(item, "site,expect fit\n"), ["cases.csv:1:1 E0604: the file `cases.csv` has no cases"]);
    let absent = mistakes("cases from \"none.csv\"", "");
    assert_eq!(absent, ["policy.lead:41:12 E0604: the file `none.csv` of the cases \"none.csv\" does not exist"]);
    assert_eq!(mistakes("cases from \"../none.csv\"", "").len(), 1);
}

#[test]
fn cells_that_do_not_fit() {
    let item = "cases \"c\" from \"cases.csv\" { as of 2026-11-18T15:00 }";
    let csv = "title,site,beds,signals,stage_since,expect fit,expect status\n\
               a,hospitl,-1,,,1000,\n\
               a,,many,call 2 days { outcome good },,,hott\n\
               b,missing,,call 1 day ago,soon,,\n\
               c,clinic,1,,,,\n\
               d,clinic,1\n\
               e,clinic,1,call 1 day ago { outcome goood },,0,\n";
    assert_eq!(
        mistakes(item, csv),
        [
            "cases.csv:2:3 E0606: `hospitl` is no choice in the column `site` of the cases",
            "cases.csv:2:11 E0606: `-1` lies outside 0 to 50000 in the column `beds` of the cases",
            "cases.csv:2:16 E0606: `1000` lies outside 0 to 100 in the column `fit` of the cases",
            "cases.csv:3:1 E0202: two cases have the title \"c: a\"",
            "cases.csv:3:3 E0606: an empty cell in the column `site` of the cases, which is not optional",
            "cases.csv:3:4 E0606: `many` is not a whole number in the column `beds` of the cases",
            "cases.csv:3:9 E0606: a cell of the column `signals` cannot be read: expected `ago`, found `{`",
            "cases.csv:3:40 E0606: `hott` is no choice in the column `status` of the cases",
            "cases.csv:4:3 E0606: `missing` in the column `site` of the cases, which is not optional",
            "cases.csv:4:12 E0602: the signal `call` comes without `outcome`",
            "cases.csv:4:27 E0606: a cell of the column `stage_since` cannot be read: expected when it happened, found `soon`",
            "cases.csv:5:1 E0603: the case expects nothing",
            "cases.csv:6:1 E0604: the file `cases.csv` has a row of 3 cells below a first line of 7",
            "cases.csv:7:37 E0203: `goood` is not a choice of `outcome`",
        ]
    );
}

/// A brace in a cell cannot smuggle other parts of a test in.
#[test]
fn a_cell_of_signals_holds_signals_alone() {
    let item = "cases \"c\" from \"cases.csv\" { as of 2026-11-18T15:00 }";
    for cell in ["} lead { beds 1", "} }\ntest \"x\" { expect { fit 1", "} expect { fit 0"] {
        let csv = format!("site,signals,expect fit\nclinic,\"{}\",0\n", cell.replace('"', "\"\""));
        let found = mistakes(item, &csv);
        assert!(found.len() == 1 && found[0].contains("E0606: a cell of the column `signals` cannot be read"), "{found:?}");
    }
}

/// What is wrong with the braces is said once, not once for each row; and of many rows the first are enough.
#[test]
fn mistakes_are_not_repeated() {
    let rows = "clinic,0\n".repeat(50);
    let csv = format!("site,expect fit\n{rows}");
    assert_eq!(
        mistakes("cases \"c\" from \"cases.csv\" { signals { call 1 day ago { outcome good } } }", &csv),
        ["policy.lead:41:45 E0602: `1 day` of which day?"]
    );
    let found =
        mistakes("cases \"c\" from \"cases.csv\" { as of 2026-11-18T15:00 }", &format!("site,expect fit\n{}", "clinik,0\n".repeat(50)));
    assert_eq!(found.len(), 21);
    assert_eq!(found[20], "cases.csv:22:1 E0606: the file `cases.csv` has too many mistakes to go on: 30 rows were not read");
}

#[test]
fn the_column_title_is_what_cases_are_called() {
    let with = |field: &str, csv: &str| {
        let policy = POLICY.replace("  state    text    optional\n", &format!("  state    text    optional\n  {field}\n"));
        assert_ne!(policy, POLICY);
        let item = "cases from \"cases.csv\" { as of 2026-11-18T15:00 }";
        BTreeMap::from([("policy.lead".to_owned(), format!("{policy}\n{item}\n")), ("cases.csv".to_owned(), csv.to_owned())])
    };
    let titles = |files: &BTreeMap<String, String>| -> Vec<String> {
        let policy = Policy::load(files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        let results = policy.test(&Selection::default()).unwrap();
        results.into_iter().map(|result| format!("{} {}", result.title, result.passed())).collect()
    };
    let role = "role one of nurse, clerk optional from salesforce \"Title\"";
    let csv = "title,site,beds,role,expect fit\na large one,hospital,100,nurse,100\n";
    assert_eq!(titles(&with(role, csv)), ["cases.csv: a large one true"]);
    // a field of that very name is the field; cases are called by `case`
    let title = "title one of nurse, clerk optional";
    assert_eq!(titles(&with(title, "case,title,site,beds,expect fit\nlarge,nurse,hospital,100,100\n")), ["cases.csv: large true"]);
    let helps = |files: &BTreeMap<String, String>| -> Vec<String> {
        model::check(files, "policy.lead").diagnostics.iter().filter_map(|diagnostic| diagnostic.help.clone()).collect()
    };
    let wrong = helps(&with(title, "title,site,beds,expect fit\na large one,hospital,100,100\n"));
    assert!(wrong.len() == 1 && wrong[0].contains("what a case is called can stand in a column `case`"), "{wrong:?}");
    let lacking = helps(&with(&role.replace("optional ", ""), "Title,site,beds,expect fit\nnurse,hospital,100,100\n"));
    assert_eq!(lacking, ["the column `Title` is what each case is called: call the column of the field `role`"]);
}

#[test]
fn a_case_that_expects_what_rows_cannot_give_fails_alone() {
    let item = "cases from \"cases.csv\" { as of 2026-11-18T15:00  lead { site hospital } }";
    let csv = "beds,expect fit,expect fit.size\n100,100,100\n100,99.75,100\n100,100,170\n";
    let files = BTreeMap::from([("policy.lead".to_owned(), format!("{POLICY}\n{item}\n")), ("cases.csv".to_owned(), csv.to_owned())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let told: Vec<String> = policy
        .test(&Selection::default())
        .unwrap()
        .into_iter()
        .map(|result| match result.outcome {
            TestOutcome::Passed => "passed".to_owned(),
            TestOutcome::Differs(all) => all.iter().map(|one| format!("{} {:?} {:?}", one.path, one.expected, one.found)).collect(),
            TestOutcome::NotRun(reason) => reason,
        })
        .collect();
    assert_eq!(told, ["passed", "fit Some(\"99.75\") Some(\"100\")", "fit.size Some(\"170\") Some(\"100\")"]);
}

#[test]
fn a_field_that_is_called_like_a_part_of_a_test_keeps_its_column() {
    let with = |csv: &str| {
        let policy = POLICY.replace(
            "  state    text    optional\n",
            "  owner    one of ann, bob optional\n  signals  whole 0..9 optional\n  state    text    optional\n",
        );
        let policy = policy.replacen("team desk\n", "team desk members cid, dan\nqueue turn team desk rotate cid, dan\n", 1);
        let route = "route desk_of_all { keep owner when owner is ann   turn otherwise }\n";
        let item = "cases from \"cases.csv\" { as of 2026-11-18T15:00  lead { site hospital  beds 100 } }";
        BTreeMap::from([("policy.lead".to_owned(), format!("{policy}\n{route}{item}\n")), ("cases.csv".to_owned(), csv.to_owned())])
    };
    let files = with(
        "owner,signals,test owner,test queue,test signals,expect desk_of_all.owner,expect calls\nann,4,dan,turn,call 1 day ago { outcome good },dan,1\n",
    );
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let results = policy.test(&Selection::default()).unwrap();
    assert!(results.len() == 1 && results[0].passed(), "{results:?}");
    let files = with("owner,expect fit\ndan,100\n");
    let checked = model::check(&files, "policy.lead");
    let [told] = checked.diagnostics.as_slice() else { panic!("{:?}", checked.diagnostics) };
    let help = "`owner` is a field here, so the column is its value; the part of a test can stand in a column `test owner`";
    assert!(told.help.as_ref().is_some_and(|told| told.ends_with(help)), "{:?}", told.help);
    let files = with("test owner,Test Owner,expect fit\ndan,dan,100\n");
    let told: Vec<&str> = model::check(&files, "policy.lead").diagnostics.iter().map(|diagnostic| diagnostic.name()).collect();
    assert_eq!(told, ["E0605"]);
}
