//! `leadwright replay`: a handful of leads whose ways and figures can be followed by hand.

use serde_json::{Value, json};

use super::{Folder, run};

const POLICY: &str = r#"leadwright 1

policy desk "Handover" {
  version  "1"
  timezone "America/New_York"
}

team marketing "Marketing"
team sales

lead {
  id     text     key
  asked  date     optional
  big    yes_no
}

signal form
signal accepted
signal rejected { reason text optional }
signal won

stage inquiry  owner marketing  start
stage mql      owner marketing
stage sal      owner sales
stage done     owner sales      final
stage lost     owner sales      final

flow {
  inquiry -> mql   on form
  mql -> sal       on accepted
  mql -> inquiry   on rejected                        recycle rest 30 days
  mql -> inquiry   after 10 days without accepted     recycle because "No answer"
  sal -> done      on won
  sal -> inquiry   on rejected                        recycle
  sal -> lost      after 20 days
}

route handover when entering mql {
  big_desk  when big
  desk      otherwise
}

queue desk      team sales
queue big_desk  team sales  rotate ann weight 1

sla answer {
  starts  when entering mql
  stops   when leaving mql
  within  2 days
  by      sales
}

promise marketing delivers 3 mql per month
promise sales meets answer for 50% per month
"#;

const LEADS: &str = "id,asked,big\nA,,yes\nB,,no\nC,,no\nD,,no\nE,,no\nF,,no\nG,,no\n";

const SIGNALS: &str = "\
id,signal,time,reason
B,rejected,2026-01-09T12:00,no budget
A,form,2026-01-05T10:00,
A,accepted,2026-01-06T10:00,
A,won,2026-01-16T10:00,
B,form,2026-01-05T12:00,
C,form,2026-01-10T09:00,
D,form,2026-02-02T09:00,
D,accepted,2026-02-03T09:00,
D,rejected,2026-02-05T09:00,no need
E,won,2026-01-03T08:00,
E,form,2026-02-10T09:00,
E,accepted,2026-02-11T09:00,
G,form,2026-02-27T09:00,
Z,form,2026-02-27T09:00,
";

const PAGE: &str = "\
Handover 1
from the beginning to 2026-03-01T00:00 (America/New_York)
7 leads in, 6 replayed, 0 rejected
13 signals, 12 of them moved a lead

What became of 6 handovers by Marketing of 6 leads
";

fn folder() -> Folder {
    Folder::new(&[("desk/desk.lead", POLICY), ("leads.csv", LEADS), ("signals.csv", SIGNALS)])
}

fn replay(folder: &Folder, with: &[&str]) -> super::Ran {
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let own = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--to", "2026-03-01"];
    run(&[&own, with].concat())
}

