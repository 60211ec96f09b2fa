//! The records of a file of cases, each cell with its place.
//!
//! Enters: CSV text. Leaves: the first line's cells and those of every record, or what is wrong with the file. Always holds: every record
//! has as many cells as the first line; records without any text, as spreadsheets leave behind, are not there.

use super::csv_text::{CELL_BYTES_MAX, Cells, Next};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};

/// The most cases of one file.
pub(crate) const CASES_MAX: usize = 10_000;

#[derive(Clone, Debug)]
pub(crate) struct CaseCell {
    /// trimmed
    pub text: String,
    pub span: Span,
    /// where the text begins in the file, if it stands there just so: no quotes around or inside
    pub start: Option<usize>,
}

#[derive(Clone, Debug)]
pub(crate) struct CaseRow {
    pub cells: Vec<CaseCell>,
    pub span: Span,
}

#[derive(Debug)]
pub(crate) struct CaseFile {
    pub header: Vec<CaseCell>,
    pub rows: Vec<CaseRow>,
}

/// Reads as far as the text can be read; `what` is how messages call the file, `named` where the policy names it.
pub(crate) fn read_case_file(text: &str, source: SourceId, what: &str, named: Span, diagnostics: &mut Vec<Diagnostic>) -> Option<CaseFile> {
    let mut cells = Cells::new(text);
    let mut record: Vec<CaseCell> = Vec::new();
    let mut records: Vec<CaseRow> = Vec::new();
    let mut is_well_formed = true;
    let mut malformed = |span: Span, problem: String, label: &str, help: Option<&str>| {
        let mut diagnostic = Diagnostic::new(Code::CasesFile, format!("{what} {problem}")).at(span, label);
        diagnostic.help = help.map(str::to_owned);
        diagnostics.push(diagnostic);
        is_well_formed = false;
    };
    loop {
        match cells.next() {
            Next::Cell { value, start, end, record_end } => {
                let raw = &text[start..end];
                let begins = (raw == value).then(|| start + raw.len() - raw.trim_start().len());
                record.push(CaseCell { text: value.trim().to_owned(), span: Span::new(source, start, end), start: begins });
                if !record_end {
                    continue;
                }
                let cells = std::mem::take(&mut record);
                let Some(span) = cells.iter().map(|cell| cell.span).reduce(Span::to) else { continue };
                let expected = records.first().map_or(cells.len(), |header| header.cells.len());
                if cells.len() != expected {
                    let problem = format!("has a row of {} cells below a first line of {expected}", cells.len());
                    malformed(span, problem, "this row", Some("a cell with a separator in it stands in quotes"));
                } else if records.is_empty() || cells.iter().any(|cell| !cell.text.is_empty()) {
                    if records.len() > CASES_MAX {
                        malformed(span, format!("has more than {CASES_MAX} cases"), "the first row too many", Some("split the file"));
                        break;
                    }
                    records.push(CaseRow { cells, span });
                }
            }
            Next::Unclosed { start } => {
                malformed(Span::new(source, start, start + 1), "has a quote that is never closed".to_owned(), "opened here", None);
                break;
            }
            Next::TooLong { start } => {
                let problem = format!("has a cell of more than {CELL_BYTES_MAX} bytes");
                malformed(Span::new(source, start, start), problem, "starts here", None);
                break;
            }
            Next::End => break,
        }
    }
    if records.is_empty() {
        malformed(named, "is empty".to_owned(), "no line names its columns", None);
        return None;
    }
    let header = records.remove(0);
    if records.is_empty() && is_well_formed {
        let message = format!("{what} has no cases");
        diagnostics.push(Diagnostic::new(Code::CasesFile, message).at(header.span, "nothing stands below the first line"));
    }
    Some(CaseFile { header: header.cells, rows: records })
}
