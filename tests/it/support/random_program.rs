//! Random verified programs, blocks of leads for them, and parameters: for everything that must agree with the interpreter.
//!
//! Enters: a [`Random`]. Leaves: a [`Program`] that uses every operation over a long enough run, or a [`Block`] that fits its inputs, with
//! missing values, extremes and values around the program's own constants.

use leadwright::column::{Block, Column, Width};
use leadwright::model::{Operator, Unit};
use leadwright::program::arithmetic::{COMPARE_SHIFT_MAX, SHIFT_MAX};
use leadwright::program::shape::{DAYS, INSTANTS};
use leadwright::program::{
    Calculation, Input, InputSource, KeyList, Lookup, Op, Output, OutputKind, OutputRole, Parameter, Parameters, Part, Program, Scaled,
    Value,
};
use leadwright::syntax::tree::Sign;

use super::random::Random;

pub fn program(random: &mut Random) -> Program {
    let mut program = Program::default();
    for field in 0..1 + random.below(6) {
        program.inputs.push(input(random, field));
    }
    // Every second array is fit for a band.
    for number in 0..2 + 2 * random.below(3) {
        program.arrays.push(array(random, number % 2 == 0));
    }
    for _ in 0..1 + random.below(3) {
        program.lookups.push(lookup(random));
    }
    for index in 0..program.inputs.len() {
        program.push(Op::Input(index as u32));
    }
    for _ in 0..5 + random.below(40) {
        let op = op(random, &mut program);
        program.push(op);
    }
    for number in 0..1 + random.below(6) {
        let value = value(random, &program);
        let shape = program.shapes[value.index()];
        let width = wider(random, Width::of(shape.interval.low, shape.interval.high));
        program.outputs.push(Output {
            name: format!("output{number}"),
            value,
            kind: OutputKind::Number { scale: 0, unit: Unit::Plain },
            optional: shape.optional || random.chance(20),
            width,
            role: OutputRole::Score(number),
        });
    }
    program
}

/// Rows for a program's inputs; the key hash is as wide as any integer.
pub fn block(random: &mut Random, program: &Program, rows: usize) -> Block {
    let columns = program.inputs.iter().map(|input| column(random, program, input, rows)).collect();
    Block { rows, columns }
}

/// The columns of a block that another program with some of the same inputs needs.
pub fn columns_for(program: &Program, block: &Block, other: &Program) -> Block {
    let columns = other.inputs.iter().map(|input| {
        let found = program.inputs.iter().position(|candidate| same_source(program, candidate, other, input)).expect("an input of both");
        let mut column = Column::zeroed(input.width, block.rows, input.optional);
        (0..block.rows).for_each(|row| column.set(row, block.columns[found].get(row)));
        column
    });
    Block { rows: block.rows, columns: columns.collect() }
}

/// Text maps may have other numbers.
fn same_source(program: &Program, left: &Input, other: &Program, right: &Input) -> bool {
    match (&left.source, &right.source) {
        (InputSource::Text { column: left_field, map: left }, InputSource::Text { column: right_field, map: right }) => {
            left_field == right_field && program.text_maps[*left] == other.text_maps[*right]
        }
        (left, right) => left == right,
    }
}

pub fn parameters(random: &mut Random) -> Parameters {
    Parameters { as_of_day: random.edge(DAYS.low, DAYS.high), as_of: random.edge(INSTANTS.low, INSTANTS.high) }
}

fn input(random: &mut Random, field: usize) -> Input {
    let interval = match random.below(8) {
        0 => (0, 1),
        1 => (0, random.edge(2, 16)),
        2 => (0, 255),
        3 => (0, 65_535),
        4 => (i64::from(i32::MIN), i64::from(i32::MAX)),
        5 => (i64::MIN, i64::MAX),
        6 => {
            let value = random.integer();
            (value, value)
        }
        _ => {
            let (a, b) = (random.integer(), random.integer());
            (a.min(b), a.max(b))
        }
    };
    let width = wider(random, Width::of(interval.0, interval.1));
    Input { source: InputSource::Column(field), optional: random.chance(50), interval, width }
}

