//! A state of many files: below a folder of the disk, or in a commit.
//!
//! Enters: a folder, or a tree of a repository, and paths in it, `/`-separated and relative to it. Leaves: which policies are there, and their files. Always
//! holds: policies are in the order of their paths; hidden folders are no part of a work tree, nor is what git ignores, except for files that it keeps all the same.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{Index, ObjectType, Repository, Tree};

use super::git_files::GitFiles;
use crate::cli::disk::Disk;
use crate::cli::outcome::Misuse;
use crate::cli::policies::{base, shown};
use crate::source::{Files, with_line_ends};

pub enum Snapshot<'r> {
    /// with the repository, if it is its work tree
    Folder {
        root: PathBuf,
        repository: Option<&'r Repository>,
    },
    Commit {
        repository: &'r Repository,
        tree: Tree<'r>,
    },
}

/// A policy of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// of its first file
    pub path: String,
    /// as its header calls it; empty if it does not say
    pub name: String,
}

impl<'r> Snapshot<'r> {
    /// The policies at or below a path. None if there is nothing at the path.
    pub fn policies(&self, path: &str) -> Result<Option<Vec<Found>>, Misuse> {
        if let Some(text) = self.text(path) {
            if !path.ends_with(".lead") {
                return Err(no_policy(path));
            }
            if is_part(&text) {
                return Err(Misuse::new(format!(
                    "`{path}` is no policy but a part of one: name the policy that uses it, or a folder that holds both"
                )));
            }
            // any other file that is named is a policy, whatever it lacks
            return Ok(Some(vec![Found { path: path.to_owned(), name: header_name(&text).unwrap_or_default() }]));
        }
        let Some(mut files) = self.lead_files(path)? else { return Ok(None) };
        files.sort();
        let found = |path: String| {
            let text = self.text(&path)?;
            header_name(&text).map(|name| Found { path, name })
        };
        Ok(Some(files.into_iter().filter_map(found).collect()))
    }

    /// The files of a policy, and the name of its first one among them.
    pub fn files(&self, path: &str) -> Result<(Box<dyn Files + 'r>, String), Misuse> {
        let (folder, entry) = path.rsplit_once('/').unwrap_or(("", path));
        let files: Box<dyn Files + 'r> = match self {
            Snapshot::Folder { root, .. } => {
                let folder = root.join(folder);
                let unreadable = |error| Misuse::new(format!("cannot read the folder `{}`: {error}", folder.display()));
                Box::new(Disk::new(&folder).map_err(unreadable)?)
            }
            Snapshot::Commit { repository, tree } => Box::new(GitFiles::new(repository, tree.clone(), folder)),
        };
        Ok((files, entry.to_owned()))
    }

    /// The folder of a policy as reports show it: from the top of the repository.
    pub fn shown_folder(&self, path: &str) -> String {
        let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
        match self {
            Snapshot::Folder { root, repository: None } => {
                let whole = root.join(folder);
                let whole = fs::canonicalize(&whole).unwrap_or(whole);
                shown(whole.strip_prefix(base(&[&whole])).unwrap_or(&whole))
            }
            Snapshot::Folder { repository: Some(_), .. } | Snapshot::Commit { .. } => folder.to_owned(),
        }
    }

    /// Whether there is a file of this path.
    pub fn has_file(&self, path: &str) -> bool {
        self.text(path).is_some()
    }

    fn text(&self, path: &str) -> Option<String> {
        if path.is_empty() {
            return None;
        }
        let bytes = match self {
            Snapshot::Folder { root, .. } => {
                let file = root.join(path);
                fs::metadata(&file).ok().filter(|about| about.is_file())?;
                let (folder, entry) = (file.parent()?, file.file_name()?.to_str()?);
                Disk::new(folder).ok()?.read(entry).ok()?
            }
            Snapshot::Commit { repository, tree } => GitFiles::new(repository, tree.clone(), "").read(path).ok()?,
        };
        Some(with_line_ends(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Every `.lead` file below a folder; none if there is no such folder.
    fn lead_files(&self, path: &str) -> Result<Option<Vec<String>>, Misuse> {
        match self {
            Snapshot::Folder { root, repository } => lead_files_of_folder(root, *repository, path),
            Snapshot::Commit { repository, tree } => lead_files_of_tree(repository, tree, path),
        }
    }
}

/// A path leads to some other file.
pub fn no_policy(path: &str) -> Misuse {
    let about_leads = if path.ends_with(".csv") { "; a file of leads stands behind `--leads`" } else { "" };
    Misuse::new(format!("`{path}` is not a policy: that is a folder, or a file whose name ends in `.lead`{about_leads}"))
}

/// Whether a text has other items than a policy begins with; one that lost its header still has a `lead` record.
fn is_part(text: &str) -> bool {
    let begins = |word: &str| {
        text.lines().any(|line| {
            line.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_'))
        })
    };
    !begins("policy") && !begins("lead") && begins("leadwright")
}

/// The name behind `policy` in the first column.
fn header_name(text: &str) -> Option<String> {
    let rest = text.lines().find_map(|line| line.strip_prefix("policy").filter(|rest| rest.starts_with([' ', '\t'])))?;
    Some(rest.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect())
}

fn lead_files_of_folder(root: &Path, repository: Option<&Repository>, path: &str) -> Result<Option<Vec<String>>, Misuse> {
    let is_folder = fs::metadata(root.join(path)).is_ok_and(|about| about.is_dir());
    if !is_folder {
        return Ok(None);
    }
    let kept = repository.map(Kept::of).transpose()?;
    let mut found = Vec::new();
    let mut waiting = vec![path.trim_end_matches('/').to_owned()];
    while let Some(folder) = waiting.pop() {
        let unreadable = |error: std::io::Error| Misuse::new(format!("cannot read the folder `{}`: {error}", root.join(&folder).display()));
        for item in fs::read_dir(root.join(&folder)).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let Ok(name) = item.file_name().into_string() else { continue };
            let path = joined(&folder, &name);
            // a link to a folder is not followed: it may lead in a circle
            if item.file_type().map_err(unreadable)?.is_dir() {
                if !name.starts_with('.') && kept.as_ref().is_none_or(|kept| kept.folder(&path)) {
                    waiting.push(path);
                }
            } else if name.ends_with(".lead") && kept.as_ref().is_none_or(|kept| kept.file(&path)) {
                found.push(path);
            }
        }
    }
    Ok(Some(found))
}

/// What git sees of a work tree: what it does not ignore, and what it keeps although a pattern says to ignore it.
struct Kept<'r> {
    repository: &'r Repository,
    index: Index,
}

