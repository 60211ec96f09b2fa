//! A scored file, whatever its format.
//!
//! Enters: pieces in order: bytes of text, or batches of arrays. Leaves: the file, when [`Sink::commit`] is called. Always holds: what is
//! written depends on the pieces alone; a row group of Parquet is bounded in rows and in memory.

use std::io::{BufWriter, Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use parquet::schema::types::ColumnPath;

use super::error::BatchError;
use super::format::Format;
use super::output_file::{OutputFile, STANDARD_OUTPUT};
use crate::diagnostic::sanitise::many_lines;

const ROW_GROUP_ROWS: usize = 122_880;
const ROW_GROUP_BYTES: usize = 32 << 20;

/// A piece of the output.
pub enum Piece {
    Text(Vec<u8>),
    Batches(Vec<RecordBatch>),
    Nothing,
}

pub enum Sink {
    Nowhere,
    Text(Box<OutputFile>),
    Parquet { writer: Box<ArrowWriter<OutputFile>>, name: String },
    Arrow { writer: Box<FileWriter<BufWriter<OutputFile>>>, name: String },
}

impl Sink {
    /// `schema` is that of the batches; text needs none. The values of the column `key` are all different, so that a dictionary of them would save nothing.
    pub fn create(file: OutputFile, format: Format, schema: Option<&SchemaRef>, key: Option<&str>) -> Result<Sink, BatchError> {
        let name = file.name().to_owned();
        if let (Format::Parquet | Format::ArrowIpc, Some(compression)) = (format, file.compression()) {
            return Err(BatchError::PackedOutput { file: name, format: format.title(), codec: compression.name() });
        }
        match (format, schema) {
            (Format::Csv | Format::Ndjson, _) | (_, None) => Ok(Sink::Text(Box::new(file))),
            (Format::Parquet, Some(schema)) => {
                let mut properties = WriterProperties::builder()
                    .set_created_by(concat!("leadwright ", env!("CARGO_PKG_VERSION")).to_owned())
                    .set_compression(Compression::SNAPPY)
                    .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
                    .set_max_row_group_bytes(Some(ROW_GROUP_BYTES));
                if let Some(key) = key {
                    properties = properties.set_column_dictionary_enabled(ColumnPath::new(vec![key.to_owned()]), false);
                }
                let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties.build())).map_err(|error| failed(&name, &error))?;
                Ok(Sink::Parquet { writer: Box::new(writer), name })
            }
            (Format::ArrowIpc, Some(schema)) => {
                let writer = FileWriter::try_new(BufWriter::new(file), schema).map_err(|error| failed(&name, &error))?;
                Ok(Sink::Arrow { writer: Box::new(writer), name })
            }
        }
    }

    pub fn write(&mut self, piece: Piece) -> Result<(), BatchError> {
        match (self, piece) {
            (Sink::Text(file), Piece::Text(bytes)) => {
                // a terminal would obey what a lead's text says; a file and a pipe get it as it is
                let bytes = if file.is_terminal() { many_lines(&String::from_utf8_lossy(&bytes)).into_owned().into_bytes() } else { bytes };
                file.write_all(&bytes).map_err(|error| file.error(&error))
            }
            (Sink::Parquet { writer, name }, Piece::Batches(batches)) => {
                batches.iter().try_for_each(|batch| writer.write(batch)).map_err(|error| failed(name, &error))
            }
            (Sink::Arrow { writer, name }, Piece::Batches(batches)) => {
                batches.iter().try_for_each(|batch| writer.write(batch)).map_err(|error| failed(name, &error))
            }
            (Sink::Nowhere | Sink::Text(_) | Sink::Parquet { .. } | Sink::Arrow { .. }, _) => Ok(()),
        }
    }

    /// Completes the file and makes it appear.
    pub fn commit(self) -> Result<(), BatchError> {
        match self {
            Sink::Nowhere => Ok(()),
            Sink::Text(file) => file.commit(),
            Sink::Parquet { writer, name } => writer.into_inner().map_err(|error| failed(&name, &error))?.commit(),
            Sink::Arrow { writer, name } => {
                let buffered = writer.into_inner().map_err(|error| failed(&name, &error))?;
                let file = buffered.into_inner().map_err(|error| failed(&name, error.error()))?;
                file.commit()
            }
        }
    }
}

/// A failure that came through a writer of a format.
fn failed(name: &str, error: &dyn std::error::Error) -> BatchError {
    let text = error.to_string();
    if name == STANDARD_OUTPUT && text.contains("Broken pipe") {
        return BatchError::BrokenPipe;
    }
    let text = text.split(" (os error").next().unwrap_or(&text);
    let reason = text.rsplit(": ").next().unwrap_or(text);
    BatchError::Write { file: name.to_owned(), reason: reason.to_owned() }
}
