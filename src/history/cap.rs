//! `at most 3 per week`: the first so many of each span of time are kept.
//!
//! Enters: the instants of what may count, in order of time. Leaves: whether each is kept. Always holds: a calendar unit is one of the zone's
//! clock, weeks start on Monday; an hour that a clock shows twice is two; what is dropped takes no place.

use crate::calendar::{MICROS_PER_HOUR, Zone, civil_from_days};
use crate::model::{Cap, CapPeriod};

/// Who has been kept so far, of one measure of one lead.
#[derive(Clone, Debug, Default)]
pub(super) struct Keeper {
    kept: u64,
    /// The last two units, and how many were kept in each: a clock that is set back over midnight shows the end of a day once more.
    units: [(i64, u64); 2],
    /// of `per N days`: the days of all that was kept, ascending
    days: Vec<i64>,
}

impl Keeper {
    pub fn clear(&mut self) {
        self.kept = 0;
        self.units = [(i64::MIN, 0); 2];
        self.days.clear();
    }

    pub fn keeps(&mut self, cap: Cap, at: i64, zone: &mut Zone) -> bool {
        let keeps = match cap.per {
            CapPeriod::Ever => self.kept < cap.amount,
            CapPeriod::Days(days) => return self.keeps_of_days(cap.amount, days, zone.local_day(at)),
            CapPeriod::Hour => {
                let into = zone.local(at).rem_euclid(MICROS_PER_HOUR);
                self.keeps_of_unit(cap.amount, at - into)
            }
            CapPeriod::Day => self.keeps_of_unit(cap.amount, zone.local_day(at)),
            // 1970-01-01 was a Thursday
            CapPeriod::Week => self.keeps_of_unit(cap.amount, (zone.local_day(at) + 3).div_euclid(7)),
            CapPeriod::Month => self.keeps_of_unit(cap.amount, month(zone.local_day(at))),
            CapPeriod::Quarter => self.keeps_of_unit(cap.amount, month(zone.local_day(at)).div_euclid(3)),
            CapPeriod::Year => self.keeps_of_unit(cap.amount, month(zone.local_day(at)).div_euclid(12)),
        };
        self.kept += u64::from(keeps);
        keeps
    }

    fn keeps_of_unit(&mut self, amount: u64, unit: i64) -> bool {
        if self.units[0].0 != unit {
            self.units.swap(0, 1);
            if self.units[0].0 != unit {
                self.units[0] = (unit, 0);
            }
        }
        let count = &mut self.units[0].1;
        let keeps = *count < amount;
        *count += u64::from(keeps);
        keeps
    }

    /// Fewer than `amount` were kept on this day and the `days` days before it.
    fn keeps_of_days(&mut self, amount: u64, days: u64, day: i64) -> bool {
        let from = day.saturating_sub_unsigned(days);
        let before = self.days.partition_point(|kept| *kept < from);
        let keeps = ((self.days.len() - before) as u64) < amount;
        if keeps {
            let place = self.days.partition_point(|kept| *kept <= day);
            self.days.insert(place, day);
        }
        keeps
    }
}

/// Months since the year 0.
fn month(day: i64) -> i64 {
    let (year, month, _) = civil_from_days(day);
    year * 12 + month - 1
}
