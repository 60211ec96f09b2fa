//! Arrow values as text.
//!
//! Enters: an array and a row. Leaves: the value as a CSV cell holds it, or as JSON. Always holds: numbers are written exactly, floating-point ones
//! with as few digits as tell them from their neighbours; a type that has no plain text (a structure, a map, an interval) is refused before a run.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_schema::{DataType, TimeUnit};

use super::cells::{date_text, local_text, time_text};
use crate::calendar::MICROS_PER_DAY;
use crate::model::value::format_scaled;

/// Whether values of this type can be written as text.
pub fn has_text(ty: &DataType) -> bool {
    match ty {
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            has_text(item.data_type()) && !matches!(item.data_type(), DataType::List(_))
        }
        DataType::Dictionary(_, values) => is_text(values),
        DataType::Null
        | DataType::Boolean
        | DataType::Date32
        | DataType::Date64
        | DataType::Timestamp(..)
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..)
        | DataType::Float32
        | DataType::Float64 => true,
        ty => is_text(ty) || is_whole(ty),
    }
}

/// Old writers leave out that their bytes are text.
pub fn is_bytes(ty: &DataType) -> bool {
    matches!(ty, DataType::Binary | DataType::LargeBinary | DataType::BinaryView)
}

pub fn is_text(ty: &DataType) -> bool {
    matches!(ty, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

pub fn is_whole(ty: &DataType) -> bool {
    ty.is_integer()
}

/// A text of an array of texts, plain or through a dictionary; none if it is missing.
pub fn text_at(array: &dyn Array, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            text_at(dictionary.values().as_ref(), dictionary_key(array, row)?)
        }
        _ => None,
    }
}

/// Where in its dictionary a known value stands.
pub fn dictionary_key(array: &dyn Array, row: usize) -> Option<usize> {
    let DataType::Dictionary(key, _) = array.data_type() else { return None };
    if array.is_null(row) {
        return None;
    }
    let keys = match key.as_ref() {
        DataType::Int8 => i64::from(array.as_dictionary::<Int8Type>().keys().value(row)),
        DataType::Int16 => i64::from(array.as_dictionary::<Int16Type>().keys().value(row)),
        DataType::Int32 => i64::from(array.as_dictionary::<Int32Type>().keys().value(row)),
        DataType::Int64 => array.as_dictionary::<Int64Type>().keys().value(row),
        DataType::UInt8 => i64::from(array.as_dictionary::<UInt8Type>().keys().value(row)),
        DataType::UInt16 => i64::from(array.as_dictionary::<UInt16Type>().keys().value(row)),
        DataType::UInt32 => i64::from(array.as_dictionary::<UInt32Type>().keys().value(row)),
        DataType::UInt64 => i64::try_from(array.as_dictionary::<UInt64Type>().keys().value(row)).ok()?,
        _ => return None,
    };
    usize::try_from(keys).ok()
}

/// An integer of any width; none if it is missing.
pub fn whole_at(array: &dyn Array, row: usize) -> Option<i128> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        _ => return None,
    })
}

/// A decimal of up to 128 bits, with its places; none if it is missing or too large.
pub fn decimal_at(array: &dyn Array, row: usize) -> Option<(i128, i8)> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Decimal32(_, places) => Some((array.as_primitive::<Decimal32Type>().value(row).into(), *places)),
        DataType::Decimal64(_, places) => Some((array.as_primitive::<Decimal64Type>().value(row).into(), *places)),
        DataType::Decimal128(_, places) => Some((array.as_primitive::<Decimal128Type>().value(row), *places)),
        DataType::Decimal256(_, places) => Some((array.as_primitive::<Decimal256Type>().value(row).to_i128()?, *places)),
        _ => None,
    }
}

