//! How long things took, so that medians of millions fit into memory.
//!
//! Always holds: durations of less than two days are kept to the second, longer ones to the minute, both rounded down; so a percentile given
//! here is that of the exact durations, rounded down likewise. Their sum is exact.

use rustc_hash::FxHashMap;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// seconds and how often
    counts: FxHashMap<i64, u64>,
    count: u64,
    microseconds: i128,
}

const MICROS_PER_SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60;
const TWO_DAYS: i64 = 2 * 86_400;

impl Durations {
    pub fn add(&mut self, microseconds: i64) {
        let seconds = microseconds.div_euclid(MICROS_PER_SECOND);
        let kept = if seconds < TWO_DAYS { seconds } else { seconds.div_euclid(MINUTE) * MINUTE };
        *self.counts.entry(kept).or_default() += 1;
        self.count += 1;
        self.microseconds += i128::from(microseconds);
    }

    pub fn merge(&mut self, other: &Durations) {
        for (seconds, count) in &other.counts {
            *self.counts.entry(*seconds).or_default() += count;
        }
        self.count += other.count;
        self.microseconds += other.microseconds;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// In seconds, rounded down.
    pub fn mean(&self) -> Option<i64> {
        let count = i128::from(self.count);
        (count > 0).then(|| i64::try_from(self.microseconds.div_euclid(count * i128::from(MICROS_PER_SECOND))).ok()).flatten()
    }

    /// The nearest rank: the least duration that at least so many per cent of all do not exceed, in seconds.
    pub fn percentile(&self, per_cent: u64) -> Option<i64> {
        let rank = (u128::from(self.count) * u128::from(per_cent)).div_ceil(100).max(1);
        let mut sorted: Vec<(i64, u64)> = self.counts.iter().map(|(seconds, count)| (*seconds, *count)).collect();
        sorted.sort_unstable();
        let mut seen = 0;
        sorted.into_iter().find_map(|(seconds, count)| {
            seen += u128::from(count);
            (seen >= rank).then_some(seconds)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = MICROS_PER_SECOND;

    #[test]
    fn percentiles_are_nearest_ranks() {
        let mut durations = Durations::default();
        assert_eq!((durations.percentile(50), durations.mean()), (None, None));
        // nine of 1 to 9 seconds: the fifth is the median, 90 % are reached with the ninth
        (1..=9).for_each(|seconds| durations.add(seconds * SECOND));
        assert_eq!((durations.percentile(50), durations.percentile(90), durations.mean()), (Some(5), Some(9), Some(5)));
        durations.add(10 * SECOND);
        assert_eq!((durations.percentile(50), durations.percentile(90)), (Some(5), Some(9)));
    }

    #[test]
    fn long_ones_are_kept_to_the_minute_and_their_sum_exactly() {
        let mut durations = Durations::default();
        durations.add((TWO_DAYS - 1) * SECOND + 999_999);
        durations.add((TWO_DAYS + 61) * SECOND);
        assert_eq!((durations.percentile(50), durations.percentile(90)), (Some(TWO_DAYS - 1), Some(TWO_DAYS + 60)));
        assert_eq!(durations.mean(), Some(TWO_DAYS + 30), "(2 days - 0.000001 s + 2 days + 61 s) / 2, rounded down");
        let mut twice = durations.clone();
        twice.merge(&durations);
        assert_eq!((twice.count(), twice.mean(), twice.percentile(50)), (4, durations.mean(), durations.percentile(50)));
    }
}
