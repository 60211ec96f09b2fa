//! What one lead costs inside a block, without files: machine code against the interpreter and against the row loop that a programmer
//! would write by hand for this one policy.
//!
//! The policy is the size of a usual scorecard: seven choices, one yes or no, four numbers in bands, three fields optional; two weighted
//! sections, a clamp, two thresholds, a route of four rows. Leads are fresh: half a million of them, so that neither caches nor the branch
//! predictor can learn them. All three must agree before anything is timed.
//!
//! `cargo bench --bench kernel`; the last lines show the ratios, for each set of instructions, with one block over and over (which the second cache
//! holds) and with all of them (which it does not), beside what it takes to read as many bytes.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group};
use leadwright::column::{Block, Column};
use leadwright::interpret;
use leadwright::jit::{Blocks, Compiled, Cpu, Rows};
use leadwright::model::Operator;
use leadwright::program::verify::verify;
use leadwright::program::{Op, Program, Value};

use self::hand_made::{input, output};
use self::in_memory::{BLOCK_ROWS, BLOCKS, PARAMETERS, nanoseconds, read, words_of};
use self::random::Random;

#[path = "../tests/it/support/hand_made.rs"]
mod hand_made;
#[path = "support/in_memory.rs"]
mod in_memory;
#[allow(dead_code, reason = "benches draw in fewer ways than tests")]
#[path = "../tests/it/support/random.rs"]
mod random;

const L2_TURNS: usize = 16;

/// Priorities of the choices of each attribute, with its weight in per cent and whether the field is optional.
const CHOICES: [(&[i64], i64, bool); 7] = [
    (&[10, 6, 4, -10], 20, false),
    (&[10, 8, 6, -10, 2], 10, true),
    (&[5, 3, 1], 15, false),
    (&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2, -3], 15, false),
    (&[0, 2, 4, 6, 8, 10], 20, false),
    (&[10, 0, -5, 5, 3, 1, -1, -3], 10, true),
    (&[7, -7, 3], 10, false),
];

/// Thresholds and priorities (one more) of each number, with its weight, its highest value and whether the field is optional.
const NUMBERS: [(&[i64], &[i64], i64, i64, bool); 4] = [
    (&[100, 250, 500], &[1, 4, 6, 10], 30, 50_000, true),
    (&[2, 5, 10, 20, 40], &[0, 2, 4, 6, 8, 10], 20, 60, false),
    (&[1_000_000, 5_000_000, 25_000_000, 100_000_000], &[-2, 1, 4, 8, 10], 30, i64::MAX / 1_000_000, false),
    (&[1, 3, 7, 14, 30, 90], &[10, 8, 6, 3, 0, -5, -10], 10, 10_000, false),
];

const YES_NO: ([i64; 2], i64) = ([0, 10], 10);
const MISSING_PRIORITY: i64 = -2;
const SECTION_WEIGHTS: [i64; 2] = [45, 55];
const QUALIFIED: i64 = 420_000;
const NURTURE: i64 = 250_000;
const SCORE_MAX: i64 = 1_000_000;

