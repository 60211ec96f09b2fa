//! Olist replayed: from the first contact to the contract, 8,000 leads; counts and times come from SQLite.
//!
//! One seller signed two days before the first contact. That cannot be, and the report says so.

use std::path::{Path, PathBuf};

use crate::table::Table;
use crate::tools::{acceptance, assert_same, data, leadwright, policy, python, python_is_there};

const END: &str = "2018-12-01T00:00";

struct Files {
    leads: PathBuf,
    deals: PathBuf,
    contacts: PathBuf,
}

/// The deals are signals `won` as they stand, their `won_date` being the time; first contacts come from the leads themselves.
fn prepare(data: &Path, folder: &Path) -> Files {
    let leads_file = data.join("olist/olist_marketing_qualified_leads_dataset.csv");
    let leads = Table::read(&leads_file);
    let contacts = folder.join("contacts.csv");
    let header = ["mql_id", "signal", "time"].map(str::to_owned).to_vec();
    let contact = |row: usize| {
        vec![leads.cell(row, "mql_id").to_owned(), "first_contact".into(), format!("{}T00:00", leads.cell(row, "first_contact_date"))]
    };
    Table { header, rows: (0..leads.rows.len()).map(contact).collect() }.write(&contacts);
    let deals = Table::read(&data.join("olist/olist_closed_deals_dataset.csv"));
    let won = folder.join("won.csv");
    let header = ["mql_id", "signal", "time", "sdr_id", "business_segment"].map(str::to_owned).to_vec();
    let deal = |row: usize| {
        let cell = |column: &str| deals.cell(row, column).to_owned();
        vec![cell("mql_id"), "won".into(), cell("won_date"), cell("sdr_id"), cell("business_segment")]
    };
    Table { header, rows: (0..deals.rows.len()).map(deal).collect() }.write(&won);
    Files { leads: leads_file, deals: won, contacts }
}

