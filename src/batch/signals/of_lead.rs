//! What one lead did, for an explanation.
//!
//! Enters: the files of a run and a key. Leaves: the lead's signals and its stage log in memory. Always holds: they are those that scoring the files
//! would read for this lead.

use super::record::{self, FORGET, FROM, REST_UNTIL, Record, SIGNAL, SIGNALS_BEFORE, TIME, TO};
use super::sift::{Counts, Sift, integer, text};
use crate::batch::error::BatchError;
use crate::batch::lead_block::{LeadBlock, SlotValues};
use crate::batch::prepare::prepare_record;
use crate::batch::source::{Opened, open};
use crate::batch::{Input, Keep, Options};
use crate::model::{Constant, Event, Policy, Transition};
use crate::program::Program;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadHistory {
    /// by time, at one instant by the order of declaration, then as given
    pub signals: Vec<Event>,
    pub log: Vec<Transition>,
    /// rows of this lead that are later than as-of, or rejected
    pub left_out: Counts,
}

pub fn history_of(policy: &Policy, options: &Options, key: &str) -> Result<LeadHistory, BatchError> {
    let mut found = LeadHistory::default();
    if !options.signals.is_empty() {
        let record = record::of_signals(policy).filter(|_| !policy.signals.is_empty()).ok_or(BatchError::NoSignals)?;
        let mut sift = Sift::new(policy, &record, TIME, options.as_of, options.on_bad_row, false);
        let mut counts = Counts::default();
        each_row(&record, &options.signals, options, &mut sift, key, &mut counts, &mut |block, row| {
            found.signals.extend(event(policy, &record, block, row));
        })?;
        found.left_out.add(&counts);
        found.signals.sort_by_key(|event| (event.at, event.signal));
    }
    if !options.stage_log.is_empty() {
        let record = record::of_stage_log(policy).ok_or(BatchError::NoStages)?;
        let mut sift = Sift::new(policy, &record, record::AT, options.as_of, options.on_bad_row, false);
        let mut counts = Counts::default();
        each_row(&record, &options.stage_log, options, &mut sift, key, &mut counts, &mut |block, row| {
            found.log.extend(transition(block, row));
        })?;
        found.left_out.add(&counts);
        found.log.sort_by_key(|entry| entry.at);
    }
    Ok(found)
}

/// Shows the rows of a key that count, in the order given; counts the others of this key.
fn each_row(
    record: &Record,
    inputs: &[Input],
    options: &Options,
    sift: &mut Sift,
    key: &str,
    counts: &mut Counts,
    show: &mut dyn FnMut(&LeadBlock, usize),
) -> Result<(), BatchError> {
    let mut rows = Vec::new();
    for input in inputs {
        let opened = open(input, &Keep::Key)?;
        let prepared = prepare_record(record, &Program::default(), options.system.as_deref(), &opened)?;
        let mut decoder = prepared.decoder();
        let Opened { content, .. } = opened;
        let mut chunks = content.read(&prepared.used_columns(), &prepared.choice_columns(), 1)?;
        while let Some(chunk) = chunks.next_chunk()? {
            decoder.decode(&chunk, &mut |block| {
                let (mut all, mut bad) = (Counts::default(), Vec::new());
                sift.sift(block, &mut all, &mut bad, &mut rows);
                rows.retain(|row| block.keys.get(*row) == key);
                rows.iter().for_each(|row| show(block, *row));
                let own = |row: &usize| block.keys.get(*row) == key;
                let rejected = (0..block.rows).filter(|row| block.rejected[*row]).filter(own).count() as u64;
                let own = (0..block.rows).filter(own).count() as u64;
                counts.rows_in += own;
                counts.rows_rejected += rejected;
                counts.rows_later += own - rejected - rows.len() as u64;
                Ok(())
            })?;
        }
    }
    Ok(())
}

fn event(policy: &Policy, record: &Record, block: &LeadBlock, row: usize) -> Option<Event> {
    let at = integer(&block.slots, TIME, row)?;
    let signal = usize::try_from(integer(&block.slots, SIGNAL, row)?).ok()?;
    let properties = &policy.signals.get(signal)?.properties;
    let value = |property: usize| {
        let field = record.property_field(signal, property)?;
        match block.slots.get(field)? {
            SlotValues::Texts(_) => text(&block.slots, field, row).map(|text| Constant::Text(text.to_owned())),
            SlotValues::Integers(_) => integer(&block.slots, field, row).map(Constant::Integer),
            SlotValues::Nothing => None,
        }
    };
    Some(Event { signal, at, values: (0..properties.len()).map(value).collect() })
}

fn transition(block: &LeadBlock, row: usize) -> Option<Transition> {
    let number = |field: usize| integer(&block.slots, field, row).and_then(|value| usize::try_from(value).ok());
    let rest_until = integer(&block.slots, REST_UNTIL, row);
    Some(Transition {
        at: integer(&block.slots, record::AT, row)?,
        from: number(FROM),
        to: number(TO)?,
        forget: number(FORGET),
        rest_until,
        signals_before: number(SIGNALS_BEFORE),
    })
}
