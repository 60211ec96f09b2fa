//! Which policy each `.lead` file belongs to.
//!
//! Enters: `.lead` files and the folders above them. Leaves: [`Belonging`]: which of them are policies, and which are neither a policy nor used by one. Always
//! holds: a file is one of these two or some policy uses it, so none is passed over in silence. Items start in the first column, so lines are
//! enough to tell, and no grammar is needed.

use std::cmp::Reverse;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::disk::FILE_BYTES_MAX;
use crate::source::with_line_ends;
use crate::syntax::meant::{behind_use, near_file, used_path};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Belonging {
    /// with a `policy` header; or with a `lead` record and no header, which `check` then says
    pub policies: Vec<PathBuf>,
    /// what no policy uses
    pub strays: Vec<PathBuf>,
}

/// Parts files into policies, what they use, and the rest. Policies of the folders `above` may use them too.
pub fn belonging(files: &[PathBuf], above: &[PathBuf]) -> Belonging {
    let mut outlines = Outlines::default();
    let (policies, others): (Vec<PathBuf>, Vec<PathBuf>) = files.iter().cloned().partition(|file| outlines.is_policy(file));
    let mut left = outlines.unused(others, &policies);
    if !left.is_empty() {
        let above = outlines.policies_in(above);
        left = outlines.unused(left, &above);
    }
    let mut found = Belonging { policies, strays: Vec::new() };
    // of files that use each other the one that uses most stands for all
    let mut tops: Vec<(PathBuf, FxHashSet<PathBuf>)> = left.into_iter().map(|file| (file.clone(), outlines.files_of(&file))).collect();
    tops.sort_by(|(file, files), (other, other_files)| (Reverse(files.len()), file).cmp(&(Reverse(other_files.len()), other)));
    let mut covered: FxHashSet<PathBuf> = FxHashSet::default();
    for (file, files) in tops {
        if covered.contains(&real(&file)) {
            continue;
        }
        let has_lead = files.iter().any(|file| outlines.of(file).has_lead);
        covered.extend(files);
        if has_lead { found.policies.push(file) } else { found.strays.push(file) }
    }
    found
}

/// What files say, each read once.
#[derive(Debug, Default)]
pub struct Outlines {
    read: FxHashMap<PathBuf, Outline>,
}

/// What the lines of a file say of the policy that it is part of.
#[derive(Debug, Default)]
struct Outline {
    is_policy: bool,
    has_lead: bool,
    /// as written
    uses: Vec<String>,
}

impl Outlines {
    pub fn is_policy(&mut self, file: &Path) -> bool {
        self.of(file).is_policy
    }

    pub fn has_lead(&mut self, file: &Path) -> bool {
        self.of(file).has_lead
    }

    /// The first policy of these folders that uses the file.
    pub fn user_of(&mut self, file: &Path, folders: &[PathBuf]) -> Option<PathBuf> {
        let mut policies = self.policies_in(folders);
        policies.sort();
        policies.into_iter().find(|policy| self.files_of(policy).contains(file))
    }

    /// The real places of all files that the policy beginning with this one is made of.
    pub fn files_of(&mut self, entry: &Path) -> FxHashSet<PathBuf> {
        let entry = real(entry);
        let Some(root) = entry.parent().map(Path::to_path_buf) else { return FxHashSet::default() };
        let mut found = FxHashSet::default();
        let mut open = vec![entry];
        while let Some(file) = open.pop() {
            if found.contains(&file) {
                continue;
            }
            let here = file.parent().unwrap_or(&root).to_path_buf();
            let meant = |path: &String| {
                let at_root = root.join(path);
                fs::canonicalize(&at_root).or_else(|_| fs::canonicalize(here.join(path))).ok().or_else(|| near(&at_root))
            };
            let used = self.of(&file).uses.iter().filter_map(meant);
            open.extend(used.filter(|path| path.starts_with(&root)));
            found.insert(file);
        }
        found
    }

    /// The policies that stand in these folders, not those beneath them.
    pub fn policies_in(&mut self, folders: &[PathBuf]) -> Vec<PathBuf> {
        let files = folders.iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten().flatten()).map(|item| item.path());
        let lead_files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|extension| extension == "lead")).collect();
        lead_files.into_iter().filter(|file| self.is_policy(file)).collect()
    }

    /// Whether a policy of these folders, none of `entries`, uses the file.
    pub fn has_other_user(&mut self, file: &Path, folders: &[PathBuf], entries: &FxHashSet<PathBuf>) -> bool {
        let others: Vec<PathBuf> = self.policies_in(folders).into_iter().filter(|policy| !entries.contains(policy)).collect();
        others.iter().any(|policy| self.files_of(policy).contains(file))
    }

    /// Those of the files that none of the policies uses.
    fn unused(&mut self, files: Vec<PathBuf>, policies: &[PathBuf]) -> Vec<PathBuf> {
        if files.is_empty() {
            return files;
        }
        let used: FxHashSet<PathBuf> = policies.iter().flat_map(|policy| self.files_of(policy)).collect();
        files.into_iter().filter(|file| !used.contains(&real(file))).collect()
    }

    fn of(&mut self, file: &Path) -> &Outline {
        self.read.entry(file.to_path_buf()).or_insert_with(|| Outline::of(&bytes_of(file)))
    }
}