fn program() -> Program {
    let mut program = Program::default();
    let mut sections = [Vec::new(), Vec::new()];
    let mut subjects = Vec::new();
    for (number, (priorities, weight, optional)) in CHOICES.into_iter().enumerate() {
        let subject = input(&mut program, (0, priorities.len() as i64 - 1), optional);
        subjects.push(subject);
        let points = weighted(&mut program, subject, priorities, weight, optional);
        sections[usize::from(number >= 4)].push(points);
    }
    let answer = input(&mut program, (0, 1), false);
    let points = weighted(&mut program, answer, &YES_NO.0, YES_NO.1, false);
    sections[1].push(points);
    for (number, (thresholds, priorities, weight, high, optional)) in NUMBERS.into_iter().enumerate() {
        let subject = input(&mut program, (0, high), optional);
        subjects.push(subject);
        program.arrays.push(thresholds.iter().copied().map(Some).collect());
        let thresholds = program.arrays.len() as u32 - 1;
        let band = program.push(Op::Band { value: subject, thresholds });
        let points = weighted(&mut program, band, priorities, weight, optional);
        sections[usize::from(number >= 2)].push(points);
    }
    let [score_first, score_second] = [0, 1].map(|section| {
        let mut sum = sections[section][0];
        for points in &sections[section][1..] {
            sum = program.push(Op::Add(sum, *points));
        }
        let weight = program.push(Op::Constant(SECTION_WEIGHTS[section] * 10));
        program.push(Op::Multiply(sum, weight))
    });
    let sum = program.push(Op::Add(score_first, score_second));
    let (low, high) = (program.push(Op::Constant(0)), program.push(Op::Constant(SCORE_MAX)));
    let score = program.push(Op::Larger(sum, low));
    let score = program.push(Op::Smaller(score, high));
    let qualified = compare(&mut program, Operator::AtLeast, score, QUALIFIED);
    let nurture = compare(&mut program, Operator::AtLeast, score, NURTURE);
    let [zero, one, two, three] = [0, 1, 2, 3].map(|constant| program.push(Op::Constant(constant)));
    let status = program.push(Op::Select(nurture, one, zero));
    let status = program.push(Op::Select(qualified, two, status));
    // The route: large accounts, the fourth choice of the first field, qualified leads that said yes, everyone else qualified; else none.
    let large = compare(&mut program, Operator::AtLeast, subjects[7], 500);
    let large = program.push(Op::And(large, nurture));
    let special = program.push(Op::Equal(subjects[0], three));
    let yes = program.push(Op::Equal(answer, one));
    let yes = program.push(Op::And(yes, qualified));
    let missing = program.push(Op::Missing);
    let mut queue = missing;
    for (applies, number) in [(qualified, three), (yes, two), (special, one), (large, zero)] {
        queue = program.push(Op::Select(applies, number, queue));
    }
    for value in [score, status, queue] {
        output(&mut program, value);
    }
    verify(&program).unwrap_or_else(|broken| panic!("{broken:#?}"));
    program
}

fn weighted(program: &mut Program, index: Value, priorities: &[i64], weight: i64, optional: bool) -> Value {
    program.arrays.push(priorities.iter().copied().map(Some).collect());
    let mut points = program.push(Op::Table { index, array: program.arrays.len() as u32 - 1 });
    if optional {
        let missing = program.push(Op::Constant(MISSING_PRIORITY));
        points = program.push(Op::Else(points, missing));
    }
    let weight = program.push(Op::Constant(weight));
    program.push(Op::Multiply(points, weight))
}

fn compare(program: &mut Program, operator: Operator, left: Value, constant: i64) -> Value {
    let right = program.push(Op::Constant(constant));
    program.push(Op::Compare { operator, left, right, left_shift: 0, right_shift: 0 })
}

/// A lead as a programmer would hold it.
struct Lead {
    choices: [u8; 7],
    choices_known: [bool; 7],
    answer: bool,
    beds: Option<u16>,
    years: u8,
    deal: i64,
    quiet: u16,
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    score: i64,
    status: u8,
    queue: Option<u8>,
}

