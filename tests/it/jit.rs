//! Machine code gives what the interpreter gives: every operation at its extremes, random programs over random blocks, programs cut into
//! small functions; and it gives its memory back.

use leadwright::column::{Block, Column, Width};
use leadwright::interpret;
use leadwright::jit::{Compiled, Cpu, Options, Rows};
use leadwright::model::Operator;
use leadwright::program::verify::verify;
use leadwright::program::{Calculation, KEYS_MAX, KeyList, Lookup, Op, Parameter, Parameters, Program, Scaled, Value};
use leadwright::syntax::tree::Sign;

use crate::support::hand_made::{input, output};
use crate::support::random::Random;
use crate::support::{random_program, random_scorecard};

/// Around every edge of the code: passes, bytes of validity bits, vectors.
const ROW_COUNTS: [usize; 17] = [0, 1, 2, 7, 8, 9, 15, 63, 64, 65, 127, 1_023, 1_024, 1_025, 2_047, 2_050, 8_193];

const EXTREMES: [i64; 31] = [
    i64::MIN,
    i64::MIN + 1,
    -1_000_000_000_000_000_000,
    -4_294_967_297,
    -2_147_483_649,
    -2_147_483_648,
    -65_536,
    -129,
    -128,
    -11,
    -10,
    -2,
    -1,
    0,
    1,
    2,
    3,
    5,
    10,
    11,
    127,
    128,
    255,
    256,
    65_535,
    65_536,
    2_147_483_647,
    2_147_483_648,
    1_000_000_000_000_000_000,
    i64::MAX - 1,
    i64::MAX,
];

#[test]
fn random_programs_agree() {
    let mut random = Random::new(2);
    for case in 0..1_200 {
        let program = random_program::program(&mut random);
        for (how, compiled) in every(&program) {
            let rows = if case % 10 == 0 { *random.pick(&ROW_COUNTS) } else { random.below(70) };
            let block = random_program::block(&mut random, &program, rows);
            let parameters = random_program::parameters(&mut random);
            check_block(&program, &compiled, &block, &parameters, &format!("case {case}, {how}"));
        }
        let block = random_program::block(&mut random, &program, 3);
        check_rows(&program, &rows_of(&program), &block, &random_program::parameters(&mut random), &format!("case {case}"));
    }
}

/// With tables around 16, 32, 64 and 256 entries, thresholds at the edge of each type, all-null and no-null columns.
#[test]
fn random_scorecards_agree() {
    let mut random = Random::new(9);
    for case in 0..1_000 {
        let program = random_scorecard::program(&mut random);
        let rows = *random.pick(&ROW_COUNTS[..14]);
        let block = random_program::block(&mut random, &program, rows);
        let parameters = random_program::parameters(&mut random);
        for (how, compiled) in every(&program).iter().take(if case % 10 == 0 { 5 } else { 3 }) {
            check_block(&program, compiled, &block, &parameters, &format!("case {case}, {rows} rows, {how}"));
        }
        if case % 4 == 0 {
            let block = random_program::block(&mut random, &program, 5);
            check_rows(&program, &rows_of(&program), &block, &parameters, &format!("case {case}"));
        }
    }
}

#[test]
fn every_number_of_rows_agrees() {
    let mut random = Random::new(3);
    for case in 0..12 {
        let program = random_program::program(&mut random);
        let every = every(&program);
        for rows in ROW_COUNTS {
            let block = random_program::block(&mut random, &program, rows);
            let parameters = random_program::parameters(&mut random);
            for (how, compiled) in &every {
                check_block(&program, compiled, &block, &parameters, &format!("case {case}, {rows} rows, {how}"));
            }
        }
    }
}

