//! CSV text to records and cells.
//!
//! Enters: bytes that begin at a record and end behind one. Leaves: for each record, where its cells are. Always holds: what is a record and
//! what is a cell is as RFC 4180 has it, and where that is silent as the `csv` crate does it: a record ends with LF, CR LF or a lone CR; a quote
//! opens a cell only as its first byte; an empty line is no record. Text behind a closing quote is reported, because it mostly means
//! that a quote inside the cell was not doubled. Where cells can end is asked of 64 bytes at a time, by comparisons that processors do for many bytes at once
//! (the way of Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019); which of these places end a cell is then a matter of quotes.

use std::ops::Range;

/// Where a cell is, without its quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    start: u32,
    end: u32,
    /// holds doubled quotes that stand for one
    pub doubled_quotes: bool,
}

impl Cell {
    fn at(range: Range<usize>, doubled_quotes: bool) -> Cell {
        // Chunks are some megabytes long.
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Cell { start: place(range.start), end: place(range.end), doubled_quotes }
    }

    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A record's cells are behind those of earlier ones in [`Scanner::cells`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// number of its first cell
    pub first_cell: usize,
    /// all of it but the line end
    pub range: Range<usize>,
    /// line ends inside and behind it, and empty lines before it
    pub lines_before: u64,
    pub lines: u64,
    /// text stands behind the closing quote of a cell
    pub quote_inside: bool,
    /// of some cell
    pub doubled_quotes: bool,
}

#[derive(Debug)]
pub struct Scanner {
    delimiter: u8,
    /// counted as the end of a line: LF, or CR in files that have no LF
    line_end: u8,
    pub cells: Vec<Cell>,
    /// the last that was looked at
    window: Window,
}

/// Bytes that are looked at together.
const WINDOW: usize = 64;

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// a multiple of [`WINDOW`]; none before the first
    start: usize,
    /// bit n: byte n parts cells or lines
    ends: u64,
}

const NO_WINDOW: Window = Window { start: usize::MAX, ends: 0 };

impl Scanner {
    pub fn new(delimiter: u8, line_end: u8) -> Scanner {
        Scanner { delimiter, line_end, cells: Vec::new(), window: NO_WINDOW }
    }

    /// Begins another text.
    pub fn clear(&mut self) {
        self.cells.clear();
        self.window = NO_WINDOW;
    }

    /// The record at `from`, and where the next one begins; none at the end of the text. Until [`Scanner::clear`], the text must be the same.
    pub fn next(&mut self, text: &[u8], from: usize) -> Option<(Record, usize)> {
        let mut start = from;
        let mut lines_before = 0;
        while let Some(byte @ (b'\n' | b'\r')) = text.get(start) {
            lines_before += u64::from(*byte == self.line_end);
            start += 1;
        }
        if start == text.len() {
            return None;
        }

        let first_cell = self.cells.len();
        let mut at = start;
        let mut lines = 0;
        let (mut quote_inside, mut doubled_quotes) = (false, false);
        loop {
            if text.get(at) == Some(&b'"') {
                let (cell, behind) = self.quoted(text, at + 1, &mut lines);
                at = self.end_of_plain(text, behind);
                quote_inside |= at > behind;
                doubled_quotes |= cell.doubled_quotes;
                self.cells.push(cell);
            } else {
                let begin = at;
                at = self.end_of_plain(text, at);
                self.cells.push(Cell::at(begin..at, false));
            }
            match text.get(at) {
                Some(byte) if *byte == self.delimiter => at += 1,
                Some(_) | None => break,
            }
        }

        let end = at;
        let next = match (text.get(at), text.get(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => at + 2,
            (Some(_), _) => at + 1,
            (None, _) => at,
        };
        lines += text[end..next].iter().filter(|byte| **byte == self.line_end).count() as u64;
        Some((Record { first_cell, range: start..end, lines_before, lines, quote_inside, doubled_quotes }, next))
    }

    /// The cell whose opening quote is before `from`, and the place behind its closing quote.
    fn quoted(&self, text: &[u8], from: usize, lines: &mut u64) -> (Cell, usize) {
        let mut at = from;
        let mut doubled_quotes = false;
        loop {
            match memchr::memchr(b'"', &text[at..]) {
                Some(offset) if text.get(at + offset + 1) == Some(&b'"') => {
                    doubled_quotes = true;
                    at += offset + 2;
                }
                closing => {
                    let end = closing.map_or(text.len(), |offset| at + offset);
                    *lines += memchr::memchr_iter(self.line_end, &text[from..end]).count() as u64;
                    return (Cell::at(from..end, doubled_quotes), (end + 1).min(text.len()));
                }
            }
        }
    }

    /// The next place where something ends a cell that is not within quotes.
    #[inline]
    fn end_of_plain(&mut self, text: &[u8], from: usize) -> usize {
        let start = from / WINDOW * WINDOW;
        if self.window.start != start {
            self.look_at(text, start);
        }
        let mut ends = self.window.ends & (u64::MAX << (from % WINDOW));
        while ends == 0 {
            let next = self.window.start + WINDOW;
            if next >= text.len() {
                return text.len();
            }
            self.look_at(text, next);
            ends = self.window.ends;
        }
        self.window.start + ends.trailing_zeros() as usize
    }

    #[inline]
    fn look_at(&mut self, text: &[u8], start: usize) {
        let ends = match text.get(start..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => self.ends(bytes),
            None => {
                let rest = text.get(start..).unwrap_or_default();
                // Nothing is parted by zeros.
                let mut bytes = [0; WINDOW];
                bytes[..rest.len()].copy_from_slice(rest);
                self.ends(&bytes)
            }
        };
        self.window = Window { start, ends };
    }

    #[inline]
    fn ends(&self, bytes: &[u8; WINDOW]) -> u64 {
        let delimiter = self.delimiter;
        let mut ends = [0u8; WINDOW];
        for (end, byte) in ends.iter_mut().zip(bytes) {
            *end = u8::from(*byte == delimiter) | u8::from(*byte == b'\n') | u8::from(*byte == b'\r');
        }
        let (eights, _) = ends.as_chunks();
        eights.iter().rev().fold(0, |bits, eight| bits << 8 | u64::from_le_bytes(*eight).wrapping_mul(GATHER) >> 56)
    }
}

/// Moves the lowest bit of byte n to bit n of the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// The highest bit of the first byte that is the wanted one; bits of later bytes say nothing.
pub fn bytes_equal(eight: u64, wanted: u8) -> u64 {
    let rest = eight ^ (ONES * u64::from(wanted));
    rest.wrapping_sub(ONES) & !rest & (ONES << 7)
}

/// 1 in every byte.
pub const ONES: u64 = u64::MAX / 255;
