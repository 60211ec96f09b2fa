//! The instant at which leads are looked at.
//!
//! Enters: what a user wrote behind `--as-of`, the policy's zone. Leaves: microseconds since the epoch. The only place that reads the
//! clock: if nothing is written, it is now, to the second, so that what is shown repeats the run.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::outcome::Misuse;
use crate::model::AsOf;
use crate::program::shape::INSTANTS;

pub fn as_of(written: Option<&str>, zone: &TimeZone) -> Result<i64, Misuse> {
    instant("--as-of", written, zone)
}

/// The same behind another flag.
pub fn instant(flag: &str, written: Option<&str>, zone: &TimeZone) -> Result<i64, Misuse> {
    match written {
        None => Ok(now()),
        Some(written) => read(written.trim(), zone).map_err(|unread| misuse(flag, written, unread)),
    }
}

/// The day on which a policy is checked. Its zone is not known before it is read, so a time without an offset is its day, and an instant is
/// left to the policy.
pub fn day(written: Option<&str>) -> Result<AsOf, Misuse> {
    let Some(written) = written else { return Ok(AsOf::Moment(now())) };
    if let Ok(instant) = written.trim().parse::<Timestamp>() {
        return Ok(AsOf::Moment(instant.as_microsecond()));
    }
    // read in any zone at all, a local time is well-formed or not
    let local = read(written.trim(), &TimeZone::UTC).and_then(|_| written.trim().parse::<DateTime>().map_err(|_| Unread::NoTime));
    local.map(|local| AsOf::Day(local.date())).map_err(|unread| misuse("--as-of", written, unread))
}

fn now() -> i64 {
    Timestamp::now().as_second() * 1_000_000
}

/// Why what is written gives no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unread {
    NoTime,
    /// a time, but none that can be counted
    Beyond,
}

fn misuse(flag: &str, written: &str, unread: Unread) -> Misuse {
    Misuse::new(match unread {
        Unread::NoTime => format!(
            "`{flag} {written}` is no date and no time: write `2026-11-18` or `2026-11-18T15:00`, in the policy's zone, or with an offset"
        ),
        Unread::Beyond => {
            format!("`{flag} {written}` is beyond what can be counted: times reach from 0001-01-01 to 9999-12-30T22:00Z")
        }
    })
}

/// A day is its beginning; a skipped hour moves forward, a repeated one is the first.
fn read(written: &str, zone: &TimeZone) -> Result<i64, Unread> {
    let instant = read_any(written, zone)?;
    if INSTANTS.contains(instant) { Ok(instant) } else { Err(Unread::Beyond) }
}

fn read_any(written: &str, zone: &TimeZone) -> Result<i64, Unread> {
    let local = if let Ok(date) = written.parse::<Date>()
        && written.len() == "2026-11-18".len()
    {
        date.to_datetime(Time::midnight())
    } else if let Ok(instant) = written.parse::<Timestamp>() {
        return Ok(instant.as_microsecond());
    } else if written.contains('[') {
        // the parser takes a zone behind the time and ignores it; nobody who writes one wants that
        return Err(Unread::NoTime);
    } else {
        written.parse::<DateTime>().map_err(|_| Unread::NoTime)?
    };
    let zoned = local.to_zoned(zone.clone()).map_err(|_| Unread::Beyond)?;
    Ok(zoned.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_in_the_policys_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let instant =
            |written: &str| as_of(Some(written), &zone).map(|microseconds| Timestamp::from_microsecond(microseconds).unwrap().to_string());
        assert_eq!(instant("2026-11-18").as_deref(), Ok("2026-11-18T05:00:00Z"));
        assert_eq!(instant("2026-11-18T15:00").as_deref(), Ok("2026-11-18T20:00:00Z"));
        assert_eq!(instant("2026-11-18 15:00:07.5").as_deref(), Ok("2026-11-18T20:00:07.5Z"));
        assert_eq!(instant("2026-11-18T15:00Z").as_deref(), Ok("2026-11-18T15:00:00Z"));
        assert_eq!(instant("2026-11-18T15:00+02:00").as_deref(), Ok("2026-11-18T13:00:00Z"));
        // the clocks of New York skip 02:30 on this day, and show 01:30 twice on that one
        assert_eq!(instant("2026-03-08T02:30").as_deref(), Ok("2026-03-08T07:30:00Z"));
        assert_eq!(instant("2026-11-01T01:30").as_deref(), Ok("2026-11-01T05:30:00Z"));
    }

    #[test]
    fn a_check_has_a_day() {
        let on = |written: &str| day(Some(written)).expect(written);
        let the_18th = AsOf::Day(jiff::civil::date(2026, 11, 18));
        assert_eq!([on("2026-11-18"), on(" 2026-11-18T15:00"), on("2026-11-18 23:59:59.5")], [the_18th; 3]);
        assert_eq!(on("2026-11-18T15:00Z"), AsOf::Moment(1_795_014_000_000_000));
        assert_eq!(on("2026-11-18T15:00-05:00"), AsOf::Moment(1_795_032_000_000_000));
        for written in ["tomorrow", "", "2026-02-30", "2026-11-18T15:00[Europe/Rome]", "15:00"] {
            assert!(day(Some(written)).is_err(), "{written}");
        }
    }

    #[test]
    fn the_end_of_the_calendar_is_told() {
        for written in ["9999-12-31", "9999-12-31T23:59", "0000-12-31"] {
            let sentence = as_of(Some(written), &TimeZone::UTC).unwrap_err().to_string();
            assert_eq!(
                sentence,
                format!("`--as-of {written}` is beyond what can be counted: times reach from 0001-01-01 to 9999-12-30T22:00Z")
            );
        }
        assert!(as_of(Some("9999-12-30T22:00"), &TimeZone::UTC).is_ok());
    }

    #[test]
    fn anything_else_is_a_clear_sentence() {
        for written in ["yesterday", "", "2026-02-30", "18.11.2026", "2026-11-18T25:00", "2026-11-18T15:00[Europe/Rome]", "15:00"] {
            let sentence = as_of(Some(written), &TimeZone::UTC).unwrap_err().to_string();
            assert!(sentence.contains("is no date and no time"), "{written}: {sentence}");
        }
    }
}
