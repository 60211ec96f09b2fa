//! Several policies at once.
//!
//! Enters: what a user wrote: policies, or folders with policies anywhere beneath. Leaves: each policy once, in the order of the paths, the files that belong to
//! none, and the folder at which the paths of every report start. Always holds: that folder holds them all, so no path shown has a `..`; hidden folders and
//! symbolic links to folders are not looked into.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashSet;

use super::belonging::{Belonging, Outlines, belonging};
use super::disk::Disk;
use super::locate::{Located, locate};
use super::outcome::Misuse;
use super::texts::{read_bounded, text_of};
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::source::Sources;
use crate::{lint, syntax};

/// A policy, and where it lies.
#[derive(Clone, Debug)]
pub struct Found {
    pub located: Located,
    /// its root, as reports show it; empty where their paths start
    pub folder: String,
}

impl Found {
    /// Its first file, as reports show it.
    pub fn path(&self) -> String {
        if self.folder.is_empty() { self.located.entry.clone() } else { format!("{}/{}", self.folder, self.located.entry) }
    }
}

/// What paths stand for.
#[derive(Clone, Debug, Default)]
pub struct Finds {
    pub policies: Vec<Found>,
    pub strays: Vec<Stray>,
}

/// A `.lead` file of a folder that is no policy, and that no policy uses.
#[derive(Clone, Debug)]
pub struct Stray {
    /// absolute
    pub file: PathBuf,
    /// as reports show it
    pub path: String,
}

impl Stray {
    /// What is said of it: that nothing uses it, unless nobody wants to know, and what is wrong with its text.
    pub fn findings(&self, severity: Option<Severity>) -> Result<(Sources, Vec<Diagnostic>), Misuse> {
        let bytes = read_bounded(&self.file).map_err(|error| Misuse::new(format!("cannot read `{}`: {error}", self.path)))?;
        let text = match text_of(&self.path, bytes) {
            Ok(text) => text,
            Err(unreadable) => return Ok(unreadable),
        };
        let mut sources = Sources::default();
        let source = sources.add(&self.path, text);
        let unused = severity.map(|severity| Diagnostic { severity, ..lint::unused_file(&sources, source) });
        let (_, mut found) = syntax::parse(&sources, source);
        found.extend(unused);
        diagnostic::sort(&mut found);
        Ok((sources, found))
    }
}

/// Every policy that these paths name. A file is a policy, a folder stands for every policy in and beneath it: a `.lead` file with a `policy` header, or
/// one that has lost it; and for what belongs to none.
pub fn find(paths: &[PathBuf]) -> Result<Finds, Misuse> {
    let mut located = Vec::new();
    let mut strays = Vec::new();
    for path in paths {
        if path.is_dir() {
            let beneath = beneath(path)?;
            located.extend(beneath.policies);
            strays.extend(beneath.strays);
        } else {
            located.push(policy_of(path)?);
        }
    }
    let whole = |located: &Located| located.disk.root().join(&located.entry);
    located.sort_by_cached_key(whole);
    located.dedup_by_key(|located| whole(located));
    strays.sort();
    strays.dedup();
    // a file that is named is a policy
    strays.retain(|stray| !located.iter().any(|located| whole(located) == *stray));
    Ok(placed(located, strays))
}

/// The one policy that a path names.
pub fn find_one(path: &Path) -> Result<Found, Misuse> {
    let located = policy_of(path)?;
    let base = base(&[located.disk.root()]);
    Ok(Found { folder: below(&base, &located), located })
}

/// The policy at a path.
fn policy_of(path: &Path) -> Result<Located, Misuse> {
    let located = locate(path)?;
    match part_of(path, &located.disk.root().join(&located.entry)) {
        Some(misuse) => Err(misuse),
        None => Ok(located),
    }
}

/// What is no policy by itself and is used by one is that one's: by itself it would be nothing but mistakes. `file` is without symbolic links.
fn part_of(path: &Path, file: &Path) -> Option<Misuse> {
    let mut outlines = Outlines::default();
    if outlines.is_policy(file) || outlines.has_lead(file) {
        return None;
    }
    let folder = file.parent()?;
    let folders: Vec<PathBuf> = [folder.to_path_buf()].into_iter().chain(above(folder)).collect();
    let user = outlines.user_of(file, &folders)?;
    Some(Misuse::new(format!(
        "`{}` is no policy but a part of `{}`, which uses it: name that one, or a folder that holds both",
        path.display(),
        shown_file(&user)
    )))
}

