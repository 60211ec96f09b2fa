//! The age of a version: from the `dated` of the header to the day of the check.

use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;
use jiff::{Span as Length, Timestamp};

use super::limit::Age;
use super::reading::{Reading, Verdict};
use super::words::Filled;
use crate::diagnostic::Label;
use crate::model::AsOf;
use crate::syntax::tree::PolicyProperty;

/// `version at most AGE old`. The clock is an input: who gives no day asks nothing about it.
pub(super) fn judge(reading: &Reading<'_, '_>, filled: &Filled<'_>) -> Verdict {
    let Some((age, header)) = filled.age.zip(reading.header()) else { return Verdict::holds() };
    let dated = header.properties.iter().find_map(|line| match line {
        PolicyProperty::Dated(date, span) => Some((*date, *span)),
        PolicyProperty::Version(_)
        | PolicyProperty::Owner(_)
        | PolicyProperty::Timezone(_)
        | PolicyProperty::Currency(_)
        | PolicyProperty::Follows(_) => None,
    });
    let Some((dated, span)) = dated else {
        return reading
            .absent(&["policy"], "the policy's header does not say of when its version is")
            .hint("write the day of the version into the header: `dated 2026-03-01`");
    };
    let Some(today) = reading.checker.as_of.and_then(|as_of| as_of.day(&reading.checker.policy.timezone)) else {
        return Verdict::holds();
    };
    // beyond the calendar nothing is too old
    let is_old = last_day(dated, age).is_some_and(|last| today > last);
    if !is_old || reading.is_broken(span) {
        return Verdict::holds();
    }
    Verdict::breaks(format!("on {today} the version of {dated} is too old"), vec![Label { span, text: "of this day".to_owned() }])
        .hint("review the policy, then write the day of the review behind `dated`")
}

/// The last day on which a version of that day is not too old: the same day of a later month, or the month's last.
fn last_day(dated: Date, age: Age) -> Option<Date> {
    let months = Length::new().try_months(i64::try_from(age.months).ok()?).ok()?;
    let days = Length::new().try_days(i64::try_from(age.days).ok()?).ok()?;
    dated.checked_add(months).ok()?.checked_add(days).ok()
}

impl AsOf {
    /// The day on which it is in a zone.
    pub fn day(self, timezone: &str) -> Option<Date> {
        match self {
            AsOf::Day(date) => Some(date),
            AsOf::Moment(microseconds) => {
                let zone = TimeZoneDatabase::bundled().get(timezone).ok()?;
                Some(Timestamp::from_microsecond(microseconds).ok()?.to_zoned(zone).date())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn months_end_on_the_same_day_or_the_months_last() {
        let last = |months, days| last_day(date(2026, 1, 31), Age { months, days });
        assert_eq!(last(12, 0), Some(date(2027, 1, 31)));
        assert_eq!(last(1, 0), Some(date(2026, 2, 28)));
        assert_eq!(last(0, 90), Some(date(2026, 5, 1)));
        assert_eq!(last(u64::MAX, 0), None);
    }

    #[test]
    fn a_moment_is_a_day_of_the_policys_zone() {
        // 2026-03-01T02:00Z
        let moment = AsOf::Moment(1_772_330_400_000_000);
        assert_eq!(moment.day("UTC"), Some(date(2026, 3, 1)));
        assert_eq!(moment.day("America/New_York"), Some(date(2026, 2, 28)));
    }
}
