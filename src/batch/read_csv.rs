//! CSV to blocks of leads.
//!
//! Enters: the text of a file with a line of column names. Leaves: the names ([`open`]), then [`LeadBlock`]s ([`CsvDecoder`]). Always holds: UTF-8, with or
//! without a byte order mark; cells are parted by the comma, semicolon or tab that occurs most often in the line of names; a row with more or
//! fewer cells than names, with bytes that are not UTF-8 or with a NUL is rejected.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::bad::Reason;
use super::cells::{Cell, Cells};
use super::csv_scan::{self, Record, Scanner};
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
        let name = std::str::from_utf8(&head[cell.range()]).map_err(|_| BatchError::HeaderNotUtf8 { file: file.to_owned() })?;
        Ok(if cell.doubled_quotes { name.replace("\"\"", "\"") } else { name.to_owned() })
    });
    let names = names.collect::<Result<Vec<String>, BatchError>>()?;
    chunks.set_records(records);
    chunks.skip(next, record.lines_before + record.lines);
    Ok((names, records))
}

/// What parts cells and lines: the delimiter by the first line; lines end with a lone CR if the first two do, whatever stands in quotes further on.
fn dialect(head: &[u8]) -> Records {
    let delimiter = csv_delimiter(head);
    let mut scanner = Scanner::new(delimiter, b'\n');
    let (mut at, mut is_lone) = (0, false);
    for _ in 0..2 {
        let Some((record, next)) = scanner.next(head, at) else { break };
        at = next;
        match &head[record.range.end..next] {
            [b'\r'] => is_lone = true,
            // the last line needs no end
            [] => {}
            _ => return Records::Csv { delimiter, line_end: b'\n' },
        }
    }
    Records::Csv { delimiter, line_end: if is_lone { b'\r' } else { b'\n' } }
}

#[derive(Debug)]
pub struct CsvDecoder {
    rows: Rows,
    scanner: Scanner,
    columns: Vec<String>,
    /// columns that are of use
    uses: Vec<(usize, ColumnUse)>,
    key_column: usize,
    /// cells with doubled quotes as they are meant
    unquoted: Vec<u8>,
    /// where they are in there, by the number of the cell
    unquoted_at: FxHashMap<usize, Range<usize>>,
}

