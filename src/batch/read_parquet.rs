//! Parquet files to chunks of arrays.
//!
//! Enters: a file. Leaves: its columns, then batches of those that are used, in order, whatever the number of threads. Always holds: a damaged file ends in one error,
//! never in a panic; places and sizes that the file claims for its parts lie within it before anything is read there; memory depends on
//! pages and batches, not on the number of rows.

use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, FieldRef, Fields, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::Length;

use super::error::BatchError;
use super::guarded::{guarded, malformed, reason_of};
use super::lead_block::BLOCK_ROWS_MAX;
use super::output_file::system_reason;
use super::read_columns::ArrayChunk;
use super::shared_file::SharedFile;
use super::unpacked::{unpack, unpacked_schema};

const FORMAT: &str = "Parquet";

/// Batches that a reader of some of the columns may be ahead.
const QUEUE: usize = 1;

pub struct ParquetFile {
    file: SharedFile,
    name: String,
    metadata: ArrowReaderMetadata,
    /// of the batches
    schema: SchemaRef,
}

impl ParquetFile {
    pub fn open(file: File, name: &str) -> Result<ParquetFile, BatchError> {
        let file = SharedFile::new(file).map_err(|error| BatchError::Read { file: name.to_owned(), reason: system_reason(&error) })?;
        let metadata = guarded(name, FORMAT, || ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(reason_of))?;
        guarded(name, FORMAT, || check_places(metadata.metadata(), file.len()))?;
        let columns = metadata.metadata().row_groups().iter().flat_map(|group| group.columns());
        if let Some(codec) = columns.filter_map(|column| unreadable_codec(column.compression())).next() {
            return Err(BatchError::Compression { file: name.to_owned(), codec });
        }
        let schema = unpacked_schema(metadata.schema());
        Ok(ParquetFile { file, name: name.to_owned(), metadata, schema })
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub fn row_count(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// Reads these columns, in the file's order; `choices` are those of them whose texts may stay numbers of a dictionary. With several threads, each
    /// decodes some of the columns of every row group.
    pub fn read(self, columns: &[usize], choices: &[usize], threads: usize) -> Result<ParquetChunks, BatchError> {
        let ParquetFile { file, name, metadata, schema: _ } = self;
        let reader = |columns: &[usize]| {
            guarded(&name, FORMAT, || {
                let options = ArrowReaderOptions::new().with_schema(with_dictionaries(metadata.schema(), choices));
                let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).map_err(reason_of)?;
                let mask = ProjectionMask::roots(metadata.parquet_schema(), columns.iter().copied());
                let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file.clone(), metadata);
                builder.with_projection(mask).with_batch_size(BLOCK_ROWS_MAX).build().map_err(reason_of)
            })
        };
        let shares = shares(metadata.metadata(), columns, threads);
        let batches = if shares.len() < 2 {
            Batches::Whole(Box::new(reader(columns)?))
        } else {
            let readers = shares.iter().map(|columns| reader(columns)).collect::<Result<Vec<_>, BatchError>>()?;
            Batches::Shared(SharedColumns::new(readers, &shares, &name))
        };
        Ok(ParquetChunks { batches, name, next_row: 1 })
    }
}

/// Columns dealt to as many readers as there are threads, so that each has about as much to decode; each share in the file's order.
fn shares(metadata: &ParquetMetaData, columns: &[usize], threads: usize) -> Vec<Vec<usize>> {
    let schema = metadata.file_metadata().schema_descr();
    let mut sizes: Vec<(i64, usize)> = columns.iter().map(|column| (0, *column)).collect();
    for group in metadata.row_groups() {
        for (leaf, column) in group.columns().iter().enumerate() {
            let root = schema.get_column_root_idx(leaf);
            if let Some((size, _)) = sizes.iter_mut().find(|(_, column)| *column == root) {
                *size = size.saturating_add(column.uncompressed_size());
            }
        }
    }
    sizes.sort_by_key(|(size, column)| (std::cmp::Reverse(*size), *column));
    let mut shares: Vec<(i64, Vec<usize>)> = vec![(0, Vec::new()); threads.min(columns.len())];
    for (size, column) in sizes {
        if let Some((total, share)) = shares.iter_mut().min_by_key(|(total, share)| (*total, share.len())) {
            *total = total.saturating_add(size);
            share.push(column);
        }
    }
    shares.iter_mut().for_each(|(_, share)| share.sort_unstable());
    shares.into_iter().map(|(_, share)| share).collect()
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
    batches: Batches,
    name: String,
    next_row: u64,
}

enum Batches {
    Whole(Box<ParquetRecordBatchReader>),
    Shared(SharedColumns),
}

/// Readers on threads of their own, each with a share of the columns.
struct SharedColumns {
    shares: Vec<Receiver<Result<RecordBatch, BatchError>>>,
    /// per column, in the file's order: its share, and its place there
    places: Vec<(usize, usize)>,
    /// what has been received of the columns of a batch
    received: Vec<RecordBatch>,
}

impl SharedColumns {
    /// Each reader is at most [`QUEUE`] batches ahead. It ends when nobody takes them any more.
    fn new(readers: Vec<ParquetRecordBatchReader>, shares: &[Vec<usize>], name: &str) -> SharedColumns {
        let mut places: Vec<(usize, (usize, usize))> = Vec::new();
        for (share, columns) in shares.iter().enumerate() {
            places.extend(columns.iter().enumerate().map(|(place, column)| (*column, (share, place))));
        }
        places.sort_unstable();
        let shares = readers.into_iter().map(|mut reader| {
            let (batches, receiver) = sync_channel(QUEUE);
            let name = name.to_owned();
            thread::spawn(move || {
                while let Some(batch) = next_batch(&mut reader, &name).transpose() {
                    let is_last = batch.is_err();
                    if batches.send(batch).is_err() || is_last {
                        return;
                    }
                }
            });
            receiver
        });
        SharedColumns { shares: shares.collect(), places: places.into_iter().map(|(_, place)| place).collect(), received: Vec::new() }
    }

    /// None behind the last rows.
    fn next_batch(&mut self, name: &str) -> Result<Option<RecordBatch>, BatchError> {
        self.received.clear();
        for share in &self.shares {
            // A reader that ends has sent its error before, if there was one.
            self.received.extend(share.recv().ok().transpose()?);
        }
        let Some(first) = self.received.first() else { return Ok(None) };
        let rows = first.num_rows();
        if self.received.len() < self.shares.len() || self.received.iter().any(|batch| batch.num_rows() != rows) {
            return Err(malformed(name, FORMAT, "its columns have different numbers of rows"));
        }
        let batch_of = |share: usize| &self.received[share];
        let fields: Fields = self.places.iter().map(|(share, place)| batch_of(*share).schema().fields()[*place].clone()).collect();
        let columns = self.places.iter().map(|(share, place)| batch_of(*share).column(*place).clone()).collect();
        guarded(name, FORMAT, || RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).map_err(reason_of)).map(Some)
    }
}

fn next_batch(reader: &mut ParquetRecordBatchReader, name: &str) -> Result<Option<RecordBatch>, BatchError> {
    guarded(name, FORMAT, || reader.next().transpose().and_then(|batch| batch.map(unpack).transpose()).map_err(reason_of))
}

impl ParquetChunks {
    pub fn next_chunk(&mut self) -> Result<Option<ArrayChunk>, BatchError> {
        let batch = match &mut self.batches {
            Batches::Whole(reader) => next_batch(reader, &self.name)?,
            Batches::Shared(columns) => columns.next_batch(&self.name)?,
        };
        let Some(batch) = batch else { return Ok(None) };
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
