//! Leads that show something.
//!
//! Enters: a value for each variable. Leaves: a lead at an as-of. Always holds: the lead keeps the policy's own rules, or there is none; whether it
//! shows what it should is for the interpreter to say, which replays it.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::histories::{Wanted, history};
use super::variables::{Meaning, Variables, lowest_bit};
use crate::model::{Constant, Field, FieldId, Policy, Type};
use crate::record::{self, Histories, Lead};

/// A lead, when it is looked at, and what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    pub lead: Lead,
    /// microseconds since the epoch
    pub as_of: i64,
    /// the fields that are not as in the plainest lead
    pub fields: Vec<FieldId>,
    /// whether as-of itself matters
    pub needs_as_of: bool,
    /// the value of each operation of the program
    pub values: Vec<Option<i64>>,
    /// the field that rises, to what, and the value that moves with it, before and after
    pub raised: Option<(FieldId, i64, i64, i64)>,
}

/// The day and the instant at which leads are looked at if nothing depends on it: noon in UTC of a Wednesday.
pub const AS_OF: i64 = 1_768_392_000_000_000;

/// Some well-formed lead, in which nothing is known that may be missing.
pub fn plainest(policy: &Policy) -> Lead {
    Lead { values: policy.fields.iter().map(plain_value).collect(), ..Lead::default() }
}

/// The plainest value of a field or of a property.
pub fn plain_value(field: &Field) -> Option<Constant> {
    let within = |value: i64| field.range.map_or(value, |range| value.clamp(range.low, range.high));
    let value = match field.ty {
        Type::Text => Constant::Text("other".into()),
        Type::SomeOf(_) => Constant::Integer(1),
        Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date | Type::Time => Constant::Integer(within(center(field.ty))),
    };
    (!field.optional).then_some(value)
}

/// What values of a type are near to, where they can: as-of, or 0.
pub fn center(ty: Type) -> i64 {
    match ty {
        Type::Date => AS_OF.div_euclid(crate::calendar::MICROS_PER_DAY),
        Type::Time => AS_OF,
        Type::Text | Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => 0,
    }
}

/// The lead with these values; none if there is none, or none was found. `by_log`: one with moves in its stage log.
pub fn lead(
    policy: &Policy,
    histories: &Histories,
    variables: &Variables,
    values: &[Option<i64>],
    wanted: &[Wanted],
    by_log: bool,
) -> Option<(Lead, i64)> {
    let zone = record::zone(policy).ok()?;
    let value_of = |meaning: &Meaning| {
        let found = variables.all.iter().position(|variable| variable.meaning == *meaning)?;
        values.get(found).copied().flatten()
    };
    let baseline_day = record::parameters(policy, AS_OF).ok()?.as_of_day;
    let (day, instant) = (value_of(&Meaning::AsOfDay).unwrap_or(baseline_day), value_of(&Meaning::AsOf).unwrap_or(AS_OF));
    let as_of = if day != baseline_day { noon(day, &zone)? } else { instant };
    let as_of_day = record::parameters(policy, as_of).ok()?.as_of_day;
    let mut lead = plainest(policy);
    for (variable, value) in variables.all.iter().zip(values) {
        match &variable.meaning {
            // the day of it is another variable, with which it is settled
            Meaning::Column(column) if variables.day_of(*column).is_some() => {}
            Meaning::Column(column) => {
                if let Some(place) = lead.values.get_mut(*column) {
                    let bits = if variable.domain.is_set {
                        value.map(|bits| if bits == 0 { lowest_bit(variable.domain.high) } else { bits })
                    } else {
                        *value
                    };
                    *place = bits.map(Constant::Integer);
                }
            }
            Meaning::Day(column) | Meaning::DaysBefore { column, is_day: true } => {
                let is_plain = *value == variable.baseline;
                let day = value.map(|value| if matches!(variable.meaning, Meaning::Day(_)) { value } else { as_of_day - value });
                match moment(policy, variables, values, *column, day, is_plain) {
                    Some(moment) => *lead.values.get_mut(*column)? = Some(Constant::Integer(moment)),
                    None => *lead.values.get_mut(*column)? = on_day(policy, *column, day)?,
                }
            }
            Meaning::DaysBefore { column, is_day: false } | Meaning::Text { column, .. } => {
                if let Some(place) = lead.values.get_mut(*column) {
                    *place = field_value(policy, &variable.meaning, *column, *value, as_of_day)?;
                }
            }
            Meaning::Stage => {
                let stage = usize::try_from((*value)?).ok()?;
                lead.stage = (Some(stage) != policy.start_stage).then_some(stage);
            }
            Meaning::StageSince => lead.stage_since = value.and_then(|distance| as_of.checked_sub(distance)),
            Meaning::RestUntil => lead.rest_until = value.and_then(|distance| as_of.checked_sub(distance)),
            Meaning::RouteOwner(route) => lead.owners.extend(value.and_then(|owner| Some((*route, usize::try_from(owner).ok()?)))),
            Meaning::RouteQueue(route) => lead.queues.extend(value.and_then(|queue| Some((*route, usize::try_from(queue).ok()?)))),
            // a key with a certain hash is not looked for, and equal texts are equal where they come out equal
            Meaning::KeyHash | Meaning::Identity { .. } | Meaning::Raised(_) | Meaning::Part(_) | Meaning::AsOfDay | Meaning::AsOf => {}
        }
    }
    if !wanted.is_empty() || by_log {
        lead = history(policy, histories, lead, as_of, wanted, by_log)?;
    }
    Some((lead, as_of))
}

