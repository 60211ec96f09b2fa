//! Changes of a test's lead.
//!
//! Enters: a test, a list of [`Move`]s. Leaves: the test with the moves made, later ones over earlier ones. Always holds: days and instants are counted from the
//! test's own as-of, so that one list fits every test.

use jiff::tz::TimeZone;

use crate::model::{Constant, Event, FieldId, Policy, SignalId, Test, Type};

pub const MINUTE: i64 = 60_000_000;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

#[derive(Clone, Debug, PartialEq)]
pub enum Move {
    Field(FieldId, Option<Constant>),
    /// a date or time so many days behind as-of, or before it if negative
    Day(FieldId, i64),
    Stage(usize),
    /// the lead entered its stage so many microseconds before as-of
    Since(i64),
    /// the lead's signals of these kinds are these and no others
    Signals {
        of: Vec<SignalId>,
        given: Vec<Given>,
    },
    /// owner and queue that the lead has already
    Holder(Option<(usize, usize)>),
}

/// A signal, so many microseconds before as-of.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    pub signal: SignalId,
    pub before: i64,
    pub values: Vec<Option<Constant>>,
}

pub fn made(policy: &Policy, zone: &TimeZone, test: &Test, moves: &[Move]) -> Test {
    let mut test = test.clone();
    let as_of = test.as_of.unwrap_or(0);
    for one in moves {
        match one {
            Move::Field(field, value) => {
                if let Some(slot) = test.lead.get_mut(*field) {
                    *slot = value.clone();
                }
            }
            Move::Day(field, days) => {
                let value = match policy.fields.get(*field).map(|field| field.ty) {
                    Some(Type::Time) => as_of.checked_add(days.saturating_mul(DAY)),
                    Some(_) | None => day_of(zone, as_of).and_then(|day| day.checked_add(*days)),
                };
                if let (Some(slot), Some(value)) = (test.lead.get_mut(*field), value) {
                    *slot = Some(Constant::Integer(value));
                }
            }
            Move::Stage(stage) => {
                // since when is the business of another move
                test.stage_since = test.stage_since.filter(|_| test.stage == Some(*stage));
                test.stage = Some(*stage);
            }
            Move::Since(before) => {
                test.stage = test.stage.or(policy.start_stage);
                test.stage_since = as_of.checked_sub(*before);
            }
            Move::Signals { of, given } => {
                test.signals.retain(|event| !of.contains(&event.signal));
                let events =
                    given.iter().map(|given| Event { signal: given.signal, at: as_of - given.before, values: given.values.clone() });
                test.signals.extend(events);
            }
            Move::Holder(holder) => {
                test.owner = holder.map(|(owner, _)| owner);
                test.queue = holder.map(|(_, queue)| queue);
            }
        }
    }
    // within the same minute the order of the text is that of time
    test.signals.sort_by_key(|event| event.at);
    test
}

/// The calendar day of an instant, in days since 1970-01-01.
pub fn day_of(zone: &TimeZone, instant: i64) -> Option<i64> {
    let date = zone.to_datetime(jiff::Timestamp::from_microsecond(instant).ok()?).date();
    Some(date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24)
}
