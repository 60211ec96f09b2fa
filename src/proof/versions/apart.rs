//! What is not alike about the leads of two versions.
//!
//! Enters: both policies. Leaves: the fields that one of them alone has, and sentences about the leads that one of them alone accepts. Always holds: leads are compared
//! that both accept; whatever is left out by that is among the sentences.

use super::joint::{members, share_values};
use crate::model::{Field, Policy, Type};
use crate::record;
use crate::record::show::Show;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Apart {
    /// fields and stages that one version alone has
    pub old_only: Vec<String>,
    pub new_only: Vec<String>,
    /// fields that no value is common to
    pub retyped: Vec<String>,
    /// leads that one version alone accepts, a sentence each
    pub accepted: Vec<String>,
    /// the key is another field
    pub key: bool,
}

pub fn apart(old: &Policy, new: &Policy) -> Apart {
    let mut apart = Apart { key: key_of(old) != key_of(new), ..Apart::default() };
    let has = |policy: &Policy, name: &str| policy.fields.iter().any(|field| field.name == name);
    apart.old_only = old.fields.iter().filter(|field| !has(new, &field.name)).map(|field| field.name.clone()).collect();
    apart.new_only = new.fields.iter().filter(|field| !has(old, &field.name)).map(|field| field.name.clone()).collect();
    for before in &old.fields {
        let Some(after) = new.fields.iter().find(|field| field.name == before.name) else { continue };
        if share_values((old, before), (new, after)) {
            apart.accepted.extend(accepted((old, before), (new, after)));
        } else {
            apart.retyped.push(before.name.clone());
        }
    }
    // a field that must be known, in the version that has it alone
    let must = |policy: &Policy, other: &Policy, word: &str| -> Vec<String> {
        let alone = policy.fields.iter().filter(|field| !field.optional && !has(other, &field.name));
        alone.map(|field| format!("leads without `{}` are {word} now", field.name)).collect()
    };
    apart.accepted.extend(must(new, old, "rejected"));
    apart.accepted.extend(must(old, new, "accepted"));
    let stages = |policy: &Policy| policy.stages.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>();
    if !old.stages.is_empty() && !new.stages.is_empty() {
        apart.accepted.extend(listed("stage", &stages(old), &stages(new)));
    }
    apart
}

fn key_of(policy: &Policy) -> Option<&str> {
    policy.key.and_then(|key| policy.fields.get(key)).map(|field| field.name.as_str())
}

/// What of a field's values one version alone accepts.
fn accepted(old: (&Policy, &Field), new: (&Policy, &Field)) -> Vec<String> {
    let name = &new.1.name;
    let mut found = Vec::new();
    match (old.1.optional, new.1.optional) {
        (true, false) => found.push(format!("leads without `{name}` are rejected now")),
        (false, true) => found.push(format!("leads without `{name}` are accepted now")),
        (true, true) | (false, false) => {}
    }
    match (old.1.ty, new.1.ty) {
        (Type::OneOf(before), Type::OneOf(after)) | (Type::SomeOf(before), Type::SomeOf(after)) => {
            found.extend(listed(name, &members(old.0, Some(before)), &members(new.0, Some(after))));
        }
        (before, after) => {
            if let (Type::Number { scale: before, .. }, Type::Number { scale: after, .. }) = (before, after)
                && before != after
            {
                let word = if after > before { "accepted" } else { "rejected" };
                let (least, most) = (before.min(after), before.max(after));
                found.push(format!("`{name}` with {most} decimal places instead of {least} is {word} now"));
            }
            let (before, after) = (range_text(old), range_text(new));
            if before != after {
                found.push(format!("`{name}` could be {before}, and can be {after}: leads outside are rejected"));
            }
        }
    }
    found
}

fn listed(name: &str, before: &[String], after: &[String]) -> Vec<String> {
    let missing_in = |names: &[String], others: &[String]| names.iter().filter(|name| !others.contains(name)).cloned().collect::<Vec<_>>();
    let (gone, come) = (missing_in(before, after), missing_in(after, before));
    let sentence = |names: Vec<String>, word: &str| (!names.is_empty()).then(|| format!("`{name}` {} is {word} now", names.join(", ")));
    [sentence(gone, "rejected"), sentence(come, "accepted")].into_iter().flatten().collect()
}

fn range_text((policy, field): (&Policy, &Field)) -> String {
    let (Some(range), Ok(zone)) = (field.range, record::zone(policy)) else { return "anything".into() };
    let show = Show { policy, zone: &zone };
    // a range is the same however many places its ends are written with
    let plain = |value: i64| {
        let text = show.integer(field.ty, value);
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_string() } else { text }
    };
    format!("{} to {}", plain(range.low), plain(range.high))
}
