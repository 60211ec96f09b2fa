//! A file that is there whole or not at all.
//!
//! Enters: where to write, and bytes. Leaves: after [`OutputFile::commit`], a complete file that survives a crash; without it, nothing.
//! Always holds: bytes go to a temporary file in the target's own folder, which is renamed at the end; a symbolic link at the target is
//! refused, never followed or replaced.

use std::fs::{self, File, Permissions};
use std::io::{self, ErrorKind, IsTerminal, Stdout, Write};
use std::path::{Path, PathBuf};

use super::compression::{Compression, Packer};
use super::error::BatchError;
use super::unfinished::Unfinished;
use super::{Input, Place};
use crate::diagnostic::sanitise;

pub struct OutputFile {
    /// how errors call it
    name: String,
    target: Target,
}

enum Target {
    File { temporary: Unfinished, path: PathBuf, packer: Option<Box<Packer>> },
    Standard(Stdout),
}

impl OutputFile {
    /// A file whose name ends as that of a compressed one is compressed.
    pub fn create(place: &Place) -> Result<OutputFile, BatchError> {
        let mut file = OutputFile::create_plain(place)?;
        if let Target::File { path, packer, .. } = &mut file.target
            && let Some((compression, _)) = Compression::of_path(path)
        {
            *packer = Some(Box::new(compression.packer().map_err(|error| write_error(&file.name, &error))?));
        }
        Ok(file)
    }

