//! What each operation becomes for sixteen rows.
//!
//! Enters: an operation whose operands have been generated. Leaves: its [`Slot`]. Always holds: what [`super`] promises; an operation is
//! computed in lanes that hold its operands and its result.

use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC};
use cranelift_frontend::FuncInstBuilder;

use super::{Emitter, Kind, Slot, Vector, tables};
use crate::jit::constants::ConstantsBuilder;
use crate::jit::facts::{Checked, Comparison};
use crate::jit::lanes::Lanes;
use crate::model::{Interval, Operator};
use crate::program::{Op, Program, Value};

/// Whether vectors can compute the operation, and faster than one row after the other.
pub fn can_compute(program: &Program, constants: &mut ConstantsBuilder, value: Value) -> bool {
    let fits = |checked: Checked, left, right| !program.shapes[value.index()].optional || checked.fits(program, left, right);
    match &program.ops[value.index()] {
        Op::Add(left, right) => fits(Checked::Add, *left, *right),
        Op::Subtract(left, right) => fits(Checked::Subtract, *left, *right),
        Op::Multiply(left, right) => fits(Checked::Multiply, *left, *right),
        Op::Compare { operator, left, right, left_shift, right_shift } => {
            Comparison::plan(program, *operator, *left, *right, *left_shift, *right_shift) != Comparison::Wide
        }
        Op::Table { array, .. } => tables::can_index(program, value, program.arrays[*array as usize].len()),
        Op::Band { value: subject, thresholds } => {
            let lanes = Lanes::of(program.shapes[subject.index()].interval);
            tables::can_count(lanes, program.arrays[*thresholds as usize].len())
        }
        Op::Find { lookup, .. } => {
            let finder = constants.finder(program, *lookup);
            finder.single_key().is_some_and(|dense| tables::can_index(program, value, dense.entries.len()))
        }
        Op::Divide { .. } | Op::Quotient(..) | Op::Remainder(..) | Op::Calculate(_) | Op::Turn { .. } => false,
        Op::Input(_)
        | Op::Parameter(_)
        | Op::Constant(_)
        | Op::Missing
        | Op::Larger(..)
        | Op::Smaller(..)
        | Op::Else(..)
        | Op::Select(..)
        | Op::Equal(..)
        | Op::Known(_)
        | Op::And(..)
        | Op::Or(..)
        | Op::Not(_)
        | Op::HasBits { .. } => true,
    }
}

impl Emitter<'_, '_> {
    pub(super) fn operation(&mut self, value: Value) -> Slot {
        let mut slot = match self.function.program.ops[value.index()] {
            Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing => self.slot(value),
            Op::Add(left, right) => self.arithmetic(value, left, right, Lanes::W8, |ins, left, right| ins.iadd(left, right)),
            Op::Subtract(left, right) => self.arithmetic(value, left, right, Lanes::W8, |ins, left, right| ins.isub(left, right)),
            // No processor multiplies bytes.
            Op::Multiply(left, right) => self.arithmetic(value, left, right, Lanes::W16, |ins, left, right| ins.imul(left, right)),
            Op::Larger(left, right) => self.arithmetic(value, left, right, Lanes::W8, |ins, left, right| ins.smax(left, right)),
            Op::Smaller(left, right) => self.arithmetic(value, left, right, Lanes::W8, |ins, left, right| ins.smin(left, right)),
            Op::Else(first, second) => self.or_else(value, first, second),
            Op::Select(when, then, otherwise) => self.select(value, when, then, otherwise),
            Op::Compare { operator, left, right, left_shift, right_shift } => self.compare(operator, left, right, left_shift, right_shift),
            Op::Equal(left, right) => {
                let lanes = self.lanes_of(left).max(self.lanes_of(right));
                let known = [self.known_of(left), self.known_of(right)];
                let (left, right) = (self.operand(left, lanes), self.operand(right, lanes));
                let equal = self.zip(left, right, |emitter, left, right| emitter.ins().icmp(IntCC::Equal, left, right));
                self.unless_missing(equal, known)
            }
            Op::Known(of) => {
                let known = self.known_of(of);
                condition(self.known_mask(known))
            }
            Op::And(left, right) => self.logic(left, right, |ins, left, right| ins.band(left, right)),
            Op::Or(left, right) => self.logic(left, right, |ins, left, right| ins.bor(left, right)),
            Op::Not(of) => {
                let slot = self.slot(of);
                let mask = self.condition(slot, Lanes::W8);
                condition(self.not(mask))
            }
            Op::HasBits { value, mask } => self.has_bits(value, mask),
            Op::Table { index, array } => self.table(value, index, array),
            Op::Band { value, thresholds } => self.band(value, thresholds),
            Op::Find { lookup, keys } => self.find(value, lookup, keys),
            Op::Divide { .. } | Op::Quotient(..) | Op::Remainder(..) | Op::Calculate(_) | Op::Turn { .. } => {
                unreachable!("`can_compute` leaves value {} to scalar segments", value.0)
            }
        };
        if !self.function.program.shapes[value.index()].optional {
            slot.known = None;
        }
        slot
    }