fn placed(located: Vec<Located>, strays: Vec<PathBuf>) -> Finds {
    let folders = located.iter().map(|located| located.disk.root()).chain(strays.iter().filter_map(|stray| stray.parent()));
    let base = base(&folders.collect::<Vec<_>>());
    let policies = located.into_iter().map(|located| Found { folder: below(&base, &located), located }).collect();
    let strays = strays.into_iter().map(|file| Stray { path: shown(file.strip_prefix(&base).unwrap_or(&file)), file }).collect();
    Finds { policies, strays }
}

fn below(base: &Path, located: &Located) -> String {
    shown(located.disk.root().strip_prefix(base).unwrap_or(Path::new("")))
}

/// Does `work` for each, on all cores; results in the order of the items.
pub fn each<Item: Sync, Done: Send>(items: &[Item], work: impl Fn(&Item) -> Done + Sync) -> Vec<Done> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if cores <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let mut done: Vec<(usize, Done)> = std::thread::scope(|scope| {
        let worker = || {
            let mut own = Vec::new();
            while let Some((index, item)) = Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, items.get(index)?))) {
                own.push((index, work(item)));
            }
            own
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        threads.into_iter().flat_map(join).collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, done)| done).collect()
}

/// Where the paths of reports start: the top of the repository that holds the policies, else the working directory, else the deepest folder that
/// holds them all. `roots` are absolute and without symbolic links.
///
/// A work tree's top is the closest folder with a `.git`, whatever that is. Opening the repository would ask for more than its place: git
/// refuses a repository that belongs to another user, and in containers of CI systems it often does.
pub fn base(roots: &[&Path]) -> PathBuf {
    let top = roots.first().and_then(|root| root.ancestors().find(|folder| folder.join(".git").exists())).map(Path::to_path_buf);
    let current = std::env::current_dir().ok().and_then(|folder| fs::canonicalize(folder).ok());
    let holds_all = |folder: &PathBuf| roots.iter().all(|root| root.starts_with(folder));
    top.into_iter().chain(current).find(holds_all).unwrap_or_else(|| {
        let first = roots.first().copied().unwrap_or(Path::new(""));
        first.ancestors().map(Path::to_path_buf).find(holds_all).unwrap_or_default()
    })
}

/// A file of the disk as reports show it: from the top of its repository, else from the working directory.
pub fn shown_file(path: &Path) -> String {
    let from = path.parent().and_then(|folder| fs::canonicalize(folder).ok()).map(|folder| base(&[&folder]));
    match (path.is_absolute(), from) {
        (true, Some(from)) => path.strip_prefix(&from).map_or_else(|_| path.display().to_string(), shown),
        (true, None) | (false, _) => path.display().to_string(),
    }
}

/// A path as reports show it: with `/`, whatever the system's separator.
pub fn shown(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

/// What a folder stands for.
struct Beneath {
    policies: Vec<Located>,
    strays: Vec<PathBuf>,
}

/// Every policy in and beneath a folder; if there is none, what the folder alone can be.
fn beneath(folder: &Path) -> Result<Beneath, Misuse> {
    let mut disks: BTreeMap<PathBuf, Disk> = BTreeMap::new();
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: std::io::Error| Misuse::new(format!("cannot read the folder `{}`: {error}", folder.display()));
        let disk = Disk::new(&folder).map_err(unreadable)?;
        for item in fs::read_dir(&folder).map_err(unreadable)? {
            let item = item.map_err(unreadable)?;
            let kind = item.file_type().map_err(unreadable)?;
            let Ok(name) = item.file_name().into_string() else { continue };
            if kind.is_dir() && !name.starts_with('.') {
                folders.push(item.path());
            } else if name.ends_with(".lead") && fs::metadata(item.path()).is_ok_and(|about| about.is_file()) {
                files.push(disk.root().join(name));
            }
        }
        disks.insert(disk.root().to_path_buf(), disk);
    }
    files.sort();
    let Belonging { policies, strays } = belonging(&files, &above(folder));
    let located = |file: PathBuf| Some(Located { disk: disks.get(file.parent()?)?.clone(), entry: file.file_name()?.to_str()?.to_owned() });
    let policies: Vec<Located> = policies.into_iter().filter_map(located).collect();
    if !policies.is_empty() {
        return Ok(Beneath { policies, strays });
    }
    if let Some(misuse) = files.first().and_then(|file| part_of(folder, file)) {
        return Err(misuse);
    }
    // a policy may lack its header, which `check` then says
    if has_file_at_top(folder) { Ok(Beneath { policies: vec![locate(folder)?], strays: Vec::new() }) } else { Err(none_beneath(folder)) }
}

