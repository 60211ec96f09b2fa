//! `leadwright init`: what it writes works, and nothing is overwritten.

use super::{Folder, run};

#[test]
fn the_policy_that_it_writes_passes_everything() {
    let folder = Folder::new(&[]);
    let policy = folder.name("new/policy");
    let ran = run(&["init", &policy]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    for arguments in [&["check"][..], &["fmt", "--check"], &["lint"], &["test"]] {
        let ran = run(&[arguments, &[&policy]].concat());
        assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
        assert!(!ran.out.contains("warning") && !ran.out.contains("note["), "{arguments:?}: {}", ran.out);
    }
    let out = folder.name("scored.csv");
    let (leads, signals) = (folder.name("new/policy/leads.csv"), folder.name("new/policy/signals.csv"));
    let scored = run(&["score", &policy, &leads, "--signals", &signals, "--as-of", "2026-01-15T10:00", "-o", &out]);
    assert_eq!(scored.code, 0, "{scored:?}");
    assert!(scored.out.contains("6 leads in, 6 scored, 0 rejected"), "{}", scored.out);
    let scored = std::fs::read_to_string(out).unwrap();
    // worked out by hand above the policy's first test
    assert!(scored.lines().any(|line| line.starts_with("L-1,83.92,100,67.84,qualified,mql,")), "{scored}");
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new(&[("p/leads.csv", "mine\n")]);
    let ran = run(&["init", &folder.name("p")]);
    assert!(ran.sentence().contains("leads.csv` is there already; nothing was written"), "{ran:?}");
    assert_eq!(std::fs::read_dir(folder.path("p")).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(folder.path("p/leads.csv")).unwrap(), "mine\n");
}

#[test]
fn workflows_stand_at_the_top_of_the_repository_and_know_the_folder() {
    let folder = Folder::new(&[(".git/HEAD", "")]);
    assert_eq!(run(&["init", &folder.name("sales/policies"), "--github", "--gitlab"]).code, 0);
    for name in [".github/workflows/leadwright.yml", ".gitlab-ci.yml"] {
        let text = std::fs::read_to_string(folder.path(name)).unwrap();
        assert!(text.contains("  POLICIES: sales/policies\n"), "{text}");
    }
    // where a policy is, the workflow alone is written
    std::fs::remove_file(folder.path(".gitlab-ci.yml")).unwrap();
    let again = run(&["init", &folder.name("sales/policies"), "--gitlab"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(folder.path(".gitlab-ci.yml").exists());
    assert_eq!(run(&["init", &folder.name("sales/policies"), "--gitlab"]).code, 2);
}

#[test]
fn completions_and_manual_pages_know_every_command() {
    let commands = super::use_of_the_program::commands();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = run(&["completions", shell]);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert!(commands.iter().all(|command| ran.out.contains(command)), "{shell}");
    }
    let folder = Folder::new(&[]);
    assert_eq!(run(&["man", &folder.name("man1")]).code, 0);
    for name in commands.iter().map(|command| format!("man1/leadwright-{command}.1")).chain(["man1/leadwright.1".to_owned()]) {
        let page = std::fs::read_to_string(folder.path(&name)).unwrap_or_else(|_| panic!("no {name}"));
        assert!(page.contains(".TH ") && page.contains(".SH SYNOPSIS"), "{page}");
    }
}

#[test]
fn the_commands_that_it_shows_can_be_copied() {
    let folder = Folder::new(&[("my leads/.git/HEAD", "")]);
    let policy = folder.name("my leads/new policy");
    let ran = run(&["init", &policy]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let shown: Vec<&str> = ran.out.lines().filter(|line| line.trim_start().starts_with("leadwright ")).collect();
    assert_eq!(shown[..2], [format!("  leadwright check '{policy}'"), format!("  leadwright test '{policy}'")]);
    assert!(
        shown[2].starts_with(&format!("  leadwright score '{policy}' '{policy}/leads.csv' --signals '{policy}/signals.csv'")),
        "{}",
        shown[2]
    );
    // of a folder that has a policy, leads to score are not known
    let again = run(&["init", &policy, "--gitlab"]);
    assert!(again.code == 0 && again.out.contains("leadwright test") && !again.out.contains("score"), "{again:?}");
}
