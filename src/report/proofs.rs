//! What was proved, refuted and left undecided.

use serde::Serialize;

use super::figures::counted;
use super::layout::{Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::policy::prove::{Attainable, Proofs, Proved, Verdict};
use crate::source::Sources;

const LABEL: usize = 9;

/// A line for each claim; for one that is refuted, why, and a lead as a test. `leads`: also for what is possible.
pub fn page(proofs: &Proofs, ranges: &[Attainable], leads: bool, look: Look) -> String {
    let mut page = Page::new(look);
    let mut tests = String::new();
    for claim in &proofs.claims {
        let (label, paint) = match claim.verdict {
            Verdict::Proved => ("proved", Paint::Good),
            Verdict::Refuted => ("REFUTED", Paint::Bad),
            Verdict::Undecided => ("undecided", Paint::Warn),
        };
        page.labelled(0, &words(label).paint(paint), LABEL, &[words(&claim.title)]);
        if claim.verdict != Verdict::Proved {
            page.line(LABEL + 1, &[words(claim.reason.clone())]);
        }
        if claim.verdict == Verdict::Refuted || leads {
            claim.tests.iter().for_each(|test| tests += &format!("\n{test}"));
        }
    }
    if !proofs.claims.is_empty() {
        page.empty_line();
    }
    let rows: Vec<_> = ranges.iter().map(|range| vec![words(range.name.clone()), words(range.text.clone())]).collect();
    page.table(0, &[], &rows);
    if !ranges.is_empty() {
        page.empty_line();
    }
    page.line(0, &[words(totals(proofs)).paint(if of(proofs, Verdict::Refuted) > 0 { Paint::Bad } else { Paint::Good })]);
    let mut text = page.finish();
    if !tests.is_empty() {
        text += &tests;
    }
    text
}

fn of(proofs: &Proofs, verdict: Verdict) -> usize {
    proofs.claims.iter().filter(|claim| claim.verdict == verdict).count()
}

/// `3 claims proved; 84 questions about rows, thresholds and stages, 2 findings`
fn totals(proofs: &Proofs) -> String {
    let mut parts: Vec<String> = [Verdict::Proved, Verdict::Refuted, Verdict::Undecided]
        .into_iter()
        .filter(|verdict| of(proofs, *verdict) > 0)
        .map(|verdict| format!("{} {}", counted(of(proofs, verdict) as u64, "claim", "claims"), verdict.name()))
        .collect();
    if parts.is_empty() {
        parts.push("no claims".into());
    }
    let undecided = if proofs.undecided > 0 { format!(", {} undecided", proofs.undecided) } else { String::new() };
    let found = counted(proofs.findings.len() as u64, "finding", "findings");
    format!(
        "{}; {} about rows, thresholds, stages and routes: {found}{undecided}",
        parts.join(", "),
        counted(proofs.asked as u64, "question", "questions")
    )
}

/// The same for machines.
#[derive(Debug, Serialize)]
pub struct ClaimRecord {
    pub title: String,
    pub file: String,
    pub line: usize,
    /// `proved`, `refuted` or `undecided`
    pub verdict: &'static str,
    pub reason: String,
    /// a lead that shows it, as tests of the policy
    pub tests: Vec<String>,
    pub steps: u64,
}

pub fn record(claim: &Proved, sources: &Sources) -> ClaimRecord {
    ClaimRecord {
        title: claim.title.clone(),
        file: sources.get(claim.span.source).path.clone(),
        line: sources.position(claim.span.source, claim.span.start).line,
        verdict: claim.verdict.name(),
        reason: claim.reason.clone(),
        tests: claim.tests.clone(),
        steps: claim.steps,
    }
}