/// A floating-point number in as few digits as tell it from its neighbours, without an exponent; none if missing or not finite.
pub fn float_text(array: &dyn Array, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Float32 => {
            Some(array.as_primitive::<Float32Type>().value(row)).filter(|value| value.is_finite()).map(|value| value.to_string())
        }
        DataType::Float64 => {
            Some(array.as_primitive::<Float64Type>().value(row)).filter(|value| value.is_finite()).map(|value| value.to_string())
        }
        _ => None,
    }
}

/// A known floating-point number that is not finite.
pub fn not_finite_text(array: &dyn Array, row: usize) -> &'static str {
    let value = match array.data_type() {
        DataType::Float32 => f64::from(array.as_primitive::<Float32Type>().value(row)),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row),
        _ => f64::NAN,
    };
    match (value.is_nan(), value.is_sign_negative()) {
        (true, _) => "NaN",
        (false, true) => "-inf",
        (false, false) => "inf",
    }
}

/// What a date or time counts, before it is brought to microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    Day(i64),
    /// since the epoch, of a column with a zone
    Instant(Micros),
    /// without a zone
    Local(Micros),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Micros {
    Exactly(i64),
    /// finer than a microsecond
    TooFine,
    TooLarge,
}

pub fn moment_at(array: &dyn Array, row: usize) -> Option<Moment> {
    if array.is_null(row) {
        return None;
    }
    let scaled = |value: i64, factor: i64| value.checked_mul(factor).map_or(Micros::TooLarge, Micros::Exactly);
    match array.data_type() {
        DataType::Date32 => Some(Moment::Day(array.as_primitive::<Date32Type>().value(row).into())),
        DataType::Date64 => Some(Moment::Local(scaled(array.as_primitive::<Date64Type>().value(row), 1_000))),
        DataType::Timestamp(unit, zone) => {
            let micros = match unit {
                TimeUnit::Second => scaled(array.as_primitive::<TimestampSecondType>().value(row), 1_000_000),
                TimeUnit::Millisecond => scaled(array.as_primitive::<TimestampMillisecondType>().value(row), 1_000),
                TimeUnit::Microsecond => Micros::Exactly(array.as_primitive::<TimestampMicrosecondType>().value(row)),
                TimeUnit::Nanosecond => match array.as_primitive::<TimestampNanosecondType>().value(row) {
                    nanos if nanos % 1_000 == 0 => Micros::Exactly(nanos / 1_000),
                    _ => Micros::TooFine,
                },
            };
            Some(if zone.is_some() { Moment::Instant(micros) } else { Moment::Local(micros) })
        }
        _ => None,
    }
}

pub fn boolean_at(array: &dyn Array, row: usize) -> Option<bool> {
    let array: &BooleanArray = array.as_boolean_opt()?;
    array.is_valid(row).then(|| array.value(row))
}

/// The members of a list; none if it is missing.
pub fn list_at(array: &dyn Array, row: usize) -> Option<ArrayRef> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::List(_) => Some(array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => Some(array.as_list::<i64>().value(row)),
        DataType::FixedSizeList(..) => Some(array.as_fixed_size_list().value(row)),
        _ => None,
    }
}

/// Appends the value as a CSV cell holds it; nothing if it is missing. Members of a list stand between semicolons.
pub fn append_text(array: &dyn Array, row: usize, out: &mut String) {
    if let Some(members) = list_at(array, row) {
        for member in 0..members.len() {
            if member > 0 {
                out.push(';');
            }
            append_text(members.as_ref(), member, out);
        }
    } else if let Some(text) = text_at(array, row) {
        out.push_str(text);
    } else if let Some(value) = boolean_at(array, row) {
        out.push_str(if value { "true" } else { "false" });
    } else if let Some(moment) = moment_at(array, row) {
        out.push_str(&moment_text(moment, array, row));
    } else if let Some(number) = number_text(array, row) {
        out.push_str(&number);
    } else if array.is_valid(row) && array.data_type().is_floating() {
        out.push_str(not_finite_text(array, row));
    } else {
        out.push_str(std::str::from_utf8(bytes_at(array, row)).unwrap_or_default());
    }
}