fn wider(random: &mut Random, width: Width) -> Width {
    let wider = match width {
        Width::U8 => [Width::U8, Width::U16, Width::I32, Width::I64].as_slice(),
        Width::U16 => [Width::U16, Width::I32, Width::I64].as_slice(),
        Width::I32 => [Width::I32, Width::I64].as_slice(),
        Width::I64 => [Width::I64].as_slice(),
    };
    if random.chance(60) { width } else { *random.pick(wider) }
}

fn array(random: &mut Random, thresholds: bool) -> Vec<Option<i64>> {
    let length = if random.chance(10) { 1 + random.below(400) } else { 1 + random.below(12) };
    let small = random.chance(60);
    let entry = |random: &mut Random| if small { random.edge(-20, 40) } else { random.integer() };
    if thresholds {
        let mut sorted: Vec<i64> = (0..length).map(|_| entry(random)).collect();
        sorted.sort_unstable();
        sorted.dedup();
        return sorted.into_iter().map(Some).collect();
    }
    let gaps = random.chance(50);
    (0..length).map(|_| (!gaps || random.chance(80)).then(|| entry(random))).collect()
}

fn lookup(random: &mut Random) -> Lookup {
    let key_count = 1 + random.below(3);
    let spread = 2 + random.below(8);
    let mut keys: Vec<Vec<i64>> = (0..1 + random.below(30))
        .map(|_| (0..key_count).map(|_| random.below(spread) as i64 - i64::from(random.chance(5))).collect())
        .collect();
    keys.sort();
    keys.dedup();
    let rows = keys.into_iter().map(|key| (key, random.below(50) as i64)).collect();
    let prefix = random.chance(40).then(|| {
        let parents = (0..spread).map(|code| (code > 0 && random.chance(70)).then(|| random.below(code) as i64)).collect();
        (random.below(key_count), parents)
    });
    Lookup { table: "table".to_string(), key_count, rows, prefix }
}

fn op(random: &mut Random, program: &mut Program) -> Op {
    let thresholds = 2 * random.below(program.arrays.len() / 2) as u32;
    match random.below(29) {
        0 => Op::Parameter(*random.pick(&[Parameter::AsOfDay, Parameter::AsOf])),
        1 => Op::Missing,
        2 | 3 => Op::Constant(random.integer()),
        4 => Op::Add(value(random, program), value(random, program)),
        5 => Op::Subtract(value(random, program), value(random, program)),
        6 => Op::Multiply(value(random, program), value(random, program)),
        7 => {
            let far = random.edge(-i64::from(SHIFT_MAX), i64::from(SHIFT_MAX)) as i8;
            let shift = if random.chance(60) { random.edge(-2, 4) as i8 } else { far };
            Op::Divide { left: value(random, program), right: value(random, program), shift }
        }
        8 => Op::Quotient(value(random, program), value(random, program)),
        9 => Op::Remainder(value(random, program), value(random, program)),
        10 => Op::Larger(value(random, program), value(random, program)),
        11 => Op::Smaller(value(random, program), value(random, program)),
        12 => Op::Else(value(random, program), value(random, program)),
        13 | 14 => Op::Select(condition(random, program), value(random, program), value(random, program)),
        15 | 16 => {
            let operator = *random.pick(&[Operator::AtLeast, Operator::Above, Operator::AtMost, Operator::Below]);
            let shift = |random: &mut Random| {
                if random.chance(60) { 0 } else { random.below(usize::from(COMPARE_SHIFT_MAX) + 1) as u8 }
            };
            let (left_shift, right_shift) = (shift(random), shift(random));
            Op::Compare { operator, left: value(random, program), right: value(random, program), left_shift, right_shift }
        }
        17 => Op::Equal(value(random, program), value(random, program)),
        18 => Op::Known(value(random, program)),
        19 => Op::And(condition(random, program), condition(random, program)),
        20 => Op::Or(condition(random, program), condition(random, program)),
        21 => Op::Not(condition(random, program)),
        22 => Op::HasBits { value: value(random, program), mask: random.integer() },
        23 => Op::Table { index: value(random, program), array: random.below(program.arrays.len()) as u32 },
        24 => Op::Band { value: value(random, program), thresholds },
        25 => {
            let lookup = random.below(program.lookups.len());
            let keys: Vec<Value> = (0..program.lookups[lookup].key_count).map(|_| value(random, program)).collect();
            Op::Find { lookup: lookup as u32, keys: KeyList::new(&keys).expect("at most three keys") }
        }
        26 | 27 => {
            let calculation = calculation(random, program);
            program.calculations.push(calculation);
            Op::Calculate(program.calculations.len() as u32 - 1)
        }
        _ => Op::Turn { hash: value(random, program), seed: random.integer(), total: 1 + random.below(200) as u32 },
    }
}

