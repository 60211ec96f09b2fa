//! `leadwright lint` and `leadwright rule`, as a user runs them.

use std::fs;

use super::{Folder, run};

const HEAD: &str = "leadwright 1\npolicy example { version \"1\" }\nlead { lead_id text key   beds whole 0..50_000 }\n\n";

/// Findings of these two rules alone, so that new rules change nothing here.
const ONLY: [&str; 2] = ["--only", "unused-let,repeated-condition,bad-suppression,unused-allow,unmet-expect,stale-baseline"];

fn lint(folder: &Folder, arguments: &[&str]) -> super::Ran {
    let policies = folder.name("");
    run(&[&["lint", &policies, "--as-of", "2026-11-18"], &ONLY[..], arguments].concat())
}

#[track_caller]
fn refused(ran: &super::Ran, part: &str) {
    assert!(ran.sentence().contains(part), "{ran:?}");
}

#[test]
fn findings_end_with_exit_code_1() {
    let folder = Folder::new(&[("example.lead", &format!("{HEAD}let big = beds >= 500\n"))]);
    let ran = lint(&folder, &[]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.contains("warning[unused-let]: nothing reads `big`"), "{}", ran.out);
    assert!(ran.out.ends_with("1 warning in 1 file\n1 can be mended with `--unsafe-fixes`\n"), "{}", ran.out);
    assert_eq!(lint(&folder, &["--fail-on", "error"]).code, 0);
    assert_eq!(lint(&folder, &["--level", "unused-let=note"]).code, 0);
    assert_eq!(lint(&folder, &["--ignore", "unused-let"]).out, "1 policy: nothing found\n");
}

#[test]
fn a_patch_is_no_report() {
    let folder = Folder::new(&[("example.lead", &format!("{HEAD}let big = beds >= 500\n"))]);
    for kind in ["json", "sarif", "github", "gitlab", "junit", "markdown"] {
        refused(&lint(&folder, &["--unsafe-fixes", "--diff", "--output", kind]), "`--diff` shows a patch, which has no other form");
    }
    assert!(lint(&folder, &["--unsafe-fixes", "--diff", "--output", "human"]).out.contains("-let big"));
}

#[test]
fn mistakes_come_before_findings() {
    let folder = Folder::new(&[("example.lead", &format!("{HEAD}let big = bed >= 500\nlet small = beds < 5\n"))]);
    let ran = lint(&folder, &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("error[E0201]") && !ran.out.contains("unused-let"), "{}", ran.out);
}

#[test]
fn comments_keep_findings_quiet() {
    let allowed = "# allow(unused-let): the CRM shows it\nlet big = beds >= 500\nlet small = beds < 5   # expect(unused-let): soon\n";
    let folder = Folder::new(&[("example.lead", &format!("{HEAD}{allowed}"))]);
    assert_eq!(lint(&folder, &[]).out, "1 policy: nothing found\n");
    // above the version it speaks of the whole file
    fs::write(folder.name("example.lead"), format!("# allow(unused-let): a library\n{HEAD}let big = beds >= 500\nlet small = beds < 5\n"))
        .unwrap();
    assert_eq!(lint(&folder, &[]).out, "1 policy: nothing found\n");
    let behind = HEAD.replace("leadwright 1", "leadwright 1   # allow(unused-let): a library");
    fs::write(folder.name("example.lead"), format!("{behind}let big = beds >= 500\nlet small = beds < 5\n")).unwrap();
    assert_eq!(lint(&folder, &[]).out, "1 policy: nothing found\n");
    fs::write(folder.name("example.lead"), format!("{HEAD}# allow(unused-let)\nlet big = beds >= 500\n")).unwrap();
    let ran = lint(&folder, &[]);
    assert!(ran.out.contains("error[bad-suppression]: this `allow` gives no reason") && ran.out.contains("unused-let"), "{}", ran.out);
}

#[test]
fn a_comment_that_nearly_allows_is_told() {
    for comment in [
        "# Allow(unused-let): the CRM reads it",
        "# allow (unused-let): the CRM reads it",
        "#EXPECT(unused-let): why",
        "# allow[unused-let]: the CRM reads it",
        "# allow{unused-let}: the CRM reads it",
        "# expect <unused-let>: soon",
        "# allow unused-let: the CRM reads it",
        "# allow: unused-let",
        "## allow(unused-let): the CRM reads it",
    ] {
        let policy = format!(
            "{HEAD}{comment}\nlet big = beds >= 500\n# Allow (most) leads\n# allow most [of] them: all\n# allowed[unused-let]\n# allow\n"
        );
        let folder = Folder::new(&[("p.lead", &policy)]);
        let ran = lint(&folder, &[]);
        assert!(ran.out.contains("keeps nothing quiet") && ran.out.contains("warning[unused-let]"), "{comment}: {}", ran.out);
        assert_eq!(ran.out.matches("bad-suppression").count(), 1, "{comment}: {}", ran.out);
    }
}