    /// A file that is never compressed.
    pub fn create_plain(place: &Place) -> Result<OutputFile, BatchError> {
        let name = display_name(place, STANDARD_OUTPUT);
        let Place::Path(path) = place else {
            return Ok(OutputFile { name, target: Target::Standard(io::stdout()) });
        };
        let existing = match fs::symlink_metadata(path) {
            Ok(metadata) if metadata.file_type().is_symlink() => return Err(BatchError::OutputIsLink { file: name }),
            Ok(metadata) if !metadata.is_file() => return Err(BatchError::OutputNotRegular { file: name }),
            Ok(metadata) => Some(metadata.permissions()),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(write_error(&name, &error)),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leadwright-").suffix(".part");
        if let Some(permissions) = new_file_permissions(existing) {
            builder.permissions(permissions);
        }
        match Unfinished::create(|| builder.tempfile_in(folder_of(path))) {
            Ok(temporary) => Ok(OutputFile { name, target: Target::File { temporary, path: path.clone(), packer: None } }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // some folders, such as those of the system, take no new files and say so in the same way
                let reason = if folder_of(path).is_dir() { "its folder takes no new files" } else { "its folder does not exist" };
                Err(BatchError::Write { file: name, reason: reason.to_owned() })
            }
            Err(error) => Err(write_error(&name, &error)),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn compression(&self) -> Option<Compression> {
        match &self.target {
            Target::File { packer, .. } => packer.as_deref().map(Packer::compression),
            Target::Standard(_) => None,
        }
    }

    /// Whether a person reads it as it comes.
    pub fn is_terminal(&self) -> bool {
        match &self.target {
            Target::File { .. } => false,
            Target::Standard(stdout) => stdout.is_terminal(),
        }
    }

    /// What a failed write means to the user.
    pub fn error(&self, error: &io::Error) -> BatchError {
        match self.target {
            Target::Standard(_) if error.kind() == ErrorKind::BrokenPipe => BatchError::BrokenPipe,
            Target::Standard(_) | Target::File { .. } => write_error(&self.name, error),
        }
    }

    /// Makes the file appear under its name.
    pub fn commit(mut self) -> Result<(), BatchError> {
        self.flush().map_err(|error| self.error(&error))?;
        let Target::File { mut temporary, path, packer } = self.target else { return Ok(()) };
        let rest = packer.map_or_else(|| Ok(Vec::new()), |packer| packer.finish());
        let written = rest.and_then(|rest| {
            let Some(file) = temporary.file() else { return Ok(()) };
            file.write_all(&rest)?;
            file.sync_all()
        });
        let finished = written.and_then(|()| temporary.finish(&path)).and_then(|()| sync_folder(folder_of(&path)));
        finished.map_err(|error| write_error(&self.name, &error))
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::File { temporary, packer: None, .. } => temporary.file().map_or(Ok(0), |file| file.write(bytes)),
            Target::File { temporary, packer: Some(packer), .. } => {
                let packed = packer.pack(bytes)?;
                temporary.file().map_or(Ok(()), |file| file.write_all(&packed))?;
                Ok(bytes.len())
            }
            Target::Standard(stdout) => stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::File { temporary, .. } => temporary.file().map_or(Ok(()), |file| file.flush()),
            Target::Standard(stdout) => stdout.flush(),
        }
    }
}

/// A text as a file that is there whole or not at all.
pub fn write_text(place: &Place, text: &str) -> Result<(), BatchError> {
    let mut file = OutputFile::create(place)?;
    file.write_all(text.as_bytes()).map_err(|error| file.error(&error))?;
    file.commit()
}

/// How sentences call a place; `standard` is `standard input` or `standard output`.
pub fn display_name(place: &Place, standard: &str) -> String {
    match place {
        Place::Path(path) => sanitise::one_line(&path.to_string_lossy()).into_owned(),
        Place::Standard => standard.to_owned(),
    }
}

pub const STANDARD_OUTPUT: &str = "standard output";
pub const STANDARD_INPUT: &str = "standard input";

/// Standard input is read once; no file is read and written, and none is written twice. What is written has its name in sentences.
pub fn refuse_shared<'p>(
    inputs: impl Iterator<Item = &'p Input>,
    written: impl Iterator<Item = (&'static str, &'p Place)>,
) -> Result<(), BatchError> {
    let inputs: Vec<&Input> = inputs.collect();
    if inputs.iter().filter(|input| input.place == Place::Standard).count() > 1 {
        return Err(BatchError::StandardInputTwice);
    }
    let written: Vec<(&str, &Place)> = written.collect();
    for (index, (what, place)) in written.iter().enumerate() {
        if inputs.iter().any(|input| same_file(place, &input.place)) {
            return Err(BatchError::OutputIsInput { what, file: display_name(place, STANDARD_OUTPUT) });
        }
        if let Some((first, _)) = written[..index].iter().find(|(_, earlier)| same_file(earlier, place)) {
            return Err(BatchError::OutputTwice { first, second: what, file: display_name(place, STANDARD_OUTPUT) });
        }
    }
    Ok(())
}

/// Whether both are one file, by whatever names.
pub fn same_file(first: &Place, second: &Place) -> bool {
    let (Place::Path(first), Place::Path(second)) = (first, second) else { return false };
    first == second || matches!((resolved(first), resolved(second)), (Some(first), Some(second)) if first == second)
}

/// A file that does not exist yet still has a folder.
fn resolved(path: &Path) -> Option<PathBuf> {
    fs::canonicalize(path).ok().or_else(|| Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?)))
}

fn write_error(name: &str, error: &io::Error) -> BatchError {
    BatchError::Write { file: name.to_owned(), reason: system_reason(error) }
}

/// The system's words in the style of ours: lower case, without `(os error 2)`.
pub fn system_reason(error: &io::Error) -> String {
    said_by_system(&error.to_string())
}

/// What the system says, as the end of a sentence.
pub fn said_by_system(text: &str) -> String {
    let text = text.split(" (os error").next().unwrap_or(text);
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => "an unknown failure".to_owned(),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// A file that is replaced keeps its permissions; a new one gets what the user's mask allows, not the closed ones of temporary files.
#[cfg(unix)]
fn new_file_permissions(existing: Option<Permissions>) -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(existing.unwrap_or_else(|| Permissions::from_mode(0o666)))
}

#[cfg(not(unix))]
fn new_file_permissions(_existing: Option<Permissions>) -> Option<Permissions> {
    None
}

/// The new name is in the folder only once the folder itself is on the disk.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some file systems cannot do this for folders.
        Err(error) if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Unsupported) => Ok(()),
        result => result,
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}
