//! Readers take many cells at once where they are plain. What one cell means, they say themselves, cell by cell, of a file whose lines no such reader takes: the oracle here.

use std::sync::Arc;

use arrow_array::{ArrayRef, DictionaryArray, LargeStringArray, RecordBatch, StringArray, types::Int32Type};
use leadwright::batch::bad::{Outcome, Reason};
use leadwright::batch::{OnBadRow, Report};

use super::scene::Scene;
use super::tables::parquet_bytes;
use crate::support::random::Random;

const NAMES: [&str; 12] =
    ["lead_id", "kind", "sites", "beds", "rating", "deal_size", "budget", "need_by", "seen", "products", "state", "note"];

const WORDS: [&str; 34] = [
    "hospital",
    "Hospital ",
    "LTC",
    "Long-term care",
    "long_term_care",
    "clinic",
    "clinics",
    "yes",
    "No",
    "TRUE",
    "maybe",
    "1",
    "0",
    "2026-03-01",
    "2026-02-30",
    "2026-03-01T10:00",
    "2026-03-01T10:00:00Z",
    "2026-03-01 25:00",
    "dispensing",
    "dispensing;service",
    "service, consumables",
    "OH",
    "AK",
    " ",
    "\u{a0}",
    "é",
    "sixteen bytes ok",
    "seventeen letters",
    "a note, with a comma",
    "say \"yes\"",
    "1e5",
    "+5",
    "-",
    ".",
];

/// Mostly a good cell, often one that is nearly good.
fn cell(random: &mut Random, name: &str) -> String {
    if random.chance(10) {
        return String::new();
    }
    if random.chance(15) {
        return (*random.pick(&WORDS)).to_owned();
    }
    let good: &[&str] = match name {
        "kind" => &["hospital", "LTC", "Long-term care", "clinic"],
        "budget" => &["yes", "no", "true", "0"],
        "need_by" => &["2026-03-01", "2027-12-31", "2024-02-29"],
        "seen" => &["2026-03-01T10:00", "2026-11-01T08:30:00Z"],
        "products" => &["dispensing", "service", "dispensing;service"],
        "state" | "note" => &["OH", "AK", "a longer text with \"quotes\"", "x"],
        _ => &[],
    };
    if !good.is_empty() {
        return (*random.pick(good)).to_owned();
    }
    let digits = |random: &mut Random, most: usize| {
        let count = random.below(most) + 1;
        (0..count).map(|_| char::from(b'0' + random.below(10) as u8)).collect::<String>()
    };
    let mut number = match random.below(12) {
        0 => digits(random, 25),
        1 | 2 => digits(random, 10),
        _ => digits(random, 4),
    };
    if random.chance(35) {
        number = format!("{number}.{}", digits(random, 4));
    }
    if random.chance(8) {
        let sign = *random.pick(&["-", "+", "--", "0", " ", "'"]);
        number.insert_str(0, sign);
    }
    if random.chance(4) {
        number.push(*random.pick(&['.', ' ', '%', '/', ':', '\u{660}']));
    }
    number
}

fn rows(seed: u64, count: usize) -> Vec<Vec<String>> {
    let random = &mut Random::new(seed);
    let row = |number: usize, random: &mut Random| {
        let id = if random.chance(2) { String::new() } else { format!("L-{number}") };
        std::iter::once(id).chain(NAMES[1..].iter().map(|name| cell(random, name))).collect()
    };
    (0..count).map(|number| row(number, random)).collect()
}

/// The scored file, and what was bad: row, column, value, why and what became of it.
type Read = (String, Vec<(u64, String, String, Reason, Outcome)>, [u64; 4]);

fn read(on_bad_row: OnBadRow, name: &str, bytes: impl AsRef<[u8]>, first: u64) -> Read {
    let mut scene = Scene::new();
    scene.options.on_bad_row = on_bad_row;
    scene.options.bad_cells_shown = usize::MAX;
    let input = scene.write(name, bytes);
    let report: Report = scene.score(&input, &scene.path("scored.csv")).unwrap_or_else(|error| panic!("{name}: {error}"));
    let bad = report.bad_cells.into_iter().map(|cell| (cell.line - first, cell.column, cell.value, cell.reason, cell.outcome));
    let counts = [report.rows_in, report.rows_scored, report.rows_rejected, report.cells_taken_as_missing];
    (scene.read("scored.csv"), bad.collect(), counts)
}

