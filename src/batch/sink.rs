//! A scored file, whatever its format.
//!
//! Enters: pieces in order: bytes of text, or batches of arrays. Leaves: the file, when [`Sink::commit`] is called. Always holds: what is
//! written depends on the pieces alone.

use std::io::{BufWriter, Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::FileWriter;

use super::error::BatchError;
use super::format::Format;
use super::output_file::{OutputFile, STANDARD_OUTPUT, said_by_system};
use super::write_arrays::ArrayWriter;
use super::write_parquet::ParquetWriter;
use crate::diagnostic::sanitise::many_lines;

/// A piece of the output.
pub enum Piece {
    Text(Vec<u8>),
    Batches(Vec<RecordBatch>),
    Nothing,
}

pub enum Sink {
    Nowhere,
    Text(Box<OutputFile>),
    Parquet { writer: Box<ParquetWriter>, name: String },
    Arrow { writer: Box<FileWriter<BufWriter<OutputFile>>>, name: String },
}

impl Sink {
    /// `arrays` is what makes the batches; text needs none. The values of the column `key` are all different.
    pub fn create(file: OutputFile, format: Format, arrays: Option<&ArrayWriter>, key: Option<&str>) -> Result<Sink, BatchError> {
        let name = file.name().to_owned();
        if let (Format::Parquet | Format::ArrowIpc, Some(compression)) = (format, file.compression()) {
            return Err(BatchError::PackedOutput { file: name, format: format.title(), codec: compression.name() });
        }
        match (format, arrays) {
            (Format::Csv | Format::Ndjson, _) | (_, None) => Ok(Sink::Text(Box::new(file))),
            (Format::Parquet, Some(arrays)) => {
                let writer = ParquetWriter::new(file, arrays.schema(), arrays.values(), key).map_err(|error| failed(&name, &error))?;
                Ok(Sink::Parquet { writer: Box::new(writer), name })
            }
            (Format::ArrowIpc, Some(arrays)) => {
                let writer = FileWriter::try_new(BufWriter::new(file), arrays.schema()).map_err(|error| failed(&name, &error))?;
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
            Sink::Parquet { writer, name } => writer.finish().map_err(|error| failed(&name, &error))?.commit(),
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
    let reason = text.rsplit(": ").next().unwrap_or(&text);
    BatchError::Write { file: name.to_owned(), reason: said_by_system(reason) }
}
