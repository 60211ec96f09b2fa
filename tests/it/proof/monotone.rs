//! Claims that a value rises or falls with a field, in random policies of which every lead is tried: what is proved or refuted is what trying finds.
//!
//! Some run here; `LEADWRIGHT_POLICIES=5000 cargo test --test it proof::monotone` runs as many as asked.

use std::collections::BTreeMap;
use std::fmt::Write;

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, Checked, Constant, Policy};
use leadwright::program::{Lowered, Value, lower::lower_with_claims};
use leadwright::proof::{AS_OF, Answer, Prover, Witness};
use leadwright::record::{self, Histories, Lead};

use crate::support::random::Random;
use crate::support::small_histories::small_histories;
use crate::support::small_policies::small;

const POLICIES: usize = 48;
const CLAIMS: usize = 6;

#[derive(Debug, Default)]
struct Tally {
    claims: usize,
    proved: usize,
    refuted: usize,
    undecided: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { claims, proved, refuted, undecided } = other;
        self.claims += claims;
        self.proved += proved;
        self.refuted += refuted;
        self.undecided += undecided;
    }
}

/// One claim, in its four forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Rises,
    Falls,
    NeverRises,
    NeverFalls,
}

const FORMS: [(Form, &str); 4] =
    [(Form::Rises, "rises"), (Form::Falls, "falls"), (Form::NeverRises, "never rises"), (Form::NeverFalls, "never falls")];

#[derive(Debug)]
struct Claimed {
    value: String,
    field: usize,
    form: Form,
}

/// The policy with claims about its scores and numbers, and these.
fn claimed(text: &str, random: &mut Random) -> Option<(String, Checked, Lowered, Vec<Claimed>)> {
    let checked = check(text)?;
    let is_number = |ty: model::Type| matches!(ty, model::Type::Number { .. });
    let lets = checked.policy.lets.iter().filter(|derived| is_number(derived.value.ty)).map(|derived| derived.name.clone());
    let values: Vec<String> = checked.policy.scores.iter().map(|score| score.name.clone()).chain(lets).collect();
    let moves = |field: &usize| matches!(checked.policy.fields[*field].ty, model::Type::Number { .. } | model::Type::Date);
    let fields: Vec<usize> = (1..checked.policy.fields.len()).filter(moves).collect();
    if values.is_empty() || fields.is_empty() {
        return None;
    }
    let (mut text, mut claims) = (text.to_string(), Vec::new());
    for number in 0..CLAIMS {
        let (value, field, (form, words)) = (random.pick(&values).clone(), *random.pick(&fields), *random.pick(&FORMS));
        writeln!(text, "claim \"k{number}\" {value} {words} as {} rises\n", checked.policy.fields[field].name).unwrap();
        claims.push(Claimed { value, field, form });
    }
    let checked = check(&text).unwrap_or_else(|| panic!("{text}"));
    let lowered = lower_with_claims(&checked.policy);
    Some((text, checked, lowered, claims))
}

fn check(text: &str) -> Option<Checked> {
    let checked = model::check(&BTreeMap::from([("policy.lead".to_string(), text.to_string())]), "policy.lead");
    checked.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error).then_some(checked)
}

fn value_of(policy: &Policy, lowered: &Lowered, name: &str) -> Value {
    let score = policy.scores.iter().position(|score| score.name == name).and_then(|score| lowered.trace.scores[score].value);
    let derived = || policy.lets.iter().position(|derived| derived.name == name).and_then(|derived| lowered.trace.lets[derived]);
    score.or_else(derived).expect("a value")
}

fn rows(policy: &Policy, lowered: &Lowered, leads: &[Lead], as_of: i64) -> Vec<Vec<Option<i64>>> {
    let parameters = record::parameters(policy, as_of).unwrap();
    let block = record::encode(policy, &Histories::new(policy), &lowered.program, leads, as_of).unwrap();
    (0..leads.len()).map(|row| interpret::row(&lowered.program, &block, row, &parameters)).collect()
}

/// Whether the value rises, and whether it falls, for some lead as the field alone rises. `counts`: how many values each field has; leads with these come in order, the last field's first.
fn moves(leads: &[Lead], rows: &[Vec<Option<i64>>], counts: &[usize], behind: usize, value: Value, field: usize) -> (bool, bool) {
    let stride = counts[field..].iter().product::<usize>() * behind;
    let count = counts[field - 1];
    let (mut rises, mut falls) = (false, false);
    for first in (0..leads.len()).filter(|lead| (lead / stride).is_multiple_of(count)) {
        let known = (0..count).map(|step| first + step * stride).filter_map(|lead| {
            let Some(Constant::Integer(of_field)) = leads[lead].values[field] else { return None };
            Some((of_field, rows[lead][value.index()]?))
        });
        let mut known: Vec<(i64, i64)> = known.collect();
        known.sort_unstable();
        let (mut least, mut greatest) = (i64::MAX, i64::MIN);
        for (_, value) in known {
            rises |= value > least;
            falls |= value < greatest;
            (least, greatest) = (least.min(value), greatest.max(value));
        }
    }
    (rises, falls)
}

