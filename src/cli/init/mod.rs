//! `leadwright init`: a small policy that works, to begin with.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use super::console::Console;
use super::outcome::{Misuse, Outcome};
use super::policy_files;
use super::shell::shell_word;
use crate::batch::{Place, write_text};

/// Write a small policy with tests and leads to try it on; a workflow of GitHub or GitLab too, if asked for
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  leadwright init policies
  leadwright init policies --github      with .github/workflows/leadwright.yml, which checks every change
  leadwright init policies --gitlab      with .gitlab-ci.yml

Where a policy is already, in the folder or beneath it, --github and --gitlab write the workflow alone. No file is ever overwritten.")]
pub struct Arguments {
    /// The folder for the policy; it is made if it is not there
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    folder: PathBuf,

    /// Write a workflow of GitHub Actions to the top of the repository
    #[arg(long)]
    github: bool,

    /// Write a pipeline of GitLab to the top of the repository
    #[arg(long)]
    gitlab: bool,
}

const TEMPLATE: [(&str, &str); 4] = [
    ("policy.lead", include_str!("template/policy.lead")),
    ("territories.csv", include_str!("template/territories.csv")),
    ("leads.csv", include_str!("template/leads.csv")),
    ("signals.csv", include_str!("template/signals.csv")),
];
const GITHUB: (&str, &str) = (".github/workflows/leadwright.yml", include_str!("../../../docs/ci/github.yml"));
const GITLAB: (&str, &str) = (".gitlab-ci.yml", include_str!("../../../docs/ci/gitlab.yml"));
/// How the workflows in docs/ci name the folder of the policies.
const FOLDER_IN_WORKFLOW: &str = "POLICIES: policies";

pub fn run(arguments: &Arguments, console: &Console) -> Result<Outcome, Misuse> {
    let folder = &arguments.folder;
    let wants_workflow = arguments.github || arguments.gitlab;
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    let has_policy = wants_workflow && holds_policy(folder);
    if !has_policy {
        files.extend(TEMPLATE.iter().map(|(name, text)| (folder.join(name), (*text).to_owned())));
    }
    let (top, below) = repository(folder);
    for (wanted, (name, text)) in [(arguments.github, GITHUB), (arguments.gitlab, GITLAB)] {
        if wanted {
            files.push((top.join(name), text.replace(FOLDER_IN_WORKFLOW, &format!("POLICIES: {}", quoted(&below)))));
        }
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| fs::symlink_metadata(path).is_ok()) {
        return Err(Misuse::new(format!("`{}` is there already; nothing was written", shown(path, &top))));
    }
    for (path, text) in &files {
        let parent = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|error| Misuse::new(format!("cannot make the folder `{}`: {error}", parent.display())))?;
        write_text(&Place::Path(path.clone()), text).map_err(|error| Misuse::new(error.to_string()))?;
    }
    let written: Vec<String> = files.iter().map(|(path, _)| shown(path, &top)).collect();
    console.print(&said(&written, folder, has_policy))?;
    Ok(Outcome::Clean)
}

/// From the working directory, else from the top of the repository.
fn shown(path: &Path, top: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let shorter = path.strip_prefix(&here).or(path.strip_prefix(top)).unwrap_or(path);
    shorter.display().to_string()
}

fn said(written: &[String], folder: &Path, has_policy: bool) -> String {
    let mut said: String = written.iter().map(|path| format!("{path}: written\n")).collect();
    let word = |path: &Path| shell_word(&path.display().to_string());
    let policy = word(folder);
    said.push_str(&format!("\nTry:\n  leadwright check {policy}\n  leadwright test {policy}\n"));
    if !has_policy {
        let [leads, signals] = ["leads.csv", "signals.csv"].map(|file| word(&folder.join(file)));
        said.push_str(&format!("  leadwright score {policy} {leads} --signals {signals} \\\n    --as-of 2026-01-15T10:00 -o scored.csv\n"));
    }
    said
}

fn holds_policy(folder: &Path) -> bool {
    policy_files::below(folder).is_ok_and(|files| !files.is_empty())
}

/// The top of the git repository that the folder lies in, or will; and the folder, from there. Without one, the folder itself.
fn repository(folder: &Path) -> (PathBuf, String) {
    let here = std::env::current_dir().unwrap_or_default().join(folder);
    let whole: PathBuf = here.components().filter(|component| !matches!(component, std::path::Component::CurDir)).collect();
    let top = whole.ancestors().find(|ancestor| ancestor.join(".git").exists());
    let below = top.and_then(|top| whole.strip_prefix(top).ok()).map(|below| below.display().to_string().replace('\\', "/"));
    match (top, below) {
        (Some(top), Some(below)) if !below.is_empty() && !below.contains("..") => (top.to_owned(), below),
        (Some(top), Some(_)) => (top.to_owned(), ".".to_owned()),
        _ => (folder.to_owned(), ".".to_owned()),
    }
}

/// A text of YAML, in quotation marks if it needs them.
fn quoted(text: &str) -> String {
    let is_plain = text.chars().all(|character| character.is_ascii_alphanumeric() || "._/-".contains(character)) && !text.starts_with('-');
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}
