//! What proofs cost: medbank's claims and questions, policies of 24 and of 40 fields, and two versions of one. Each figure beside its goal.
//!
//! `cargo bench --bench proof`. Each figure is taken in a process of its own, so that the peak of its memory is its own; the peak is read on Linux alone.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use leadwright::policy::{self, Policy, prove, versions};
use leadwright::proof::{BUDGET, Prover};
use leadwright::source::{Files, ReadError};

#[path = "../tests/it/support/large_policies.rs"]
mod large_policies;

struct Figure {
    name: &'static str,
    goal: Duration,
    /// takes the time of one run; says what came out
    run: fn() -> (Duration, String),
}

const FIGURES: [Figure; 8] = [
    Figure { name: "medbank: a whole check, from its text", goal: Duration::from_millis(300), run: medbank_check },
    Figure { name: "medbank: every claim and question", goal: Duration::from_millis(200), run: || asked(&medbank()) },
    Figure { name: "medbank: what scores can be, and how they spread", goal: Duration::from_millis(200), run: || spread(&medbank()) },
    Figure { name: "24 fields, 90 rows of scores, 20 of a decision: everything", goal: Duration::from_secs(5), run: || all(&decided(9)) },
    Figure { name: "two versions of it, one weight changed", goal: Duration::from_secs(5), run: || compared(decided) },
    Figure { name: "24 fields, 90 rows of scores, 20 of a route: everything", goal: Duration::from_secs(5), run: || all(&routed(9)) },
    Figure { name: "two versions of that, one weight changed", goal: Duration::from_secs(5), run: || compared(routed) },
    Figure { name: "40 fields, 200 rows: least, greatest and every score", goal: Duration::from_millis(200), run: every_score },
];
const RUNS: usize = 5;

struct Folder(PathBuf);

impl Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        std::fs::read(self.0.join(path)).map_err(|error| ReadError::Other(error.to_string()))
    }
}

fn folder() -> Folder {
    Folder(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/medbank"))
}

fn loaded(files: &dyn Files, entry: &str) -> Policy {
    Policy::load(files, entry).unwrap_or_else(|refused| panic!("{:#?}", refused.diagnostics))
}

fn medbank() -> Policy {
    loaded(&folder(), "medbank.lead")
}

fn of_text(text: String) -> Policy {
    loaded(&BTreeMap::from([("policy.lead".to_string(), text)]), "policy.lead")
}

fn decided(weight: i64) -> Policy {
    of_text(large_policies::large(24, 90, 20, weight))
}

fn routed(weight: i64) -> Policy {
    of_text(large_policies::routed(24, 90, 20, weight))
}

fn medbank_check() -> (Duration, String) {
    let start = Instant::now();
    let checked = black_box(prove::check_and_prove(&folder(), "medbank.lead", None));
    (start.elapsed(), format!("{} findings", checked.diagnostics.len()))
}

/// Every claim, every question, every score and what can change each decision.
fn all(policy: &Policy) -> (Duration, String) {
    let ((asking, asked), (spreading, spread)) = (asked(policy), spread(policy));
    (asking + spreading, format!("{asked}; {spread}"))
}

fn asked(policy: &Policy) -> (Duration, String) {
    let start = Instant::now();
    let proofs = black_box(policy.prove(BUDGET, |_| true));
    let took = start.elapsed();
    let undecided = proofs.claims.iter().filter(|claim| claim.verdict == prove::Verdict::Undecided).count();
    (took, format!("{} claims, {} questions; undecided: {}", proofs.claims.len(), proofs.asked, proofs.undecided.len() + undecided))
}

fn spread(policy: &Policy) -> (Duration, String) {
    let start = Instant::now();
    let attainable = black_box(policy.attainable(BUDGET));
    let spreads: Vec<_> = attainable.iter().flat_map(|one| &one.spreads).collect();
    let uncounted = spreads.iter().filter(|spread| spread.bins.is_err()).count();
    (start.elapsed(), format!("{} values, {} spreads, {uncounted} of them too large to count", attainable.len(), spreads.len()))
}

fn compared(policy: fn(i64) -> Policy) -> (Duration, String) {
    let (old, new) = (policy(9), policy(10));
    let start = Instant::now();
    let changes = policy::diff(old.checked(), new.checked());
    let treated = black_box(versions::treatment(&old, &new, &changes, BUDGET));
    let took = start.elapsed();
    let verdicts: Vec<String> = treated.answers.iter().map(|answer| format!("{} {}", answer.name, answer.verdict.name())).collect();
    (took, verdicts.join(", "))
}

fn every_score() -> (Duration, String) {
    let policy = of_text(large_policies::large(40, 200, 1, 9));
    let sum = policy.plain().trace.scores[0].sum.expect("a sum");
    let start = Instant::now();
    let mut prover = Prover::new(policy.model(), policy.plain());
    let values = black_box(prover.values(sum)).expect("within the budget");
    let took = start.elapsed();
    let shown = |value: Option<&i64>| value.map_or("missing".to_string(), i64::to_string);
    (took, format!("{} to {}, {} values", shown(values.known.first()), shown(values.known.last()), values.known.len()))
}

/// Of this process, in MiB; none where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn measure(figure: &Figure) {
    let mut runs: Vec<(Duration, String)> = (0..RUNS).map(|_| (figure.run)()).collect();
    runs.sort();
    let (took, said) = &runs[RUNS / 2];
    let peak = peak().map_or("?".to_string(), |mib| mib.to_string());
    let verdict = if *took <= figure.goal { "" } else { "  MISSED" };
    println!(
        "{:<58} {:>8.1} ms {:>6} ms {peak:>5} MiB{verdict}\n    {said}",
        figure.name,
        took.as_secs_f64() * 1e3,
        figure.goal.as_millis()
    );
}

fn main() {
    if let Some(name) = std::env::var_os("FIGURE") {
        FIGURES.iter().filter(|figure| name == figure.name).for_each(measure);
        return;
    }
    println!("{:<58} {:>11} {:>9} {:>9}   goal of memory: 2048 MiB", format!("median of {RUNS}"), "took", "goal", "peak");
    let own = std::env::current_exe().expect("this program");
    for figure in &FIGURES {
        let status = Command::new(&own).env("FIGURE", figure.name).status().expect("this program again");
        assert!(status.success(), "{}: {status}", figure.name);
    }
}
