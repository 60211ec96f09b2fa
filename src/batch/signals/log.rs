//! A chunk of a stage log to records.
//!
//! Enters: chunks. Leaves: for each row that counts a record: key, instant, and as payload the stages, the section that was forgotten, how many signals of the instant came before, and the end of a rest. Always
//! holds: [`unpack`] is the reverse; at one instant the entries stand as given.

use super::digest::Digested;
use super::keyed::Run;
use super::record::{AT, FORGET, FROM, REST_UNTIL, SIGNALS_BEFORE, TO};
use super::sift::{Sift, integer};
use super::varint::{Bytes, put_varint};
use crate::batch::error::BatchError;
use crate::batch::in_order::Work;
use crate::batch::source::Chunk;
use crate::batch::worker::Decoder;
use crate::model::Transition;

/// Digests the chunks of one file on one thread.
pub struct LogWorker {
    pub decoder: Decoder,
    pub sift: Sift,
    /// number of the file, if places are kept
    pub place: Option<usize>,
    /// used again and again
    pub rows: Vec<usize>,
    pub payload: Vec<u8>,
}

impl Work for LogWorker {
    type Done = Digested;

    fn work(&mut self, chunk: &Chunk) -> Result<Digested, BatchError> {
        let mut digested = Digested { bytes_read: chunk.bytes_read(), ..Digested::default() };
        let LogWorker { decoder, sift, place, rows, payload } = self;
        decoder.decode(chunk, &mut |block| {
            sift.sift(block, &mut digested.counts, &mut digested.bad, rows);
            for row in rows.iter().copied() {
                let number = |field: usize| integer(&block.slots, field, row).and_then(|value| u64::try_from(value).ok());
                let (Some(at), Some(to)) = (integer(&block.slots, AT, row), number(TO)) else { continue };
                payload.clear();
                if let Some(file) = place {
                    put_varint(payload, *file as u64);
                    put_varint(payload, block.lines[row]);
                }
                put_varint(payload, number(FROM).map_or(0, |from| from + 1));
                put_varint(payload, to);
                put_varint(payload, number(FORGET).map_or(0, |forget| forget + 1));
                put_varint(payload, number(SIGNALS_BEFORE).map_or(0, |count| count.saturating_add(1)));
                if let Some(rest_until) = integer(&block.slots, REST_UNTIL, row) {
                    payload.extend_from_slice(&rest_until.to_le_bytes());
                }
                digested.parcel.add(block.keys.get(row), at, 0, payload);
            }
            Ok(())
        })?;
        Ok(digested)
    }
}

/// The stage log of one lead.
pub fn unpack(run: Run, with_places: bool, log: &mut Vec<Transition>) {
    log.clear();
    for record in run {
        let mut bytes = Bytes(record.payload);
        if with_places {
            bytes.varint();
            bytes.varint();
        }
        let from = (bytes.varint() as usize).checked_sub(1);
        let to = bytes.varint() as usize;
        let forget = (bytes.varint() as usize).checked_sub(1);
        let signals_before = (bytes.varint() as usize).checked_sub(1);
        // nothing but a rest stands behind
        let rest_until = bytes.0.first_chunk().map(|rest| i64::from_le_bytes(*rest));
        log.push(Transition { at: record.at, from, to, forget, rest_until, signals_before });
    }
}
