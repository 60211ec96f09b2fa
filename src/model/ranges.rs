//! Interval arithmetic: bounds of operands in, bounds of results out, and whether a result can be missing.
//!
//! Every operation is exact in 128 bits. A result beyond 64 bits is missing, so what is known of a *known* result always fits 64 bits;
//! [`Steps::missing`] says whether some step can leave them. The steps are those that evaluators take:
//! - a sum brings each member to the sum's scale, then adds from left to right;
//! - a product multiplies its numerators from left to right, likewise its denominators, then divides once, exactly, rounding half away from
//!   zero: the result in units of 10^-`scale` is numerators × 10^shift / denominators, with shift = `scale` + scale of the denominators −
//!   scale of the numerators, which may be negative and lies within ±[`SCALE_MAX`].

use super::decimals::{divide_rounded, power_of_ten};
use super::value::{Interval, SCALE_MAX, Type};

/// A chain of operations, and whether any of them can be without a result.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steps {
    /// a step can leave 64 bits, or divide by zero
    pub missing: bool,
}

impl Steps {
    /// Brings a value to a scale that has `places` more places.
    pub fn rescale(&mut self, value: Interval, places: u8) -> Interval {
        match power_of_ten(places).filter(|_| places <= SCALE_MAX) {
            Some(factor) => self.known(i128::from(value.low) * factor, i128::from(value.high) * factor),
            None => {
                self.missing = true;
                Interval::FULL
            }
        }
    }

    pub fn add(&mut self, left: Interval, right: Interval) -> Interval {
        self.known(i128::from(left.low) + i128::from(right.low), i128::from(left.high) + i128::from(right.high))
    }

    pub fn subtract(&mut self, left: Interval, right: Interval) -> Interval {
        self.known(i128::from(left.low) - i128::from(right.high), i128::from(left.high) - i128::from(right.low))
    }

    pub fn multiply(&mut self, left: Interval, right: Interval) -> Interval {
        let corners = corners(left, right).map(|(left, right)| left * right);
        self.hull(corners)
    }

    /// numerator × 10^shift / denominator, rounded half away from zero.
    pub fn divide(&mut self, numerator: Interval, denominator: Interval, shift: i32) -> Interval {
        if denominator.contains(0) {
            self.missing = true;
        }
        let Some(factor) = u8::try_from(shift.unsigned_abs()).ok().filter(|places| *places <= SCALE_MAX).and_then(power_of_ten) else {
            self.missing = true;
            return Interval::FULL;
        };
        let (up, down) = if shift >= 0 { (factor, 1) } else { (1, factor) };
        let halves = [
            Interval { low: denominator.low, high: denominator.high.min(-1) },
            Interval { low: denominator.low.max(1), high: denominator.high },
        ];
        let quotients = halves
            .into_iter()
            .filter(|half| half.low <= half.high)
            .flat_map(|half| corners(numerator, half))
            .map(|(numerator, denominator)| divide_rounded(numerator * up, denominator * down));
        // a divisor that is always zero leaves nothing to bound
        let (low, high) = quotients.fold((i128::MAX, i128::MIN), |(low, high), quotient| (low.min(quotient), high.max(quotient)));
        if low > high { Interval { low: 0, high: 0 } } else { self.known(low, high) }
    }

    /// The remainder has the sign of the left side.
    pub fn remainder(&mut self, left: Interval, right: Interval) -> Interval {
        if right.contains(0) {
            self.missing = true;
        }
        let size = i128::from(right.low).abs().max(i128::from(right.high).abs());
        let most = (size - 1).max(0);
        let low = if left.low < 0 { -(most.min(-i128::from(left.low))) } else { 0 };
        let high = if left.high > 0 { most.min(i128::from(left.high)) } else { 0 };
        self.known(low, high)
    }

    fn hull(&mut self, values: impl IntoIterator<Item = i128>) -> Interval {
        let (low, high) = values.into_iter().fold((i128::MAX, i128::MIN), |(low, high), value| (low.min(value), high.max(value)));
        self.known(low, high)
    }

