//! Files of leads in, scored files out.
//!
//! Enters: a policy, its program, a file of leads (CSV, NDJSON, Parquet, Arrow IPC) and [`Options`]. Leaves: a scored file in any of
//! these formats and a [`Report`]. Always holds: every row of the file is scored or rejected with a reason
//! (`rows_in = rows_scored + rows_rejected`); rows keep their order; the same input gives the same bytes at any number of threads; memory
//! does not grow with the length of the file; an error leaves no output behind.
//!
//! What is decided here. The key is taken as it stands, never folded, and may occur twice; one of blanks alone is missing. Every field of the policy
//! that has a column is read and checked, used or not. A bad cell of `stage`, `stage_since` or `rest_until` always rejects its row. An answer keeps
//! its name in the output; a carried column of that name becomes `input.NAME`. Limits of text: a cell of 1 MiB, a row of 8 MiB; an Arrow file needs
//! memory for its largest batch. Parquet and Arrow from standard input are first copied to a temporary file.
//!
//! The way of a row: `read_*` split a file into chunks; `decode_*` turn a chunk into a [`lead_block::LeadBlock`], integers in the model's units;
//! `encode` makes of it the block that the program reads; a backend runs; `write_*` make text or arrays of the answers; `pipeline` holds
//! them together.

mod answer_text;
pub mod answering;
pub mod answers;
mod arrow_messages;
pub mod arrow_text;
pub mod bad;
pub mod bind;
pub mod cells;
mod coded_column;
pub mod compare;
mod compression;
pub mod csv_scan;
pub mod encode;
mod error;
pub mod find;
pub mod format;
pub mod guarded;
pub mod in_order;
pub mod interner;
pub mod json_line;
pub mod lead_block;
mod ndjson_lines;
pub mod number_summary;
pub mod observed;
pub mod output_file;
pub mod pipeline;
pub mod plan;
pub mod prepare;
pub mod read_arrow;
pub mod read_columns;
pub mod read_csv;
pub mod read_ndjson;
pub mod read_parquet;
pub mod read_table;
pub mod read_text;
pub mod rejects;
pub mod repeated;
pub mod replay;
pub mod report;
pub mod rotation_file;
pub mod rows;
mod shared_file;
pub mod signals;
pub mod sink;
pub mod source;
pub mod turns;
pub mod unfinished;
mod unpacked;
pub mod worker;
pub mod write_arrays;
pub mod write_csv;
pub mod write_ndjson;
mod write_parquet;

use std::path::{Path, PathBuf};

use crate::jit::{Blocks, Compiled};
use crate::program::Program;
use crate::rotation::state::State;

pub use bind::{BindError, Binding};
pub use error::BatchError;
pub use find::{Found, NotFound, find_lead};
pub use format::Format;
pub use output_file::write_text;
pub use pipeline::{binding, score, score_with};
pub use read_table::read_table;
pub use report::Report;
pub use signals::{HistoryReport, LeadHistory, history_of};

/// Signals in memory before any go to a file: some forty million small ones.
pub const SIGNAL_MEMORY: usize = 1 << 30;

/// How a file of leads is scored.
#[derive(Clone, Debug)]
pub struct Options {
    /// the instant at which the leads are looked at, in microseconds since the epoch
    pub as_of: i64,
    /// bind columns by the names of this system alone (and by the fields' own names)
    pub system: Option<String>,
    pub keep: Keep,
    pub on_bad_row: OnBadRow,
    /// where every bad cell is listed, as CSV
    pub rejects: Option<PathBuf>,
    /// files of signals, in the order that counts for signals at one instant
    pub signals: Vec<Input>,
    /// files that say through which stages leads went
    pub stage_log: Vec<Input>,
    /// where every row of these files that has no part is listed, as CSV
    pub rejects_signals: Option<PathBuf>,
    /// how many bytes of signals are kept in memory until they are sorted; the rest goes to a temporary file
    pub signal_memory: usize,
    /// whether it is to be known which leads have signals that are later than as-of
    pub keeps_later_keys: bool,
    /// scoring threads; with 1, everything runs on the caller's thread
    pub threads: usize,
    pub backend: Backend,
    /// what runs blocks of leads where the backend is machine code; instructions must be some that this machine has
    pub blocks: Blocks,
    /// in CSV, put `'` before text that a spreadsheet would take for a formula
    pub csv_formula_guard: bool,
    /// how many bad cells the report keeps
    pub bad_cells_shown: usize,
    /// turns of rotations go on from this state; the program must be lowered for it ([`crate::program::Turns::ByState`])
    pub rotation: Option<State>,
    /// the key of a lead whose turns the report tells in full
    pub watched: Option<String>,
}

