//! `score` and `replay` tell the same story: what a replay found by a day, a snapshot of that day finds again from the stage log and the signals.
//! The one walks turn by turn, the other looks once and works backwards. 5 January 2026 is a Monday.

use std::collections::BTreeMap;

use super::{Folder, run};

/// The rows of a file by the names of its columns.
pub fn rows(path: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    reader.records().map(|record| names.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)).collect()).collect()
}

fn in_repository(path: &str) -> String {
    format!("{}/examples/{path}", env!("CARGO_MANIFEST_DIR"))
}

/// An example's leads without what says where they stand.
fn without_standing(path: &str, to: &str) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let names = reader.headers().unwrap().clone();
    let kept: Vec<usize> = (0..names.len()).filter(|place| !["stage", "stage_since", "rest_until"].contains(&&names[*place])).collect();
    let mut writer = csv::Writer::from_path(to).unwrap();
    writer.write_record(kept.iter().map(|place| &names[*place])).unwrap();
    for record in reader.records() {
        let record = record.unwrap();
        writer.write_record(kept.iter().map(|place| &record[*place])).unwrap();
    }
    writer.flush().unwrap();
}

/// Files that are replayed up to a day, and scored on it with the log of that replay.
pub struct Story<'a> {
    pub policy: &'a str,
    pub leads: &'a str,
    pub signals: &'a str,
    /// the column of the key in what is scored
    pub key: &'a str,
    /// what else the replay is told
    pub replay: &'a [&'a str],
}