#[test]
fn the_closest_configuration_counts() {
    let policy = format!("{HEAD}let big = beds >= 500\n");
    let folder = Folder::new(&[
        ("leadwright.toml", "[lint.rules]\nunused-let = \"off\"\n"),
        ("a/a.lead", &policy),
        ("b/leadwright.toml", "[lint.rules]\nunused-let = \"error\"\n"),
        ("b/b.lead", &policy),
    ]);
    let ran = run(&["lint", &folder.name(""), "--ignore", "governance,style", "--ignore", "unused-field"]);
    assert_eq!((ran.code, ran.out.matches("error[unused-let]").count(), ran.out.matches("unused-let").count()), (1, 1, 1), "{}", ran.out);
    fs::write(folder.name("leadwright.toml"), "[lint.rules]\nunused-led = \"off\"\n").unwrap();
    let ran = run(&["lint", &folder.name("a")]);
    assert!(!ran.err.contains("/leadwright.toml"), "a path from the top: {ran:?}");
    refused(&ran, "leadwright.toml:2:1: there is no rule `unused-led`; did you mean `unused-let`?");
    refused(&run(&["lint", &folder.name("b"), "--only", "styel"]), "there is no rule or group `styel`; did you mean `style`?");
    refused(&run(&["lint", &folder.name("b"), "--level", "unused-let"]), "write a rule or a group, `=` and a level");
}

#[test]
fn safe_fixes_are_applied_and_unsafe_ones_when_asked_for() {
    let text = format!(
        "{HEAD}let big = beds >= 500\nlet odd = beds > 5 and beds < 9 and beds > 5 and beds > 5\ndecide d {{ a when odd   b otherwise }}\n"
    );
    let folder = Folder::new(&[("example.lead", &text)]);
    let shown = lint(&folder, &["--fix", "--diff"]);
    assert!(
        shown.code == 1
            && shown.out.contains("-let odd = beds > 5 and beds < 9 and beds > 5 and beds > 5\n+let odd = beds > 5 and beds < 9\n"),
        "{}",
        shown.out
    );
    assert_eq!(fs::read_to_string(folder.name("example.lead")).unwrap(), text);
    let ran = lint(&folder, &["--fix"]);
    assert!(ran.code == 1 && ran.out.contains("; 2 mended\n"), "{}", ran.out);
    let safe = fs::read_to_string(folder.name("example.lead")).unwrap();
    assert_eq!(safe, text.replace(" and beds > 5 and beds > 5", ""));
    let ran = lint(&folder, &["--unsafe-fixes"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "1 policy: nothing found; 1 mended\n"));
    assert_eq!(fs::read_to_string(folder.name("example.lead")).unwrap(), safe.replace("let big = beds >= 500\n", ""));
}

/// Who else uses a file need not be named for that.
#[test]
fn a_file_that_another_policy_uses_is_judged_with_that_policy_alone() {
    let policy = |reads: &str| {
        format!(
            "leadwright 1\npolicy p {{ version \"1\" }}\nlead {{ id text key  beds whole 0..9 }}\nuse \"common/all.lead\"\n\
             decide d {{ a when {reads}   b otherwise }}\n"
        )
    };
    let common = "leadwright 1\nlet one = beds > 1\nlet two = beds > 2\n# expect(unused-let): soon\nlet three = beds > 3\n";
    let folder = Folder::new(&[("x.lead", &policy("one or three")), ("y.lead", &policy("two")), ("common/all.lead", common)]);
    let (x, y) = (folder.name("x.lead"), folder.name("y.lead"));
    let lint = |policies: &[&str], more: &[&str]| run(&[&["lint"], policies, &["--as-of", "2026-11-18"], &ONLY[..], more].concat());
    for alone in [&x, &y] {
        let ran = lint(&[alone], &[]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "1 policy: nothing found\n"), "{alone}");
        assert_eq!(lint(&[alone], &["--unsafe-fixes", "--diff"]).out, "");
    }
    // both need one of them, so together nothing is unused, and the comment speaks of nothing
    fs::write(folder.name("y.lead"), policy("three")).unwrap();
    let ran = lint(&[&x, &y], &[]);
    assert_eq!((ran.out.matches("nothing reads").count(), ran.out.matches("nothing reads `two`").count()), (1, 1), "{}", ran.out);
    assert_eq!(ran.out.matches("`unused-let` is expected and not found").count(), 1, "{}", ran.out);
    assert!(!lint(&[&y], &[]).out.contains("nothing reads"));
    fs::remove_file(&x).unwrap();
    assert_eq!(lint(&[&y], &[]).out.matches("nothing reads").count(), 2);
}

