//! The list of bad cells.
//!
//! Enters: bad cells in the order of the file: of leads, or of signals and a stage log, which come from several files. Leaves: a CSV file with a line for
//! each: where it is, the lead's key, the column, the value, why it is bad and what became of the row. Always holds: like every output, the file is there
//! whole or not at all.

use std::io::Write;
use std::path::Path;

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
        Rejects::with_header(place, &[unit, "key", "column", "value", "reason", "outcome"], formula_guard)
    }

    /// Of the files of signals and of the stage log.
    pub fn of_histories(path: &Path, formula_guard: bool) -> Result<Rejects, BatchError> {
        let place = Place::Path(path.to_owned());
        Rejects::with_header(&place, &["file", "line", "key", "column", "value", "reason", "outcome"], formula_guard)
    }

    fn with_header(place: &Place, header: &[&str], formula_guard: bool) -> Result<Rejects, BatchError> {
        let mut rejects = Rejects { file: OutputFile::create(place)?, formula_guard, line: Vec::new() };
        append_line(header.iter().copied(), formula_guard, &mut rejects.line);
        Ok(rejects)
    }

    /// `file` names it among several; `policy` is what the rows are, of a history its [`super::signals::record`].
    pub fn add(&mut self, file: Option<&str>, cell: &BadCell, policy: &Policy) -> Result<(), BatchError> {
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
        append_line(file.into_iter().chain(cells), self.formula_guard, &mut self.line);
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
