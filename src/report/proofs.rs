//! What was proved, refuted and left undecided.

use num_bigint::BigUint;
use serde::Serialize;

use super::figures::{bar, counted, grouped, share};
use super::layout::{Align, Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::diagnostic::sanitise::many_lines;
use crate::policy::attainable::{Attainable, Bin, Spread};
use crate::policy::prove::{Proofs, Proved, Question, Verdict};
use crate::source::{Sources, Span};

const LABEL: usize = 9;
const BAR_WIDTH: usize = 20;

/// A line for each claim; for one that is refuted, why, and a lead as a test. `leads`: also for what is possible. Then each question that is undecided, where, why, and what to do.
pub fn page(proofs: &Proofs, sources: &Sources, ranges: &[Attainable], leads: bool, look: Look) -> String {
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
            if let Some(help) = claim.help {
                page.line(LABEL + 1, &[words(help).paint(Paint::Dim)]);
            }
        }
        if claim.verdict == Verdict::Refuted || leads {
            claim.tests.iter().for_each(|test| tests += &format!("\n{}", many_lines(test)));
        }
    }
    for question in &proofs.undecided {
        page.labelled(0, &words("undecided").paint(Paint::Warn), LABEL, &[words(question.text.clone())]);
        let (file, line) = place(question.span, sources);
        page.line(LABEL + 1, &[words(format!("{file}:{line}: {}", question.reason))]);
        page.line(LABEL + 1, &[words(question.help).paint(Paint::Dim)]);
    }
    if !proofs.claims.is_empty() || !proofs.undecided.is_empty() {
        page.empty_line();
    }
    let rows: Vec<_> = ranges.iter().map(|range| vec![words(range.name.clone()), words(range.text.clone())]).collect();
    page.table(0, &[], &rows);
    for range in ranges {
        range.spreads.iter().for_each(|spread| bars(&mut page, &range.name, spread));
    }
    if !ranges.is_empty() {
        page.empty_line();
    }
    let is_undecided = of(proofs, Verdict::Undecided) > 0 || !proofs.undecided.is_empty();
    let paint = match of(proofs, Verdict::Refuted) {
        0 if is_undecided => Paint::Warn,
        0 => Paint::Good,
        _ => Paint::Bad,
    };
    page.line(0, &[words(totals(proofs)).paint(paint)]);
    let mut text = page.finish();
    if !tests.is_empty() {
        text += &tests;
    }
    text
}

/// A bar for each bin, by its share of the cells.
fn bars(page: &mut Page, name: &str, spread: &Spread) {
    let persona = spread.persona.as_ref().map(|persona| format!(", {persona}")).unwrap_or_default();
    let bins = match &spread.bins {
        Ok(bins) => bins,
        Err(why) => {
            page.heading(format!("{name}{persona}: its cells are not counted: {}", why.text()));
            return;
        }
    };
    let whole: BigUint = bins.iter().map(|bin| &bin.cells).sum();
    let cells = if whole == BigUint::from(1u8) { "cell" } else { "cells" };
    page.heading(format!("{name}{persona}: {} {cells}", grouped(&whole)));
    // shares are shown to a tenth of a per cent, so a factor in common does not matter
    let shift = whole.bits().saturating_sub(u64::from(u64::BITS));
    let scaled = |cells: &BigUint| (cells >> shift).iter_u64_digits().next().unwrap_or(0).max(u64::from(*cells > BigUint::ZERO));
    let greatest = bins.iter().map(|bin| scaled(&bin.cells)).max().unwrap_or(0);
    let last = bins.len().saturating_sub(1);
    let rows = bins.iter().enumerate().map(|(index, bin)| {
        let reach = if index == last { "to" } else { "to under" };
        vec![
            words(bin.from.clone()),
            words(reach).paint(Paint::Dim),
            words(bin.to.clone()),
            words(share(scaled(&bin.cells), scaled(&whole))),
            words(bar(scaled(&bin.cells), greatest, BAR_WIDTH.min(page.look.width / 3), page.look)),
        ]
    });
    let rows: Vec<_> = rows.collect();
    page.table(2, &[Align::Right, Align::Left, Align::Right, Align::Right, Align::Left], &rows);
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
    let undecided = match proofs.undecided.len() {
        0 => String::new(),
        some => format!(", {some} undecided"),
    };
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
    let (file, line) = place(claim.span, sources);
    ClaimRecord {
        title: claim.title.clone(),
        file,
        line,
        verdict: claim.verdict.name(),
        reason: claim.reason.clone(),
        tests: claim.tests.clone(),
        steps: claim.steps,
    }
}

fn place(span: Span, sources: &Sources) -> (String, usize) {
    (sources.get(span.source).path.clone(), sources.position(span.source, span.start).line)
}

/// A question that is undecided, for machines.
#[derive(Debug, Serialize)]
pub struct QuestionRecord {
    /// `whether any lead is left for …`
    pub question: String,
    pub file: String,
    pub line: usize,
    pub reason: &'static str,
}

pub fn question_record(question: &Question, sources: &Sources) -> QuestionRecord {
    let (file, line) = place(question.span, sources);
    QuestionRecord { question: question.text.clone(), file, line, reason: question.reason }
}

/// What a score, a section or a decision can be, for machines.
#[derive(Debug, Serialize)]
pub struct AttainableRecord {
    pub name: String,
    pub text: String,
    pub spreads: Vec<SpreadRecord>,
}

#[derive(Debug, Serialize)]
pub struct SpreadRecord {
    pub persona: Option<String>,
    /// null if they are not counted
    pub bins: Option<Vec<BinRecord>>,
    /// why they are not counted
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncounted: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct BinRecord {
    pub from: String,
    pub to: String,
    /// a whole number that may be beyond what programs read as one
    pub cells: String,
}

pub fn attainable_record(of: &Attainable) -> AttainableRecord {
    let bin = |bin: &Bin| BinRecord { from: bin.from.clone(), to: bin.to.clone(), cells: bin.cells.to_string() };
    let spread = |spread: &Spread| SpreadRecord {
        persona: spread.persona.clone(),
        bins: spread.bins.as_ref().ok().map(|bins| bins.iter().map(bin).collect()),
        uncounted: spread.bins.as_ref().err().map(|why| why.text().to_string()),
    };
    let spreads = of.spreads.iter().map(spread);
    AttainableRecord { name: of.name.clone(), text: of.text.clone(), spreads: spreads.collect() }
}
