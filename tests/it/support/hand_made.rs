//! Inputs and outputs of programs that are made by hand.

use leadwright::column::Width;
use leadwright::model::Unit;
use leadwright::program::{Input, InputSource, Op, Output, OutputKind, OutputRole, Program, Value};

pub fn input(program: &mut Program, interval: (i64, i64), optional: bool) -> Value {
    let number = program.inputs.len();
    let width = Width::of(interval.0, interval.1);
    program.inputs.push(Input { source: InputSource::Column(number), optional, interval, width });
    program.push(Op::Input(number as u32))
}

pub fn output(program: &mut Program, value: Value) {
    let shape = program.shapes[value.index()];
    program.outputs.push(Output {
        name: format!("output{}", program.outputs.len()),
        value,
        kind: OutputKind::Number { scale: 0, unit: Unit::Plain },
        optional: shape.optional,
        width: Width::of(shape.interval.low, shape.interval.high),
        role: OutputRole::Score(0),
    });
}
