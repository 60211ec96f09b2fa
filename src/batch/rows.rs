//! Cells to a block of leads: the one place that decides what a bad cell does to its row.
//!
//! Enters: for each row and slot, what the cell reader made of the cell; either row by row or column by column. Leaves: a
//! [`LeadBlock`]. Always holds: a row is rejected exactly if one of its cells is bad and does not count as missing.

use std::borrow::Cow;
use std::ops::Range;

use arrow_buffer::NullBuffer;

use super::OnBadRow;
use super::bad::{BadCell, Outcome, Reason, Subject, shown};
use super::cells::{CellReader, Cells};
use super::lead_block::{KeptValues, LeadBlock, SlotValues, TextColumn};
use super::plan::{Plan, Slot, Store};
use crate::column::{Column, Width};

/// A block under construction, and what it is built by.
#[derive(Debug)]
pub struct Rows {
    pub plan: Plan,
    pub block: LeadBlock,
    /// values that are checked but of no use
    unread: Column,
}

impl Rows {
    pub fn new(plan: Plan) -> Rows {
        let mut rows = Rows { plan, block: LeadBlock::default(), unread: Column::with_capacity(Width::U8, 0) };
        rows.block.slots = rows.plan.slots.iter().map(empty_values).collect();
        rows
    }

    /// Begins the next block; what columns the encoder took away are made anew.
    pub fn clear(&mut self) {
        let block = &mut self.block;
        block.rows = 0;
        block.keys.clear();
        block.lines.clear();
        block.rejected.clear();
        block.rejected_count = 0;
        block.lost_rows = 0;
        block.cells_taken_as_missing = 0;
        block.bad.clear();
        block.bad_rows.clear();
        for (slot, values) in self.plan.slots.iter().zip(&mut block.slots) {
            match (slot.store, &mut *values) {
                (Store::Integers(width), SlotValues::Integers(column)) if column.width() == width => column.clear(),
                (Store::Texts, SlotValues::Texts(column)) => column.clear(),
                (Store::Nothing | Store::Integers(_) | Store::Texts, _) => *values = empty_values(slot),
            }
        }
        for kept in &mut block.kept {
            match kept {
                KeptValues::Cells(texts) | KeptValues::Json(texts) => texts.clear(),
                KeptValues::Array(_) => {}
            }
        }
    }

    /// Begins a row; its number is returned.
    pub fn begin(&mut self, line: u64) -> usize {
        self.block.lines.push(line);
        self.block.rejected.push(false);
        self.block.rows += 1;
        self.block.rows - 1
    }

    /// What a row's cell means for a slot. Each slot takes its rows in order.
    pub fn put(&mut self, slot: usize, row: usize, column: &str, text: &str, value: Result<Option<i64>, Reason>) {
        self.put_with(slot, row, column, value, &|| Cow::Borrowed(text));
    }

