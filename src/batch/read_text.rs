//! Text files to chunks of whole records.
//!
//! Enters: bytes of a CSV or NDJSON file, from anywhere. Leaves: chunks of about a megabyte that begin and end between records, with
//! the number of their first line. Always holds: where a chunk ends depends on the bytes alone, not on how they arrive; a
//! record longer than the limit and a quote that is never closed end the reading with an error.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::BatchError;
use super::output_file::system_reason;

const CHUNK_BYTES: usize = 1 << 20;
/// The longest record, with the end of its line.
pub const RECORD_BYTES_MAX: usize = 8 << 20;
/// The longest cell.
pub const CELL_BYTES_MAX: usize = 1 << 20;

/// Some whole records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextChunk {
    pub bytes: Vec<u8>,
    /// number of the line at its beginning
    pub first_line: u64,
    /// bytes of the file up to its end
    pub bytes_read: u64,
}

/// How records are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    Lines,
    Csv { delimiter: u8, line_end: u8 },
}

impl Records {
    pub fn line_end(self) -> u8 {
        match self {
            Records::Lines => b'\n',
            Records::Csv { delimiter: _, line_end } => line_end,
        }
    }
}

pub struct TextChunks {
    reader: Box<dyn Read + Send>,
    file: String,
    records: Records,
    /// read but not given out
    pending: Vec<u8>,
    /// how far quotes in `pending` are looked at
    scanned: usize,
    /// in `pending`, the quote that is open at `scanned`
    open_quote: Option<usize>,
    /// behind the last record end that lies outside quotes
    boundary: usize,
    at_end: bool,
    line: u64,
    bytes_given: u64,
    /// bytes of the file so far, where they are not those of its text
    counted: Option<Arc<AtomicU64>>,
    chunk_bytes: usize,
}

impl TextChunks {
    pub fn new(reader: Box<dyn Read + Send>, file: &str, records: Records) -> TextChunks {
        TextChunks::with_chunk_bytes(reader, file, records, CHUNK_BYTES)
    }

    /// As [`TextChunks::new`], with chunks of another size.
    pub fn with_chunk_bytes(reader: Box<dyn Read + Send>, file: &str, records: Records, chunk_bytes: usize) -> TextChunks {
        TextChunks {
            reader,
            file: file.to_owned(),
            records,
            pending: Vec::new(),
            scanned: 0,
            open_quote: None,
            boundary: 0,
            at_end: false,
            line: 1,
            bytes_given: 0,
            counted: None,
            chunk_bytes,
        }
    }

    /// The file is longer or shorter than its text; `count` knows how much of it was read.
    pub fn counting(self, count: Arc<AtomicU64>) -> TextChunks {
        TextChunks { counted: Some(count), ..self }
    }

    /// What the file begins with, as much as a chunk holds; nothing is taken away.
    pub fn peek(&mut self) -> Result<&[u8], BatchError> {
        self.fill(CHUNK_BYTES)?;
        Ok(&self.pending)
    }

    /// The beginning that [`TextChunks::peek`] shows is the whole file.
    pub fn is_all_seen(&self) -> bool {
        self.at_end
    }

    /// Once it is known from the file's beginning; nothing may have been given out before.
    pub fn set_records(&mut self, records: Records) {
        self.records = records;
        (self.scanned, self.open_quote, self.boundary) = (0, None, 0);
    }

    /// Leaves out the first bytes, which hold so many lines.
    pub fn skip(&mut self, bytes: usize, lines: u64) {
        self.pending.drain(..bytes);
        self.line += lines;
        self.bytes_given += bytes as u64;
        (self.scanned, self.open_quote, self.boundary) = (0, None, 0);
    }

