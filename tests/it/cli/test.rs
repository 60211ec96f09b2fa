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
