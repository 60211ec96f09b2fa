//! Bounds that are known before any field declares its own: of types, of the calendar, of counts.

use super::value::{Interval, Type};

/// The values that a known value of a type can have, in its units.
pub(crate) fn domain_of(ty: Type) -> Interval {
    match ty {
        Type::Text | Type::Number { .. } => Interval::FULL,
        Type::YesNo => Interval { low: 0, high: 1 },
        Type::OneOf(_) | Type::SomeOf(_) => Interval { low: 0, high: i64::MAX },
        Type::Date => DATES,
        Type::Time => TIMES,
    }
}

/// -9999-01-01 to 9999-12-31, the days that the calendar knows.
pub(crate) const DATES: Interval = Interval { low: -4_371_587, high: 2_932_896 };

/// The instants that the calendar knows (jiff keeps a day and a bit free at both ends, so that every zone can show them).
pub(crate) const TIMES: Interval = Interval { low: -377_705_023_201_000_000, high: 253_402_207_200_999_999 };

/// `days since` and `days until`: never negative.
pub(crate) const DAYS_BETWEEN: Interval = Interval { low: 0, high: DATES.high - DATES.low };

/// How many signals a lead can have: a count fits 31 bits.
pub(crate) const SIGNALS: Interval = Interval { low: 0, high: i32::MAX as i64 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_calendar_has_these_ends() {
        let day = |date: jiff::civil::Date| date.since(jiff::civil::date(1970, 1, 1)).map(|span| i64::from(span.get_days()));
        assert_eq!(day(jiff::civil::Date::MIN).ok(), Some(DATES.low));
        assert_eq!(day(jiff::civil::Date::MAX).ok(), Some(DATES.high));
        assert_eq!(jiff::Timestamp::MIN.as_microsecond(), TIMES.low);
        assert_eq!(jiff::Timestamp::MAX.as_microsecond(), TIMES.high);
    }
}
