//! Columns of a Parquet file whose values are numbers of a small table: choices, and numbers from 0 to 65,535.
//!
//! Enters: arrays, some thousand rows at a time. Leaves: the pages of a column chunk: a dictionary of the values that came, in the table's order, and
//! their numbers in it, as runs and packed bits (`RLE_DICTIONARY` of Apache Parquet's "Encodings", the first version of data pages). Always holds: what readers get is what
//! the `parquet` package's writer would give them; it looks each value up by its bytes, while here its number is known before.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, StringArray};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, OffsetIndexBuilder};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

/// Numbers of values take 16 bits.
const TABLE_MAX: usize = 1 << 16;

/// What the values of a column can be, by their numbers.
#[derive(Clone, Debug)]
pub enum Table {
    Names(Arc<StringArray>),
    /// the numbers from 0 on, so many
    Wholes(usize),
}

impl Table {
    /// None if they are too many.
    pub fn of_names(names: &StringArray) -> Option<Table> {
        (names.len() <= TABLE_MAX).then(|| Table::Names(Arc::new(names.clone())))
    }

    fn len(&self) -> usize {
        match self {
            Table::Names(names) => names.len(),
            Table::Wholes(count) => *count,
        }
    }
}

/// The rows of one column in a row group.
pub struct CodedColumn {
    table: Table,
    column: ColumnDescPtr,
    /// of each row; 0 if it is missing
    codes: Vec<u16>,
    /// of each row, if one is missing
    known: Option<Vec<bool>>,
    used: Vec<bool>,
}

impl CodedColumn {
    pub fn new(table: Table, column: ColumnDescPtr) -> CodedColumn {
        let used = vec![false; table.len().max(1)];
        CodedColumn { table, column, codes: Vec::new(), known: None, used }
    }

    /// About how much memory the rows take.
    pub fn bytes(&self) -> usize {
        self.codes.len() * size_of::<u16>() + self.known.as_ref().map_or(0, Vec::len)
    }

