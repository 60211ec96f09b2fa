//! The door for an embedder (being written).

pub mod exact;
pub mod explain;
mod explain_score;
pub mod explanation;
mod why;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{self, Checked};
use crate::source::Files;

/// Reads and checks a policy; every mistake is among the diagnostics.
pub fn check(files: &dyn Files, entry: &str) -> Checked {
    model::check(files, entry)
}

/// An error for each part that scoring needs and that is not evaluated yet.
pub fn not_evaluated(policy: &model::Policy) -> Vec<Diagnostic> {
    let parts = policy.unevaluated.iter().filter(|part| part.scoring);
    parts
        .map(|part| {
            Diagnostic::new(Code::NotEvaluated, format!("{} is checked but not evaluated yet, so the policy cannot score", part.what))
                .at(part.span, "scoring needs this")
                .help("take this part out of the policy until it is evaluated; a score without it would be wrong or incomplete")
        })
        .collect()
}
