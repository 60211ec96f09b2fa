//! Parquet files to chunks of arrays.
//!
//! Enters: a file. Leaves: its columns, then batches of those that are used, in order. Always holds: a damaged file ends in one error,
//! never in a panic; places and sizes that the file claims for its parts lie within it before anything is read there; memory depends on
//! pages and batches, not on the number of rows.

use std::fs::File;
use std::sync::Arc;

use arrow_schema::{DataType, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;

use super::error::BatchError;
use super::guarded::{guarded, malformed, reason_of};
use super::lead_block::BLOCK_ROWS_MAX;
use super::read_columns::ArrayChunk;

const FORMAT: &str = "Parquet";

pub struct ParquetFile {
    file: File,
    name: String,
    metadata: ArrowReaderMetadata,
}

impl ParquetFile {
    pub fn open(file: File, name: &str) -> Result<ParquetFile, BatchError> {
        let metadata = guarded(name, FORMAT, || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(reason_of))?;
        let length = file.metadata().map(|metadata| metadata.len()).unwrap_or(u64::MAX);
        guarded(name, FORMAT, || check_places(metadata.metadata(), length))?;
        let columns = metadata.metadata().row_groups().iter().flat_map(|group| group.columns());
        if let Some(codec) = columns.filter_map(|column| unreadable_codec(column.compression())).next() {
            return Err(BatchError::Compression { file: name.to_owned(), codec });
        }
        Ok(ParquetFile { file, name: name.to_owned(), metadata })
    }

    pub fn schema(&self) -> &arrow_schema::SchemaRef {
        self.metadata.schema()
    }

    pub fn row_count(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Reads these columns, in the file's order; `choices` are those of them whose texts may stay numbers of a dictionary.
    pub fn read(self, columns: &[usize], choices: &[usize]) -> Result<ParquetChunks, BatchError> {
        let ParquetFile { file, name, metadata } = self;
        let reader = guarded(&name, FORMAT, || {
            let options = ArrowReaderOptions::new().with_schema(with_dictionaries(metadata.schema(), choices));
            let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).map_err(reason_of)?;
            let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
            builder.with_projection(mask).with_batch_size(BLOCK_ROWS_MAX).build().map_err(reason_of)
        })?;
        Ok(ParquetChunks { reader, name, next_row: 1 })
    }
}

/// The name of a compression that cannot be read.
fn unreadable_codec(compression: Compression) -> Option<&'static str> {
    match compression {
        Compression::LZO => Some("LZO"),
        Compression::UNCOMPRESSED
        | Compression::SNAPPY
        | Compression::GZIP(_)
        | Compression::BROTLI(_)
        | Compression::LZ4
        | Compression::ZSTD(_)
        | Compression::LZ4_RAW => None,
    }
}

/// The columns that are texts become dictionaries of texts.
fn with_dictionaries(schema: &SchemaRef, columns: &[usize]) -> SchemaRef {
    let field = |(number, field): (usize, &FieldRef)| match field.data_type() {
        text @ (DataType::Utf8 | DataType::LargeUtf8) if columns.contains(&number) => {
            let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(text.clone()));
            Arc::new(field.as_ref().clone().with_data_type(dictionary))
        }
        _ => field.clone(),
    };
    let fields: Fields = schema.fields().iter().enumerate().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

fn check_places(metadata: &ParquetMetaData, length: u64) -> Result<(), String> {
    for (index, group) in metadata.row_groups().iter().enumerate() {
        if group.num_rows() < 0 {
            return Err(format!("row group {index} has a negative number of rows"));
        }
        for column in group.columns() {
            // Panics if one of the two is negative, which is caught.
            let (start, size) = column.byte_range();
            if start.checked_add(size).is_none_or(|end| end > length) {
                return Err(format!("a column of row group {index} lies beyond the end of the file"));
            }
        }
    }
    Ok(())
}

pub struct ParquetChunks {
    reader: ParquetRecordBatchReader,
    name: String,
    next_row: u64,
}

impl ParquetChunks {
    pub fn next_chunk(&mut self) -> Result<Option<ArrayChunk>, BatchError> {
        let reader = &mut self.reader;
        let Some(batch) = guarded(&self.name, FORMAT, || reader.next().transpose().map_err(reason_of))? else { return Ok(None) };
        let first_row = self.next_row;
        self.next_row += batch.num_rows() as u64;
        if batch.num_rows() == 0 {
            return Err(malformed(&self.name, FORMAT, "a batch of rows is empty"));
        }
        Ok(Some(ArrayChunk { batch, first_row, bytes_read: 0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compression_that_cannot_be_read_has_its_name() {
        assert_eq!(unreadable_codec(Compression::LZO), Some("LZO"));
        assert_eq!(unreadable_codec(Compression::LZ4), None);
        let error = BatchError::Compression { file: "leads.parquet".into(), codec: "LZO" };
        let sentence = "`leads.parquet` is compressed with LZO, which cannot be read; write it with snappy, zstd, gzip, lz4 or brotli";
        assert_eq!(error.to_string(), sentence);
    }
}
