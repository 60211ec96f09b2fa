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
    let score = "score fit from 0 to 100 { section size 100% { beds 100% { 50 or more 9   under 50 1 } }   adjust -9 when rival }\n";
    let row = |row: &str| format!("{score}decide desk {{\n  big when beds >= 60\n  {row}\n  rest otherwise\n}}\n");
    let folder = example(&row("top when fit >= 0"));
    assert_eq!(names(&folder, &["--ignore", "lone-attribute,E0814"]), ["unreachable-threshold", "E0804"]);
    assert_eq!(names(&folder, &["--only", "proof", "--ignore", "E0814"]), ["E0806", "E0804"]);
    for (text, rule, proof) in [
        (row("top when fit >= 95"), "unreachable-threshold", "E0805"),
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
fn what_two_names_fit_is_told_once_and_allowed_by_either() {
    let row = |allow: &str, row: &str| {
        example(&format!(
            "let far = beds + beds\ndecide desk {{\n  big when beds >= 60\n  none when far > 100 and beds < 40\n  # allow({allow}): for the autumn\n  {row}\n  rest otherwise\n}}\n"
        ))
    };
    for (written, told, also) in [
        ("huge when beds >= 90", "shadowed-row", "E0804"),
        // no lead meets it, so it does not matter that an earlier row would take all of them
        ("no_one when far > 100 and beds < 40 and rival", "E0803", "shadowed-row"),
        ("rest when beds >= 90", "shadowed-row", "idle-row"),
    ] {
        // the row above it is there for no lead, in all of these
        let others = ["E0803".to_owned()];
        let plain = row("zero-weight", written);
        let mut expected = vec!["E0803", "unused-allow", told];
        expected.sort_unstable();
        let mut all = names(&plain, &[]);
        all.sort_unstable();
        assert_eq!(all, expected, "{written}");
        for allow in [told, also] {
            assert_eq!(names(&row(allow, written), &[]), others, "{written} {allow}");
        }
    }
}

#[test]
fn a_cap_beyond_the_range_is_told_once() {
    let score = "score pts from 0 to 40 {\n  section one points up to 50 {\n    +30 when rival\n    +10 when beds > 7\n  }\n}\n";
    let folder = example(score);
    assert_eq!(names(&folder, &[]), ["E0418"]);
    let check = run(&["check", &folder.name("")]);
    assert!(check.out.contains("E0418") && !check.out.contains("E0813"), "{}", check.out);
    // within the range the proof alone says it
    fs::write(folder.path("example.lead"), format!("{HEAD}{LEAD}{}", score.replace("from 0 to 40", "from 0 to 90"))).unwrap();
    assert_eq!(names(&folder, &["--ignore", "E0814"]), ["E0813"]);
    let allowed = score.replace("  section", "  # allow(E0813): more rows are to come\n  section");
    fs::write(folder.path("example.lead"), format!("{HEAD}{LEAD}{allowed}")).unwrap();
    assert_eq!(names(&folder, &[]), [""; 0]);
}

#[test]
fn no_test_is_promised_of_a_row_that_no_lead_gets_to() {
    let decide = |row: &str| {
        let test = "test \"t\" { lead { lead_id \"1\"  beds 70  role nurse  rival no } expect { desk big } }\n";
        let folder = example(&format!("decide desk {{\n  big when beds >= 60\n  odd when {row}\n  rest otherwise\n}}\n{test}"));
        let ran = run(&["lint", &folder.name(""), "--only", "untested-outcome,proof,shadowed-row", "--output", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let found = report["diagnostics"].as_array().unwrap().iter().filter(|found| found["code"] == "untested-outcome");
        found.map(|found| format!("{}: {}", found["message"].as_str().unwrap(), found["help"].as_str().unwrap())).collect::<Vec<_>>()
    };
    let suggests = "`leadwright test --suggest` writes one, if it finds a lead for it";
    let rest = format!("no test expects `desk rest`: {suggests}");
    assert_eq!(decide("beds >= 30"), [format!("no test expects `desk odd`: {suggests}"), rest.clone()]);
    for dead in ["beds >= 90", "beds + beds > 100 and beds < 40"] {
        assert_eq!(
            decide(dead),
            ["no test expects `desk odd`: no lead gets it, so no test can: mend its row, or leave it out".to_owned(), rest.clone()]
        );
    }
}

#[test]
fn a_proof_about_a_shared_file_names_the_policies_it_holds_for() {
    let policy = |beds: &str| {
        format!("leadwright 1\npolicy p {{ version \"1\" }}\nlead {{ id text key   beds whole {beds} }}\nuse \"common.lead\"\n")
    };
    let common = "leadwright 1\nlet twice = beds + beds\ndecide size {\n  big when twice >= 100\n  small otherwise\n}\n";
    let folder = Folder::new(&[("x.lead", &policy("0..9")), ("y.lead", &policy("0..200")), ("common.lead", common)]);
    for command in [&["check"][..], &["lint", "--only", "proof"]] {
        let ran = run(&[command, &[&folder.name("")]].concat());
        let said = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(said.matches("so it is in `x.lead`, not in every policy that uses this file").count(), 1, "{}", ran.out);
        assert!(!said.contains("so it is in `y.lead`"), "{}", ran.out);
    }
    // of all of them it is said once, of one alone there is nothing to tell apart
    fs::write(folder.path("y.lead"), policy("0..20")).unwrap();
    let both = run(&["check", &folder.name("")]).out;
    assert_eq!((both.matches("E0805").count(), both.contains("so it is in")), (1, false), "{both}");
    assert!(!run(&["check", &folder.name("x.lead")]).out.contains("so it is in"));
}

#[test]
fn who_wants_proofs_alone_and_none_is_told() {
    let folder = example(COVERED);
    let sentence = "`--only proof` looks for proofs alone, and `--no-prove` leaves them out: leave one of the two out";
    let ran = lint(&folder, &["--only", "proof", "--no-prove"]);
    assert_eq!((ran.code, ran.sentence()), (2, sentence));
    assert_eq!(lint(&folder, &["--only", "E0804,E0803", "--no-prove"]).code, 2);
    assert_eq!(lint(&folder, &["--only", "proof,style", "--no-prove"]).code, 0);
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
    // of any other code too
    for code in ["E0801", "e0801", "E0401"] {
        let (rule, page) = (run(&["rule", code]), run(&["explain-code", code]));
        assert_eq!((rule.code, &rule.out), (0, &page.out), "{code}");
    }
    assert!(run(&["rule", "E0999"]).sentence().starts_with("there is no rule `E0999`"));
    assert!(run(&["rule"]).out.contains("E0817  warning  points that change no score"));
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

/// What `check` tells of these rows, behind a head with queues and stages; codes and messages.
fn told(text: &str) -> Vec<(String, String, Vec<String>)> {
    let head = "team t\nqueue east team t\nqueue west team t\nqueue north team t\n";
    let folder = example(&format!("{head}{text}"));
    let ran = run(&["check", &folder.name("example.lead"), "--output", "json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let all = report["diagnostics"].as_array().unwrap().iter();
    let all = all.filter(|told| told["code"].as_str().unwrap().starts_with("E08"));
    let labels = |told: &serde_json::Value| told["labels"].as_array().unwrap().iter().map(|label| text(&label["text"])).collect();
    all.map(|told| (text(&told["code"]), text(&told["message"]), labels(told))).collect()
}

fn codes(text: &str) -> Vec<String> {
    told(text).into_iter().map(|(code, _, _)| code).collect()
}

/// The score is 20 or 80, so that all have at most 80: nothing is left for the rows behind, and nothing else gives what they give.
#[test]
fn a_threshold_that_all_reach_and_the_rows_that_it_leaves_nothing_for_are_told() {
    let score = "score fit from 20 to 80 { section m 100% { beds 100% { 50 or more 8   under 50 2 } } }\n";
    assert_eq!(codes(&format!("{score}decide d {{ k when fit <= 80  m when beds >= 4  n otherwise }}\n")), ["E0806", "E0804", "E0804"]);
    assert_eq!(codes(&format!("{score}decide d {{ k when fit <= 80  n otherwise }}\n")), ["E0806", "E0804"]);
    // something else gives it
    assert_eq!(codes(&format!("{score}decide d {{ n when fit > 20  k when fit <= 80  n otherwise }}\n")), ["E0806"]);
}

/// `none` is reached by nobody, and `far` from `none` alone. A clock that waits for either is told with it, whether a lead that a file puts into `none` would start it or not.
#[test]
fn the_clock_of_a_stage_that_no_lead_gets_to_is_told_with_the_stage() {
    let stages = |clock: &str| {
        format!(
            "stage raw owner t start\nstage none owner t\nstage far owner t\nstage won owner t final\n\
             flow {{ raw -> none when beds > 60 and beds < 50   raw -> won when rival   none -> far when beds >= 10   far -> raw when beds is 0 }}\n\
             sla k {{ {clock}  stops when leaving far  within 4 hours by t }}\n"
        )
    };
    let expected = |clock: &str, none: usize, far: usize, more: &[&str]| {
        let told = told(&stages(clock));
        let with_clock = |stage: &str| {
            let found = told.iter().filter(|(code, message, _)| code == "E0809" && message.ends_with(stage));
            found.map(|(_, _, labels)| labels.iter().filter(|label| *label == "starts on nothing else").count()).sum::<usize>()
        };
        let others: Vec<&str> = told.iter().map(|(code, _, _)| code.as_str()).filter(|code| *code != "E0809").collect();
        assert_eq!((with_clock("`none`"), with_clock("`far`")), (none, far), "{clock}: {told:?}");
        assert_eq!(others, [&["E0803"], more].concat(), "{clock}");
        assert_eq!(told.iter().filter(|(code, _, _)| code == "E0809").count(), 2, "{clock}");
    };
    expected("starts when entering far", 0, 1, &[]);
    expected("starts when entering none", 1, 0, &[]);
    expected("starts when entering none  starts when entering far", 1, 0, &[]);
    expected("starts when entering won", 0, 0, &[]);
    expected("starts when entering none  starts when entering won", 0, 0, &[]);
    expected("starts when entering won and beds > 60 and beds < 50", 0, 0, &["E0812"]);
}

/// Of a route `for each`: the score is 20 or 80, and both choices have the same rows.
#[test]
fn the_rows_of_a_route_for_each_are_asked_as_those_of_any_route() {
    let route = |rows: &str| {
        let score = "score fit from 0 to 100 { section m 100% { beds 100% { 50 or more 8   under 50 2 } } }\n";
        let text = format!("{score}route r for each w in wants {{\n  {rows}\n}}\n");
        let head = "leadwright 1\npolicy example { version \"1\" }\nlead { lead_id text key   beds whole 0..100   wants some of carts, pumps optional }\n\
            team t\nqueue east team t\nqueue west team t\n";
        let folder = Folder::new(&[("example.lead", &format!("{head}{text}"))]);
        let ran = run(&["check", &folder.name("example.lead"), "--output", "json"]);
        let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        let all = report["diagnostics"].as_array().unwrap().iter().map(|told| told["message"].as_str().unwrap().to_owned());
        all.filter(|told| told.contains(" row ") || told.contains("reaches")).collect::<Vec<_>>()
    };
    assert_eq!(route("east when fit >= 81  east otherwise"), ["no lead reaches `fit >= 81`"]);
    assert_eq!(route("west when w is carts and fit >= 20  east otherwise"), ["every lead reaches `fit >= 20`"]);
    assert_eq!(route("east when w is carts and beds > 3  east otherwise"), ["every lead would get the same without the row `east` of `r`"]);
    // the row between them takes what carts alone would get again
    assert_eq!(route("east when beds > 3  west when w is pumps and beds > 2  east otherwise"), [""; 0]);
}
