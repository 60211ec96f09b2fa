//! Several questions about one text, and about its domain: what is proved is what trying every short text finds, and nothing stays undecided.

use std::collections::BTreeMap;

use leadwright::interpret;
use leadwright::model::{self, Constant};
use leadwright::policy::Policy;
use leadwright::policy::prove::Verdict;
use leadwright::program;
use leadwright::proof::{AS_OF, BUDGET, Condition, Possible, Prover, Why};
use leadwright::record::{self, Histories, Lead};

use crate::support::random::Random;

const POLICIES: u64 = 80;
const LONGEST: usize = 6;

/// Every text of so many letters, as it would stand in a file.
fn every_text() -> Vec<String> {
    let mut all = vec![String::new()];
    let mut last = all.clone();
    for _ in 0..LONGEST {
        last = last.iter().flat_map(|text| ["a", "b", "@", " "].map(|letter| format!("{text}{letter}"))).collect();
        all.extend(last.clone());
    }
    all.retain(|text| !text.trim().is_empty() && text.trim() == text);
    all
}

fn condition(random: &mut Random) -> String {
    let subject = if random.chance(50) { "mail" } else { "domain of mail" };
    let part = *random.pick(&["a", "b", "ab", "ba", "aa", "a b"]);
    let mail = *random.pick(&["@a", "b@", "a@b", "@ab", "@"]);
    let part = if subject == "mail" && random.chance(50) { mail } else { part };
    match random.below(5) {
        0 => format!("{subject} starts with \"{part}\""),
        1 => format!("{subject} ends with \"{part}\""),
        2 => format!("{subject} contains \"{part}\""),
        3 => format!("{subject} is one of \"{part}\", \"bb\""),
        _ => format!("{subject} is \"{part}\""),
    }
}

#[test]
fn what_is_proved_of_texts_is_what_trying_finds() {
    let leads: Vec<Lead> = every_text()
        .into_iter()
        .map(|text| Lead { values: vec![Some(Constant::Text("L".into())), Some(Constant::Text(text))], ..Lead::default() })
        .collect();
    let (mut possible, mut never, mut unseen) = (0, 0, 0);
    for seed in 0..POLICIES {
        let mut random = Random::new(seed);
        let conditions: Vec<String> = (0..3 + random.below(2)).map(|_| condition(&mut random)).collect();
        let lets: Vec<String> = conditions.iter().enumerate().map(|(number, condition)| format!("let c{number} = {condition}\n")).collect();
        let text = format!("leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key  mail text }}\n{}", lets.concat());
        let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text.clone())]), "policy.lead");
        let policy = &checked.policy;
        let lowered = program::lower::lower(policy);
        let parameters = record::parameters(policy, AS_OF).unwrap();
        let block = record::encode(policy, &Histories::new(policy), &lowered.program, &leads, AS_OF).unwrap();
        let values: Vec<program::Value> = lowered.trace.lets.iter().map(|value| value.unwrap()).collect();
        // every combination of answers as bits
        let tried: Vec<usize> = (0..leads.len())
            .map(|row| {
                let row = interpret::row(&lowered.program, &block, row, &parameters);
                values.iter().enumerate().map(|(place, value)| usize::from(row[value.index()] == Some(1)) << place).sum()
            })
            .collect();
        let mut prover = Prover::new(policy, &lowered);
        for answers in 0..1usize << values.len() {
            let members = values.iter().enumerate().map(|(place, value)| {
                let holds = Condition::Holds(*value);
                if answers >> place & 1 == 1 { holds } else { holds.negated() }
            });
            let is_tried = tried.contains(&answers);
            match prover.possible(&Condition::All(members.collect())) {
                Possible::Never => {
                    never += 1;
                    let text = tried.iter().position(|found| *found == answers).map(|row| &leads[row].values[1]);
                    assert!(text.is_none(), "seed {seed}, {answers:b}: proved impossible, but {text:?} is so\n{conditions:#?}");
                }
                // the lead was replayed
                Possible::Yes(_) => {
                    possible += 1;
                    unseen += usize::from(!is_tried);
                }
                Possible::Undecided(why) => panic!("seed {seed}, {answers:b}: {why:?}\n{conditions:#?}"),
            }
        }
    }
    println!("{possible} possible, of which {unseen} by longer texts, {never} never");
    assert!(possible >= 300 && never >= 300 && unseen * 10 <= possible, "{possible} possible, {unseen} by longer texts, {never} never");
}

