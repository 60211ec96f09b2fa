//! Which rows of a file of histories count.
//!
//! Enters: blocks of rows as [`super::record`] makes them. Leaves: the rows that count, and why the others do not. Always holds: each row counts, is later
//! than as-of, or is rejected; a cell in the column of a property matters only in the rows of signals that have the property.

use crate::batch::OnBadRow;
use crate::batch::bad::{BadCell, Outcome, Reason, Subject, shown};
use crate::batch::cells::time_text;
use crate::batch::lead_block::{LeadBlock, SlotValues};
use crate::model::Policy;

use super::record::{Record, SIGNAL};

/// What is said against a row, for one file.
#[derive(Clone, Debug)]
pub struct Sift {
    /// field of the instant, and its name
    time: usize,
    time_name: String,
    /// of a signal: per signal its properties
    signals: Vec<Vec<Property>>,
    as_of: i64,
    on_bad_row: OnBadRow,
    /// rows that are left out get a line in the list of rejects
    lists_left_out: bool,
    /// of the block sifted last, the rows that are later than as-of
    pub later: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Property {
    field: usize,
    name: String,
    optional: bool,
}

/// How many rows went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows_in: u64,
    pub rows_later: u64,
    pub rows_rejected: u64,
    pub cells_taken_as_missing: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Counts) {
        self.rows_in += other.rows_in;
        self.rows_later += other.rows_later;
        self.rows_rejected += other.rows_rejected;
        self.cells_taken_as_missing += other.cells_taken_as_missing;
    }
}

impl Sift {
    pub fn new(policy: &Policy, record: &Record, time: usize, as_of: i64, on_bad_row: OnBadRow, lists_left_out: bool) -> Sift {
        let properties = policy.signals.iter().zip(&record.properties).map(|(signal, fields)| {
            let properties = signal.properties.iter().zip(fields);
            properties
                .map(|(property, field)| Property { field: *field, name: property.name.clone(), optional: property.optional })
                .collect()
        });
        let time_name = record.policy.fields.get(time).map(|field| field.name.clone()).unwrap_or_default();
        Sift { time, time_name, signals: properties.collect(), as_of, on_bad_row, lists_left_out, later: Vec::new() }
    }

    /// Replaces `rows` by those that count.
    pub fn sift(&mut self, block: &mut LeadBlock, counts: &mut Counts, bad: &mut Vec<BadCell>, rows: &mut Vec<usize>) {
        rows.clear();
        self.later.clear();
        counts.rows_in += block.rows as u64 + block.lost_rows;
        counts.rows_rejected += block.lost_rows;
        let first_bad = bad.len();
        let mut rejected = std::mem::take(&mut block.rejected);
        for (cell, row) in block.bad.drain(..).zip(block.bad_rows.drain(..)) {
            self.judge_cell(&block.slots, cell, row, &mut rejected, counts, bad);
        }
        for (row, rejected) in rejected.iter_mut().enumerate() {
            if !*rejected && let Some(property) = self.lacking(&block.slots, row) {
                *rejected = true;
                bad.push(left_behind(
                    block,
                    row,
                    &property.name,
                    String::new(),
                    Subject::Field(property.field),
                    Reason::RequiredEmpty,
                    Outcome::Rejected,
                ));
            }
            if *rejected {
                counts.rows_rejected += 1;
                continue;
            }
            match integer(&block.slots, self.time, row) {
                Some(at) if at > self.as_of => {
                    counts.rows_later += 1;
                    self.later.push(row);
                    if self.lists_left_out {
                        bad.push(left_behind(
                            block,
                            row,
                            &self.time_name,
                            time_text(at),
                            Subject::Field(self.time),
                            Reason::AfterAsOf,
                            Outcome::LeftOut,
                        ));
                    }
                }
                Some(_) => rows.push(row),
                // A row without a time is rejected before.
                None => counts.rows_rejected += 1,
            }
        }
        block.rejected = rejected;
        bad[first_bad..].sort_by_key(|cell| cell.line);
    }

    fn judge_cell(
        &self,
        slots: &[SlotValues],
        mut cell: BadCell,
        row: Option<usize>,
        rejected: &mut [bool],
        counts: &mut Counts,
        bad: &mut Vec<BadCell>,
    ) {
        if cell.outcome == Outcome::TakenAsMissing
            && let Some(row) = row
        {
            let own = self.properties(slots, row).iter().find(|property| cell.subject == Subject::Field(property.field));
            // the stage log has no properties
            let optional = match own {
                Some(property) => property.optional,
                None if self.signals.is_empty() => true,
                None => return,
            };
            if optional && self.on_bad_row == OnBadRow::Missing {
                counts.cells_taken_as_missing += 1;
            } else {
                cell.outcome = Outcome::Rejected;
                rejected[row] = true;
            }
        }
        bad.push(cell);
    }

    /// The first property that a row must have and lacks.
    fn lacking(&self, slots: &[SlotValues], row: usize) -> Option<&Property> {
        self.properties(slots, row).iter().find(|property| !property.optional && !is_known(slots, property.field, row))
    }

    fn properties(&self, slots: &[SlotValues], row: usize) -> &[Property] {
        if self.signals.is_empty() {
            return &[];
        }
        let signal = integer(slots, SIGNAL, row).and_then(|signal| usize::try_from(signal).ok());
        signal.and_then(|signal| self.signals.get(signal)).map_or(&[], |properties| &properties[..])
    }
}

fn left_behind(block: &LeadBlock, row: usize, column: &str, value: String, subject: Subject, reason: Reason, outcome: Outcome) -> BadCell {
    BadCell { line: block.lines[row], key: shown(block.keys.get(row)), column: column.to_owned(), value, subject, reason, outcome }
}

/// The integer of a field; none if it is missing, a text, or the file has no column for it.
pub fn integer(slots: &[SlotValues], field: usize, row: usize) -> Option<i64> {
    match slots.get(field)? {
        SlotValues::Integers(column) if row < column.len() => column.get(row),
        SlotValues::Integers(_) | SlotValues::Texts(_) | SlotValues::Nothing => None,
    }
}

pub fn text(slots: &[SlotValues], field: usize, row: usize) -> Option<&str> {
    match slots.get(field)? {
        SlotValues::Texts(texts) if row < texts.len() => texts.code(row).map(|code| texts.text(code)),
        SlotValues::Texts(_) | SlotValues::Integers(_) | SlotValues::Nothing => None,
    }
}

fn is_known(slots: &[SlotValues], field: usize, row: usize) -> bool {
    match slots.get(field) {
        Some(SlotValues::Integers(column)) => row < column.len() && column.get(row).is_some(),
        Some(SlotValues::Texts(texts)) => row < texts.len() && texts.code(row).is_some(),
        Some(SlotValues::Nothing) | None => false,
    }
}
