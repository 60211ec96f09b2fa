//! Arrow arrays to blocks of leads, for Parquet and Arrow IPC.
//!
//! Enters: a batch of arrays and the plan. Leaves: [`LeadBlock`]s. Always holds: a value means what its text would mean in a CSV file: integers, decimals and
//! floating-point numbers must fit the field exactly; a time with a zone is an instant, one without is local; a column whose type can never
//! give the field is refused before the first row.

use std::borrow::Cow;
use std::cell::Cell as Changing;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, DictionaryArray, GenericStringArray, OffsetSizeTrait, RecordBatch};
use arrow_schema::{DataType, Schema, TimeUnit};

use super::arrow_text::{
    Micros, Moment, append_text, boolean_at, bytes_at, decimal_at, dictionary_key, float_text, is_bytes, is_text, is_whole, list_at,
    moment_at, not_finite_text, text_at, whole_at,
};
use super::bad::Reason;
use super::bind::BindError;
use super::cells::{Cell, CellReader, Cells, appended};
use super::error::BatchError;
use super::lead_block::{BLOCK_ROWS_MAX, KeptValues, LeadBlock, Texts};
use super::plan::{ColumnUse, Plan, Slot};
use super::rows::Rows;
use crate::column::{Appended, Column};
use crate::model::Type;

/// Some rows of a file of arrays. Its columns are those that the plan uses, in the file's order.
#[derive(Clone, Debug)]
pub struct ArrayChunk {
    pub batch: RecordBatch,
    /// number of its first row, from one
    pub first_row: u64,
    pub bytes_read: u64,
}

/// Refuses columns whose type cannot give the field they are bound to.
pub fn check_types(plan: &Plan, schema: &Schema, file: &str) -> Result<(), BindError> {
    for (using, column) in plan.uses.iter().zip(schema.fields()) {
        for slot in &using.slots {
            let slot = &plan.slots[*slot];
            if !can_give(column.data_type(), slot) {
                return Err(BindError::WrongType {
                    file: file.to_owned(),
                    column: column.name().clone(),
                    found: type_text(column.data_type()),
                    field: slot.name.clone(),
                    wanted: wanted_text(slot.ty).to_owned(),
                });
            }
        }
    }
    Ok(())
}

fn can_give(ty: &DataType, slot: &Slot) -> bool {
    let is_any_text = is_text(ty) || matches!(ty, DataType::Dictionary(_, values) if is_text(values)) || is_bytes(ty);
    if is_any_text {
        return true;
    }
    if *ty == DataType::Null {
        return !slot.required;
    }
    let is_decimal = matches!(ty, DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..));
    let is_float = matches!(ty, DataType::Float32 | DataType::Float64);
    match slot.ty {
        Type::Text => is_whole(ty),
        Type::Number { .. } => is_whole(ty) || is_decimal || is_float,
        Type::YesNo => is_whole(ty) || *ty == DataType::Boolean,
        Type::OneOf(_) => is_whole(ty) || *ty == DataType::Boolean,
        Type::SomeOf(_) => match ty {
            DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
                is_text(item.data_type()) || matches!(item.data_type(), DataType::Dictionary(_, values) if is_text(values))
            }
            _ => false,
        },
        Type::Date => matches!(ty, DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, None)),
        Type::Time => {
            matches!(ty, DataType::Timestamp(..)) || slot.reader.takes_days() && matches!(ty, DataType::Date32 | DataType::Date64)
        }
    }
}

