//! What each operation becomes for one row.
//!
//! Enters: an operation whose operands have been generated. Leaves: its [`Slot`]. Always holds: what [`super`] promises. What the shapes of
//! a verified program prove (no overflow, never missing) is left out of the code.

use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC, types};

use super::helpers;
use super::{Emitter, Kind, Slot};
use crate::jit::facts::{Checked, Comparison, constant_of};
use crate::model::{Interval, Operator};
use crate::program::{Op, Value};

impl Emitter<'_, '_> {
    pub(super) fn operation(&mut self, value: Value) -> Slot {
        let mut slot = match self.function.program.ops[value.index()] {
            Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing => self.slot(value),
            Op::Add(left, right) => self.checked(value, Checked::Add, left, right),
            Op::Subtract(left, right) => self.checked(value, Checked::Subtract, left, right),
            Op::Multiply(left, right) => self.checked(value, Checked::Multiply, left, right),
            Op::Divide { left, right, shift } => self.divide(left, right, shift),
            Op::Quotient(left, right) => self.quotient(left, right),
            Op::Remainder(left, right) => self.remainder(left, right),
            Op::Larger(left, right) => self.binary(left, right, |emitter, left, right| emitter.ins().smax(left, right)),
            Op::Smaller(left, right) => self.binary(left, right, |emitter, left, right| emitter.ins().smin(left, right)),
            Op::Calculate(number) => self.calculate(number),
            Op::Else(first, second) => self.or_else(first, second),
            Op::Select(when, then, otherwise) => self.select(when, then, otherwise),
            Op::Compare { operator, left, right, left_shift, right_shift } => self.compare(operator, left, right, left_shift, right_shift),
            Op::Equal(left, right) => {
                let (left, right) = (self.slot(left), self.slot(right));
                let equal = self.compare_whole(IntCC::Equal, left, right);
                self.unless_missing(equal, [left.known, right.known])
            }
            Op::Known(of) => {
                let known = self.slot(of).known;
                let known = known.unwrap_or_else(|| self.ins().iconst(types::I8, 1));
                condition(known)
            }
            Op::And(left, right) => {
                let (left, right) = self.conditions(left, right);
                condition(self.ins().band(left, right))
            }
            Op::Or(left, right) => {
                let (left, right) = self.conditions(left, right);
                condition(self.ins().bor(left, right))
            }
            Op::Not(of) => {
                let of = self.slot(of);
                let of = self.condition(of);
                condition(self.not(of))
            }
            Op::HasBits { value, mask } => {
                let slot = self.slot(value);
                let whole = self.whole(slot);
                let mask = self.ins().iconst(types::I64, mask);
                let bits = self.ins().band(whole, mask);
                let any = self.ins().icmp_imm_s(IntCC::NotEqual, bits, 0);
                self.unless_missing(any, [slot.known, None])
            }
            Op::Table { index, array } => self.table(index, array),
            Op::Band { value, thresholds } => self.band(value, thresholds),
            Op::Find { lookup, keys } => self.find(lookup, keys),
            Op::Turn { hash, seed, total } => self.turn(hash, seed, total),
        };
        if !self.function.program.shapes[value.index()].optional {
            slot.known = None;
        }
        slot
    }

    pub(super) fn interval(&self, value: Value) -> Interval {
        self.function.program.shapes[value.index()].interval
    }

    fn conditions(&mut self, left: Value, right: Value) -> (ir::Value, ir::Value) {
        let (left, right) = (self.slot(left), self.slot(right));
        (self.condition(left), self.condition(right))
    }

    fn not(&mut self, condition: ir::Value) -> ir::Value {
        self.ins().bxor_imm_s(condition, 1)
    }

    /// Known where both are.
    pub(super) fn both_known(&mut self, left: Option<ir::Value>, right: Option<ir::Value>) -> Option<ir::Value> {
        match (left, right) {
            (Some(left), Some(right)) if left != right => Some(self.ins().band(left, right)),
            (Some(known), _) | (None, Some(known)) => Some(known),
            (None, None) => None,
        }
    }

    /// A condition that missing operands make 0.
    fn unless_missing(&mut self, holds: ir::Value, known: [Option<ir::Value>; 2]) -> Slot {
        match self.both_known(known[0], known[1]) {
            Some(known) => condition(self.ins().band(holds, known)),
            None => condition(holds),
        }
    }

