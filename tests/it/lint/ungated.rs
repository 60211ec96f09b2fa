//! `ungated-threshold`: which thresholds activity alone gets over. The numbers are worked out by hand beside each case, and where a finding says that a lead can
//! pass, the policy's own test is that lead.

use std::collections::BTreeMap;

use leadwright::lint::config::Levels;
use leadwright::lint::{Settings, lint};
use leadwright::model;
use leadwright::policy::Policy;
use leadwright::testing::Selection;

use super::pages::DAY;

/// `readiness`: fit is -25 to 100 points of the section, -12.5 to 50 of the score, and without credit -12.5; activity is 0 to 50 of the score.
const HEAD: &str = r#"leadwright 1
policy p { version "1"  timezone "UTC" }
team marketing
team sales
lead {
  id        text    key
  site      one of  hospital, clinic, pharmacy
  existing  yes_no
  rival     yes_no
  beds      whole   0..5_000  optional
}
signal page_view
signal demo
signal call by sales
let views = count of page_view in last 90 days
let asked = any demo in last 14 days
score readiness from 0 to 100 {
  section fit 50% {
    site     50% { hospital 10   clinic 5   pharmacy -5 }
    existing 50% { yes 10   no 0 }
  }
  section activity 50% {
    views 60% { 10 or more 10   under 10 1 each }
    asked 40% { yes 10   no 0 }
  }
}
"#;

/// What the rule says of a policy without errors, as the texts that it marks first.
fn marked(text: &str) -> Vec<String> {
    let files = BTreeMap::from([("p.lead".to_owned(), text.to_owned())]);
    let checked = model::check(&files, "p.lead");
    let errors: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    let mut levels = Levels::default();
    levels.only("ungated-threshold").unwrap();
    let found = lint(&checked, &Settings { as_of: model::AsOf::Day(DAY), levels });
    found.iter().map(|diagnostic| checked.sources.text(diagnostic.labels[0].span).to_owned()).collect()
}

#[track_caller]
fn check(rest: &str, expected: &[&str]) {
    assert_eq!(marked(&format!("{HEAD}{rest}")), expected, "{rest}");
}

const STAGES: &str = "stage raw owner marketing start\nstage mql owner sales\nstage won owner sales final\n";

#[test]
fn what_activity_reaches_is_found_and_what_it_does_not_is_not() {
    let decide = |condition: &str| format!("decide d {{ hot when {condition}  cold otherwise }}\n");
    for (condition, found) in [
        ("readiness >= 37.5", &["readiness >= 37.5"][..]),
        ("readiness > 37.5", &[]),
        ("readiness >= 80", &[]),
        ("not (readiness < 30)", &["(readiness < 30)"]),
        ("readiness between 30 and 60", &["readiness between 30"]),
        // every lead gets there
        ("readiness >= 0", &[]),
        // who is beyond it is what the last row takes
        ("readiness <= 30", &["readiness <= 30"]),
        ("readiness <= 37.5", &[]),
        ("readiness <= 30 or readiness.fit < 10", &[]),
        // sums of sections: fit -25, activity 100
        ("readiness.fit + readiness.activity >= 75", &["readiness.fit + readiness.activity >= 75"]),
        ("readiness.fit + readiness.activity >= 76", &[]),
        ("readiness.activity >= 60", &[]),
        // gates
        ("readiness >= 30 and readiness.fit >= 10", &[]),
        ("readiness >= 30 and readiness.fit >= -25", &["readiness >= 30"]),
        ("readiness >= 30 and site is hospital", &[]),
        ("readiness >= 30 and (existing or views > 3)", &["readiness >= 30"]),
        ("readiness >= 30 and asked", &["readiness >= 30"]),
        ("existing or readiness >= 30", &["readiness >= 30"]),
        ("(existing and readiness >= 30) or readiness >= 80", &[]),
        ("existing implies readiness >= 30", &[]),
        ("asked implies readiness >= 30", &["readiness >= 30"]),
    ] {
        check(&decide(condition), found);
    }
}

