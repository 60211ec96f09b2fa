//! The same leads in every format, in and out.

use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, Date64Array, DictionaryArray, Float64Array, Int8Array, LargeStringArray, RecordBatch, StringArray, StringViewArray,
    TimestampSecondArray, UInt64Array,
};
use arrow_schema::DataType;
use leadwright::batch::{Keep, OnBadRow};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::scene::{ANSWERS, FORMATS, Scene, extension, policy};
use super::tables::{self, arrow_bytes, arrow_stream_bytes, batch, parquet_bytes, read_back, rows};

#[test]
fn every_format_gives_the_same_answers_in_every_format() {
    let scene = Scene::new();
    let rows = rows(500, 3);
    let mut answers: Option<Vec<Vec<String>>> = None;
    for from in FORMATS {
        let input = scene.write(&format!("leads.{}", extension(from)), tables::bytes(from, &rows));
        for to in FORMATS {
            let output = scene.path(&format!("scored.{}", extension(to)));
            let report = scene.score(&input, &output).unwrap_or_else(|error| panic!("{from:?} to {to:?}: {error}"));
            assert_eq!((report.rows_in, report.rows_scored), (500, 500), "{from:?} to {to:?}: {:?}", report.bad_cells);
            let table = read_back(to, &output);
            assert_eq!(table[0].join(","), format!("lead_id,{ANSWERS}"));
            assert_eq!(table.len(), 501);
            match &answers {
                None => answers = Some(table),
                Some(answers) => assert_eq!(*answers, table, "{from:?} to {to:?}"),
            }
        }
    }
    let answers = answers.unwrap();
    for column in [3, 4, 5] {
        let different: std::collections::BTreeSet<&String> = answers[1..].iter().map(|row| &row[column]).collect();
        assert!(different.len() >= 2, "column {column} says nothing: {different:?}");
    }
}

#[test]
fn arrow_streams_and_packed_buffers_are_read() {
    let scene = Scene::new();
    let rows = rows(300, 4);
    scene.write("leads.csv", tables::csv_bytes(&rows));
    scene.score(&scene.path("leads.csv"), &scene.path("expected.csv")).unwrap();
    for compression in [None, Some(arrow_ipc::CompressionType::LZ4_FRAME), Some(arrow_ipc::CompressionType::ZSTD)] {
        let input = scene.write("leads.arrows", arrow_stream_bytes(&[batch(&rows[..100]), batch(&rows[100..])], compression));
        scene.score(&input, &scene.path("scored.csv")).unwrap();
        assert_eq!(scene.read("scored.csv"), scene.read("expected.csv"), "{compression:?}");
    }
}

#[test]
fn parquet_of_every_compression_is_read() {
    let scene = Scene::new();
    let rows = rows(300, 4);
    scene.write("leads.csv", tables::csv_bytes(&rows));
    scene.score(&scene.path("leads.csv"), &scene.path("expected.csv")).unwrap();
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(Default::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
        Compression::BROTLI(Default::default()),
    ];
    for compression in compressions {
        let mut bytes = Vec::new();
        let properties = WriterProperties::builder().set_compression(compression).build();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch(&rows).schema(), Some(properties)).unwrap();
        writer.write(&batch(&rows)).unwrap();
        writer.close().unwrap();
        let input = scene.write("leads.parquet", &bytes);
        scene.score(&input, &scene.path("scored.csv")).unwrap_or_else(|error| panic!("{compression:?}: {error}"));
        assert_eq!(scene.read("scored.csv"), scene.read("expected.csv"), "{compression:?}");
    }
}

#[test]
fn batches_of_any_size_keep_their_row_numbers() {
    let scene = Scene::new();
    let mut rows = rows(20_000, 5);
    rows[0].sites = 0;
    rows[9_000].sites = -1;
    rows[19_999].sites = 20_000;
    for content in [arrow_bytes(&[batch(&rows)]), arrow_bytes(&[batch(&rows[..9_500]), batch(&rows[9_500..])])] {
        let input = scene.write("leads.arrow", content);
        let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
        assert_eq!(report.bad_cells.iter().map(|cell| cell.line).collect::<Vec<_>>(), [1, 9_001, 20_000]);
        assert_eq!((report.rows_in, report.rows_scored, report.rows_rejected), (20_000, 19_997, 3));
    }
    let input = scene.write("leads.parquet", parquet_bytes(&[batch(&rows)]));
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    assert_eq!(report.bad_cells.iter().map(|cell| cell.line).collect::<Vec<_>>(), [1, 9_001, 20_000]);
}

#[test]
fn files_without_rows() {
    let scene = Scene::new();
    for from in FORMATS {
        let input = scene.write(&format!("leads.{}", extension(from)), tables::bytes(from, &[]));
        for to in FORMATS {
            let output = scene.path(&format!("scored.{}", extension(to)));
            let report = scene.score(&input, &output).unwrap_or_else(|error| panic!("{from:?} to {to:?}: {error}"));
            assert_eq!((report.rows_in, report.rows_scored, report.rows_rejected), (0, 0, 0));
            let table = read_back(to, &output);
            assert!(table.len() <= 1, "{from:?} to {to:?}: {table:?}");
            // Nor has a scored NDJSON file without rows a place for names.
            if to != leadwright::batch::Format::Ndjson {
                assert_eq!(table[0].join(","), format!("lead_id,{ANSWERS}"), "{from:?} to {to:?}");
            }
        }
    }
}

