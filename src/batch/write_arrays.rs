//! Answers as Arrow arrays, for Parquet and Arrow IPC.
//!
//! Enters: a block of leads and their answers. Leaves: a batch. Always holds: every batch of a run has the one schema; whole numbers are 64-bit
//! integers and others decimals of their scale; choices are texts through a dictionary that is the same in every batch; carried arrays are as
//! they were, but that their dictionaries are resolved where the format needs one for the whole file; a rejected row leaves nothing.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Date64Type, Int32Type, TimestampMillisecondType, TimestampSecondType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, Int64Array, RecordBatch, RecordBatchOptions,
    StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow_select::filter::filter;

use super::answers::{Answer, AnswerKind};
use super::coded_column::Values;
use super::format::Format;
use super::json_line::scalar_text;
use super::lead_block::{KeptValues, LeadBlock};
use crate::column::{Block, Column, Width};

#[derive(Clone, Debug)]
pub struct ArrayWriter {
    schema: SchemaRef,
    answers: Vec<(Answer, Option<Arc<StringArray>>)>,
    dictionaries: Dictionaries,
}

/// What becomes of the dictionaries of carried columns. Those of the input differ from batch to batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dictionaries {
    /// the format makes its own of each batch
    Kept,
    /// a file can say one alone, so their values are written out
    Resolved,
}

impl Dictionaries {
    pub fn of(format: Format) -> Dictionaries {
        match format {
            Format::Parquet => Dictionaries::Kept,
            Format::ArrowIpc | Format::Csv | Format::Ndjson => Dictionaries::Resolved,
        }
    }

    /// Of a carried column that is no dictionary in the output.
    fn type_of(self, ty: &DataType) -> DataType {
        match (self, ty) {
            (_, DataType::Dictionary(_, values)) => values.as_ref().clone(),
            (Dictionaries::Kept, DataType::Date64) => DataType::Date32,
            (Dictionaries::Kept, DataType::Timestamp(TimeUnit::Second, zone)) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
            (Dictionaries::Kept | Dictionaries::Resolved, ty) => ty.clone(),
        }
    }

    /// Dictionaries of numbers save little, and few readers know them.
    fn keeps(self, ty: &DataType) -> bool {
        self == Dictionaries::Kept
            && matches!(ty, DataType::Dictionary(_, values) if matches!(**values, DataType::Utf8 | DataType::LargeUtf8))
    }
}

/// Digits of a 64-bit integer.
const PRECISION: u8 = 19;
/// Parquet has decimals of no more digits as plain 64-bit integers.
const NARROW_PRECISION: u8 = 18;

impl ArrayWriter {
    /// `kept` has each carried column's name and, if it comes as arrays, its field.
    pub fn new<'n>(
        kept: impl Iterator<Item = (&'n str, Option<&'n Field>)>,
        answers: Vec<Answer>,
        dictionaries: Dictionaries,
    ) -> ArrayWriter {
        let kept = kept.map(|(name, field)| match field {
            Some(field) if dictionaries.keeps(field.data_type()) => Field::new(name, field.data_type().clone(), true),
            Some(field) => Field::new(name, dictionaries.type_of(field.data_type()), true),
            None => Field::new(name, DataType::Utf8, true),
        });
        let fields: Vec<Field> =
            kept.chain(answers.iter().map(|answer| Field::new(&answer.name, answer_type(&answer.kind), answer.optional))).collect();
        let dictionary = |kind: &AnswerKind| match kind {
            AnswerKind::Choice(names) => Some(Arc::new(StringArray::from_iter_values(names))),
            AnswerKind::Number { .. } | AnswerKind::YesNo | AnswerKind::Date | AnswerKind::Time(_) => None,
        };
        let answers = answers.into_iter().map(|answer| (dictionary(&answer.kind), answer)).map(|(values, answer)| (answer, values));
        ArrayWriter { schema: Arc::new(Schema::new(fields)), answers: answers.collect(), dictionaries }
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Of each column of the schema: what values it has, if they may be few.
    pub fn values(&self) -> Vec<Option<Values>> {
        let kept = self.schema.fields().len() - self.answers.len();
        let answers = self.answers.iter().map(|(answer, names)| match (&answer.kind, names) {
            (AnswerKind::Choice(_), Some(names)) => Some(Values::Names(names.clone())),
            (AnswerKind::Number { scale: 0, .. } | AnswerKind::Number { width: Width::U8 | Width::U16 | Width::I32, .. }, _) => {
                Some(Values::Numbers)
            }
            (AnswerKind::Number { .. } | AnswerKind::Choice(_) | AnswerKind::YesNo | AnswerKind::Date | AnswerKind::Time(_), _) => None,
        });
        std::iter::repeat_n(None, kept).chain(answers).collect()
    }

    pub fn batch(&self, leads: &LeadBlock, answers: &Block) -> Result<RecordBatch, ArrowError> {
        let wanted = BooleanArray::from_iter(leads.rejected.iter().map(|rejected| Some(!rejected)));
        let mut columns = Vec::with_capacity(self.schema.fields().len());
        for kept in &leads.kept {
            columns.push(kept_array(kept, leads, &wanted, self.dictionaries)?);
        }
        for ((answer, dictionary), column) in self.answers.iter().zip(&answers.columns) {
            let array = answer_array(&answer.kind, dictionary.as_ref(), column)?;
            columns.push(if leads.rejected_count == 0 { array } else { filter(array.as_ref(), &wanted)? });
        }
        let options = RecordBatchOptions::new().with_row_count(Some(leads.rows - leads.rejected_count));
        RecordBatch::try_new_with_options(self.schema.clone(), columns, &options)
    }
}