#[test]
fn earlier_rows_turn_away_who_does_not_fit() {
    let decide = |row: &str| format!("decide d {{ out when {row}  hot when readiness >= 30  cold otherwise }}\n");
    check(&decide("readiness.fit < 20"), &[]);
    check(&decide("readiness.fit < -30"), &["readiness >= 30"]);
    // a field that an attribute of fit looks at, and one that none does
    check(&decide("site is pharmacy"), &[]);
    check(&decide("rival"), &["readiness >= 30"]);
    check(&decide("asked"), &["readiness >= 30"]);
    check(&decide("site is pharmacy and rival"), &["readiness >= 30"]);
    // rows that take who fits leave who does not
    for fits in ["existing", "site is hospital", "site is clinic", "not (site is pharmacy)", "not (not existing)"] {
        check(&decide(fits), &["readiness >= 30"]);
    }
    for unfit in ["not existing", "site is one of clinic, pharmacy", "site is clinic or site is pharmacy", "not (site is hospital)"] {
        check(&decide(unfit), &[]);
    }
    check(&format!("let customer = existing\n{}", decide("customer")), &["readiness >= 30"]);
    check(&format!("let strange = not existing\n{}", decide("strange")), &[]);
}

/// `solid` is 0 to 100 points of fit, and 0 without any; what is worked out from it takes who fits, or who does not, by the same numbers.
#[test]
fn values_worked_out_from_a_score_are_no_gate_by_themselves() {
    const SOLID: &str =
        "score solid from 0 to 100 { section s 100% { site 50% { hospital 10  clinic 5  pharmacy 0 }  existing 50% { yes 10  no 0 } } }\n";
    let decide =
        |lets: &str, row: &str| format!("{SOLID}{lets}\ndecide d {{ first when {row}  hot when readiness >= 30  cold otherwise }}\n");
    for (lets, fits, unfit) in [
        ("let double = solid * 2", "double >= 150", "double < 30"),
        ("let top = larger of (solid, 10)", "top >= 80", "top <= 10"),
        ("let most = smaller of (solid, 90) * -1", "most <= -80", "most > -20"),
        ("let good = solid >= 80", "good", "not good"),
        ("decide grade { a when solid >= 80  b otherwise }", "grade is a", "grade is b"),
    ] {
        check(&decide(lets, fits), &["readiness >= 30"]);
        check(&decide(lets, unfit), &[]);
    }
    // what cannot be followed takes nobody for certain
    check(&decide("let share = solid / 3 to 2 places", "share >= 30"), &["readiness >= 30"]);
    let both =
        |question: &str| format!("{SOLID}let double = solid * 2\ndecide d {{ hot when readiness >= 30 and {question}  cold otherwise }}\n");
    check(&both("double >= 30"), &[]);
    check(&both("double < 30"), &["readiness >= 30"]);
}

#[test]
fn earlier_rows_over_bands_take_the_band_that_gives_nothing() {
    let decide = |row: &str| {
        format!(
            "score s {{ section a 50% {{ beds 100% {{ 500 or more 10   under 500 0   missing 0 }} }} section b 50% {{ views 100% {{ 5 or more 10  under 5 0 }} }} }}\n\
             decide d {{ out when {row}  hot when s >= 50  cold otherwise }}\n"
        )
    };
    check(&decide("beds >= 500"), &["s >= 50"]);
    check(&decide("beds < 100"), &["s >= 50"]);
    check(&decide("beds < 500"), &[]);
}

#[test]
fn a_threshold_with_a_name_counts_where_it_is_asked_for() {
    let ready = "let ready = readiness >= 30\nlet fits = readiness.fit >= 10\n";
    check(&format!("{ready}decide d {{ hot when ready  cold otherwise }}\n"), &["readiness >= 30"]);
    check(&format!("{ready}decide d {{ hot when ready and fits  cold otherwise }}\n"), &[]);
    check(&format!("{ready}let both = ready and fits\ndecide d {{ hot when both  warm when asked  cold otherwise }}\n"), &[]);
    check(ready, &[]);
}

#[test]
fn flows_and_routes_are_gated_by_the_way_there() {
    let flow = |first: &str, second: &str| {
        format!("{STAGES}flow {{ raw -> mql when {first}   mql -> won {second} }}\nqueue desk team sales\nqueue far team sales\n")
    };
    check(&flow("readiness >= 30", "on call"), &["readiness >= 30"]);
    check(&flow("existing or readiness >= 30", "on call"), &["readiness >= 30"]);
    check(&flow("readiness >= 30 and readiness.fit >= 10", "when readiness >= 35"), &[]);
    check(&flow("asked", "when readiness >= 35"), &["readiness >= 35"]);
    // what sales says is no activity of the lead
    check(&flow("asked", "on call when readiness >= 35"), &[]);
    check(&flow("asked", "on demo when readiness >= 35"), &["readiness >= 35"]);
    let route = "route r when entering mql { far when readiness >= 30   desk otherwise }\n";
    check(&format!("{}{route}", flow("readiness >= 36 and readiness.fit >= 10", "on call")), &[]);
    check(&format!("{}{route}", flow("asked", "on call")), &["readiness >= 30"]);
    check(&format!("{}route r when readiness >= 30 {{ desk otherwise }}\n", flow("asked and existing", "on call")), &["readiness >= 30"]);
    check(&format!("{}route r when existing {{ far when readiness >= 30  desk otherwise }}\n", flow("asked and existing", "on call")), &[]);
    // a decision that such a lead never gets
    let decided = "decide d { good when readiness >= 30 and existing  poor otherwise }\n";
    check(&format!("{decided}{}", flow("d is good and readiness >= 20", "on call")), &[]);
    check(&format!("{decided}{}", flow("d is poor and readiness >= 20", "on call")), &["readiness >= 20"]);
}