    /// Appends rows: whole numbers or decimals, or keys of the table's names.
    pub fn push(&mut self, array: &dyn Array) -> Result<()> {
        let first = self.codes.len();
        match array.data_type() {
            DataType::Int64 => self.codes.extend(array.as_primitive::<Int64Type>().values().iter().map(|value| code_of(*value))),
            DataType::Decimal128(..) => {
                self.codes.extend(array.as_primitive::<Decimal128Type>().values().iter().map(|value| code_of(*value)));
            }
            DataType::Dictionary(..) => {
                self.codes.extend(array.as_dictionary::<Int32Type>().keys().values().iter().map(|key| code_of(*key)));
            }
            other => return Err(self.wrong(&format!("is {other}"))),
        }
        match array.nulls().filter(|nulls| nulls.null_count() > 0) {
            Some(nulls) => self.known.get_or_insert_with(|| vec![true; first]).extend(nulls.iter()),
            None => self.known.iter_mut().for_each(|known| known.resize(first + array.len(), true)),
        }
        for row in first..self.codes.len() {
            if self.is_known(row) {
                match self.used.get_mut(usize::from(self.codes[row])) {
                    Some(used) => *used = true,
                    None => return Err(self.wrong("has a value that it cannot have")),
                }
            }
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> ParquetError {
        ParquetError::General(format!("the column `{}` {what}", self.column.name()))
    }

    fn is_known(&self, row: usize) -> bool {
        self.known.as_ref().is_none_or(|known| known[row])
    }

    /// The pages of the rows, and what is to be said of them.
    pub fn finish(mut self) -> Result<(Bytes, ColumnCloseResult)> {
        // a dictionary of nothing is more than some readers expect
        if !self.used.contains(&true) {
            self.used[0] = true;
        }
        let entries: Vec<usize> = (0..self.used.len()).filter(|code| self.used[*code]).collect();
        let dictionary = self.dictionary(&entries);
        let data = self.data(&entries);
        let (rows, is_optional) = (self.codes.len(), self.column.max_def_level() > 0);

        let mut bytes = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut bytes);
        let (buf, size) = packed(&dictionary)?;
        let page = Page::DictionaryPage { buf, num_values: entries.len() as u32, encoding: Encoding::PLAIN, is_sorted: false };
        let dictionary = pages.write_page(CompressedPage::new(page, size))?;
        let (buf, size) = packed(&data)?;
        let page = Page::DataPage {
            buf,
            num_values: rows as u32,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let data = pages.write_page(CompressedPage::new(page, size))?;
        let bytes = Bytes::from(bytes.into_inner()?);

        let mut offsets = OffsetIndexBuilder::new();
        offsets.append_row_count(rows as i64);
        offsets.append_offset_and_size(data.offset as i64, data.compressed_size as i32);
        let mut metadata = ColumnChunkMetaData::builder(self.column.clone())
            .set_compression(Compression::SNAPPY)
            .set_encodings(if is_optional {
                vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY]
            } else {
                vec![Encoding::PLAIN, Encoding::RLE_DICTIONARY]
            })
            .set_total_compressed_size((dictionary.compressed_size + data.compressed_size) as i64)
            .set_total_uncompressed_size((dictionary.uncompressed_size + data.uncompressed_size) as i64)
            .set_num_values(rows as i64)
            .set_dictionary_page_offset(Some(dictionary.offset as i64))
            .set_data_page_offset(data.offset as i64);
        if let Table::Wholes(_) = self.table {
            let is_some = rows > self.missing();
            let bound = |entry: Option<&usize>| entry.filter(|_| is_some).map(|entry| *entry as i64);
            metadata = metadata.set_statistics(Statistics::int64(
                bound(entries.first()),
                bound(entries.last()),
                None,
                Some(self.missing() as u64),
                false,
            ));
        }
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows as u64,
            metadata: metadata.build()?,
            bloom_filter: None,
            column_index: None,
            offset_index: Some(offsets.build()),
        };
        Ok((bytes, close))
    }

    fn missing(&self) -> usize {
        self.known.as_ref().map_or(0, |known| known.iter().filter(|known| !**known).count())
    }

    /// The values with these numbers, `PLAIN`.
    fn dictionary(&self, entries: &[usize]) -> Vec<u8> {
        let mut plain = Vec::new();
        for entry in entries {
            match &self.table {
                Table::Wholes(_) => plain.extend_from_slice(&(*entry as i64).to_le_bytes()),
                Table::Names(names) => {
                    let name = if *entry < names.len() { names.value(*entry) } else { "" };
                    plain.extend_from_slice(&(name.len() as u32).to_le_bytes());
                    plain.extend_from_slice(name.as_bytes());
                }
            }
        }
        plain
    }

    /// Which rows are known, if the column may lack some, and the places of their values among the entries.
    fn data(&self, entries: &[usize]) -> Vec<u8> {
        let mut places = vec![0; self.used.len()];
        entries.iter().enumerate().for_each(|(place, entry)| places[*entry] = place as u16);
        let place = |code: &u16| places.get(usize::from(*code)).copied().unwrap_or_default();
        let mut data = Vec::new();
        if self.column.max_def_level() > 0 {
            let levels: Vec<u16> = (0..self.codes.len()).map(|row| u16::from(self.is_known(row))).collect();
            let mut packed = Vec::new();
            append_runs(&levels, 1, &mut packed);
            data.extend_from_slice(&(packed.len() as u32).to_le_bytes());
            data.append(&mut packed);
        }
        let places: Vec<u16> = match &self.known {
            None => self.codes.iter().map(place).collect(),
            Some(known) => self.codes.iter().zip(known).filter(|(_, known)| **known).map(|(code, _)| place(code)).collect(),
        };
        let bits = (usize::BITS - (entries.len() - 1).leading_zeros()).max(1);
        data.push(bits as u8);
        append_runs(&places, bits as usize, &mut data);
        data
    }
}

