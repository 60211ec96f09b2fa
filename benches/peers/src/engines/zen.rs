//! ZEN: compiled expressions, the later ones over the answers of the earlier ones.

use serde_json::Value;
use zen_expression::vm::VM;
use zen_expression::{Scope, Variable, compile_expression};
use zen_types::symbol::Symbol;

use crate::Failure;
use crate::leads::{Cell, STEPS, Setup};
use crate::measure::{Measured, one_by_one};

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Choice(name) => Value::from(&**name),
        Cell::YesNo(yes) => Value::from(*yes),
        Cell::Number(number) => Value::from(*number),
    }
}

pub fn measure(setup: &Setup) -> Result<Measured, Failure> {
    let mut steps = Vec::with_capacity(STEPS.len());
    for name in STEPS {
        steps.push((Symbol::from_static(name), compile_expression(setup.text("zen", name)?)?));
    }
    let object =
        |cells: &mut dyn Iterator<Item = (&str, Value)>| Value::Object(cells.map(|(name, value)| (name.to_string(), value)).collect());
    let mut leads = setup.in_form(value, |cells| Scope::new(Variable::from(object(cells))));
    let mut vm = VM::new();
    let score = |lead: &mut Scope| {
        let answers = [0, 1, 2, 3].map(|number| {
            let (name, expression) = &steps[number];
            let answer = expression.evaluate_with_scope(lead, &mut vm).unwrap_or_else(|error| panic!("{error}"));
            lead.set_local(name.clone(), answer.clone());
            answer
        });
        lead.clear_locals();
        answers
    };
    let answer = |[_, total, status, queue]: [Variable; 4]| {
        let text = |variable: &Variable| variable.as_str().unwrap_or_default().to_string();
        let total = total.to_value().as_i64().unwrap_or_else(|| panic!("a score of {total:?}"));
        setup.answer(total, &text(&status), &text(&queue))
    };
    Ok(one_by_one(setup.time, &mut leads, score, answer))
}
