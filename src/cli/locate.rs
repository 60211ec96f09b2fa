//! Which policy `POLICY` means.
//!
//! Enters: what a user wrote, a folder or a `.lead` file. Leaves: the disk below the policy's root and the name of the file to begin with;
//! or one sentence that says why there is none.

use std::fs;
use std::path::Path;

use super::disk::Disk;
use super::outcome::Misuse;
use super::policies;

#[derive(Clone, Debug)]
pub struct Located {
    pub disk: Disk,
    /// relative to the root
    pub entry: String,
}

/// In a folder the entry is `policy.lead`, else `<name of the folder>.lead`, else the only `.lead` file at its top.
pub fn locate(path: &Path) -> Result<Located, Misuse> {
    let about = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Misuse::new(format!("there is no file or folder `{}`", path.display())),
        _ => Misuse::new(format!("cannot read `{}`: {error}", path.display())),
    })?;
    if about.is_dir() { in_folder(path) } else { single_file(path) }
}

fn in_folder(path: &Path) -> Result<Located, Misuse> {
    let unreadable = |error: std::io::Error| Misuse::new(format!("cannot read the folder `{}`: {error}", path.display()));
    let disk = Disk::new(path).map_err(unreadable)?;
    let mut candidates = Vec::new();
    for item in fs::read_dir(disk.root()).map_err(unreadable)? {
        let item = item.map_err(unreadable)?;
        let is_file = fs::metadata(item.path()).is_ok_and(|about| about.is_file());
        if let Ok(name) = item.file_name().into_string()
            && name.ends_with(".lead")
            && is_file
        {
            candidates.push(name);
        }
    }
    candidates.sort();
    let named_after_folder = disk.root().file_name().map(|name| format!("{}.lead", name.to_string_lossy())).unwrap_or_default();
    let entry = ["policy.lead", &named_after_folder].into_iter().find(|name| candidates.iter().any(|candidate| candidate == name));
    let entry = match (entry, candidates.as_slice()) {
        (Some(entry), _) => entry.to_string(),
        (None, [only]) => only.clone(),
        (None, []) => {
            return Err(none_at_top(path));
        }
        (None, several) => {
            let names: Vec<String> = several.iter().take(6).map(|name| format!("`{name}`")).collect();
            let more = if several.len() > 6 { format!(" and {} more", several.len() - 6) } else { String::new() };
            return Err(Misuse::new(format!(
                "the folder `{}` holds several files that could be the policy ({}{more}): name one of them, or call it `policy.lead`",
                path.display(),
                names.join(", ")
            )));
        }
    };
    Ok(Located { disk, entry })
}

fn none_at_top(folder: &Path) -> Misuse {
    let folder_name = folder.display();
    match policies::paths_beneath(folder).as_slice() {
        [] => Misuse::new(format!("the folder `{folder_name}` holds no policy: no file in it ends in `.lead`")),
        [first, rest @ ..] => {
            let more = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
            Misuse::new(format!(
                "the folder `{folder_name}` holds no policy itself, but beneath it there is `{first}`{more}: name one policy"
            ))
        }
    }
}

fn single_file(path: &Path) -> Result<Located, Misuse> {
    let not_a_policy =
        || Misuse::new(format!("`{}` is not a policy: that is a folder, or a file whose name ends in `.lead`", path.display()));
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(not_a_policy)?;
    if !name.ends_with(".lead") {
        return Err(not_a_policy());
    }
    let folder = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("."),
    };
    let disk = Disk::new(folder).map_err(|error| Misuse::new(format!("cannot read the folder of `{}`: {error}", path.display())))?;
    Ok(Located { disk, entry: name.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(files: &[&str], expected: Result<&str, &str>) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("medbank");
        fs::create_dir(&root).unwrap();
        for file in files {
            fs::write(root.join(file), "leadwright 1\n").unwrap();
        }
        let found = locate(&root).map(|located| located.entry).map_err(|misuse| misuse.to_string());
        match expected {
            Ok(entry) => assert_eq!(found.as_deref(), Ok(entry)),
            Err(part) => assert!(found.as_ref().is_err_and(|sentence| sentence.contains(part)), "{found:?}"),
        }
    }

    #[test]
    fn the_entry_of_a_folder() {
        check(&["a.lead", "medbank.lead", "policy.lead"], Ok("policy.lead"));
        check(&["a.lead", "medbank.lead"], Ok("medbank.lead"));
        check(&["a.lead", "b.csv"], Ok("a.lead"));
        check(&["b.csv"], Err("holds no policy"));
        check(&["b.lead", "a.lead"], Err("(`a.lead`, `b.lead`)"));
    }

    #[test]
    fn the_entry_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("own.lead");
        fs::write(&file, "leadwright 1\n").unwrap();
        let located = locate(&file).unwrap();
        assert_eq!((located.entry.as_str(), located.disk.root()), ("own.lead", fs::canonicalize(folder.path()).unwrap().as_path()));
        fs::write(folder.path().join("leads.csv"), "").unwrap();
        assert!(locate(&folder.path().join("leads.csv")).unwrap_err().to_string().contains("is not a policy"));
        assert!(locate(&folder.path().join("none")).unwrap_err().to_string().contains("there is no file or folder"));
    }
}
