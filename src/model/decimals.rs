//! Exact arithmetic on [`Decimal`] constants.
//!
//! Always holds: nothing is rounded unless the name says so; what cannot be held exactly in 128 bits is `None`.

use std::cmp::Ordering;

use super::value::{Decimal, SCALE_MAX};

impl Decimal {
    pub const ZERO: Decimal = Decimal { mantissa: 0, places: 0 };

    /// A constant that fits the language: at most [`SCALE_MAX`] places, and its whole part in 64 bits. Any such constant can be brought to
    /// any scale up to [`SCALE_MAX`] within 128 bits.
    pub fn is_sane(self) -> bool {
        let reduced = self.reduced();
        let Some(factor) = power_of_ten(reduced.places) else { return false };
        reduced.places <= SCALE_MAX && (reduced.mantissa / factor).unsigned_abs() <= i64::MAX as u128
    }

    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let places = self.places.max(other.places);
        let mantissa = self.mantissa_at(places)?.checked_add(other.mantissa_at(places)?)?;
        Some(Decimal { mantissa, places }.reduced())
    }

    pub fn minus(self, other: Decimal) -> Option<Decimal> {
        self.plus(Decimal { mantissa: other.mantissa.checked_neg()?, places: other.places })
    }

    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let (left, right) = (self.reduced(), other.reduced());
        let product = Decimal { mantissa: left.mantissa.checked_mul(right.mantissa)?, places: left.places.checked_add(right.places)? };
        Some(product.reduced())
    }

    /// The value divided by 10^`places`.
    pub fn shifted_down(self, places: u8) -> Option<Decimal> {
        Some(Decimal { mantissa: self.mantissa, places: self.places.checked_add(places)? }.reduced())
    }

    /// The value in units of 10^-`scale`, which must not have fewer places than the value needs.
    pub fn units_at(self, scale: u8) -> Option<i128> {
        self.reduced().mantissa_at(scale)
    }

    /// The largest integer in units of 10^-`scale` that is not above the value.
    pub fn floor_at(self, scale: u8) -> Option<i128> {
        let reduced = self.reduced();
        match reduced.places.checked_sub(scale) {
            None | Some(0) => reduced.mantissa_at(scale),
            Some(shift) => Some(reduced.mantissa.div_euclid(power_of_ten(shift)?)),
        }
    }

    /// The smallest integer in units of 10^-`scale` that is not below the value.
    pub fn ceiling_at(self, scale: u8) -> Option<i128> {
        let reduced = self.reduced();
        let floor = reduced.floor_at(scale)?;
        if reduced.places > scale { floor.checked_add(1) } else { Some(floor) }
    }

    /// With at most so many places, rounded half away from zero.
    pub fn rounded_to(self, places: u8) -> Option<Decimal> {
        let reduced = self.reduced();
        let Some(shift) = reduced.places.checked_sub(places) else { return Some(reduced) };
        Some(Decimal { mantissa: divide_rounded(reduced.mantissa, power_of_ten(shift)?), places }.reduced())
    }

    /// How the value compares with another one; none if both cannot be brought to one scale.
    pub fn compared_with(self, other: Decimal) -> Option<Ordering> {
        Some(self.minus(other)?.mantissa.cmp(&0))
    }

    /// How the value compares with `units` × 10^-`scale`. Both sides must be sane.
    pub fn compare_units(self, units: i64, scale: u8) -> Ordering {
        let reduced = self.reduced();
        let common = reduced.places.max(scale);
        let left = reduced.mantissa_at(common);
        let right = Decimal { mantissa: i128::from(units), places: scale }.mantissa_at(common);
        match (left, right) {
            (Some(left), Some(right)) => left.cmp(&right),
            // only what is far from 64 bits cannot be brought to the common scale
            (None, _) => reduced.mantissa.cmp(&0),
            (_, None) => 0.cmp(&units),
        }
    }

    fn mantissa_at(self, places: u8) -> Option<i128> {
        self.mantissa.checked_mul(power_of_ten(places.checked_sub(self.places)?)?)
    }
}

