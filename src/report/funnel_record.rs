//! The funnel report for programs.
//!
//! Enters: what the page shows. Leaves: a record, whose fields `docs/replay.md` explains. Always holds: durations are whole seconds, shares are left to
//! the reader; fields are never taken away, and new ones come behind.

use serde::Serialize;

use super::funnel::{Run, attained, by_reason, periods_of, signal_name, stage_name};
use crate::history::replay::durations::Durations;
use crate::history::replay::handovers::Handovers;
use crate::history::replay::signal_tally::Impossible;
use crate::history::replay::tally::Kept;
use crate::model::Policy;

#[derive(Debug, Serialize)]
pub struct FunnelRecord<'a> {
    pub policy: &'a str,
    pub version: Option<&'a str>,
    pub timezone: &'a str,
    pub from: Option<&'a str>,
    pub to: &'a str,
    pub leads: LeadRecord,
    pub signals: SignalRecord,
    pub handovers: HandoverTotals<'a>,
    pub stages: Vec<StageRecord<'a>>,
    pub rows: Vec<RowRecord<'a>>,
    pub promises: Vec<PromiseRecord<'a>>,
    pub clocks: Vec<ClockRecord<'a>>,
    pub misfits: Vec<MisfitRecord<'a>>,
    pub impossible: Vec<ImpossibleRecord<'a>>,
    pub impossible_examples: Vec<ExampleRecord<'a>>,
    pub endless_examples: Vec<EndlessRecord<'a>>,
    pub milliseconds: u128,
    pub threads: usize,
}

#[derive(Debug, Serialize)]
pub struct LeadRecord {
    pub in_file: u64,
    pub rejected: u64,
    pub replayed: u64,
    pub without_beginning: u64,
    pub began_later: u64,
    pub without_signal: u64,
    pub impossible: u64,
    pub circled: u64,
    pub endless: u64,
    pub repeated: u64,
}

#[derive(Debug, Serialize)]
pub struct SignalRecord {
    pub read: u64,
    pub moved: u64,
    pub fit_no_row: u64,
    pub before_beginning: u64,
    pub in_bursts: u64,
    pub later: u64,
    pub of_unknown_leads: u64,
    pub rejected: u64,
    pub in_files: u64,
    pub of_replayed_leads: u64,
    pub of_rejected_leads: u64,
    pub of_later_leads: u64,
    pub no_row_waits: u64,
    pub after_stop: u64,
    pub earlier: u64,
    pub moved_by_measures: u64,
}

#[derive(Debug, Serialize)]
pub struct HandoverTotals<'a> {
    /// different leads
    pub leads: u64,
    /// accepted ones of `total` that were handed over again, and are counted on there
    pub handed_on: u64,
    pub total: HandoverRecord<'a>,
    pub by_queue: Vec<HandoverRecord<'a>>,
    pub rejected_because: Vec<ReasonRecord>,
}

#[derive(Debug, Serialize)]
pub struct HandoverRecord<'a> {
    pub from: Option<&'a str>,
    pub stage: Option<&'a str>,
    pub route: Option<&'a str>,
    pub queue: Option<&'a str>,
    pub team: Option<&'a str>,
    pub leads: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub expired: u64,
    pub closed: u64,
    pub waiting: u64,
    pub won: u64,
    pub lost: u64,
    pub rejected_later: u64,
    pub expired_later: u64,
    pub in_work: u64,
    pub answer: DurationRecord,
}

#[derive(Debug, Serialize)]
pub struct StageRecord<'a> {
    pub stage: &'a str,
    pub owner: Option<&'a str>,
    #[serde(rename = "final")]
    pub is_final: bool,
    pub entered: u64,
    pub leads: u64,
    pub passed: u64,
    pub dropped: u64,
    pub still_there: u64,
    pub standing: u64,
    pub went_to: Vec<WayRecord<'a>>,
    pub time_in_stage: DurationRecord,
    pub time_to: DurationRecord,
}

