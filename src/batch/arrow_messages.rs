//! Messages of Arrow IPC files and streams, without what nobody wants of them.
//!
//! Enters: a file, the place of a message, the columns that are wanted. Leaves: its bytes as they stand in the file, with zeros in place of the buffers of other
//! columns. Always holds: a length that the file claims is checked against the file before memory is asked for, also the length of what is packed; pages of
//! memory that would hold nothing but unwanted buffers are not touched.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use arrow_ipc::{Block, MessageHeader, MetadataVersion, RecordBatch, root_as_message};
use arrow_schema::{DataType, SchemaRef, UnionMode};

use super::guarded::reason_of;

/// Schemas and footers of real files are thousands of times smaller.
pub const METADATA_BYTES_MAX: u64 = 64 << 20;
/// The most that one buffer may unpack to, and how many times its packed size.
const UNPACKED_BYTES_MAX: i64 = 1 << 30;
const UNPACKED_RATIO_MAX: i64 = 10_000;
/// Two wanted buffers that stand this near are read at once.
const GAP_BYTES_MAX: usize = 16 << 10;

/// The columns that are wanted of record batches.
pub struct Wanted {
    pub schema: SchemaRef,
    pub columns: Vec<usize>,
}

/// A message: mark, length, metadata, body.
pub struct Message {
    pub bytes: Vec<u8>,
    /// bytes before the metadata
    prefix: usize,
    /// where its parts stand in `bytes`
    pub block: Block,
    /// where the next one begins
    pub end: u64,
}

impl Message {
    pub fn metadata(&self) -> &[u8] {
        &self.bytes[self.prefix..self.block.metaDataLength() as usize]
    }
}

/// The message of a block that a footer lists.
pub fn listed(file: &mut File, length: u64, block: &Block, wanted: &Wanted) -> Result<Message, String> {
    let part = |value: i64| u64::try_from(value).map_err(|_| "a part has a negative place or length".to_owned());
    let (start, head, body) = (part(block.offset())?, part(i64::from(block.metaDataLength()))?, part(block.bodyLength())?);
    let bytes = range(file, length, start, head)?;
    // A message begins with its length, in newer files after a mark.
    let prefix = if bytes.starts_with(&[0xFF; 4]) { 8 } else { 4 };
    with_body(file, length, start, Head { bytes, prefix }, body, wanted)
}

/// The message of a stream that begins here; none at its end.
pub fn streamed(file: &mut File, length: u64, start: u64, wanted: &Wanted) -> Result<Option<Message>, String> {
    if start == length {
        return Ok(None);
    }
    let mut bytes = [0; 8];
    let available = (length - start).min(8) as usize;
    file.seek(SeekFrom::Start(start)).map_err(reason_of)?;
    file.read_exact(&mut bytes[..available]).map_err(reason_of)?;
    // Older writers leave out the mark before the length.
    let (metadata, prefix) = match bytes {
        [0xFF, 0xFF, 0xFF, 0xFF, metadata @ ..] if available == 8 => (u32::from_le_bytes(metadata), 8),
        [m0, m1, m2, m3, ..] if available >= 4 => (u32::from_le_bytes([m0, m1, m2, m3]), 4),
        _ => return Err("it is cut off within a message".to_owned()),
    };
    if metadata == 0 {
        return Ok(None);
    }
    if u64::from(metadata) > METADATA_BYTES_MAX {
        return Err("a message is too long".to_owned());
    }
    let bytes = range(file, length, start, prefix as u64 + u64::from(metadata))?;
    let body = root_as_message(&bytes[prefix..]).map_err(reason_of)?.bodyLength();
    let body = u64::try_from(body).map_err(|_| "a message has an impossible length")?;
    with_body(file, length, start, Head { bytes, prefix }, body, wanted).map(Some)
}

/// What stands before the body of a message.
struct Head {
    bytes: Vec<u8>,
    prefix: usize,
}

fn with_body(file: &mut File, length: u64, start: u64, head: Head, body: u64, wanted: &Wanted) -> Result<Message, String> {
    let Head { bytes: head, prefix } = head;
    let total = (head.len() as u64).checked_add(body).ok_or("a part is too long")?;
    let end = start.checked_add(total).filter(|end| *end <= length).ok_or(BEYOND)?;
    let metadata = head.get(prefix..).ok_or("a message is cut off")?;
    let message = root_as_message(metadata).map_err(reason_of)?;
    let body_length = usize::try_from(body).map_err(reason_of)?;
    let parts = match message.header_as_record_batch().and_then(|batch| wanted.ranges(&batch, message.version())) {
        Some(parts) if parts.iter().all(|part| part.end <= body_length) => parts,
        // What contradicts itself is read whole, and told by whoever decodes it.
        Some(_) | None => {
            let whole = 0..body_length;
            vec![whole]
        }
    };

    let mut bytes = vec![0; usize::try_from(total).map_err(reason_of)?];
    let (into_head, into_body) = bytes.split_at_mut(head.len());
    into_head.copy_from_slice(&head);
    for part in parts {
        file.seek(SeekFrom::Start(start + (head.len() + part.start) as u64)).map_err(reason_of)?;
        file.read_exact(&mut into_body[part]).map_err(reason_of)?;
    }
    check_unpacked(metadata, into_body)?;
    let block = Block::new(0, i32::try_from(head.len()).map_err(reason_of)?, i64::try_from(body).map_err(reason_of)?);
    Ok(Message { bytes, prefix, block, end })
}

