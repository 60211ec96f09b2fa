//! Batches of arrays to a Parquet file.
//!
//! Enters: batches of one schema, in order, and which of its columns may have few values. Leaves: the file. Always holds: what is written depends on the rows alone,
//! not on how they were cut into batches; a row group is bounded in rows and in memory.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::Compression;
use parquet::errors::Result;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, ColumnPath};

use super::coded_column::{CodedColumn, Values};
use super::output_file::OutputFile;

const ROW_GROUP_ROWS: usize = 122_880;
const ROW_GROUP_BYTES: usize = 32 << 20;

pub struct ParquetWriter {
    writer: SerializedFileWriter<OutputFile>,
    arrays: ArrowRowGroupWriterFactory,
    schema: SchemaRef,
    /// of each column of the schema, if they may be few
    values: Vec<Option<Values>>,
    /// of the row group under way, for each column of the schema; none between two
    columns: Vec<ColumnWriter>,
    rows: usize,
}

enum ColumnWriter {
    /// for each of its leaves
    Leaves(Vec<ArrowColumnWriter>),
    /// kept until it is known whether their values are few
    Kept(Vec<ArrayRef>, Values, ColumnDescPtr, Box<ArrowColumnWriter>),
}

impl ColumnWriter {
    fn bytes(&self) -> usize {
        match self {
            ColumnWriter::Leaves(leaves) => leaves.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum(),
            ColumnWriter::Kept(arrays, ..) => {
                // keys of dictionaries have 32 bits
                let width = |array: &ArrayRef| array.data_type().primitive_width().unwrap_or(size_of::<i32>());
                arrays.iter().map(|array| array.len() * width(array)).sum()
            }
        }
    }
}

impl ParquetWriter {
    /// `values` says of each column what it has, if that may be little. The values of the column `key` are all different, so that a dictionary of them would save nothing.
    pub fn new(file: OutputFile, schema: &SchemaRef, values: Vec<Option<Values>>, key: Option<&str>) -> Result<ParquetWriter> {
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("leadwright ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY);
        if let Some(key) = key {
            properties = properties.set_column_dictionary_enabled(ColumnPath::new(vec![key.to_owned()]), false);
        }
        // nearly every row group has every choice, so that the least and the greatest would leave none out
        for field in schema.fields().iter().filter(|field| matches!(field.data_type(), DataType::Dictionary(..))) {
            let column = ColumnPath::new(vec![field.name().clone()]);
            properties = properties.set_column_statistics_enabled(column, EnabledStatistics::None);
        }
        let writer = ArrowWriter::try_new(file, schema.clone(), Some(properties.build()))?;
        let (writer, arrays) = writer.into_serialized_writer()?;
        Ok(ParquetWriter { writer, arrays, schema: schema.clone(), values, columns: Vec::new(), rows: 0 })
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let mut first = 0;
        while first < batch.num_rows() {
            if self.columns.is_empty() {
                self.begin_row_group()?;
            }
            let count = (batch.num_rows() - first).min(ROW_GROUP_ROWS - self.rows);
            self.write_rows(&batch.slice(first, count))?;
            (first, self.rows) = (first + count, self.rows + count);
            if self.rows == ROW_GROUP_ROWS || self.columns.iter().map(ColumnWriter::bytes).sum::<usize>() >= ROW_GROUP_BYTES {
                self.end_row_group()?;
            }
        }
        Ok(())
    }

    fn begin_row_group(&mut self) -> Result<()> {
        let columns = self.writer.schema_descr();
        let mut leaves = self.arrays.create_column_writers(self.writer.flushed_row_groups().len())?.into_iter().enumerate().peekable();
        for (number, values) in self.values.iter().enumerate() {
            let mut of_column = Vec::new();
            while let Some(leaf) = leaves.next_if(|(leaf, _)| columns.get_column_root_idx(*leaf) == number) {
                of_column.push(leaf);
            }
            self.columns.push(match (values, of_column.pop()) {
                (Some(values), Some((leaf, writer))) => {
                    ColumnWriter::Kept(Vec::new(), values.clone(), columns.column(leaf), Box::new(writer))
                }
                (None, last) | (_, last @ None) => {
                    ColumnWriter::Leaves(of_column.into_iter().chain(last).map(|(_, writer)| writer).collect())
                }
            });
        }
        Ok(())
    }

    fn write_rows(&mut self, rows: &RecordBatch) -> Result<()> {
        for ((column, field), array) in self.columns.iter_mut().zip(self.schema.fields()).zip(rows.columns()) {
            match column {
                ColumnWriter::Kept(arrays, ..) => arrays.push(array.clone()),
                ColumnWriter::Leaves(leaves) => {
                    for (writer, leaf) in leaves.iter_mut().zip(compute_leaves(field, array)?) {
                        writer.write(&leaf)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn end_row_group(&mut self) -> Result<()> {
        let mut group = self.writer.next_row_group()?;
        for (column, field) in self.columns.drain(..).zip(self.schema.fields()) {
            match column {
                ColumnWriter::Leaves(leaves) => {
                    for leaf in leaves {
                        leaf.close()?.append_to_row_group(&mut group)?;
                    }
                }
                ColumnWriter::Kept(arrays, values, column, mut writer) => match CodedColumn::new(values, column, &arrays)? {
                    Some(column) => {
                        let (bytes, described) = column.finish()?;
                        group.append_column(&bytes, described)?;
                    }
                    None => {
                        for array in &arrays {
                            compute_leaves(field, array)?.iter().try_for_each(|leaf| writer.write(leaf))?;
                        }
                        writer.close()?.append_to_row_group(&mut group)?;
                    }
                },
            }
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }

    /// Completes the file's content.
    pub fn finish(mut self) -> Result<OutputFile> {
        if !self.columns.is_empty() {
            self.end_row_group()?;
        }
        self.writer.into_inner()
    }
}
