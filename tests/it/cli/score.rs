//! `leadwright score`.

use std::process::Stdio;

use super::{AS_OF, Folder, LEADS, POLICY, clinic, command, example, run, run_command};

const SCORED: &str = "\
id,fit,fit.size,status,stage,stage.rule,work,work.owner
A,100,100,hot,working,fresh -> working when status is hot,far,ann
B,4,4,cold,fresh,,,
C,20,40,out,fresh,,,
F,100,100,cold,fresh,,,
";

#[test]
fn rows_to_standard_output_and_the_summary_beside_them() {
    let folder = clinic();
    let ran = run(&["score", &folder.name("clinic"), &folder.name("leads.csv"), AS_OF]);
    assert_eq!((ran.code, ran.out.as_str()), (0, SCORED));
    assert!(ran.err.contains("6 leads in, 4 scored, 2 rejected"), "{}", ran.err);
    let quiet = run(&["score", &folder.name("clinic"), &folder.name("leads.csv"), AS_OF, "--quiet"]);
    assert_eq!((quiet.code, quiet.out.as_str(), quiet.err.as_str()), (0, SCORED, ""));
}

#[test]
fn rows_to_a_file_and_the_summary_to_standard_output() {
    let folder = clinic();
    let out = folder.name("out.csv");
    let ran = run(&["score", &folder.name("clinic"), &folder.name("leads.csv"), AS_OF, "-o", &out]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(std::fs::read_to_string(&out).unwrap(), SCORED);
    assert!(ran.out.contains("2 rejected") && ran.out.contains("scored leads are in"), "{}", ran.out);
}

#[test]
fn leads_from_standard_input_and_other_formats() {
    let folder = clinic();
    let policy = folder.name("clinic");
    let ran = run_command(command(&["score", &policy, "-", AS_OF, "--quiet"]), LEADS);
    assert_eq!((ran.code, ran.out.as_str()), (0, SCORED));
    let lines = "{\"id\":\"A\",\"site\":\"hospital\",\"beds\":600,\"met\":\"2026-11-01\",\"rival\":false}\n";
    let ran = run_command(command(&["score", &policy, "-", AS_OF, "-q", "--format", "ndjson", "--output-format", "ndjson"]), lines);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let row: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&row["id"], &row["status"]), (&"A".into(), &"hot".into()));
    // there and back; the stage goes along, so the second time lead A does not enter it
    let parquet = folder.name("kept.parquet");
    assert_eq!(run(&["score", &policy, &folder.name("leads.csv"), AS_OF, "-q", "--keep", "all", "-o", &parquet]).code, 0);
    assert_eq!(
        run(&["score", &policy, &parquet, AS_OF, "-q"]).out,
        SCORED.replace("working,fresh -> working when status is hot,far,ann", "working,,,")
    );
}

#[test]
fn backends_and_threads_change_nothing() {
    let arguments = |more: &[&str]| {
        let (policy, leads) = (example(""), example("leads.csv"));
        let mut all = vec!["score".to_owned(), policy, leads, "--signals".into(), example("signals.csv"), AS_OF.into(), "-q".into()];
        all.extend(more.iter().map(ToString::to_string));
        run(&all.iter().map(String::as_str).collect::<Vec<_>>()).out
    };
    let expected = arguments(&["--threads", "1"]);
    assert!(expected.lines().count() > 3_000);
    assert_eq!(arguments(&["--threads", "3"]), expected);
    assert_eq!(arguments(&["--backend", "interpret"]), expected);
    for cpu in ["portable", "generated"] {
        assert_eq!(arguments(&["--cpu", cpu]), expected, "--cpu {cpu}");
    }
    let sentence = run(&["score", &example(""), &example("leads.csv"), "--backend", "interpret", "--cpu", "portable"]);
    let expected = "`--cpu` says what machine code runs with, and `--backend interpret` runs none; leave out one of them";
    assert_eq!(sentence.sentence(), expected);
}

