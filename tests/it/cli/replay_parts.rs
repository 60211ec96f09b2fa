//! A replay in parts: `--from` cuts what is written, not what is walked.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Folder, run};

/// The rows of each lead in the log of a replay, in order.
fn steps(folder: &Folder, span: &[&str], log: &str) -> BTreeMap<String, Vec<String>> {
    let example = |name: &str| format!("{}/examples/stage_gates{name}", env!("CARGO_MANIFEST_DIR"));
    let (policy, leads, signals) = (example(""), example("/leads.csv"), example("/signals.csv"));
    let (option, log) = (if log.starts_with("clocks") { "--clock-log" } else { "--log" }, folder.name(log));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--start-field", "created", "-q", option, &log];
    let ran = run(&[&files[..], span].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = std::fs::read_to_string(&log).unwrap();
    let mut of_leads: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        of_leads.entry(line.split(',').next().unwrap().to_owned()).or_default().push(line.to_owned());
    }
    of_leads
}

#[test]
fn parts_one_after_the_other_are_the_whole() {
    let folder = Folder::new(&[]);
    let whole = steps(&folder, &["--to", "2026-08-01"], "whole.csv");
    assert!(whole.values().map(Vec::len).sum::<usize>() > 1_000);
    let parts = [
        &["--to", "2026-03-31T23:59:59.999999"][..],
        &["--from", "2026-04-01", "--to", "2026-05-14T15:30"],
        &["--from", "2026-05-14T15:30:00.000001", "--to", "2026-08-01"],
    ];
    let mut together: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (number, part) in parts.iter().enumerate() {
        let part = steps(&folder, part, &format!("part{number}.csv"));
        assert!(!part.is_empty() && part != whole, "part {number} is a real part");
        part.into_iter().for_each(|(lead, rows)| together.entry(lead).or_default().extend(rows));
    }
    assert_eq!(together, whole);
}

/// What the report says of signals, and what does not fit, under the names that it has.
fn signals(span: &[&str]) -> BTreeMap<String, u64> {
    let example = |name: &str| format!("{}/examples/stage_gates{name}", env!("CARGO_MANIFEST_DIR"));
    let (policy, leads, signals) = (example(""), example("/leads.csv"), example("/signals.csv"));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--start-field", "created", "--json", "-"];
    let report: Value = serde_json::from_str(&run(&[&files[..], span].concat()).out).unwrap();
    let count = |value: &Value| value.as_u64().unwrap();
    let turns = ["moved", "moved_by_measures", "fit_no_row", "no_row_waits", "before_beginning", "in_bursts", "after_stop"];
    let mut found: BTreeMap<String, u64> = turns.map(|name| (name.to_owned(), count(&report["signals"][name]))).into();
    assert_eq!(found.values().sum::<u64>() + count(&report["signals"]["earlier"]), count(&report["signals"]["read"]));
    for part in ["misfits", "impossible"] {
        for row in report[part].as_array().unwrap() {
            let name = format!("{part} {} {} {} {}", row["signal"], row["stage"], row["before"], row["a_row_waited"]);
            *found.entry(name).or_default() += count(&row["count"]);
        }
    }
    found.retain(|_, count| *count > 0);
    found
}

#[test]
fn what_became_of_signals_in_parts_one_after_the_other_is_what_became_of_all() {
    let parts = [
        &["--to", "2026-03-31T23:59:59.999999"][..],
        &["--from", "2026-04-01", "--to", "2026-05-14T15:30"],
        &["--from", "2026-05-14T15:30:00.000001", "--to", "2026-08-01"],
    ];
    let whole = signals(&["--to", "2026-08-01"]);
    assert!(whole.keys().any(|name| name.starts_with("misfits")), "{whole:?}");
    let mut together = BTreeMap::new();
    for part in parts.map(signals) {
        assert!(!part.is_empty() && part != whole, "a real part: {part:?}");
        part.into_iter().for_each(|(name, count)| *together.entry(name).or_default() += count);
    }
    assert_eq!(together, whole);
}

