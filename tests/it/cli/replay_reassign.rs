//! `breach reassign` in a replay: who gets the lead, on whose calendar the clock goes on, and what is counted. 5 January 2026 is a Monday.

use serde_json::Value;

use super::desk::{self, columns};
use super::{Folder, run};

const ROUTE: &str = "route handover when entering mql { inside otherwise }";

fn head() -> String {
    desk::head("raw -> mql on ask  mql -> sal on moved  sal -> done on call") + ROUTE + "\n"
}

/// Four hours, and an hour later four hours for another owner.
const FOUR_HOURS: &str = "queue inside team sales rotate ann, bob
sla first {
  starts  when entering mql
  stops   on call
  within  4 business hours
  by      sales
  breach  reassign after 1 hour
}
";

/// An hour, and then at once another hour for another owner.
const HOURLY: &str = "
sla first {
  starts  when entering mql
  stops   on call
  within  1 hour
  by      sales
  breach  reassign
}
";

fn folder(policy: &str, ids: &[&str], more: &str) -> Folder {
    let lines = |what: &str| ids.iter().map(|id| format!("{id}{what}\n")).collect::<String>();
    let signals = format!("id,signal,time\n{}{more}", lines(",ask,2026-01-05T09:00"));
    Folder::new(&[
        ("desk/desk.lead", &format!("{}{policy}", head())),
        ("leads.csv", &format!("id\n{}", lines(""))),
        ("signals.csv", &signals),
    ])
}

fn replay(folder: &Folder, to: &str, with: &[&str]) -> String {
    let (policy, leads, signals) = (folder.name("desk"), folder.name("leads.csv"), folder.name("signals.csv"));
    let files = ["replay", &policy, "--leads", &leads, "--signals", &signals, "--to", to];
    let ran = run(&[&files[..], with].concat());
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out
}

/// Columns of a log, row by row: the same on both evaluators and with any number of threads.
fn log(folder: &Folder, to: &str, option: &str, names: &[&str]) -> Vec<Vec<String>> {
    let file = |with: &[&str]| {
        let name = folder.name("log.csv");
        replay(folder, to, &[&["-q", option, &name][..], with].concat());
        std::fs::read_to_string(name).unwrap()
    };
    let text = file(&[]);
    assert_eq!((file(&["--backend", "interpret"]), file(&["--threads", "3"])), (text.clone(), text.clone()));
    columns(&text, names)
}

/// What the report counts of the first clock.
fn counts(folder: &Folder, to: &str) -> [u64; 3] {
    let report: Value = serde_json::from_str(&replay(folder, to, &["--json", "-"])).unwrap();
    ["reassigned", "to_another_owner", "to_fallback"].map(|name| report["clocks"][0][name].as_u64().unwrap())
}

#[test]
fn another_owner_gets_the_lead_and_the_clock_goes_on_with_that_calendar() {
    let folder = folder(FOUR_HOURS, &["A", "B", "C", "D"], "");
    let expected = |owner: &str, ann: [&str; 4], bob: [&str; 4]| if owner == "ann" { ann } else { bob }.map(str::to_owned).to_vec();
    // ann's four hours are over at 13:00, bob's at 17:00; an hour later it is the other's
    let mut owners = Vec::new();
    for row in log(&folder, "2026-01-05T14:00", "--clock-log", &["owner", "due", "state", "owner_at_end"]) {
        let ann = ["ann", "2026-01-05T13:00:00-05:00", "breached", "ann"];
        assert_eq!(row, expected(&row[0], ann, ["bob", "2026-01-05T17:00:00-05:00", "running", "bob"]));
        owners.push(row[0].clone());
    }
    assert!(owners.contains(&"ann".into()) && owners.contains(&"bob".into()), "{owners:?}");
    // bob has four hours from 14:00, all of them on Monday; ann has them on Tuesday from 09:00
    for row in log(&folder, "2026-01-05T18:00:01", "--clock-log", &["owner", "due", "state", "owner_at_end"]) {
        let ann = ["ann", "2026-01-05T18:00:00-05:00", "breached", "bob"];
        assert_eq!(row, expected(&row[0], ann, ["bob", "2026-01-06T13:00:00-05:00", "running", "ann"]));
    }
    // ann's hours are over on Tuesday at 13:00 either way, and from 14:00 on bob has four of his own
    for row in log(&folder, "2026-01-06T15:00", "--clock-log", &["owner", "due", "breached", "owner_at_end"]) {
        let ann = ["ann", "2026-01-06T18:00:00-05:00", "2026-01-05T13:00:00-05:00", "bob"];
        assert_eq!(row, expected(&row[0], ann, ["bob", "2026-01-06T18:00:00-05:00", "2026-01-05T17:00:00-05:00", "bob"]));
    }
}

