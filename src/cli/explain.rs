//! `leadwright explain`: why one lead got its answer.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::console::Console;
use super::leads::LeadArguments;
use super::load::load;
use super::outcome::{Misuse, Outcome};
use super::output::JSON_FORMAT;
use super::rotation::RotationArguments;
use super::tables::TableArguments;
use crate::batch::turns::Watched;
use crate::batch::{self, Output, Place};
use crate::diagnostic::render_json;
use crate::policy::Policy;
use crate::policy::reach::Found;
use crate::proof::BUDGET;
use crate::record::Lead;
use crate::report;

/// Explain one lead's answer: the points, the rows that decided, and why the others did not
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes with --reach: 0 there is a way, or the lead is there, 1 there is none, 3 undecided.\n\nExamples:\n  leadwright explain examples/medbank leads.csv --lead L-1042\n  leadwright explain examples/medbank leads.csv --lead L-1042 --reach status=qualified"
)]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    #[command(flatten)]
    leads: LeadArguments,

    #[command(flatten)]
    tables: TableArguments,

    /// Take turns in queues that rotate from where this file left them, for all leads up to this one
    #[arg(long, value_name = "FILE")]
    rotation_in: Option<PathBuf>,

    /// The key of the lead, as the file has it
    #[arg(long, value_name = "KEY")]
    lead: String,

    /// Say what it takes to get the lead there: `status=qualified`, `readiness>=65`, `stage=mql`, `queue=inside`; given several times, all at once
    #[arg(long, value_name = "GOAL", conflicts_with = "rotation_in")]
    reach: Vec<String>,

    /// Say only why the lead is not there, without looking for a way
    #[arg(long, value_name = "GOAL", conflicts_with_all = ["reach", "rotation_in"])]
    why_not: Vec<String>,

    /// The most steps that the search for a way may take
    #[arg(long, value_name = "STEPS", default_value_t = BUDGET, requires = "reach")]
    budget: u64,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Kind::Human, value_name = "KIND")]
    output: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    Human,
    Json,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let policy = match load(&arguments.policy, "nothing was explained", console)? {
        Ok(policy) => policy,
        Err(outcome) => return Ok(outcome),
    };
    let policy = arguments.tables.give(policy)?;
    let options = arguments.leads.options(policy.model())?;
    let key = arguments.lead.as_str();
    let found = batch::find_lead(policy.model(), policy.program(), &options, &arguments.leads.input(), key)
        .map_err(|error| Misuse::new(error.to_string()))?
        .map_err(|not_found| no_such_lead(key, &not_found))?;
    let several = format!("note: {} rows have the key `{key}`; this is the first, {} {}\n", found.rows_with_key, found.unit, found.line);
    if found.is_rejected() {
        let reasons: Vec<String> = found.bad.iter().map(|cell| cell.sentence(policy.model())).collect();
        console.misuse(&Misuse::new(format!("the lead in {} {} is rejected: {}", found.unit, found.line, reasons.join("; "))));
        if found.rows_with_key > 1 {
            console.note(&several);
        }
        return Ok(Outcome::Findings);
    }
    for cell in &found.bad {
        console.note(&format!("note: taken as missing: {}\n", cell.sentence(policy.model())));
    }
    if found.rows_with_key > 1 {
        console.note(&several);
    }
    let history = batch::history_of(policy.model(), &options, key).map_err(|error| Misuse::new(error.to_string()))?;
    let left_out = history.left_out;
    if left_out.rows_later + left_out.rows_rejected > 0 {
        let (later, rejected) = (left_out.rows_later, left_out.rows_rejected);
        console.note(&format!("note: of this lead's signals and stages {later} are later than as-of and {rejected} are rejected\n"));
    }
    let lead = Lead {
        key: Some(found.key),
        values: found.values,
        stage: found.stage,
        stage_since: found.stage_since,
        rest_until: found.rest_until,
        owners: found.owners,
        queues: found.queues,
        signals: history.signals,
        log: history.log,
    };
    let as_of = options.as_of;
    if !arguments.reach.is_empty() || !arguments.why_not.is_empty() {
        return reach(arguments, &policy, &lead, as_of, console);
    }
    let turns = match &arguments.rotation_in {
        Some(path) => {
            let state = RotationArguments::read(path, &policy)?;
            let options = batch::Options { rotation: Some(state), watched: Some(key.to_owned()), ..options };
            turns(arguments, &policy, &options)?
        }
        None => Vec::new(),
    };
    let explanation = policy.explain_in_turn(&lead, as_of, &turns).map_err(|error| Misuse::new(error.to_string()))?;
    let text = match arguments.output {
        Kind::Human => report::explanation::page(&explanation, console.out),
        Kind::Json => json(&explanation)?,
    };
    console.print(&text)?;
    Ok(Outcome::Clean)
}

/// What stands before an explanation: docs/schema/explain.json.
#[derive(Serialize)]
struct Headed<'e, Of> {
    leadwright: &'static str,
    format: u32,
    version: &'static str,
    #[serde(flatten)]
    of: &'e Of,
}

fn json(explanation: &impl Serialize) -> Result<String, Misuse> {
    let headed = Headed { leadwright: "explain", format: JSON_FORMAT, version: env!("CARGO_PKG_VERSION"), of: explanation };
    render_json::to_json(&headed).map_err(|error| Misuse::new(format!("the explanation cannot be written as JSON: {error}")))
}

/// What it takes to get the lead where the goals are, or why it is not there.
fn reach(arguments: &Arguments, policy: &Policy, lead: &Lead, as_of: i64, console: &Console) -> Result<Outcome, Misuse> {
    let texts = arguments.reach.iter().chain(&arguments.why_not);
    let goals = texts.map(|text| policy.goal(text)).collect::<Result<Vec<_>, _>>().map_err(Misuse::new)?;
    let explained =
        if arguments.reach.is_empty() { policy.why_not(lead, as_of, &goals) } else { policy.reach(lead, as_of, &goals, arguments.budget) };
    let explained = explained.map_err(|error| Misuse::new(error.to_string()))?;
    let text = match arguments.output {
        Kind::Human => report::reach::page(&explained, console.out),
        Kind::Json => json(&explained)?,
    };
    console.print(&text)?;
    Ok(match explained.found {
        Some(Found::Never) => Outcome::Findings,
        Some(Found::Undecided { .. }) => Outcome::Undecided,
        Some(Found::Already | Found::Reached { .. }) | None => Outcome::Clean,
    })
}

fn no_such_lead(key: &str, not_found: &batch::NotFound) -> Misuse {
    let lost = match (not_found.lost_rows, not_found.first_lost) {
        (0, _) | (_, None) => String::new(),
        (1, Some(line)) => format!("; line {line} cannot be read, and may be that lead"),
        (count, Some(line)) => format!("; {count} lines cannot be read, the first is line {line}, and may be that lead"),
    };
    Misuse::new(format!("no lead of the file has the key `{key}`{lost}"))
}

/// Whose turn it is depends on the leads before, so they are all scored once more, in their order.
fn turns(arguments: &Arguments, policy: &Policy, options: &batch::Options) -> Result<Vec<Watched>, Misuse> {
    let input = arguments.leads.input();
    if input.place == Place::Standard {
        return Err(Misuse::new("`--rotation-in` needs the leads as a file: they are read twice"));
    }
    let program = policy.program_with_turns_by_state();
    let report = batch::score(policy.model(), &program, options, &input, &Output::Nowhere, &mut |_| {});
    let report = report.map_err(|error| Misuse::new(error.to_string()))?;
    Ok(report.turns.map(|turns| turns.tally.watched).unwrap_or_default())
}
