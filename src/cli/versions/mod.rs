//! Which two versions `leadwright diff` compares.
//!
//! Enters: what a user wrote: two files or folders, or revisions of a git repository and paths. Leaves: [`Sides`], and in them policies in pairs. Always
//! holds: the only folder that knows git, through a library; a wrong word is one sentence.
//!
//! A policy is known again by its path, else by its name, so that a file may be renamed.

mod git_files;
mod revisions;
mod snapshot;
mod trust;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use git2::Repository;

use super::outcome::Misuse;
use crate::source::Files;
use revisions::{NoRepository, Range, is_revision, open, range, tree_of};
use snapshot::{Found, Snapshot, no_policy};

/// What the words of a user mean, before any file is read.
pub struct Sides<'r> {
    pub old: Side<'r>,
    pub new: Side<'r>,
}

pub struct Side<'r> {
    /// `HEAD~1`, `the work tree`, `old.lead`
    pub label: String,
    snapshot: Snapshot<'r>,
    /// where policies are looked for
    paths: Vec<String>,
    /// of `REVISION:PATH`: the path is that of this revision and of no other version
    revision: Option<String>,
}

/// A policy on either side.
pub struct Pair {
    pub name: String,
    pub old: Option<String>,
    pub new: Option<String>,
    /// known by its name, as its path is another one
    pub renamed: bool,
}

/// The repository that the words may be about; none if there is none.
pub struct Repositories(Result<Repository, NoRepository>);

impl Repositories {
    pub fn around() -> Repositories {
        Repositories(open())
    }

    fn get(&self) -> Result<&Repository, Misuse> {
        self.0.as_ref().map_err(NoRepository::misuse)
    }
}

/// `words` are those before `--`, `paths` those behind it.
pub fn sides<'r>(repositories: &'r Repositories, words: &[String], paths: &[PathBuf]) -> Result<Sides<'r>, Misuse> {
    if let ([old, new], []) = (words, paths)
        && let (Some(old), Some(new)) = (place(repositories, old)?, place(repositories, new)?)
    {
        return Ok(Sides { old, new });
    }
    let (revisions, more_paths) = revisions_and_paths(repositories, words, !paths.is_empty())?;
    let paths: Vec<PathBuf> = more_paths.into_iter().map(PathBuf::from).chain(paths.iter().cloned()).collect();
    let repository = repositories.get()?;
    let Range { old, old_label, new } = range(repository, &revisions)?;
    let paths = paths.iter().map(|path| path_in(repository, path)).collect::<Result<Vec<_>, _>>()?;
    let paths = if paths.is_empty() { vec![String::new()] } else { paths };
    let old = Side { label: old_label, snapshot: Snapshot::Commit { repository, tree: old }, paths: paths.clone(), revision: None };
    let new = match new {
        Some((label, tree)) => Side { label, snapshot: Snapshot::Commit { repository, tree }, paths, revision: None },
        None => {
            let root = repository
                .workdir()
                .ok_or_else(|| Misuse::new("the repository has no work tree: name two revisions, as in `HEAD~1..HEAD`"))?;
            let snapshot = Snapshot::Folder { root: root.to_owned(), repository: Some(repository) };
            Side { label: "the work tree".to_owned(), snapshot, paths, revision: None }
        }
    };
    Ok(Sides { old, new })
}

/// A file or folder of the disk, or `REVISION:PATH`; none if the word is neither.
fn place<'r>(repositories: &'r Repositories, word: &str) -> Result<Option<Side<'r>>, Misuse> {
    let path = Path::new(word);
    if let Ok(about) = std::fs::metadata(path) {
        let (root, below) = match (about.is_dir(), path.file_name()) {
            (false, Some(name)) => (
                path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")),
                name.to_string_lossy().into_owned(),
            ),
            (true, _) | (false, None) => (path, String::new()),
        };
        if !about.is_dir() && !word.ends_with(".lead") {
            return Err(no_policy(word));
        }
        let snapshot = Snapshot::Folder { root: root.to_owned(), repository: None };
        return Ok(Some(Side { label: word.to_owned(), snapshot, paths: vec![below], revision: None }));
    }
    let Some((revision, path)) = word.split_once(':') else { return Ok(None) };
    let repository = repositories.get()?;
    let tree = tree_of(repository, revision)?;
    let paths = vec![path_of_revision(repository, path)?];
    let snapshot = Snapshot::Commit { repository, tree };
    Ok(Some(Side { label: word.to_owned(), snapshot, paths, revision: Some(revision.to_owned()) }))
}