fn replay(files: &Files, log: &Path, json: &Path, with: &[&str]) -> String {
    let output = leadwright(|command| {
        command.arg("replay").arg(policy("olist_replay")).arg("--leads").arg(&files.leads);
        command.arg("--signals").arg(&files.contacts).arg(&files.deals);
        command.args(["--to", END]).arg("--log").arg(log).arg("--json").arg(json).args(with);
    });
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Seconds since 1970 of a time with its offset.
fn seconds(time: &str) -> i64 {
    time.parse::<jiff::Timestamp>().unwrap_or_else(|error| panic!("`{time}`: {error}")).as_second()
}

fn number(cell: &str) -> Option<i64> {
    (!cell.is_empty()).then(|| cell.parse().expect("a number"))
}

#[test]
fn the_ways_of_all_leads_are_those_of_sql() {
    let Some(data) = data() else { return };
    if !python_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let files = prepare(&data, folder.path());
    let (log_file, json_file) = (folder.path().join("log.csv"), folder.path().join("report.json"));
    let page = replay(&files, &log_file, &json_file, &["--threads", "1"]);

    // the same bytes from the interpreter and from several threads
    let log_bytes = std::fs::read(&log_file).expect("a log");
    for (name, with) in [("jit-3", ["--threads", "3"]), ("interpret", ["--backend", "interpret"])] {
        let other = folder.path().join(format!("{name}.csv"));
        replay(&files, &other, &folder.path().join(format!("{name}.json")), &with);
        assert!(log_bytes == std::fs::read(&other).expect("a log"), "{name} gives another log");
    }

    let table = |name: &str, path: &Path| format!("{name}={}", path.display());
    let script = acceptance("sql/olist_replay.sql").display().to_string();
    let deals = data.join("olist/olist_closed_deals_dataset.csv");
    let expected = python("sql/run.py", &[script, table("leads", &files.leads), table("deals", &deals)]);
    assert_eq!(expected.rows.len(), 8_000);

    // every step of every lead, in the order of the file
    let log = Table::parse(&log_bytes);
    let mut steps: Vec<[String; 5]> = Vec::new();
    for row in 0..expected.rows.len() {
        let cell = |column: &str| expected.cell(row, column);
        let step = |from: &str, to: &str, at: i64, queue: &str| [cell("mql_id"), from, to, &at.to_string(), queue].map(str::to_owned);
        let contact = number(cell("contact_at")).expect("every lead was contacted");
        let beginning = number(cell("impossible_at")).map_or(contact, |won| won.min(contact));
        steps.push(step("", "asked", beginning, ""));
        steps.push(step("asked", "contacted", contact, cell("queue")));
        if let Some(won) = number(cell("seller_at")) {
            steps.push(step("contacted", "seller", won, ""));
        }
        if let Some(cold) = number(cell("cold_at")) {
            steps.push(step("contacted", "cold", cold, ""));
        }
    }
    let logged: Vec<[String; 5]> = (0..log.rows.len())
        .map(|row| {
            let cell = |column: &str| log.cell(row, column).to_owned();
            [cell("lead"), cell("from"), cell("to"), seconds(log.cell(row, "at")).to_string(), cell("handover")]
        })
        .collect();
    assert_same(&logged, &steps);

    // the counts, and the time to the contract
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json_file).expect("a report")).expect("JSON");
    let count = |column: &str| expected.cells(column).iter().filter(|cell| !cell.is_empty()).count() as u64;
    let stage =
        |name: &str| report["stages"].as_array().and_then(|stages| stages.iter().find(|stage| stage["stage"] == name)).expect("a stage");
    assert_eq!(stage("contacted")["entered"], 8_000);
    assert_eq!(stage("seller")["entered"], count("seller_at"));
    assert_eq!(stage("cold")["entered"], count("cold_at"));
    assert_eq!(count("seller_at"), 841);
    let mut taken: Vec<i64> = expected.cells("seconds_to_win").into_iter().filter_map(number).collect();
    taken.sort_unstable();
    // nearest ranks; from two days on to the minute
    let rank = |per_cent: usize| taken[(taken.len() * per_cent).div_ceil(100) - 1];
    let kept = |seconds: i64| if seconds < 172_800 { seconds } else { seconds / 60 * 60 };
    let time = &stage("seller")["time_to"];
    assert_eq!(time["count"], taken.len());
    assert_eq!(time["mean"], taken.iter().sum::<i64>() / taken.len() as i64);
    assert_eq!((&time["median"], &time["p90"]), (&kept(rank(50)).into(), &kept(rank(90)).into()));
    let handovers = &report["handovers"]["total"];
    assert_eq!((&handovers["leads"], &handovers["won"]), (&8_000.into(), &841.into()));
    assert_eq!(handovers["closed"], count("cold_at"));
    let social = expected.cells("queue").into_iter().filter(|queue| *queue == "social_desk").count();
    let by_queue = report["handovers"]["by_queue"].as_array().expect("queues");
    assert_eq!(by_queue.iter().find(|queue| queue["queue"] == "social_desk").expect("a queue")["leads"], social);

    // the lead that was won before it was contacted
    assert_eq!(count("impossible_at"), 1);
    assert_eq!((&report["leads"]["impossible"], &report["signals"]["fit_no_row"]), (&1.into(), &1.into()));
    let example = &report["impossible_examples"][0];
    assert_eq!((&example["lead"], &example["signal"]), (&"b91cf8812365f50ff4bda4bcd6206b05".into(), &"won".into()));
    assert_eq!((&example["at"], &example["stage"]), (&"2018-03-06T19:38:55".into(), &"contacted".into()));
    assert!(page.contains("lead b91cf8812365f50ff4bda4bcd6206b05"), "{page}");
    assert!(page.contains("What became of 8,000 handovers by marketing of 8,000 leads"), "{page}");
}

/// With the day of the first contact as the lead's beginning, the contract before it has no turn, and is reported all the same.
#[test]
fn a_contract_before_the_beginning_is_reported() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let files = prepare(&data, folder.path());
    let json = folder.path().join("report.json");
    replay(&files, &folder.path().join("log.csv"), &json, &["--start-field", "first_contact_date"]);
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&json).expect("a report")).expect("JSON");
    assert_eq!((&report["leads"]["impossible"], &report["signals"]["before_beginning"]), (&1.into(), &1.into()));
    assert_eq!(report["impossible"][0]["before"], "beginning");
    assert_eq!(report["stages"][2]["entered"], 841);
}
