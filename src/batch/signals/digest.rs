//! A chunk of a file of signals to records.
//!
//! Enters: chunks. Leaves: for each row that counts a record: key, instant, signal, and as payload which conditions hold for it and the values that
//! measures read. Always holds: conditions are answered by the evaluator that scores, over blocks; what no measure reads is gone when the
//! next chunk comes.
//!
//! The payload: if rows that are left out are listed, the numbers of the file and of the line; the words of bits; the kept values that are known, integers
//! in as few bytes as they need, texts with their length. [`unpack`] is the reverse.

use std::sync::Arc;

use super::keyed::{Parcel, Run};
use super::record::{Record, SIGNAL, TIME};
use super::sift::{Counts, Sift, integer, text};
use super::varint::{Bytes, put_signed, put_varint};
use crate::batch::bad::BadCell;
use crate::batch::encode::Encoder;
use crate::batch::error::BatchError;
use crate::batch::in_order::Work;
use crate::batch::lead_block::{LeadBlock, SlotValues, TextColumn};
use crate::batch::source::Chunk;
use crate::batch::worker::{Decoder, Evaluate};
use crate::column::{Block, Column};
use crate::history::{Layout, OwnedEvents, Texts};
use crate::model::{EventColumn, Policy, Type};
use crate::program::{InputSource, OutputRole, Program};

/// What became of a chunk of a file of histories.
#[derive(Debug, Default)]
pub struct Digested {
    pub parcel: Parcel,
    /// of rows that are later than the end, no more than their key; only where that is asked for
    pub later: Option<Parcel>,
    pub counts: Counts,
    pub bad: Vec<BadCell>,
    /// per signal, whether any row names it; empty for a stage log
    pub seen: Vec<bool>,
    pub bytes_read: u64,
}

/// The program of the conditions, with the fields of a [`Record`] as its columns.
#[derive(Clone, Debug)]
pub struct Conditions {
    pub program: Program,
    /// fields behind those of the record, made of them row by row
    gathered: Vec<Gathered>,
}

/// A column that several properties give, or one that rows of other signals lack although the program counts on it.
#[derive(Clone, Debug)]
struct Gathered {
    /// per signal, the field that gives it
    of: Vec<Option<usize>>,
    is_text: bool,
    /// stands in the rows of other signals
    otherwise: Option<i64>,
}

impl Conditions {
    pub fn new(policy: &Policy, record: &Record, layout: &Layout) -> Conditions {
        let mut program = layout.program().clone();
        let first = record.policy.fields.len();
        let mut gathered: Vec<Gathered> = Vec::new();
        let columns: Vec<Option<usize>> = policy.event_columns.iter().map(|column| single_text(record, column)).collect();
        let mut places: Vec<Option<usize>> = vec![None; columns.len()];
        for input in &mut program.inputs {
            let column = match &mut input.source {
                InputSource::Column(column)
                | InputSource::LocalDay(column)
                | InputSource::Text { column, .. }
                | InputSource::TextIdentity { column, .. } => column,
                InputSource::Stage
                | InputSource::StageSince
                | InputSource::RestUntil
                | InputSource::RouteOwner(_)
                | InputSource::RouteQueue(_)
                | InputSource::KeyHash => continue,
            };
            let Some(declared) = policy.event_columns.get(*column) else { continue };
            *column = match columns[*column] {
                Some(field) => field,
                None => *places[*column].get_or_insert_with(|| {
                    let mut of = vec![None; policy.signals.len()];
                    for (signal, property) in &declared.of {
                        of[*signal] = record.property_field(*signal, *property);
                    }
                    gathered.push(Gathered { of, is_text: declared.field.ty == Type::Text, otherwise: None });
                    first + gathered.len() - 1
                }),
            };
            if let Some(gathered) = column.checked_sub(first).and_then(|index| gathered.get_mut(index))
                && !input.optional
                && matches!(input.source, InputSource::Column(_))
            {
                gathered.otherwise = Some(input.interval.0);
            }
        }
        Conditions { program, gathered }
    }

    /// Appends the gathered fields to a block.
    fn gather(&self, block: &mut LeadBlock) {
        for gathered in &self.gathered {
            let values = if gathered.is_text { gathered.texts(block) } else { gathered.integers(block, self.width_of(block.slots.len())) };
            block.slots.push(values);
        }
    }

    fn width_of(&self, field: usize) -> crate::column::Width {
        let input = self.program.inputs.iter().find(|input| input.source == InputSource::Column(field));
        input.map_or(crate::column::Width::I64, |input| input.width)
    }
}

/// The field of a text that one field gives.
fn single_text(record: &Record, column: &EventColumn) -> Option<usize> {
    let mut fields = column.of.iter().map(|(signal, property)| record.property_field(*signal, *property));
    let first = fields.next()??;
    (column.field.ty == Type::Text && fields.all(|field| field == Some(first))).then_some(first)
}

impl Gathered {
    fn field(&self, block: &LeadBlock, row: usize) -> Option<usize> {
        let signal = usize::try_from(integer(&block.slots, SIGNAL, row)?).ok()?;
        *self.of.get(signal)?
    }

    fn integers(&self, block: &LeadBlock, width: crate::column::Width) -> SlotValues {
        let mut column = Column::with_capacity(width, block.rows);
        for row in 0..block.rows {
            let value = self.field(block, row).and_then(|field| integer(&block.slots, field, row));
            column.push(value.or(self.otherwise));
        }
        SlotValues::Integers(column)
    }