/// By itself it would be nothing but mistakes.
#[test]
fn a_part_of_a_policy_is_no_policy() {
    let policy = "leadwright 1\npolicy p { version \"1\" }\nlead { id text key }\nuse \"common/a.lead\"\nuse \"common/b.lead\"\n";
    let folder = Folder::new(&[
        (".git/HEAD", ""),
        ("p.lead", policy),
        ("common/a.lead", "leadwright 1\nteam a\n"),
        ("common/b.lead", "leadwright 1\nteam b\n"),
    ]);
    let (file, shared) = (folder.name("common/a.lead"), folder.name("common"));
    for words in [["lint", &file], ["check", &file], ["test", &file], ["prove", &file], ["lint", &shared], ["check", &shared]] {
        let ran = run(&words);
        let part = format!("`{}` is no policy but a part of `p.lead`, which uses it: ", words[1]);
        assert!(ran.sentence().starts_with(&part), "{words:?}: {}", ran.sentence());
    }
    // what no policy uses, and what has lost its header, is looked at as it is
    fs::write(folder.name("p.lead"), policy.replace("use \"common/b.lead\"\n", "")).unwrap();
    assert_eq!(run(&["check", &folder.name("common/b.lead")]).code, 1);
    fs::write(folder.name("common/a.lead"), "leadwright 1\nlead { id text key }\n").unwrap();
    assert!(run(&["check", &folder.name("common/a.lead")]).out.contains("there is no `policy` header"));
}

/// What one policy does not need, the other does.
#[test]
fn a_shared_file_belongs_to_all_its_policies() {
    let policy = |uses: &str| {
        format!(
            "leadwright 1\npolicy p {{ version \"1\" }}\nlead {{ id text key  beds whole 0..9 }}\nuse \"common.lead\"\ndecide d {{ a when {uses}   b otherwise }}\n"
        )
    };
    let common = "leadwright 1\nlet one = beds > 1\nlet two = beds > 2\nlet three = beds > 3\n";
    let folder = Folder::new(&[("x.lead", &policy("one")), ("y.lead", &policy("two")), ("common.lead", common)]);
    let ran = lint(&folder, &[]);
    assert_eq!((ran.out.matches("unused-let").count(), ran.out.contains("nothing reads `three`")), (1, true), "{}", ran.out);
    // and so no fix takes anything out of it
    assert_eq!(lint(&folder, &["--unsafe-fixes"]).code, 1);
    assert_eq!(fs::read_to_string(folder.name("common.lead")).unwrap(), common);
}

#[test]
fn a_baseline_knows_findings_whose_lines_have_moved() {
    let folder = Folder::new(&[("example.lead", &format!("{HEAD}let big = beds >= 500\n"))]);
    let baseline = folder.name("known.json");
    let ran = lint(&folder, &["--write-baseline", &baseline]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""));
    assert!(ran.err.starts_with("wrote 1 finding to "), "{}", ran.err);
    fs::write(folder.name("example.lead"), format!("{HEAD}\n\n# moved\nlet big = beds >= 500\nlet new = beds < 5\n")).unwrap();
    let ran = lint(&folder, &["--baseline", &baseline]);
    assert_eq!((ran.code, ran.out.contains("`new`"), ran.out.contains("`big`")), (1, true, false), "{}", ran.out);
    assert!(ran.out.contains("1 warning in 1 file; 1 known to the baseline\n"), "{}", ran.out);
    fs::write(folder.name("example.lead"), HEAD).unwrap();
    let ran = lint(&folder, &["--baseline", &baseline]);
    assert!(ran.code == 1 && ran.out.contains("warning[stale-baseline]"), "{}", ran.out);
    fs::write(&baseline, "{}").unwrap();
    refused(&lint(&folder, &["--baseline", &baseline]), "cannot use the baseline");
}

#[test]
fn the_formats_of_every_command() {
    let folder = Folder::new(&[("example.lead", &format!("{HEAD}let big = beds >= 500\n"))]);
    let json: serde_json::Value = serde_json::from_str(&lint(&folder, &["--output", "json"]).out).unwrap();
    assert_eq!(
        (&json["leadwright"], &json["warnings"], &json["diagnostics"][0]["code"]),
        (&"lint".into(), &1.into(), &"unused-let".into())
    );
    let sarif = lint(&folder, &["--output", "sarif"]).out;
    assert!(sarif.contains("\"ruleId\": \"unused-let\"") && sarif.contains("nothing reads"), "{sarif}");
}

