//! Makes files of leads and of signals for `examples/medbank`: as large as asked for, and the same for the same seed.
//!
//! ```text
//! cargo run --example generate_leads -- --rows 4000 --seed 7 > examples/medbank/leads.csv
//! cargo run --example generate_leads -- --rows 4000 --seed 7 --signals > examples/medbank/signals.csv
//! ```
//!
//! Enters: how many leads, and a seed. Leaves: CSV on standard output, as an export of a CRM looks: choices spelt in several ways,
//! optional fields empty at plausible rates, and about one row in two hundred that no policy can read, each for another reason.
//! Holds: a longer file begins with the shorter one; every organisation is made up.

mod lead;
mod random;
mod row;
mod signals;
mod words;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use random::Random;

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("{message}\nusage: generate_leads [--rows N] [--seed N] [--signals]");
            return ExitCode::from(2);
        }
    };
    match write(&options, BufWriter::with_capacity(1 << 20, io::stdout().lock())) {
        Ok(()) => ExitCode::SUCCESS,
        // whoever read the pipe has seen enough
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the leads cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Options {
    leads: u64,
    seed: u64,
    /// the leads' signals instead of the leads
    signals: bool,
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { leads: 4_000, seed: 7, signals: false };
    while let Some(name) = arguments.next() {
        let slot = match name.as_str() {
            "--rows" => &mut options.leads,
            "--seed" => &mut options.seed,
            "--signals" => {
                options.signals = true;
                continue;
            }
            _ => return Err(format!("`{name}` is not an option")),
        };
        let value = arguments.next().unwrap_or_default();
        *slot = value.parse().map_err(|_| format!("`{name}` needs a whole number, not `{value}`"))?;
    }
    Ok(options)
}

fn write(options: &Options, mut out: impl Write) -> io::Result<()> {
    let mut random = Random::new(options.seed);
    let days = row::Days::new();
    let (mut line, mut signals) = (Vec::with_capacity(512), Vec::new());
    writeln!(out, "{}", if options.signals { signals::HEADER } else { row::HEADER })?;
    for number in 0..options.leads {
        line.clear();
        let lead = row::write(&mut random, &days, number, &mut line)?;
        if options.signals {
            // of its own, so that the leads are the same with signals and without
            let mut random = Random::new(options.seed ^ (number << 20));
            signals.clear();
            signals::write(&mut random, &days, &row::key(number), &lead, &mut signals)?;
            out.write_all(&signals)?;
        } else {
            out.write_all(&line)?;
        }
    }
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_files_are_what_the_program_makes() {
        for (name, signals) in [("leads.csv", false), ("signals.csv", true)] {
            let path = format!("{}/examples/medbank/{name}", env!("CARGO_MANIFEST_DIR"));
            let committed = std::fs::read(path).expect("the file is there");
            let flag = if signals { " --signals" } else { "" };
            assert!(
                made(4_000, 7, signals) == committed,
                "{name} is out of date: cargo run --example generate_leads -- --rows 4000 --seed 7{flag} > examples/medbank/{name}"
            );
        }
    }

    fn made(leads: u64, seed: u64, signals: bool) -> Vec<u8> {
        let mut made = Vec::new();
        write(&Options { leads, seed, signals }, &mut made).expect("memory takes everything");
        made
    }

    #[test]
    fn a_longer_file_begins_with_the_shorter_one() {
        for signals in [false, true] {
            let (short, long) = (made(50, 3, signals), made(500, 3, signals));
            assert!(long.starts_with(&short));
            assert!(long.len() > short.len());
        }
    }

    #[test]
    fn another_seed_makes_other_leads() {
        assert!(made(50, 1, false) != made(50, 2, false));
        assert!(made(50, 1, true) != made(50, 2, true));
    }

    #[test]
    fn every_line_has_every_column() {
        let made = made(2_000, 11, false);
        let mut reader = csv::Reader::from_reader(made.as_slice());
        assert_eq!(reader.headers().expect("a header").len(), 23);
        let lines = reader.records().inspect(|record| assert!(record.is_ok(), "{record:?}")).count();
        assert_eq!(lines, 2_000);
    }
}
