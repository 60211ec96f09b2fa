//! Suggested tests: they are read, checked and pass where they are put, and reach what no test reached.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use leadwright::policy::Policy;
use leadwright::testing::suggest::text;
use leadwright::testing::{Selection, TestOutcome};

/// Every file below a folder.
fn files_below(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            files_below(&path, &format!("{name}/"), files);
        } else if path.extension().is_some_and(|extension| extension == "lead" || extension == "csv") {
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn load(files: &BTreeMap<String, String>, entry: &str) -> Policy {
    Policy::load(files, entry).unwrap_or_else(|refused| panic!("{:?}", refused.diagnostics))
}

/// Puts the suggestions behind the policy. Leaves: places reached before, after, and all of them.
#[track_caller]
fn with_suggestions(mut files: BTreeMap<String, String>, entry: &str) -> (usize, usize, usize) {
    let own = files.get_mut(entry).unwrap();
    *own = leadwright::format::format(entry, own).unwrap();
    let policy = load(&files, entry);
    let before = policy.coverage(&Selection::default()).unwrap().covered();
    let suggestions = policy.suggest_tests().unwrap();
    let added = text(&suggestions, policy.sources());
    files.get_mut(entry).unwrap().push_str(&format!("\n{added}"));
    let both = &files[entry];
    assert!(leadwright::format::format(entry, both).is_ok_and(|again| again == *both), "they are not in the one form:\n{added}");
    let policy = load(&files, entry);
    for result in policy.test(&Selection::default()).unwrap() {
        assert_eq!(result.outcome, TestOutcome::Passed, "{}", result.title);
    }
    let coverage = policy.coverage(&Selection::default()).unwrap();
    // nothing is promised that is not kept, and what is left is really left
    assert_eq!(coverage.places.len() - coverage.covered(), suggestions.left.len());
    (before, coverage.covered(), coverage.places.len())
}

fn example(name: &str) -> (BTreeMap<String, String>, String) {
    let mut files = BTreeMap::new();
    files_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name), "", &mut files);
    (files, format!("{name}.lead"))
}

#[test]
fn suggestions_for_the_examples_pass_and_reach_almost_everything() {
    for name in ["medbank", "stage_gates", "gitlab"] {
        let (files, entry) = example(name);
        let (before, after, all) = with_suggestions(files, &entry);
        assert!(after > before && after * 100 >= all * 95, "{name}: {before}, then {after} of {all}");
    }
}

#[test]
fn a_policy_without_tests_gets_some() {
    for name in ["medbank", "stage_gates"] {
        let (mut files, entry) = example(name);
        for text in files.values_mut() {
            if let Some(start) = text.find("\ntest \"") {
                // tests stand at the end of the examples' files
                text.truncate(start + 1);
            }
        }
        let (before, after, all) = with_suggestions(files, &entry);
        assert!(before == 0 && after * 100 >= all * 80, "{name}: {after} of {all}");
    }
}

const SMALL: &str = r#"leadwright 1
policy p { currency USD }
lead {
  id      text  key
  beds    whole 0..50_000 optional
  rival   yes_no
  state   text optional
}
score fit {
  section size points {
    beds { 100 to 499 7  500 or more 9  under 100 1  missing 0 }
  }
}
decide status {
  out   when rival
  hot   when fit >= 7 and state is one of "OH", "N\"Y"
  cold  otherwise
}
test "one" {
  lead   { rival no  beds 99 }
  expect { status cold }
}
"#;

/// By hand: the lead of the only test with one value changed to the nearest end of the band that is asked for.
#[test]
fn what_is_suggested_is_plain() {
    let policy = load(&BTreeMap::from([("p.lead".to_owned(), SMALL.to_owned())]), "p.lead");
    let suggestions = policy.suggest_tests().unwrap();
    assert!(suggestions.left.is_empty());
    let expected = r#"# suggested; expects what comes out today: confirm it, or mend the policy
# reaches score fit (p.lead:11), beds: 100 to 499
test "score fit, beds: 100 to 499" {
  as of   2026-01-15T12:00
  lead    { beds 100  rival no }
  expect  { fit 7 }
}

# suggested; expects what comes out today: confirm it, or mend the policy
# reaches score fit (p.lead:11), beds: 500 or more
test "score fit, beds: 500 or more" {
  as of   2026-01-15T12:00
  lead    { beds 500  rival no }
  expect  { fit 9 }
}

# suggested; expects what comes out today: confirm it, or mend the policy
# reaches score fit (p.lead:11), beds: missing
test "score fit, beds: missing" {
  as of   2026-01-15T12:00
  lead    { rival no }
  expect  { fit 0 }
}

# suggested; expects what comes out today: confirm it, or mend the policy
# reaches decide status (p.lead:15), out when rival
test "decide status, out when rival" {
  as of   2026-01-15T12:00
  lead    { beds 99  rival yes }
  expect  { status out }
}

# suggested; expects what comes out today: confirm it, or mend the policy
# reaches decide status (p.lead:16), hot when fit >= 7 and state is one of "OH", "N\"Y"
"#;
    let found = text(&suggestions, policy.sources());
    assert!(found.starts_with(expected), "{found}");
    // the last one needs two values
    let last = &found[expected.len()..];
    assert!(
        last.starts_with("test \"decide status, hot when fit >= 7 and state is one of 'OH', 'N") && last.contains("state \"oh\""),
        "{last}"
    );
    assert_eq!(found, text(&policy.suggest_tests().unwrap(), policy.sources()), "the same policy gets the same suggestions");
    assert_eq!(with_suggestions(BTreeMap::from([("p.lead".to_owned(), SMALL.to_owned())]), "p.lead"), (2, 7, 7));
}

/// What nothing can reach is said to be so, and nothing is made up for it.
#[test]
fn what_cannot_be_reached_is_listed() {
    let policy = SMALL.replace("out   when rival\n", "out   when rival\n  never when beds >= 10 and beds < 5\n");
    let policy = load(&BTreeMap::from([("p.lead".to_owned(), policy)]), "p.lead");
    let suggestions = policy.suggest_tests().unwrap();
    let left: Vec<&str> = suggestions.left.iter().map(|place| place.what.as_str()).collect();
    assert_eq!(left, ["never when beds >= 10 and beds < 5"]);
    let text = text(&suggestions, policy.sources());
    assert!(
        text.ends_with("\n# no lead that was tried reaches\n# - decide status (p.lead:16), never when beds >= 10 and beds < 5\n"),
        "{text}"
    );
}