/// What a user calls the type of a column.
pub fn type_text(ty: &DataType) -> String {
    match ty {
        DataType::Boolean => "truth values".to_owned(),
        DataType::Date32 | DataType::Date64 => "dates".to_owned(),
        DataType::Timestamp(TimeUnit::Second | TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond, None) => {
            "times without a zone".to_owned()
        }
        DataType::Timestamp(..) => "times with a zone".to_owned(),
        DataType::Time32(_) | DataType::Time64(_) => "times of day".to_owned(),
        DataType::Float16 => "floating-point numbers of 16 bits (only those of 32 and 64 are read)".to_owned(),
        DataType::Float32 | DataType::Float64 => "floating-point numbers".to_owned(),
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => "decimals".to_owned(),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            format!("lists of {}", type_text(item.data_type()))
        }
        DataType::Struct(_) | DataType::Map(..) => "structures".to_owned(),
        DataType::Null => "nothing".to_owned(),
        ty if is_text(ty) => "text".to_owned(),
        ty if is_whole(ty) => "whole numbers".to_owned(),
        ty if is_bytes(ty) => "bytes".to_owned(),
        DataType::Dictionary(_, values) => type_text(values),
        DataType::RunEndEncoded(_, values) => type_text(values.data_type()),
        DataType::Duration(_) | DataType::Interval(_) => "lengths of time".to_owned(),
        DataType::FixedSizeBinary(_) => "bytes of a fixed length".to_owned(),
        DataType::ListView(_) | DataType::LargeListView(_) => "lists of views".to_owned(),
        DataType::Union(..) => "values of several types".to_owned(),
        _ => "values of a type that is not read".to_owned(),
    }
}

fn wanted_text(ty: Type) -> &'static str {
    match ty {
        Type::Text => "text",
        Type::Number { .. } => "a number",
        Type::YesNo => "yes or no",
        Type::OneOf(_) => "one of its choices",
        Type::SomeOf(_) => "some of its choices, as text or lists of text",
        Type::Date => "a date",
        Type::Time => "a time",
    }
}

#[derive(Debug)]
pub struct ArrayDecoder {
    rows: Rows,
    /// name and use of each column of a chunk
    uses: Vec<(String, ColumnUse)>,
}

impl ArrayDecoder {
    pub fn new(plan: Plan, columns: &[String]) -> ArrayDecoder {
        let uses = columns.iter().cloned().zip(plan.uses.iter().cloned()).filter(|(_, using)| using.is_used()).collect();
        ArrayDecoder { rows: Rows::new(plan), uses }
    }

    /// Gives the leads of a chunk, some thousand at a time.
    pub fn decode(&mut self, chunk: &ArrayChunk, sink: &mut dyn FnMut(&mut LeadBlock) -> Result<(), BatchError>) -> Result<(), BatchError> {
        let mut start = 0;
        while start < chunk.batch.num_rows() {
            let count = BLOCK_ROWS_MAX.min(chunk.batch.num_rows() - start);
            self.block(&chunk.batch.slice(start, count), chunk.first_row + start as u64);
            sink(self.rows.finish())?;
            start += count;
        }
        Ok(())
    }

    fn block(&mut self, batch: &RecordBatch, first_row: u64) {
        self.rows.clear();
        for row in 0..batch.num_rows() {
            self.rows.begin(first_row + row as u64);
        }
        let mut kept: Vec<Option<ArrayRef>> = vec![None; self.rows.plan.kept_count];
        for ((name, using), array) in self.uses.iter().zip(batch.columns()) {
            for slot in &using.slots {
                fill_slot(&mut self.rows, *slot, name, array.as_ref());
            }
            if using.key {
                push_keys(&mut self.rows.block.keys, array.as_ref());
            }
            if let Some(index) = using.kept {
                kept[index] = Some(array.clone());
            }
        }
        self.rows.block.kept = kept.into_iter().flatten().map(KeptValues::Array).collect();
    }
}

fn push_keys(keys: &mut Texts, array: &dyn Array) {
    match array.data_type() {
        DataType::Utf8 if array.null_count() == 0 => keys.extend(array.as_string::<i32>().iter().flatten()),
        DataType::LargeUtf8 if array.null_count() == 0 => keys.extend(array.as_string::<i64>().iter().flatten()),
        _ => {
            let mut text = String::new();
            for row in 0..array.len() {
                text.clear();
                append_text(array, row, &mut text);
                keys.push(&text);
            }
        }
    }
}

