//! Rhai: one compiled script.

use ::rhai::{Array, Dynamic, Engine, Scope};

use crate::Failure;
use crate::leads::{Cell, Setup};
use crate::measure::{Measured, one_by_one};

fn value(cell: &Cell) -> Dynamic {
    match cell {
        Cell::Missing => Dynamic::UNIT,
        Cell::Choice(name) => Dynamic::from(name.to_string()),
        Cell::YesNo(yes) => Dynamic::from(*yes),
        Cell::Number(number) => Dynamic::from(*number),
    }
}

pub fn measure(setup: &Setup) -> Result<Measured, Failure> {
    let engine = Engine::new();
    let script = engine.compile(setup.text("rhai", "script")?)?;
    let mut leads = setup.in_form(value, |cells| {
        let mut lead = Scope::new();
        cells.for_each(|(name, value)| {
            lead.push_dynamic(name.to_string(), value);
        });
        lead
    });
    let fields = setup.policy.fields.len();
    let score = |lead: &mut Scope| {
        let answers = engine.eval_ast_with_scope::<Array>(lead, &script).unwrap_or_else(|error| panic!("{error}"));
        lead.rewind(fields);
        answers
    };
    let answer = |answers: Array| {
        let text = |index: usize| answers[index].clone().into_string().unwrap_or_else(|found| panic!("an answer of type {found}"));
        let total = answers[0].as_int().unwrap_or_else(|found| panic!("a score of type {found}"));
        setup.answer(total, &text(1), &text(2))
    };
    Ok(one_by_one(setup.time, &mut leads, score, answer))
}