/// What stands behind `REVISION:`, from the top of the repository: as for git, `./` and `../` begin at the current folder, all else at the top.
fn path_of_revision(repository: &Repository, path: &str) -> Result<String, Misuse> {
    let outside = || Misuse::new(format!("`{path}` lies outside the repository"));
    let written = Path::new(path.trim_matches('/'));
    let is_from_here = matches!(path, "." | "..") || path.starts_with("./") || path.starts_with("../");
    let whole = match repository.workdir() {
        Some(root) if is_from_here => current_folder()?.strip_prefix(canonical(root)?).map_err(|_| outside())?.join(written),
        Some(_) | None => written.to_owned(),
    };
    joined_names(&normal(&whole).ok_or_else(outside)?).ok_or_else(outside)
}

fn current_folder() -> Result<PathBuf, Misuse> {
    std::env::current_dir().and_then(std::fs::canonicalize).map_err(|error| Misuse::new(format!("cannot tell the current folder: {error}")))
}

fn canonical(folder: &Path) -> Result<PathBuf, Misuse> {
    std::fs::canonicalize(folder).map_err(|error| Misuse::new(format!("cannot read the folder `{}`: {error}", folder.display())))
}

/// `/`-separated; none if a name is no text.
fn joined_names(path: &Path) -> Option<String> {
    let names: Option<Vec<&str>> = path.components().map(|component| component.as_os_str().to_str()).collect();
    names.map(|names| names.join("/"))
}

/// Parts words into revisions and paths, as git does: a word that is a revision is one, the first that is none begins the paths.
fn revisions_and_paths(repositories: &Repositories, words: &[String], all_revisions: bool) -> Result<(Vec<String>, Vec<String>), Misuse> {
    if all_revisions {
        return Ok((words.to_vec(), Vec::new()));
    }
    let exists = |word: &str| Path::new(word).exists();
    let repository = match &repositories.0 {
        Ok(repository) => repository,
        Err(why) => {
            // without a repository a word can only be meant as a path
            let unknown = words.iter().find(|word| !exists(word));
            return Err(match (why, unknown, words) {
                (NoRepository::Absent, Some(word), _) => {
                    Misuse::new(format!("there is no file or folder `{word}`, and no git repository here that could have it as a revision"))
                }
                (NoRepository::Absent, None, [_]) => {
                    Misuse::new("a comparison needs two versions: two files or folders, or a revision in a git repository")
                }
                (NoRepository::Absent, None, _) | (NoRepository::Unreadable(_), _, _) => why.misuse(),
            });
        }
    };
    let is_range = |word: &str| word.contains("..") && !exists(word);
    // without a commit there is no HEAD, which is what has to be said
    let names_revision = |word: &str| word == "HEAD" || is_revision(repository, word);
    let count = words.iter().take_while(|word| is_range(word) || (names_revision(word) && !exists(word))).count();
    let (revisions, paths) = words.split_at(count);
    match paths.iter().find(|path| !exists(path)) {
        Some(unknown) if is_in_any(repository, revisions, unknown) => {}
        Some(unknown) => return Err(Misuse::new(format!("`{unknown}` is neither a revision of the repository nor a file or folder"))),
        None => {}
    }
    Ok((revisions.to_vec(), paths.to_vec()))
}

/// A path that is gone from the disk may be in a revision.
fn is_in_any(repository: &Repository, revisions: &[String], path: &str) -> bool {
    let Ok(Range { old, new, .. }) = range(repository, revisions) else { return false };
    let Ok(path) = path_in(repository, Path::new(path)) else { return false };
    let has = |tree: &git2::Tree| tree.get_path(Path::new(&path)).is_ok();
    has(&old) || new.is_some_and(|(_, tree)| has(&tree))
}

/// A path as the repository has it: from its top, `/`-separated.
fn path_in(repository: &Repository, path: &Path) -> Result<String, Misuse> {
    let outside = || Misuse::new(format!("`{}` lies outside the repository", path.display()));
    let here = current_folder()?;
    let whole = match repository.workdir() {
        Some(root) => {
            let root = std::fs::canonicalize(root).map_err(|_| outside())?;
            let whole = normal(&here.join(path)).ok_or_else(outside)?;
            // of an absolute path its folder may be reached through links
            let whole = std::fs::canonicalize(&whole).unwrap_or(whole);
            whole.strip_prefix(&root).map_err(|_| outside())?.to_owned()
        }
        // a bare repository has no folders on the disk
        None => normal(path).ok_or_else(outside)?,
    };
    joined_names(&whole).ok_or_else(outside)
}

/// Without `.` and `..`; none if it leads above the top.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                if !out.pop() {
                    return None;
                }
            }
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => out.push(component),
        }
    }
    Some(out)
}

