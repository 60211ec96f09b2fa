//! A joint lead as a lead of either version.
//!
//! Enters: a lead of the joint policy. Leaves: the same lead as a version reads it; none if that version rejects it, or if no row of a file is both. Always holds: what
//! both versions know has the same value in both.

use super::Version;
use super::joint::{Joint, Side};
use super::merge::own_value;
use crate::model::{Constant, Event, Policy, Type};
use crate::record::show::Show;
use crate::record::{self, Lead};

/// As the older and the newer version read it.
pub fn of_both(joint: &Joint, versions: [Version; 2], lead: &Lead) -> Option<[Lead; 2]> {
    let lead = settled(joint, lead);
    let both = [of_one(&joint.sides[0], versions[0].policy, &lead)?, of_one(&joint.sides[1], versions[1].policy, &lead)?];
    retyped_agree(joint, versions, &both).then_some(both)
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

/// A field that is of another type now is one cell all the same: both readings are written alike.
fn retyped_agree(joint: &Joint, versions: [Version; 2], both: &[Lead; 2]) -> bool {
    let written = |side: usize, name: &str| -> Option<Option<String>> {
        let policy = versions[side].policy;
        let field = policy.fields.iter().position(|field| field.name == name)?;
        let zone = record::zone(policy).ok()?;
        let value = both[side].values.get(field)?.as_ref();
        Some(value.map(|value| Show { policy, zone: &zone }.constant(policy.fields[field].ty, value)))
    };
    joint.apart.retyped.iter().all(|name| written(0, name) == written(1, name))
}
