//! Pairs of small policies of which every lead is tried: what is proved of the two is what trying finds, answer by answer and lead by lead.
//!
//! Two hundred and fifty pairs run here; `LEADWRIGHT_PAIRS=10000 cargo test --test it proof::versions` runs as many as asked.

use std::collections::BTreeMap;

use leadwright::diagnostic::Severity;
use leadwright::interpret;
use leadwright::model::{self, Checked, Constant, Type};
use leadwright::program::{Lowered, lower};
use leadwright::proof::versions::{Outcome, Version, compare};
use leadwright::proof::{AS_OF, plainest};
use leadwright::record::{self, Histories, Lead};

use crate::support::mutations::mutated;
use crate::support::random::Random;
use crate::support::small_policies::small;

const PAIRS: usize = 250;

#[derive(Debug, Default)]
struct Tally {
    pairs: usize,
    answers: usize,
    same: usize,
    differ: usize,
    undecided: usize,
    /// leads held against the set that is told
    held: usize,
    sets: usize,
    no_set: usize,
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { pairs, answers, same, differ, undecided, held, sets, no_set } = other;
        self.pairs += pairs;
        self.answers += answers;
        self.same += same;
        self.differ += differ;
        self.undecided += undecided;
        self.held += held;
        self.sets += sets;
        self.no_set += no_set;
    }
}

pub(super) fn checked(text: &str) -> Option<Checked> {
    let files = BTreeMap::from([("policy.lead".to_string(), text.to_string())]);
    let checked = model::check(&files, "policy.lead");
    checked.diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error).then_some(checked)
}

/// A lead of the one policy as one of the other, by names; none if there is none.
fn translated(lead: &Lead, from: &model::Policy, to: &model::Policy) -> Option<Lead> {
    let value = |field: &model::Field| -> Option<Option<Constant>> {
        let own = from.fields.iter().position(|known| known.name == field.name)?;
        let Some(value) = &lead.values[own] else { return Some(None) };
        let names = |policy: &model::Policy, ty: Type| -> Vec<String> {
            match ty {
                Type::OneOf(id) | Type::SomeOf(id) => policy.choices[id].members.iter().map(|member| member.name.clone()).collect(),
                _ => Vec::new(),
            }
        };
        let (before, after) = (names(from, from.fields[own].ty), names(to, field.ty));
        Some(Some(match (field.ty, value) {
            (Type::OneOf(_), Constant::Integer(choice)) => {
                Constant::Integer(after.iter().position(|name| *name == before[*choice as usize])? as i64)
            }
            (Type::SomeOf(_), Constant::Integer(set)) => {
                let mut bits = 0;
                for (_, name) in before.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1) {
                    bits |= 1 << after.iter().position(|known| known == name)?;
                }
                Constant::Integer(bits)
            }
            (Type::Number { scale, .. }, Constant::Integer(value)) => {
                let Type::Number { scale: before, .. } = from.fields[own].ty else { return None };
                Constant::Integer(value * 10i64.pow(u32::from(scale - before)))
            }
            (_, value) => value.clone(),
        }))
    };
    let values = to.fields.iter().map(value).collect::<Option<Vec<_>>>()?;
    let stage = match lead.stage {
        Some(stage) => Some(to.stages.iter().position(|known| known.name == from.stages[stage].name)?),
        None => None,
    };
    Some(Lead { values, stage, ..lead.clone() })
}

/// In how much a lead is not the plainest one.
fn away(policy: &model::Policy, lead: &Lead) -> usize {
    let plainest = plainest(policy);
    lead.values.iter().zip(&plainest.values).skip(1).filter(|(value, plain)| value != plain).count() + usize::from(lead.stage.is_some())
}

pub(super) struct Side {
    pub checked: Checked,
    pub lowered: Lowered,
    histories: Histories,
}

impl Side {
    pub fn new(checked: Checked) -> Side {
        let lowered = lower::lower(&checked.policy);
        let histories = Histories::new(&checked.policy);
        Side { checked, lowered, histories }
    }

    pub fn version(&self) -> Version<'_> {
        Version { policy: &self.checked.policy, lowered: &self.lowered }
    }

    /// Its answers by name, as text; none if it rejects the lead.
    pub fn answers(&self, lead: &Lead, as_of: i64) -> Option<BTreeMap<String, String>> {
        let policy = &self.checked.policy;
        let parameters = record::parameters(policy, as_of).unwrap();
        let block = record::encode(policy, &self.histories, &self.lowered.program, std::slice::from_ref(lead), as_of).ok()?;
        Some(self.named(&interpret::row(&self.lowered.program, &block, 0, &parameters)))
    }

    /// The values of the program as answers by name.
    pub fn named(&self, values: &[Option<i64>]) -> BTreeMap<String, String> {
        let policy = &self.checked.policy;
        let zone = record::zone(policy).unwrap();
        let show = record::show::Show { policy, zone: &zone };
        let text = |output: &leadwright::program::Output| {
            let Some(value) = values[output.value.index()] else { return "missing".to_string() };
            let ty = match output.kind {
                leadwright::program::OutputKind::Number { scale, unit } => Type::Number { scale, unit },
                leadwright::program::OutputKind::Choice(choices) => Type::OneOf(choices),
                leadwright::program::OutputKind::YesNo => Type::YesNo,
                leadwright::program::OutputKind::Date => Type::Date,
                leadwright::program::OutputKind::Time => Type::Time,
            };
            let text = show.integer(ty, value);
            // as many places as it takes
            if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
        };
        self.lowered.program.outputs.iter().map(|output| (output.name.clone(), text(output))).collect()
    }
}

