//! Hours on the dial: what a calendar says of local time, before any zone.
//!
//! Enters: the blocks of a week and of the days that differ. Leaves: how much open (or closed) time, and how many business days, lie before
//! a local moment, and where a given amount is reached. Always holds: each answer takes a search over the days that differ and one over
//! days, however far apart the moments are: whole weeks are multiplied, not walked.
//!
//! Local moments are microseconds since the local 1970-01-01T00:00, days are counted from then.

use super::{Block, MICROS_PER_DAY, MICROS_PER_MINUTE};

/// 1970-01-05 was a Monday.
const FIRST_MONDAY: i64 = 4;

/// Days from here to there hold every moment that jiff knows.
const DAYS: std::ops::Range<i64> = -4_400_000..2_950_000;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    Open,
    Closed,
}

#[derive(Clone, Debug)]
pub struct LocalHours {
    week: [Day; 7],
    /// sums over the days before each day of the week, and over the whole week
    week_before: [Sums; 8],
    /// by day
    exceptions: Vec<Exception>,
}

/// Disjoint blocks in order, none of which touch.
#[derive(Clone, Debug, Default)]
struct Day {
    blocks: Vec<Block>,
    sums: Sums,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    open: i64,
    business_days: i64,
}

#[derive(Clone, Debug)]
struct Exception {
    day: i64,
    hours: Day,
    /// what this exception and all before it add to what the week alone would give
    change: Sums,
}

impl LocalHours {
    pub fn new(week: [Vec<Block>; 7], exceptions: impl IntoIterator<Item = (i64, Vec<Block>)>) -> LocalHours {
        let week = week.map(Day::new);
        let mut week_before = [Sums::default(); 8];
        for (index, day) in week.iter().enumerate() {
            week_before[index + 1] = week_before[index].plus(day.sums);
        }
        let mut hours = LocalHours { week, week_before, exceptions: Vec::new() };
        let mut days: Vec<(i64, Vec<Block>)> = exceptions.into_iter().collect();
        days.sort_by_key(|(day, _)| *day);
        days.dedup_by_key(|(day, _)| *day);
        let mut change = Sums::default();
        for (day, blocks) in days {
            let exception = Day::new(blocks);
            change = change.plus(exception.sums).minus(hours.of_week(day).sums);
            hours.exceptions.push(Exception { day, hours: exception, change });
        }
        hours
    }

    /// Whether anything opens (closes) on or after a day.
    pub fn ever(&self, of: Of, day: i64) -> bool {
        let whole_week = self.week_before[7].open;
        let in_week = match of {
            Of::Open => whole_week > 0,
            Of::Closed => whole_week < 7 * MICROS_PER_DAY,
        };
        in_week || self.exceptions.last().is_some_and(|last| last.day >= day)
    }

    /// Whether anything opens on or before a day.
    pub fn ever_open_before(&self, day: i64) -> bool {
        self.week_before[7].open > 0 || self.exceptions.first().is_some_and(|first| first.day <= day)
    }

    pub fn is_open(&self, local: i64) -> bool {
        let into = local.rem_euclid(MICROS_PER_DAY);
        self.day(local.div_euclid(MICROS_PER_DAY)).blocks.iter().any(|block| block.open() <= into && into < block.close())
    }

    pub fn is_business_day(&self, day: i64) -> bool {
        !self.day(day).blocks.is_empty()
    }

    /// Business days before a day, up to a constant.
    pub fn business_days_before(&self, day: i64) -> i64 {
        self.before_day(day).business_days
    }

    /// The first day by whose end so many business days have passed; see [`LocalHours::business_days_before`].
    pub fn business_day_reaching(&self, count: i64) -> Option<i64> {
        first_in(DAYS, |day| self.business_days_before(day + 1) >= count)
    }

    /// Open (closed) time before a moment, up to a constant.
    pub fn before(&self, of: Of, local: i64) -> i64 {
        let into = local.rem_euclid(MICROS_PER_DAY);
        let day = local.div_euclid(MICROS_PER_DAY);
        let in_day: i64 = self.day(day).blocks.iter().map(|block| (into.min(block.close()) - block.open()).max(0)).sum();
        let open = self.before_day(day).open + in_day;
        match of {
            Of::Open => open,
            Of::Closed => local - open,
        }
    }