impl Options {
    /// The defaults, at an instant.
    pub fn at(as_of: i64) -> Options {
        Options {
            as_of,
            system: None,
            keep: Keep::Key,
            on_bad_row: OnBadRow::Reject,
            rejects: None,
            signals: Vec::new(),
            stage_log: Vec::new(),
            rejects_signals: None,
            signal_memory: SIGNAL_MEMORY,
            keeps_later_keys: false,
            threads: 1,
            backend: Backend::Jit,
            blocks: Blocks::Best,
            csv_formula_guard: false,
            bad_cells_shown: 20,
            rotation: None,
            watched: None,
        }
    }
}

/// Which columns of the input a scored file carries through, unchanged, before the answers. The key is always among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    Key,
    All,
    /// by their names in the file, case and surrounding blanks ignored
    Columns(Vec<String>),
}

impl Keep {
    /// `all`, `key` or column names between commas; a name that has one stands in quotes, as in CSV.
    pub fn parse(text: &str) -> Keep {
        match text.trim() {
            "all" => Keep::All,
            "key" | "" => Keep::Key,
            names => Keep::Columns(names_in(names)),
        }
    }
}

/// The names between the commas of a list, none of them empty: `a, "b, c", "d ""e"""` has three.
fn names_in(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = list;
    while !rest.is_empty() {
        let quoted = rest.trim_start().strip_prefix('"').and_then(quoted_name);
        let (name, behind) = quoted.unwrap_or_else(|| {
            let (name, behind) = rest.split_once(',').unwrap_or((rest, ""));
            (name.trim().to_owned(), behind)
        });
        names.extend(Some(name).filter(|name| !name.is_empty()));
        rest = behind;
    }
    names
}

/// The name up to its closing quote, and what stands behind the comma that follows; none if neither a comma nor the end does.
fn quoted_name(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        if letter != '"' {
            name.push(letter);
        } else if letters.next_if(|(_, next)| *next == '"').is_some() {
            name.push('"');
        } else {
            let behind = text[at + 1..].trim_start();
            let rest = if behind.is_empty() { Some("") } else { behind.strip_prefix(',') };
            return rest.map(|rest| (name.trim().to_owned(), rest));
        }
    }
    None
}

/// What happens to a row with a cell that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnBadRow {
    /// the row is left out, counted and listed
    Reject,
    /// a bad cell of an optional field counts as missing; any other bad cell rejects the row
    Missing,
    /// the run ends with an error that names the first one
    Fail,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Jit,
    Interpret,
}

/// Machine code as the options ask for it.
pub(crate) fn compile(program: &Program, options: &Options) -> Result<Compiled, BatchError> {
    Compiled::for_blocks(program, options.blocks).map_err(|error| BatchError::Backend { reason: error.to_string() })
}

/// Where a file is: a path, or `-` for standard input and output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Path(PathBuf),
    Standard,
}

impl Place {
    pub fn parse(argument: &Path) -> Place {
        if argument == Path::new("-") { Place::Standard } else { Place::Path(argument.to_owned()) }
    }
}

/// A file of leads.
#[derive(Clone, Debug)]
pub struct Input {
    pub place: Place,
    /// none: by extension, or else by the first bytes
    pub format: Option<Format>,
}

/// A scored file.
#[derive(Clone, Debug)]
pub enum Output {
    /// score, and keep only the report
    Nowhere,
    /// `format` none: by extension; CSV on standard output
    To { place: Place, format: Option<Format> },
}

/// What a run is reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    #[default]
    Leads,
    Signals,
    StageLog,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub reading: Reading,
    pub rows: u64,
    pub bytes_read: u64,
    /// unknown for standard input
    pub bytes_total: Option<u64>,
    /// known for Parquet and Arrow files
    pub rows_total: Option<u64>,
}
