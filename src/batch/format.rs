//! The formats of files of leads.
//!
//! Enters: a file's name, the format that a user asked for, and the file's first bytes. Leaves: a [`Format`], or one sentence that says
//! what the file is instead. Always holds: what is read as text is not an archive, a spreadsheet, a compressed file or UTF-16.

use std::path::Path;

use super::compression::Compression;
use super::error::BatchError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    Csv,
    Ndjson,
    Parquet,
    ArrowIpc,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Csv, Format::Ndjson, Format::Parquet, Format::ArrowIpc];

    /// What a user writes to ask for it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
            Format::Parquet => "parquet",
            Format::ArrowIpc => "arrow",
        }
    }

    /// How a sentence calls it.
    pub fn title(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::Ndjson => "NDJSON",
            Format::Parquet => "Parquet",
            Format::ArrowIpc => "Arrow IPC",
        }
    }

    pub fn from_name(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name).or_else(|| Format::from_extension(name))
    }

    /// By the extension; what a name ends with because the file is compressed is left out.
    pub fn from_path(path: &Path) -> Option<Format> {
        let inside = Compression::of_path(path).map(|(_, inside)| inside);
        let path = inside.as_deref().unwrap_or(path);
        Format::from_extension(&path.extension()?.to_str()?.to_ascii_lowercase())
    }

    /// The same of a file that is written: commas part the cells of CSV, so a name that says otherwise, or nothing, is none of it.
    pub fn of_output(path: &Path) -> Option<Format> {
        let inside = Compression::of_path(path).map(|(_, inside)| inside);
        let extension = inside.as_deref().unwrap_or(path).extension()?.to_str()?.to_ascii_lowercase();
        Format::from_extension(&extension).filter(|format| *format != Format::Csv || extension == "csv")
    }

    fn from_extension(extension: &str) -> Option<Format> {
        match extension {
            "csv" | "tsv" | "txt" => Some(Format::Csv),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            "parquet" | "pq" => Some(Format::Parquet),
            "arrow" | "arrows" | "ipc" | "feather" => Some(Format::ArrowIpc),
            _ => None,
        }
    }
}

/// How many first bytes [`resolve_input`] wants to see (fewer if the file is shorter).
pub const HEAD_BYTES: usize = 64;

/// The format of an input: the one asked for, else by the file's name, else by its first bytes; the first bytes must not speak against it.
pub fn resolve_input(asked: Option<Format>, by_name: Option<Format>, file: &str, head: &[u8]) -> Result<Format, BatchError> {
    let kind = sniff(head);
    let format = asked.or(by_name).or(match kind {
        Sniffed::Known(format) => Some(format),
        Sniffed::Text => Some(Format::Csv),
        Sniffed::Foreign(_) => None,
    });
    let wrong = |is: &str, instead: &str| {
        let expected = format.map_or_else(|| "file of leads".to_owned(), |format| format!("{} file", format.title()));
        BatchError::WrongKind { file: file.to_owned(), expected, is: is.to_owned(), instead: instead.to_owned() }
    };
    let Some(format) = format else {
        let Sniffed::Foreign(foreign) = kind else { return Err(wrong("something else", "")) };
        return Err(wrong(foreign.is, foreign.instead));
    };
    match (kind, format) {
        (Sniffed::Foreign(foreign), _) => Err(wrong(foreign.is, foreign.instead)),
        (Sniffed::Known(found), wanted) if found == wanted => Ok(format),
        // An object per line is also one column of CSV, but nobody means that.
        (Sniffed::Known(found), _) => {
            Err(wrong(&format!("{} {} file", article(found), found.title()), &format!("; ask for it with `--format {}`", found.name())))
        }
        (Sniffed::Text, Format::Csv | Format::Ndjson) => Ok(format),
        (Sniffed::Text, Format::Parquet | Format::ArrowIpc) if head.is_empty() => Err(wrong("empty", "")),
        (Sniffed::Text, Format::Parquet | Format::ArrowIpc) => Err(wrong("text or of an unknown kind", "")),
    }
}

fn article(format: Format) -> &'static str {
    match format {
        Format::Csv | Format::Parquet => "a",
        Format::Ndjson | Format::ArrowIpc => "an",
    }
}

#[derive(Clone, Copy)]
enum Sniffed {
    Known(Format),
    Foreign(Foreign),
    Text,
}

#[derive(Clone, Copy)]
struct Foreign {
    is: &'static str,
    instead: &'static str,
}

fn sniff(head: &[u8]) -> Sniffed {
    let foreign = |is, instead| Sniffed::Foreign(Foreign { is, instead });
    let unpack = "; unpack it first";
    // of a compressed file, what is inside is looked at here: then it is compressed once more
    if let Some(compression) = Compression::of_head(head) {
        return foreign(compression.title(), unpack);
    }
    match head {
        [b'P', b'A', b'R', b'1', ..] => Sniffed::Known(Format::Parquet),
        [b'P', b'A', b'R', b'E', ..] => foreign("an encrypted Parquet file", ""),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Sniffed::Known(Format::ArrowIpc),
        // the start of an Arrow stream: a continuation mark and the length of its schema
        [0xFF, 0xFF, 0xFF, 0xFF, _, _, _, 0, ..] => Sniffed::Known(Format::ArrowIpc),
        [b'F', b'E', b'A', b'1', ..] => foreign("a Feather file of version 1", "; write it as Arrow IPC (Feather version 2)"),
        [b'P', b'K', 3, 4, ..] => foreign("a ZIP archive or a spreadsheet", "; save the sheet as CSV"),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => foreign("an old spreadsheet", "; save the sheet as CSV"),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => foreign("compressed with bzip2", unpack),
        [0xFD, b'7', b'z', b'X', b'Z', ..] => foreign("compressed with xz", unpack),
        [b'O', b'r', b'c', ..] | [b'O', b'R', b'C', 0..=31, ..] => foreign("an ORC file", ""),
        [b'O', b'b', b'j', 1, ..] => foreign("an Avro file", ""),
        [b'S', b'Q', b'L', b'i', b't', b'e', b' ', ..] => foreign("an SQLite database", "; export the table as CSV"),
        [b'%', b'P', b'D', b'F', ..] => foreign("a PDF file", ""),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => foreign("text in UTF-16", "; save it as UTF-8"),
        _ => sniff_text(head),
    }
}

fn sniff_text(head: &[u8]) -> Sniffed {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    match text {
        [b'{', rest @ ..] if matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}') | None) => Sniffed::Known(Format::Ndjson),
        [b'[', rest @ ..] if rest.trim_ascii_start().first() == Some(&b'{') => {
            Sniffed::Foreign(Foreign { is: "one JSON array", instead: "; write one object per line (NDJSON)" })
        }
        [b'<', b'!' | b'?' | b'h', ..] => Sniffed::Foreign(Foreign { is: "HTML or XML", instead: "; export it as CSV" }),
        // UTF-16 without a mark: every other byte of plain text is 0.
        [first, 0, second, 0, ..] | [0, first, 0, second, ..] if first.is_ascii_graphic() && second.is_ascii_graphic() => {
            Sniffed::Foreign(Foreign { is: "text in UTF-16", instead: "; save it as UTF-8" })
        }
        _ => Sniffed::Text,
    }
}
