//! A run that is told to end leaves nothing behind.
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{AS_OF, clinic, command};

/// Far more than a busy machine needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Scores what comes through a pipe that stays open; sends the signal once the temporary files are there.
fn interrupted(signal: &str, number: i32) {
    let folder = clinic();
    fs::write(folder.path("scored.csv"), "of an earlier run").unwrap();
    let names = || {
        let mut names: Vec<String> =
            fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let before = names();
    let (policy, scored, rejects) = (folder.name("clinic"), folder.name("scored.csv"), folder.name("rejects.csv"));
    let mut child = command(&["score", &policy, "-", "--format", "csv", "-o", &scored, "--rejects", &rejects, AS_OF])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"id,site,beds,met,rival\n").unwrap();
    // More than is looked at before the outputs are made.
    pipe.write_all("A,hospital,600,2026-11-01,no\n".repeat(100_000).as_bytes()).unwrap();
    let start = Instant::now();
    while names().iter().filter(|name| name.ends_with(".part")).count() < 2 {
        assert!(start.elapsed() < PATIENCE, "no temporary files: {:?}", names());
        sleep(Duration::from_millis(5));
    }
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    drop(pipe);
    assert_eq!(status.signal(), Some(number), "{status:?}");
    assert_eq!(names(), before);
    assert_eq!(fs::read_to_string(folder.path("scored.csv")).unwrap(), "of an earlier run");
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    interrupted("-INT", 2);
}

#[test]
fn a_request_to_end_leaves_nothing_behind() {
    interrupted("-TERM", 15);
}
