//! What one lead costs by what its policy consists of, and by how many leads a block has.
//!
//! `cargo bench --bench shapes`. Each shape is a small policy of one kind of rule; its leads are drawn evenly from what its fields can be. The
//! columns of one block, over and over, stay in the second cache; 64 blocks come from memory. Both stand beside what it takes on this machine, in the
//! same run, to read as many bytes. Answers are held against the interpreter's before anything is timed; the table at the end is the best of
//! several turns, taken in turn so that a busy machine hits all alike.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use leadwright::column::{Block, Column};
use leadwright::interpret;
use leadwright::jit::{Blocks, Compiled};
use leadwright::policy::Policy;
use leadwright::program::Program;

use self::in_memory::{BLOCK_ROWS, BLOCKS, PARAMETERS, bytes_of, nanoseconds, read, words_of};
use self::random::Random;

#[path = "support/in_memory.rs"]
mod in_memory;
#[allow(dead_code, reason = "benches draw in fewer ways than tests")]
#[path = "../tests/it/support/random.rs"]
mod random;

const TURNS: usize = 12;
const BLOCK_SIZES: [usize; 8] = [1, 16, 64, 256, 1_024, 8_192, 65_536, 524_288];

/// A score over so many fields of one kind: the type of each field, and its points.
fn alike(count: usize, ty: &str, points: impl Fn(usize) -> String) -> String {
    let fields: String = (0..count).map(|field| format!("  f{field} {ty}\n")).collect();
    let rows: String = (0..count).map(|field| format!("    {}\n", points(field))).collect();
    format!("leadwright 1\npolicy p {{}}\nlead {{\n  id text key\n{fields}}}\nscore total {{\n  section all points {{\n{rows}  }}\n}}\n")
}

fn choices(count: usize, choice_count: usize, is_optional: bool) -> String {
    let names: Vec<String> = (0..choice_count).map(|choice| format!("c{choice}")).collect();
    let (suffix, missing) = if is_optional { (" optional", "missing -2") } else { ("", "") };
    alike(count, &format!("one of {}{suffix}", names.join(", ")), |field| {
        let rows: String = (0..choice_count).map(|choice| format!("c{choice} {}   ", (choice * 7 + field) % 11 + 1)).collect();
        format!("f{field} {{ {rows}{missing} }}")
    })
}

fn bands(count: usize, high: i64, bands: usize) -> String {
    alike(count, &format!("whole 0..{high}"), |field| {
        let at = |number: usize| high / bands as i64 * number as i64;
        let points = |number: usize| (number * 5 + field) % 9 + 1;
        let between: String =
            (1..bands - 1).map(|number| format!("{} to under {} {}   ", at(number), at(number + 1), points(number))).collect();
        format!("f{field} {{ under {} {}   {between}{} or more {} }}", at(1), points(0), at(bands - 1), points(bands - 1))
    })
}

/// A decision of so many rows over four fields.
fn decision(rows: usize) -> String {
    let mut text = "leadwright 1\npolicy p {}\nlead { id text key   a one of x, y, z   b one of u, v   m whole 0..60_000   n whole 0..200 }\ndecide d {\n".to_string();
    for row in 0..rows {
        let (choice, other) = (["x", "y", "z"][row % 3], ["u", "v"][row % 2]);
        writeln!(text, "  o{row} when a is {choice} and b is {other} and m >= {} and n < {}", 59_000 - row * 700 % 58_000, 190 - row % 180)
            .unwrap();
    }
    text.push_str("  rest otherwise\n}\n");
    text
}

/// A route of so many rows, behind a score and a threshold.
fn route(rows: usize) -> String {
    let mut text = "leadwright 1\npolicy p {}\nteam t\n".to_string();
    (0..=rows).for_each(|queue| writeln!(text, "queue q{queue} team t").unwrap());
    text.push_str("lead { id text key   a one of x, y, z   willing yes_no   m whole 0..60_000 }\n");
    text.push_str(
        "score total {\n  section all points {\n    +30 when a is x\n    +20 when willing\n    +10 when m >= 30_000\n  }\n}\nroute r {\n",
    );
    for row in 0..rows {
        writeln!(text, "  q{row} when total >= {} and m >= {}", row % 6 * 10 + 5, 59_000 - row * 700 % 58_000).unwrap();
    }
    writeln!(text, "  q{rows} otherwise\n}}").unwrap();
    text
}

fn shapes() -> Vec<(&'static str, String)> {
    vec![
        ("1 choice of 8", choices(1, 8, false)),
        ("8 choices of 8", choices(8, 8, false)),
        ("64 choices of 8", choices(64, 8, false)),
        ("8 choices of 8, each may be missing", choices(8, 8, true)),
        ("8 choices of 100", choices(8, 100, false)),
        ("8 yes or no", alike(8, "yes_no", |field| format!("f{field} {{ yes {}   no 0 }}", field + 1))),
        ("8 numbers to 200 in 5 bands", bands(8, 200, 5)),
        ("8 numbers to 50,000 in 5 bands", bands(8, 50_000, 5)),
        ("8 numbers of 64 bits in 5 bands", bands(8, 1_000_000_000_000, 5)),
        ("8 numbers to 50,000 in 40 bands", bands(8, 50_000, 40)),
        ("decision of 4 rows", decision(4)),
        ("decision of 16 rows", decision(16)),
        ("decision of 64 rows", decision(64)),
        ("score, then a route of 4 rows", route(4)),
        ("score, then a route of 16 rows", route(16)),
        ("score, then a route of 64 rows", route(64)),
    ]
}

fn program(text: &str) -> Program {
    let files = BTreeMap::from([("policy.lead".to_string(), text.to_string())]);
    let policy = Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}\n{text}", refused.diagnostics));
    policy.program().clone()
}