/// The same policy by hand: a loop over leads, each with its matches and ifs.
fn score_by_hand(lead: &Lead) -> Answer {
    let choice = |field: usize| {
        let (priorities, weight, optional) = CHOICES[field];
        let priority = if optional && !lead.choices_known[field] { MISSING_PRIORITY } else { priorities[usize::from(lead.choices[field])] };
        priority * weight
    };
    let beds = match lead.beds {
        None => MISSING_PRIORITY,
        Some(500..) => 10,
        Some(250..) => 6,
        Some(100..) => 4,
        Some(_) => 1,
    };
    let years = match lead.years {
        40.. => 10,
        20.. => 8,
        10.. => 6,
        5.. => 4,
        2.. => 2,
        _ => 0,
    };
    let deal = match lead.deal {
        100_000_000.. => 10,
        25_000_000.. => 8,
        5_000_000.. => 4,
        1_000_000.. => 1,
        _ => -2,
    };
    let quiet = match lead.quiet {
        90.. => -10,
        30.. => -5,
        14.. => 0,
        7.. => 3,
        3.. => 6,
        1.. => 8,
        0 => 10,
    };
    let first = choice(0) + choice(1) + choice(2) + choice(3) + beds * 30 + years * 20;
    let second = choice(4) + choice(5) + choice(6) + YES_NO.0[usize::from(lead.answer)] * YES_NO.1 + deal * 30 + quiet * 10;
    let score = (first * SECTION_WEIGHTS[0] * 10 + second * SECTION_WEIGHTS[1] * 10).clamp(0, SCORE_MAX);
    let qualified = score >= QUALIFIED;
    let status = if qualified {
        2
    } else if score >= NURTURE {
        1
    } else {
        0
    };
    let queue = if lead.beds.is_some_and(|beds| beds >= 500) && score >= NURTURE {
        Some(0)
    } else if lead.choices[0] == 3 {
        Some(1)
    } else if lead.answer && qualified {
        Some(2)
    } else if qualified {
        Some(3)
    } else {
        None
    };
    Answer { score, status, queue }
}

fn lead(random: &mut Random) -> Lead {
    // Spread so that every band is met about equally often.
    let skewed = |random: &mut Random, bits: usize, high: usize| {
        let size = random.below(bits) + 1;
        random.below(1 << size).min(high)
    };
    Lead {
        choices: CHOICES.map(|(priorities, _, _)| random.below(priorities.len()) as u8),
        choices_known: CHOICES.map(|(_, _, optional)| !optional || random.below(10) > 0),
        answer: random.below(3) == 0,
        beds: (random.below(10) > 0).then(|| skewed(random, 12, 50_000) as u16),
        years: skewed(random, 6, 60) as u8,
        deal: skewed(random, 32, NUMBERS[2].3 as usize) as i64,
        quiet: skewed(random, 8, 10_000) as u16,
    }
}

fn block_of(program: &Program, leads: &[Lead]) -> Block {
    let mut columns: Vec<Column> = program.inputs.iter().map(|input| Column::with_capacity(input.width, leads.len())).collect();
    for lead in leads {
        for (field, column) in columns[..7].iter_mut().enumerate() {
            column.push(lead.choices_known[field].then(|| i64::from(lead.choices[field])));
        }
        columns[7].push(Some(i64::from(lead.answer)));
        columns[8].push(lead.beds.map(i64::from));
        columns[9].push(Some(i64::from(lead.years)));
        columns[10].push(Some(lead.deal));
        columns[11].push(Some(i64::from(lead.quiet)));
    }
    Block { rows: leads.len(), columns }
}

