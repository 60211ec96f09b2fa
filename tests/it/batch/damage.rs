//! Damaged files end in one clear error, whatever is damaged.

use std::panic::{AssertUnwindSafe, catch_unwind};

use leadwright::batch::BatchError;

use super::scene::Scene;
use super::tables::{arrow_bytes, arrow_stream_bytes, batch, parquet_bytes, rows};
use crate::support::random::Random;

/// Scores damaged versions of a file; each is read or refused, and the rows add up.
fn damage(name: &str, whole: &[u8], rounds: usize, seed: u64) {
    let scenes = [1, 3].map(|threads| Scene::new().with(|options| options.threads = threads));
    let mut random = Random::new(seed);
    let mut refused = 0;
    for round in 0..rounds {
        let scene = &scenes[round % 2];
        let mut bytes = whole.to_vec();
        match random.below(3) {
            0 => bytes.truncate(random.below(whole.len())),
            1 => {
                for _ in 0..1 + random.below(4) {
                    let place = random.below(bytes.len());
                    let any = random.next() as u8;
                    bytes[place] = *random.pick(&[0, 0xFF, 0x7F, 0x80, 1, b'"', any]);
                }
            }
            // Metadata stands at the end.
            _ => {
                let place = bytes.len() - 1 - random.below(bytes.len().min(600));
                bytes[place] ^= 1 << random.below(8);
            }
        }
        let input = scene.write(name, &bytes);
        let result = catch_unwind(AssertUnwindSafe(|| scene.score(&input, &scene.path("scored.csv"))));
        match result.unwrap_or_else(|_| panic!("round {round} of {name} panicked")) {
            Ok(report) => assert_eq!(report.rows_in, report.rows_scored + report.rows_rejected),
            Err(BatchError::Malformed { reason, .. }) => {
                assert!(!reason.contains('\n') && !reason.is_empty());
                // the decoder's own words are for programmers
                assert!(["Error", "error", "Parquet", "Arrow", "::"].iter().all(|word| !reason.contains(word)), "{reason}");
                refused += 1;
            }
            Err(_) => {}
        }
    }
    if name.ends_with("parquet") || name.contains("arrow") {
        assert!(refused > rounds / 10, "{refused} of {rounds} damaged versions of {name} were refused");
    }
}

#[test]
fn damaged_parquet() {
    damage("leads.parquet", &parquet_bytes(&[batch(&rows(40, 1))]), 400, 11);
}

#[test]
fn damaged_arrow() {
    let rows = rows(40, 1);
    damage("leads.arrow", &arrow_bytes(&[batch(&rows)]), 400, 12);
    damage("leads.arrows", &arrow_stream_bytes(&[batch(&rows)], None), 250, 13);
    damage("leads.arrows", &arrow_stream_bytes(&[batch(&rows)], Some(arrow_ipc::CompressionType::LZ4_FRAME)), 250, 14);
    damage("leads.arrows", &arrow_stream_bytes(&[batch(&rows)], Some(arrow_ipc::CompressionType::ZSTD)), 250, 15);
}

#[test]
fn damaged_text() {
    let rows = rows(40, 1);
    damage("leads.csv", &super::tables::csv_bytes(&rows), 400, 16);
    damage("leads.ndjson", &super::tables::ndjson_bytes(&rows), 400, 17);
}

#[test]
fn files_that_were_cut_off() {
    let scene = Scene::new();
    let rows = rows(40, 1);
    let parquet = parquet_bytes(&[batch(&rows)]);
    let said = scene.refusal("leads.parquet", &parquet[..parquet.len() - 3]);
    let damaged = "`leads.parquet` is damaged or no well-formed Parquet file: ";
    assert_eq!(said, format!("{damaged}it has no footer, so it was cut off or never completed"));
    let short = scene.refusal("leads.parquet", [b"PAR1".as_slice(), &[0xff; 12], b"PAR1"].concat());
    assert_eq!(short, format!("{damaged}it ends too early, so it was cut off, or says wrong sizes"));
    let arrow = arrow_bytes(&[batch(&rows)]);
    assert_eq!(
        scene.refusal("leads.arrow", &arrow[..arrow.len() - 3]),
        "`leads.arrow` is damaged or no well-formed Arrow IPC file: it has no footer, so it was cut off or never completed"
    );
    // ten bytes that ask for gigabytes
    assert_eq!(
        scene.refusal("leads.arrow", [b"ARROW1\0\0".as_slice(), &i32::MAX.to_le_bytes(), b"ARROW1"].concat()),
        "`leads.arrow` is damaged or no well-formed Arrow IPC file: its footer is too long"
    );
}
