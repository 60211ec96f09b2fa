//! Standards: each form holds, fails and stands at its edges; what a broken policy is told; what a standard itself can get wrong.
//!
//! Every expectation is worked out by hand from the policy below.

use std::collections::BTreeMap;

use jiff::civil::date;
use leadwright::diagnostic::render_human::{Look, render};
use leadwright::diagnostic::{Diagnostic, Severity};
use leadwright::model::standards::{REQUIREMENTS, SLOTS};
use leadwright::model::{AsOf, Checked, check, check_as_of};

const POLICY: &str = r#"leadwright 1
policy p {
  version "2026.3"
  dated 2026-03-31
  owner marketing
  timezone "America/New_York"
  follows g
}
use "g.lead"
team marketing
team sales on week
calendar week { hours mon to fri 09:00 to 17:00 }
lead {
  id      text key from crm "Id"
  beds    whole 0..1_000 optional from crm "Beds", marketo "Beds"
  budget  yes_no optional from marketo "Budget"
  state   text
  heat    decimal 2 0..4
}
signal called
let eager = heat >= 2
score fit from 0 to 100 {
  section size 37.5% { beds 100% { 100 or more 10   under 100 -2.5   missing 0 } }
  section will 62.5% {
    budget 50% { yes 10   no 0   missing 0 }
    heat 50% { 3 or more 9   under 3 2 each }
  }
  adjust +5 when eager
}
score card from 0 to 50 {
  section extra points up to 50 { +100 when state is "OH" }
}
decide status {
  hot   when fit >= 65.5 and fit.size >= 20 and eager
  warm  when fit > 40 or fit is 30
  cold  otherwise
}
stage raw owner marketing start
stage mql owner marketing {
  accountable marketing
  responsible marketing, sales
}
stage won owner sales final { accountable marketing, sales }
flow { raw -> mql when status is hot   mql -> won when status is warm }
route handover when entering mql { inside otherwise }
route extra when state is "OH" { inside otherwise }
queue inside team sales
sla touch {
  starts when entering mql
  stops on called
  within 30 business minutes when status is hot
  within 4 business hours otherwise
  by sales
}
claim "cold leads stay" always status is cold implies not eager
test "a hot lead" {
  lead { state "OH"  heat 3 }
  expect { eager yes }
}
"#;

