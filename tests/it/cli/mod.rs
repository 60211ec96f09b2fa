//! The program as people start it: arguments, streams, exit codes, colour. Everything runs the built binary.

mod check;
mod desk;
mod diff;
mod diff_prove;
mod explain;
mod explain_code;
mod fmt;
mod gitlab_histories;
mod init;
mod interruption;
mod lint;
mod lint_proofs;
mod prove;
mod replay;
mod replay_clocks;
mod replay_parts;
mod replay_reassign;
mod routing;
mod same_instant;
mod same_story;
mod score;
mod signal_counts;
mod test;
pub mod use_of_the_program;
mod watch;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The one sentence of a misuse, without its `error: `.
    #[track_caller]
    pub fn sentence(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (2, ""), "{self:?}");
        let sentence = self.err.strip_prefix("error: ").and_then(|rest| rest.strip_suffix('\n'));
        let sentence = sentence.unwrap_or_else(|| panic!("no single sentence: {self:?}"));
        assert!(!sentence.contains('\n'), "{self:?}");
        sentence
    }
}

/// The program with a locale that has block characters, and nothing else of this environment that it looks at.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leadwright"));
    command.args(arguments).env("LC_ALL", "C.UTF-8").env("TERM", "xterm-256color");
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "CI"] {
        command.env_remove(name);
    }
    command
}

pub fn run(arguments: &[&str]) -> Ran {
    run_command(command(arguments), "")
}

pub fn run_command(mut command: Command, input: &str) -> Ran {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // a program that ends before it has read everything closes the pipe
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file of the repository.
pub fn example(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/medbank").join(path).display().to_string()
}

pub const AS_OF: &str = "--as-of=2026-11-18T15:00";

/// A folder of its own with these files.
pub struct Folder {
    folder: TempDir,
}

impl Folder {
    pub fn new(files: &[(&str, &str)]) -> Folder {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Folder { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn name(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }
}

/// A small policy with one of everything that an explanation shows.
pub const POLICY: &str = r#"leadwright 1

policy clinic "Clinics" {
  version  "7"
  timezone "America/New_York"
  currency USD
}

team desk "The desk"

lead {
  id      text     key
  site    one of   hospital, clinic "Walk-in clinic"
  beds    whole    0..5_000   optional
  met     date     optional
  rival   yes_no
}

let age = days since met

score fit from 0 to 100 {
  section size 100% {
    beds 60% { 100 or more 10   under 100 4   missing 0 }
    site 40% { hospital 10   clinic -5 }
  }
  adjust +5  when age <= 30   because "Just met"
  adjust -20 when rival
}

decide status {
  out   when rival
  hot   when fit >= 60 and (age is missing or not (age > 365))
  cold  otherwise
}

stage fresh   owner desk   start
stage working owner desk   final

flow {
  fresh -> working  when status is hot
}

route work when entering working {
  near  when beds < 300
  far   otherwise
}

queue near  team desk
queue far   team desk   rotate ann weight 1, bob weight 3

test "a large hospital is hot" {
  as of  2026-11-18T15:00
  lead   { site hospital  beds 600  rival no }
  expect { fit 100  status hot  stage working  work far }
}
"#;

pub const LEADS: &str = "\
id,site,beds,met,rival
A,hospital,600,2026-11-01,no
B,Walk-in clinic,20,,no
C,hospital,,2020-01-01,yes
D,hospitl,20,,no
E,hospital,9000,,no
F,hospital,150,2024-05-05,no
";

pub fn clinic() -> Folder {
    Folder::new(&[("clinic/clinic.lead", POLICY), ("leads.csv", LEADS)])
}
