//! The measures of a block of leads.
//!
//! Enters: a [`LeadBlock`] whose fields are read, and a [`History`]. Leaves: the slots of measures, filled. Always holds: what is filled depends on the
//! block and the history alone, not on who fills it; a measure that the program does not read is not worked out into a column.

use super::keyed::Fate;
use super::read::History;
use super::{digest, log};
use std::cell::RefCell;

use crate::batch::error::BatchError;
use crate::batch::lead_block::{LeadBlock, SlotValues, TextColumn};
use crate::batch::plan::{MeasureUse, Store};
use crate::column::{Block, Column};
use crate::history::{ClockSignals, Hindsight, LeadPast, OwnedEvents, Scratch, Stand, Standing, Texts};
use crate::model::Transition;

/// Fills the blocks of one thread.
pub struct Filler<'h> {
    history: &'h History,
    scratch: RefCell<Scratch>,
    /// what clocks ask; if they ask, the past of a whole block is there when it is filled, not only that of the lead at hand
    hindsight: Option<&'h Hindsight>,
    /// of the block that was filled last: per lead, where its signals and its log begin, and where it stands
    places: Vec<Place>,
    texts: Texts,
    /// used again and again
    events: OwnedEvents,
    logs: Vec<Transition>,
    log: Vec<Transition>,
    values: Vec<Option<i64>>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    signals: usize,
    log: usize,
    stand: Stand,
}

impl<'h> Filler<'h> {
    pub fn new(history: &'h History, hindsight: Option<&'h Hindsight>) -> Filler<'h> {
        Filler {
            history,
            scratch: RefCell::new(history.measures.scratch()),
            hindsight,
            places: Vec::new(),
            texts: Texts::default(),
            events: OwnedEvents::default(),
            logs: Vec::new(),
            log: Vec::new(),
            values: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// Fills the measures' slots of a block.
    pub fn fill(&mut self, leads: &mut LeadBlock) -> Result<(), BatchError> {
        let history = self.history;
        let mut texts = Texts::default();
        clear(&mut self.events);
        self.logs.clear();
        self.places.clear();
        let mut columns: Vec<SlotValues> = history.uses.iter().map(|wanted| empty(wanted, leads.rows)).collect();
        for row in 0..leads.rows {
            let key = leads.keys.get(row);
            if self.hindsight.is_none() {
                clear(&mut self.events);
            }
            let start = self.events.at.len();
            let fate = if leads.rejected[row] { Fate::Rejected } else { Fate::Used };
            if let Some(signals) = &history.signals {
                let run = signals.run(key, &mut self.bytes)?;
                signals.note(run.found(), fate);
                digest::unpack(run, &history.layout, history.with_places, &mut self.events, &mut texts);
            }
            if let Some(entries) = &history.log {
                let run = entries.run(key, &mut self.bytes)?;
                entries.note(run.found(), fate);
                log::unpack(run, history.with_places, &mut self.log);
            }
            let stand = history.standing.of(leads, row).with_log(&self.log, history.as_of);
            self.places.push(Place { signals: start, log: self.logs.len(), stand });
            if self.hindsight.is_some() {
                self.logs.extend_from_slice(&self.log);
            }
            if columns.is_empty() {
                continue;
            }
            if leads.rejected[row] {
                self.values.clear();
                self.values.resize(columns.len(), None);
            } else {
                let standing = Standing { stage: stand.stage.unwrap_or(history.start_stage), since: stand.since, log: &self.log };
                let events = history.layout.part(self.events.view(), start..self.events.at.len());
                history.measures.read(events, &standing, history.as_of, &mut self.scratch.borrow_mut(), &mut self.values);
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
        if history.log.is_some() {
            let stands: Vec<Stand> = self.places.iter().map(|place| place.stand).collect();
            history.standing.tell(leads, &stands);
        }
        self.texts = texts;
        Ok(())
    }
}

impl Filler<'_> {
    /// The past of a lead of the block that was filled last, for clocks that ask for it. `inputs` are those of the program for the block; `identity`
    /// gives equal folded texts equal numbers, as they have them.
    pub fn past<'f>(&'f self, row: usize, inputs: &'f Block, identity: &'f RefCell<dyn FnMut(&str) -> i64 + 'f>) -> Option<LeadPast<'f>> {
        let History { layout, measures, as_of, .. } = self.history;
        let (place, next) = (self.places.get(row)?, self.places.get(row + 1));
        let signals = place.signals..next.map_or(self.events.at.len(), |next| next.signals);
        let log = place.log..next.map_or(self.logs.len(), |next| next.log);
        let events = layout.part(self.events.view(), signals);
        Some(LeadPast {
            signals: ClockSignals { layout, events, dropped: measures.drops(events, *as_of).into() },
            log: &self.logs[log],
            stand: place.stand,
            as_of: *as_of,
            hindsight: self.hindsight?,
            measures,
            texts: &self.texts,
            scratch: &self.scratch,
            inputs,
            row,
            identity,
        })
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