fn report(folder: &Folder, with: &[&str]) -> Value {
    let ran = replay(folder, &[&["--json", "-"], with].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
}

#[test]
fn the_first_lines_say_what_sales_did_with_what_marketing_handed_over() {
    let ran = replay(&folder(), &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.starts_with(PAGE), "{}", ran.out);
    for line in [
        "accepted                 3  50.0 %",
        "rejected                 1  16.7 %",
        "nobody answered in time  1  16.7 %",
        "Of those accepted: 1 won, 1 rejected later, 1 in work.",
        "In all, 2 handovers (33.3 %) were rejected.",
        "Half of the answers came within 1 d, nine in ten within 4 d.",
        "lead E  `won` at 2026-01-03T08:00, but entered sal at 2026-02-11T09:00",
        "1  lead was not replayed: nothing says when it began",
        "1 signal is of a lead that the file of leads does not have",
    ] {
        assert!(ran.out.contains(line), "no `{line}` in\n{}", ran.out);
    }
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
}

#[test]
fn the_figures_are_those_that_a_person_counts() {
    let report = report(&folder(), &[]);
    let total = &report["handovers"]["total"];
    let figures =
        ["leads", "accepted", "rejected", "expired", "closed", "waiting", "won", "lost", "rejected_later", "expired_later", "in_work"];
    assert_eq!(figures.map(|name| total[name].as_u64().unwrap()), [6, 3, 1, 1, 0, 1, 1, 0, 1, 0, 1]);
    // 1, 1, 1 and 4 days; the one that nobody answered is no answer
    let day = 86_400;
    assert_eq!(total["answer"], json!({"count": 4, "mean": 7 * day / 4, "median": day, "p90": 4 * day}));
    assert_eq!(["leads", "handed_on"].map(|name| report["handovers"][name].as_u64().unwrap()), [6, 0]);
    let queues: Vec<(&str, u64)> = report["handovers"]["by_queue"]
        .as_array()
        .unwrap()
        .iter()
        .map(|queue| (queue["queue"].as_str().unwrap(), queue["leads"].as_u64().unwrap()))
        .collect();
    assert_eq!(queues, [("desk", 5), ("big_desk", 1)]);
    assert_eq!(report["handovers"]["rejected_because"], json!([{"reason": "no budget", "count": 1}, {"reason": "no need", "count": 1}]));
    let stage = |index: usize| {
        let stage = &report["stages"][index];
        ["entered", "leads", "passed", "dropped", "still_there", "standing"].map(|name| stage[name].as_u64().unwrap())
    };
    assert_eq!(stage(0), [9, 6, 6, 0, 3, 3]);
    assert_eq!(stage(1), [6, 6, 3, 2, 1, 1]);
    assert_eq!(stage(2), [3, 3, 1, 1, 1, 1]);
    assert_eq!(stage(3), [1, 1, 0, 0, 1, 1]);
    assert_eq!(report["stages"][3]["time_to"]["median"], 11 * day);
    let steps: Vec<u64> = report["rows"].as_array().unwrap().iter().map(|row| row["steps"].as_u64().unwrap()).collect();
    assert_eq!(steps, [6, 3, 1, 1, 1, 1, 0]);
    assert_eq!(report["rows"][3]["recycled_because"], json!([{"reason": "No answer", "count": 1}]));
    assert_eq!(report["rows"][3]["rule"], "mql -> inquiry after 10 days without accepted recycle because \"No answer\"");

    let clock = &report["clocks"][0];
    assert_eq!(["started", "met", "missed", "breached", "running"].map(|name| clock[name].as_u64().unwrap()), [6, 3, 2, 0, 1]);
    let periods = |promise: usize| report["promises"][promise]["periods"].clone();
    let period = |period: &str, ended: u64, met: u64, kept: bool, partial: bool| json!({"period": period, "ended": ended, "met": met, "kept": kept, "partial": partial});
    assert_eq!(periods(0), json!([period("2026-01", 3, 3, true, false), period("2026-02", 3, 3, true, false)]));
    assert_eq!(periods(1), json!([period("2026-01", 3, 1, false, false), period("2026-02", 2, 2, true, false)]));

    let leads = &report["leads"];
    assert_eq!(["in_file", "replayed", "without_beginning", "impossible"].map(|name| leads[name].as_u64().unwrap()), [7, 6, 1, 1]);
    let signals = &report["signals"];
    assert_eq!(["read", "moved", "fit_no_row", "of_unknown_leads"].map(|name| signals[name].as_u64().unwrap()), [13, 12, 1, 1]);
    assert_eq!(report["misfits"], json!([{"signal": "won", "stage": "inquiry", "a_row_waited": false, "count": 1}]));
    assert_eq!(report["impossible"], json!([{"signal": "won", "before": "stage", "stage": "sal", "count": 1}]));
}

#[test]
fn what_began_before_is_not_counted_but_stands_where_it_should() {
    let folder = folder();
    let report = report(&folder, &["--from", "2026-02-01", "--log", &folder.name("log.csv")]);
    // D, E and G; A, B and C came before
    assert_eq!(report["handovers"]["total"]["leads"], 3);
    // F with the span, D and G with their first signals, and D once more when it was rejected; B, C, D and F stand there at the end
    assert_eq!((&report["stages"][0]["entered"], &report["stages"][0]["standing"]), (&4.into(), &4.into()));
    assert_eq!(report["leads"]["without_beginning"], 0);
    let log = std::fs::read_to_string(folder.path("log.csv")).unwrap();
    assert!(!log.contains("\nA,") && log.contains("\nF,,,inquiry,2026-02-01T00:00:00-05:00,"), "{log}");
}

#[test]
fn every_step_and_every_clock_go_to_files_that_are_the_same_on_both_evaluators() {
    let folder = folder();
    let files = |name: &str, with: &[&str]| {
        let (log, clocks) = (folder.name(&format!("{name}.csv")), folder.name(&format!("{name}-clocks.csv")));
        assert_eq!(replay(&folder, &[&["-q", "--log", &log, "--clock-log", &clocks], with].concat()).code, 0);
        (std::fs::read_to_string(log).unwrap(), std::fs::read_to_string(clocks).unwrap())
    };
    let (log, clocks) = files("one", &["--threads", "1"]);
    let expected = "\
lead,reason,from,to,at,rule,forget,rest_until,signals_before,team,handover,handover.owner
A,,,inquiry,2026-01-05T10:00:00-05:00,,,,,marketing,,
A,,inquiry,mql,2026-01-05T10:00:00-05:00,inquiry -> mql on form,,,,marketing,big_desk,ann
A,,mql,sal,2026-01-06T10:00:00-05:00,mql -> sal on accepted,,,,sales,,
A,,sal,done,2026-01-16T10:00:00-05:00,sal -> done on won,,,,sales,,
B,,,inquiry,2026-01-05T12:00:00-05:00,,,,,marketing,,
B,,inquiry,mql,2026-01-05T12:00:00-05:00,inquiry -> mql on form,,,,marketing,desk,
B,no budget,mql,inquiry,2026-01-09T12:00:00-05:00,mql -> inquiry on rejected recycle rest 30 days,,2026-02-08T12:00:00-05:00,,marketing,,
C,,,inquiry,2026-01-10T09:00:00-05:00,,,,,marketing,,
";
    assert!(log.starts_with(expected), "{log}");
    let expected = "\
lead,clock,owner,target,started,due,stopped,state,breached,reminders,notices,escalations,reassigned,owner_at_end
A,answer,ann,2 days,2026-01-05T10:00:00-05:00,2026-01-07T10:00:00-05:00,2026-01-06T10:00:00-05:00,met,,0,0,0,0,ann
B,answer,,2 days,2026-01-05T12:00:00-05:00,2026-01-07T12:00:00-05:00,2026-01-09T12:00:00-05:00,missed,2026-01-07T12:00:00-05:00,0,0,0,0,
";
    assert!(clocks.starts_with(expected), "{clocks}");
    assert_eq!(clocks.lines().count(), 7);
    for (name, with) in [("three", ["--threads", "3"]), ("interpreter", ["--backend", "interpret"])] {
        assert_eq!(files(name, &with), (log.clone(), clocks.clone()), "{name}");
    }

    // the log is a stage log that `score` reads, and other formats hold the same
    let scored = run(&[
        "score",
        &folder.name("desk"),
        &folder.name("leads.csv"),
        "-q",
        "--as-of",
        "2026-03-01",
        "--signals",
        &folder.name("signals.csv"),
        "--stage-log",
        &folder.name("one.csv"),
    ]);
    assert_eq!(scored.code, 0, "{}", scored.err);
    let parquet = folder.name("log.parquet");
    assert_eq!(replay(&folder, &["-q", "--log", &parquet]).code, 0);
    assert!(std::fs::read(parquet).unwrap().starts_with(b"PAR1"));
    let lines = folder.name("log.ndjson");
    assert_eq!(replay(&folder, &["-q", "--log", &lines]).code, 0);
    let first: Value = serde_json::from_str(std::fs::read_to_string(lines).unwrap().lines().next().unwrap()).unwrap();
    assert_eq!((&first["lead"], &first["to"], &first["from"]), (&"A".into(), &"inquiry".into(), &Value::Null));
}

#[test]
fn what_cannot_be_done_is_one_sentence_and_leaves_no_file() {
    let folder = folder();
    let sentence = |with: &[&str]| replay(&folder, with).sentence().to_owned();
    assert_eq!(sentence(&["--start-field", "first"]), "the policy's lead has no field `first`; its dates and times are `asked`");
    assert_eq!(sentence(&["--start-field", "big"]), "the field `big` is no date and no time, so it cannot say when a lead came into being");
    assert_eq!(sentence(&["--from", "2026-04-01"]), "`--from` is later than `--to`, so nothing lies between them");
    assert!(sentence(&["--from", "spring"]).starts_with("`--from spring` is no date and no time"));
    let leads = folder.name("leads.csv");
    assert!(sentence(&["--log", &leads]).contains("is read by this very run"));
    let log = folder.name("log.csv");
    assert!(sentence(&["--log", &log, "--json", &log]).contains("is named twice"));
    let odd = folder.name("log.doc");
    let no_format =
        |file: &str| format!("cannot tell the format of the log `{file}` by its name; let it end in .csv, .ndjson, .parquet or .arrow");
    assert_eq!(sentence(&["--log", &odd]), no_format(&odd));
    assert_eq!(sentence(&["--clock-log", &odd]), no_format(&odd));
    let bad = folder.name("bad.csv");
    std::fs::write(&bad, "id,signal,time,reason\nA,form,someday,\n").unwrap();
    let policy = folder.name("desk");
    let ran = run(&["replay", &policy, "--leads", &leads, "--signals", &bad, "--to", "2026-03-01", "--log", &log, "--on-bad-row", "fail"]);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(!std::path::Path::new(&log).exists());
}

#[test]
fn leads_with_one_key_are_counted() {
    let folder = folder();
    std::fs::write(folder.path("leads.csv"), format!("{LEADS}B,,yes\n")).unwrap();
    let ran = replay(&folder, &[]);
    let sentence = "note: the lead in line 9 has a key that an earlier lead has, and was replayed like any other";
    assert!(ran.out.replace("\n  ", " ").contains(sentence), "{}", ran.out);
    assert_eq!(report(&folder, &[])["leads"]["repeated"], 1);
}

#[test]
fn a_lead_that_goes_to_and_fro_without_end_is_named_with_its_row() {
    let to_and_fro = "flow {\n  inquiry -> mql   on form\n  mql -> sal    after 1 hour\n  sal -> mql    after 1 hour\n  mql -> done   on won\n  mql -> lost   on won\n}\n";
    let (before, rest) = POLICY.split_once("flow {").unwrap();
    let policy = format!("{before}{to_and_fro}{}", rest.split_once("}\n").unwrap().1);
    let folder = Folder::new(&[
        ("desk/desk.lead", &policy),
        ("leads.csv", LEADS),
        ("signals.csv", "id,signal,time,reason\nA,form,2020-01-01T00:00,\n"),
    ]);
    let page = replay(&folder, &[]).out.replace("\n     ", " ");
    assert!(page.contains("1  lead was stopped for good after 10,000 steps, most of them by `mql -> sal after 1 hour`"), "{page}");
    // ten thousand hours are 416 days and 16 hours
    assert!(page.contains("lead A  had come to 2021-02-20T"), "{page}");
    let report = report(&folder, &[]);
    assert_eq!((&report["leads"]["endless"], &report["endless_examples"][0]["lead"]), (&1.into(), &"A".into()));
    assert_eq!(report["endless_examples"][0]["rule"], "mql -> sal after 1 hour");
}
