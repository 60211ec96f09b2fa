//! A desk of inside sales whose leads are replayed: its policy but for the clocks, and what is read of the logs.

/// Bob works from one in the afternoon.
const DESK: &str = "leadwright 1

policy desk { timezone \"America/New_York\" }

team sales members ann, bob, cid on office except bob on late
calendar office { hours mon to fri 09:00 to 17:00 }
calendar late   { hours mon to fri 13:00 to 21:00 }

lead { id text key }

signal ask
signal call
signal moved

stage raw   owner sales  start
stage mql   owner sales
stage sal   owner sales
stage done  owner sales  final
";

/// The desk with these rows of its flow.
pub fn head(rows: &str) -> String {
    format!("{DESK}\nflow {{\n  {rows}\n}}\n")
}

/// Columns of a file, row by row.
pub fn columns(text: &str, names: &[&str]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let places: Vec<usize> =
        names.iter().map(|name| header.iter().position(|column| column == *name).unwrap_or_else(|| panic!("no {name}"))).collect();
    reader.records().map(|row| row.unwrap()).map(|row| places.iter().map(|place| row[*place].to_owned()).collect()).collect()
}
