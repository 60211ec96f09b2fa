//! Days and instants, exactly from their digits.
//!
//! Enters: the text of one cell, and the policy's zone. Leaves: days since 1970-01-01, or microseconds since the epoch. Always holds: years run
//! from 1 to 9999; a local time that a clock change skips moves forward by the gap, one that occurs twice is the first.

use crate::batch::bad::Reason;
use crate::calendar::{MICROS_PER_DAY, MICROS_PER_SECOND, Zone, days_from_civil};
use crate::program::shape::{DAYS, INSTANTS};

/// `2026-11-18`; midnight behind it is fine, local or with an offset that makes it midnight in the policy's zone; any other time of day is not.
pub fn date(text: &str, zone: &mut Zone) -> Result<i64, Reason> {
    let text = text.trim_ascii();
    let (day, rest) = leading_day(text.as_bytes(), Reason::NotADate)?;
    if rest.is_empty() {
        return Ok(day);
    }
    match clock(rest) {
        Ok(Clock { micros: 0, offset_seconds: None }) => Ok(day),
        Ok(Clock { micros: 0, offset_seconds: Some(offset) }) => {
            let local = day * MICROS_PER_DAY;
            let is_midnight_here = zone.local(local - offset * MICROS_PER_SECOND) == local;
            if is_midnight_here { Ok(day) } else { Err(Reason::MidnightElsewhere) }
        }
        Ok(_) => Err(Reason::DateWithTime),
        Err(_) => Err(Reason::NotADate),
    }
}

/// `2026-11-18T15:00`, with seconds and up to six places of them (more if they are zeros), `T` or a blank between; local unless it
/// ends in `Z`, `UTC` or an offset (`+02:00`, `+0200`, `+02`).
pub fn time(text: &str, zone: &mut Zone) -> Result<i64, Reason> {
    let text = text.trim_ascii();
    let (day, rest) = leading_day(text.as_bytes(), Reason::NotATime)?;
    if rest.is_empty() {
        return Err(Reason::TimeWithoutClock);
    }
    let clock = clock(rest)?;
    let local = day * MICROS_PER_DAY + clock.micros;
    let instant = match clock.offset_seconds {
        Some(offset) => local - offset * MICROS_PER_SECOND,
        None => zone.instant_of_local(local),
    };
    in_years(instant)
}

/// The first instant of a day.
pub fn beginning(day: i64, zone: &mut Zone) -> Result<i64, Reason> {
    in_years(zone.instant_of_local(day * MICROS_PER_DAY))
}

pub fn in_years(instant: i64) -> Result<i64, Reason> {
    if INSTANTS.contains(instant) { Ok(instant) } else { Err(Reason::NoSuchTime) }
}

pub fn day_in_years(day: i64) -> Result<i64, Reason> {
    if DAYS.contains(day) { Ok(day) } else { Err(Reason::NoSuchDay) }
}

struct Clock {
    micros: i64,
    offset_seconds: Option<i64>,
}

fn leading_day(bytes: &[u8], otherwise: Reason) -> Result<(i64, &[u8]), Reason> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = bytes else { return Err(otherwise) };
    let number = |digits: &[u8]| digits.iter().try_fold(0i64, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i64::from(byte - b'0')));
    let (Some(year), Some(month), Some(day)) = (number(&[*y1, *y2, *y3, *y4]), number(&[*m1, *m2]), number(&[*d1, *d2])) else {
        return Err(otherwise);
    };
    if year < 1 || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return Err(Reason::NoSuchDay);
    }
    Ok((days_from_civil(year, month, day), rest))
}

fn clock(bytes: &[u8]) -> Result<Clock, Reason> {
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, rest @ ..] = bytes else { return Err(Reason::NotATime) };
    let (hour, minute) = (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?);
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (two_digits(*s1, *s2)?, rest),
        rest => (0, rest),
    };
    let (fraction, rest) = match rest {
        [b'.' | b',', rest @ ..] => {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            (&rest[..count], &rest[count..])
        }
        rest => (&[][..], rest),
    };
    let offset_seconds = offset(rest)?;
    if hour > 23 || minute > 59 || second > 59 {
        return Err(Reason::NoSuchTime);
    }
    let mut micros = 0;
    for place in 0..6 {
        micros = micros * 10 + fraction.get(place).map_or(0, |byte| i64::from(byte - b'0'));
    }
    if fraction.iter().skip(6).any(|byte| *byte != b'0') {
        return Err(Reason::TimeTooFine);
    }
    Ok(Clock { micros: ((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + micros, offset_seconds })
}

fn offset(bytes: &[u8]) -> Result<Option<i64>, Reason> {
    let bytes = bytes.strip_prefix(b" ").unwrap_or(bytes);
    let (negative, digits) = match bytes {
        [] => return Ok(None),
        [b'Z' | b'z'] | [b'U', b'T', b'C'] => return Ok(Some(0)),
        [b'+', digits @ ..] => (false, digits),
        [b'-', digits @ ..] => (true, digits),
        _ => return Err(Reason::NotATime),
    };
    let (hours, minutes) = match digits {
        [h1, h2] => (two_digits(*h1, *h2)?, 0),
        [h1, h2, b':', m1, m2] | [h1, h2, m1, m2] => (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?),
        _ => return Err(Reason::NotATime),
    };
    if hours > 23 || minutes > 59 {
        return Err(Reason::NoSuchTime);
    }
    let seconds = (hours * 60 + minutes) * 60;
    Ok(Some(if negative { -seconds } else { seconds }))
}

fn two_digits(first: u8, second: u8) -> Result<i64, Reason> {
    if first.is_ascii_digit() && second.is_ascii_digit() {
        Ok(i64::from(first - b'0') * 10 + i64::from(second - b'0'))
    } else {
        Err(Reason::NotATime)
    }
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
