//! From text to machine code: how long a policy takes to read, check, lower and compile.
//!
//! `cargo bench --bench compile`. Each group names the stage; `whole` is what `leadwright score` does before the first lead.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use leadwright::column::{Block, Column};
use leadwright::{interpret, jit, lint, model, program, source::Sources, syntax};

/// Every file below `examples/medbank`, by its path there.
fn medbank() -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else if path.extension().is_some_and(|extension| extension == "lead" || extension == "csv")
                && !path.ends_with("leads.csv")
                && !path.ends_with("signals.csv")
            {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/medbank");
    let mut files = BTreeMap::new();
    walk(&root, &root, &mut files);
    files
}

/// A policy whose territory table has `rows` rows, and which routes by it.
fn table_policy(rows: usize) -> BTreeMap<String, String> {
    let mut csv = String::from("postcode,region,queue\n");
    for row in 0..rows {
        writeln!(csv, "{:05},Region {},{}", row * 7, row % 11, ["inside", "field"][row % 2]).unwrap();
    }
    let policy = "leadwright 1\npolicy p {}\nteam desk\nqueue inside team desk\nqueue field team desk\n\
        lead { id text key   postcode text   beds whole 0..50_000 }\n\
        table areas from \"areas.csv\" { postcode text key   region text   queue queue }\n\
        decide region { north when areas[postcode].region is \"Region 3\"   south otherwise }\n\
        route handover { by areas[postcode].queue when beds >= 100   inside otherwise }\n";
    BTreeMap::from([("policy.lead".to_string(), policy.to_string()), ("areas.csv".to_string(), csv)])
}

/// A policy with `rows` rows of decisions over 20 fields.
fn decide_policy(rows: usize) -> BTreeMap<String, String> {
    let mut text = String::from("leadwright 1\npolicy p {}\nlead { id text key");
    for field in 0..20 {
        write!(text, "   f{field} whole 0..100_000 optional").unwrap();
    }
    text.push_str(" }\ndecide status {\n");
    for row in 0..rows {
        writeln!(text, "  o{} when f{} >= {} and f{} < {}", row % 9, row % 20, row % 99_991, (row * 7) % 20, (row * 31) % 99_991 + 1)
            .unwrap();
    }
    text.push_str("  none_of_these otherwise\n}\n");
    BTreeMap::from([("policy.lead".to_string(), text)])
}

fn whole(files: &BTreeMap<String, String>, entry: &str) -> jit::Compiled {
    let checked = model::check(files, entry);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics.first());
    let lowered = program::lower::lower(&checked.policy);
    jit::Compiled::new(&program::passes::optimise(&lowered.program)).unwrap()
}

fn medbank_stages(criterion: &mut Criterion) {
    let files = medbank();
    let mut group = criterion.benchmark_group("medbank");
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".lead")) {
                let mut sources = Sources::default();
                let source = sources.add(name.clone(), text.clone());
                black_box(syntax::parse(&sources, source));
            }
        });
    });
    group.bench_function("check", |bencher| bencher.iter(|| black_box(model::check(&files, "medbank.lead"))));
    let checked = model::check(&files, "medbank.lead");
    group.bench_function("lower and optimise", |bencher| {
        bencher.iter(|| black_box(program::passes::optimise(&program::lower::lower(&checked.policy).program)));
    });
    let optimised = program::passes::optimise(&program::lower::lower(&checked.policy).program);
    group.bench_function("machine code", |bencher| bencher.iter(|| black_box(jit::Compiled::new(&optimised).unwrap())));
    group.bench_function("whole", |bencher| bencher.iter(|| black_box(whole(&files, "medbank.lead"))));
    group.finish();
}

fn growth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("whole, by rows");
    group.sample_size(10);
    for rows in [10, 100, 1_000, 10_000] {
        let files = table_policy(rows);
        group.bench_with_input(BenchmarkId::new("table", rows), &files, |bencher, files| bencher.iter(|| whole(files, "policy.lead")));
    }
    for rows in [10, 100, 1_000, 10_000] {
        let files = decide_policy(rows);
        group.bench_with_input(BenchmarkId::new("decide", rows), &files, |bencher, files| bencher.iter(|| whole(files, "policy.lead")));
    }
    group.finish();
}

