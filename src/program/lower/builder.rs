//! A program under construction: equal operations are one value.
//!
//! Always holds: operands stand before the operations that use them, and shapes follow from operands. The few simplifications made
//! here are those that keep intervals narrow or spare explanations a detour; the rest is the passes' work.

use rustc_hash::FxHashMap;

use crate::column::Width;
use crate::model::{Interval, Operator};
use crate::program::{Calculation, Input, InputSource, KeyList, Lookup, Op, Output, Parameter, Program, Shape, TextMap, Value};

#[derive(Default)]
pub(super) struct Builder {
    program: Program,
    values: FxHashMap<Op, Value>,
    inputs: FxHashMap<InputSource, u32>,
    arrays: FxHashMap<Vec<Option<i64>>, u32>,
    calculations: FxHashMap<Calculation, u32>,
}

impl Builder {
    pub fn op(&mut self, op: Op) -> Value {
        if let Some(value) = self.values.get(&op) {
            return *value;
        }
        let value = self.program.push(op);
        self.values.insert(op, value);
        value
    }

    pub fn shape(&self, value: Value) -> Shape {
        self.program.shapes[value.index()]
    }

    /// The column with this source; the first description of a source counts.
    pub fn input(&mut self, source: InputSource, interval: Interval, optional: bool) -> Value {
        let next = self.program.inputs.len() as u32;
        let index = *self.inputs.entry(source.clone()).or_insert(next);
        if index == next {
            let width = Width::of(interval.low, interval.high);
            self.program.inputs.push(Input { source, optional, interval: (interval.low, interval.high), width });
        }
        self.op(Op::Input(index))
    }

    pub fn text_map(&mut self, map: TextMap) -> usize {
        self.program.text_maps.push(map);
        self.program.text_maps.len() - 1
    }

    pub fn array(&mut self, entries: Vec<Option<i64>>) -> u32 {
        if let Some(array) = self.arrays.get(&entries) {
            return *array;
        }
        let array = self.new_array(entries.clone());
        self.arrays.insert(entries, array);
        array
    }

    /// An array of its own, which may still grow.
    pub fn new_array(&mut self, entries: Vec<Option<i64>>) -> u32 {
        self.program.arrays.push(entries);
        self.program.arrays.len() as u32 - 1
    }

    pub fn lookup(&mut self, lookup: Lookup) -> u32 {
        self.program.lookups.push(lookup);
        self.program.lookups.len() as u32 - 1
    }

    pub fn calculation(&mut self, calculation: Calculation) -> Value {
        let next = self.program.calculations.len() as u32;
        let number = *self.calculations.entry(calculation).or_insert_with_key(|new| {
            self.program.calculations.push(new.clone());
            next
        });
        self.op(Op::Calculate(number))
    }

    pub fn output(&mut self, output: Output) {
        self.program.outputs.push(output);
    }

    pub fn program(&self) -> &Program {
        &self.program
    }

