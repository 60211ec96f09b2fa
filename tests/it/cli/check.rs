//! `leadwright check`.

use super::{Folder, POLICY, clinic, example, run};

#[test]
fn what_is_proved_is_a_warning() {
    // a clinic has too few points to be hot
    let folder = Folder::new(&[("clinic.lead", &POLICY.replace("near  when beds < 300", "near  when site is clinic"))]);
    let ran = run(&["check", &folder.name("clinic.lead")]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("warning[E0803]: no lead meets row `near` of `work`"), "{}", ran.out);
}

#[test]
fn a_policy_without_mistakes_is_one_line() {
    let folder = clinic();
    let ran = run(&["check", &folder.name("clinic")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let expected = "clinic: 5 fields, 1 derived value, 1 score, 1 decision, 2 stages, 1 transition,\n  1 route, 2 queues, 1 test; no mistakes; at most ";
    assert!(ran.out.starts_with(expected) && ran.out.ends_with(" steps per lead\n"), "{}", ran.out);
    assert_eq!(run(&["check", &example("")]).code, 0);
}

#[test]
fn every_mistake_is_shown_and_counted() {
    let policy = POLICY.replace("site 40%", "site 30%").replace("fit 100 ", "").replace("fresh -> working", "fresh -> workin");
    let folder = Folder::new(&[("clinic.lead", &policy)]);
    let ran = run(&["check", &folder.name("clinic.lead")]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    for part in ["error[E0401]", "clinic.lead:22:11", "error[E0207]", "`working`"] {
        assert!(ran.out.contains(part), "{part}:\n{}", ran.out);
    }
    assert_eq!(ran.out.lines().last(), Some("2 errors in 1 file"));
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
}

#[test]
fn mistakes_for_programs() {
    let policy = POLICY.replace("site 40%", "site 30%").replace("fit 100 ", "");
    let folder = Folder::new(&[("clinic.lead", &policy)]);
    let ran = run(&["check", &folder.name("clinic.lead"), "--output", "json"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&json["policies"][0]["policy"], &json["errors"]), (&"clinic".into(), &1.into()));
    let diagnostic = &json["diagnostics"][0];
    assert_eq!(diagnostic["code"], "E0401");
    assert_eq!((&diagnostic["labels"][0]["file"], &diagnostic["labels"][0]["line"]), (&"clinic.lead".into(), &22.into()));
}

#[test]
fn a_standard_asks_how_old_a_version_is() {
    let standard = "\nstandard central {\n  require version at most 12 months old\n}\n";
    let head = POLICY.lines().find(|line| line.starts_with("policy ")).expect("a header");
    let policy = POLICY.replace(head, &format!("{head}\n  dated 2026-03-31\n  follows central")) + standard;
    let folder = Folder::new(&[("clinic.lead", &policy), ("leads.csv", super::LEADS)]);
    let name = folder.name("clinic.lead");
    let on = |day: &str| run(&["check", &name, "--as-of", day]);
    assert_eq!(on("2027-03-31").code, 0, "{}", on("2027-03-31").out);
    assert!(on("2027-03-31").out.contains("; follows central (1 requirement); no mistakes"), "{}", on("2027-03-31").out);
    let json = run(&["check", &name, "--as-of", "2027-03-31", "--output", "json"]).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["policies"][0]["follows"], serde_json::json!(["central"]));
    let late = on("2027-04-01");
    assert_eq!(late.code, 1);
    assert!(late.out.contains("error[E0702]: on 2027-04-01 the version of 2026-03-31 is too old"), "{}", late.out);
    let unclear = on("spring");
    assert_eq!(unclear.code, 2);
    assert!(unclear.sentence().contains("`--as-of spring` is no date"), "{}", unclear.err);
    // a policy that grew old still scores
    let scored = run(&["score", &name, &folder.name("leads.csv"), "--as-of", "2030-01-01", "-o", "-"]);
    assert_eq!(scored.code, 0, "{}", scored.err);
}

#[test]
fn the_program_as_text() {
    let folder = clinic();
    let ran = run(&["check", &folder.name("clinic"), "--emit", "program"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.lines().count() > 20 && ran.out.contains("status"), "{}", ran.out);
}

#[test]
fn a_policy_cannot_steer_the_terminal() {
    let folder = Folder::new(&[("a.lead", "leadwright 1\npolicy p \u{1b}[2J\u{202e} {\n}\n")]);
    let ran = run(&["check", &folder.name("a.lead")]);
    assert_eq!(ran.code, 1);
    assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.out);
    let json = run(&["check", &folder.name("a.lead"), "--output", "json"]).out;
    assert!(!json.contains(['\u{1b}', '\u{202e}']) && serde_json::from_str::<serde_json::Value>(&json).is_ok());
}

#[test]
fn no_file_of_a_folder_is_passed_over_in_silence() {
    let broken = POLICY.replace("policy clinic", "polcy clinic").replace("leadwright 1\n", "leadwright 1\nuse \"teams.lead\"\n");
    let (before, header) = broken.split_once("polcy").expect("a header");
    let headless = format!("{before}{}", header.split_once("}\n").expect("its end").1);
    let folder = Folder::new(&[("a/a.lead", POLICY), ("b/b.lead", &broken), ("b/teams.lead", "leadwright 1\n")]);
    let all = folder.name("");
    for (text, code) in [(broken.as_str(), "error[E0001]: no item begins with `polcy`"), (&headless, "error[E0101]")] {
        std::fs::write(folder.path("b/b.lead"), text).unwrap();
        for command in ["check", "lint", "test"] {
            let ran = run(&[command, &all]);
            assert_eq!(ran.code, 1, "{command}: {}", ran.out);
            assert!(ran.out.contains(code) && ran.out.contains("b/b.lead:"), "{command}: {}", ran.out);
        }
    }
    // what has no lead may be a part that nobody uses any more: a warning, but for mistakes in its text
    std::fs::write(folder.path("b/b.lead"), "leadwright 1\nteam desk\n").unwrap();
    for command in ["check", "test"] {
        let ran = run(&[command, &all]);
        assert_eq!(ran.code, 0, "{command}: {}", ran.out);
        for name in ["b/b.lead", "b/teams.lead"] {
            assert!(ran.out.contains(&format!("warning[unused-file]: `{name}` is no policy")), "{command}: {}", ran.out);
        }
    }
    std::fs::write(folder.path("b/b.lead"), "leadwright 1\ntaem desk\n").unwrap();
    for command in ["check", "lint", "test", "fmt"] {
        let ran = run(&[command, &all]);
        assert!(ran.code == 1 && ran.out.contains("no item begins with `taem`"), "{command}: {ran:?}");
    }
    // a policy above a folder may use what is in it
    std::fs::create_dir(folder.path(".git")).unwrap();
    std::fs::write(folder.path("top.lead"), POLICY.replace("leadwright 1\n", "leadwright 1\nuse \"b/teams.lead\"\n")).unwrap();
    std::fs::write(folder.path("b/b.lead"), POLICY).unwrap();
    let ran = run(&["check", &folder.name("b")]);
    assert!(ran.code == 0 && !ran.out.contains("unused-file"), "{}", ran.out);
}

#[test]
fn line_ends_of_windows_leave_no_trace_in_what_is_shown() {
    let mistake = POLICY.replace("site 40%", "site 30%");
    let folder = Folder::new(&[("unix.lead", &mistake), ("windows.lead", &mistake.replace('\n', "\r\n"))]);
    let shown = |name: &str| run(&["check", &folder.name(name)]).out.replace(name, "");
    assert!(shown("unix.lead").contains("error[E0401]"));
    assert_eq!(shown("windows.lead").replace('\r', ""), shown("unix.lead"));
    assert!(!shown("windows.lead").contains('␍'), "{}", shown("windows.lead"));
}

/// Carriage returns alone, as old Macs and some exports write them.
#[test]
fn lines_may_end_as_on_old_macs() {
    let policy = "leadwright 1\npolicy p { version \"1\" }\n# what is known\nlead {\n  id    text   key\n  beds  whole  0..9\n}\nlet big = beds >= 5   # many\n";
    let mac = policy.replace('\n', "\r");
    let folder = Folder::new(&[("p/p.lead", &mac), ("unix.lead", policy)]);
    let file = folder.name("p/p.lead");
    let ran = run(&["check", &file]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{ran:?}");
    assert_eq!(run(&["check", &folder.name("p")]).code, 0);
    assert_eq!(run(&["diff", &folder.name("unix.lead"), &file]).code, 0);
    std::fs::write(folder.path("p/p.lead"), mac.replace("beds >=", "bed >=")).unwrap();
    let ran = run(&["check", &file]);
    assert!(ran.out.contains("p.lead:8:11]") && ran.out.contains("did you mean `beds`?"), "{}", ran.out);
    std::fs::write(folder.path("p/p.lead"), mac).unwrap();
    assert_eq!(run(&["fmt", "--check", &file]).code, 1);
    assert_eq!(run(&["fmt", &file]).code, 0);
    let formatted = std::fs::read_to_string(folder.path("p/p.lead")).unwrap();
    assert!(!formatted.contains('\r') && run(&["fmt", "--check", &file]).code == 0, "{formatted:?}");
}
