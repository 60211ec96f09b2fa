//! CSV text to cells; the `csv` crate is the oracle for what is a record and what is a cell.

use std::io::{Cursor, Read};

use leadwright::batch::csv_scan::Scanner;
use leadwright::batch::read_text::{RECORD_BYTES_MAX, Records, TextChunks};

use super::scene::Scene;
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
            let raw = &text[cell.range()];
            let doubled = |at: &usize| {
                cell.doubled_quotes && raw[..*at].iter().rev().take_while(|byte| **byte == b'"').count() % 2 == 1 && raw[*at] == b'"'
            };
            (0..raw.len()).filter(|at| !doubled(at)).map(|at| raw[at]).collect()
        };
        records.push((scanner.cells[record.first_cell..].iter().map(cell).collect(), record.quote_inside));
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
    // Many times what is looked at together: cells, and what is quoted, begin and end anywhere in it.
    for _ in 0..4_000 {
        let signs: &[u8] = if random.chance(50) { b"abcdefgh,\n" } else { b"abcdefghabcdefgh,,,\"\n\r\0\xE9" };
        let text: Vec<u8> = (0..random.below(500)).map(|_| *random.pick(signs)).collect();
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

/// A row of 8 MiB with its line end is read, one byte more ends the run, in both formats alike; a cell longer than 1 MiB rejects its row.
#[test]
fn rows_and_cells_have_the_same_limits_in_csv_and_ndjson() {
    let scene = Scene::new();
    let limit = 8 << 20;
    let columns = 12;
    let names: String = (0..columns).map(|column| format!(",x{column}")).collect();
    // Cells of a little less than 700 KiB each, and one that fills the row up.
    let row = |start: &str, between: &dyn Fn(usize) -> String, end: &str, bytes: usize| {
        let mut row = start.to_owned();
        for column in 0..columns {
            row.push_str(&between(column));
            let size = if column + 1 == columns { bytes - row.len() - end.len() } else { 690 << 10 };
            row.push_str(&"x".repeat(size));
        }
        row.push_str(end);
        assert_eq!(row.len(), bytes);
        row
    };
    let csv = |bytes| {
        format!("lead_id,kind,sites{names}\nL-0,clinic,1{}\n{}", ",".repeat(columns), row("L-1,clinic,1", &|_| ",".to_owned(), "\n", bytes))
    };
    let quoted = |column: usize| format!("{},\"x{column}\":\"", if column == 0 { "" } else { "\"" });
    let object = |bytes| row("{\"lead_id\":\"L-1\",\"kind\":\"clinic\",\"sites\":1", &quoted, "\"}\n", bytes);
    let ndjson = |bytes| format!("{{\"lead_id\":\"L-0\",\"kind\":\"clinic\",\"sites\":1}}\n{}", object(bytes));
    for (name, text, line) in [("leads.csv", &csv as &dyn Fn(usize) -> String, 3), ("leads.ndjson", &ndjson, 2)] {
        let report = scene.score(&scene.write(name, text(limit)), &scene.path("scored.csv")).unwrap();
        assert_eq!((report.rows_in, report.rows_scored), (2, 2), "{name}: {:?}", report.bad_cells);
        std::fs::remove_file(scene.path("scored.csv")).unwrap();
        assert_eq!(scene.refusal(name, text(limit + 1)), format!("line {line} of `{name}` begins a row of more than 8 MiB"));
    }
    let long = "x".repeat((1 << 20) + 1);
    for (name, text) in [
        ("leads.csv", format!("lead_id,kind,sites,x\nL-1,clinic,1,{long}\n")),
        ("leads.ndjson", format!("{{\"lead_id\":\"L-1\",\"kind\":\"clinic\",\"sites\":1,\"x\":\"{long}\"}}\n")),
    ] {
        let report = scene.score(&scene.write(name, text), &scene.path("scored.csv")).unwrap();
        assert_eq!((report.rows_rejected, report.bad_cells[0].key.as_str()), (1, "L-1"), "{name}");
        assert_eq!(report.bad_cells[0].sentence(scene.policy.model()), "a cell is longer than 1 MiB");
    }
}
