//! What became of a run, for machines.

use serde::Serialize;

use super::summary::Run;
use crate::batch::HistoryReport;
use crate::batch::bad::reason_sentence;
use crate::batch::number_summary::NumberSummary;
use crate::batch::report::{ChoiceCounts, ReasonCount};
use crate::batch::turns::TurnTally;
use crate::model::Policy;
use crate::model::value::format_scaled;

#[derive(Debug, Serialize)]
pub struct RunRecord<'a> {
    pub policy: &'a str,
    pub version: Option<&'a str>,
    pub as_of: &'a str,
    pub timezone: &'a str,
    pub rows_in: u64,
    pub rows_scored: u64,
    pub rows_rejected: u64,
    pub cells_taken_as_missing: u64,
    /// scored rows whose key an earlier one has
    pub rows_repeated: u64,
    pub reasons: Vec<ReasonRecord>,
    pub counts: Vec<CountRecord<'a>>,
    pub numbers: Vec<NumberRecord<'a>>,
    pub signals: Option<HistoryRecord>,
    pub stage_log: Option<HistoryRecord>,
    /// of a run that remembers rotations
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turns: Option<TurnsRecord<'a>>,
    pub notes: &'a [String],
    pub milliseconds: u128,
    pub threads: usize,
}

/// Rows in = used + later than as-of + of rejected leads + of unknown leads + rejected.
#[derive(Debug, Serialize)]
pub struct HistoryRecord {
    pub files: Vec<String>,
    pub rows_in: u64,
    pub rows_used: u64,
    pub rows_later: u64,
    pub rows_of_unknown_leads: u64,
    pub rows_rejected: u64,
    pub rows_of_rejected_leads: u64,
    pub cells_taken_as_missing: u64,
    pub leads: u64,
    pub reasons: Vec<ReasonRecord>,
}

#[derive(Debug, Serialize)]
pub struct TurnsRecord<'a> {
    pub taken: u64,
    /// leads that kept their owner
    pub kept: u64,
    /// per queue in which nobody was left for some
    pub left: Vec<MemberRecord<'a>>,
    /// leads of queues that rotate that have no owner in the end
    pub without_owner: u64,
}

#[derive(Debug, Serialize)]
pub struct ReasonRecord {
    pub column: String,
    pub reason: String,
    pub outcome: &'static str,
    pub cells: u64,
}

#[derive(Debug, Serialize)]
pub struct CountRecord<'a> {
    pub output: &'a str,
    /// in the policy's order
    pub leads: Vec<MemberRecord<'a>>,
    /// of the owners of a route: leads that kept theirs
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<MemberRecord<'a>>,
    pub missing: u64,
}

#[derive(Debug, Serialize)]
pub struct MemberRecord<'a> {
    pub name: &'a str,
    pub leads: u64,
}

/// Numbers as exact texts.
#[derive(Debug, Serialize)]
pub struct NumberRecord<'a> {
    pub output: &'a str,
    pub known: u64,
    pub missing: u64,
    pub sum: String,
    pub least: Option<String>,
    pub greatest: Option<String>,
    /// where each part of the range begins, and how many leads are in it
    pub distribution: Vec<(String, u64)>,
}

pub fn record<'a>(run: &Run<'a>) -> RunRecord<'a> {
    let report = run.report;
    RunRecord {
        policy: &run.policy.name,
        version: run.policy.version.as_deref(),
        as_of: run.as_of,
        timezone: &run.policy.timezone,
        rows_in: report.rows_in,
        rows_scored: report.rows_scored,
        rows_rejected: report.rows_rejected,
        cells_taken_as_missing: report.cells_taken_as_missing,
        rows_repeated: report.rows_repeated,
        reasons: report.reasons.iter().map(|reason| reason_record(run.policy, reason)).collect(),
        counts: report.choices.iter().map(count_record).collect(),
        numbers: report.numbers.iter().map(number_record).collect(),
        signals: report.signals.as_ref().map(history_record),
        stage_log: report.stage_log.as_ref().map(history_record),
        turns: report.turns.as_ref().map(|turns| turns_record(run.policy, &turns.tally)),
        notes: &report.notes,
        milliseconds: report.elapsed.as_millis(),
        threads: report.threads,
    }
}

fn history_record(report: &HistoryReport) -> HistoryRecord {
    HistoryRecord {
        files: report.files.iter().map(|file| file.name.clone()).collect(),
        rows_in: report.rows_in,
        rows_used: report.rows_used,
        rows_later: report.rows_later,
        rows_of_unknown_leads: report.rows_of_unknown_leads,
        rows_rejected: report.rows_rejected,
        rows_of_rejected_leads: report.rows_of_rejected_leads,
        cells_taken_as_missing: report.cells_taken_as_missing,
        leads: report.leads,
        reasons: report.reasons.iter().map(|reason| reason_record(&report.record, reason)).collect(),
    }
}

fn turns_record<'a>(policy: &'a Policy, tally: &TurnTally) -> TurnsRecord<'a> {
    let left = policy.queues.iter().zip(&tally.left).filter(|(_, leads)| **leads > 0);
    TurnsRecord {
        taken: tally.taken,
        kept: tally.kept,
        left: left.map(|(queue, leads)| MemberRecord { name: &queue.name, leads: *leads }).collect(),
        without_owner: tally.without_owner,
    }
}

fn reason_record(policy: &Policy, reason: &ReasonCount) -> ReasonRecord {
    ReasonRecord {
        column: reason.column.clone(),
        reason: reason_sentence(policy, reason.subject, reason.reason, None),
        outcome: reason.outcome.name(),
        cells: reason.cells,
    }
}

fn count_record(counts: &ChoiceCounts) -> CountRecord<'_> {
    let leads = counts.members.iter().map(|(name, _, leads)| MemberRecord { name, leads: *leads });
    let kept = counts.members.iter().zip(&counts.kept).map(|((name, _, _), leads)| MemberRecord { name, leads: *leads });
    CountRecord { output: &counts.output, leads: leads.collect(), kept: kept.collect(), missing: counts.missing }
}

fn number_record(numbers: &NumberSummary) -> NumberRecord<'_> {
    let figure = |value: i64| format_scaled(i128::from(value), numbers.scale);
    NumberRecord {
        output: &numbers.output,
        known: numbers.known,
        missing: numbers.missing,
        sum: format_scaled(numbers.sum, numbers.scale),
        least: numbers.least.map(figure),
        greatest: numbers.greatest.map(figure),
        distribution: numbers.bins.iter().enumerate().map(|(index, count)| (figure(numbers.bin_low(index)), *count)).collect(),
    }
}