#[derive(Debug, Serialize)]
pub struct WayRecord<'a> {
    pub stage: &'a str,
    pub count: u64,
}

#[derive(Debug, Serialize)]
pub struct DurationRecord {
    pub count: u64,
    pub mean: Option<i64>,
    pub median: Option<i64>,
    pub p90: Option<i64>,
}

#[derive(Debug, Serialize)]
pub struct RowRecord<'a> {
    pub rule: &'a str,
    pub steps: u64,
    pub recycled_because: Vec<ReasonRecord>,
}

#[derive(Debug, Serialize)]
pub struct ReasonRecord {
    pub reason: Option<String>,
    pub count: u64,
}

#[derive(Debug, Serialize)]
pub struct PromiseRecord<'a> {
    pub promise: &'a str,
    pub team: Option<&'a str>,
    pub periods: Vec<PeriodRecord>,
}

#[derive(Debug, Serialize)]
pub struct PeriodRecord {
    pub period: String,
    pub ended: u64,
    pub met: u64,
    pub kept: bool,
    pub partial: bool,
}

#[derive(Debug, Serialize)]
pub struct ClockRecord<'a> {
    pub clock: &'a str,
    pub team: Option<&'a str>,
    pub started: u64,
    pub met: u64,
    pub missed: u64,
    pub breached: u64,
    pub running: u64,
    pub paused: u64,
    pub reminders: u64,
    pub notices: u64,
    pub escalations: u64,
    pub reassigned: u64,
    pub taken: DurationRecord,
    pub met_after_breach: u64,
    pub to_another_owner: u64,
    pub to_fallback: u64,
}

#[derive(Debug, Serialize)]
pub struct MisfitRecord<'a> {
    pub signal: &'a str,
    pub stage: &'a str,
    pub a_row_waited: bool,
    pub count: u64,
}

#[derive(Debug, Serialize)]
pub struct ImpossibleRecord<'a> {
    pub signal: &'a str,
    pub before: &'static str,
    pub stage: Option<&'a str>,
    pub count: u64,
}

#[derive(Debug, Serialize)]
pub struct ExampleRecord<'a> {
    pub lead: &'a str,
    pub signal: &'a str,
    pub at: String,
    pub before: &'static str,
    pub stage: Option<&'a str>,
    pub awaited: String,
}

/// A lead that was stopped for good.
#[derive(Debug, Serialize)]
pub struct EndlessRecord<'a> {
    pub lead: &'a str,
    /// the row that took most of its steps
    pub rule: &'a str,
    /// where it had come to
    pub at: String,
}

