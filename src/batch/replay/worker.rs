//! One chunk of leads to their courses.
//!
//! Enters: a chunk. Leaves: rows of the log, and what they add up to. Always holds: the result depends on the chunk and the signals alone, so that it does
//! not matter who works on which.

use std::cell::RefCell;

use super::clock_log;
use super::log_file::{LogRows, LogWriter};
use super::stage_log::StageLog;
use super::zone;
use crate::batch::bad::BadCell;
use crate::batch::cells::{date_text, zoned_text};
use crate::batch::encode::Encoder;
use crate::batch::error::BatchError;
use crate::batch::in_order::Work;
use crate::batch::lead_block::LeadBlock;
use crate::batch::repeated::{PlacedKey, keys_of};
use crate::batch::signals::digest::unpack;
use crate::batch::signals::keyed::{Fate, Found};
use crate::batch::signals::read::History;
use crate::batch::signals::sift::integer;
use crate::batch::sink::Piece;
use crate::batch::source::Chunk;
use crate::batch::worker::Decoder;
use crate::calendar::Zone;
use crate::history::replay::tally::{Span, Tally, Told};
use crate::history::replay::{Course, Evaluate, Reason, Replay, Scratch, Step, Subject, moments};
use crate::history::{Events, OwnedEvents, Texts};
use crate::model::value::format_scaled;
use crate::model::{FieldId, Policy, Type};
use crate::program::arithmetic::key_hash;

/// What says when a lead came into being.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// a date or a time
    field: Option<(FieldId, bool)>,
    otherwise: Option<i64>,
}

impl Start {
    pub fn new(policy: &Policy, field: Option<FieldId>, otherwise: Option<i64>) -> Start {
        let is_date = |field: FieldId| policy.fields.get(field).is_some_and(|field| field.ty == Type::Date);
        Start { field: field.map(|field| (field, is_date(field))), otherwise }
    }

    /// The field that is asked for; else the first signal; else the beginning of the span.
    fn of(&self, own: Option<i64>, events: Events, zone: &mut Zone) -> Option<i64> {
        let own = match self.field {
            Some((_, true)) => own.and_then(|day| moments::day_begin(zone, day)),
            Some((_, false)) | None => own,
        };
        own.or_else(|| events.at.first().copied()).or(self.otherwise)
    }
}

/// What became of a chunk.
pub struct Done {
    pub tally: Tally,
    pub log: Piece,
    pub clock_log: Piece,
    pub bad: Vec<BadCell>,
    pub rows_in: u64,
    pub rows_rejected: u64,
    pub cells_taken_as_missing: u64,
    /// of the rows that are not rejected
    pub keys: Vec<PlacedKey>,
    pub bytes_read: u64,
}

pub struct ReplayWorker<'w> {
    pub decoder: Decoder,
    pub walker: Walker<'w>,
    pub log: Option<LogWriter>,
    pub clock_log: Option<LogWriter>,
}

/// Walks lead after lead.
pub struct Walker<'w> {
    policy: &'w Policy,
    replay: &'w Replay<'w>,
    evaluate: &'w Evaluate<'w>,
    history: &'w History,
    encoder: Encoder,
    start: Start,
    span: Span,
    stage_log: StageLog<'w>,
    /// used again and again
    zone: Zone,
    days: Zone,
    scratch: Scratch,
    course: Course,
    events: OwnedEvents,
    inputs: Vec<Option<i64>>,
    bytes: Vec<u8>,
}

impl<'w> Walker<'w> {
    pub fn new(
        policy: &'w Policy,
        replay: &'w Replay<'w>,
        evaluate: &'w Evaluate<'w>,
        history: &'w History,
        encoder: Encoder,
        start: Start,
        span: Span,
    ) -> Walker<'w> {
        Walker {
            policy,
            replay,
            evaluate,
            history,
            encoder,
            start,
            span,
            stage_log: StageLog::new(policy),
            zone: zone(policy),
            days: zone(policy),
            scratch: replay.scratch(zone(policy)),
            course: Course::default(),
            events: OwnedEvents::default(),
            inputs: Vec::new(),
            bytes: Vec::new(),
        }
    }
}

/// Rows of the logs on their way.
#[derive(Default)]
struct Rows {
    steps: Option<LogRows>,
    clocks: Option<LogRows>,
}

impl Work for ReplayWorker<'_> {
    type Done = Done;

    fn work(&mut self, chunk: &Chunk) -> Result<Done, BatchError> {
        let mut done = Done {
            tally: Tally::new(self.walker.policy),
            log: Piece::Nothing,
            clock_log: Piece::Nothing,
            bad: Vec::new(),
            rows_in: 0,
            rows_rejected: 0,
            cells_taken_as_missing: 0,
            keys: Vec::new(),
            bytes_read: chunk.bytes_read(),
        };
        let mut rows = Rows { steps: self.log.as_ref().map(LogWriter::rows), clocks: self.clock_log.as_ref().map(LogWriter::rows) };
        let walker = &mut self.walker;
        self.decoder.decode(chunk, &mut |leads| {
            done.rows_in += leads.rows as u64 + leads.lost_rows;
            done.rows_rejected += leads.rejected_count as u64 + leads.lost_rows;
            done.cells_taken_as_missing += leads.cells_taken_as_missing;
            done.bad.append(&mut leads.bad);
            keys_of(leads, &mut done.keys);
            walker.block(leads, &mut rows, &mut done)
        })?;
        if let (Some(log), Some(rows)) = (&mut self.log, &rows.steps) {
            done.log = log.piece(rows)?;
        }
        if let (Some(log), Some(rows)) = (&mut self.clock_log, &rows.clocks) {
            done.clock_log = log.piece(rows)?;
        }
        Ok(done)
    }
}

