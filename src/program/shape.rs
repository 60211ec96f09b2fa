//! What is known of an operation's value from what is known of its operands.
//!
//! Enters: an operation and the shapes of earlier values. Leaves: its [`Shape`]. Always holds: every value that the operation can give for
//! operands of these shapes is in the interval, and a value that can be missing is optional. The verifier holds every shape of a
//! program against this, so a wrong shape cannot hide a wrong width.
//!
//! An interval that would leave 64 bits is cut there, and the value is optional, as results beyond 64 bits are missing. The interval of a
//! value that is always missing is 0 to 0; where it is one of two arms, only the other bounds the result.

use super::{Op, Parameter, Program, Shape, Value, arithmetic};
use crate::calendar::MICROS_PER_DAY;
use crate::model::Interval;

/// Days since 1970-01-01 of 0001-01-01 and 9999-12-31: the days that can be written.
pub const DAYS: Interval = Interval { low: -719_162, high: 2_932_896 };

/// The days on which an instant can be somewhere: the first instant is on the day before in the west.
pub const LOCAL_DAYS: Interval = Interval { low: DAYS.low - 1, high: DAYS.high };

/// Microseconds since the epoch of 0001-01-01T00:00Z, and of the last instant that every zone can show.
pub const INSTANTS: Interval = Interval { low: DAYS.low * MICROS_PER_DAY, high: 253_402_207_200_999_999 };

impl Shape {
    pub fn new(interval: Interval, optional: bool) -> Shape {
        let condition = !optional && interval.low >= 0 && interval.high <= 1;
        Shape { condition, optional, interval }
    }

    pub const CONDITION: Shape = Shape { condition: true, optional: false, interval: Interval { low: 0, high: 1 } };

    /// Of a value that is always missing.
    pub const MISSING: Shape = Shape { condition: false, optional: true, interval: Interval { low: 0, high: 0 } };

    /// The value, if it is always known and always the same.
    pub fn constant(self) -> Option<i64> {
        (!self.optional && self.interval.low == self.interval.high).then_some(self.interval.low)
    }
}

/// The shape of an operation that would stand at the end of the program. Its operands and indexes must be valid.
pub fn infer(program: &Program, op: &Op) -> Shape {
    infer_from(program, op, |value| program.shapes[value.index()])
}

/// The same with other shapes for the operands than the program's.
pub fn infer_from(program: &Program, op: &Op, shape_of: impl Fn(Value) -> Shape) -> Shape {
    let of = |value: &Value| shape_of(*value);
    let is_missing = |value: &Value| program.ops[value.index()] == Op::Missing;
    match op {
        Op::Input(input) => {
            let input = &program.inputs[*input as usize];
            Shape::new(Interval { low: input.interval.0, high: input.interval.1 }, input.optional)
        }
        Op::Parameter(Parameter::AsOfDay) => Shape::new(LOCAL_DAYS, false),
        Op::Parameter(Parameter::AsOf) => Shape::new(INSTANTS, false),
        Op::Constant(constant) => Shape::new(Interval { low: *constant, high: *constant }, false),
        Op::Missing => Shape::MISSING,

        Op::Add(left, right) => wide(of(left), of(right), |left, right| left + right),
        Op::Subtract(left, right) => wide(of(left), of(right), |left, right| left - right),
        Op::Multiply(left, right) => wide(of(left), of(right), |left, right| left * right),
        Op::Divide { left, right, shift } => divided(of(left), of(right), |left, right| arithmetic::divide(left, right, *shift)),
        Op::Quotient(left, right) => divided(of(left), of(right), arithmetic::quotient),
        Op::Remainder(left, right) => remainder(of(left), of(right)),
        Op::Larger(left, right) => ordered(of(left), of(right), i64::max),
        Op::Smaller(left, right) => ordered(of(left), of(right), i64::min),
        Op::Calculate(number) => program.calculations[*number as usize].shape(shape_of),

        // What is always missing has no bounds to add.
        Op::Else(value, default) => match (is_missing(value), is_missing(default)) {
            (true, _) => of(default),
            (false, true) => of(value),
            (false, false) => either(of(value), of(default)),
        },
        Op::Select(_, then, otherwise) => match (is_missing(then), is_missing(otherwise)) {
            (true, _) => Shape::new(of(otherwise).interval, true),
            (false, true) => Shape::new(of(then).interval, true),
            (false, false) => {
                let (then, otherwise) = (of(then), of(otherwise));
                Shape::new(then.interval.hull(otherwise.interval), then.optional || otherwise.optional)
            }
        },

        Op::Compare { .. } | Op::Equal(..) | Op::Known(_) | Op::And(..) | Op::Or(..) | Op::Not(_) | Op::HasBits { .. } => Shape::CONDITION,

        Op::Table { index, array } => table(of(index), &program.arrays[*array as usize]),
        Op::Band { value, thresholds } => {
            let (value, thresholds) = (of(value), &program.arrays[*thresholds as usize]);
            let low = arithmetic::band(thresholds, value.interval.low);
            Shape::new(Interval { low, high: arithmetic::band(thresholds, value.interval.high) }, value.optional)
        }
        Op::Find { lookup, .. } => {
            let rows = &program.lookups[*lookup as usize].rows;
            Shape::new(hull_of(rows.iter().map(|(_, row)| *row)), true)
        }
        Op::Turn { hash, total, .. } => {
            Shape::new(Interval { low: 0, high: i64::from(*total).saturating_sub(1).max(0) }, of(hash).optional)
        }
    }
}

