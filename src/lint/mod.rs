//! What is not wrong, and yet looks like a mistake: findings of rules over a checked policy.
//!
//! Enters: a [`Checked`] policy without errors, what was proved of it, the day on which it is looked at, and the level of each rule. Leaves: findings,
//! diagnostics that carry the name of their rule. Always holds: a rule sees text, model and day and nothing else, so the same policy gives
//! the same findings; a finding that the policy allows, with a reason, is not among them; what `check` says of mistakes is not said again.
//!
//! One file for each rule in `rules/`, one table of them in `registry.rs`, one page each in `docs/rules/`.

pub mod baseline;
mod conditions;
pub mod config;
mod context;
pub mod fix;
mod logic;
mod proofs;
mod registry;
mod rule;
mod rules;
mod suppress;
mod texts;
mod unfit;
mod uses;
mod walk;

pub use baseline::stale;
pub use context::Context;
pub use proofs::{PROOFS, Proved, joined};
pub use registry::{RULES, every, find};
pub use rule::{Fixes, Group, Level, Rule};
pub use rules::unused_file::finding as unused_file;

use crate::diagnostic::{self, Diagnostic, Severity};
use crate::model::{AsOf, Checked};
use config::Levels;

/// What a run of the rules needs to know besides the policy.
#[derive(Clone, Debug)]
pub struct Settings {
    /// holidays before its day are past
    pub as_of: AsOf,
    pub levels: Levels,
}

/// Everything that text and model show: [`lint_proved`] without proofs.
pub fn lint(checked: &Checked, settings: &Settings) -> Vec<Diagnostic> {
    lint_proved(checked, Proved::default(), settings)
}

/// Everything that is found in a policy: what `check` says, what was proved, and what the rules say, by place. Rules are not asked of a policy with errors:
/// what they would say of the rest is guesswork. Where a rule says what was proved, the rule is told: it has bounds or a fix.
pub fn lint_proved(checked: &Checked, proved: Proved, settings: &Settings) -> Vec<Diagnostic> {
    let mut found = checked.diagnostics.clone();
    if found.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return found;
    }
    // a checked policy's zone is known
    let day = settings.as_of.day(&checked.policy.timezone).unwrap_or(jiff::civil::Date::MAX);
    let Proved { mut findings, is_complete } = proved;
    let mut context = Context::new(checked, day);
    context.dead_rows = proofs::dead_rows(&findings);
    for rule in RULES {
        if settings.levels.of(rule).severity().is_some() {
            (rule.check)(&context, &mut found);
        }
    }
    findings.retain(|proof| find(proof.name()).is_none_or(|proof| settings.levels.of(proof) != Level::Off));
    let (found, also_called) = proofs::joined(found, findings);
    let looked_for = |rule: &Rule| settings.levels.of(rule) != Level::Off && (rule.group != Group::Proof || is_complete);
    let mut kept = suppress::apply(&context, &settings.levels, &looked_for, found, &also_called);
    for diagnostic in &mut kept {
        if let Some(severity) = find(diagnostic.name()).and_then(|rule| settings.levels.of(rule).severity()) {
            diagnostic.severity = severity;
        }
    }
    diagnostic::sort(&mut kept);
    kept
}
