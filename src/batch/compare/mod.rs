//! One file of leads through two versions of a policy: what comes out differently.
//!
//! Enters: two policies with their programs, [`Options`], a file of leads. Leaves: an [`Impact`], counts and a bounded number of leads. Always holds: every row is
//! compared or rejected by at least one version (`rows_in = rows_compared + rows_rejected`); a row is compared with itself, whatever its key;
//! the same input gives the same answer at any number of threads; memory does not grow with the file.
//!
//! The file is read once: each chunk goes through both versions on one thread (`half`), its rows are brought together by their places (`worker`), and what
//! differs is counted (`tally`). Outputs are the same if they have the same name, choices if they do (`outputs`).

mod half;
mod impact;
mod outputs;
mod tally;
mod worker;

use std::time::Instant;

use super::error::BatchError;
use super::in_order::in_order;
use super::plan::Extent;
use super::prepare::{Prepared, prepare};
use super::signals;
use super::source::{Opened, open};
use super::worker::Evaluate;
use super::{Backend, Input, Keep, Options, Place, Progress, Reading};
use crate::calendar::Zone;
use crate::column::Block;
use crate::history::Hindsight;
use crate::jit::Compiled;
use crate::model::Policy;
use crate::program::{Parameters, Program};
use half::Half;
use outputs::Outputs;
use tally::Tally;
use worker::{Done, Worker};

pub use impact::*;

/// One side of the comparison.
#[derive(Clone, Copy)]
pub struct Version<'p> {
    pub policy: &'p Policy,
    pub program: &'p Program,
}

/// Scores a file with both versions. `leads_shown` bounds each list of leads.
pub fn compare(
    old: Version,
    new: Version,
    options: &Options,
    input: &Input,
    leads_shown: usize,
    progress: &mut dyn FnMut(Progress),
) -> Result<Impact, BatchError> {
    let runs = (Run::new(old, options)?, Run::new(new, options)?);
    let evaluates = (runs.0.evaluate(), runs.1.evaluate());
    let start = Instant::now();
    if options.signals.iter().chain(&options.stage_log).any(|input| input.place == Place::Standard) {
        // both versions read them, each in its own way
        return Err(BatchError::StandardInputTwice);
    }
    let opened = open(input, &Keep::Key)?;
    let sides = (Prepare::new(old, options, &opened, progress)?, Prepare::new(new, options, &opened, progress)?);
    let outputs = Outputs::new((old.policy, &sides.0.prepared), (new.policy, &sides.1.prepared));
    let clocks = (super::pipeline::clocks(old.policy, old.program)?, super::pipeline::clocks(new.policy, new.program)?);

    let mut columns: Vec<usize> = [&sides.0, &sides.1].iter().flat_map(|side| side.prepared.used_columns()).collect();
    columns.sort_unstable();
    columns.dedup();
    let threads = options.threads.max(1);
    let workers: Vec<Worker> = (0..threads)
        .map(|_| Worker {
            old: Half::new(old, &sides.0, &*evaluates.0, clocks.0.as_ref(), options.as_of, &columns),
            new: Half::new(new, &sides.1, &*evaluates.1, clocks.1.as_ref(), options.as_of, &columns),
            outputs: &outputs,
            leads_shown,
        })
        .collect();
    let Opened { content, bytes_total, rows_total, format, .. } = opened;
    let mut all = Tally::new(&outputs, leads_shown);
    let mut done = Progress { reading: Reading::Leads, rows: 0, bytes_read: 0, bytes_total, rows_total };
    in_order(content.read(&columns, &[], threads)?, workers, &mut |found: Done| {
        all.merge(found.tally);
        (done.rows, done.bytes_read) = (all.rows_in, found.bytes_read);
        progress(done);
        Ok(())
    })?;
    if all.rows_in != all.rows_compared + all.rows_rejected() {
        return Err(BatchError::RowsLost { rows_in: all.rows_in, rows_out: all.rows_compared + all.rows_rejected() });
    }
    let mut impact = all.finish(&outputs, Opened::unit_of(format), (old.policy, new.policy));
    impact.elapsed = start.elapsed();
    impact.reads_signals = [old, new].iter().any(|version| super::pipeline::reads_signals(version.policy));
    Ok(impact)
}

/// What runs a version's program.
struct Run<'p> {
    program: &'p Program,
    parameters: Parameters,
    compiled: Option<Compiled>,
}

impl<'p> Run<'p> {
    fn new(version: Version<'p>, options: &Options) -> Result<Run<'p>, BatchError> {
        let as_of_day = Zone::named(&version.policy.timezone)?.local_day(options.as_of);
        let compiled = match options.backend {
            Backend::Interpret => None,
            Backend::Jit => Some(crate::batch::compile(version.program, options)?),
        };
        Ok(Run { program: version.program, parameters: Parameters { as_of_day, as_of: options.as_of }, compiled })
    }

    fn evaluate(&self) -> Box<Evaluate<'_>> {
        match &self.compiled {
            Some(compiled) => Box::new(|inputs: &Block, answers: &mut Block| compiled.run(inputs, &self.parameters, answers)),
            None => {
                Box::new(|inputs: &Block, answers: &mut Block| *answers = crate::interpret::run(self.program, inputs, &self.parameters))
            }
        }
    }
}

/// What a version makes of the file's columns, and its signals.
pub struct Prepare {
    prepared: Prepared,
    history: Option<signals::History>,
    /// if the policy has clocks
    hindsight: Option<Hindsight>,
}

impl Prepare {
    fn new(version: Version, options: &Options, opened: &Opened, progress: &mut dyn FnMut(Progress)) -> Result<Prepare, BatchError> {
        let prepared = prepare(version.policy, version.program, options, opened, Extent::Program)?;
        // two histories share the memory
        let halved = Options { signal_memory: options.signal_memory / 2, ..options.clone() };
        let history = match super::pipeline::needs_history(version.policy, options) {
            true => Some(signals::read(version.policy, &prepared.plan, &halved, None, progress)?),
            false => None,
        };
        let hindsight = (!version.policy.slas.is_empty()).then(|| Hindsight::new(version.policy, version.program));
        Ok(Prepare { prepared, history, hindsight })
    }
}