/// By hand: what a domain is, its text ends with, also behind a blank; what stands before the `@` may contain anything; and behind `@mit.edu` there is nothing else.
#[test]
fn a_text_and_its_domain_are_asked_together() {
    let claims = [
        ("possible mail ends with \".edu\" and domain of mail is \"mit.edu\"", Verdict::Proved),
        ("never mail ends with \".com\" and domain of mail is \"mit.edu\"", Verdict::Proved),
        ("possible mail contains \"sales\" and domain of mail is one of \"a.com\", \"b.com\"", Verdict::Proved),
        ("never mail contains \"a.com\" and domain of mail is \"b.org\"", Verdict::Refuted),
        ("always domain of mail is \"mit.edu\" implies mail ends with \"mit.edu\"", Verdict::Proved),
        ("always domain of mail is \"mit.edu\" implies mail ends with \"@mit.edu\"", Verdict::Refuted),
        ("always mail ends with \".edu\" implies domain of mail is known", Verdict::Refuted),
        ("possible mail ends with \".edu\" and domain of mail is known and domain of mail is not \"mit.edu\"", Verdict::Proved),
        ("never mail ends with \"@mit.edu\" and domain of mail is not \"mit.edu\"", Verdict::Proved),
        ("always domain of mail ends with \".edu\" implies mail ends with \".edu\"", Verdict::Proved),
    ];
    let claims: Vec<(String, Verdict)> =
        claims.into_iter().enumerate().map(|(number, (claim, verdict))| (format!("claim \"{number}\" {claim}\n"), verdict)).collect();
    let text: String = claims.iter().map(|(claim, _)| claim.as_str()).collect();
    let text = format!("leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key  mail text }}\n{text}");
    let files = BTreeMap::from([("policy.lead".to_string(), text)]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
    for (proved, (claim, verdict)) in policy.prove(BUDGET, |_| true).claims.iter().zip(&claims) {
        assert_eq!(proved.verdict, *verdict, "{claim}{proved:#?}");
    }
}

/// Texts that may start, end and go on in so many ways each.
fn with_rows(number: usize) -> String {
    let tests = [("starts with", "s"), ("ends with", "e"), ("contains", "c")];
    let row = |(test, letter): &(&str, &str), row: usize| format!("  +1 when mail {test} \"{letter}{row}{letter}\"\n");
    let rows: String = tests.iter().flat_map(|test| (10..10 + number).map(move |at| row(test, at))).collect();
    format!(
        "leadwright 1\npolicy p {{ timezone \"UTC\" }}\nlead {{ id text key  mail text optional }}\nscore s from 0 to 100 {{\n section a points {{\n{rows} }}\n}}\nlet ab = mail starts with \"s10s\" and mail starts with \"s11s\"\n"
    )
}

/// To tell texts apart has a limit of its own: what lies beyond is not decided, and what takes less is decided as without a limit.
#[test]
fn texts_take_no_more_steps_than_they_may() {
    let (question, all) = (100_000, 400_000);
    for (rows, is_beyond) in [(2, false), (20, true)] {
        let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), with_rows(rows))]), "policy.lead");
        let lowered = program::lower::lower(&checked.policy);
        let none = Condition::Holds(lowered.trace.lets[0].unwrap());
        let mut limited = Prover::within(&checked.policy, &lowered, question, all);
        let told = limited.steps();
        assert!(told <= all / 2, "{rows} rows take {told} steps");
        let expected = if is_beyond { Possible::Undecided(Why::Budget) } else { Possible::Never };
        assert_eq!(limited.possible(&none), expected, "{rows} rows");
        assert_eq!(limited.never(&none), if is_beyond { Err(Why::Budget) } else { Ok(true) }, "{rows} rows");
        let unlimited = Prover::new(&checked.policy, &lowered).steps();
        assert_eq!(unlimited > told, is_beyond, "{rows} rows: {unlimited} steps without a limit, {told} with one");
        println!("{rows} rows: {told} steps, {unlimited} without a limit");
    }
}
