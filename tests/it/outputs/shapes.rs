//! The other formats over a repository of two policies: what is in them, and that paths start at its top, wherever the command runs.

use serde_json::{Value, json};

use super::{repository, run_in};

#[test]
fn paths_start_at_the_top_of_the_repository() {
    let folder = repository();
    for (place, path) in [("", "policies"), ("policies", "."), ("policies/eu", ".."), ("policies/eu", "../../policies/clinic.lead")] {
        for (kind, shown) in [
            ("human", "policies/clinic.lead:22:11"),
            ("json", "\"policies/clinic.lead\""),
            ("sarif", "\"policies/clinic.lead\""),
            ("github", "file=policies/clinic.lead,line=22"),
            ("gitlab", "\"policies/clinic.lead\""),
            ("junit", "\"policies/clinic.lead\""),
            ("markdown", "<code>policies/clinic.lead&#58;22&#58;11</code>"),
        ] {
            let ran = run_in(&folder.path(place), &["check", path, "--output", kind]);
            assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{place} {path} {kind}");
            assert!(ran.out.contains(shown) && !ran.out.contains("../"), "{place} {path} {kind}:\n{}", ran.out);
        }
    }
}

#[test]
fn several_policies_are_counted_together() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["check", "policies", "policies/eu/ward.lead"]);
    assert_eq!((ran.code, ran.out.lines().last()), (1, Some("1 error in 1 file of 2 policies")));
    let clean = run_in(&folder.path(""), &["check", "policies/eu", "policies/eu/ward.lead"]);
    assert!(clean.out.starts_with("ward: 5 fields"), "{}", clean.out);
    let emit = run_in(&folder.path(""), &["check", "policies", "--emit", "program"]);
    assert!(emit.sentence().contains("shows one policy"), "{}", emit.err);
}

#[test]
fn the_same_findings_give_the_same_bytes() {
    let (one, two) = (repository(), repository());
    for kind in ["json", "sarif", "github", "gitlab", "junit", "markdown"] {
        for command in ["check", "test"] {
            let ran = |folder: &crate::cli::Folder| run_in(&folder.path("policies"), &[command, "eu/ward.lead", "--output", kind]);
            let first = ran(&one);
            assert_eq!((first.code, &first.out), (i32::from(command == "test"), &ran(&two).out), "{command} {kind}");
        }
    }
}

#[test]
fn sarif_has_a_rule_for_each_result() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["check", "policies", "--output", "sarif"]);
    let log: Value = serde_json::from_str(&ran.out).unwrap();
    let run = &log["runs"][0];
    assert_eq!((&log["version"], &run["automationDetails"]["id"]), (&"2.1.0".into(), &"leadwright/check/".into()));
    assert_eq!(run["invocations"], json!([{ "executionSuccessful": true, "exitCode": 1, "toolExecutionNotifications": [] }]));
    let rule = &run["tool"]["driver"]["rules"][0];
    assert_eq!((&rule["id"], &rule["shortDescription"]["text"]), (&"E0401".into(), &"weights total less than 100 %".into()));
    assert!(rule["help"]["markdown"].as_str().unwrap().contains("## Instead"), "{rule}");
    let result = &run["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&"E0401".into(), &"error".into()));
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"], json!({ "uri": "policies/clinic.lead", "uriBaseId": "%SRCROOT%" }));
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&22.into(), &11.into()));
    assert_eq!(result["partialFingerprints"]["leadwright/v1"].as_str().unwrap().len(), 32);
}

#[test]
fn a_failed_test_is_a_finding() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["test", "policies/eu", "--output", "github"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("::error file=policies/eu/ward.lead,line=") && ran.out.lines().count() == 1, "{}", ran.out);
    assert!(ran.out.contains("title=failed-test::the test `a large hospital is hot` fails: `fit` is `100`, expected `61`"), "{}", ran.out);
    let log: Value = serde_json::from_str(&run_in(&folder.path(""), &["test", "policies/eu", "--output", "sarif"]).out).unwrap();
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["shortDescription"]["text"], "a test of the policy fails");
}

#[test]
fn a_test_is_a_test_case() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["test", "policies/eu", "--output", "junit"]);
    let report = quick_junit::Report::deserialize_from_str(&ran.out).unwrap();
    let case = &report.test_suites[0].test_cases[0];
    assert_eq!((report.tests, report.failures, report.test_suites[0].name.as_str()), (1, 1, "ward"));
    assert_eq!((case.name.as_str(), case.extra["file"].as_str()), ("a large hospital is hot", "policies/eu/ward.lead"));
    let quick_junit::TestCaseStatus::NonSuccess { message, description, .. } = &case.status else { panic!("{case:?}") };
    assert_eq!(message.as_ref().unwrap().as_str(), "`fit` is `100`, expected `61`");
    assert!(description.as_ref().unwrap().contains("expected 61"), "{description:?}");
}

#[test]
fn a_file_is_a_test_case_of_a_check() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["check", "policies", "--output", "junit"]);
    let report = quick_junit::Report::deserialize_from_str(&ran.out).unwrap();
    let names: Vec<&str> = report.test_suites[0].test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!((names, report.failures), (vec!["policies/clinic.lead", "policies/eu/ward.lead"], 1));
}

#[test]
fn gitlab_has_a_list_that_may_be_empty() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["check", "policies", "--output", "gitlab"]);
    let list: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(list[0]["location"], json!({ "path": "policies/clinic.lead", "lines": { "begin": 22, "end": 22 } }));
    assert_eq!((&list[0]["check_name"], &list[0]["severity"]), (&"E0401".into(), &"critical".into()));
    assert_eq!(run_in(&folder.path(""), &["check", "policies/eu", "--output", "gitlab"]).out, "[]\n");
}

#[test]
fn a_policy_with_mistakes_has_no_tests_that_run() {
    let folder = repository();
    let ran = run_in(&folder.path(""), &["test", "policies/clinic.lead", "--output", "json"]);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((ran.code, &report["tests"], &report["errors"]), (1, &json!([]), &1.into()));
    let human = run_in(&folder.path(""), &["test", "policies/clinic.lead"]);
    assert!(human.out.ends_with("1 error in 1 file; no test was run\n"), "{}", human.out);
}

#[test]
fn what_cannot_run_is_a_sentence_whatever_the_format() {
    for kind in ["human", "json", "sarif", "github", "gitlab", "junit", "markdown"] {
        for command in ["check", "test"] {
            let ran = crate::cli::run(&[command, "/no/such/folder", "--output", kind]);
            assert_eq!(ran.sentence(), "there is no file or folder `/no/such/folder`");
        }
    }
}
