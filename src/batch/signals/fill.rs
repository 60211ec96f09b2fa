//! The measures of a block of leads.
//!
//! Enters: a [`LeadBlock`] whose fields are read, and a [`History`]. Leaves: the slots of measures, filled. Always holds: what is filled depends on the
//! block and the history alone, not on who fills it; a measure that the program does not read is not worked out into a column.

use super::read::History;
use super::sift::integer;
use super::{digest, log};
use crate::batch::error::BatchError;
use crate::batch::lead_block::{LeadBlock, SlotValues, TextColumn};
use crate::batch::plan::{MeasureUse, Store};
use crate::column::Column;
use crate::history::{ClockSignals, Events, Layout, OwnedEvents, Scratch, Standing, Texts};
use crate::model::Transition;

/// Fills the blocks of one thread.
pub struct Filler<'h> {
    history: &'h History,
    scratch: Scratch,
    /// the signals of a whole block are there when it is filled, not only those of the lead at hand
    keeps_events: bool,
    /// where each lead's signals begin
    starts: Vec<usize>,
    /// used again and again
    events: OwnedEvents,
    log: Vec<Transition>,
    values: Vec<Option<i64>>,
    bytes: Vec<u8>,
}

/// How many rows of signals and of the stage log were asked for, each for the first time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    pub signals: u64,
    pub log: u64,
}

impl<'h> Filler<'h> {
    pub fn new(history: &'h History, keeps_events: bool) -> Filler<'h> {
        Filler {
            history,
            scratch: history.measures.scratch(),
            keeps_events,
            starts: Vec::new(),
            events: OwnedEvents::default(),
            log: Vec::new(),
            values: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Fills the measures' slots of a block.
    pub fn fill(&mut self, leads: &mut LeadBlock, asked: &mut Asked) -> Result<(), BatchError> {
        let history = self.history;
        let mut texts = Texts::default();
        clear(&mut self.events);
        self.starts.clear();
        let mut columns: Vec<SlotValues> = history.uses.iter().map(|wanted| empty(wanted, leads.rows)).collect();
        for row in 0..leads.rows {
            let key = leads.keys.get(row);
            if !self.keeps_events {
                clear(&mut self.events);
            }
            let start = self.events.at.len();
            self.starts.push(start);
            if let Some(signals) = &history.signals {
                let run = signals.run(key, &mut self.bytes, &mut asked.signals)?;
                digest::unpack(run, &history.layout, history.with_places, &mut self.events, &mut texts);
            }
            if let Some(entries) = &history.log {
                log::unpack(entries.run(key, &mut self.bytes, &mut asked.log)?, history.with_places, &mut self.log);
            }
            if columns.is_empty() {
                continue;
            }
            if leads.rejected[row] {
                self.values.clear();
                self.values.resize(columns.len(), None);
            } else {
                let stage = integer(&leads.slots, history.stage_slot, row).and_then(|stage| usize::try_from(stage).ok());
                let standing = Standing {
                    stage: stage.unwrap_or(history.start_stage),
                    since: integer(&leads.slots, history.since_slot, row),
                    log: &self.log,
                };
                history.measures.read(
                    view(&self.events, &history.layout, start, self.events.at.len()),
                    &standing,
                    history.as_of,
                    &mut self.scratch,
                    &mut self.values,
                );
            }
            for ((column, wanted), value) in columns.iter_mut().zip(&history.uses).zip(&self.values) {
                match column {
                    SlotValues::Nothing => {}
                    SlotValues::Integers(column) => column.push(value.or(wanted.placeholder)),
                    SlotValues::Texts(column) => column.push(value.and_then(|code| texts.text(code))),
                }
            }
        }
        for (slot, column) in leads.slots.iter_mut().skip(history.first_slot).zip(columns) {
            *slot = column;
        }
        Ok(())
    }
}

impl Filler<'_> {
    /// The signals of a lead of the block that was filled last, if they are kept.
    pub fn signals(&self, row: usize) -> ClockSignals<'_> {
        let start = self.starts.get(row).copied().unwrap_or(0);
        let end = self.starts.get(row + 1).copied().unwrap_or(self.events.at.len());
        let layout = &self.history.layout;
        let events = view(&self.events, layout, start, end);
        ClockSignals { layout, events, dropped: self.history.measures.drops(events, self.history.as_of).into() }
    }
}

fn view<'e>(events: &'e OwnedEvents, layout: &Layout, start: usize, end: usize) -> Events<'e> {
    let (words, values) = (layout.words(), layout.values());
    Events {
        at: &events.at[start..end],
        signal: &events.signal[start..end],
        bits: &events.bits[start * words..end * words],
        values: &events.values[start * values..end * values],
    }
}

fn clear(events: &mut OwnedEvents) {
    events.at.clear();
    events.signal.clear();
    events.bits.clear();
    events.values.clear();
}

fn empty(wanted: &MeasureUse, rows: usize) -> SlotValues {
    match wanted.store {
        Store::Nothing => SlotValues::Nothing,
        Store::Integers(width) => SlotValues::Integers(Column::with_capacity(width, rows)),
        Store::Texts => SlotValues::Texts(TextColumn::default()),
    }
}
