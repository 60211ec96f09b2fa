//! Is a program well formed?
//!
//! Enters: any [`Program`], however broken. Leaves: every rule that it breaks, as sentences for the people who work on lowering, passes and
//! backends. Backends may rely on each of these rules; nothing else checks them.
//!
//! Operations
//!  1. there is one shape for each operation
//!  2. an operand is the value of an earlier operation
//!  3. the operands of `And`, `Or`, `Not` and the first of `Select` are conditions
//!  4. indexes of inputs, arrays, look-ups and calculations are valid
//!  5. a division's shift is at most [`SHIFT_MAX`] either way, a comparison's at most [`COMPARE_SHIFT_MAX`]
//!  6. the array of a `Band` is sorted, strictly rising, and has no missing entry
//!  7. `Find` gives as many keys as its look-up has; unused places of the list hold value 0
//!  8. a `Turn` has at least one turn
//!  9. a calculation has at most [`OPERANDS_MAX`] operands, and it and each of its parts at least one; parts stand in each other at most
//!     [`DEPTH_MAX`] deep; a fraction's shift and members' shifts are bounded as in rule 5
//!
//! Shapes
//! 10. an interval is not backwards
//! 11. a shape claims no more than [`infer`] finds from its operands: the interval holds the inferred one, and a value that can be missing is
//!     optional
//! 12. `condition` is set exactly if the value is never missing and its interval is within 0 to 1
//!
//! Inputs and what they are made with
//! 13. no two inputs have the same source
//! 14. an input's interval is not backwards and fits its width
//! 15. the map of a text input exists; what the map gives is in the input's interval, and the input is optional if the map can miss
//! 16. the stage is never missing
//!
//! Arrays and look-ups
//! 17. an array has an entry
//! 18. a look-up has between one and [`KEYS_MAX`] keys, its rows are sorted by key without repetition and have as many keys each, row numbers
//!     are not negative
//! 19. a look-up's prefix key is one of its keys, and the parent of a prefix has a smaller code
//!
//! Outputs
//! 20. an output's value exists
//! 21. an output is optional if its value is
//! 22. an output's width holds the interval of its value
//! 23. output names are not empty and differ

use rustc_hash::FxHashSet;

use super::arithmetic::{COMPARE_SHIFT_MAX, SHIFT_MAX};
use super::calculation::{DEPTH_MAX, OPERANDS_MAX};
use super::shape::infer;
use super::{Calculation, Input, InputSource, KEYS_MAX, Lookup, Op, Output, Part, Program, Shape, TextMap, TextMapKind, Value};
use crate::column::Width;

/// Checks the rules above.
pub fn verify(program: &Program) -> Result<(), Vec<String>> {
    let mut broken = Vec::new();
    program.inputs.iter().enumerate().for_each(|(index, input)| check_input(program, index, input, &mut broken));
    for (index, array) in program.arrays.iter().enumerate() {
        if array.is_empty() {
            broken.push(format!("array {index} is empty"));
        }
    }
    program.lookups.iter().enumerate().for_each(|(index, lookup)| check_lookup(index, lookup, &mut broken));
    if program.ops.len() == program.shapes.len() {
        program.ops.iter().enumerate().for_each(|(index, op)| check_op(program, index, op, &mut broken));
    } else {
        broken.push(format!("{} operations have {} shapes", program.ops.len(), program.shapes.len()));
    }
    let mut names = FxHashSet::default();
    for output in &program.outputs {
        if output.name.is_empty() || !names.insert(output.name.as_str()) {
            broken.push(format!("the output name `{}` is empty or stands twice", output.name));
        }
        check_output(program, output, &mut broken);
    }
    if broken.is_empty() { Ok(()) } else { Err(broken) }
}