#[test]
fn a_score_takes_the_lead_from_nobody_and_counts_on_the_calendar_of_whom_the_file_names() {
    let folder = folder(FOUR_HOURS, &[], "");
    let leads = "id,stage,stage_since,owner\nA,mql,2026-01-05T09:00,ann\nB,mql,2026-01-05T09:00,bob\nC,mql,2026-01-05T09:00,\n";
    std::fs::write(folder.path("leads.csv"), leads).unwrap();
    let (policy, leads, out) = (folder.name("desk"), folder.name("leads.csv"), folder.name("scored.csv"));
    let ran = run(&["score", &policy, &leads, "--as-of", "2026-01-05T18:30", "-q", "-o", &out, "--keep", "owner"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let text = std::fs::read_to_string(out).unwrap();
    // ann from 14:00, an hour of it on Tuesday; bob from 18:00, an hour of it on Tuesday from 13:00; nobody: the team's hours, which are ann's
    for due in [
        "A,ann,mql,,,,2026-01-06T10:00:00-05:00,running",
        "B,bob,mql,,,,2026-01-06T14:00:00-05:00,running",
        "C,,mql,,,,2026-01-06T10:00:00-05:00,running",
    ] {
        assert!(text.contains(due), "no {due} in\n{text}");
    }
}

/// Worked out in Python: XXH64 of the key, xor XXH64 of `inside` with the number of the reassignment as seed, finalised as in MurmurHash3, times the
/// weights of the owners that are left, over 2^64.
const IN_TURN: [(&str, [&str; 5]); 6] = [
    ("A", ["cid", "bob", "ann", "bob", "cid"]),
    ("B", ["cid", "bob", "ann", "cid", "bob"]),
    ("C", ["cid", "bob", "ann", "bob", "cid"]),
    ("D", ["bob", "cid", "ann", "cid", "bob"]),
    ("E", ["cid", "ann", "bob", "cid", "bob"]),
    ("F", ["ann", "cid", "bob", "cid", "bob"]),
];

#[test]
fn whoever_let_the_time_run_out_is_passed_over_until_all_had_their_turn() {
    let policy = format!("queue inside team sales rotate ann weight 1, bob weight 2, cid weight 3\n{HOURLY}");
    let folder = folder(&policy, &IN_TURN.map(|(id, _)| id), "");
    for (turn, hour) in (9..14).enumerate() {
        let owners = log(&folder, &format!("2026-01-05T{hour:02}:30"), "--clock-log", &["lead", "owner", "owner_at_end"]);
        let expected = IN_TURN.map(|(id, owners)| vec![id.to_owned(), owners[0].to_owned(), owners[turn].to_owned()]);
        assert_eq!(owners, expected);
    }
    assert_eq!(counts(&folder, "2026-01-05T13:30"), [24, 24, 0]);
    // to the weights of the others: of those whom ann loses, bob has two of five and cid three
    let ids: Vec<String> = (0..1_200).map(|number| format!("L-{number}")).collect();
    let many = self::folder(&policy, &ids.iter().map(String::as_str).collect::<Vec<_>>(), "");
    let rows = log(&many, "2026-01-05T10:30", "--clock-log", &["owner", "owner_at_end"]);
    let from_ann: Vec<&str> = rows.iter().filter(|row| row[0] == "ann").map(|row| row[1].as_str()).collect();
    let to_bob = from_ann.iter().filter(|owner| **owner == "bob").count();
    // 200 expected from ann, of them 80 to bob: five standard deviations to either side
    assert!((140..260).contains(&from_ann.len()) && (2 * from_ann.len()).abs_diff(5 * to_bob) < 5 * 35, "{to_bob} of {}", from_ann.len());
}

#[test]
fn who_is_away_is_skipped_and_nobody_left_means_the_queue_behind_otherwise() {
    let policy = |others: &str| {
        format!(
            "team duty
queue inside team sales rotate from reps skip when reps.away otherwise duty_desk
queue duty_desk team duty
table reps from input {{ rep text key   away yes_no }}
{HOURLY}
{others}"
        )
    };
    let told = |reps: &str, to: &str| {
        let folder = folder(&policy(""), &["A", "B", "C", "D"], "");
        std::fs::write(folder.path("reps.csv"), format!("rep,away\n{reps}")).unwrap();
        let table = format!("reps={}", folder.name("reps.csv"));
        let file = folder.name("log.csv");
        let report: Value = serde_json::from_str(&replay(&folder, to, &["--table", &table, "--clock-log", &file, "--json", "-"])).unwrap();
        let counts = ["reassigned", "to_another_owner", "to_fallback"].map(|name| report["clocks"][0][name].as_u64().unwrap());
        let text = std::fs::read_to_string(file).unwrap();
        let owners = text.lines().skip(1).map(|line| line.split(',').next_back().unwrap().to_owned());
        (owners.collect::<Vec<_>>(), counts)
    };
    // of three, bob is away: ann and cid have it in turn
    let (first, _) = told("ann,no\nbob,yes\ncid,no\n", "2026-01-05T09:30");
    let (second, counted) = told("ann,no\nbob,yes\ncid,no\n", "2026-01-05T10:30");
    let other = |owner: &String| if owner == "ann" { "cid".to_owned() } else { "ann".to_owned() };
    assert_eq!((second, counted), (first.iter().map(other).collect(), [4, 4, 0]));
    // only cid is there: at ten the duty desk has it, nobody of whom is known; at eleven there is nobody to take it from
    assert_eq!(told("ann,yes\nbob,yes\ncid,no\n", "2026-01-05T10:30"), (vec![String::new(); 4], [4, 0, 4]));
    assert_eq!(told("ann,yes\nbob,yes\ncid,no\n", "2026-01-05T11:30"), (vec![String::new(); 4], [8, 0, 4]));
}

#[test]
fn alone_in_a_queue_an_owner_keeps_the_lead_and_that_is_counted() {
    let folder = folder(&format!("queue inside team sales rotate ann\n{HOURLY}"), &["A"], "");
    assert_eq!(log(&folder, "2026-01-05T11:30", "--clock-log", &["owner", "reassigned", "owner_at_end"]), [["ann", "2", "ann"]]);
    assert_eq!(counts(&folder, "2026-01-05T11:30"), [2, 0, 0]);
    let page = replay(&folder, "2026-01-05T11:30", &[]);
    assert!(page.contains("  first: 2 reassignments, 2 without anybody else to take it\n"), "{page}");
}

#[test]
fn later_steps_and_other_clocks_see_the_new_owner() {
    let policy = "queue inside team sales rotate ann, bob
route second when entering sal {
  keep owner when beds is missing
  inside otherwise
}
sla after {
  starts  when entering sal
  stops   on call
  within  1 business hour
  by      sales
}
";
    let head = head().replace("lead { id text key }", "lead { id text key   beds whole 0..9 optional }");
    let head = head.replace("{ inside otherwise }", "{\n  keep owner when beds is missing\n  inside otherwise\n}");
    let signals = "id,signal,time\nA,ask,2026-01-05T09:00\nA,moved,2026-01-05T10:30\nB,ask,2026-01-05T09:00\nB,moved,2026-01-05T10:30\n";
    let hourly = HOURLY.replace("stops   on call", "stops   when leaving mql");
    // the file says whose they are, and the first clock takes them from there at 10:00
    let leads = "id,owner,queue\nA,ann,inside\nB,bob,inside\n";
    let folder = Folder::new(&[("desk/desk.lead", &format!("{head}{hourly}{policy}")), ("leads.csv", leads), ("signals.csv", signals)]);
    let steps = log(&folder, "2026-01-05T11:00", "--log", &["lead", "to", "handover.owner", "second", "second.owner"]);
    let rows = |lead: &str, had: &str, has: &str| {
        let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
        [row([lead, "raw", "", "", ""]), row([lead, "mql", had, "", ""]), row([lead, "sal", "", "inside", has])]
    };
    // what the file says is so for every route, and is taken from every route: bob keeps A, and ann keeps B
    let of_a_and_b = [rows("A", "ann", "bob"), rows("B", "bob", "ann")].concat();
    assert_eq!(steps, of_a_and_b);
    let clocks = log(&folder, "2026-01-05T11:00", "--clock-log", &["lead", "clock", "owner", "due", "owner_at_end"]);
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    assert_eq!(clocks[0], row(["A", "first", "ann", "2026-01-05T11:00:00-05:00", "bob"]));
    assert_eq!(clocks[2], row(["B", "first", "bob", "2026-01-05T11:00:00-05:00", "ann"]));
    // an hour of bob's begins at 13:00, one of ann's at once
    assert_eq!(clocks[1], row(["A", "after", "bob", "2026-01-05T14:00:00-05:00", "bob"]));
    assert_eq!(clocks[3], row(["B", "after", "ann", "2026-01-05T11:30:00-05:00", "ann"]));
}

#[test]
fn a_lead_that_a_route_gave_to_somebody_else_since_stays_there() {
    let route = "route handover when entering mql or entering sal {\n  other   when stage is mql\n  inside  otherwise\n}";
    let head = head().replace(ROUTE, route);
    let head = head.replace("members ann, bob, cid", "members ann, bob");
    let policy = format!(
        "{head}team field\nqueue inside team sales rotate ann, bob\nqueue other team field rotate cid
{HOURLY}"
    );
    let signals = "id,signal,time\nA,ask,2026-01-05T09:00\nA,moved,2026-01-05T09:30\n";
    let folder = Folder::new(&[("desk/desk.lead", &policy), ("leads.csv", "id\nA\n"), ("signals.csv", signals)]);
    // cid, of another team, has it by the same route: whoever of the clock's team had it before cannot pass it on
    let row = &log(&folder, "2026-01-05T10:30", "--clock-log", &["owner", "owner_at_end", "reassigned"])[0];
    assert_eq!((row[0] == row[1], row[2].as_str()), (true, "1"), "{row:?}");
    assert_eq!(counts(&folder, "2026-01-05T10:30"), [1, 0, 0]);
}

#[test]
fn of_several_owners_the_one_in_a_queue_of_the_clocks_team_loses_the_lead() {
    // two routes, one for each team; the clock is that of the second, which lists no members
    let head = head().replace(ROUTE, "");
    let policy = format!(
        "{head}team care
queue inside   team sales  rotate ann
queue service  team care   rotate dan, eve
route handover when entering mql {{ inside otherwise }}
route help     when entering mql {{ service otherwise }}
{}",
        HOURLY.replace("by      sales", "by      care")
    );
    let signals = "id,signal,time\nA,ask,2026-01-05T09:00\n";
    let folder = Folder::new(&[("desk/desk.lead", &policy), ("leads.csv", "id\nA\n"), ("signals.csv", signals)]);
    let had = log(&folder, "2026-01-05T09:30", "--log", &["help.owner"])[1][0].clone();
    let other = if had == "dan" { "eve" } else { "dan" };
    assert_eq!(log(&folder, "2026-01-05T10:30", "--clock-log", &["owner_at_end"]), [[other]]);
    assert_eq!(counts(&folder, "2026-01-05T10:30"), [1, 1, 0]);
}
