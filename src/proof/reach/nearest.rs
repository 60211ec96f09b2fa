//! The values that are nearest to what a lead has.
//!
//! Enters: what must hold, and a field that may change. Leaves: the nearest of its values with which that can still hold. Always holds: numbers and days move as little as possible (up rather than
//! down where both do); of choices and texts it is the first that does; of sets the one with the fewest members more or less; a value that is
//! known stays known if that does.

use super::Reaching;
use crate::model::{Constant, FieldId, Type};
use crate::program::InputSource;
use crate::proof::graph::Leaf;
use crate::proof::part::Part;
use crate::proof::search::Spent;
use crate::proof::showing::domain_of;
use crate::proof::variables::{Meaning, stand_ins};
use crate::proof::witness;
use crate::record::Lead;

/// Sets of more members are not tried one by one.
const MEMBERS_MAX: u32 = 12;

impl Reaching<'_, '_> {
    /// The lead with these fields changed; none if no value does, or none that could be written down.
    pub fn with_fields(&mut self, mut part: Part, fields: &[usize], lead: &Lead) -> Result<Option<Lead>, Spent> {
        let mut lead = lead.clone();
        for place in fields {
            let (field, variables) = (self.fields[*place].field, self.fields[*place].variables.clone());
            for variable in variables {
                let Some(value) = self.nearest(&part, variable, field)? else { return Ok(None) };
                self.prover.settle(&mut part, variable, value);
                if self.set(&mut lead, field, variable, value).is_none() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(lead))
    }

    /// Some(None) is missing.
    fn nearest(&mut self, part: &Part, variable: usize, field: FieldId) -> Result<Option<Option<i64>>, Spent> {
        let left = domain_of(&self.prover.graph, part.domains[variable], self.prover.variables.all[variable].domain);
        let now = self.given[variable];
        let meaning = &self.prover.variables.all[variable].meaning;
        let ty = self.prover.policy.fields.get(field).map(|field| field.ty);
        if matches!(meaning, Meaning::Identity { .. }) {
            return Ok(Some(now));
        }
        let candidates: Vec<i64> = if let Meaning::Text { kinds, .. } = meaning {
            (0..kinds.len()).filter(|kind| kinds[*kind].text.is_some()).map(|kind| kind as i64).collect()
        } else if left.is_set {
            sets(left, now.unwrap_or(0))
        } else if matches!(ty, Some(Type::YesNo | Type::OneOf(_))) {
            (left.low..=left.high).collect()
        } else {
            return self.nearest_number(part, variable, left, now);
        };
        for candidate in candidates.into_iter().filter(|candidate| Some(*candidate) != now) {
            if self.prover.can_be(part, variable, Some(candidate), self.until)? {
                return Ok(Some(Some(candidate)));
            }
        }
        self.missing_or_none(part, variable, left)
    }

    fn nearest_number(&mut self, part: &Part, variable: usize, left: Leaf, now: Option<i64>) -> Result<Option<Option<i64>>, Spent> {
        let center = now.unwrap_or(self.center(variable));
        match self.prover.nearest_number(part, variable, center, self.until)? {
            Some(value) => Ok(Some(Some(value))),
            None => self.missing_or_none(part, variable, left),
        }
    }

    fn missing_or_none(&mut self, part: &Part, variable: usize, left: Leaf) -> Result<Option<Option<i64>>, Spent> {
        Ok(if left.missing && self.prover.can_be(part, variable, None, self.until)? { Some(None) } else { None })
    }

    /// Where to begin with a value that is missing.
    fn center(&self, variable: usize) -> i64 {
        let meaning = &self.prover.variables.all[variable].meaning;
        let ty = if let Meaning::Column(column) = meaning { self.prover.policy.column(*column).map(|column| column.ty) } else { None };
        if ty == Some(Type::Time) {
            self.as_of
        } else if ty == Some(Type::Date) || matches!(meaning, Meaning::Day(_)) {
            self.prover.as_of_day(self.as_of).unwrap_or(0)
        } else {
            0
        }
    }

    fn set(&self, lead: &mut Lead, field: FieldId, variable: usize, value: Option<i64>) -> Option<()> {
        let (policy, as_of_day) = (self.prover.policy, self.prover.as_of_day(self.as_of)?);
        let of = &self.prover.variables.all[variable];
        if value == self.given[variable] || matches!(of.meaning, Meaning::Identity { .. }) {
            return Some(());
        }
        let value = match value {
            Some(chosen) if of.domain.is_set => Some(self.members(lead, field, variable, chosen)?),
            value => value,
        };
        *lead.values.get_mut(field)? = witness::field_value(policy, &of.meaning, field, value, as_of_day)?;
        Some(())
    }

    /// The lead's members whose stand-ins are chosen, and those that are chosen and that it lacks.
    fn members(&self, lead: &Lead, field: FieldId, variable: usize, chosen: i64) -> Option<i64> {
        let program = &self.prover.lowered.program;
        let place = program.inputs.iter().position(|input| input.source == InputSource::Column(field))?;
        let stand_ins = stand_ins(program, place, self.prover.variables.all[variable].domain.high);
        let had = match lead.values.get(field)? {
            Some(Constant::Integer(bits)) => *bits,
            Some(Constant::Text(_)) | None => 0,
        };
        let stayed = stand_ins.iter().filter(|(bit, stands)| had & bit != 0 && chosen & stands != 0);
        let stayed: Vec<&(i64, i64)> = stayed.collect();
        let kept = stayed.iter().fold(0, |all, (bit, _)| all | bit);
        let covered = stayed.iter().fold(0, |all, (_, stands)| all | stands);
        Some(kept | (chosen & !covered))
    }
}

/// Every set that is left, those that differ least first.
fn sets(left: Leaf, now: i64) -> Vec<i64> {
    let members: Vec<i64> = (0..62).map(|bit| 1i64 << bit).filter(|bit| left.high & bit != 0).collect();
    if members.len() as u32 > MEMBERS_MAX {
        let alone = members.iter().flat_map(|member| [now ^ member, now | member, *member]);
        return alone.chain([left.high]).filter(|set| *set != 0).collect();
    }
    let chosen = |number: i64| members.iter().enumerate().filter(|(place, _)| number >> place & 1 == 1).fold(0, |all, (_, bit)| all | bit);
    let mut all: Vec<i64> = (1..1i64 << members.len()).map(chosen).filter(|set| set & left.low == left.low).collect();
    all.sort_by_key(|set| ((set ^ now).count_ones(), *set));
    all
}
