//! `leadwright prove` as it is used.

use super::{Folder, run};

const POLICY: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id     text    key
  beds   whole   0..50_000
  rival  yes_no
}

decide status {
  open    when beds >= 100
  closed  when rival
  later   otherwise
}

claim \"nobody is lost\"     possible status is later
";

const WRONG: &str = "claim \"rivals are closed\"  always rival implies status is closed\n";

const HARD: &str = "let gap = beds * beds - 2 * sites * sites\n\nclaim \"the gap is never 3\"  never gap is 3\n";

#[test]
fn proved_refuted_and_undecided_have_their_exit_codes() {
    let folder = Folder::new(&[("p.lead", POLICY)]);
    let ran = run(&["prove", &folder.name("p.lead")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    insta::assert_snapshot!("proved", ran.out);

    let folder = Folder::new(&[("p.lead", &format!("{POLICY}{WRONG}"))]);
    let ran = run(&["prove", &folder.name("p.lead"), "--leads", "--stats"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{}", ran.out);
    insta::assert_snapshot!("refuted", ran.out);

    let hard = POLICY.replace("  rival  yes_no\n", "  rival  yes_no\n  sites  whole 0..1_000_000\n").replace("50_000", "1_000_000");
    let folder = Folder::new(&[("p.lead", &format!("{hard}{HARD}"))]);
    let ran = run(&["prove", &folder.name("p.lead"), "--budget", "20000"]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{}", ran.out);
    insta::assert_snapshot!("undecided", ran.out);
    let sarif = run(&["prove", &folder.name("p.lead"), "--budget", "20000", "--output", "sarif"]);
    let report: serde_json::Value = serde_json::from_str(&sarif.out).unwrap();
    assert_eq!((sarif.code, &report["runs"][0]["invocations"][0]["exitCode"]), (3, &3.into()));
    let only = run(&["prove", &folder.name("p.lead"), "--filter", "lost"]);
    assert_eq!(only.code, 0, "{}", only.out);
    let none = run(&["prove", &folder.name("p.lead"), "--filter", "no such"]);
    assert_eq!(none.code, 2);
    assert!(none.sentence().contains("none of the policy's claims has `no such` in its title"), "{}", none.err);
}

#[test]
fn programs_read_claims_too() {
    let folder = Folder::new(&[("p.lead", &format!("{POLICY}{WRONG}"))]);
    let ran = run(&["prove", &folder.name("p.lead"), "--output", "json"]);
    assert_eq!(ran.code, 1);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&json["claims"][0]["verdict"], &json["claims"][1]["verdict"]), (&"proved".into(), &"refuted".into()));
    assert!(json["claims"][1]["tests"][0].as_str().unwrap().starts_with("test \"not so: rivals are closed\""), "{json:#}");
    assert_eq!(json["diagnostics"][0]["code"], "E0801");
    let sarif = run(&["prove", &folder.name("p.lead"), "--output", "sarif"]);
    assert!(sarif.code == 1 && sarif.out.contains("E0801"), "{}", sarif.out);
}

const STAGES: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id text key
  a  whole 0..10
}
signal ping
team desk
stage s1 owner desk start
stage s2 owner desk
stage s3 owner desk final

flow {
  ROWS
}
";

/// `s1 -> s2` and `s2 -> s1` both hold for an `a` from 5 on, whatever else there is; a row `on` or `after` waits for something that has not happened to a lead that comes and goes.
#[test]
fn a_way_to_and_fro_is_found_beside_rows_that_wait() {
    let code = |rows: &[&str]| {
        let folder = Folder::new(&[("p.lead", &STAGES.replace("ROWS", &rows.join("\n  ")))]);
        let ran = run(&["prove", &folder.name("p.lead")]);
        assert_eq!((ran.code, ran.out.contains("undecided")), (0, false), "{}", ran.out);
        ran.out.contains("E0811")
    };
    let (there, back) = ("s1 -> s2 when a >= 5", "s2 -> s1 when a >= 3");
    assert!(code(&[there, back, "s2 -> s3 on ping"]));
    assert!(code(&["s2 -> s3 on ping", there, back]));
    assert!(code(&[there, back, "s1 -> s3 on ping"]));
    assert!(code(&[there, back, "s2 -> s3 after 5 days"]));
    assert!(code(&["s2 -> s3 after 5 days", there, back]));
    // what holds of no lead at once is none
    assert!(!code(&[there, "s2 -> s1 when a < 5", "s2 -> s3 on ping"]));
    // before the way back an earlier row takes them all
    assert!(!code(&["s2 -> s3 when a >= 4", there, back, "s1 -> s3 on ping"]));
}

/// The two rows of `last` are taken by `cool` and `warm`, so that nothing gives `last`; where the first of them is used, the rest is there for what may be left.
#[test]
fn a_row_that_is_never_used_gives_nothing() {
    let of = |last: &str| {
        let rows = format!("decide st {{\n  warm when beds >= 100\n  cool when beds < 100\n  {last}\n  last otherwise\n}}\n");
        let policy = POLICY.split("decide").next().unwrap().to_string() + &rows;
        let folder = Folder::new(&[("p.lead", &policy)]);
        let out = run(&["prove", &folder.name("p.lead")]).out;
        out.matches("`last` of `st` is never used").count()
    };
    assert_eq!(of("last when rival"), 2);
    let used = POLICY.split("decide").next().unwrap().to_string()
        + "decide st {\n  last when rival\n  warm when beds >= 100\n  cool when beds < 100\n  last otherwise\n}\n";
    let folder = Folder::new(&[("p.lead", &used)]);
    let out = run(&["prove", &folder.name("p.lead")]).out;
    assert!(!out.contains("`last` of `st` is never used"), "{out}");
}

const GAP: &str = "leadwright 1

policy p { timezone \"UTC\" }

lead {
  id text key
  a  whole 0..1_000_000
  b  whole 0..1_000_000
}

let gap = a * a - 2 * b * b

decide d {
  three  when gap is 3
  other  otherwise
}
";

/// No claim, and still it is not all decided: each question is named, with its place, and the exit code says so in every format.
#[test]
fn an_undecided_question_is_named_and_never_a_pass() {
    let folder = Folder::new(&[("p.lead", GAP)]);
    let prove = |more: &[&str]| run(&[&["prove", &folder.name("p.lead"), "--budget", "20000"], more].concat());
    let ran = prove(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (3, ""), "{}", ran.out);
    insta::assert_snapshot!("undecided question", ran.out);

    let json: serde_json::Value = serde_json::from_str(&prove(&["--output", "json"]).out).unwrap();
    assert_eq!(json["undecided"].as_array().unwrap().len(), 1, "{json:#}");
    let question = &json["undecided"][0];
    assert_eq!((&question["question"], &question["line"]), (&"whether any lead is left for `three` of `d`".into(), &14.into()));
    assert_eq!(json["diagnostics"][0]["code"], "E0819");
    let sarif = prove(&["--output", "sarif"]);
    let report: serde_json::Value = serde_json::from_str(&sarif.out).unwrap();
    assert_eq!((sarif.code, &report["runs"][0]["invocations"][0]["exitCode"]), (3, &3.into()));
    for kind in ["github", "gitlab", "junit", "markdown"] {
        let ran = prove(&["--output", kind]);
        assert!(ran.code == 3 && ran.out.contains("E0819"), "{kind}: {}", ran.out);
    }

    // a claim that is refuted comes first
    let refuted = Folder::new(&[("p.lead", &format!("{GAP}\nclaim \"all\" always a >= 1\n"))]);
    assert_eq!(run(&["prove", &refuted.name("p.lead"), "--budget", "20000"]).code, 1);
}

/// A check has little time, so that what it does not decide is nobody's fault: one note, which fails nothing and can be switched off.
#[test]
fn what_a_check_has_no_time_for_is_one_note() {
    let rows: String = (1..5).map(|odd| format!("  r{odd} when gap is {}\n", 8 * odd + 3)).collect();
    let folder = Folder::new(&[("p.lead", &GAP.replace("  other ", &format!("{rows}  other ")))]);
    let policy = folder.name("p.lead");
    let check = run(&["check", &policy]);
    assert_eq!((check.code, check.out.matches("E0819").count()), (0, 1), "{}", check.out);
    assert!(check.out.contains("note[E0819]") && check.out.contains("`leadwright prove` takes its time"), "{}", check.out);
    assert!(!run(&["check", &policy, "--no-prove"]).out.contains("E0819"));
    let lint = |more: &[&str]| run(&[&["lint", &policy, "--only", "proof"], more].concat());
    assert_eq!((lint(&[]).code, lint(&[]).out.matches("E0819").count()), (0, 1), "{}", lint(&[]).out);
    assert_eq!((lint(&["--fail-on", "note"]).code, lint(&["--level", "E0819=warning"]).code), (1, 1));
    assert!(!lint(&["--ignore", "E0819"]).out.contains("E0819"));
}

#[test]
fn no_lead_has_a_day_before_the_first() {
    let policy = "leadwright 1\npolicy p { timezone \"UTC\" }\nlead {\n  id text key\n  u date\n  t time\n}\nlet d = days since u\nlet e = days since t\n\
                  claim \"never\" never u < 0001-01-01\nclaim \"days\" possible d >= 4_000_000\nclaim \"time\" possible e >= 4_000_000\n\
                  claim \"most\" possible d >= 3_652_060\n";
    let folder = Folder::new(&[("p.lead", policy)]);
    let ran = run(&["prove", &folder.name("p.lead"), "--output", "json"]);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let verdicts: Vec<&str> = found["claims"].as_array().unwrap().iter().map(|claim| claim["verdict"].as_str().unwrap()).collect();
    // from the first day to the last there are 3,652,058
    assert_eq!(verdicts, ["proved", "refuted", "refuted", "refuted"], "{}", ran.out);
}
