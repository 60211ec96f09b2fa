//! The policy files below a folder.
//!
//! Enters: a file or a folder. Leaves: the paths of its `.lead` files, sorted. Always holds: hidden folders and folders behind symbolic links are not entered, so
//! that the walk ends and stays inside; a file that was named is taken whatever it is called.

use std::fs;
use std::path::{Path, PathBuf};

use super::outcome::Misuse;

pub fn below(path: &Path) -> Result<Vec<PathBuf>, Misuse> {
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Misuse::new(format!("there is no file or folder `{}`", path.display())),
        _ => Misuse::new(format!("cannot read `{}`: {error}", path.display())),
    })?;
    if about.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !about.is_dir() {
        return Err(Misuse::new(format!("`{}` is neither a file nor a folder", path.display())));
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: std::io::Error| Misuse::new(format!("cannot read the folder `{}`: {error}", folder.display()));
        for item in fs::read_dir(&folder).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let kind = item.file_type().map_err(unreadable)?;
            let name = item.file_name();
            let is_hidden = name.to_string_lossy().starts_with('.');
            let path = if folder == Path::new(".") { PathBuf::from(&name) } else { item.path() };
            if kind.is_dir() && !is_hidden {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "lead")
                && fs::metadata(&path).is_ok_and(|about| about.is_file())
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
