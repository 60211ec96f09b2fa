//! Arrow IPC files and streams to chunks of arrays.
//!
//! Enters: a file, in the file or the stream format. Leaves: its columns, then batches of those that are used, in order. Always holds: a
//! damaged file ends in one error, never in a panic; of a batch, what holds other columns is not read; memory depends on the largest batch. (A file that were
//! mapped into memory would end the process with a signal when another program cuts it off.)

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::{Schema, SchemaRef};

use super::arrow_messages::{self, METADATA_BYTES_MAX, Wanted};
use super::error::BatchError;
use super::guarded::{guarded, reason_of};
use super::read_columns::ArrayChunk;
use super::unpacked::{unpack, unpacked_schema};

const FORMAT: &str = "Arrow IPC";
const MAGIC: &[u8] = b"ARROW1";

pub struct ArrowFile {
    name: String,
    length: u64,
    file: File,
    decoder: FileDecoder,
    parts: Parts,
    /// columns to give, in the file's order
    wanted: Wanted,
    /// of all columns, as batches have them
    schema: SchemaRef,
    next_row: u64,
    /// behind the batch at hand
    position: u64,
}

/// Where the next part stands.
enum Parts {
    /// listed in a footer
    Listed(std::vec::IntoIter<Block>),
    /// one behind the other, from the position on, up to an end mark
    Streamed,
}

impl ArrowFile {
    pub fn open(mut file: File, name: &str) -> Result<ArrowFile, BatchError> {
        let opened = guarded(name, FORMAT, || {
            let length = file.seek(SeekFrom::End(0)).map_err(reason_of)?;
            file.rewind().map_err(reason_of)?;
            let mut magic = [0; MAGIC.len()];
            file.read_exact(&mut magic).map_err(reason_of)?;
            let (decoder, parts, schema, position) =
                if magic == MAGIC { open_file(&mut file, length)? } else { open_stream(&mut file, length)? };
            let (columns, plain) = ((0..schema.fields().len()).collect(), unpacked_schema(&schema));
            let wanted = Wanted { schema, columns };
            Ok::<_, String>(ArrowFile { name: name.to_owned(), length, file, decoder, parts, wanted, schema: plain, next_row: 1, position })
        })?;
        Ok(opened)
    }

    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Gives only these columns, in the file's order.
    pub fn read(mut self, columns: &[usize]) -> ArrowFile {
        self.wanted.columns = columns.to_vec();
        ArrowFile { decoder: self.decoder.with_projection(columns.to_vec()), ..self }
    }

    pub fn next_chunk(&mut self) -> Result<Option<ArrayChunk>, BatchError> {
        let name = self.name.clone();
        let Some(batch) = guarded(&name, FORMAT, || self.next_batch())? else { return Ok(None) };
        let first_row = self.next_row;
        self.next_row += batch.num_rows() as u64;
        Ok(Some(ArrayChunk { batch, first_row, bytes_read: self.position }))
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>, String> {
        loop {
            let message = match &mut self.parts {
                Parts::Listed(blocks) => match blocks.next() {
                    Some(block) => arrow_messages::listed(&mut self.file, self.length, &block, &self.wanted)?,
                    None => return Ok(None),
                },
                Parts::Streamed => match arrow_messages::streamed(&mut self.file, self.length, self.position, &self.wanted)? {
                    Some(message) => message,
                    None => return Ok(None),
                },
            };
            self.position = message.end;
            let is_dictionary = root_as_message(message.metadata()).map_err(reason_of)?.header_type() == MessageHeader::DictionaryBatch;
            let bytes = Buffer::from_vec(message.bytes);
            if is_dictionary {
                self.decoder.read_dictionary(&message.block, &bytes).map_err(reason_of)?;
            } else if let Some(batch) = self.decoder.read_record_batch(&message.block, &bytes).map_err(reason_of)? {
                return unpack(batch).map(Some).map_err(reason_of);
            }
        }
    }
}

fn open_file(file: &mut File, length: u64) -> Result<(FileDecoder, Parts, SchemaRef, u64), String> {
    let mut trailer = [0; 10];
    let trailer_start = length.checked_sub(trailer.len() as u64).ok_or("it is too short")?;
    file.seek(SeekFrom::Start(trailer_start)).map_err(reason_of)?;
    file.read_exact(&mut trailer).map_err(reason_of)?;
    let footer_length = read_footer_length(trailer).map_err(|_| "it has no footer, so it was cut off or never completed")? as u64;
    if footer_length > METADATA_BYTES_MAX {
        return Err("its footer is too long".to_owned());
    }
    let footer_start = trailer_start.checked_sub(footer_length).ok_or("its footer is longer than the file")?;
    let bytes = arrow_messages::range(file, length, footer_start, footer_length)?;
    let footer = root_as_footer(&bytes).map_err(reason_of)?;
    let schema = footer.schema().ok_or("it has no schema")?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err("it was written on a machine of another byte order".to_owned());
    }
    let schema: SchemaRef = Arc::new(fb_to_schema(schema));
    let mut decoder = FileDecoder::new(schema.clone(), footer.version());
    let wanted = Wanted { schema: schema.clone(), columns: Vec::new() };
    for block in footer.dictionaries().iter().flatten() {
        let message = arrow_messages::listed(file, length, block, &wanted)?;
        decoder.read_dictionary(&message.block, &Buffer::from_vec(message.bytes)).map_err(reason_of)?;
    }
    let blocks: Vec<Block> = footer.recordBatches().iter().flatten().copied().collect();
    Ok((decoder, Parts::Listed(blocks.into_iter()), schema, 0))
}

fn open_stream(file: &mut File, length: u64) -> Result<(FileDecoder, Parts, SchemaRef, u64), String> {
    let wanted = Wanted { schema: Arc::new(Schema::empty()), columns: Vec::new() };
    let first = arrow_messages::streamed(file, length, 0, &wanted)?.ok_or("it is empty")?;
    let message = root_as_message(first.metadata()).map_err(reason_of)?;
    let schema = message.header_as_schema().ok_or("it does not begin with a schema")?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err("it was written on a machine of another byte order".to_owned());
    }
    let schema: SchemaRef = Arc::new(fb_to_schema(schema));
    Ok((FileDecoder::new(schema.clone(), message.version()), Parts::Streamed, schema, first.end))
}
