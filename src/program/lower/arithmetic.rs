//! Sums, products, remainders and extremes: plain operations where 64 bits hold every part of them, one calculation where they may not.
//!
//! Always holds: only the result is missing beyond 64 bits, whatever stands on the way. A part whose result always fits is a value of its own, so that
//! equal parts are worked out once, in vectors where they can be.

use super::Lowering;
use super::expressions::{STACK_LEFT, STACK_NEXT, scale_of};
use crate::model::wide::Wide;
use crate::model::{Arithmetic, Expr, ExprKind, Interval, Type};
use crate::program::arithmetic::SHIFT_MAX;
use crate::program::calculation::OPERANDS_MAX;
use crate::program::{Calculation, Op, Part, Scaled, Value};
use crate::syntax::tree::{Factor, Sign};

impl Lowering<'_> {
    /// The value of an expression that calculates.
    pub(super) fn calculated(&mut self, arithmetic: &Arithmetic, ty: Type) -> Value {
        match self.calculation(arithmetic, ty) {
            Some((calculation, _)) => self.settled(calculation),
            None => self.builder.missing(),
        }
    }

    /// Over what it calculates from, with the bounds of its exact result, if there ever is one; none where the model has no such calculation.
    fn calculation(&mut self, arithmetic: &Arithmetic, ty: Type) -> Option<(Calculation, Option<Wide>)> {
        let before = self.part_ranges.len();
        let calculation = self.of_parts(arithmetic, ty);
        let ranges = self.part_ranges.split_off(before);
        let calculation = calculation?;
        let range = calculation.range(ranges);
        Some((calculation, range))
    }

    /// Leaves the bounds of its parts in `part_ranges`, in their order.
    fn of_parts(&mut self, arithmetic: &Arithmetic, ty: Type) -> Option<Calculation> {
        Some(match arithmetic {
            Arithmetic::Sum(members) => {
                let scaled = self.members(members.iter().map(|(_, member)| member), ty);
                Calculation::Sum(members.iter().map(|(sign, _)| *sign).zip(scaled).collect())
            }
            Arithmetic::Product(factors) => return self.fraction(factors, ty),
            Arithmetic::Remainder(left, right) => {
                let (left, right) = (self.scaled(left, ty), self.scaled(right, ty));
                Calculation::Remainder(left, right)
            }
            Arithmetic::Larger(members) => Calculation::Larger(self.members(members, ty)),
            Arithmetic::Smaller(members) => Calculation::Smaller(self.members(members, ty)),
        })
    }

    /// What is multiplied stands above one fraction line, what is divided by below it. The scales on both sides and the scale of the result
    /// make one power of ten, by which the division shifts.
    fn fraction(&mut self, factors: &[(Factor, Expr)], ty: Type) -> Option<Calculation> {
        let (mut above, mut below) = (Vec::new(), Vec::new());
        let (mut scale_above, mut scale_below) = (0, 0);
        let (mut ranges_above, mut ranges_below) = (Vec::new(), Vec::new());
        for (factor, expr) in factors {
            let (side, scale, ranges) = match factor {
                Factor::Times => (&mut above, &mut scale_above, &mut ranges_above),
                Factor::Over => (&mut below, &mut scale_below, &mut ranges_below),
                // The model makes a remainder an expression of its own.
                Factor::Remainder => return None,
            };
            *scale += scale_of(expr.ty);
            side.push(self.part(expr));
            ranges.extend(self.part_ranges.pop());
        }
        // in the order of the parts: all that is above first
        self.part_ranges.extend(ranges_above.into_iter().chain(ranges_below));
        let limit = i64::from(SHIFT_MAX);
        // The model keeps at most 18 places on either side and in the result.
        let shift = (i64::from(scale_of(ty)) + i64::from(scale_below) - i64::from(scale_above)).clamp(-limit, limit) as i8;
        Some(Calculation::Fraction { above, below, shift })
    }

    /// The members as they are, and the power of ten that each takes.
    fn members<'e>(&mut self, members: impl IntoIterator<Item = &'e Expr>, ty: Type) -> Vec<Scaled> {
        members.into_iter().map(|member| self.scaled(member, ty)).collect()
    }

    fn scaled(&mut self, expr: &Expr, ty: Type) -> Scaled {
        let shift = scale_of(ty).saturating_sub(scale_of(expr.ty));
        Scaled { part: self.part(expr), shift: u8::try_from(shift).unwrap_or(u8::MAX) }
    }

    /// The expression in a greater calculation, where only what may leave 64 bits is no value. Its bounds are added to `part_ranges`.
    fn part(&mut self, expr: &Expr) -> Part {
        let calculation = match &expr.kind {
            ExprKind::Arithmetic(arithmetic) => stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.calculation(arithmetic, expr.ty)),
            ExprKind::Constant(_) | ExprKind::Reference(_) | ExprKind::Conversion(_) | ExprKind::Connective(_) | ExprKind::Predicate(_) => {
                None
            }
        };
        let value = match calculation {
            None => self.value(expr),
            Some((calculation, range)) if range.as_ref().is_some_and(|range| range.known().1) => {
                self.part_ranges.push(range);
                return Part::from(calculation);
            }
            Some((calculation, _)) => {
                let value = self.settled(calculation);
                self.trace.expressions.insert(expr.span, value);
                value
            }
        };
        self.part_ranges.push(Some(Wide::from(self.builder.shape(value).interval)));
        Part::Value(value)
    }

    /// A value of its own, which is missing beyond 64 bits.
    fn settled(&mut self, calculation: Calculation) -> Value {
        if !self.fits(&calculation) && calculation.operands().len() <= OPERANDS_MAX {
            return self.builder.calculation(calculation);
        }
        match calculation {
            Calculation::Sum(members) => self.plain_sum(members),
            Calculation::Larger(members) => self.plain_extreme(members, Op::Larger),
            Calculation::Smaller(members) => self.plain_extreme(members, Op::Smaller),
            Calculation::Remainder(left, right) => {
                let (left, right) = (self.rescaled(left), self.rescaled(right));
                self.builder.op(Op::Remainder(left, right))
            }
            Calculation::Fraction { above, below, shift } => self.plain_fraction(above, below, shift),
        }
    }

    // --- plain operations of 64 bits --------------------------------------------------------------------------------------

    fn plain_sum(&mut self, members: Vec<(Sign, Scaled)>) -> Value {
        let mut sum = self.builder.constant(0);
        for (sign, member) in members {
            let member = self.rescaled(member);
            sum = match sign {
                Sign::Plus => self.builder.add(sum, member),
                Sign::Minus => self.builder.op(Op::Subtract(sum, member)),
            };
        }
        sum
    }

    fn plain_extreme(&mut self, members: Vec<Scaled>, op: impl Fn(Value, Value) -> Op) -> Value {
        let mut extreme = None;
        for member in members {
            let member = self.rescaled(member);
            extreme = Some(match extreme {
                Some(extreme) => self.builder.op(op(extreme, member)),
                None => member,
            });
        }
        self.or_missing(extreme)
    }

    fn plain_fraction(&mut self, above: Vec<Part>, below: Vec<Part>, shift: i8) -> Value {
        let (bare, left) = (below.is_empty(), self.multiplied(above));
        let power = u32::from(shift.unsigned_abs());
        match (bare, shift >= 0) {
            (true, true) => self.builder.scale_up(left, power),
            (true, false) => self.builder.scale_down(left, power),
            (false, _) => {
                let right = self.multiplied(below);
                self.builder.op(Op::Divide { left, right, shift })
            }
        }
    }

    /// 1 without factors.
    fn multiplied(&mut self, factors: Vec<Part>) -> Value {
        let factors: Vec<Value> = factors.into_iter().map(|factor| self.alone(factor)).collect();
        let product = factors.into_iter().reduce(|product, factor| self.builder.op(Op::Multiply(product, factor)));
        match product {
            Some(product) => product,
            None => self.builder.constant(1),
        }
    }

    fn rescaled(&mut self, member: Scaled) -> Value {
        let value = self.alone(member.part);
        self.builder.scale_up(value, u32::from(member.shift))
    }

    fn alone(&mut self, part: Part) -> Value {
        match part {
            Part::Value(value) => value,
            Part::Calculation(calculation) => self.settled(*calculation),
        }
    }

    // --- whether 64 bits hold every part ----------------------------------------------------------------------------------

    /// Everything on the way to the result stays within 64 bits; the result itself may leave them.
    fn fits(&self, calculation: &Calculation) -> bool {
        let all_fit = |members: &[&Scaled]| members.iter().all(|member| self.bounds_scaled(member).is_some());
        match calculation {
            Calculation::Sum(members) => self.sums_fit(members),
            Calculation::Larger(members) | Calculation::Smaller(members) => all_fit(&members.iter().collect::<Vec<_>>()),
            Calculation::Remainder(left, right) => all_fit(&[left, right]),
            Calculation::Fraction { above, below, shift } => {
                let is_last = below.is_empty() && *shift == 0;
                self.products_fit(above, is_last) && self.products_fit(below, false)
            }
        }
    }

    /// None if it can leave 64 bits.
    fn bounds(&self, part: &Part) -> Option<Interval> {
        match part {
            Part::Value(value) => Some(self.builder.shape(*value).interval),
            Part::Calculation(_) => None,
        }
    }

    /// The bounds of part × 10^shift; none if it can leave 64 bits.
    fn bounds_scaled(&self, member: &Scaled) -> Option<Interval> {
        let Interval { low, high } = self.bounds(&member.part)?;
        let factor = 10i64.checked_pow(u32::from(member.shift))?;
        Some(Interval { low: low.checked_mul(factor)?, high: high.checked_mul(factor)? })
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

    /// Products of the first factors stay within 64 bits; that of all of them may leave them if it is the result.
    fn products_fit(&self, factors: &[Part], is_result: bool) -> bool {
        let mut product = Some(Interval { low: 1, high: 1 });
        for factor in factors {
            let (Some(before), Some(factor)) = (product, self.bounds(factor)) else { return false };
            let ends = [before.low, before.high].map(|end| [end.checked_mul(factor.low), end.checked_mul(factor.high)]);
            let ends: Option<Vec<i64>> = ends.into_iter().flatten().collect();
            product = ends.and_then(|ends| {
                let points = ends.into_iter().map(|end| Interval { low: end, high: end });
                points.reduce(Interval::hull)
            });
        }
        is_result || product.is_some()
    }
}
