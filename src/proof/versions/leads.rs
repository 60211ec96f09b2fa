//! A joint lead as a lead of either version.
//!
//! Enters: a lead of the joint policy. Leaves: the same lead as a version reads it; none if that version rejects it, or if no row of a file is both. Always holds: what
//! both versions know has the same value in both.

use super::Version;
use super::joint::{Joint, Side, members};
use super::merge::own_value;
use crate::model::{Constant, Event, Policy, Type};
use crate::record::show::Show;
use crate::record::{self, Lead};

/// As the older and the newer version read it.
pub fn of_both(joint: &Joint, versions: [Version; 2], lead: &Lead) -> Option<[Lead; 2]> {
    let lead = settled(joint, lead);
    let mut both = [of_one(&joint.sides[0], versions[0].policy, &lead)?, of_one(&joint.sides[1], versions[1].policy, &lead)?];
    joint.apart.retyped.iter().all(|name| agree(name, versions, &mut both)).then_some(both)
}

/// Choices that nothing asks for are ones that both versions have.
fn settled(joint: &Joint, lead: &Lead) -> Lead {
    let mut lead = lead.clone();
    for (field, unshared) in &joint.unshared {
        let (Some(Some(Constant::Integer(value))), Some(of)) = (lead.values.get_mut(*field), joint.policy.fields.get(*field)) else {
            continue;
        };
        match of.ty {
            Type::OneOf(_) if unshared.contains(value) => *value = (0..).find(|choice| !unshared.contains(choice)).unwrap_or(0),
            Type::SomeOf(_) => {
                let shared = *value & !unshared.iter().fold(0, |mask, bit| mask | 1i64 << bit);
                let first = (0..62).find(|bit| !unshared.contains(bit)).unwrap_or(0);
                *value = if shared == 0 { 1 << first } else { shared };
            }
            Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date | Type::Time => {}
        }
    }
    lead
}

fn of_one(side: &Side, policy: &Policy, lead: &Lead) -> Option<Lead> {
    let mut values = Vec::with_capacity(side.fields.len());
    for (joint, recode) in &side.fields {
        values.push(match lead.values.get(*joint)? {
            Some(value) => Some(own_value(recode, value)?),
            None => None,
        });
    }
    let stage = match lead.stage {
        Some(stage) if !policy.stages.is_empty() => Some((*side.stages.get(stage)?)?),
        Some(_) | None => None,
    };
    let route = |joint: usize| if side.routes.is_empty() { Some(joint) } else { side.routes.get(joint).copied().flatten() };
    let pairs = |pairs: &[(usize, usize)], own: &[Option<usize>]| -> Vec<(usize, usize)> {
        pairs.iter().filter_map(|(of, number)| Some((route(*of)?, (*own.get(*number)?)?))).collect()
    };
    Some(Lead {
        key: lead.key.clone(),
        values,
        stage,
        stage_since: lead.stage_since,
        rest_until: lead.rest_until,
        owners: pairs(&lead.owners, &side.owners),
        queues: pairs(&lead.queues, &side.queues),
        signals: lead.signals.iter().filter_map(|event| event_of(side, event)).collect(),
        log: Vec::new(),
    })
}

/// None if the version knows no such signal.
fn event_of(side: &Side, event: &Event) -> Option<Event> {
    let (own, (_, properties)) = side.history.signals.iter().enumerate().find(|(_, (joint, _))| *joint == event.signal)?;
    let values = properties.iter().map(|place| event.values.get(*place).cloned().flatten()).collect();
    Some(Event { signal: own, at: event.at, values })
}

/// A field that is of another type now is one cell all the same: both readings are written alike, or are made so, if there is a value that both have.
fn agree(name: &str, versions: [Version; 2], both: &mut [Lead; 2]) -> bool {
    let place = |side: usize| versions[side].policy.fields.iter().position(|field| field.name == name);
    let (Some(old), Some(new)) = (place(0), place(1)) else { return false };
    let places = [old, new];
    let written = |side: usize, both: &[Lead; 2]| -> Option<Option<String>> {
        let policy = versions[side].policy;
        let zone = record::zone(policy).ok()?;
        let value = both[side].values.get(places[side])?.as_ref();
        Some(value.map(|value| Show { policy, zone: &zone }.constant(policy.fields[places[side]].ty, value)))
    };
    if written(0, both) == written(1, both) {
        return true;
    }
    // a choice follows a text that names one, else the text follows the choice
    let is_text = |side: usize| versions[side].policy.fields[places[side]].ty == Type::Text;
    for side in if is_text(0) { [1, 0] } else { [0, 1] } {
        let field = &versions[side].policy.fields[places[side]];
        let value = match written(1 - side, both) {
            Some(Some(text)) => read(versions[side].policy, field.ty, &text),
            Some(None) if field.optional => {
                both[side].values[places[side]] = None;
                return true;
            }
            Some(None) | None => None,
        };
        if value.is_some() {
            both[side].values[places[side]] = value;
            return true;
        }
    }
    false
}

/// A choice, a yes or no, or a text by what stands in its cell; none of other types, whose cells can be written in several ways.
fn read(policy: &Policy, ty: Type, text: &str) -> Option<Constant> {
    match ty {
        Type::Text => Some(Constant::Text(text.to_string())),
        Type::YesNo => ["no", "yes"].iter().position(|word| *word == text).map(|value| Constant::Integer(value as i64)),
        Type::OneOf(choices) => {
            members(policy, Some(choices)).iter().position(|name| name == text).map(|value| Constant::Integer(value as i64))
        }
        Type::Number { .. } | Type::SomeOf(_) | Type::Date | Type::Time => None,
    }
}
