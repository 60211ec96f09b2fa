//! Temporary files of outputs that are not complete yet.
//!
//! Enters: how to make one. Leaves: an [`Unfinished`] file, which is given its name or is gone when dropped. Always holds: [`remove_all`], for a process
//! that is about to be ended from outside, knows each of them; while its answer lives none appears and none is given its name.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

static PATHS: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

pub struct Unfinished {
    /// gone once the file has its name
    temporary: Option<NamedTempFile>,
}

impl Unfinished {
    pub fn create(make: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<Unfinished> {
        let mut paths = paths();
        let temporary = make()?;
        paths.push(temporary.path().to_owned());
        Ok(Unfinished { temporary: Some(temporary) })
    }

    /// None only behind [`Unfinished::finish`].
    pub fn file(&mut self) -> Option<&mut File> {
        self.temporary.as_mut().map(NamedTempFile::as_file_mut)
    }

    /// Gives the file its name, in place of any file that has it.
    pub fn finish(mut self, path: &Path) -> io::Result<()> {
        let mut paths = paths();
        let Some(temporary) = self.temporary.take() else { return Ok(()) };
        forget(&mut paths, temporary.path());
        temporary.persist(path).map(drop).map_err(|failed| failed.error)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(temporary) = self.temporary.take() {
            forget(&mut paths(), temporary.path());
        }
    }
}

/// Removes the temporary files of all outputs that are being written.
pub fn remove_all() -> impl Sized {
    let mut paths = paths();
    for path in paths.drain(..) {
        // Nobody can be told any more.
        let _ = std::fs::remove_file(path);
    }
    paths
}

fn forget(paths: &mut Vec<PathBuf>, path: &Path) {
    paths.retain(|known| known != path);
}

fn paths() -> MutexGuard<'static, Vec<PathBuf>> {
    PATHS.lock().unwrap_or_else(PoisonError::into_inner)
}
