//! A policy that can score, for the commands that need one.

use std::path::Path;

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::policies::{Found, find_one};
use crate::diagnostic::render_human;
use crate::policy::{self, Policy, Refused};
use crate::report;

/// A policy whose paths start where those of reports do, or why there is none.
pub enum Loaded {
    Policy(Box<Policy>),
    Refused(Refused),
}

/// Loads it for a command that reports on it.
pub fn to_report(path: &Path) -> Result<Loaded, Misuse> {
    Ok(found_to_report(&find_one(path)?))
}

pub fn found_to_report(found: &Found) -> Loaded {
    let Found { located, folder } = found;
    let mut checked = policy::check(&located.disk, &located.entry);
    checked.sources = checked.sources.beneath(folder);
    match Policy::from_checked(checked) {
        Ok(policy) => Loaded::Policy(Box::new(policy)),
        Err(refused) => Loaded::Refused(refused),
    }
}

/// Loads it; or shows on standard error why it cannot score. `undone` ends the sentence: "nothing was scored".
pub fn load(path: &Path, undone: &str, console: &Console) -> Result<Result<Policy, Outcome>, Misuse> {
    match to_report(path)? {
        Loaded::Policy(policy) => Ok(Ok(*policy)),
        Loaded::Refused(refused) => {
            console.note(&render_human::render(&refused.diagnostics, &refused.sources, console.err));
            let found = report::check::found(&refused.diagnostics).unwrap_or_default();
            console.note(&format!("{found}; {undone}\n"));
            Ok(Err(Outcome::Findings))
        }
    }
}
