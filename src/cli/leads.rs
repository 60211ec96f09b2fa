//! Options of every command that reads a file of leads.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::as_of::as_of;
use super::outcome::Misuse;
use crate::batch::{self, Format, Input, OnBadRow, Options, Place};
use crate::model::Policy;
use crate::record;

#[derive(Args, Debug)]
pub struct LeadArguments {
    /// A file of leads: CSV, NDJSON, Parquet or Arrow IPC; `-` is standard input
    leads: PathBuf,

    #[command(flatten)]
    reading: ReadingArguments,
}

/// How leads and their signals are read.
#[derive(Args, Debug)]
pub struct ReadingArguments {
    /// Format of the leads, if the file's name does not tell: csv, ndjson, parquet, arrow
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,

    /// When the leads are looked at: a date or a time, in the policy's zone [default: now]
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,

    /// Bind columns by the names that fields have in this system
    #[arg(long, value_name = "NAME")]
    system: Option<String>,

    /// Files of signals: CSV, NDJSON, Parquet or Arrow IPC, in any order of time
    #[arg(long, value_name = "FILE", num_args = 1..)]
    signals: Vec<PathBuf>,

    /// Format of the files of signals, if their names do not tell
    #[arg(long, value_name = "FORMAT", value_parser = format, requires = "signals")]
    signals_format: Option<Format>,

    /// Files that say through which stages leads went: the stage log that `replay` writes
    #[arg(long, value_name = "FILE", num_args = 1..)]
    stage_log: Vec<PathBuf>,

    /// What to do with a lead or a signal that has a cell that cannot be read
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = BadRow::Reject)]
    on_bad_row: BadRow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum BadRow {
    /// leave it out, and count it
    Reject,
    /// take the cell as missing if its field is optional
    Missing,
    /// stop at the first
    Fail,
}

impl From<BadRow> for OnBadRow {
    fn from(what: BadRow) -> OnBadRow {
        match what {
            BadRow::Reject => OnBadRow::Reject,
            BadRow::Missing => OnBadRow::Missing,
            BadRow::Fail => OnBadRow::Fail,
        }
    }
}

pub fn format(name: &str) -> Result<Format, String> {
    Format::from_name(name).ok_or_else(|| "it is csv, ndjson, parquet or arrow".to_string())
}

impl LeadArguments {
    pub fn input(&self) -> Input {
        self.reading.input(&self.leads)
    }

    pub fn as_of_is_given(&self) -> bool {
        self.reading.as_of_is_given()
    }

    /// What these arguments say; the rest is default.
    pub fn options(&self, policy: &Policy) -> Result<Options, Misuse> {
        self.reading.options(policy)
    }
}

impl ReadingArguments {
    pub fn input(&self, leads: &Path) -> Input {
        Input { place: Place::parse(leads), format: self.format }
    }

    pub fn as_of_is_given(&self) -> bool {
        self.as_of.is_some()
    }

    /// The first option that says something, for commands that may have no leads.
    pub fn given(&self) -> Option<&'static str> {
        let options = [
            ("--format", self.format.is_some()),
            ("--as-of", self.as_of.is_some()),
            ("--system", self.system.is_some()),
            ("--signals", !self.signals.is_empty()),
            ("--stage-log", !self.stage_log.is_empty()),
        ];
        options.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }

    /// What these arguments say; the rest is default.
    pub fn options(&self, policy: &Policy) -> Result<Options, Misuse> {
        let zone = record::zone(policy).map_err(|error| Misuse::new(error.to_string()))?;
        let mut options = batch::Options::at(as_of(self.as_of.as_deref(), &zone)?);
        options.system = self.system.clone();
        let input = |path: &PathBuf, format| Input { place: Place::parse(path), format };
        options.signals = self.signals.iter().map(|path| input(path, self.signals_format)).collect();
        options.stage_log = self.stage_log.iter().map(|path| input(path, None)).collect();
        options.on_bad_row = self.on_bad_row.into();
        Ok(options)
    }
}
