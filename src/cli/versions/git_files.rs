//! The files of a policy as a commit has them.
//!
//! Enters: a tree of a repository, the folder in it that is the policy's root. Leaves: the bytes of files below that folder. Always holds: what counts on a disk
//! counts here: nothing outside the root is read, whatever symbolic links say; nothing but files is opened; a file beyond the limit is refused.

use git2::{ObjectType, Repository, Tree, TreeEntry};

use crate::cli::disk::FILE_BYTES_MAX;
use crate::source::{Files, ReadError};

/// So many symbolic links may lead to a file.
const LINKS_MAX: usize = 40;

/// What git calls a symbolic link.
const LINK_MODE: i32 = 0o120_000;

pub struct GitFiles<'r> {
    repository: &'r Repository,
    tree: Tree<'r>,
    /// names of folders from the top of the tree to the root
    root: Vec<String>,
}

impl<'r> GitFiles<'r> {
    /// `root` is `/`-separated; empty for the top of the tree.
    pub fn new(repository: &'r Repository, tree: Tree<'r>, root: &str) -> GitFiles<'r> {
        GitFiles { repository, tree, root: root.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect() }
    }

    /// The folder or file that a way leads to, links followed; none if there is none.
    fn entry(&self, way: &[String]) -> Result<TreeEntry<'static>, ReadError> {
        let mut waiting: Vec<String> = way.iter().rev().cloned().collect();
        // names of folders that are no links
        let mut here: Vec<String> = Vec::new();
        let mut links = 0;
        let mut found = None;
        while let Some(name) = waiting.pop() {
            match name.as_str() {
                "." => continue,
                ".." => {
                    here.pop().ok_or(ReadError::Outside)?;
                    continue;
                }
                _ => {}
            }
            let folder = self.folder(&here)?;
            let entry = folder.get_name(&name).ok_or(ReadError::NotFound)?.to_owned();
            if entry.filemode() == LINK_MODE {
                links += 1;
                if links > LINKS_MAX {
                    return Err(ReadError::Other("too many symbolic links lead to it".into()));
                }
                let target = self.text(&entry)?;
                if target.starts_with('/') || target.contains('\\') {
                    return Err(ReadError::Outside);
                }
                waiting.extend(target.split('/').filter(|name| !name.is_empty()).rev().map(str::to_owned));
                found = None;
                continue;
            }
            here.push(name);
            found = Some(entry);
        }
        if !here.starts_with(&self.root) {
            return Err(ReadError::Outside);
        }
        found.ok_or(ReadError::Other("it is a folder".into()))
    }

    fn folder(&self, way: &[String]) -> Result<Tree<'r>, ReadError> {
        let mut tree = self.tree.clone();
        for name in way {
            let id = tree.get_name(name).filter(|entry| entry.kind() == Some(ObjectType::Tree)).ok_or(ReadError::NotFound)?.id();
            tree = self.repository.find_tree(id).map_err(|error| failed(&error))?;
        }
        Ok(tree)
    }

    /// Where a link leads.
    fn text(&self, entry: &TreeEntry) -> Result<String, ReadError> {
        let blob = self.repository.find_blob(entry.id()).map_err(|error| failed(&error))?;
        String::from_utf8(blob.content().to_vec()).map_err(|_| ReadError::NotFound)
    }
}

impl Files for GitFiles<'_> {
    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let names: Vec<&str> = path.split('/').collect();
        if path.contains('\\') || names.iter().any(|name| matches!(*name, "" | "." | "..")) {
            return Err(ReadError::Outside);
        }
        let way: Vec<String> = self.root.iter().cloned().chain(names.into_iter().map(str::to_owned)).collect();
        let entry = self.entry(&way)?;
        match entry.kind() {
            Some(ObjectType::Blob) => {}
            Some(ObjectType::Tree) => return Err(ReadError::Other("it is a folder".into())),
            Some(ObjectType::Commit) => return Err(ReadError::Other("it is a submodule".into())),
            _ => return Err(ReadError::Other("it is not a regular file".into())),
        }
        let blob = self.repository.find_blob(entry.id()).map_err(|error| failed(&error))?;
        let bytes = blob.size() as u64;
        if bytes > FILE_BYTES_MAX {
            return Err(ReadError::TooLarge { bytes, limit: FILE_BYTES_MAX });
        }
        Ok(blob.content().to_vec())
    }
}

fn failed(error: &git2::Error) -> ReadError {
    ReadError::Other(error.message().to_owned())
}