/// The instant of a time of which also the day has a variable, where that is what is asked of it: it lies on the day, or nothing is asked of the day.
fn moment(
    policy: &Policy,
    variables: &Variables,
    values: &[Option<i64>],
    column: FieldId,
    day: Option<i64>,
    day_is_plain: bool,
) -> Option<i64> {
    let number = variables.all.iter().position(|variable| variable.meaning == Meaning::Column(column))?;
    let instant = values.get(number).copied().flatten()?;
    let lies_on = record::parameters(policy, instant).ok()?.as_of_day;
    let is_asked = Some(instant) != variables.all[number].baseline;
    (day == Some(lies_on) || day_is_plain && is_asked).then_some(instant)
}

/// What a value of one of its variables makes of a field; none if it says too little of it.
pub fn field_value(policy: &Policy, meaning: &Meaning, field: FieldId, value: Option<i64>, as_of_day: i64) -> Option<Option<Constant>> {
    if let Meaning::Text { kinds, .. } = meaning {
        let Some(kind) = value else { return Some(None) };
        Some(Some(Constant::Text(kinds.get(usize::try_from(kind).ok()?)?.text.clone()?)))
    } else if matches!(meaning, Meaning::Column(_)) {
        Some(value.map(Constant::Integer))
    } else if matches!(meaning, Meaning::Day(_)) {
        on_day(policy, field, value)
    } else if matches!(meaning, Meaning::DaysBefore { .. }) {
        on_day(policy, field, value.map(|days| as_of_day - days))
    } else {
        None
    }
}

/// A day as a field has it: a time is noon of it.
fn on_day(policy: &Policy, field: FieldId, day: Option<i64>) -> Option<Option<Constant>> {
    match day {
        Some(day) if policy.fields.get(field)?.ty == Type::Time => Some(Some(Constant::Integer(noon(day, &record::zone(policy).ok()?)?))),
        day => Some(day.map(Constant::Integer)),
    }
}

/// Noon of a day, in microseconds since the epoch.
fn noon(day: i64, zone: &TimeZone) -> Option<i64> {
    let date = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(day).ok()?).ok()?;
    Some(date.at(12, 0, 0, 0).to_zoned(zone.clone()).ok()?.timestamp().as_microsecond())
}
