//! The same leads in every format, and scored files of every format as text.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use leadwright::batch::Format;
use leadwright::batch::arrow_text::append_text;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;

use crate::support::random::Random;

/// A lead whose values all formats can say.
#[derive(Clone, Debug)]
pub struct Row {
    pub lead_id: String,
    pub kind: &'static str,
    pub sites: i64,
    pub beds: Option<i64>,
    /// in hundredths
    pub rating: Option<i64>,
    /// in cents
    pub deal_size: Option<i64>,
    pub budget: Option<bool>,
    /// days since 1970-01-01
    pub need_by: Option<i32>,
    /// seconds since the epoch
    pub seen: Option<i64>,
    pub products: Vec<&'static str>,
    pub state: Option<&'static str>,
    pub note: Option<&'static str>,
}

pub fn rows(count: usize, seed: u64) -> Vec<Row> {
    let mut random = Random::new(seed);
    (0..count)
        .map(|index| {
            let known = |random: &mut Random| random.chance(70);
            Row {
                lead_id: format!("L-{index:06}"),
                kind: random.pick::<&str>(&["hospital", "Long-term care", "LTC", "clinic"]),
                sites: random.between(1, 300),
                beds: known(&mut random).then(|| random.between(0, 900)),
                rating: known(&mut random).then(|| random.between(0, 500)),
                deal_size: known(&mut random).then(|| random.between(0, 300_000)),
                budget: known(&mut random).then(|| random.chance(50)),
                need_by: known(&mut random).then(|| random.between(20_700, 20_900) as i32),
                seen: known(&mut random).then(|| random.between(1_780_000_000, 1_795_000_000)),
                products: ["dispensing", "consumables", "service"].into_iter().filter(|_| random.chance(40)).collect(),
                state: known(&mut random).then(|| *random.pick(&["OH", "AK", " ny", "tx"])),
                note: known(&mut random).then(|| *random.pick(&["plain", "a, b", "he said \"no\"", "two\nlines", "Ümlaut", "=1+1"])),
            }
        })
        .collect()
}

pub const COLUMNS: &str = "lead_id,kind,sites,beds,rating,deal_size,budget,need_by,seen,products,state,note";

fn hundredths(value: i64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn day_text(day: i32) -> String {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap().to_string()
}

fn instant_text(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap().to_string()
}

pub fn csv_bytes(rows: &[Row]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS.split(',')).unwrap();
    for row in rows {
        let text = |value: Option<String>| value.unwrap_or_default();
        writer
            .write_record([
                row.lead_id.clone(),
                row.kind.to_owned(),
                row.sites.to_string(),
                text(row.beds.map(|beds| beds.to_string())),
                text(row.rating.map(hundredths)),
                text(row.deal_size.map(hundredths)),
                text(row.budget.map(|budget| if budget { "Yes" } else { "no" }.to_owned())),
                text(row.need_by.map(day_text)),
                text(row.seen.map(instant_text)),
                row.products.join(";"),
                text(row.state.map(str::to_owned)),
                text(row.note.map(str::to_owned)),
            ])
            .unwrap();
    }
    writer.into_inner().unwrap()
}

pub fn ndjson_bytes(rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::new();
    for row in rows {
        // Numbers as raw text, so that no floating point comes between.
        let raw = |value: Option<i64>| value.map(|value| serde_json::value::RawValue::from_string(hundredths(value)).unwrap());
        let object = serde_json::json!({
            "lead_id": row.lead_id, "kind": row.kind, "sites": row.sites, "beds": row.beds,
            "budget": row.budget, "need_by": row.need_by.map(day_text), "seen": row.seen.map(instant_text),
            "products": row.products, "state": row.state, "note": row.note,
        });
        let text = object.to_string();
        out.extend_from_slice(&text.as_bytes()[..text.len() - 1]);
        for (name, value) in [("rating", raw(row.rating)), ("deal_size", raw(row.deal_size))] {
            if let Some(value) = value {
                out.extend_from_slice(format!(",\"{name}\":{value}").as_bytes());
            }
        }
        out.extend_from_slice(b"}\n");
    }
    out
}

/// As a data warehouse types it: decimals, dates, instants, lists, texts through dictionaries.
pub fn batch(rows: &[Row]) -> RecordBatch {
    // One dictionary for all batches, as a file needs it.
    let spellings = StringArray::from(vec!["hospital", "Long-term care", "LTC", "clinic", "of no lead"]);
    let mut kind = StringDictionaryBuilder::<Int32Type>::new_with_dictionary(rows.len(), &spellings).unwrap();
    rows.iter().for_each(|row| kind.append_value(row.kind));
    let mut products = ListBuilder::new(StringBuilder::new());
    for row in rows {
        row.products.iter().for_each(|product| products.values().append_value(product));
        products.append(!row.products.is_empty());
    }
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("lead_id", Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.lead_id)))),
        ("kind", Arc::new(kind.finish())),
        ("sites", Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| row.sites)))),
        ("beds", Arc::new(Float64Array::from_iter(rows.iter().map(|row| row.beds.map(|beds| beds as f64))))),
        (
            "rating",
            Arc::new(
                Decimal128Array::from_iter(rows.iter().map(|row| row.rating.map(|rating| i128::from(rating) * 100)))
                    .with_precision_and_scale(20, 4)
                    .unwrap(),
            ),
        ),
        (
            "deal_size",
            Arc::new(
                Decimal128Array::from_iter(rows.iter().map(|row| row.deal_size.map(i128::from))).with_precision_and_scale(12, 2).unwrap(),
            ),
        ),
        ("budget", Arc::new(BooleanArray::from_iter(rows.iter().map(|row| row.budget)))),
        ("need_by", Arc::new(Date32Array::from_iter(rows.iter().map(|row| row.need_by)))),
        (
            "seen",
            Arc::new(
                TimestampMicrosecondArray::from_iter(rows.iter().map(|row| row.seen.map(|second| second * 1_000_000))).with_timezone("UTC"),
            ),
        ),
        ("products", Arc::new(products.finish())),
        ("state", Arc::new(StringArray::from_iter(rows.iter().map(|row| row.state)))),
        ("note", Arc::new(StringArray::from_iter(rows.iter().map(|row| row.note)))),
    ];
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
}

