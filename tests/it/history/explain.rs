//! What an explanation tells of a lead's history. Every figure is worked out by hand.

use std::collections::BTreeMap;

use leadwright::diagnostic::render_human::Look;
use leadwright::model::Event;
use leadwright::policy::Policy;
use leadwright::record::Lead;
use leadwright::report::explanation::page;

const POLICY: &str = r#"leadwright 1
policy p { timezone "America/New_York" }
team crew
lead { id text key }
signal ask
signal rejected { reason one of bad_phone, no_budget }
signal view { path text optional }
stage mql   owner crew  start
stage raw   owner crew
stage lost  owner crew  final
let products = count of view where path starts with "/p" in last 30 days
let waiting = days in mql
score points {
  section engagement points up to 45 {
    +20.5 per ask at most 1 per day because "They asked"
    -3    per 3 rejected
  }
}
score balance running from 0 to 20 { section moves points { +5 per view at most 2 per day   -15 per rejected } }
flow {
  mql -> raw   on rejected where reason is no_budget
  mql -> lost  after 30 days without view  when products is 0
  raw -> mql   when balance > 3
}
"#;

fn at(text: &str) -> i64 {
    leadwright::calendar::instant(text).unwrap()
}

#[test]
fn signals_points_per_signal_and_rows_that_wait() {
    let files = BTreeMap::from([("policy.lead".to_string(), POLICY.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let ask = |time| Event { signal: 0, at: at(time), values: Vec::new() };
    let view = |time| Event { signal: 2, at: at(time), values: vec![Some(leadwright::model::Constant::Text("/products".into()))] };
    let signals = vec![
        ask("2026-11-18T15:00Z"),
        ask("2026-11-17T15:00Z"),
        view("2026-11-03T15:00Z"),
        view("2026-11-18T15:00Z"),
        Event { signal: 1, at: at("2026-11-17T14:00Z"), values: vec![Some(leadwright::model::Constant::Integer(0))] },
    ];
    let stage_since = Some(at("2026-11-15T15:00Z"));
    let lead = Lead { values: vec![None], stage_since, signals, ..Lead::default() };
    let explanation = policy.explain(&lead, at("2026-11-18T20:00Z")).unwrap();
    let page = page(&explanation, Look { colour: false, unicode: false, width: 100 });
    for line in [
        "  count of view where path starts with \"/p\" in last 30 days  2  2, the last at 2026-11-18T10:00",
        "  days in mql                                                3",
        "    +20.5 per ask at most 1 per day: 2 times (They asked)",
        "    -3 per 3 rejected: 0 times",
        // 5 on the 3rd; 5 - 15 on the 17th, brought to 0; 5 on the 18th
        "  +5 per view at most 2 per day: 2 times   10",
        "  -15 per rejected: 1 time                -15",
        "  the lower end of the range gave back     10",
        "  balance                                   5",
        "Score balance: 5",
        "  no  to raw on rejected where reason is no_budget",
        "      no `rejected where reason is no_budget` in this stay: stage_since is 2026-11-15T10:00",
        // 30 calendar days at the same local time
        "      `30 days without view` is not over: it counts from 2026-11-18T10:00 (the last view) and is",
        "        over at 2026-12-18T10:00",
        "      `products is 0` failed: products is 2",
    ] {
        assert!(page.lines().any(|found| found.trim_end().starts_with(line)), "{line}\n{page}");
    }
    assert!(!page.contains("happened"));
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["history"][0]["counted"]["count"], 2);
    assert_eq!(json["scores"][0]["sections"][0]["points"][0]["times"], "2");
    assert_eq!(json["scores"][1]["booked"][1]["times"], 1);
    assert_eq!(json["scores"][1]["balance"], serde_json::json!({"booked": "-5", "taken": "0", "given": "10"}));
}

const FORGETS: &str = r#"leadwright 1
policy p { timezone "America/New_York" }
team crew
lead { id text key }
signal view
signal rejected
stage raw   owner crew  start
stage mql   owner crew
score points from 0 to 100 {
  section engagement points { +40 per view }
}
score balance running from 0 to 50 { section moves points { +40 per view at most 3 per day } }
flow {
  raw -> mql  when points > 90
  mql -> raw  on rejected  recycle forget engagement
}
sla first {
  starts   when entering raw
  stops    when leaving raw
  within   10 hours
  remind   owner at 80%
  breach   notify crew
  breach   reassign after 2 hours
  breach   notify crew after 3 hours
}
"#;

#[test]
fn what_was_forgotten_and_what_is_to_come() {
    let files = BTreeMap::from([("policy.lead".to_string(), FORGETS.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let view = |time| Event { signal: 0, at: at(time), values: Vec::new() };
    let back =
        |time, forget| leadwright::model::Transition { at: at(time), from: Some(1), to: 0, forget, rest_until: None, signals_before: None };
    let lead = Lead {
        values: vec![None],
        stage_since: Some(at("2026-11-17T15:00Z")),
        log: vec![back("2026-11-16T15:00Z", Some(0)), back("2026-11-17T15:00Z", Some(0))],
        signals: vec![view("2026-11-16T16:00Z"), view("2026-11-16T17:00Z"), view("2026-11-17T16:00Z")],
        ..Lead::default()
    };
    let shown = |as_of| page(&policy.explain(&lead, at(as_of)).unwrap(), Look { colour: false, unicode: false, width: 100 });
    let text = shown("2026-11-17T20:00Z");
    for line in [
        "  engagement was forgotten at 2026-11-17T10:00: what came up to then does not count there",
        "Score points: 40",
        // 80 on the 16th, brought to 50; 90 on the 17th
        "  the upper end of the range took away     -70",
        "  balance                                   50",
        "  and if nothing else happens",
        "  2026-11-17T18:00  remind owner at 80%",
        "  2026-11-17T20:00  breached",
        "  2026-11-17T20:00  breach notify crew",
        "  2026-11-17T22:00  breach reassign after 2 hours",
    ] {
        assert!(text.lines().any(|found| found.trim_end() == line), "{line}\n{text}");
    }
    // it begins anew then, so what was to come an hour later never does
    assert!(!text.contains("after 3 hours"), "{text}");
    let text = shown("2026-11-18T02:00Z");
    assert!(!text.contains("remind owner at 80%\n  2026-11-17T20:00  breached\n  and"), "{text}");
    let later = text.split("and if nothing else happens").nth(1).unwrap();
    assert!(!later.contains("breached") && later.contains("2026-11-17T22:00  breach reassign"), "{text}");
}

#[test]
fn a_row_that_waits_does_not_see_what_is_part_of_a_burst() {
    let policy = POLICY.replace("signal view {", "signal view ignore bursts of 3 within 1 second {");
    let files = BTreeMap::from([("policy.lead".to_string(), policy)]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
    let view = |time| Event { signal: 2, at: at(time), values: vec![None] };
    // one person on the 3rd, a machine on the 5th
    let signals = ["2026-11-03T15:00:00Z", "2026-11-05T15:00:00Z", "2026-11-05T15:00:00.4Z", "2026-11-05T15:00:01Z"].map(view);
    let lead = Lead { values: vec![None], stage_since: Some(at("2026-11-01T15:00Z")), signals: signals.to_vec(), ..Lead::default() };
    let explanation = policy.explain(&lead, at("2026-11-18T20:00Z")).unwrap();
    let page = page(&explanation, Look { colour: false, unicode: false, width: 100 });
    assert!(page.contains("it counts from 2026-11-03T10:00 (the last view)") && page.contains("over at 2026-12-03T10:00"), "{page}");
}