#[test]
fn programs_cut_into_small_functions_agree() {
    let mut random = Random::new(4);
    let mut functions_max = 0;
    for case in 0..600 {
        let program = random_program::program(&mut random);
        let weight_max = 1 + random.below(40);
        let options = Options { segment_weight_max: weight_max, vectors: random.chance(60) };
        let compiled = Compiled::with_options(&program, options).expect("compiles");
        let rows_code = Rows::with_options(&program, options).expect("compiles");
        functions_max = functions_max.max(compiled.function_count().min(rows_code.function_count()));
        let rows = if case % 10 == 0 { *random.pick(&ROW_COUNTS) } else { random.below(70) };
        let block = random_program::block(&mut random, &program, rows);
        let parameters = random_program::parameters(&mut random);
        check_block(&program, &compiled, &block, &parameters, &format!("case {case}, weight {weight_max}"));
        let block = random_program::block(&mut random, &program, 2);
        check_rows(&program, &rows_code, &block, &parameters, &format!("case {case}, weight {weight_max}"));
    }
    assert!(functions_max > 15, "only {functions_max} functions");
}

#[test]
fn operations_on_two_values_agree_at_the_extremes() {
    let shifts = [(0, 0), (1, 0), (0, 2), (18, 0), (0, 18), (18, 18), (17, 18)];
    let operators = [Operator::AtLeast, Operator::Above, Operator::AtMost, Operator::Below];
    let mut operations: Vec<Box<dyn Fn(Value, Value) -> Op>> = vec![
        Box::new(Op::Add),
        Box::new(Op::Subtract),
        Box::new(Op::Multiply),
        Box::new(Op::Quotient),
        Box::new(Op::Remainder),
        Box::new(Op::Larger),
        Box::new(Op::Smaller),
        Box::new(Op::Else),
        Box::new(Op::Equal),
    ];
    for shift in [0, 1, 2, 17, 18, 19, 37, 38, -1, -2, -18, -19, -38] {
        operations.push(Box::new(move |left, right| Op::Divide { left, right, shift }));
    }
    for operator in operators {
        for (left_shift, right_shift) in shifts {
            operations.push(Box::new(move |left, right| Op::Compare { operator, left, right, left_shift, right_shift }));
        }
    }
    // Both sides from columns of 64 bits, then from narrow ones, where overflow is ruled out.
    check_pairs(&operations, (i64::MIN, i64::MAX), &EXTREMES);
    check_pairs(&operations, (-1_000, 1_000), &[-1_000, -999, -501, -500, -11, -10, -1, 0, 1, 2, 3, 7, 10, 499, 500, 501, 1_000]);
    check_pairs(&operations, (0, 255), &[0, 1, 2, 3, 7, 10, 127, 128, 254, 255]);

    // One side constant.
    let column = [(i64::MIN, i64::MAX), (-100_000, 100_000)];
    for (low, high) in column {
        let values: Vec<i64> = EXTREMES.into_iter().filter(|value| low <= *value && *value <= high).collect();
        let mut program = Program::default();
        let subject = input(&mut program, (low, high), true);
        let other = input(&mut program, (low, high), false);
        for constant in EXTREMES {
            let constant = program.push(Op::Constant(constant));
            for operation in &operations {
                for (left, right) in [(subject, constant), (constant, subject), (other, constant), (constant, other)] {
                    let result = program.push(operation(left, right));
                    output(&mut program, result);
                }
            }
        }
        let rows: Vec<Vec<Option<i64>>> =
            values.iter().map(|value| vec![Some(*value), Some(*value)]).chain([vec![None, Some(values[0])]]).collect();
        check(&program, &rows, "constants");
    }
}

fn check_pairs(operations: &[Box<dyn Fn(Value, Value) -> Op>], interval: (i64, i64), values: &[i64]) {
    let mut program = Program::default();
    let known = [input(&mut program, interval, false), input(&mut program, interval, false)];
    let optional = [input(&mut program, interval, true), input(&mut program, interval, true)];
    for operation in operations {
        for [left, right] in [known, optional, [known[0], optional[1]], [optional[0], known[1]], [known[0], known[0]]] {
            let result = program.push(operation(left, right));
            output(&mut program, result);
            // What is found again one step on: as a number, and as a condition.
            let sum = program.push(Op::Add(result, right));
            output(&mut program, sum);
        }
    }
    let mut rows = Vec::new();
    for left in values {
        for right in values {
            rows.push(vec![Some(*left), Some(*right), Some(*left), Some(*right)]);
        }
        rows.push(vec![Some(*left), Some(values[0]), None, Some(*left)]);
        rows.push(vec![Some(*left), Some(values[0]), Some(*left), None]);
    }
    rows.push(vec![Some(values[0]), Some(values[0]), None, None]);
    check(&program, &rows, "pairs");
}