/// Holds a snapshot of each day against the replay up to it; how many leads and instances of clocks were compared.
pub fn hold(folder: &Folder, story: &Story, days: &[&str]) -> (usize, usize) {
    let Story { policy, leads, signals, key, replay } = *story;
    let (log, clock_log, out) = (folder.name("log.csv"), folder.name("clocks.csv"), folder.name("out.csv"));
    let (mut compared, mut of_clocks) = (0, 0);
    for day in days {
        let files = ["--signals", signals, "-q"];
        let logs = ["--log", &log, "--clock-log", &clock_log];
        let ran = run(&[&["replay", policy, "--leads", leads, "--to", day][..], replay, &files, &logs].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let score = run(&[&["score", policy, leads, "--stage-log", &log, "--as-of", day, "-o", &out][..], &files].concat());
        assert_eq!(score.code, 0, "{}", score.err);

        let stages: BTreeMap<String, String> = rows(&log).into_iter().map(|row| (row["lead"].clone(), row["to"].clone())).collect();
        // the last time that each clock of a lead was started
        let clocks: BTreeMap<(String, String), (String, String)> = rows(&clock_log)
            .into_iter()
            .map(|row| {
                let runs = matches!(row["state"].as_str(), "running" | "breached");
                ((row["lead"].clone(), row["clock"].clone()), (row["state"].clone(), if runs { row["due"].clone() } else { String::new() }))
            })
            .collect();
        for row in rows(&out) {
            let lead = &row[key];
            // who came later is in no log
            let Some(stage) = stages.get(lead) else { continue };
            assert_eq!(&row["stage"], stage, "{policy}: {lead} on {day}");
            let names = row.keys().filter_map(|name| name.strip_suffix(".due"));
            for clock in names {
                let scored = (row[&format!("{clock}.state")].clone(), row[&format!("{clock}.due")].clone());
                let replayed = clocks.get(&(lead.clone(), clock.to_owned())).cloned().unwrap_or_default();
                assert_eq!(scored, replayed, "{policy}: {clock} of {lead} on {day}");
                of_clocks += usize::from(!replayed.0.is_empty());
            }
            compared += 1;
        }
    }
    (compared, of_clocks)
}

fn compare(example: &str, key: &str, start: &str, days: &[&str]) -> (usize, usize) {
    let folder = Folder::new(&[]);
    let leads = folder.name("leads.csv");
    let (policy, signals) = (in_repository(example), in_repository(&format!("{example}/signals.csv")));
    without_standing(&in_repository(&format!("{example}/leads.csv")), &leads);
    let story = Story { policy: &policy, leads: &leads, signals: &signals, key, replay: &["--start-field", start] };
    hold(&folder, &story, days)
}

#[test]
fn of_stage_gates() {
    let days = ["2026-03-20T12:00", "2026-05-01", "2026-06-15T16:20", "2026-08-01"];
    let (leads, clocks) = compare("stage_gates", "lead_id", "created", &days);
    assert!(leads > 1_000 && clocks > 1_000, "{leads} {clocks}");
}

#[test]
fn of_medbank() {
    let (leads, clocks) = compare("medbank", "lead_id", "created_at", &["2026-10-20T09:30", "2026-11-18T15:00"]);
    assert!(leads > 7_000 && clocks > 1_000, "{leads} {clocks}");
}

/// Within four hours by day, one hour for leads that asked in the last hour.
const POLICY: &str = "leadwright 1

policy desk { timezone \"America/New_York\" }

team sales on office
calendar office { hours mon to fri 09:00 to 17:00 }

lead { id text key   big yes_no optional }

signal ask
signal call
signal yes_please
signal no_thanks

let asked = any ask in last 1 hour

stage raw   owner sales  start
stage mql   owner sales
stage sal   owner sales  final
stage done  owner sales  final

flow {
  raw -> mql   on yes_please
  mql -> sal   on call
  mql -> raw   on no_thanks  recycle rest 3 days
  mql -> done  after 5 days
  raw -> sal   when big
}

sla in_mql {
  starts  when entering mql
  stops   when leaving mql
  within  1 business hour   when asked
  within  4 business hours  otherwise
  by      sales
}

sla in_sal {
  starts  when entering sal
  stops   when leaving sal
  within  4 business hours
  by      sales
}
";

/// Scores leads at Wednesday noon.
fn scored(leads: &str, signals: &str, log: &str, columns: &[&str]) -> Vec<Vec<String>> {
    let files = [("desk/desk.lead", POLICY), ("leads.csv", leads), ("signals.csv", signals), ("log.csv", log)];
    let folder = Folder::new(&files);
    let name = |name| folder.name(name);
    let (policy, leads, signals, log, out) = (name("desk"), name("leads.csv"), name("signals.csv"), name("log.csv"), name("out.csv"));
    let files = ["score", &policy, &leads, "--signals", &signals, "--stage-log", &log, "-o", &out];
    let ran = run(&[&files[..], &["--as-of", "2026-01-07T12:00", "-q"]].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    rows(&out).iter().map(|row| columns.iter().map(|name| row[*name].clone()).collect()).collect()
}

const NO_SIGNALS: &str = "id,signal,time\n";
const NO_LOG: &str = "id,from,to,at\n";

#[test]
fn a_clock_whose_stage_is_left_in_this_very_run_has_stopped() {
    // nothing says since when A is in mql; B has been for an hour
    let leads = "id,stage,stage_since\nA,mql,\nB,mql,2026-01-07T11:00\n";
    let signals = "id,signal,time\nA,call,2026-01-07T12:00\nB,call,2026-01-07T12:00\n";
    let columns = ["stage", "in_mql.state", "in_mql.due", "in_sal.state", "in_sal.due"];
    let expected = ["sal", "met", "", "running", "2026-01-07T16:00:00-05:00"];
    assert_eq!(scored(leads, signals, NO_LOG, &columns), [expected, expected]);
}

#[test]
fn the_log_tells_since_when_a_lead_is_where_it_is() {
    let log = "id,from,to,at\nA,,raw,2026-01-05T09:00\nA,raw,mql,2026-01-07T09:30\nB,,raw,2026-01-05T09:00\nB,raw,mql,2026-01-07T09:30\n";
    // A's stage is told by its row too, B's by the log alone; of C nothing is told
    let leads = "id,stage\nA,mql\nB,\nC,\n";
    let columns = ["stage", "in_mql.state", "in_mql.due"];
    let in_mql = ["mql", "running", "2026-01-07T13:30:00-05:00"];
    assert_eq!(scored(leads, NO_SIGNALS, log, &columns), [in_mql, in_mql, ["raw", "", ""]]);
}

#[test]
fn the_log_tells_how_long_a_lead_rests() {
    let log = "id,from,to,at,rest_until\nA,mql,raw,2026-01-05T09:00,2026-01-08T09:00\nB,mql,raw,2026-01-03T09:00,2026-01-06T09:00\nC,mql,raw,2026-01-05T09:00,2026-01-08T09:00\n";
    // what the file says of C goes before the log
    let leads = "id,big,rest_until\nA,yes,\nB,yes,\nC,yes,2026-01-06T00:00\n";
    assert_eq!(scored(leads, NO_SIGNALS, log, &["stage"]), [["raw"], ["sal"], ["sal"]]);
}

#[test]
fn a_transition_is_as_old_as_what_made_it() {
    let leads = "id,stage,stage_since\nA,raw,2026-01-05T09:00\nB,mql,2026-01-06T09:00\nC,mql,2026-01-02T10:00\n";
    // A's first yes counts; B is called in time, which it would not be by noon; C's five days were over two hours ago
    let signals =
        "id,signal,time\nA,yes_please,2026-01-07T10:15\nA,yes_please,2026-01-07T11:45\nB,call,2026-01-06T12:00\nC,ask,2026-01-07T11:30\n";
    let columns = ["stage", "in_mql.state", "in_mql.due", "in_sal.state", "in_sal.due"];
    let expected = [
        ["mql", "running", "2026-01-07T14:15:00-05:00", "", ""],
        ["sal", "met", "", "breached", "2026-01-06T16:00:00-05:00"],
        ["done", "missed", "", "", ""],
    ];
    assert_eq!(scored(leads, signals, NO_LOG, &columns), expected);
}

#[test]
fn a_target_is_the_one_that_applied_when_the_clock_started() {
    let leads = "id,stage,stage_since\nA,mql,2026-01-07T11:00\nB,mql,2026-01-07T09:45\nC,,\n";
    // A asked after its clock had started, B before; C, of whom the log tells, before too, and left mql an hour and a half later
    let signals = "id,signal,time\nA,ask,2026-01-07T11:30\nB,ask,2026-01-07T09:00\nC,ask,2026-01-06T09:00\n";
    let log = "id,from,to,at\nC,,raw,2026-01-05T09:00\nC,raw,mql,2026-01-06T09:30\nC,mql,sal,2026-01-06T11:00\n";
    let columns = ["in_mql.state", "in_mql.due", "in_sal.state", "in_sal.due"];
    let expected = [
        ["running", "2026-01-07T15:00:00-05:00", "", ""],
        ["breached", "2026-01-07T10:45:00-05:00", "", ""],
        ["missed", "", "breached", "2026-01-06T15:00:00-05:00"],
    ];
    assert_eq!(scored(leads, signals, log, &columns), expected);
}

#[test]
fn a_signal_that_brought_a_lead_where_it_is_is_used_up() {
    let log = "id,from,to,at\nA,raw,mql,2026-01-07T10:00\nB,raw,mql,2026-01-07T10:00\n";
    let signals = "id,signal,time\nA,call,2026-01-07T10:00\nB,call,2026-01-07T10:00:01\n";
    assert_eq!(scored("id\nA\nB\n", signals, log, &["stage"]), [["mql"], ["sal"]]);
}

#[test]
fn an_explanation_tells_which_target_applied_when_the_clock_started() {
    let files = [
        ("desk/desk.lead", POLICY),
        ("leads.csv", "id,stage,stage_since\nA,mql,2026-01-07T11:00\n"),
        ("signals.csv", "id,signal,time\nA,ask,2026-01-07T11:30\n"),
    ];
    let folder = Folder::new(&files);
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let ran = run(&["explain", &policy, &leads, "--signals", &signals, "--lead", "A", "--as-of", "2026-01-07T12:00"]);
    let clock = ran.out.split("Clock in_mql").nth(1).unwrap_or_else(|| panic!("{ran:?}"));
    let expected = [
        ": running, due 2026-01-07T15:00",
        "no  within 1 business hour when asked",
        "`asked` holds now, and did not when the clock started",
        "yes within 4 business hours otherwise",
        "2026-01-07T11:00  starts",
    ];
    let mut rest = clock;
    for line in expected {
        rest = rest.split_once(line).unwrap_or_else(|| panic!("{line}\n{clock}")).1;
    }
    // a clock that was not started has no target in force
    let other = clock.split("Clock in_sal").nth(1).unwrap();
    assert!(other.starts_with(": not started") && !other.contains("within"), "{other}");
}
