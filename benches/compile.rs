//! From text to machine code: how long a policy takes to read, check, lower and compile.
//!
//! `cargo bench --bench compile`. Each group names the stage; `whole` is what `leadwright score` does before the first lead.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use leadwright::{jit, model, program, source::Sources, syntax};

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

criterion_group!(benches, medbank_stages, growth);
criterion_main!(benches);
