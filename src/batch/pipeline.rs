//! A file of leads to a scored file: read, decode, encode, run, write.
//!
//! Enters: policy, program, [`Options`], where to read and to write. Leaves: the scored file and a [`Report`]. Always holds: chunks are dealt to the
//! threads in turn and their results are taken in the same turn, so that the order of rows is that of the file and the output the same at
//! any number of threads; queues are bounded, so that memory does not grow with the file; the output appears only if all went well.

use std::time::Instant;

use rustc_hash::FxHashSet;

use super::answering::Answering;
use super::bad::{BadCell, Outcome, shown};
use super::bind::{Binding, Names, unknown_kept};
use super::error::BatchError;
use super::format::Format;
use super::in_order::in_order;
use super::output_file::{OutputFile, STANDARD_OUTPUT, display_name, refuse_shared};
use super::plan::Extent;
use super::prepare::{Prepared, prepare};
use super::read_ndjson::LateName;
use super::rejects::Rejects;
use super::repeated::RepeatedKeys;
use super::report::{BadCells, Report, Tally, TurnReport};
use super::signals::HistoryReport;
use super::signals::{self, Filler, History};
use super::sink::{Piece, Sink};
use super::source::{Opened, open};
use super::turns::Turns;
use super::worker::{Done, Evaluate, Formatter, Worker};
use super::{Backend, Input, Keep, OnBadRow, Options, Output, Place, Progress, Reading};
use crate::calendar::{UnknownZone, Zone};
use crate::clock::{Clocks, Snapshot};
use crate::column::Block;
use crate::history::Hindsight;
use crate::model::value::fold_text;
use crate::model::{Policy, Subject};
use crate::program::{Parameters, Program};

/// Names that first occur in later rows are remembered up to so many.
const LATE_NAMES_MAX: usize = 1_000;