    /// An operation on two integers that always has a result.
    fn binary(&mut self, left: Value, right: Value, emit: impl FnOnce(&mut Self, ir::Value, ir::Value) -> ir::Value) -> Slot {
        let (left, right) = (self.slot(left), self.slot(right));
        let known = self.both_known(left.known, right.known);
        let (left, right) = (self.whole(left), self.whole(right));
        let value = emit(self, left, right);
        Slot { kind: Kind::Whole, value, known, bounds: None }
    }

    /// Overflow is checked only where the operands' intervals allow it.
    fn checked(&mut self, value: Value, operation: Checked, left: Value, right: Value) -> Slot {
        let can_overflow = self.function.program.shapes[value.index()].optional && !operation.fits(self.function.program, left, right);
        if !can_overflow {
            return self.binary(left, right, |emitter, left, right| match operation {
                Checked::Add => emitter.ins().iadd(left, right),
                Checked::Subtract => emitter.ins().isub(left, right),
                Checked::Multiply => emitter.ins().imul(left, right),
            });
        }
        let (left, right) = (self.slot(left), self.slot(right));
        let known = self.both_known(left.known, right.known);
        let (left, right) = (self.whole(left), self.whole(right));
        let (value, overflow) = match operation {
            Checked::Add => self.ins().sadd_overflow(left, right),
            Checked::Subtract => self.ins().ssub_overflow(left, right),
            Checked::Multiply => self.ins().smul_overflow(left, right),
        };
        let fits = self.not(overflow);
        let known = self.both_known(known, Some(fits));
        Slot { kind: Kind::Whole, value, known, bounds: None }
    }

    fn divide(&mut self, left: Value, right: Value, shift: i8) -> Slot {
        let (dividend, divisor) = (self.slot(left), self.slot(right));
        if let Some(constant) = constant_of(self.function.program, right)
            && let Some(plan) = super::division::Rounded::plan(self.interval(left), constant, shift)
        {
            let mut whole = self.whole(dividend);
            if plan.factor != 1 {
                whole = self.ins().imul_imm_s(whole, plan.factor);
            }
            let value = self.divide_rounded(whole, plan.divisor);
            return Slot { kind: Kind::Whole, value, known: dividend.known, bounds: None };
        }
        let shift = self.ins().iconst(types::I64, i64::from(shift));
        self.call_partial(helpers::divide as *const () as usize, dividend, divisor, Some(shift))
    }

    fn quotient(&mut self, left: Value, right: Value) -> Slot {
        let (dividend, divisor) = (self.slot(left), self.slot(right));
        if let Some(constant @ 1..) = constant_of(self.function.program, right) {
            let whole = self.whole(dividend);
            let value = self.divide_truncated(whole, constant);
            return Slot { kind: Kind::Whole, value, known: dividend.known, bounds: None };
        }
        self.call_partial(helpers::quotient as *const () as usize, dividend, divisor, None)
    }

    fn remainder(&mut self, left: Value, right: Value) -> Slot {
        let (dividend, divisor) = (self.slot(left), self.slot(right));
        if let Some(constant @ 1..) = constant_of(self.function.program, right) {
            let whole = self.whole(dividend);
            let quotient = self.divide_truncated(whole, constant);
            let product = self.ins().imul_imm_s(quotient, constant);
            let value = self.ins().isub(whole, product);
            return Slot { kind: Kind::Whole, value, known: dividend.known, bounds: None };
        }
        self.call_partial(helpers::remainder as *const () as usize, dividend, divisor, None)
    }

    /// Calls a helper that writes its result and says whether there is one.
    fn call_partial(&mut self, helper: usize, left: Slot, right: Slot, more: Option<ir::Value>) -> Slot {
        let result = self.result_slot();
        let address = self.ins().stack_addr(types::I64, result, 0);
        let mut arguments = vec![self.whole(left), self.whole(right)];
        arguments.extend(more);
        arguments.push(address);
        let found = self.call(helper, &arguments);
        let known = self.both_known(left.known, right.known);
        self.answer(found, known)
    }

