//! Lengths of time on a clock: where they end, and how much of them is used up.
//!
//! `2 hours` is elapsed time; `2 days` are calendar days in the policy's zone, at the same local time; `2 business hours` are hours in which the
//! calendar is open; `2 business days` are days that have hours, at the same local time. What is left of business time when a clock
//! pauses is measured in open time, what is left of any other in elapsed time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::calendar::{Calendar, shift_days};
use crate::model::{ClockTime, Decimal};

#[derive(Clone, Copy, Debug)]
pub struct Lengths<'c> {
    pub zone: &'c TimeZone,
    pub calendar: Option<&'c Calendar>,
}

impl Lengths<'_> {
    /// None if it lies beyond the year 9999, or if the calendar never opens for so long.
    pub fn after(&self, start: i64, length: ClockTime) -> Option<i64> {
        match length {
            ClockTime::Elapsed(micros) => later(start, micros),
            ClockTime::Days(days) => shift_days(self.zone, start, days),
            ClockTime::Open(micros) => self.calendar?.add(start, micros),
            ClockTime::BusinessDays(days) => self.calendar?.add_days(start, days),
        }
    }

    /// How much time counts between two instants.
    pub fn between(&self, from: i64, until: i64, counted: ClockTime) -> i64 {
        match counted {
            ClockTime::Elapsed(_) | ClockTime::Days(_) => until.saturating_sub(from),
            ClockTime::Open(_) | ClockTime::BusinessDays(_) => self.calendar.map_or(0, |calendar| calendar.between(from, until)),
        }
    }

    /// Where so much more time is used up.
    pub fn plus(&self, from: i64, amount: i64, counted: ClockTime) -> Option<i64> {
        match counted {
            ClockTime::Elapsed(_) | ClockTime::Days(_) => later(from, amount),
            ClockTime::Open(_) | ClockTime::BusinessDays(_) => self.calendar?.add(from, amount),
        }
    }
}

/// None beyond the years that jiff knows.
fn later(from: i64, micros: i64) -> Option<i64> {
    from.checked_add(micros).filter(|at| *at <= Timestamp::MAX.as_microsecond())
}

/// So many per cent of an amount, rounded up to the microsecond.
pub fn share_of(total: i64, share: Decimal) -> Option<i64> {
    let parts = 10i128.checked_pow(u32::from(share.places))?.checked_mul(100)?;
    let product = i128::from(total).checked_mul(share.mantissa)?;
    let whole = product.div_euclid(parts);
    i64::try_from(whole + i128::from(product.rem_euclid(parts) > 0)).ok()
}
