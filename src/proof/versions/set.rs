//! The leads that differ, to be held against leads.
//!
//! Enters: a diagram, and what its variables mean. Leaves: for a lead of the newer version whether it is in the set. Always holds: only what is read is answered; of what one cannot
//! read off a lead (measures, keys), nothing is said.

use rustc_hash::FxHashMap;

use super::Comparer;
use super::diagram::{Diagram, End, Step};
use super::joint::Recode;
use super::parts::Reading;
use crate::model::{Constant, FieldId, Type};
use crate::program::TextMap;
use crate::proof::Prover;
use crate::proof::texts;
use crate::proof::variables::{Meaning, Variable};
use crate::record::Lead;

#[derive(Clone, Debug)]
pub struct Set {
    diagram: Diagram,
    readers: FxHashMap<u32, Reader>,
}

#[derive(Clone, Debug)]
enum Reader {
    /// of a field of the newer version, in units that are so many times larger
    Whole(FieldId, i64),
    DaysBefore(FieldId),
    /// maps, and the codes of each kind
    Kind(FieldId, Vec<TextMap>, Vec<Vec<Option<i64>>>),
    Stage(i64),
    Part(String, Reading),
    Unread,
}

impl Set {
    pub(super) fn new(comparer: &Comparer, prover: &Prover, diagram: &Diagram, parts: &[(String, Reading)]) -> Set {
        let reader = |variable: &Variable| reader(comparer, prover, variable, parts);
        let used = diagram.steps.iter().filter_map(|step| match step {
            Step::Cut { variable, .. } => Some(*variable),
            Step::End(_) => None,
        });
        let readers = used.map(|variable| (variable, reader(&prover.variables.all[variable as usize]))).collect();
        Set { diagram: diagram.clone(), readers }
    }

    /// Whether a lead of the newer version gets another answer. `answer` gives what its answers are, by their names, behind which `before` or `now` stands where they differ; `as_of_day` is
    /// the day on which it is looked at. None if that cannot be read off the lead.
    pub fn differs(&self, lead: &Lead, as_of_day: i64, answer: &dyn Fn(&str) -> Option<String>) -> Option<bool> {
        let mut at = self.diagram.root;
        loop {
            match self.diagram.steps.get(at as usize)? {
                Step::End(end) => return Some(*end != End::Same),
                Step::Cut { variable, ways } => {
                    let value = self.read(self.readers.get(variable)?, lead, as_of_day, answer)?;
                    at = ways.iter().find(|(_, parts)| parts.iter().any(|part| part.contains(value)))?.0;
                }
            }
        }
    }

    fn read(&self, reader: &Reader, lead: &Lead, as_of_day: i64, answer: &dyn Fn(&str) -> Option<String>) -> Option<Option<i64>> {
        let whole = |field: &FieldId| match lead.values.get(*field)? {
            Some(Constant::Integer(value)) => Some(Some(*value)),
            None => Some(None),
            Some(Constant::Text(_)) => None,
        };
        match reader {
            Reader::Whole(field, times) => Some(whole(field)?.map(|value| value.div_euclid(*times))),
            Reader::DaysBefore(field) => Some(whole(field)?.map(|day| as_of_day - day)),
            Reader::Kind(field, maps, kinds) => match lead.values.get(*field)? {
                Some(Constant::Text(text)) => {
                    let codes: Vec<Option<i64>> = maps.iter().map(|map| map.code(text)).collect();
                    Some(Some(kinds.iter().position(|kind| *kind == codes)? as i64))
                }
                None => Some(None),
                Some(Constant::Integer(_)) => None,
            },
            Reader::Stage(start) => Some(Some(lead.stage.map_or(*start, |stage| stage as i64))),
            Reader::Part(name, reading) => {
                let Some(text) = answer(name) else { return Some(None) };
                match reading {
                    Reading::Names(names) => Some(Some(names.iter().position(|known| *known == text)? as i64)),
                    Reading::Days => None,
                    Reading::Number(places) => {
                        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
                        Some(Some(format!("{whole}{fraction:0<width$}", width = usize::from(*places)).parse().ok()?))
                    }
                }
            }
            Reader::Unread => None,
        }
    }
}

fn reader(comparer: &Comparer, prover: &Prover, variable: &Variable, parts: &[(String, Reading)]) -> Reader {
    let newer = &comparer.joint.sides[1];
    let field = |joint: usize| newer.fields.iter().position(|(known, _)| *known == joint);
    match &variable.meaning {
        Meaning::Column(joint) => {
            let Some(own) = field(*joint) else { return Reader::Unread };
            let members = match comparer.joint.policy.fields[*joint].ty {
                Type::SomeOf(choices) => comparer.joint.policy.choices[choices].members.len(),
                Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date | Type::Time => 0,
            };
            match newer.fields[own].1 {
                // of members that nothing tells apart one stands for all
                _ if variable.domain.is_set && variable.domain.high.count_ones() as usize != members => Reader::Unread,
                Recode::Times(times) => Reader::Whole(own, times),
                // the newer version's numbers are the joint ones
                Recode::Same | Recode::Choice(_) | Recode::Set(_) => Reader::Whole(own, 1),
            }
        }
        Meaning::DaysBefore { column, is_day: false } => field(*column).map_or(Reader::Unread, Reader::DaysBefore),
        Meaning::Text { column, kinds } => {
            let Some(own) = field(*column) else { return Reader::Unread };
            let program = &prover.lowered().program;
            let maps = texts::maps(program, *column).into_iter().map(|map| program.text_maps[map].clone()).collect();
            Reader::Kind(own, maps, kinds.iter().map(|kind| kind.codes.clone()).collect())
        }
        Meaning::Stage => Reader::Stage(prover.policy().start_stage.unwrap_or(0) as i64),
        // what fields add up to
        Meaning::Part(number) if *number >= 2 * comparer.parts.len() => Reader::Unread,
        Meaning::Part(number) => parts.get(*number).map_or(Reader::Unread, |(name, reading)| Reader::Part(name.clone(), reading.clone())),
        Meaning::Day(_)
        | Meaning::DaysBefore { is_day: true, .. }
        | Meaning::Identity { .. }
        | Meaning::StageSince
        | Meaning::RestUntil
        | Meaning::RouteOwner(_)
        | Meaning::RouteQueue(_)
        | Meaning::KeyHash
        | Meaning::AsOfDay
        | Meaning::AsOf
        | Meaning::Raised(_) => Reader::Unread,
    }
}