/// Of a row that is known; no table has that of what is no such number.
fn code_of(value: impl TryInto<u16>) -> u16 {
    value.try_into().unwrap_or(u16::MAX)
}

/// With snappy, and how long it was before.
fn packed(page: &[u8]) -> Result<(Bytes, usize)> {
    let packed = snap::raw::Encoder::new().compress_vec(page).map_err(|error| ParquetError::External(error.into()))?;
    Ok((Bytes::from(packed), page.len()))
}

/// Values that pass for one run.
const RUN_MIN: usize = 8;
/// Values packed behind one header, whose length then takes a byte.
const PACKED_MAX: usize = 63 * 8;

/// Runs of equal values, and between them values packed by eights: "RLE / Bit-Packing Hybrid" of Apache Parquet.
fn append_runs(values: &[u16], bits: usize, out: &mut Vec<u8>) {
    let (mut first, mut row) = (0, 0);
    while row < values.len() {
        let run = values[row..].iter().take_while(|value| **value == values[row]).count();
        if run >= RUN_MIN {
            append_bits(&values[first..row], bits, out);
            append_number(run << 1, out);
            out.extend_from_slice(&values[row].to_le_bytes()[..bits.div_ceil(8)]);
            row += run;
            first = row;
        } else {
            row = (row + 8).min(values.len());
            if row - first == PACKED_MAX {
                append_bits(&values[first..row], bits, out);
                first = row;
            }
        }
    }
    append_bits(&values[first..], bits, out);
}

/// The last eight are filled up with zeros.
fn append_bits(values: &[u16], bits: usize, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    append_number(values.len().div_ceil(8) << 1 | 1, out);
    for eight in values.chunks(8) {
        let packed = eight.iter().rev().fold(0u128, |packed, value| packed << bits | u128::from(*value));
        out.extend_from_slice(&packed.to_le_bytes()[..bits]);
    }
}

