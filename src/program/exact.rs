//! Whole numbers of any size: 128 bits as long as they suffice, big integers beyond.
//!
//! Enters: integers of 64 bits. Leaves: one of 64 bits, or none where the exact number does not fit. Always holds: nothing panics or wraps; a number has
//! the same value whichever form it takes.

use num_bigint::BigInt;

use crate::model::decimals::divide_rounded;
use crate::model::wide::rounded_quotient;

#[derive(Clone, Debug)]
pub enum Exact {
    Near(i128),
    Far(BigInt),
}

impl From<i64> for Exact {
    fn from(value: i64) -> Exact {
        Exact::Near(i128::from(value))
    }
}

impl Exact {
    pub fn plus(self, other: Exact) -> Exact {
        self.with(other, i128::checked_add, |left, right| left + right)
    }

    pub fn minus(self, other: Exact) -> Exact {
        self.with(other, i128::checked_sub, |left, right| left - right)
    }

    pub fn times(self, other: Exact) -> Exact {
        self.with(other, i128::checked_mul, |left, right| left * right)
    }

    /// × 10^`places`
    pub fn shifted(self, places: u32) -> Exact {
        if places == 0 {
            return self;
        }
        self.times(10i128.checked_pow(places).map_or_else(|| Exact::Far(BigInt::from(10).pow(places)), Exact::Near))
    }

    pub fn larger(self, other: Exact) -> Exact {
        self.with(other, |left, right| Some(left.max(right)), BigInt::max)
    }

    pub fn smaller(self, other: Exact) -> Exact {
        self.with(other, |left, right| Some(left.min(right)), BigInt::min)
    }

    /// The quotient, rounded half away from zero; none by 0.
    pub fn over(self, divisor: Exact) -> Option<Exact> {
        // -2^127 / -1 is the one quotient of 128 bits that leaves them.
        let near = |left: i128, right: i128| (left != i128::MIN).then(|| divide_rounded(left, right));
        (!divisor.is_zero()).then(|| self.with(divisor, near, |left, right| rounded_quotient(&left, &right)))
    }

    /// What division leaves, with the sign of the dividend; none by 0.
    pub fn rest_by(self, divisor: Exact) -> Option<Exact> {
        (!divisor.is_zero()).then(|| self.with(divisor, i128::checked_rem, |left, right| left % right))
    }

    pub fn in_64_bits(self) -> Option<i64> {
        match self {
            Exact::Near(value) => i64::try_from(value).ok(),
            Exact::Far(value) => i64::try_from(value).ok(),
        }
    }

    fn is_zero(&self) -> bool {
        match self {
            Exact::Near(value) => *value == 0,
            Exact::Far(value) => *value == BigInt::ZERO,
        }
    }

    /// In 128 bits where both numbers and the result fit them.
    fn with(self, other: Exact, near: impl Fn(i128, i128) -> Option<i128>, far: impl Fn(BigInt, BigInt) -> BigInt) -> Exact {
        if let (Exact::Near(left), Exact::Near(right)) = (&self, &other)
            && let Some(result) = near(*left, *right)
        {
            return Exact::Near(result);
        }
        let result = far(self.into_big(), other.into_big());
        i128::try_from(&result).map_or_else(|_| Exact::Far(result), Exact::Near)
    }

    fn into_big(self) -> BigInt {
        match self {
            Exact::Near(value) => BigInt::from(value),
            Exact::Far(value) => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: Exact = Exact::Near(i128::MAX);
    const BOTTOM: Exact = Exact::Near(i128::MIN);

    fn near(value: i128) -> Exact {
        Exact::Near(value)
    }

    #[test]
    fn numbers_leave_128_bits_and_come_back() {
        assert_eq!(TOP.plus(near(1)).minus(TOP).in_64_bits(), Some(1));
        assert_eq!(BOTTOM.minus(near(1)).plus(TOP).in_64_bits(), Some(-2));
        assert_eq!(TOP.times(TOP).minus(TOP.times(TOP)).in_64_bits(), Some(0));
        assert_eq!(near(7).shifted(60).over(near(7).shifted(59)).and_then(Exact::in_64_bits), Some(10));
        assert_eq!(near(7).shifted(60).rest_by(near(8)).and_then(Exact::in_64_bits), Some(0));
        assert_eq!(TOP.times(TOP).larger(near(3)).minus(TOP.times(TOP)).in_64_bits(), Some(0));
        assert_eq!(TOP.times(TOP).smaller(near(3)).in_64_bits(), Some(3));
        assert_eq!(TOP.times(TOP).in_64_bits(), None);
    }

    #[test]
    fn the_ends_of_128_bits() {
        // -2^127 / -1 is 2^127, and leaves nothing.
        assert_eq!(BOTTOM.over(near(-1)).map(|quotient| quotient.minus(TOP).in_64_bits()), Some(Some(1)));
        assert_eq!(BOTTOM.over(BOTTOM).and_then(Exact::in_64_bits), Some(1));
        assert_eq!(BOTTOM.rest_by(near(-1)).and_then(Exact::in_64_bits), Some(0));
        assert!(TOP.over(near(0)).is_none() && BOTTOM.rest_by(near(0)).is_none());
        assert!(TOP.times(TOP).over(near(0)).is_none());
        // (2^127 - 1) / 2 is a half above 2^126 - 1.
        assert_eq!(TOP.over(near(2)).map(|half| half.minus(near(1 << 126)).in_64_bits()), Some(Some(0)));
    }
}
