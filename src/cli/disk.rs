//! The files of a policy on a disk.
//!
//! Enters: a root folder and paths relative to it. Leaves: their bytes. Always holds: nothing outside the root is read, whatever symbolic
//! links say; nothing but regular files is opened; a file beyond the limit is refused before it is read.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::source::{Files, ReadError};

/// The most bytes one file of a policy may have.
pub const FILE_BYTES_MAX: u64 = 64 << 20;

/// The most names of a folder that are looked at.
const NAMES_MAX: usize = 10_000;

#[derive(Clone, Debug)]
pub struct Disk {
    /// without symbolic links
    root: PathBuf,
    bytes_max: u64,
}

impl Disk {
    pub fn new(root: &Path) -> io::Result<Disk> {
        Ok(Disk { root: fs::canonicalize(root)?, bytes_max: FILE_BYTES_MAX })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let relative = Path::new(path);
        if path.contains('\\') || !relative.components().all(|component| matches!(component, Component::Normal(_))) {
            return Err(ReadError::Outside);
        }
        let real = fs::canonicalize(self.root.join(relative)).map_err(|error| reason(&error))?;
        if !real.starts_with(&self.root) {
            return Err(ReadError::Outside);
        }
        let about = fs::metadata(&real).map_err(|error| reason(&error))?;
        if about.is_dir() {
            return Err(ReadError::Other("it is a folder".into()));
        }
        if !about.is_file() {
            return Err(ReadError::Other("it is not a regular file".into()));
        }
        if about.len() > self.bytes_max {
            return Err(ReadError::TooLarge { bytes: about.len(), limit: self.bytes_max });
        }
        let mut bytes = Vec::with_capacity(about.len() as usize);
        // it may have grown since
        let file = File::open(&real).map_err(|error| reason(&error))?;
        file.take(self.bytes_max + 1).read_to_end(&mut bytes).map_err(|error| reason(&error))?;
        if bytes.len() as u64 > self.bytes_max {
            return Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit: self.bytes_max });
        }
        Ok(bytes)
    }

    fn names_in(&self, folder: &str) -> Vec<String> {
        self.entries(folder).into_iter().filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }

    fn folders_in(&self, folder: &str) -> Vec<String> {
        let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
        self.entries(folder).into_iter().filter(is_folder).filter_map(|entry| entry.file_name().into_string().ok()).collect()
    }
}

impl Disk {
    /// What stands in a folder below the root.
    fn entries(&self, folder: &str) -> Vec<fs::DirEntry> {
        let real = fs::canonicalize(self.root.join(folder)).ok().filter(|real| real.starts_with(&self.root));
        real.and_then(|real| fs::read_dir(real).ok()).into_iter().flatten().flatten().take(NAMES_MAX).collect()
    }
}

fn reason(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReadError::NotFound,
        io::ErrorKind::PermissionDenied => ReadError::Other("reading it is not permitted".into()),
        _ => ReadError::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Disk) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("policy");
        fs::create_dir_all(root.join("common")).unwrap();
        fs::write(root.join("a.lead"), "inside").unwrap();
        fs::write(root.join("common/b.lead"), "deeper").unwrap();
        fs::write(folder.path().join("secret.lead"), "outside").unwrap();
        let disk = Disk::new(&root).unwrap();
        (folder, disk)
    }

    #[test]
    fn files_inside_are_read() {
        let (_folder, disk) = folder();
        assert_eq!(disk.read("a.lead").unwrap(), b"inside");
        assert_eq!(disk.read("common/b.lead").unwrap(), b"deeper");
        assert_eq!(disk.read("c.lead"), Err(ReadError::NotFound));
        assert_eq!(disk.read("a.lead/b"), Err(ReadError::NotFound));
        assert_eq!(disk.read("common"), Err(ReadError::Other("it is a folder".into())));
        assert_eq!((disk.folders_in(""), disk.folders_in("common/"), disk.folders_in("../")), (vec!["common".to_owned()], vec![], vec![]));
    }

    #[test]
    fn nothing_outside_is_read() {
        let (folder, disk) = folder();
        let absolute = folder.path().join("secret.lead");
        for path in ["../secret.lead", "common/../../secret.lead", "./../secret.lead", "..", "..\\secret.lead", absolute.to_str().unwrap()]
        {
            assert_eq!(disk.read(path), Err(ReadError::Outside), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn symbolic_links_may_stay_inside_but_not_leave() {
        use std::os::unix::fs::symlink;
        let (folder, disk) = folder();
        let root = folder.path().join("policy");
        symlink(folder.path().join("secret.lead"), root.join("leak.lead")).unwrap();
        symlink(folder.path(), root.join("up")).unwrap();
        symlink("common/b.lead", root.join("inner.lead")).unwrap();
        symlink("loop.lead", root.join("loop.lead")).unwrap();
        symlink("/dev/zero", root.join("zero.lead")).unwrap();
        assert_eq!(disk.read("leak.lead"), Err(ReadError::Outside));
        assert_eq!(disk.read("up/secret.lead"), Err(ReadError::Outside));
        assert_eq!(disk.read("zero.lead"), Err(ReadError::Outside));
        assert_eq!(disk.read("inner.lead").unwrap(), b"deeper");
        assert!(matches!(disk.read("loop.lead"), Err(ReadError::Other(_))));
    }

    #[test]
    fn a_large_file_is_refused_before_it_is_read() {
        let (_folder, mut disk) = folder();
        disk.bytes_max = 5;
        assert_eq!(disk.read("a.lead"), Err(ReadError::TooLarge { bytes: 6, limit: 5 }));
        disk.bytes_max = 6;
        assert!(disk.read("a.lead").is_ok());
    }
}
