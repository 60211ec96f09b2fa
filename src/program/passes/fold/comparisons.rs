//! Conditions and what they select.

use super::{ARRAY_MAX, Fold};
use crate::model::Operator;
use crate::program::shape::infer_from;
use crate::program::{Op, Shape, Value, arithmetic};

/// What is left of a value in a comparison: another value, and a condition that must hold (or must not) for the comparison to.
struct Part {
    value: Value,
    guard: Option<(Value, bool)>,
}

impl Fold {
    pub fn select(&mut self, condition: Value, then: Value, otherwise: Value) -> Option<Value> {
        match self.is(condition) {
            Some(0) => return Some(otherwise),
            Some(_) => return Some(then),
            None if then == otherwise => return Some(then),
            None => {}
        }
        if self.is(then).is_some() && self.is(then) == self.is(otherwise) {
            return Some(then);
        }
        if self.is_missing(then) && self.is_missing(otherwise) {
            return Some(then);
        }
        if let Op::Not(opposite) = self.op(condition) {
            return Some(self.emit(Op::Select(opposite, otherwise, then)));
        }
        match (self.op(then), self.op(otherwise)) {
            (Op::Select(inner, same, _), _) if inner == condition => return Some(self.emit(Op::Select(condition, same, otherwise))),
            (_, Op::Select(inner, _, same)) if inner == condition => return Some(self.emit(Op::Select(condition, then, same))),
            (_, _) => {}
        }
        if !self.shape(then).condition || !self.shape(otherwise).condition {
            return None;
        }
        match (self.is(then), self.is(otherwise)) {
            (Some(1), Some(0)) => Some(condition),
            (Some(0), Some(1)) => Some(self.emit(Op::Not(condition))),
            (None, Some(0)) => Some(self.emit(Op::And(condition, then))),
            (Some(1), None) => Some(self.emit(Op::Or(condition, otherwise))),
            (Some(_), _) | (None, _) => None,
        }
    }

    pub fn compare(&mut self, operator: Operator, left: Value, right: Value, left_shift: u8, right_shift: u8) -> Option<Value> {
        if self.is_missing(left) || self.is_missing(right) {
            return Some(self.constant(0));
        }
        let (a, b) = (self.shape(left), self.shape(right));
        let holds = |left: i64, right: i64| arithmetic::compare(operator, left, right, left_shift, right_shift);
        let (most, least) = match operator {
            Operator::AtLeast | Operator::Above => ((a.interval.high, b.interval.low), (a.interval.low, b.interval.high)),
            Operator::AtMost | Operator::Below => ((a.interval.low, b.interval.high), (a.interval.high, b.interval.low)),
        };
        if !holds(most.0, most.1) {
            return Some(self.constant(0));
        }
        let same = left == right && left_shift == right_shift;
        if same && matches!(operator, Operator::Above | Operator::Below) {
            return Some(self.constant(0));
        }
        if same || holds(least.0, least.1) {
            return self.both_known(left, right);
        }
        let compare = |left: Value, right: Value| Op::Compare { operator, left, right, left_shift, right_shift };
        let (left_constant, right_constant) = (self.is(left), self.is(right));
        if let Some(part) = self.part(left, |default| right_constant.is_some_and(|right| !holds(default, right))) {
            return Some(self.compared(part, |left| compare(left, right)));
        }
        if let Some(part) = self.part(right, |default| left_constant.is_some_and(|left| !holds(left, default))) {
            return Some(self.compared(part, |right| compare(left, right)));
        }
        None
    }

    /// The one other value that a value can be, if it is missing or a constant that `fails` otherwise.
    fn part(&self, value: Value, fails: impl Fn(i64) -> bool) -> Option<Part> {
        // A selection that others need too would stay, and the guard would come on top.
        if let Op::Select(condition, then, otherwise) = self.op(value)
            && self.uses.get(value.index()).is_none_or(|uses| *uses <= 1)
        {
            if self.is_missing(otherwise) {
                return Some(Part { value: then, guard: Some((condition, true)) });
            }
            if self.is_missing(then) {
                return Some(Part { value: otherwise, guard: Some((condition, false)) });
            }
        }
        if let Op::Else(value, default) = self.op(value)
            && self.is(default).is_some_and(fails)
        {
            return Some(Part { value, guard: None });
        }
        None
    }

    fn compared(&mut self, part: Part, compare: impl Fn(Value) -> Op) -> Value {
        let compared = self.emit(compare(part.value));
        match part.guard {
            None => compared,
            Some((condition, true)) => self.emit(Op::And(condition, compared)),
            Some((condition, false)) => {
                let opposite = self.emit(Op::Not(condition));
                self.emit(Op::And(opposite, compared))
            }
        }
    }

