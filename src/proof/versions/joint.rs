//! Two versions as one policy.
//!
//! Enters: two checked policies. Leaves: a policy that has the fields, signals, stages and measures of both, each once where both have it, and
//! for each version where its parts are in it. Always holds: numbers of the newer version stay as they are, those of the older one are translated
//! by names; a lead that both versions accept is a lead of the joint policy.
//!
//! What one version alone has is nothing to the other. A field that is of another type is two fields.

use super::apart::{Apart, apart};
use super::histories::{self, HistoryMap};
use crate::model::{ChoiceMember, Choices, ChoicesId, Field, FieldId, Interval, Policy, SOME_OF_CHOICES_MAX, Type};

/// The policy of both.
pub struct Joint {
    pub policy: Policy,
    /// the older version, the newer
    pub sides: [Side; 2],
    pub apart: Apart,
    /// per field that both versions have, the joint choices that one of them does not have
    pub unshared: Vec<(FieldId, Vec<i64>)>,
    /// joint stages that one version does not have
    pub unshared_stages: Vec<i64>,
}

/// Where a version's parts are in the joint policy.
pub struct Side {
    /// per field of the version, the joint field, and how values become its own
    pub fields: Vec<(FieldId, Recode)>,
    /// per joint stage, its own
    pub stages: Vec<Option<usize>>,
    pub routes: Vec<Option<usize>>,
    pub owners: Vec<Option<usize>>,
    pub queues: Vec<Option<usize>>,
    pub history: HistoryMap,
}

/// How joint values become a version's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recode {
    Same,
    /// per joint choice
    Choice(Vec<Option<i64>>),
    /// per joint member, its bit
    Set(Vec<Option<u32>>),
    /// the version counts in smaller units
    Times(i64),
}

impl Recode {
    pub fn value(&self, joint: i64) -> Option<i64> {
        match self {
            Recode::Same => Some(joint),
            Recode::Choice(codes) => usize::try_from(joint).ok().and_then(|place| codes.get(place).copied().flatten()),
            Recode::Set(bits) => {
                let mut chosen = bits.iter().enumerate().filter(|(bit, _)| joint >> bit & 1 == 1);
                chosen.try_fold(0, |set, (_, own)| Some(set | 1i64 << (*own)?))
            }
            Recode::Times(factor) => joint.checked_mul(*factor),
        }
    }
}

pub fn joint(old: &Policy, new: &Policy, is_same_balance: &dyn Fn(&str) -> bool) -> Joint {
    let mut maker = Maker { old, policy: new.clone(), unshared: Vec::new(), fields: [Vec::new(), Vec::new()] };
    maker.fields(new);
    let Maker { mut policy, unshared, fields: [old_fields, new_fields], .. } = maker;
    let stage_names = |policy: &Policy| policy.stages.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>();
    let [mut old_stages, mut new_stages] = paired(&stage_names(old), &stage_names(new));
    let unshared_stages = if old.stages.is_empty() || new.stages.is_empty() { Vec::new() } else { unshared_of(&old_stages, &new_stages) };
    join_stages(old, new, &mut policy, &mut old_stages, &mut new_stages);
    let [old_routes, new_routes] = paired(&names(&old.routes, |route| &route.name), &names(&new.routes, |route| &route.name));
    let [old_owners, new_owners] = paired(&members(old, old.owner_choices), &members(new, new.owner_choices));
    let [old_queues, new_queues] = paired(&names(&old.queues, |queue| &queue.name), &names(&new.queues, |queue| &queue.name));
    let old_history = histories::join(old, &mut policy, &old_stages, is_same_balance);
    let new_history = HistoryMap::same(new);
    let apart = apart(old, new);
    let sides = [
        Side { fields: old_fields, stages: old_stages, routes: old_routes, owners: old_owners, queues: old_queues, history: old_history },
        Side { fields: new_fields, stages: new_stages, routes: new_routes, owners: new_owners, queues: new_queues, history: new_history },
    ];
    Joint { policy, sides, apart, unshared, unshared_stages }
}

struct Maker<'p> {
    old: &'p Policy,
    policy: Policy,
    unshared: Vec<(FieldId, Vec<i64>)>,
    fields: [Vec<(FieldId, Recode)>; 2],
}