impl Wanted {
    /// The parts of a batch's body that hold the wanted columns, in order; none where that is not known.
    fn ranges(&self, batch: &RecordBatch, version: MetadataVersion) -> Option<Vec<Range<usize>>> {
        let buffers = batch.buffers()?;
        let mut variadic = batch.variadicBufferCounts().into_iter().flatten();
        let (mut next, mut found): (usize, Vec<Range<usize>>) = (0, Vec::new());
        for (column, field) in self.schema.fields().iter().enumerate() {
            let count = buffer_count(field.data_type(), version, &mut variadic)?;
            if self.columns.contains(&column) {
                for number in next..next.checked_add(count).filter(|end| *end <= buffers.len())? {
                    let buffer = buffers.get(number);
                    let (start, length) = (usize::try_from(buffer.offset()).ok()?, usize::try_from(buffer.length()).ok()?);
                    found.push(start..start.checked_add(length)?);
                }
            }
            next = next.checked_add(count)?;
        }
        if next != buffers.len() {
            return None;
        }
        found.sort_unstable_by_key(|part| part.start);
        let mut merged: Vec<Range<usize>> = Vec::new();
        for part in found {
            match merged.last_mut() {
                Some(last) if part.start <= last.end.saturating_add(GAP_BYTES_MAX) => last.end = last.end.max(part.end),
                Some(_) | None => merged.push(part),
            }
        }
        Some(merged)
    }
}

/// How many buffers a column has, with what is nested in it, by the Arrow columnar format; none for a type that is not known here.
fn buffer_count(ty: &DataType, version: MetadataVersion, variadic: &mut impl Iterator<Item = i64>) -> Option<usize> {
    Some(match ty {
        DataType::Null => 0,
        DataType::Boolean | DataType::FixedSizeBinary(_) | DataType::Dictionary(..) => 2,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => 3,
        DataType::Utf8View | DataType::BinaryView => usize::try_from(variadic.next()?).ok()?.checked_add(2)?,
        DataType::List(item) | DataType::LargeList(item) | DataType::Map(item, _) => 2 + buffer_count(item.data_type(), version, variadic)?,
        DataType::ListView(item) | DataType::LargeListView(item) => 3 + buffer_count(item.data_type(), version, variadic)?,
        DataType::FixedSizeList(item, _) => 1 + buffer_count(item.data_type(), version, variadic)?,
        DataType::Struct(fields) => {
            fields.iter().try_fold(1, |count: usize, field| count.checked_add(buffer_count(field.data_type(), version, variadic)?))?
        }
        DataType::RunEndEncoded(ends, values) => {
            buffer_count(ends.data_type(), version, variadic)? + buffer_count(values.data_type(), version, variadic)?
        }
        DataType::Union(fields, mode) => {
            let own = usize::from(version < MetadataVersion::V5) + 1 + usize::from(*mode == UnionMode::Dense);
            fields
                .iter()
                .try_fold(own, |count: usize, (_, field)| count.checked_add(buffer_count(field.data_type(), version, variadic)?))?
        }
        ty if ty.is_primitive() => 2,
        _ => return None,
    })
}

/// A packed buffer begins with the length that it unpacks to.
fn check_unpacked(metadata: &[u8], body: &[u8]) -> Result<(), String> {
    let message = root_as_message(metadata).map_err(reason_of)?;
    let batch = match message.header_type() {
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()),
        _ => None,
    };
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    for buffer in batch.buffers().iter().flatten() {
        let (Ok(offset), Ok(length)) = (usize::try_from(buffer.offset()), usize::try_from(buffer.length())) else {
            return Err("a buffer has a negative place or length".to_owned());
        };
        let end = offset.checked_add(length).filter(|end| *end <= body.len()).ok_or("a buffer lies beyond its message")?;
        let Some(unpacked) = body[offset..end].first_chunk::<8>() else { continue };
        let unpacked = i64::from_le_bytes(*unpacked);
        if unpacked > UNPACKED_BYTES_MAX || unpacked / UNPACKED_RATIO_MAX > buffer.length() {
            return Err("a buffer would unpack to too much".to_owned());
        }
    }
    Ok(())
}

const BEYOND: &str = "a part lies beyond the end of the file";

