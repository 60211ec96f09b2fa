//! Columns of arrays whose values are stored once for many rows, as plain ones.
//!
//! Enters: a schema, batches of it. Leaves: the same values. Always holds: texts in a dictionary stay as they are, since they are read as numbers of the dictionary.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int16Type, Int32Type, Int64Type, RunEndIndexType};
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, RunArray, UInt64Array};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, SchemaRef};

use super::arrow_text::is_text;

/// What a column's type is once its values are plain; none if they are, or stay in a dictionary.
fn unpacked_type(ty: &DataType) -> Option<&DataType> {
    match ty {
        DataType::Dictionary(_, values) if !is_text(values) => Some(values),
        DataType::RunEndEncoded(_, values) => Some(values.data_type()),
        _ => None,
    }
}

/// The schema of the batches that [`unpack`] gives.
pub fn unpacked_schema(schema: &SchemaRef) -> SchemaRef {
    let field = |field: &FieldRef| match unpacked_type(field.data_type()) {
        Some(plain) => Arc::new(Field::new(field.name(), plain.clone(), true)),
        None => field.clone(),
    };
    let fields: Fields = schema.fields().iter().map(field).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

pub fn unpack(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    if !batch.schema().fields().iter().any(|field| unpacked_type(field.data_type()).is_some()) {
        return Ok(batch);
    }
    let columns = batch.columns().iter().map(plain).collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(unpacked_schema(&batch.schema()), columns, &options)
}

fn plain(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match array.data_type() {
        DataType::Dictionary(..) if unpacked_type(array.data_type()).is_some() => {
            let dictionary = array.as_any_dictionary();
            arrow_select::take::take(dictionary.values().as_ref(), dictionary.keys(), None)
        }
        DataType::RunEndEncoded(ends, _) => match ends.data_type() {
            DataType::Int16 => each_row(array.as_run::<Int16Type>()),
            DataType::Int32 => each_row(array.as_run::<Int32Type>()),
            _ => each_row(array.as_run::<Int64Type>()),
        },
        _ => Ok(array.clone()),
    }
}

fn each_row<E: RunEndIndexType>(runs: &RunArray<E>) -> Result<ArrayRef, ArrowError> {
    let rows: Vec<u32> = (0..u32::try_from(runs.len()).map_err(|_| ArrowError::OffsetOverflowError(runs.len()))?).collect();
    let places = runs.get_physical_indices(&rows)?;
    let places = UInt64Array::from_iter_values(places.into_iter().map(|place| place as u64));
    arrow_select::take::take(runs.values().as_ref(), &places, None)
}

/// Whether there is something in a column for which Parquet has no type.
pub fn is_beyond_parquet(ty: &DataType) -> bool {
    match ty {
        DataType::Union(..) => true,
        DataType::Struct(fields) => fields.iter().any(|field| is_beyond_parquet(field.data_type())),
        DataType::List(item)
        | DataType::LargeList(item)
        | DataType::ListView(item)
        | DataType::LargeListView(item)
        | DataType::FixedSizeList(item, _)
        | DataType::Map(item, _)
        | DataType::RunEndEncoded(_, item) => is_beyond_parquet(item.data_type()),
        DataType::Dictionary(_, values) => is_beyond_parquet(values),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::types::UInt8Type;
    use arrow_array::{Date32Array, DictionaryArray, Int32Array, Int64Array, StringArray, UInt8Array};
    use parquet::arrow::ArrowWriter;

    use super::*;
    use crate::batch::read_arrow::ArrowFile;
    use crate::batch::read_parquet::ParquetFile;

    fn packed() -> RecordBatch {
        let keys = || UInt8Array::from(vec![Some(1), None, Some(0), Some(1)]);
        let numbers = DictionaryArray::<UInt8Type>::new(keys(), Arc::new(Int64Array::from(vec![7, 60])));
        let days = DictionaryArray::<UInt8Type>::new(keys(), Arc::new(Date32Array::from(vec![20_000, 20_001])));
        let texts = DictionaryArray::<UInt8Type>::new(keys(), Arc::new(StringArray::from(vec!["a", "b"])));
        RecordBatch::try_from_iter_with_nullable([
            ("numbers", Arc::new(numbers) as ArrayRef, true),
            ("days", Arc::new(days), true),
            ("texts", Arc::new(texts), true),
        ])
        .unwrap()
    }

    fn check(batch: &RecordBatch) {
        assert_eq!(batch.column(0).as_ref(), &Int64Array::from(vec![Some(60), None, Some(7), Some(60)]) as &dyn Array);
        assert_eq!(batch.column(1).as_ref(), &Date32Array::from(vec![Some(20_001), None, Some(20_000), Some(20_001)]) as &dyn Array);
        assert!(matches!(batch.column(2).data_type(), DataType::Dictionary(..)));
    }

    #[test]
    fn dictionaries_of_other_than_texts_are_unpacked() {
        check(&unpack(packed()).unwrap());
        let mut file = tempfile::tempfile().unwrap();
        let mut writer = ArrowWriter::try_new(&mut file, packed().schema(), None).unwrap();
        writer.write(&packed()).unwrap();
        writer.close().unwrap();
        let file = ParquetFile::open(file, "leads.parquet").unwrap();
        assert_eq!(file.schema().field(0).data_type(), &DataType::Int64);
        check(&file.read(&[0, 1, 2], &[2], 1).unwrap().next_chunk().unwrap().unwrap().batch);

        let mut file = tempfile::tempfile().unwrap();
        let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut file, &packed().schema()).unwrap();
        writer.write(&packed()).unwrap();
        writer.finish().unwrap();
        drop(writer);
        let mut file = ArrowFile::open(file, "leads.arrow").unwrap().read(&[0, 1, 2]);
        assert_eq!(file.schema().field(1).data_type(), &DataType::Date32);
        check(&file.next_chunk().unwrap().unwrap().batch);
    }

    #[test]
    fn runs_become_rows() {
        let runs =
            RunArray::<Int32Type>::try_new(&Int32Array::from(vec![2, 3, 6]), &StringArray::from(vec![Some("a"), None, Some("c")])).unwrap();
        let batch = RecordBatch::try_from_iter_with_nullable([("runs", Arc::new(runs) as ArrayRef, true)]).unwrap();
        let rows = |batch: RecordBatch| unpack(batch).unwrap().column(0).clone();
        let expected = StringArray::from(vec![Some("a"), Some("a"), None, Some("c"), Some("c"), Some("c")]);
        assert_eq!(rows(batch.clone()).as_ref(), &expected as &dyn Array);
        assert_eq!(rows(batch.slice(1, 3)).as_ref(), &expected.slice(1, 3) as &dyn Array);
    }
}
