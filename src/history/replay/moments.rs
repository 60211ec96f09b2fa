//! Instants that follow from others, in the policy's zone.
//!
//! Always holds: days are calendar days and keep the local time of day; one that a clock change skips moves forward, one that occurs twice is
//! the first.

use crate::calendar::{MICROS_PER_DAY, Zone};
use crate::model::Length;

/// None beyond the years that there are.
pub fn later(zone: &mut Zone, from: i64, length: Length) -> Option<i64> {
    match length {
        Length::Days(days) => {
            let local = zone.local(from).checked_add(days.checked_mul(MICROS_PER_DAY)?)?;
            Some(zone.instant_of_local(local))
        }
        Length::Elapsed(microseconds) => from.checked_add(microseconds),
    }
}

/// The beginning of the next local day.
pub fn next_midnight(zone: &mut Zone, now: i64) -> Option<i64> {
    let tomorrow = zone.local_day(now).checked_add(1)?;
    let midnight = day_begin(zone, tomorrow)?;
    // a day that clocks repeat has begun before
    if midnight > now { Some(midnight) } else { midnight.checked_add(MICROS_PER_DAY) }
}

/// The first instant of a calendar day, in days since 1970-01-01.
pub fn day_begin(zone: &mut Zone, day: i64) -> Option<i64> {
    Some(zone.instant_of_local(day.checked_mul(MICROS_PER_DAY)?))
}
