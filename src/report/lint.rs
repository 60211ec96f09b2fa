//! What `lint` found, in a few lines, and the list of its rules.

use super::check::found;
use super::figures::counted;
use super::layout::{Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::diagnostic::{Applicability, Diagnostic, Severity};
use crate::lint::{Group, Level, every};

/// What was done besides looking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Done {
    pub policies: usize,
    /// findings that were mended
    pub mended: usize,
    /// findings that the baseline knows
    pub known: usize,
}

/// What stands behind the findings.
pub fn summary(diagnostics: &[Diagnostic], done: Done, look: Look) -> String {
    let mut page = Page::new(look);
    let policies = counted(done.policies as u64, "policy", "policies");
    let worst = diagnostics.iter().map(|diagnostic| diagnostic.severity).min();
    let (mut line, paint) = match found(diagnostics) {
        None => (format!("{policies}: nothing found"), Paint::Good),
        Some(found) if done.policies == 1 => (found, paint_of(worst)),
        Some(found) => (format!("{found} of {policies}"), paint_of(worst)),
    };
    if done.mended > 0 {
        line += &format!("; {} mended", done.mended);
    }
    if done.known > 0 {
        line += &format!("; {} known to the baseline", done.known);
    }
    page.line(0, &[words(line).paint(paint)]);
    let fixable = |applicability| {
        diagnostics.iter().filter(|diagnostic| matches!(diagnostic.fixes.as_slice(), [fix] if fix.applicability == applicability)).count()
    };
    let (safe, with_care) = (fixable(Applicability::Safe), fixable(Applicability::Unsafe));
    let ways: Vec<String> = [(safe, "`--fix`"), (with_care, "`--unsafe-fixes`")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, flag)| format!("{count} can be mended with {flag}"))
        .collect();
    if !ways.is_empty() {
        page.line(0, &[words(ways.join(", ")).paint(Paint::Dim)]);
    }
    page.finish()
}

fn paint_of(worst: Option<Severity>) -> Paint {
    match worst {
        Some(Severity::Error) => Paint::Bad,
        Some(Severity::Warning) => Paint::Warn,
        Some(Severity::Note) | None => Paint::Plain,
    }
}

/// Every rule, by group.
pub fn all_rules(look: Look) -> String {
    let mut page = Page::new(look);
    for group in Group::ALL {
        page.line(0, &[words(group.name()).paint(Paint::Bold)]);
        let rows: Vec<_> = every()
            .filter(|rule| rule.group == group)
            .map(|rule| {
                let paint = match rule.level {
                    Level::Error => Paint::Bad,
                    Level::Warning => Paint::Warn,
                    Level::Note => Paint::Plain,
                    Level::Off => Paint::Dim,
                };
                vec![words(rule.name), words(rule.level.name()).paint(paint), words(rule.summary)]
            })
            .collect();
        page.table(2, &[], &rows);
        page.empty_line();
    }
    page.line(0, &[words("`leadwright rule NAME` shows the page of a rule").paint(Paint::Dim)]);
    page.finish()
}
