//! `leadwright test --watch`: again after every change, until Ctrl-C.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::{Folder, POLICY, command};

/// Far more than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Reads on until a line ends so.
#[track_caller]
fn wait_for(lines: &Receiver<String>, end: &str) -> Vec<String> {
    let start = Instant::now();
    let mut seen = Vec::new();
    while let Ok(line) = lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed())) {
        seen.push(line);
        if seen.last().is_some_and(|line| line.ends_with(end)) {
            return seen;
        }
    }
    panic!("no `{end}` in {seen:#?}");
}

#[test]
fn tests_run_again_after_each_change() {
    let cases = "cases \"rivals\" from \"data/cases.csv\" { as of 2026-11-18T15:00  lead { site clinic } }\n";
    let policy = format!("{POLICY}\n{cases}");
    let folder = Folder::new(&[("clinic.lead", &policy), ("data/cases.csv", "rival,expect status\nyes,out\n")]);
    let mut child =
        command(&["test", &folder.name("clinic.lead"), "--watch"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let out = child.stdout.take().unwrap();
    let (sender, lines) = channel();
    let reader = std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });

    let first = wait_for(&lines, "2 tests passed on both evaluators");
    assert!(first[0].contains("clinic.lead at ") && first[0].ends_with(" UTC"), "{first:?}");
    // no terminal, so the screen is not cleared
    assert!(!first[0].contains('\u{1b}'), "{first:?}");
    // the file of cases
    fs::write(folder.path("data/cases.csv"), "rival,expect status\nyes,hot\n").unwrap();
    wait_for(&lines, "1 test failed, 1 passed");
    // a mistake in the policy ends nothing
    fs::write(folder.path("clinic.lead"), policy.replace("decide status {", "decide status {{")).unwrap();
    wait_for(&lines, "no test was run");
    // nor does a file that is replaced, as editors do; what stands beside the policy does not matter
    fs::write(folder.path("notes.txt"), "nothing").unwrap();
    fs::write(folder.path("clinic.lead.new"), policy.replace("yes_no", "yes_no  # changed")).unwrap();
    fs::write(folder.path("data/cases.csv"), "rival,expect status\nyes,out\nno,cold\n").unwrap();
    fs::rename(folder.path("clinic.lead.new"), folder.path("clinic.lead")).unwrap();
    wait_for(&lines, "3 tests passed on both evaluators");

    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let told = Instant::now();
    let status = child.wait().unwrap();
    assert!(status.success() && told.elapsed() < PATIENCE, "{status:?}");
    reader.join().unwrap();
}
