//! `leadwright check`: every mistake of one policy or of many.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::as_of::day;
use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::output::{Output, OutputArguments, Printed};
use super::policies::{self, Finds, Found};
use super::shared;
use crate::diagnostic::findings::Findings;
use crate::diagnostic::render_human::{self, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{AsOf, Checked};
use crate::policy;
use crate::program::{self, Program, cost, lower, passes};
use crate::report::check::{self as report, PolicyRecord};
use crate::source::Sources;

/// Report every mistake of a policy, at its place, with what to write instead
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  leadwright check examples/medbank\n  leadwright check policies --output sarif > check.sarif")]
pub struct Arguments {
    /// Policies: .lead files, or folders, which stand for every policy in and beneath them
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,

    #[command(flatten)]
    output: OutputArguments,

    /// Leave out what takes proofs: claims, and rows, thresholds and stages that no lead reaches
    #[arg(long)]
    no_prove: bool,

    /// Print what the policy was compiled to instead of a summary
    #[arg(long, value_enum, value_name = "WHAT")]
    emit: Option<Emit>,

    /// The day on which the policy is checked, for a standard that says how old its version may be [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Emit {
    /// the program that scores leads, as text
    Program,
}

/// What JSON says besides the findings.
#[derive(Serialize)]
struct More {
    policies: Vec<PolicyRecord>,
}

/// A policy that has been checked; its trees are gone.
struct Done {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    record: PolicyRecord,
    summary: String,
    /// the program as text, where it is asked for
    program: Option<String>,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let Finds { policies: found, strays } = policies::find(&arguments.policies)?;
    let as_of = day(arguments.as_of.as_deref())?;
    let emit = arguments.emit.filter(|_| arguments.output.kind == Output::Human);
    if emit.is_some() && found.len() > 1 {
        return Err(Misuse::new(format!("`--emit` shows one policy, and there are {} here: name one of them", found.len())));
    }
    let mut done = policies::each(&found, |found| check(found, as_of, !arguments.no_prove, emit, console.out));

    let paths: Vec<String> = found.iter().map(Found::path).collect();
    let each = paths.iter().zip(&mut done);
    shared::name_policies(
        each.map(|(policy, Done { sources, diagnostics, .. })| shared::Proved { policy, sources, diagnostics }).collect(),
    );

    let mut findings = Findings::default();
    let (mut records, mut summaries, mut programs) = (Vec::new(), Vec::new(), Vec::new());
    for Done { sources, diagnostics, record, summary, program } in done {
        findings.add(sources, diagnostics, Vec::new());
        records.push(record);
        summaries.push(summary);
        programs.extend(program);
    }
    for stray in strays {
        let (sources, diagnostics) = stray.findings(Some(Severity::Warning))?;
        findings.add(sources, diagnostics, Vec::new());
    }
    let printed = Printed {
        command: "check",
        findings: &findings,
        failing: Severity::Error,
        otherwise: Outcome::Clean,
        more: More { policies: records },
    };
    printed.print(arguments.output, console, |look| {
        let text = |look: Look| render_human::render(&findings.diagnostics, &findings.sources, look);
        match (programs.pop(), summaries.as_slice()) {
            (Some(program), _) => {
                console.note(&text(console.err));
                program
            }
            (None, [summary]) => text(look) + summary,
            (None, several) => text(look) + &report::of_many(several.len(), &findings.diagnostics, look),
        }
    })
}

fn check(found: &Found, as_of: AsOf, proves: bool, emit: Option<Emit>, look: Look) -> Done {
    let Found { located, folder } = found;
    let mut checked = if proves {
        policy::prove::check_and_prove(&located.disk, &located.entry, Some(as_of))
    } else {
        policy::check_as_of(&located.disk, &located.entry, as_of)
    };
    let program = program_of(&checked);
    let operations = program.as_ref().map(|program| cost::cost(program).steps() as u64);
    // places are named from where the paths of the whole report start
    checked.sources = checked.sources.beneath(folder);
    Done {
        record: report::record(&checked, found.path(), operations),
        summary: report::summary(&checked, operations, look),
        program: emit.and(program).map(|program| program::text::text(&program, &checked.policy)),
        sources: checked.sources,
        diagnostics: checked.diagnostics,
    }
}

/// The program that would score leads; none if the policy has mistakes.
fn program_of(checked: &Checked) -> Option<Program> {
    let has_errors = checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    if has_errors { None } else { Some(passes::optimise(&lower::lower(&checked.policy).program)) }
}
