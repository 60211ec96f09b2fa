//! Calendar periods, by the day on which each begins.
//!
//! Always holds: every day is in exactly one period of a kind; a period's next one begins the day after it ends.

use crate::calendar::{civil_from_days, days_from_civil};
use crate::model::CapPeriod;

/// The first day of the period that a day is in, in days since 1970-01-01.
pub fn begin(per: CapPeriod, day: i64) -> i64 {
    let (year, month, _) = civil_from_days(day);
    match per {
        // 1970-01-01 was a Thursday
        CapPeriod::Week => day - (day + 3).rem_euclid(7),
        CapPeriod::Month => days_from_civil(year, month, 1),
        CapPeriod::Quarter => days_from_civil(year, (month - 1) / 3 * 3 + 1, 1),
        CapPeriod::Year => days_from_civil(year, 1, 1),
        CapPeriod::Days(days) => day - day.rem_euclid(i64::try_from(days).unwrap_or(i64::MAX).max(1)),
        CapPeriod::Ever => 0,
        CapPeriod::Hour | CapPeriod::Day => day,
    }
}

/// The first day of the next period; none behind one without an end.
pub fn next(per: CapPeriod, begin: i64) -> Option<i64> {
    let (year, month, _) = civil_from_days(begin);
    let months = |more: i64| {
        let month = month - 1 + more;
        days_from_civil(year + month / 12, month % 12 + 1, 1)
    };
    match per {
        CapPeriod::Week => begin.checked_add(7),
        CapPeriod::Month => Some(months(1)),
        CapPeriod::Quarter => Some(months(3)),
        CapPeriod::Year => Some(months(12)),
        CapPeriod::Days(days) => begin.checked_add(i64::try_from(days).ok()?.max(1)),
        CapPeriod::Ever => None,
        CapPeriod::Hour | CapPeriod::Day => begin.checked_add(1),
    }
}

/// `2026-03`, `2026 Q1`, `2026`; else the first day.
pub fn label(per: CapPeriod, begin: i64) -> String {
    if per == CapPeriod::Ever {
        return "ever".into();
    }
    let (year, month, day) = civil_from_days(begin);
    match per {
        CapPeriod::Month => format!("{year:04}-{month:02}"),
        CapPeriod::Quarter => format!("{year:04} Q{}", (month - 1) / 3 + 1),
        CapPeriod::Year => format!("{year:04}"),
        CapPeriod::Hour | CapPeriod::Day | CapPeriod::Week | CapPeriod::Days(_) | CapPeriod::Ever => {
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_calendars_say() {
        let day = days_from_civil(2028, 2, 29);
        let of = |per: CapPeriod| (label(per, begin(per, day)), next(per, begin(per, day)).map(|next| label(CapPeriod::Day, next)));
        assert_eq!(of(CapPeriod::Month), ("2028-02".into(), Some("2028-03-01".into())));
        assert_eq!(of(CapPeriod::Quarter), ("2028 Q1".into(), Some("2028-04-01".into())));
        assert_eq!(of(CapPeriod::Year), ("2028".into(), Some("2029-01-01".into())));
        // a Tuesday
        assert_eq!(of(CapPeriod::Week), ("2028-02-28".into(), Some("2028-03-06".into())));
        assert_eq!(of(CapPeriod::Ever), ("ever".into(), None));
        let december = begin(CapPeriod::Month, days_from_civil(2026, 12, 31));
        assert_eq!(next(CapPeriod::Month, december).map(|next| label(CapPeriod::Month, next)), Some("2027-01".into()));
    }
}
