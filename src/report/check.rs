//! What a check found, in one line.

use serde::Serialize;

use super::figures::counted;
use super::layout::{Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::model::{Checked, Policy};

/// `3 errors and 1 warning in 2 files`; none without diagnostics.
pub fn found(diagnostics: &[Diagnostic]) -> Option<String> {
    if diagnostics.is_empty() {
        return None;
    }
    let of = |severity: Severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count() as u64;
    let (errors, warnings, notes) = (of(Severity::Error), of(Severity::Warning), of(Severity::Note));
    let mut files: Vec<_> = diagnostics.iter().filter_map(|diagnostic| diagnostic.labels.first()).map(|label| label.span.source).collect();
    files.sort();
    files.dedup();
    let counts: Vec<String> = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (notes, "note", "notes")]
        .into_iter()
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| counted(count, one, many))
        .collect();
    let counts = match counts.as_slice() {
        [] => return None,
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    Some(if files.is_empty() { counts } else { format!("{counts} in {}", counted(files.len() as u64, "file", "files")) })
}

/// `medbank: 16 fields, 1 table, 7 derived values, 1 score, …`
pub fn contents(policy: &Policy) -> String {
    let rows: usize = policy.flows.iter().map(|flow| flow.rows.len()).sum();
    let parts = [
        (policy.fields.len(), "field", "fields"),
        (policy.tables.len(), "table", "tables"),
        (policy.lets.len(), "derived value", "derived values"),
        (policy.scores.len(), "score", "scores"),
        (policy.decides.len(), "decision", "decisions"),
        (policy.stages.len(), "stage", "stages"),
        (rows, "transition", "transitions"),
        (policy.routes.len(), "route", "routes"),
        (policy.queues.len(), "queue", "queues"),
        (policy.tests.len(), "test", "tests"),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter(|(count, _, _)| *count > 0).map(|(count, one, many)| counted(count as u64, one, many)).collect();
    format!("{}: {}", policy.name, parts.join(", "))
}

/// Everything behind the diagnostics. `operations` is the most that one lead can cost, if the policy has no mistakes.
pub fn summary(checked: &Checked, operations: Option<u64>, look: Look) -> String {
    let mut page = Page::new(look);
    let errors = checked.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let found = found(&checked.diagnostics);
    if !errors {
        let mut line = contents(&checked.policy);
        for followed in &checked.policy.follows {
            line += &format!("; follows {} ({})", followed.name, counted(followed.requirement_count as u64, "requirement", "requirements"));
        }
        if found.is_none() {
            line += "; no mistakes";
        }
        if let Some(operations) = operations {
            line += &format!("; at most {} per lead", counted(operations, "step", "steps"));
        }
        page.line(0, &[words(line).paint(if found.is_none() { Paint::Good } else { Paint::Plain })]);
    }
    if let Some(found) = found {
        page.line(0, &[words(found).paint(if errors { Paint::Bad } else { Paint::Warn })]);
    }
    page.finish()
}

/// What stands behind the diagnostics of several policies: `3 errors in 2 files of 12 policies`.
pub fn of_many(policies: usize, diagnostics: &[Diagnostic], look: Look) -> String {
    let mut page = Page::new(look);
    let policies = counted(policies as u64, "policy", "policies");
    let errors = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let (line, paint) = match found(diagnostics) {
        None => (format!("{policies}: no mistakes"), Paint::Good),
        Some(found) => (format!("{found} of {policies}"), if errors { Paint::Bad } else { Paint::Warn }),
    };
    page.line(0, &[words(line).paint(paint)]);
    page.finish()
}

/// The same for machines.
#[derive(Debug, Serialize)]
pub struct PolicyRecord {
    pub policy: String,
    /// its first file
    pub file: String,
    /// the standards that it follows
    pub follows: Vec<String>,
    /// the most that one lead can cost; none if the policy has mistakes
    pub operations_per_lead: Option<u64>,
}

/// `file` is the policy's first, as reports show it.
pub fn record(checked: &Checked, file: String, operations: Option<u64>) -> PolicyRecord {
    PolicyRecord {
        policy: checked.policy.name.clone(),
        file,
        follows: checked.policy.follows.iter().map(|followed| followed.name.clone()).collect(),
        operations_per_lead: operations,
    }
}
