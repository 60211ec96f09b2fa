//! The meaning of a program, in the plainest code there is. Every other backend must give the same bytes.
//!
//! Enters: a verified [`Program`], a [`Block`] with one column per input, and the run's [`Parameters`]. Leaves: every value of one row
//! ([`row`], which explanations read too), or a block with one column per output ([`run`]). Always holds: the result of a row depends on
//! nothing but that row and the parameters.

use crate::column::{Block, Column};
use crate::program::{Op, Parameter, Parameters, Program, Value, arithmetic};

/// The values of all operations for one row, in the order of `program.ops`; none is missing.
pub fn row(program: &Program, block: &Block, row: usize, parameters: &Parameters) -> Vec<Option<i64>> {
    let mut values = Vec::with_capacity(program.ops.len());
    for op in &program.ops {
        let value = operation(program, op, |value| values[value.index()], |input| block.columns[input].get(row), parameters);
        values.push(value);
    }
    values
}

/// The outputs of all rows.
pub fn run(program: &Program, block: &Block, parameters: &Parameters) -> Block {
    let mut columns: Vec<Column> = program.outputs.iter().map(|output| Column::zeroed(output.width, block.rows, output.optional)).collect();
    for index in 0..block.rows {
        let values = row(program, block, index, parameters);
        for (output, column) in program.outputs.iter().zip(&mut columns) {
            column.set(index, values[output.value.index()]);
        }
    }
    Block { rows: block.rows, columns }
}

/// What one operation of the program gives for these operands and inputs.
pub fn operation(
    program: &Program,
    op: &Op,
    value_of: impl Fn(Value) -> Option<i64>,
    input: impl Fn(usize) -> Option<i64>,
    parameters: &Parameters,
) -> Option<i64> {
    let of = |value: &Value| value_of(*value);
    // Conditions are never missing, so 1 is all that has to be asked for.
    let holds = |value: &Value| of(value) == Some(1);
    let condition = |result: bool| Some(i64::from(result));

    match op {
        Op::Input(index) => input(*index as usize),
        Op::Parameter(Parameter::AsOfDay) => Some(parameters.as_of_day),
        Op::Parameter(Parameter::AsOf) => Some(parameters.as_of),
        Op::Constant(constant) => Some(*constant),
        Op::Missing => None,

        // Beyond 64 bits the result is missing.
        Op::Add(left, right) => of(left)?.checked_add(of(right)?),
        Op::Subtract(left, right) => of(left)?.checked_sub(of(right)?),
        Op::Multiply(left, right) => of(left)?.checked_mul(of(right)?),
        Op::Divide { left, right, shift } => arithmetic::divide(of(left)?, of(right)?, *shift),
        Op::Quotient(left, right) => arithmetic::quotient(of(left)?, of(right)?),
        Op::Remainder(left, right) => arithmetic::remainder(of(left)?, of(right)?),
        Op::Larger(left, right) => Some(of(left)?.max(of(right)?)),
        Op::Smaller(left, right) => Some(of(left)?.min(of(right)?)),
        Op::Calculate(number) => {
            let calculation = &program.calculations[*number as usize];
            let operands: Option<Vec<i64>> = calculation.operands().iter().map(of).collect();
            calculation.result(&operands?)
        }

        Op::Else(value, default) => of(value).or(of(default)),
        // The arm that is not taken does not matter, missing or not.
        Op::Select(when, then, otherwise) => of(if holds(when) { then } else { otherwise }),

        Op::Compare { operator, left, right, left_shift, right_shift } => match (of(left), of(right)) {
            (Some(left), Some(right)) => condition(arithmetic::compare(*operator, left, right, *left_shift, *right_shift)),
            (None, _) | (_, None) => condition(false),
        },
        Op::Equal(left, right) => condition(of(left).is_some() && of(left) == of(right)),
        Op::Known(value) => condition(of(value).is_some()),
        Op::And(left, right) => condition(holds(left) && holds(right)),
        Op::Or(left, right) => condition(holds(left) || holds(right)),
        Op::Not(value) => condition(!holds(value)),
        Op::HasBits { value, mask } => condition(of(value).is_some_and(|bits| bits & mask != 0)),

        Op::Table { index, array } => arithmetic::entry(&program.arrays[*array as usize], of(index)?),
        Op::Band { value, thresholds } => Some(arithmetic::band(&program.arrays[*thresholds as usize], of(value)?)),
        Op::Find { lookup, keys } => {
            let mut found = [0; crate::program::KEYS_MAX];
            let keys = keys.as_slice();
            for (slot, key) in found.iter_mut().zip(keys) {
                *slot = of(key)?;
            }
            arithmetic::find(&program.lookups[*lookup as usize], &found[..keys.len()])
        }
        Op::Turn { hash, seed, total } => Some(arithmetic::turn(of(hash)?, *seed, *total)),
    }
}
