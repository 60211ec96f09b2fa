//! Expressions that are no texts: numbers, dates, times, choices, `yes_no`.

use super::Lowering;
use crate::model::{Constant, Conversion, Expr, ExprKind, Interval, Reference, Type};
use crate::program::Value;

/// An expression nests as deep as brackets may, times what stands between two brackets; a longer stack is taken where needed.
pub(super) const STACK_LEFT: usize = 128 * 1024;
pub(super) const STACK_NEXT: usize = 1024 * 1024;

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
            ExprKind::Constant(constant) => self.constant_value(constant),
            ExprKind::Reference(reference) => self.reference(reference),
            ExprKind::Arithmetic(arithmetic) => self.calculated(arithmetic, expr.ty),
            ExprKind::Conversion(conversion) => self.conversion(conversion),
            ExprKind::Connective(connective) => self.connective(connective),
            ExprKind::Predicate(predicate) => self.predicate(predicate),
        }
    }

    fn constant_value(&mut self, constant: &Constant) -> Value {
        match constant {
            Constant::Integer(constant) => self.builder.constant(*constant),
            Constant::Text(_) => self.builder.missing(),
        }
    }

    fn reference(&mut self, reference: &Reference) -> Value {
        match reference {
            Reference::Field(id) | Reference::Property(id) => self.column(*id),
            Reference::Measure(id) => self.column(self.policy.measure_column(*id)),
            Reference::Let(id) => {
                let value = self.lets.get(*id).and_then(|lowered| lowered.value);
                self.or_missing(value)
            }
            Reference::Score(id) => {
                let value = self.scores.get(*id).and_then(|score| score.value);
                self.or_missing(value)
            }
            Reference::Section(id, section) => {
                let value = self.scores.get(*id).and_then(|score| score.sections.get(*section)).copied();
                self.or_missing(value)
            }
            Reference::Decide(id) => {
                let value = self.decides.get(*id).and_then(|decide| decide.as_ref()).map(|decide| decide.value);
                self.or_missing(value)
            }
            Reference::Stage => self.stage_before(),
            Reference::Cell { table, keys, column } => self.cell(*table, keys, *column),
        }
    }

    fn conversion(&mut self, conversion: &Conversion) -> Value {
        match conversion {
            Conversion::Else(value, default) => {
                let value = self.value(value);
                let default = self.constant_value(default);
                self.builder.or_else(value, default)
            }
            Conversion::DaysSince(moment) => {
                let (as_of, day) = (self.as_of_day(), self.day(moment));
                self.days_between(day, as_of)
            }
            Conversion::DaysUntil(moment) => {
                let (as_of, day) = (self.as_of_day(), self.day(moment));
                self.days_between(as_of, day)
            }
            Conversion::DomainOf(_) => self.builder.missing(),
        }
    }

    pub(super) fn or_missing(&mut self, value: Option<Value>) -> Value {
        match value {
            Some(value) => value,
            None => self.builder.missing(),
        }
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
