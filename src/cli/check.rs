//! `leadwright check`: every mistake of a policy.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::console::Console;
use super::locate::locate;
use super::outcome::{Misuse, Outcome};
use crate::diagnostic::{Severity, render_human, render_json};
use crate::model::Checked;
use crate::policy;
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Human,
    Json,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let located = locate(&arguments.policy)?;
    let checked = policy::check(&located.disk, &located.entry);
    let operations = None;
    match arguments.output {
        Output::Json => {
            let json = render_json::to_json(&report::check::record(&checked, operations));
            console.print(&json.map_err(|error| Misuse::new(format!("the diagnostics cannot be written as JSON: {error}")))?)?;
        }
        Output::Human => {
            let text = render_human::render(&checked.diagnostics, &checked.sources, console.out);
            console.print(&(text + &report::check::summary(&checked, operations, console.out)))?;
        }
    }
    Ok(if has_errors(&checked) { Outcome::Findings } else { Outcome::Clean })
}

fn has_errors(checked: &Checked) -> bool {
    checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
