//! Interval arithmetic without a bound: what stands on the way to a result may be of any size.
//!
//! Enters: bounds of operands. Leaves: bounds of an exact result, and with [`Wide::known`] what is left of them once a result beyond 64 bits
//! is missing. Always holds: every exact result of operands within the bounds is within the bounds of the result.

use num_bigint::BigInt;

use super::value::Interval;

/// Both ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wide {
    low: BigInt,
    high: BigInt,
}

impl From<Interval> for Wide {
    fn from(interval: Interval) -> Wide {
        Wide { low: interval.low.into(), high: interval.high.into() }
    }
}

impl Wide {
    pub fn constant(constant: i64) -> Wide {
        Wide::from(Interval { low: constant, high: constant })
    }

    /// × 10^`places`
    pub fn shifted(self, places: u32) -> Wide {
        let power = BigInt::from(10).pow(places);
        Wide { low: self.low * &power, high: self.high * power }
    }

    pub fn plus(self, other: Wide) -> Wide {
        Wide { low: self.low + other.low, high: self.high + other.high }
    }

    pub fn minus(self, other: Wide) -> Wide {
        Wide { low: self.low - other.high, high: self.high - other.low }
    }

    pub fn times(&self, other: &Wide) -> Wide {
        Wide::hull([&self.low * &other.low, &self.low * &other.high, &self.high * &other.low, &self.high * &other.high])
            .unwrap_or_else(|| Wide::constant(0))
    }

    pub fn larger(self, other: Wide) -> Wide {
        Wide { low: self.low.max(other.low), high: self.high.max(other.high) }
    }

    pub fn smaller(self, other: Wide) -> Wide {
        Wide { low: self.low.min(other.low), high: self.high.min(other.high) }
    }

    /// The quotient by each divisor but 0, rounded half away from zero; none if there is no other divisor.
    pub fn over(&self, divisor: &Wide) -> Option<Wide> {
        // A quotient is monotone in the dividend, and in the divisor on either side of zero.
        let divisors = [&divisor.low, &divisor.high, &BigInt::from(-1), &BigInt::from(1)].map(BigInt::clone);
        let inside = divisors.iter().filter(|end| divisor.contains(end) && **end != BigInt::ZERO);
        Wide::hull(inside.flat_map(|end| [rounded_quotient(&self.low, end), rounded_quotient(&self.high, end)]))
    }

    /// What is left by each divisor but 0, with the sign of the dividend; none if there is no other divisor.
    pub fn rest_by(&self, divisor: &Wide) -> Option<Wide> {
        let most = divisor.low.magnitude().max(divisor.high.magnitude());
        if *most == num_bigint::BigUint::ZERO {
            return None;
        }
        let most = BigInt::from(most.clone()) - 1;
        let zero = BigInt::ZERO;
        Some(Wide { low: self.low.clone().clamp(-&most, zero.clone()), high: self.high.clone().clamp(zero, most) })
    }

    pub fn contains_zero(&self) -> bool {
        self.contains(&BigInt::ZERO)
    }

    /// The bounds of results within 64 bits, and whether there are others.
    pub fn known(&self) -> (Interval, bool) {
        let cut = |end: &BigInt| i64::try_from(end).map_err(|_| if *end < BigInt::ZERO { i64::MIN } else { i64::MAX });
        let (low, high) = (cut(&self.low), cut(&self.high));
        let leaves = low.is_err() || high.is_err();
        (Interval { low: low.unwrap_or_else(|end| end), high: high.unwrap_or_else(|end| end) }, leaves)
    }

    fn contains(&self, value: &BigInt) -> bool {
        self.low <= *value && *value <= self.high
    }

    fn hull(values: impl IntoIterator<Item = BigInt>) -> Option<Wide> {
        let points = values.into_iter().map(|value| Wide { low: value.clone(), high: value });
        points.reduce(|left, right| Wide { low: left.low.min(right.low), high: left.high.max(right.high) })
    }
}

/// The exact quotient, rounded half away from zero. The divisor is not 0.
pub(crate) fn rounded_quotient(dividend: &BigInt, divisor: &BigInt) -> BigInt {
    let (size, by) = (dividend.magnitude(), divisor.magnitude());
    // ⌊|n| / |d| + 1/2⌋
    let quotient = BigInt::from((size * 2u8 + by) / (by * 2u8));
    if (*dividend < BigInt::ZERO) == (*divisor < BigInt::ZERO) { quotient } else { -quotient }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(low: i64, high: i64) -> Wide {
        Wide::from(Interval { low, high })
    }

    /// Every combination of small operands lies in the bounds, and each bound is met.
    #[test]
    fn bounds_hold_and_are_sharp_for_small_operands() {
        let ends: Vec<Interval> = (-4..=4).flat_map(|low| (low..=4).map(move |high| Interval { low, high })).collect();
        for &left in &ends {
            for &right in &ends {
                let (a, b) = (Wide::from(left), Wide::from(right));
                let results = |operation: &dyn Fn(i64, i64) -> Option<i64>| {
                    let pairs = (left.low..=left.high).flat_map(|a| (right.low..=right.high).map(move |b| (a, b)));
                    let known: Vec<i64> = pairs.filter_map(|(a, b)| operation(a, b)).collect();
                    known.iter().min().copied().zip(known.iter().max().copied()).map(|(low, high)| wide(low, high))
                };
                assert_eq!(Some(a.clone().plus(b.clone())), results(&|a, b| Some(a + b)));
                assert_eq!(Some(a.clone().minus(b.clone())), results(&|a, b| Some(a - b)));
                assert_eq!(Some(a.times(&b)), results(&|a, b| Some(a * b)));
                assert_eq!(Some(a.clone().larger(b.clone())), results(&|a, b| Some(a.max(b))));
                assert_eq!(Some(a.clone().smaller(b.clone())), results(&|a, b| Some(a.min(b))));
                assert_eq!(a.over(&b), results(&|a, b| (b != 0).then(|| (a as f64 / b as f64).round() as i64)), "{left:?} / {right:?}");
                let rest = results(&|a, b| a.checked_rem(b));
                assert_eq!(a.rest_by(&b).is_some(), rest.is_some());
                if let (Some(bounds), Some(rest)) = (a.rest_by(&b), rest) {
                    assert!(bounds.low <= rest.low && bounds.high >= rest.high, "{left:?} % {right:?}");
                }
            }
        }
    }

    #[test]
    fn what_leaves_64_bits_is_cut_and_said() {
        assert_eq!(wide(0, i64::MAX).known(), (Interval { low: 0, high: i64::MAX }, false));
        assert_eq!(wide(0, i64::MAX).plus(wide(0, 1)).known(), (Interval { low: 0, high: i64::MAX }, true));
        assert_eq!(wide(i64::MIN, 5).shifted(18).known(), (Interval { low: i64::MIN, high: 5_000_000_000_000_000_000 }, true));
        // There and back: (2^63 - 1) + 10 - 10.
        assert_eq!(wide(0, i64::MAX).plus(wide(10, 10)).minus(wide(10, 10)).known(), (Interval { low: 0, high: i64::MAX }, false));
    }
}
