//! What `lint` tells of proofs, beside its rules.

use std::fs;

use super::{Folder, Ran, run};

const LEAD: &str = "lead { lead_id text key   beds whole 0..100   role one of nurse, buyer, student   rival yes_no }\n";
const HEAD: &str = "leadwright 1\npolicy example { version \"1\" }\n";

fn example(rest: &str) -> Folder {
    Folder::new(&[("example.lead", &format!("{HEAD}{LEAD}{rest}"))])
}

fn lint(folder: &Folder, arguments: &[&str]) -> Ran {
    run(&[&["lint", &folder.name(""), "--as-of", "2026-11-18", "--ignore", "governance,unused-field"], arguments].concat())
}

/// The names of what is found, in the order of the text.
fn names(folder: &Folder, arguments: &[&str]) -> Vec<String> {
    let ran = lint(folder, &[arguments, &["--output", "json"]].concat());
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    report["diagnostics"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
}

/// No single row takes what the last one is for.
const COVERED: &str = "decide desk {\n  big    when beds >= 50\n  small  when beds < 50 and role is nurse\n  buyers when beds < 50 and role is buyer\n  rivals when rival and role is not student\n  rest   otherwise\n}\n";

#[test]
fn one_run_says_mistakes_proofs_and_rules() {
    let folder = example(&format!("{COVERED}claim \"rivals are turned away\" always rival implies desk is rest\nlet idle = beds >= 7\n"));
    let ran = lint(&folder, &[]);
    assert_eq!(ran.code, 1);
    for part in [
        "error[E0801]: the claim \"rivals are turned away\" does not hold",
        "warning[E0804]: `rivals` of `desk` is never used",
        "[unused-let]",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert_eq!(names(&folder, &["--no-prove"]), ["unused-let"]);
    // a level is for warnings: a claim that does not hold is a mistake
    for levels in [&["--ignore", "proof"][..], &["--level", "proof=off"]] {
        assert_eq!(names(&folder, levels), ["E0801", "unused-let"], "{levels:?}");
    }
    assert_eq!((names(&folder, &["--only", "style"]), lint(&folder, &["--only", "style"]).code), (vec!["E0801".to_owned()], 1));
    // as `check` says, and leaves out
    let check = |flags: &[&str]| run(&[&["check", &folder.name("")], flags].concat());
    assert!(check(&[]).code == 1 && check(&[]).out.contains("E0804"));
    assert_eq!((check(&["--no-prove"]).code, check(&["--no-prove"]).out.contains("E08")), (0, false));
}

#[test]
fn what_a_rule_and_a_proof_say_of_one_row_is_told_once() {
    let score = "score fit from 0 to 100 { section size 100% { beds 100% { 50 or more 9   under 50 -3 } }   adjust -9 when rival }\n";
    let row = |row: &str| format!("{score}decide desk {{\n  big when beds >= 60\n  {row}\n  rest otherwise\n}}\n");
    for (text, rule, proof) in [
        (row("top when fit >= 95"), "unreachable-threshold", "E0805"),
        (row("top when fit >= 0"), "unreachable-threshold", "E0806"),
        (row("top when fit + 7 >= 900"), "unreachable-threshold", "E0805"),
        (row("huge when beds >= 90"), "shadowed-row", "E0804"),
        (row("odd when beds < 3 and beds > 9"), "contradictory-condition", "E0803"),
        (row("rest when rival"), "idle-row", "E0816"),
        (format!("{score}{COVERED}").replace("rivals when", "rest when"), "E0804", "E0804"),
    ] {
        let folder = example(&text);
        assert_eq!(names(&folder, &["--ignore", "lone-attribute,E0814"]), [rule], "{text}");
        // a rule that is off leaves the proof
        assert_eq!(names(&folder, &["--only", "proof", "--ignore", "E0814"]), [proof], "{text}");
    }
}

#[test]
fn a_proof_has_a_level_and_a_comment_allows_it() {
    let folder = example(COVERED);
    assert_eq!(names(&folder, &[]), ["E0804"]);
    assert_eq!(lint(&folder, &["--level", "E0804=note"]).code, 0);
    assert!(lint(&folder, &["--level", "proof=error"]).out.contains("error[E0804]"));
    for off in [["--ignore", "E0804"], ["--ignore", "proof"], ["--only", "style"], ["--level", "E0804=off"]] {
        assert_eq!(lint(&folder, &off).out, "1 policy: nothing found\n", "{off:?}");
    }
    fs::write(folder.path("leadwright.toml"), "[lint.rules]\nE0804 = \"off\"\n").unwrap();
    assert_eq!(names(&folder, &[]), [""; 0]);
    fs::remove_file(folder.path("leadwright.toml")).unwrap();
    let allowed = COVERED.replace("  rivals", "  # allow(E0804): the row is kept for the autumn\n  rivals");
    fs::write(folder.path("example.lead"), format!("{HEAD}{LEAD}{allowed}")).unwrap();
    assert_eq!(names(&folder, &[]), [""; 0]);
    fs::write(
        folder.path("example.lead"),
        format!("{HEAD}{LEAD}{}", allowed.replace("small  when beds < 50 and", "small  when beds < 40 and")),
    )
    .unwrap();
    assert_eq!(names(&folder, &[]), ["unused-allow"]);
    // who does not look does not know
    assert_eq!(names(&folder, &["--no-prove"]), [""; 0]);
    let claim = "# allow(E0801): soon\nclaim \"no rival\" never rival\n";
    fs::write(folder.path("example.lead"), format!("{HEAD}{LEAD}{claim}")).unwrap();
    let ran = lint(&folder, &[]);
    assert!(ran.out.contains("error[E0801]") && ran.out.contains("`E0801` is an error, which cannot be allowed"), "{}", ran.out);
}

#[test]
fn a_baseline_knows_what_was_proved() {
    let claim = "claim \"no rival\" never rival\n";
    let folder = example(&format!("{COVERED}{claim}"));
    let baseline = folder.name("known.json");
    assert_eq!(lint(&folder, &["--write-baseline", &baseline]).code, 1, "a claim is mended, not left for later");
    let with = |flags: &[&str]| names(&folder, &[&["--baseline", &baseline], flags].concat());
    assert_eq!(with(&[]), ["E0801"]);
    let mended = COVERED.replace("small  when beds < 50 and", "small  when beds < 40 and");
    fs::write(folder.path("example.lead"), format!("{HEAD}{LEAD}{mended}{claim}")).unwrap();
    assert_eq!(with(&[]), ["E0801", "stale-baseline"]);
    assert_eq!(with(&["--no-prove"]), [""; 0]);
    // what is not decided in the time of a check may still be there
    let wide = "let area = beds * width * width else 0\nclaim \"hard\" never area is 70 and rival and width > 1_000_000\n";
    let lead = LEAD.replace("rival yes_no", "rival yes_no   width whole 0..3_000_000_000");
    fs::write(folder.path("example.lead"), format!("{HEAD}{lead}{mended}{wide}")).unwrap();
    assert_eq!(with(&[]), ["E0802"]);
}

#[test]
fn the_page_of_a_proof_is_that_of_its_code() {
    let ran = run(&["rule", "E0804"]);
    assert!(ran.code == 0 && ran.out.starts_with("E0804: earlier rows take every lead from a row\n"), "{}", ran.out);
    assert!(run(&["rule"]).out.contains("E0817  warning  an adjustment changes no score"));
}

#[test]
fn a_route_nobody_meets_and_an_otherwise_nobody_is_left_for_are_told() {
    let desk = "team t\nqueue east team t\nqueue west team t\n";
    let found = |text: &str| {
        let folder = example(&format!("{desk}{text}"));
        let ran = run(&["check", &folder.name("example.lead"), "--output", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let told = report["diagnostics"].as_array().unwrap().iter();
        let told = told.filter(|told| told["code"].as_str().unwrap().starts_with("E08"));
        told.map(|told| format!("{} {}", told["code"].as_str().unwrap(), told["message"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let route = |rows: &str| format!("route r {{ {rows} }}\n");
    let never = "E0803 no lead meets the condition of the route `r`";
    assert_eq!(found("route r when beds >= 3 and beds < 2 { east otherwise }\n"), [never]);
    assert_eq!(found("route r when beds >= 3 and beds < 4 { east otherwise }\n"), [""; 0]);
    // each lead is a rival or none, and the second queue is nowhere else
    let both = "E0804 row `west` of `r` is never used, and nothing else gives it";
    assert_eq!(found(&route("east when rival  east when not rival and beds >= 0  west otherwise")), [both]);
    assert_eq!(found(&format!("{}route s {{ west otherwise }}\n", route("east when rival or not rival  west otherwise"))), [""; 0]);
    assert_eq!(found(&route("east when rival  west otherwise")), [""; 0]);
    let decide = |rows: &str| found(&format!("decide size {{\n  {rows}\n}}\n"));
    let rest = "E0804 `rest` of `size` is never used, and nothing else gives it";
    assert_eq!(decide("big when beds >= 50\n  small when beds < 50\n  rest otherwise"), [rest]);
    assert_eq!(decide("big when beds >= 50\n  small when beds < 50\n  small otherwise").len(), 1, "the row before it changes nothing");
    assert_eq!(decide("big when beds >= 50\n  small when beds < 49\n  rest otherwise"), [""; 0]);
}
