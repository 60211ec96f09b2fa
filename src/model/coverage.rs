//! Which part of a domain bands cover: what they leave out, and where they overlap. Sorting is all it takes, so any number of bands is fine.

use super::value::Interval;

/// What is left of `domain`, in ascending order.
pub(crate) fn gaps(domain: Interval, covered: &[Interval]) -> Vec<Interval> {
    let mut sorted = covered.to_vec();
    sorted.sort_by_key(|band| (band.low, band.high));
    let mut gaps = Vec::new();
    // the lowest value that nothing so far covers; none once the top of 64 bits is covered
    let mut open = Some(domain.low);
    for band in sorted {
        let Some(low) = open.filter(|low| *low <= domain.high) else { break };
        if band.low > low {
            gaps.push(Interval { low, high: domain.high.min(band.low - 1) });
        }
        if band.high >= low {
            open = band.high.checked_add(1);
        }
    }
    if let Some(low) = open.filter(|low| *low <= domain.high) {
        gaps.push(Interval { low, high: domain.high });
    }
    gaps
}

/// Pairs of bands with a common value: for each band, in ascending order, the one before it that reaches furthest, if it reaches into the band.
pub(crate) fn overlaps(bands: &[Interval]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..bands.len()).collect();
    order.sort_by_key(|index| (bands[*index].low, bands[*index].high, *index));
    let mut pairs = Vec::new();
    let mut furthest: Option<usize> = None;
    for index in order {
        if let Some(before) = furthest
            && bands[before].high >= bands[index].low
        {
            pairs.push((before.min(index), before.max(index)));
        }
        if furthest.is_none_or(|before| bands[index].high > bands[before].high) {
            furthest = Some(index);
        }
    }
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: i64, high: i64) -> Interval {
        Interval { low, high }
    }

    #[test]
    fn gaps_are_what_no_band_covers() {
        let domain = interval(0, 9);
        assert_eq!(gaps(domain, &[]), vec![domain]);
        assert_eq!(gaps(domain, &[interval(5, 9), interval(0, 3)]), vec![interval(4, 4)]);
        assert_eq!(gaps(domain, &[interval(-5, 3), interval(2, 2), interval(4, 20)]), vec![]);
        assert_eq!(gaps(domain, &[interval(20, 30)]), vec![domain]);
        assert_eq!(gaps(domain, &[interval(-9, -3), interval(2, 4)]), vec![interval(0, 1), interval(5, 9)]);
    }

    #[test]
    fn the_ends_of_64_bits_are_values_like_others() {
        assert_eq!(gaps(Interval::FULL, &[interval(i64::MIN, 0), interval(1, i64::MAX)]), vec![]);
        assert_eq!(gaps(Interval::FULL, &[interval(0, i64::MAX)]), vec![interval(i64::MIN, -1)]);
        assert_eq!(gaps(Interval::FULL, &[interval(i64::MIN, 5)]), vec![interval(6, i64::MAX)]);
        assert_eq!(
            gaps(Interval::FULL, &[interval(i64::MIN + 1, i64::MAX - 1)]),
            vec![interval(i64::MIN, i64::MIN), interval(i64::MAX, i64::MAX)]
        );
    }

    /// All sets of up to three small bands, against counting.
    #[test]
    fn gaps_and_overlaps_agree_with_counting() {
        let bands: Vec<Interval> = (-1..=4).flat_map(|low| (low..=4).map(move |high| interval(low, high))).collect();
        let domain = interval(0, 3);
        for first in &bands {
            for second in &bands {
                for third in &bands {
                    let set = [*first, *second, *third];
                    let left: Vec<i64> = (0..=3).filter(|value| set.iter().all(|band| !band.contains(*value))).collect();
                    let found: Vec<i64> = gaps(domain, &set).into_iter().flat_map(|gap| gap.low..=gap.high).collect();
                    assert_eq!(found, left, "{set:?}");
                    let overlap = (-1..=4).any(|value| set.iter().filter(|band| band.contains(value)).count() > 1);
                    assert_eq!(!overlaps(&set).is_empty(), overlap, "{set:?}");
                }
            }
        }
    }
}