/// Scores a file with the backend that the options name.
pub fn score(
    policy: &Policy,
    program: &Program,
    options: &Options,
    input: &Input,
    output: &Output,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, BatchError> {
    let as_of_day = Zone::named(&policy.timezone)?.local_day(options.as_of);
    let parameters = Parameters { as_of_day, as_of: options.as_of };
    match options.backend {
        Backend::Interpret => {
            let evaluate = |inputs: &Block, answers: &mut Block| *answers = crate::interpret::run(program, inputs, &parameters);
            score_with(policy, program, &evaluate, options, input, output, progress)
        }
        Backend::Jit => {
            let compiled = super::compile(program, options)?;
            let evaluate = |inputs: &Block, answers: &mut Block| compiled.run(inputs, &parameters, answers);
            score_with(policy, program, &evaluate, options, input, output, progress)
        }
    }
}

/// What the columns of a file are taken for, without scoring it.
pub fn binding(policy: &Policy, program: &Program, options: &Options, input: &Input) -> Result<Binding, BatchError> {
    let opened = open(input, &options.keep)?;
    Ok(prepare(policy, program, options, &opened, Extent::Program)?.binding)
}

/// Scores a file with anything that runs the program.
pub fn score_with(
    policy: &Policy,
    program: &Program,
    evaluate: &Evaluate,
    options: &Options,
    input: &Input,
    output: &Output,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, BatchError> {
    let start = Instant::now();
    let opened = open(input, &options.keep)?;
    let prepared = prepare(policy, program, options, &opened, Extent::Program)?;
    check_places(options, input, output)?;
    let (sink, formatter) = create_output(&prepared, options, output)?;
    let rejects = match &options.rejects {
        Some(path) => Some(Rejects::create(&Place::Path(path.clone()), opened.unit(), options.csv_formula_guard)?),
        None => None,
    };
    let mut history_rejects = match &options.rejects_signals {
        Some(path) => Some(Rejects::of_histories(path, options.csv_formula_guard)?),
        None => None,
    };
    let history = match needs_history(policy, options) {
        true => Some(signals::read(policy, &prepared.plan, options, history_rejects.as_mut(), progress)?),
        false => None,
    };

    let threads = options.threads.max(1);
    let empty_tally = Tally::new(policy, program, &prepared.outputs);
    let clocks = clocks(policy, program)?;
    let clocks = clocks.as_ref();
    let hindsight = clocks.map(|_| Hindsight::new(policy, program));
    let turns = options.rotation.as_ref().map(|state| Turns::new(policy, program, state, options.watched.clone()));
    let workers: Vec<Worker> = (0..threads)
        .map(|number| Worker {
            decoder: prepared.decoder(),
            answering: Answering {
                encoder: prepared.encoder(policy, program),
                filler: history.as_ref().map(|history| Filler::new(history, hindsight.as_ref())),
                evaluate,
                clocks,
                as_of: options.as_of,
                raw: Block::default(),
            },
            formatter: formatter.clone(),
            empty_tally: empty_tally.clone(),
            turns: turns.as_ref(),
            chunk: number,
            stride: threads,
        })
        .collect();
    let Opened { name, content, columns, bytes_total, rows_total, format, .. } = opened;
    let mut collector = Collector {
        policy,
        on_bad_row: options.on_bad_row,
        file: name,
        unit: Opened::unit_of(format),
        sink,
        rejects,
        bad_cells: BadCells::showing(options.bad_cells_shown),
        tally: empty_tally,
        late_names: FxHashSet::default(),
        keeps_all: options.keep == Keep::All,
        unseen: unseen(&options.keep, &columns, format),
        binding: prepared.binding.clone(),
        names: &prepared.names,
        keys: RepeatedKeys::default(),
        done: Progress { reading: Reading::Leads, rows: 0, bytes_read: 0, bytes_total, rows_total },
        progress,
    };
    collector.header(&formatter)?;
    let chunks = content.read(&prepared.used_columns(), &prepared.choice_columns(), options.threads)?;
    in_order(chunks, workers, &mut |done| collector.take(done))?;
    let (signals, stage_log) = match history {
        Some(history) => histories(history, history_rejects.as_mut())?,
        None => (None, None),
    };
    let mut report = collector.finish(&prepared.outputs, threads, start, history_rejects)?;
    if options.signals.is_empty() && reads_signals(policy) {
        report.notes.push(NO_SIGNALS.to_owned());
    }
    report.notes.extend(turn_notes(policy, turns.as_ref()));
    report.turns = turns.map(|turns| {
        let (state, tally) = turns.finish();
        TurnReport { state, tally }
    });
    report.notes.extend(signals.iter().flat_map(|signals| signals.notes.iter().cloned()));
    (report.signals, report.stage_log) = (signals, stage_log);
    Ok(report)
}

const NO_SIGNALS: &str = "the policy reads signals and no file of them was given: it was scored as if no lead had any";

/// None if the policy has no clock.
pub(super) fn clocks<'p>(policy: &'p Policy, program: &Program) -> Result<Option<Snapshot<'p>>, BatchError> {
    if policy.slas.is_empty() {
        return Ok(None);
    }
    let clocks = Clocks::new(policy).ok_or_else(|| UnknownZone(policy.timezone.clone()))?;
    Ok(Some(Snapshot::new(clocks, program)))
}

pub(super) fn needs_history(policy: &Policy, options: &Options) -> bool {
    !policy.measures.is_empty() || !options.signals.is_empty() || !options.stage_log.is_empty()
}

pub(super) fn reads_signals(policy: &Policy) -> bool {
    policy.measures.iter().any(|measure| matches!(&measure.subject, Subject::Signals(signals) if !signals.is_empty()))
}

/// What became of the signals and of the stage log, now that every lead has been there.
fn histories(history: History, mut rejects: Option<&mut Rejects>) -> Result<(Option<HistoryReport>, Option<HistoryReport>), BatchError> {
    let History { signals, log, mut signal_report, mut log_report, .. } = history;
    for (keyed, report) in [(signals, &mut signal_report), (log, &mut log_report)] {
        let (Some(keyed), Some(report)) = (keyed, report.as_mut()) else { continue };
        report.complete(&keyed)?;
        if let Some(rejects) = &mut rejects {
            signals::read::list_unused(&keyed, report, rejects)?;
        }
    }
    Ok((signal_report, log_report))
}

