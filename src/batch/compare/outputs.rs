//! Which answer of the one version is which of the other.
//!
//! Enters: the answers of both versions. Leaves: those that both have, by name, and those that one has alone. Always holds: choices are brought together by
//! their names, numbers to one scale, so that what is equal means the same. Which row of a flow moved a lead is no answer to compare: it is the text of the row.

use rustc_hash::FxHashMap;

use crate::batch::answers::AnswerKind;
use crate::batch::prepare::Prepared;
use crate::model::Policy;
use crate::program::{Output, OutputKind, OutputRole};

use super::impact::Kind;

pub struct Outputs {
    pub common: Vec<Common>,
    pub old_only: Vec<Single>,
    pub new_only: Vec<Single>,
}

pub struct Common {
    pub name: String,
    pub kind: Kind,
    /// column numbers
    pub old: usize,
    pub new: usize,
    pub compared: Compared,
    /// how values are written
    pub shown: (AnswerKind, AnswerKind),
}

pub enum Compared {
    Choice {
        /// of both versions, each once
        names: Vec<String>,
        old: Vec<usize>,
        new: Vec<usize>,
    },
    /// powers of ten that bring either side to the scale
    Number {
        scale: u8,
        old_factor: i128,
        new_factor: i128,
    },
    Plain,
}

/// An answer of one version.
pub struct Single {
    pub name: String,
    pub kind: Kind,
    pub column: usize,
    /// of choices
    pub names: Vec<String>,
}

impl Outputs {
    pub fn new(old: (&Policy, &Prepared), new: (&Policy, &Prepared)) -> Outputs {
        let listed = |side: &Prepared| -> Vec<(usize, Output)> {
            let outputs = side.outputs.iter().cloned().enumerate();
            outputs.filter(|(_, output)| output.role != OutputRole::StageRule).collect()
        };
        let (old_outputs, new_outputs) = (listed(old.1), listed(new.1));
        let mut found = Outputs { common: Vec::new(), old_only: Vec::new(), new_only: Vec::new() };
        for (column, output) in &new_outputs {
            let twin = old_outputs.iter().find(|(_, other)| other.name == output.name);
            let compared = twin.and_then(|(_, twin)| compared((old.0, twin.kind), (new.0, output.kind)));
            match (twin, compared) {
                (Some((twin, _)), Some(compared)) => found.common.push(Common {
                    name: output.name.clone(),
                    kind: Kind::from(output.role),
                    old: *twin,
                    new: *column,
                    compared,
                    shown: (old.1.answers[*twin].kind.clone(), new.1.answers[*column].kind.clone()),
                }),
                (_, _) => found.new_only.push(single(new.0, *column, output)),
            }
        }
        for (column, output) in &old_outputs {
            if !found.common.iter().any(|common| common.old == *column) {
                found.old_only.push(single(old.0, *column, output));
            }
        }
        found
    }
}

fn single(policy: &Policy, column: usize, output: &Output) -> Single {
    let names = match output.kind {
        OutputKind::Choice(choices) => names(policy, choices),
        OutputKind::Number { .. } | OutputKind::YesNo | OutputKind::Date | OutputKind::Time => Vec::new(),
    };
    Single { name: output.name.clone(), kind: Kind::from(output.role), column, names }
}

fn names(policy: &Policy, choices: usize) -> Vec<String> {
    policy.choices.get(choices).map(|choices| choices.members.iter().map(|member| member.name.clone()).collect()).unwrap_or_default()
}

/// None if the answers are of different kinds, and so are two answers.
fn compared(old: (&Policy, OutputKind), new: (&Policy, OutputKind)) -> Option<Compared> {
    match (old.1, new.1) {
        (OutputKind::Choice(before), OutputKind::Choice(after)) => {
            let (before, after) = (names(old.0, before), names(new.0, after));
            let mut all = after.clone();
            let mut places: FxHashMap<String, usize> = all.iter().cloned().enumerate().map(|(index, name)| (name, index)).collect();
            let place = |name: String| {
                *places.entry(name.clone()).or_insert_with(|| {
                    all.push(name);
                    all.len() - 1
                })
            };
            let old = before.into_iter().map(place).collect();
            Some(Compared::Choice { new: (0..after.len()).collect(), names: all, old })
        }
        (OutputKind::Number { scale: before, unit: old_unit }, OutputKind::Number { scale: after, unit: new_unit }) => {
            let scale = before.max(after);
            let factor = |own: u8| 10_i128.pow(u32::from(scale - own));
            // money of another currency is another number
            let same_unit = old_unit == new_unit && (old_unit == crate::model::Unit::Plain || old.0.currency == new.0.currency);
            same_unit.then(|| Compared::Number { scale, old_factor: factor(before), new_factor: factor(after) })
        }
        (OutputKind::YesNo, OutputKind::YesNo) | (OutputKind::Date, OutputKind::Date) | (OutputKind::Time, OutputKind::Time) => {
            Some(Compared::Plain)
        }
        (OutputKind::Choice(_) | OutputKind::Number { .. } | OutputKind::YesNo | OutputKind::Date | OutputKind::Time, _) => None,
    }
}

impl Common {
    /// A value of the old and of the new version, so that equal means the same.
    pub fn values(&self, old: Option<i64>, new: Option<i64>) -> (Option<i128>, Option<i128>) {
        match &self.compared {
            Compared::Choice { old: before, new: after, .. } => {
                let place = |value: Option<i64>, places: &[usize]| Some(*places.get(usize::try_from(value?).ok()?)? as i128);
                (place(old, before), place(new, after))
            }
            Compared::Number { scale: _, old_factor, new_factor } => {
                (old.map(|value| i128::from(value) * old_factor), new.map(|value| i128::from(value) * new_factor))
            }
            Compared::Plain => (old.map(i128::from), new.map(i128::from)),
        }
    }
}