pub fn range(file: &mut File, length: u64, start: u64, count: u64) -> Result<Vec<u8>, String> {
    if start.checked_add(count).is_none_or(|end| end > length) {
        return Err(BEYOND.to_owned());
    }
    file.seek(SeekFrom::Start(start)).map_err(reason_of)?;
    let mut bytes = vec![0; usize::try_from(count).map_err(reason_of)?];
    file.read_exact(&mut bytes).map_err(reason_of)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use arrow_array::builder::{ListBuilder, StringBuilder, StringViewBuilder};
    use arrow_array::types::Int32Type;
    use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Int64Array, NullArray, RecordBatch, StringArray, StructArray};
    use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
    use arrow_schema::{Field, Fields};

    use super::*;
    use crate::batch::read_arrow::ArrowFile;

    const ROWS: usize = 10_000;

    /// A column of each layout, some of them nested.
    fn batch() -> RecordBatch {
        let text = |row: usize| (!row.is_multiple_of(7)).then(|| format!("text {row} that is too long for a view"));
        let texts: StringArray = (0..ROWS).map(text).collect();
        let mut views = StringViewBuilder::new();
        let mut lists = ListBuilder::new(StringBuilder::new());
        for row in 0..ROWS {
            views.append_option(text(row));
            lists.append_option((row % 5 != 0).then(|| vec![text(row), Some(row.to_string())]));
        }
        let numbers: ArrayRef = Arc::new((0..ROWS as i64).map(|row| (row % 3 != 0).then_some(row)).collect::<Int64Array>());
        let fields = Fields::from(vec![Field::new("a", DataType::Utf8, true), Field::new("b", DataType::Int64, true)]);
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("numbers", numbers.clone()),
            ("texts", Arc::new(texts.clone())),
            ("nothing", Arc::new(NullArray::new(ROWS))),
            ("views", Arc::new(views.finish())),
            ("yes", Arc::new((0..ROWS).map(|row| Some(row % 2 == 0)).collect::<BooleanArray>())),
            ("lists", Arc::new(lists.finish())),
            ("choices", Arc::new((0..ROWS).map(|row| Some(["x", "y"][row % 2])).collect::<DictionaryArray<Int32Type>>())),
            ("both", Arc::new(StructArray::new(fields, vec![Arc::new(texts), numbers.clone()], None))),
            ("last", numbers),
        ];
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap()
    }

    fn files(batch: &RecordBatch) -> Vec<Vec<u8>> {
        let mut files = Vec::new();
        for compression in [None, Some(arrow_ipc::CompressionType::ZSTD)] {
            let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
            let mut writer = FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options.clone()).unwrap();
            (0..3).for_each(|_| writer.write(batch).unwrap());
            files.push(writer.into_inner().unwrap());
            let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
            (0..3).for_each(|_| writer.write(batch).unwrap());
            files.push(writer.into_inner().unwrap());
        }
        files
    }

    #[test]
    fn any_columns_come_out_as_they_are_without_the_others() {
        let batch = batch();
        let count = batch.num_columns();
        let mut choices: Vec<Vec<usize>> = (0..count).map(|column| vec![column]).collect();
        choices.extend([vec![], vec![0, 8], vec![1, 3, 7], (0..count).collect()]);
        for bytes in files(&batch) {
            for columns in &choices {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(&bytes).unwrap();
                let mut file = ArrowFile::open(file, "leads.arrow").unwrap().read(columns);
                let mut chunks = 0;
                while let Some(chunk) = file.next_chunk().unwrap() {
                    assert_eq!(chunk.batch, batch.project(columns).unwrap(), "{columns:?}");
                    assert_eq!(chunk.first_row, (chunks * ROWS + 1) as u64);
                    chunks += 1;
                }
                assert_eq!(chunks, 3);
            }
        }
    }

    #[test]
    fn what_is_not_wanted_is_not_read() {
        let batch = batch();
        let bytes = files(&batch).remove(1);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let length = bytes.len() as u64;
        let mut wanted = Wanted { schema: batch.schema(), columns: vec![0] };
        let mut position = 0;
        let mut found = Vec::new();
        while let Some(message) = streamed(&mut file, length, position, &wanted).unwrap() {
            let body = &message.bytes[message.block.metaDataLength() as usize..];
            let is_batch = root_as_message(message.metadata()).unwrap().header_type() == MessageHeader::RecordBatch;
            // the numbers stand first: their validity and 8 bytes each
            found.extend(is_batch.then(|| body[ROWS * 9..].iter().filter(|byte| **byte != 0).count()));
            position = message.end;
        }
        assert_eq!(found, [0, 0, 0]);
        wanted.columns = vec![1];
        let whole = streamed(&mut file, length, 0, &wanted).unwrap().unwrap();
        assert_eq!(whole.bytes, bytes[..whole.end as usize]);
    }
}
