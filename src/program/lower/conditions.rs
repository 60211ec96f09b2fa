//! Conditions: 0 or 1, never missing. A comparison with a missing value is no, `is not` too.

use super::Lowering;
use super::expressions::scale_of;
use crate::model::{Connective, Decimal, Expr, Operator, Predicate, Type};
use crate::program::{Op, Value};

impl Lowering<'_> {
    pub fn connective(&mut self, connective: &Connective) -> Value {
        match connective {
            Connective::And(members) => {
                let mut all = self.builder.truth(true);
                for member in members {
                    let member = self.condition(member);
                    all = self.builder.and(all, member);
                }
                all
            }
            Connective::Or(members) => {
                let mut any = self.builder.truth(false);
                for member in members {
                    let member = self.condition(member);
                    any = self.builder.or(any, member);
                }
                any
            }
            Connective::Not(inner) => {
                let inner = self.condition(inner);
                self.builder.not(inner)
            }
            Connective::Implies(left, right) => {
                let (left, right) = (self.condition(left), self.condition(right));
                let fails = self.builder.not(left);
                self.builder.or(fails, right)
            }
        }
    }

    pub fn predicate(&mut self, predicate: &Predicate) -> Value {
        match predicate {
            Predicate::CompareConstant { left, operator, right } => {
                let value = self.value(left);
                self.compare_constant(value, *operator, *right, scale_of(left.ty))
            }
            Predicate::Compare { left, operator, right } => self.compare_values(left, *operator, right),
            Predicate::IsOneOf { left, negated, values } => {
                let value = self.value(left);
                let member = self.builder.member(value, values);
                if *negated { self.known_but(value, member) } else { member }
            }
            Predicate::IsText { left, negated, values } => {
                let text = self.text(left);
                let member = self.text_is_one_of(&text, values);
                if *negated {
                    let known = self.text_known(&text);
                    let other = self.builder.not(member);
                    self.builder.and(known, other)
                } else {
                    member
                }
            }
            Predicate::SameAs { left, negated, right } => self.same_as(left, *negated, right),
            Predicate::IsKnown { left, known } => {
                let is_known = self.is_known(left);
                if *known { is_known } else { self.builder.not(is_known) }
            }
            Predicate::Has { left, mask } => {
                let value = self.value(left);
                self.builder.op(Op::HasBits { value, mask: *mask })
            }
            Predicate::TextTest { left, test, text } => {
                let left = self.text(left);
                self.text_test(&left, *test, text)
            }
            Predicate::Entering(stage) => self.entering(*stage),
            Predicate::Leaving(stage) => self.leaving(*stage),
        }
    }

    /// Known, and the condition does not hold.
    fn known_but(&mut self, value: Value, condition: Value) -> Value {
        let known = self.builder.known(value);
        let other = self.builder.not(condition);
        self.builder.and(known, other)
    }

    fn is_known(&mut self, expr: &Expr) -> Value {
        if expr.ty == Type::Text {
            let text = self.text(expr);
            return self.text_known(&text);
        }
        let value = self.value(expr);
        self.builder.known(value)
    }

    /// A value of scale `scale` with a constant that may have more places. With `floor` the largest value not above the constant,
    /// `x > constant` is `x > floor`, and `x >= constant` is the same unless the constant is such a value itself.
    pub fn compare_constant(&mut self, value: Value, operator: Operator, constant: Decimal, scale: u32) -> Value {
        let constant = constant.reduced();
        let places = u32::from(constant.places);
        let (floor, exact) = if places <= scale {
            // Beyond 128 bits it is beyond every value, on the side of its sign.
            let factor = 10i128.checked_pow(scale - places);
            let scaled = factor.and_then(|factor| constant.mantissa.checked_mul(factor));
            (scaled.unwrap_or(if constant.mantissa < 0 { i128::MIN } else { i128::MAX }), true)
        } else {
            // The constant is reduced, so a cut digit is never 0.
            let divisor = 10i128.checked_pow(places - scale);
            (divisor.map_or(if constant.mantissa < 0 { -1 } else { 0 }, |divisor| constant.mantissa.div_euclid(divisor)), false)
        };
        let operator = match (operator, exact) {
            (Operator::AtLeast, false) => Operator::Above,
            (Operator::Below, false) => Operator::AtMost,
            (operator, _) => operator,
        };
        let Ok(threshold) = i64::try_from(floor) else {
            // Beyond 64 bits: every known value is on the other side.
            let above_all = floor > 0;
            let holds = match operator {
                Operator::AtLeast | Operator::Above => !above_all,
                Operator::AtMost | Operator::Below => above_all,
            };
            return if holds { self.builder.known(value) } else { self.builder.truth(false) };
        };
        let threshold = self.builder.constant(threshold);
        self.builder.compare(operator, value, threshold)
    }

    fn compare_values(&mut self, left: &Expr, operator: Operator, right: &Expr) -> Value {
        let (left_shift, right_shift) = shifts(left, right);
        let (left, right) = (self.value(left), self.value(right));
        self.builder.op(Op::Compare { operator, left, right, left_shift, right_shift })
    }

    fn same_as(&mut self, left: &Expr, negated: bool, right: &Expr) -> Value {
        if left.ty == Type::Text || right.ty == Type::Text {
            let (left, right) = (self.text(left), self.text(right));
            let same = self.texts_equal(&left, &right);
            if !negated {
                return same;
            }
            let (left, right) = (self.text_known(&left), self.text_known(&right));
            let (known, other) = (self.builder.and(left, right), self.builder.not(same));
            return self.builder.and(known, other);
        }
        let same = if scale_of(left.ty) == scale_of(right.ty) {
            let (left, right) = (self.value(left), self.value(right));
            self.builder.op(Op::Equal(left, right))
        } else {
            let at_least = self.compare_values(left, Operator::AtLeast, right);
            let at_most = self.compare_values(left, Operator::AtMost, right);
            self.builder.and(at_least, at_most)
        };
        if !negated {
            return same;
        }
        let (left, right) = (self.value(left), self.value(right));
        let (left, right) = (self.builder.known(left), self.builder.known(right));
        let (known, other) = (self.builder.and(left, right), self.builder.not(same));
        self.builder.and(known, other)
    }
}

/// By which powers of ten two values reach one scale.
fn shifts(left: &Expr, right: &Expr) -> (u8, u8) {
    let (left, right) = (scale_of(left.ty), scale_of(right.ty));
    let limit = u32::from(crate::program::arithmetic::COMPARE_SHIFT_MAX);
    (right.saturating_sub(left).min(limit) as u8, left.saturating_sub(right).min(limit) as u8)
}