#[test]
fn what_is_proved_of_two_versions_is_what_trying_finds() {
    let pairs = std::env::var("LEADWRIGHT_PAIRS").ok().and_then(|count| count.parse().ok()).unwrap_or(PAIRS);
    let (tally, failures) = super::tallied(pairs, run, Tally::add);
    println!("{tally:?}");
    assert!(failures.is_empty(), "seeds that fail: {failures:?}");
    assert!(tally.undecided * 100 <= tally.answers, "{tally:?}");
    assert!(tally.same * 10 >= tally.answers && tally.differ * 10 >= tally.answers, "{tally:?}");
    assert!(tally.no_set * 20 <= tally.differ && tally.held * 2 >= tally.sets, "{tally:?}");
}

fn run(seed: u64, tally: &mut Tally) {
    let small = small(seed % 1_000);
    let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9) + 17);
    let Some(old) = checked(&small.text) else { panic!("seed {seed}") };
    let found = (0..20).find_map(|_| {
        let text = mutated(&small.text, &mut random);
        Some((checked(&text).filter(|_| text != small.text)?, text))
    });
    let Some((new, text)) = found else { return };
    let (old, new) = (Side::new(old), Side::new(new));
    let (first, second) = (&old.checked.policy, &new.checked.policy);
    let leads: Vec<(Lead, Lead)> =
        small.leads().into_iter().filter_map(|lead| Some((lead.clone(), translated(&lead, first, second)?))).collect();
    let answered: Vec<_> =
        leads.iter().filter_map(|(before, after)| Some((after, old.answers(before, AS_OF)?, new.answers(after, AS_OF)?))).collect();
    tally.pairs += 1;
    let compared = compare(old.version(), new.version(), leadwright::proof::BUDGET, &|_| false);
    let shown = || format!("seed {seed}\n--- old\n{}\n--- new\n{text}", small.text);
    for answer in &compared.answers {
        tally.answers += 1;
        let name = &answer.name;
        let differing = answered.iter().filter(|(_, before, after)| before[name] != after[name]).count();
        match &answer.outcome {
            Outcome::Same => {
                tally.same += 1;
                assert_eq!(differing, 0, "`{name}` is said to be the same: {}", shown());
            }
            Outcome::Undecided(_) => tally.undecided += 1,
            Outcome::Differs(difference) => {
                tally.differ += 1;
                let before = old.answers(&difference.leads[0], difference.as_of).expect("a lead of the older version");
                let after = new.answers(&difference.leads[1], difference.as_of).expect("a lead of the newer version");
                assert_ne!(before[name], after[name], "`{name}`: the lead that is shown shows nothing: {}", shown());
                // days that a change has made matter are not among those that are tried
                let is_tried = !small.text.contains(" date");
                assert!(
                    differing > 0 || !is_tried,
                    "`{name}` differs for a lead that trying did not find: {:?} {}",
                    difference.leads,
                    shown()
                );
                if first
                    .fields
                    .iter()
                    .zip(&second.fields)
                    .all(|(before, after)| before.optional == after.optional && before.range == after.range)
                {
                    let fewest =
                        answered.iter().filter(|(_, before, after)| before[name] != after[name]).map(|(lead, _, _)| away(second, lead));
                    let found = away(second, &difference.leads[1]);
                    assert!(
                        fewest.min().is_none_or(|fewest| found <= fewest),
                        "`{name}`: a smaller lead shows it than {:?}: {}",
                        difference.leads,
                        shown()
                    );
                }
                let Some(cells) = &difference.cells else {
                    tally.no_set += 1;
                    continue;
                };
                tally.sets += 1;
                let day = record::parameters(second, AS_OF).unwrap().as_of_day;
                for (lead, before, after) in &answered {
                    let answer = |path: &str| {
                        let (answer, version) = path.split_once(' ').unwrap_or((path, "now"));
                        let text = if version == "before" { &before[answer] } else { &after[answer] };
                        (text != "missing").then(|| text.clone())
                    };
                    let Some(is_in) = cells.set.differs(lead, day, &answer) else { continue };
                    tally.held += 1;
                    let differs = before[name] != after[name];
                    let fits = if cells.is_exact { is_in == differs } else { is_in || !differs };
                    assert!(fits, "`{name}`, {lead:?}: differs {differs}, told {is_in}: {:#?} {}", cells.rows, shown());
                }
            }
        }
    }
}
