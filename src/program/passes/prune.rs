//! What no output needs is dropped: operations, inputs, text maps, arrays and look-ups.

use crate::program::{Input, InputSource, Op, Program, Value};

pub fn prune(program: &Program) -> Program {
    let mut needed = vec![false; program.ops.len()];
    for output in &program.outputs {
        needed[output.value.index()] = true;
    }
    for (index, op) in program.ops.iter().enumerate().rev() {
        if needed[index] {
            op.operands().iter().for_each(|operand| needed[operand.index()] = true);
        }
    }
    let mut result = Program { outputs: program.outputs.clone(), ..Program::default() };
    let mut inputs = Renumbered::new(program.inputs.len());
    let mut maps = Renumbered::new(program.text_maps.len());
    let mut arrays = Renumbered::new(program.arrays.len());
    let mut lookups = Renumbered::new(program.lookups.len());
    let mut of_old = vec![Value(0); program.ops.len()];
    for (index, op) in program.ops.iter().enumerate().filter(|(index, _)| needed[*index]) {
        let mut op = *op;
        op.for_each_operand(|operand| *operand = of_old[operand.index()]);
        match &mut op {
            Op::Input(input) => {
                *input = inputs.number(*input, |input| {
                    let mut kept: Input = program.inputs[input].clone();
                    if let InputSource::Text { map, .. } = &mut kept.source {
                        *map = maps.number(*map as u32, |map| result.text_maps.push(program.text_maps[map].clone())) as usize;
                    }
                    result.inputs.push(kept);
                });
            }
            Op::Table { array, .. } | Op::Band { thresholds: array, .. } => {
                *array = arrays.number(*array, |array| result.arrays.push(program.arrays[array].clone()));
            }
            Op::Find { lookup, .. } => {
                *lookup = lookups.number(*lookup, |lookup| result.lookups.push(program.lookups[lookup].clone()));
            }
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

/// New numbers, given in the order of first use.
struct Renumbered {
    numbers: Vec<Option<u32>>,
    count: u32,
}

impl Renumbered {
    fn new(len: usize) -> Renumbered {
        Renumbered { numbers: vec![None; len], count: 0 }
    }

    /// The new number of `old`; `keep` is called when it is first asked for.
    fn number(&mut self, old: u32, keep: impl FnOnce(usize)) -> u32 {
        if let Some(number) = self.numbers[old as usize] {
            return number;
        }
        let number = self.count;
        self.count += 1;
        self.numbers[old as usize] = Some(number);
        keep(old as usize);
        number
    }
}
