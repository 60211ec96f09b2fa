//! Equal operations become one value; so do equal arrays and equal look-ups.

use rustc_hash::FxHashMap;

use crate::program::{Op, Program, Value};

pub fn dedupe(program: &Program) -> Program {
    let (arrays, array_of) = distinct(&program.arrays, |left, right| left == right, |array| (array.len(), array.first().copied()));
    let (lookups, lookup_of) = distinct(
        &program.lookups,
        |left, right| left == right,
        |lookup| (lookup.rows.len(), lookup.rows.first().map(|(_, row)| Some(*row))),
    );
    let mut result = Program {
        inputs: program.inputs.clone(),
        text_maps: program.text_maps.clone(),
        arrays,
        lookups,
        ops: Vec::with_capacity(program.ops.len()),
        shapes: Vec::with_capacity(program.ops.len()),
        outputs: program.outputs.clone(),
    };
    let mut values: FxHashMap<Op, Value> = FxHashMap::default();
    let mut of_old: Vec<Value> = Vec::with_capacity(program.ops.len());
    for op in &program.ops {
        let mut op = *op;
        op.for_each_operand(|operand| *operand = of_old[operand.index()]);
        match &mut op {
            Op::Table { array, .. } | Op::Band { thresholds: array, .. } => *array = array_of[*array as usize],
            Op::Find { lookup, .. } => *lookup = lookup_of[*lookup as usize],
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

/// The distinct items in order, and for each item its number among them. `digest` is equal for equal items.
fn distinct<T: Clone, D: Eq + std::hash::Hash>(
    items: &[T],
    equal: impl Fn(&T, &T) -> bool,
    digest: impl Fn(&T) -> D,
) -> (Vec<T>, Vec<u32>) {
    let mut kept: Vec<T> = Vec::new();
    let mut by_digest: FxHashMap<D, Vec<u32>> = FxHashMap::default();
    let mut numbers = Vec::with_capacity(items.len());
    for item in items {
        let same = by_digest.entry(digest(item)).or_default();
        let found = same.iter().copied().find(|number| equal(&kept[*number as usize], item));
        numbers.push(found.unwrap_or_else(|| {
            let number = kept.len() as u32;
            kept.push(item.clone());
            same.push(number);
            number
        }));
    }
    (kept, numbers)
}
