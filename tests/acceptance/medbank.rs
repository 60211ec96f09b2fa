//! `examples/medbank` over the leads that come with it, held against the same policy written by hand in Python with fractions.

use std::path::Path;

use crate::table::{Table, thousandths};
use crate::tools::{Scoring, assert_same, leadwright, python, python_is_there, write_parquet};

const AS_OF: &str = "2026-11-18T15:00";
const NUMBERS: [&str; 9] = [
    "readiness",
    "readiness.demographic",
    "readiness.behavioural",
    "urgency",
    "urgency.timing",
    "urgency.people",
    "fit",
    "fit.size",
    "fit.place",
];
const NAMES: [&str; 9] =
    ["lead_id", "status", "grade", "call_order", "stage", "handover", "handover.owner", "service_desk", "service_desk.owner"];

fn example(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/medbank").join(path)
}

/// Further arguments of every run.
fn with<'a>(signals: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    ["--signals", signals].iter().chain(more).copied().collect()
}

fn signals() -> String {
    example("signals.csv").display().to_string()
}

fn answers(table: &Table, row: usize) -> ([&str; 9], [Option<i64>; 9]) {
    let number = |column: &str| Some(table.cell(row, column)).filter(|cell| !cell.is_empty()).map(thousandths);
    (NAMES.map(|column| table.cell(row, column)), NUMBERS.map(number))
}

#[test]
fn every_lead_is_scored_as_python_says_or_rejected() {
    if !python_is_there() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let left_out_file = folder.path().join("left_out.csv");
    let mut files =
        ["leads.csv", "signals.csv", "territories.csv", "named_accounts.csv"].map(|file| example(file).display().to_string()).to_vec();
    files.push(left_out_file.display().to_string());
    let expected = python("oracles/medbank.py", &files);
    let (rejects_file, rejects_signals_file) = (folder.path().join("rejects.csv"), folder.path().join("rejects_signals.csv"));
    let name = |path: &Path| path.display().to_string();
    let (rejects, rejects_signals, signals) = (name(&rejects_file), name(&rejects_signals_file), signals());
    let with = with(&signals, &["--rejects", &rejects, "--rejects-signals", &rejects_signals]);
    let scored = Scoring { policy: &example(""), input: &example("leads.csv"), as_of: AS_OF, with: &with }.run(folder.path());

    // every signal that has no part is listed, and no other
    let outcomes = |path: &Path| {
        let table = Table::read(path);
        let lines = table.cells("line").into_iter().map(|line| line.parse::<u64>().expect("a line"));
        let mut outcomes: Vec<(u64, String)> = lines.zip(table.cells("outcome").into_iter().map(str::to_owned)).collect();
        outcomes.sort();
        outcomes
    };
    assert_same(&outcomes(&rejects_signals_file), &outcomes(&left_out_file));
    assert!(outcomes(&left_out_file).len() > 100);

    let rejects = Table::read(&rejects_file);
    let given: Vec<(&str, &str)> = rejects.cells("key").into_iter().zip(rejects.cells("column")).collect();
    let rows = 0..expected.rows.len();
    let (good, bad): (Vec<usize>, Vec<usize>) = rows.partition(|row| expected.cell(*row, "rejected").is_empty());
    assert_eq!(expected.rows.len(), 4_000);
    assert!((10..40).contains(&bad.len()), "about one in two hundred, not {}", bad.len());
    assert_same(&given, &bad.iter().map(|row| (expected.cell(*row, "lead_id"), expected.cell(*row, "rejected"))).collect::<Vec<_>>());

    let given: Vec<_> = (0..scored.rows.len()).map(|row| answers(&scored, row)).collect();
    assert_same(&given, &good.iter().map(|row| answers(&expected, *row)).collect::<Vec<_>>());
}

#[test]
fn parquet_gives_the_same_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let signals = signals();
    let from_csv =
        Scoring { policy: &example(""), input: &example("leads.csv"), as_of: AS_OF, with: &with(&signals, &[]) }.run(folder.path());
    let mut leads = Table::read(&example("leads.csv"));
    let keys = from_csv.cells("lead_id");
    let mut keys = keys.iter().peekable();
    leads.rows.retain(|row| keys.next_if(|key| **key == row[0]).is_some());

    let parquet = folder.path().join("leads.parquet");
    write_parquet(&leads, &["partner_deal", "need_by"], &["deal_size"], &parquet);
    let signals = folder.path().join("signals.parquet");
    write_parquet(&Table::read(&example("signals.csv")), &[], &[], &signals);
    let signals = signals.display().to_string();
    let from_parquet = Scoring { policy: &example(""), input: &parquet, as_of: AS_OF, with: &with(&signals, &[]) }.run(folder.path());
    assert_eq!(from_parquet.header, from_csv.header);
    assert_same(&from_parquet.rows, &from_csv.rows);
}