fn check_op(program: &Program, index: usize, op: &Op, broken: &mut Vec<String>) {
    let before = broken.len();
    let mut fail = |sentence: String| broken.push(format!("v{index}: {sentence}"));
    for operand in program.operands(op) {
        if operand.index() >= index {
            fail(format!("operand v{} is not earlier", operand.0));
        }
    }
    for condition in conditions(op) {
        if condition.index() < index && !program.shapes[condition.index()].condition {
            fail(format!("v{} is no condition", condition.0));
        }
    }
    match op {
        Op::Input(input) => {
            if *input as usize >= program.inputs.len() {
                fail(format!("there is no input {input}"));
            }
        }
        Op::Divide { shift, .. } => {
            if shift.unsigned_abs() > SHIFT_MAX.unsigned_abs() {
                fail(format!("a division shifts by {shift}"));
            }
        }
        Op::Compare { left_shift, right_shift, .. } => {
            if (*left_shift).max(*right_shift) > COMPARE_SHIFT_MAX {
                fail(format!("a comparison shifts by {left_shift} and {right_shift}"));
            }
        }
        Op::Table { array, .. } => {
            if *array as usize >= program.arrays.len() {
                fail(format!("there is no array {array}"));
            }
        }
        Op::Band { thresholds, .. } => match program.arrays.get(*thresholds as usize) {
            None => fail(format!("there is no array {thresholds}")),
            Some(array) => {
                let rising = array.iter().all(Option::is_some) && array.is_sorted_by(|left, right| left < right);
                if !rising {
                    fail(format!("the thresholds of array {thresholds} do not rise"));
                }
            }
        },
        Op::Find { lookup, keys } => match program.lookups.get(*lookup as usize) {
            None => fail(format!("there is no look-up {lookup}")),
            Some(found) => {
                if usize::from(keys.count) != found.key_count || usize::from(keys.count) > KEYS_MAX {
                    fail(format!("{} keys for a look-up by {}", keys.count, found.key_count));
                }
                if keys.keys.iter().skip(usize::from(keys.count)).any(|key| key.0 != 0) {
                    fail("an unused key is set".to_string());
                }
            }
        },
        Op::Calculate(number) => match program.calculations.get(*number as usize) {
            None => fail(format!("there is no calculation {number}")),
            Some(calculation) => check_calculation(calculation, &mut fail),
        },
        Op::Turn { total, .. } => {
            if *total == 0 {
                fail("a rotation without turns".to_string());
            }
        }
        Op::Parameter(_)
        | Op::Constant(_)
        | Op::Missing
        | Op::Add(..)
        | Op::Subtract(..)
        | Op::Multiply(..)
        | Op::Quotient(..)
        | Op::Remainder(..)
        | Op::Larger(..)
        | Op::Smaller(..)
        | Op::Else(..)
        | Op::Select(..)
        | Op::Equal(..)
        | Op::Known(_)
        | Op::And(..)
        | Op::Or(..)
        | Op::Not(_)
        | Op::HasBits { .. } => {}
    }
    // Only a sound operation has a shape to compare with.
    if broken.len() == before {
        check_shape(index, program.shapes[index], infer(program, op), broken);
    }
}

fn check_calculation(calculation: &Calculation, fail: &mut impl FnMut(String)) {
    let operands = calculation.operands().len();
    if operands > OPERANDS_MAX {
        fail(format!("a calculation has {operands} operands"));
    }
    let mut rest = vec![(calculation, 1)];
    while let Some((calculation, depth)) = rest.pop() {
        let parts = calculation.parts();
        if parts.is_empty() {
            fail("a calculation has 0 operands".to_string());
        }
        if depth > DEPTH_MAX {
            fail(format!("parts of a calculation stand {depth} deep in each other"));
            return;
        }
        let (shift, most) = shift_of(calculation);
        if shift > most {
            fail(format!("a calculation shifts by {shift}"));
        }
        rest.extend(parts.into_iter().filter_map(|part| match part {
            Part::Value(_) => None,
            Part::Calculation(inner) => Some((&**inner, depth + 1)),
        }));
    }
}

/// The largest shift, and the most that it may be.
fn shift_of(calculation: &Calculation) -> (u8, u8) {
    match calculation {
        Calculation::Sum(members) => (members.iter().map(|(_, member)| member.shift).max().unwrap_or(0), COMPARE_SHIFT_MAX),
        Calculation::Larger(members) | Calculation::Smaller(members) => {
            (members.iter().map(|member| member.shift).max().unwrap_or(0), COMPARE_SHIFT_MAX)
        }
        Calculation::Remainder(left, right) => (left.shift.max(right.shift), COMPARE_SHIFT_MAX),
        Calculation::Fraction { shift, .. } => (shift.unsigned_abs(), SHIFT_MAX.unsigned_abs()),
    }
}

/// The operands that must be conditions.
fn conditions(op: &Op) -> Vec<Value> {
    match op {
        Op::And(left, right) | Op::Or(left, right) => vec![*left, *right],
        Op::Not(value) | Op::Select(value, _, _) => vec![*value],
        Op::Input(_)
        | Op::Parameter(_)
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
        | Op::Compare { .. }
        | Op::Equal(..)
        | Op::Known(_)
        | Op::HasBits { .. }
        | Op::Table { .. }
        | Op::Band { .. }
        | Op::Find { .. }
        | Op::Turn { .. } => Vec::new(),
    }
}

