//! `leadwright prove`: what a policy claims, proved or refuted.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::console::Console;
use super::load::{self, Loaded};
use super::outcome::{Misuse, Outcome};
use super::output::{OutputArguments, Printed};
use crate::diagnostic::Severity;
use crate::diagnostic::findings::Findings;
use crate::diagnostic::render_human;
use crate::model::value::fold_text;
use crate::policy::prove::{self, Verdict};
use crate::proof::BUDGET;
use crate::report::{check, proofs};

/// Prove what a policy claims, or show a lead that it does not hold for
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 every claim is proved and every question decided, 1 a claim is refuted, 3 a claim or a question is undecided and no claim refuted.\n\nExample:\n  leadwright prove examples/medbank"
)]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    /// Only the claims whose title contains this text; may be given several times
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,

    /// Also show the leads that prove what is possible, as tests
    #[arg(long)]
    leads: bool,

    /// Also show what every score can be, how its values are spread, and what changes a decision alone
    #[arg(long)]
    stats: bool,

    /// The most steps that one question may take
    #[arg(long, value_name = "STEPS", default_value_t = BUDGET)]
    budget: u64,

    #[command(flatten)]
    output: OutputArguments,
}

/// What JSON says besides the findings.
#[derive(Serialize)]
struct More {
    claims: Vec<proofs::ClaimRecord>,
    asked: usize,
    undecided: Vec<proofs::QuestionRecord>,
    /// with `--stats`
    stats: Vec<proofs::AttainableRecord>,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let mut findings = Findings::default();
    let policy = match load::to_report(&arguments.policy)? {
        Loaded::Policy(policy) => policy,
        Loaded::Refused(refused) => {
            findings.add(refused.sources, refused.diagnostics, Vec::new());
            let more = More { claims: Vec::new(), asked: 0, undecided: Vec::new(), stats: Vec::new() };
            let printed = Printed { command: "prove", findings: &findings, failing: Severity::Error, otherwise: Outcome::Clean, more };
            return printed.print(arguments.output, console, |look| {
                let found = check::found(&findings.diagnostics).unwrap_or_default();
                format!("{}{found}; nothing was proved\n", render_human::render(&findings.diagnostics, &findings.sources, look))
            });
        }
    };
    let filters: Vec<String> = arguments.filter.iter().map(|text| fold_text(text)).collect();
    let chosen = |title: &str| filters.is_empty() || filters.iter().any(|filter| fold_text(title).contains(filter.as_str()));
    if !filters.is_empty() && !policy.model().claims.iter().any(|claim| chosen(&claim.title)) {
        let quoted = arguments.filter.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(" or ");
        return Err(Misuse::new(format!("none of the policy's claims has {quoted} in its title")));
    }
    let proved = policy.prove(arguments.budget, chosen);
    let ranges = if arguments.stats { policy.attainable(arguments.budget) } else { Vec::new() };
    let claims: Vec<_> = proved.claims.iter().filter(|claim| claim.verdict != Verdict::Proved).map(prove::diagnostic).collect();
    let questions = proved.undecided.iter().map(prove::of_question);
    let diagnostics = claims.into_iter().chain(proved.findings.iter().cloned()).chain(questions).collect();
    findings.add(policy.sources().clone(), diagnostics, Vec::new());
    let more = More {
        claims: proved.claims.iter().map(|claim| proofs::record(claim, policy.sources())).collect(),
        asked: proved.asked,
        undecided: proved.undecided.iter().map(|question| proofs::question_record(question, policy.sources())).collect(),
        stats: ranges.iter().map(proofs::attainable_record).collect(),
    };
    let undecided = !proved.undecided.is_empty() || proved.claims.iter().any(|claim| claim.verdict == Verdict::Undecided);
    let otherwise = if undecided { Outcome::Undecided } else { Outcome::Clean };
    let printed = Printed { command: "prove", findings: &findings, failing: Severity::Error, otherwise, more };
    printed.print(arguments.output, console, |look| {
        let found = render_human::render(&proved.findings, policy.sources(), look);
        found + &proofs::page(&proved, policy.sources(), &ranges, arguments.leads, look)
    })
}