pub fn record<'a>(run: &Run<'a>) -> FunnelRecord<'a> {
    let (funnel, report) = (run.funnel, run.report);
    let (policy, tally) = (funnel.policy, funnel.tally);
    let signals = report.signals.as_ref();
    FunnelRecord {
        policy: &policy.name,
        version: policy.version.as_deref(),
        timezone: &policy.timezone,
        from: funnel.from,
        to: funnel.to,
        leads: LeadRecord {
            in_file: report.rows_in,
            rejected: report.rows_rejected,
            replayed: tally.leads.replayed,
            without_beginning: tally.leads.without_beginning,
            began_later: tally.leads.later,
            without_signal: tally.leads.without_signal,
            impossible: tally.leads.impossible,
            circled: tally.leads.circled,
            endless: tally.leads.endless,
            repeated: report.rows_repeated,
        },
        signals: SignalRecord {
            read: tally.signals.read,
            moved: tally.signals.moved,
            fit_no_row: tally.signals.misfit,
            before_beginning: tally.signals.before_beginning,
            in_bursts: tally.signals.in_bursts,
            later: signals.map_or(0, |signals| signals.rows_later),
            of_unknown_leads: signals.map_or(0, |signals| signals.rows_of_unknown_leads),
            rejected: signals.map_or(0, |signals| signals.rows_rejected),
            in_files: signals.map_or(0, |signals| signals.rows_in),
            of_replayed_leads: signals.map_or(0, |signals| signals.rows_used),
            of_rejected_leads: signals.map_or(0, |signals| signals.rows_of_rejected_leads),
            of_later_leads: signals.map_or(0, |signals| signals.rows_of_later_leads),
            no_row_waits: tally.signals.no_row_waits,
            after_stop: tally.signals.after_stop,
            earlier: tally.signals.earlier,
            moved_by_measures: tally.signals.moved_by_measures,
        },
        handovers: handovers(run),
        stages: stages(run),
        rows: rows(run),
        promises: promises(run),
        clocks: clocks(run),
        misfits: tally
            .misfits
            .iter()
            .map(|((signal, stage, waited), count)| MisfitRecord {
                signal: signal_name(policy, *signal),
                stage: stage_name(policy, *stage),
                a_row_waited: *waited,
                count: *count,
            })
            .collect(),
        impossible: tally
            .impossible
            .iter()
            .map(|(what, count)| {
                let (signal, before, stage) = awaited(policy, *what);
                ImpossibleRecord { signal, before, stage, count: *count }
            })
            .collect(),
        impossible_examples: tally
            .examples
            .iter()
            .map(|example| {
                let (signal, before, stage) = awaited(policy, example.what);
                let (at, awaited) = ((funnel.time)(example.at), (funnel.time)(example.awaited));
                ExampleRecord { lead: &example.lead, signal, at, before, stage, awaited }
            })
            .collect(),
        endless_examples: tally
            .endless_examples
            .iter()
            .map(|(lead, row, at)| EndlessRecord { lead, rule: funnel.rules.get(*row).map_or("", String::as_str), at: (funnel.time)(*at) })
            .collect(),
        milliseconds: report.elapsed.as_millis(),
        threads: report.threads,
    }
}

/// The signal, what it came before, and the stage if that is one.
fn awaited(policy: &Policy, what: Impossible) -> (&str, &'static str, Option<&str>) {
    match what {
        Impossible::BeforeBeginning { signal } => (signal_name(policy, signal), "beginning", None),
        Impossible::TooEarly { signal, awaited_in, .. } => (signal_name(policy, signal), "stage", Some(stage_name(policy, awaited_in))),
    }
}

fn handovers<'a>(run: &Run<'a>) -> HandoverTotals<'a> {
    let (policy, tally) = (run.funnel.policy, run.funnel.tally);
    let by_queue = tally.handed.by_queue.iter().map(|(key, handovers)| {
        let queue = policy.queues.get(key.queue);
        HandoverRecord {
            from: key.from.map(|stage| stage_name(policy, stage)),
            stage: Some(stage_name(policy, key.stage)),
            route: policy.routes.get(key.route).map(|route| route.name.as_str()),
            queue: queue.map(|queue| queue.name.as_str()),
            team: queue.and_then(|queue| queue.team.as_deref()),
            ..handover(handovers)
        }
    });
    HandoverTotals {
        leads: tally.handed.leads,
        handed_on: tally.handed.handed_on,
        total: HandoverRecord { in_work: tally.handed.in_work(), ..handover(&tally.handed.all) },
        by_queue: by_queue.collect(),
        rejected_because: reasons(by_reason(&tally.handed.rejections), tally.handed.rejections.others),
    }
}

fn handover<'a>(handovers: &Handovers) -> HandoverRecord<'a> {
    HandoverRecord {
        from: None,
        stage: None,
        route: None,
        queue: None,
        team: None,
        leads: handovers.count,
        accepted: handovers.accepted,
        rejected: handovers.rejected,
        expired: handovers.expired,
        closed: handovers.closed,
        waiting: handovers.waiting,
        won: handovers.won,
        lost: handovers.lost,
        rejected_later: handovers.rejected_later,
        expired_later: handovers.expired_later,
        in_work: handovers.in_work(),
        answer: durations(Some(&handovers.answer)),
    }
}

