//! What proofs cost: medbank's claims and questions, policies of 24 and of 40 fields, and two versions of one.
//!
//! `cargo bench --bench proof`.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use leadwright::policy::{self, Policy, prove, versions};
use leadwright::proof::{BUDGET, Prover};
use leadwright::source::{Files, ReadError};

#[path = "../tests/it/support/large_policies.rs"]
mod large_policies;

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        std::fs::read(self.0.join(path)).map_err(|error| ReadError::Other(error.to_string()))
    }
}

fn large(fields: usize, rows: usize, routing: usize) -> Policy {
    weighted(fields, rows, routing, 9)
}

fn weighted(fields: usize, rows: usize, routing: usize, weight: i64) -> Policy {
    let text = large_policies::large(fields, rows, routing, weight);
    let files = BTreeMap::from([("policy.lead".to_string(), text)]);
    Policy::load(&files, "policy.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

fn proofs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("proof");
    group.sample_size(10);
    let medbank = Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/medbank"));
    group.bench_function("medbank, claims and questions", |bench| {
        let policy = Policy::load(&medbank, "medbank.lead").unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics));
        bench.iter(|| black_box(policy.prove(BUDGET, |_| true)));
    });
    group.bench_function("medbank, a whole check", |bench| {
        bench.iter(|| black_box(prove::check_and_prove(&medbank, "medbank.lead", None)));
    });
    group.bench_function("24 fields, 90 rows of scores, 20 of routing", |bench| {
        let policy = large(24, 90, 20);
        bench.iter(|| black_box(policy.prove(BUDGET, |_| true)));
    });
    group.bench_function("24 fields, 90 rows of scores, 20 of routing: two versions, one weight changed", |bench| {
        let (old, new) = (large(24, 90, 20), weighted(24, 90, 20, 10));
        let changes = policy::diff(old.checked(), new.checked());
        bench.iter(|| black_box(versions::treatment(&old, &new, &changes, BUDGET)));
    });
    group.bench_function("40 fields, 200 rows: every score", |bench| {
        let policy = large(40, 200, 1);
        let sum = policy.plain().trace.scores[0].sum.expect("a sum");
        bench.iter(|| black_box(Prover::new(policy.model(), policy.plain()).values(sum)));
    });
    group.finish();
}

criterion_group!(benches, proofs);
criterion_main!(benches);
