//! Makes a file of leads for `examples/medbank`: as large as asked for, and the same for the same seed.
//!
//! ```text
//! cargo run --example generate_leads -- --rows 4000 --seed 7 > examples/medbank/leads.csv
//! ```
//!
//! Enters: how many rows, and a seed. Leaves: CSV on standard output, as an export of a CRM looks: choices spelt in several ways,
//! optional fields empty at plausible rates, and about one row in two hundred that no policy can read, each for another reason.
//! Holds: a longer file begins with the shorter one; every organisation is made up.

mod lead;
mod random;
mod row;
mod words;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use random::Random;

fn main() -> ExitCode {
    let (rows, seed) = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\nusage: generate_leads [--rows N] [--seed N]");
            return ExitCode::from(2);
        }
    };
    match write_leads(rows, seed, BufWriter::with_capacity(1 << 20, io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        // whoever read the pipe has seen enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the leads cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<(u64, u64), String> {
    let (mut rows, mut seed) = (4_000, 7);
    while let Some(name) = arguments.next() {
        let slot = match name.as_str() {
            "--rows" => &mut rows,
            "--seed" => &mut seed,
            _ => return Err(format!("`{name}` is not an option")),
        };
        let value = arguments.next().unwrap_or_default();
        *slot = value.parse().map_err(|_| format!("`{name}` needs a whole number, not `{value}`"))?;
    }
    Ok((rows, seed))
}

fn write_leads(rows: u64, seed: u64, mut out: impl Write) -> io::Result<()> {
    let mut random = Random::new(seed);
    let days = row::Days::new();
    let mut line = Vec::with_capacity(512);
    writeln!(out, "{}", row::HEADER)?;
    for number in 0..rows {
        line.clear();
        row::write(&mut random, &days, number, &mut line)?;
        out.write_all(&line)?;
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_file_is_what_the_program_makes() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/medbank/leads.csv");
        let committed = std::fs::read(path).expect("examples/medbank/leads.csv is there");
        let mut made = Vec::new();
        write_leads(4_000, 7, &mut made).expect("memory takes everything");
        assert!(
            made == committed,
            "leads.csv is out of date: cargo run --example generate_leads -- --rows 4000 --seed 7 > examples/medbank/leads.csv"
        );
    }

    #[test]
    fn a_longer_file_begins_with_the_shorter_one() {
        let (mut short, mut long) = (Vec::new(), Vec::new());
        write_leads(50, 3, &mut short).expect("memory takes everything");
        write_leads(500, 3, &mut long).expect("memory takes everything");
        assert!(long.starts_with(&short));
        assert!(long.len() > short.len());
    }

    #[test]
    fn another_seed_makes_other_leads() {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        write_leads(50, 1, &mut one).expect("memory takes everything");
        write_leads(50, 2, &mut other).expect("memory takes everything");
        assert!(one != other);
    }

    #[test]
    fn every_line_has_every_column() {
        let mut made = Vec::new();
        write_leads(2_000, 11, &mut made).expect("memory takes everything");
        let mut reader = csv::Reader::from_reader(made.as_slice());
        assert_eq!(reader.headers().expect("a header").len(), 33);
        let lines = reader.records().inspect(|record| assert!(record.is_ok(), "{record:?}")).count();
        assert_eq!(lines, 2_000);
    }
}
