//! CSV to blocks of leads.
//!
//! Enters: the text of a file with a line of column names. Leaves: the names ([`open`]), then [`LeadBlock`]s ([`CsvDecoder`]). Always holds: UTF-8, with or
//! without a byte order mark; cells are parted by the comma, semicolon or tab that occurs most often in the line of names; a row with more or
//! fewer cells than names, with bytes that are not UTF-8 or with a NUL is rejected.

use std::borrow::Cow;

use super::bad::Reason;
use super::csv_scan::{Cell, Record, Scanner};
use super::error::BatchError;
use super::lead_block::{BLOCK_ROWS_MAX, KeptValues, LeadBlock, Texts};
use super::plan::{ColumnUse, Plan};
use super::read_text::{CELL_BYTES_MAX, Records, TextChunk, TextChunks};
use super::rows::Rows;
use crate::model::csv_delimiter;

/// Takes the column names off the beginning of a file.
pub fn open(chunks: &mut TextChunks, file: &str) -> Result<(Vec<String>, Records), BatchError> {
    if chunks.peek()?.starts_with(b"\xEF\xBB\xBF") {
        chunks.skip(3, 0);
    }
    let head = chunks.peek()?;
    let records = dialect(head);
    let Records::Csv { delimiter, line_end } = records else { return Err(BatchError::NoHeader { file: file.to_owned() }) };
    let mut scanner = Scanner::new(delimiter, line_end);
    let Some((record, next)) = scanner.next(head, 0) else { return Err(BatchError::NoHeader { file: file.to_owned() }) };
    let names = scanner.cells.iter().map(|cell| {
        let name = std::str::from_utf8(&head[cell.range.clone()]).map_err(|_| BatchError::HeaderNotUtf8 { file: file.to_owned() })?;
        Ok(if cell.doubled_quotes { name.replace("\"\"", "\"") } else { name.to_owned() })
    });
    let names = names.collect::<Result<Vec<String>, BatchError>>()?;
    chunks.set_records(records);
    chunks.skip(next, record.lines_before + record.lines);
    Ok((names, records))
}

/// What parts cells and lines, by the first line.
fn dialect(head: &[u8]) -> Records {
    let line_end = if memchr::memchr(b'\n', head).is_none() && memchr::memchr(b'\r', head).is_some() { b'\r' } else { b'\n' };
    Records::Csv { delimiter: csv_delimiter(head), line_end }
}

#[derive(Debug)]
pub struct CsvDecoder {
    rows: Rows,
    scanner: Scanner,
    columns: Vec<String>,
    /// columns that are of use
    uses: Vec<(usize, ColumnUse)>,
    key_column: usize,
    unquoted: String,
}

impl CsvDecoder {
    pub fn new(plan: Plan, columns: Vec<String>, records: Records) -> CsvDecoder {
        let (delimiter, line_end) = match records {
            Records::Csv { delimiter, line_end } => (delimiter, line_end),
            Records::Lines => (b',', b'\n'),
        };
        let uses = plan.uses.iter().cloned().enumerate().filter(|(_, using)| using.is_used()).collect();
        let (kept_count, key_column) = (plan.kept_count, plan.key_column);
        let mut rows = Rows::new(plan);
        rows.block.kept = (0..kept_count).map(|_| KeptValues::Cells(Texts::default())).collect();
        CsvDecoder { rows, scanner: Scanner::new(delimiter, line_end), columns, uses, key_column, unquoted: String::new() }
    }

    /// Gives the leads of a chunk, some thousand at a time.
    pub fn decode(&mut self, chunk: &TextChunk, sink: &mut dyn FnMut(&mut LeadBlock) -> Result<(), BatchError>) -> Result<(), BatchError> {
        let bytes = &chunk.bytes[..];
        // Looked at once for all; only a chunk that is not clean is looked at row by row.
        let clean = std::str::from_utf8(bytes).ok().filter(|_| memchr::memchr(0, bytes).is_none());
        let mut line = chunk.first_line;
        let mut at = 0;
        self.rows.clear();
        while let Some((record, next)) = self.scanner.next(bytes, at) {
            at = next;
            line += record.lines_before;
            self.record(bytes, clean, &record, line);
            line += record.lines;
            if self.rows.block.rows == BLOCK_ROWS_MAX {
                sink(self.rows.finish())?;
                self.rows.clear();
            }
        }
        sink(self.rows.finish())
    }

    fn record(&mut self, bytes: &[u8], clean: Option<&str>, record: &Record, line: u64) {
        let raw = &bytes[record.range.clone()];
        let text = match clean {
            Some(text) => Ok(&text[record.range.clone()]),
            None => match std::str::from_utf8(raw) {
                Err(_) => Err(Reason::RowNotUtf8),
                Ok(_) if raw.contains(&0) => Err(Reason::RowHoldsNul),
                Ok(text) => Ok(text),
            },
        };
        let cells = &self.scanner.cells;
        let text = text.and_then(|text| {
            if record.quote_inside {
                Err(Reason::QuoteInside)
            } else if cells.len() != self.columns.len() {
                Err(Reason::CellCount { found: cells.len() as u32, expected: self.columns.len() as u32 })
            } else if raw.len() > CELL_BYTES_MAX && cells.iter().any(|cell| cell.range.len() > CELL_BYTES_MAX) {
                Err(Reason::CellTooLong)
            } else {
                Ok(text)
            }
        });
        let text = match text {
            Ok(text) => text,
            Err(reason) => {
                let key = cells.get(self.key_column).map(|cell| String::from_utf8_lossy(&bytes[cell.range.clone()]));
                let start = &raw[..raw.len().min(1_024)];
                self.rows.lose(line, &key.unwrap_or_default(), &String::from_utf8_lossy(start), reason);
                return;
            }
        };

        let row = self.rows.begin(line);
        for (column, using) in &self.uses {
            let cell = cell_text(text, record.range.start, &self.scanner.cells[*column], &mut self.unquoted);
            for slot in &using.slots {
                self.rows.put_text(*slot, row, &self.columns[*column], cell);
            }
            if using.key {
                self.rows.block.keys.push(cell);
            }
            if let Some(kept) = using.kept
                && let Some(KeptValues::Cells(texts)) = self.rows.block.kept.get_mut(kept)
            {
                texts.push(cell);
            }
        }
    }
}

/// The cell without the quotes that write it down; `offset` is where the record begins.
fn cell_text<'t>(record: &'t str, offset: usize, cell: &Cell, unquoted: &'t mut String) -> &'t str {
    let text = &record[cell.range.start - offset..cell.range.end - offset];
    if !cell.doubled_quotes {
        return text;
    }
    unquoted.clear();
    match unquote(text) {
        Cow::Borrowed(text) => unquoted.push_str(text),
        Cow::Owned(text) => *unquoted = text,
    }
    unquoted
}

fn unquote(text: &str) -> Cow<'_, str> {
    if text.contains("\"\"") { Cow::Owned(text.replace("\"\"", "\"")) } else { Cow::Borrowed(text) }
}