/// Columns to keep that are still to come; the rows of NDJSON name them.
fn unseen(keep: &Keep, columns: &[String], format: Format) -> Vec<String> {
    match (keep, format) {
        // A file without rows has none of them, and lacks none.
        (Keep::Columns(asked), Format::Ndjson) if !columns.is_empty() => {
            let is_new = |name: &&String| columns.iter().all(|column| fold_text(column) != fold_text(name));
            asked.iter().filter(is_new).cloned().collect()
        }
        (Keep::Key | Keep::All | Keep::Columns(_), _) => Vec::new(),
    }
}

fn check_places(options: &Options, input: &Input, output: &Output) -> Result<(), BatchError> {
    let rejects = options.rejects.clone().map(Place::Path);
    let target = match output {
        Output::Nowhere => None,
        Output::To { place, format: _ } => Some(place),
    };
    let history_rejects = options.rejects_signals.clone().map(Place::Path);
    let inputs = std::iter::once(input).chain(&options.signals).chain(&options.stage_log);
    let output = target.map(|place| ("output", place));
    let rejects = rejects.as_ref().map(|place| ("rejects", place));
    let history_rejects = history_rejects.as_ref().map(|place| ("rejected signals", place));
    refuse_shared(inputs, output.into_iter().chain(rejects).chain(history_rejects))
}

fn create_output(prepared: &Prepared, options: &Options, output: &Output) -> Result<(Sink, Formatter), BatchError> {
    let Output::To { place, format } = output else { return Ok((Sink::Nowhere, Formatter::Nothing)) };
    let format = match (format, place) {
        (Some(format), _) => *format,
        (None, Place::Standard) => Format::Csv,
        (None, Place::Path(path)) => {
            Format::of_output(path).ok_or_else(|| BatchError::UnknownOutputFormat { file: display_name(place, STANDARD_OUTPUT) })?
        }
    };
    let formatter = prepared.formatter(format, options)?;
    let arrays = match &formatter {
        Formatter::Arrays(writer) => Some(writer),
        Formatter::Nothing | Formatter::Csv(_) | Formatter::Ndjson(_) => None,
    };
    let binding = &prepared.binding;
    let key = binding.kept.iter().find(|kept| kept.column == binding.key).map(|kept| kept.name.as_str());
    Ok((Sink::create(OutputFile::create(place)?, format, arrays, key)?, formatter))
}

/// Takes results in the order of the file.
struct Collector<'c> {
    policy: &'c Policy,
    on_bad_row: OnBadRow,
    file: String,
    unit: &'static str,
    sink: Sink,
    rejects: Option<Rejects>,
    bad_cells: BadCells,
    tally: Tally,
    /// folded
    late_names: FxHashSet<String>,
    keeps_all: bool,
    unseen: Vec<String>,
    binding: Binding,
    names: &'c Names,
    keys: RepeatedKeys,
    done: Progress,
    progress: &'c mut dyn FnMut(Progress),
}

