//! Every row of signals is in exactly one count, whatever became of its lead.

use serde_json::{Value, json};

use super::{Folder, run};

const POLICY: &str = "leadwright 1

policy desk { timezone \"America/New_York\" }

team sales

lead { id text key   born time optional   beds whole 0..500 optional }

signal form
signal accepted
signal view
signal click ignore bursts of 3 within 1 second

let views = count of view

stage raw   owner sales  start
stage mql   owner sales
stage done  owner sales  final

flow {
  raw -> mql   on form
  mql -> done  on accepted
  mql -> raw   on click
}
";

const LEADS: &str = "id,born,beds
A,2026-01-05T09:00,10
B,2026-01-05T09:00,10
B,2026-01-05T09:00,20
R,2026-01-05T09:00,many
L,2026-03-01T09:00,10
";

/// Of each row, what it is.
const SIGNALS: &str = "id,signal,time,why
A,view,2026-01-04T10:00,before the beginning
A,accepted,2026-01-05T10:00,fits no row
A,form,2026-01-05T11:00,moves
A,view,2026-01-05T12:00,no row waits
A,view,2026-01-05T12:01,no row waits
A,click,2026-01-05T13:00:00,burst
A,click,2026-01-05T13:00:00.5,burst
A,click,2026-01-05T13:00:01,burst
A,click,2026-02-05T13:00,later
B,form,2026-01-05T11:00,moves twice
R,form,2026-01-05T11:00,of a rejected lead
R,view,2026-01-05T11:00,of a rejected lead
L,form,2026-01-05T11:00,of a lead that began later
X,form,2026-01-05T11:00,of an unknown lead
A,form,yesterday,rejected
";

fn folder() -> Folder {
    Folder::new(&[("desk/desk.lead", POLICY), ("leads.csv", LEADS), ("signals.csv", SIGNALS)])
}

/// The reasons that a file of rejects gives, with how often it does.
fn listed(path: &str) -> Vec<(String, usize)> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut reasons: Vec<String> = reader.records().map(|record| record.unwrap()[5].to_owned()).collect();
    reasons.sort();
    reasons.chunk_by(|left, right| left == right).map(|same| (same[0].clone(), same.len())).collect()
}

#[test]
fn of_a_replay() {
    let folder = folder();
    let name = |name| folder.name(name);
    let (policy, leads, signals, rejects) = (name("desk"), name("leads.csv"), name("signals.csv"), name("rejects.csv"));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--start-field", "born", "--to", "2026-02-01"];
    for threads in ["1", "2"] {
        let ran = run(&[&files[..], &["--json", "-", "--rejects-signals", &rejects, "--threads", threads]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let counts = &report["signals"];
        let of = |names: &[&str]| names.iter().map(|name| counts[*name].as_u64().unwrap()).sum::<u64>();
        // files
        assert_eq!(counts["in_files"], 15);
        let of_leads = ["of_replayed_leads", "of_rejected_leads", "of_later_leads", "of_unknown_leads", "later", "rejected"];
        assert_eq!(of_leads.map(|name| counts[name].clone()), [9, 2, 1, 1, 1, 1].map(|count| json!(count)));
        assert_eq!(of(&of_leads), 15);
        // replayed leads: B's signal has a turn for each of its two rows
        assert_eq!(counts["read"], 10);
        let turns = ["moved", "fit_no_row", "no_row_waits", "before_beginning", "in_bursts", "after_stop"];
        assert_eq!(turns.map(|name| counts[name].clone()), [3, 1, 2, 1, 3, 0].map(|count| json!(count)));
        assert_eq!(of(&turns), 10);
        let expected = [
            ("is later than as-of", 1),
            ("is of a lead that came into being after the end", 1),
            ("is of a lead that is rejected", 2),
            ("no lead of the file has this key", 1),
        ];
        let listed = listed(&rejects);
        for (reason, count) in expected {
            assert!(listed.contains(&(reason.to_owned(), count)), "{reason}: {listed:?}");
        }
        assert_eq!(listed.iter().map(|(_, count)| count).sum::<usize>(), 6, "{listed:?}");
    }
    let page = run(&files);
    assert!(page.out.contains("2 signals are of leads whose row is rejected"), "{}", page.out);
    assert!(page.out.contains("1 signal is of a lead that came into being after the end"), "{}", page.out);
}

#[test]
fn of_a_score() {
    let folder = folder();
    let name = |name| folder.name(name);
    let (policy, leads, signals) = (name("desk"), name("leads.csv"), name("signals.csv"));
    let (out, rejects) = (name("out.csv"), name("rejects.csv"));
    let files = ["score", &policy, &leads, "--signals", &signals, "--as-of", "2026-02-01", "-o", &out, "--rejects-signals", &rejects];
    let ran = run(&[&files[..], &["--summary", "json"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary: Value = serde_json::from_str(&ran.out).unwrap();
    let counts = &summary["signals"];
    let names = ["rows_used", "rows_of_rejected_leads", "rows_later", "rows_of_unknown_leads", "rows_rejected"];
    assert_eq!(names.map(|name| counts[name].clone()), [10, 2, 1, 1, 1].map(|count| json!(count)));
    assert_eq!(counts["rows_in"], 15);
    let page = run(&files).out;
    assert!(page.contains("15 signals in, 10 used, 1 later than as-of, 2 of rejected leads, 1 of leads that"), "{page}");
    assert_eq!(listed(&rejects).iter().map(|(_, count)| count).sum::<usize>(), 5);
}