#[test]
fn a_rule_has_its_page_on_the_terminal() {
    let ran = run(&["rule", "unused-let"]);
    assert!(ran.code == 0 && ran.out.starts_with("unused-let: a derived value that nothing reads\n"), "{}", ran.out);
    let all = run(&["rule"]);
    assert!(all.code == 0 && leadwright::lint::RULES.iter().all(|rule| all.out.contains(rule.name)), "{}", all.out);
    refused(&run(&["rule", "unused_let"]), "there is no rule `unused_let`; did you mean `unused-let`?");
}

/// What `--only` these rules finds in a policy whose lead has also a number with places.
fn only(rules: &str, rest: &str) -> super::Ran {
    let text = format!(
        "leadwright 1\npolicy example {{ version \"1\" }}\nlead {{ lead_id text key   beds whole 0..100   rating decimal 2 0..5 }}\n\n{rest}"
    );
    let folder = Folder::new(&[("example.lead", &text)]);
    run(&["lint", &folder.name(""), "--as-of", "2026-11-18", "--only", rules, "--output", "json"])
}

#[test]
fn a_between_is_one_threshold() {
    let score = "score fit from 0 to 100 { section size 100% { beds 100% { 50 or more 10   under 50 0 } } }\n";
    let found = |row: &str| only("unreachable-threshold", &format!("{score}decide grade {{ top when {row}   low otherwise }}\n")).out;
    for inside in ["fit between 60 and 100", "fit between 0 and 50"] {
        assert!(!found(inside).contains("unreachable-threshold\""), "{inside}: {}", found(inside));
    }
    let all = found("fit between 0 and 100");
    assert_eq!(all.matches("`fit` always reaches this").count(), 1, "{all}");
    let none = only(
        "unreachable-threshold",
        "score fit from 0 to 100 { section size 100% { beds 100% { 50 or more 9   under 50 0 } } }\ndecide grade { top when fit between 92 and 99   low otherwise }\n",
    );
    assert_eq!((none.out.matches("never reaches this").count(), none.out.matches("always reaches this").count()), (1, 0), "{}", none.out);
}

/// What text alone shows is told by the rule; `check` proves that too, and what takes a proof alone.
#[test]
fn a_threshold_out_of_reach_is_proved_by_check_and_told_by_lint_where_text_shows_it() {
    let by_sums = "score fit from 0 to 100 { section size 100% { beds 100% { 50 or more 9   under 50 1 } } }\n";
    let by_proof = "let big = beds >= 50\nlet small = beds < 50\n\
                    score fit from 0 to 100 { section size 100% { big 50% { yes 9   no 1 }   small 50% { yes 9   no 1 } } }\n";
    for (score, row, by_lint, code) in [
        (by_sums, "fit >= 95", true, "E0805"),
        (by_sums, "fit >= 5", true, "E0806"),
        (by_proof, "fit >= 60", false, "E0805"),
        (by_proof, "fit >= 40", false, "E0806"),
    ] {
        let text = format!(
            "leadwright 1\npolicy example {{ version \"1\" }}\nlead {{ lead_id text key   beds whole 0..100   rival yes_no }}\n\n\
             {score}decide grade {{ top when {row} and not rival   low otherwise }}\n"
        );
        let folder = Folder::new(&[("example.lead", &text)]);
        let lint = run(&["lint", &folder.name(""), "--as-of", "2026-11-18", "--only", "unreachable-threshold", "--output", "json"]).out;
        let check = run(&["check", &folder.name(""), "--output", "json"]).out;
        assert_eq!(lint.matches("\"unreachable-threshold\"").count(), usize::from(by_lint), "{row}: {lint}");
        for other in ["E0803", "E0804", "E0805", "E0806"] {
            assert_eq!(check.matches(&format!("\"{other}\"")).count(), usize::from(code == other), "{row}: {check}");
        }
    }
}

#[test]
fn a_fix_that_would_be_a_mistake_is_not_offered() {
    let backwards = only("split-range", "let odd = beds >= 10 and beds <= 3\n");
    assert!(!backwards.out.contains("between 10 and 3"), "{}", backwards.out);
    let forwards = only("split-range", "let some = beds >= 3 and beds <= 10\n");
    assert!(forwards.out.contains("beds between 3 and 10"), "{}", forwards.out);
    let twice = only("chained-is", "let odd = rating is 1.5 or rating is 1.50\n");
    assert!(twice.out.contains("chained-is") && !twice.out.contains("is one of 1.5, 1.50"), "{}", twice.out);
}