pub fn parquet_bytes(batches: &[RecordBatch]) -> Vec<u8> {
    let mut bytes = Vec::new();
    // several row groups, of which none ends where a block does
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(30_000)).build();
    let mut writer = ArrowWriter::try_new(&mut bytes, batches[0].schema(), Some(properties)).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.close().unwrap();
    bytes
}

pub fn arrow_bytes(batches: &[RecordBatch]) -> Vec<u8> {
    let mut writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batches[0].schema()).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

pub fn arrow_stream_bytes(batches: &[RecordBatch], compression: Option<arrow_ipc::CompressionType>) -> Vec<u8> {
    let options = arrow_ipc::writer::IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let mut writer = arrow_ipc::writer::StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
    batches.iter().for_each(|batch| writer.write(batch).unwrap());
    writer.into_inner().unwrap()
}

pub fn bytes(format: Format, rows: &[Row]) -> Vec<u8> {
    match format {
        Format::Csv => csv_bytes(rows),
        Format::Ndjson => ndjson_bytes(rows),
        Format::Parquet => parquet_bytes(&[batch(rows)]),
        Format::ArrowIpc => arrow_bytes(&[batch(rows)]),
    }
}

/// A scored file as rows of text, the names first; a missing value is empty.
pub fn read_back(format: Format, path: &Path) -> Vec<Vec<String>> {
    match format {
        Format::Csv => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
            reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
        }
        Format::Ndjson => {
            let text = std::fs::read_to_string(path).unwrap();
            let mut table = Vec::new();
            for line in text.lines() {
                let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
                let raw: std::collections::HashMap<String, Box<serde_json::value::RawValue>> = serde_json::from_str(line).unwrap();
                // Names in the order of the text: each stands where its quoted form first occurs.
                let mut names: Vec<&String> = object.keys().collect();
                names.sort_by_key(|name| line.find(&format!("{}:", serde_json::to_string(name).unwrap())));
                if table.is_empty() {
                    table.push(names.iter().map(|name| (*name).clone()).collect());
                }
                table.push(
                    names
                        .iter()
                        .map(|name| match &object[*name] {
                            serde_json::Value::Null => String::new(),
                            serde_json::Value::String(text) => text.clone(),
                            _ => raw[*name].get().to_owned(),
                        })
                        .collect(),
                );
            }
            table
        }
        Format::Parquet => {
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
            let names = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
            text_of(names, reader.build().unwrap().map(Result::unwrap))
        }
        Format::ArrowIpc => {
            let reader = arrow_ipc::reader::FileReader::try_new(File::open(path).unwrap(), None).unwrap();
            let names = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
            text_of(names, reader.map(Result::unwrap))
        }
    }
}

fn text_of(names: Vec<String>, batches: impl Iterator<Item = RecordBatch>) -> Vec<Vec<String>> {
    let mut table = vec![names];
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cell = |array: &ArrayRef| {
                let mut text = String::new();
                append_text(array.as_ref(), row, &mut text);
                text
            };
            table.push(batch.columns().iter().map(cell).collect());
        }
    }
    table
}

/// The cells of a CSV text without quotes, the header first.
pub fn records(csv: &str) -> Vec<Vec<String>> {
    csv.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// These cells as texts in any format; an empty one is missing.
pub fn text_bytes(format: Format, records: &[Vec<String>]) -> Vec<u8> {
    let (header, rows) = records.split_first().unwrap();
    let known = |cell: &String| Some(cell.clone()).filter(|cell| !cell.is_empty());
    match format {
        Format::Csv => records.iter().map(|row| row.join(",") + "\n").collect::<String>().into_bytes(),
        Format::Ndjson => {
            let object = |row: &Vec<String>| {
                let entries =
                    header.iter().zip(row).map(|(name, cell)| (name.clone(), known(cell).map_or(serde_json::Value::Null, Into::into)));
                serde_json::Value::Object(entries.collect()).to_string() + "\n"
            };
            rows.iter().map(object).collect::<String>().into_bytes()
        }
        Format::Parquet | Format::ArrowIpc => {
            let columns = header.iter().enumerate().map(|(index, name)| {
                let values: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| known(&row[index]))));
                (name.clone(), values)
            });
            let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, values)| (name, values, true))).unwrap();
            if format == Format::Parquet { parquet_bytes(&[batch]) } else { arrow_bytes(&[batch]) }
        }
    }
}