/// Rows whose cells are read column by column; the text of so many is still in the nearest caches.
const ROWS_READ: usize = 1_024;

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
        let scanner = Scanner::new(delimiter, line_end);
        CsvDecoder { rows, scanner, columns, uses, key_column, unquoted: Vec::new(), unquoted_at: FxHashMap::default() }
    }

    /// Gives the leads of a chunk, some thousand at a time.
    pub fn decode(&mut self, chunk: &TextChunk, sink: &mut dyn FnMut(&mut LeadBlock) -> Result<(), BatchError>) -> Result<(), BatchError> {
        let bytes = &chunk.bytes[..];
        // Looked at once for all; only a chunk that is not clean is looked at row by row.
        let text = simdutf8::basic::from_utf8(bytes).ok();
        let clean = text.is_some() && memchr::memchr(0, bytes).is_none();
        let mut line = chunk.first_line;
        let mut at = 0;
        self.rows.clear();
        self.scanner.clear();
        while let Some((record, next)) = self.scanner.next(bytes, at) {
            at = next;
            line += record.lines_before;
            self.record(bytes, clean, &record, line);
            line += record.lines;
            if self.scanner.cells.len() >= ROWS_READ * self.columns.len() || self.rows.block.rows == BLOCK_ROWS_MAX {
                self.read_cells(bytes, text);
            }
            if self.rows.block.rows == BLOCK_ROWS_MAX {
                sink(self.rows.finish())?;
                self.rows.clear();
            }
        }
        self.read_cells(bytes, text);
        sink(self.rows.finish())
    }

    /// Begins a row, or loses it. Its cells are left for [`CsvDecoder::read_cells`].
    fn record(&mut self, bytes: &[u8], clean: bool, record: &Record, line: u64) {
        let raw = &bytes[record.range.clone()];
        let cells = &self.scanner.cells[record.first_cell..];
        let reason = if !clean && std::str::from_utf8(raw).is_err() {
            Some(Reason::RowNotUtf8)
        } else if !clean && raw.contains(&0) {
            Some(Reason::RowHoldsNul)
        } else if record.quote_inside {
            Some(Reason::QuoteInside)
        } else if cells.len() != self.columns.len() {
            Some(Reason::CellCount { found: cells.len() as u32, expected: self.columns.len() as u32 })
        } else if raw.len() > CELL_BYTES_MAX && cells.iter().any(|cell| cell.range().len() > CELL_BYTES_MAX) {
            Some(Reason::CellTooLong)
        } else {
            None
        };
        if let Some(reason) = reason {
            let key = cells.get(self.key_column).map(|cell| String::from_utf8_lossy(&bytes[cell.range()]));
            let start = &raw[..raw.len().min(1_024)];
            self.rows.lose(line, &key.unwrap_or_default(), &String::from_utf8_lossy(start), reason);
            self.scanner.cells.truncate(record.first_cell);
            return;
        }
        if record.doubled_quotes {
            for (number, cell) in cells.iter().enumerate().filter(|(_, cell)| cell.doubled_quotes) {
                let start = self.unquoted.len();
                unquote(&bytes[cell.range()], &mut self.unquoted);
                self.unquoted_at.insert(record.first_cell + number, start..self.unquoted.len());
            }
        }
        self.rows.begin(line);
    }

    /// Reads the cells of the rows that were begun since the last time. `text` is all of the chunk, if all of it is text.
    fn read_cells(&mut self, bytes: &[u8], text: Option<&str>) {
        let CsvDecoder { rows, scanner, columns, uses, unquoted, unquoted_at, .. } = self;
        let count = scanner.cells.len() / columns.len();
        let first = rows.block.rows - count;
        for (column, using) in uses {
            let cells = CsvColumn { bytes, text, cells: &scanner.cells, column: *column, columns: columns.len(), unquoted, unquoted_at };
            for slot in &using.slots {
                rows.put_texts(*slot, first, &columns[*column], &cells);
            }
            if using.key {
                (0..count).for_each(|row| rows.block.keys.push(cells.text(row)));
            }
            if let Some(kept) = using.kept
                && let Some(KeptValues::Cells(texts)) = rows.block.kept.get_mut(kept)
            {
                (0..count).for_each(|row| texts.push(cells.text(row)));
            }
        }
        scanner.cells.clear();
        unquoted.clear();
        unquoted_at.clear();
    }
}

/// The cells of a column, without the quotes that write them down.
struct CsvColumn<'c> {
    bytes: &'c [u8],
    text: Option<&'c str>,
    /// row by row
    cells: &'c [csv_scan::Cell],
    column: usize,
    columns: usize,
    unquoted: &'c [u8],
    unquoted_at: &'c FxHashMap<usize, Range<usize>>,
}

impl CsvColumn<'_> {
    fn text(&self, row: usize) -> &str {
        let cell = self.cells[row * self.columns + self.column];
        match self.text.and_then(|text| text.get(cell.range())) {
            Some(text) if !cell.doubled_quotes => text,
            Some(_) | None => self.cell(row).as_str(),
        }
    }
}

impl Cells for CsvColumn<'_> {
    #[inline]
    fn cell(&self, row: usize) -> Cell<'_> {
        let number = row * self.columns + self.column;
        let cell = self.cells[number];
        if cell.doubled_quotes
            && let Some(Range { start, end }) = self.unquoted_at.get(&number).cloned()
        {
            return Cell { text: self.unquoted, start, end };
        }
        let Range { start, end } = cell.range();
        Cell { text: self.bytes, start, end }
    }
}

/// Appends the text with one quote for two.
fn unquote(text: &[u8], out: &mut Vec<u8>) {
    let mut from = 0;
    while let Some(quote) = memchr::memmem::find(&text[from..], b"\"\"") {
        out.extend_from_slice(&text[from..=from + quote]);
        from += quote + 2;
    }
    out.extend_from_slice(&text[from..]);
}