#[test]
fn scored_arrays_have_exact_types() {
    let scene = Scene::with_policy(policy(
        "leadwright 1\n\
         policy exact \"Exact\" { owner marketing timezone \"UTC\" }\n\
         team marketing \"Marketing\"\n\
         lead { id text key  beds whole 0..100 }\n\
         score fit from 0 to 100 { section all 100% { beds 100% { 50 or more 10   40 to 49 9   under 40 0.25 each } } }\n\
         score whole from 0 to 10 { section all 100% { beds 100% { 50 or more 1   under 50 0 } } }\n\
         decide status { hot when fit >= 50   cold otherwise }\n",
    ));
    let input = scene.write("leads.csv", "id,beds\na,50\nb,3\n");
    scene.score(&input, &scene.path("scored.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(scene.path("scored.parquet")).unwrap()).unwrap();
    let batch = reader.build().unwrap().next().unwrap().unwrap();
    let schema = batch.schema();
    let field = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    let fit = batch.column_by_name("fit").unwrap();
    assert!(matches!(field("fit"), DataType::Decimal128(18, 1)), "{}", field("fit"));
    assert_eq!(fit.as_primitive::<Decimal128Type>().values(), &[1000, 75]);
    assert_eq!(batch.column_by_name("whole").unwrap().as_primitive::<Int64Type>().values(), &[10, 0]);
    assert!(matches!(field("status"), DataType::Dictionary(..)));
    assert_eq!(
        read_back(leadwright::batch::Format::Parquet, &scene.path("scored.parquet"))[1..],
        [["a", "100.0", "100.0", "10", "10", "hot"], ["b", "7.5", "7.5", "0", "0", "cold"]]
    );
    scene.score(&input, &scene.path("scored.ndjson")).unwrap();
    assert!(scene.read("scored.ndjson").contains("\"fit\":7.5,"), "{}", scene.read("scored.ndjson"));
}

/// Values of other types than one expects, and the bad ones among them.
#[test]
fn unusual_types_of_arrays() {
    let scene = Scene::new().with(|options| options.on_bad_row = OnBadRow::Reject);
    let keys: ArrayRef = Arc::new(UInt64Array::from(vec![1, 2, 3, u64::MAX]));
    let kind = DictionaryArray::<arrow_array::types::UInt8Type>::from_iter([Some("clinic"), Some("klinik"), None, Some("clinic")]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("lead_id", keys),
        ("kind", Arc::new(kind)),
        ("sites", Arc::new(Int8Array::from(vec![1, 2, 3, 4]))),
        ("beds", Arc::new(UInt64Array::from(vec![Some(7), None, Some(u64::MAX), Some(50_000)]))),
        ("rating", Arc::new(LargeStringArray::from(vec!["4.5", "4.55", "4.555", "x"]))),
        ("need_by", Arc::new(Date64Array::from(vec![Some(0), None, None, Some(86_400_001)]))),
        ("state", Arc::new(StringViewArray::from(vec![Some("ak"), None, Some(""), Some("a string that is longer than twelve")]))),
        ("budget", Arc::new(Int8Array::from(vec![Some(1), Some(0), None, Some(2)]))),
        ("note", Arc::new(arrow_array::BinaryArray::from(vec![&b"ok"[..], b"fine", b"\xFF", b""]))),
    ];
    let input = scene.write(
        "leads.arrow",
        arrow_bytes(&[RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()]),
    );
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    let said: Vec<(u64, String, String)> =
        report.bad_cells.iter().map(|cell| (cell.line, cell.key.clone(), cell.sentence(scene.policy.model()))).collect();
    let expect = |line: u64, key: &str, sentence: &str| (line, key.to_owned(), sentence.to_owned());
    assert_eq!(
        said,
        [
            expect(2, "2", "column `kind`: `klinik` is not a choice of `kind`; did you mean `clinic`"),
            expect(3, "3", "column `kind`: the required field `kind` is empty"),
            expect(3, "3", "column `beds`: `18446744073709551615` is beyond what can be counted (64 bits)"),
            expect(3, "3", "column `rating`: `4.555` has more than the 2 decimal places that the field keeps"),
            expect(3, "3", "column `note`: `\u{FFFD}` is not UTF-8"),
            expect(4, "18446744073709551615", "column `rating`: `x` is not a number"),
            expect(
                4,
                "18446744073709551615",
                "column `need_by`: `1970-01-02T00:00:00.001000` is a moment, not a day: its time of day would be lost"
            ),
            expect(4, "18446744073709551615", "column `budget`: `2` is neither yes nor no"),
        ]
    );
    assert_eq!((report.rows_scored, report.rows_rejected), (1, 3));
}

/// What cannot be read is shown as it is, not as something else.
#[test]
fn numbers_and_times_beyond_all_bounds_are_shown() {
    let scene = Scene::new();
    let text = |values: [&str; 4]| -> ArrayRef { Arc::new(StringArray::from(values.to_vec())) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("lead_id", text(["1", "2", "3", "4"])),
        ("kind", text(["clinic"; 4])),
        ("sites", Arc::new(Int8Array::from(vec![1; 4]))),
        ("rating", Arc::new(Float64Array::from(vec![f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 4.5]))),
        ("seen", Arc::new(TimestampSecondArray::from(vec![None, None, None, Some(i64::MAX)]))),
    ];
    let input = scene.write("leads.arrow", arrow_bytes(&[RecordBatch::try_from_iter(columns).unwrap()]));
    let report = scene.score(&input, &scene.path("scored.csv")).unwrap();
    let said: Vec<String> = report.bad_cells.iter().map(|cell| cell.sentence(scene.policy.model())).collect();
    assert_eq!(
        said,
        [
            "column `rating`: `inf` is not a number",
            "column `rating`: `-inf` is not a number",
            "column `rating`: `NaN` is not a number",
            "column `seen`: `9223372036854775807 seconds since 1970` is no time of the calendar",
        ]
    );
}

#[test]
fn sixteen_bits_are_too_coarse() {
    let scene = Scene::new();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("lead_id", Arc::new(StringArray::from(vec!["1"]))),
        ("kind", Arc::new(StringArray::from(vec!["clinic"]))),
        ("sites", Arc::new(Int8Array::from(vec![1]))),
        ("rating", arrow_array::new_null_array(&DataType::Float16, 1)),
    ];
    assert_eq!(
        scene.refusal("leads.arrow", arrow_bytes(&[RecordBatch::try_from_iter(columns).unwrap()])),
        "the column `rating` of `leads.arrow` holds floating-point numbers of 16 bits (only those of 32 and 64 are read), which cannot give the \
         field `rating` (a number)"
    );
}

#[test]
fn carried_arrays_come_out_as_they_went_in() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let mut rows = rows(100, 6);
    rows[50].sites = 0;
    let input = scene.write("leads.parquet", parquet_bytes(&[batch(&rows)]));
    scene.score(&input, &scene.path("scored.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(scene.path("scored.parquet")).unwrap()).unwrap();
    let scored = reader.build().unwrap().next().unwrap().unwrap();
    rows.remove(50);
    let expected = batch(&rows);
    for field in expected.schema().fields() {
        let (was, is) = (expected.column_by_name(field.name()).unwrap(), scored.column_by_name(field.name()).unwrap());
        match was.data_type() {
            DataType::Dictionary(..) => {
                assert_eq!(was.data_type(), is.data_type(), "{}", field.name());
                assert_eq!(undictionaried(was), undictionaried(is), "{}", field.name());
            }
            _ => assert_eq!(was, is, "{}", field.name()),
        }
    }
}

fn undictionaried(array: &ArrayRef) -> StringArray {
    array.as_dictionary::<arrow_array::types::Int32Type>().downcast_dict::<StringArray>().unwrap().into_iter().collect()
}

/// A file of Arrow has one dictionary for a column, a Parquet file one for each part.
#[test]
fn dictionaries_that_differ_from_batch_to_batch_are_carried() {
    let scene = Scene::new().with(|options| options.keep = Keep::All);
    let part = |key: &str, note: &str| {
        let kind: arrow_array::DictionaryArray<arrow_array::types::Int32Type> = ["clinic"].into_iter().collect();
        let extra: arrow_array::DictionaryArray<arrow_array::types::Int32Type> = [note].into_iter().collect();
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("lead_id", Arc::new(StringArray::from(vec![key]))),
            ("kind", Arc::new(kind)),
            ("sites", Arc::new(Int8Array::from(vec![1]))),
            ("extra", Arc::new(extra)),
        ];
        RecordBatch::try_from_iter(columns).unwrap()
    };
    let input = scene.write("leads.arrow", super::tables::arrow_stream_bytes(&[part("a", "one"), part("b", "two")], None));
    scene.score(&input, &scene.path("scored.parquet")).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(scene.path("scored.parquet")).unwrap()).unwrap().build().unwrap();
    let scored: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    let notes: Vec<StringArray> = scored.iter().map(|batch| undictionaried(batch.column_by_name("extra").unwrap())).collect();
    let notes: Vec<Option<&str>> = notes.iter().flatten().collect();
    assert_eq!(notes, [Some("one"), Some("two")]);
    scene.score(&input, &scene.path("scored.arrow")).unwrap();
    let reader = arrow_ipc::reader::FileReader::try_new(File::open(scene.path("scored.arrow")).unwrap(), None).unwrap();
    assert_eq!(reader.schema().field_with_name("extra").unwrap().data_type(), &DataType::Utf8);
    assert_eq!(reader.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 2);
}
