//! What counts as reached by tests, and how it is written for people and for lcov. Every expected number is counted by hand from the policy's text.

use std::collections::BTreeMap;

use leadwright::diagnostic::render_human::Look;
use leadwright::model::Decimal;
use leadwright::policy::Policy;
use leadwright::report::coverage::{lcov, page, percent};
use leadwright::testing::Selection;

// the numbers of the lines matter below
const POLICY: &str = r#"leadwright 1
policy p { timezone "America/New_York" }
team desk
lead {
  id    text   key
  beds  whole  0..50_000  optional
  role  one of pharmacist, buyer
}
signal call
signal met
let big = beds >= 500
score fit {
  for role is pharmacist {
    section size 100% { beds 100% {
      100 or more 10
      under 100 4
      missing 0
    } }
  }
  otherwise {
    section size points {
      beds { 100 or more 1  under 100 2  missing 3 }
      +5 when big
    }
  }
  adjust -20 when beds is missing
}
decide status {
  hot when fit >= 60
  cold otherwise
}
grid g of fit across beds {
              10 or more,  under 10,  missing
  50 or more  a1, a2, a3
  under 50    b1, b2, b3
}
stage fresh  owner desk  start
stage done   owner desk
flow {
  fresh -> done  when status is hot
  done -> fresh  after 3 days without call
}
route work when entering done { near when big  far otherwise }
queue near  team desk
queue far   team desk
sla touch {
  starts when entering done
  stops on call
  within 1 hour when big
  within 2 hours otherwise
  by desk
}
"#;

const TESTS: &str = r#"
test "a" {
  as of   2026-11-18T15:00
  lead    { role pharmacist  beds 100 }
  expect  { fit 100 }
}
test "b" {
  as of   2026-11-18T15:00
  stage   done since 3 hours ago
  lead    { role buyer  beds 5 }
  expect  { fit 2 }
}
"#;

