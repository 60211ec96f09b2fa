//! An ops team's first day with real git: a fresh repository, `init`, commits with a mistake each, and the workflows of docs/ci, which
//! catch each of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Whether there is a git to drive. A machine that checks changes (CI is set) has to have one.
fn has_git() -> bool {
    let found = Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success());
    assert!(found || std::env::var_os("CI").is_none(), "git is not installed, and CI is set");
    if !found {
        eprintln!("skipped: git is not installed");
    }
    found
}

struct Repository {
    folder: TempDir,
}

impl Repository {
    fn new() -> Repository {
        let repository = Repository { folder: tempfile::tempdir().unwrap() };
        repository.git(&["init", "--quiet", "--initial-branch", "main"]);
        repository
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A program in the repository: no configuration but the repository's own, the binary under test on the path.
    fn command(&self, program: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_leadwright")).parent().unwrap();
        let path = std::env::join_paths([binary.to_owned()].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())));
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("PATH", path.unwrap()).env("LC_ALL", "C.UTF-8");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", self.folder.path());
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "Ops").env(format!("GIT_{role}_EMAIL"), "ops@example.com");
        }
        for name in ["NO_COLOR", "CLICOLOR_FORCE", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(name);
        }
        command
    }

    #[track_caller]
    fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    #[track_caller]
    fn leadwright(&self, arguments: &[&str]) {
        let output = self.command("leadwright").args(arguments).output().unwrap();
        assert!(output.status.success(), "leadwright {arguments:?}: {}", shown(&output));
    }

    #[track_caller]
    fn change(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        assert!(text.contains(from), "`{from}` is not in {file}:\n{text}");
        std::fs::write(self.path(file), text.replace(from, to)).unwrap();
    }

    fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", subject]);
    }

    /// Runs the steps of a workflow on a clone of the last commit; what each said.
    fn run_workflow(&self, steps: &[Step]) -> Vec<(String, Output)> {
        let clone = Repository { folder: tempfile::tempdir().unwrap() };
        clone.git(&["clone", "--quiet", &self.folder.path().display().to_string(), "."]);
        let run = |step: &Step| {
            let mut command = clone.command("sh");
            command.args(["-e", "-c", &step.script]).env("POLICIES", &step.policies).env("CI", "true");
            command.env("GITHUB_BASE_REF", "main").env("CI_MERGE_REQUEST_DIFF_BASE_SHA", "HEAD~1");
            (step.script.clone(), command.output().unwrap())
        };
        steps.iter().map(run).collect()
    }
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A step of a workflow that runs the program under test.
struct Step {
    script: String,
    policies: String,
}

/// The steps of a workflow file whose commands begin with these words.
fn steps(workflow: &str, words: &[&str]) -> Vec<Step> {
    let policies = workflow.lines().find_map(|line| line.trim().strip_prefix("POLICIES: ")).unwrap().to_owned();
    let commands = workflow.lines().filter_map(|line| line.trim().strip_prefix("run: ").or(line.trim().strip_prefix("- ")));
    let wanted = commands.filter(|script| words.iter().any(|word| script.starts_with(&format!("leadwright {word} "))));
    wanted.map(|script| Step { script: script.to_owned(), policies: policies.clone() }).collect()
}

const POLICY: &str = "policies/policy.lead";

/// A mistake, the command that has to catch it, and what it has to say.
struct Mistake {
    subject: &'static str,
    from: &'static str,
    to: &'static str,
    caught_by: &'static str,
    says: &'static str,
}

const MISTAKES: [Mistake; 4] = [
    Mistake {
        subject: "Weigh the number of employees",
        from: "    employees 60% {",
        to: "    employes 60% {",
        caught_by: "check",
        says: "did you mean `employees`?",
    },
    Mistake {
        subject: "Prepare a rule for large companies",
        from: "# --- How good is it?",
        to: "let large = employees >= 1_000\n\n# --- How good is it?",
        caught_by: "lint",
        says: "unused-let",
    },
    Mistake {
        subject: "Fit counts more",
        from: "\"Who they are\" 50%",
        to: "\"Who they are\" 50 %",
        caught_by: "fmt",
        says: "not formatted",
    },
    Mistake {
        subject: "Medium companies count less",
        from: "50 to 499             6",
        to: "50 to 499             5",
        caught_by: "test",
        says: "without a territory it goes to inside sales",
    },
];

#[test]
fn every_mistake_is_caught_by_the_workflows() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    repository.leadwright(&["init", "policies", "--github", "--gitlab"]);
    repository.commit("A policy to begin with");
    for workflow in [".github/workflows/leadwright.yml", ".gitlab-ci.yml"] {
        let text = std::fs::read_to_string(repository.path(workflow)).unwrap();
        let steps = steps(&text, &["check", "lint", "fmt", "test"]);
        assert!(steps.len() >= 5, "{workflow}");
        for (script, output) in repository.run_workflow(&steps) {
            assert_eq!(output.status.code(), Some(0), "{workflow}: `{script}` fails on what `init` wrote:\n{}", shown(&output));
        }
        for mistake in MISTAKES {
            let Mistake { subject, from, to, caught_by, says } = mistake;
            repository.change(POLICY, from, to);
            repository.commit(subject);
            let mut caught = 0;
            for (script, output) in repository.run_workflow(&steps) {
                let step = script.split(' ').nth(1).unwrap();
                let code = output.status.code();
                assert!(matches!(code, Some(0 | 1)), "{workflow}: {subject}: `{script}` ends with {code:?}:\n{}", shown(&output));
                // a policy with mistakes is linted and tested no further
                if caught_by != "check" && step != caught_by {
                    assert_eq!(code, Some(0), "{workflow}: {subject}: `{script}`:\n{}", shown(&output));
                }
                // reports for other programs go to files
                if step == caught_by && code == Some(1) {
                    assert!(shown(&output).contains(says), "{workflow}: {subject}: `{script}`:\n{}", shown(&output));
                    caught += 1;
                }
            }
            assert_eq!(caught, 1, "{workflow}: {subject}");
            repository.git(&["revert", "--no-edit", "HEAD"]);
        }
    }
}

