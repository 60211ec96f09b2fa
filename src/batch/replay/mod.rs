//! Files of leads and signals in, stage logs and what they add up to out.
//!
//! Enters: a policy, files of leads and of signals, [`ReplayOptions`]. Leaves: a file with every step of every lead, one with every clock, and a
//! [`ReplayReport`]. Always holds: leads are replayed one by one, in the order of their file, so that memory is bounded by the signals' index, one
//! block of leads for each thread, and the report; the logs and the report are the same at any number of threads and on both evaluators; a file
//! appears whole or not at all.

mod clock_log;
mod log_file;
mod stage_log;
mod worker;

use std::time::{Duration, Instant};

use self::log_file::LogFile;
use self::worker::{Done, ReplayWorker, Start, Walker};
use super::bad::{BadCell, Outcome};
use super::error::BatchError;
use super::in_order::in_order;
use super::output_file::refuse_shared;
use super::plan::Extent;
use super::prepare::prepare;
use super::rejects::Rejects;
use super::repeated::RepeatedKeys;
use super::report::{BadCells, ReasonCount};
use super::signals::{self, HistoryReport};
use super::source::{Opened, open};
use super::{Backend, Input, OnBadRow, Options, Place, Progress, Reading};
use crate::calendar::Zone;
use crate::history::replay::tally::{Span, Tally};
use crate::history::replay::{Evaluate, Replay, interpreted};
use crate::jit::Rows;
use crate::model::{FieldId, Policy};
use crate::program::{Lowered, Parameters};

/// How files are replayed. `options.as_of` is the end: what is later is left out.
#[derive(Clone, Debug)]
pub struct ReplayOptions {
    pub options: Options,
    /// only what happens from then on is logged and counted; leads without a beginning of their own begin then
    pub from: Option<i64>,
    /// a date or time that says when a lead came into being
    pub start_field: Option<FieldId>,
    /// where the steps go
    pub log: Option<Place>,
    /// where the clocks go
    pub clock_log: Option<Place>,
    /// per row of the policy's flows, its text
    pub rules: Vec<String>,
}

/// What a replay found.
#[derive(Clone, Debug)]
pub struct ReplayReport {
    pub tally: Tally,
    pub span: Span,
    /// what a place in the file of leads is called: `line` or `row`
    pub unit: &'static str,
    pub rows_in: u64,
    pub rows_rejected: u64,
    pub cells_taken_as_missing: u64,
    pub bad_cells: Vec<BadCell>,
    pub reasons: Vec<ReasonCount>,
    pub signals: Option<HistoryReport>,
    /// replayed rows whose key an earlier one has, and a sentence about them
    pub rows_repeated: u64,
    pub repeated: Option<String>,
    pub elapsed: Duration,
    pub threads: usize,
}

