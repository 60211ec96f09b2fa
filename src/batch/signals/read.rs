//! All files of signals, and the stage log, before the first lead is scored.
//!
//! Enters: policy, options, how leads are read. Leaves: a [`History`]. Always holds: files are read in the order in which they are named, each once.

use std::sync::Arc;

use super::digest::{Conditions, Digested, SignalWorker, place};
use super::keyed::{Builder, Fate, Keyed};
use super::log::LogWorker;
use super::record::{self, Record};
use super::report::{Collector, HistoryFile, HistoryReport};
use super::sift::Sift;
use super::standing::StandingSlots;
use crate::batch::bad::{BadCell, Outcome, Reason, Subject, shown};
use crate::batch::encode::Encoder;
use crate::batch::error::BatchError;
use crate::batch::in_order::{Work, in_order};
use crate::batch::plan::{MeasureUse, Plan};
use crate::batch::prepare::{Prepared, prepare_record};
use crate::batch::rejects::Rejects;
use crate::batch::source::{Opened, open};
use crate::batch::worker::Evaluate;
use crate::batch::{Backend, Format, Input, Keep, Options, Progress, Reading};
use crate::column::Block;
use crate::history::{Layout, Measures};
use crate::model::{Policy, Signal};
use crate::program::{Parameters, Program};

/// What leads did, and how their measures are read from it.
#[derive(Debug)]
pub struct History {
    pub layout: Layout,
    pub measures: Measures,
    pub signals: Option<Keyed>,
    /// a record for each signal that is later than the end, where [`Options::keeps_later_keys`] asks for it
    pub later: Option<Keyed>,
    pub log: Option<Keyed>,
    pub as_of: i64,
    pub start_stage: usize,
    /// what the program wants of each measure
    pub uses: Vec<MeasureUse>,
    /// slot of the first measure in a block of leads
    pub first_slot: usize,
    pub standing: StandingSlots,
    /// payloads begin with file and line
    pub with_places: bool,
    pub signal_report: Option<HistoryReport>,
    pub log_report: Option<HistoryReport>,
}

pub fn read(
    policy: &Policy,
    plan: &Plan,
    options: &Options,
    mut rejects: Option<&mut Rejects>,
    progress: &mut dyn FnMut(Progress),
) -> Result<History, BatchError> {
    let layout = Layout::new(policy);
    let with_places = rejects.is_some();
    let mut history = History {
        measures: Measures::new(policy),
        layout,
        signals: None,
        later: None,
        log: None,
        as_of: options.as_of,
        start_stage: policy.start_stage.unwrap_or(0),
        uses: plan.measures.clone(),
        first_slot: policy.fields.len(),
        standing: StandingSlots::new(plan),
        with_places,
        signal_report: None,
        log_report: None,
    };
    if !options.signals.is_empty() {
        let (signals, later, report) = read_signals(policy, &history.layout, options, rejects.as_deref_mut(), progress)?;
        (history.signals, history.later, history.signal_report) = (Some(signals), later, Some(report));
    }
    if !options.stage_log.is_empty() {
        let (log, _, report) = read_log(policy, options, rejects, progress)?;
        (history.log, history.log_report) = (Some(log), Some(report));
    }
    Ok(history)
}

fn read_signals(
    policy: &Policy,
    layout: &Layout,
    options: &Options,
    rejects: Option<&mut Rejects>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Keyed, Option<Keyed>, HistoryReport), BatchError> {
    let record = record::of_signals(policy).ok_or(BatchError::NoKeyField)?;
    if policy.signals.is_empty() {
        return Err(BatchError::NoSignals);
    }
    let conditions = Arc::new(Conditions::new(policy, &record, layout));
    let program = &conditions.program;
    // no condition over a signal looks at as-of
    let parameters = Parameters { as_of_day: 0, as_of: 0 };
    let compiled = match options.backend {
        Backend::Jit if !program.outputs.is_empty() => Some(crate::batch::compile(program, options)?),
        Backend::Jit | Backend::Interpret => None,
    };
    let evaluate = |inputs: &Block, answers: &mut Block| match &compiled {
        Some(compiled) => compiled.run(inputs, &parameters, answers),
        None => *answers = crate::interpret::run(program, inputs, &parameters),
    };
    let evaluate: &Evaluate = &evaluate;
    let with_places = rejects.is_some();
    let files = Files { record: &record, program, signals: &policy.signals, inputs: &options.signals, what: Reading::Signals };
    read_files(&files, options, rejects, progress, &mut |file, prepared| SignalWorker {
        decoder: prepared.decoder(),
        sift: Sift::new(policy, &record, record::TIME, options.as_of, options.on_bad_row, with_places),
        conditions: conditions.clone(),
        encoder: Encoder::new(&record.policy, program, &prepared.plan, &prepared.zone),
        evaluate,
        layout,
        record: &record,
        place: with_places.then_some(file),
        keeps_later: options.keeps_later_keys,
        answers: Block::default(),
        rows: Vec::new(),
        payload: Vec::new(),
        bits: Vec::new(),
    })
}