/// A policy of 200 lines, as teams write them: a dozen fields, two scores, stages, a flow, routes, clocks and tests.
fn team_policy(number: usize) -> String {
    let mut text =
        format!("leadwright 1\npolicy p{number} {{ version \"1\"  owner marketing  timezone \"America/New_York\"  currency USD }}\n");
    text.push_str(
        "team marketing\nteam sales  members rep_a, rep_b\nteam manager\nlead {\n  id text key\n  site one of hospital, clinic, pharmacy\n",
    );
    for field in 0..12 {
        writeln!(text, "  f{field} whole 0..100_000 optional").unwrap();
    }
    text.push_str("}\nsignal page_view { path text }\nsignal accepted\nsignal called\nsignal won_deal\n");
    for part in 0..6 {
        writeln!(text, "let views{part} = count of page_view where path starts with \"/p{part}\" in last 30 days").unwrap();
    }
    for score in 0..2 {
        writeln!(text, "score s{score} from 0 to 100 {{").unwrap();
        for section in 0..2 {
            writeln!(text, "  section c{section} 50% {{").unwrap();
            for attribute in 0..3 {
                let field = score * 6 + section * 3 + attribute;
                writeln!(
                    text,
                    "    f{field} {}% {{\n      500 or more 10\n      100 to 499 6\n      under 100 -5\n      missing -5\n    }}",
                    [50, 30, 20][attribute]
                )
                .unwrap();
            }
            text.push_str("  }\n");
        }
        text.push_str("  adjust -25 when views0 >= 3   because \"Reads like a job seeker\"\n}\n");
    }
    text.push_str("decide status {\n");
    for row in 0..12 {
        writeln!(text, "  o{} when s0 >= {} and s1.c0 >= {} and views{} > {}", row % 4, 90 - row * 5, 40 - row, row % 6, row % 3).unwrap();
    }
    text.push_str("  nurture otherwise\n}\nstage inquiry owner marketing start\nstage mql owner sales { responsible sales }\nstage won owner sales final\n");
    text.push_str("flow {\n  inquiry -> mql when status is o0\n  mql -> won on won_deal\n  mql -> inquiry after 30 days without called recycle rest 90 days because \"No action\"\n}\n");
    text.push_str("queue desk team sales rotate rep_a weight 1, rep_b weight 1\nroute handover when entering mql { desk otherwise }\n");
    text.push_str("sla touch {\n  starts when entering mql\n  stops on called\n  within 4 hours\n  by sales\n  breach notify manager\n}\n");
    while text.lines().count() < 200 {
        let title = text.lines().count();
        writeln!(text, "test \"lead {title}\" {{\n  as of   2026-11-18T15:00\n  lead    {{ site hospital  f0 {title} }}\n  expect  {{ status nurture }}\n}}").unwrap();
    }
    text
}

/// Checking and linting: one file, and a repository of a thousand on all cores.
fn linting(criterion: &mut Criterion) {
    let settings = lint::Settings { as_of: model::AsOf::Day(jiff::civil::date(2026, 11, 18)), levels: lint::config::Levels::default() };
    let policies: Vec<_> = (0..1_000).map(|number| BTreeMap::from([("p.lead".to_string(), team_policy(number))])).collect();
    let look = |files: &BTreeMap<String, String>| {
        let checked = model::check_as_of(files, "p.lead", Some(settings.as_of));
        assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics.first());
        lint::lint(&checked, &settings)
    };
    let mut group = criterion.benchmark_group("check and lint, 200 lines each");
    group.sample_size(10);
    group.bench_function("one", |bencher| bencher.iter(|| black_box(look(&policies[0]))));
    group.bench_function("a thousand", |bencher| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        bencher.iter(|| {
            std::thread::scope(|scope| {
                for part in policies.chunks(policies.len().div_ceil(cores)) {
                    scope.spawn(|| part.iter().for_each(|files| drop(black_box(look(files)))));
                }
            });
        });
    });
    group.finish();
}

