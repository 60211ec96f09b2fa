//! CSV text to records and cells.
//!
//! Enters: bytes that begin at a record and end behind one. Leaves: for each record, where its cells are. Always holds: what is a record and
//! what is a cell is as RFC 4180 has it, and where that is silent as the `csv` crate does it: a record ends with LF, CR LF or a lone CR; a quote
//! opens a cell only as its first byte; an empty line is no record. Text behind a closing quote is reported, because it mostly means
//! that a quote inside the cell was not doubled.

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
}

#[derive(Debug)]
pub struct Scanner {
    delimiter: u8,
    /// counted as the end of a line: LF, or CR in files that have no LF
    line_end: u8,
    pub cells: Vec<Cell>,
}

impl Scanner {
    pub fn new(delimiter: u8, line_end: u8) -> Scanner {
        Scanner { delimiter, line_end, cells: Vec::new() }
    }

    /// The record at `from`, and where the next one begins; none at the end of the text.
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
        let mut quote_inside = false;
        loop {
            if text.get(at) == Some(&b'"') {
                let (cell, behind) = self.quoted(text, at + 1, &mut lines);
                at = self.end_of_plain(text, behind);
                quote_inside |= at > behind;
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
        Some((Record { first_cell, range: start..end, lines_before, lines, quote_inside }, next))
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

    /// Eight bytes at a time; most cells are shorter.
    fn end_of_plain(&self, text: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some(Ok(eight)) = text.get(at..at + 8).map(<[u8; 8]>::try_from) {
            let eight = u64::from_le_bytes(eight);
            let ends = bytes_equal(eight, self.delimiter) | bytes_equal(eight, b'\n') | bytes_equal(eight, b'\r');
            if ends != 0 {
                return at + ends.trailing_zeros() as usize / 8;
            }
            at += 8;
        }
        let ends = |byte: &u8| *byte == self.delimiter || *byte == b'\n' || *byte == b'\r';
        text[at..].iter().position(ends).map_or(text.len(), |offset| at + offset)
    }
}

/// The highest bit of the first byte that is the wanted one; bits of later bytes say nothing.
pub fn bytes_equal(eight: u64, wanted: u8) -> u64 {
    let rest = eight ^ (ONES * u64::from(wanted));
    rest.wrapping_sub(ONES) & !rest & (ONES << 7)
}

/// 1 in every byte.
pub const ONES: u64 = u64::MAX / 255;