/// Bytes without a type; nothing if they are missing.
pub fn bytes_at(array: &dyn Array, row: usize) -> &[u8] {
    if array.is_null(row) {
        return &[];
    }
    match array.data_type() {
        DataType::Binary => array.as_binary::<i32>().value(row),
        DataType::LargeBinary => array.as_binary::<i64>().value(row),
        DataType::BinaryView => array.as_binary_view().value(row),
        _ => &[],
    }
}

/// Appends the value as JSON.
pub fn append_json(array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    if let Some(members) = list_at(array, row) {
        out.push(b'[');
        for member in 0..members.len() {
            if member > 0 {
                out.push(b',');
            }
            append_json(members.as_ref(), member, out);
        }
        out.push(b']');
    } else if let Some(text) = text_at(array, row) {
        append_json_string(text, out);
    } else if let Some(value) = boolean_at(array, row) {
        out.extend_from_slice(if value { b"true" } else { b"false" });
    } else if let Some(moment) = moment_at(array, row) {
        append_json_string(&moment_text(moment, array, row), out);
    } else if let Some(number) = number_text(array, row) {
        out.extend_from_slice(number.as_bytes());
    } else if is_bytes(array.data_type()) && array.is_valid(row) {
        append_json_string(std::str::from_utf8(bytes_at(array, row)).unwrap_or_default(), out);
    } else {
        out.extend_from_slice(b"null");
    }
}

pub fn append_json_string(text: &str, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

fn number_text(array: &dyn Array, row: usize) -> Option<String> {
    if let Some(whole) = whole_at(array, row) {
        return Some(whole.to_string());
    }
    if let Some((mantissa, places)) = decimal_at(array, row) {
        return Some(match u8::try_from(places) {
            Ok(places) => format_scaled(mantissa, places),
            // A negative scale counts in tens, hundreds and so on.
            Err(_) => format!("{mantissa}{}", "0".repeat(usize::from(places.unsigned_abs()))),
        });
    }
    if let DataType::Decimal256(..) = array.data_type()
        && array.is_valid(row)
    {
        return Some(array.as_primitive::<Decimal256Type>().value_as_string(row));
    }
    float_text(array, row)
}

fn moment_text(moment: Moment, array: &dyn Array, row: usize) -> String {
    match moment {
        Moment::Day(day) => date_text(day),
        Moment::Local(Micros::Exactly(local)) if *array.data_type() == DataType::Date64 && local % MICROS_PER_DAY == 0 => {
            date_text(local / MICROS_PER_DAY)
        }
        Moment::Local(Micros::Exactly(local)) => local_text(local),
        Moment::Instant(Micros::Exactly(instant)) => time_text(instant),
        Moment::Local(Micros::TooFine) => nanosecond_text(array, row),
        Moment::Instant(Micros::TooFine) => format!("{}Z", nanosecond_text(array, row)),
        Moment::Local(Micros::TooLarge) | Moment::Instant(Micros::TooLarge) => far_text(array, row),
    }
}

/// A time that microseconds cannot count, as the file counts it.
fn far_text(array: &dyn Array, row: usize) -> String {
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => {
            format!("{} seconds since 1970", array.as_primitive::<TimestampSecondType>().value(row))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            format!("{} milliseconds since 1970", array.as_primitive::<TimestampMillisecondType>().value(row))
        }
        DataType::Date64 => format!("{} milliseconds since 1970", array.as_primitive::<Date64Type>().value(row)),
        // Finer units do not reach so far.
        _ => String::new(),
    }
}

fn nanosecond_text(array: &dyn Array, row: usize) -> String {
    let nanos = array.as_primitive::<TimestampNanosecondType>().value(row);
    let seconds = nanos.div_euclid(1_000_000_000);
    format!("{}.{:09}", local_text(seconds * 1_000_000), nanos.rem_euclid(1_000_000_000))
}
