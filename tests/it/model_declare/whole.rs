//! Many mistakes in one run, and policies without any.

use std::collections::BTreeMap;

use leadwright::diagnostic::{Code, Severity};
use leadwright::model::check;

use super::{AREAS, HEAD, LEAD, check_files, codes, mistake, one, show, way_out, wrong_rows};

#[test]
fn one_run_reports_everything() {
    let policy = "leadwright 1\npolicy p {\n  owner nobody\n  timezone \"Mars\"\n}\nlead {\n  id text key\n  a money\n  b whole 9..1\n}\n\
                  stage x\nqueue q\nroute r {\n  z otherwise\n}\nsignal s by ghosts\ntable t from \"t.csv\" {\n  k text key\n}\n\
                  test \"t\" {\n  lead { b 3 c 4 }\n}\n";
    let checked = check_files(&[("p.lead", policy)]);
    let mut found = codes(&checked);
    found.sort_unstable();
    let expected = ["E0106", "E0112", "E0205", "E0205", "E0206", "E0214", "E0310", "E0501", "E0503", "E0508", "E0601", "E0603"];
    assert_eq!(found, expected, "{}", show(&checked));
    assert!(checked.diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Error && !diagnostic.labels.is_empty()));
}

/// Files of a folder of the repository.
struct Folder(&'static str);

impl leadwright::source::Files for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, leadwright::source::ReadError> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(self.0).join(path);
        std::fs::read(path).map_err(|error| leadwright::source::ReadError::Other(error.to_string()))
    }
}

#[test]
fn the_whole_language_checks() {
    let checked = check(&Folder("tests/data/medbank_full"), "medbank.lead");
    assert_eq!(codes(&checked), ["E0702"], "{}", show(&checked));
    assert_eq!(checked.diagnostics[0].severity, Severity::Warning, "four fields of its score have no source in Marketo");
    let claims: Vec<&str> = checked.policy.claims.iter().map(|claim| claim.title.as_str()).collect();
    assert_eq!(claims, ["competitors never reach sales", "more beds never lower the score", "a clinic can still qualify"]);
}

#[test]
fn the_example_checks_and_is_evaluated_whole() {
    let checked = check(&Folder("examples/medbank"), "medbank.lead");
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
}

#[test]
fn an_unknown_name_is_one_mistake_in_many_places() {
    let text = format!(
        "{HEAD}{LEAD}let a = bedz > 3\nlet b = bedz > 5 and bedz < 9\ntest \"t\" {{\n  lead {{ sites 1  bedz 3 }}\n  expect {{ a no }}\n}}\n"
    );
    one(&[("p.lead", &text)], mistake(Code::UnknownName, "bedz", "[beds|beds|beds|beds]"));
    let checked = check_files(&[("p.lead", &text)]);
    assert_eq!(checked.diagnostics[0].labels.len(), 4);
    let many: String = (0..40).map(|row| format!("queue q{row} team slaes\n")).collect();
    let checked = check_files(&[("p.lead", &format!("{HEAD}{LEAD}team sales\n{many}"))]);
    assert_eq!(codes(&checked), ["E0205"], "{}", show(&checked));
    assert_eq!(checked.diagnostics[0].labels.len(), 12);
    assert!(way_out(&checked.diagnostics[0]).contains("28 more places"), "{}", show(&checked));
}

#[test]
fn a_broken_table_or_header_is_reported_once() {
    let rows = "state,desk,seats\nOH,west,1\nNY,east,2\n";
    let keyless = format!(
        "{HEAD}{LEAD}{}let a = areas[state].seats\nlet b = areas[state, sites].desk\n",
        AREAS.replace("state text key", "state text")
    );
    one(&[("p.lead", &keyless), ("areas.csv", rows)], mistake(Code::WrongKeys, "areas", "key"));
    let lead = LEAD.replace("id       text  key", "id       text");
    one(
        &[("p.lead", &format!("{HEAD}{lead}test \"t\" {{\n  lead {{ sites 1 }}\n  expect {{ sites 1 }}\n}}\n"))],
        mistake(Code::BadKey, "lead", "[ key]"),
    );
    one(&[("p.lead", &format!("leadwright 1\n{LEAD}"))], mistake(Code::NoPolicy, "", "policy NAME"));
    wrong_rows("statedesk,seats\nOH,west,1\nNY,east,2\n".replace("statedesk", "state").leak(), Code::TableColumnMissing, "desk", "");
}