/// Holds an answer against what trying finds; `is_all`: every lead was tried. `text` is the policy's.
fn held(
    text: &str,
    claim: &Claimed,
    answer: &Answer,
    (rises, falls): (bool, bool),
    is_all: bool,
    tally: &mut Tally,
    shows: &dyn Fn(&Witness) -> (bool, bool),
) {
    tally.claims += 1;
    let told = || format!("{claim:?}\n{text}");
    let (against, speaks_for) = match claim.form {
        Form::Rises => (falls, rises),
        Form::Falls => (rises, falls),
        Form::NeverRises => (rises, true),
        Form::NeverFalls => (falls, true),
    };
    let is_never = matches!(claim.form, Form::NeverRises | Form::NeverFalls);
    match answer {
        Answer::Proved(witness) => {
            tally.proved += 1;
            assert!(!against, "proved, but it does not hold: {}", told());
            assert!(speaks_for || !is_all, "proved, but it never moves: {}", told());
            assert_eq!(witness.is_none(), is_never, "{}", told());
            if let Some(witness) = witness {
                let moved = shows(witness);
                let is_shown = if claim.form == Form::Rises { moved.0 } else { moved.1 };
                assert!(is_shown, "the lead that is shown shows nothing: {witness:?} {}", told());
            }
        }
        Answer::Refuted(Some(witness)) => {
            tally.refuted += 1;
            assert!(against || !is_all, "refuted, but trying finds no lead: {witness:?} {}", told());
            let moved = shows(witness);
            let is_against = if matches!(claim.form, Form::Rises | Form::NeverFalls) { moved.1 } else { moved.0 };
            assert!(is_against, "the lead that is shown shows nothing: {witness:?} {}", told());
        }
        Answer::Refuted(None) => {
            tally.refuted += 1;
            assert!(!speaks_for && !is_never, "refuted as it never moves, but it does: {}", told());
        }
        Answer::Undecided(_) => tally.undecided += 1,
    }
}

/// The value of a witness before and after: whether it rises, and whether it falls.
fn shown(policy: &Policy, lowered: &Lowered, value: Value, witness: &Witness) -> (bool, bool) {
    let (field, to, _, _) = witness.raised.expect("a field that rises");
    let mut after = witness.lead.clone();
    let Some(Constant::Integer(from)) = after.values[field] else { return (false, false) };
    assert!(to > from, "{witness:?}");
    after.values[field] = Some(Constant::Integer(to));
    let rows = rows(policy, lowered, &[witness.lead.clone(), after], witness.as_of);
    let [Some(before), Some(after)] = [0, 1].map(|row: usize| rows[row][value.index()]) else { return (false, false) };
    (after > before, after < before)
}

fn policies() -> usize {
    std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(POLICIES)
}

#[test]
fn what_rises_and_falls_is_what_trying_finds() {
    let (tally, failures) = super::tallied(policies(), run, Tally::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided * 20 <= tally.claims && tally.proved * 5 >= tally.claims && tally.refuted * 5 >= tally.claims, "{tally:?}");
}

fn run(seed: u64, tally: &mut Tally) {
    let small = small(seed);
    let Some((text, checked, lowered, claims)) = claimed(&small.text, &mut Random::new(seed + 3)) else { return };
    let policy = &checked.policy;
    let leads = small.leads();
    let rows = rows(policy, &lowered, &leads, AS_OF);
    let counts: Vec<usize> = small.values.iter().map(Vec::len).collect();
    let mut prover = Prover::new(policy, &lowered);
    for (number, claim) in claims.iter().enumerate() {
        let value = value_of(policy, &lowered, &claim.value);
        let found = moves(&leads, &rows, &counts, small.stages.max(1), value, claim.field);
        // of dates only those around constants are tried
        let is_all = !small.text.contains(" date");
        held(&text, claim, &prover.claim(number), found, is_all, tally, &|witness| shown(policy, &lowered, value, witness));
    }
}

#[test]
fn what_rises_and_falls_with_histories_is_not_otherwise_in_those_that_are_tried() {
    let policies = policies() / 6;
    let (tally, failures) = super::tallied(policies, run_with_histories, Tally::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided * 4 <= tally.claims && tally.proved * 5 >= tally.claims && tally.refuted * 5 >= tally.claims, "{tally:?}");
}

fn run_with_histories(seed: u64, tally: &mut Tally) {
    let small = small_histories(seed);
    let mut random = Random::new(seed + 3);
    let Some((text, checked, lowered, claims)) = claimed(&small.text, &mut random) else { return };
    let policy = &checked.policy;
    let leads: Vec<Lead> = small.pasts(&mut random, AS_OF, 60).iter().flat_map(|past| small.leads(past)).collect();
    let rows = rows(policy, &lowered, &leads, AS_OF);
    let counts: Vec<usize> = small.values.iter().map(Vec::len).collect();
    let mut prover = Prover::new(policy, &lowered);
    prover.budget = 100_000;
    for (number, claim) in claims.iter().enumerate() {
        let value = value_of(policy, &lowered, &claim.value);
        let found = moves(&leads, &rows, &counts, 1, value, claim.field);
        held(&text, claim, &prover.claim(number), found, false, tally, &|witness| shown(policy, &lowered, value, witness));
    }
}
