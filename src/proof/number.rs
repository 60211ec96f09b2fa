//! Numbers of cells: quick ones of 128 bits, which nearly always do, and such of any size.

use num_bigint::BigUint;

/// A number of cells. What is none has left its bits.
pub trait Number: Clone + Ord {
    fn of(cells: u128) -> Self;
    fn plus(&self, other: &Self) -> Option<Self>;
    fn times(&self, other: &Self) -> Option<Self>;
}

impl Number for u128 {
    fn of(cells: u128) -> u128 {
        cells
    }

    fn plus(&self, other: &u128) -> Option<u128> {
        self.checked_add(*other)
    }

    fn times(&self, other: &u128) -> Option<u128> {
        self.checked_mul(*other)
    }
}

impl Number for BigUint {
    fn of(cells: u128) -> BigUint {
        BigUint::from(cells)
    }

    fn plus(&self, other: &BigUint) -> Option<BigUint> {
        Some(self + other)
    }

    fn times(&self, other: &BigUint) -> Option<BigUint> {
        Some(self * other)
    }
}
