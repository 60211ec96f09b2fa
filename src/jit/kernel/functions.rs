//! Values that follow from one byte: a choice, a band, a yes or no.
//!
//! Enters: a verified program. Leaves: for such a value the byte it follows from and what it is for each, so that a chain of tables, weights
//! and "if missing" becomes one table. Always holds: an entry is what the interpreter gives for that byte, missing or not.

use std::rc::Rc;

use crate::jit::facts::constant_of;
use crate::model::Interval;
use crate::program::{Op, Program, Value, arithmetic};

/// Greatest byte that a value may follow from; one more stands for "missing".
const BYTE_MAX: i64 = 254;

/// What a value is for each byte that another can be.
#[derive(Clone, Debug)]
pub struct ByteFunction {
    pub base: Value,
    /// from byte 0 to the greatest that the base can be
    pub entries: Vec<Option<i64>>,
    /// the least byte that the base can be
    pub first: usize,
    /// where the base is missing
    pub missing: Option<i64>,
    /// whether it can be
    pub can_miss: bool,
}

impl ByteFunction {
    /// What it is for each byte and where the base is missing, for a function that is never missing itself. What cannot be is as what can.
    pub fn numbers(&self) -> (Vec<i64>, i64) {
        let first = self.entries.get(self.first).copied().flatten().unwrap_or(0);
        let number = |(byte, entry): (usize, &Option<i64>)| if byte < self.first { first } else { entry.unwrap_or(first) };
        let missing = self.missing.filter(|_| self.can_miss).unwrap_or(first);
        (self.entries.iter().enumerate().map(number).collect(), missing)
    }
}

/// Of all values that outputs need; `order` gives them, operands first.
pub fn byte_functions(program: &Program, order: &[Value]) -> Vec<Option<Rc<ByteFunction>>> {
    let mut functions: Vec<Option<Rc<ByteFunction>>> = vec![None; program.ops.len()];
    for value in order {
        functions[value.index()] = derived(program, *value, &functions).map(Rc::new).or_else(|| base(program, *value));
    }
    functions
}

fn base(program: &Program, value: Value) -> Option<Rc<ByteFunction>> {
    let shape = program.shapes[value.index()];
    let Interval { low, high } = shape.interval;
    let is_constant = matches!(program.ops[value.index()], Op::Constant(_) | Op::Missing);
    (!is_constant && low >= 0 && high <= BYTE_MAX).then(|| {
        let entries = (0..=high).map(Some).collect();
        Rc::new(ByteFunction { base: value, entries, first: low as usize, missing: None, can_miss: shape.optional })
    })
}

fn derived(program: &Program, value: Value, functions: &[Option<Rc<ByteFunction>>]) -> Option<ByteFunction> {
    let of = |operand: Value, apply: &dyn Fn(Option<i64>) -> Option<i64>| {
        let function = functions[operand.index()].as_ref()?;
        let entries = function.entries.iter().map(|entry| apply(*entry)).collect();
        Some(ByteFunction { entries, missing: apply(function.missing), ..**function })
    };
    // The side that is no constant, and the constant.
    let with_constant = |left: Value, right: Value| match (constant_of(program, left), constant_of(program, right)) {
        (None, Some(constant)) => Some((left, constant)),
        (Some(constant), None) => Some((right, constant)),
        (Some(_), Some(_)) | (None, None) => None,
    };
    match program.ops[value.index()] {
        Op::Table { index, array } => {
            let array = &program.arrays[array as usize];
            of(index, &|index| arithmetic::entry(array, index?))
        }
        Op::Band { value, thresholds } => {
            let thresholds = &program.arrays[thresholds as usize];
            of(value, &|value| Some(arithmetic::band(thresholds, value?)))
        }
        Op::Else(first, second) => {
            let default = constant_of(program, second)?;
            of(first, &|entry| entry.or(Some(default)))
        }
        Op::Add(left, right) => {
            let (side, constant) = with_constant(left, right)?;
            of(side, &|entry| entry?.checked_add(constant))
        }
        Op::Subtract(left, right) => {
            let constant = constant_of(program, right)?;
            of(left, &|entry| entry?.checked_sub(constant))
        }
        Op::Multiply(left, right) => {
            let (side, constant) = with_constant(left, right)?;
            of(side, &|entry| entry?.checked_mul(constant))
        }
        Op::Larger(left, right) => {
            let (side, constant) = with_constant(left, right)?;
            of(side, &|entry| Some(entry?.max(constant)))
        }
        Op::Smaller(left, right) => {
            let (side, constant) = with_constant(left, right)?;
            of(side, &|entry| Some(entry?.min(constant)))
        }
        Op::Select(when, then, otherwise) => {
            let (then, otherwise) = (constant_of(program, then)?, constant_of(program, otherwise)?);
            of(when, &|when| Some(if when == Some(1) { then } else { otherwise }))
        }
        Op::Compare { operator, left, right, left_shift, right_shift } => {
            let constant = constant_of(program, right)?;
            of(left, &|left| {
                let holds = left.is_some_and(|left| arithmetic::compare(operator, left, constant, left_shift, right_shift));
                Some(i64::from(holds))
            })
        }
        Op::Equal(left, right) => {
            let (side, constant) = with_constant(left, right)?;
            of(side, &|entry| Some(i64::from(entry == Some(constant))))
        }
        Op::Known(of_value) => of(of_value, &|entry| Some(i64::from(entry.is_some()))),
        Op::Not(condition) => of(condition, &|entry| Some(i64::from(entry != Some(1)))),
        Op::HasBits { value, mask } => of(value, &|entry| Some(i64::from(entry.is_some_and(|bits| bits & mask != 0)))),
        Op::Input(_)
        | Op::Parameter(_)
        | Op::Constant(_)
        | Op::Missing
        | Op::Divide { .. }
        | Op::Quotient(..)
        | Op::Remainder(..)
        | Op::Calculate(_)
        | Op::And(..)
        | Op::Or(..)
        | Op::Find { .. }
        | Op::Turn { .. } => None,
    }
}
