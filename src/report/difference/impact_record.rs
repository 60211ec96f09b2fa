//! What a change does to leads, as JSON. Numbers that must be exact are texts.

use serde::Serialize;

use super::figures;
use crate::batch::compare::{ChoiceImpact, Extreme, Impact, Load, NumberImpact};
use crate::model::value::format_scaled;

#[derive(Debug, Serialize)]
pub struct ImpactRecord<'a> {
    pub rows_in: u64,
    pub rows_compared: u64,
    pub rows_rejected_old_only: u64,
    pub rows_rejected_new_only: u64,
    pub rows_rejected_both: u64,
    pub leads_changed: u64,
    pub leads_lost_route: u64,
    pub leads_gained_route: u64,
    /// by kind of answer: `score`, `section`, `decide`, `stage`, `queue`, `owner`, `clock`
    pub leads_changed_by_kind: std::collections::BTreeMap<&'static str, u64>,
    pub choices: Vec<ChoiceRecord<'a>>,
    pub numbers: Vec<NumberRecord<'a>>,
    pub others: Vec<OtherRecord<'a>>,
    pub old_only: Vec<SingleRecord<'a>>,
    pub new_only: Vec<SingleRecord<'a>>,
    pub queues: Vec<LoadRecord<'a>>,
    pub owners: Vec<LoadRecord<'a>>,
    pub movers: Vec<MoverRecord<'a>>,
    pub rejected: Vec<RejectedRecord<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ChoiceRecord<'a> {
    pub output: &'a str,
    pub kind: &'static str,
    pub changed: u64,
    /// pairs that some lead has; null is missing
    pub cells: Vec<CellRecord<'a>>,
}

#[derive(Debug, Serialize)]
pub struct CellRecord<'a> {
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
    pub leads: u64,
}

#[derive(Debug, Serialize)]
pub struct NumberRecord<'a> {
    pub output: &'a str,
    pub kind: &'static str,
    pub up: u64,
    pub down: u64,
    pub same: u64,
    pub became_known: u64,
    pub became_missing: u64,
    pub both_missing: u64,
    /// of all moves
    pub sum: String,
    pub largest_up: Option<ExtremeRecord<'a>>,
    pub largest_down: Option<ExtremeRecord<'a>>,
    pub steps: Vec<StepRecord>,
}

#[derive(Debug, Serialize)]
pub struct ExtremeRecord<'a> {
    pub by: String,
    pub key: &'a str,
    pub line: u64,
}

/// Leads that moved by so many points: `1 to 5` is more than 1 and at most 5.
#[derive(Debug, Serialize)]
pub struct StepRecord {
    pub points: String,
    pub up: u64,
    pub down: u64,
}

#[derive(Debug, Serialize)]
pub struct OtherRecord<'a> {
    pub output: &'a str,
    pub kind: &'static str,
    pub changed: u64,
}

#[derive(Debug, Serialize)]
pub struct SingleRecord<'a> {
    pub output: &'a str,
    pub kind: &'static str,
    pub known: u64,
}

#[derive(Debug, Serialize)]
pub struct LoadRecord<'a> {
    pub name: &'a str,
    pub before: u64,
    pub after: u64,
}

#[derive(Debug, Serialize)]
pub struct MoverRecord<'a> {
    pub key: &'a str,
    pub line: u64,
    pub changes: Vec<MoverChangeRecord<'a>>,
}

#[derive(Debug, Serialize)]
pub struct MoverChangeRecord<'a> {
    pub output: &'a str,
    pub before: Option<&'a str>,
    pub after: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct RejectedRecord<'a> {
    pub key: &'a str,
    pub line: u64,
    /// `old` or `new`
    pub by: &'static str,
    pub reason: &'a str,
}

pub fn record(impact: &Impact) -> ImpactRecord<'_> {
    ImpactRecord {
        rows_in: impact.rows_in,
        rows_compared: impact.rows_compared,
        rows_rejected_old_only: impact.rows_rejected_old,
        rows_rejected_new_only: impact.rows_rejected_new,
        rows_rejected_both: impact.rows_rejected_both,
        leads_changed: impact.rows_changed,
        leads_lost_route: impact.rows_lost_route,
        leads_gained_route: impact.rows_gained_route,
        leads_changed_by_kind: impact.changed_by_kind.iter().map(|(kind, leads)| (kind.name(), *leads)).collect(),
        choices: impact.choices.iter().map(choice).collect(),
        numbers: impact.numbers.iter().map(number).collect(),
        others: impact
            .others
            .iter()
            .map(|other| OtherRecord { output: &other.output, kind: other.kind.name(), changed: other.changed })
            .collect(),
        old_only: impact.old_only.iter().map(single).collect(),
        new_only: impact.new_only.iter().map(single).collect(),
        queues: impact.queues.iter().map(load).collect(),
        owners: impact.owners.iter().map(load).collect(),
        movers: impact
            .movers
            .iter()
            .map(|mover| MoverRecord {
                key: &mover.key,
                line: mover.line,
                changes: mover
                    .changes
                    .iter()
                    .map(|change| MoverChangeRecord {
                        output: &change.output,
                        before: change.before.as_deref(),
                        after: change.after.as_deref(),
                    })
                    .collect(),
            })
            .collect(),
        rejected: impact
            .rejected
            .iter()
            .map(|lead| RejectedRecord {
                key: &lead.key,
                line: lead.line,
                by: if lead.by_new { "new" } else { "old" },
                reason: &lead.reason,
            })
            .collect(),
    }
}

fn single(single: &crate::batch::compare::SingleOutput) -> SingleRecord<'_> {
    SingleRecord { output: &single.output, kind: single.kind.name(), known: single.known }
}

fn choice(choice: &ChoiceImpact) -> ChoiceRecord<'_> {
    let name = |place: &Option<usize>| place.and_then(|place| choice.names.get(place)).map(String::as_str);
    let cells = choice.cells.iter().map(|(before, after, leads)| CellRecord { before: name(before), after: name(after), leads: *leads });
    ChoiceRecord { output: &choice.output, kind: choice.kind.name(), changed: choice.changed, cells: cells.collect() }
}

fn number(number: &NumberImpact) -> NumberRecord<'_> {
    fn extreme(largest: &Option<Extreme>, sign: i128, scale: u8) -> Option<ExtremeRecord<'_>> {
        let largest = largest.as_ref()?;
        Some(ExtremeRecord { by: format_scaled(largest.by * sign, scale), key: &largest.key, line: largest.line })
    }
    let steps = figures::steps().into_iter().zip(number.up_by).zip(number.down_by);
    NumberRecord {
        output: &number.output,
        kind: number.kind.name(),
        up: number.up,
        down: number.down,
        same: number.same,
        became_known: number.became_known,
        became_missing: number.became_missing,
        both_missing: number.both_missing,
        sum: format_scaled(number.sum, number.scale),
        largest_up: extreme(&number.largest_up, 1, number.scale),
        largest_down: extreme(&number.largest_down, -1, number.scale),
        steps: steps.map(|((points, up), down)| StepRecord { points, up, down }).collect(),
    }
}

fn load(load: &Load) -> LoadRecord<'_> {
    LoadRecord { name: &load.name, before: load.before, after: load.after }
}