impl<'r> Kept<'r> {
    fn of(repository: &'r Repository) -> Result<Kept<'r>, Misuse> {
        let index =
            repository.index().map_err(|error| Misuse::new(format!("cannot read the index of the repository: {}", error.message())))?;
        Ok(Kept { repository, index })
    }

    fn file(&self, path: &str) -> bool {
        // while a merge waits to be finished, a file has two or three entries and none of stage 0
        !self.is_ignored(path) || (0..=3).any(|stage| self.index.get_path(Path::new(path), stage).is_some())
    }

    fn folder(&self, path: &str) -> bool {
        !self.is_ignored(path) || self.index.find_prefix(format!("{path}/")).is_ok()
    }

    fn is_ignored(&self, path: &str) -> bool {
        self.repository.is_path_ignored(path).unwrap_or(false)
    }
}

fn lead_files_of_tree(repository: &Repository, tree: &Tree, path: &str) -> Result<Option<Vec<String>>, Misuse> {
    let failed = |error: git2::Error| Misuse::new(format!("cannot read the repository: {}", error.message()));
    let path = path.trim_end_matches('/');
    let id = if path.is_empty() {
        tree.id()
    } else {
        match tree.get_path(Path::new(path)) {
            Ok(entry) if entry.kind() == Some(ObjectType::Tree) => entry.id(),
            Ok(_) | Err(_) => return Ok(None),
        }
    };
    let mut found = Vec::new();
    let mut waiting = vec![(path.to_owned(), id)];
    while let Some((folder, id)) = waiting.pop() {
        for entry in &repository.find_tree(id).map_err(failed)? {
            let Ok(name) = entry.name() else { continue };
            let path = joined(&folder, name);
            match entry.kind() {
                Some(ObjectType::Tree) if !name.starts_with('.') => waiting.push((path, entry.id())),
                Some(ObjectType::Blob) if name.ends_with(".lead") => found.push(path),
                _ => {}
            }
        }
    }
    Ok(Some(found))
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
