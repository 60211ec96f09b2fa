//! Signals and steps of one instant: `replay` takes each signal with the steps that it brings, and `score` tells the same of them.

use std::fmt::Write;

use super::same_story::{Story, hold, rows};
use super::{Folder, run};
use crate::support::random::Random;

const TWO_STEPS: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead { id text key }

team t
signal a
signal b
signal c

stage s0 owner t start
stage s1 owner t
stage s2 owner t final

flow {
  s0 -> s1  on a
  s1 -> s2  on c
}

sla k { starts when entering s1   stops on c   within 4 hours   by t }
";

/// The stage, state and due time of lead 1 on 8 March.
fn scored(folder: &Folder, leads: &str, with: &[&str]) -> [String; 3] {
    let (policy, leads, signals, out) = (folder.name("p"), folder.name(leads), folder.name("s.csv"), folder.name("o.csv"));
    let files = ["score", &policy, &leads, "--signals", &signals, "--as-of", "2026-03-08", "-q", "-o", &out];
    let ran = run(&[&files[..], with].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let row = &rows(&out)[0];
    ["stage", "k.state", "k.due"].map(|name| row[name].clone())
}

#[test]
fn a_signal_behind_the_one_that_started_a_clock_stops_it_at_once() {
    // a moves the lead and starts the clock, c stops it: 0 of 4 hours
    let signals = "id,signal,time\n1,b,2026-03-07T09:00\n1,a,2026-03-07T10:00\n1,c,2026-03-07T10:00\n";
    let files = [("p/p.lead", TWO_STEPS), ("l.csv", "id\n1\n"), ("s.csv", signals)];
    let folder = Folder::new(&files);
    let (policy, leads, signals) = (folder.name("p"), folder.name("l.csv"), folder.name("s.csv"));
    let story = Story { policy: &policy, leads: &leads, signals: &signals, key: "id", replay: &[] };
    assert_eq!(hold(&folder, &story, &["2026-03-08"]), (1, 1));
    assert_eq!(scored(&folder, "l.csv", &["--stage-log", &folder.name("log.csv")]), ["s2", "met", ""]);
    let before: Vec<String> = rows(&folder.name("log.csv")).iter().map(|row| row["signals_before"].clone()).collect();
    assert_eq!(before, ["", "1", ""], "b came earlier; of a and c, a before the first step, both before the second");
}

#[test]
fn a_signal_of_the_instant_at_which_a_stay_began_stops_the_clock_that_started_there() {
    // no log tells what came first: c moves the lead, so it came behind the beginning of the stay
    let files = [
        ("p/p.lead", TWO_STEPS),
        ("l.csv", "id,stage,stage_since\n1,s1,2026-03-07T10:00\n"),
        ("l0.csv", "id,stage,stage_since\n1,s0,2026-03-07T09:00\n"),
        ("s.csv", "id,signal,time\n1,a,2026-03-07T10:00\n1,c,2026-03-07T10:00\n"),
    ];
    let folder = Folder::new(&files);
    assert_eq!(scored(&folder, "l.csv", &[]), ["s2", "met", ""]);
    // one evaluation takes one step: a moves the lead to s1 and starts the clock, c behind it stops it
    assert_eq!(scored(&folder, "l0.csv", &[]), ["s1", "met", ""]);
}

#[test]
fn a_signal_before_the_one_that_started_a_clock_does_not_stop_it() {
    // b before c: the lead enters s1 with c, after b
    let policy = TWO_STEPS
        .replace("s0 -> s1  on a", "s0 -> s1  on c")
        .replace("s1 -> s2  on c", "s1 -> s2  on a")
        .replace("stops on c", "stops on b");
    let signals = "id,signal,time\n1,b,2026-03-07T10:00\n1,c,2026-03-07T10:00\n";
    let folder = Folder::new(&[("p/p.lead", &policy), ("l.csv", "id\n1\n"), ("s.csv", signals)]);
    let (policy, leads, signals) = (folder.name("p"), folder.name("l.csv"), folder.name("s.csv"));
    let story = Story { policy: &policy, leads: &leads, signals: &signals, key: "id", replay: &[] };
    assert_eq!(hold(&folder, &story, &["2026-03-08"]), (1, 1));
    assert_eq!(scored(&folder, "l.csv", &["--stage-log", &folder.name("log.csv")]), ["s1", "breached", "2026-03-07T14:00:00+00:00"]);
}

#[test]
fn a_stage_that_is_entered_twice_at_one_instant_starts_its_clock_twice() {
    // a starts, b stops and takes back, a starts again, due four hours later
    let policy = TWO_STEPS.replace("s1 -> s2  on c", "s1 -> s2  on c\n  s1 -> s0  on b").replace("stops on c", "stops when leaving s1");
    let policy =
        policy.replace("signal a\nsignal b\n", "signal a\nsignal b\nsignal a_again\n").replace("on a\n", "on a\n  s0 -> s1  on a_again\n");
    let signals = "id,signal,time\n1,a,2026-03-07T10:00\n1,b,2026-03-07T10:00\n1,a_again,2026-03-07T10:00\n";
    let folder = Folder::new(&[("p/p.lead", &policy), ("l.csv", "id\n1\n"), ("s.csv", signals)]);
    let (policy, leads, signals) = (folder.name("p"), folder.name("l.csv"), folder.name("s.csv"));
    let story = Story { policy: &policy, leads: &leads, signals: &signals, key: "id", replay: &[] };
    hold(&folder, &story, &["2026-03-08"]);
    let clocks: Vec<String> = rows(&folder.name("clocks.csv")).iter().map(|row| row["state"].clone()).collect();
    assert_eq!(clocks, ["met", "breached"]);
    assert_eq!(scored(&folder, "l.csv", &["--stage-log", &folder.name("log.csv")]), ["s1", "breached", "2026-03-07T14:00:00+00:00"]);
}

/// A policy with a random flow and two random clocks.
fn policy(random: &mut Random) -> String {
    let mut text = String::from(
        "leadwright 1\npolicy p { timezone \"UTC\" }\nlead { id text key   f whole 0..9 }\nteam t\n\
         signal a\nsignal b\nsignal c\nsignal d\nsignal e\n\
         stage s0 owner t start\nstage s1 owner t\nstage s2 owner t\nstage s3 owner t final\n\
         let some = any b in last 3 hours\nlet lively = count of a in last 5 hours >= 2\n",
    );
    let enter = *random.pick(&["on a", "on a   s0 -> s1 on d", "when lively", "on b"]);
    let on = *random.pick(&["on b", "on a", "after 2 hours", "after 5 hours without b"]);
    let back = *random.pick(&["on c", "on a", "after 3 hours"]);
    let last = *random.pick(&["on c", "on e"]);
    write!(
        text,
        "flow {{\n  s0 -> s1 {enter}\n  s1 -> s2 {on}\n  s2 -> s1 {back}\n  s1 -> s0 on d recycle rest 1 days\n  s2 -> s3 {last}\n}}\n"
    )
    .unwrap();
    for clock in 0..2 {
        let starts = *random.pick(&["when entering s1", "when entering s2", "on a", "when entering s1   starts on b"]);
        let stops = *random.pick(&["when leaving s1", "on c", "on b", "when leaving s1   stops on c", "when entering s2"]);
        let more = *random.pick(&["", "restarts on e", "pauses on d for 2 hours"]);
        let (short, long) = (random.between(1, 3), random.between(4, 20));
        write!(
            text,
            "sla k{clock} {{\n  starts {starts}\n  stops {stops}\n  within {short} hours when some\n  within {long} hours otherwise\n  by t\n  {more}\n}}\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn of_histories_in_which_much_happens_at_one_instant() {
    let mut random = Random::new(20_260_307);
    let (mut leads, mut of_clocks, mut told) = (0, 0, 0);
    for _ in 0..25 {
        let (mut file, mut signals) = (String::from("id,f\n"), String::from("id,signal,time\n"));
        for lead in 0..40 {
            writeln!(file, "{lead},{}", random.below(10)).unwrap();
            // ten hours on one day, so that many stand together
            for _ in 0..random.between(1, 12) {
                let (signal, hour) = (*random.pick(&["a", "a", "b", "c", "d", "e"]), random.between(6, 15));
                writeln!(signals, "{lead},{signal},2026-03-07T{hour:02}:00").unwrap();
            }
        }
        let policy = policy(&mut random);
        let folder = Folder::new(&[("p/p.lead", &policy), ("l.csv", &file), ("s.csv", &signals)]);
        let (policy, file, signals) = (folder.name("p"), folder.name("l.csv"), folder.name("s.csv"));
        let story = Story { policy: &policy, leads: &file, signals: &signals, key: "id", replay: &[] };
        let hour = random.between(9, 16);
        let (more, clocks) = hold(&folder, &story, &[&format!("2026-03-07T{hour:02}:00"), "2026-03-08T12:00"]);
        (leads, of_clocks) = (leads + more, of_clocks + clocks);
        told += rows(&folder.name("log.csv")).iter().filter(|row| !row["signals_before"].is_empty()).count();
    }
    assert!(leads > 1_500 && of_clocks > 1_500 && told > 300, "{leads} {of_clocks} {told}");
}
