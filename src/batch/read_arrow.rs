//! Arrow IPC files and streams to chunks of arrays.
//!
//! Enters: a file, in the file or the stream format. Leaves: its columns, then batches of those that are used, in order. Always holds: a
//! damaged file ends in one error, never in a panic; a length that the file claims is checked against the file before memory is asked
//! for, also the length of what is packed; memory depends on the largest batch.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::SchemaRef;

use super::error::BatchError;
use super::guarded::{guarded, reason_of};
use super::read_columns::ArrayChunk;

const FORMAT: &str = "Arrow IPC";
const MAGIC: &[u8] = b"ARROW1";
/// Schemas and footers of real files are thousands of times smaller.
const METADATA_BYTES_MAX: u64 = 64 << 20;
/// The most that one buffer may unpack to, and how many times its packed size.
const UNPACKED_BYTES_MAX: i64 = 1 << 30;
const UNPACKED_RATIO_MAX: i64 = 10_000;

pub struct ArrowFile {
    name: String,
    length: u64,
    file: File,
    decoder: FileDecoder,
    parts: Parts,
    schema: SchemaRef,
    /// columns to give, in the file's order
    columns: Vec<usize>,
    next_row: u64,
}

/// Where the next part stands.
enum Parts {
    /// listed in a footer
    Listed(std::vec::IntoIter<Block>),
    /// one behind the other, up to an end mark
    Streamed,
}

impl ArrowFile {
    pub fn open(mut file: File, name: &str) -> Result<ArrowFile, BatchError> {
        let opened = guarded(name, FORMAT, || {
            let length = file.seek(SeekFrom::End(0)).map_err(reason_of)?;
            file.rewind().map_err(reason_of)?;
            let mut magic = [0; MAGIC.len()];
            file.read_exact(&mut magic).map_err(reason_of)?;
            let (decoder, parts, schema) = if magic == MAGIC { open_file(&mut file, length)? } else { open_stream(&mut file, length)? };
            let columns = (0..schema.fields().len()).collect();
            Ok::<_, String>(ArrowFile { name: name.to_owned(), length, file, decoder, parts, schema, columns, next_row: 1 })
        })?;
        Ok(opened)
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Gives only these columns, in the file's order.
    pub fn read(&mut self, columns: &[usize]) {
        self.columns = columns.to_vec();
    }

    pub fn next_chunk(&mut self) -> Result<Option<ArrayChunk>, BatchError> {
        let ArrowFile { length, file, decoder, parts, columns, .. } = self;
        let next = guarded(&self.name, FORMAT, || {
            let batch = match parts {
                Parts::Listed(blocks) => next_listed(file, *length, decoder, blocks)?,
                Parts::Streamed => next_streamed(file, *length, decoder)?,
            };
            let Some(batch) = batch else { return Ok(None) };
            let position = file.stream_position().map_err(reason_of)?;
            Ok::<_, String>(Some((batch.project(columns).map_err(reason_of)?, position)))
        })?;
        let Some((batch, bytes_read)) = next else { return Ok(None) };
        let first_row = self.next_row;
        self.next_row += batch.num_rows() as u64;
        Ok(Some(ArrayChunk { batch, first_row, bytes_read }))
    }
}

fn open_file(file: &mut File, length: u64) -> Result<(FileDecoder, Parts, SchemaRef), String> {
    let mut trailer = [0; 10];
    let trailer_start = length.checked_sub(trailer.len() as u64).ok_or("it is too short")?;
    file.seek(SeekFrom::Start(trailer_start)).map_err(reason_of)?;
    file.read_exact(&mut trailer).map_err(reason_of)?;
    let footer_length = read_footer_length(trailer).map_err(|_| "it has no footer, so it was cut off or never completed")? as u64;
    if footer_length > METADATA_BYTES_MAX {
        return Err("its footer is too long".to_owned());
    }
    let footer_start = trailer_start.checked_sub(footer_length).ok_or("its footer is longer than the file")?;
    let bytes = read_range(file, length, footer_start, footer_length)?;
    let footer = root_as_footer(&bytes).map_err(reason_of)?;
    let schema = footer.schema().ok_or("it has no schema")?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err("it was written on a machine of another byte order".to_owned());
    }
    let schema: SchemaRef = Arc::new(fb_to_schema(schema));
    let mut decoder = FileDecoder::new(schema.clone(), footer.version());
    for block in footer.dictionaries().iter().flatten() {
        let bytes = read_block(file, length, block)?;
        decoder.read_dictionary(block, &bytes).map_err(reason_of)?;
    }
    let blocks: Vec<Block> = footer.recordBatches().iter().flatten().copied().collect();
    Ok((decoder, Parts::Listed(blocks.into_iter()), schema))
}

