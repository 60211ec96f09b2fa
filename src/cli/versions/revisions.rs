//! Revisions of a git repository: `HEAD~1`, `main..feature`, `main...feature`.

use git2::{ErrorCode, Object, Repository, Tree};

use super::trust::trusted;
use crate::cli::outcome::Misuse;
use crate::cli::shell::shell_word;

/// Two states; the newer is the work tree if it is none.
pub struct Range<'r> {
    pub old: Tree<'r>,
    pub old_label: String,
    pub new: Option<(String, Tree<'r>)>,
}

/// Why there is no repository to read.
#[derive(Clone, Debug)]
pub enum NoRepository {
    /// none is around
    Absent,
    /// there is one that cannot be read: the sentence says what it is, and what to do
    Unreadable(Misuse),
}

impl NoRepository {
    pub fn misuse(&self) -> Misuse {
        match self {
            NoRepository::Absent => Misuse::new("there is no git repository here: name two files or folders, or go into a repository"),
            NoRepository::Unreadable(misuse) => misuse.clone(),
        }
    }
}

/// The repository around the current folder, or that which the environment names.
pub fn open() -> Result<Repository, NoRepository> {
    let opened = match Repository::open_from_env() {
        Err(error) if error.code() == ErrorCode::Owner => trusted().ok_or(error),
        opened => opened,
    };
    opened.map_err(|error| {
        let sentence = match error.code() {
            ErrorCode::NotFound => return NoRepository::Absent,
            ErrorCode::Owner => {
                let top = top();
                let folder = top.as_deref().unwrap_or("its folder");
                format!(
                    "the git repository here belongs to another user, and git reads such a one only if you say that you trust it: `git config --global --add safe.directory {}`",
                    shell_word(folder)
                )
            }
            // the library names the setting or the value that it does not know
            _ if error.message().contains("refstorage") => unread("keeps its branches as a reftable"),
            _ if error.message().contains("object format") => unread("names its objects by SHA-256"),
            _ => format!("cannot open the git repository here: {}", error.message()),
        };
        NoRepository::Unreadable(Misuse::new(sentence))
    })
}

/// A form of repository that git knows and the library does not.
fn unread(what: &str) -> String {
    format!(
        "the git repository here {what}, which `leadwright diff` cannot read: check the older version out beside it, `git worktree add ../old REVISION`, and compare two folders, `leadwright diff ../old .`"
    )
}

/// The folder of the closest `.git`, by its name alone.
fn top() -> Option<String> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find(|folder| folder.join(".git").exists()).map(|folder| folder.display().to_string())
}

pub fn is_revision(repository: &Repository, word: &str) -> bool {
    repository.revparse_single(word).is_ok()
}

/// What words mean: none is `HEAD` against the work tree, one a range or a revision against the work tree, two are two revisions.
pub fn range<'r>(repository: &'r Repository, words: &[String]) -> Result<Range<'r>, Misuse> {
    let of = |word: &str| tree_of(repository, word).map(|tree| (word.to_owned(), tree));
    match words {
        [] => of("HEAD").map(|(old_label, old)| Range { old, old_label, new: None }),
        [word] => {
            let or_head = |word: &str| if word.is_empty() { "HEAD".to_owned() } else { word.to_owned() };
            if let Some((left, right)) = word.split_once("...") {
                return since_fork(repository, &or_head(left), &or_head(right));
            }
            if let Some((left, right)) = word.split_once("..") {
                let ((old_label, old), new) = (of(&or_head(left))?, of(&or_head(right))?);
                return Ok(Range { old, old_label, new: Some(new) });
            }
            of(word).map(|(old_label, old)| Range { old, old_label, new: None })
        }
        [left, right] => {
            let ((old_label, old), new) = (of(left)?, of(right)?);
            Ok(Range { old, old_label, new: Some(new) })
        }
        [_, _, more, ..] => Err(Misuse::new(format!("a comparison is of two versions: `{more}` is one too many"))),
    }
}

/// `main...feature`: what happened on the one side since it left the other.
fn since_fork<'r>(repository: &'r Repository, left: &str, right: &str) -> Result<Range<'r>, Misuse> {
    let commit = |word: &str| {
        let object = object(repository, word)?;
        object.peel_to_commit().map_err(|_| Misuse::new(format!("`{word}` is no commit, so it has no ancestors")))
    };
    let (one, other) = (commit(left)?, commit(right)?);
    let base =
        repository.merge_base(one.id(), other.id()).map_err(|_| Misuse::new(format!("`{left}` and `{right}` have no common ancestor")))?;
    let old = tree_of(repository, &base.to_string())?;
    let label = format!("{} (where `{right}` left `{left}`)", &base.to_string()[..7]);
    Ok(Range { old, old_label: label, new: Some((right.to_owned(), tree_of(repository, right)?)) })
}

pub fn tree_of<'r>(repository: &'r Repository, word: &str) -> Result<Tree<'r>, Misuse> {
    object(repository, word)?.peel_to_tree().map_err(|_| Misuse::new(format!("`{word}` is no revision: it holds no files")))
}

fn object<'r>(repository: &'r Repository, word: &str) -> Result<Object<'r>, Misuse> {
    repository.revparse_single(word).map_err(|error| match error.code() {
        ErrorCode::Ambiguous => Misuse::new(format!("`{word}` is short for several revisions: write more of it")),
        ErrorCode::UnbornBranch => Misuse::new("the repository has no commit yet"),
        ErrorCode::NotFound if word == "HEAD" => Misuse::new("the repository has no commit yet"),
        _ => Misuse::new(format!("the repository has no revision `{word}`")),
    })
}
