//! Columns of a Parquet file with few different values: choices, and numbers that lie near each other.
//!
//! Enters: the arrays of a row group. Leaves: the pages of a column chunk: a dictionary of the values that came, in their order, and
//! their numbers in it, as runs and packed bits (`RLE_DICTIONARY` of Apache Parquet's "Encodings", the first version of data pages). Always holds: what readers get is what
//! the `parquet` package's writer would give them; it looks each value up by its bytes, while here the place of each is known.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef, StringArray};
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

/// Places in a dictionary take 16 bits.
const ENTRIES_MAX: usize = 1 << 16;
/// From the least number to the greatest.
const RANGE_MAX: i64 = 1 << 20;

/// What values a column has.
#[derive(Clone, Debug)]
pub enum Values {
    /// of a dictionary that is the same in every array
    Names(Arc<StringArray>),
    Numbers,
}

/// A column of a row group.
pub struct CodedColumn {
    values: Values,
    column: ColumnDescPtr,
    /// which rows are known, if the column may lack some
    known: Option<Vec<bool>>,
    /// those that are known: places in the dictionary of names, or numbers
    given: Vec<i64>,
    /// those that came, in order
    entries: Vec<i64>,
}

impl CodedColumn {
    /// None if the values are too many or too far from each other.
    pub fn new(values: Values, column: ColumnDescPtr, arrays: &[ArrayRef]) -> Result<Option<CodedColumn>> {
        let rows = arrays.iter().map(|array| array.len()).sum();
        let known = (column.max_def_level() > 0).then(|| Vec::with_capacity(rows));
        let mut coded = CodedColumn { values, column, known, given: Vec::with_capacity(rows), entries: Vec::new() };
        arrays.iter().try_for_each(|array| coded.push(array.as_ref()))?;
        let (low, high) = coded.given.iter().fold((i64::MAX, i64::MIN), |(low, high), value| (low.min(*value), high.max(*value)));
        if low <= high && high.checked_sub(low).is_none_or(|range| range >= RANGE_MAX) {
            return Ok(None);
        }
        let mut came = vec![false; if low <= high { (high - low) as usize + 1 } else { 0 }];
        coded.given.iter().for_each(|value| came[(value - low) as usize] = true);
        coded.entries = (low..=high).zip(came).filter(|(_, came)| *came).map(|(value, _)| value).collect();
        Ok(Some(coded).filter(|coded| coded.entries.len() <= ENTRIES_MAX))
    }

    fn push(&mut self, array: &dyn Array) -> Result<()> {
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        match &mut self.known {
            Some(known) => (0..array.len()).for_each(|row| known.push(nulls.is_none_or(|nulls| nulls.is_valid(row)))),
            None if nulls.is_some() => return Err(self.wrong("lacks a value that it must have")),
            None => {}
        }
        let is_known = |row: &usize| nulls.is_none_or(|nulls| nulls.is_valid(*row));
        match array.data_type() {
            DataType::Int64 => {
                let values = array.as_primitive::<Int64Type>().values();
                self.given.extend((0..array.len()).filter(is_known).map(|row| values[row]));
            }
            DataType::Decimal128(..) => {
                // answers are integers of 64 bits
                let values = array.as_primitive::<Decimal128Type>().values();
                self.given.extend((0..array.len()).filter(is_known).map(|row| values[row] as i64));
            }
            DataType::Dictionary(..) => {
                let keys = array.as_dictionary::<Int32Type>().keys().values();
                self.given.extend((0..array.len()).filter(is_known).map(|row| i64::from(keys[row])));
            }
            other => return Err(self.wrong(&format!("is {other}"))),
        }
        Ok(())
    }

    fn wrong(&self, what: &str) -> ParquetError {
        ParquetError::General(format!("the column `{}` {what}", self.column.name()))
    }

