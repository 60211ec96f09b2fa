//! The list of rows of signals and of the stage log that have no part in a run.
//!
//! Enters: bad cells with the file they are in. Leaves: a CSV file with a line for each: file, line, the lead's key, the column, the value, why, and what
//! became of the row. Always holds: like every output, the file is there whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::batch::Place;
use crate::batch::bad::{BadCell, Subject, reason_sentence};
use crate::batch::error::BatchError;
use crate::batch::output_file::OutputFile;
use crate::batch::write_csv::append_line;
use crate::model::Policy;

pub struct HistoryRejects {
    file: OutputFile,
    formula_guard: bool,
    line: Vec<u8>,
}

impl HistoryRejects {
    pub fn create(path: &Path, formula_guard: bool) -> Result<HistoryRejects, BatchError> {
        let mut rejects = HistoryRejects { file: OutputFile::create(&Place::Path(path.to_owned()))?, formula_guard, line: Vec::new() };
        let header = ["file", "line", "key", "column", "value", "reason", "outcome"];
        append_line(header.into_iter(), formula_guard, &mut rejects.line);
        Ok(rejects)
    }

    /// `record` is what the file's rows are: see [`super::record`].
    pub fn add(&mut self, file: &str, cell: &BadCell, record: &Policy) -> Result<(), BatchError> {
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
        let reason = reason_sentence(record, cell.subject, cell.reason, value);
        let cells = [file, &cell.line.to_string(), &cell.key, &cell.column, &cell.value, &reason, cell.outcome.name()];
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
