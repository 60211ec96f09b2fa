//! What no output needs is dropped: operations, inputs, text maps, arrays and look-ups.

use crate::program::{Input, InputSource, Op, Program, Value};

pub fn prune(program: Program) -> Program {
    let mut needed = vec![false; program.ops.len()];
    for output in &program.outputs {
        needed[output.value.index()] = true;
    }
    for (index, op) in program.ops.iter().enumerate().rev() {
        if needed[index] {
            program.operands(op).iter().for_each(|operand| needed[operand.index()] = true);
        }
    }
    let mut result = Program { outputs: program.outputs, ..Program::default() };
    let mut inputs = Kept::of(program.inputs);
    let mut maps = Kept::of(program.text_maps);
    let mut arrays = Kept::of(program.arrays);
    let mut lookups = Kept::of(program.lookups);
    let mut of_old = vec![Value(0); program.ops.len()];
    for (index, op) in program.ops.into_iter().enumerate().filter(|(index, _)| needed[*index]) {
        let mut op = op.moved(&program.calculations, &mut result.calculations, |operand| of_old[operand.index()]);
        match &mut op {
            Op::Input(input) => {
                *input = inputs.number(*input, |mut kept: Input| {
                    if let InputSource::Text { map, .. } = &mut kept.source {
                        *map = maps.number(*map as u32, |map| result.text_maps.push(map)) as usize;
                    }
                    result.inputs.push(kept);
                });
            }
            Op::Table { array, .. } | Op::Band { thresholds: array, .. } => {
                *array = arrays.number(*array, |array| result.arrays.push(array))
            }
            Op::Find { lookup, .. } => *lookup = lookups.number(*lookup, |lookup| result.lookups.push(lookup)),
            Op::Parameter(_)
            | Op::Constant(_)
            | Op::Missing
            | Op::Add(..)
            | Op::Subtract(..)
            | Op::Multiply(..)
            | Op::Divide { .. }
            | Op::Quotient(..)
            | Op::Remainder(..)
            | Op::Larger(..)
            | Op::Smaller(..)
            | Op::Calculate(_)
            | Op::Else(..)
            | Op::Select(..)
            | Op::Compare { .. }
            | Op::Equal(..)
            | Op::Known(_)
            | Op::And(..)
            | Op::Or(..)
            | Op::Not(_)
            | Op::HasBits { .. }
            | Op::Turn { .. } => {}
        }
        of_old[index] = result.push(op);
    }
    for output in &mut result.outputs {
        output.value = of_old[output.value.index()];
    }
    result
}

/// Items that get a new number, in the order of first use, when they are kept.
struct Kept<T> {
    items: Vec<Option<T>>,
    numbers: Vec<u32>,
    count: u32,
}

impl<T> Kept<T> {
    fn of(items: Vec<T>) -> Kept<T> {
        Kept { numbers: vec![0; items.len()], items: items.into_iter().map(Some).collect(), count: 0 }
    }

    /// The new number of an item; `keep` gets the item when it is first asked for.
    fn number(&mut self, old: u32, keep: impl FnOnce(T)) -> u32 {
        if let Some(item) = self.items[old as usize].take() {
            self.numbers[old as usize] = self.count;
            self.count += 1;
            keep(item);
        }
        self.numbers[old as usize]
    }
}
