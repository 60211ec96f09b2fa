//! Files that are compressed as a whole: gzip (RFC 1952) and zstd (RFC 8878).
//!
//! Enters: a file's name, or its first bytes; then its bytes. Leaves: the bytes inside, or what they are compressed to. Always holds: what is compressed
//! twice alike is the same file (no time, no name is in it); damaged bytes end in one error; memory does not depend on the length.

use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// A file is unpacked with at most so much memory, the most that zstd uses without `--long`.
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    Gzip,
    Zstd,
}

impl Compression {
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
        }
    }

    /// How a sentence calls a file that is.
    pub fn title(self) -> &'static str {
        match self {
            Compression::Gzip => "compressed with gzip",
            Compression::Zstd => "compressed with zstd",
        }
    }

    /// By the last extension of a name, and the name without it.
    pub fn of_path(path: &Path) -> Option<(Compression, PathBuf)> {
        let compression = match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" | "gzip" => Compression::Gzip,
            "zst" | "zstd" => Compression::Zstd,
            _ => return None,
        };
        Some((compression, path.with_extension("")))
    }

    /// By what a file begins with.
    pub fn of_head(head: &[u8]) -> Option<Compression> {
        match head {
            [0x1F, 0x8B, ..] => Some(Compression::Gzip),
            // a frame, or one to be skipped
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Compression::Zstd),
            _ => None,
        }
    }

    /// The bytes inside, of all members or frames of a file.
    pub fn reader(self, packed: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
        let inside: Box<dyn Read + Send> = match self {
            Compression::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Compression::Zstd => {
                let mut decoder = zstd::Decoder::new(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
                Box::new(decoder)
            }
        };
        Ok(Box::new(Unpacking { inside, compression: self }))
    }

    pub fn packer(self) -> io::Result<Packer> {
        Ok(match self {
            Compression::Gzip => Packer::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::default())),
            Compression::Zstd => {
                let mut encoder = zstd::Encoder::new(Vec::new(), zstd::DEFAULT_COMPRESSION_LEVEL)?;
                encoder.include_checksum(true)?;
                Packer::Zstd(encoder)
            }
        })
    }
}

/// Damage is told in words of ours; what the system says stays as it is.
struct Unpacking {
    inside: Box<dyn Read + Send>,
    compression: Compression,
}

impl Read for Unpacking {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inside.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::Interrupted => error,
            _ if error.raw_os_error().is_some() => error,
            ErrorKind::UnexpectedEof => io::Error::other(format!("its {} data ends too early", self.compression.name())),
            _ => io::Error::other(format!("its {} data is damaged", self.compression.name())),
        })
    }
}

/// Compresses what is written, piece by piece.
pub enum Packer {
    Gzip(GzEncoder<Vec<u8>>),
    Zstd(zstd::Encoder<'static, Vec<u8>>),
}

impl Packer {
    pub fn compression(&self) -> Compression {
        match self {
            Packer::Gzip(_) => Compression::Gzip,
            Packer::Zstd(_) => Compression::Zstd,
        }
    }

    /// What is ready of the bytes so far.
    pub fn pack(&mut self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Packer::Gzip(encoder) => {
                encoder.write_all(bytes)?;
                Ok(std::mem::take(encoder.get_mut()))
            }
            Packer::Zstd(encoder) => {
                encoder.write_all(bytes)?;
                Ok(std::mem::take(encoder.get_mut()))
            }
        }
    }

    /// The rest.
    pub fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Packer::Gzip(encoder) => encoder.finish(),
            Packer::Zstd(encoder) => encoder.finish(),
        }
    }
}

/// Counts what is read of a file, so that progress is that of the file and not of what it is unpacked to.
pub struct Counted<R> {
    pub reader: R,
    pub count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