impl<'r> Sides<'r> {
    /// The policies of both sides, each with its partner.
    pub fn pairs(&self) -> Result<Vec<Pair>, Misuse> {
        let (old, new) = (self.old.policies()?, self.new.policies()?);
        self.old.has_what_is_named(&old)?;
        self.new.has_what_is_named(&new)?;
        for (index, path) in self.old.paths.iter().enumerate() {
            if old[index].is_none() && new[index].is_none() {
                return Err(Misuse::new(format!("there is no `{path}` in {} or in {}", self.old.label, self.new.label)));
            }
        }
        let all = |found: Vec<Option<Vec<Found>>>| -> Vec<Found> {
            // a policy that two paths lead to is one
            let by_path: BTreeMap<String, Found> = found.into_iter().flatten().flatten().map(|found| (found.path.clone(), found)).collect();
            by_path.into_values().collect()
        };
        let (old, new) = (all(old), all(new));
        if old.is_empty() && new.is_empty() {
            return Err(Misuse::new(format!(
                "there is no policy in {} or in {}: no `.lead` file there has a line that begins with `policy`",
                self.old.label, self.new.label
            )));
        }
        let mut pairs = paired(old, new, self.is_of_files());
        // a file that is there still and has lost its header is the policy all the same, which `check` then says
        for pair in pairs.iter_mut().filter(|pair| pair.new.is_none()) {
            pair.new = pair.old.clone().filter(|path| self.new.looks_at(path) && self.new.snapshot.has_file(path));
        }
        Ok(pairs)
    }

    /// A file on either side: they are compared whatever they are called.
    fn is_of_files(&self) -> bool {
        let is_file = |side: &Side| matches!(side.paths.as_slice(), [path] if path.ends_with(".lead"));
        is_file(&self.old) && is_file(&self.new)
    }
}

impl<'r> Side<'r> {
    /// `REVISION:PATH` is that path of that revision and nothing else.
    fn has_what_is_named(&self, found: &[Option<Vec<Found>>]) -> Result<(), Misuse> {
        let Some(revision) = &self.revision else { return Ok(()) };
        match self.paths.iter().zip(found).find(|(_, found)| found.is_none()) {
            Some((path, _)) => Err(Misuse::new(format!("`{path}` is not in {revision}"))),
            None => Ok(()),
        }
    }

    /// Whether a file lies at or below a path of this side.
    fn looks_at(&self, file: &str) -> bool {
        let below = |path: &str| file.strip_prefix(path).is_some_and(|rest| rest.starts_with('/') || rest.is_empty());
        self.paths.iter().any(|path| path.is_empty() || below(path))
    }

    /// Per path; none if there is nothing.
    fn policies(&self) -> Result<Vec<Option<Vec<Found>>>, Misuse> {
        self.paths.iter().map(|path| self.snapshot.policies(path)).collect()
    }

    /// The files of a policy, and the name of its first one among them.
    pub fn files(&self, path: &str) -> Result<(Box<dyn Files + 'r>, String), Misuse> {
        self.snapshot.files(path)
    }

    /// The folder of a policy, and its first file, as reports show them.
    pub fn shown(&self, path: &str) -> (String, String) {
        let folder = self.snapshot.shown_folder(path);
        let entry = path.rsplit_once('/').map_or(path, |(_, entry)| entry);
        let file = if folder.is_empty() { entry.to_owned() } else { format!("{folder}/{entry}") };
        (folder, file)
    }
}

fn paired(old: Vec<Found>, new: Vec<Found>, of_files: bool) -> Vec<Pair> {
    // one policy against one policy needs no names
    if let ([before], [after]) = (old.as_slice(), new.as_slice())
        && (of_files || before.name == after.name || before.path == after.path)
    {
        let renamed = !of_files && before.path != after.path;
        return vec![Pair { name: after.name.clone(), old: Some(before.path.clone()), new: Some(after.path.clone()), renamed }];
    }
    let mut rest = old;
    let mut pairs: Vec<(Found, Option<Found>)> = new
        .into_iter()
        .map(|after| {
            let twin = rest.iter().position(|before| before.path == after.path).map(|twin| rest.remove(twin));
            (after, twin)
        })
        .collect();
    for (after, twin) in pairs.iter_mut().filter(|(_, twin)| twin.is_none()) {
        *twin = rest.iter().position(|before| before.name == after.name && !after.name.is_empty()).map(|found| rest.remove(found));
    }
    let both = pairs.into_iter().map(|(after, before)| {
        let renamed = before.as_ref().is_some_and(|before| before.path != after.path);
        Pair { name: after.name, old: before.map(|before| before.path), new: Some(after.path), renamed }
    });
    let gone = rest.into_iter().map(|before| Pair { name: before.name, old: Some(before.path), new: None, renamed: false });
    let mut all: Vec<Pair> = both.chain(gone).collect();
    all.sort_by(|a, b| a.new.as_ref().or(a.old.as_ref()).cmp(&b.new.as_ref().or(b.old.as_ref())));
    all
}
