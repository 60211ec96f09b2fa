//! `leadwright test`: the examples that a policy contains.

use std::path::PathBuf;

use clap::Args;

use super::console::Console;
use super::load::load;
use super::outcome::{Misuse, Outcome};
use crate::report;
use crate::testing::Selection;

/// Run the tests that a policy contains, on both evaluators
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  leadwright test examples/medbank --filter student")]
pub struct Arguments {
    /// A folder with a policy, or a .lead file
    policy: PathBuf,

    /// Only the tests whose title contains this text; may be given several times
    #[arg(long, value_name = "TEXT")]
    filter: Vec<String>,

    /// Only the tests of this file: a path below the policy's root, or the end of one; may be given several times
    #[arg(long, value_name = "PATH")]
    file: Vec<String>,
}

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let policy = match load(&arguments.policy, "no test was run", console)? {
        Ok(policy) => policy,
        Err(outcome) => return Ok(outcome),
    };
    let selection = Selection { titles: arguments.filter.clone(), files: arguments.file.clone() };
    let results = policy.test(&selection).map_err(|error| Misuse::new(error.to_string()))?;
    if results.is_empty() && !policy.model().tests.is_empty() {
        return Err(none_selected(&selection));
    }
    console.print(&report::test_results::page(&results, policy.sources(), |test| policy.explain_test(test), console.out))?;
    Ok(if results.iter().all(|result| result.passed()) { Outcome::Clean } else { Outcome::Findings })
}

fn none_selected(selection: &Selection) -> Misuse {
    let quoted = |words: &[String]| words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
    let title = (!selection.titles.is_empty()).then(|| format!("has {} in its title", quoted(&selection.titles)));
    let file = (!selection.files.is_empty()).then(|| format!("stands in {}", quoted(&selection.files)));
    Misuse::new(format!("none of the policy's tests {}", title.into_iter().chain(file).collect::<Vec<_>>().join(" and ")))
}