fn calculation(random: &mut Random, program: &Program) -> Calculation {
    calculation_within(random, program, 3)
}

/// Parts may stand in each other so deep.
fn calculation_within(random: &mut Random, program: &Program, depth: usize) -> Calculation {
    let part = |random: &mut Random| -> Part {
        if depth > 0 && random.chance(30) {
            return calculation_within(random, program, depth - 1).into();
        }
        value(random, program).into()
    };
    let scaled = |random: &mut Random| {
        let shift = if random.chance(60) { 0 } else { random.below(usize::from(COMPARE_SHIFT_MAX) + 1) as u8 };
        Scaled::new(part(random), shift)
    };
    let several = |random: &mut Random| -> Vec<Scaled> { (0..1 + random.below(4)).map(|_| scaled(random)).collect() };
    match random.below(6) {
        0 | 1 => {
            let members = several(random);
            Calculation::Sum(members.into_iter().map(|member| (*random.pick(&[Sign::Plus, Sign::Minus]), member)).collect())
        }
        2 => Calculation::Larger(several(random)),
        3 => Calculation::Smaller(several(random)),
        4 => Calculation::Remainder(scaled(random), scaled(random)),
        _ => {
            let above: Vec<Part> = (0..random.below(5)).map(|_| part(random)).collect();
            let bare = !above.is_empty() && random.chance(30);
            let below = if bare { Vec::new() } else { (0..1 + random.below(4)).map(|_| part(random)).collect() };
            let far = random.edge(-i64::from(SHIFT_MAX), i64::from(SHIFT_MAX)) as i8;
            Calculation::Fraction { above, below, shift: if random.chance(60) { random.edge(-2, 4) as i8 } else { far } }
        }
    }
}

/// A value, more likely a late one, so that programs grow deep.
fn value(random: &mut Random, program: &Program) -> Value {
    let count = program.ops.len();
    let back = if random.chance(50) { random.below(count.min(6)) } else { random.below(count) };
    Value((count - 1 - back) as u32)
}

/// A condition; asks whether some value is known if there is none yet.
fn condition(random: &mut Random, program: &mut Program) -> Value {
    let conditions: Vec<usize> = (0..program.ops.len()).filter(|index| program.shapes[*index].condition).collect();
    if conditions.is_empty() {
        let known = value(random, program);
        return program.push(Op::Known(known));
    }
    Value(*random.pick(&conditions) as u32)
}

fn column(random: &mut Random, program: &Program, input: &Input, rows: usize) -> Column {
    // An optional column need not have validity bits as long as nothing is missing.
    let missing_per_cent = if input.optional { *random.pick(&[0, 10, 50, 100]) } else { 0 };
    let mut column = if missing_per_cent > 0 || (input.optional && random.chance(50)) {
        Column::zeroed(input.width, rows, true)
    } else {
        Column::zeroed(input.width, rows, false)
    };
    for row in 0..rows {
        let value = (!random.chance(missing_per_cent)).then(|| cell(random, program, input));
        column.set(row, value);
    }
    column
}

fn cell(random: &mut Random, program: &Program, input: &Input) -> i64 {
    let (low, high) = input.interval;
    if random.chance(30) && !program.arrays.is_empty() {
        // around a threshold or an entry
        let array = random.below(program.arrays.len());
        let entry = random.below(program.arrays[array].len());
        let near = program.arrays[array][entry].unwrap_or(0).saturating_add(random.edge(-1, 1));
        return near.clamp(low, high);
    }
    random.edge(low, high)
}
