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
