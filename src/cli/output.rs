//! What `check`, `lint`, `fmt` and `test` print: text for people, or one of the formats that other programs read.
//!
//! Enters: what the command found, what it says to people, what JSON says besides. Leaves: text on standard output. Always holds: every command gives
//! every format, in the same shape.

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use crate::diagnostic::findings::{CaseOutcome, Counts, Findings};
use crate::diagnostic::render_human::Look;
use crate::diagnostic::render_json::{self, DiagnosticRecord};
use crate::diagnostic::{Severity, render_github, render_gitlab, render_junit, render_markdown, render_sarif};
use crate::report::pages;

#[derive(Args, Clone, Copy, Debug)]
pub struct OutputArguments {
    /// For people, or for the programs that read it
    #[arg(long = "output", value_enum, default_value_t = Output::Human, value_name = "KIND")]
    pub kind: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// text, with the lines that it is about
    Human,
    /// everything, as documented in docs/outputs.md
    Json,
    /// SARIF 2.1.0, for code scanning and editors
    Sarif,
    /// annotations of GitHub Actions
    Github,
    /// a Code Quality report of GitLab
    Gitlab,
    /// a JUnit report
    Junit,
    /// a comment on a pull request
    Markdown,
}

/// The version of the JSON format; it grows when a program that reads it could fail.
pub const JSON_FORMAT: u32 = 1;

/// What a command has to print.
pub struct Printed<'a, More: Serialize> {
    /// `check`
    pub command: &'static str,
    pub findings: &'a Findings,
    /// a finding of this severity or worse makes the command end with exit code 1
    pub failing: Severity,
    /// how the command ends if nothing is found
    pub otherwise: Outcome,
    /// what JSON says besides the findings: a struct with fields
    pub more: More,
}

impl<More: Serialize> Printed<'_, More> {
    /// Prints it; `human` is what people read. A failed test is a finding too, whoever ran it has put it there.
    pub fn print(&self, output: OutputArguments, console: &Console, human: impl FnOnce(Look) -> String) -> Result<Outcome, Misuse> {
        let outcome = self.outcome();
        let text = match output.kind {
            Output::Human => Ok(human(console.out)),
            Output::Json => render_json::to_json(&self.json()).map_err(|error| error.to_string()),
            Output::Sarif => {
                let about = |name: &str| pages::about(name);
                render_sarif::render(self.command, self.findings, &about, outcome.exit_code()).map_err(|error| error.to_string())
            }
            Output::Github => Ok(render_github::render(self.findings)),
            Output::Gitlab => render_gitlab::render(self.findings).map_err(|error| error.to_string()),
            Output::Junit => render_junit::render(self.command, self.findings, self.failing).map_err(|error| error.to_string()),
            Output::Markdown => Ok(render_markdown::render(self.command, self.findings)),
        };
        console.print(&text.map_err(|error| Misuse::new(format!("the report cannot be written: {error}")))?)?;
        Ok(outcome)
    }

    fn outcome(&self) -> Outcome {
        let found = self.findings.diagnostics.iter().any(|diagnostic| diagnostic.severity <= self.failing);
        let failed = self.findings.cases.iter().any(|case| case.outcome != CaseOutcome::Passed);
        if found || failed { Outcome::Findings } else { self.otherwise }
    }

    fn json(&self) -> Record<'_, More> {
        let Counts { errors, warnings, notes } = Counts::of(&self.findings.diagnostics);
        let sources = &self.findings.sources;
        Record {
            leadwright: self.command,
            format: JSON_FORMAT,
            version: env!("CARGO_PKG_VERSION"),
            files: sources.iter().map(|(_, source)| source.path.as_str()).collect(),
            errors,
            warnings,
            notes,
            diagnostics: self.findings.diagnostics.iter().map(|diagnostic| render_json::record(diagnostic, sources)).collect(),
            more: &self.more,
        }
    }
}

#[derive(Serialize)]
struct Record<'a, More: Serialize> {
    leadwright: &'static str,
    format: u32,
    version: &'static str,
    files: Vec<&'a str>,
    errors: usize,
    warnings: usize,
    notes: usize,
    diagnostics: Vec<DiagnosticRecord<'a>>,
    #[serde(flatten)]
    more: &'a More,
}