fn csv_of(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(NAMES).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// `blank` behind each colon: a reader of many lines takes one blank at most.
fn json_of(rows: &[Vec<String>], blank: &str) -> String {
    let text = |text: &str| serde_json::to_string(text).unwrap();
    let line = |row: &Vec<String>| {
        let values = NAMES.iter().zip(row).map(|(name, value)| format!("{}:{blank}{}", text(name), text(value)));
        format!("{{{}}}\n", values.collect::<Vec<_>>().join(","))
    };
    rows.iter().map(line).collect()
}

fn arrays_of(rows: &[Vec<String>], array: impl Fn(Vec<Option<&str>>) -> ArrayRef) -> Vec<u8> {
    let column = |number: usize| array(rows.iter().map(|row| Some(row[number].as_str()).filter(|text| !text.is_empty())).collect());
    let columns = NAMES.iter().enumerate().map(|(number, name)| (*name, column(number), true));
    parquet_bytes(&[RecordBatch::try_from_iter_with_nullable(columns).unwrap()])
}

#[test]
fn many_cells_mean_what_each_of_them_means() {
    for (seed, on_bad_row) in [(1, OnBadRow::Missing), (2, OnBadRow::Reject), (3, OnBadRow::Missing)] {
        let rows = rows(seed, 3_000);
        let expected = read(on_bad_row, "slow.ndjson", json_of(&rows, "  "), 1);
        assert!(expected.2[1] > 50 && expected.1.len() > 2_000, "too few of one kind: {:?}", expected.2);
        let files = [
            ("leads.csv", csv_of(&rows), 2),
            ("leads.ndjson", json_of(&rows, "").into_bytes(), 1),
            ("spaced.ndjson", json_of(&rows, " ").into_bytes(), 1),
            ("texts.parquet", arrays_of(&rows, |texts| Arc::new(StringArray::from(texts))), 1),
            ("large.parquet", arrays_of(&rows, |texts| Arc::new(LargeStringArray::from(texts))), 1),
            ("codes.parquet", arrays_of(&rows, |texts| Arc::new(texts.into_iter().collect::<DictionaryArray<Int32Type>>())), 1),
        ];
        for (name, bytes, first) in files {
            // an empty array of a JSON file shows as its text does
            let found = read(on_bad_row, name, bytes, first);
            assert_eq!(found.2, expected.2, "{name} {seed}");
            for (found, expected) in found.1.iter().zip(&expected.1) {
                assert_eq!(found, expected, "{name} {seed}");
            }
            assert_eq!(found.1.len(), expected.1.len(), "{name} {seed}");
            assert!(found.0 == expected.0, "{name} {seed}: the scored files differ");
        }
    }
}

/// Lines of several kinds among each other: in another order, with names that others lack, with numbers as numbers, and what only a parser reads.
#[test]
fn lines_that_are_written_differently_mean_the_same() {
    let random = &mut Random::new(7);
    let mut mixed = String::new();
    let mut spaced = String::new();
    for (number, row) in rows(8, 4_000).into_iter().enumerate() {
        let text = |value: &str| serde_json::to_string(value).unwrap();
        let is_number = |value: &str| serde_json::from_str::<serde_json::Number>(value).is_ok();
        let mut entries: Vec<(String, String)> = NAMES.iter().zip(&row).map(|(name, value)| (text(name), text(value))).collect();
        for (entry, value) in entries.iter_mut().zip(&row).skip(1) {
            match random.below(12) {
                0 if is_number(value) => entry.1.clone_from(value),
                1 => entry.1 = (*random.pick(&["null", "true", "false", "[]", "{}", "7", "1e2", "-3.5", "\"\\u0041\""])).to_owned(),
                _ => {}
            }
        }
        if number / 500 % 2 == 1 {
            entries.swap(1, 5);
        }
        entries.retain(|(name, _)| name == "\"lead_id\"" || !random.chance(5));
        if random.chance(2) {
            entries.push(entries[0].clone());
        }
        let line = |colon: &str| entries.iter().map(|(name, value)| format!("{name}{colon}{value}")).collect::<Vec<_>>().join(",");
        mixed.push_str(&format!("{{{}}}\n", line(":")));
        spaced.push_str(&format!("{{  {}}}\n", line(" :  ")));
    }
    for on_bad_row in [OnBadRow::Missing, OnBadRow::Reject] {
        let (found, expected) = (read(on_bad_row, "leads.ndjson", &mixed, 1), read(on_bad_row, "leads.ndjson", &spaced, 1));
        assert_eq!(found.2, expected.2);
        for (found, expected) in found.1.iter().zip(&expected.1) {
            assert_eq!(found, expected);
        }
        assert_eq!((found.1.len(), found.0), (expected.1.len(), expected.0));
    }
}
