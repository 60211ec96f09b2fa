//! Repositories of other users that git trusts.
//!
//! Enters: the current folder, the configuration and the environment. Leaves: the repository, opened, if git would read it although it belongs to another user. Always holds: what
//! counts is what counts for git: `safe.directory` of the system, of the user and of the environment (`GIT_CONFIG_COUNT`), never of the repository itself; and `GIT_DIR`, which
//! names a repository outright. The library knows neither the environment's settings nor `safe.directory = DIR/*`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use git2::{Config, Repository};

/// None if git would refuse it too, or if there is none.
pub fn trusted() -> Option<Repository> {
    if let Some(named) = env::var_os("GIT_DIR") {
        // its folder is not asked about: who names it trusts it
        let work_tree = env::var_os("GIT_WORK_TREE").map(PathBuf::from).or_else(|| env::current_dir().ok());
        return opened(Path::new(&named), work_tree.as_deref());
    }
    let here = env::current_dir().ok()?;
    let place = Place::around(&here)?;
    let top = fs::canonicalize(place.work_tree.as_deref().unwrap_or(&place.repository)).ok()?;
    is_safe(&top, &settings()).then(|| opened(&place.repository, place.work_tree.as_deref()))?
}

fn opened(repository: &Path, work_tree: Option<&Path>) -> Option<Repository> {
    // of a repository that is opened as a bare one the owner is not looked at
    let repository = Repository::open_bare(repository).ok()?;
    let is_bare = repository.config().ok()?.get_bool("core.bare").unwrap_or(false);
    if let Some(work_tree) = work_tree.filter(|_| !is_bare) {
        repository.set_workdir(work_tree, false).ok()?;
    }
    Some(repository)
}

/// Where a repository and its files are.
struct Place {
    repository: PathBuf,
    /// none if it is bare
    work_tree: Option<PathBuf>,
}

impl Place {
    fn around(here: &Path) -> Option<Place> {
        here.ancestors().find_map(|folder| {
            let inner = folder.join(".git");
            if inner.is_dir() {
                return Some(Place { repository: inner, work_tree: Some(folder.to_owned()) });
            }
            if let Ok(text) = fs::read_to_string(&inner) {
                let elsewhere = folder.join(text.strip_prefix("gitdir:")?.trim());
                return Some(Place { repository: elsewhere, work_tree: Some(folder.to_owned()) });
            }
            let is_bare = folder.join("HEAD").is_file() && folder.join("objects").is_dir() && folder.join("refs").is_dir();
            is_bare.then(|| Place { repository: folder.to_owned(), work_tree: None })
        })
    }
}

/// The values of `safe.directory`, in the order in which they count.
fn settings() -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(config) = Config::open_default()
        && let Ok(mut entries) = config.multivar("safe.directory", None)
    {
        while let Some(Ok(entry)) = entries.next() {
            found.extend(entry.value().ok().map(str::to_owned));
        }
    }
    let count = env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse::<u32>().ok()).unwrap_or(0);
    let settings = (0..count.min(SETTINGS_MAX)).filter_map(|number| {
        let key = env::var(format!("GIT_CONFIG_KEY_{number}")).ok()?;
        key.eq_ignore_ascii_case("safe.directory").then(|| env::var(format!("GIT_CONFIG_VALUE_{number}")).unwrap_or_default())
    });
    found.extend(settings);
    found
}

/// More settings than that are no settings.
const SETTINGS_MAX: u32 = 10_000;

/// `top` is without symbolic links.
fn is_safe(top: &Path, settings: &[String]) -> bool {
    settings.iter().fold(false, |safe, value| match value.as_str() {
        // an empty value takes all before it back
        "" => false,
        "*" => true,
        value => safe || names(value, top),
    })
}

/// `/srv/policies`, `~/policies`, and with `/*` behind it all beneath.
fn names(value: &str, top: &Path) -> bool {
    let (folder, beneath) = value.strip_suffix("/*").map_or((value, false), |folder| (folder, true));
    let folder = match (folder.strip_prefix("~/"), env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        (Some(_), None) => return false,
        (None, _) => PathBuf::from(if folder.is_empty() { "/" } else { folder }),
    };
    let Ok(folder) = fs::canonicalize(folder) else { return false };
    if beneath { top.starts_with(&folder) && top != folder } else { top == folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_trusts() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let top = root.join("srv/policies");
        fs::create_dir_all(&top).unwrap();
        let at = |path: &str| root.join(path).display().to_string();
        let check = |settings: &[&str], expected: bool| {
            let settings: Vec<String> = settings.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(is_safe(&top, &settings), expected, "{settings:?}");
        };
        check(&[], false);
        check(&["*"], true);
        check(&[&at("srv/policies")], true);
        check(&[&at("srv/policies/")], true);
        check(&[&at("srv/*")], true);
        check(&[&format!("{}/*", root.display())], true);
        check(&["/*"], true);
        check(&[&at("srv")], false);
        check(&[&at("srv/pol*")], false);
        check(&[&at("srv/policies/*")], false);
        check(&[&at("srv/*"), ""], false);
        check(&["", &at("srv/*")], true);
    }
}
