//! CEL: compiled programs, the later ones over the answers of the earlier ones.

use ::cel::{Context, Program, Value};

use crate::Failure;
use crate::leads::{Cell, STEPS, Setup};
use crate::measure::{Measured, one_by_one};

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Choice(name) => Value::from(&**name),
        Cell::YesNo(yes) => Value::Bool(*yes),
        Cell::Number(number) => Value::Int(*number),
    }
}

pub fn measure(setup: &Setup) -> Result<Measured, Failure> {
    let mut steps = Vec::with_capacity(STEPS.len());
    for name in STEPS {
        steps.push((name, Program::compile(setup.text("cel", name)?)?));
    }
    let root = Context::default();
    let mut leads = setup.in_form(value, |cells| {
        let mut lead = root.new_inner_scope();
        cells.for_each(|(name, value)| lead.add_variable_from_value(name, value));
        lead
    });
    let score = |lead: &mut Context| {
        let mut known = lead.new_inner_scope();
        [0, 1, 2, 3].map(|number| {
            let (name, program) = &steps[number];
            let answer = program.execute(&known).unwrap_or_else(|error| panic!("{error}"));
            known.add_variable_from_value(*name, answer.clone());
            answer
        })
    };
    let answer = |answers: [Value; 4]| {
        let [_, Value::Int(total), Value::String(status), Value::String(queue)] = answers else { panic!("an answer of other types") };
        setup.answer(total, &status, &queue)
    };
    Ok(one_by_one(setup.time, &mut leads, score, answer))
}
