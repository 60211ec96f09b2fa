//! The cells of a CSV text, each with the place it came from.
//!
//! Enters: the text of a file (commas, semicolons or tabs between cells, as its first line has them; quotes doubled inside quotes, any line end; a byte order
//! mark is skipped). Leaves: cells in order.
//! Always holds: a cell's place lies in the text and on character boundaries; cells are bounded; a quote that is never closed, which would
//! swallow the rest of the file, ends the reading.

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};

/// The most bytes that one cell may have.
pub(crate) const CELL_BYTES_MAX: usize = 64 * 1024;

pub(crate) struct Cells<'t> {
    text: &'t str,
    position: usize,
    reader: Reader,
    /// what stands between cells
    delimiter: u8,
    buffer: Vec<u8>,
    /// the next cell is the first of its record
    record_starts: bool,
}

pub(crate) enum Next<'c> {
    Cell {
        value: &'c str,
        /// bytes of the text, quotes included
        start: usize,
        end: usize,
        /// the last of its record
        record_end: bool,
    },
    /// The cell that starts here is not closed, or has more bytes than a cell may have; nothing can be read after it.
    Unclosed {
        start: usize,
    },
    TooLong {
        start: usize,
    },
    End,
}

impl<'t> Cells<'t> {
    pub fn new(text: &'t str) -> Cells<'t> {
        Cells::parted_by(delimiter(text.as_bytes()), text)
    }

    fn parted_by(delimiter: u8, text: &'t str) -> Cells<'t> {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Cells { text, position: 0, reader, delimiter, buffer: vec![0; CELL_BYTES_MAX], record_starts: true }
    }

    /// How many cells the next record has; none if it cannot be read, or there is none.
    pub fn count_ahead(&self) -> Option<usize> {
        let mut ahead = Cells::parted_by(self.delimiter, self.text.get(self.position..)?);
        let mut count = 0;
        loop {
            match ahead.next() {
                Next::Cell { record_end, .. } => {
                    count += 1;
                    if record_end {
                        return Some(count);
                    }
                }
                Next::Unclosed { .. } | Next::TooLong { .. } | Next::End => return None,
            }
        }
    }

    pub fn next(&mut self) -> Next<'_> {
        let from = self.position;
        let input = &self.text.as_bytes()[from..];
        let (mut result, mut read, mut written) = self.reader.read_field(input, &mut self.buffer);
        if result == ReadFieldResult::InputEmpty {
            // the reader learns that the text is over from an empty input
            let (last, _, more) = self.reader.read_field(&[], &mut self.buffer[written..]);
            (result, read, written) = (last, input.len(), written + more);
        }
        self.position = from + read;
        let (start, end) = self.place(from, self.position);
        self.record_starts = matches!(result, ReadFieldResult::Field { record_end: true });
        match result {
            ReadFieldResult::Field { record_end } => {
                let raw = &self.text[start..end];
                // inside quotes quotes come in pairs, so that an odd number means one is open
                if raw.starts_with('"') && raw.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
                    return Next::Unclosed { start };
                }
                let value = match std::str::from_utf8(&self.buffer[..written]) {
                    Ok(value) => value,
                    // cannot be: only quotes were taken from a text
                    Err(_) => raw,
                };
                Next::Cell { value, start, end, record_end }
            }
            ReadFieldResult::OutputFull if self.text[start..].starts_with('"') => Next::Unclosed { start },
            ReadFieldResult::OutputFull => Next::TooLong { start },
            ReadFieldResult::InputEmpty | ReadFieldResult::End => Next::End,
        }
    }

    /// What was read without the comma or line end behind it, and, before the first cell of a record, without empty lines.
    fn place(&self, from: usize, to: usize) -> (usize, usize) {
        let raw = &self.text[from..floor(self.text, to)];
        let raw_start = if self.record_starts { raw.trim_start_matches(['\r', '\n', '\u{feff}']) } else { raw };
        let start = from + raw.len() - raw_start.len();
        let end = match raw_start.as_bytes().last() {
            Some(last) if *last == self.delimiter || matches!(last, b'\n' | b'\r') => start + raw_start.len() - 1,
            _ => start + raw_start.len(),
        };
        (start, end)
    }
}