    /// The earliest moment that has so much before it, which is more than lies before `since`.
    pub fn earliest_with(&self, of: Of, amount: i64, since: i64) -> Option<i64> {
        let since = since.div_euclid(MICROS_PER_DAY);
        let day = first_since(since, |day| self.before(of, (day + 1) * MICROS_PER_DAY) >= amount)?;
        let mut left = amount - self.before(of, day * MICROS_PER_DAY);
        let mut reached = day * MICROS_PER_DAY;
        for (from, until) in self.spans(of, day) {
            if left <= 0 {
                break;
            }
            let taken = left.min(until - from);
            left -= taken;
            reached = from + taken;
        }
        Some(reached)
    }

    /// The latest moment that has no more than so much open time before it.
    pub fn latest_with(&self, amount: i64) -> Option<i64> {
        // the day by whose end there is more
        let day = first_in(DAYS, |day| self.before(Of::Open, (day + 1) * MICROS_PER_DAY) > amount)?;
        let mut left = amount - self.before(Of::Open, day * MICROS_PER_DAY);
        for (from, until) in self.spans(Of::Open, day) {
            if left < until - from {
                return Some(from + left);
            }
            left -= until - from;
        }
        None
    }

    /// Open (closed) spans of a day.
    fn spans(&self, of: Of, day: i64) -> Vec<(i64, i64)> {
        let midnight = day * MICROS_PER_DAY;
        let open = self.day(day).blocks.iter().map(|block| (midnight + block.open(), midnight + block.close()));
        match of {
            Of::Open => open.collect(),
            Of::Closed => {
                let mut closed = Vec::new();
                let mut since = midnight;
                for (from, until) in open {
                    closed.push((since, from));
                    since = until;
                }
                closed.push((since, midnight + MICROS_PER_DAY));
                closed
            }
        }
    }

    fn before_day(&self, day: i64) -> Sums {
        let monday_based = day - FIRST_MONDAY;
        let (weeks, weekday) = (monday_based.div_euclid(7), monday_based.rem_euclid(7) as usize);
        let Sums { open, business_days } = self.week_before[7];
        let plain = Sums { open: weeks * open, business_days: weeks * business_days }.plus(self.week_before[weekday]);
        let passed = self.exceptions.partition_point(|exception| exception.day < day);
        passed.checked_sub(1).and_then(|last| self.exceptions.get(last)).map_or(plain, |last| plain.plus(last.change))
    }

    fn day(&self, day: i64) -> &Day {
        match self.exceptions.binary_search_by_key(&day, |exception| exception.day) {
            Ok(index) => &self.exceptions[index].hours,
            Err(_) => self.of_week(day),
        }
    }

    fn of_week(&self, day: i64) -> &Day {
        &self.week[(day - FIRST_MONDAY).rem_euclid(7) as usize]
    }
}

impl Day {
    fn new(mut blocks: Vec<Block>) -> Day {
        blocks.sort();
        let mut merged: Vec<Block> = Vec::new();
        for block in blocks {
            let close_minute = block.close_minute.min(24 * 60);
            match merged.last_mut() {
                _ if block.open_minute >= close_minute => {}
                Some(last) if block.open_minute <= last.close_minute => last.close_minute = last.close_minute.max(close_minute),
                Some(_) | None => merged.push(Block { close_minute, ..block }),
            }
        }
        let open = merged.iter().map(|block| block.close() - block.open()).sum();
        Day { sums: Sums { open, business_days: i64::from(!merged.is_empty()) }, blocks: merged }
    }
}

impl Block {
    fn open(self) -> i64 {
        i64::from(self.open_minute) * MICROS_PER_MINUTE
    }

    fn close(self) -> i64 {
        i64::from(self.close_minute) * MICROS_PER_MINUTE
    }
}

impl Sums {
    fn plus(self, other: Sums) -> Sums {
        Sums { open: self.open + other.open, business_days: self.business_days + other.business_days }
    }

    fn minus(self, other: Sums) -> Sums {
        Sums { open: self.open - other.open, business_days: self.business_days - other.business_days }
    }
}

/// The first day from one on at which a condition holds that holds from some day on. What is due is mostly due soon, so the steps grow.
fn first_since(since: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut from, mut step) = (since.max(DAYS.start), 1);
    while from < DAYS.end {
        let until = (from + step).min(DAYS.end);
        if holds(until - 1) {
            return first_in(from..until, holds);
        }
        (from, step) = (until, step * 2);
    }
    None
}

/// The first day of a range at which a condition holds that holds from some day on.
fn first_in(days: std::ops::Range<i64>, holds: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut low, mut high) = (days.start, days.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    (low < days.end).then_some(low)
}