fn stages<'a>(run: &Run<'a>) -> Vec<StageRecord<'a>> {
    let (policy, tally) = (run.funnel.policy, run.funnel.tally);
    let stages = policy.stages.iter().zip(&tally.stages).enumerate();
    stages
        .map(|(index, (stage, counts))| StageRecord {
            stage: &stage.name,
            owner: stage.owner.as_deref(),
            is_final: stage.is_final,
            entered: counts.entered,
            leads: counts.leads,
            passed: counts.passed,
            dropped: counts.dropped,
            still_there: counts.still_there(),
            standing: counts.standing,
            went_to: counts
                .left_to
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
                .map(|(to, count)| WayRecord { stage: stage_name(policy, to), count: *count })
                .collect(),
            time_in_stage: durations(Some(&counts.stays)),
            time_to: durations(tally.time_to.get(&index)),
        })
        .collect()
}

fn rows<'a>(run: &Run<'a>) -> Vec<RowRecord<'a>> {
    let tally = run.funnel.tally;
    let rows = run.funnel.rules.iter().zip(&tally.rows).enumerate();
    rows.map(|(index, (rule, steps))| {
        let own = tally.recycles.counts.iter().filter(|((row, _), _)| *row == index);
        let because = own.map(|((_, reason), count)| ReasonRecord { reason: reason.clone(), count: *count });
        RowRecord { rule, steps: *steps, recycled_because: because.collect() }
    })
    .collect()
}

fn promises<'a>(run: &Run<'a>) -> Vec<PromiseRecord<'a>> {
    let (policy, tally) = (run.funnel.policy, run.funnel.tally);
    let promises = policy.promises.iter().zip(&tally.promises);
    promises
        .map(|(promise, kept)| {
            let periods = periods_of(&run.funnel, promise.per, kept);
            let period = |(period, kept, partial): (String, Kept, bool)| PeriodRecord {
                period,
                ended: kept.ended,
                met: kept.met,
                kept: attained(promise, kept).2,
                partial,
            };
            PromiseRecord {
                promise: &promise.text,
                team: policy.teams.get(promise.team).map(|team| team.name.as_str()),
                periods: periods.into_iter().map(period).collect(),
            }
        })
        .collect()
}

fn clocks<'a>(run: &Run<'a>) -> Vec<ClockRecord<'a>> {
    let (policy, tally) = (run.funnel.policy, run.funnel.tally);
    let clocks = policy.slas.iter().zip(&tally.clocks);
    clocks
        .map(|(sla, clock)| ClockRecord {
            clock: &sla.name,
            team: sla.by.and_then(|team| policy.teams.get(team)).map(|team| team.name.as_str()),
            started: clock.started,
            met: clock.met,
            missed: clock.missed,
            breached: clock.breached,
            running: clock.running,
            paused: clock.paused,
            reminders: clock.reminders,
            notices: clock.notices,
            escalations: clock.escalations,
            reassigned: clock.reassigned,
            taken: durations(Some(&clock.taken)),
            met_after_breach: clock.met_after_breach,
            to_another_owner: clock.to_another_owner,
            to_fallback: clock.to_fallback,
        })
        .collect()
}

fn reasons(counts: Vec<(Option<String>, u64)>, others: u64) -> Vec<ReasonRecord> {
    let others = (others > 0).then(|| (Some("(other reasons)".to_owned()), others));
    counts.into_iter().chain(others).map(|(reason, count)| ReasonRecord { reason, count }).collect()
}

fn durations(durations: Option<&Durations>) -> DurationRecord {
    DurationRecord {
        count: durations.map_or(0, Durations::count),
        mean: durations.and_then(Durations::mean),
        median: durations.and_then(|durations| durations.percentile(50)),
        p90: durations.and_then(|durations| durations.percentile(90)),
    }
}