fn read_log(
    policy: &Policy,
    options: &Options,
    rejects: Option<&mut Rejects>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Keyed, Option<Keyed>, HistoryReport), BatchError> {
    let record = record::of_stage_log(policy).ok_or(BatchError::NoStages)?;
    let with_places = rejects.is_some();
    let program = Program::default();
    let files = Files { record: &record, program: &program, signals: &[], inputs: &options.stage_log, what: Reading::StageLog };
    read_files(&files, options, rejects, progress, &mut |file, prepared| LogWorker {
        decoder: prepared.decoder(),
        sift: Sift::new(policy, &record, record::AT, options.as_of, options.on_bad_row, with_places),
        place: with_places.then_some(file),
        rows: Vec::new(),
        payload: Vec::new(),
    })
}

/// Files whose rows are of one kind.
struct Files<'f> {
    record: &'f Record,
    program: &'f Program,
    /// of the policy; none for a stage log
    signals: &'f [Signal],
    inputs: &'f [Input],
    what: Reading,
}

fn read_files<W: Work<Done = Digested>>(
    files: &Files,
    options: &Options,
    rejects: Option<&mut Rejects>,
    progress: &mut dyn FnMut(Progress),
    worker: &mut dyn FnMut(usize, &Prepared) -> W,
) -> Result<(Keyed, Option<Keyed>, HistoryReport), BatchError> {
    let threads = options.threads.max(1);
    let mut builder = Builder::new(options.signal_memory);
    let mut later: Option<Builder> = None;
    let mut collector = Collector::new(&files.record.policy, options.on_bad_row, options.bad_cells_shown, rejects);
    for (index, input) in files.inputs.iter().enumerate() {
        let opened = open(input, &Keep::Key)?;
        let prepared = prepare_record(files.record, files.program, options.system.as_deref(), &opened)?;
        let unit = opened.unit();
        let Opened { name, content, bytes_total, rows_total, format, .. } = opened;
        collector.files.push(HistoryFile { name, unit, binding: prepared.binding.clone() });
        let workers = (0..threads).map(|_| worker(index, &prepared)).collect();
        let chunks = content.read(&prepared.used_columns(), &prepared.choice_columns(), options.threads)?;
        let mut seen = Vec::new();
        in_order(chunks, workers, &mut |digested: Digested| {
            builder.take(&digested.parcel)?;
            if let Some(parcel) = &digested.later {
                later.get_or_insert_with(|| Builder::new(options.signal_memory)).take(parcel)?;
            }
            collector.take(&digested.counts, &digested.bad)?;
            seen.resize(digested.seen.len(), false);
            seen.iter_mut().zip(&digested.seen).for_each(|(seen, now)| *seen |= now);
            let rows = collector.counts.rows_in;
            progress(Progress { reading: files.what, rows, bytes_read: digested.bytes_read, bytes_total, rows_total });
            Ok(())
        })?;
        let notes = missing_columns(files, &prepared, format, &collector.files[index].name, &seen);
        collector.notes.extend(notes);
    }
    let keyed = builder.finish(threads)?;
    let later = later.map(|later| later.finish(threads)).transpose()?;
    let report = collector.finish(keyed.keys());
    Ok((keyed, later, report))
}

/// Properties of signals in a file that has no column for them. NDJSON names its columns row by row.
fn missing_columns(files: &Files, prepared: &Prepared, format: Format, file: &str, seen: &[bool]) -> Vec<String> {
    let mut notes = Vec::new();
    let signals = files.signals.iter().zip(&files.record.properties).zip(seen).filter(|(_, seen)| **seen && format != Format::Ndjson);
    for ((signal, fields), _) in signals {
        for (property, field) in signal.properties.iter().zip(fields) {
            if prepared.binding.fields.get(*field).is_some_and(|bound| bound.column.is_none()) {
                notes.push(format!("`{file}` has no column for `{}` of `{}`, so it is missing there", property.name, signal.name));
            }
        }
    }
    notes
}

/// Lists the rows of leads that were not used, in the order of files and lines.
pub fn list_unused(keyed: &Keyed, report: &HistoryReport, rejects: &mut Rejects) -> Result<(), BatchError> {
    let mut rows: Vec<(u64, u64, u32)> = Vec::new();
    let mut keys: Vec<(String, Reason)> = Vec::new();
    keyed.unused(&mut |key, fate, run| {
        keys.push((shown(key), reason(fate)));
        let number = (keys.len() - 1) as u32;
        rows.extend(run.map(|record| place(record.payload)).map(|(file, line)| (file, line, number)));
        Ok(())
    })?;
    rows.sort_unstable();
    for (file, line, number) in rows {
        let Some(name) = usize::try_from(file).ok().and_then(|file| report.files.get(file)).map(|file| &file.name) else { continue };
        let column = report.record.fields.get(record::KEY).map(|field| field.name.clone()).unwrap_or_default();
        let (key, reason) = keys[number as usize].clone();
        let (value, subject, outcome) = (key.clone(), Subject::Field(record::KEY), Outcome::LeftOut);
        rejects.add(Some(name), &BadCell { line, key, column, value, subject, reason, outcome }, &report.record)?;
    }
    Ok(())
}

fn reason(fate: Option<Fate>) -> Reason {
    match fate {
        Some(Fate::Rejected) => Reason::RejectedLead,
        Some(Fate::BeganLater) => Reason::LaterLead,
        Some(Fate::Used) | None => Reason::UnknownLead,
    }
}