#[test]
fn sections_of_both_caps_personas_and_rounding() {
    let points = |cap: &str, range: &str, low: &str| {
        format!(
            "score s {range} {{ section all points {cap} {{ +20 when site is hospital  -50 when site is pharmacy  +3 per page_view in last 9 days }} }}\n\
             decide d {{ hot when s >= {low}  cold otherwise }}\n"
        )
    };
    check(&points("", "from 0 to 100", "60"), &["s >= 60"]);
    check(&points("up to 45", "from 0 to 100", "45"), &["s >= 45"]);
    check(&points("up to 45", "from 0 to 100", "46"), &[]);
    // fit as a score of its own is gated by itself; a persona without fit is not
    let personas = "score s { for existing { section a 100% { site 100% { hospital 10  clinic 5  pharmacy 0 } } } otherwise { section b 100% { views 100% { 5 or more 10  under 5 0 } } } }\n";
    check(&format!("{personas}decide d {{ hot when s >= 60  cold otherwise }}\n"), &["s >= 60"]);
    // 10 views give 33.4, which rounds to 33
    let rounded = "score s rounded to 0 places { section a 66.6% { site 100% { hospital 10  clinic 5  pharmacy 0 } } section b 33.4% { views 100% { 10 or more 10  under 10 0 } } }\n";
    check(&format!("{rounded}decide d {{ hot when s >= 33  cold otherwise }}\n"), &["s >= 33"]);
    check(&format!("{rounded}decide d {{ hot when s >= 34  cold otherwise }}\n"), &[]);
    // adjusts of fit neither help nor hurt, those of activity help
    let adjusts = "score s { section a 50% { site 100% { hospital 10  clinic 0  pharmacy -10 } } section b 50% { views 100% { 5 or more 10  under 5 0 } } adjust +9 when asked  adjust -40 when rival  adjust +40 when existing }\n";
    check(&format!("{adjusts}decide d {{ hot when s >= 59  cold otherwise }}\n"), &["s >= 59"]);
    check(&format!("{adjusts}decide d {{ hot when s >= 60  cold otherwise }}\n"), &[]);
    // a score of fit alone, and one of activity alone, have nothing to gate
    check("score s { section b 100% { views 100% { 5 or more 10  under 5 0 } } }\ndecide d { hot when s >= 60  cold otherwise }\n", &[]);
    check(
        "score s { section b 100% { site 100% { hospital 10  clinic 5  pharmacy 0 } } }\ndecide d { hot when s >= 60  cold otherwise }\n",
        &[],
    );
}

/// The findings above name leads that are there.
#[test]
fn the_lead_that_a_finding_speaks_of_is_there() {
    let views = "page_view 1 day ago  ".repeat(10);
    for (rest, lead, signals, expected) in [
        (
            "decide d { hot when readiness >= 37.5  cold otherwise }\n",
            "site pharmacy  existing no  rival no",
            format!("{views} demo 1 day ago"),
            "d hot  readiness 37.5",
        ),
        (
            "score s from 0 to 100 { section all points up to 45 { +20 when site is hospital  +5 per page_view in last 9 days } }\ndecide d { hot when s >= 45  cold otherwise }\n",
            "site clinic  existing no  rival no",
            views.clone(),
            "d hot  s 45",
        ),
    ] {
        let test = format!(
            "test \"it is there\" {{ as of 2026-11-18T15:00 lead {{ {lead} }} signals {{ {signals} }} expect {{ {expected} }} }}\n"
        );
        let text = format!("{HEAD}{rest}{test}");
        assert_eq!(marked(&text).len(), 1, "{rest}");
        let files = BTreeMap::from([("p.lead".to_owned(), text)]);
        let policy = Policy::load(&files, "p.lead").unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics));
        let results = policy.test(&Selection::default()).unwrap();
        assert!(results.iter().all(|result| result.passed()), "{results:?}");
    }
}
