//! Random policies with a table that is given at run time, of which all rows and all leads are tried: what is proved holds for all, what is refuted does not, and rows that no lead takes are told.
//!
//! A few run here; `LEADWRIGHT_POLICIES=1000 cargo test --test it proof::open_tables` runs as many as asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, ClaimKind, Constant, TableRows};
use leadwright::policy::Policy;
use leadwright::policy::prove::Verdict;
use leadwright::program::Lowered;
use leadwright::program::lower::lower_with_claims;
use leadwright::proof::AS_OF;
use leadwright::record::{self, Histories, Lead};

use crate::support::random::Random;

const POLICIES: u64 = 8;
const CLAIMS: usize = 8;

const HEAD: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id     text key
  state  one of a, b  optional
  other  one of a, b
  vip    yes_no
}

table t from input { k one of a, b key  c one of p, q  n whole 0..2 optional }

let x = t[state].c
let y = t[state].n
let z = t[other].c

";

fn condition(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.chance(60) {
        let (left, right) = (condition(random, depth - 1), condition(random, depth - 1));
        return match random.below(4) {
            0 => format!("({left} and {right})"),
            1 => format!("({left} or {right})"),
            2 => format!("(not ({left}) and {right})"),
            _ => format!("(({left}) implies ({right}))"),
        };
    }
    let all = [
        "x is p",
        "x is q",
        "x is missing",
        "z is p",
        "z is not q",
        "z is known",
        "y >= 1",
        "y <= 1",
        "y is missing",
        "state is a",
        "state is b",
        "state is missing",
        "other is a",
        "vip",
        "d is one",
        "s >= 3",
        "s < 5",
    ];
    random.pick::<&str>(&all).to_string()
}

/// What looks up by two keys that may be one, and by one that is worked out; `m` is in every row.
const LOOK_UPS: &str = "let m = t[state].m
let v = t[other].m
let w = t[either].m
let u = t[either].c

";

/// A policy with a decision of rows that give different things.
fn with_rows(seed: u64) -> String {
    let mut random = Random::new(seed);
    let head = HEAD.replace("optional }\n\nlet x", "optional  m whole 0..1 }\n\nlet either = state else b\nlet x");
    let all = [
        "x is p",
        "x is q",
        "x is missing",
        "z is p",
        "z is not q",
        "z is known",
        "y >= 1",
        "y is missing",
        "m >= 1",
        "m < 1",
        "m is known",
        "m is missing",
        "v >= 1",
        "v is missing",
        "w >= 1",
        "w < 1",
        "w is missing",
        "u is p",
        "u is q",
        "state is a",
        "state is missing",
        "state is same as other",
        "other is a",
    ];
    let mut text = format!("{head}{LOOK_UPS}decide d {{\n");
    for row in 0..5 {
        let asked: Vec<&str> = (0..3).map(|_| *random.pick::<&str>(&all)).collect();
        writeln!(text, "  r{row} when {}", asked.join(if random.chance(70) { " and " } else { " or " })).unwrap();
    }
    text.push_str("  rest otherwise\n}\n");
    text
}

/// Which rows can never be used is told if that is so whatever the rows of the table are, and only then.
#[test]
fn rows_that_no_lead_takes_are_told_of_any_rows() {
    let (mut told, mut used) = (0, 0);
    let policies = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    for seed in 0..policies {
        let text = with_rows(seed);
        let files = BTreeMap::from([("policy.lead".to_string(), text.clone())]);
        let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("seed {seed} {:#?}\n{text}", refused.diagnostics));
        let number = |value: i64| Some(Constant::Integer(value));
        let rows = (0..12)
            .map(|row: i64| Some(vec![number(row % 2), [None, number(0), number(1)][row as usize / 4].clone(), number(row / 2 % 2)]));
        let rows: Vec<Option<Vec<Option<Constant>>>> = [None].into_iter().chain(rows).collect();
        let mut expected: BTreeSet<String> = (0..5).map(|row| format!("`r{row}`")).chain(["`rest`".to_string()]).collect();
        with_all_rows(policy.model(), &rows, |lowered, values| {
            let taken = values[lowered.trace.decides[0].value.index()].unwrap();
            expected.remove(&if taken == 5 { "`rest`".to_string() } else { format!("`r{taken}`") });
        });
        let proofs = policy.prove(100_000, |_| true);
        let messages = || proofs.findings.iter().map(|finding| finding.message.as_str()).filter(|message| message.contains("of `d`"));
        let found: BTreeSet<String> =
            messages().map(|message| message[message.find('`').unwrap()..].split(' ').next().unwrap().to_string()).collect();
        assert_eq!(found, expected, "seed {seed}, {} undecided: {:#?}\n{text}", proofs.undecided.len(), messages().collect::<Vec<_>>());
        assert!(proofs.undecided.is_empty(), "seed {seed}: {:?}\n{text}", proofs.undecided);
        (told, used) = (told + expected.len(), used + 6 - expected.len());
    }
    assert!(told >= 5 && used >= 10, "{told} told, {used} used");
}

