//! How the numbers of one output are spread.
//!
//! Enters: numbers, one by one or a column of them at a time, in any order. Leaves: how many there are, their sum and ends, and how many lie in which of some equal parts of what
//! they can be. Always holds: integers alone are added up, so that neither the order nor the grouping changes anything.

use super::observed::Observed;
use crate::column::Column;
use crate::model::Interval;
use crate::program::OutputRole;

/// How a number is spread over the leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberSummary {
    pub output: String,
    pub role: OutputRole,
    /// all integers here count in 10^-`scale`
    pub scale: u8,
    /// what the number can be: the range that the policy writes, else what it works out
    pub interval: Interval,
    pub known: u64,
    pub missing: u64,
    pub sum: i128,
    pub least: Option<i64>,
    pub greatest: Option<i64>,
    /// leads in equal parts of the interval; the last part has both its ends
    pub bins: Vec<u64>,
    /// of a number that can be almost anything: the numbers that came, until all have
    observed: Option<Observed>,
    /// then where its parts begin
    begins: Vec<i64>,
}

/// Equal parts of a score's interval.
pub const BINS: usize = 20;

impl NumberSummary {
    /// Of no number yet.
    pub fn new(output: &str, role: OutputRole, scale: u8, interval: Interval) -> NumberSummary {
        NumberSummary {
            output: output.to_owned(),
            role,
            scale,
            interval,
            observed: is_wide(interval, scale).then(Observed::default),
            begins: Vec::new(),
            known: 0,
            missing: 0,
            sum: 0,
            least: None,
            greatest: None,
            bins: vec![0; BINS],
        }
    }

    /// Where a part begins.
    pub fn bin_low(&self, bin: usize) -> i64 {
        if let Some(begin) = self.begins.get(bin) {
            return *begin;
        }
        let (low, high) = (i128::from(self.interval.low), i128::from(self.interval.high));
        let edge = low + (high - low) * bin as i128 / BINS as i128;
        i64::try_from(edge).unwrap_or(self.interval.high)
    }

    pub fn add(&mut self, value: Option<i64>) {
        let Some(value) = value else {
            self.missing += 1;
            return;
        };
        self.known += 1;
        self.sum += i128::from(value);
        self.least = Some(self.least.map_or(value, |least| least.min(value)));
        self.greatest = Some(self.greatest.map_or(value, |greatest| greatest.max(value)));
        if let Some(observed) = &mut self.observed {
            return observed.add(value);
        }
        let Interval { low, high } = self.interval;
        // mostly small numbers, whose quotients cost little
        let bin = match (value.checked_sub(low).map(u32::try_from), high.checked_sub(low).map(u32::try_from)) {
            (_, Some(Ok(0))) => 0,
            (Some(Ok(above)), Some(Ok(width))) => u64::from(above) * BINS as u64 / u64::from(width),
            _ => wide_bin(value, low, high),
        };
        self.bins[bin.min(BINS as u64 - 1) as usize] += 1;
    }

    /// As [`NumberSummary::add`] does with each value of a column, faster.
    pub fn add_all(&mut self, column: &Column) {
        let Interval { low, high } = self.interval;
        let width = high.checked_sub(low).map_or(0, |width| width as u64);
        if column.has_validity() || self.observed.is_some() || !(2..1 << 27).contains(&width) {
            return column.for_each(|_, value| self.add(value));
        }
        // A quotient of numbers as small as these is exactly what their product with 2^64 / `width`, rounded up, has above its lower 64 bits.
        let reciprocal = u64::MAX / width + 1;
        let (mut sum, mut least, mut greatest, mut bins) = (0, i64::MAX, i64::MIN, [0; BINS]);
        column.for_each(|_, value| {
            let value = value.unwrap_or_default();
            (sum, least, greatest) = (sum + i128::from(value), least.min(value), greatest.max(value));
            let above = value.wrapping_sub(low) as u64;
            let bin = match above <= width {
                true => ((u128::from(above * BINS as u64) * u128::from(reciprocal)) >> 64) as u64,
                false => wide_bin(value, low, high),
            };
            bins[bin.min(BINS as u64 - 1) as usize] += 1;
        });
        if !column.is_empty() {
            self.known += column.len() as u64;
            self.sum += sum;
            self.least = Some(self.least.map_or(least, |known| known.min(least)));
            self.greatest = Some(self.greatest.map_or(greatest, |known| known.max(greatest)));
            self.bins.iter_mut().zip(bins).for_each(|(bin, more)| *bin += more);
        }
    }

