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
        "  +5 per view at most 2 per day  2 times",
        "  -15 per rejected               1 times",
        "Score balance: 5",
        "  no  to raw on rejected where reason is no_budget",
        "      no `rejected where reason is no_budget` in this stay: stage_since is 2026-11-15T10:00",
        "      `30 days without view` is not over: the last view is 2026-11-18T10:00",
        "      `products is 0` failed: products is 2",
    ] {
        assert!(page.lines().any(|found| found.trim_end().starts_with(line)), "{line}\n{page}");
    }
    assert!(!page.contains("happened"));
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["history"][0]["counted"]["count"], 2);
    assert_eq!(json["scores"][0]["sections"][0]["points"][0]["times"], "2");
    assert_eq!(json["scores"][1]["booked"][1]["times"], 1);
}
