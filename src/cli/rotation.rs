//! `--rotation-in` and `--rotation-out`: turns of rotations that go on from run to run.

use std::path::PathBuf;

use clap::Args;

use super::outcome::Misuse;
use crate::batch::rotation_file::{RotationFile, read_rotation};
use crate::policy::Policy;
use crate::rotation::state::State;

#[derive(Args, Debug)]
pub struct RotationArguments {
    /// Take turns in queues that rotate from where this file left them
    #[arg(long, value_name = "FILE")]
    rotation_in: Option<PathBuf>,

    /// Remember in this file whose turn it is next; without `--rotation-in`, nobody has had a turn yet
    #[arg(long, value_name = "FILE")]
    rotation_out: Option<PathBuf>,
}

impl RotationArguments {
    /// The state that turns go on from; none if a hash of the key says whose turn it is.
    pub fn state(&self, policy: &Policy) -> Result<Option<State>, Misuse> {
        match (&self.rotation_in, &self.rotation_out) {
            (Some(path), _) => RotationArguments::read(path, policy).map(Some),
            (None, Some(_)) => Ok(Some(State::default())),
            (None, None) => Ok(None),
        }
    }

    /// For commands that write no state: the file to go on from.
    pub fn read(path: &std::path::Path, policy: &Policy) -> Result<State, Misuse> {
        read_rotation(path, &policy.model().name).map_err(|error| Misuse::new(error.to_string()))
    }

    /// Where the state goes, before anything is scored.
    pub fn target(&self) -> Result<Option<RotationFile>, Misuse> {
        let create = |path: &PathBuf| RotationFile::create(path).map_err(|error| Misuse::new(error.to_string()));
        self.rotation_out.as_ref().map(create).transpose()
    }

    pub fn out(&self) -> Option<&PathBuf> {
        self.rotation_out.as_ref()
    }
}
