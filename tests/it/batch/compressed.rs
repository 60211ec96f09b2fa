//! Files compressed as a whole, in and out.

use std::fs;
use std::io::{Read, Write};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use leadwright::batch::Format;

use super::scene::{Scene, extension};
use super::tables::{self, read_back, rows};

const ENDINGS: [&str; 2] = ["gz", "zst"];
const TEXTS: [Format; 2] = [Format::Csv, Format::Ndjson];

fn packed(ending: &str, bytes: &[u8]) -> Vec<u8> {
    if ending == "zst" {
        return zstd::encode_all(bytes, 3).unwrap();
    }
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn unpacked(ending: &str, bytes: &[u8]) -> Vec<u8> {
    if ending == "zst" {
        return zstd::decode_all(bytes).unwrap();
    }
    let mut inside = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut inside).unwrap();
    inside
}

#[test]
fn packed_leads_give_the_answers_of_plain_ones() {
    let scene = Scene::new();
    let rows = rows(3_000, 5);
    for format in TEXTS {
        let name = extension(format);
        let bytes = tables::bytes(format, &rows);
        let (plain, expected) = (scene.write(&format!("leads.{name}"), &bytes), scene.path(&format!("plain.{name}")));
        scene.score(&plain, &expected).unwrap();
        let expected = fs::read(expected).unwrap();
        for ending in ENDINGS {
            let input = scene.write(&format!("leads.{name}.{ending}"), packed(ending, &bytes));
            let output = scene.path(&format!("scored.{name}.{ending}"));
            let report = scene.score(&input, &output).unwrap();
            assert_eq!((report.rows_in, report.rows_scored), (3_000, 3_000));
            let written = fs::read(&output).unwrap();
            assert!(written.len() < expected.len() / 2, "{name}.{ending} is not packed: {} bytes", written.len());
            assert_eq!(unpacked(ending, &written), expected, "{name}.{ending}");
            // what is packed twice is the same file
            scene.score(&input, &output).unwrap();
            assert_eq!(fs::read(&output).unwrap(), written, "{name}.{ending}");
        }
    }
}

#[test]
fn the_content_says_that_a_file_is_packed() {
    let scene = Scene::new();
    let bytes = tables::bytes(Format::Csv, &rows(40, 5));
    let (first, second) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap() + 20);
    for ending in ENDINGS {
        // two members, as tools leave them that append
        let input = scene.write("leads.csv", [packed(ending, first), packed(ending, second)].concat());
        let output = scene.path("scored.parquet");
        assert_eq!(scene.score(&input, &output).unwrap().rows_scored, 40, "{ending}");
        assert_eq!(read_back(Format::Parquet, &output).len(), 41);
    }
}

#[test]
fn damaged_and_cut_off_files_end_in_one_sentence() {
    let scene = Scene::new();
    let bytes = tables::bytes(Format::Csv, &rows(3_000, 5));
    for (ending, codec) in [("gz", "gzip"), ("zst", "zstd")] {
        let whole = packed(ending, &bytes);
        let name = format!("leads.csv.{ending}");
        for length in [5, whole.len() / 2, whole.len() - 1] {
            let sentence = scene.refusal(&name, &whole[..length]);
            assert_eq!(sentence, format!("cannot read `{name}`: its {codec} data ends too early"), "{length} of {}", whole.len());
        }
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 0x55;
        flipped[whole.len() / 2 + 1] ^= 0x55;
        assert_eq!(scene.refusal(&name, &flipped), format!("cannot read `{name}`: its {codec} data is damaged"));
    }
}

#[test]
fn arrays_are_not_packed_once_more() {
    let scene = Scene::new();
    let rows = rows(10, 5);
    for (format, title) in [(Format::Parquet, "Parquet"), (Format::ArrowIpc, "Arrow IPC")] {
        let name = format!("leads.{}.gz", extension(format));
        assert_eq!(
            scene.refusal(&name, packed("gz", &tables::bytes(format, &rows))),
            format!("`{name}` is {title} compressed with gzip as a whole, which cannot be read; unpack it first")
        );
        let input = scene.write("leads.csv", tables::bytes(Format::Csv, &rows));
        let output = scene.path(&format!("scored.{}.zst", extension(format)));
        let sentence = scene.score(&input, &output).unwrap_err().to_string();
        let rest =
            format!("would be {title} compressed with zstd as a whole; {title} compresses what is in it: leave out the last extension");
        assert!(sentence.ends_with(&rest), "{sentence}");
        assert!(!output.exists());
    }
}