/// Twenty calculations over four fields of this range. Of small numbers every part fits 64 bits, of any numbers some part may leave them on the way.
fn calculation_policy(range: &str) -> BTreeMap<String, String> {
    let mut text = String::from("leadwright 1\npolicy p {}\nlead { id text key");
    for field in ["a", "b", "c", "d"] {
        write!(text, "   {field} whole {range}").unwrap();
    }
    text.push_str(" }\n");
    for number in 1..=20 {
        writeln!(text, "let v{number} = (a * {number} + b * c) * d / (a * a + {number}) to 2 places").unwrap();
        writeln!(text, "decide d{number} {{ more when v{number} > {}   less otherwise }}", number * 40).unwrap();
    }
    BTreeMap::from([("policy.lead".to_string(), text)])
}

fn optimised(files: &BTreeMap<String, String>) -> program::Program {
    let checked = model::check(files, "policy.lead");
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics.first());
    program::passes::optimise(&program::lower::lower(&checked.policy).program)
}

/// The same small numbers for whatever widths the program reads.
fn numbers(program: &program::Program, rows: usize) -> Block {
    let mut state = 1_u64;
    let mut columns: Vec<Column> = program.inputs.iter().map(|input| Column::with_capacity(input.width, rows)).collect();
    for _ in 0..rows {
        for column in &mut columns {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            column.push(Some((state >> 33) as i64 % 1_000));
        }
    }
    Block { rows, columns }
}

/// What it costs that a part of a calculation may leave 64 bits: one tree of exact numbers instead of operations of 64 bits. Prints ratios.
fn calculations(criterion: &mut Criterion) {
    const ROWS: usize = 8_192;
    const PARAMETERS: program::Parameters = program::Parameters { as_of_day: 20_000, as_of: 1_728_000_000_000_000 };
    let policies = [("plain", calculation_policy("0..1_000")), ("exact", calculation_policy(""))];
    let programs = policies.each_ref().map(|(_, files)| optimised(files));
    let are_trees = programs.each_ref().map(|program| program.calculations.len());
    assert!(are_trees[0] == 0 && are_trees[1] >= 20, "{are_trees:?}");
    let compiled = programs.each_ref().map(|program| jit::Compiled::new(program).unwrap());
    let blocks = programs.each_ref().map(|program| numbers(program, ROWS));
    let run = |which: usize, output: &mut Block| compiled[which].run(black_box(&blocks[which]), &PARAMETERS, output);
    let mut outputs = [Block::default(), Block::default()];
    for (which, output) in outputs.iter_mut().enumerate() {
        run(which, output);
        assert_eq!(*output, interpret::run(&programs[which], &blocks[which], &PARAMETERS), "machine code and interpreter");
    }
    assert_eq!(outputs[0], outputs[1], "both paths are exact");

    let mut group = criterion.benchmark_group("calculations");
    group.sample_size(10);
    for (which, (name, files)) in policies.iter().enumerate() {
        group.bench_function(BenchmarkId::new("whole", name), |bencher| bencher.iter(|| black_box(whole(files, "policy.lead"))));
        group.bench_function(BenchmarkId::new("8,192 leads", name), |bencher| bencher.iter(|| run(which, &mut outputs[which])));
    }
    group.finish();
    // the best of several turns, taken in turn so that a busy machine hits both alike
    let mut best = [[f64::INFINITY; 2]; 2];
    for _ in 0..20 {
        for (which, (_, files)) in policies.iter().enumerate() {
            let start = Instant::now();
            black_box(whole(files, "policy.lead"));
            best[0][which] = best[0][which].min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            run(which, &mut outputs[which]);
            best[1][which] = best[1][which].min(start.elapsed().as_secs_f64());
        }
    }
    for (what, [plain, exact]) in ["from text to machine code", "a block of leads"].iter().zip(best) {
        println!("exact calculations, {what}: {:.1} times the plain ones", exact / plain);
    }
}

criterion_group!(benches, medbank_stages, growth, linting, calculations);
criterion_main!(benches);
