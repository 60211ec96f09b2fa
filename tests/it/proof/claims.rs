//! Claims of policies that people read: the answer to each, and that what is printed is a test that passes.

use leadwright::policy::Policy;
use leadwright::policy::prove::{Proofs, Verdict, diagnostic};
use leadwright::proof::BUDGET;
use leadwright::testing::Selection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

struct Folder(PathBuf);

impl leadwright::source::Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, leadwright::source::ReadError> {
        std::fs::read(self.0.join(path)).map_err(|error| leadwright::source::ReadError::Other(error.to_string()))
    }
}

pub(super) fn folder(path: &str) -> Policy {
    let root = Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    Policy::load(&root, "medbank.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

fn text(policy: &str) -> Policy {
    let files = BTreeMap::from([("policy.lead".to_string(), policy.to_string())]);
    Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

fn verdicts(proofs: &Proofs) -> Vec<(&str, Verdict)> {
    proofs.claims.iter().map(|claim| (claim.title.as_str(), claim.verdict)).collect()
}

/// Every test that is given parses and passes, added to the policy.
pub(super) fn tests_pass(policy: &str, proofs: &Proofs) {
    let tests: Vec<&String> = proofs.claims.iter().flat_map(|claim| &claim.tests).collect();
    let with_tests = tests.iter().fold(policy.to_string(), |text, test| format!("{text}\n{test}"));
    let results = text(&with_tests).test(&Selection::default()).unwrap();
    assert_eq!(results.len(), tests.len(), "{with_tests}");
    for result in results {
        assert!(result.passed(), "{result:#?}\n{with_tests}");
    }
}

#[test]
fn the_claims_of_the_worked_example_hold() {
    for path in ["examples/medbank", "tests/data/medbank_full"] {
        let policy = folder(path);
        let proofs = policy.prove(BUDGET, |_| true);
        assert!(proofs.findings.is_empty() && proofs.asked > 40 && proofs.undecided.is_empty(), "{path}: {proofs:#?}");
        assert!(proofs.claims.iter().all(|claim| claim.verdict == Verdict::Proved), "{path}: {:#?}", verdicts(&proofs));
    }
}

const POLICY: &str = "leadwright 1

policy p { timezone \"America/New_York\"  currency USD }

lead {
  id       text     key
  beds     whole    0..50_000  optional
  role     one of   buyer, nurse, student  optional
  rival    yes_no
  deal     money    optional
  state    text
  seen     date     optional
  products some of  a, b  optional
}

signal visit { path text }

let visits  = count of visit where path starts with \"/products\" in last 30 days
let all     = count of visit in last 30 days
let quiet   = days since last visit

score fit from 0 to 100 {
  section size 60% {
    beds 100% { 500 or more 10   100 to 499 4   under 100 6   missing 0 }
  }
  section interest 40% {
    visits 100% { 3 or more 10   1 to 2 5   0 0 }
  }
  adjust -35 when rival
}

decide status {
  out        when role is student
  hot        when fit >= 70 and deal >= 1_000
  warm       when fit >= 40 or state is \"OH\"
  cold       otherwise
}

claim \"students are out\"            always role is student implies status is out
claim \"rivals are never hot\"        never rival and status is hot
claim \"rivals are out\"              always rival implies status is out
claim \"more beds never hurt\"        fit never falls as beds rises
claim \"beds matter\"                 fit rises as beds rises
claim \"deals do not matter to fit\"  fit never rises as deal rises
claim \"some visit and are quiet\"    possible visits >= 3 and quiet is 2
claim \"careful readers\"             possible all >= 4 and visits < 2 and status is warm
claim \"visits are visits\"           never visits > all
claim \"recent visits are seen\"      always quiet <= 3 implies all >= 1
claim \"the old are warm\"            possible days since seen > 90 and status is warm and products has b
claim \"hot is 70\"                   never status is hot and fit < 70
claim \"all is well\"                 always fit >= 10
";

#[test]
fn claims_are_proved_or_refuted_and_what_is_shown_passes() {
    let policy = text(POLICY);
    let proofs = policy.prove(BUDGET, |_| true);
    let expected = [
        ("students are out", Verdict::Proved),
        ("rivals are never hot", Verdict::Proved),
        ("rivals are out", Verdict::Refuted),
        ("more beds never hurt", Verdict::Refuted),
        ("beds matter", Verdict::Refuted),
        ("deals do not matter to fit", Verdict::Proved),
        ("some visit and are quiet", Verdict::Proved),
        ("careful readers", Verdict::Proved),
        ("visits are visits", Verdict::Proved),
        ("recent visits are seen", Verdict::Proved),
        ("the old are warm", Verdict::Proved),
        ("hot is 70", Verdict::Proved),
        ("all is well", Verdict::Refuted),
    ];
    assert_eq!(verdicts(&proofs), expected, "{:#?}", proofs.claims);
    let shown = |title: &str| proofs.claims.iter().find(|claim| claim.title == title).unwrap();
    // 99 beds give 36, 100 give 24
    assert_eq!(shown("more beds never hurt").reason, "it falls from 36 to 24 as `beds` rises from 99 to 100");
    assert_eq!(shown("more beds never hurt").tests.len(), 2);
    assert_eq!(shown("some visit and are quiet").tests.len(), 1);
    assert!(shown("rivals are never hot").tests.is_empty());
    tests_pass(POLICY, &proofs);
}

/// Rows that come at run time may make anything happen that an empty table does not: what is shown is shown with a row. What holds whatever they say is proved: gold accounts are best, which nobody
/// without a row of that tier is, and a tier is one of two; both columns stand in one row, which says one thing. More beds change nothing but what no row is asked for.
#[test]
fn a_table_that_is_given_at_run_time_can_have_any_rows() {
    let policy = "leadwright 1
policy p { timezone \"UTC\" }
lead { id text key  state text optional  beds whole 0..500 }
table accounts from input { state text key  tier one of gold, tin  size whole 0..90 optional }
let tier = accounts[state].tier
let size = accounts[state].size
score fit { section a points { beds { 100 or more 5  under 100 1 } } }
score worth { section a points { beds { 100 or more 5  under 100 1 }  +10 when tier is gold  +1 when size >= 50 } }
decide grade { best when tier is gold  rest otherwise }
claim \"no gold\" never grade is best
claim \"some gold\" possible grade is best and size >= 50
claim \"some rest\" possible grade is rest
claim \"two tiers\" always tier is missing or tier is gold or tier is tin
claim \"worth\" always worth >= 1
claim \"worth is little\" always worth <= 5
claim \"both\" never tier is gold and tier is tin
claim \"large\" possible size > 90
claim \"of no state\" never state is missing and grade is best
claim \"beds\" fit never falls as beds rises
claim \"more beds\" fit rises as beds rises
claim \"fewer beds\" fit never rises as beds rises
claim \"worth of beds\" worth never falls as beds rises
";
    let proofs = text(policy).prove(100_000, |_| true);
    use Verdict::{Proved, Refuted, Undecided};
    let expected = [
        ("no gold", Refuted),
        ("some gold", Proved),
        ("some rest", Proved),
        ("two tiers", Proved),
        ("worth", Proved),
        ("worth is little", Refuted),
        ("both", Proved),
        ("large", Refuted),
        ("of no state", Proved),
        ("beds", Proved),
        ("more beds", Proved),
        ("fewer beds", Refuted),
        ("worth of beds", Undecided),
    ];
    assert_eq!(verdicts(&proofs), expected, "{:#?}", proofs.claims);
    assert!(proofs.findings.is_empty(), "{:?}", proofs.findings);
    let shown = |title: &str| proofs.claims.iter().find(|claim| claim.title == title).unwrap();
    assert!(shown("no gold").reason.ends_with("1 row of `accounts`"), "{}", shown("no gold").reason);
    assert!(shown("some gold").tests[0].contains("tier gold  size 50 }"), "{}", shown("some gold").tests[0]);
    tests_pass(policy, &proofs);
}

/// The key of a row may be what rises: with another number of beds another row is found, so nothing is proved of a value that rests on it.
#[test]
fn what_a_key_that_rises_finds_is_not_known() {
    let policy = "leadwright 1
policy p { timezone \"UTC\" }
lead { id text key  beds whole 0..500 }
table wards from input { beds whole 0..500 key  points whole 0..9 }
score fit { section a points { +3 when wards[beds].points >= 5 } }
claim \"falls\" fit never falls as beds rises
claim \"three\" always fit <= 3
claim \"some\" possible fit is 3
";
    let proofs = text(policy).prove(100_000, |_| true);
    assert_eq!(
        verdicts(&proofs),
        [("falls", Verdict::Undecided), ("three", Verdict::Proved), ("some", Verdict::Proved)],
        "{:#?}",
        proofs.claims
    );
    tests_pass(policy, &proofs);
}

#[test]
fn a_lead_that_refutes_only_because_it_rests_is_told_to_rest() {
    let moves_on = "leadwright 1\npolicy p { timezone \"UTC\" }\nlead { id text key  beds whole 0..500 }\nteam t\nstage s0 owner t start\n\
        stage s1 owner t final\nflow { s0 -> s1 when beds >= 0 }\nclaim \"moves\" always stage is s0 implies entering s1\n";
    let refuted = |policy: &str| {
        let proofs = text(policy).prove(BUDGET, |_| true);
        let [claim] = &proofs.claims[..] else { panic!("{proofs:#?}") };
        assert_eq!(claim.verdict, Verdict::Refuted);
        (claim.reason.clone(), claim.tests.len(), diagnostic(claim).help.unwrap_or_default())
    };
    let (reason, tests, help) = refuted(moves_on);
    assert!(reason.starts_with("it is not so for a lead that rests until 2026-01-14T12:00"), "{reason}");
    assert_eq!((tests, help.as_str()), (0, "change the policy, or what it claims"));
    // nothing is said of a rest where the lead needs none
    let (reason, tests, help) = refuted(&moves_on.replace("beds >= 0", "beds >= 1"));
    assert_eq!((reason.as_str(), tests), ("it is not so for the plainest lead", 1));
    assert!(help.contains("shows a lead as a test"), "{help}");
}

/// By hand: `c` alone shows the first, though `a` and `b` would too; of the second, 2 and 8 are the first numbers that add up to 10 with the least `m`.
#[test]
fn the_lead_that_refutes_a_claim_is_away_in_as_few_fields_as_can_be() {
    let policy = "leadwright 1\npolicy p { }\nlead { id text key  c yes_no  a yes_no  b yes_no  m whole 0..8  n whole 0..8 optional }\n\
        decide d { best when c  rest otherwise }\nclaim \"nothing\" never c or (a and b)\nclaim \"few\" never m + n >= 10\nclaim \"most\" possible a and m > 3\n";
    let proofs = text(policy).prove(BUDGET, |_| true);
    let reasons: Vec<&str> = proofs.claims.iter().map(|claim| claim.reason.as_str()).collect();
    assert_eq!(reasons, ["it is so for a lead with c yes", "it is so for a lead with m 2, n 8", "some lead shows it"]);
    assert!(proofs.claims[2].tests[0].contains("lead    { c no  a yes  b no  m 4 }"), "{}", proofs.claims[2].tests[0]);
    tests_pass(policy, &proofs);
}

/// Three days before as-of, noon for noon: the lead has been in the stage for three calendar days.
#[test]
fn a_lead_is_put_into_the_stage_in_which_days_are_counted() {
    let policy = "leadwright 1\npolicy p { timezone \"UTC\" }\nlead { id text key  beds whole 0..500 }\nteam t\nstage s0 owner t start\n\
        stage s1 owner t final\nflow { s0 -> s1 when beds >= 10 }\nlet days_there = days in s1\nclaim \"quick\" never days_there >= 3\n";
    let proofs = text(policy).prove(BUDGET, |_| true);
    assert_eq!(proofs.claims[0].reason, "it is so for a lead with stage s1 since 2026-01-11T12:00");
    tests_pass(policy, &proofs);
}

/// What is asked in bands moves at their edges alone, however far a field goes: 99 gives 6, 100 gives 4, 500 gives 10. Two points each have no edge, and `n` no end.
#[test]
fn rises_and_falls_over_a_field_without_a_range() {
    let policy = "leadwright 1\npolicy p { }\nlead { id text key  n whole optional  m whole }\nscore s { section all points { n { 500 or more 10  100 to 499 4  under 100 6  missing 0 } } }\n\
        score t { section all points { n { 500 or more 10  100 to 499 4  under 100 1  missing 0 }  m { 7 or more 1  under 7 0 } } }\n\
        let twice = m * 2\n\
        claim \"a\" s never falls as n rises\nclaim \"b\" t never falls as n rises\nclaim \"c\" t rises as n rises\nclaim \"d\" t never falls as m rises\n\
        claim \"e\" t never rises as m rises\nclaim \"f\" twice never falls as m rises\n";
    let proofs = text(policy).prove(BUDGET, |_| true);
    use Verdict::{Proved, Refuted, Undecided};
    assert_eq!(
        verdicts(&proofs),
        [("a", Refuted), ("b", Proved), ("c", Proved), ("d", Proved), ("e", Refuted), ("f", Undecided)],
        "{:#?}",
        proofs.claims
    );
    assert_eq!(proofs.claims[0].reason, "it falls from 6 to 4 as `n` rises from 99 to 100");
    assert_eq!(proofs.claims[4].reason, "it rises from 0 to 1 as `m` rises from 6 to 7");
    assert_eq!(proofs.claims[5].reason, "the field has no range, and the value is calculated with it");
    assert_eq!(diagnostic(&proofs.claims[5]).help.as_deref(), Some("give the field a range, as in `beds whole 0..50_000`"));
    tests_pass(policy, &proofs);
}

/// By hand: with visits on 1, 2 and 18 November, the cap keeps the first of the month (or the first two of all), and none of those in the last 7 days. What a cap per
/// day keeps of a day is in the same days as the day.
#[test]
fn a_cap_may_have_kept_what_lies_before_the_window() {
    let policy = |cap: &str| {
        format!(
            "leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key }}\nsignal visit\nsignal call\n\
            let plain  = count of visit in last 7 days\nlet capped = count of visit in last 7 days {cap}\nlet seen   = any visit in last 2 days\n\
            let quiet  = days since last visit\nlet since  = count of visit since last call {cap}\nlet freely = count of visit since last call\n\
            let all    = count of visit {cap}\n\
            claim \"count\" never plain >= 1 and capped is 0\nclaim \"any\" never seen and capped is 0\nclaim \"last\" never quiet <= 7 and capped is 0\n\
            claim \"since\" never freely >= 1 and since is 0\nclaim \"at most\" never capped > plain\nclaim \"ever\" never plain >= 1 and all is 0\n"
        )
    };
    for cap in ["at most 1 per month", "at most 2 ever", "at most 1 per week", "at most 1 per 3 days"] {
        let proofs = text(&policy(cap)).prove(BUDGET, |_| true);
        let proved: Vec<&str> =
            proofs.claims.iter().filter(|claim| claim.verdict == Verdict::Proved).map(|claim| claim.title.as_str()).collect();
        assert_eq!(proved, ["at most", "ever"], "{cap}: {:#?}", proofs.claims);
        tests_pass(&policy(cap), &proofs);
    }
    for cap in ["at most 1 per day", "at most 2 per hour", ""] {
        let proofs = text(&policy(cap)).prove(BUDGET, |_| true);
        let proved: Vec<&str> =
            proofs.claims.iter().filter(|claim| claim.verdict == Verdict::Proved).map(|claim| claim.title.as_str()).collect();
        let expected: &[&str] = if cap.is_empty() {
            &["count", "any", "last", "since", "at most", "ever"]
        } else {
            &["count", "any", "last", "at most", "ever"]
        };
        assert_eq!(proved, expected, "{cap}: {:#?}", proofs.claims);
    }
}

/// No history has 40 days of 30, but what hours make of days is not known: the claims are not decided, and say what the measures were to be.
#[test]
fn a_claim_that_no_signals_were_found_for_says_what_they_were_to_give() {
    let policy = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id text key
}

signal visit { }

let days  = count of visit in last 720 hours at most 1 per day
let quiet = days since last visit

claim \"forty days\"   possible days >= 40 and quiet >= 3
claim \"never forty\"  never days >= 40
";
    let files = BTreeMap::from([("p.lead".to_string(), policy.to_string())]);
    let policy = Policy::load(&files, "p.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    let claims = policy.prove(BUDGET, |_| true).claims;
    let said: Vec<(Verdict, &str, Option<&str>)> = claims.iter().map(|claim| (claim.verdict, claim.reason.as_str(), claim.help)).collect();
    let why = "values that would show it were found, but no signals that give them: ";
    assert_eq!(
        said,
        [
            (
                Verdict::Undecided,
                format!("{why}`days` at least 40, `quiet` at least 3").as_str(),
                Some(
                    "write a `test` whose signals give these values: where it passes, some lead does it; where nothing can give them, the claim asks for too much"
                )
            ),
            (
                Verdict::Undecided,
                format!("{why}`days` at least 40").as_str(),
                Some(
                    "if signals can give these values, a `test` with them shows that the claim does not hold; if none can, claim it of fewer measures at once"
                )
            ),
        ]
    );
}

/// A time is asked of by itself and by its day: either may be what a lead needs.
#[test]
fn a_time_and_its_day_are_one_field() {
    let policy = "leadwright 1\npolicy p { timezone \"America/New_York\" }\nlead { id text key  created time  seen time optional }\n\
        let age = days since created\nlet quiet = days since seen\n\
        decide d { old when age >= 30  new when created >= 2026-01-01T00:00  other otherwise }\n\
        decide e { fresh when quiet <= 2  late when seen > created  never when seen is missing  rest otherwise }\n\
        claim \"old\" possible d is old\nclaim \"age\" possible age >= 30\nclaim \"new\" possible d is new\nclaim \"other\" possible d is other\n\
        claim \"known\" never quiet <= 2 and seen is missing\nclaim \"fresh\" possible e is fresh\nclaim \"late\" possible e is late\n\
        claim \"never\" possible e is never\n";
    let proofs = text(policy).prove(BUDGET, |_| true);
    let undecided: Vec<_> =
        proofs.claims.iter().filter(|claim| claim.verdict != Verdict::Proved).map(|claim| (&claim.title, claim.verdict)).collect();
    assert!(undecided.is_empty(), "{undecided:?}");
    tests_pass(policy, &proofs);
}

/// By hand: 30 days before the day at which leads are looked at, the 14th of January, is the 15th of December, and two days later the 16th. What may be missing has no day of its own to be near to.
#[test]
fn days_of_a_lead_that_refutes_a_claim_lie_near_as_of() {
    let policy = "leadwright 1
policy p { timezone \"UTC\" }
lead { id text key  event time optional  met date optional  start date optional }
let until_event = days until event
let since_met = days since met
claim \"both\"  never until_event >= 2 and event >= 2026-01-14T00:00 and since_met >= 30
claim \"one\"   never met >= 2026-01-14 and since_met >= 0
let later = start > met
claim \"order\" never met is known and later
";
    let proofs = text(policy).prove(BUDGET, |_| true);
    let reasons: Vec<&str> = proofs.claims.iter().map(|claim| claim.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "it is so for a lead with event 2026-01-16T12:00, met 2025-12-15",
            "it is so for a lead with met 2026-01-14",
            "it is so for a lead with met 2026-01-14, start 2026-01-15"
        ]
    );
    tests_pass(policy, &proofs);
}

/// Eight days have at most seven between them and as-of, and touch at most two weeks; of any four days in a row, at most one is kept. Each bound is reached by some lead.
#[test]
fn what_a_cap_lets_through_is_known() {
    let policy = r#"leadwright 1
policy p { timezone "UTC" }
lead { id text key }
signal visit { seconds whole 0..100  change whole -5..3 optional }
let daily = count of visit in last 7 days at most 1 per day
let weekly = count of visit in last 7 days at most 2 per week
let rolled = count of visit in last 7 days at most 1 per 3 days
let twice = count of visit at most 2 ever
let time = sum of visit.seconds in last 7 days at most 1 per day
let moved = sum of visit.change at most 2 ever
claim "d9" never daily > 8
claim "d8" possible daily is 8
claim "w5" never weekly > 4
claim "w4" possible weekly is 4
claim "r3" never rolled > 2
claim "r2" possible rolled is 2
claim "e3" never twice > 2
claim "t" never time > 800
claim "t8" possible time is 800
claim "m" always moved >= -10 and moved <= 6
claim "m1" possible moved is -10
"#;
    let claims = text(policy).prove(100_000, |_| true).claims;
    assert_eq!(claims.len(), 11);
    let open: Vec<_> = claims.iter().filter(|claim| claim.verdict != Verdict::Proved).collect();
    assert!(open.is_empty(), "{open:#?}");
}
