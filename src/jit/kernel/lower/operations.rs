//! What each operation becomes.
//!
//! Enters: an operation whose operands can be lowered. Leaves: its [`Slot`]. Always holds: what [`super`] promises; an operation is computed in
//! lanes that hold its operands and its result.

use super::{Kind, Lowering, Slot};
use crate::jit::facts::{Checked, Comparison as Plan};
use crate::jit::kernel::rows::RowOperation;
use crate::jit::kernel::step::{Arithmetic, Comparison, Element, Logic, Place, Step};
use crate::jit::lanes::Lanes;
use crate::model::{Interval, Operator};
use crate::program::{Op, Value};

impl Lowering<'_> {
    pub(super) fn operation(&mut self, value: Value) -> Slot {
        let mut slot = match self.program.ops[value.index()] {
            Op::Input(input) => self.input(input),
            Op::Parameter(parameter) => self.parameter(parameter),
            Op::Constant(constant) => {
                let lanes = self.lanes_of(value);
                Slot { kind: Kind::Whole(Element::Signed(lanes)), place: self.splat(constant, lanes), known: None }
            }
            Op::Missing => {
                let never = self.splat(0, Lanes::W8);
                Slot { kind: Kind::Whole(Element::Signed(Lanes::W8)), place: never, known: Some(never) }
            }
            Op::Add(left, right) => self.checked(value, Checked::Add, left, right),
            Op::Subtract(left, right) => self.checked(value, Checked::Subtract, left, right),
            Op::Multiply(left, right) => self.checked(value, Checked::Multiply, left, right),
            Op::Larger(left, right) => self.extreme(value, Arithmetic::Larger, left, right),
            Op::Smaller(left, right) => self.extreme(value, Arithmetic::Smaller, left, right),
            Op::Divide { left, right, shift } => self.rows(RowOperation::Divide { shift }, &[left, right], true),
            Op::Quotient(left, right) => self.rows(RowOperation::Quotient, &[left, right], true),
            Op::Remainder(left, right) => self.rows(RowOperation::Remainder, &[left, right], true),
            Op::Calculate(number) => {
                let calculation = self.program.calculations[number as usize].clone();
                let operands = calculation.operands();
                self.rows(RowOperation::Calculate(calculation), &operands, true)
            }
            Op::Turn { hash, seed, total } => self.rows(RowOperation::Turn { seed, total }, &[hash], false),
            Op::Else(first, second) => self.or_else(value, first, second),
            Op::Select(when, then, otherwise) => self.select(value, when, then, otherwise),
            Op::Compare { operator, left, right, left_shift, right_shift } => self.compare(operator, left, right, left_shift, right_shift),
            Op::Equal(left, right) => self.equal(left, right),
            Op::Known(of) => {
                let known = self.slot(of).known;
                condition(self.known_mask(known))
            }
            Op::And(left, right) => self.join(Logic::And, left, right),
            Op::Or(left, right) => self.join(Logic::Or, left, right),
            Op::Not(of) => {
                let slot = self.slot(of);
                let mask = self.condition(slot);
                condition(self.not(mask))
            }
            Op::HasBits { value, mask } => self.has_bits(value, mask),
            Op::Table { index, array } => self.table(value, index, array),
            Op::Band { value: subject, thresholds } => self.band(subject, thresholds),
            Op::Find { lookup, keys } => self.find(value, lookup, keys),
        };
        if !self.program.shapes[value.index()].optional {
            slot.known = None;
        }
        slot
    }

    fn checked(&mut self, value: Value, checked: Checked, left: Value, right: Value) -> Slot {
        let (operation, by_row) = match checked {
            Checked::Add => (Arithmetic::Add, RowOperation::Add),
            Checked::Subtract => (Arithmetic::Subtract, RowOperation::Subtract),
            Checked::Multiply => (Arithmetic::Multiply, RowOperation::Multiply),
        };
        if self.program.shapes[value.index()].optional && !checked.fits(self.program, left, right) {
            return self.rows(by_row, &[left, right], true);
        }
        self.arithmetic(value, operation, left, right)
    }

    fn extreme(&mut self, value: Value, operation: Arithmetic, left: Value, right: Value) -> Slot {
        self.scaled_bound(operation, left, right).unwrap_or_else(|| self.arithmetic(value, operation, left, right))
    }

    fn arithmetic(&mut self, value: Value, operation: Arithmetic, left: Value, right: Value) -> Slot {
        // No processor multiplies bytes.
        let least = if operation == Arithmetic::Multiply { Lanes::W16 } else { Lanes::W8 };
        let lanes = self.lanes_of(value).max(least).max(self.lanes_of(left)).max(self.lanes_of(right));
        let (left_known, right_known) = (self.slot(left).known, self.slot(right).known);
        let known = self.both_known(left_known, right_known);
        let (left, right) = (self.operand(left, lanes), self.operand(right, lanes));
        Slot { kind: Kind::Whole(Element::Signed(lanes)), place: self.arithmetic_places(operation, lanes, left, right), known }
    }

    pub(super) fn arithmetic_places(&mut self, operation: Arithmetic, lanes: Lanes, left: Place, right: Place) -> Place {
        let into = self.register(lanes);
        self.steps.push(Step::Arithmetic { operation, lanes, left, right, into });
        into
    }

    /// A condition that missing operands make 0.
    fn unless_missing(&mut self, holds: Place, known: [Option<Place>; 2]) -> Slot {
        let known = self.both_known(known[0], known[1]);
        condition(self.both_known(Some(holds), known).unwrap_or(holds))
    }

    fn join(&mut self, operation: Logic, left: Value, right: Value) -> Slot {
        let (left, right) = (self.slot(left), self.slot(right));
        let (left, right) = (self.condition(left), self.condition(right));
        condition(self.logic(operation, left, right))
    }

    fn not(&mut self, mask: Place) -> Place {
        let all = self.splat(-1, Lanes::W8);
        self.logic(Logic::AndNot, all, mask)
    }

    fn or_else(&mut self, value: Value, first: Value, second: Value) -> Slot {
        let Some(first_known) = self.slot(first).known else { return self.slot(first) };
        let known = self.slot(second).known.map(|second_known| self.logic(Logic::Or, first_known, second_known));
        Slot { known, ..self.one_of(value, first_known, first, second) }
    }

    fn select(&mut self, value: Value, when: Value, then: Value, otherwise: Value) -> Slot {
        let when = self.slot(when);
        let when = self.condition(when);
        let known = match (self.slot(then).known, self.slot(otherwise).known) {
            (None, None) => None,
            (then, otherwise) => {
                let (then, otherwise) = (self.known_mask(then), self.known_mask(otherwise));
                Some(self.choose(Lanes::W8, when, then, otherwise))
            }
        };
        Slot { known, ..self.one_of(value, when, then, otherwise) }
    }

    /// The first where the mask is set, else the second, in the lanes of the result.
    fn one_of(&mut self, value: Value, mask: Place, first: Value, second: Value) -> Slot {
        if self.program.shapes[value.index()].condition {
            let (first, second) = (self.slot(first), self.slot(second));
            let (first, second) = (self.condition(first), self.condition(second));
            return condition(self.choose(Lanes::W8, mask, first, second));
        }
        let lanes = self.lanes_of(value);
        let (first, second) = (self.operand(first, lanes), self.operand(second, lanes));
        Slot { kind: Kind::Whole(Element::Signed(lanes)), place: self.choose(lanes, mask, first, second), known: None }
    }

    fn equal(&mut self, left: Value, right: Value) -> Slot {
        let lanes = self.lanes_of(left).max(self.lanes_of(right));
        let known = [self.slot(left).known, self.slot(right).known];
        let (left, right) = (self.operand(left, lanes), self.operand(right, lanes));
        let equal = self.compare_places(Comparison::Equal, lanes, left, right);
        self.unless_missing(equal, known)
    }

    fn compare(&mut self, operator: Operator, left: Value, right: Value, left_shift: u8, right_shift: u8) -> Slot {
        let known = [self.slot(left).known, self.slot(right).known];
        let holds = match Plan::plan(self.program, operator, left, right, left_shift, right_shift) {
            Plan::WithBound { value, operator, bound } => self.compare_bound(value, operator, bound),
            Plan::Scaled { left_factor, right_factor } => {
                let lanes = self.scaled_lanes(left, left_factor).max(self.scaled_lanes(right, right_factor));
                let (left, right) = (self.scaled(left, lanes, left_factor), self.scaled(right, lanes, right_factor));
                match operator {
                    Operator::Above => self.compare_places(Comparison::Above, lanes, left, right),
                    Operator::Below => self.compare_places(Comparison::Above, lanes, right, left),
                    Operator::AtMost => {
                        let above = self.compare_places(Comparison::Above, lanes, left, right);
                        self.not(above)
                    }
                    Operator::AtLeast => {
                        let below = self.compare_places(Comparison::Above, lanes, right, left);
                        self.not(below)
                    }
                }
            }
            Plan::Wide => {
                let slot = self.rows(RowOperation::Compare { operator, left_shift, right_shift }, &[left, right], false);
                self.condition(slot)
            }
        };
        self.unless_missing(holds, known)
    }

    fn scaled_lanes(&self, value: Value, factor: i64) -> Lanes {
        let Interval { low, high } = self.interval(value);
        let lanes = Lanes::of(Interval { low: low.saturating_mul(factor), high: high.saturating_mul(factor) });
        if factor == 1 { lanes } else { lanes.max(Lanes::W16).max(Lanes::of(Interval { low: 0, high: factor })) }
    }

    fn scaled(&mut self, value: Value, lanes: Lanes, factor: i64) -> Place {
        let place = self.operand(value, lanes);
        if factor == 1 {
            return place;
        }
        let factor = self.splat(factor, lanes);
        self.arithmetic_places(Arithmetic::Multiply, lanes, place, factor)
    }

    fn compare_bound(&mut self, value: Value, operator: Operator, bound: i128) -> Place {
        let slot = self.slot(value);
        let (slot, lanes, bound) = match slot.kind {
            Kind::Scaled(scale) => {
                let stored = Slot { kind: Kind::Whole(Element::Signed(Lanes::W16)), ..slot };
                (stored, Lanes::W16, Self::stored_bound(scale, operator, bound))
            }
            Kind::Whole(_) | Kind::Condition => (slot, self.lanes_of(value), bound),
        };
        let (is_above, bound) = match operator {
            Operator::AtLeast => (true, bound - 1),
            Operator::Above => (true, bound),
            Operator::AtMost => (false, bound + 1),
            Operator::Below => (false, bound),
        };
        // Outside the lanes, every integer lies on one side.
        if bound < i128::from(lanes.low()) || bound > i128::from(lanes.high()) {
            let holds = (bound < i128::from(lanes.low())) == is_above;
            return self.splat(if holds { -1 } else { 0 }, Lanes::W8);
        }
        let place = self.whole(slot, lanes);
        let bound = self.splat(bound as i64, lanes);
        let (left, right) = if is_above { (place, bound) } else { (bound, place) };
        self.compare_places(Comparison::Above, lanes, left, right)
    }

    fn has_bits(&mut self, value: Value, mask: i64) -> Slot {
        // Above its lanes an integer has copies of its sign: none, if it is not negative.
        let lanes = if self.interval(value).low < 0 { Lanes::W64 } else { self.lanes_of(value) };
        let mask = if lanes == Lanes::W64 { mask } else { mask & lanes.high() };
        let known = self.slot(value).known;
        let place = self.operand(value, lanes);
        let bits = self.splat(mask, lanes);
        let any = self.compare_places(Comparison::Meet, lanes, place, bits);
        self.unless_missing(any, [known, None])
    }
}

pub(super) fn condition(place: Place) -> Slot {
    Slot { kind: Kind::Condition, place, known: None }
}
