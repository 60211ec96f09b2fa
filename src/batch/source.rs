//! A file of leads, whatever its format: opened, its columns known, chunk by chunk.
//!
//! Enters: an [`Input`]. Leaves: the file's columns, then chunks in order. Always holds: standard input can hold any format; Parquet and Arrow, whose
//! readers jump about, are first copied from there to a temporary file without a name.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use arrow_schema::SchemaRef;

use super::compression::{Compression, Counted};
use super::error::BatchError;
use super::format::{Format, HEAD_BYTES, resolve_input};
use super::output_file::{STANDARD_INPUT, display_name, system_reason};
use super::read_arrow::ArrowFile;
use super::read_columns::ArrayChunk;
use super::read_ndjson::Beginning;
use super::read_parquet::{ParquetChunks, ParquetFile};
use super::read_text::{Records, TextChunk, TextChunks};
use super::{Input, Keep, Place, read_csv, read_ndjson};

/// An opened file whose columns are known.
pub struct Opened {
    pub name: String,
    pub format: Format,
    pub columns: Vec<String>,
    /// of a regular file
    pub bytes_total: Option<u64>,
    pub rows_total: Option<u64>,
    pub content: Content,
}

pub enum Content {
    Csv { chunks: TextChunks, records: Records },
    Ndjson { chunks: TextChunks, beginning: Beginning },
    Parquet { file: ParquetFile },
    Arrow { file: ArrowFile },
}

impl Opened {
    /// How the number of a row is called.
    pub fn unit(&self) -> &'static str {
        Opened::unit_of(self.format)
    }

    pub fn unit_of(format: Format) -> &'static str {
        match format {
            Format::Csv | Format::Ndjson => "line",
            Format::Parquet | Format::ArrowIpc => "row",
        }
    }

    /// The types of the columns, if the file says them.
    pub fn schema(&self) -> Option<SchemaRef> {
        match &self.content {
            Content::Csv { .. } | Content::Ndjson { .. } => None,
            Content::Parquet { file } => Some(file.schema().clone()),
            Content::Arrow { file } => Some(file.schema().clone()),
        }
    }
}

/// `keep` says how many of the names of an NDJSON file have to be known before its first row is read.
pub fn open(input: &Input, keep: &Keep) -> Result<Opened, BatchError> {
    let name = display_name(&input.place, STANDARD_INPUT);
    let read_error = |error: &io::Error| BatchError::Read { file: name.clone(), reason: system_reason(error) };
    let (file, by_name, bytes_total): (Box<dyn Read + Send>, _, _) = match &input.place {
        Place::Standard => (Box::new(io::stdin()), None, None),
        Place::Path(path) => {
            let file = File::open(path).map_err(|error| read_error(&error))?;
            let length = file.metadata().ok().filter(|metadata| metadata.is_file()).map(|metadata| metadata.len());
            (Box::new(file), Format::from_path(path), length)
        }
    };
    let Unpacked { head, reader, packed } = Unpacked::begin(file).map_err(|error| read_error(&error))?;
    let format = resolve_input(input.format, by_name, &name, &head)?;
    let text_chunks = |head: Vec<u8>, reader, records| {
        let chunks = TextChunks::new(Box::new(Cursor::new(head).chain(reader)), &name, records);
        match &packed {
            Some((_, count)) => chunks.counting(count.clone()),
            None => chunks,
        }
    };

    let (columns, content, rows_total) = match format {
        Format::Csv => {
            let records = Records::Csv { delimiter: b',', line_end: b'\n' };
            let mut chunks = text_chunks(head, reader, records);
            let (columns, records) = read_csv::open(&mut chunks, &name)?;
            (columns, Content::Csv { chunks, records }, None)
        }
        Format::Ndjson => {
            let mut chunks = text_chunks(head, reader, Records::Lines);
            let beginning = read_ndjson::open(&mut chunks, &name)?;
            let columns = match (&input.place, bytes_total) {
                // Looked through once for its names, then once more for its rows.
                (Place::Path(path), Some(_)) if *keep == Keep::All && !chunks.is_all_seen() => {
                    let file = File::open(path).and_then(|file| Unpacked::begin(Box::new(file))).map_err(|error| read_error(&error))?;
                    let reader = Box::new(Cursor::new(file.head).chain(file.reader));
                    read_ndjson::all_names(&mut TextChunks::new(reader, &name, Records::Lines), &name)?
                }
                (Place::Path(_) | Place::Standard, _) => beginning.names.clone(),
            };
            (columns, Content::Ndjson { chunks, beginning }, None)
        }
        Format::Parquet | Format::ArrowIpc if let Some((compression, _)) = packed => {
            return Err(BatchError::Packed { file: name, format: format.title(), codec: compression.name() });
        }
        Format::Parquet => {
            let file = ParquetFile::open(seekable(input, head, reader).map_err(|error| read_error(&error))?, &name)?;
            let rows = file.row_count();
            (column_names(file.schema()), Content::Parquet { file }, Some(rows))
        }
        Format::ArrowIpc => {
            let file = ArrowFile::open(seekable(input, head, reader).map_err(|error| read_error(&error))?, &name)?;
            (column_names(file.schema()), Content::Arrow { file }, None)
        }
    };
    Ok(Opened { name, format, columns, bytes_total, rows_total, content })
}

