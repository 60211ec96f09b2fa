//! Expressions that are no texts: numbers, dates, times, choices, `yes_no`.

use super::Lowering;
use crate::model::{Constant, Expr, ExprKind, Interval, Type};
use crate::program::calculation::OPERANDS_MAX;
use crate::program::{Calculation, Op, Scaled, Value};
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
            ExprKind::Remainder(left, right) => self.remainder(left, right, expr.ty),
            ExprKind::Larger(members) => self.extreme(members, expr.ty, Op::Larger, Calculation::Larger),
            ExprKind::Smaller(members) => self.extreme(members, expr.ty, Op::Smaller, Calculation::Smaller),
            ExprKind::Else(value, default) => {
                let value = self.value(value);
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

    /// Its members as they are, and the power of ten that each takes.
    fn members<'e>(&mut self, members: impl IntoIterator<Item = &'e Expr>, ty: Type) -> Vec<Scaled> {
        let scaled = |expr: &Expr, lowering: &mut Self| {
            let shift = scale_of(ty).saturating_sub(scale_of(expr.ty));
            Scaled { value: lowering.value(expr), shift: u8::try_from(shift).unwrap_or(u8::MAX) }
        };
        members.into_iter().map(|member| scaled(member, self)).collect()
    }

    /// The bounds of value × 10^shift; none if it can leave 64 bits.
    fn bounds_scaled(&self, member: &Scaled) -> Option<Interval> {
        let Interval { low, high } = self.builder.shape(member.value).interval;
        let factor = 10i64.checked_pow(u32::from(member.shift))?;
        Some(Interval { low: low.checked_mul(factor)?, high: high.checked_mul(factor)? })
    }

    fn all_fit(&self, members: &[Scaled]) -> bool {
        members.iter().all(|member| self.bounds_scaled(member).is_some())
    }

    fn rescaled(&mut self, member: &Scaled) -> Value {
        self.builder.scale_up(member.value, u32::from(member.shift))
    }

    fn sum(&mut self, members: &[(Sign, Expr)], ty: Type) -> Value {
        let scaled = self.members(members.iter().map(|(_, member)| member), ty);
        let members: Vec<(Sign, Scaled)> = members.iter().map(|(sign, _)| *sign).zip(scaled).collect();
        if members.len() <= OPERANDS_MAX && !self.sums_fit(&members) {
            return self.builder.calculation(Calculation::Sum(members));
        }
        let mut sum = self.builder.constant(0);
        for (sign, member) in &members {
            let member = self.rescaled(member);
            sum = match sign {
                Sign::Plus => self.builder.add(sum, member),
                Sign::Minus => self.builder.op(Op::Subtract(sum, member)),
            };
        }
        sum
    }

    /// Members and sums of the first of them stay within 64 bits; the last sum may leave them, as it is the result.
    fn sums_fit(&self, members: &[(Sign, Scaled)]) -> bool {
        let mut sum = Some(Interval { low: 0, high: 0 });
        for (sign, member) in members {
            let (Some(before), Some(member)) = (sum, self.bounds_scaled(member)) else { return false };
            let ends = match sign {
                Sign::Plus => (before.low.checked_add(member.low), before.high.checked_add(member.high)),
                Sign::Minus => (before.low.checked_sub(member.high), before.high.checked_sub(member.low)),
            };
            sum = ends.0.zip(ends.1).map(|(low, high)| Interval { low, high });
        }
        true
    }

    fn extreme(
        &mut self,
        members: &[Expr],
        ty: Type,
        op: impl Fn(Value, Value) -> Op,
        calculation: impl Fn(Vec<Scaled>) -> Calculation,
    ) -> Value {
        let members = self.members(members, ty);
        if members.len() <= OPERANDS_MAX && !self.all_fit(&members) {
            return self.builder.calculation(calculation(members));
        }
        let mut extreme = None;
        for member in &members {
            let member = self.rescaled(member);
            extreme = Some(match extreme {
                Some(extreme) => self.builder.op(op(extreme, member)),
                None => member,
            });
        }
        self.or_missing(extreme)
    }

    fn remainder(&mut self, left: &Expr, right: &Expr, ty: Type) -> Value {
        let members = self.members([left, right], ty);
        match members[..] {
            [left, right] if self.all_fit(&members) => {
                let (left, right) = (self.rescaled(&left), self.rescaled(&right));
                self.builder.op(Op::Remainder(left, right))
            }
            [left, right] => self.builder.calculation(Calculation::Remainder(left, right)),
            _ => self.builder.missing(),
        }
    }

    /// What is multiplied stands above one fraction line, what is divided by below it. The scales on both sides and the scale of the result
    /// make one power of ten, by which the division shifts.
    fn product(&mut self, factors: &[(Factor, Expr)], ty: Type) -> Value {
        let (mut above, mut below) = (Vec::new(), Vec::new());
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
            side.push(value);
        }
        let limit = i64::from(crate::program::arithmetic::SHIFT_MAX);
        // The model allows no shift beyond 18.
        let shift = (i64::from(scale_of(ty)) + i64::from(scale_below) - i64::from(scale_above)).clamp(-limit, limit) as i8;
        let is_last = below.is_empty() && shift == 0;
        let short = above.len() + below.len() <= OPERANDS_MAX;
        if short && !(self.products_fit(&above, is_last) && self.products_fit(&below, false)) {
            return self.builder.calculation(Calculation::Fraction { above, below, shift });
        }
        let above = self.multiplied(&above);
        if below.is_empty() {
            return self.builder.rescale(above, scale_above, scale_of(ty));
        }
        let below = self.multiplied(&below);
        self.builder.op(Op::Divide { left: above, right: below, shift })
    }

    /// 1 without factors.
    fn multiplied(&mut self, factors: &[Value]) -> Value {
        let product = factors.iter().copied().reduce(|product, factor| self.builder.op(Op::Multiply(product, factor)));
        match product {
            Some(product) => product,
            None => self.builder.constant(1),
        }
    }

    /// Products of the first factors stay within 64 bits; that of all of them may leave them if it is the result.
    fn products_fit(&self, factors: &[Value], is_result: bool) -> bool {
        let mut product = Some(Interval { low: 1, high: 1 });
        for factor in factors {
            let (Some(before), factor) = (product, self.builder.shape(*factor).interval) else { return false };
            let ends = [before.low, before.high].map(|end| [end.checked_mul(factor.low), end.checked_mul(factor.high)]);
            let ends: Option<Vec<i64>> = ends.into_iter().flatten().collect();
            product = ends.and_then(|ends| {
                let points = ends.into_iter().map(|end| Interval { low: end, high: end });
                points.reduce(Interval::hull)
            });
        }
        is_result || product.is_some()
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