impl Walker<'_> {
    fn block(&mut self, leads: &mut LeadBlock, rows: &mut Rows, done: &mut Done) -> Result<(), BatchError> {
        if leads.rows == 0 {
            return Ok(());
        }
        // before columns are taken out of the block
        let own: Vec<Option<i64>> = match self.start.field {
            Some((field, _)) => (0..leads.rows).map(|row| integer(&leads.slots, field, row)).collect(),
            None => vec![None; leads.rows],
        };
        let inputs = self.encoder.encode(leads);
        let mut texts = Texts::default();
        for (row, own) in own.into_iter().enumerate() {
            let key = leads.keys.get(row);
            self.events = OwnedEvents::default();
            let mut found = Found::default();
            if let Some(signals) = &self.history.signals {
                let run = signals.run(key, &mut self.bytes)?;
                found = run.found();
                unpack(run, &self.history.layout, self.history.with_places, &mut self.events, &mut texts);
            }
            let history = self.history;
            let note = |fate: Fate| history.signals.iter().for_each(|signals| signals.note(found, fate));
            if leads.rejected[row] {
                note(Fate::Rejected);
                continue;
            }
            // its first signal is still to come, and with it its beginning
            let is_to_come = match &history.later {
                Some(later) if own.is_none() && self.events.at.is_empty() => later.run(key, &mut self.bytes)?.next().is_some(),
                Some(_) | None => false,
            };
            let start = match self.start.of(own, self.events.view(), &mut self.zone) {
                Some(start) if start <= self.span.to && !is_to_come => start,
                None if !is_to_come => {
                    done.tally.leads.without_beginning += 1;
                    continue;
                }
                Some(_) | None => {
                    note(Fate::BeganLater);
                    done.tally.leads.later += 1;
                    continue;
                }
            };
            note(Fate::Used);
            self.inputs.clear();
            self.inputs.extend(inputs.columns.iter().map(|column| column.get(row)));
            self.lead(key, start, &texts, rows, &mut done.tally);
        }
        Ok(())
    }

    fn lead(&mut self, key: &str, start: i64, texts: &Texts, rows: &mut Rows, tally: &mut Tally) {
        let events = self.events.view();
        let subject = Subject { inputs: &self.inputs, events, texts, start, key_hash: key_hash(key) };
        let encoder = &mut self.encoder;
        let mut identity = |text: &str| encoder.identity(text);
        self.replay.run(self.evaluate, &subject, self.span.to, &mut identity, &mut self.scratch, &mut self.course);
        let (policy, zone) = (self.policy, RefCell::new(&mut self.zone));
        let reason = |step: &Step| match self.replay.reason(events, step) {
            Reason::None => None,
            Reason::Text(text) => Some(text.to_owned()),
            Reason::Property { column, value } => {
                let ty = policy.event_columns.get(column)?.field.ty;
                if ty == Type::Text { texts.text(value).map(str::to_owned) } else { Some(shown(policy, ty, value, *zone.borrow_mut())) }
            }
        };
        tally.add(self.replay, self.span, Told { key, events, reason: &reason }, &self.course, &mut self.days);
        if let Some(rows) = &mut rows.steps {
            for step in self.course.steps.iter().filter(|step| self.span.holds(step.at)) {
                self.stage_log.push(key, step, reason(step).as_deref().unwrap_or_default(), events.at, rows);
            }
        }
        if let Some(rows) = &mut rows.clocks {
            for (sla, instances) in self.course.clocks.iter().enumerate() {
                for instance in instances.iter().filter(|instance| self.span.holds(instance.started)) {
                    clock_log::push(self.policy, key, sla, instance, rows);
                }
            }
        }
    }
}

/// A value as files have it.
fn shown(policy: &Policy, ty: Type, value: i64, zone: &mut Zone) -> String {
    let members = |choices: usize| policy.choices.get(choices).map(|choices| choices.members.as_slice()).unwrap_or_default();
    match ty {
        Type::Text => value.to_string(),
        Type::Number { scale, .. } => format_scaled(i128::from(value), scale),
        Type::YesNo => if value == 0 { "no" } else { "yes" }.to_owned(),
        Type::OneOf(choices) => {
            let member = usize::try_from(value).ok().and_then(|index| members(choices).get(index));
            member.map(|member| member.name.clone()).unwrap_or_default()
        }
        Type::SomeOf(choices) => {
            let chosen = members(choices).iter().enumerate().filter(|(bit, _)| value >> bit & 1 == 1);
            chosen.map(|(_, member)| member.name.as_str()).collect::<Vec<_>>().join(", ")
        }
        Type::Date => date_text(value),
        Type::Time => zoned_text(value, zone),
    }
}
