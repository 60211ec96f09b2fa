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

/// One lead whose signals take long to go through: each look counts all that came before.
#[test]
fn a_replay_of_a_long_history_ends_when_it_is_told() {
    const POLICY: &str = "leadwright 1\n\npolicy long { timezone \"UTC\" }\nteam sales\nlead { id text key }\nsignal ask\nsignal call\n\
        stage raw owner sales start\nstage mql owner sales\nlet calls = count of call fading half every 30 days\n\
        flow {\n  raw -> mql on ask\n  mql -> raw on call when calls > 99_999\n}\n";
    let minutes = |count: u32| format!("{:02}T{:02}:{:02}", 1 + count / 1_440 % 28, count / 60 % 24, count % 60);
    let signals: String =
        (0..100_000).map(|count| format!("A,{},2026-01-{}\n", if count == 0 { "ask" } else { "call" }, minutes(count))).collect();
    let folder =
        super::Folder::new(&[("long.lead", POLICY), ("leads.csv", "id\nA\n"), ("signals.csv", &format!("id,signal,time\n{signals}"))]);
    for (signal, number) in [("-INT", 2), ("-TERM", 15)] {
        let names =
            || fs::read_dir(folder.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        let own = ["long.lead", "leads.csv", "signals.csv", "steps.csv", "clocks.csv"].map(|name| folder.name(name));
        let [policy, leads, signals, steps, clocks] = &own;
        let arguments = ["replay", policy, "--leads", leads, "--signals", signals, "--log", steps, "--clock-log", clocks, "-q"];
        let mut child = command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let start = Instant::now();
        while names().iter().filter(|name| name.ends_with(".part")).count() < 2 {
            assert!(start.elapsed() < PATIENCE, "no temporary files: {:?}", names());
            sleep(Duration::from_millis(5));
        }
        // by now it goes through the lead
        sleep(Duration::from_millis(500));
        assert!(child.try_wait().unwrap().is_none(), "the history is too short for this test");
        let told = Instant::now();
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
        assert_eq!(names().len(), 3, "{:?}", names());
    }
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    interrupted("-INT", 2);
}

#[test]
fn a_request_to_end_leaves_nothing_behind() {
    interrupted("-TERM", 15);
}
