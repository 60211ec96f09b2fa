//! One chunk of the file through both versions, its rows brought together.

use super::half::{Half, Row, Seen};
use super::outputs::Outputs;
use super::tally::Tally;
use crate::batch::error::BatchError;
use crate::batch::in_order::Work;
use crate::batch::source::Chunk;

pub struct Worker<'e> {
    pub old: Half<'e>,
    pub new: Half<'e>,
    pub outputs: &'e Outputs,
    pub leads_shown: usize,
}

/// What became of a chunk.
pub struct Done {
    pub tally: Tally,
    pub bytes_read: u64,
}

impl Work for Worker<'_> {
    type Done = Done;

    fn work(&mut self, chunk: &Chunk) -> Result<Done, BatchError> {
        let (old, new) = (self.old.see(chunk)?, self.new.see(chunk)?);
        let mut tally = Tally::new(self.outputs, self.leads_shown);
        let mut before = old.rows.iter().peekable();
        let mut after = new.rows.iter().peekable();
        // both have the rows of the chunk in the order of the file
        loop {
            let line = match (before.peek(), after.peek()) {
                (Some(one), Some(other)) => one.line.min(other.line),
                (Some(row), None) | (None, Some(row)) => row.line,
                (None, None) => break,
            };
            let one = before.next_if(|row| row.line == line);
            let other = after.next_if(|row| row.line == line);
            take(&mut tally, self.outputs, (&old, one), (&new, other));
        }
        Ok(Done { tally, bytes_read: chunk.bytes_read() })
    }
}

fn take(tally: &mut Tally, outputs: &Outputs, (old, before): (&Seen, Option<&Row>), (new, after): (&Seen, Option<&Row>)) {
    let answers = |row: Option<&Row>| row.and_then(|row| row.answers);
    match (answers(before), answers(after)) {
        (Some((old_block, old_row)), Some((new_block, new_row))) => {
            let old_value = |column: usize| old.blocks[old_block].columns.get(column).and_then(|column| column.get(old_row));
            let new_value = |column: usize| new.blocks[new_block].columns.get(column).and_then(|column| column.get(new_row));
            let Some(row) = after.or(before) else { return };
            tally.compared(outputs, &old_value, &new_value, row.line, &row.key);
        }
        (None, None) => tally.rejected_by_both(),
        (Some(_), None) => tally.rejected(after.or(before), true),
        (None, Some(_)) => tally.rejected(before.or(after), false),
    }
}