impl Collector<'_> {
    fn header(&mut self, formatter: &Formatter) -> Result<(), BatchError> {
        let Formatter::Csv(writer) = formatter else { return Ok(()) };
        let mut text = Vec::new();
        writer.header(self.binding.kept.iter().map(|kept| kept.name.as_str()), &mut text);
        self.sink.write(Piece::Text(text))
    }

    fn take(&mut self, done: Done) -> Result<(), BatchError> {
        for cell in &done.bad {
            self.take_bad(cell)?;
        }
        self.tally.merge(&done.tally);
        self.keys.add(&done.keys);
        for late in done.late_names {
            self.take_late(late)?;
        }
        self.sink.write(done.piece)?;
        self.done.rows = self.tally.rows_in;
        self.done.bytes_read = done.bytes_read;
        (self.progress)(self.done);
        Ok(())
    }

    fn take_late(&mut self, late: LateName) -> Result<(), BatchError> {
        let LateName { name, line } = late;
        if self.keeps_all {
            return Err(BatchError::LateColumn { file: self.file.clone(), line, column: shown(&name) });
        }
        let folded = fold_text(&name);
        self.unseen.retain(|asked| fold_text(asked) != folded);
        if self.late_names.len() < LATE_NAMES_MAX && self.late_names.insert(folded) {
            self.binding.learn(self.names, &name);
        }
        Ok(())
    }

    fn take_bad(&mut self, cell: &BadCell) -> Result<(), BatchError> {
        if self.on_bad_row == OnBadRow::Fail && cell.outcome == Outcome::Rejected {
            let reason = cell.sentence(self.policy);
            return Err(BatchError::BadRow { file: self.file.clone(), unit: self.unit, line: cell.line, reason });
        }
        self.bad_cells.add(cell);
        match &mut self.rejects {
            Some(rejects) => rejects.add(None, cell, self.policy),
            None => Ok(()),
        }
    }

    fn finish(
        self,
        answers: &[crate::program::Output],
        threads: usize,
        start: Instant,
        history_rejects: Option<Rejects>,
    ) -> Result<Report, BatchError> {
        if let Some(column) = self.unseen.first() {
            return Err(unknown_kept(&self.file, column, &self.binding.columns).into());
        }
        let Collector { policy, sink, rejects, bad_cells, tally, binding, keys, .. } = self;
        if tally.rows_in != tally.rows_scored + tally.rows_rejected {
            return Err(BatchError::RowsLost { rows_in: tally.rows_in, rows_out: tally.rows_scored + tally.rows_rejected });
        }
        if let Some(rejects) = rejects {
            rejects.commit()?;
        }
        if let Some(rejects) = history_rejects {
            rejects.commit()?;
        }
        sink.commit()?;
        let (bad_cells, reasons) = bad_cells.finish();
        Ok(Report {
            binding,
            unit: self.unit,
            rows_in: tally.rows_in,
            rows_scored: tally.rows_scored,
            rows_rejected: tally.rows_rejected,
            cells_taken_as_missing: tally.cells_taken_as_missing,
            rows_repeated: keys.rows(),
            bad_cells,
            reasons,
            choices: tally.choices(policy, answers),
            numbers: tally.numbers(),
            moves: tally.moves(),
            signals: None,
            stage_log: None,
            turns: None,
            notes: keys.note(self.unit, "scored").into_iter().collect(),
            elapsed: start.elapsed(),
            threads,
        })
    }
}

/// Names of a state that the policy does not know are shown up to so many.
const STRANGERS_SHOWN: usize = 10;

/// What a user should know of rotations beyond their figures.
fn turn_notes(policy: &Policy, turns: Option<&Turns>) -> Vec<String> {
    let mut notes = Vec::new();
    for queue in policy.queues.iter().filter(|queue| queue.rotates()) {
        if !queue.rotation.iter().any(|seat| seat.is_taken()) {
            let name = &queue.name;
            let fallback = queue.fallback.and_then(|fallback| policy.queues.get(fallback));
            let fallback = fallback.map_or_else(|| "they stay without owner".to_owned(), |to| format!("they go to `{}`", to.name));
            notes.push(format!("nobody takes turns in the queue `{name}` for its leads: {fallback}"));
        }
        if turns.is_none() && queue.rotation.iter().any(|seat| seat.capacity.is_some()) {
            let name = &queue.name;
            notes.push(format!("the capacities of the queue `{name}` are not held: open leads are counted with `--rotation-out` alone"));
        }
    }
    let (owners, queues) = turns.map(Turns::strangers).unwrap_or_default();
    for (names, what) in [(owners, "owner"), (queues, "queue")] {
        if !names.is_empty() {
            let named: Vec<String> = names.iter().take(STRANGERS_SHOWN).map(|name| format!("`{}`", super::bad::shown(name))).collect();
            let more = if names.len() > STRANGERS_SHOWN { " and others" } else { "" };
            notes.push(format!(
                "the rotation state names the {what} {}{more}, whom the policy does not know; it is kept as it is",
                named.join(", ")
            ));
        }
    }
    notes
}
