//! A file of a policy, replaced.

use std::fs;
use std::path::Path;

use super::outcome::Misuse;
use crate::batch::{Place, write_text};

/// Whole or not at all; of a symbolic link, what it points to.
pub fn rewrite(path: &Path, text: &str) -> Result<(), Misuse> {
    let failed = |reason: &dyn std::fmt::Display| Misuse::new(format!("cannot write `{}`: {reason}", path.display()));
    let real = fs::canonicalize(path).map_err(|error| failed(&error))?;
    // a new file would take the place of one that its owner keeps from being written
    if fs::metadata(&real).map_err(|error| failed(&error))?.permissions().readonly() {
        return Err(failed(&"it is read-only"));
    }
    write_text(&Place::Path(real), text).map_err(|error| failed(&error))
}