struct Setup {
    program: Program,
    /// as `score` runs it
    compiled: Compiled,
    /// one lead per call
    rows: Rows,
    /// each way to run blocks that this machine has, by its name
    ways: Vec<(&'static str, Compiled)>,
    leads: Vec<Lead>,
    blocks: Vec<Block>,
    /// as long as each block
    words: Vec<Vec<u64>>,
}

fn setup() -> Setup {
    let program = program();
    let compiled = Compiled::for_blocks(&program, Blocks::Best).unwrap_or_else(|error| panic!("{error}"));
    let rows = Rows::new(&program).unwrap_or_else(|error| panic!("{error}"));
    let mut random = Random::new(1);
    let leads: Vec<Lead> = (0..BLOCK_ROWS * BLOCKS).map(|_| lead(&mut random)).collect();
    let blocks: Vec<Block> = leads.chunks(BLOCK_ROWS).map(|leads| block_of(&program, leads)).collect();
    let steps = Cpu::ALL.into_iter().filter(|cpu| cpu.is_available()).map(|cpu| (cpu.name(), Compiled::for_cpu(&program, cpu)));
    let generated = Compiled::new(&program).unwrap_or_else(|error| panic!("{error}"));
    let ways = steps.chain([("generated code", generated)]).collect();
    let words = blocks.iter().map(words_of).collect();
    let setup = Setup { program, compiled, rows, ways, leads, blocks, words };
    check_agreement(&setup);
    setup
}

fn check_agreement(setup: &Setup) {
    let mut seen = [0; 5];
    for (block, leads) in setup.blocks.iter().zip(setup.leads.chunks(BLOCK_ROWS)) {
        let (mut found, expected) = (Block::default(), interpret::run(&setup.program, block, &PARAMETERS));
        for (name, way) in &setup.ways {
            way.run(block, &PARAMETERS, &mut found);
            assert_eq!(found, expected, "{name} and interpreter");
        }
        for (row, lead) in leads.iter().enumerate() {
            let by_hand = score_by_hand(lead);
            let queue = found.columns[2].get(row);
            let answer = [found.columns[0].get(row), found.columns[1].get(row), queue];
            assert_eq!(answer, [Some(by_hand.score), Some(i64::from(by_hand.status)), by_hand.queue.map(i64::from)], "row {row}");
            let mut single = [None; 3];
            let values: Vec<Option<i64>> = block.columns.iter().map(|column| column.get(row)).collect();
            setup.rows.run(&values, &PARAMETERS, &mut single);
            assert_eq!(single, answer, "row {row}, alone");
            seen[queue.map_or(4, |queue| queue as usize)] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > BLOCK_ROWS), "every row of the route decides some leads: {seen:?}");
}

fn run_machine_code(setup: &Setup, output: &mut Block) {
    for block in &setup.blocks {
        setup.compiled.run(black_box(block), &PARAMETERS, output);
        black_box(&*output);
    }
}

fn run_blocks(way: &Compiled, blocks: &[Block], output: &mut Block) {
    for block in blocks {
        way.run(black_box(block), &PARAMETERS, output);
        black_box(&*output);
    }
}

/// One block, which the second cache holds with its answers. There is no branch on what a lead is, so that nothing can be learned by it.
fn run_again(way: &Compiled, block: &Block, output: &mut Block) {
    for _ in 0..L2_TURNS {
        way.run(black_box(block), &PARAMETERS, output);
        black_box(&*output);
    }
}

fn run_by_hand(setup: &Setup, answers: &mut Vec<Answer>) {
    for leads in setup.leads.chunks(BLOCK_ROWS) {
        answers.clear();
        answers.extend(black_box(leads).iter().map(score_by_hand));
        black_box(&*answers);
    }
}

fn run_single_rows(code: &Rows, leads: &[Vec<Option<i64>>]) {
    let mut output = [None; 3];
    for row in leads {
        code.run(black_box(row), &PARAMETERS, &mut output);
        black_box(&output);
    }
}

fn run_interpreter(setup: &Setup) {
    for block in &setup.blocks[..4] {
        black_box(interpret::run(&setup.program, black_box(block), &PARAMETERS));
    }
}

/// As many as the second cache holds: whoever asks for one lead has just made it.
fn rows_of(setup: &Setup) -> Vec<Vec<Option<i64>>> {
    let block = &setup.blocks[0];
    (0..1_024).map(|row| block.columns.iter().map(|column| column.get(row)).collect()).collect()
}

/// A first-match table of so many rules.
fn many_rules(rules: i64) -> Program {
    let mut program = Program::default();
    let subjects = [input(&mut program, (0, 1_000_000), true), input(&mut program, (0, 1_000_000), false)];
    let mut decided = program.push(Op::Missing);
    for rule in 0..rules {
        let high = compare(&mut program, Operator::AtLeast, subjects[0], rule * 10);
        let low = compare(&mut program, Operator::Below, subjects[1], 1_000_000 - rule * 10);
        let both = program.push(Op::And(high, low));
        let number = program.push(Op::Constant(rule));
        decided = program.push(Op::Select(both, number, decided));
    }
    output(&mut program, decided);
    program
}

fn benches(criterion: &mut Criterion) {
    let setup = setup();
    let leads = setup.leads.len() as u64;
    let rows = rows_of(&setup);
    let mut group = criterion.benchmark_group("scorecard");
    group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    let mut output = Block::default();
    group.throughput(Throughput::Elements(leads));
    group.bench_function("machine code", |bencher| bencher.iter(|| run_machine_code(&setup, &mut output)));
    for (name, way) in &setup.ways {
        group.bench_function(format!("{name}, from memory"), |bencher| bencher.iter(|| run_blocks(way, &setup.blocks, &mut output)));
    }
    group.throughput(Throughput::Elements((L2_TURNS * BLOCK_ROWS) as u64));
    for (name, way) in &setup.ways {
        group.bench_function(format!("{name}, from the second cache"), |bencher| {
            bencher.iter(|| run_again(way, &setup.blocks[0], &mut output))
        });
    }
    group.throughput(Throughput::Elements(leads));
    let mut answers = Vec::new();
    group.bench_function("row loop by hand", |bencher| bencher.iter(|| run_by_hand(&setup, &mut answers)));
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("machine code, one lead per call", |bencher| bencher.iter(|| run_single_rows(&setup.rows, &rows)));
    group.throughput(Throughput::Elements(4 * BLOCK_ROWS as u64));
    group.bench_function("interpreter", |bencher| bencher.iter(|| run_interpreter(&setup)));
    group.finish();

    let mut group = criterion.benchmark_group("compile");
    group.sample_size(10).measurement_time(Duration::from_secs(2)).warm_up_time(Duration::from_millis(500));
    group.bench_function("scorecard", |bencher| bencher.iter(|| Compiled::new(&setup.program)));
    group.bench_function("scorecard, one lead per call", |bencher| bencher.iter(|| Rows::new(&setup.program)));
    let program = many_rules(50_000);
    group.bench_function("50,000 rules", |bencher| bencher.iter(|| Compiled::new(&program)));
    group.finish();
    print_ratios(&setup);
}

/// The best of several turns, taken in turn so that a busy machine hits all alike.
fn print_ratios(setup: &Setup) {
    let (mut output, mut answers) = (Block::default(), Vec::new());
    let mut best = vec![[f64::INFINITY; 2]; setup.ways.len()];
    let (mut by_hand, mut interpreter, mut reading) = (f64::INFINITY, f64::INFINITY, [f64::INFINITY; 2]);
    let (rows, mut single) = (rows_of(setup), f64::INFINITY);
    let (from_cache, from_memory) = (L2_TURNS * BLOCK_ROWS, setup.leads.len());
    for turn in 0..20 {
        for ((_, way), [cache, memory]) in setup.ways.iter().zip(&mut best) {
            *cache = cache.min(nanoseconds(from_cache, || run_again(way, &setup.blocks[0], &mut output)));
            *memory = memory.min(nanoseconds(from_memory, || run_blocks(way, &setup.blocks, &mut output)));
        }
        single = single.min(nanoseconds(L2_TURNS * rows.len(), || (0..L2_TURNS).for_each(|_| run_single_rows(&setup.rows, &rows))));
        let [cache, memory] = &mut reading;
        *cache = cache.min(nanoseconds(from_cache, || (0..L2_TURNS).for_each(|_| read(&setup.words[..1]))));
        *memory = memory.min(nanoseconds(from_memory, || read(&setup.words)));
        if turn < 5 {
            by_hand = by_hand.min(nanoseconds(from_memory, || run_by_hand(setup, &mut answers)));
            interpreter = interpreter.min(nanoseconds(4 * BLOCK_ROWS, || run_interpreter(setup)));
        }
    }
    println!("ns a lead, from the second cache and from memory:");
    println!("| reading the columns alone | {:.2} | {:.2} |", reading[0], reading[1]);
    for ((name, _), [cache, memory]) in setup.ways.iter().zip(&best) {
        println!("| {name} | {cache:.2} | {memory:.2} |");
    }
    let machine_code = best.iter().map(|[_, memory]| *memory).fold(f64::INFINITY, f64::min);
    println!("row loop by hand {by_hand:.2} ns a lead, {:.1} times as much as the fastest", by_hand / machine_code);
    println!("one lead per call {single:.2} ns");
    println!("interpreter {interpreter:.2} ns a lead, {:.1} times as much", interpreter / machine_code);
}

criterion_group!(kernel, benches);

fn main() {
    kernel();
    Criterion::default().configure_from_args().final_summary();
}