/// A slip of the pen, anywhere in the whole example: one word left out, or one letter too much. What follows from it must not bury it.
#[test]
fn one_slip_gives_few_diagnostics() {
    let names = ["medbank.lead", "common/teams.lead", "common/signals.lead", "territories.csv"];
    let read = |path: &str| leadwright::source::Files::read(&Folder("tests/data/medbank_full"), path).expect("a file of the repository");
    let paths = names.into_iter().chain(["standards/global.lead"]);
    let files: BTreeMap<String, String> = paths.map(|path| (path.to_owned(), String::from_utf8(read(path)).expect("UTF-8"))).collect();
    let mut slips = 0;
    for path in names {
        let text = &files[path];
        let words = text.split_whitespace().map(|word| word.as_ptr() as usize - text.as_ptr() as usize);
        for (index, start) in words.enumerate().filter(|(index, _)| index % 17 == 3) {
            let end = start + text[start..].find(char::is_whitespace).unwrap_or(text.len() - start);
            let with = if index % 2 == 0 { String::new() } else { format!("{}x", &text[start..end]) };
            let mut slipped = files.clone();
            slipped.insert(path.to_owned(), format!("{}{with}{}", &text[..start], &text[end..]));
            let checked = check(&slipped, "medbank.lead");
            assert!(checked.diagnostics.len() <= 4, "{path}: `{}` becomes `{with}`:\n{}", &text[start..end], show(&checked));
            slips += 1;
        }
    }
    assert!(slips > 50, "{slips}");
}

#[test]
fn a_lead_is_bounded() {
    let fields: String = (0..4_096).map(|index| format!("  f{index} text optional\n")).collect();
    one(&[("p.lead", &format!("{HEAD}lead {{\n  id text key\n{fields}}}\n"))], mistake(Code::TooManyItems, "f4095", ""));
    let choices: Vec<String> = (0..10_001).map(|index| format!("c{index}")).collect();
    let checked = check_files(&[("p.lead", &format!("{HEAD}lead {{\n  id text key\n  a one of {}\n}}\n", choices.join(", ")))]);
    assert_eq!(codes(&checked), ["E0304"], "{}", checked.diagnostics[0].message);
}

/// Long sums and products are limited only where a part of them can leave 64 bits.
#[test]
fn long_arithmetic_is_bounded() {
    let head = format!("{HEAD}lead {{\n  id text key\n  small whole 0..9\n  wide whole\n}}\n");
    let chain = |operator: &str, name: &str, count: usize| vec![name; count].join(operator);
    let codes_of = |value: String| codes(&check_files(&[("p.lead", &format!("{head}let x = {value}\n"))]));
    assert_eq!(codes_of(chain(" + ", "wide", 4_096)), [""; 0]);
    assert_eq!(codes_of(chain(" + ", "wide", 4_097)), ["E0005"]);
    assert_eq!(codes_of(chain(" + ", "small", 5_000)), [""; 0]);
    assert_eq!(codes_of(chain(" * ", "wide", 64)), [""; 0]);
    assert_eq!(codes_of(chain(" * ", "wide", 65)), ["E0005"]);
    assert_eq!(codes_of(format!("1 / {} to 2 places", chain(" / ", "wide", 65))), ["E0005"]);
    assert_eq!(codes_of(format!("small{}", " * 1".repeat(100))), [""; 0]);
    // Parts in brackets count, unless 64 bits hold them.
    let sum = |first: &str, second: &str| codes_of(format!("({}) * 2 - ({})", chain(" + ", first, 4_000), chain(" + ", second, 97)));
    assert_eq!((sum("wide", "small"), sum("wide", "wide")), (vec![], vec!["E0005"]));
    let product = |first: usize, second: usize| codes_of(format!("({}) * ({})", chain(" * ", "wide", first), chain(" * ", "wide", second)));
    assert_eq!((product(32, 32), product(32, 33)), (vec![], vec!["E0005"]));
}

/// A broken test or claim hides no mistake elsewhere: it declares nothing that others could use.
#[test]
fn a_broken_test_hides_nothing_elsewhere() {
    let head = "leadwright 1\npolicy p {}\nteam crew\nlead { id text key   ok yes_no }\nstage a owner crew start\nstage b owner crew final\n\
        flow { a -> b after 3 days without ok }\n";
    for broken in ["", "claim \"c\" always ok and or\n", "test \"q\" {\n  as of 2026-11-30\n  lead { ok yes }\n}\n"] {
        let files = std::collections::BTreeMap::from([("policy.lead".to_string(), format!("{head}{broken}"))]);
        let checked = leadwright::model::check(&files, "policy.lead");
        let codes: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect();
        assert!(codes.contains(&"E0208"), "{broken}: {codes:?}");
        assert!(broken.is_empty() || codes.len() > 1, "{broken}: {codes:?}");
    }
}