    /// The same, with a text that costs something to make; it is made only for texts and bad cells.
    pub fn put_with<'t>(
        &mut self,
        slot: usize,
        row: usize,
        column: &str,
        value: Result<Option<i64>, Reason>,
        text: &dyn Fn() -> Cow<'t, str>,
    ) {
        let wanted = &self.plan.slots[slot];
        let (value, bad) = match value {
            Ok(None) if wanted.required => (Some(wanted.placeholder), Some(Reason::RequiredEmpty)),
            Ok(value) => (value, None),
            Err(reason) if wanted.forgivable && self.plan.on_bad_row == OnBadRow::Missing => {
                self.block.cells_taken_as_missing += 1;
                let cell = bad_cell(&self.block, wanted.subject, row, column, &text(), reason, Outcome::TakenAsMissing);
                self.block.bad.push(cell);
                self.block.bad_rows.push(Some(row));
                (None, None)
            }
            Err(reason) if wanted.required => (Some(wanted.placeholder), Some(reason)),
            Err(reason) => (None, Some(reason)),
        };
        match &mut self.block.slots[slot] {
            SlotValues::Nothing => {}
            SlotValues::Integers(values) => values.push(value),
            SlotValues::Texts(values) => values.push(value.map(|_| text()).as_deref()),
        }
        if let Some(reason) = bad {
            let cell = bad_cell(&self.block, wanted.subject, row, column, &text(), reason, Outcome::Rejected);
            self.reject(row, cell);
        }
    }

    /// Reads a cell of text into a slot.
    pub fn put_text(&mut self, slot: usize, row: usize, column: &str, text: &str) {
        let value = self.plan.slots[slot].reader.text(text);
        self.put(slot, row, column, text, value);
    }

    /// Reads the cells of a column into a slot, for the rows of the block from `first` on. Cells count their rows from there.
    pub fn put_texts(&mut self, slot: usize, first: usize, column: &str, cells: &impl Cells) {
        self.put_many(
            slot,
            first..self.block.rows,
            &|reader, rows, required, into| reader.extend(cells, rows, required, into),
            &mut |rows, row| {
                let cell = cells.cell(row);
                let value = rows.plan.slots[slot].reader.text(cell.as_str());
                rows.plan.slots[slot].reader.remember(cell, value);
                rows.put(slot, first + row, column, cell.as_str(), value);
            },
        );
    }

    /// Many values of a slot: `extend` appends those that are plain and gives the row at which it ended, `put` says what becomes of that one. Both count rows from
    /// the first of these.
    pub fn put_many(
        &mut self,
        slot: usize,
        rows: Range<usize>,
        extend: &dyn Fn(&mut CellReader, Range<usize>, bool, &mut Column) -> usize,
        put: &mut dyn FnMut(&mut Rows, usize),
    ) {
        let count = rows.len();
        let mut row = 0;
        while row < count {
            let Slot { reader, required, .. } = &mut self.plan.slots[slot];
            row = match &mut self.block.slots[slot] {
                SlotValues::Integers(values) => extend(reader, row..count, *required, values),
                SlotValues::Nothing => {
                    self.unread.clear();
                    extend(reader, row..count, *required, &mut self.unread)
                }
                SlotValues::Texts(_) => row,
            };
            if row < count {
                put(self, row);
                row += 1;
            }
        }
    }

    /// Values of all rows of a slot through a table, all of them good. False, and nothing is done, if the slot has no integers.
    pub fn put_looked_up(&mut self, slot: usize, keys: &[i32], nulls: Option<&NullBuffer>, table: &[i64]) -> bool {
        match &mut self.block.slots[slot] {
            SlotValues::Nothing => {}
            SlotValues::Integers(values) => values.extend_looked_up(keys, nulls, table),
            SlotValues::Texts(_) => return false,
        }
        true
    }

    /// Something is wrong with a row beyond its values.
    pub fn reject_row(&mut self, row: usize, subject: Subject, column: &str, text: &str, reason: Reason) {
        let cell = bad_cell(&self.block, subject, row, column, text, reason, Outcome::Rejected);
        self.reject(row, cell);
    }

    /// A row that cannot even be split into cells; its key as far as it can be made out.
    pub fn lose(&mut self, line: u64, key: &str, text: &str, reason: Reason) {
        self.block.lost_rows += 1;
        self.block.bad.push(BadCell {
            line,
            key: shown(key),
            column: String::new(),
            value: shown(text),
            subject: Subject::Row,
            reason,
            outcome: Outcome::Rejected,
        });
        self.block.bad_rows.push(None);
    }

    /// Completes the block.
    pub fn finish(&mut self) -> &mut LeadBlock {
        let block = &mut self.block;
        for (cell, row) in block.bad.iter_mut().zip(&block.bad_rows) {
            if let Some(row) = row {
                cell.key = shown(block.keys.get(*row));
            }
        }
        if !block.bad.is_sorted_by_key(|cell| cell.line) {
            let mut placed: Vec<_> = block.bad.drain(..).zip(block.bad_rows.drain(..)).collect();
            placed.sort_by_key(|(cell, _)| cell.line);
            (block.bad, block.bad_rows) = placed.into_iter().unzip();
        }
        &mut self.block
    }

    fn reject(&mut self, row: usize, cell: BadCell) {
        if !self.block.rejected[row] {
            self.block.rejected[row] = true;
            self.block.rejected_count += 1;
        }
        self.block.bad.push(cell);
        self.block.bad_rows.push(Some(row));
    }
}

fn bad_cell(block: &LeadBlock, subject: Subject, row: usize, column: &str, text: &str, reason: Reason, outcome: Outcome) -> BadCell {
    BadCell { line: block.lines[row], key: String::new(), column: column.to_owned(), value: shown(text), subject, reason, outcome }
}

fn empty_values(slot: &Slot) -> SlotValues {
    match (slot.store, slot.column) {
        (Store::Nothing, _) => SlotValues::Nothing,
        (Store::Integers(width), _) => SlotValues::Integers(Column::with_capacity(width, 0)),
        (Store::Texts, _) => SlotValues::Texts(TextColumn::default()),
    }
}