fn files(policy: &str, standard: &str) -> BTreeMap<String, String> {
    let files = [("p.lead", policy), ("g.lead", standard)];
    files.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

fn standard(requirements: &str) -> String {
    format!("leadwright 1\nstandard g {{\n  require {requirements}\n}}\n")
}

/// The policy with each text replaced by another; each must be there.
fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = POLICY.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

fn checked(requirements: &str, edits: &[(&str, &str)]) -> Checked {
    check(&files(&edited(edits), &standard(requirements)), "p.lead")
}

fn show(checked: &Checked) -> String {
    render(&checked.diagnostics, &checked.sources, Look { width: 100, colour: false, unicode: true })
}

/// The requirement holds: nothing is reported.
fn holds(requirement: &str, edits: &[(&str, &str)]) {
    let checked = checked(requirement, edits);
    assert!(checked.diagnostics.is_empty(), "{requirement}\n{}", show(&checked));
}

/// The requirement is broken: one E0702, whose message begins with the finding, that points at these places and then at the rule.
fn breaks(requirement: &str, edits: &[(&str, &str)], finding: &str, places: &[&str]) {
    let checked = checked(requirement, edits);
    let [diagnostic] = checked.diagnostics.as_slice() else { panic!("{requirement}\n{}", show(&checked)) };
    assert_eq!(diagnostic.name(), "E0702", "{}", show(&checked));
    assert_eq!(diagnostic.severity, Severity::Error);
    assert_eq!(diagnostic.message, format!("{finding}; the standard `g` requires `{requirement}`"));
    let (rule, policy) = diagnostic.labels.split_last().expect("labels");
    assert_eq!(checked.sources.text(rule.span), format!("require {requirement}"), "the last place is the rule");
    assert_eq!(checked.sources.get(rule.span.source).path, "g.lead");
    let found: Vec<&str> = policy.iter().map(|label| checked.sources.text(label.span)).collect();
    assert_eq!(found, places, "{}", show(&checked));
    assert!(policy.iter().all(|label| checked.sources.get(label.span.source).path == "p.lead"));
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect()
}

/// The standard's own mistake, where it stands.
fn mistake(requirements: &str, code: &str, at: &str) -> Diagnostic {
    let checked = checked(requirements, &[]);
    assert_eq!(codes(&checked), [code], "{requirements}\n{}", show(&checked));
    let diagnostic = checked.diagnostics[0].clone();
    assert_eq!(checked.sources.text(diagnostic.labels[0].span), at, "{}", show(&checked));
    diagnostic
}

// --- scores -----------------------------------------------------------------------------------------------------------

#[test]
fn weights_of_sections() {
    let outside = "the weight of section `size` is outside of the bound";
    for requirement in ["<= 37.5%", "<= 37.50%", ">= 37.5%", "< 37.500001%", "between 37.5% and 37.5%", "> 0%"] {
        holds(&format!("weight of section size {requirement}"), &[]);
    }
    for requirement in ["< 37.5%", "> 37.5%", "<= 37.499999%", "between 40% and 60%", "between 0% and 37%"] {
        breaks(&format!("weight of section size {requirement}"), &[], outside, &["37.5%"]);
    }
    holds("weight of section fit.size <= 50%", &[]);
    breaks("weight of section extra <= 50%", &[], "the weight of section `extra` is outside of the bound", &["points"]);
    breaks("weight of section sizes <= 50%", &[], "there is no section `sizes`", &["g"]);
    breaks("weight of section card.size <= 50%", &[], "there is no section `card.size`", &["g"]);
    // every persona's section of the name counts
    let personas = [
        ("  section size 37.5% {", "  for eager { section size 60% {"),
        ("  section will 62.5% {", "  section will 40% {"),
        (
            "  adjust +5",
            "  } otherwise { section size 55% { state 100% { \"OH\" 1  otherwise 0 } } section will 45% { state 100% { otherwise 0 } } }\n  adjust +5",
        ),
    ];
    breaks("weight of section size <= 50%", &personas, outside, &["60%", "55%"]);
    holds("weight of section size <= 60%", &personas);
}

#[test]
fn totals_of_section_weights() {
    holds("every score has section weights that total 100%", &[]);
    holds("every score has section weights that total 100.00%", &[]);
    breaks("every score has section weights that total 90%", &[], "the score `fit` has section weights with another total", &["fit"]);
    // the language says the same; the standard joins in, with its own place
    let short = checked("every score has section weights that total 100%", &[("will 62.5%", "will 60%")]);
    assert_eq!(codes(&short), ["E0401"], "{}", show(&short));
    let last = short.diagnostics[0].labels.last().expect("a label");
    assert_eq!(last.text, "the standard `g` requires it too");
}

#[test]
fn priorities() {
    holds("every priority between -10 and 10", &[]);
    holds("every priority between -2.5 and 10", &[]);
    // `2 each` below 3.00 reaches 2.99 × 2 = 5.98
    let bands = ["3 or more 9", "under 3 2 each"];
    breaks(
        "every priority between -2.5 and 5.97",
        &[("10   under", "5   under"), ("yes 10", "yes 5")],
        "2 priorities are too far: `3 or more 9` and `under 3 2 each`",
        &bands,
    );
    holds("every priority between -2.5 and 5.98", &[("10   under", "5   under"), ("yes 10", "yes 5"), ("or more 9", "or more 5")]);
    breaks("every priority > -2.5", &[], "the priority of `under 100 -2.5` is too far", &["under 100 -2.5"]);
    holds("some priority < 0", &[]);
    holds("some priority <= -2.5", &[]);
    breaks("some priority < -2.5", &[], "no priority of any score lies within the bound", &["g"]);
    holds("some priority between 5.9 and 5.98", &[]);
    breaks("some priority between 9.5 and 9.9", &[], "no priority of any score lies within the bound", &["g"]);
    let far = checked("every priority between -10 and 10", &[("or more 9", "or more 11")]);
    assert_eq!(codes(&far), ["E0409"], "{}", show(&far));
    assert_eq!(far.diagnostics[0].labels.last().expect("a label").text, "the standard `g` requires it too");
}

#[test]
fn thresholds() {
    let of = |value: &str, row: &str, limit: &str| format!("threshold of {value} in {row} {limit}");
    holds(&of("fit", "status.hot", "between 55 and 80"), &[]);
    holds(&of("fit", "status.hot", "between 65.5 and 65.50"), &[]);
    let outside = "the constant `65.5` is a threshold of `fit` in `status.hot`";
    breaks(&of("fit", "status.hot", "< 65.5"), &[], outside, &["65.5"]);
    breaks(&of("fit", "status.hot", "between 65.500001 and 80"), &[], outside, &["65.5"]);
    holds(&of("fit.size", "status.hot", ">= 20"), &[]);
    // through the let
    holds(&of("heat", "status.hot", "between 2 and 2"), &[]);
    breaks(&of("heat", "status.hot", "> 2"), &[], "the constant `2` is a threshold of `heat` in `status.hot`", &["2"]);
    // either constant lets a lead in, so each is a threshold
    holds(&of("fit", "status.warm", "between 30 and 40"), &[]);
    breaks(&of("fit", "status.warm", ">= 35"), &[], "the constant `30` is a threshold of `fit` in `status.warm`", &["30"]);
    // none: fails
    breaks(&of("fit", "status.cold", ">= 0"), &[], "the row `status.cold` has no threshold of `fit`", &["cold  otherwise"]);
    breaks(
        &of("beds", "status.hot", ">= 0"),
        &[],
        "the row `status.hot` has no threshold of `beds`",
        &["hot   when fit >= 65.5 and fit.size >= 20 and eager"],
    );
    // a table as a whole: where there is one
    holds(&of("fit", "status", "between 30 and 65.5"), &[]);
    breaks(&of("fit", "status", "<= 60"), &[], "the constant `65.5` is a threshold of `fit` in `status`", &["65.5"]);
    // a name that is not there
    breaks(&of("fits", "status.hot", ">= 0"), &[], "there is no number `fits`", &["g"]);
    breaks(&of("fit.sizes", "status.hot", ">= 0"), &[], "there is no number `fit.sizes`", &["g"]);
    breaks(&of("state", "status.hot", ">= 0"), &[], "there is no number `state`", &["g"]);
    breaks(&of("fit", "states.hot", ">= 0"), &[], "there is no `decide states`", &["g"]);
    breaks(&of("fit", "status.hottest", ">= 0"), &[], "`status` has no row `hottest`", &["g"]);
}

/// What a condition needs a value to reach; none if there is a way around it.
#[test]
fn what_a_row_needs() {
    let cases: &[(&str, &[&str])] = &[
        ("fit >= 60", &["60"]),
        ("60 <= fit", &["60"]),
        ("fit <= 60", &[]),
        ("60 >= fit", &[]),
        ("(fit > 60)", &["60"]),
        ("fit between 60 and 90", &["60"]),
        ("fit is 60", &["60"]),
        ("fit is one of 60, 70", &["60", "70"]),
        ("fit is not 60", &[]),
        ("fit >= 60 or budget", &[]),
        ("fit >= 60 or fit >= 70", &["60", "70"]),
        ("fit >= 60 and (fit >= 70 or budget)", &["60"]),
        ("(fit >= 60 and budget) or (eager and fit >= 70)", &["60", "70"]),
        ("not (fit < 60)", &["60"]),
        ("not (fit < 60 or budget)", &["60"]),
        ("not (fit < 60 and budget)", &[]),
        ("not (fit between 60 and 70)", &[]),
        ("not (fit is not 60)", &["60"]),
        ("fit < 60 implies fit >= 70", &["60", "70"]),
        ("budget implies fit >= 70", &[]),
        ("not (fit >= 60 implies budget)", &["60"]),
        ("ready", &["60"]),
        ("not unready", &["60"]),
        ("not ready", &[]),
        ("same >= 60", &["60"]),
        ("readier and budget", &["60", "61"]),
        // a missing number of beds is under nothing, so it gets in too
        ("not (beds < 60)", &[]),
        ("budget", &[]),
    ];
    for (condition, expected) in cases {
        let lets = "let ready = fit >= 60\nlet unready = not ready\nlet same = fit\nlet readier = ready and same >= 61\n";
        let edits = [("hot   when fit >= 65.5 and fit.size >= 20 and eager", format!("hot   when {condition}"))];
        let edits: Vec<(&str, &str)> = edits.iter().map(|(from, to)| (*from, to.as_str())).collect();
        let policy = edited(&edits).replace("decide status", &format!("{lets}decide status"));
        for value in ["fit", "beds"] {
            let expected: &[&str] = if value == "fit" { expected } else { &[] };
            // nothing lies above a million, so that every threshold is shown
            let text = standard(&format!("threshold of {value} in status.hot > 1_000_000"));
            let checked = check(&files(&policy, &text), "p.lead");
            // a `not` that missing values slip through is a warning of its own
            let broken: Vec<&Diagnostic> = checked.diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
            let [diagnostic] = broken.as_slice() else { panic!("{condition}\n{}", show(&checked)) };
            let (_, places) = diagnostic.labels.split_last().expect("labels");
            let found: Vec<&str> = places.iter().map(|label| checked.sources.text(label.span)).collect();
            if expected.is_empty() {
                assert!(diagnostic.message.contains("has no threshold of"), "{condition}\n{}", show(&checked));
            } else {
                assert_eq!(found, expected, "{condition}\n{}", show(&checked));
            }
        }
    }
}

#[test]
fn thresholds_of_grids() {
    let grid = "grid grade of fit across heat {\n  3 or more, under 3\n  70 or more a1, a2\n  40 to under 70 b1, b2\n  under 40 c1, c2\n}\nstage raw";
    let edits = [("stage raw", grid)];
    holds("threshold of fit in grade.a1 >= 70", &edits);
    holds("threshold of heat in grade.a1 between 3 and 3", &edits);
    breaks("threshold of fit in grade.b2 > 40", &edits, "the constant `40` is a threshold of `fit` in `grade.b2`", &["40"]);
    breaks("threshold of heat in grade.a2 > 0", &edits, "the row `grade.a2` has no threshold of `heat`", &["a2"]);
    breaks("threshold of fit in grade.c1 > 0", &edits, "the row `grade.c1` has no threshold of `fit`", &["c1"]);
}

#[test]
fn bounds_of_scores() {
    holds("every score between 0 and 100", &[]);
    breaks("every score between 0 and 60", &[], "the score `fit` can leave the bound", &["fit"]);
    // fit: 37.5 % of 100 and -25, 62.5 % of 50 % × (100 + 90) and 0, 5 more: from -9.375 to 37.5 + 59.375 + 5 = 101.875
    let open = [("score fit from 0 to 100", "score fit")];
    holds("every score between -9.375 and 101.875", &open);
    breaks("every score between -9.374 and 200", &open, "the score `fit` can leave the bound", &["fit"]);
    breaks("every score <= 101.874", &open, "the score `fit` can leave the bound", &["fit"]);
}

// --- stages, routes, clocks -------------------------------------------------------------------------------------------

#[test]
fn who_is_what_in_a_stage() {
    holds("every stage has owner", &[]);
    holds("every stage has one owner", &[]);
    // the owner is accountable unless said
    holds("every stage has accountable", &[]);
    breaks(
        "every stage has one accountable",
        &[],
        "the stage `won` has not exactly one team accountable",
        &["accountable marketing, sales"],
    );
    holds("every stage has one accountable", &[("accountable marketing, sales", "accountable marketing")]);
    breaks("every stage has responsible", &[], "2 stages have nobody responsible: `raw` and `won`", &["raw", "won"]);
    breaks(
        "every stage has one responsible",
        &[],
        "3 stages have not exactly one team responsible: `raw`, `mql` and `won`",
        &["raw", "responsible marketing, sales", "won"],
    );
    breaks("every stage has consulted", &[], "3 stages have nobody consulted: `raw`, `mql` and `won`", &["raw", "mql", "won"]);
    let ownerless = checked("every stage has owner", &[("stage raw owner marketing", "stage raw")]);
    assert_eq!(codes(&ownerless), ["E0503"], "{}", show(&ownerless));
    assert_eq!(ownerless.diagnostics[0].labels.last().expect("a label").text, "the standard `g` requires it too");
}

#[test]
fn allowed_owners() {
    holds("every stage owner is one of sales, marketing", &[]);
    breaks("every stage owner is one of marketing", &[], "the stage `won` has an owner that is not allowed", &["sales"]);
    holds("every queue team is one of sales", &[]);
    breaks("every queue team is one of marketing, desk", &[], "the queue `inside` belongs to a team that is not allowed", &["sales"]);
    holds("policy owner is one of sales, marketing", &[]);
    breaks("policy owner is one of sales", &[], "the policy belongs to `marketing`", &["marketing"]);
    breaks("policy owner is one of sales", &[("  owner marketing\n", "")], "the policy's header has no `owner`", &["g"]);
}

#[test]
fn handovers() {
    holds("every handover has sla", &[]);
    let elsewhere = [("starts when entering mql", "starts when entering won")];
    breaks("every handover has sla", &elsewhere, "the handover `handover` has no sla", &["handover"]);
    // a clock that starts on a signal, or when a lead leaves, does not start there
    breaks(
        "every handover has sla",
        &[("starts when entering mql", "starts on called")],
        "the handover `handover` has no sla",
        &["handover"],
    );
    breaks(
        "every handover has sla",
        &[("starts when entering mql", "starts when leaving mql")],
        "the handover `handover` has no sla",
        &["handover"],
    );
    holds("every handover has sla", &[("starts when entering mql", "starts when entering won or entering mql")]);
    // each stage needs a clock
    let two = [("handover when entering mql", "handover when entering mql or (entering won and eager)")];
    breaks("every handover has sla", &two, "the handover `handover` has no sla", &["handover"]);
    // no handover, nothing to hold
    holds(
        "every handover has sla",
        &[("when entering mql { inside", "when budget { inside"), ("starts when entering mql", "starts on called")],
    );

    holds("every handover has sla within 4 business hours", &[]);
    holds("every handover has sla within 240 business minutes", &[]);
    let long = "the handover `handover` has no sla so short";
    breaks("every handover has sla within 3 business hours", &[], long, &["4 business hours"]);
    breaks("every handover has sla within 4 hours", &[], long, &["30 business minutes"]);
    breaks("every handover has sla within 1 business day", &[], long, &["30 business minutes"]);
    breaks("every handover has sla within 4 business hours", &elsewhere, long, &["handover"]);
    let second = "sla late { starts when entering mql  stops on called  within 9 hours }\nsla touch";
    holds("every handover has sla within 4 business hours", &[("sla touch", second)]);

    // a lead that no target takes has no clock
    let other = "within 4 business hours otherwise";
    let first = "within 30 business minutes when status is hot";
    breaks("every handover has sla within 4 business hours", &[(other, "")], long, &[first]);
    breaks("every handover has sla", &[(other, "")], "the handover `handover` has no sla", &[first]);
    // unless they take all there are, in one clock or in several
    let rest = [(other, "within 4 business hours when status is one of warm, cold")];
    holds("every handover has sla within 4 business hours", &rest);
    let two = [(
        other,
        "  by sales\n}\nsla late {\n  starts when entering mql\n  stops on called\n  within 4 business hours when not status is hot",
    )];
    holds("every handover has sla within 4 business hours", &two);
    breaks("every handover has sla within 3 business hours", &two, long, &[first]);
}

// --- fields -----------------------------------------------------------------------------------------------------------

#[test]
fn sources_of_fields() {
    breaks("every field has source", &[], "2 fields have no source: `state` and `heat`", &["state", "heat"]);
    breaks("every field has source crm", &[], "3 fields have no source `crm`: `budget`, `state` and `heat`", &["budget", "state", "heat"]);
    // card reads state, fit reads beds, budget and heat, the latter through `eager` too
    let crm = "3 fields have no source `crm`: `budget`, `heat` and `state`";
    breaks("every field in score has source crm", &[], crm, &["budget", "heat", "state"]);
    breaks("every field in fit has source marketo", &[], "the field `heat` has no source `marketo`", &["heat"]);
    breaks("every field in card has source crm", &[], "the field `state` has no source `crm`", &["state"]);
    holds("every field in fit has source marketo", &[("decimal 2 0..4", "decimal 2 0..4 from marketo \"Heat\"")]);
    breaks("every field in fits has source crm", &[], "there is no score `fits`", &["g"]);
    let indirect = [
        ("let eager = heat >= 2", "let north = state is \"NY\"\nlet eager = heat >= 2 and north"),
        ("  state   text\n", "  state   text from crm \"State\"\n"),
    ];
    let found = "2 fields have no source `marketo`: `heat` and `state`";
    breaks("every field in fit has source marketo", &indirect, found, &["heat", "state"]);
    // `every` over nothing passes
    holds(
        "every field in score has source crm",
        &[
            ("+100 when state is \"OH\"", "+100 when beds > 3"),
            ("heat 50% { 3 or more 9   under 3 2 each }", "beds 100% { otherwise 1  missing 0 }"),
            ("budget 50% { yes 10   no 0   missing 0 }", ""),
            ("  adjust +5 when eager\n", ""),
            ("and eager", ""),
        ],
    );
}

#[test]
fn allowed_and_needed_fields() {
    holds("every field is one of id, beds, budget, state, heat, email", &[]);
    breaks("every field is one of id, beds, budget", &[], "2 fields are not allowed: `state` and `heat`", &["state", "heat"]);
    holds("no field is one of religion, age", &[]);
    breaks("no field is one of religion, state", &[], "the field `state` is not allowed", &["state"]);
    holds("every field in fit is one of beds, budget, heat", &[]);
    breaks("every field in score is one of beds, budget, heat", &[], "the field `state` is not allowed", &["state"]);
    holds("no field in fit is one of state", &[]);
    breaks("no field in card is one of state", &[], "the field `state` is not allowed", &["state"]);
    breaks("no field in cards is one of state", &[], "there is no score `cards`", &["g"]);
    holds("lead has beds, state", &[]);
    breaks("lead has beds, email", &[], "the lead lacks the field `email`", &["g"]);
    breaks("lead has email, phone", &[], "the lead lacks the fields `email` and `phone`", &["g"]);
}

// --- the policy as a whole --------------------------------------------------------------------------------------------

#[test]
fn properties_titles_and_counts() {
    for property in ["version", "dated", "owner", "timezone"] {
        holds(&format!("policy has {property}"), &[]);
    }
    breaks("policy has currency", &[], "the policy's header has no `currency`", &["g"]);
    holds("claim \"cold leads stay\"", &[]);
    holds("claim \" Cold Leads stay\"", &[]);
    breaks("claim \"cold leads\"", &[], "the policy has no claim \"cold leads\"", &["g"]);
    holds("test \"a hot lead\"", &[]);
    breaks("test \"cold leads stay\"", &[], "the policy has no test \"cold leads stay\"", &["g"]);
    let counts = [
        ("tests", 1),
        ("claims", 1),
        ("promises", 0),
        ("slas", 1),
        ("scores", 2),
        ("stages", 3),
        ("fields", 5),
        ("signals", 1),
        ("routes", 2),
        ("queues", 1),
        ("teams", 2),
    ];
    for (things, count) in counts {
        holds(&format!("at least {count} {things}"), &[]);
        holds(&format!("at most {count} {things}"), &[]);
        let shown = if count == 1 { things.trim_end_matches('s') } else { things };
        breaks(&format!("at least {} {things}", count + 1), &[], &format!("the policy has {count} {shown}"), &["g"]);
        if count > 0 {
            breaks(&format!("at most {} {things}", count - 1), &[], &format!("the policy has {count} {shown}"), &["g"]);
        }
    }
}

#[test]
fn the_age_of_a_version() {
    let on = |requirement: &str, as_of: Option<AsOf>| {
        let checked = check_as_of(&files(POLICY, &standard(requirement)), "p.lead", as_of);
        checked.diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect::<Vec<_>>()
    };
    let day = |year, month, day| Some(AsOf::Day(date(year, month, day)));
    let old = |today: &str, age: &str| {
        vec![format!("on {today} the version of 2026-03-31 is too old; the standard `g` requires `version at most {age} old`")]
    };
    let none: Vec<String> = Vec::new();
    // dated 2026-03-31: the last day is the same day of the later month, or its last
    for (age, last, next) in [
        ("12 months", day(2027, 3, 31), ("2027-04-01", day(2027, 4, 1))),
        ("1 year", day(2027, 3, 31), ("2027-04-01", day(2027, 4, 1))),
        ("11 months", day(2027, 2, 28), ("2027-03-01", day(2027, 3, 1))),
        ("1 month", day(2026, 4, 30), ("2026-05-01", day(2026, 5, 1))),
        ("90 days", day(2026, 6, 29), ("2026-06-30", day(2026, 6, 30))),
        ("2 weeks", day(2026, 4, 14), ("2026-04-15", day(2026, 4, 15))),
    ] {
        let requirement = format!("version at most {age} old");
        assert_eq!(on(&requirement, last), none, "{age}");
        assert_eq!(on(&requirement, next.1), old(next.0, age));
        // the clock is an input: without one nothing is asked of it
        assert_eq!(on(&requirement, None), none);
    }
    assert_eq!(on("version at most 1 month old", day(2026, 1, 1)), none, "a version may be dated ahead");
    // 2027-04-01T03:59Z is still March in New York
    assert_eq!(on("version at most 12 months old", Some(AsOf::Moment(1_806_551_940_000_000))), none);
    assert_eq!(on("version at most 12 months old", Some(AsOf::Moment(1_806_552_000_000_000))), old("2027-04-01", "12 months"));
    breaks(
        "version at most 12 months old",
        &[("  dated 2026-03-31\n", "")],
        "the policy's header does not say of when its version is",
        &["g"],
    );
}

// --- following --------------------------------------------------------------------------------------------------------

#[test]
fn warnings_and_reasons() {
    let checked = checked("some priority < -5 because \"Negative scoring is part of the model\" as warning", &[]);
    assert_eq!(codes(&checked), ["E0702"]);
    assert_eq!(checked.diagnostics[0].severity, Severity::Warning);
    assert_eq!(checked.diagnostics[0].help.as_deref(), Some("Negative scoring is part of the model"));
    let both = format!("{}{}", "every field has source because \"Exports bind by themselves\"\n  require at least 9 tests", "");
    let checked = super::standards::checked(&both, &[]);
    assert_eq!(codes(&checked), ["E0702", "E0702"]);
    let mut helps: Vec<&str> = checked.diagnostics.iter().filter_map(|diagnostic| diagnostic.help.as_deref()).collect();
    helps.sort_unstable();
    assert_eq!(
        helps,
        [
            "Exports bind by themselves (name the column behind its type: `from SYSTEM \"Column\"`)",
            "make it hold in the policy; behind a requirement, `as warning` lets a policy score that breaks it",
        ]
    );
}

#[test]
fn which_standards_are_followed() {
    let two = "leadwright 1\nstandard g {\n  require at least 1 test\n}\nstandard h {\n  require at least 2 tests\n}\n";
    let run = |policy: &str, standard: &str| check(&files(policy, standard), "p.lead");
    let two = two.replace("1 test\n", "1 tests\n");
    assert!(run(POLICY, &two).diagnostics.is_empty(), "nobody follows h");
    let both = run(&edited(&[("follows g", "follows g, h")]), &two);
    assert_eq!(codes(&both), ["E0702"], "{}", show(&both));
    assert_eq!(both.sources.text(both.diagnostics[0].labels[0].span), "h");
    let unknown = run(&edited(&[("follows g", "follows gg")]), &two);
    assert_eq!(codes(&unknown), ["E0201"], "{}", show(&unknown));
    assert!(unknown.diagnostics[0].help.as_deref().unwrap_or_default().contains("did you mean"), "{}", show(&unknown));
    let twice = run(&edited(&[("follows g", "follows g, g")]), &two);
    assert_eq!(codes(&twice), ["E0202"], "{}", show(&twice));
    // a standard nobody follows is held to its words alone
    let alone = run(&edited(&[("  follows g\n", "")]), &two.replace("2 tests", "2 testz"));
    assert_eq!(codes(&alone), ["E0701"], "{}", show(&alone));
    let empty = run(POLICY, "leadwright 1\nstandard g {}\n");
    assert!(empty.diagnostics.is_empty(), "{}", show(&empty));
    // of a standard in a file that is not there nothing is said
    let gone = check(&BTreeMap::from([("p.lead".to_owned(), POLICY.to_owned())]), "p.lead");
    assert_eq!(codes(&gone), ["E0104"], "{}", show(&gone));
}

/// What a mistake has broken is not judged: mending it is the first thing to do.
#[test]
fn nothing_follows_from_another_mistake() {
    let cases: &[(&str, (&str, &str), &str)] = &[
        ("every handover has sla", ("starts when entering mql", "starts when entering mqll"), "E0207"),
        ("every handover has sla", ("stops on called\n", "stops called\n"), "E0001"),
        ("every handover has sla", ("handover when entering mql", "handover when entering mqll"), "E0207"),
        ("some priority < 0", ("-2.5   missing 0", "-2.5"), "E0406"),
        ("some priority < 0", ("section size 37.5% {", "section size 37.5% "), "E0001"),
        ("weight of section size <= 50%", ("section size 37.5% {", "section size 37.5 {"), "E0001"),
        ("threshold of fit in status.hot >= 0", ("fit >= 65.5", "fit >= beds2"), "E0201"),
        ("threshold of fit in status.hot >= 0", ("decide status {", "decide status "), "E0001"),
        ("threshold of heat in status.hot >= 0", ("let eager = heat >= 2", "let eager = heaty >= 2"), "E0201"),
        ("threshold of fit in status.hot >= 90", ("let eager = heat >= 2", "let eager = eager"), "E0309"),
        ("at least 1 tests", ("expect { eager yes }", "expect { eager }"), "E0001"),
        ("claim \"cold leads stay\"", ("implies not eager", "implies not"), "E0001"),
        ("lead has state", ("  state   text\n", "  state\n"), "E0001"),
        ("policy has version", ("version \"2026.3\"", "version 2026.3"), "E0001"),
    ];
    for (requirement, edit, code) in cases {
        let checked = checked(requirement, &[*edit]);
        let found = codes(&checked);
        assert!(found.contains(code) && !found.contains(&"E0702"), "{requirement} with {edit:?}: {found:?}\n{}", show(&checked));
    }
}

/// Only the part with the mistake is left out.
#[test]
fn other_parts_are_still_judged() {
    let checked = checked("every stage has consulted", &[("stage won owner sales", "stage won owner slaes")]);
    assert_eq!(codes(&checked), ["E0702", "E0205"], "{}", show(&checked));
    let message = "2 stages have nobody consulted: `raw` and `mql`; the standard `g` requires `every stage has consulted`";
    assert_eq!(checked.diagnostics[0].message, message);
}

// --- the words of a standard ------------------------------------------------------------------------------------------

#[test]
fn words_without_a_form() {
    let cases = [
        ("every stag has owner", "stag", "did you mean `stage`?"),
        ("every stage hass owner", "hass", "did you mean `has`?"),
        ("every stage has ownr", "ownr", "did you mean `owner`?"),
        ("weight of section size <= 50", "50", "`weight of section SECTION SHARE`"),
        ("every priority between -10% and 10%", "-10%", "`every priority LIMIT`"),
        ("every priority between 1 or 2", "or", "`every priority LIMIT`"),
        ("at least many tests", "many", "`at least MINIMUM THINGS`"),
        ("at least 2.5 tests", "2.5", "`at least MINIMUM THINGS`"),
        ("at least -1 tests", "-1", "`at least MINIMUM THINGS`"),
        ("at least 3 test", "test", "did you mean `tests`?"),
        ("every stage owner is one of marketing sales", "sales", "`every stage owner is one of NAMES`"),
        ("every handover has sla within soon", "soon", "`every handover has sla within DURATION`"),
        ("version at most 3 moons old", "3", "`version at most AGE old`"),
        ("version at most 3 business days old", "3 business days", "`version at most AGE old`"),
        ("claim cold", "cold", "`claim TITLE`"),
        ("threshold of fit in a.b.c > 3", "a.b.c", "`threshold of VALUE in ROW LIMIT`"),
        ("thresholds of fit in status.hot > 3", "thresholds", "did you mean `threshold`?"),
        ("every stage has owner always", "always", "`every stage has ROLE`"),
    ];
    for (requirement, at, help) in cases {
        let diagnostic = mistake(requirement, "E0701", at);
        assert!(diagnostic.help.as_deref().unwrap_or_default().contains(help), "{requirement}: {:?}", diagnostic.help);
    }
    // words that end too soon are pointed at behind the last of them
    let short = checked("every stage has", &[]);
    assert_eq!(codes(&short), ["E0701"]);
    assert!(short.diagnostics[0].labels[0].text.starts_with("expected `owner`"), "{}", show(&short));
    // what begins like no form is told all of them
    let all = mistake("please", "E0701", "please").help.unwrap_or_default();
    assert!(REQUIREMENTS.iter().all(|requirement| all.contains(&format!("`{}`", requirement.form))), "{all}");
}

#[test]
fn bounds_that_hold_nothing() {
    mistake("every priority between 10 and -10", "E0310", "require every priority between 10 and -10");
    // a number that cannot be read is no bound
    mistake("every priority < 99999999999999999999", "E0007", "99999999999999999999");
}

#[test]
fn contradictions() {
    let pairs = [
        ("weight of section size <= 30%", "weight of section size > 30%"),
        ("every priority between 0 and 10", "some priority < 0"),
        ("at least 10 tests", "at most 9 tests"),
        ("threshold of fit in status.hot between 10 and 20", "threshold of fit in status.hot between 30 and 40"),
        ("every stage owner is one of marketing", "every stage owner is one of sales, desk"),
        ("lead has state, beds", "no field is one of beds"),
        ("lead has email", "every field is one of id, beds"),
        ("every field in fit is one of beds", "no field in fit is one of beds, state"),
    ];
    for (first, second) in pairs {
        for (first, second) in [(first, second), (second, first)] {
            let diagnostic = mistake(&format!("{first}\n  require {second}"), "E0703", &format!("require {second}"));
            assert_eq!(diagnostic.message, format!("no policy can satisfy both `{first}` and `{second}`"));
            // in two standards it matters only to who follows both
            let text = format!("{}standard h {{\n  require {second}\n}}\n", standard(first));
            let both = check(&files(&edited(&[("follows g", "follows g, h")]), &text), "p.lead");
            assert_eq!(codes(&both), ["E0703"], "{}", show(&both));
            let one = check(&files(POLICY, &text), "p.lead");
            assert!(!codes(&one).contains(&"E0703"), "{}", show(&one));
        }
    }
    let friends = [
        ("weight of section size <= 40%", "weight of section size >= 30%"),
        ("weight of section size <= 40%", "weight of section will > 40%"),
        ("some priority < 0", "some priority > 5"),
        ("every priority between -10 and 10", "some priority < 0"),
        ("at least 1 tests", "at most 1 tests"),
        ("at least 2 fields", "at most 1 tests"),
        ("lead has beds", "no field in card is one of beds"),
        ("every stage owner is one of marketing, sales", "every queue team is one of sales"),
    ];
    for (first, second) in friends {
        holds(&format!("{first}\n  require {second}"), &[]);
    }
    let soft = checked("at least 10 tests\n  require at most 9 tests as warning", &[]);
    assert_eq!((codes(&soft), soft.diagnostics[0].severity), (vec!["E0703"], Severity::Warning));
}

/// A policy is judged in bounded time, however many requirements a standard makes and however long its lets lean on each other.
#[test]
fn very_large_standards_end() {
    let many = "  require at least 0 tests\n".repeat(1_001);
    let checked = check(&files(POLICY, &format!("leadwright 1\nstandard g {{\n{many}}}\n")), "p.lead");
    assert_eq!(codes(&checked), ["E0005"], "{}", show(&checked));
    let lets: String = (1..5_000).map(|index| format!("let l{index} = l{} and l{}\n", index - 1, index - 1)).collect();
    let policy = edited(&[
        ("decide status", &format!("let l0 = fit >= 60\n{lets}decide status")),
        ("hot   when fit >= 65.5 and fit.size >= 20 and eager", "hot   when l4999"),
    ]);
    let checked = check(&files(&policy, &standard("threshold of fit in status.hot between 60 and 60")), "p.lead");
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    let fields: String = (0..200).map(|index| format!("  f{index} text\n")).collect();
    let checked = check(
        &files(
            &edited(&[("  state   text\n", &format!("  state   text\n{fields}"))]).replace("state \"OH\"  heat 3", "heat 3"),
            &standard("every field has source"),
        ),
        "p.lead",
    );
    let broken = checked.diagnostics.iter().find(|diagnostic| diagnostic.name() == "E0702").expect("202 fields without source");
    assert!(broken.message.starts_with("202 fields have no source: `state`"), "{}", broken.message);
    assert_eq!(broken.labels.len(), 13);
    assert!(broken.help.as_deref().unwrap_or_default().contains("190 more places"), "{:?}", broken.help);
}

/// The policy satisfies this, so whatever is said once a word of it is out of place has to come from that.
const SATISFIED: &[&str] = &[
    "weight of section size <= 50%",
    "every score has section weights that total 100%",
    "every priority between -10 and 10",
    "some priority < 0",
    "threshold of fit in status.hot between 55 and 80",
    "threshold of heat in status.hot >= 1",
    "every score between 0 and 100",
    "every stage has accountable",
    "every stage owner is one of marketing, sales",
    "every queue team is one of sales",
    "every handover has sla within 4 business hours",
    "lead has beds, state",
    "policy has version",
    "version at most 12 months old",
    "claim \"cold leads stay\"",
    "test \"a hot lead\"",
    "at least 5 fields",
];

/// One word of the policy left out, or with a letter too much: what is a mistake of the language is not said to break the standard too, unless
/// the word itself is what the standard asks for.
#[test]
fn a_slip_is_no_breach() {
    let standard = standard(&SATISFIED.join("\n  require "));
    assert!(check(&files(POLICY, &standard), "p.lead").diagnostics.is_empty());
    let policy = POLICY;
    let words = policy.split_whitespace().map(|word| word.as_ptr() as usize - policy.as_ptr() as usize);
    let mut slips = 0;
    let mut breaches = std::collections::BTreeSet::new();
    // every third of them, to be done in seconds
    for start in words.step_by(3) {
        let end = start + policy[start..].find(char::is_whitespace).unwrap_or(policy.len() - start);
        for with in [String::new(), format!("{}x", &policy[start..end])] {
            let text = format!("{}{with}{}", &policy[..start], &policy[end..]);
            let checked = check(&files(&text, &standard), "p.lead");
            let (broken, others): (Vec<_>, Vec<_>) = checked.diagnostics.iter().partition(|diagnostic| diagnostic.name() == "E0702");
            slips += 1;
            if !others.is_empty() {
                breaches.extend(broken.iter().map(|diagnostic| format!("`{}` -> `{with}`: {}", &policy[start..end], diagnostic.message)));
            }
        }
    }
    assert!(slips > 140, "{slips}");
    let breaches: Vec<String> = breaches.into_iter().collect();
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// Words in any order are at worst no requirement.
#[test]
fn any_words_are_read() {
    let words: Vec<&str> = REQUIREMENTS.iter().flat_map(|row| row.example.split(' ')).filter(|word| !word.contains('"')).collect();
    let mut state = 7_u64;
    let mut next = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound
    };
    let mut misread = 0;
    for _ in 0..400 {
        let mut text: Vec<&str> = REQUIREMENTS[next(REQUIREMENTS.len())].example.split(' ').collect();
        for _ in 0..=next(3) {
            let at = next(text.len());
            match next(3) {
                0 if text.len() > 1 => drop(text.remove(at)),
                1 => text.insert(at, words[next(words.len())]),
                _ => text[at] = words[next(words.len())],
            }
        }
        let text = text.join(" ");
        let checked = checked(&text, &[]);
        misread += usize::from(codes(&checked).contains(&"E0701"));
        assert!(checked.diagnostics.iter().all(|diagnostic| !diagnostic.message.is_empty()), "{text}");
    }
    assert!(misread > 200, "{misread}");
}

// --- the page ---------------------------------------------------------------------------------------------------------

/// docs/standards.md lists every form and every slot, as the compiler knows them.
#[test]
fn the_page_is_the_table() {
    let page = include_str!("../../docs/standards.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let forms = REQUIREMENTS.iter().map(|row| format!("| `{}` | {} | `{}` |", row.form, row.means, row.example));
    let slots = SLOTS.iter().map(|slot| format!("| `{}` | {} |", slot.name, slot.stands_for));
    let expected: Vec<String> = forms.chain(slots).collect();
    assert_eq!(rows, expected, "write into docs/standards.md:\n{}", expected.join("\n"));
}

/// The example of each form is of that form and of no other.
#[test]
fn every_example_is_of_its_form() {
    for row in REQUIREMENTS {
        let checked = checked(row.example, &[("  follows g\n", "")]);
        assert!(checked.diagnostics.is_empty(), "{}\n{}", row.example, show(&checked));
        let words =
            |text: &'static str| text.split(' ').filter(|word| word.chars().all(|letter| letter.is_lowercase())).collect::<Vec<_>>();
        let example: Vec<&str> = row.example.split(' ').collect();
        assert!(words(row.form).iter().all(|word| example.contains(word)), "{} for {}", row.example, row.form);
    }
}
