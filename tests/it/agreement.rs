//! Random policies over random leads: the interpreter on the program as it was lowered, the interpreter on the optimised program and
//! compiled code, with every set of instructions that the machine has, give the same bytes.
//!
//! 200,000 policy × lead cases run here; `LEADWRIGHT_CASES=5000000 cargo test --test it agreement` runs as many as asked.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::policies::{LeadKinds, generate};
use crate::support::scoring::{Scorer, with_tables};
use leadwright::batch::Backend;
use leadwright::diagnostic::Severity;
use leadwright::jit::{Blocks, Cpu};
use leadwright::model;
use leadwright::program::{Calculation, Part};

const CASES: usize = 200_000;
const LEADS_PER_POLICY: usize = 500;

fn cases_asked() -> usize {
    std::env::var("LEADWRIGHT_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(CASES)
}

/// One policy over its leads; the number of leads.
fn run(seed: u64, used: &mut BTreeMap<&'static str, usize>, kinds: &mut LeadKinds) -> usize {
    let generated = generate(seed);
    let checked = model::check(&generated.files, "policy.lead");
    let shown = || generated.files.iter().map(|(path, text)| format!("--- {path}\n{text}")).collect::<String>();
    let sound = checked.diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning);
    assert!(sound, "seed {seed} does not check: {:#?}\n{}", checked.diagnostics, shown());
    for construct in &generated.constructs {
        *used.entry(construct).or_default() += 1;
    }
    let policy = with_tables(&checked.policy, &generated.tables);
    let mut scorer = Scorer::new(&policy);
    scorer.signals = generated.signals(seed ^ 0x5161, LEADS_PER_POLICY);
    scorer.stage_log = generated.stage_log(seed ^ 0x1065, LEADS_PER_POLICY).filter(|_| !checked.policy.measures.is_empty());
    let calculated: BTreeSet<&'static str> = scorer.plain.program.calculations.iter().flat_map(kinds_of).collect();
    for kind in calculated {
        *used.entry(kind).or_default() += 1;
    }
    let leads = generated.leads(seed ^ 0xABCD, LEADS_PER_POLICY, kinds);
    let plain = scorer.score_csv_plainly(&leads).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{}", shown()));
    // Each set of instructions that this machine has, in turn.
    let available: Vec<Cpu> = Cpu::ALL.into_iter().filter(|cpu| cpu.is_available()).collect();
    let steps = Blocks::Steps(available[seed as usize % available.len()]);
    for (backend, blocks) in [(Backend::Interpret, Blocks::Best), (Backend::Jit, Blocks::Generated), (Backend::Jit, steps)] {
        scorer.blocks = blocks;
        let scored = scorer.score_csv(&leads, backend).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        if scored != plain {
            let (row, (expected, found)) =
                plain.lines().zip(scored.lines()).enumerate().find(|(_, (expected, found))| expected != found).unwrap_or((0, ("", "")));
            let lead = leads.lines().nth(row).unwrap_or("");
            panic!(
                "seed {seed}, {backend:?} {blocks:?}, row {row}\nlead     {lead}\nheader   {}\nplain    {expected}\nfound    {found}\n{}",
                plain.lines().next().unwrap_or(""),
                shown()
            );
        }
    }
    LEADS_PER_POLICY
}

/// Which calculations a policy needs follows from its ranges, not from its text.
fn kinds_of(calculation: &Calculation) -> Vec<&'static str> {
    let kind = match calculation {
        Calculation::Sum(_) => "calculation: sum",
        Calculation::Larger(_) | Calculation::Smaller(_) => "calculation: larger or smaller",
        Calculation::Remainder(..) => "calculation: remainder",
        Calculation::Fraction { .. } => "calculation: fraction",
    };
    let within = calculation.parts().into_iter().filter_map(|part| match part {
        Part::Value(_) => None,
        Part::Calculation(inner) => match **inner {
            Calculation::Sum(_) => Some("sum in a calculation"),
            Calculation::Fraction { .. } => Some("product in a calculation"),
            Calculation::Larger(_) | Calculation::Smaller(_) | Calculation::Remainder(..) => None,
        },
    });
    within.chain([kind]).collect()
}

#[test]
fn interpreter_and_machine_code_agree_to_the_byte() {
    let asked = cases_asked();
    let mut used = BTreeMap::new();
    let mut kinds = LeadKinds::default();
    let mut cases = 0;
    let mut policies = 0;
    while cases < asked {
        cases += run(policies as u64, &mut used, &mut kinds);
        policies += 1;
    }
    println!("{cases} cases over {policies} policies, 0 disagreements; {kinds:?}; policies that use each construct: {used:#?}");
    for (construct, count) in &used {
        assert!(count * 10 >= policies, "`{construct}` occurs in {count} of {policies} policies, less than a tenth");
    }
    assert!(kinds.with_a_null * 10 >= cases && kinds.with_an_extreme * 10 >= cases, "{kinds:?}");
    assert!(used.len() >= 50, "{} constructs", used.len());
    for needed in ["part beyond 64 bits", "product in a calculation", "sum in a calculation"] {
        assert!(used.contains_key(needed), "no policy has a {needed}");
    }
}
