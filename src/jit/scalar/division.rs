//! Division by constants, by multiplication: no divide instruction, and so no trap, stands in generated code.
//!
//! Enters: a dividend and a constant divisor of at least 1. Leaves: the exact quotient, for every 64-bit dividend.
//!
//! For a divisor d with 2^(l-1) < d ≤ 2^l, the integer m = ⌊2^(63+l) / d⌋ + 1 gives ⌊n × m / 2^(63+l)⌋ = ⌊n / d⌋ for all 0 ≤ n < 2^63,
//! and one less than the quotient cut toward zero for negative n (Granlund and Montgomery, "Division by Invariant Integers using
//! Multiplication", 1994, figure 5.2). As m lies between 2^63 and 2^64, m - 2^64 is multiplied as a signed integer and n added back.

use cranelift_codegen::ir::{self, InstBuilder, types};

use super::Emitter;
use crate::model::Interval;

/// Factors of `n / divisor`, cut toward zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reciprocal {
    multiplier: i64,
    shift: u32,
}

impl Reciprocal {
    /// The divisor is at least 2.
    fn of(divisor: i64) -> Reciprocal {
        let log = 64 - (divisor - 1).leading_zeros();
        // 2^63 < multiplier < 2^64
        let multiplier = (1u128 << (63 + log)) / divisor as u128 + 1;
        Reciprocal { multiplier: multiplier as u64 as i64, shift: log - 1 }
    }
}

/// A rounded division that 64 bits hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounded {
    /// what the dividend is multiplied by
    pub factor: i64,
    pub divisor: i64,
}

impl Rounded {
    /// None if the divisor is not positive, or `dividend × factor ± divisor / 2` may leave 64 bits.
    pub fn plan(dividend: Interval, divisor: i64, shift: i8) -> Option<Rounded> {
        let power = 10i64.checked_pow(u32::from(shift.unsigned_abs()))?;
        let (factor, divisor) = if shift >= 0 { (power, divisor) } else { (1, divisor.checked_mul(power)?) };
        if divisor < 1 {
            return None;
        }
        dividend.low.checked_mul(factor)?.checked_sub(divisor / 2)?;
        dividend.high.checked_mul(factor)?.checked_add(divisor / 2)?;
        Some(Rounded { factor, divisor })
    }
}

impl Emitter<'_, '_> {
    /// The quotient cut toward zero; the divisor is at least 1.
    pub(super) fn divide_truncated(&mut self, dividend: ir::Value, divisor: i64) -> ir::Value {
        if divisor == 1 {
            return dividend;
        }
        let reciprocal = Reciprocal::of(divisor);
        let multiplier = self.ins().iconst(types::I64, reciprocal.multiplier);
        let product = self.ins().smulhi(dividend, multiplier);
        let product = self.ins().iadd(product, dividend);
        let shifted = self.ins().sshr_imm_s(product, i64::from(reciprocal.shift));
        let sign = self.ins().sshr_imm_s(dividend, 63);
        self.ins().isub(shifted, sign)
    }

    /// The quotient rounded half away from zero; [`Rounded::plan`] has shown that nothing overflows.
    pub(super) fn divide_rounded(&mut self, dividend: ir::Value, divisor: i64) -> ir::Value {
        if divisor == 1 {
            return dividend;
        }
        // Half the divisor with the sign of the dividend: (half xor sign) - sign.
        let sign = self.ins().sshr_imm_s(dividend, 63);
        let half = self.ins().iconst(types::I64, divisor / 2);
        let half = self.ins().bxor(half, sign);
        let half = self.ins().isub(half, sign);
        let moved = self.ins().iadd(dividend, half);
        self.divide_truncated(moved, divisor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the generated instructions compute.
    fn divide(dividend: i64, divisor: i64) -> i64 {
        let Reciprocal { multiplier, shift } = Reciprocal::of(divisor);
        let high = ((i128::from(dividend) * i128::from(multiplier)) >> 64) as i64;
        (high.wrapping_add(dividend) >> shift) - (dividend >> 63)
    }

    #[test]
    fn reciprocals_divide_exactly() {
        let mut divisors = vec![2, 3, 5, 7, 10, 12, 100, 641, 1_000, 86_400, 86_400_000_000, i64::MAX, i64::MAX - 1, (1 << 62) + 1];
        for bit in 1..63 {
            divisors.extend([(1i64 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        }
        for divisor in divisors.into_iter().filter(|divisor| *divisor > 1) {
            let mut dividends = vec![0, 1, -1, i64::MIN, i64::MIN + 1, i64::MAX, i64::MAX - 1];
            for multiple in [1, 2, 3, 1_000, i64::MAX / divisor] {
                if let Some(product) = divisor.checked_mul(multiple) {
                    let near = [product.checked_sub(1), Some(product), product.checked_add(1)];
                    dividends.extend(near.into_iter().flatten().flat_map(|near| [near, near.wrapping_neg()]));
                }
            }
            for dividend in dividends {
                assert_eq!(divide(dividend, divisor), dividend / divisor, "{dividend} / {divisor}");
            }
        }
    }

    #[test]
    fn rounded_division_is_planned_only_within_64_bits() {
        let small = Interval { low: -1_000, high: 1_000 };
        assert_eq!(Rounded::plan(small, 8, 2), Some(Rounded { factor: 100, divisor: 8 }));
        assert_eq!(Rounded::plan(small, 8, -2), Some(Rounded { factor: 1, divisor: 800 }));
        assert_eq!(Rounded::plan(small, 0, 0), None);
        assert_eq!(Rounded::plan(small, -2, 0), None);
        assert_eq!(Rounded::plan(small, i64::MAX, -1), None);
        assert_eq!(Rounded::plan(Interval::FULL, 1, 0), Some(Rounded { factor: 1, divisor: 1 }));
        assert_eq!(Rounded::plan(Interval::FULL, 2, 0), None);
    }
}