/// Values drawn evenly from each input's interval; a tenth is missing where it can be.
fn block(program: &Program, rows: usize, random: &mut Random) -> Block {
    let columns = program.inputs.iter().map(|input| {
        let mut column = Column::with_capacity(input.width, rows);
        for _ in 0..rows {
            let is_missing = input.optional && random.between(0, 9) == 0;
            column.push((!is_missing).then(|| random.between(input.interval.0, input.interval.1)));
        }
        column
    });
    Block { rows, columns: columns.collect() }
}

struct Shape {
    name: &'static str,
    compiled: Compiled,
    blocks: Vec<Block>,
    /// as long as each block's columns
    words: Vec<Vec<u64>>,
}

impl Shape {
    fn new(name: &'static str, text: &str) -> Shape {
        let (program, mut random) = (program(text), Random::new(1));
        let compiled = Compiled::for_blocks(&program, Blocks::Best).unwrap_or_else(|error| panic!("{error}"));
        let blocks: Vec<Block> = (0..BLOCKS).map(|_| block(&program, BLOCK_ROWS, &mut random)).collect();
        let mut found = Block::default();
        compiled.run(&blocks[0], &PARAMETERS, &mut found);
        assert_eq!(found, interpret::run(&program, &blocks[0], &PARAMETERS), "{name}: machine code and interpreter");
        let words = blocks.iter().map(words_of).collect();
        Shape { name, compiled, blocks, words }
    }

    fn run(&self, blocks: &[Block], output: &mut Block) {
        for block in blocks {
            self.compiled.run(black_box(block), &PARAMETERS, output);
            black_box(&*output);
        }
    }
}

fn by_shape(criterion: &mut Criterion) {
    let shapes: Vec<Shape> = shapes().iter().map(|(name, text)| Shape::new(name, text)).collect();
    let mut output = Block::default();
    for (place, blocks) in [("from the second cache", 1), ("from memory", BLOCKS)] {
        let mut group = criterion.benchmark_group(place);
        group.sample_size(10).measurement_time(Duration::from_millis(500)).warm_up_time(Duration::from_millis(100));
        group.throughput(Throughput::Elements((blocks * BLOCK_ROWS) as u64));
        for shape in &shapes {
            group.bench_function(shape.name, |bencher| bencher.iter(|| shape.run(&shape.blocks[..blocks], &mut output)));
        }
        group.finish();
    }

    println!(
        "\n| | bytes a lead | ns a lead, second cache | reading alone | ns a lead, memory | reading alone | GB/s |\n|---|---:|---:|---:|---:|---:|---:|"
    );
    for shape in &shapes {
        let mut best = [f64::INFINITY; 4];
        for _ in 0..TURNS {
            let again = TURNS;
            let turn = [
                nanoseconds(again * BLOCK_ROWS, || (0..again).for_each(|_| shape.run(&shape.blocks[..1], &mut output))),
                nanoseconds(again * BLOCK_ROWS, || (0..again).for_each(|_| read(&shape.words[..1]))),
                nanoseconds(BLOCKS * BLOCK_ROWS, || shape.run(&shape.blocks, &mut output)),
                nanoseconds(BLOCKS * BLOCK_ROWS, || read(&shape.words)),
            ];
            best.iter_mut().zip(turn).for_each(|(best, turn)| *best = best.min(turn));
        }
        let [cache, cache_alone, memory, memory_alone] = best;
        let bytes = bytes_of(&shape.blocks[0]) as f64 / BLOCK_ROWS as f64;
        let (name, rate) = (shape.name, bytes / memory_alone);
        println!("| {name} | {bytes:.1} | {cache:.2} | {cache_alone:.2} | {memory:.2} | {memory_alone:.2} | {rate:.1} |");
    }
}

fn by_block_size(criterion: &mut Criterion) {
    let program = program(&choices(8, 8, false));
    let compiled = Compiled::for_blocks(&program, Blocks::Best).unwrap_or_else(|error| panic!("{error}"));
    let mut group = criterion.benchmark_group("leads of a block, 8 choices of 8");
    group.sample_size(10).measurement_time(Duration::from_millis(500)).warm_up_time(Duration::from_millis(100));
    let (mut random, mut output) = (Random::new(2), Block::default());
    println!("\n| leads of a block | ns a lead | reading alone | GB/s |\n|---:|---:|---:|---:|");
    for rows in BLOCK_SIZES {
        let block = block(&program, rows, &mut random);
        let words = [words_of(&block)];
        group.throughput(Throughput::Elements(rows as u64));
        let mut run = || {
            compiled.run(black_box(&block), &PARAMETERS, &mut output);
            black_box(&output);
        };
        group.bench_function(BenchmarkId::from_parameter(rows), |bencher| bencher.iter(&mut run));
        let again = (BLOCK_SIZES[BLOCK_SIZES.len() - 1] / rows).min(4_096);
        let mut best = [f64::INFINITY; 2];
        for _ in 0..TURNS {
            let turn = [
                nanoseconds(again * rows, || (0..again).for_each(|_| run())),
                nanoseconds(again * rows, || (0..again).for_each(|_| read(&words))),
            ];
            best.iter_mut().zip(turn).for_each(|(best, turn)| *best = best.min(turn));
        }
        let [took, alone] = best;
        let rate = bytes_of(&block) as f64 / rows as f64 / alone;
        println!("| {rows} | {took:.2} | {alone:.2} | {rate:.1} |");
    }
    group.finish();
}

criterion_group!(benches, by_shape, by_block_size);

fn main() {
    benches();
    Criterion::default().configure_from_args().final_summary();
}
