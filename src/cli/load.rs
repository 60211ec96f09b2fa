//! A policy that can score, for the commands that need one.

use std::path::Path;

use super::console::Console;
use super::locate::locate;
use super::outcome::{Misuse, Outcome};
use crate::diagnostic::render_human;
use crate::policy::Policy;
use crate::report;

/// Loads it; or shows on standard error why it cannot score. `undone` ends the sentence: "nothing was scored".
pub fn load(path: &Path, undone: &str, console: &Console) -> Result<Result<Policy, Outcome>, Misuse> {
    let located = locate(path)?;
    match Policy::load(&located.disk, &located.entry) {
        Ok(policy) => Ok(Ok(policy)),
        Err(refused) => {
            console.note(&render_human::render(&refused.diagnostics, &refused.sources, console.err));
            let found = report::check::found(&refused.diagnostics).unwrap_or_default();
            console.note(&format!("{found}; {undone}\n"));
            Ok(Err(Outcome::Findings))
        }
    }
}
