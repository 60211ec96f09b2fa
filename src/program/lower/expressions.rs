//! Expressions that are no texts: numbers, dates, times, choices, `yes_no`.

use super::Lowering;
use crate::model::{Constant, Expr, ExprKind, Interval, Type};
use crate::program::{Op, Value};
use crate::syntax::tree::{Factor, Sign};

/// An expression nests as deep as brackets may, times what stands between two brackets; a longer stack is taken where needed.
const STACK_LEFT: usize = 128 * 1024;
const STACK_NEXT: usize = 1024 * 1024;

impl Lowering<'_> {
    /// The expression's value in the units of its type; a text has none and is missing.
    pub fn value(&mut self, expr: &Expr) -> Value {
        let value = stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.lower_value(expr));
        self.trace.expressions.insert(expr.span, value);
        value
    }

    /// The expression as a condition: `yes_no`, and no where it is missing.
    pub fn condition(&mut self, expr: &Expr) -> Value {
        let value = self.value(expr);
        let condition = self.builder.condition(value);
        self.trace.expressions.insert(expr.span, condition);
        condition
    }

    fn lower_value(&mut self, expr: &Expr) -> Value {
        match &expr.kind {
            ExprKind::Constant(Constant::Integer(constant)) => self.builder.constant(*constant),
            ExprKind::Constant(Constant::Text(_)) | ExprKind::DomainOf(_) => self.builder.missing(),
            ExprKind::Field(id) | ExprKind::Property(id) => self.column(*id),
            ExprKind::Measure(id) => self.column(self.policy.measure_column(*id)),
            ExprKind::Let(id) => {
                let value = self.lets.get(*id).and_then(|lowered| lowered.value);
                self.or_missing(value)
            }
            ExprKind::Score(id) => {
                let value = self.scores.get(*id).and_then(|score| score.value);
                self.or_missing(value)
            }
            ExprKind::Section(id, section) => {
                let value = self.scores.get(*id).and_then(|score| score.sections.get(*section)).copied();
                self.or_missing(value)
            }
            ExprKind::Decide(id) => {
                let value = self.decides.get(*id).and_then(|decide| decide.as_ref()).map(|decide| decide.value);
                self.or_missing(value)
            }
            ExprKind::Stage => self.stage_before(),
            ExprKind::Cell { table, keys, column } => self.cell(*table, keys, *column),
            ExprKind::Sum(members) => self.sum(members, expr.ty),
            ExprKind::Product(factors) => self.product(factors, expr.ty),
            ExprKind::Remainder(left, right) => {
                let (left, right) = (self.scaled(left, expr.ty), self.scaled(right, expr.ty));
                self.builder.op(Op::Remainder(left, right))
            }
            ExprKind::Larger(members) => self.extreme(members, expr.ty, Op::Larger),
            ExprKind::Smaller(members) => self.extreme(members, expr.ty, Op::Smaller),
            ExprKind::Else(value, default) => {
                let value = self.scaled(value, expr.ty);
                let default = match default {
                    Constant::Integer(default) => self.builder.constant(*default),
                    Constant::Text(_) => self.builder.missing(),
                };
                self.builder.or_else(value, default)
            }
            ExprKind::DaysSince(moment) => {
                let (as_of, day) = (self.as_of_day(), self.day(moment));
                self.days_between(day, as_of)
            }
            ExprKind::DaysUntil(moment) => {
                let (as_of, day) = (self.as_of_day(), self.day(moment));
                self.days_between(as_of, day)
            }
            ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Implies(..)
            | ExprKind::CompareConstant { .. }
            | ExprKind::Compare { .. }
            | ExprKind::IsOneOf { .. }
            | ExprKind::IsText { .. }
            | ExprKind::SameAs { .. }
            | ExprKind::IsKnown { .. }
            | ExprKind::Has { .. }
            | ExprKind::TextTest { .. }
            | ExprKind::Entering(_)
            | ExprKind::Leaving(_) => self.comparison(&expr.kind),
        }
    }

    fn or_missing(&mut self, value: Option<Value>) -> Value {
        match value {
            Some(value) => value,
            None => self.builder.missing(),
        }
    }

    /// The value in the units of `ty`, whose scale is at least that of the expression.
    fn scaled(&mut self, expr: &Expr, ty: Type) -> Value {
        let value = self.value(expr);
        self.builder.rescale(value, scale_of(expr.ty), scale_of(ty))
    }

    fn sum(&mut self, members: &[(Sign, Expr)], ty: Type) -> Value {
        let mut sum = self.builder.constant(0);
        for (sign, member) in members {
            let member = self.scaled(member, ty);
            sum = match sign {
                Sign::Plus => self.builder.add(sum, member),
                Sign::Minus => self.builder.op(Op::Subtract(sum, member)),
            };
        }
        sum
    }

    fn extreme(&mut self, members: &[Expr], ty: Type, op: impl Fn(Value, Value) -> Op) -> Value {
        let mut extreme = None;
        for member in members {
            let member = self.scaled(member, ty);
            extreme = Some(match extreme {
                Some(extreme) => self.builder.op(op(extreme, member)),
                None => member,
            });
        }
        self.or_missing(extreme)
    }

    /// What is multiplied stands above one fraction line, what is divided by below it. The scales on both sides and the scale of the result
    /// make one power of ten, by which the division shifts.
    fn product(&mut self, factors: &[(Factor, Expr)], ty: Type) -> Value {
        let (mut above, mut below): (Option<Value>, Option<Value>) = (None, None);
        let (mut scale_above, mut scale_below) = (0, 0);
        for (factor, expr) in factors {
            let value = self.value(expr);
            let (side, scale) = match factor {
                Factor::Times => (&mut above, &mut scale_above),
                Factor::Over => (&mut below, &mut scale_below),
                // The model makes a remainder an expression of its own.
                Factor::Remainder => return self.builder.missing(),
            };
            *scale += scale_of(expr.ty);
            *side = Some(match *side {
                Some(product) => self.builder.op(Op::Multiply(product, value)),
                None => value,
            });
        }
        let above = match above {
            Some(above) => above,
            None => self.builder.constant(1),
        };
        let Some(below) = below else { return self.builder.rescale(above, scale_above, scale_of(ty)) };
        let limit = i64::from(crate::program::arithmetic::SHIFT_MAX);
        // A shift beyond the limit gives the same as the limit: see `SHIFT_MAX`.
        let shift = (i64::from(scale_of(ty)) + i64::from(scale_below) - i64::from(scale_above)).clamp(-limit, limit) as i8;
        self.builder.op(Op::Divide { left: above, right: below, shift })
    }

    /// Bounds of the expression's value: what the model proved, within what the program's shapes prove.
    pub fn interval(&self, expr: &Expr, value: Value) -> Interval {
        let shape = self.builder.shape(value).interval;
        let Some(range) = expr.range else { return shape };
        let both = Interval { low: shape.low.max(range.low), high: shape.high.min(range.high) };
        if both.low <= both.high { both } else { shape }
    }
}

pub(super) fn scale_of(ty: Type) -> u32 {
    match ty {
        Type::Number { scale, .. } => u32::from(scale),
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => 0,
    }
}