fn check_shape(index: usize, stated: Shape, inferred: Shape, broken: &mut Vec<String>) {
    let mut fail = |sentence: String| broken.push(format!("v{index}: {sentence}"));
    if stated.interval.low > stated.interval.high {
        fail(format!("the interval {} to {} runs backwards", stated.interval.low, stated.interval.high));
    }
    if inferred.interval.low < stated.interval.low || inferred.interval.high > stated.interval.high {
        let (low, high) = (inferred.interval.low, inferred.interval.high);
        fail(format!("the interval {} to {} does not hold {low} to {high}", stated.interval.low, stated.interval.high));
    }
    if inferred.optional && !stated.optional {
        fail("it can be missing, but is not optional".to_string());
    }
    if stated.condition != Shape::new(stated.interval, stated.optional).condition {
        fail("`condition` disagrees with interval and optional".to_string());
    }
}

fn check_input(program: &Program, index: usize, input: &Input, broken: &mut Vec<String>) {
    let mut fail = |sentence: String| broken.push(format!("input {index}: {sentence}"));
    if program.inputs[..index].iter().any(|earlier| earlier.source == input.source) {
        fail("an earlier input has the same source".to_string());
    }
    let (low, high) = input.interval;
    if low > high {
        fail(format!("the interval {low} to {high} runs backwards"));
    }
    if !holds(input.width, low, high) {
        fail(format!("{:?} does not hold {low} to {high}", input.width));
    }
    match input.source {
        InputSource::Text { map, .. } => match program.text_maps.get(map) {
            None => fail(format!("there is no text map {map}")),
            Some(map) => check_text_map(map, input, &mut fail),
        },
        InputSource::Stage => {
            if input.optional {
                fail("the stage is never missing".to_string());
            }
        }
        InputSource::Column(_)
        | InputSource::LocalDay(_)
        | InputSource::TextIdentity { .. }
        | InputSource::StageSince
        | InputSource::RestUntil
        | InputSource::RouteOwner(_)
        | InputSource::RouteQueue(_)
        | InputSource::KeyHash => {}
    }
}

fn check_text_map(map: &TextMap, input: &Input, fail: &mut impl FnMut(String)) {
    let gives = |code: i64| input.interval.0 <= code && code <= input.interval.1;
    let (codes_fit, can_miss) = match &map.kind {
        TextMapKind::Exact { codes, other } => (codes.values().chain(other).all(|code| gives(*code)), other.is_none()),
        TextMapKind::Test { .. } => (gives(0) && gives(1), false),
        TextMapKind::LongestPrefix { codes } => (codes.values().all(|code| gives(*code)), true),
    };
    if !codes_fit {
        fail("a code of its map is outside the interval".to_string());
    }
    if (can_miss || map.domain) && !input.optional {
        fail("its map can miss, but it is not optional".to_string());
    }
}

fn check_lookup(index: usize, lookup: &Lookup, broken: &mut Vec<String>) {
    let mut fail = |sentence: String| broken.push(format!("look-up {index}: {sentence}"));
    if lookup.key_count == 0 || lookup.key_count > KEYS_MAX {
        fail(format!("it has {} keys", lookup.key_count));
    }
    if lookup.rows.iter().any(|(keys, row)| keys.len() != lookup.key_count || *row < 0) {
        fail("a row has a wrong number of keys or a negative number".to_string());
    }
    if !lookup.rows.is_sorted_by(|(left, _), (right, _)| left < right) {
        fail("its rows are not sorted or a key repeats".to_string());
    }
    if let Some((position, parents)) = &lookup.prefix {
        if *position >= lookup.key_count {
            fail(format!("it has no key {position}"));
        }
        if parents.iter().enumerate().any(|(code, parent)| parent.is_some_and(|parent| parent < 0 || parent >= code as i64)) {
            fail("the parent of a prefix has no smaller code".to_string());
        }
    }
}

fn check_output(program: &Program, output: &Output, broken: &mut Vec<String>) {
    let mut fail = |sentence: String| broken.push(format!("output `{}`: {sentence}", output.name));
    let Some(shape) = program.shapes.get(output.value.index()) else {
        fail(format!("there is no v{}", output.value.0));
        return;
    };
    if shape.optional && !output.optional {
        fail("its value can be missing, but it is not optional".to_string());
    }
    if !holds(output.width, shape.interval.low, shape.interval.high) {
        fail(format!("{:?} does not hold {} to {}", output.width, shape.interval.low, shape.interval.high));
    }
}

fn holds(width: Width, low: i64, high: i64) -> bool {
    match width {
        Width::U8 => low >= 0 && high <= i64::from(u8::MAX),
        Width::U16 => low >= 0 && high <= i64::from(u16::MAX),
        Width::I32 => low >= i64::from(i32::MIN) && high <= i64::from(i32::MAX),
        Width::I64 => true,
    }
}
