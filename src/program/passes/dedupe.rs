//! Equal operations become one value; so do equal arrays, look-ups and calculations.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::program::{Calculation, Op, Program, Value};

pub fn dedupe(mut program: Program) -> Program {
    let array_of = merge(&mut program.arrays, |array| FxBuildHasher.hash_one(array));
    let lookup_of = merge(&mut program.lookups, |lookup| FxBuildHasher.hash_one(&lookup.rows));
    let ops = std::mem::take(&mut program.ops);
    program.shapes.clear();
    let calculations = std::mem::take(&mut program.calculations);
    let mut calculation_of: FxHashMap<Calculation, u32> = FxHashMap::default();
    let mut result = program;
    let mut values: FxHashMap<Op, Value> = FxHashMap::default();
    let mut of_old: Vec<Value> = Vec::with_capacity(ops.len());
    for op in ops {
        let mut op = op.moved(&calculations, &mut result.calculations, |operand| of_old[operand.index()]);
        match &mut op {
            Op::Table { array, .. } | Op::Band { thresholds: array, .. } => *array = array_of[*array as usize],
            Op::Find { lookup, .. } => *lookup = lookup_of[*lookup as usize],
            Op::Calculate(number) => {
                if let Some(last) = result.calculations.pop() {
                    *number = *calculation_of.entry(last).or_insert_with_key(|new| {
                        result.calculations.push(new.clone());
                        *number
                    });
                }
            }
            // Operands that may change places stand in one order, constants last.
            Op::Add(left, right)
            | Op::Multiply(left, right)
            | Op::Larger(left, right)
            | Op::Smaller(left, right)
            | Op::Equal(left, right)
            | Op::And(left, right)
            | Op::Or(left, right) => {
                let place = |value: Value| (matches!(result.ops[value.index()], Op::Constant(_)), value);
                if place(*left) > place(*right) {
                    std::mem::swap(left, right);
                }
            }
            Op::Input(_)
            | Op::Parameter(_)
            | Op::Constant(_)
            | Op::Missing
            | Op::Subtract(..)
            | Op::Divide { .. }
            | Op::Quotient(..)
            | Op::Remainder(..)
            | Op::Else(..)
            | Op::Select(..)
            | Op::Compare { .. }
            | Op::Known(_)
            | Op::Not(_)
            | Op::HasBits { .. }
            | Op::Turn { .. } => {}
        }
        let value = *values.entry(op).or_insert_with(|| result.push(op));
        of_old.push(value);
    }
    for output in &mut result.outputs {
        output.value = of_old[output.value.index()];
    }
    result
}

/// Keeps the distinct items, in order, and gives each item's number among them. `digest` is equal for equal items.
fn merge<T: PartialEq>(items: &mut Vec<T>, digest: impl Fn(&T) -> u64) -> Vec<u32> {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    let mut by_digest: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    let mut numbers = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        let same = by_digest.entry(digest(&item)).or_default();
        let found = same.iter().copied().find(|number| kept[*number as usize] == item);
        numbers.push(found.unwrap_or_else(|| {
            let number = kept.len() as u32;
            kept.push(item);
            same.push(number);
            number
        }));
    }
    *items = kept;
    numbers
}