/// The folders above one, up to where reports start.
pub fn above(folder: &Path) -> Vec<PathBuf> {
    let Ok(whole) = fs::canonicalize(folder) else { return Vec::new() };
    let base = base(&[&whole]);
    whole.ancestors().skip(1).take_while(|folder| folder.starts_with(&base)).map(Path::to_path_buf).collect()
}

/// Whether a policy that is none of `entries` uses the file: one beside it or above it, as no policy leaves its root.
pub fn is_used_elsewhere(file: &Path, entries: &FxHashSet<PathBuf>, outlines: &mut Outlines) -> bool {
    let Some(folder) = file.parent() else { return false };
    let roots = entries.iter().filter_map(|entry| entry.parent()).filter(|root| file.starts_with(root)).map(Path::to_path_buf);
    let folders: BTreeSet<PathBuf> = [folder.to_path_buf()].into_iter().chain(above(folder)).chain(roots).collect();
    outlines.has_other_user(file, &folders.into_iter().collect::<Vec<_>>(), entries)
}

fn has_file_at_top(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.path().extension().is_some_and(|extension| extension == "lead"))
}

fn none_beneath(folder: &Path) -> Misuse {
    let folder = folder.display();
    Misuse::new(format!("the folder `{folder}` holds no policy: no `.lead` file in or beneath it has a line that begins with `policy`"))
}

/// Policies that stand deeper in a folder than at its top, as the user would name them.
pub fn paths_beneath(folder: &Path) -> Vec<String> {
    let Ok(whole) = fs::canonicalize(folder) else { return Vec::new() };
    let named = |located: &Located| {
        let below = located.disk.root().strip_prefix(&whole).unwrap_or(Path::new(""));
        folder.join(below).join(&located.entry).display().to_string()
    };
    let mut paths: Vec<String> = beneath(folder).map(|beneath| beneath.policies).unwrap_or_default().iter().map(named).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn paths(found: &Finds) -> Vec<String> {
        found.policies.iter().map(Found::path).collect()
    }

    #[test]
    fn a_folder_stands_for_every_policy_beneath_it() {
        let policy = "leadwright 1\npolicy p { }\n";
        let folder = folder(&[
            (".git/HEAD", ""),
            (".hidden/a.lead", policy),
            ("b/eu.lead", policy),
            ("b/common/teams.lead", "leadwright 1\n# policy p\nteam t\n"),
            ("a.lead", policy),
            ("notes.txt", policy),
        ]);
        let root = folder.path().to_path_buf();
        assert_eq!(paths(&find(std::slice::from_ref(&root)).unwrap()), ["a.lead", "b/eu.lead"]);
        // each once, in the order of the paths, and from the top of the repository
        assert_eq!(paths(&find(&[root.join("b"), root.join("a.lead"), root.join("b/eu.lead")]).unwrap()), ["a.lead", "b/eu.lead"]);
        assert_eq!(paths(&find(&[root.join("b")]).unwrap()), ["b/eu.lead"]);
    }

    #[test]
    fn without_a_repository_paths_start_where_all_policies_are() {
        let policy = "leadwright 1\npolicy p { }\n";
        let folder = folder(&[("x/b/b.lead", policy), ("x/a/a.lead", policy)]);
        let root = folder.path().join("x");
        assert_eq!(paths(&find(&[root.join("a")]).unwrap()), ["a.lead"]);
        assert_eq!(paths(&find(&[root]).unwrap()), ["a/a.lead", "b/b.lead"]);
    }

    #[test]
    fn a_folder_without_a_policy_is_what_it_is_for_one() {
        let folder = folder(&[("only.lead", "leadwright 1\nteam t\n")]);
        assert_eq!(paths(&find(&[folder.path().to_path_buf()]).unwrap()), ["only.lead"]);
        let empty = tempfile::tempdir().unwrap();
        assert!(find(&[empty.path().to_path_buf()]).unwrap_err().to_string().contains("holds no policy"));
    }

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        assert_eq!(each(&items, |item| item * 2), items.iter().map(|item| item * 2).collect::<Vec<_>>());
        assert!(each::<usize, usize>(&[], |item| *item).is_empty());
    }
}
