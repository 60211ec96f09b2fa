//! `leadwright check`: every mistake of a policy.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::as_of::day;
use super::console::Console;
use super::locate::locate;
use super::outcome::{Misuse, Outcome};
use crate::diagnostic::{Severity, render_human, render_json};
use crate::model::Checked;
use crate::policy;
use crate::program::{self, Program, cost, lower, passes};
use crate::report;

/// Report every mistake of a policy, at its place, with what to write instead
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  leadwright check examples/medbank")]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    /// For people or for programs
    #[arg(long, value_enum, default_value_t = Output::Human, value_name = "KIND")]
    output: Output,

    /// Print what the policy was compiled to instead of a summary
    #[arg(long, value_enum, value_name = "WHAT")]
    emit: Option<Emit>,

    /// The day on which the policy is checked, for a standard that says how old its version may be [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// the program that scores leads, as text
    Program,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let located = locate(&arguments.policy)?;
    let checked = policy::check_as_of(&located.disk, &located.entry, day(arguments.as_of.as_deref())?);
    let program = program_of(&checked);
    let operations = program.as_ref().map(|program| cost::cost(program).steps() as u64);
    match arguments.output {
        Output::Json => {
            let json = render_json::to_json(&report::check::record(&checked, operations));
            console.print(&json.map_err(|error| Misuse::new(format!("the diagnostics cannot be written as JSON: {error}")))?)?;
        }
        Output::Human => {
            let text = render_human::render(&checked.diagnostics, &checked.sources, console.out);
            match (arguments.emit, &program) {
                (Some(Emit::Program), Some(program)) => {
                    console.note(&render_human::render(&checked.diagnostics, &checked.sources, console.err));
                    console.print(&program::text::text(program, &checked.policy))?;
                }
                (Some(Emit::Program), None) | (None, _) => {
                    console.print(&(text + &report::check::summary(&checked, operations, console.out)))?;
                }
            }
        }
    }
    Ok(if has_errors(&checked) { Outcome::Findings } else { Outcome::Clean })
}

/// The program that would score leads; none if the policy has mistakes.
fn program_of(checked: &Checked) -> Option<Program> {
    if has_errors(checked) { None } else { Some(passes::optimise(&lower::lower(&checked.policy).program)) }
}

fn has_errors(checked: &Checked) -> bool {
    checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
