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
fn several_policies_have_one_summary() {
    let named = |name: &str| POLICY.replace("policy clinic", &format!("policy {name}"));
    let failing = named("us").replace("expect { fit 100", "expect { fit 99");
    let folder = Folder::new(&[("eu/eu.lead", &named("eu")), ("us/deep/us.lead", &failing), ("notes.txt", "")]);
    let all = folder.name("");
    let ran = run(&["test", &all]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    assert!(ran.out.starts_with("eu/eu.lead\nok      a large hospital is hot\n\nus/deep/us.lead\nFAILED  a large"), "{}", ran.out);
    assert!(ran.out.ends_with("\n\n1 test failed, 1 passed in 2 policies\n"), "{}", ran.out);
    let eu = folder.name("eu");
    let ran = run(&["test", &eu, &folder.name("us"), "--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let tests: Vec<_> = json["tests"].as_array().unwrap().iter().map(|test| (&test["policy"], &test["outcome"])).collect();
    assert_eq!(tests, [(&"eu".into(), &"passed".into()), (&"us".into(), &"failed".into())]);

    // the tests of one run where the other has mistakes
    std::fs::write(folder.path("us/deep/us.lead"), failing.replace("site 40%", "site 30%")).unwrap();
    let ran = run(&["test", &all]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("error[E0401]") && ran.out.contains("no test was run\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\n\n1 test passed on both evaluators in 2 policies; 1 policy has mistakes\n"), "{}", ran.out);

    // what each reaches, and all of them
    std::fs::write(folder.path("us/deep/us.lead"), named("us")).unwrap();
    let places = |path: &str| -> (u64, u64) {
        let json: serde_json::Value = serde_json::from_str(&run(&["test", path, "--coverage", "--output", "json"]).out).unwrap();
        (json["coverage"]["covered"].as_u64().unwrap(), json["coverage"]["places"].as_u64().unwrap())
    };
    let (covered, of) = places(&eu);
    assert_eq!(places(&all), (2 * covered, 2 * of));
    let ran = run(&["test", &all, "--min-coverage", "100"]);
    assert_eq!(ran.code, 1);
    assert_eq!((ran.err.matches("less than the 100 %").count(), ran.err.contains("of `us/deep/us.lead`")), (2, true), "{}", ran.err);

    assert!(run(&["test", &all, "--suggest"]).sentence().contains("`--suggest` is for one policy, and there are 2 here"));
    assert!(run(&["test", &all, "--filter", "nothing"]).sentence().starts_with("none of the policies' tests has `nothing`"));
    std::fs::create_dir(folder.path("empty")).unwrap();
    assert!(
        run(&["test", &folder.name("empty")])
            .sentence()
            .ends_with("holds no policy: no `.lead` file in or beneath it has a line that begins with `policy`")
    );
    let above = run(&["score", &all, &folder.name("notes.txt"), "-o", &folder.name("out.csv")]);
    assert!(above.sentence().ends_with("/eu/eu.lead` and 1 more: name one policy"), "{above:?}");
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
    let sarif: serde_json::Value =
        serde_json::from_str(&run(&["test", &policy, "--min-coverage", "100", "--output", "sarif"]).out).unwrap();
    assert_eq!(sarif["runs"][0]["invocations"][0]["exitCode"], 1);
    let fails = run(&["test", &policy, "--min-coverage", "100", "--output", "json"]);
    assert_eq!(fails.code, 1);
    assert!(fails.err.starts_with("the tests reach ") && fails.err.ends_with(" asked for by `--min-coverage`\n"), "{}", fails.err);
    let json: serde_json::Value = serde_json::from_str(&fails.out).unwrap();
    let coverage = &json["coverage"];
    let uncovered = coverage["uncovered"].as_array().unwrap().len() as u64;
    assert_eq!(coverage["covered"].as_u64().unwrap() + uncovered, coverage["places"].as_u64().unwrap());
    assert!(!run(&["test", &policy]).out.contains("coverage"));
    assert!(run(&["test", &policy, "--min-coverage", "101"]).code == 2);
    // exactly at the share is enough, and one part in a million more is not
    let (covered, places) = (coverage["covered"].as_u64().unwrap(), coverage["places"].as_u64().unwrap());
    let (below, above) = (covered * 100_000_000 / places, covered * 100_000_000 / places + 1);
    assert_ne!(covered * 100_000_000 % places, 0, "the share has an end, and this test needs one that has none");
    let millionths = |share: u64| format!("{}.{:06}", share / 1_000_000, share % 1_000_000);
    assert_eq!(run(&["test", &policy, "--min-coverage", &millionths(below)]).code, 0);
    let fails = run(&["test", &policy, "--min-coverage", &millionths(above)]);
    assert!(fails.code == 1 && fails.err.contains(&format!("less than the {} %", millionths(above).trim_end_matches('0'))), "{fails:?}");
    // where the tools are, they read it
    if let Ok(lcov_tool) = std::process::Command::new("lcov").args(["--summary", &lcov]).output() {
        assert!(lcov_tool.status.success(), "{}", String::from_utf8_lossy(&lcov_tool.stderr));
    }
}

#[test]
fn too_little_coverage_is_a_finding_of_every_report() {
    let folder = clinic();
    let policy = folder.name("clinic");
    for kind in ["json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let report = |least: &str| run(&["test", &policy, "--min-coverage", least, "--output", kind]);
        let (short, enough) = (report("100"), report("0"));
        assert_eq!((short.code, enough.code), (1, 0), "{kind}");
        assert!(short.out.contains("low-coverage") && short.out.contains(" asked for"), "{kind}: {}", short.out);
        assert!(!enough.out.contains("low-coverage"), "{kind}: {}", enough.out);
    }
    let github = run(&["test", &policy, "--min-coverage", "100", "--output", "github"]).out;
    assert!(github.contains("line=3,"), "{github}");
}

#[test]
fn a_value_that_no_row_gives_fails_its_own_test_alone() {
    let other = POLICY[POLICY.find("test \"").unwrap()..].replace("test \"a large", "test \"another large");
    let cases = [
        (POLICY.replace("expect { fit 100", "expect { fit 99"), "fit  expected 99"),
        // beyond what rows and weights give, of a section and of a score without range; and with more places than either has
        (POLICY.replace("expect { fit 100", "expect { fit 100  fit.size 101"), "fit.size  expected 101"),
        (POLICY.replace("expect { fit 100", "expect { fit 106").replace(" from 0 to 100", ""), "fit  expected 106"),
        (POLICY.replace("expect { fit 100", "expect { fit 99.875"), "fit  expected 99.875"),
        (POLICY.replace("expect { fit 100", "expect { fit 100  fit.size 99.5"), "fit.size  expected 99.5"),
    ];
    for (policy, shown) in cases {
        assert_ne!(policy, POLICY);
        let folder = Folder::new(&[("clinic.lead", &format!("{policy}\n{other}"))]);
        let ran = run(&["test", &folder.name("clinic.lead")]);
        assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
        assert!(ran.out.contains("ok      another large") && ran.out.contains(shown), "{}", ran.out);
    }
}
