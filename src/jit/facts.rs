//! What the shapes of a verified program prove about an operation, for whoever generates code for it.
//!
//! Enters: an operation's operands. Leaves: the cheapest exact way to compute it. Always holds: the intervals are those of known values in
//! columns that keep their promises; nothing here may decide whether a load is safe.

use crate::model::{Interval, Operator};
use crate::program::arithmetic::COMPARE_SHIFT_MAX;
use crate::program::{Op, Program, Value};

/// Arithmetic whose result may leave 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    Add,
    Subtract,
    Multiply,
}

impl Checked {
    /// None of the results leaves 64 bits.
    pub fn fits(self, program: &Program, left: Value, right: Value) -> bool {
        let bounds = |value: Value| {
            let Interval { low, high } = program.shapes[value.index()].interval;
            [i128::from(low), i128::from(high)]
        };
        let right = bounds(right);
        bounds(left).into_iter().flat_map(|left| right.map(|right| (left, right))).all(|(left, right)| {
            let result = match self {
                Checked::Add => left + right,
                Checked::Subtract => left - right,
                Checked::Multiply => left * right,
            };
            i64::try_from(result).is_ok()
        })
    }
}

/// How a comparison of two scales is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `value operator bound`; the bound may be beyond 64 bits
    WithBound { value: Value, operator: Operator, bound: i128 },
    /// `left × left_factor operator right × right_factor`, within 64 bits
    Scaled { left_factor: i64, right_factor: i64 },
    /// with 128 bits
    Wide,
}

impl Comparison {
    pub fn plan(program: &Program, operator: Operator, left: Value, right: Value, left_shift: u8, right_shift: u8) -> Comparison {
        let (left_shift, right_shift) = (left_shift.min(COMPARE_SHIFT_MAX), right_shift.min(COMPARE_SHIFT_MAX));
        // 12.5 against 12.50: only the difference of the shifts matters.
        let shared = left_shift.min(right_shift);
        let (left_power, right_power) = (10i128.pow(u32::from(left_shift - shared)), 10i128.pow(u32::from(right_shift - shared)));
        if let Some(constant) = constant_of(program, right) {
            let bound = bound_of(operator, left_power, i128::from(constant) * right_power);
            return Comparison::WithBound { value: left, operator, bound };
        }
        if let Some(constant) = constant_of(program, left) {
            let operator = mirrored(operator);
            let bound = bound_of(operator, right_power, i128::from(constant) * left_power);
            return Comparison::WithBound { value: right, operator, bound };
        }
        let interval = |value: Value| program.shapes[value.index()].interval;
        match (factor_within(interval(left), left_power), factor_within(interval(right), right_power)) {
            (Some(left_factor), Some(right_factor)) => Comparison::Scaled { left_factor, right_factor },
            (None, _) | (_, None) => Comparison::Wide,
        }
    }
}

/// The number that a constant operation gives.
pub fn constant_of(program: &Program, value: Value) -> Option<i64> {
    match program.ops[value.index()] {
        Op::Constant(constant) => Some(constant),
        _ => None,
    }
}

/// The bound for which `value operator bound` says the same as `value × power operator constant`.
fn bound_of(operator: Operator, power: i128, constant: i128) -> i128 {
    match operator {
        // value × power ≥ constant exactly if value ≥ ⌈constant / power⌉, and so on.
        Operator::AtLeast | Operator::Below => -(-constant).div_euclid(power),
        Operator::Above | Operator::AtMost => constant.div_euclid(power),
    }
}

/// The operator with its sides exchanged.
fn mirrored(operator: Operator) -> Operator {
    match operator {
        Operator::AtLeast => Operator::AtMost,
        Operator::Above => Operator::Below,
        Operator::AtMost => Operator::AtLeast,
        Operator::Below => Operator::Above,
    }
}

/// The power as a factor that keeps the interval within 64 bits.
fn factor_within(interval: Interval, power: i128) -> Option<i64> {
    let fits = |bound: i64| i64::try_from(i128::from(bound) * power).is_ok();
    (fits(interval.low) && fits(interval.high)).then(|| i64::try_from(power).ok()).flatten()
}
