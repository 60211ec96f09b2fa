//! `leadwright test`: the examples that a policy contains.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::console::Console;
use super::load::{self, Loaded};
use super::outcome::{Misuse, Outcome};
use super::output::{OutputArguments, Printed};
use super::watch;
use crate::diagnostic::Severity;
use crate::diagnostic::findings::Findings;
use crate::diagnostic::render_human;
use crate::policy::Policy;
use crate::report::coverage::CoverageRecord;
use crate::report::figures::counted;
use crate::report::test_cases::{self, TestRecord};
use crate::report::{self, check, test_results};
use crate::testing::Selection;
use crate::testing::coverage::Coverage;
use crate::testing::suggest;

/// Run the tests that a policy contains, on both evaluators
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  leadwright test examples/medbank --filter student\n  leadwright test examples/medbank --output junit > tests.xml\n  leadwright test examples/medbank --coverage --min-coverage 80"
)]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    /// Only the tests whose title contains this text; may be given several times
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,

    /// Only the tests of this file: a path below the policy's root, or the end of one; may be given several times
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,

    /// Also show which rows, bands, transitions and clocks the tests reach, and list those that they do not
    #[arg(long)]
    coverage: bool,

    /// Write what the tests reach as a tracefile of lcov
    #[arg(long, value_name = "FILE")]
    coverage_lcov: Option<PathBuf>,

    /// Fail if the tests reach less of the policy than so many per cent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    min_coverage: Option<u8>,

    /// Run the tests again whenever a file of the policy changes
    #[arg(long)]
    watch: bool,

    /// Print tests for what no test reaches, ready to be put behind the policy; a person must confirm what they expect
    #[arg(long, conflicts_with_all = ["coverage", "coverage_lcov", "min_coverage", "filter", "file", "kind", "watch"])]
    suggest: bool,

    #[command(flatten)]
    output: OutputArguments,
}

impl Arguments {
    fn wants_coverage(&self) -> bool {
        self.coverage || self.coverage_lcov.is_some() || self.min_coverage.is_some()
    }
}

/// What JSON says besides the findings.
#[derive(Serialize)]
struct More {
    tests: Vec<TestRecord>,
    /// if it was asked for
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<CoverageRecord>,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    if arguments.watch {
        return watch::until_told(&arguments.policy, console, || once(arguments, console));
    }
    once(arguments, console)
}

fn once(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let mut findings = Findings::default();
    let policy = match load::to_report(&arguments.policy)? {
        Loaded::Policy(policy) => policy,
        Loaded::Refused(refused) => {
            findings.add(refused.sources, refused.diagnostics, Vec::new());
            let printed = Printed {
                command: "test",
                findings: &findings,
                failing: Severity::Error,
                more: More { tests: Vec::new(), coverage: None },
            };
            return printed.print(arguments.output, console, |look| {
                let found = check::found(&findings.diagnostics).unwrap_or_default();
                format!("{}{found}; no test was run\n", render_human::render(&findings.diagnostics, &findings.sources, look))
            });
        }
    };
    if arguments.suggest {
        let suggestions = policy.suggest_tests().map_err(|error| Misuse::new(error.to_string()))?;
        console.print(&suggest::text(&suggestions, policy.sources()))?;
        let (found, left) = (suggestions.tests.len() as u64, suggestions.left.len() as u64);
        let (tests, places) = (counted(found, "test", "tests"), counted(left, "place", "places"));
        console.note(&format!("{tests} suggested; no lead was found for {places}\n"));
        return Ok(Outcome::Clean);
    }
    let selection = Selection { titles: arguments.filter.clone(), files: arguments.file.clone() };
    let results = policy.test(&selection).map_err(|error| Misuse::new(error.to_string()))?;
    if results.is_empty() && !policy.model().tests.is_empty() {
        return Err(none_selected(&selection));
    }
    let explain = |test: usize| policy.explain_test(test);
    let name = &policy.model().name;
    let (cases, failed): (Vec<_>, Vec<_>) = results.iter().map(|result| test_cases::case(name, result, explain)).unzip();
    findings.add(policy.sources().clone(), failed.into_iter().flatten().collect(), cases);
    let tests = results.iter().map(|result| test_cases::record(name, result, policy.sources())).collect();
    let coverage = if arguments.wants_coverage() { Some(covered(&policy, &selection)?) } else { None };
    let sources = policy.sources();
    if let (Some(path), Some(coverage)) = (&arguments.coverage_lcov, &coverage) {
        let written = std::fs::write(path, report::coverage::lcov(coverage, sources));
        written.map_err(|error| Misuse::new(format!("cannot write `{}`: {error}", path.display())))?;
    }
    let more = More { tests, coverage: coverage.as_ref().map(|coverage| report::coverage::record(coverage, sources)) };
    let printed = Printed { command: "test", findings: &findings, failing: Severity::Error, more };
    let outcome = printed.print(arguments.output, console, |look| {
        let page = test_results::page(&results, sources, explain, look);
        match coverage.as_ref().filter(|_| arguments.coverage) {
            Some(coverage) => format!("{page}\n{}", report::coverage::page(coverage, sources, look)),
            None => page,
        }
    })?;
    match (arguments.min_coverage, &coverage) {
        (Some(least), Some(coverage)) if !coverage.reaches(least) => {
            let reached = report::coverage::percent(coverage);
            console.note(&format!("the tests reach {reached} of the policy, less than the {least} % asked for by `--min-coverage`\n"));
            Ok(Outcome::Findings)
        }
        (Some(_) | None, _) => Ok(outcome),
    }
}

fn covered(policy: &Policy, selection: &Selection) -> Result<Coverage, Misuse> {
    policy.coverage(selection).map_err(|error| Misuse::new(error.to_string()))
}

fn none_selected(selection: &Selection) -> Misuse {
    let quoted = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    let title = (!selection.titles.is_empty()).then(|| format!("has {} in its title", quoted(&selection.titles)));
    let file = (!selection.files.is_empty()).then(|| format!("stands in {}", quoted(&selection.files)));
    Misuse::new(format!("none of the policy's tests {}", title.into_iter().chain(file).collect::<Vec<_>>().join(" and ")))
}
