//! A chunk through one version.
//!
//! Enters: a chunk of the file. Leaves: for each of its rows where it stands in the file, its key, and its answers or why it has none. Always holds: every
//! row of the chunk is there once, in the order of the file.

use super::{Prepare, Version};
use crate::batch::answering::Answering;
use crate::batch::bad::{BadCell, Outcome};
use crate::batch::error::BatchError;
use crate::batch::read_columns::ArrayChunk;
use crate::batch::signals::Filler;
use crate::batch::source::Chunk;
use crate::batch::worker::{Decoder, Evaluate};
use crate::clock::Snapshot;
use crate::column::Block;

pub struct Half<'e> {
    decoder: Decoder,
    answering: Answering<'e>,
    /// which columns of a chunk of arrays this version reads; none: all
    projection: Option<Vec<usize>>,
}

/// A row of the file as one version sees it.
pub struct Row {
    pub line: u64,
    /// where its answers are; none: it is rejected
    pub answers: Option<(usize, usize)>,
    pub key: String,
    /// of a rejected row the first reason
    pub bad: Option<BadCell>,
}

/// A chunk as one version sees it.
#[derive(Default)]
pub struct Seen {
    pub rows: Vec<Row>,
    /// answers, a block after the other
    pub blocks: Vec<Block>,
}

impl<'e> Half<'e> {
    /// `columns` are those of the file that chunks of arrays have.
    pub fn new(
        version: Version,
        side: &'e Prepare,
        evaluate: &'e Evaluate<'e>,
        clocks: Option<&'e Snapshot<'e>>,
        as_of: i64,
        columns: &[usize],
    ) -> Half<'e> {
        let used = side.prepared.used_columns();
        let projection = (used != columns).then(|| used.iter().filter_map(|column| columns.binary_search(column).ok()).collect());
        Half {
            decoder: side.prepared.decoder(),
            answering: Answering {
                encoder: side.prepared.encoder(version.policy, version.program),
                filler: side.history.as_ref().map(|history| Filler::new(history, side.hindsight.as_ref())),
                evaluate,
                clocks,
                as_of,
                raw: Block::default(),
            },
            projection,
        }
    }

    pub fn see(&mut self, chunk: &Chunk) -> Result<Seen, BatchError> {
        let projected = self.projected(chunk)?;
        let chunk = projected.as_ref().unwrap_or(chunk);
        let mut seen = Seen::default();
        let Half { decoder, answering, .. } = self;
        decoder.decode(chunk, &mut |leads| {
            let block = seen.blocks.len();
            let first = seen.rows.len();
            for row in 0..leads.rows {
                let answers = if leads.rejected[row] { None } else { Some((block, row)) };
                seen.rows.push(Row { line: leads.lines[row], answers, key: leads.keys.get(row).to_owned(), bad: None });
            }
            let rejecting = leads.bad.drain(..).zip(leads.bad_rows.drain(..)).filter(|(cell, _)| cell.outcome == Outcome::Rejected);
            for (cell, row) in rejecting {
                match row {
                    Some(row) => {
                        seen.rows[first + row].bad.get_or_insert(cell);
                    }
                    None => seen.rows.push(Row { line: cell.line, answers: None, key: cell.key.clone(), bad: Some(cell) }),
                }
            }
            if leads.rows == 0 {
                return Ok(());
            }
            let inputs = answering.evaluate(leads)?;
            seen.blocks.push(answering.completed(&inputs).unwrap_or_else(|| std::mem::take(&mut answering.raw)));
            Ok(())
        })?;
        // rows that could not be split into cells were put behind the others of their block
        if !seen.rows.is_sorted_by_key(|row| row.line) {
            seen.rows.sort_by_key(|row| row.line);
        }
        Ok(seen)
    }

    /// Only the columns that this version reads, of a chunk that has those of both.
    fn projected(&self, chunk: &Chunk) -> Result<Option<Chunk>, BatchError> {
        let (Some(projection), Chunk::Arrays(chunk)) = (&self.projection, chunk) else { return Ok(None) };
        let batch = chunk.batch.project(projection);
        let batch = batch.map_err(|error| BatchError::Read { file: "the leads".to_owned(), reason: error.to_string() })?;
        Ok(Some(Chunk::Arrays(ArrayChunk { batch, first_row: chunk.first_row, bytes_read: chunk.bytes_read })))
    }
}
