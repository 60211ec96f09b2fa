//! Bytes that do not fit the memory they are given.
//!
//! Enters: pieces of bytes. Leaves: the same bytes, from where [`Spill::append`] says they are. Always holds: the file has no name and is gone
//! with the process, however that ends; reading moves nothing, so that threads may read at the same time.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use crate::batch::error::BatchError;
use crate::batch::output_file::system_reason;

#[derive(Debug)]
pub struct Spill {
    file: File,
    length: u64,
}

impl Spill {
    pub fn create() -> Result<Spill, BatchError> {
        let file = tempfile::tempfile().map_err(|error| failed("create", &error))?;
        Ok(Spill { file, length: 0 })
    }

    /// Where the bytes begin.
    pub fn append(&mut self, bytes: &[u8]) -> Result<u64, BatchError> {
        let start = self.length;
        self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.write_all(bytes)).map_err(|error| failed("write", &error))?;
        self.length += bytes.len() as u64;
        Ok(start)
    }

    pub fn read(&self, start: u64, bytes: &mut [u8]) -> Result<(), BatchError> {
        read_at(&self.file, start, bytes).map_err(|error| failed("read", &error))
    }
}

fn failed(what: &'static str, error: &io::Error) -> BatchError {
    BatchError::Temporary { what, reason: system_reason(error) }
}

#[cfg(unix)]
fn read_at(file: &File, start: u64, bytes: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, start)
}

#[cfg(windows)]
fn read_at(file: &File, start: u64, bytes: &mut [u8]) -> io::Result<()> {
    let mut done = 0;
    while done < bytes.len() {
        match std::os::windows::fs::FileExt::seek_read(file, &mut bytes[done..], start + done as u64)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => done += count,
        }
    }
    Ok(())
}
