//! What is known before any lead is seen is computed now.
//!
//! Each operation is rewritten by the rules below, which look at its operands' shapes and at the operations that gave them. No rule
//! changes a value, missing or not. A rule may build the operation that replaces its own; those are rewritten as well, a few deep, as their
//! operands are rewritten already.

use rustc_hash::FxHashMap;

use crate::model::Operator;
use crate::program::arithmetic;
use crate::program::shape::{infer, infer_from};
use crate::program::{Op, Program, Shape, Value};

/// Arrays up to this length are searched, combined and filled, the last two of which make new arrays.
const ARRAY_MAX: usize = 4_096;

/// So many entries of new arrays may a pass make: a policy of many rows over one large table must not grow with the product of both.
const ENTRIES_MAX: usize = 1 << 20;

pub fn fold(program: &Program) -> Program {
    let result = Program {
        inputs: program.inputs.clone(),
        text_maps: program.text_maps.clone(),
        arrays: program.arrays.clone(),
        lookups: program.lookups.clone(),
        ops: Vec::with_capacity(program.ops.len()),
        shapes: Vec::with_capacity(program.ops.len()),
        outputs: program.outputs.clone(),
    };
    let mut fold =
        Fold { result, combined: FxHashMap::default(), filled: FxHashMap::default(), entries_left: ENTRIES_MAX, uses: Vec::new() };
    let uses = uses(program);
    let mut of_old: Vec<Value> = Vec::with_capacity(program.ops.len());
    for (op, uses) in program.ops.iter().zip(uses) {
        let mut op = *op;
        op.for_each_operand(|operand| *operand = of_old[operand.index()]);
        let value = fold.emit(op);
        fold.uses.resize(fold.result.ops.len(), 0);
        fold.uses[value.index()] += uses;
        of_old.push(value);
    }
    for output in &mut fold.result.outputs {
        output.value = of_old[output.value.index()];
    }
    fold.result
}

/// What is left of a value in a comparison: another value, and a condition that must hold (or must not) for the comparison to.
struct Part {
    value: Value,
    guard: Option<(Value, bool)>,
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
    let operands = program.ops.iter().flat_map(Op::operands);
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
        let operands = op.operands();
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

    fn table(&mut self, op: Op, index: Value, array: u32) -> Option<Value> {
        if let Some(value) = self.strict(op) {
            return Some(value);
        }
        let entries = &self.result.arrays[array as usize];
        let interval = self.shape(index).interval;
        let inside = interval.low >= 0 && interval.high < entries.len() as i64;
        let (first, last) = (interval.low.max(0), interval.high.min(entries.len() as i64 - 1));
        if first > last || entries[first as usize..=last as usize].iter().all(Option::is_none) {
            return Some(self.missing());
        }
        if inside {
            let reached = || (first..=last).zip(&entries[first as usize..=last as usize]);
            if reached().all(|(index, entry)| *entry == Some(index)) {
                return Some(index);
            }
            if self.shape(index).condition && reached().all(|(index, entry)| *entry == Some(1 - index)) {
                return Some(self.emit(Op::Not(index)));
            }
        }
        if let Op::Table { index: inner_index, array: inner } = self.op(index)
            && let Some(combined) = self.combined(inner, array)
        {
            return Some(self.emit(Op::Table { index: inner_index, array: combined }));
        }
        if let Op::Not(opposite) = self.op(index) {
            let entries = &self.result.arrays[array as usize];
            let swapped = vec![arithmetic::entry(entries, 1), arithmetic::entry(entries, 0)];
            let swapped = self.array(swapped);
            return Some(self.emit(Op::Table { index: opposite, array: swapped }));
        }
        if let Op::Else(value, default) = self.op(index) {
            let default = arithmetic::entry(&self.result.arrays[array as usize], self.is(default)?);
            // Where the array has an entry for each value, the result is missing with the value, and the default stands for it there.
            if default.is_none() || self.has_entries_for(value, array) {
                let of_value = self.emit(Op::Table { index: value, array });
                let Some(default) = default else { return Some(of_value) };
                let default = self.constant(default);
                return Some(self.emit(Op::Else(of_value, default)));
            }
        }
        None
    }

    /// No known index of this shape is outside the array or meets a missing entry.
    fn has_entries_for(&self, index: Value, array: u32) -> bool {
        let entries = &self.result.arrays[array as usize];
        let interval = self.shape(index).interval;
        interval.low >= 0
            && interval.high < entries.len() as i64
            && entries[interval.low as usize..=interval.high as usize].iter().all(Option::is_some)
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

    fn combined(&mut self, inner: u32, outer: u32) -> Option<u32> {
        if let Some(array) = self.combined.get(&(inner, outer)) {
            return Some(*array);
        }
        if !self.affords(inner) {
            return None;
        }
        let outer_entries = &self.result.arrays[outer as usize];
        let entries = self.result.arrays[inner as usize].iter().map(|index| arithmetic::entry(outer_entries, (*index)?)).collect();
        let array = self.array(entries);
        self.combined.insert((inner, outer), array);
        Some(array)
    }

    /// Whether an array of this one's length may be made.
    fn affords(&self, like: u32) -> bool {
        let length = self.result.arrays[like as usize].len();
        length <= ARRAY_MAX && length <= self.entries_left
    }

    fn array(&mut self, entries: Vec<Option<i64>>) -> u32 {
        self.entries_left = self.entries_left.saturating_sub(entries.len());
        self.result.arrays.push(entries);
        self.result.arrays.len() as u32 - 1
    }

    fn or_else(&mut self, value: Value, default: Value) -> Option<Value> {
        if !self.shape(value).optional || value == default || self.is_missing(default) {
            return Some(value);
        }
        if self.is_missing(value) {
            return Some(default);
        }
        if let Op::Select(condition, then, otherwise) = self.op(value) {
            if self.is_missing(otherwise) && !self.shape(then).optional {
                return Some(self.emit(Op::Select(condition, then, default)));
            }
            if self.is_missing(then) && !self.shape(otherwise).optional {
                return Some(self.emit(Op::Select(condition, default, otherwise)));
            }
        }
        if let Op::Table { index, array } = self.op(value) {
            let default = self.is(default)?;
            let entries = &self.result.arrays[array as usize];
            let shape = self.shape(index);
            let inside = shape.interval.low >= 0 && shape.interval.high < entries.len() as i64;
            if !shape.optional
                && inside
                && let Some(filled) = self.filled(array, default)
            {
                return Some(self.emit(Op::Table { index, array: filled }));
            }
        }
        None
    }

    fn filled(&mut self, array: u32, default: i64) -> Option<u32> {
        if let Some(filled) = self.filled.get(&(array, default)) {
            return Some(*filled);
        }
        if !self.affords(array) {
            return None;
        }
        let entries = self.result.arrays[array as usize].iter().map(|entry| entry.or(Some(default))).collect();
        let filled = self.array(entries);
        self.filled.insert((array, default), filled);
        Some(filled)
    }

    fn select(&mut self, condition: Value, then: Value, otherwise: Value) -> Option<Value> {
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

    fn compare(&mut self, operator: Operator, left: Value, right: Value, left_shift: u8, right_shift: u8) -> Option<Value> {
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

    fn equal(&mut self, left: Value, right: Value) -> Option<Value> {
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

    fn is_known(&mut self, value: Value) -> Option<Value> {
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
            | Op::Table { .. }
            | Op::Band { .. }
            | Op::Turn { .. } => {
                let mut optional: Vec<Value> = op.operands();
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

    fn not(&mut self, value: Value) -> Option<Value> {
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
}