/// The extremes of a function that is monotone in each operand lie at the corners.
fn wide(left: Shape, right: Shape, operation: impl Fn(i128, i128) -> i128) -> Shape {
    let corner = |left: i64, right: i64| operation(i128::from(left), i128::from(right));
    let (a, b) = (left.interval, right.interval);
    let corners = [corner(a.low, b.low), corner(a.low, b.high), corner(a.high, b.low), corner(a.high, b.high)];
    let low = corners.into_iter().fold(corners[0], i128::min);
    let high = corners.into_iter().fold(corners[0], i128::max);
    let leaves = low < i128::from(i64::MIN) || high > i128::from(i64::MAX);
    let cut = |value: i128| value.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
    Shape::new(Interval { low: cut(low), high: cut(high) }, left.optional || right.optional || leaves)
}

/// Divisions are monotone in the dividend, and in the divisor on either side of zero.
fn divided(left: Shape, right: Shape, operation: impl Fn(i64, i64) -> Option<i64>) -> Shape {
    let divisors = [right.interval.low, right.interval.high, -1, 1];
    let divisors = divisors.into_iter().filter(|divisor| *divisor != 0 && right.interval.contains(*divisor));
    let mut optional = left.optional || right.optional || right.interval.contains(0);
    let mut bounds: Option<Interval> = None;
    for divisor in divisors {
        for dividend in [left.interval.low, left.interval.high] {
            let result = operation(dividend, divisor).unwrap_or_else(|| {
                optional = true;
                if (dividend < 0) == (divisor < 0) { i64::MAX } else { i64::MIN }
            });
            let point = Interval { low: result, high: result };
            bounds = Some(bounds.map_or(point, |bounds| bounds.hull(point)));
        }
    }
    bounds.map_or(Shape::MISSING, |bounds| Shape::new(bounds, optional))
}

fn remainder(left: Shape, right: Shape) -> Shape {
    let divisor_max = right.interval.low.unsigned_abs().max(right.interval.high.unsigned_abs());
    let Some(rest_max) = divisor_max.checked_sub(1) else { return Shape::MISSING };
    // |rest| < |divisor| ≤ 2^63, so it fits
    let bound = |side: u64| i64::try_from(side.min(rest_max)).unwrap_or(i64::MAX);
    let low = if left.interval.low < 0 { -bound(left.interval.low.unsigned_abs()) } else { 0 };
    let high = if left.interval.high > 0 { bound(left.interval.high.unsigned_abs()) } else { 0 };
    Shape::new(Interval { low, high }, left.optional || right.optional || right.interval.contains(0))
}

fn ordered(left: Shape, right: Shape, choose: impl Fn(i64, i64) -> i64) -> Shape {
    let interval = Interval { low: choose(left.interval.low, right.interval.low), high: choose(left.interval.high, right.interval.high) };
    Shape::new(interval, left.optional || right.optional)
}

fn either(value: Shape, default: Shape) -> Shape {
    if value.optional { Shape::new(value.interval.hull(default.interval), default.optional) } else { value }
}

fn table(index: Shape, array: &[Option<i64>]) -> Shape {
    let length = array.len() as i64;
    let (first, last) = (index.interval.low.max(0), index.interval.high.min(length - 1));
    if first > last {
        return Shape::MISSING;
    }
    let reached = &array[first as usize..=last as usize];
    let outside = index.interval.low < 0 || index.interval.high >= length;
    let optional = index.optional || outside || reached.iter().any(Option::is_none);
    Shape::new(hull_of(reached.iter().flatten().copied()), optional)
}

fn hull_of(values: impl Iterator<Item = i64>) -> Interval {
    let points = values.map(|value| Interval { low: value, high: value });
    points.reduce(Interval::hull).unwrap_or(Interval { low: 0, high: 0 })
}
