//! Clocks in `leadwright replay` and in `score`: whose calendar counts, who had the lead, and what is met. 5 January 2026 is a Monday.

use serde_json::{Value, json};

use super::desk::{columns, head};
use super::{Folder, run};

const SLA: &str = "
sla first {
  starts  on ask
  stops   on call
  within  4 business hours
  by      sales
}
";

const ASKED: &str = "id,signal,time\nA,ask,2026-01-05T10:00\nB,ask,2026-01-05T10:00\nC,ask,2026-01-05T10:00\n";

fn folder(policy: &str, leads: &str, signals: &str) -> Folder {
    Folder::new(&[
        (
            "desk/desk.lead",
            &format!("{}{policy}", head("raw -> mql on ask  mql -> sal on moved  mql -> done on call  sal -> done on call")),
        ),
        ("leads.csv", leads),
        ("signals.csv", signals),
    ])
}

/// The log of the clocks up to an instant.
fn clocks(folder: &Folder, to: &str, names: &[&str]) -> Vec<Vec<String>> {
    let log = folder.name("clocks.csv");
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let ran = run(&["replay", &policy, "--leads", &leads, "--signals", &signals, "--to", to, "-q", "--clock-log", &log]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    columns(&std::fs::read_to_string(log).unwrap(), names)
}

fn scored(folder: &Folder, as_of: &str) -> Vec<Vec<String>> {
    let out = folder.name("scored.csv");
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let ran = run(&["score", &policy, &leads, "--signals", &signals, "--as-of", as_of, "-q", "-o", &out]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    columns(&std::fs::read_to_string(out).unwrap(), &["id", "first.due"])
}

const LEADS: &str = "id,owner\nA,ann\nB,bob\nC,\n";

#[test]
fn the_owner_whom_the_file_names_works_by_its_own_calendar() {
    // four hours from 10:00 for ann and the team; four from 13:00 for bob
    let due = [["A", "2026-01-05T14:00:00-05:00"], ["B", "2026-01-05T17:00:00-05:00"], ["C", "2026-01-05T14:00:00-05:00"]];
    let route = "queue inside team sales rotate bob\nroute handover when entering sal { inside otherwise }\n";
    for routes in ["", route] {
        let folder = folder(&format!("{routes}{SLA}"), LEADS, ASKED);
        assert_eq!(scored(&folder, "2026-01-05T12:00"), due, "{routes}");
        assert_eq!(clocks(&folder, "2026-01-05T12:00", &["lead", "due"]), due, "{routes}");
        let owners = clocks(&folder, "2026-01-05T12:00", &["owner", "owner_at_end"]);
        assert_eq!(owners, [["ann", "ann"], ["bob", "bob"], ["", ""]], "{routes}");
    }
}

#[test]
fn a_route_that_no_step_asks_gives_nobody_a_calendar_in_a_replay() {
    let folder = folder(&format!("queue inside team sales rotate bob\nroute work {{ inside otherwise }}\n{SLA}"), "id\nA\n", ASKED);
    assert_eq!(clocks(&folder, "2026-01-05T12:00", &["owner", "due"]), [["", "2026-01-05T14:00:00-05:00"]]);
}

#[test]
fn the_log_says_who_had_the_lead_at_both_ends() {
    let routes = "queue early team sales rotate ann\nqueue late_desk team sales rotate bob
route first_desk when entering mql { early otherwise }
route second_desk when entering sal { late_desk otherwise }
";
    let clock = "\nsla first {\n  starts when entering mql\n  stops on call\n  within 4 business hours\n  by sales\n}\n";
    let signals = "id,signal,time\nA,ask,2026-01-05T10:00\nA,moved,2026-01-05T11:00\nA,call,2026-01-05T13:30\n\
        B,ask,2026-01-05T10:00\nB,call,2026-01-05T13:00\nC,ask,2026-01-05T10:00\nC,moved,2026-01-05T11:00\n";
    // the file says whose the leads are now, which matters only before a route gives them to somebody
    let folder = folder(&format!("{routes}{clock}"), "id,owner\nA,bob\nB,\nC,ann\n", signals);
    assert_eq!(
        clocks(&folder, "2026-01-05T16:00", &["lead", "owner", "state", "owner_at_end"]),
        [["A", "ann", "met", "bob"], ["B", "ann", "met", "ann"], ["C", "ann", "breached", "bob"]]
    );
}

#[test]
fn what_is_met_after_a_breach_keeps_no_promise() {
    let clock = "
sla first {
  starts  on ask
  stops   on call
  within  2 hours
  by      sales
  breach  reassign after 1 hour
}

promise sales meets first for 50% per month
";
    // A in time; B breached at 12:00, reassigned at 13:00, called within two hours of that; C is breached twice
    let signals = format!("{ASKED}A,call,2026-01-05T11:00\nB,call,2026-01-05T14:30\n");
    let folder = folder(clock, "id\nA\nB\nC\n", &signals);
    assert_eq!(
        clocks(&folder, "2026-01-05T15:30", &["lead", "state", "breached"]),
        [["A", "met", ""], ["B", "met", "2026-01-05T12:00:00-05:00"], ["C", "breached", "2026-01-05T12:00:00-05:00"]]
    );
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let told = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--to", "2026-01-05T15:30"];
    let report: Value = serde_json::from_str(&run(&[&told[..], &["--json", "-"]].concat()).out).unwrap();
    let figures = ["started", "met", "met_after_breach", "missed", "breached"].map(|name| report["clocks"][0][name].as_u64().unwrap());
    assert_eq!(figures, [3, 1, 1, 0, 1]);
    let period = json!({"period": "2026-01", "ended": 3, "met": 1, "kept": false, "partial": true});
    assert_eq!(report["promises"][0]["periods"], json!([period]));
    let page = run(&told).out;
    for line in [
        "         started  met  anew  late  open   share  half in     90 % in",
        "  first        3    1     1     1     0  33.3 %      1 h  4 h 30 min",
        "  anew: met in time only after a breach, when the time had begun anew",
        "1 of 3  33.3 %",
    ] {
        assert!(page.contains(line), "no `{line}` in\n{page}");
    }
}

#[test]
fn an_explanation_counts_on_the_calendar_of_the_owner_in_turn() {
    let policy = "queue inside team sales rotate ann, bob
route handover when entering mql { inside otherwise }

sla first {
  starts  when entering mql
  stops   on call
  within  4 business hours
  by      sales
}
";
    let leads = ["A", "B", "C", "D", "E", "F"];
    let lines = |what: &str| leads.map(|lead| format!("{lead}{what}\n")).concat();
    let folder = folder(
        policy,
        &format!("id,stage,stage_since\n{}", lines(",raw,2026-01-05T08:00")),
        &format!("id,signal,time\n{}", lines(",ask,2026-01-05T09:00")),
    );
    let (policy, file, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let (out, state) = (folder.name("out.csv"), folder.name("state.json"));
    let common = ["--signals", &signals, "--as-of", "2026-01-05T10:00"];
    let score = |more: &[&str]| {
        let ran = run(&[&["score", &policy, &file, "-q", "-o", &out][..], &common, more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        columns(&std::fs::read_to_string(&out).unwrap(), &["handover.owner", "first.due"])
    };
    let by_hash = score(&[]);
    // begins with an empty state, which it leaves behind
    score(&["--rotation-out", &state]);
    let in_turn = score(&["--rotation-in", &state]);
    assert_ne!(by_hash, in_turn);
    for (lead, answers) in leads.iter().zip(&in_turn) {
        let ran = run(&[&["explain", &policy, &file, "--lead", lead, "--rotation-in", &state][..], &common].concat());
        let due = if answers[0] == "bob" { "2026-01-05T17:00" } else { "2026-01-05T13:00" };
        assert!(answers[1].starts_with(due), "{answers:?}");
        assert!(ran.out.contains(&format!("Clock first: running, due {due}")), "{lead}: {}", ran.out);
    }
}