    /// For what is only known at the end: how many texts a map tells apart.
    pub fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }

    pub fn finish(mut self) -> Program {
        // A vocabulary that grew after its first use has widened an input.
        let ops = std::mem::take(&mut self.program.ops);
        self.program.shapes.clear();
        for op in ops {
            self.program.push(op);
        }
        for output in &mut self.program.outputs {
            let shape = self.program.shapes[output.value.index()];
            output.optional = shape.optional;
            output.width = Width::of(shape.interval.low, shape.interval.high);
        }
        self.program
    }

    // --- operations by name -------------------------------------------------------------------------------------------

    pub fn constant(&mut self, constant: i64) -> Value {
        self.op(Op::Constant(constant))
    }

    pub fn missing(&mut self) -> Value {
        self.op(Op::Missing)
    }

    pub fn parameter(&mut self, parameter: Parameter) -> Value {
        self.op(Op::Parameter(parameter))
    }

    /// The constant, or missing.
    pub fn constant_or_missing(&mut self, constant: Option<i64>) -> Value {
        match constant {
            Some(constant) => self.constant(constant),
            None => self.missing(),
        }
    }

    pub fn add(&mut self, left: Value, right: Value) -> Value {
        if self.shape(left).constant() == Some(0) {
            return right;
        }
        if self.shape(right).constant() == Some(0) {
            return left;
        }
        self.op(Op::Add(left, right))
    }

    pub fn multiply(&mut self, value: Value, factor: i64) -> Value {
        if factor == 1 {
            return value;
        }
        let factor = self.constant(factor);
        self.op(Op::Multiply(value, factor))
    }

    /// value × 10^power; missing where that leaves 64 bits, as the power itself may.
    pub fn scale_up(&mut self, value: Value, power: u32) -> Value {
        match 10i64.checked_pow(power) {
            Some(factor) => self.multiply(value, factor),
            None => {
                let one = self.constant(1);
                let shift = i8::try_from(power).unwrap_or(i8::MAX).min(crate::program::arithmetic::SHIFT_MAX);
                self.op(Op::Divide { left: value, right: one, shift })
            }
        }
    }

    /// value / 10^power, rounded half away from zero.
    pub fn scale_down(&mut self, value: Value, power: u32) -> Value {
        match (power, 10i64.checked_pow(power)) {
            (0, _) => value,
            (_, Some(divisor)) => {
                let right = self.constant(divisor);
                self.op(Op::Divide { left: value, right, shift: 0 })
            }
            (_, None) => {
                let right = self.constant(1);
                let shift = i8::try_from(power).unwrap_or(i8::MAX).min(crate::program::arithmetic::SHIFT_MAX);
                self.op(Op::Divide { left: value, right, shift: -shift })
            }
        }
    }

    /// From units of 10^-`from` to units of 10^-`to`.
    pub fn rescale(&mut self, value: Value, from: u32, to: u32) -> Value {
        if to >= from { self.scale_up(value, to - from) } else { self.scale_down(value, from - to) }
    }

    /// Within both bounds; a bound that cannot bind is left out.
    pub fn clamp(&mut self, value: Value, bounds: Interval) -> Value {
        let mut value = value;
        if self.shape(value).interval.low < bounds.low {
            let low = self.constant(bounds.low);
            value = self.op(Op::Larger(value, low));
        }
        if self.shape(value).interval.high > bounds.high {
            let high = self.constant(bounds.high);
            value = self.op(Op::Smaller(value, high));
        }
        value
    }

    /// The value, or the default where it is missing.
    pub fn or_else(&mut self, value: Value, default: Value) -> Value {
        if self.shape(value).optional { self.op(Op::Else(value, default)) } else { value }
    }

    pub fn select(&mut self, condition: Value, then: Value, otherwise: Value) -> Value {
        match self.shape(condition).constant() {
            Some(0) => otherwise,
            Some(_) => then,
            None if then == otherwise => then,
            None => self.op(Op::Select(condition, then, otherwise)),
        }
    }

    /// The value of the first row whose condition holds, else the fallback.
    pub fn first_match(&mut self, rows: &[(Value, Value)], fallback: Value) -> Value {
        let mut chain = fallback;
        for (condition, value) in rows.iter().rev() {
            chain = self.select(*condition, *value, chain);
        }
        chain
    }

    pub fn table(&mut self, index: Value, array: u32) -> Value {
        self.op(Op::Table { index, array })
    }

    pub fn find(&mut self, lookup: u32, keys: &[Value]) -> Value {
        match KeyList::new(keys) {
            Some(keys) => self.op(Op::Find { lookup, keys }),
            None => self.missing(),
        }
    }

    // --- conditions ---------------------------------------------------------------------------------------------------

    pub fn truth(&mut self, holds: bool) -> Value {
        self.constant(i64::from(holds))
    }

    /// A `yes_no` as a condition: known and yes.
    pub fn condition(&mut self, value: Value) -> Value {
        if self.shape(value).condition {
            return value;
        }
        let no = self.constant(0);
        let known = self.or_else(value, no);
        if self.shape(known).condition {
            return known;
        }
        // No `yes_no` is anything but 0 or 1; what could be is compared.
        let yes = self.constant(1);
        self.op(Op::Equal(known, yes))
    }

    pub fn not(&mut self, condition: Value) -> Value {
        match self.shape(condition).constant() {
            Some(constant) => self.truth(constant == 0),
            None => self.op(Op::Not(condition)),
        }
    }

    pub fn and(&mut self, left: Value, right: Value) -> Value {
        match (self.shape(left).constant(), self.shape(right).constant()) {
            (Some(0), _) | (_, Some(1)) => left,
            (_, Some(0)) | (Some(_), _) => right,
            (None, Some(_)) => left,
            (None, None) => self.op(Op::And(left, right)),
        }
    }

    pub fn or(&mut self, left: Value, right: Value) -> Value {
        match (self.shape(left).constant(), self.shape(right).constant()) {
            (Some(0), _) | (_, Some(1)) => right,
            (_, Some(0)) | (Some(_), _) => left,
            (None, Some(_)) => right,
            (None, None) => self.op(Op::Or(left, right)),
        }
    }

    pub fn known(&mut self, value: Value) -> Value {
        if self.shape(value).optional { self.op(Op::Known(value)) } else { self.truth(true) }
    }

    pub fn equals(&mut self, value: Value, constant: i64) -> Value {
        if !self.shape(value).interval.contains(constant) {
            return self.truth(false);
        }
        let constant = self.constant(constant);
        self.op(Op::Equal(value, constant))
    }

    pub fn compare(&mut self, operator: Operator, left: Value, right: Value) -> Value {
        self.op(Op::Compare { operator, left, right, left_shift: 0, right_shift: 0 })
    }

    /// Known, and one of these.
    pub fn member(&mut self, value: Value, members: &[i64]) -> Value {
        let interval = self.shape(value).interval;
        let mut members: Vec<i64> = members.iter().copied().filter(|member| interval.contains(*member)).collect();
        members.sort_unstable();
        members.dedup();
        let all = i128::from(interval.high) - i128::from(interval.low) + 1 == members.len() as i128;
        if all {
            return self.known(value);
        }
        if members.len() <= 3 {
            let mut any = self.truth(false);
            for member in members {
                let equal = self.equals(value, member);
                any = self.or(any, equal);
            }
            return any;
        }
        let (index, entries) = if interval.low >= 0 && interval.high < SMALL_CODES {
            (value, (0..=interval.high).map(|code| i64::from(members.binary_search(&code).is_ok())).collect())
        } else {
            self.segments(value, &members)
        };
        let array = self.array(entries.into_iter().map(Some).collect());
        let inside = self.table(index, array);
        let no = self.constant(0);
        self.or_else(inside, no)
    }

    /// The number of the run of equal answers that the value is in, and those answers: a run starts at each member and behind each.
    fn segments(&mut self, value: Value, members: &[i64]) -> (Value, Vec<i64>) {
        let mut thresholds: Vec<i64> = members.iter().flat_map(|member| [Some(*member), member.checked_add(1)]).flatten().collect();
        thresholds.sort_unstable();
        thresholds.dedup();
        let inside = thresholds.iter().map(|start| i64::from(members.binary_search(start).is_ok()));
        let entries = std::iter::once(0).chain(inside).collect();
        (self.band(value, &thresholds), entries)
    }

    /// How many of the rising thresholds are at most the value.
    pub fn band(&mut self, value: Value, thresholds: &[i64]) -> Value {
        if thresholds.is_empty() {
            let (known, first, missing) = (self.known(value), self.constant(0), self.missing());
            return self.select(known, first, missing);
        }
        let thresholds = self.array(thresholds.iter().copied().map(Some).collect());
        self.op(Op::Band { value, thresholds })
    }
}

/// Below this many codes a set is a table, above it a search.
const SMALL_CODES: i64 = 256;