    fn arithmetic(
        &mut self,
        value: Value,
        left: Value,
        right: Value,
        least: Lanes,
        emit: impl Fn(FuncInstBuilder<'_, '_>, ir::Value, ir::Value) -> ir::Value,
    ) -> Slot {
        let lanes = self.lanes_of(value).max(least).max(self.lanes_of(left)).max(self.lanes_of(right));
        let (left_known, right_known) = (self.known_of(left), self.known_of(right));
        let known = self.both_known(left_known, right_known);
        let (left, right) = (self.operand(left, lanes), self.operand(right, lanes));
        // Not narrowed yet: what comes next may need these lanes again.
        let vector = self.zip(left, right, |emitter, left, right| emit(emitter.ins(), left, right));
        Slot { kind: Kind::Whole, vector, known }
    }

    /// Known where both are.
    pub(super) fn both_known(&mut self, left: Option<Vector>, right: Option<Vector>) -> Option<Vector> {
        match (left, right) {
            (Some(left), Some(right)) if left.parts[0] != right.parts[0] => {
                let (left, right) = (self.convert_mask(left, Lanes::W8), self.convert_mask(right, Lanes::W8));
                Some(self.zip(left, right, |emitter, left, right| emitter.ins().band(left, right)))
            }
            (Some(known), _) | (None, Some(known)) => Some(known),
            (None, None) => None,
        }
    }

    /// A condition that missing operands make 0.
    fn unless_missing(&mut self, holds: Vector, known: [Option<Vector>; 2]) -> Slot {
        let known = self.both_known(known[0], known[1]);
        condition(self.both_known(Some(holds), known).unwrap_or(holds))
    }

    fn logic(&mut self, left: Value, right: Value, emit: impl Fn(FuncInstBuilder<'_, '_>, ir::Value, ir::Value) -> ir::Value) -> Slot {
        let (left, right) = (self.slot(left), self.slot(right));
        let (left, right) = (self.condition(left, Lanes::W8), self.condition(right, Lanes::W8));
        condition(self.zip(left, right, |emitter, left, right| emit(emitter.ins(), left, right)))
    }

    fn not(&mut self, mask: Vector) -> Vector {
        Vector::new(mask.lanes, |part| self.ins().bnot(mask.parts[part]))
    }

    fn or_else(&mut self, value: Value, first: Value, second: Value) -> Slot {
        let Some(first_known) = self.known_of(first) else { return self.slot(first) };
        let known = self.known_of(second).map(|second_known| {
            let (first, second) = (self.convert_mask(first_known, Lanes::W8), self.convert_mask(second_known, Lanes::W8));
            self.zip(first, second, |emitter, first, second| emitter.ins().bor(first, second))
        });
        let (kind, vector) = self.choose(value, first_known, first, second);
        Slot { kind, vector, known }
    }

    fn select(&mut self, value: Value, when: Value, then: Value, otherwise: Value) -> Slot {
        let when = self.slot(when);
        let known = match (self.known_of(then), self.known_of(otherwise)) {
            (None, None) => None,
            (then, otherwise) => {
                let when = self.condition(when, Lanes::W8);
                let (then, otherwise) = (self.known_mask(then), self.known_mask(otherwise));
                Some(self.blend(when, then, otherwise))
            }
        };
        let when = match when.kind {
            Kind::Whole => self.condition(when, Lanes::W8),
            Kind::Condition => when.vector,
        };
        let (kind, vector) = self.choose(value, when, then, otherwise);
        Slot { kind, vector, known }
    }

    /// The first where the mask is set, else the second, in the lanes of the result.
    fn choose(&mut self, value: Value, mask: Vector, first: Value, second: Value) -> (Kind, Vector) {
        if self.function.program.shapes[value.index()].condition {
            let mask = self.convert_mask(mask, Lanes::W8);
            let (first, second) = (self.slot(first), self.slot(second));
            let (first, second) = (self.condition(first, Lanes::W8), self.condition(second, Lanes::W8));
            return (Kind::Condition, self.blend(mask, first, second));
        }
        let lanes = self.lanes_of(value);
        let mask = self.convert_mask(mask, lanes);
        let (first, second) = (self.operand(first, lanes), self.operand(second, lanes));
        (Kind::Whole, self.blend(mask, first, second))
    }