fn answer_type(kind: &AnswerKind) -> DataType {
    match kind {
        AnswerKind::Number { scale: 0, .. } => DataType::Int64,
        AnswerKind::Number { scale, width } => DataType::Decimal128(precision(*width), *scale as i8),
        AnswerKind::Choice(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        AnswerKind::YesNo => DataType::Boolean,
        AnswerKind::Date => DataType::Date32,
        AnswerKind::Time(_) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn precision(width: Width) -> u8 {
    match width {
        Width::U8 | Width::U16 | Width::I32 => NARROW_PRECISION,
        Width::I64 => PRECISION,
    }
}

/// With all rows, also those that are rejected.
fn answer_array(kind: &AnswerKind, dictionary: Option<&Arc<StringArray>>, column: &Column) -> Result<ArrayRef, ArrowError> {
    let nulls = column.nulls();
    Ok(match kind {
        AnswerKind::Number { scale: 0, .. } => Arc::new(Int64Array::new(column.to_vec(|value| value).into(), nulls)),
        AnswerKind::Number { scale, width } => {
            let numbers = Decimal128Array::new(column.to_vec(i128::from).into(), nulls);
            Arc::new(numbers.with_precision_and_scale(precision(*width), *scale as i8)?)
        }
        AnswerKind::Choice(_) => {
            let codes = Int32Array::new(column.to_vec(|value| value as i32).into(), nulls);
            let names = dictionary.cloned().unwrap_or_else(|| Arc::new(StringArray::from(Vec::<&str>::new())));
            Arc::new(DictionaryArray::<Int32Type>::try_new(codes, names)?)
        }
        AnswerKind::YesNo => Arc::new(BooleanArray::new(column.to_vec(|value| value != 0).into(), nulls)),
        AnswerKind::Date => Arc::new(Date32Array::new(column.to_vec(|value| value as i32).into(), nulls)),
        AnswerKind::Time(_) => Arc::new(TimestampMicrosecondArray::new(column.to_vec(|value| value).into(), nulls).with_timezone("UTC")),
    })
}

fn kept_array(kept: &KeptValues, leads: &LeadBlock, wanted: &BooleanArray, dictionaries: Dictionaries) -> Result<ArrayRef, ArrowError> {
    let rows = (0..leads.rows).filter(|row| !leads.rejected[*row]);
    match kept {
        KeptValues::Cells(texts) => {
            let mut builder = StringBuilder::with_capacity(leads.rows, texts.bytes());
            rows.for_each(|row| builder.append_option(Some(texts.get(row)).filter(|text| !text.is_empty())));
            Ok(Arc::new(builder.finish()))
        }
        KeptValues::Json(texts) => {
            let mut builder = StringBuilder::with_capacity(leads.rows, texts.bytes());
            let mut unescaped = String::new();
            for row in rows {
                match texts.get(row) {
                    "" | "null" => builder.append_null(),
                    value => builder.append_value(scalar_text(value, &mut unescaped).unwrap_or(value)),
                }
            }
            Ok(Arc::new(builder.finish()))
        }
        KeptValues::Array(array) => {
            let array = if leads.rejected_count == 0 { array.clone() } else { filter(array.as_ref(), wanted)? };
            match array.data_type() {
                DataType::Dictionary(..) if !dictionaries.keeps(array.data_type()) => {
                    let dictionary = array.as_any_dictionary();
                    arrow_select::take::take(dictionary.values().as_ref(), dictionary.keys(), None)
                }
                _ if dictionaries == Dictionaries::Kept => as_parquet_has_it(array),
                _ => Ok(array),
            }
        }
    }
}

/// Days and seconds as Parquet has them, which knows days in 32 bits and no unit of time above the millisecond.
fn as_parquet_has_it(array: ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        DataType::Date64 => {
            let days = array.as_primitive::<Date64Type>().try_unary::<_, Date32Type, _>(|millis| {
                match i32::try_from(millis / MILLIS_PER_DAY) {
                    Ok(day) if millis % MILLIS_PER_DAY == 0 => Ok(day),
                    Ok(_) | Err(_) => Err(ArrowError::CastError(format!("{millis} milliseconds of a kept column are no day"))),
                }
            })?;
            Ok(Arc::new(days))
        }
        DataType::Timestamp(TimeUnit::Second, zone) => {
            let far = |seconds: i64| ArrowError::CastError(format!("{seconds} seconds of a kept column are too far away for milliseconds"));
            let seconds = array.as_primitive::<TimestampSecondType>();
            let millis = seconds.try_unary::<_, TimestampMillisecondType, _>(|seconds| seconds.checked_mul(1_000).ok_or(far(seconds)))?;
            Ok(Arc::new(millis.with_timezone_opt(zone.clone())))
        }
        _ => Ok(array),
    }
}

const MILLIS_PER_DAY: i64 = 86_400_000;