    /// The pages of the rows, and what is to be said of them.
    pub fn finish(&self) -> Result<(Bytes, ColumnCloseResult)> {
        let rows = self.known.as_ref().map_or(self.given.len(), Vec::len);
        let mut bytes = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut bytes);
        let (buf, size) = packed(&self.dictionary()?)?;
        let page = Page::DictionaryPage { buf, num_values: self.entries.len() as u32, encoding: Encoding::PLAIN, is_sorted: false };
        let dictionary = pages.write_page(CompressedPage::new(page, size))?;
        let (buf, size) = packed(&self.data())?;
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
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_total_compressed_size((dictionary.compressed_size + data.compressed_size) as i64)
            .set_total_uncompressed_size((dictionary.uncompressed_size + data.uncompressed_size) as i64)
            .set_num_values(rows as i64)
            .set_dictionary_page_offset(Some(dictionary.offset as i64))
            .set_data_page_offset(data.offset as i64);
        if let Values::Numbers = self.values {
            let (least, greatest) = (self.entries.first().copied(), self.entries.last().copied());
            let missing = (rows - self.given.len()) as u64;
            metadata = metadata.set_statistics(Statistics::int64(least, greatest, None, Some(missing), false));
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

    /// The values that came, `PLAIN`.
    fn dictionary(&self) -> Result<Vec<u8>> {
        let mut plain = Vec::new();
        for entry in &self.entries {
            match &self.values {
                Values::Numbers => plain.extend_from_slice(&entry.to_le_bytes()),
                Values::Names(names) => {
                    let place = usize::try_from(*entry).ok().filter(|place| *place < names.len());
                    let name = names.value(place.ok_or_else(|| self.wrong("has a value that it cannot have"))?);
                    plain.extend_from_slice(&(name.len() as u32).to_le_bytes());
                    plain.extend_from_slice(name.as_bytes());
                }
            }
        }
        Ok(plain)
    }

    /// Which rows are known, if the column may lack some, and the places of their values among the entries.
    fn data(&self) -> Vec<u8> {
        let low = self.entries.first().copied().unwrap_or_default();
        let range = self.entries.last().map_or(0, |high| (high - low) as usize + 1);
        let mut places = vec![0u16; range];
        self.entries.iter().enumerate().for_each(|(place, entry)| places[(entry - low) as usize] = place as u16);
        let mut data = Vec::new();
        if let Some(known) = &self.known {
            let levels: Vec<u16> = known.iter().map(|known| u16::from(*known)).collect();
            let mut packed = Vec::new();
            append_runs(&levels, 1, &mut packed);
            data.extend_from_slice(&(packed.len() as u32).to_le_bytes());
            data.append(&mut packed);
        }
        let bits = (usize::BITS - self.entries.len().saturating_sub(1).leading_zeros()).max(1);
        data.push(bits as u8);
        let given: Vec<u16> = self.given.iter().map(|value| places[(value - low) as usize]).collect();
        append_runs(&given, bits as usize, &mut data);
        data
    }
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
    use arrow_array::{Decimal128Array, DictionaryArray, Int32Array, Int64Array, RecordBatch};
    use arrow_schema::{Field, Schema};
    use parquet::arrow::ArrowWriter;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    use super::*;

    /// What the reader of the `parquet` package finds in a file with this column alone, and what its metadata says of it.
    fn read_back(values: Values, pieces: &[ArrayRef], is_optional: bool) -> (Vec<ArrayRef>, ColumnChunkMetaData) {
        let schema = Arc::new(Schema::new(vec![Field::new("c", pieces[0].data_type().clone(), is_optional)]));
        let (mut writer, _) = ArrowWriter::try_new(Vec::new(), schema, None).unwrap().into_serialized_writer().unwrap();
        let column = CodedColumn::new(values, writer.schema_descr().column(0), pieces).unwrap().unwrap();
        let (bytes, described) = column.finish().unwrap();
        let mut group = writer.next_row_group().unwrap();
        group.append_column(&bytes, described).unwrap();
        group.close().unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(writer.into_inner().unwrap())).unwrap();
        let described = reader.metadata().row_group(0).column(0).clone();
        let found: Vec<RecordBatch> = reader.with_batch_size(1 << 20).build().unwrap().collect::<std::result::Result<_, _>>().unwrap();
        (found.iter().map(|batch| batch.column(0).clone()).collect(), described)
    }