/// In bytes of seven bits, the lowest first.
fn append_number(mut number: usize, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

#[cfg(test)]
mod tests {
    use arrow_array::{ArrayRef, Decimal128Array, DictionaryArray, Int32Array, Int64Array, RecordBatch};
    use arrow_schema::{Field, Schema};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    /// What the reader of the `parquet` package finds in a file with this column alone, and what its metadata says of it.
    fn read_back(table: Table, pieces: &[ArrayRef], is_optional: bool) -> (Vec<ArrayRef>, ColumnChunkMetaData) {
        let schema = Arc::new(Schema::new(vec![Field::new("c", pieces[0].data_type().clone(), is_optional)]));
        let (mut writer, _) = ArrowWriter::try_new(Vec::new(), schema, None).unwrap().into_serialized_writer().unwrap();
        let mut column = CodedColumn::new(table, writer.schema_descr().column(0));
        pieces.iter().for_each(|piece| column.push(piece.as_ref()).unwrap());
        let (bytes, described) = column.finish().unwrap();
        let mut group = writer.next_row_group().unwrap();
        group.append_column(&bytes, described).unwrap();
        group.close().unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(writer.into_inner().unwrap())).unwrap();
        let described = reader.metadata().row_group(0).column(0).clone();
        let found: Vec<RecordBatch> = reader.with_batch_size(1 << 20).build().unwrap().collect::<std::result::Result<_, _>>().unwrap();
        (found.iter().map(|batch| batch.column(0).clone()).collect(), described)
    }

    /// Numbers below `bound`, in runs of up to `run`; one in `missing` is missing, if that is not 0.
    fn draw(rows: usize, bound: u64, run: u64, missing: u64, seed: u64) -> Vec<Option<i64>> {
        let mut state = seed;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut values = Vec::new();
        while values.len() < rows {
            let value = (missing == 0 || next(missing) > 0).then(|| next(bound) as i64);
            values.extend((0..=next(run)).map(|_| value));
        }
        values.truncate(rows);
        values
    }

    #[test]
    fn wholes_are_read_back_by_the_package_as_they_were() {
        for (case, (bound, run, missing)) in
            [(1, 1, 0), (2, 1, 0), (3, 20, 0), (200, 9, 3), (256, 1, 0), (5_000, 3, 7), (65_536, 1, 0), (65_536, 40, 2), (7, 1, 1)]
                .into_iter()
                .enumerate()
        {
            for rows in [1, 7, 8, 9, 503, 504, 505, 1_000, 30_000] {
                let values = draw(rows, bound, run, missing, case as u64 * 100 + rows as u64);
                let (one, other) = values.split_at(rows / 3);
                let pieces: Vec<ArrayRef> =
                    [one, other].into_iter().map(|piece| Arc::new(Int64Array::from(piece.to_vec())) as ArrayRef).collect();
                let (found, described) = read_back(Table::Wholes(1 << 16), &pieces, missing > 0);
                let found: Vec<Option<i64>> = found.iter().flat_map(|array| array.as_primitive::<Int64Type>().iter()).collect();
                assert_eq!(found, values, "{bound} {run} {missing} {rows}");
                let Some(Statistics::Int64(statistics)) = described.statistics() else { panic!("{described:?}") };
                assert_eq!(statistics.min_opt().copied(), values.iter().flatten().min().copied());
                assert_eq!(statistics.max_opt().copied(), values.iter().flatten().max().copied());
                assert_eq!(statistics.null_count_opt(), Some(values.iter().filter(|value| value.is_none()).count() as u64));
            }
        }
    }

    #[test]
    fn names_and_decimals_are_read_back_too() {
        let names = Arc::new(StringArray::from(vec!["out", "nurture", "", "qualified"]));
        let keys = draw(5_000, 4, 12, 5, 1);
        let array = |keys: &[Option<i64>]| {
            let keys = Int32Array::from_iter(keys.iter().map(|key| key.map(|key| key as i32)));
            Arc::new(DictionaryArray::<Int32Type>::new(keys, names.clone())) as ArrayRef
        };
        let (found, _) = read_back(Table::of_names(&names).unwrap(), &[array(&keys[..5]), array(&keys[5..])], true);
        let found: Vec<Option<String>> = found
            .iter()
            .flat_map(|array| array.as_dictionary::<Int32Type>().downcast_dict::<StringArray>().unwrap().into_iter())
            .map(|name| name.map(str::to_owned))
            .collect();
        let expected: Vec<Option<String>> = keys.iter().map(|key| key.map(|key| names.value(key as usize).to_owned())).collect();
        assert_eq!(found, expected);

        let numbers: Vec<i128> = draw(700, 10_001, 1, 0, 2).into_iter().flatten().map(i128::from).collect();
        let array = Decimal128Array::from(numbers.clone()).with_precision_and_scale(18, 2).unwrap();
        let (found, _) = read_back(Table::Wholes(1 << 16), &[Arc::new(array)], false);
        assert_eq!(found[0].as_primitive::<Decimal128Type>().values(), &numbers);
    }

    #[test]
    fn a_value_that_no_table_has_is_an_error() {
        let schema = Arc::new(Schema::new(vec![Field::new("c", DataType::Int64, false)]));
        let (writer, _) = ArrowWriter::try_new(Vec::new(), schema, None).unwrap().into_serialized_writer().unwrap();
        for value in [256, 65_535, 65_536, -1] {
            let mut column = CodedColumn::new(Table::Wholes(1 << 8), writer.schema_descr().column(0));
            let error = column.push(&Int64Array::from(vec![3, value])).unwrap_err();
            assert!(error.to_string().contains("the column `c` has a value that it cannot have"), "{error}");
        }
    }
}
