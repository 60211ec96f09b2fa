//! Business days of a [`Calendar`]: days that have hours, whatever the hours.
//!
//! The local time of day is kept. Where the clock skips it, it moves forward by what is skipped; where the clock repeats it, it is the
//! first of the two.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::Calendar;

impl Calendar {
    /// Steps over days, counting business days; 0 gives `start`.
    pub fn add_days(&self, start: i64, count: i64) -> Option<i64> {
        let day = self.local_day(start)?;
        let target = match count {
            0 => return Some(start),
            // the day by whose end `count` more have passed
            1.. => self.hours.business_days_before(day + 1).checked_add(count)?,
            // the day at whose end as many are still to come
            i64::MIN..0 => self.hours.business_days_before(day).checked_add(count)?.checked_add(1)?,
        };
        self.hours.business_day_reaching(target).and_then(|reached| shift_days(self.zone(), start, reached - day))
    }

    /// Business days after the local day of `start` up to and including that of `end`; mirrored, below 0, if `end` is earlier.
    pub fn days_between(&self, start: i64, end: i64) -> Option<i64> {
        let (first, last) = (self.local_day(start)?, self.local_day(end)?);
        let between = |first: i64, last: i64| self.hours.business_days_before(last + 1) - self.hours.business_days_before(first + 1);
        Some(if first <= last { between(first, last) } else { -between(last, first) })
    }

    pub fn is_business_day(&self, instant: i64) -> bool {
        self.local_day(instant).is_some_and(|day| self.hours.is_business_day(day))
    }

    /// `instant` if its day is a business day, else the same local time of the next one.
    pub fn day_on_or_after(&self, instant: i64) -> Option<i64> {
        if self.is_business_day(instant) { Some(instant) } else { self.add_days(instant, 1) }
    }

    /// `instant` if its day is a business day, else the same local time of the last one.
    pub fn day_on_or_before(&self, instant: i64) -> Option<i64> {
        if self.is_business_day(instant) { Some(instant) } else { self.add_days(instant, -1) }
    }

    fn local_day(&self, instant: i64) -> Option<i64> {
        let at = Timestamp::from_microsecond(instant).ok()?;
        Some(days_since_epoch(self.zone().to_datetime(at).date()))
    }
}

/// The same local time so many calendar days later (earlier, below 0).
pub fn shift_days(zone: &TimeZone, instant: i64, days: i64) -> Option<i64> {
    if days == 0 {
        return Some(instant);
    }
    let local = zone.to_datetime(Timestamp::from_microsecond(instant).ok()?);
    let span = jiff::Span::new().try_days(days).ok()?;
    let shifted = local.checked_add(span).ok()?;
    Some(zone.to_ambiguous_timestamp(shifted).compatible().ok()?.as_microsecond())
}

fn days_since_epoch(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    date.since(epoch).map_or(0, |span| i64::from(span.get_days()))
}
