//! Sums, extremes, remainders and fractions that may leave 64 bits on the way, where only the result counts.
//!
//! Enters: the known operands of a [`Calculation`], in the order in which [`Calculation::operands`] names them. Leaves: the exact result, or none
//! where that leaves 64 bits or a divisor is 0. Always holds: nothing here panics or wraps, whatever the operands, as long as shifts stay within
//! [`COMPARE_SHIFT_MAX`] and [`SHIFT_MAX`]; nothing but the result has to fit anywhere.
//!
//! `a * b / c` with a = b = c = 2^62 is 2^62: two operations of 64 bits would lose it, one calculation does not. Where the bounds of operands
//! show that 64 bits suffice on the way, the lowering uses the plain operations instead, which are faster.
//!
//! [`SHIFT_MAX`]: super::arithmetic::SHIFT_MAX
//! [`COMPARE_SHIFT_MAX`]: super::arithmetic::COMPARE_SHIFT_MAX

use num_bigint::BigInt;

use super::{Shape, Value};
use crate::model::wide::{Wide, rounded_quotient};
use crate::syntax::tree::Sign;

/// How many operands a calculation may have: as many as the longest sum that the language allows, or both sides of a fraction.
pub const OPERANDS_MAX: usize = crate::model::SUM_MEMBERS_MAX;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Calculation {
    /// Σ ± value × 10^shift
    Sum(Vec<(Sign, Scaled)>),
    /// the largest value × 10^shift
    Larger(Vec<Scaled>),
    Smaller(Vec<Scaled>),
    /// what division leaves, with the sign of the left side; missing by 0
    Remainder(Scaled, Scaled),
    /// Π above × 10^shift / Π below, rounded once, half away from zero; missing by 0. A negative shift multiplies what is below instead.
    Fraction {
        above: Vec<Value>,
        below: Vec<Value>,
        shift: i8,
    },
}

/// value × 10^shift
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scaled {
    pub value: Value,
    pub shift: u8,
}

impl Calculation {
    /// The values that it uses, in the order written.
    pub fn operands(&self) -> Vec<Value> {
        let mut operands = Vec::new();
        self.clone().for_each_operand(|operand| operands.push(*operand));
        operands
    }

    /// Visits the values that it uses, in the order written; they may be replaced.
    pub fn for_each_operand(&mut self, mut visit: impl FnMut(&mut Value)) {
        match self {
            Calculation::Sum(members) => members.iter_mut().for_each(|(_, member)| visit(&mut member.value)),
            Calculation::Larger(members) | Calculation::Smaller(members) => members.iter_mut().for_each(|member| visit(&mut member.value)),
            Calculation::Remainder(left, right) => {
                visit(&mut left.value);
                visit(&mut right.value);
            }
            Calculation::Fraction { above, below, .. } => above.iter_mut().chain(below).for_each(visit),
        }
    }

    /// The result for these operands. None as well if there are fewer of them than the calculation has.
    pub fn result(&self, operands: &[i64]) -> Option<i64> {
        let scaled = |shift: u8, operand: i64| Some(i128::from(operand) * 10i128.checked_pow(u32::from(shift))?);
        match self {
            Calculation::Sum(members) => {
                let terms = || members.iter().zip(operands);
                let in_128_bits = terms().try_fold(0i128, |sum, ((sign, member), operand)| {
                    let term = scaled(member.shift, *operand)?;
                    match sign {
                        Sign::Plus => sum.checked_add(term),
                        Sign::Minus => sum.checked_sub(term),
                    }
                });
                if let Some(sum) = in_128_bits {
                    return i64::try_from(sum).ok();
                }
                let sum = terms().fold(BigInt::ZERO, |sum, ((sign, member), operand)| {
                    let term = BigInt::from(10).pow(u32::from(member.shift)) * *operand;
                    match sign {
                        Sign::Plus => sum + term,
                        Sign::Minus => sum - term,
                    }
                });
                i64::try_from(sum).ok()
            }
            Calculation::Larger(members) => {
                extreme(members.iter().zip(operands).map(|(member, operand)| scaled(member.shift, *operand)), i128::max)
            }
            Calculation::Smaller(members) => {
                extreme(members.iter().zip(operands).map(|(member, operand)| scaled(member.shift, *operand)), i128::min)
            }
            Calculation::Remainder(left, right) => {
                let (dividend, divisor) = (scaled(left.shift, *operands.first()?)?, scaled(right.shift, *operands.get(1)?)?);
                i64::try_from(dividend.checked_rem(divisor)?).ok()
            }
            Calculation::Fraction { above, shift, .. } => {
                let (above, below) = operands.split_at_checked(above.len())?;
                fraction(above, below, *shift)
            }
        }
    }