    fn texts(&self, block: &LeadBlock) -> SlotValues {
        let mut column = TextColumn::default();
        for row in 0..block.rows {
            column.push(self.field(block, row).and_then(|field| text(&block.slots, field, row)));
        }
        SlotValues::Texts(column)
    }
}

/// Digests the chunks of one file on one thread.
pub struct SignalWorker<'e> {
    pub decoder: Decoder,
    pub sift: Sift,
    pub conditions: Arc<Conditions>,
    pub encoder: Encoder,
    pub evaluate: &'e Evaluate<'e>,
    pub layout: &'e Layout,
    pub record: &'e Record,
    /// number of the file, if places are kept
    pub place: Option<usize>,
    pub keeps_later: bool,
    /// used again and again
    pub answers: Block,
    pub rows: Vec<usize>,
    pub payload: Vec<u8>,
    pub bits: Vec<u64>,
}

impl Work for SignalWorker<'_> {
    type Done = Digested;

    fn work(&mut self, chunk: &Chunk) -> Result<Digested, BatchError> {
        let mut digested = Digested { bytes_read: chunk.bytes_read(), ..Digested::default() };
        digested.seen.resize(self.record.properties.len(), false);
        let SignalWorker { decoder, sift, conditions, encoder, evaluate, layout, record, place, keeps_later, answers, rows, payload, bits } =
            self;
        digested.later = keeps_later.then(Parcel::default);
        decoder.decode(chunk, &mut |block| {
            sift.sift(block, &mut digested.counts, &mut digested.bad, rows);
            for row in 0..block.rows {
                let signal = integer(&block.slots, SIGNAL, row);
                if let Some(seen) = signal.and_then(|signal| digested.seen.get_mut(usize::try_from(signal).ok()?)) {
                    *seen = true;
                }
            }
            if let Some(later) = &mut digested.later {
                sift.later.iter().for_each(|row| later.add(block.keys.get(*row), 0, 0, &[]));
            }
            if rows.is_empty() {
                return Ok(());
            }
            let fields = block.slots.len();
            let program = &conditions.program;
            if !program.outputs.is_empty() {
                conditions.gather(block);
                evaluate(&encoder.encode(block), answers);
                block.slots.truncate(fields);
            }
            let conditions = if program.outputs.is_empty() { &[][..] } else { &answers.columns[..] };
            for row in rows.iter().copied() {
                let (Some(at), Some(signal)) = (integer(&block.slots, TIME, row), integer(&block.slots, SIGNAL, row)) else { continue };
                let Some(kept) = layout.signal(signal as usize) else { continue };
                payload.clear();
                if let Some(file) = place {
                    put_varint(payload, *file as u64);
                    put_varint(payload, block.lines[row]);
                }
                bits.clear();
                bits.resize(layout.words(), 0);
                for (output, column) in program.outputs.iter().zip(conditions) {
                    if let OutputRole::EventCondition(condition) = output.role
                        && let Some(bit) = kept.condition_bit(condition)
                        && column.get(row) == Some(1)
                    {
                        bits[bit / 64] |= 1 << (bit % 64);
                    }
                }
                let values = payload.len();
                for (slot, property) in kept.kept.iter().enumerate() {
                    let Some(field) = record.property_field(signal as usize, property.property) else { continue };
                    let is_known = if property.is_text {
                        let value = text(&block.slots, field, row);
                        value.inspect(|value| put_text(payload, value)).is_some()
                    } else {
                        let value = integer(&block.slots, field, row);
                        value.inspect(|value| put_signed(payload, *value)).is_some()
                    };
                    let bit = kept.known_bit(slot);
                    bits[bit / 64] |= u64::from(is_known) << (bit % 64);
                }
                // bits are known only behind the values but stand before them
                let end = payload.len();
                bits.iter().for_each(|word| put_varint(payload, *word));
                payload[values..].rotate_left(end - values);
                digested.parcel.add(block.keys.get(row), at, signal as u16, payload);
            }
            Ok(())
        })?;
        Ok(digested)
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_varint(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

/// Appends the signals of one lead as measures read them; texts become codes into `texts`.
pub fn unpack(run: Run, layout: &Layout, with_places: bool, events: &mut OwnedEvents, texts: &mut Texts) {
    for record in run {
        let mut bytes = Bytes(record.payload);
        if with_places {
            bytes.varint();
            bytes.varint();
        }
        events.at.push(record.at);
        events.signal.push(record.rank);
        let first_word = events.bits.len();
        (0..layout.words()).for_each(|_| events.bits.push(bytes.varint()));
        let first_value = events.values.len();
        events.values.resize(first_value + layout.values(), 0);
        let Some(signal) = layout.signal(usize::from(record.rank)) else { continue };
        for (slot, kept) in signal.kept.iter().enumerate() {
            let bit = signal.known_bit(slot);
            if events.bits[first_word + bit / 64] >> (bit % 64) & 1 == 0 {
                continue;
            }
            events.values[first_value + slot] = if kept.is_text {
                let length = bytes.varint() as usize;
                texts.code(std::str::from_utf8(bytes.take(length)).unwrap_or_default())
            } else {
                bytes.signed()
            };
        }
    }
}

/// Where a signal was read: number of the file, and of the line in it.
pub fn place(payload: &[u8]) -> (u64, u64) {
    let mut bytes = Bytes(payload);
    (bytes.varint(), bytes.varint())
}
