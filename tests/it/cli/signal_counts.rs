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

/// What can become of a signal of a replayed lead.
const TURNS: [&str; 8] =
    ["earlier", "moved", "moved_by_measures", "fit_no_row", "no_row_waits", "before_beginning", "in_bursts", "after_stop"];

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
        assert_eq!(TURNS.map(|name| counts[name].clone()), [0, 3, 0, 1, 2, 1, 3, 0].map(|count| json!(count)));
        assert_eq!(of(&TURNS), 10);
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
fn of_a_part_of_a_replay() {
    let folder = folder();
    let name = |name| folder.name(name);
    let (policy, leads, signals) = (name("desk"), name("leads.csv"), name("signals.csv"));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--start-field", "born"];
    // since the beginning; from the first of A's views that have a turn; and a part in which only a burst lies
    for (from, to, turns) in [
        ("2026-01-01", "2026-02-01", [0, 3, 0, 1, 2, 1, 3, 0]),
        ("2026-01-05T12:00", "2026-02-01", [5, 0, 0, 0, 2, 0, 3, 0]),
        ("2026-01-05T12:02", "2026-02-01", [7, 0, 0, 0, 0, 0, 3, 0]),
        ("2026-01-04", "2026-01-05T10:30", [0, 0, 0, 1, 0, 1, 0, 0]),
        ("2026-01-05T10:30", "2026-01-05T11:30", [2, 3, 0, 0, 0, 0, 0, 0]),
    ] {
        let ran = run(&[&files[..], &["--from", from, "--to", to, "--json", "-"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        let counts = &report["signals"];
        assert_eq!(TURNS.map(|name| counts[name].clone()), turns.map(|count| json!(count)), "from {from} to {to}");
        assert_eq!(counts["read"], turns.iter().sum::<u64>(), "from {from} to {to}");
        let misfits: u64 = report["misfits"].as_array().unwrap().iter().map(|misfit| misfit["count"].as_u64().unwrap()).sum();
        assert_eq!(counts["fit_no_row"], misfits);
    }
    let page = run(&[&files[..], &["--from", "2026-01-05T12:00", "--to", "2026-02-01"]].concat()).out;
    assert!(page.contains("5 signals, 0 of them moved a lead; 5 earlier ones say where leads stood then\n"), "{page}");
    assert!(page.contains("3  signals are part of bursts") && !page.contains("where no row waits for it"), "{page}");
}

#[test]
fn of_signals_that_move_a_lead_by_what_they_add_up_to() {
    let policy = POLICY.replace("raw -> mql   on form", "raw -> mql   when views >= 2");
    let signals = "id,signal,time,why
A,view,2026-01-06T10:00,no row waits
A,view,2026-01-06T11:00,the second moves A by the row with `when`
A,view,2026-01-06T12:00,no row waits
A,accepted,2026-01-06T13:00,moves A by the row with `on`
B,accepted,2026-01-06T13:00,fits no row: B is in raw
";
    let leads = "id,born,beds\nA,2026-01-05T09:00,10\nB,2026-01-05T09:00,10\n";
    let folder = Folder::new(&[("desk/desk.lead", policy.as_str()), ("leads.csv", leads), ("signals.csv", signals)]);
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--start-field", "born", "--to", "2026-02-01"];
    let page = run(&files);
    assert!(page.out.contains("5 signals, 2 of them moved a lead\n"), "{}{}", page.out, page.err);
    let report: Value = serde_json::from_str(&run(&[&files[..], &["--json", "-"]].concat()).out).unwrap();
    assert_eq!(TURNS.map(|name| report["signals"][name].clone()), [0, 1, 1, 1, 2, 0, 0, 0].map(|count| json!(count)));
}

#[test]
fn of_a_lead_that_was_stopped_for_good() {
    let flow = "  raw -> mql   on form\n  mql -> done  on accepted\n  mql -> raw   on click\n";
    let policy = POLICY.replace(flow, "  raw -> mql   after 1 hour\n  mql -> raw   after 1 hour\n  mql -> done  on accepted\n");
    assert_ne!(policy, POLICY);
    // ten thousand hours end in February 2021
    let signals = "id,signal,time\nA,view,2020-06-01T10:20\nA,view,2021-06-01T10:20\nA,accepted,2022-01-01T10:20\n";
    let leads = "id,born,beds\nA,2020-01-01T00:00,10\n";
    let folder = Folder::new(&[("desk/desk.lead", policy.as_str()), ("leads.csv", leads), ("signals.csv", signals)]);
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--start-field", "born", "--to", "2022-02-01", "--json", "-"];
    for (from, turns) in [
        (&[][..], [0, 0, 0, 0, 1, 0, 0, 2]),
        (&["--from", "2021-01-01"], [1, 0, 0, 0, 0, 0, 0, 2]),
        (&["--from", "2021-12-01"], [2, 0, 0, 0, 0, 0, 0, 1]),
    ] {
        let ran = run(&[&files[..], from].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(TURNS.map(|name| report["signals"][name].clone()), turns.map(|count| json!(count)), "{from:?}");
        assert_eq!(report["leads"]["endless"], 1);
    }
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
