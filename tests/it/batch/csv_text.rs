//! CSV text to cells; the `csv` crate is the oracle for what is a record and what is a cell.

use std::io::{Cursor, Read};

use leadwright::batch::csv_scan::Scanner;
use leadwright::batch::read_text::{RECORD_BYTES_MAX, Records, TextChunks};

use crate::support::random::Random;

const CSV: Records = Records::Csv { delimiter: b',', line_end: b'\n' };

/// Cells, and whether text stands behind a closing quote.
fn scan(text: &[u8]) -> Vec<(Vec<Vec<u8>>, bool)> {
    let mut scanner = Scanner::new(b',', b'\n');
    let mut records = Vec::new();
    let mut at = 0;
    while let Some((record, next)) = scanner.next(text, at) {
        assert!(next > at);
        at = next;
        let cell = |cell: &leadwright::batch::csv_scan::Cell| {
            let raw = String::from_utf8(text[cell.range.clone()].to_vec()).unwrap();
            if cell.doubled_quotes { raw.replace("\"\"", "\"") } else { raw }.into_bytes()
        };
        records.push((scanner.cells.iter().map(cell).collect(), record.quote_inside));
    }
    records
}

fn oracle(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
    reader.byte_records().map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
}

fn compare(text: &[u8]) {
    let shown = String::from_utf8_lossy(text);
    let (ours, theirs) = (scan(text), oracle(text));
    assert_eq!(ours.len(), theirs.len(), "{shown:?}");
    for ((cells, quote_inside), expected) in ours.iter().zip(&theirs) {
        assert_eq!(cells.len(), expected.len(), "{shown:?}");
        if !quote_inside {
            assert_eq!(cells, expected, "{shown:?}");
        }
    }
}

#[test]
fn records_and_cells_are_those_of_the_csv_crate() {
    for text in [
        "",
        "a",
        "a,b\n",
        "a,b\r\nc,d\r\n",
        "a,b\rc,d",
        "\n\n a , b \n\n",
        "\"\"",
        "\"a\"\"b\",c\n",
        "\"a\nb\",\"c\r\nd\"\ne,f",
        "a\"b,\"c\"d,e\n",
        ",\n,,\n",
        "\"open,\nx",
        "\"a\" ,b\n",
        "a,\"\"\n",
        "\r\n\r\n",
        "a,b\n\"\"\n",
    ] {
        compare(text.as_bytes());
    }
    let mut random = Random::new(1);
    for _ in 0..60_000 {
        let text: Vec<u8> = (0..random.below(24)).map(|_| *random.pick(b"ab,,\"\"\"\n\n\r ")).collect();
        compare(&text);
    }
}

/// Gives a few bytes at a time, as a pipe does.
struct Drip(Cursor<Vec<u8>>, Random);

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(1 + self.1.below(5));
        self.0.read(&mut buffer[..count])
    }
}

#[test]
fn chunks_end_between_records_wherever_reading_stops() {
    let mut random = Random::new(2);
    for round in 0..20_000u64 {
        let text: Vec<u8> = (0..random.below(60)).map(|_| *random.pick(b"abc,,\"\"\n\n")).collect();
        let whole = scan(&text);
        let chunk_bytes = 1 + random.below(12);
        let reader = Box::new(Drip(Cursor::new(text.clone()), Random::new(round)));
        let mut chunks = TextChunks::with_chunk_bytes(reader, "f", CSV, chunk_bytes);
        let mut pieces = Vec::new();
        let mut records = Vec::new();
        let outcome = loop {
            match chunks.next_chunk() {
                Ok(Some(chunk)) => {
                    let before = text[..pieces.len()].iter().filter(|byte| **byte == b'\n').count() as u64;
                    assert_eq!(chunk.first_line, before + 1);
                    pieces.extend_from_slice(&chunk.bytes);
                    assert_eq!(chunk.bytes_read as usize, pieces.len());
                    records.extend(scan(&chunk.bytes));
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error.to_string()),
            }
        };
        let shown = String::from_utf8_lossy(&text);
        match outcome {
            Ok(()) => {
                assert_eq!(pieces, text);
                assert_eq!(records, whole, "{shown:?} in chunks of {chunk_bytes}");
            }
            // Only an open quote ends the reading, and all records before it are given.
            Err(error) => {
                assert!(error.starts_with("a quote opened in line "), "{error}");
                assert_eq!(records, whole[..records.len()], "{shown:?} in chunks of {chunk_bytes}");
            }
        }
    }
}

#[test]
fn an_open_quote_is_found_where_it_was_opened() {
    let text = "a,b\n1,2\n\"3\n4\",5\n6,\"7\n8,9\n";
    let mut chunks = TextChunks::new(Box::new(text.as_bytes()), "leads.csv", CSV);
    assert_eq!(chunks.next_chunk().unwrap_err().to_string(), "a quote opened in line 5 of `leads.csv` is not closed");
}

#[test]
fn a_row_without_end_is_refused_before_it_fills_the_memory() {
    let mut text = b"a,b\n1,2\n3,\"".to_vec();
    text.resize(text.len() + RECORD_BYTES_MAX + (3 << 20), b'x');
    let mut chunks = TextChunks::new(Box::new(Cursor::new(text)), "leads.csv", CSV);
    assert_eq!(chunks.next_chunk().unwrap().unwrap().bytes, b"a,b\n1,2\n");
    assert_eq!(
        chunks.next_chunk().unwrap_err().to_string(),
        "line 3 of `leads.csv` begins a row of more than 8 MiB; perhaps a quote there is never closed"
    );
}
