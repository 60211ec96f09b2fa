//! How wide an integer is while vectors hold it, and where it stands between two generated functions.
//!
//! Enters: an interval. Leaves: [`Lanes`]. Always holds: lanes are signed.

use cranelift_codegen::ir::{Type, types};

use crate::model::Interval;

/// Rows that vector code handles at once: one vector of the narrowest lanes.
pub const GROUP_ROWS: usize = 16;

/// Bits of one integer of a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lanes {
    W8,
    W16,
    W32,
    W64,
}

impl Lanes {
    pub const ALL: [Lanes; 4] = [Lanes::W8, Lanes::W16, Lanes::W32, Lanes::W64];

    /// The narrowest that hold the interval.
    pub fn of(interval: Interval) -> Lanes {
        let holds = |lanes: &Lanes| lanes.low() <= interval.low && interval.high <= lanes.high();
        Lanes::ALL.into_iter().find(holds).unwrap_or(Lanes::W64)
    }

    pub fn bytes(self) -> usize {
        match self {
            Lanes::W8 => 1,
            Lanes::W16 => 2,
            Lanes::W32 => 4,
            Lanes::W64 => 8,
        }
    }

    /// Vectors that [`GROUP_ROWS`] integers take.
    pub fn parts(self) -> usize {
        self.bytes()
    }

    pub fn low(self) -> i64 {
        i64::MIN >> (64 - 8 * self.bytes())
    }

    pub fn high(self) -> i64 {
        i64::MAX >> (64 - 8 * self.bytes())
    }

    pub fn wider(self) -> Lanes {
        match self {
            Lanes::W8 => Lanes::W16,
            Lanes::W16 => Lanes::W32,
            Lanes::W32 | Lanes::W64 => Lanes::W64,
        }
    }

    pub fn narrower(self) -> Lanes {
        match self {
            Lanes::W8 | Lanes::W16 => Lanes::W8,
            Lanes::W32 => Lanes::W16,
            Lanes::W64 => Lanes::W32,
        }
    }

    /// Of one vector.
    pub fn vector(self) -> Type {
        match self {
            Lanes::W8 => types::I8X16,
            Lanes::W16 => types::I16X8,
            Lanes::W32 => types::I32X4,
            Lanes::W64 => types::I64X2,
        }
    }

    /// Of one integer.
    pub fn scalar(self) -> Type {
        match self {
            Lanes::W8 => types::I8,
            Lanes::W16 => types::I16,
            Lanes::W32 => types::I32,
            Lanes::W64 => types::I64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_as_narrow_as_the_interval_allows() {
        for (low, high, lanes) in [
            (-128, 127, Lanes::W8),
            (0, 128, Lanes::W16),
            (-32_768, 0, Lanes::W16),
            (0, 65_535, Lanes::W32),
            (i64::from(i32::MIN), i64::from(i32::MAX), Lanes::W32),
            (0, 1 << 31, Lanes::W64),
            (i64::MIN, i64::MAX, Lanes::W64),
        ] {
            assert_eq!(Lanes::of(Interval { low, high }), lanes, "{low} to {high}");
        }
    }
}
