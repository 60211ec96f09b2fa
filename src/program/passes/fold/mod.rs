//! What is known before any lead is seen is computed now.
//!
//! Each operation is rewritten by the rules below, which look at its operands' shapes and at the operations that gave them. No rule
//! changes a value, missing or not. A rule may build the operation that replaces its own; those are rewritten as well, a few deep, as their
//! operands are rewritten already.

mod comparisons;
mod tables;

use rustc_hash::FxHashMap;

use crate::program::arithmetic;
use crate::program::shape::infer;
use crate::program::{Op, Program, Shape, Value};

/// Arrays up to this length are searched, combined and filled, the last two of which make new arrays.
const ARRAY_MAX: usize = 4_096;

/// So many entries of new arrays may a pass make: a policy of many rows over one large table must not grow with the product of both.
const ENTRIES_MAX: usize = 1 << 20;

pub fn fold(mut program: Program) -> Program {
    let uses = uses(&program);
    let ops = std::mem::take(&mut program.ops);
    let shapes = std::mem::take(&mut program.shapes);
    let calculations = std::mem::take(&mut program.calculations);
    let mut fold = Fold {
        result: program,
        combined: FxHashMap::default(),
        filled: FxHashMap::default(),
        entries_left: ENTRIES_MAX,
        uses: Vec::with_capacity(ops.len()),
    };
    let mut of_old: Vec<Value> = Vec::with_capacity(ops.len());
    for (op, uses) in ops.into_iter().zip(uses) {
        let op = op.moved(&calculations, &mut fold.result.calculations, |operand| of_old[operand.index()]);
        let value = fold.emit(op);
        fold.uses.resize(fold.result.ops.len(), 0);
        fold.uses[value.index()] += uses;
        of_old.push(value);
    }
    for index in 0..fold.result.outputs.len() {
        let old = fold.result.outputs[index].value.index();
        fold.result.outputs[index].value = fold.within(of_old[old], shapes[old]);
    }
    fold.result
}

struct Fold {
    result: Program,
    /// (inner, outer) -> the array of both
    combined: FxHashMap<(u32, u32), u32>,
    /// (array, default) -> the array with the default for missing entries
    filled: FxHashMap<(u32, i64), u32>,
    entries_left: usize,
    /// how often each value is used, as far as it stands for values of the program before
    uses: Vec<usize>,
}

fn uses(program: &Program) -> Vec<usize> {
    let mut uses = vec![0; program.ops.len()];
    let operands = program.ops.iter().flat_map(|op| program.operands(op));
    for value in operands.chain(program.outputs.iter().map(|output| output.value)) {
        uses[value.index()] += 1;
    }
    uses
}

impl Fold {
    /// The operation, or a value that is always the same.
    fn emit(&mut self, op: Op) -> Value {
        if let Some(value) = self.rewritten(op) {
            return value;
        }
        let shape = infer(&self.result, &op);
        match (op, shape.constant()) {
            (Op::Constant(_), _) | (_, None) => self.result.push(op),
            (_, Some(constant)) => self.constant(constant),
        }
    }

    /// The value, with at least as much known of it as before: an output's width rests on that. Its answers were in these bounds all along, but the
    /// operations that now give them may not show it.
    fn within(&mut self, value: Value, before: Shape) -> Value {
        let mut value = value;
        if self.shape(value).optional && !before.optional {
            let low = self.constant(before.interval.low);
            value = self.result.push(Op::Else(value, low));
        }
        if self.is_missing(value) {
            return value;
        }
        if self.shape(value).interval.low < before.interval.low {
            let low = self.constant(before.interval.low);
            value = self.result.push(Op::Larger(value, low));
        }
        if self.shape(value).interval.high > before.interval.high {
            let high = self.constant(before.interval.high);
            value = self.result.push(Op::Smaller(value, high));
        }
        value
    }

    fn constant(&mut self, constant: i64) -> Value {
        self.result.push(Op::Constant(constant))
    }

    fn missing(&mut self) -> Value {
        self.result.push(Op::Missing)
    }

    fn or_missing(&mut self, constant: Option<i64>) -> Value {
        match constant {
            Some(constant) => self.constant(constant),
            None => self.missing(),
        }
    }

    fn shape(&self, value: Value) -> Shape {
        self.result.shapes[value.index()]
    }

    fn op(&self, value: Value) -> Op {
        self.result.ops[value.index()]
    }

    fn is(&self, value: Value) -> Option<i64> {
        self.shape(value).constant()
    }

    fn is_missing(&self, value: Value) -> bool {
        self.op(value) == Op::Missing
    }

    fn known(&mut self, value: Value) -> Value {
        self.emit(Op::Known(value))
    }