    pub fn merge(&mut self, other: &NumberSummary) {
        self.known += other.known;
        self.missing += other.missing;
        self.sum += other.sum;
        self.least = self.least.into_iter().chain(other.least).min();
        self.greatest = self.greatest.into_iter().chain(other.greatest).max();
        for (bin, count) in self.bins.iter_mut().zip(&other.bins) {
            *bin += count;
        }
        if let (Some(mine), Some(theirs)) = (&mut self.observed, &other.observed) {
            mine.merge(theirs);
        }
    }

    /// With its parts where the numbers lie, if it can be almost anything.
    pub fn finished(&self) -> NumberSummary {
        let mut finished = self.clone();
        if let (Some(observed), Some(least), Some(greatest)) = (finished.observed.take(), self.least, self.greatest) {
            finished.interval = Interval { low: least, high: greatest };
            (finished.begins, finished.bins) = observed.spread(BINS).into_iter().unzip();
            // buckets may begin before the least number
            finished.begins.iter_mut().for_each(|begin| *begin = (*begin).max(least));
        }
        finished
    }
}

/// The part of the interval in which the value lies; beyond the ends, the first or a number behind the last.
fn wide_bin(value: i64, low: i64, high: i64) -> u64 {
    let (value, low, high) = (i128::from(value), i128::from(low), i128::from(high));
    if high > low { u64::try_from((value - low) * BINS as i128 / (high - low)).unwrap_or(0) } else { 0 }
}

/// So wide that equal parts of it would tell nothing, as where points of signals have no upper end.
fn is_wide(interval: Interval, scale: u8) -> bool {
    let width = i128::from(interval.high) - i128::from(interval.low);
    10i128.checked_pow(u32::from(scale)).is_none_or(|one| width / one > WIDE)
}

const WIDE: i128 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::column::Width;

    #[test]
    fn a_column_at_a_time_gives_what_its_numbers_give_one_by_one() {
        let intervals =
            [(0, 100), (0, 1), (5, 5), (0, 10_000), (-300, 700), (0, 99_999), (0, 134_217_727), (0, 134_217_728), (-7, 20), (0, 1 << 40)];
        for (low, high) in intervals {
            let ends = [low, low + 1, high - 1, high, low - 1, high + 1, (low + high) / 2];
            // each edge of a part, and its neighbours
            let edges = (0..=BINS as i64).map(|part| low + (high - low) * part / BINS as i64);
            let values: Vec<i64> = ends.into_iter().chain(edges.flat_map(|edge| [edge - 1, edge, edge + 1])).collect();
            for missing in [false, true] {
                let new = || NumberSummary::new("total", OutputRole::Score(0), 6, Interval { low, high });
                let (mut together, mut alone) = (new(), new());
                let mut column = Column::with_capacity(Width::I64, 0);
                for value in values.iter().copied().map(Some).chain(missing.then_some(None)) {
                    column.push(value);
                    alone.add(value);
                }
                together.add_all(&column);
                together.add_all(&Column::with_capacity(Width::I64, 0));
                assert_eq!(together, alone, "{low} to {high}");
                if !missing && high - low > 100 && high < 1 << 30 {
                    // by hand: the greatest part whose edge is not above the value
                    let bin = |value: i64| {
                        (0..BINS as i64).rev().find(|part| low * BINS as i64 + (high - low) * part <= value * BINS as i64).unwrap_or(0)
                    };
                    let mut bins = vec![0; BINS];
                    values.iter().for_each(|value| bins[bin(*value) as usize] += 1);
                    assert_eq!(together.bins, bins, "{low} to {high}");
                }
            }
        }
    }
}
