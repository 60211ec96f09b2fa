//! Which answer of the one version is which of the other.
//!
//! Enters: both programs' outputs. Leaves: those that both have, by name, with what makes their numbers the same numbers; those that one has alone. Always holds: what is
//! equal then means the same. Which row of a flow moved a lead is no answer to compare: it is the text of the row.

use super::Version;
use super::joint::members;
use crate::batch::compare::Kind;
use crate::model::value::format_scaled;
use crate::model::{Policy, Unit};
use crate::program::{ClockPart, Output, OutputKind, OutputRole, Value};

/// An answer that both versions give.
#[derive(Clone, Debug)]
pub struct Pair {
    pub name: String,
    pub kind: Kind,
    /// in the programs of the versions, the older first
    pub values: [Value; 2],
    pub numbers: Numbers,
    pub roles: [OutputRole; 2],
}

/// How the versions' numbers become the same.
#[derive(Clone, Debug)]
pub enum Numbers {
    Choice {
        names: Vec<String>,
        codes: [Vec<Option<i64>>; 2],
    },
    /// places that either version has to be given, to have as many as `scale`
    Number {
        scale: u8,
        places: [u8; 2],
    },
    /// since when something is so: in microseconds
    Instant,
}

impl Numbers {
    /// A value of one version in the numbers of both.
    pub fn common(&self, side: usize, value: Option<i64>) -> Option<i128> {
        let value = value?;
        match self {
            Numbers::Choice { codes, .. } => {
                let code = usize::try_from(value).ok().and_then(|value| codes[side].get(value).copied().flatten());
                code.map(i128::from)
            }
            Numbers::Number { places, .. } => Some(i128::from(value) * 10i128.pow(u32::from(places[side]))),
            Numbers::Instant => Some(i128::from(value)),
        }
    }

    pub fn text(&self, value: Option<i128>) -> String {
        let Some(value) = value else { return if matches!(self, Numbers::Instant) { "not so" } else { "missing" }.into() };
        match self {
            Numbers::Instant => {
                jiff::Timestamp::from_microsecond(value as i64).map_or_else(|_| value.to_string(), |at| format!("since {at}"))
            }
            Numbers::Choice { names, .. } => {
                usize::try_from(value).ok().and_then(|value| names.get(value)).cloned().unwrap_or_else(|| value.to_string())
            }
            Numbers::Number { scale, .. } => format_scaled(value, *scale),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Answers {
    pub common: Vec<Pair>,
    pub old_only: Vec<String>,
    pub new_only: Vec<String>,
}

pub fn answers(old: Version, new: Version) -> Answers {
    let listed = |version: Version| -> Vec<(String, Output)> {
        let outputs = version.lowered.program.outputs.iter();
        outputs.filter_map(|output| Some((name(version.policy, output)?, output.clone()))).collect()
    };
    let (before, after) = (listed(old), listed(new));
    let mut answers = Answers::default();
    for (name, output) in &after {
        let twin = before.iter().find(|(known, _)| known == name).map(|(_, twin)| twin);
        match twin.and_then(|twin| Some((twin, numbers((old.policy, twin), (new.policy, output))?))) {
            Some((twin, numbers)) => answers.common.push(Pair {
                name: name.clone(),
                kind: Kind::from(output.role),
                values: [twin.value, output.value],
                numbers,
                roles: [twin.role, output.role],
            }),
            None => answers.new_only.push(name.clone()),
        }
    }
    let is_common = |name: &String| answers.common.iter().any(|pair| pair.name == *name);
    answers.old_only = before.into_iter().map(|(name, _)| name).filter(|name| !is_common(name)).collect();
    answers
}

/// None if it is no answer.
fn name(policy: &Policy, output: &Output) -> Option<String> {
    match output.role {
        OutputRole::Score(_)
        | OutputRole::Section(..)
        | OutputRole::Decide(_)
        | OutputRole::Stage
        | OutputRole::Queue(_)
        | OutputRole::Owner(_) => Some(output.name.clone()),
        OutputRole::Clock(clock, ClockPart::Target) => Some(format!("{}.target", policy.slas.get(clock)?.name)),
        OutputRole::Clock(clock, ClockPart::Row(row)) => Some(format!("{}.since {}", policy.slas.get(clock)?.name, row + 1)),
        OutputRole::Clock(clock, ClockPart::Condition(row)) => Some(format!("{}.when {}", policy.slas.get(clock)?.name, row + 1)),
        OutputRole::StageRule
        | OutputRole::Kept(_)
        | OutputRole::EventCondition(_)
        | OutputRole::Clock(_, ClockPart::Owner(_))
        | OutputRole::ClockDue(_)
        | OutputRole::ClockState(_) => None,
    }
}

/// None if the answers are of different kinds, and so are two answers.
fn numbers(old: (&Policy, &Output), new: (&Policy, &Output)) -> Option<Numbers> {
    let targets = |(policy, output): (&Policy, &Output)| {
        let OutputRole::Clock(clock, ClockPart::Target) = output.role else { return None };
        let targets = policy.slas.get(clock).map(|clock| clock.targets.iter().map(|target| target.text.clone()).collect::<Vec<_>>());
        Some(targets.unwrap_or_default())
    };
    if let (Some(before), Some(after)) = (targets(old), targets(new)) {
        return Some(by_name(before, after));
    }
    match (old.1.kind, new.1.kind) {
        (OutputKind::Choice(before), OutputKind::Choice(after)) => Some(by_name(members(old.0, Some(before)), members(new.0, Some(after)))),
        (OutputKind::Number { scale: before, unit: old_unit }, OutputKind::Number { scale: after, unit: new_unit }) => {
            let same_unit = old_unit == new_unit && (old_unit == Unit::Plain || old.0.currency == new.0.currency);
            let scale = before.max(after);
            same_unit.then(|| Numbers::Number { scale, places: [scale - before, scale - after] })
        }
        // instants, in microseconds
        (OutputKind::Time, OutputKind::Time) => Some(Numbers::Instant),
        (OutputKind::Choice(_) | OutputKind::Number { .. } | OutputKind::YesNo | OutputKind::Date | OutputKind::Time, _) => None,
    }
}

fn by_name(before: Vec<String>, after: Vec<String>) -> Numbers {
    // of two targets that promise the same, one stands for both
    let mut names: Vec<String> = Vec::new();
    for name in after.iter().chain(&before) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let codes = |own: &[String]| own.iter().map(|name| names.iter().position(|known| known == name).map(|place| place as i64)).collect();
    let codes = [codes(&before), codes(&after)];
    Numbers::Choice { names, codes }
}