    pub fn next_chunk(&mut self) -> Result<Option<TextChunk>, BatchError> {
        let mut target = self.chunk_bytes.min(RECORD_BYTES_MAX);
        loop {
            self.fill(target)?;
            self.find_boundary();
            if self.pending.len() > RECORD_BYTES_MAX && (self.boundary == 0 || self.boundary > RECORD_BYTES_MAX) {
                return Err(self.too_long());
            }
            if self.at_end {
                if let Some(quote) = self.open_quote {
                    return Err(BatchError::OpenQuote { file: self.file.clone(), line: self.line_of(quote) });
                }
                self.boundary = self.pending.len();
            }
            if self.boundary > 0 {
                return Ok(Some(self.take()));
            }
            if self.at_end {
                return Ok(None);
            }
            // The byte behind the limit is read alone: then a record that ends there is known to be one.
            target = match self.pending.len() {
                len if len < RECORD_BYTES_MAX => (len + self.chunk_bytes).min(RECORD_BYTES_MAX),
                _ => RECORD_BYTES_MAX + 1,
            };
        }
    }

    fn take(&mut self) -> TextChunk {
        let rest = self.pending.split_off(self.boundary);
        let bytes = std::mem::replace(&mut self.pending, rest);
        let first_line = self.line;
        self.line += memchr::memchr_iter(self.records.line_end(), &bytes).count() as u64;
        self.bytes_given += bytes.len() as u64;
        self.scanned = self.scanned.saturating_sub(self.boundary);
        self.open_quote = self.open_quote.map(|quote| quote - self.boundary);
        self.boundary = 0;
        let bytes_read = self.counted.as_ref().map_or(self.bytes_given, |count| count.load(Ordering::Relaxed));
        TextChunk { bytes, first_line, bytes_read }
    }

    fn too_long(&self) -> BatchError {
        let (line, hint) = match self.open_quote {
            Some(quote) => (self.line_of(quote), "; perhaps a quote there is never closed"),
            None => (self.line, ""),
        };
        BatchError::RowTooLong { file: self.file.clone(), line, limit: RECORD_BYTES_MAX >> 20, hint }
    }

    fn line_of(&self, place: usize) -> u64 {
        self.line + memchr::memchr_iter(self.records.line_end(), &self.pending[..place]).count() as u64
    }

    fn fill(&mut self, target: usize) -> Result<(), BatchError> {
        if self.at_end || self.pending.len() >= target {
            return Ok(());
        }
        let wanted = (target - self.pending.len()) as u64;
        self.pending.reserve(target - self.pending.len());
        let read = self.reader.by_ref().take(wanted).read_to_end(&mut self.pending);
        match read {
            Ok(count) => self.at_end = (count as u64) < wanted,
            Err(error) => return Err(BatchError::Read { file: self.file.clone(), reason: system_reason(&error) }),
        }
        Ok(())
    }

    fn find_boundary(&mut self) {
        match self.records {
            Records::Lines => {
                if let Some(last) = memchr::memrchr(b'\n', &self.pending[self.scanned..]) {
                    self.boundary = self.scanned + last + 1;
                }
                self.scanned = self.pending.len();
            }
            Records::Csv { delimiter, line_end } => self.find_csv_boundary(delimiter, line_end),
        }
    }

    /// Goes from quote to quote, by the same rules as [`super::csv_scan::Scanner`].
    fn find_csv_boundary(&mut self, delimiter: u8, line_end: u8) {
        while self.scanned < self.pending.len() {
            let quote = memchr::memchr(b'"', &self.pending[self.scanned..]).map(|offset| self.scanned + offset);
            let until = quote.unwrap_or(self.pending.len());
            if self.open_quote.is_none()
                && let Some(last) = memchr::memrchr(line_end, &self.pending[self.scanned..until])
            {
                self.boundary = self.scanned + last + 1;
            }
            let Some(quote) = quote else {
                self.scanned = until;
                return;
            };
            match self.open_quote {
                None => {
                    let before = quote.checked_sub(1).map(|before| self.pending[before]);
                    if before.is_none_or(|before| before == delimiter || before == b'\n' || before == b'\r') {
                        self.open_quote = Some(quote);
                    }
                    self.scanned = quote + 1;
                }
                Some(_) => match self.pending.get(quote + 1) {
                    Some(b'"') => self.scanned = quote + 2,
                    // Whether the quote is doubled shows only with the next byte.
                    None if !self.at_end => {
                        self.scanned = quote;
                        return;
                    }
                    Some(_) | None => {
                        self.open_quote = None;
                        self.scanned = quote + 1;
                    }
                },
            }
        }
    }
}
