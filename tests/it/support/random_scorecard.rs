//! Random scorecards: programs as policies make them, with tables and thresholds at the edges of what vectors hold.
//!
//! Enters: a [`Random`]. Leaves: a verified [`Program`] of weighted attributes in two sections, a clamp, a decision by thresholds and a route.

use leadwright::column::Width;
use leadwright::model::{Operator, Unit};
use leadwright::program::{Input, InputSource, Op, Output, OutputKind, OutputRole, Program, Value};

use super::random::Random;

/// Around 16, 32, 64, 128 and 256 choices.
const CHOICES: [usize; 22] = [1, 2, 3, 4, 5, 7, 14, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257];

/// What numbers may be, at the edges of each type.
const RANGES: [(i64, i64); 12] = [
    (0, 100),
    (0, 127),
    (0, 128),
    (0, 255),
    (0, 256),
    (-128, 127),
    (0, 32_767),
    (0, 65_535),
    (-32_769, 32_768),
    (i32::MIN as i64, i32::MAX as i64),
    (0, i32::MAX as i64 + 1),
    (i64::MIN, i64::MAX),
];

const EDGES: [i64; 20] = [
    i64::MIN,
    i32::MIN as i64 - 1,
    i32::MIN as i64,
    -32_769,
    -32_768,
    -129,
    -128,
    -1,
    0,
    1,
    127,
    128,
    255,
    256,
    32_767,
    32_768,
    65_535,
    65_536,
    i32::MAX as i64,
    i64::MAX,
];

const WEIGHTS: [i64; 14] = [1, 5, 10, 15, 20, 30, 45, 127, 128, 255, -7, 10_007, 1_000_003, i32::MAX as i64];

pub fn program(random: &mut Random) -> Program {
    let mut program = Program::default();
    let mut subjects = Vec::new();
    let sections: Vec<Value> = (0..1 + random.below(2)).map(|_| section(random, &mut program, &mut subjects)).collect();
    let mut sum = weighted(random, &mut program, sections[0]);
    for section in &sections[1..] {
        let section = weighted(random, &mut program, *section);
        sum = program.push(if random.chance(80) { Op::Add(sum, section) } else { Op::Subtract(sum, section) });
    }
    if random.chance(30) {
        output(&mut program, sum);
        sections.iter().for_each(|section| output(&mut program, *section));
    }
    let score = clamped(random, &mut program, sum);
    let bounds: Vec<Value> = (0..2).map(|_| threshold(random, &mut program, score)).collect();
    let [none, low, high] = [0, 1, 2].map(|number| program.push(Op::Constant(number)));
    let status = program.push(Op::Select(bounds[0], low, none));
    let status = program.push(Op::Select(bounds[1], high, status));
    let mut queue = program.push(Op::Missing);
    for number in 0..1 + random.below(4) {
        let subject = *random.pick(&subjects);
        let mut applies = threshold(random, &mut program, subject);
        if random.chance(50) {
            applies = program.push(Op::And(applies, bounds[number % 2]));
        }
        let number = program.push(Op::Constant(number as i64));
        queue = program.push(Op::Select(applies, number, queue));
    }
    [score, status, queue].into_iter().for_each(|value| output(&mut program, value));
    program
}

fn section(random: &mut Random, program: &mut Program, subjects: &mut Vec<Value>) -> Value {
    let mut sum: Option<Value> = None;
    for _ in 0..1 + random.below(7) {
        let points = attribute(random, program, subjects);
        let points = weighted(random, program, points);
        sum = Some(match sum {
            Some(sum) => program.push(Op::Add(sum, points)),
            None => points,
        });
    }
    sum.expect("at least one attribute")
}

fn attribute(random: &mut Random, program: &mut Program, subjects: &mut Vec<Value>) -> Value {
    let optional = random.chance(40);
    let (index, length) = if random.chance(60) {
        let choices = *random.pick(&CHOICES);
        let index = input(program, (0, choices as i64 - 1), optional);
        subjects.push(index);
        (index, choices)
    } else {
        let (low, high) = *random.pick(&RANGES);
        let subject = input(program, (low, high), optional);
        subjects.push(subject);
        let mut thresholds: Vec<i64> = (0..1 + random.below(7)).map(|_| near_an_edge(random)).collect();
        thresholds.sort_unstable();
        thresholds.dedup();
        let length = thresholds.len() + 1;
        program.arrays.push(thresholds.into_iter().map(Some).collect());
        (program.push(Op::Band { value: subject, thresholds: program.arrays.len() as u32 - 1 }), length)
    };
    let widest = *random.pick(&[10, 10, 10, 127, 128, 255, 256, 40_000]);
    let entries = (0..length).map(|_| Some(random.between(-widest, widest))).collect();
    program.arrays.push(entries);
    let points = program.push(Op::Table { index, array: program.arrays.len() as u32 - 1 });
    if !program.shapes[points.index()].optional {
        return points;
    }
    let default = program.push(Op::Constant(random.between(-widest, widest)));
    program.push(Op::Else(points, default))
}

fn weighted(random: &mut Random, program: &mut Program, points: Value) -> Value {
    let weight = program.push(Op::Constant(*random.pick(&WEIGHTS)));
    program.push(Op::Multiply(points, weight))
}

fn clamped(random: &mut Random, program: &mut Program, sum: Value) -> Value {
    let interval = program.shapes[sum.index()].interval;
    let (first, second) = (random.edge(interval.low, interval.high), random.edge(interval.low, interval.high));
    let low = program.push(Op::Constant(first.min(second)));
    let high = program.push(Op::Constant(first.max(second)));
    let sum = if random.chance(70) { program.push(Op::Larger(sum, low)) } else { sum };
    if random.chance(70) { program.push(Op::Smaller(sum, high)) } else { sum }
}

fn threshold(random: &mut Random, program: &mut Program, left: Value) -> Value {
    let interval = program.shapes[left.index()].interval;
    let bound = if random.chance(50) { near_an_edge(random) } else { random.edge(interval.low, interval.high) };
    let right = program.push(Op::Constant(bound));
    if random.chance(20) {
        return program.push(Op::Equal(left, right));
    }
    let operator = *random.pick(&[Operator::AtLeast, Operator::Above, Operator::AtMost, Operator::Below]);
    program.push(Op::Compare { operator, left, right, left_shift: 0, right_shift: 0 })
}

fn near_an_edge(random: &mut Random) -> i64 {
    random.pick(&EDGES).saturating_add(random.between(-1, 1))
}

fn input(program: &mut Program, interval: (i64, i64), optional: bool) -> Value {
    let number = program.inputs.len();
    let width = Width::of(interval.0, interval.1);
    program.inputs.push(Input { source: InputSource::Column(number), optional, interval, width });
    program.push(Op::Input(number as u32))
}

fn output(program: &mut Program, value: Value) {
    let shape = program.shapes[value.index()];
    let number = program.outputs.len();
    program.outputs.push(Output {
        name: format!("output{number}"),
        value,
        kind: OutputKind::Number { scale: 0, unit: Unit::Plain },
        optional: shape.optional,
        width: Width::of(shape.interval.low, shape.interval.high),
        role: OutputRole::Score(number),
    });
}
