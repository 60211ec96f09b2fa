//! What `check` and `test` write for other programs. The schemas themselves are held by `.ci/outputs.py`, with libraries that this package does without.

mod hostile;
mod json;
mod shapes;

use std::path::Path;

use crate::cli::{Folder, POLICY};

/// A repository of two policies: one with a mistake and a warning, one whose test fails.
pub fn repository() -> Folder {
    let weights = POLICY.replace("site 40%", "site 30%");
    let tested = POLICY.replace("policy clinic", "policy ward").replace("expect { fit 100", "expect { fit 61");
    let folder = Folder::new(&[("policies/clinic.lead", &weights), ("policies/eu/ward.lead", &tested)]);
    std::fs::create_dir(folder.path(".git")).unwrap();
    folder
}

/// The arguments, run in a folder of the repository.
pub fn run_in(folder: &Path, arguments: &[&str]) -> crate::cli::Ran {
    let mut command = crate::cli::command(arguments);
    command.current_dir(folder);
    crate::cli::run_command(command, "")
}