fn next_listed(
    file: &mut File,
    length: u64,
    decoder: &FileDecoder,
    blocks: &mut std::vec::IntoIter<Block>,
) -> Result<Option<RecordBatch>, String> {
    for block in blocks {
        let bytes = read_block(file, length, &block)?;
        if let Some(batch) = decoder.read_record_batch(&block, &bytes).map_err(reason_of)? {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

/// The message of a block, with its body.
fn read_block(file: &mut File, length: u64, block: &Block) -> Result<Buffer, String> {
    let part = |value: i64| u64::try_from(value).map_err(|_| "a part has a negative place or length".to_owned());
    let (offset, metadata, body) = (part(block.offset())?, part(i64::from(block.metaDataLength()))?, part(block.bodyLength())?);
    let total = metadata.checked_add(body).ok_or("a part is too long")?;
    let bytes = read_range(file, length, offset, total)?;
    // A message begins with its length, in newer files after a mark.
    let prefix = if bytes.starts_with(&[0xFF; 4]) { 8 } else { 4 };
    let message = bytes.get(prefix..metadata as usize).ok_or("a message is cut off")?;
    check_unpacked(message, &bytes[metadata as usize..])?;
    Ok(Buffer::from_vec(bytes))
}

fn open_stream(file: &mut File, length: u64) -> Result<(FileDecoder, Parts, SchemaRef), String> {
    file.rewind().map_err(reason_of)?;
    let first = next_message(file, length)?.ok_or("it is empty")?;
    let message = root_as_message(first.metadata()).map_err(reason_of)?;
    let schema = message.header_as_schema().ok_or("it does not begin with a schema")?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err("it was written on a machine of another byte order".to_owned());
    }
    let schema: SchemaRef = Arc::new(fb_to_schema(schema));
    Ok((FileDecoder::new(schema.clone(), message.version()), Parts::Streamed, schema))
}

fn next_streamed(file: &mut File, length: u64, decoder: &mut FileDecoder) -> Result<Option<RecordBatch>, String> {
    while let Some(message) = next_message(file, length)? {
        let kind = root_as_message(message.metadata()).map_err(reason_of)?.header_type();
        let bytes = Buffer::from_vec(message.bytes);
        if kind == MessageHeader::DictionaryBatch {
            decoder.read_dictionary(&message.block, &bytes).map_err(reason_of)?;
        } else if let Some(batch) = decoder.read_record_batch(&message.block, &bytes).map_err(reason_of)? {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

/// A message of a stream as it stands there: mark, length, metadata, body.
struct Message {
    bytes: Vec<u8>,
    prefix: usize,
    block: Block,
}

impl Message {
    fn metadata(&self) -> &[u8] {
        &self.bytes[self.prefix..self.block.metaDataLength() as usize]
    }
}

/// The next message of a stream; none at its end.
fn next_message(file: &mut File, length: u64) -> Result<Option<Message>, String> {
    let start = file.stream_position().map_err(reason_of)?;
    if start == length {
        return Ok(None);
    }
    let mut bytes = [0; 8];
    let available = (length - start).min(8) as usize;
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
    let head = prefix + metadata as usize;
    let bytes = read_range(file, length, start, head as u64)?;
    let body = root_as_message(&bytes[prefix..]).map_err(reason_of)?.bodyLength();
    let total = u64::try_from(body).ok().and_then(|body| body.checked_add(head as u64)).ok_or("a message has an impossible length")?;
    let bytes = read_range(file, length, start, total)?;
    check_unpacked(&bytes[prefix..head], &bytes[head..])?;
    Ok(Some(Message { bytes, prefix, block: Block::new(0, head as i32, body) }))
}

/// A packed buffer begins with the length that it unpacks to.
fn check_unpacked(message: &[u8], body: &[u8]) -> Result<(), String> {
    let message = root_as_message(message).map_err(reason_of)?;
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

fn read_range(file: &mut File, length: u64, start: u64, count: u64) -> Result<Vec<u8>, String> {
    if start.checked_add(count).is_none_or(|end| end > length) {
        return Err("a part lies beyond the end of the file".to_owned());
    }
    file.seek(SeekFrom::Start(start)).map_err(reason_of)?;
    let mut bytes = vec![0; usize::try_from(count).map_err(reason_of)?];
    file.read_exact(&mut bytes).map_err(reason_of)?;
    Ok(bytes)
}