impl Outline {
    fn of(text: &[u8]) -> Outline {
        let text = with_line_ends(String::from_utf8_lossy(text).into_owned());
        let mut outline = Outline::default();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            outline.is_policy |= begins(line, "policy").is_some();
            outline.has_lead |= begins(line, "lead").is_some();
            // one that is indented by mistake is one
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            if behind_use(&line[indent..]).is_some() {
                outline.uses.extend(behind_use(&text[at + indent..]).and_then(used_path).map(str::to_owned));
            }
            at += line.len();
        }
        outline
    }
}

/// What follows an item's word in the first column.
fn begins<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let rest = line.strip_prefix(word)?;
    rest.starts_with([' ', '\t', '\r', '\n', '"', '\'', '“', ':', '{', '#']).then_some(rest).or_else(|| rest.is_empty().then_some(rest))
}

/// The file that is meant by a path that leads to none.
fn near(path: &Path) -> Option<PathBuf> {
    let folder = path.parent()?;
    let names: Vec<String> = fs::read_dir(folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    fs::canonicalize(folder.join(near_file(path.file_name()?.to_str()?, &names)?)).ok()
}

/// Nothing of a file that cannot be read.
fn bytes_of(file: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    // a folder or a device called like a policy is none
    if fs::metadata(file).is_ok_and(|about| about.is_file())
        && let Ok(file) = File::open(file)
        && file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).is_err()
    {
        bytes.clear();
    }
    bytes
}

fn real(file: &Path) -> PathBuf {
    fs::canonicalize(file).unwrap_or_else(|_| file.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[(&str, &str)], above: &[&str], policies: &[&str], strays: &[&str]) {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        let mut paths = Vec::new();
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            paths.push(path);
        }
        paths.retain(|path| !above.iter().any(|folder| path.parent() == Some(&root.join(folder))));
        let above: Vec<PathBuf> = above.iter().map(|folder| root.join(folder)).collect();
        let found = belonging(&paths, &above);
        let below =
            |paths: &[PathBuf]| paths.iter().map(|path| path.strip_prefix(&root).unwrap().display().to_string()).collect::<Vec<_>>();
        assert_eq!(
            (below(&found.policies), below(&found.strays)),
            (policies.iter().map(ToString::to_string).collect(), strays.iter().map(ToString::to_string).collect())
        );
    }

    const POLICY: &str = "leadwright 1\npolicy p { }\nuse \"common/a.lead\"\n";

    #[test]
    fn what_a_policy_uses_belongs_to_it() {
        check(
            &[("p.lead", POLICY), ("common/a.lead", "use   # all of it\n  \"common/b.lead\""), ("common/b.lead", "team t\n")],
            &[],
            &["p.lead"],
            &[],
        );
        // paths start at the policy's root, so the policy above is the one that uses it
        check(&[("p.lead", POLICY), ("common/a.lead", "team t\n")], &[""], &[], &[]);
        check(&[("p.lead", POLICY), ("b/common/a.lead", "team t\n")], &[], &["p.lead"], &["b/common/a.lead"]);
    }

    #[test]
    fn what_is_used_with_a_slip_is_used() {
        for slip in [
            " use \"a.lead\"",
            "  \"a.lead\"",
            "use a.lead",
            "use 'a.lead'",
            "use: \"a.lead\"",
            "use \"a.lead  # why",
            "use“a.lead” # why",
            "import \"a.lead\"",
            "use \"a\"",
        ] {
            check(&[("p.lead", &format!("policy p {{ }}\n{slip}\n")), ("a.lead", "team t\n")], &[], &["p.lead"], &[]);
        }
    }

    #[test]
    fn the_file_that_a_misspelt_path_means_is_used() {
        let policy = "policy p { }\nuse \"leads.lead\"\nuse \"common/team.lead\"\n";
        check(&[("p.lead", policy), ("lead.lead", "lead { }\n"), ("common/teams.lead", "team t\n")], &[], &["p.lead"], &[]);
        check(&[("p.lead", policy), ("other.lead", "team t\n")], &[], &["p.lead"], &["other.lead"]);
    }

    #[test]
    fn what_has_lost_its_header_is_a_policy_and_the_rest_is_named() {
        check(
            &[("p.lead", POLICY), ("q.lead", "polcy q { }\nlead {\n"), ("r.lead", "#policy\nteam t\n")],
            &[],
            &["p.lead", "q.lead"],
            &["r.lead"],
        );
        check(&[("p.lead", POLICY), ("q.lead", "use \"lead.lead\"\n"), ("lead.lead", "lead{ }\n")], &[], &["p.lead", "q.lead"], &[]);
        check(&[("p.lead", POLICY), ("x.lead", "use \"y.lead\""), ("y.lead", "use \"x.lead\"")], &[], &["p.lead"], &["x.lead"]);
        check(&[("p.lead", POLICY), ("leads.lead", "leadership\n"), ("empty.lead", "")], &[], &["p.lead"], &["empty.lead", "leads.lead"]);
    }
}