#[test]
fn operations_on_one_value_agree_at_the_extremes() {
    let mut program = Program::default();
    let long: Vec<Option<i64>> = (0..40).map(|step| Some(step * step * 7 - 300)).collect();
    program.arrays = vec![
        vec![Some(-5), None, Some(120), Some(-127)],
        vec![Some(-128), Some(300), None],
        vec![Some(70_000), Some(-70_000)],
        vec![Some(i64::MIN), Some(i64::MAX), None, Some(i64::MIN + 1)],
        vec![Some(3); 300],
        vec![None],
        vec![Some(0)],
        vec![Some(i64::MIN), Some(-1), Some(0), Some(1), Some(127), Some(i64::MAX)],
        long,
        EXTREMES.map(Some).to_vec(),
    ];
    let subjects = [
        input(&mut program, (i64::MIN, i64::MAX), true),
        input(&mut program, (i64::MIN, i64::MAX), false),
        input(&mut program, (0, 255), true),
        input(&mut program, (0, 255), false),
        input(&mut program, (0, 3), false),
        input(&mut program, (-40_000, 40_000), true),
    ];
    let mut results = vec![program.push(Op::Missing), program.push(Op::Parameter(Parameter::AsOf))];
    for subject in subjects {
        results.push(program.push(Op::Known(subject)));
        for mask in [0, 1, 2, 0x80, i64::MIN, i64::MAX, -1, 1 << 40] {
            results.push(program.push(Op::HasBits { value: subject, mask }));
        }
        for array in 0..10 {
            results.push(program.push(Op::Table { index: subject, array }));
        }
        for thresholds in 6..10 {
            let band = program.push(Op::Band { value: subject, thresholds });
            results.push(band);
            results.push(program.push(Op::Table { index: band, array: 4 }));
            results.push(program.push(Op::Table { index: band, array: 0 }));
        }
        for (seed, total) in [(0, 1), (-1, 2), (i64::MIN, 3), (12_345, u32::MAX)] {
            results.push(program.push(Op::Turn { hash: subject, seed, total }));
        }
    }
    for result in results {
        output(&mut program, result);
    }
    let mut rows: Vec<Vec<Option<i64>>> = EXTREMES
        .into_iter()
        .chain(-301..=301)
        .map(|value| {
            let (byte, two_bits, narrow) = (value.rem_euclid(256), value.rem_euclid(4), value.clamp(-40_000, 40_000));
            vec![Some(value), Some(value), Some(byte), Some(byte), Some(two_bits), Some(narrow)]
        })
        .collect();
    rows.push(vec![None, Some(0), None, Some(0), Some(0), None]);
    check(&program, &rows, "one value");
}

/// As many operands as there may be: they stand on the stack of one function.
#[test]
fn long_calculations_agree() {
    let mut program = Program::default();
    let known = input(&mut program, (i64::MIN, i64::MAX), false);
    let optional = input(&mut program, (i64::MIN, i64::MAX), true);
    let members = |count: usize| -> Vec<(Sign, Scaled)> {
        let signs = [Sign::Plus, Sign::Minus].into_iter().cycle();
        let values = [known, known, optional].into_iter().cycle();
        signs.zip(values).take(count).map(|(sign, value)| (sign, Scaled::new(value, 0))).collect()
    };
    program.calculations = [4_096, 4_095, 600, 1].map(|count| Calculation::Sum(members(count))).into();
    program.calculations.push(Calculation::Fraction { above: vec![known.into(); 64], below: vec![optional.into(); 64], shift: 2 });
    for number in 0..program.calculations.len() as u32 {
        let result = program.push(Op::Calculate(number));
        output(&mut program, result);
    }
    let mut rows: Vec<Vec<Option<i64>>> = Vec::new();
    for left in EXTREMES {
        rows.extend(EXTREMES.map(|right| vec![Some(left), Some(right)]));
        rows.push(vec![Some(left), None]);
    }
    check(&program, &rows, "long calculations");
}