    /// Whether both are known, unless that would take more than one operation.
    fn both_known(&mut self, left: Value, right: Value) -> Option<Value> {
        match (self.shape(left).optional, self.shape(right).optional) {
            (_, false) => Some(self.known(left)),
            (false, true) => Some(self.known(right)),
            (true, true) => (left == right).then(|| self.known(left)),
        }
    }

    pub fn equal(&mut self, left: Value, right: Value) -> Option<Value> {
        if self.is_missing(left) || self.is_missing(right) {
            return Some(self.constant(0));
        }
        if left == right {
            return Some(self.known(left));
        }
        let (a, b) = (self.shape(left).interval, self.shape(right).interval);
        if a.low > b.high || b.low > a.high {
            return Some(self.constant(0));
        }
        let (value, constant) = match (self.is(left), self.is(right)) {
            (_, Some(constant)) => (left, constant),
            (Some(constant), None) => (right, constant),
            (None, None) => return None,
        };
        let shape = self.shape(value);
        if shape.constant() == Some(constant) {
            return Some(self.constant(1));
        }
        if shape.condition {
            return Some(if constant == 1 { value } else { self.emit(Op::Not(value)) });
        }
        if let Some(part) = self.part(value, |default| default != constant) {
            let constant = self.constant(constant);
            return Some(self.compared(part, |value| Op::Equal(value, constant)));
        }
        // `territories[state].region is "Alaska"`: exactly one index means it.
        if let Op::Table { index, array } = self.op(value)
            && self.result.arrays[array as usize].len() <= ARRAY_MAX
        {
            let entries = &self.result.arrays[array as usize];
            let mut meant = (0..).zip(entries).filter(|(_, entry)| **entry == Some(constant)).map(|(index, _)| index);
            return match (meant.next(), meant.next()) {
                (None, _) => Some(self.constant(0)),
                (Some(only), None) => {
                    let only = self.constant(only);
                    Some(self.emit(Op::Equal(index, only)))
                }
                (Some(_), Some(_)) => None,
            };
        }
        None
    }

    pub fn is_known(&mut self, value: Value) -> Option<Value> {
        if !self.shape(value).optional {
            return Some(self.constant(1));
        }
        let op = self.op(value);
        match op {
            Op::Missing => Some(self.constant(0)),
            Op::Select(condition, then, otherwise) if self.is_missing(otherwise) && !self.shape(then).optional => Some(condition),
            Op::Select(condition, then, otherwise) if self.is_missing(then) && !self.shape(otherwise).optional => {
                Some(self.emit(Op::Not(condition)))
            }
            // An operation that is only missing when its one optional operand is.
            Op::Add(..)
            | Op::Subtract(..)
            | Op::Multiply(..)
            | Op::Divide { .. }
            | Op::Quotient(..)
            | Op::Remainder(..)
            | Op::Larger(..)
            | Op::Smaller(..)
            | Op::Calculate(_)
            | Op::Table { .. }
            | Op::Band { .. }
            | Op::Turn { .. } => {
                let mut optional: Vec<Value> = self.result.operands(&op);
                optional.retain(|operand| self.shape(*operand).optional);
                optional.dedup();
                let [only] = optional.as_slice() else { return None };
                if self.known_with(value, *only) { Some(self.known(*only)) } else { None }
            }
            Op::Input(_)
            | Op::Parameter(_)
            | Op::Constant(_)
            | Op::Else(..)
            | Op::Select(..)
            | Op::Compare { .. }
            | Op::Equal(..)
            | Op::Known(_)
            | Op::And(..)
            | Op::Or(..)
            | Op::Not(_)
            | Op::HasBits { .. }
            | Op::Find { .. } => None,
        }
    }

    pub fn not(&mut self, value: Value) -> Option<Value> {
        if let Some(constant) = self.is(value) {
            return Some(self.constant(1 - constant));
        }
        if let Op::Not(opposite) = self.op(value) {
            return Some(opposite);
        }
        if let Op::Compare { operator, left, right, left_shift, right_shift } = self.op(value)
            // With a missing side the comparison is no, and so would be the opposite one.
            && !self.shape(left).optional
            && !self.shape(right).optional
        {
            let operator = match operator {
                Operator::AtLeast => Operator::Below,
                Operator::Above => Operator::AtMost,
                Operator::AtMost => Operator::Above,
                Operator::Below => Operator::AtLeast,
            };
            return Some(self.emit(Op::Compare { operator, left, right, left_shift, right_shift }));
        }
        None
    }

    /// The first value is known whenever the second is.
    fn known_with(&self, value: Value, other: Value) -> bool {
        if !self.shape(value).optional || value == other {
            return true;
        }
        let known = |operand: Value| {
            let shape = self.shape(operand);
            if operand == other { Shape::new(shape.interval, false) } else { shape }
        };
        !infer_from(&self.result, &self.op(value), known).optional
    }
}