fn fill_slot(rows: &mut Rows, slot: usize, name: &str, array: &dyn Array) {
    let text = |row: usize| {
        move || {
            let mut text = String::new();
            append_text(array, row, &mut text);
            Cow::Owned(text)
        }
    };
    match array.data_type() {
        DataType::Utf8 => rows.put_texts(slot, 0, name, array.as_string::<i32>()),
        DataType::LargeUtf8 => rows.put_texts(slot, 0, name, array.as_string::<i64>()),
        DataType::Utf8View => {
            for row in 0..array.len() {
                rows.put_text(slot, row, name, text_at(array, row).unwrap_or_default());
            }
        }
        DataType::Dictionary(..) => fill_from_dictionary(rows, slot, name, array),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => {
            for row in 0..array.len() {
                match std::str::from_utf8(bytes_at(array, row)) {
                    Ok(text) => rows.put_text(slot, row, name, text),
                    Err(_) => rows.put(slot, row, name, &String::from_utf8_lossy(bytes_at(array, row)), Err(Reason::NotUtf8)),
                }
            }
        }
        ty if is_whole(ty) => {
            rows.put_many(
                slot,
                0..array.len(),
                &|reader, rows, required, into| extend_wholes(reader, array, rows, required, into),
                &mut |rows, row| {
                    let reader = &mut rows.plan.slots[slot].reader;
                    let value = match whole_at(array, row).map(i64::try_from) {
                        None => Ok(None),
                        Some(Ok(value)) => reader.whole(value),
                        Some(Err(_)) if reader.is_text() => Ok(Some(0)),
                        Some(Err(_)) => Err(Reason::TooLarge),
                    };
                    rows.put_with(slot, row, name, value, &text(row));
                },
            );
        }
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => {
            for row in 0..array.len() {
                let reader = &mut rows.plan.slots[slot].reader;
                let value = match decimal_at(array, row) {
                    Some((mantissa, places)) => reader.decimal(mantissa, i32::from(places)),
                    None if array.is_null(row) => Ok(None),
                    None => Err(Reason::TooLarge),
                };
                rows.put_with(slot, row, name, value, &text(row));
            }
        }
        DataType::Float32 | DataType::Float64 => {
            for row in 0..array.len() {
                match float_text(array, row) {
                    Some(text) => rows.put_text(slot, row, name, &text),
                    None if array.is_null(row) => rows.put(slot, row, name, "", Ok(None)),
                    None => rows.put(slot, row, name, not_finite_text(array, row), Err(Reason::NotANumber)),
                }
            }
        }
        DataType::Boolean => {
            for row in 0..array.len() {
                let reader = &mut rows.plan.slots[slot].reader;
                let value = boolean_at(array, row).map_or(Ok(None), |value| reader.yes_no(value));
                rows.put_with(slot, row, name, value, &text(row));
            }
        }
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(..) => {
            for row in 0..array.len() {
                let reader = &mut rows.plan.slots[slot].reader;
                let value = match moment_at(array, row) {
                    None => Ok(None),
                    Some(Moment::Day(day)) => reader.day(day),
                    Some(Moment::Instant(Micros::Exactly(instant))) => reader.instant(instant),
                    Some(Moment::Local(Micros::Exactly(local))) => reader.local(local),
                    Some(Moment::Instant(Micros::TooFine) | Moment::Local(Micros::TooFine)) => Err(Reason::TimeTooFine),
                    Some(Moment::Instant(Micros::TooLarge) | Moment::Local(Micros::TooLarge)) => Err(Reason::NoSuchTime),
                };
                rows.put_with(slot, row, name, value, &text(row));
            }
        }
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
            for row in 0..array.len() {
                let reader = &mut rows.plan.slots[slot].reader;
                let value = match list_at(array, row) {
                    None => Ok(None),
                    Some(members) => reader.list((0..members.len()).filter_map(|member| text_at(members.as_ref(), member))),
                };
                rows.put_with(slot, row, name, value, &text(row));
            }
        }
        // Nothing but missing values; other types are refused by `check_types`.
        _ => {
            for row in 0..array.len() {
                rows.put(slot, row, name, "", Ok(None));
            }
        }
    }
}