    /// `bound` numbers from -`low` on, in runs of up to `run`; one in `missing` is missing, if that is not 0.
    fn draw(rows: usize, (low, bound): (i64, u64), run: u64, missing: u64, seed: u64) -> Vec<Option<i64>> {
        let mut state = seed;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound
        };
        let mut values = Vec::new();
        while values.len() < rows {
            let value = (missing == 0 || next(missing) > 0).then(|| next(bound) as i64 - low);
            values.extend((0..=next(run)).map(|_| value));
        }
        values.truncate(rows);
        values
    }

    #[test]
    fn numbers_are_read_back_by_the_package_as_they_were() {
        for (case, (bound, run, missing)) in [
            (1, 1, 0),
            (2, 1, 0),
            (3, 20, 0),
            (200, 9, 3),
            (256, 1, 0),
            (5_000, 3, 7),
            (65_536, 1, 0),
            (65_536, 40, 2),
            (1 << 20, 1, 4),
            (7, 1, 1),
        ]
        .into_iter()
        .enumerate()
        {
            for rows in [1, 7, 8, 9, 503, 504, 505, 1_000, 30_000] {
                let values = draw(rows, (bound as i64 / 3, bound), run, missing, case as u64 * 100 + rows as u64);
                let (one, other) = values.split_at(rows / 3);
                let pieces: Vec<ArrayRef> =
                    [one, other].into_iter().map(|piece| Arc::new(Int64Array::from(piece.to_vec())) as ArrayRef).collect();
                let (found, described) = read_back(Values::Numbers, &pieces, missing > 0);
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
        let keys = draw(5_000, (0, 4), 12, 5, 1);
        let array = |keys: &[Option<i64>]| {
            let keys = Int32Array::from_iter(keys.iter().map(|key| key.map(|key| key as i32)));
            Arc::new(DictionaryArray::<Int32Type>::new(keys, names.clone())) as ArrayRef
        };
        let (found, _) = read_back(Values::Names(names.clone()), &[array(&keys[..5]), array(&keys[5..])], true);
        let found: Vec<Option<String>> = found
            .iter()
            .flat_map(|array| array.as_dictionary::<Int32Type>().downcast_dict::<StringArray>().unwrap().into_iter())
            .map(|name| name.map(str::to_owned))
            .collect();
        let expected: Vec<Option<String>> = keys.iter().map(|key| key.map(|key| names.value(key as usize).to_owned())).collect();
        assert_eq!(found, expected);

        let numbers: Vec<i128> = draw(700, (0, 10_001), 1, 0, 2).into_iter().flatten().map(i128::from).collect();
        let array = Decimal128Array::from(numbers.clone()).with_precision_and_scale(18, 2).unwrap();
        let (found, _) = read_back(Values::Numbers, &[Arc::new(array)], false);
        assert_eq!(found[0].as_primitive::<Decimal128Type>().values(), &numbers);
    }

    #[test]
    fn numbers_too_far_from_each_other_are_not_taken_and_names_that_are_none_are_errors() {
        let schema = Arc::new(Schema::new(vec![Field::new("c", DataType::Int64, false)]));
        let (writer, _) = ArrowWriter::try_new(Vec::new(), schema, None).unwrap().into_serialized_writer().unwrap();
        let column = writer.schema_descr().column(0);
        let coded = |values: Values, array: ArrayRef| CodedColumn::new(values, column.clone(), &[array]);
        for far in [vec![0, 1 << 20], vec![-1, (1 << 20) - 1], vec![i64::MIN, i64::MAX], (0..1 << 17).collect()] {
            assert!(coded(Values::Numbers, Arc::new(Int64Array::from(far))).unwrap().is_none());
        }
        assert!(coded(Values::Numbers, Arc::new(Int64Array::from(vec![1, (1 << 20)]))).unwrap().is_some());
        let lacking = coded(Values::Numbers, Arc::new(Int64Array::from(vec![Some(1), None])));
        assert!(lacking.err().unwrap().to_string().contains("the column `c` lacks a value that it must have"));
        for none in [2, -1] {
            let names = Values::Names(Arc::new(StringArray::from(vec!["a", "b"])));
            let column = coded(names, Arc::new(Int64Array::from(vec![0, none]))).unwrap().unwrap();
            let error = column.finish().unwrap_err().to_string();
            assert!(error.contains("the column `c` has a value that it cannot have"), "{error}");
        }
    }
}