impl Maker<'_> {
    fn fields(&mut self, new: &Policy) {
        self.fields[1] = (0..new.fields.len()).map(|field| (field, Recode::Same)).collect();
        for own in &self.old.fields {
            let twin = new.fields.iter().position(|field| field.name == own.name);
            let twin = twin.filter(|twin| share_values((self.old, own), (new, &new.fields[*twin])));
            let entry = match twin {
                Some(twin) => self.common(own, new, twin),
                None => {
                    let ty = self.type_of_old(own.ty);
                    self.policy.fields.push(Field { ty, ..own.clone() });
                    (self.policy.fields.len() - 1, Recode::Same)
                }
            };
            self.fields[0].push(entry);
        }
    }

    /// A field of both: what both accept.
    fn common(&mut self, own: &Field, new: &Policy, twin: FieldId) -> (FieldId, Recode) {
        let mut field = new.fields[twin].clone();
        field.optional &= own.optional;
        let recode = match (own.ty, field.ty) {
            (Type::Number { scale, unit }, Type::Number { scale: new_scale, .. }) => {
                let least = scale.min(new_scale);
                let (old_times, new_times) = (power(scale - least), power(new_scale - least));
                let both = [(own.range, old_times), (field.range, new_times)];
                field.range = both.into_iter().filter_map(|(range, times)| Some(coarser(range?, times))).reduce(common_range);
                field.ty = Type::Number { scale: least, unit };
                self.fields[1][twin].1 = times(new_times);
                times(old_times)
            }
            (Type::OneOf(before), Type::OneOf(after)) | (Type::SomeOf(before), Type::SomeOf(after)) => {
                let (old_names, new_names) = (members(self.old, Some(before)), members(new, Some(after)));
                let [old_codes, new_codes] = paired(&old_names, &new_names);
                let unshared = unshared_of(&old_codes, &new_codes);
                if old_codes.len() > new_names.len() {
                    let choices = self.extended(before, after);
                    let is_set = matches!(own.ty, Type::SomeOf(_));
                    field.ty = if is_set { Type::SomeOf(choices) } else { Type::OneOf(choices) };
                }
                if !unshared.is_empty() {
                    self.unshared.push((twin, unshared));
                }
                let recode = |codes: &[Option<usize>]| {
                    if codes.iter().enumerate().all(|(joint, own)| *own == Some(joint)) {
                        Recode::Same
                    } else if matches!(own.ty, Type::SomeOf(_)) {
                        Recode::Set(codes.iter().map(|own| own.map(|own| own as u32)).collect())
                    } else {
                        Recode::Choice(codes.iter().map(|own| own.map(|own| own as i64)).collect())
                    }
                };
                self.fields[1][twin].1 = recode(&new_codes);
                recode(&old_codes)
            }
            (_, _) => {
                field.range = [own.range, field.range].into_iter().flatten().reduce(common_range);
                Recode::Same
            }
        };
        self.policy.fields[twin] = field;
        (twin, recode)
    }

    /// The newer choices, and behind them those that the older version alone has.
    fn extended(&mut self, before: ChoicesId, after: ChoicesId) -> ChoicesId {
        let mut choices = self.policy.choices[after].clone();
        let more: Vec<ChoiceMember> = match self.old.choices.get(before) {
            Some(old) => old.members.iter().filter(|member| choices.index_of(&member.name).is_none()).cloned().collect(),
            None => Vec::new(),
        };
        choices.members.extend(more);
        self.policy.choices.push(choices);
        self.policy.choices.len() - 1
    }

    fn type_of_old(&mut self, ty: Type) -> Type {
        histories::type_of_old(self.old, &mut self.policy, ty)
    }
}