    /// What is known of the result from what is known of the operands.
    pub fn shape(&self, shape_of: impl Fn(Value) -> Shape) -> Shape {
        let wide = |value: Value| Wide::from(shape_of(value).interval);
        let scaled = |member: &Scaled| wide(member.value).shifted(u32::from(member.shift));
        let result = match self {
            Calculation::Sum(members) => Some(members.iter().fold(Wide::constant(0), |sum, (sign, member)| match sign {
                Sign::Plus => sum.plus(scaled(member)),
                Sign::Minus => sum.minus(scaled(member)),
            })),
            Calculation::Larger(members) => members.iter().map(scaled).reduce(Wide::larger),
            Calculation::Smaller(members) => members.iter().map(scaled).reduce(Wide::smaller),
            Calculation::Remainder(left, right) => scaled(left).rest_by(&scaled(right)),
            Calculation::Fraction { above, below, shift } => {
                let product = |values: &[Value]| values.iter().fold(Wide::constant(1), |product, value| product.times(&wide(*value)));
                let (up, down) = shifts(*shift);
                product(above).shifted(up).over(&product(below).shifted(down))
            }
        };
        let by_zero = match self {
            Calculation::Sum(_) | Calculation::Larger(_) | Calculation::Smaller(_) => false,
            Calculation::Remainder(_, right) => shape_of(right.value).interval.contains(0),
            Calculation::Fraction { below, .. } => below.iter().any(|value| shape_of(*value).interval.contains(0)),
        };
        let Some(result) = result else { return Shape::MISSING };
        let (interval, leaves) = result.known();
        let optional = self.operands().into_iter().any(|operand| shape_of(operand).optional);
        Shape::new(interval, optional || by_zero || leaves)
    }
}

fn extreme(members: impl Iterator<Item = Option<i128>>, choose: impl Fn(i128, i128) -> i128) -> Option<i64> {
    let members: Option<Vec<i128>> = members.collect();
    i64::try_from(members?.into_iter().reduce(choose)?).ok()
}

fn fraction(above: &[i64], below: &[i64], shift: i8) -> Option<i64> {
    if below.contains(&0) {
        return None;
    }
    if above.contains(&0) {
        return Some(0);
    }
    let (up, down) = shifts(shift);
    let product = |factors: &[i64], power: u32| {
        let power = 10i128.checked_pow(power)?;
        factors.iter().try_fold(power, |product, factor| product.checked_mul(i128::from(*factor)))
    };
    match (product(above, up), product(below, down)) {
        // Twice the rest must fit as well, and so must the negative of the dividend.
        (Some(above), Some(below)) if above != i128::MIN => i64::try_from(crate::model::decimals::divide_rounded(above, below)).ok(),
        (_, _) => {
            let product =
                |factors: &[i64], power: u32| factors.iter().fold(BigInt::from(10).pow(power), |product, factor| product * *factor);
            i64::try_from(rounded_quotient(&product(above, up), &product(below, down))).ok()
        }
    }
}

/// Powers of ten of what is above and of what is below the line.
fn shifts(shift: i8) -> (u32, u32) {
    let power = u32::from(shift.unsigned_abs());
    if shift >= 0 { (power, 0) } else { (0, power) }
}
