//! What can end a run, each as one sentence.

use super::bind::BindError;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    #[error(transparent)]
    Bind(#[from] BindError),

    // --- input ---
    #[error("cannot read `{file}`: {reason}")]
    Read { file: String, reason: String },
    #[error("`{file}` is no {expected}: it is {is}{instead}")]
    WrongKind { file: String, expected: String, is: String, instead: String },
    #[error("standard input can be read only once: `-` stands for more than one file")]
    StandardInputTwice,
    #[error("`{file}` is empty: not even a line of column names is there")]
    NoHeader { file: String },
    #[error("the column names of `{file}` are not UTF-8; save the file as UTF-8")]
    HeaderNotUtf8 { file: String },
    #[error("a quote opened in line {line} of `{file}` is not closed")]
    OpenQuote { file: String, line: u64 },
    #[error("`{file}` has more than {limit} column names; name those to keep, as in `--keep key,state`")]
    TooManyColumns { file: String, limit: usize },
    #[error(
        "the column `{column}` first occurs in line {line} of `{file}`, when the columns of the output are fixed already; name it with `--keep`, or \
         give the leads as a file and not through a pipe"
    )]
    LateColumn { file: String, line: u64, column: String },
    #[error("line {line} of `{file}` begins a row of more than {limit} MiB{hint}")]
    RowTooLong { file: String, line: u64, limit: usize, hint: &'static str },
    #[error("`{file}` is damaged or no well-formed {format} file: {reason}")]
    Malformed { file: String, format: &'static str, reason: String },

    #[error("`{file}` is compressed with {codec}, which cannot be read; write it with snappy, zstd, gzip, lz4 or brotli")]
    Compression { file: String, codec: &'static str },

    #[error("`{file}` is {format} compressed with {codec} as a whole, which cannot be read; unpack it first")]
    Packed { file: String, format: &'static str, codec: &'static str },

    // --- policy ---
    #[error(transparent)]
    UnknownZone(#[from] crate::calendar::UnknownZone),
    #[error("the policy names no key: mark one of the lead's fields with `key`")]
    NoKeyField,
    #[error("the policy has no signals, so a file of them has no meaning")]
    NoSignals,
    #[error("the policy has no stages, so a stage log has no meaning")]
    NoStages,
    #[error("the policy cannot be compiled to machine code: {reason}")]
    Backend { reason: String },

    // --- tables given at run time ---
    #[error("`{file}` cannot be the table `{table}`: {mistakes}")]
    BadTable { file: String, table: String, mistakes: String },
    #[error("`{file}` has more than {limit} rows, too many for the table `{table}`")]
    TableTooLong { file: String, table: String, limit: usize },

    // --- rows ---
    #[error("{unit} {line} of `{file}` is bad: {reason}")]
    BadRow { file: String, unit: &'static str, line: u64, reason: String },

    /// a mistake of ours, checked at the end of every run
    #[error("{rows_in} rows were read but {rows_out} scored or rejected; nothing was written")]
    RowsLost { rows_in: u64, rows_out: u64 },

    /// of a file without a name that takes what does not fit in memory
    #[error("cannot {what} a temporary file: {reason}")]
    Temporary { what: &'static str, reason: String },

    /// a part of the run did not go on because another had failed, which is what is reported
    #[error("the run was stopped")]
    Stopped,

    // --- rotations ---
    #[error("the rotation state `{file}` cannot be used: {reason}")]
    RotationState { file: String, reason: String },

    // --- output ---
    #[error(
        "cannot tell the format of `{file}` by its name; let it end in .csv, .ndjson, .parquet or .arrow, or give it with `--output-format`"
    )]
    UnknownOutputFormat { file: String },
    #[error("cannot tell the format of the log `{file}` by its name; let it end in .csv, .ndjson, .parquet or .arrow")]
    UnknownLogFormat { file: String },
    #[error(
        "`{file}` would be {format} compressed with {codec} as a whole; {format} compresses what is in it: leave out the last extension"
    )]
    PackedOutput { file: String, format: &'static str, codec: &'static str },
    #[error("the list of bad cells `{file}` cannot be {format}; let its name end in .csv or .ndjson")]
    RejectsFormat { file: String, format: &'static str },
    #[error("cannot write `{file}`: {reason}")]
    Write { file: String, reason: String },
    #[error("`{file}` is a symbolic link; the output does not follow links: name the file itself")]
    OutputIsLink { file: String },
    #[error("`{file}` is no regular file")]
    OutputNotRegular { file: String },
    #[error("the {what} `{file}` is the input itself: name another file")]
    OutputIsInput { what: &'static str, file: String },
    #[error("the {first} and the {second} are the same file `{file}`: name another for one of them")]
    OutputTwice { first: &'static str, second: &'static str, file: String },
    /// the reader of standard output went away (`| head`)
    #[error("standard output was closed before everything was written")]
    BrokenPipe,
    #[error("the column `{column}` of type {ty} cannot be written as {format}; leave it out with `--keep`")]
    CannotKeep { column: String, ty: String, format: &'static str },
}