/// Of an entry that a run has no reason to find nothing is said.
#[test]
fn a_run_of_less_than_everything_finds_no_stale_entries() {
    let idle = "# allow(unused-let): the CRM shows it\nlet big = beds >= 500\nlet kept = big\nlet again = kept\n";
    let policy = |name: &str| HEAD.replace("example", name) + "use \"common.lead\"\n";
    let common = format!("leadwright 1\n{idle}let twice = beds > 1 and beds > 1\n");
    let folder = Folder::new(&[("x.lead", &policy("x")), ("y.lead", &policy("y")), ("common.lead", &common)]);
    let (baseline, all) = (folder.name("known.json"), folder.name(""));
    let run_with = |paths: &[&str], flags: &[&str]| {
        run(&[&["lint"], paths, &["--as-of", "2026-11-18", "--baseline", &baseline, "--level", "stale-baseline=error"], flags].concat())
    };
    assert_eq!(run(&["lint", &all, "--as-of", "2026-11-18", "--write-baseline", &baseline]).code, 0);
    assert!(fs::read_to_string(&baseline).unwrap().contains("unused-allow"));
    for flags in
        [&[][..], &["--ignore", "unused-let"], &["--only", "style"], &["--only", "unused-allow,stale-baseline"], &["--level", "style=note"]]
    {
        let ran = run_with(&[&all], flags);
        assert!(!ran.out.contains("stale-baseline"), "{flags:?}: {}", ran.out);
    }
    // an entry about a file that another policy uses too may be about what that one makes of it
    let text = fs::read_to_string(&baseline).unwrap();
    let more = text.replacen("    {\n", "    { \"path\": \"common.lead\", \"rule\": \"alias-let\", \"text\": \"gone\" },\n    {\n", 1);
    fs::write(&baseline, more).unwrap();
    let ran = run_with(&[&folder.name("x.lead")], &[]);
    assert!(!ran.out.contains("stale-baseline"), "{}", ran.out);
    let ran = run_with(&[&all], &[]);
    assert_eq!((ran.code, ran.out.matches("error[stale-baseline]").count()), (1, 1), "{}", ran.out);
    assert!(ran.out.contains("`alias-let` of `gone` in"), "{}", ran.out);
    // nor is a policy with mistakes searched
    fs::write(&baseline, text).unwrap();
    fs::write(folder.path("x.lead"), policy("x") + "let wrong = bed > 1\n").unwrap();
    let ran = run_with(&[&all], &[]);
    assert!(ran.out.contains("error[E0201]") && !ran.out.contains("stale-baseline"), "{}", ran.out);
}

#[test]
fn an_entry_of_which_less_is_left_says_how_much() {
    let twice = format!("{HEAD}let a = beds > 1 and beds > 1\nlet b = beds > 1 and beds > 1\nlet c = a and b\n");
    let folder = Folder::new(&[("example.lead", &twice)]);
    let baseline = folder.name("known.json");
    assert_eq!(lint(&folder, &["--write-baseline", &baseline]).code, 0);
    fs::write(folder.path("example.lead"), twice.replace("b = beds > 1 and beds > 1", "b = beds > 1")).unwrap();
    let ran = lint(&folder, &["--baseline", &baseline]);
    assert!(ran.out.contains("2 times, and it is found 1 time now"), "{}", ran.out);
}

#[test]
fn a_file_that_belongs_to_no_policy_is_a_finding() {
    let policy = format!("{HEAD}use \"used.lead\"\n");
    let folder =
        Folder::new(&[("example.lead", &policy), ("used.lead", "leadwright 1\n"), ("left/draft.lead", "leadwright 1\nteam desk\n")]);
    let all = folder.name("");
    let ran = run(&["lint", &all, "--only", "unused-file,stale-baseline"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{ran:?}");
    assert!(ran.out.contains("warning[unused-file]: `left/draft.lead` is no policy"), "{}", ran.out);
    assert_eq!(run(&["lint", &all, "--only", "unused-file", "--ignore", "unused-file"]).code, 0);
    let baseline = folder.name("known.json");
    run(&["lint", &all, "--only", "unused-file,stale-baseline", "--write-baseline", &baseline]);
    let known = |paths: &str| run(&["lint", paths, "--only", "unused-file,stale-baseline", "--baseline", &baseline]);
    assert_eq!(known(&all).code, 0, "{}", known(&all).out);
    // when a policy uses it, the entry is gone
    fs::write(folder.path("example.lead"), policy + "use \"left/draft.lead\"\n").unwrap();
    assert!(known(&all).out.contains("stale-baseline"), "{}", known(&all).out);
}
