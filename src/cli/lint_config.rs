//! The `leadwright.toml` that a policy falls under.
//!
//! Enters: the root folder of a policy. Leaves: what the closest `leadwright.toml` says, from that folder up to the top of its repository; or one
//! sentence with the place of what cannot be read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::outcome::Misuse;
use super::policies::shown_file;
use crate::lint::config::{self, Config, FILE_NAME};

/// A configuration, and the folder that its paths start at.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub config: Config,
    pub folder: PathBuf,
}

impl Found {
    pub fn baseline(&self) -> Option<PathBuf> {
        self.config.baseline.as_ref().map(|path| self.folder.join(path))
    }
}

/// Configurations that have been read, by the folder that asked.
#[derive(Debug, Default)]
pub struct Configs {
    by_root: BTreeMap<PathBuf, Found>,
}

impl Configs {
    pub fn of(&mut self, root: &Path) -> Result<&Found, Misuse> {
        if !self.by_root.contains_key(root) {
            let found = closest(root)?;
            self.by_root.insert(root.to_path_buf(), found);
        }
        Ok(&self.by_root[root])
    }
}

/// The one that a user names.
pub fn named(path: &Path) -> Result<Found, Misuse> {
    let text = fs::read_to_string(path).map_err(|error| Misuse::new(format!("cannot read `{}`: {error}", shown_file(path))))?;
    let config = config::read(&text).map_err(|error| Misuse::new(format!("{}:{error}", shown_file(path))))?;
    Ok(Found { config, folder: path.parent().unwrap_or(Path::new("")).to_path_buf() })
}

fn closest(root: &Path) -> Result<Found, Misuse> {
    for folder in root.ancestors() {
        let path = folder.join(FILE_NAME);
        if path.is_file() {
            return named(&path);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(Found::default())
}