    /// The helper finds the operands one behind the other on the stack, missing ones with any integer.
    fn calculate(&mut self, number: u32) -> Slot {
        let operands = self.function.program.calculations[number as usize].operands();
        let bytes = 8 * operands.len() as u32;
        let values = self.function.builder.create_sized_stack_slot(ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, bytes, 3));
        let mut known = None;
        for (place, operand) in (0..).step_by(8).zip(&operands) {
            let slot = self.slot(*operand);
            known = self.both_known(known, slot.known);
            let whole = self.whole(slot);
            self.ins().stack_store(types::I64, whole, values, place);
        }
        let calculation = self.function.constants.calculation_address(self.function.program, number);
        let result = self.result_slot();
        let calculation = self.ins().iconst(types::I64, calculation as usize as i64);
        let count = self.ins().iconst(types::I64, operands.len() as i64);
        let (values, address) = (self.ins().stack_addr(types::I64, values, 0), self.ins().stack_addr(types::I64, result, 0));
        let found = self.call(helpers::calculate as *const () as usize, &[calculation, values, count, address]);
        self.answer(found, known)
    }

    /// Where helpers write a result.
    fn result_slot(&mut self) -> ir::StackSlot {
        *self.result.get_or_insert_with(|| {
            self.function.builder.create_sized_stack_slot(ir::StackSlotData::new(ir::StackSlotKind::ExplicitSlot, 8, 3))
        })
    }

    /// What a helper has written, known if it says so and the operands are.
    fn answer(&mut self, found: ir::Value, known: Option<ir::Value>) -> Slot {
        let result = self.result_slot();
        let found = self.ins().ireduce(types::I8, found);
        let value = self.ins().stack_load(types::I64, types::I64, result, 0);
        let known = self.both_known(known, Some(found));
        Slot { kind: Kind::Whole, value, known, bounds: None }
    }

    /// Calls a function of [`helpers`]: all its parameters and its result are 64 bits.
    pub(super) fn call(&mut self, helper: usize, arguments: &[ir::Value]) -> ir::Value {
        let mut signature = ir::Signature::new(self.function.call_convention);
        signature.params.resize(arguments.len(), ir::AbiParam::new(types::I64));
        signature.returns.push(ir::AbiParam::new(types::I64));
        let signature = self.function.builder.import_signature(signature);
        let address = self.ins().iconst(types::I64, helper as i64);
        let call = self.ins().call_indirect(signature, address, arguments);
        self.function.builder.inst_results(call)[0]
    }

    fn or_else(&mut self, first: Value, second: Value) -> Slot {
        let first = self.slot(first);
        let Some(first_known) = first.known else { return first };
        let second = self.slot(second);
        let bounds = hull(first.bounds, second.bounds);
        let (kind, first, second_value) = self.alike(first, second);
        let value = self.ins().select(first_known, first, second_value);
        let known = second.known.map(|second_known| self.ins().bor(first_known, second_known));
        Slot { kind, value, known, bounds }
    }

    fn select(&mut self, when: Value, then: Value, otherwise: Value) -> Slot {
        let when = self.slot(when);
        let when = self.condition(when);
        let (then, otherwise) = (self.slot(then), self.slot(otherwise));
        let bounds = hull(then.bounds, otherwise.bounds);
        let known = match (then.known, otherwise.known) {
            (None, None) => None,
            (Some(then), Some(otherwise)) if then == otherwise => Some(then),
            (Some(then), Some(otherwise)) => Some(self.ins().select(when, then, otherwise)),
            (None, Some(otherwise)) => Some(self.ins().bor(when, otherwise)),
            (Some(then), None) => {
                let unless = self.not(when);
                Some(self.ins().bor(unless, then))
            }
        };
        let (kind, then, otherwise) = self.alike(then, otherwise);
        let value = self.ins().select(when, then, otherwise);
        Slot { kind, value, known, bounds }
    }

    /// Two values in one kind.
    fn alike(&mut self, left: Slot, right: Slot) -> (Kind, ir::Value, ir::Value) {
        if left.kind == right.kind { (left.kind, left.value, right.value) } else { (Kind::Whole, self.whole(left), self.whole(right)) }
    }

    fn compare_whole(&mut self, code: IntCC, left: Slot, right: Slot) -> ir::Value {
        let (left, right) = (self.whole(left), self.whole(right));
        self.ins().icmp(code, left, right)
    }

    fn compare(&mut self, operator: Operator, left: Value, right: Value, left_shift: u8, right_shift: u8) -> Slot {
        let (left_slot, right_slot) = (self.slot(left), self.slot(right));
        let holds = match Comparison::plan(self.function.program, operator, left, right, left_shift, right_shift) {
            Comparison::WithBound { value, operator, bound } => self.compare_bound(value, operator, bound),
            Comparison::Scaled { left_factor, right_factor } => {
                let (mut left, mut right) = (self.whole(left_slot), self.whole(right_slot));
                if left_factor != 1 {
                    left = self.ins().imul_imm_s(left, left_factor);
                }
                if right_factor != 1 {
                    right = self.ins().imul_imm_s(right, right_factor);
                }
                self.ins().icmp(code_of(operator), left, right)
            }
            Comparison::Wide => self.compare_wide(operator, left_slot, right_slot, left_shift, right_shift),
        };
        self.unless_missing(holds, [left_slot.known, right_slot.known])
    }

    fn compare_bound(&mut self, value: Value, operator: Operator, bound: i128) -> ir::Value {
        match i64::try_from(bound) {
            Ok(bound) => {
                let slot = self.slot(value);
                let whole = self.whole(slot);
                self.ins().icmp_imm_s(code_of(operator), whole, bound)
            }
            Err(_) => {
                // Every 64-bit integer lies on one side.
                let is_below = bound > 0;
                let holds = is_below == matches!(operator, Operator::AtMost | Operator::Below);
                self.ins().iconst(types::I8, i64::from(holds))
            }
        }
    }

    fn compare_wide(&mut self, operator: Operator, left: Slot, right: Slot, left_shift: u8, right_shift: u8) -> ir::Value {
        // Each comparison is `at least`, with the sides as they are or exchanged, or its opposite.
        let (exchanged, opposite) = match operator {
            Operator::AtLeast => (false, false),
            Operator::Below => (false, true),
            Operator::AtMost => (true, false),
            Operator::Above => (true, true),
        };
        let sides = [(left, left_shift), (right, right_shift)];
        let [(first, first_shift), (second, second_shift)] = if exchanged { [sides[1], sides[0]] } else { sides };
        let (first, second) = (self.whole(first), self.whole(second));
        let first_shift = self.ins().iconst(types::I64, i64::from(first_shift));
        let second_shift = self.ins().iconst(types::I64, i64::from(second_shift));
        let holds = self.call(helpers::at_least as *const () as usize, &[first, second, first_shift, second_shift]);
        let holds = self.ins().ireduce(types::I8, holds);
        if opposite { self.not(holds) } else { holds }
    }

    /// See [`crate::program::arithmetic::turn`].
    fn turn(&mut self, hash: Value, seed: i64, total: u32) -> Slot {
        let slot = self.slot(hash);
        let hash = self.whole(slot);
        let seed = self.ins().iconst(types::I64, seed);
        let mut mixed = self.ins().bxor(hash, seed);
        for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
            let shifted = self.ins().ushr_imm_s(mixed, 33);
            mixed = self.ins().bxor(mixed, shifted);
            mixed = self.ins().imul_imm_s(mixed, factor as i64);
        }
        let shifted = self.ins().ushr_imm_s(mixed, 33);
        mixed = self.ins().bxor(mixed, shifted);
        let turns = self.ins().iconst(types::I64, i64::from(total));
        let value = self.ins().umulhi(mixed, turns);
        Slot { kind: Kind::Whole, value, known: slot.known, bounds: Some((0, i64::from(total.max(1)) - 1)) }
    }
}

fn condition(value: ir::Value) -> Slot {
    Slot { kind: Kind::Condition, value, known: None, bounds: Some((0, 1)) }
}

fn hull(left: Option<(i64, i64)>, right: Option<(i64, i64)>) -> Option<(i64, i64)> {
    left.zip(right).map(|(left, right)| (left.0.min(right.0), left.1.max(right.1)))
}

fn code_of(operator: Operator) -> IntCC {
    match operator {
        Operator::AtLeast => IntCC::SignedGreaterThanOrEqual,
        Operator::Above => IntCC::SignedGreaterThan,
        Operator::AtMost => IntCC::SignedLessThanOrEqual,
        Operator::Below => IntCC::SignedLessThan,
    }
}
