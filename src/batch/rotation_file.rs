//! The file that rotations are remembered in.
//!
//! Enters: a path. Leaves: the state in it; or later, a file with a new state. Always holds: the new file appears whole, when the run is over, or
//! not at all; it may take the place of the one that was read.

use std::fs;
use std::io::Write;
use std::path::Path;

use super::Place;
use super::error::BatchError;
use super::output_file::{OutputFile, STANDARD_INPUT, display_name, system_reason};
use crate::rotation::state::State;

/// A state has some hundred bytes for each owner.
const BYTES_MAX: u64 = 64 << 20;

pub fn read_rotation(path: &Path, policy: &str) -> Result<State, BatchError> {
    let file = display_name(&Place::Path(path.to_owned()), STANDARD_INPUT);
    let read = |error: &std::io::Error| BatchError::Read { file: file.clone(), reason: system_reason(error) };
    if fs::metadata(path).map_err(|error| read(&error))?.len() > BYTES_MAX {
        return Err(BatchError::RotationState { file, reason: format!("it is larger than {} MiB", BYTES_MAX >> 20) });
    }
    let bytes = fs::read(path).map_err(|error| read(&error))?;
    let text =
        String::from_utf8(bytes).map_err(|_| BatchError::RotationState { file: file.clone(), reason: "it is not UTF-8".to_owned() })?;
    State::read(&text, policy).map_err(|error| BatchError::RotationState { file, reason: error.to_string() })
}

/// Where the state will be written, made sure of before the run.
pub struct RotationFile(OutputFile);

impl RotationFile {
    pub fn create(path: &Path) -> Result<RotationFile, BatchError> {
        OutputFile::create_plain(&Place::Path(path.to_owned())).map(RotationFile)
    }

    pub fn write(self, state: &State) -> Result<(), BatchError> {
        let RotationFile(mut file) = self;
        file.write_all(state.to_text().as_bytes()).map_err(|error| file.error(&error))?;
        file.commit()
    }
}