    /// Some other value for this operation, if a rule finds one.
    fn rewritten(&mut self, op: Op) -> Option<Value> {
        match op {
            Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing => None,
            Op::Add(left, right) => match (self.is(left), self.is(right)) {
                (Some(0), _) => Some(right),
                (_, Some(0)) => Some(left),
                (_, _) => self.strict(op),
            },
            Op::Subtract(left, right) if self.is(right) == Some(0) => Some(left),
            Op::Multiply(left, right) => match (self.is(left), self.is(right)) {
                (Some(1), _) => Some(right),
                (_, Some(1)) => Some(left),
                (_, _) => self.strict(op),
            },
            Op::Divide { left, right, shift: 0 } | Op::Quotient(left, right) if self.is(right) == Some(1) => Some(left),
            Op::Larger(left, right) => self.extreme(op, left, right, |winner, loser| winner.low >= loser.high),
            Op::Smaller(left, right) => self.extreme(op, left, right, |winner, loser| winner.high <= loser.low),
            Op::Subtract(..)
            | Op::Divide { .. }
            | Op::Quotient(..)
            | Op::Remainder(..)
            | Op::Calculate(_)
            | Op::Band { .. }
            | Op::Find { .. }
            | Op::Turn { .. } => self.strict(op),
            Op::Table { index, array } => self.table(op, index, array),
            Op::Else(value, default) => self.or_else(value, default),
            Op::Select(condition, then, otherwise) => self.select(condition, then, otherwise),
            Op::Compare { operator, left, right, left_shift, right_shift } => self.compare(operator, left, right, left_shift, right_shift),
            Op::Equal(left, right) => self.equal(left, right),
            Op::Known(value) => self.is_known(value),
            Op::And(left, right) => match (self.is(left), self.is(right)) {
                (Some(0), _) | (_, Some(1)) => Some(left),
                (Some(_), _) | (_, Some(_)) => Some(right),
                (None, None) => (left == right).then_some(left),
            },
            Op::Or(left, right) => match (self.is(left), self.is(right)) {
                (Some(0), _) | (_, Some(1)) => Some(right),
                (Some(_), _) | (_, Some(_)) => Some(left),
                (None, None) => (left == right).then_some(left),
            },
            Op::Not(value) => self.not(value),
            Op::HasBits { value, mask } => match self.is(value) {
                Some(bits) => Some(self.constant(i64::from(bits & mask != 0))),
                None if mask == 0 || self.is_missing(value) => Some(self.constant(0)),
                None => None,
            },
        }
    }

    /// An operation that is missing as soon as one operand is: missing operands, and constants alone.
    fn strict(&mut self, op: Op) -> Option<Value> {
        let operands = self.result.operands(&op);
        if operands.iter().any(|operand| self.is_missing(*operand)) {
            return Some(self.missing());
        }
        let constants: Vec<i64> = operands.iter().map(|operand| self.is(*operand)).collect::<Option<_>>()?;
        let result = match (op, constants.as_slice()) {
            (Op::Add(..), [left, right]) => left.checked_add(*right),
            (Op::Subtract(..), [left, right]) => left.checked_sub(*right),
            (Op::Multiply(..), [left, right]) => left.checked_mul(*right),
            (Op::Divide { shift, .. }, [left, right]) => arithmetic::divide(*left, *right, shift),
            (Op::Quotient(..), [left, right]) => arithmetic::quotient(*left, *right),
            (Op::Remainder(..), [left, right]) => arithmetic::remainder(*left, *right),
            (Op::Calculate(number), operands) => self.result.calculations[number as usize].result(operands),
            (Op::Larger(..), [left, right]) => Some(*left.max(right)),
            (Op::Smaller(..), [left, right]) => Some(*left.min(right)),
            (Op::Table { array, .. }, [index]) => arithmetic::entry(&self.result.arrays[array as usize], *index),
            (Op::Band { thresholds, .. }, [value]) => Some(arithmetic::band(&self.result.arrays[thresholds as usize], *value)),
            (Op::Find { lookup, .. }, keys) => arithmetic::find(&self.result.lookups[lookup as usize], keys),
            (Op::Turn { seed, total, .. }, [hash]) => Some(arithmetic::turn(*hash, seed, total)),
            // Only strict operations come here, each with its operands.
            (_, _) => return None,
        };
        Some(self.or_missing(result))
    }

    /// A bound that cannot bind. The side that is left over must be missing whenever the other is.
    fn extreme(
        &mut self,
        op: Op,
        left: Value,
        right: Value,
        wins: impl Fn(crate::model::Interval, crate::model::Interval) -> bool,
    ) -> Option<Value> {
        if left == right {
            return Some(left);
        }
        let (a, b) = (self.shape(left), self.shape(right));
        if !b.optional && wins(a.interval, b.interval) {
            return Some(left);
        }
        if !a.optional && wins(b.interval, a.interval) {
            return Some(right);
        }
        self.strict(op)
    }
}