fn policy(tests: &str) -> Policy {
    let files = BTreeMap::from([("p.lead".to_owned(), format!("{POLICY}{tests}"))]);
    Policy::load(&files, "p.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics))
}

/// What is reached, as (line, what); every place if `hits` is zero.
fn reached(policy: &Policy, hits: usize) -> Vec<(usize, String)> {
    let coverage = policy.coverage(&Selection::default()).expect("machine code is made");
    let reached = coverage.places.iter().filter(|place| place.hits >= hits);
    reached
        .map(|place| (policy.sources().position(place.place.span.source, place.place.span.start).line, place.place.what.clone()))
        .collect()
}

#[test]
fn the_places_of_a_policy() {
    let policy = policy("");
    let coverage = policy.coverage(&Selection::default()).expect("machine code is made");
    let count = |part: &str| coverage.places.iter().filter(|place| place.place.part == part).count();
    // two models, 3 + 3 bands, a row of points and an adjustment with two sides each
    assert_eq!(count("score fit"), 2 + 6 + 2 + 2);
    assert_eq!(count("let big"), 2);
    assert_eq!(count("decide status"), 2);
    assert_eq!(count("grid g"), 6);
    assert_eq!(count("flow"), 2);
    // entering or not, and two rows
    assert_eq!(count("route work"), 4);
    // two targets; running, breached, met, missed: nothing pauses it
    assert_eq!(count("sla touch"), 6);
    assert_eq!((coverage.places.len(), coverage.covered(), percent(&coverage)), (34, 0, "0.0 %".to_owned()));
    assert!(coverage.reaches(Decimal::whole(0)) && !coverage.reaches(Decimal::whole(1)));
}

#[test]
fn what_two_leads_reach() {
    let policy = policy(TESTS);
    let expected = [
        (11, "no"),
        (13, "for role is pharmacist"),
        (15, "for role is pharmacist, beds: 100 or more"),
        (20, "otherwise"),
        (22, "otherwise, beds: under 100"),
        (23, "otherwise, +5 when big: not given"),
        (26, "adjust -20 when beds is missing: not applied"),
        (29, "hot when fit >= 60"),
        (30, "cold otherwise"),
        (34, "a1: 50 or more by 10 or more"),
        (35, "b2: under 50 by under 10"),
        (40, "fresh -> done when status is hot"),
        // the second lead is in `done` already
        (43, "when entering done"),
        (43, "when entering done: not asked"),
        (43, "far otherwise"),
        // the first lead's clock has just begun, the second's began three hours ago and was due after two
        (46, "running"),
        (46, "breached"),
        (50, "within 2 hours otherwise"),
    ];
    let mut found = reached(&policy, 1);
    found.sort();
    let mut wanted: Vec<(usize, String)> = expected.into_iter().map(|(line, what)| (line, what.to_owned())).collect();
    wanted.sort();
    assert_eq!(found, wanted);
    let coverage = policy.coverage(&Selection::default()).unwrap();
    // 18 of 34 is 52.94 %
    assert_eq!(percent(&coverage), "52.9 %");
    let per_cent = |mantissa, places| Decimal { mantissa, places };
    assert!(coverage.reaches(per_cent(52, 0)) && !coverage.reaches(per_cent(53, 0)));
    assert!(coverage.reaches(per_cent(52_9411, 4)) && !coverage.reaches(per_cent(52_9412, 4)));
    // only the tests that are selected count
    let one = policy.coverage(&Selection { titles: vec!["b".to_owned()], ..Selection::default() }).unwrap();
    assert_eq!((one.test_count, one.places.iter().any(|place| place.hits > 0 && place.place.what.starts_with("hot"))), (1, false));
    insta::assert_snapshot!(page(&coverage, policy.sources(), Look::PLAIN));
}

#[test]
fn lcov_has_a_line_per_row_and_a_branch_per_place() {
    let policy = policy(TESTS);
    let coverage = policy.coverage(&Selection::default()).unwrap();
    let expected = "TN:\nSF:p.lead\n\
        BRDA:11,0,0,0\nBRDA:11,0,1,2\n\
        BRDA:22,0,0,0\nBRDA:22,0,1,1\nBRDA:22,0,2,0\n\
        BRDA:23,0,0,0\nBRDA:23,0,1,1\n\
        BRDA:26,0,0,0\nBRDA:26,0,1,2\n\
        BRDA:34,0,0,1\nBRDA:34,0,1,0\nBRDA:34,0,2,0\n\
        BRDA:35,0,0,0\nBRDA:35,0,1,1\nBRDA:35,0,2,0\n\
        BRDA:43,0,0,1\nBRDA:43,0,1,1\nBRDA:43,0,2,0\nBRDA:43,0,3,1\n\
        BRDA:46,0,0,1\nBRDA:46,0,1,1\nBRDA:46,0,2,0\nBRDA:46,0,3,0\n\
        BRF:23\nBRH:11\n\
        DA:11,2\nDA:13,1\nDA:15,1\nDA:16,0\nDA:17,0\nDA:20,1\nDA:22,1\nDA:23,1\nDA:26,2\nDA:29,1\nDA:30,1\nDA:34,1\nDA:35,1\n\
        DA:40,1\nDA:41,0\nDA:43,3\nDA:46,2\nDA:49,0\nDA:50,2\n\
        LF:19\nLH:15\nend_of_record\n";
    assert_eq!(lcov(&coverage, policy.sources()), expected);
}

#[test]
fn a_target_is_reached_that_applied_when_the_clock_started() {
    let text = r#"leadwright 1
policy p { timezone "America/New_York" }
team desk
lead { id text key }
signal call
signal note
let notes = count of note
stage fresh  owner desk  start
stage done   owner desk  final
flow { fresh -> done  on note }
sla touch {
  starts when entering done
  stops on call
  within 1 hour when notes < 2
  within 2 hours otherwise
  by desk
}
test "the second note came an hour later" {
  as of   2026-11-18T15:00
  stage   done since 3 hours ago
  signals { note 4 hours ago  note 2 hours ago }
  expect  { touch.due 2026-11-18T13:00 }
}
"#;
    let policy = Policy::load(&BTreeMap::from([("p.lead".to_owned(), text.to_owned())]), "p.lead").unwrap();
    let found: Vec<String> = reached(&policy, 1).into_iter().filter(|(line, _)| *line >= 11).map(|(_, what)| what).collect();
    assert_eq!(found, ["breached", "within 1 hour when notes < 2"]);
}
