//! The list of bad cells.
//!
//! Enters: bad cells in the order of the file: of leads, or of signals and a stage log, which come from several files. Leaves: a CSV file, or one of NDJSON if it is called so, with a line for
//! each: where it is, the lead's key, the column, the value, why it is bad and what became of the row. Always holds: like every output, the file is there
//! whole or not at all.

use std::io::Write;
use std::path::Path;

use super::Place;
use super::arrow_text::append_json_string;
use super::bad::{BadCell, Subject, reason_sentence};
use super::error::BatchError;
use super::format::Format;
use super::output_file::OutputFile;
use super::write_csv::append_line;
use crate::model::Policy;

pub struct Rejects {
    file: OutputFile,
    form: Form,
    names: Vec<String>,
    line: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Csv { formula_guard: bool },
    Ndjson,
}

impl Form {
    /// By the name of the file; what says nothing is CSV.
    fn of(place: &Place, formula_guard: bool) -> Result<Form, BatchError> {
        let Place::Path(path) = place else { return Ok(Form::Csv { formula_guard }) };
        match Format::from_path(path) {
            Some(Format::Csv) | None => Ok(Form::Csv { formula_guard }),
            Some(Format::Ndjson) => Ok(Form::Ndjson),
            Some(format @ (Format::Parquet | Format::ArrowIpc)) => {
                Err(BatchError::RejectsFormat { file: path.display().to_string(), format: format.title() })
            }
        }
    }
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
        let form = Form::of(place, formula_guard)?;
        let names = header.iter().map(|name| (*name).to_owned()).collect();
        let mut rejects = Rejects { file: OutputFile::create(place)?, form, names, line: Vec::new() };
        if let Form::Csv { formula_guard } = form {
            append_line(header.iter().copied(), formula_guard, &mut rejects.line);
        }
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
        let number = cell.line.to_string();
        let cells = [&number, &cell.key, &cell.column, &cell.value, &reason, cell.outcome.name()];
        let cells = file.into_iter().chain(cells);
        match self.form {
            Form::Csv { formula_guard } => append_line(cells, formula_guard, &mut self.line),
            Form::Ndjson => append_object(self.names.iter().map(String::as_str).zip(cells), &number, &mut self.line),
        }
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

/// The line as a number, all else as texts.
fn append_object<'c>(cells: impl Iterator<Item = (&'c str, &'c str)>, number: &str, out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, (name, cell)) in cells.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        append_json_string(name, out);
        out.push(b':');
        match name {
            "line" | "row" => out.extend_from_slice(number.as_bytes()),
            _ => append_json_string(cell, out),
        }
    }
    out.extend_from_slice(b"}\n");
}