/// Of two leads without a field that says when they began, one has its first signal in March, the other none at all. February: the first has not begun, the second
/// begins with `--from`. March: the first begins with its signal.
#[test]
fn a_lead_whose_first_signal_is_still_to_come_has_not_begun() {
    let policy = "leadwright 1\n\npolicy desk { timezone \"UTC\" }\n\nlead { id text key }\n\nteam sales\nsignal open\n\n\
                  stage raw  owner sales start\nstage done owner sales final\n\nflow { raw -> done  on open }\n";
    let folder = Folder::new(&[("desk.lead", policy), ("l.csv", "id\n1\n2\n"), ("s.csv", "id,signal,time\n1,open,2026-03-15T09:00\n")]);
    let part = |from: &str, to: &str| {
        let log = folder.name("log.csv");
        let files = ["replay", &folder.name("desk.lead"), "--leads", &folder.name("l.csv"), "--signals", &folder.name("s.csv")];
        let ran = run(&[&files[..], &["--from", from, "--to", to, "--log", &log, "--json", "-"]].concat());
        let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err));
        let of = |name: &str| report["leads"][name].as_u64().unwrap();
        let rows = std::fs::read_to_string(&log).unwrap();
        let rows = rows
            .lines()
            .skip(1)
            .map(|row| row.split(',').take(5).collect::<Vec<_>>().join(",").trim_end_matches(":00+00:00").to_owned())
            .collect::<Vec<_>>();
        ((of("replayed"), of("began_later"), of("without_signal")), rows)
    };
    assert_eq!(part("2026-02-01", "2026-02-28T23:59"), ((1, 1, 1), vec!["2,,,raw,2026-02-01T00:00".to_owned()]));
    let (counts, rows) = part("2026-03-01", "2026-04-01");
    assert_eq!(counts, (2, 0, 1));
    assert_eq!(rows[..2], ["1,,,raw,2026-03-15T09:00".to_owned(), "1,,raw,done,2026-03-15T09:00".to_owned()]);
}

#[test]
fn a_clock_stands_in_the_part_in_which_it_was_started() {
    let folder = Folder::new(&[]);
    let started = |logs: &BTreeMap<String, Vec<String>>| logs.values().map(Vec::len).sum::<usize>();
    let whole = steps(&folder, &["--to", "2026-08-01"], "clocks.csv");
    let first = steps(&folder, &["--to", "2026-05-14T15:30"], "clocks1.csv");
    let second = steps(&folder, &["--from", "2026-05-14T15:30:00.000001", "--to", "2026-08-01"], "clocks2.csv");
    assert_eq!(started(&first) + started(&second), started(&whole));
    // those of the second part ended as in the whole; some of the first still ran at its end
    let is_in_whole = |lead: &String, row: &String| whole[lead].contains(row);
    assert!(second.iter().all(|(lead, rows)| rows.iter().all(|row| is_in_whole(lead, row))));
    assert!(first.iter().any(|(lead, rows)| rows.iter().any(|row| !is_in_whole(lead, row) && row.contains(",running,"))));
}

const PROMISE: &str = "leadwright 1

policy desk { timezone \"UTC\" }

lead { id text key }

team sales
signal ask
signal call

stage raw  owner sales start
stage done owner sales final

flow { raw -> done  on call }

sla answer {
  starts  on ask
  stops   on call
  within  2 days
  by      sales
}

promise sales meets answer for 90% per month
";

#[test]
fn what_ends_too_late_counts_once_where_its_time_was_over() {
    // A was due on 12 March, and called in April; B, asked on 30 March, was called in time on 1 April; C's time was over as April began, and nobody called
    let signals = "id,signal,time\nA,ask,2026-03-10T09:00\nA,call,2026-04-05T09:00\nB,ask,2026-03-30T12:00\nB,call,2026-04-01T10:00\nC,ask,2026-03-30T00:00\n";
    let folder = Folder::new(&[("desk/desk.lead", PROMISE), ("leads.csv", "id\nA\nB\nC\n"), ("signals.csv", signals)]);
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let periods = |span: &[&str]| -> Vec<(String, u64, u64)> {
        let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--json", "-"];
        let report: Value = serde_json::from_str(&run(&[&files[..], span].concat()).out).unwrap();
        let periods = report["promises"][0]["periods"].as_array().unwrap();
        let count = |value: &Value| value.as_u64().unwrap();
        periods.iter().map(|row| (row["period"].as_str().unwrap().to_owned(), count(&row["ended"]), count(&row["met"]))).collect()
    };
    let (march, april) = (("2026-03".to_owned(), 1, 0), ("2026-04".to_owned(), 2, 1));
    let parts = [["--from", "2026-03-01", "--to", "2026-03-31T23:59:59.999999"], ["--from", "2026-04-01", "--to", "2026-04-30"]];
    assert_eq!(periods(&parts[0]), std::slice::from_ref(&march));
    assert_eq!(periods(&parts[1]), std::slice::from_ref(&april));
    assert_eq!(periods(&["--from", "2026-03-01", "--to", "2026-04-30"]), [march.clone(), april.clone()]);
    // a cut at the very instant at which a time is over
    let cut = [&["--from", "2026-03-01", "--to", "2026-04-01T00:00"][..], &["--from", "2026-04-01T00:00:00.000001", "--to", "2026-04-30"]];
    let sums: Vec<u64> = cut.map(|part| periods(part).iter().map(|(_, ended, _)| ended).sum()).into();
    assert_eq!(sums, [1, 2]);
}
