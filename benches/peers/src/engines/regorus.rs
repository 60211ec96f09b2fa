//! regorus: a policy in Rego, compiled for its virtual machine.

use std::collections::BTreeMap;

use ::regorus::languages::rego::compiler::Compiler;
use ::regorus::rvm::vm::RegoVM;
use ::regorus::{Engine, Value};

use crate::Failure;
use crate::leads::{Cell, Setup};
use crate::measure::{Measured, one_by_one};

const ENTRY: &str = "data.scorecard.answer";

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Missing => Value::Null,
        Cell::Choice(name) => Value::from(&**name),
        Cell::YesNo(yes) => Value::from(*yes),
        Cell::Number(number) => Value::from(*number),
    }
}

pub fn measure(setup: &Setup) -> Result<Measured, Failure> {
    let mut engine = Engine::new();
    engine.add_policy("scorecard.rego".to_string(), setup.text("rego", "module")?.to_string())?;
    let policy = engine.compile_with_entrypoint(&ENTRY.into())?;
    let mut vm = RegoVM::new();
    vm.load_program(Compiler::compile_from_policy(&policy, &[ENTRY])?);
    vm.set_max_instructions(usize::MAX);
    let mut leads =
        setup.in_form(value, |cells| Value::from(cells.map(|(name, value)| (Value::from(name), value)).collect::<BTreeMap<_, _>>()));
    let score = |lead: &mut Value| {
        vm.set_input(lead.clone());
        vm.execute().unwrap_or_else(|error| panic!("{error}"))
    };
    let answer = |answers: Value| {
        let of = |name: &str| &answers[name];
        let text = |name: &str| of(name).as_string().unwrap_or_else(|error| panic!("{error}")).to_string();
        setup.answer(of("total").as_i64().unwrap_or_else(|error| panic!("{error}")), &text("status"), &text("handover"))
    };
    Ok(one_by_one(setup.time, &mut leads, score, answer))
}
