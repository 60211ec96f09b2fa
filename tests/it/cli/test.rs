//! `leadwright test`.

use super::{Folder, POLICY, clinic, example, run};

#[test]
fn tests_that_pass() {
    let folder = clinic();
    let ran = run(&["test", &folder.name("clinic")]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "ok      a large hospital is hot\n\n1 test passed on both evaluators\n");
    assert_eq!(run(&["test", &example("")]).code, 0);
}

#[test]
fn a_test_that_fails_shows_expected_found_and_why() {
    let policy = POLICY.replace("beds 600  rival no }\n  expect { fit 100", "beds 60  rival yes }\n  expect { fit 61");
    let folder = Folder::new(&[("clinic.lead", &policy)]);
    let ran = run(&["test", &folder.name("clinic.lead")]);
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn no_tests_is_said() {
    let policy = &POLICY[..POLICY.find("test \"").unwrap()];
    let folder = Folder::new(&[("clinic.lead", policy)]);
    let ran = run(&["test", &folder.name("clinic.lead")]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "no tests\n"));
}

#[test]
fn a_filter_takes_part_of_a_title() {
    let folder = clinic();
    assert!(run(&["test", &folder.name("clinic"), "--filter", "LARGE"]).out.contains("1 test passed"));
    let sentence = run(&["test", &folder.name("clinic"), "--filter", "small"]).sentence().to_owned();
    assert_eq!(sentence, "none of the policy's tests has `small` in its title");
}

#[test]
fn several_filters_and_files() {
    let second = "test \"a small clinic\" {\n  as of 2026-11-18T15:00\n  lead { site clinic rival no }\n  expect { status cold }\n}\n";
    let policy = POLICY.replace("team desk \"The desk\"", "use \"common/more.lead\"\n\nteam desk \"The desk\"");
    let folder = Folder::new(&[("clinic.lead", &policy), ("common/more.lead", &format!("leadwright 1\n\n{second}"))]);
    let passed = |arguments: &[&str]| run(&[&["test", &folder.name("clinic.lead")], arguments].concat()).out;
    let both = passed(&["--filter", "LARGE", "--filter", "small"]);
    assert!(both.contains("2 tests passed"), "{both}");
    assert_eq!(passed(&["--file", "more.lead"]), "ok      a small clinic\n\n1 test passed on both evaluators\n");
    assert!(passed(&["--file", "clinic.lead"]).starts_with("ok      a large hospital is hot\n\n1 test"));
    let none = run(&["test", &folder.name("clinic.lead"), "--file", "ore.lead", "--filter", "a"]);
    assert_eq!(none.sentence(), "none of the policy's tests has `a` in its title and stands in `ore.lead`");
}

#[test]
fn coverage_is_shown_written_and_asked_for() {
    let folder = clinic();
    let lcov = folder.name("trace.info");
    let policy = folder.name("clinic");
    let ran = run(&["test", &policy, "--coverage", "--coverage-lcov", &lcov, "--min-coverage", "10"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("1 test passed on both evaluators\n\ncoverage: "), "{}", ran.out);
    assert!(ran.out.contains("adjust -20 when rival\n"), "{}", ran.out);
    let trace = std::fs::read_to_string(folder.path("trace.info")).unwrap();
    assert!(trace.starts_with("TN:\nSF:") && trace.ends_with("end_of_record\n"), "{trace}");
    let fails = run(&["test", &policy, "--min-coverage", "100", "--output", "json"]);
    assert_eq!(fails.code, 1);
    assert!(fails.err.starts_with("the tests reach ") && fails.err.ends_with(" asked for by `--min-coverage`\n"), "{}", fails.err);
    let json: serde_json::Value = serde_json::from_str(&fails.out).unwrap();
    let coverage = &json["coverage"];
    let uncovered = coverage["uncovered"].as_array().unwrap().len() as u64;
    assert_eq!(coverage["covered"].as_u64().unwrap() + uncovered, coverage["places"].as_u64().unwrap());
    assert!(!run(&["test", &policy]).out.contains("coverage"));
    assert!(run(&["test", &policy, "--min-coverage", "101"]).code == 2);
    // where the tools are, they read it
    if let Ok(lcov_tool) = std::process::Command::new("lcov").args(["--summary", &lcov]).output() {
        assert!(lcov_tool.status.success(), "{}", String::from_utf8_lossy(&lcov_tool.stderr));
    }
}
