//! The list of bad cells.
//!
//! Enters: bad cells in the order of the file. Leaves: a CSV file with a line for each: where it is, the lead's key, the column, the value, why it is bad
//! and what became of the row. Always holds: like every output, the file is there whole or not at all.

use std::io::Write;

use super::Place;
use super::bad::{BadCell, Subject, reason_sentence};
use super::error::BatchError;
use super::output_file::OutputFile;
use super::write_csv::append_line;
use crate::model::Policy;

pub struct Rejects {
    file: OutputFile,
    formula_guard: bool,
    line: Vec<u8>,
}

impl Rejects {
    /// `unit` is what rows are counted by: `line` or `row`.
    pub fn create(place: &Place, unit: &str, formula_guard: bool) -> Result<Rejects, BatchError> {
        let mut rejects = Rejects { file: OutputFile::create(place)?, formula_guard, line: Vec::new() };
        append_line([unit, "key", "column", "value", "reason", "outcome"].into_iter(), formula_guard, &mut rejects.line);
        Ok(rejects)
    }

    pub fn add(&mut self, cell: &BadCell, policy: &Policy) -> Result<(), BatchError> {
        let value = match cell.subject {
            Subject::Row => None,
            Subject::Field(_)
            | Subject::Stage
            | Subject::StageSince
            | Subject::RestUntil
            | Subject::RouteOwner(_)
            | Subject::RouteQueue(_)
            | Subject::Measure(_) => Some(cell.value.as_str()),
        };
        let reason = reason_sentence(policy, cell.subject, cell.reason, value);
        let cells = [&cell.line.to_string(), &cell.key, &cell.column, &cell.value, &reason, cell.outcome.name()];
        append_line(cells.into_iter(), self.formula_guard, &mut self.line);
        if self.line.len() > 1 << 16 { self.write_out() } else { Ok(()) }
    }

    pub fn commit(mut self) -> Result<(), BatchError> {
        self.write_out()?;
        self.file.commit()
    }

    fn write_out(&mut self) -> Result<(), BatchError> {
        let written = self.file.write_all(&self.line).map_err(|error| self.file.error(&error));
        self.line.clear();
        written
    }
}
