//! What is proved of two versions, as JSON.

use serde::Serialize;

use super::treatment_figures;
use crate::policy::versions::{Shown, Treated, Treatment};
use crate::proof::versions::{Cells, Row};

/// Names and meanings stay; new names may come. See docs/diff.md.
#[derive(Debug, Serialize)]
pub struct TreatmentRecord<'a> {
    /// `same`, `differs` or `undecided`
    pub verdict: &'static str,
    pub answers: Vec<AnswerRecord<'a>>,
    /// answers that one version alone gives
    pub old_only: &'a [String],
    pub new_only: &'a [String],
    /// fields that one version alone has
    pub old_fields: &'a [String],
    pub new_fields: &'a [String],
    /// fields of another type
    pub retyped_fields: &'a [String],
    /// leads that one version alone accepts, a sentence each
    pub accepted: &'a [String],
    pub steps: u64,
}

#[derive(Debug, Serialize)]
pub struct AnswerRecord<'a> {
    pub answer: &'a str,
    pub kind: &'static str,
    /// `same`, `differs` or `undecided`
    pub verdict: &'static str,
    /// why it is not decided
    pub why: Option<&'a str>,
    pub lead: Option<LeadRecord<'a>>,
    pub cells: Option<CellsRecord<'a>>,
    /// of a route: some lead had a queue and has none; null if that is not decided
    pub loses: Option<bool>,
    pub steps: u64,
}

#[derive(Debug, Serialize)]
pub struct LeadRecord<'a> {
    pub before: &'a str,
    pub after: &'a str,
    pub as_of: &'a str,
    pub fields: Vec<FieldRecord<'a>>,
    /// how many of the fields, the first ones, are not as in the plainest lead
    pub away: usize,
    pub stage: Option<&'a str>,
    pub signals: usize,
    /// the answer that this very lead shows already
    pub same_as: Option<&'a str>,
    /// of the newer version
    pub test: Option<&'a str>,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct FieldRecord<'a> {
    pub field: &'a str,
    pub value: &'a str,
}

#[derive(Debug, Serialize)]
pub struct CellsRecord<'a> {
    /// each of these leads differs; else no other lead does
    pub exact: bool,
    /// as texts: they can be beyond 64 bits
    pub differing: Option<String>,
    pub all: Option<String>,
    pub rows: Vec<RowRecord<'a>>,
    pub more: u64,
}

#[derive(Debug, Serialize)]
pub struct RowRecord<'a> {
    pub conditions: &'a [String],
    /// empty for numbers, of which `after` says how they move
    pub before: &'a str,
    pub after: &'a str,
    /// it is not known whether a lead is in it
    pub open: bool,
}

pub fn record(treatment: &Treatment) -> TreatmentRecord<'_> {
    TreatmentRecord {
        verdict: treatment.verdict().name(),
        answers: treatment.answers.iter().map(answer).collect(),
        old_only: &treatment.old_only,
        new_only: &treatment.new_only,
        old_fields: &treatment.apart.old_only,
        new_fields: &treatment.apart.new_only,
        retyped_fields: &treatment.apart.retyped,
        accepted: &treatment.apart.accepted,
        steps: treatment.steps,
    }
}

fn answer(answer: &Treated) -> AnswerRecord<'_> {
    AnswerRecord {
        answer: &answer.name,
        kind: answer.kind.name(),
        verdict: answer.verdict.name(),
        why: answer.why.as_deref(),
        lead: answer.shown.as_ref().map(lead),
        cells: answer.cells.as_ref().map(cells),
        loses: answer.loses,
        steps: answer.steps,
    }
}

fn lead(shown: &Shown) -> LeadRecord<'_> {
    LeadRecord {
        before: &shown.before,
        after: &shown.after,
        as_of: &shown.as_of,
        fields: shown.fields.iter().map(|(field, value)| FieldRecord { field, value }).collect(),
        away: shown.away,
        stage: shown.stage.as_deref(),
        signals: shown.signal_count,
        same_as: shown.same_as.as_deref(),
        test: shown.test.as_deref(),
        text: treatment_figures::lead(shown),
    }
}

fn cells(cells: &Cells) -> CellsRecord<'_> {
    CellsRecord {
        exact: cells.is_exact,
        differing: cells.count.as_ref().map(|(differing, _)| differing.to_string()),
        all: cells.count.as_ref().map(|(_, all)| all.to_string()),
        rows: cells.rows.iter().map(row).collect(),
        more: cells.more,
    }
}

fn row(row: &Row) -> RowRecord<'_> {
    RowRecord { conditions: &row.conditions, before: &row.before, after: &row.after, open: row.is_open }
}