#[test]
fn the_summary_is_what_a_manager_reads() {
    let folder = Folder::new(&[]);
    let ran = run(&[
        "score",
        &example(""),
        &example("leads.csv"),
        "--signals",
        &example("signals.csv"),
        AS_OF,
        "-o",
        &folder.name("scored.csv"),
        "--rejects",
        &folder.name("rejects.csv"),
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    let lines: Vec<&str> = ran.out.lines().collect();
    let time = lines.iter().position(|line| line.contains(" leads/s (")).unwrap();
    assert!(lines[time].ends_with("machine code)"), "{}", lines[time]);
    let steady = lines[..time].join("\n").replace(&folder.name(""), "");
    insta::assert_snapshot!(steady);
    assert!(std::fs::read_to_string(folder.name("rejects.csv")).unwrap().lines().count() > 18);
}

#[test]
fn the_summary_for_programs_adds_up() {
    let folder = Folder::new(&[]);
    let (leads, signals) = (example("leads.csv"), example("signals.csv"));
    let ran = run(&["score", &example(""), &leads, "--signals", &signals, AS_OF, "-o", &folder.name("scored.csv"), "--summary", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let rows = |what: &str| json["signals"][what].as_u64().unwrap();
    let of_leads = rows("rows_of_unknown_leads") + rows("rows_of_rejected_leads");
    assert!(rows("rows_used") > 20_000 && rows("rows_later") > 0 && rows("rows_of_unknown_leads") > 0 && rows("rows_rejected") > 0);
    assert_eq!(rows("rows_in"), rows("rows_used") + rows("rows_later") + of_leads + rows("rows_rejected"));
    assert_eq!(rows("rows_in"), std::fs::read_to_string(&signals).unwrap().lines().count() as u64 - 1);
    let number = |value: &serde_json::Value| value.as_u64().unwrap();
    assert_eq!((&json["as_of"], &json["rows_in"]), (&"2026-11-18T15:00".into(), &4_000.into()));
    assert_eq!(number(&json["rows_in"]), number(&json["rows_scored"]) + number(&json["rows_rejected"]));
    let scored = std::fs::read_to_string(folder.name("scored.csv")).unwrap();
    assert_eq!(number(&json["rows_scored"]), scored.lines().count() as u64 - 1);
    let mut reader = csv::Reader::from_reader(scored.as_bytes());
    let header = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
    for counts in json["counts"].as_array().unwrap() {
        let column = header.iter().position(|name| counts["output"] == *name).unwrap();
        for member in counts["leads"].as_array().unwrap() {
            let rows = rows.iter().filter(|row| row.get(column) == member["name"].as_str()).count();
            assert_eq!(number(&member["leads"]), rows as u64, "{} {}", counts["output"], member["name"]);
        }
    }
}

#[test]
fn without_as_of_the_summary_says_how_to_repeat_the_run() {
    let folder = clinic();
    let ran = run(&["score", &folder.name("clinic"), &folder.name("leads.csv")]);
    let line = ran.err.lines().find(|line| line.contains("repeats this run")).unwrap();
    let as_of = line.split_whitespace().nth(1).unwrap();
    let again = run(&["score", &folder.name("clinic"), &folder.name("leads.csv"), "--as-of", as_of]);
    assert_eq!((again.code, again.out), (0, ran.out));
    assert!(again.err.contains(&format!("as of {as_of} ")) && !again.err.contains("repeats"), "{}", again.err);
}

#[test]
fn bad_rows_as_asked() {
    let folder = clinic();
    let (policy, leads) = (folder.name("clinic"), folder.name("leads.csv"));
    let missing = run(&["score", &policy, &leads, AS_OF, "--on-bad-row", "missing"]);
    assert_eq!(missing.code, 0);
    assert!(
        missing.err.contains("6 leads in, 5 scored, 1 rejected") && missing.err.contains("Taken as missing: 1 cell"),
        "{}",
        missing.err
    );
    let fail = run(&["score", &policy, &leads, AS_OF, "--on-bad-row", "fail", "-o", &folder.name("out.csv")]);
    assert_eq!((fail.code, fail.out.as_str()), (1, ""));
    assert!(fail.err.contains("line 5") && fail.err.contains("`hospitl`") && fail.err.contains("did you mean `hospital`"), "{}", fail.err);
    assert!(!folder.path("out.csv").exists());
}

#[test]
fn the_binding_is_shown() {
    let folder = clinic();
    let ran = run(&["score", &folder.name("clinic"), &folder.name("leads.csv"), AS_OF, "--show-binding"]);
    assert!(ran.err.starts_with("Which column gives which field\n  id     id\n"), "{}", ran.err);
    // a column without a name is called by its place
    let rows = std::fs::read_to_string(folder.path("leads.csv")).unwrap();
    let wider: Vec<String> = rows.lines().enumerate().map(|(line, row)| format!("{row},{}", if line == 0 { " " } else { "x" })).collect();
    std::fs::write(folder.path("wider.csv"), wider.join("\n")).unwrap();
    let ran = run(&["score", &folder.name("clinic"), &folder.name("wider.csv"), AS_OF, "--show-binding"]);
    let place = rows.lines().next().unwrap().split(',').count() + 1;
    assert!(ran.err.contains(&format!("  not used: column {place} without a name\n")), "{}", ran.err);
    // an optional field whose column has nearly its name
    std::fs::write(folder.path("near.csv"), rows.replacen("beds", "bedz", 1)).unwrap();
    let ran = run(&["score", &folder.name("clinic"), &folder.name("near.csv"), AS_OF, "--show-binding"]);
    assert!(ran.err.contains("no column: always missing (perhaps `bedz`, which nothing reads)\n"), "{}", ran.err);
}

const STAYS: &str = r#"leadwright 1

policy stays { timezone "America/New_York" }
team crew
lead { id text key }
signal rejected { why text optional }
stage raw  owner crew  start
stage mql  owner crew
let waiting = days in raw
score points from 0 to 100 { section engagement points { +40 per rejected } }
flow {
  raw -> mql  when points > 90
  mql -> raw  on rejected  recycle forget engagement
}
decide stay { long when waiting >= 4   short otherwise }
"#;

#[test]
fn a_stage_log_may_give_days_and_every_file_is_bound() {
    let folder = Folder::new(&[
        ("stays.lead", STAYS),
        ("leads.csv", "id\nA\nB\n"),
        ("signals.csv", "lead,Signal,time,reason\nA,rejected,2026-01-02T10:00,none\n"),
        // from the first to the fifth of January A was in raw for four days, B for three
        (
            "log.csv",
            "id,from,to,at,forget\nA,,raw,2026-01-01,\nA,raw,mql,2026-01-05,\nB,,raw,2026-01-02,\nB,raw,mql,2026-01-05,\nB,mql,mql,2026-01-06T10:00,interest\n",
        ),
    ]);
    let files = ["stays.lead", "leads.csv", "signals.csv", "log.csv"].map(|name| folder.name(name));
    let ran = run(&[
        "score",
        &files[0],
        &files[1],
        "--signals",
        &files[2],
        "--stage-log",
        &files[3],
        "--as-of=2026-01-20T00:00",
        "--show-binding",
    ]);
    assert!(ran.out.contains("\nA,") && ran.out.contains("A,0") | ran.out.contains(",long,") && ran.out.contains(",short,"), "{}", ran.out);
    for part in [
        "log.csv: which column gives what of an entry of the stage log\n  id              id\n  from            from\n  to              to\n  at              at\n  forget          forget\n  rest_until      no column: always missing\n  signals_before  no column: always missing\n",
        "signals.csv: which column gives what of a signal\n  id      lead                       by a similar name\n  signal  Signal\n  time    time\n  why     no column: always missing\n  not used: reason\n",
        "column `forget`: `interest` is not a choice of `forget`; it has only `engagement`",
    ] {
        assert!(ran.err.replace("\n                    ", " ").contains(part), "no {part} in {}", ran.err);
    }
}

#[test]
fn what_cannot_be_scored_is_one_sentence() {
    let folder = Folder::new(&[
        ("clinic.lead", POLICY),
        ("leads.csv", LEADS),
        ("short.csv", "id,site\nA,hospital\n"),
        ("twice.csv", "id,site,rival,SITE\n"),
        ("picture.csv", "\u{1}\u{2}PNG"),
    ]);
    let policy = folder.name("clinic.lead");
    let sentence = |leads: &str, more: &[&str]| {
        let leads = folder.name(leads);
        let arguments: Vec<&str> = ["score", &policy, &leads].into_iter().chain(more.iter().copied()).collect();
        run(&arguments).sentence().to_owned()
    };
    assert!(sentence("nowhere.csv", &[]).contains("cannot read"));
    assert!(sentence("short.csv", &[]).contains("no column for the required field `rival`"));
    assert!(sentence("twice.csv", &[]).contains("two columns"));
    assert!(sentence("leads.csv", &["--keep", "colour"]).contains("no column `colour` to keep"));
    assert!(sentence("leads.csv", &["--system", "marketo"]).contains("names no system `marketo`"));
    assert!(sentence("leads.csv", &["-o", &folder.name("leads.csv")]).contains("is the input itself"));
    assert!(sentence("leads.csv", &["--rejects", &folder.name("leads.csv")]).contains("the rejects `"));
    assert!(sentence("leads.csv", &["-o", &folder.name("out.pdf")]).contains("--output-format"));
    assert!(sentence("leads.csv", &["--as-of", "tomorrow"]).contains("`--as-of tomorrow` is no date and no time"));
    assert!(sentence("leads.csv", &["-o", &folder.name("no/such/folder.csv")]).contains("cannot write"));
    assert!(sentence("leads.csv", &["--rejects", "-"]).contains("names no file"));
}

#[test]
fn signals_that_cannot_be_read_are_one_sentence() {
    let policy = POLICY.replace("\nteam desk \"", "\nsignal visit \"Visit\" { minutes whole 0..600 }\n\nteam desk \"");
    let folder = Folder::new(&[
        ("clinic.lead", &policy),
        ("plain.lead", POLICY),
        ("leads.csv", LEADS),
        ("s.csv", "id,signal,time,minutes\nA,visit,2026-11-01T10:00,5\nA,visit,2026-11-01T10:00,\n"),
        ("short.csv", "id,signal\nA,visit\n"),
        ("keyless.csv", "who,signal,time\n"),
        ("picture.dat", "PAR1"),
        ("log.csv", "lead,to,at\nA,working,2026-11-01T10:00\n"),
    ]);
    let sentence = |policy: &str, more: &[&str]| {
        let (policy, leads) = (folder.name(policy), folder.name("leads.csv"));
        let arguments: Vec<&str> = ["score", &policy, &leads, AS_OF].into_iter().chain(more.iter().copied()).collect();
        run(&arguments).sentence().to_owned()
    };
    let name = |file: &str| folder.name(file);
    assert!(sentence("clinic.lead", &["--signals", &name("nowhere.csv")]).contains("cannot read"));
    assert!(sentence("clinic.lead", &["--signals", &name("short.csv")]).contains("no column for the required field `time`"));
    assert!(sentence("clinic.lead", &["--signals", &name("keyless.csv")]).contains("no column for the key `id`"));
    assert!(sentence("clinic.lead", &["--signals", &name("picture.dat")]).contains("damaged or no well-formed Parquet file"));
    for keep in ["", " ", ","] {
        let told = sentence("plain.lead", &["--keep", keep]);
        assert!(told.contains("names no column: write all, key, or names with commas between"), "{told}");
    }
    assert!(sentence("plain.lead", &["--signals", &name("s.csv")]).contains("the policy has no signals"));
    assert!(sentence("clinic.lead", &["--signals", "-", "-"]).contains("standard input can be read only once"));
    assert!(sentence("clinic.lead", &["--signals", &name("s.csv"), "-o", &name("s.csv")]).contains("is the input itself"));
    assert!(sentence("clinic.lead", &["--stage-log", &name("s.csv")]).contains("no column for the required fields `to`, `at`"));
    assert!(sentence("clinic.lead", &["--signals", &name("s.csv"), "--rejects-signals", "-"]).contains("names no file"));
    assert!(
        sentence("clinic.lead", &["--signals", &name("s.csv"), "--rejects-signals", &name("clinic.lead")]).contains("file of the policy")
    );

    let (policy, leads) = (name("clinic.lead"), name("leads.csv"));
    let fail = run(&["score", &policy, &leads, AS_OF, "--signals", &name("s.csv"), "--on-bad-row", "fail"]);
    assert_eq!((fail.code, fail.out.as_str()), (1, ""));
    // the bad lead comes later: signals are read first
    assert!(fail.err.contains("line 3 of") && fail.err.contains("the required field `minutes` is empty"), "{}", fail.err);
    let both = run(&["score", &policy, &leads, AS_OF, "--signals", &name("s.csv"), "--stage-log", &name("log.csv")]);
    assert!(both.err.contains("2 signals in, 1 used, 0 later than as-of, 0 of rejected leads, 0 of"), "{}", both.err);
    assert!(both.err.contains("1 entry of the stage log in, 1 used"), "{}", both.err);
}

/// What `replay` writes as its log is what `score` reads as a stage log, entry by entry, in any format.
#[test]
fn the_log_of_a_replay_is_a_stage_log() {
    let leads: String = std::fs::read_to_string(example("leads.csv")).unwrap().lines().take(150).map(|line| format!("{line}\n")).collect();
    let folder = Folder::new(&[("leads.csv", &leads)]);
    let (policy, leads, signals) = (example(""), folder.name("leads.csv"), example("signals.csv"));
    let mut scored = Vec::new();
    for log in ["log.csv", "log.ndjson", "log.parquet"] {
        let log = folder.name(log);
        let replayed = run(&["replay", &policy, "--leads", &leads, "--signals", &signals, "--to", "2026-11-18T15:00", "--log", &log]);
        assert_eq!(replayed.code, 0, "{}", replayed.err);
        let ran = run(&["score", &policy, &leads, "--signals", &signals, "--stage-log", &log, AS_OF, "--summary", "json"]);
        let json: serde_json::Value = serde_json::from_str(&ran.err).unwrap();
        let rows = |what: &str| json["stage_log"][what].as_u64().unwrap();
        assert!(rows("rows_in") > 150 && rows("rows_in") == rows("rows_used"), "{}", json["stage_log"]);
        scored.push(ran.out);
    }
    assert!(scored[0].lines().count() > 140 && scored.iter().all(|other| *other == scored[0]));
}

#[test]
fn a_policy_is_never_written_over() {
    let folder = Folder::new(&[("clinic.lead", POLICY), ("leads.csv", LEADS)]);
    let policy = folder.name("clinic.lead");
    for target in [["--rejects", policy.as_str()], ["-o", policy.as_str()]] {
        let ran = run(&["score", &policy, &folder.name("leads.csv"), AS_OF, "--output-format", "csv", target[0], target[1]]);
        assert!(ran.sentence().contains("is a file of the policy itself"), "{ran:?}");
        assert_eq!(std::fs::read_to_string(&policy).unwrap(), POLICY);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = command(&["score", &example(""), &example("leads.csv"), AS_OF, "--keep", "all"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[test]
fn a_score_without_an_upper_end_is_spread_over_what_came() {
    let policy = STAYS.replace("score points from 0 to 100", "score points");
    let leads: String = (0..5).map(|lead| format!("L{lead}\n")).collect();
    // L0 has no points, L1 has 40, L2 has 80, L3 has 120, L4 has 160
    let signals: String =
        (0..5).flat_map(|lead| (0..lead).map(move |day| format!("L{lead},rejected,2026-01-0{}T10:00\n", day + 1))).collect();
    let folder = Folder::new(&[
        ("stays.lead", &policy),
        ("leads.csv", &format!("id\n{leads}")),
        ("signals.csv", &format!("id,signal,time\n{signals}")),
    ]);
    let files = ["stays.lead", "leads.csv", "signals.csv", "out.csv"].map(|name| folder.name(name));
    let score = |more: &[&str]| {
        run(&[&["score", &files[0], &files[1], "--signals", &files[2], "-o", &files[3], "--as-of=2026-01-20T00:00"], more].concat()).out
    };
    let page = score(&[]);
    let bars = page.split("points: 0 to 160, mean 80\n").nth(1).unwrap_or_else(|| panic!("{page}"));
    let first: Vec<&str> = bars.lines().next().unwrap().split_whitespace().take(5).collect();
    // the 161 numbers in ten parts
    assert_eq!(first, ["0", "to", "under", "17", "1"], "{page}");
    assert_eq!(bars.lines().take_while(|line| !line.is_empty()).filter(|line| line.contains(" 20.0 %")).count(), 5, "{page}");
    let json: serde_json::Value = serde_json::from_str(&score(&["--summary", "json"])).unwrap();
    let parts = json["numbers"][0]["distribution"].as_array().unwrap();
    assert_eq!((parts.len(), &parts[0]), (20, &serde_json::json!(["0", 1])));
}