    /// Bounds of a result that is missing outside 64 bits.
    fn known(&mut self, low: i128, high: i128) -> Interval {
        let clip = |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
        if low < i128::from(i64::MIN) || high > i128::from(i64::MAX) {
            self.missing = true;
        }
        Interval { low: clip(low), high: clip(high) }
    }
}

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

fn corners(left: Interval, right: Interval) -> [(i128, i128); 4] {
    let wide = |value: i64| i128::from(value);
    [
        (wide(left.low), wide(right.low)),
        (wide(left.low), wide(right.high)),
        (wide(left.high), wide(right.low)),
        (wide(left.high), wide(right.high)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: i64, high: i64) -> Interval {
        Interval { low, high }
    }

    /// Every combination of small operands lies in the bounds, and each bound is met.
    #[test]
    fn bounds_hold_and_are_sharp_for_small_operands() {
        let ends: Vec<Interval> = (-4..=4).flat_map(|low| (low..=4).map(move |high| interval(low, high))).collect();
        for &left in &ends {
            for &right in &ends {
                let pairs = || (left.low..=left.high).flat_map(|a| (right.low..=right.high).map(move |b| (a, b)));
                check(pairs().map(|(a, b)| Some(a + b)), |steps| steps.add(left, right), true);
                check(pairs().map(|(a, b)| Some(a - b)), |steps| steps.subtract(left, right), true);
                check(pairs().map(|(a, b)| Some(a * b)), |steps| steps.multiply(left, right), true);
                for shift in [-1, 0, 1] {
                    let quotient = |a: i64, b: i64| {
                        let (up, down) = [(1, 10), (1, 1), (10, 1)][(shift + 1) as usize];
                        (b != 0).then(|| {
                            let exact = (a * up) as f64 / (b * down) as f64;
                            exact.round() as i64
                        })
                    };
                    check(pairs().map(|(a, b)| quotient(a, b)), |steps| steps.divide(left, right, shift), true);
                }
                check(pairs().map(|(a, b)| a.checked_rem(b)), |steps| steps.remainder(left, right), false);
            }
        }
    }

    fn check(results: impl Iterator<Item = Option<i64>>, operation: impl Fn(&mut Steps) -> Interval, sharp: bool) {
        let mut steps = Steps::default();
        let bounds = operation(&mut steps);
        let results: Vec<Option<i64>> = results.collect();
        assert_eq!(steps.missing, results.contains(&None));
        let known: Vec<i64> = results.into_iter().flatten().collect();
        assert!(known.iter().all(|result| bounds.contains(*result)), "{known:?} in {bounds:?}");
        if let (true, Some(low), Some(high)) = (sharp, known.iter().min(), known.iter().max()) {
            assert_eq!(bounds, interval(*low, *high));
        }
    }

    #[test]
    fn results_beyond_64_bits_are_missing() {
        let mut steps = Steps::default();
        assert_eq!(steps.add(interval(0, i64::MAX), interval(0, 0)), interval(0, i64::MAX));
        assert!(!steps.missing);
        assert_eq!(steps.add(interval(0, i64::MAX), interval(0, 1)), interval(0, i64::MAX));
        assert!(steps.missing);
        let mut steps = Steps::default();
        steps.multiply(Interval::FULL, Interval::FULL);
        steps.divide(Interval::FULL, interval(1, 1), 18);
        steps.rescale(Interval::FULL, 18);
        assert!(steps.missing);
        let mut steps = Steps::default();
        assert_eq!(steps.divide(interval(i64::MIN, i64::MIN), interval(-1, -1), 0), interval(i64::MAX, i64::MAX));
        assert!(steps.missing);
    }

    #[test]
    fn the_calendar_has_these_ends() {
        let day = |date: jiff::civil::Date| date.since(jiff::civil::date(1970, 1, 1)).map(|span| i64::from(span.get_days()));
        assert_eq!(day(jiff::civil::Date::MIN).ok(), Some(DATES.low));
        assert_eq!(day(jiff::civil::Date::MAX).ok(), Some(DATES.high));
        assert_eq!(jiff::Timestamp::MIN.as_microsecond(), TIMES.low);
        assert_eq!(jiff::Timestamp::MAX.as_microsecond(), TIMES.high);
    }
}
