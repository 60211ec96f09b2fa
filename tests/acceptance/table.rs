//! CSV files as rows of named cells, all texts: what the tests compare.

use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn read(path: &Path) -> Table {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Table::parse(&bytes)
    }

    pub fn parse(bytes: &[u8]) -> Table {
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
        let rows = reader.records().map(|record| record.expect("a record").iter().map(str::to_owned).collect()).collect();
        Table { header, rows }
    }

    pub fn write(&self, path: &Path) {
        let mut writer = csv::Writer::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        writer.write_record(&self.header).expect("a header");
        for row in &self.rows {
            writer.write_record(row).expect("a record");
        }
        writer.flush().expect("the end of a file");
    }

    pub fn column(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap_or_else(|| panic!("no column `{name}` among {:?}", self.header))
    }

    pub fn cell(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.column(column)]
    }

    /// The cells of one column, top to bottom.
    pub fn cells(&self, column: &str) -> Vec<&str> {
        let column = self.column(column);
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }

    /// How often each value stands in a column.
    pub fn counts(&self, column: &str) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for cell in self.cells(column) {
            *counts.entry(cell).or_default() += 1;
        }
        counts
    }
}

/// A decimal as thousandths: `12.5` is 12,500. Finer digits would be lost, so they are refused.
pub fn thousandths(decimal: &str) -> i64 {
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, decimal),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let (kept, finer) = fraction.split_at(fraction.len().min(3));
    assert!(finer.bytes().all(|digit| digit == b'0'), "`{decimal}` is finer than a thousandth");
    let number = |digits: &str| digits.parse::<i64>().unwrap_or_else(|error| panic!("`{decimal}`: {error}"));
    sign * (number(whole) * 1_000 + number(&format!("{kept:0<3}")))
}