/// The hooks of this repository as a repository with these policy files runs them: the command, and files behind it if the hook wants them.
fn hooks(files: &[&str]) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap();
    let hook = |block: &str| {
        let value = |key: &str| block.lines().find_map(|line| line.trim().strip_prefix(key)).map(str::to_owned);
        let arguments = value("args: ").unwrap_or_default().replace(['[', ']', ','], " ");
        let files = if value("pass_filenames: ").as_deref() == Some("false") { String::new() } else { files.join(" ") };
        format!("{} {arguments} {files}", value("entry: ").unwrap())
    };
    text.split("- id: ").skip(1).map(hook).collect()
}

#[test]
fn hooks_and_workflows_look_at_every_policy_wherever_it_lies() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    let files = ["policies/eu/policy.lead", "policies/us/field/policy.lead"];
    for (file, name) in files.into_iter().zip(["eu", "us"]) {
        repository.leadwright(&["init", file.strip_suffix("/policy.lead").unwrap()]);
        repository.change(file, "policy starter", &format!("policy {name}"));
    }
    // where policies are, the workflows alone are written
    repository.leadwright(&["init", "policies", "--github", "--gitlab"]);
    assert!(!repository.path("policies/policy.lead").exists());
    repository.commit("Two policies");
    repository.change(files[0], "under 50              2", "under 50              3");
    repository.commit("Small companies count more");

    let run_hooks = || -> Vec<(String, Output)> {
        let run = |script: String| {
            let output = repository.command("sh").args(["-e", "-c", &script]).output().unwrap();
            (script, output)
        };
        hooks(&files).into_iter().map(run).collect()
    };
    let found = run_hooks();
    assert_eq!(found.len(), 4);
    let workflows: Vec<Vec<Step>> = [".github/workflows/leadwright.yml", ".gitlab-ci.yml"]
        .into_iter()
        .map(|workflow| steps(&std::fs::read_to_string(repository.path(workflow)).unwrap(), &["check", "lint", "fmt", "test", "diff"]))
        .collect();
    for (script, output) in found.into_iter().chain(workflows.iter().flat_map(|steps| repository.run_workflow(steps))) {
        assert_eq!(output.status.code(), Some(0), "`{script}`:\n{}", shown(&output));
    }

    // a mistake in one of them
    repository.change(files[1], "50 to 499             6", "50 to 499             5");
    repository.commit("Medium companies count less");
    for (script, output) in run_hooks().into_iter().chain(workflows.iter().flat_map(|steps| repository.run_workflow(steps))) {
        let is_test = script.starts_with("leadwright test") && !script.contains("test -s");
        assert_eq!(output.status.code(), Some(i32::from(is_test)), "`{script}`:\n{}", shown(&output));
        if is_test {
            let said = shown(&output);
            assert!(said.contains("policies/us/field/policy.lead") && said.contains("inside sales"), "`{script}`:\n{said}");
        }
    }
}

#[test]
fn the_driver_shows_items_and_nothing_but_what_counts() {
    if !has_git() {
        return;
    }
    let repository = Repository::new();
    repository.leadwright(&["init", "policies"]);
    std::fs::write(repository.path(".gitattributes"), "*.lead diff=leadwright\n").unwrap();
    // as docs/git.md says it, run by a shell
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/git.md")).unwrap();
    let configuration: Vec<&str> = page.lines().filter(|line| line.starts_with("git config diff.leadwright.")).collect();
    assert_eq!(configuration.len(), 2);
    for line in configuration {
        assert!(repository.command("sh").args(["-c", line]).status().unwrap().success());
    }
    repository.commit("A policy to begin with");

    // only blanks: nothing to see
    repository.change(POLICY, "\n  nurture ", "\n     nurture     ");
    assert_eq!(repository.git(&["diff"]), "");
    assert_ne!(repository.git(&["diff", "--no-textconv"]), "");

    // a value: one line, under its item
    repository.change(POLICY, "readiness >= 60", "readiness >= 65");
    let difference = repository.git(&["diff", "--unified=0"]);
    assert!(difference.contains("@@ decide status \"Status\" {\n"), "{difference}");
    let changed =
        |sign: char| difference.lines().filter(|line| line.starts_with(sign) && !line.starts_with(&format!("{sign}{sign}"))).count();
    assert_eq!((changed('-'), changed('+')), (1, 1), "{difference}");

    // a file that cannot be read is shown as it is
    repository.change(POLICY, "score readiness", "score score readiness");
    assert!(repository.git(&["diff"]).contains("+score score readiness"));
}