    fn compare(&mut self, operator: Operator, left: Value, right: Value, left_shift: u8, right_shift: u8) -> Slot {
        let known = [self.known_of(left), self.known_of(right)];
        let holds = match Comparison::plan(self.function.program, operator, left, right, left_shift, right_shift) {
            Comparison::WithBound { value, operator, bound } => self.compare_bound(value, operator, bound),
            Comparison::Scaled { left_factor, right_factor } => {
                let lanes = self.scaled_lanes(left, left_factor).max(self.scaled_lanes(right, right_factor));
                let left = self.scaled(left, lanes, left_factor);
                let right = self.scaled(right, lanes, right_factor);
                let code = match operator {
                    Operator::AtLeast => IntCC::SignedGreaterThanOrEqual,
                    Operator::Above => IntCC::SignedGreaterThan,
                    Operator::AtMost => IntCC::SignedLessThanOrEqual,
                    Operator::Below => IntCC::SignedLessThan,
                };
                self.zip(left, right, |emitter, left, right| emitter.ins().icmp(code, left, right))
            }
            Comparison::Wide => unreachable!("`can_compute` leaves such comparisons to scalar segments"),
        };
        self.unless_missing(holds, known)
    }

    fn scaled_lanes(&self, value: Value, factor: i64) -> Lanes {
        let Interval { low, high } = self.function.program.shapes[value.index()].interval;
        let lanes = Lanes::of(Interval { low: low.saturating_mul(factor), high: high.saturating_mul(factor) });
        if factor == 1 { lanes } else { lanes.max(Lanes::W16).max(Lanes::of(Interval { low: 0, high: factor })) }
    }

    fn scaled(&mut self, value: Value, lanes: Lanes, factor: i64) -> Vector {
        let vector = self.operand(value, lanes);
        if factor == 1 {
            return vector;
        }
        let factor = self.splat(lanes, factor);
        self.zip(vector, factor, |emitter, value, factor| emitter.ins().imul(value, factor))
    }

    /// Processors compare with "greater than" alone.
    fn compare_bound(&mut self, value: Value, operator: Operator, bound: i128) -> Vector {
        let lanes = self.lanes_of(value);
        let (low, high) = (i128::from(lanes.low()), i128::from(lanes.high()));
        let (code, bound) = match operator {
            Operator::AtLeast => (IntCC::SignedGreaterThan, bound - 1),
            Operator::Above => (IntCC::SignedGreaterThan, bound),
            Operator::AtMost => (IntCC::SignedLessThan, bound + 1),
            Operator::Below => (IntCC::SignedLessThan, bound),
        };
        // Outside the lanes, every integer lies on one side.
        if bound < low || bound > high {
            let holds = (bound < low) == (code == IntCC::SignedGreaterThan);
            return self.splat(Lanes::W8, if holds { -1 } else { 0 });
        }
        let bound = self.splat(lanes, bound as i64).parts[0];
        let parts = self.parts(value, lanes);
        Vector::new(lanes, |part| {
            let integer = self.part(parts, part);
            self.ins().icmp(code, integer, bound)
        })
    }

    fn has_bits(&mut self, value: Value, mask: i64) -> Slot {
        let slot = self.slot(value);
        // Above its lanes an integer has copies of its sign: none, if it is not negative.
        let lanes = if self.function.program.shapes[value.index()].interval.low < 0 { Lanes::W64 } else { self.lanes_of(value) };
        let mask = if lanes == Lanes::W64 { mask } else { mask & lanes.high() };
        let vector = self.whole(slot, lanes);
        let bits = self.splat(lanes, mask);
        let any = self.zip(vector, bits, |emitter, value, bits| {
            let found = emitter.ins().band(value, bits);
            if mask.count_ones() == 1 {
                return emitter.ins().icmp(IntCC::Equal, found, bits);
            }
            let zero = emitter.splat(lanes, 0);
            emitter.ins().icmp(IntCC::NotEqual, found, zero.parts[0])
        });
        self.unless_missing(any, [slot.known, None])
    }
}

fn condition(vector: Vector) -> Slot {
    Slot { kind: Kind::Condition, vector, known: None }
}
