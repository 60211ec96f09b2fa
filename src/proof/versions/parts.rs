//! Answers that others rest on: what people speak of when they say why.
//!
//! Enters: the answers of both versions. Leaves: scores, their sections, decisions, the stage and queues as values of the joint program, with how their numbers are read; and of each score what is added up for it.
//! Always holds: a value is that of the version's own program, in its own numbers.

use super::Version;
use super::answers::Pair;
use super::joint::members;
use crate::batch::compare::Kind;
use crate::model::value::SCALE_MAX;
use crate::program::{OutputKind, OutputRole, Value};

/// An answer that others rest on, and that can stand for itself.
pub struct Part {
    pub name: String,
    /// of either version: the joint value, and how its numbers are read
    pub sides: [(Value, Reading); 2],
}

/// How the numbers of a part are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    Number(u8),
    /// how long ago the day of that name is
    Days,
    Names(Vec<String>),
}

/// What is added up for a score before its range and its rounding, with the places of it.
pub struct Sums {
    pub name: String,
    pub sides: [(Value, u8); 2],
    /// range and rounding are the same, so that the score only ever moves where the sum does
    pub is_cut_alike: bool,
}

/// Scores, their sections, decisions, the stage and queues: what people speak of when they say why.
pub fn parts(pairs: &[(Pair, [Value; 2])], versions: [Version; 2], moved: &[Vec<Value>; 2]) -> Vec<Part> {
    let mut found = Vec::new();
    for (pair, _) in pairs {
        if !matches!(pair.kind, Kind::Score | Kind::Section | Kind::Decide | Kind::Stage | Kind::Queue) {
            continue;
        }
        let side = |side: usize| {
            let Version { policy, lowered } = versions[side];
            let output = lowered.program.outputs.iter().find(|output| output.role == pair.roles[side])?;
            let reading = match output.kind {
                OutputKind::Number { scale, .. } => Reading::Number(scale),
                OutputKind::Choice(choices) => Reading::Names(members(policy, Some(choices))),
                OutputKind::YesNo | OutputKind::Date | OutputKind::Time => return None,
            };
            Some((moved[side][output.value.index()], reading))
        };
        if let Some((old, new)) = side(0).zip(side(1)) {
            found.push(Part { name: pair.name.clone(), sides: [old, new] });
        }
    }
    found
}

pub fn sums(pairs: &[(Pair, [Value; 2])], versions: [Version; 2], moved: &[Vec<Value>; 2]) -> Vec<Sums> {
    let mut found = Vec::new();
    for (pair, _) in pairs {
        let [OutputRole::Score(old_id), OutputRole::Score(new_id)] = pair.roles else { continue };
        let sum = |side: usize, id: usize| {
            let Version { policy, lowered } = versions[side];
            let value = lowered.trace.scores.get(id)?.sum?;
            Some((moved[side][value.index()], policy.scores.get(id)?.sum_scale))
        };
        if let Some((old, new)) = sum(0, old_id).zip(sum(1, new_id)) {
            let cut = |side: usize, id: usize| {
                let score = versions[side].policy.scores.get(id)?;
                let end = |end: i64| i128::from(end) * 10i128.pow(u32::from(SCALE_MAX - score.sum_scale.min(SCALE_MAX)));
                Some((score.range.map(|range| (end(range.low), end(range.high))), score.rounded))
            };
            found.push(Sums { name: pair.name.clone(), sides: [old, new], is_cut_alike: cut(0, old_id) == cut(1, new_id) });
        }
    }
    found
}