/// Stages of both; a lead that has none yet is in one of its own where the versions start it in different ones.
fn join_stages(old: &Policy, new: &Policy, policy: &mut Policy, old_stages: &mut Vec<Option<usize>>, new_stages: &mut Vec<Option<usize>>) {
    policy.stages.extend(old.stages.iter().filter(|stage| !new.stages.iter().any(|known| known.name == stage.name)).cloned());
    if new.stages.is_empty() {
        policy.start_stage = old.start_stage;
        return;
    }
    let start = |policy: &Policy| Some(policy.stages.get(policy.start_stage.unwrap_or(0))?.name.clone());
    if !old.stages.is_empty() && start(old) != start(new) {
        policy.stages.extend(new.stages.first().cloned());
        policy.start_stage = Some(policy.stages.len() - 1);
        old_stages.push(Some(old.start_stage.unwrap_or(0)));
        new_stages.push(Some(new.start_stage.unwrap_or(0)));
    }
}

/// Whether some value is one of both fields.
pub fn share_values(old: (&Policy, &Field), new: (&Policy, &Field)) -> bool {
    let is_alike = alike((old.0, old.1.ty), (new.0, new.1.ty));
    is_alike
        && match (old.1.ty, new.1.ty) {
            (Type::OneOf(before), Type::OneOf(after)) | (Type::SomeOf(before), Type::SomeOf(after)) => {
                let (before, after) = (members(old.0, Some(before)), members(new.0, Some(after)));
                let common = before.iter().filter(|name| after.contains(name)).count();
                common > 0 && before.len() + after.len() - common <= SOME_OF_CHOICES_MAX
            }
            (Type::Number { scale: before, .. }, Type::Number { scale: after, .. }) => {
                let least = before.min(after);
                let range = |field: &Field, scale: u8| coarser(field.range.unwrap_or(Interval::FULL), power(scale - least));
                let both = common_range(range(old.1, before), range(new.1, after));
                both.low <= both.high
            }
            (_, _) => match (old.1.range, new.1.range) {
                (Some(before), Some(after)) => before.low.max(after.low) <= before.high.min(after.high),
                (_, _) => true,
            },
        }
}

/// Whether values of the two types can be the same value.
pub fn alike(old: (&Policy, Type), new: (&Policy, Type)) -> bool {
    match (old.1, new.1) {
        (Type::Number { unit: before, .. }, Type::Number { unit: after, .. }) => {
            before == after && (before == crate::model::Unit::Plain || old.0.currency == new.0.currency)
        }
        (Type::Text, Type::Text)
        | (Type::YesNo, Type::YesNo)
        | (Type::Date, Type::Date)
        | (Type::Time, Type::Time)
        | (Type::OneOf(_), Type::OneOf(_))
        | (Type::SomeOf(_), Type::SomeOf(_)) => true,
        (Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time, _) => false,
    }
}

/// The newer names with the older ones that are not among them behind; per joint place, the own number of either version.
pub fn paired(old: &[String], new: &[String]) -> [Vec<Option<usize>>; 2] {
    let more = old.iter().filter(|name| !new.contains(name));
    let all: Vec<&String> = new.iter().chain(more).collect();
    let own = |of: &[String]| all.iter().map(|name| of.iter().position(|own| own == *name)).collect();
    [own(old), own(new)]
}

fn unshared_of(old: &[Option<usize>], new: &[Option<usize>]) -> Vec<i64> {
    (0..old.len()).filter(|place| old[*place].is_none() || new[*place].is_none()).map(|place| place as i64).collect()
}

pub fn members(policy: &Policy, choices: Option<ChoicesId>) -> Vec<String> {
    let members = |choices: &Choices| choices.members.iter().map(|member| member.name.clone()).collect();
    choices.and_then(|id| policy.choices.get(id)).map(members).unwrap_or_default()
}

fn names<T>(all: &[T], name: impl Fn(&T) -> &String) -> Vec<String> {
    all.iter().map(|one| name(one).clone()).collect()
}

pub fn power(places: u8) -> i64 {
    10i64.checked_pow(u32::from(places)).unwrap_or(i64::MAX)
}

fn times(factor: i64) -> Recode {
    if factor == 1 { Recode::Same } else { Recode::Times(factor) }
}

/// What of a range can be said in units that are so many times larger.
fn coarser(range: Interval, times: i64) -> Interval {
    let low = range.low.div_euclid(times) + i64::from(range.low.rem_euclid(times) != 0);
    Interval { low, high: range.high.div_euclid(times) }
}

pub fn common_range(left: Interval, right: Interval) -> Interval {
    Interval { low: left.low.max(right.low), high: left.high.min(right.high) }
}