/// Replays with the backend that the options name.
pub fn replay(
    policy: &Policy,
    plain: &Lowered,
    options: &ReplayOptions,
    input: &Input,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReplayReport, BatchError> {
    let replay = Replay::new(policy, plain);
    match options.options.backend {
        Backend::Interpret => replay_with(policy, &replay, &interpreted(replay.program()), options, input, progress),
        Backend::Jit => {
            let rows = Rows::new(replay.program()).map_err(|error| BatchError::Backend { reason: error.to_string() })?;
            let evaluate = |inputs: &[Option<i64>], parameters: &Parameters, outputs: &mut [Option<i64>]| {
                rows.run(inputs, parameters, outputs);
            };
            replay_with(policy, &replay, &evaluate, options, input, progress)
        }
    }
}

fn replay_with(
    policy: &Policy,
    replay: &Replay,
    evaluate: &Evaluate,
    replay_options: &ReplayOptions,
    input: &Input,
    progress: &mut dyn FnMut(Progress),
) -> Result<ReplayReport, BatchError> {
    let begun = Instant::now();
    // a lead whose first signal is still to come has not begun
    let options = &Options { keeps_later_keys: true, ..replay_options.options.clone() };
    let opened = open(input, &options.keep)?;
    let prepared = prepare(policy, replay.program(), options, &opened, Extent::Everything)?;
    check_places(replay_options, input)?;
    let mut log = match &replay_options.log {
        Some(place) => Some(LogFile::create(place, stage_log::columns(policy, &replay_options.rules, &prepared.zone), options)?),
        None => None,
    };
    let mut clock_log = match &replay_options.clock_log {
        Some(place) => Some(LogFile::create(place, clock_log::columns(policy, &prepared.zone), options)?),
        None => None,
    };
    let mut rejects = match &options.rejects {
        Some(path) => Some(Rejects::create(&Place::Path(path.clone()), opened.unit(), options.csv_formula_guard)?),
        None => None,
    };
    let mut history_rejects = match &options.rejects_signals {
        Some(path) => Some(Rejects::of_histories(path, options.csv_formula_guard)?),
        None => None,
    };
    let mut history = signals::read(policy, &prepared.plan, options, history_rejects.as_mut(), progress)?;
    let span = Span { from: replay_options.from, to: options.as_of };
    let threads = options.threads.max(1);
    let start = Start::new(policy, replay_options.start_field, replay_options.from);
    let workers: Vec<ReplayWorker> = (0..threads)
        .map(|_| ReplayWorker {
            decoder: prepared.decoder(),
            log: log.as_ref().map(LogFile::writer),
            clock_log: clock_log.as_ref().map(LogFile::writer),
            walker: Walker::new(policy, replay, evaluate, &history, prepared.encoder(policy, replay.program()), start, span),
        })
        .collect();
    let Opened { name, content, bytes_total, rows_total, format, .. } = opened;
    let mut report = ReplayReport {
        tally: Tally::new(policy),
        span,
        unit: Opened::unit_of(format),
        rows_in: 0,
        rows_rejected: 0,
        cells_taken_as_missing: 0,
        bad_cells: Vec::new(),
        reasons: Vec::new(),
        signals: None,
        rows_repeated: 0,
        repeated: None,
        elapsed: Duration::ZERO,
        threads,
    };
    let mut bad_cells = BadCells::showing(options.bad_cells_shown);
    let mut keys = RepeatedKeys::default();
    let chunks = content.read(&prepared.used_columns(), &prepared.choice_columns(), options.threads)?;
    in_order(chunks, workers, &mut |done: Done| {
        for cell in &done.bad {
            if options.on_bad_row == OnBadRow::Fail && cell.outcome == Outcome::Rejected {
                let reason = cell.sentence(policy);
                return Err(BatchError::BadRow { file: name.clone(), unit: Opened::unit_of(format), line: cell.line, reason });
            }
            bad_cells.add(cell);
            if let Some(rejects) = &mut rejects {
                rejects.add(None, cell, policy)?;
            }
        }
        report.tally.merge(&done.tally);
        report.rows_in += done.rows_in;
        report.rows_rejected += done.rows_rejected;
        report.cells_taken_as_missing += done.cells_taken_as_missing;
        keys.add(&done.keys);
        if let Some(log) = &mut log {
            log.write(done.log)?;
        }
        if let Some(log) = &mut clock_log {
            log.write(done.clock_log)?;
        }
        progress(Progress { reading: Reading::Leads, rows: report.rows_in, bytes_read: done.bytes_read, bytes_total, rows_total });
        Ok(())
    })?;
    if let (Some(keyed), Some(signals)) = (&history.signals, &mut history.signal_report) {
        signals.complete(keyed)?;
        if let Some(rejects) = &mut history_rejects {
            signals::read::list_unused(keyed, signals, rejects)?;
        }
    }
    if let Some(rejects) = rejects {
        rejects.commit()?;
    }
    if let Some(rejects) = history_rejects {
        rejects.commit()?;
    }
    for log in log.into_iter().chain(clock_log) {
        log.commit()?;
    }
    (report.bad_cells, report.reasons) = bad_cells.finish();
    report.signals = history.signal_report;
    (report.rows_repeated, report.repeated) = (keys.rows(), keys.note(report.unit, "replayed"));
    report.elapsed = begun.elapsed();
    Ok(report)
}

fn check_places(replay: &ReplayOptions, input: &Input) -> Result<(), BatchError> {
    let options = &replay.options;
    let rejects = options.rejects.clone().map(Place::Path);
    let history_rejects = options.rejects_signals.clone().map(Place::Path);
    let written =
        [("stage log", &replay.log), ("log of clocks", &replay.clock_log), ("rejects", &rejects), ("rejected signals", &history_rejects)];
    let written = written.into_iter().filter_map(|(what, place)| Some((what, place.as_ref()?)));
    refuse_shared(std::iter::once(input).chain(&options.signals), written)
}

/// The zone of a policy that has been checked.
fn zone(policy: &Policy) -> Zone {
    Zone::named(&policy.timezone).unwrap_or_else(|_| Zone::utc())
}
