//! What the rows of an attribute are worth, as exact multiples of a unit.
//!
//! A row is worth a constant, or a coefficient times an integer that the lead gives (`2 each`, `1 per 500`). [`Exact`] coefficients of a
//! section are brought to one scale and divided by their greatest common divisor, so that every product with the section's weight is an integer
//! as soon as every single row's is.

use super::Lowering;
use super::expressions::scale_of;
use super::matchers::Matched;
use crate::model::{Attribute, BandRow, Decimal, Interval, Matcher, RowPoints};
use crate::program::{Op, Value};

/// An exact decimal of any number of places: `mantissa` × 10^-`places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact {
    pub mantissa: i128,
    pub places: u32,
}

impl Exact {
    pub fn new(mantissa: i128, places: u32) -> Exact {
        let mut exact = Exact { mantissa, places };
        while exact.places > 0 && exact.mantissa % 10 == 0 {
            exact.mantissa /= 10;
            exact.places -= 1;
        }
        exact
    }

    pub fn of(decimal: Decimal) -> Exact {
        Exact::new(decimal.mantissa, u32::from(decimal.places))
    }

    /// None beyond 128 bits.
    pub fn times(self, other: Exact) -> Option<Exact> {
        Some(Exact::new(self.mantissa.checked_mul(other.mantissa)?, self.places + other.places))
    }

    /// In units of 10^-`scale`, if it is an integer of 64 bits there.
    pub fn at(self, scale: u32) -> Option<i64> {
        let power = 10i128.checked_pow(scale.checked_sub(self.places)?)?;
        i64::try_from(self.mantissa.checked_mul(power)?).ok()
    }
}

impl BandRow {
    /// What one unit of the row's integer is worth; of a constant row that integer is 1.
    pub(super) fn coefficient(&self, subject_scale: u32) -> Exact {
        match &self.points {
            RowPoints::Constant(points) | RowPoints::Per { points, .. } => Exact::of(*points),
            RowPoints::Each(points) => Exact::new(points.mantissa, u32::from(points.places) + subject_scale),
        }
    }
}

impl Lowering<'_> {
    /// The worth of the row in force, where `worth` gives that of each row or, for a linear row, of each unit of its integer.
    pub fn row_worth(&mut self, attribute: &Attribute, matched: Matched, worth: &[Option<i64>]) -> Value {
        let constant = |row: &BandRow| matches!(row.points, RowPoints::Constant(_));
        // A linear row's place in the array is never read; with a worth of another row in it the bounds stay those of real answers.
        let idle = attribute.rows.iter().zip(worth).find(|(row, _)| constant(row)).map(|(_, worth)| *worth);
        let mut value = idle.map(|idle| {
            let entries = attribute.rows.iter().zip(worth).map(|(row, worth)| if constant(row) { *worth } else { idle });
            let array = self.builder.array(entries.collect());
            self.builder.table(matched.index, array)
        });
        for ((index, row), worth) in (0..).zip(&attribute.rows).zip(worth) {
            let step = match row.points {
                RowPoints::Constant(_) => continue,
                RowPoints::Each(_) => 1,
                RowPoints::Per { step, .. } => step,
            };
            let points = match worth {
                Some(worth) => {
                    let units = self.row_units(attribute, row, matched.subject, step);
                    self.builder.multiply(units, *worth)
                }
                None => self.builder.missing(),
            };
            value = Some(match value {
                Some(value) => {
                    let in_force = self.builder.equals(matched.index, index);
                    self.builder.select(in_force, points, value)
                }
                None => points,
            });
        }
        match value {
            Some(value) => value,
            None => self.builder.missing(),
        }
    }

    /// How many units a linear row counts. Only asked for where the row is in force; kept within the row's bounds elsewhere too, so that the
    /// product cannot leave 64 bits there.
    fn row_units(&mut self, attribute: &Attribute, row: &BandRow, subject: Value, step: i64) -> Value {
        let bounds = self.interval(&attribute.subject, subject);
        let ranges = row.matchers.iter().filter_map(|matcher| match matcher {
            Matcher::Range { low, high } => {
                let low = low.unwrap_or(bounds.low).clamp(bounds.low, bounds.high);
                Some(Interval { low, high: high.unwrap_or(bounds.high).clamp(low, bounds.high) })
            }
            Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing | Matcher::Otherwise => None,
        });
        let bounds = ranges.reduce(Interval::hull).unwrap_or(bounds);
        let low = self.builder.constant(bounds.low);
        let known = self.builder.or_else(subject, low);
        let value = self.builder.clamp(known, bounds);
        if step == 1 {
            return value;
        }
        let step = self.builder.constant(step);
        self.builder.op(Op::Quotient(value, step))
    }

    /// The worth of the row in force as explanations show it: the points before any weight, and their scale.
    pub fn row_points(&mut self, attribute: &Attribute, matched: Matched) -> (Value, u8) {
        let subject_scale = scale_of(attribute.subject.ty);
        let coefficients: Vec<Exact> = attribute.rows.iter().map(|row| row.coefficient(subject_scale)).collect();
        let scale = coefficients.iter().map(|coefficient| coefficient.places).max().unwrap_or(0);
        let worth: Vec<Option<i64>> = coefficients.iter().map(|coefficient| coefficient.at(scale)).collect();
        (self.row_worth(attribute, matched, &worth), u8::try_from(scale).unwrap_or(u8::MAX))
    }
}

/// 0 only if both are.
pub(super) fn common_divisor(left: i64, right: i64) -> i64 {
    let (mut left, mut right) = (left.unsigned_abs(), right.unsigned_abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    i64::try_from(left).unwrap_or(1)
}
