//! What the tests run: the program itself, and the answers from outside.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Decimal128Array, RecordBatch, StringArray};
use jiff::civil::Date;
use parquet::arrow::ArrowWriter;

use crate::table::{Table, thousandths};

/// The folder of the test data, or none if the tests that need it are to be skipped.
pub fn data() -> Option<PathBuf> {
    let named = std::env::var_os("LEADWRIGHT_DATA").map(PathBuf::from);
    match named {
        Some(folder) if folder.is_dir() => Some(folder),
        Some(folder) => panic!("LEADWRIGHT_DATA names `{}`, which is no folder", folder.display()),
        None if must_run() => panic!("LEADWRIGHT_DATA is not set"),
        None => {
            eprintln!("skipped: LEADWRIGHT_DATA names no folder of test data");
            None
        }
    }
}

/// Whether `python3` is there; the tests that need it are skipped without.
pub fn python_is_there() -> bool {
    let there = Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        assert!(!must_run(), "there is no `python3`");
        eprintln!("skipped: there is no `python3`");
    }
    there
}

fn must_run() -> bool {
    std::env::var_os("CI").is_some()
}

pub fn acceptance(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/acceptance").join(path)
}

pub fn policy(name: &str) -> PathBuf {
    acceptance("policies").join(name)
}

/// What a script prints, as a table.
pub fn python(script: &str, arguments: &[String]) -> Table {
    let output = Command::new("python3").arg(acceptance(script)).args(arguments).output().expect("python3 runs");
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
    Table::parse(&output.stdout)
}

/// One run of `leadwright score`.
pub struct Scoring<'a> {
    pub policy: &'a Path,
    pub input: &'a Path,
    pub as_of: &'a str,
    /// further arguments
    pub with: &'a [&'a str],
}

impl Scoring<'_> {
    /// The scored file, which must be the same on both backends and with several threads.
    pub fn run(&self, folder: &Path) -> Table {
        let scored = self.run_on(folder, "interpret", "1");
        for (backend, threads) in [("jit", "1"), ("jit", "3")] {
            assert!(
                scored == self.run_on(folder, backend, threads),
                "{}: {backend} with {threads} threads gives other bytes than the interpreter",
                self.policy.display()
            );
        }
        Table::parse(&scored)
    }

    fn run_on(&self, folder: &Path, backend: &str, threads: &str) -> Vec<u8> {
        let scored = folder.join(format!("scored-{backend}-{threads}.csv"));
        self.leadwright(&scored, &["--backend", backend, "--threads", threads]);
        std::fs::read(&scored).expect("a scored file")
    }

    /// Scores into a file of any format.
    pub fn leadwright(&self, scored: &Path, with: &[&str]) -> Output {
        let output = leadwright(|command| {
            command.arg("score").arg(self.policy).arg(self.input).arg("-o").arg(scored);
            command.args(["--as-of", self.as_of]).args(self.with).args(with);
        });
        assert!(
            output.status.success(),
            "leadwright score {} {}: {}\n{}",
            self.policy.display(),
            self.input.display(),
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }
}

pub fn leadwright(arguments: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadwright"));
    command.env("NO_COLOR", "1");
    arguments(&mut command);
    command.output().expect("leadwright runs")
}

/// Holds two tables against each other, row by row; `what` gives one row of what is to be equal. Shows the first differences.
pub fn assert_same<T: PartialEq + std::fmt::Debug>(scored: &[T], expected: &[T]) {
    assert_eq!(scored.len(), expected.len(), "number of rows");
    let different: Vec<usize> = (0..scored.len()).filter(|row| scored[*row] != expected[*row]).collect();
    if let Some(shown) = different.get(..different.len().min(5)).filter(|shown| !shown.is_empty()) {
        let lines: Vec<String> =
            shown.iter().map(|row| format!("row {}: {:?}, but expected {:?}", row + 1, scored[*row], expected[*row])).collect();
        panic!("{} of {} rows differ\n{}", different.len(), scored.len(), lines.join("\n"));
    }
}

/// Writes a table as Parquet: the columns named in `days` as dates, those in `amounts` as decimals with two places, all others as texts.
/// An empty cell is null.
pub fn write_parquet(table: &Table, days: &[&str], amounts: &[&str], path: &Path) {
    let cells =
        |column: &String| table.cells(column).into_iter().map(|cell| Some(cell).filter(|cell| !cell.is_empty())).collect::<Vec<_>>();
    let arrays = table.header.iter().map(|column| {
        let cells = cells(column);
        let array: ArrayRef = if days.contains(&column.as_str()) {
            Arc::new(cells.into_iter().map(|cell| cell.map(day_number)).collect::<Date32Array>())
        } else if amounts.contains(&column.as_str()) {
            let hundredths = cells.into_iter().map(|cell| cell.map(|cell| i128::from(thousandths(cell) / 10)));
            Arc::new(hundredths.collect::<Decimal128Array>().with_precision_and_scale(18, 2).expect("18 digits"))
        } else {
            Arc::new(cells.into_iter().collect::<StringArray>())
        };
        (column, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(arrays).expect("columns of one length");
    let file = std::fs::File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a schema");
    writer.write(&batch).expect("rows");
    writer.close().expect("the end of a file");
}

/// Days since 1970-01-01.
fn day_number(cell: &str) -> i32 {
    let day: Date = cell.parse().unwrap_or_else(|error| panic!("`{cell}`: {error}"));
    day.since(Date::constant(1970, 1, 1)).expect("days").get_days()
}