/// An export of Marketo, whose columns the policy names in its `from marketo` clauses, binds with nothing said but the system.
#[test]
fn columns_bind_by_their_names_in_marketo() {
    let renamed = [
        ("lead_id", "Id"),
        ("organization", "Company"),
        ("email", "Email Address"),
        ("created_at", "Created At"),
        ("site_of_care", "Site_of_Care"),
        ("role", " job_role "),
        ("beds", "NUMBER_OF_BEDS"),
        ("budget", "BANT_Budget"),
        ("deal_size", "Deal_Size"),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let signals = signals();
    let plain = Scoring { policy: &example(""), input: &example("leads.csv"), as_of: AS_OF, with: &with(&signals, &["--keep", "key"]) };
    let plain = plain.run(folder.path());
    let mut leads = Table::read(&example("leads.csv"));
    for (field, column) in renamed {
        let index = leads.column(field);
        leads.header[index] = column.to_owned();
    }
    let input = folder.path().join("marketo.csv");
    leads.write(&input);
    let scored =
        Scoring { policy: &example(""), input: &input, as_of: AS_OF, with: &with(&signals, &["--system", "marketo"]) }.run(folder.path());
    assert_eq!(scored.header[0], "Id");
    assert_eq!(scored.header[1..], plain.header[1..]);
    assert_same(&scored.rows, &plain.rows);
}

/// A file of many blocks keeps its order and forgets nothing: the leads ten times over, under new keys, give their answers ten times over.
#[test]
fn a_longer_file_says_the_same_of_each_lead() {
    let folder = tempfile::tempdir().expect("a folder");
    let leads = Table::read(&example("leads.csv"));
    let mut longer = Table { header: leads.header.clone(), rows: Vec::new() };
    for round in 0..10 {
        longer.rows.extend(leads.rows.iter().cloned().map(|mut row| {
            if !row[0].is_empty() {
                row[0] = format!("{round}-{}", row[0]);
            }
            row
        }));
    }
    let input = folder.path().join("longer.csv");
    longer.write(&input);
    let mut past = Table::read(&example("signals.csv"));
    let rows = std::mem::take(&mut past.rows);
    for round in 0..10 {
        past.rows.extend(rows.iter().cloned().map(|mut row| {
            row[0] = format!("{round}-{}", row[0]);
            row
        }));
    }
    let longer_signals = folder.path().join("longer_signals.csv");
    past.write(&longer_signals);
    let (signals, longer_signals) = (signals(), longer_signals.display().to_string());
    let once = Scoring { policy: &example(""), input: &example("leads.csv"), as_of: AS_OF, with: &with(&signals, &[]) }.run(folder.path());
    // with so little memory all signals go to a file
    let with = with(&longer_signals, &["--signal-memory", "0"]);
    let often = Scoring { policy: &example(""), input: &input, as_of: AS_OF, with: &with }.run(folder.path());

    assert_eq!(often.rows.len(), 10 * once.rows.len());
    // the owners follow the key, everything else does not
    let others: Vec<usize> = (1..once.header.len()).filter(|column| !once.header[*column].ends_with(".owner")).collect();
    let answers = |row: &[String]| others.iter().map(|column| row[*column].clone()).collect::<Vec<_>>();
    let expected: Vec<(String, Vec<String>)> = (0..10)
        .flat_map(|round| once.rows.iter().map(move |row| (round, row)))
        .map(|(round, row)| (format!("{round}-{}", row[0]), answers(row)))
        .collect();
    let given: Vec<(String, Vec<String>)> = often.rows.iter().map(|row| (row[0].clone(), answers(row))).collect();
    assert_same(&given, &expected);
}

/// A queue with weights 1, 1 and 2 gives every second lead to the third owner; the same lead always goes to the same one.
#[test]
fn rotation_follows_the_weights() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("leads.csv");
    let mut text = "lead_id,site_of_care,role,sites,state,tiered_discount,competitor\n".to_owned();
    let mut past = "lead_id,signal,time,path\n".to_owned();
    for number in 0..8_000 {
        text.push_str(&format!("N-{number},clinic,nurse_manager,1,NV,no,no\n"));
        past.push_str(&format!("N-{number},ask_for_rep,2026-11-10T09:00,\n"));
        for day in 12..15 {
            past.push_str(&format!("N-{number},brochure_download,2026-11-{day}T09:00,\n"));
        }
        for minute in 10..16 {
            past.push_str(&format!("N-{number},page_view,2026-11-12T09:{minute},/products/cabinets\n"));
        }
    }
    std::fs::write(&input, text).expect("a file");
    let signals = folder.path().join("signals.csv");
    std::fs::write(&signals, past).expect("a file");
    let signals = signals.display().to_string();
    let scored = Scoring { policy: &example(""), input: &input, as_of: AS_OF, with: &with(&signals, &[]) }.run(folder.path());
    assert_eq!(scored.counts("handover"), [("inside", 8_000)].into());
    let owners = scored.counts("handover.owner");
    // 2,000, 2,000 and 4,000 are expected; five standard deviations are 194 and 224
    assert!(owners["rep_a"].abs_diff(2_000) < 194, "{owners:?}");
    assert!(owners["rep_b"].abs_diff(2_000) < 194, "{owners:?}");
    assert!(owners["rep_c"].abs_diff(4_000) < 224, "{owners:?}");
}

#[test]
fn the_policy_checks_and_its_tests_pass() {
    for command in ["check", "test"] {
        let output = leadwright(|run| {
            run.arg(command).arg(example(""));
        });
        let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "leadwright {command}: {text}");
    }
}

/// The whole worked example, signals, clocks, claims and standard included, is understood; a lead without any signal is scored too.
#[test]
fn the_full_policy_checks_and_scores() {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/medbank_full");
    let checked = leadwright(|run| {
        run.arg("check").arg(&full);
    });
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));

    let folder = tempfile::tempdir().expect("a folder");
    let input = folder.path().join("leads.csv");
    std::fs::write(&input, "lead_id,site_of_care,sites,tiered_discount,state,competitor\n1,hospital,1,no,OH,no\n").expect("a file");
    let scored = Scoring { policy: &full, input: &input, as_of: AS_OF, with: &[] }.run(folder.path());
    // demographic 40% of 40; behavioural 60% of -15, for a lead that was never seen
    assert_eq!(scored.cells("readiness"), ["7.000"]);
    assert_eq!(scored.cells("stage"), ["inquiry"]);
}