#[test]
fn conditions_agree() {
    let mut program = Program::default();
    let flags = [input(&mut program, (0, 1), false), input(&mut program, (0, 1), false)];
    let number = input(&mut program, (0, 1), true);
    let mut conditions = flags.to_vec();
    conditions.push(program.push(Op::Known(number)));
    conditions.push(program.push(Op::Constant(1)));
    conditions.push(program.push(Op::Not(flags[0])));
    for left in conditions.clone() {
        for right in conditions.clone() {
            for op in [Op::And(left, right), Op::Or(left, right), Op::Equal(left, right), Op::Add(left, right)] {
                let result = program.push(op);
                output(&mut program, result);
            }
            for op in
                [Op::Select(left, right, number), Op::Select(left, number, right), Op::Select(left, right, left), Op::Else(number, right)]
            {
                let result = program.push(op);
                output(&mut program, result);
                let known = program.push(Op::Known(result));
                output(&mut program, known);
            }
        }
    }
    let mut rows = Vec::new();
    for bits in 0..8 {
        rows.push(vec![Some(bits & 1), Some(bits >> 1 & 1), Some(bits >> 2)]);
        rows.push(vec![Some(bits & 1), Some(bits >> 1 & 1), None]);
    }
    check(&program, &rows, "conditions");
    // Vectors can compute all of this: there is but one function, and no other between.
    assert_eq!(generate(&program).function_count(), 1);
}

#[test]
fn look_ups_agree() {
    let mut random = Random::new(5);
    // Dense, sparse, with negative and with extreme keys, with and without a prefix key; keys 1 to 4.
    let spreads: [&[i64]; 5] = [&[0, 1, 2, 3, 4, 5], &[-2, -1, 0, 1], &[0, 1_000_000, 5_000_000_000, -7], &EXTREMES, &[i64::MIN, i64::MAX]];
    for case in 0..60 {
        let mut program = Program::default();
        let key_count = 1 + case % KEYS_MAX;
        let spread = spreads[case / KEYS_MAX % spreads.len()];
        let mut keys: Vec<Vec<i64>> = (0..random.below(200)).map(|_| (0..key_count).map(|_| *random.pick(spread)).collect()).collect();
        let prefix = random.chance(50).then(|| {
            let parents = (0..6).map(|code| (code > 0 && random.chance(70)).then(|| random.below(code as usize) as i64)).collect();
            (random.below(key_count), parents)
        });
        if let Some((position, _)) = &prefix {
            keys.iter_mut().for_each(|key| key[*position] = key[*position].rem_euclid(6));
        }
        keys.sort();
        keys.dedup();
        let rows = keys.into_iter().enumerate().map(|(row, key)| (key, row as i64)).collect();
        program.lookups.push(Lookup { table: "table".into(), key_count, rows, prefix });
        let subjects: Vec<Value> = (0..key_count).map(|key| input(&mut program, (i64::MIN, i64::MAX), key % 2 == 0)).collect();
        let found = program.push(Op::Find { lookup: 0, keys: KeyList::new(&subjects).expect("at most four keys") });
        output(&mut program, found);
        let lookup = program.lookups[0].clone();
        let rows: Vec<Vec<Option<i64>>> = (0..300)
            .map(|_| {
                let hit = (!lookup.rows.is_empty() && random.chance(40)).then(|| random.pick(&lookup.rows).0.clone());
                let place = |key: usize, random: &mut Random| match &hit {
                    Some(hit) if random.chance(80) => hit[key],
                    _ => {
                        if random.chance(50) {
                            *random.pick(spread)
                        } else {
                            random.integer()
                        }
                    }
                };
                (0..key_count).map(|key| (key % 2 == 1 || random.chance(90)).then(|| place(key, &mut random))).collect()
            })
            .collect();
        check(&program, &rows, &format!("look-up {case}"));
    }
}