/// What parts the cells of a CSV text, by its first line: of comma, semicolon and tab the one that stands there most often outside quotes.
pub(crate) fn delimiter(text: &[u8]) -> u8 {
    let start = text.iter().position(|byte| !matches!(byte, b'\n' | b'\r')).unwrap_or(text.len());
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in &text[start..] {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => break,
            byte if !quoted => counts.iter_mut().filter(|(delimiter, _)| delimiter == byte).for_each(|(_, count)| *count += 1),
            _ => {}
        }
    }
    // the first of equals
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| delimiter)
}

/// A cell that is cut for its length may be cut inside a character.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<Vec<String>> {
        let mut cells = Cells::new(text);
        let mut records = vec![Vec::new()];
        loop {
            match cells.next() {
                Next::Cell { value, start, end, record_end } => {
                    assert!(text[start..end].contains(value) || text[start..end].starts_with('"'), "{value:?} in {:?}", &text[start..end]);
                    records.last_mut().expect("a record").push(value.to_owned());
                    if record_end {
                        records.push(Vec::new());
                    }
                }
                Next::Unclosed { .. } => {
                    records.last_mut().expect("a record").push("unclosed".to_owned());
                    return records;
                }
                Next::TooLong { .. } => {
                    records.last_mut().expect("a record").push("too long".to_owned());
                    return records;
                }
                Next::End => {
                    records.pop();
                    return records;
                }
            }
        }
    }

    /// The `csv` crate reads the same cells, from texts of all sequences of five of the characters that matter.
    #[test]
    fn reads_what_the_csv_crate_reads() {
        let alphabet = ["a", ",", "\"", "\n", "\r\n", "é"];
        let mut compared = 0;
        for mut code in 0..alphabet.len().pow(6) {
            let mut text = String::new();
            for _ in 0..6 {
                text.push_str(alphabet[code % alphabet.len()]);
                code /= alphabet.len();
            }
            let own = records(&text);
            if own.iter().flatten().any(|cell| cell == "unclosed") {
                continue;
            }
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> =
                reader.records().map(|record| record.expect("a record").iter().map(str::to_owned).collect()).collect();
            assert_eq!(own, theirs, "{text:?}");
            compared += 1;
        }
        assert!(compared > 30_000, "{compared}");
    }

    #[test]
    fn says_where_a_cell_stands() {
        let text = "\u{feff}state,\"the \"\"queue\"\"\"\r\n\r\nOH , west\n";
        let mut cells = Cells::new(text);
        let mut places = Vec::new();
        while let Next::Cell { start, end, .. } = cells.next() {
            places.push(&text[start..end]);
        }
        assert_eq!(places, ["state", "\"the \"\"queue\"\"\"", "OH ", " west"]);
    }

    #[test]
    fn the_first_line_says_what_parts_cells() {
        assert_eq!(records("a;b\n1;2,5\n"), [["a", "b"], ["1", "2,5"]]);
        assert_eq!(records("a\tb\n1\t2\n"), [["a", "b"], ["1", "2"]]);
        assert_eq!(records("\"a;b;c\",d\n1;2,3\n"), [["a;b;c", "d"], ["1;2", "3"]]);
        let text = "a;b\n1 ;2\n";
        let mut cells = Cells::new(text);
        let mut places = Vec::new();
        while let Next::Cell { start, end, .. } = cells.next() {
            places.push(&text[start..end]);
        }
        assert_eq!(places, ["a", "b", "1 ", "2"]);
    }

    #[test]
    fn stops_at_a_quote_that_is_not_closed_and_at_a_huge_cell() {
        assert_eq!(records("a,b\n\"c,d\ne,f\n"), [vec!["a", "b"], vec!["unclosed"]]);
        assert_eq!(records(&"é".repeat(CELL_BYTES_MAX)), [["too long"]]);
        assert_eq!(records(&format!("\"{}", "é\n".repeat(CELL_BYTES_MAX))), [["unclosed"]]);
    }

    /// An empty last cell stands at the end of its own line, not at the start of the next.
    #[test]
    fn an_empty_last_cell_stands_on_its_line() {
        let text = "a,b\r\n1,\r\n\r\n2,\n";
        let mut cells = Cells::new(text);
        let mut starts = Vec::new();
        while let Next::Cell { start, .. } = cells.next() {
            starts.push(start);
        }
        assert_eq!(starts, [0, 2, 5, 7, 11, 13]);
    }
}