/// Scores every lead with every two rows of the table: of the key a, and of b.
fn with_all_rows(policy: &model::Policy, rows: &[Option<Vec<Option<Constant>>>], mut see: impl FnMut(&Lowered, &[Option<i64>])) {
    for of_a in rows {
        for of_b in rows {
            let mut given = policy.clone();
            let mut table = TableRows::of(&given.tables[0]);
            for (key, row) in [of_a, of_b].into_iter().enumerate() {
                let Some(row) = row else { continue };
                table.push(&[vec![Some(Constant::Integer(key as i64))], row.clone()].concat()).unwrap();
            }
            given.give_rows(0, table);
            let lowered = lower_with_claims(&given);
            let (leads, parameters) = (leads(), record::parameters(&given, AS_OF).unwrap());
            let block = record::encode(&given, &Histories::new(&given), &lowered.program, &leads, AS_OF).unwrap();
            for row in 0..leads.len() {
                see(&lowered, &interpret::row(&lowered.program, &block, row, &parameters));
            }
        }
    }
}

/// A policy with claims.
fn made(seed: u64) -> String {
    let mut random = Random::new(seed);
    let without = |random: &mut Random| loop {
        let found = condition(random, 2);
        if !found.contains("d is") && !found.contains("s >") && !found.contains("s <") {
            return found;
        }
    };
    let mut text = HEAD.to_string();
    let rows: Vec<String> = (0..3).map(|_| without(&mut random)).collect();
    writeln!(
        text,
        "score s {{ section m points {{ +3 when {}  +4 when {} }} }}\n\ndecide d {{ one when {}  two otherwise }}\n",
        rows[0], rows[1], rows[2]
    )
    .unwrap();
    for number in 0..CLAIMS {
        let word = *random.pick(&["always", "never", "possible"]);
        writeln!(text, "claim \"k{number}\" {word} {}\n", condition(&mut random, 2)).unwrap();
    }
    text
}

/// Every row that a state can have: none, or what stands in both columns.
fn rows() -> Vec<Option<Vec<Option<Constant>>>> {
    let number = |value: i64| Some(Constant::Integer(value));
    let known = (0..2).flat_map(|c| [None, number(0), number(1), number(2)].map(|n| Some(vec![number(c), n])));
    [None].into_iter().chain(known).collect()
}

fn leads() -> Vec<Lead> {
    let integer = |value: i64| Some(Constant::Integer(value));
    let states = [None, integer(0), integer(1)];
    let all = states.into_iter().flat_map(|state| (0..4).map(move |rest| (state.clone(), rest / 2, rest % 2)));
    let of = |(state, other, vip)| Lead {
        values: vec![Some(Constant::Text("L".into())), state, integer(other), integer(vip)],
        ..Lead::default()
    };
    all.map(of).collect()
}

#[test]
fn what_is_proved_of_any_rows_is_what_trying_all_of_them_finds() {
    let (mut proved, mut refuted, mut undecided) = (0, 0, 0);
    let policies = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES);
    for seed in 0..policies {
        let text = made(seed);
        let files = BTreeMap::from([("policy.lead".to_string(), text.clone())]);
        let checked = model::check(&files, "policy.lead");
        let errors: Vec<_> = checked.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{text}");
        // per claim, whether some lead meets its condition, and whether some does not
        let mut found = [(false, false); CLAIMS];
        with_all_rows(&checked.policy, &rows(), |lowered, values| {
            for (claim, found) in lowered.trace.claims.iter().zip(&mut found) {
                let holds = values[claim.index()] == Some(1);
                found.0 |= holds;
                found.1 |= !holds;
            }
        });
        let policy = Policy::load(&files, "policy.lead").unwrap();
        let proofs = policy.prove(100_000, |_| true);
        for ((claim, answer), (some, not_all)) in checked.policy.claims.iter().zip(&proofs.claims).zip(found) {
            let holds = match claim.kind {
                ClaimKind::Always(_) => !not_all,
                ClaimKind::Never(_) => !some,
                ClaimKind::Possible(_) => some,
                ClaimKind::Monotone { .. } => unreachable!(),
            };
            match answer.verdict {
                Verdict::Proved => proved += 1,
                Verdict::Refuted => refuted += 1,
                Verdict::Undecided => undecided += 1,
            }
            let agrees = match answer.verdict {
                Verdict::Proved => holds,
                Verdict::Refuted => !holds,
                Verdict::Undecided => true,
            };
            assert!(agrees, "seed {seed}, {}: {answer:#?}\n{text}", claim.title);
        }
        super::claims::tests_pass(&text, &proofs);
    }
    println!("{proved} proved, {refuted} refuted, {undecided} undecided");
    assert!(
        proved >= 10 && refuted >= 10 && undecided * 10 <= proved + refuted,
        "{proved} proved, {refuted} refuted, {undecided} undecided"
    );
}