#[test]
fn a_missing_value_and_rows_that_are_not_there_are_stored_as_zero() {
    let mut program = Program::default();
    let subject = input(&mut program, (0, 255), true);
    let seven = program.push(Op::Constant(7));
    let sum = program.push(Op::Add(subject, seven));
    output(&mut program, sum);
    let block = block_of(&program, &[vec![None], vec![Some(1)], vec![None]]);
    let compiled = compile(&program);
    let mut result = Block::default();
    compiled.run(&block, &Parameters { as_of_day: 0, as_of: 0 }, &mut result);
    let column = &result.columns[0];
    assert_eq!(column.width(), Width::U16);
    // SAFETY: the column has three values of two bytes.
    let values = unsafe { std::slice::from_raw_parts(column.values_ptr().cast::<u16>(), 3) };
    assert_eq!(values, [0, 8, 0]);
    // SAFETY: the column can be missing, so it has a bit for each row.
    let bits = unsafe { *column.validity_ptr() };
    assert_eq!(bits, 0b010, "behind the last row stand zeros");
}

#[test]
fn output_columns_are_used_again() {
    let mut random = Random::new(6);
    let program = random_program::program(&mut random);
    let compiled = compile(&program);
    let mut result = Block::default();
    for rows in [70, 70, 3, 0, 1_500, 70] {
        let block = random_program::block(&mut random, &program, rows);
        let parameters = random_program::parameters(&mut random);
        let before: Vec<*const u8> = result.columns.iter().map(Column::values_ptr).collect();
        let is_same_size = result.rows == rows && !result.columns.is_empty();
        compiled.run(&block, &parameters, &mut result);
        assert_eq!(result, interpret::run(&program, &block, &parameters));
        if is_same_size {
            assert_eq!(before, result.columns.iter().map(Column::values_ptr).collect::<Vec<_>>());
        }
    }
}

#[test]
fn threads_share_machine_code() {
    let mut random = Random::new(7);
    let program = random_program::program(&mut random);
    let compiled = compile(&program);
    let block = random_program::block(&mut random, &program, 3_000);
    let parameters = random_program::parameters(&mut random);
    let expected = interpret::run(&program, &block, &parameters);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let mut result = Block::default();
                    compiled.run(&block, &parameters, &mut result);
                    assert_eq!(result, expected);
                }
            });
        }
    });
}

/// A first-match table of so many rows: each row one condition, and one more value that the next row needs.
#[test]
fn a_policy_of_many_rules_is_cut_and_agrees() {
    let mut program = Program::default();
    let subjects = [input(&mut program, (0, 50_000), true), input(&mut program, (-1_000, 1_000), false)];
    let mut decided = program.push(Op::Missing);
    let mut total = program.push(Op::Constant(0));
    for rule in 0..5_000 {
        let bound = program.push(Op::Constant(rule * 10));
        let subject = subjects[rule as usize % 2];
        let applies = program.push(Op::Compare { operator: Operator::AtLeast, left: subject, right: bound, left_shift: 0, right_shift: 0 });
        let number = program.push(Op::Constant(rule));
        decided = program.push(Op::Select(applies, number, decided));
        total = program.push(Op::Add(total, applies));
    }
    output(&mut program, decided);
    output(&mut program, total);
    assert!(generate(&program).function_count() > 5);
    let mut random = Random::new(8);
    let block = random_program::block(&mut random, &program, 130);
    for (how, compiled) in every(&program) {
        check_block(&program, &compiled, &block, &Parameters { as_of_day: 0, as_of: 0 }, &format!("many rules, {how}"));
    }
}

/// Without giving back, this would leave 2,000 pages of code or more.
#[cfg(target_os = "linux")]
#[test]
fn dropped_machine_code_gives_its_memory_back() {
    let mut program = Program::default();
    let subject = input(&mut program, (0, 255), true);
    let band = program.push(Op::Multiply(subject, subject));
    output(&mut program, band);
    let block = block_of(&program, &[vec![Some(9)], vec![None]]);
    let cycle = || {
        let compiled = generate(&program);
        let mut result = Block::default();
        compiled.run(&block, &Parameters { as_of_day: 0, as_of: 0 }, &mut result);
        assert_eq!(result.columns[0].get(0), Some(81));
    };
    (0..100).for_each(|_| cycle());
    let before = code_pages();
    (0..2_000).for_each(|_| cycle());
    let after = code_pages();
    assert!(after < before + 500, "{before} pages of code have become {after}");
}

