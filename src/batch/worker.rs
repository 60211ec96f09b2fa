//! One chunk of a file to one piece of the output.
//!
//! Enters: a chunk. Leaves: what is to be written for it, what is to be counted, what was bad. Always holds: the result depends on the chunk alone,
//! so that it does not matter who works on which.

use super::answering::Answering;
use super::bad::BadCell;
use super::error::BatchError;
use super::in_order::Work;
use super::lead_block::LeadBlock;
use super::read_columns::ArrayDecoder;
use super::read_csv::CsvDecoder;
use super::read_ndjson::{LateName, NdjsonDecoder};
use super::repeated::{PlacedKey, keys_of};
use super::report::Tally;
use super::sink::Piece;
use super::source::Chunk;
use super::turns::{Guard, Stopped, Turns};
use super::write_arrays::ArrayWriter;
use super::write_csv::CsvWriter;
use super::write_ndjson::NdjsonWriter;
use crate::column::Block;

/// Runs a program over a block.
pub type Evaluate<'e> = dyn Fn(&Block, &mut Block) + Sync + 'e;

pub enum Decoder {
    Csv(CsvDecoder),
    Ndjson(Box<NdjsonDecoder>),
    Arrays(ArrayDecoder),
}

impl Decoder {
    pub fn decode(&mut self, chunk: &Chunk, sink: &mut dyn FnMut(&mut LeadBlock) -> Result<(), BatchError>) -> Result<(), BatchError> {
        match (self, chunk) {
            (Decoder::Csv(decoder), Chunk::Text(chunk)) => decoder.decode(chunk, sink),
            (Decoder::Ndjson(decoder), Chunk::Text(chunk)) => decoder.decode(chunk, sink),
            (Decoder::Arrays(decoder), Chunk::Arrays(chunk)) => decoder.decode(chunk, sink),
            (Decoder::Csv(_) | Decoder::Ndjson(_) | Decoder::Arrays(_), Chunk::Text(_) | Chunk::Arrays(_)) => {
                unreachable!("a file has chunks of one kind")
            }
        }
    }

    fn take_late_names(&mut self) -> Vec<LateName> {
        match self {
            Decoder::Ndjson(decoder) => std::mem::take(&mut decoder.late_names),
            Decoder::Csv(_) | Decoder::Arrays(_) => Vec::new(),
        }
    }
}

#[derive(Clone)]
pub enum Formatter {
    Nothing,
    Csv(CsvWriter),
    Ndjson(NdjsonWriter),
    Arrays(ArrayWriter),
}

/// What became of a chunk.
pub struct Done {
    pub piece: Piece,
    pub tally: Tally,
    pub bad: Vec<BadCell>,
    pub late_names: Vec<LateName>,
    /// of the rows that are scored
    pub keys: Vec<PlacedKey>,
    pub bytes_read: u64,
}

pub struct Worker<'e> {
    pub decoder: Decoder,
    pub answering: Answering<'e>,
    pub formatter: Formatter,
    pub empty_tally: Tally,
    /// of a run that remembers rotations
    pub turns: Option<&'e Turns>,
    /// number of its next chunk, and how many chunks further the one after that is
    pub chunk: usize,
    pub stride: usize,
}

impl Work for Worker<'_> {
    type Done = Done;

    fn work(&mut self, chunk: &Chunk) -> Result<Done, BatchError> {
        let mut tally = self.empty_tally.clone();
        let mut bad = Vec::new();
        let mut text = Vec::new();
        let mut batches = Vec::new();
        let mut keys = Vec::new();
        let guard = Guard(self.turns);
        let Worker { decoder, answering, formatter, turns, chunk: number, .. } = self;
        decoder.decode(chunk, &mut |leads| {
            tally.rows_in += leads.rows as u64 + leads.lost_rows;
            tally.rows_rejected += leads.rejected_count as u64 + leads.lost_rows;
            tally.cells_taken_as_missing += leads.cells_taken_as_missing;
            bad.append(&mut leads.bad);
            if leads.rows == 0 {
                return Ok(());
            }
            let inputs = answering.evaluate(leads)?;
            if let Some(turns) = turns {
                turns.give(*number, leads, &mut answering.raw).map_err(|Stopped| BatchError::Stopped)?;
            }
            let completed = answering.completed(&inputs);
            let answers = completed.as_ref().unwrap_or(&answering.raw);
            tally.rows_scored += (leads.rows - leads.rejected_count) as u64;
            tally.add_answers(answers, &leads.rejected);
            tally.add_kept(&answering.raw, answers, &leads.rejected);
            tally.add_moves(&inputs, answers, &leads.rejected);
            keys_of(leads, &mut keys);
            match formatter {
                Formatter::Nothing => {}
                Formatter::Csv(writer) => writer.rows(leads, answers, &mut text),
                Formatter::Ndjson(writer) => writer.rows(leads, answers, &mut text),
                Formatter::Arrays(_) if leads.rejected_count == leads.rows => {}
                Formatter::Arrays(writer) => {
                    let batch = writer.batch(leads, answers);
                    batches.push(batch.map_err(|error| BatchError::Write { file: "the output".to_owned(), reason: error.to_string() })?);
                }
            }
            Ok(())
        })?;
        if let Some(turns) = self.turns {
            turns.end(self.chunk).map_err(|Stopped| BatchError::Stopped)?;
        }
        self.chunk += self.stride;
        guard.is_well();
        let piece = match &self.formatter {
            Formatter::Nothing => Piece::Nothing,
            Formatter::Csv(_) | Formatter::Ndjson(_) => Piece::Text(text),
            Formatter::Arrays(_) => Piece::Batches(batches),
        };
        Ok(Done { piece, tally, bad, late_names: self.decoder.take_late_names(), keys, bytes_read: chunk.bytes_read() })
    }

    fn abandon(&self) {
        self.turns.inspect(|turns| turns.fail());
    }
}
