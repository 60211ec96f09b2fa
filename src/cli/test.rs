//! `leadwright test`: the examples that a policy contains.

use std::path::PathBuf;

use clap::Args;

use super::console::Console;
use super::load::load;
use super::outcome::{Misuse, Outcome};
use crate::report;

/// Run the tests that a policy contains, on both evaluators
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  leadwright test examples/medbank --filter student")]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    /// Only the tests whose title contains this text
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let policy = match load(&arguments.policy, "no test was run", console)? {
        Ok(policy) => policy,
        Err(outcome) => return Ok(outcome),
    };
    let results = policy.test(arguments.filter.as_deref()).map_err(|error| Misuse::new(error.to_string()))?;
    if results.is_empty() && !policy.model().tests.is_empty() {
        let filter = arguments.filter.as_deref().unwrap_or_default();
        return Err(Misuse::new(format!("none of the policy's tests has `{filter}` in its title")));
    }
    console.print(&report::test_results::page(&results, |test| policy.explain_test(test), console.out))?;
    Ok(if results.iter().all(|result| result.passed()) { Outcome::Clean } else { Outcome::Findings })
}