/// Executable memory that belongs to no file, in pages of 4 KiB: what code generation maps, here and in tests that run at the same time.
#[cfg(target_os = "linux")]
fn code_pages() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux shows its mappings");
    let sizes = maps.lines().filter(|line| line.contains("r-xp") && line.split_whitespace().count() == 5).map(|line| {
        let (start, end) = line.split_once(' ').and_then(|(range, _)| range.split_once('-')).expect("a range of addresses");
        let address = |text| usize::from_str_radix(text, 16).expect("an address");
        (address(end) - address(start)) / 4_096
    });
    sizes.sum()
}

/// With each set of instructions that this machine has, and as generated code: with vectors, and without them but for the outputs.
fn every(program: &Program) -> Vec<(&'static str, Compiled)> {
    verify(program).unwrap_or_else(|broken| panic!("{broken:#?}"));
    let available = Cpu::ALL.into_iter().filter(|cpu| cpu.is_available());
    let mut every: Vec<(&'static str, Compiled)> = available.map(|cpu| (cpu.name(), Compiled::for_cpu(program, cpu))).collect();
    every.push(("generated", generate(program)));
    let rows = Options { vectors: false, ..Options::default() };
    every.push(("row by row", Compiled::with_options(program, rows).unwrap_or_else(|error| panic!("{error}"))));
    every
}

fn compile(program: &Program) -> Compiled {
    verify(program).unwrap_or_else(|broken| panic!("{broken:#?}"));
    Compiled::new(program).unwrap_or_else(|error| panic!("{error}"))
}

fn rows_of(program: &Program) -> Rows {
    Rows::new(program).unwrap_or_else(|error| panic!("{error}"))
}

fn generate(program: &Program) -> Compiled {
    Compiled::with_options(program, Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn check(program: &Program, rows: &[Vec<Option<i64>>], what: &str) {
    let block = block_of(program, rows);
    let parameters = Parameters { as_of_day: 20_000, as_of: 1_728_000_000_000_000 };
    for (how, compiled) in every(program) {
        check_block(program, &compiled, &block, &parameters, &format!("{what}, {how}"));
    }
    check_rows(program, &rows_of(program), &block, &parameters, what);
}

fn check_block(program: &Program, compiled: &Compiled, block: &Block, parameters: &Parameters, what: &str) {
    let expected = interpret::run(program, block, parameters);
    let mut found = Block::default();
    compiled.run(block, parameters, &mut found);
    assert_eq!(found.rows, block.rows);
    assert_eq!(found.columns.len(), expected.columns.len());
    for (output, (found, expected)) in program.outputs.iter().zip(found.columns.iter().zip(&expected.columns)) {
        assert_eq!((found.width(), found.has_validity()), (output.width, output.optional));
        for row in 0..block.rows {
            if found.get(row) != expected.get(row) {
                let inputs: Vec<Option<i64>> = block.columns.iter().map(|column| column.get(row)).collect();
                let op = &program.ops[output.value.index()];
                let operands: Vec<Option<i64>> = {
                    let values = interpret::row(program, block, row, parameters);
                    program.operands(op).iter().map(|operand| values[operand.index()]).collect()
                };
                let (found, expected) = (found.get(row), expected.get(row));
                panic!("{what}, row {row}: {op:?} of {operands:?} gives {found:?}, not {expected:?}; inputs {inputs:?}");
            }
        }
    }
}

fn check_rows(program: &Program, code: &Rows, block: &Block, parameters: &Parameters, what: &str) {
    let expected = interpret::run(program, block, parameters);
    for row in 0..block.rows {
        let inputs: Vec<Option<i64>> = block.columns.iter().map(|column| column.get(row)).collect();
        let mut outputs = vec![None; program.outputs.len()];
        code.run(&inputs, parameters, &mut outputs);
        let expected: Vec<Option<i64>> = expected.columns.iter().map(|column| column.get(row)).collect();
        assert_eq!(outputs, expected, "{what}, row {row}");
    }
}

fn block_of(program: &Program, rows: &[Vec<Option<i64>>]) -> Block {
    let mut columns: Vec<Column> = program.inputs.iter().map(|input| Column::with_capacity(input.width, rows.len())).collect();
    for row in rows {
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(*value);
        }
    }
    Block { rows: rows.len(), columns }
}
