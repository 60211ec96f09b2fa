//! What became of the rows of signals, or of the stage log.
//!
//! Enters: the files, and what was wrong in them, in order. Leaves: a [`HistoryReport`]. Always holds: once a run is complete, rows in = used + later
//! than as-of + of rejected leads + of leads that began later + of leads that are not in the file + rejected.

use super::keyed::{Fate, Keyed};
use super::sift::Counts;
use crate::batch::OnBadRow;
use crate::batch::bad::{BadCell, Outcome};
use crate::batch::bind::Binding;
use crate::batch::error::BatchError;
use crate::batch::rejects::Rejects;
use crate::batch::report::{BadCells, ReasonCount};
use crate::model::Policy;

#[derive(Clone, Debug)]
pub struct HistoryReport {
    /// what a row is; reasons and cells speak of its fields
    pub record: Policy,
    pub files: Vec<HistoryFile>,
    pub rows_in: u64,
    /// of leads that were scored or replayed
    pub rows_used: u64,
    pub rows_later: u64,
    /// of leads that are in the file of leads, but rejected
    pub rows_of_rejected_leads: u64,
    /// of leads that are not replayed, because they came into being after the end
    pub rows_of_later_leads: u64,
    /// of leads that are not in the file of leads
    pub rows_of_unknown_leads: u64,
    pub rows_rejected: u64,
    pub cells_taken_as_missing: u64,
    /// different leads that have such rows, up to as-of
    pub leads: u64,
    /// the first ones, with the number of their file
    pub bad_cells: Vec<(usize, BadCell)>,
    pub reasons: Vec<ReasonCount>,
    /// things a user should know, a sentence each
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryFile {
    pub name: String,
    /// what a place in it is called: `line` or `row`
    pub unit: &'static str,
    /// what its columns are taken for
    pub binding: Binding,
}

impl HistoryReport {
    /// Takes over what became of the leads, once all have been there.
    pub fn complete(&mut self, keyed: &Keyed) -> Result<(), BatchError> {
        self.rows_used = keyed.count(Fate::Used);
        self.rows_of_rejected_leads = keyed.count(Fate::Rejected);
        self.rows_of_later_leads = keyed.count(Fate::BeganLater);
        let asked = self.rows_used + self.rows_of_rejected_leads + self.rows_of_later_leads;
        let rows_out = keyed.records() + self.rows_later + self.rows_rejected;
        if rows_out != self.rows_in || asked > keyed.records() {
            return Err(BatchError::RowsLost { rows_in: self.rows_in, rows_out });
        }
        self.rows_of_unknown_leads = keyed.records() - asked;
        Ok(())
    }
}

/// Takes what is wrong, in the order of the files.
pub struct Collector<'c> {
    pub record: &'c Policy,
    pub on_bad_row: OnBadRow,
    pub files: Vec<HistoryFile>,
    pub counts: Counts,
    pub rejects: Option<&'c mut Rejects>,
    pub notes: Vec<String>,
    shown_max: usize,
    shown: Vec<(usize, BadCell)>,
    reasons: BadCells,
}

impl<'c> Collector<'c> {
    pub fn new(record: &'c Policy, on_bad_row: OnBadRow, shown_max: usize, rejects: Option<&'c mut Rejects>) -> Collector<'c> {
        let (files, shown, counts) = (Vec::new(), Vec::new(), Counts::default());
        Collector { record, on_bad_row, files, counts, rejects, notes: Vec::new(), shown_max, shown, reasons: BadCells::showing(0) }
    }

    /// Takes what is wrong in a chunk of the last file.
    pub fn take(&mut self, counts: &Counts, bad: &[BadCell]) -> Result<(), BatchError> {
        self.counts.add(counts);
        let Some(index) = self.files.len().checked_sub(1) else { return Ok(()) };
        for cell in bad {
            if self.on_bad_row == OnBadRow::Fail && cell.outcome == Outcome::Rejected {
                let HistoryFile { name, unit, .. } = self.files[index].clone();
                return Err(BatchError::BadRow { file: name, unit, line: cell.line, reason: cell.sentence(self.record) });
            }
            if let Some(rejects) = &mut self.rejects {
                rejects.add(Some(&self.files[index].name), cell, self.record)?;
            }
            // What is merely left out is counted as such.
            if cell.outcome == Outcome::LeftOut {
                continue;
            }
            if self.shown.len() < self.shown_max {
                self.shown.push((index, cell.clone()));
            }
            self.reasons.add(cell);
        }
        Ok(())
    }

    /// The report, but for which leads were there.
    pub fn finish(self, leads: u64) -> HistoryReport {
        let (_, reasons) = self.reasons.finish();
        HistoryReport {
            record: self.record.clone(),
            files: self.files,
            rows_in: self.counts.rows_in,
            rows_used: 0,
            rows_later: self.counts.rows_later,
            rows_of_rejected_leads: 0,
            rows_of_later_leads: 0,
            rows_of_unknown_leads: 0,
            rows_rejected: self.counts.rows_rejected,
            cells_taken_as_missing: self.counts.cells_taken_as_missing,
            leads,
            bad_cells: self.shown,
            reasons,
            notes: self.notes,
        }
    }
}
