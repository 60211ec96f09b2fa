//! One file for several readers, each at a place of its own.
//!
//! Enters: a file. Leaves: [`SharedFile`]s, which are cheap to clone. Always holds: no reader moves another one, whatever thread it is on. (A clone of a [`File`]
//! shares its position with it.)

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::errors::Result;
use parquet::file::reader::{ChunkReader, Length};

#[derive(Clone)]
pub struct SharedFile {
    file: Arc<Mutex<File>>,
    /// when it was opened
    length: u64,
}

/// A reader that begins somewhere in the file.
pub struct ReadFrom {
    file: SharedFile,
    position: u64,
}

impl SharedFile {
    pub fn new(file: File) -> io::Result<SharedFile> {
        let length = file.metadata()?.len();
        Ok(SharedFile { file: Arc::new(Mutex::new(file)), length })
    }

    fn read_at(&self, position: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(position))?;
        file.read(into)
    }
}

impl Read for ReadFrom {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(self.position, into)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Length for SharedFile {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for SharedFile {
    type T = BufReader<ReadFrom>;

    fn get_read(&self, start: u64) -> Result<BufReader<ReadFrom>> {
        Ok(BufReader::new(ReadFrom { file: self.clone(), position: start }))
    }

    /// Errors if the file ends before; memory is asked for what the file has.
    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.length) {
            return Err(io::Error::from(ErrorKind::UnexpectedEof).into());
        }
        let mut bytes = vec![0; length];
        ReadFrom { file: self.clone(), position: start }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn readers_do_not_move_each_other() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"abcdefghij").unwrap();
        let file = SharedFile::new(file).unwrap();
        let (mut first, mut second) = (file.get_read(0).unwrap(), file.get_read(5).unwrap());
        let mut pair = [0; 2];
        for (reader, expected) in [(&mut first, b"ab"), (&mut second, b"fg")] {
            reader.read_exact(&mut pair).unwrap();
            assert_eq!(&pair, expected);
        }
        first.read_exact(&mut pair).unwrap();
        assert_eq!(&pair, b"cd");
        assert_eq!(&file.get_bytes(8, 2).unwrap()[..], b"ij");
        assert!(file.get_bytes(8, 3).is_err());
        assert!(file.get_bytes(u64::MAX, 1).is_err());
    }
}
