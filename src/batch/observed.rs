//! How numbers are spread whose range nobody knows before all have come.
//!
//! Enters: numbers, in any order and any grouping. Leaves: their spread over equal parts of the range in which they lie. Always holds: the result
//! depends on the numbers alone; at most [`BUCKETS_MAX`] counts are kept, in buckets whose width is the least power of two with which
//! that is enough; the edges of parts lie between buckets, so that every count is exact.

use std::collections::BTreeMap;

const BUCKETS_MAX: usize = 4_096;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// a bucket is 2^`shift` wide
    shift: u32,
    /// by number >> shift
    buckets: BTreeMap<i64, u64>,
}

impl Observed {
    pub fn add(&mut self, value: i64) {
        *self.buckets.entry(value >> self.shift).or_default() += 1;
        self.fit();
    }

    pub fn merge(&mut self, other: &Observed) {
        self.widen(other.shift);
        for (bucket, count) in &other.buckets {
            *self.buckets.entry(bucket >> (self.shift - other.shift)).or_default() += count;
        }
        self.fit();
    }

    /// Where each of at most `parts` equal parts of the range begins, and how many numbers are in it.
    pub fn spread(&self, parts: usize) -> Vec<(i64, u64)> {
        let (Some((low, _)), Some((high, _))) = (self.buckets.first_key_value(), self.buckets.last_key_value()) else { return Vec::new() };
        let (low, width) = (i128::from(*low), i128::from(*high) - i128::from(*low) + 1);
        let parts = i128::try_from(parts).unwrap_or(1).clamp(1, width);
        // a part begins with the first bucket at or behind its share of the range
        let begin = |part: i128| low + (part * width + parts - 1) / parts;
        let number = |bucket: i128| i64::try_from(bucket << self.shift).unwrap_or(i64::MAX);
        let mut spread: Vec<(i64, u64)> = (0..parts).map(|part| (number(begin(part)), 0)).collect();
        for (bucket, count) in &self.buckets {
            let behind = (0..parts).take_while(|part| begin(*part) <= i128::from(*bucket)).count();
            if let Some((_, sum)) = spread.get_mut(behind.saturating_sub(1)) {
                *sum += count;
            }
        }
        spread
    }

    fn fit(&mut self) {
        while self.buckets.len() > BUCKETS_MAX {
            self.widen(self.shift + 1);
        }
    }

    fn widen(&mut self, shift: u32) {
        let more = shift.saturating_sub(self.shift);
        if more == 0 {
            return;
        }
        for (bucket, count) in std::mem::take(&mut self.buckets) {
            *self.buckets.entry(bucket >> more).or_default() += count;
        }
        self.shift = shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[i64]) -> Observed {
        let mut observed = Observed::default();
        values.iter().for_each(|value| observed.add(*value));
        observed
    }

    #[test]
    fn few_numbers_are_spread_exactly() {
        assert_eq!(of(&[]).spread(10), []);
        assert_eq!(of(&[7, 7]).spread(10), [(7, 2)]);
        assert_eq!(of(&[3, 5, 5]).spread(10), [(3, 1), (4, 0), (5, 2)]);
        // eleven numbers in five parts: 0 1 2, 3 4, 5 6, 7 8, 9 10
        assert_eq!(of(&(0..=10).collect::<Vec<_>>()).spread(5), [(0, 3), (3, 2), (5, 2), (7, 2), (9, 2)]);
        assert_eq!(of(&[i64::MIN, i64::MAX]).spread(2), [(i64::MIN, 1), (0, 1)]);
    }

    #[test]
    fn order_and_grouping_change_nothing_and_no_number_is_lost() {
        let values: Vec<i64> = (0..20_000).map(|index: i64| index * index % 1_000_003 - 500_000).collect();
        let backwards: Vec<i64> = values.iter().rev().copied().collect();
        let mut merged = Observed::default();
        values.chunks(777).for_each(|chunk| merged.merge(&of(chunk)));
        assert_eq!(of(&values), merged);
        assert_eq!(of(&values), of(&backwards));
        let spread = merged.spread(20);
        assert_eq!(spread.len(), 20);
        for (part, (begin, count)) in spread.iter().enumerate() {
            let end = spread.get(part + 1).map_or(i64::MAX, |(end, _)| *end);
            assert_eq!(*count as usize, values.iter().filter(|value| (*begin..end).contains(*value)).count(), "{begin}");
        }
    }
}