pub(crate) fn power_of_ten(exponent: u8) -> Option<i128> {
    10i128.checked_pow(u32::from(exponent))
}

/// `numerator / denominator`, rounded half away from zero; the denominator must not be zero.
pub(crate) fn divide_rounded(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator / denominator;
    let rest = (numerator % denominator).unsigned_abs();
    let size = denominator.unsigned_abs();
    if rest >= size - rest { quotient + if (numerator < 0) == (denominator < 0) { 1 } else { -1 } } else { quotient }
}

/// A value in units of 10^-`from` as one in units of 10^-`to`, rounded half away from zero where places are lost.
pub(crate) fn rescaled(units: i64, from: u8, to: u8) -> Option<i64> {
    let units = i128::from(units);
    let moved = if to >= from { units.checked_mul(power_of_ten(to - from)?)? } else { divide_rounded(units, power_of_ten(from - to)?) };
    i64::try_from(moved).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(mantissa: i128, places: u8) -> Decimal {
        Decimal { mantissa, places }
    }

    #[test]
    fn floors_and_ceilings() {
        assert_eq!((decimal(45, 1).floor_at(0), decimal(45, 1).ceiling_at(0)), (Some(4), Some(5)));
        assert_eq!((decimal(-45, 1).floor_at(0), decimal(-45, 1).ceiling_at(0)), (Some(-5), Some(-4)));
        assert_eq!((decimal(40, 1).floor_at(0), decimal(40, 1).ceiling_at(0)), (Some(4), Some(4)));
        assert_eq!((decimal(4, 0).floor_at(2), decimal(4, 0).ceiling_at(2)), (Some(400), Some(400)));
    }

    #[test]
    fn compares_across_scales() {
        assert_eq!(decimal(5, 1).compare_units(50, 2), Ordering::Equal);
        assert_eq!(decimal(51, 2).compare_units(5, 1), Ordering::Greater);
        assert_eq!(decimal(-1, 0).compare_units(0, 0), Ordering::Less);
    }

    #[test]
    fn products_are_reduced() {
        assert_eq!(decimal(250, 1).times(decimal(4, 1)), Some(decimal(10, 0)));
        assert_eq!(decimal(i128::MAX, 0).times(decimal(2, 0)), None);
    }

    #[test]
    fn places_are_rounded_away() {
        let rounded = |mantissa, from, to| decimal(mantissa, from).rounded_to(to);
        assert_eq!(
            (rounded(25, 1, 0), rounded(-25, 1, 0), rounded(24, 1, 0)),
            (Some(decimal(3, 0)), Some(decimal(-3, 0)), Some(decimal(2, 0)))
        );
        assert_eq!((rounded(25, 1, 3), rounded(250, 2, 1)), (Some(decimal(25, 1)), Some(decimal(25, 1))));
        assert_eq!(decimal(25, 1).compared_with(decimal(3, 0)), Some(Ordering::Less));
    }

    #[test]
    fn rounds_half_away_from_zero() {
        let cases = [(5, 2, 3), (-5, 2, -3), (5, -2, -3), (4, 3, 1), (-4, 3, -1), (1, 3, 0), (2, 3, 1), (0, 7, 0), (7, 7, 1), (1, 2, 1)];
        for (numerator, denominator, expected) in cases {
            assert_eq!(divide_rounded(numerator, denominator), expected, "{numerator} / {denominator}");
        }
    }

    #[test]
    fn sane_constants_fit_64_bits_and_18_places() {
        assert!(decimal(i128::from(i64::MAX), 0).is_sane());
        assert!(!decimal(i128::from(i64::MAX) + 1, 0).is_sane());
        assert!(decimal(1, 18).is_sane());
        assert!(!decimal(1, 19).is_sane());
        assert!(decimal(10, 19).is_sane());
    }
}
