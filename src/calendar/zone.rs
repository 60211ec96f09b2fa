//! A time zone, asked many times.
//!
//! Enters: an IANA name; instants and local times in microseconds. Leaves: the other of the two. Always holds: the answers are jiff's, with
//! its bundled tables; spans of equal offset that were asked for once are remembered, so that a column of times costs an addition each.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use super::{MICROS_PER_DAY, MICROS_PER_SECOND};

/// There is no zone of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{0}`")]
pub struct UnknownZone(pub String);

#[derive(Clone, Debug)]
pub struct Zone {
    zone: TimeZone,
    /// sorted, without overlaps
    spans: Vec<OffsetSpan>,
    last: usize,
}

/// Instants `from..until` whose local time is `offset` ahead of UTC; all in microseconds.
#[derive(Clone, Copy, Debug)]
struct OffsetSpan {
    from: i64,
    until: i64,
    offset: i64,
}

/// Where a clock is set back over midnight, the day before comes once more: `settled` is when it is over for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayStart {
    /// the first instant of that day or a later one
    pub first: i64,
    /// from here on, no instant belongs to an earlier day
    pub settled: i64,
}

impl Zone {
    pub fn utc() -> Zone {
        Zone { zone: TimeZone::UTC, spans: Vec::new(), last: 0 }
    }

    pub fn named(name: &str) -> Result<Zone, UnknownZone> {
        let zone = TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))?;
        Ok(Zone { zone, spans: Vec::new(), last: 0 })
    }

    /// Local time, as microseconds since the local 1970-01-01T00:00.
    pub fn local(&mut self, instant: i64) -> i64 {
        instant + self.span_at(instant).offset
    }

    /// Days since 1970-01-01 of the local calendar.
    pub fn local_day(&mut self, instant: i64) -> i64 {
        self.local(instant).div_euclid(MICROS_PER_DAY)
    }

    /// The instant of a local time. One that a clock change skips moves forward by the gap, one that occurs twice is the first: both
    /// are what the offset before the change makes of it.
    pub fn instant_of_local(&mut self, local: i64) -> i64 {
        // No offset change is longer than a day, so well inside a span there is nothing to decide.
        if let Some(span) = self.spans.get(self.last) {
            let instant = local - span.offset;
            if span.from.saturating_add(2 * MICROS_PER_DAY) <= instant && instant < span.until.saturating_sub(2 * MICROS_PER_DAY) {
                return instant;
            }
        }
        let before = match self.zone.to_ambiguous_timestamp(civil(local)).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, after: _ } | AmbiguousOffset::Fold { before, after: _ } => before,
        };
        let instant = local - micros(before);
        // Remembers the span for the next one.
        self.span_at(instant);
        instant
    }

    /// When a day of the local calendar begins.
    pub fn day_start(&mut self, day: i64) -> DayStart {
        let midnight = day.saturating_mul(MICROS_PER_DAY);
        let first = self.instant_of_local(midnight);
        let settled = match self.zone.to_ambiguous_timestamp(civil(midnight)).offset() {
            AmbiguousOffset::Fold { before: _, after } => midnight - micros(after),
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => first,
        };
        DayStart { first, settled }
    }

    /// The instant at which the clock shows the same time of day, so many days later; elapsed days beyond the calendar's end.
    pub fn days_later(&mut self, instant: i64, days: i64) -> i64 {
        let local = self.local(instant).saturating_add(days.saturating_mul(MICROS_PER_DAY));
        self.instant_of_local(local)
    }

    fn span_at(&mut self, instant: i64) -> OffsetSpan {
        if let Some(span) = self.spans.get(self.last)
            && span.from <= instant
            && instant < span.until
        {
            return *span;
        }
        let next = self.spans.partition_point(|span| span.from <= instant);
        if let Some(before) = next.checked_sub(1)
            && instant < self.spans[before].until
        {
            self.last = before;
            return self.spans[before];
        }
        let span = self.find_span(instant);
        self.spans.insert(next, span);
        self.last = next;
        span
    }

    fn find_span(&self, instant: i64) -> OffsetSpan {
        let at = timestamp(instant);
        let offset = micros(self.zone.to_offset(at));
        // A transition belongs to the span that it begins, and `preceding` gives only earlier ones.
        let just_after = at.as_nanosecond().checked_add(1).and_then(|nanos| Timestamp::from_nanosecond(nanos).ok()).unwrap_or(at);
        let from = self.zone.preceding(just_after).next().map_or(i64::MIN, |change| change.timestamp().as_microsecond());
        let until = self.zone.following(at).next().map_or(i64::MAX, |change| change.timestamp().as_microsecond());
        OffsetSpan { from, until, offset }
    }
}

fn micros(offset: Offset) -> i64 {
    i64::from(offset.seconds()) * MICROS_PER_SECOND
}

/// At the ends of jiff's time line the nearest instant serves: no zone changes there.
fn timestamp(instant: i64) -> Timestamp {
    Timestamp::from_microsecond(instant).unwrap_or(if instant < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn civil(local: i64) -> DateTime {
    let nearest = if local < 0 { DateTime::MIN } else { DateTime::MAX };
    Timestamp::from_microsecond(local).map_or(nearest, |timestamp| Offset::UTC.to_datetime(timestamp))
}