/// As far as they are plain.
fn extend_wholes(reader: &mut CellReader, array: &dyn Array, rows: Range<usize>, required: bool, into: &mut Column) -> usize {
    macro_rules! extend {
        ($($found:pat => $kind:ty),*) => {
            match array.data_type() {
                $($found => {
                    let array = array.as_primitive::<$kind>();
                    reader.extend_wholes(|row| array.is_valid(row).then(|| array.value(row).into()), rows, required, into)
                })*
                // of 64 bits without a sign, which may not fit
                _ => rows.start,
            }
        };
    }
    extend!(
        DataType::Int8 => Int8Type, DataType::Int16 => Int16Type, DataType::Int32 => Int32Type, DataType::Int64 => Int64Type,
        DataType::UInt8 => UInt8Type, DataType::UInt16 => UInt16Type, DataType::UInt32 => UInt32Type
    )
}

impl<O: OffsetSizeTrait> Cells for GenericStringArray<O> {
    #[inline]
    fn cell(&self, row: usize) -> Cell<'_> {
        let offsets = self.value_offsets();
        let (start, end) = (offsets[row].as_usize(), offsets[row + 1].as_usize());
        Cell { text: self.value_data(), start, end: if self.is_null(row) { start } else { end } }
    }
}

/// Reads each text of the dictionary once.
fn fill_from_dictionary(rows: &mut Rows, slot: usize, name: &str, array: &dyn Array) {
    if fill_by_table(rows, slot, array) {
        return;
    }
    let values = array.as_any_dictionary().values().clone();
    let read: Vec<Changing<Option<Result<Option<i64>, Reason>>>> = vec![Changing::new(None); values.len()];
    let code = |row: usize| dictionary_key(array, row).filter(|key| *key < read.len());
    let keys = match array.data_type() {
        DataType::Dictionary(key, _) if **key == DataType::Int32 => Some(array.as_dictionary::<Int32Type>().keys()),
        _ => None,
    };
    let extend = |_: &mut CellReader, rows: Range<usize>, required: bool, into: &mut Column| match keys {
        // where a key stands for a missing value is not looked at
        Some(keys) if keys.null_count() == 0 => into.extend(rows, |row| match read.get(keys.value(row) as usize).and_then(Changing::get) {
            Some(Ok(value)) => appended(value, required),
            Some(Err(_)) | None => Appended::Not,
        }),
        Some(_) | None => into.extend(rows, |row| match code(row).map(|key| read[key].get()) {
            None => appended(None, required),
            Some(Some(Ok(value))) => appended(value, required),
            Some(Some(Err(_)) | None) => Appended::Not,
        }),
    };
    rows.put_many(slot, 0..array.len(), &extend, &mut |rows, row| {
        let Some(key) = code(row) else { return rows.put(slot, row, name, "", Ok(None)) };
        let text = text_at(values.as_ref(), key).unwrap_or_default();
        let value = read[key].get().unwrap_or_else(|| rows.plan.slots[slot].reader.text(text));
        read[key].set(Some(value));
        rows.put(slot, row, name, text, value);
    });
}

/// The usual case: a small dictionary, each of whose texts gives a value. Whether that is so.
fn fill_by_table(rows: &mut Rows, slot: usize, array: &dyn Array) -> bool {
    let Some(array) = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>() else { return false };
    let (values, nulls) = (array.values().as_ref(), array.nulls());
    if values.len() > TABLE_MAX || values.null_count() > 0 || rows.plan.slots[slot].required && nulls.is_some() {
        return false;
    }
    let mut table = Vec::with_capacity(values.len());
    for key in 0..values.len() {
        match rows.plan.slots[slot].reader.text(text_at(values, key).unwrap_or_default()) {
            Ok(Some(value)) => table.push(value),
            Ok(None) | Err(_) => return false,
        }
    }
    rows.put_looked_up(slot, array.keys().values(), nulls, &table)
}

/// Larger dictionaries may have more texts than a block has rows, and are read as far as rows have them.
const TABLE_MAX: usize = 256;