fn column_names(schema: &SchemaRef) -> Vec<String> {
    schema.fields().iter().map(|field| field.name().clone()).collect()
}

/// A file from its beginning; what is compressed as a whole is unpacked as it is read.
struct Unpacked {
    head: Vec<u8>,
    /// behind the head
    reader: Box<dyn Read + Send>,
    /// how it is compressed, and how many bytes of it were read so far
    packed: Option<(Compression, Arc<AtomicU64>)>,
}

impl Unpacked {
    fn begin(mut file: Box<dyn Read + Send>) -> io::Result<Unpacked> {
        let head = read_head(&mut file)?;
        let Some(compression) = Compression::of_head(&head) else { return Ok(Unpacked { head, reader: file, packed: None }) };
        let count = Arc::new(AtomicU64::new(0));
        let counted = Counted { reader: Cursor::new(head).chain(file), count: count.clone() };
        let mut reader = compression.reader(Box::new(counted))?;
        Ok(Unpacked { head: read_head(&mut reader)?, reader, packed: Some((compression, count)) })
    }
}

fn read_head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    reader.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The file itself, or a copy of what comes through a pipe.
fn seekable(input: &Input, head: Vec<u8>, rest: Box<dyn Read + Send>) -> io::Result<File> {
    if let Place::Path(path) = &input.place {
        let file = File::open(path)?;
        if file.metadata()?.is_file() {
            return Ok(file);
        }
    }
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut Cursor::new(head).chain(rest), &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

/// A piece of a file, as it is handed to a decoder.
pub enum Chunk {
    Text(TextChunk),
    Arrays(ArrayChunk),
}

impl Chunk {
    pub fn bytes_read(&self) -> u64 {
        match self {
            Chunk::Text(chunk) => chunk.bytes_read,
            Chunk::Arrays(chunk) => chunk.bytes_read,
        }
    }
}

/// The chunks of a file, in order.
pub enum Chunks {
    Text(TextChunks),
    Parquet(ParquetChunks),
    Arrow(ArrowFile),
}

impl Chunks {
    pub fn next_chunk(&mut self) -> Result<Option<Chunk>, BatchError> {
        Ok(match self {
            Chunks::Text(chunks) => chunks.next_chunk()?.map(Chunk::Text),
            Chunks::Parquet(chunks) => chunks.next_chunk()?.map(Chunk::Arrays),
            Chunks::Arrow(file) => file.next_chunk()?.map(Chunk::Arrays),
        })
    }
}

impl Content {
    /// Begins to read; of arrays, only the columns that are of use.
    /// `choices` are those of the columns that hold nothing but choices, so that their texts need not be read row by row. Parquet is decoded by so many
    /// threads.
    pub fn read(self, used_columns: &[usize], choices: &[usize], threads: usize) -> Result<Chunks, BatchError> {
        Ok(match self {
            Content::Csv { chunks, records: _ } | Content::Ndjson { chunks, beginning: _ } => Chunks::Text(chunks),
            Content::Parquet { file } => Chunks::Parquet(file.read(used_columns, choices, threads)?),
            Content::Arrow { file } => Chunks::Arrow(file.read(used_columns)),
        })
    }
}
