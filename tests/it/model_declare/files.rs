//! Files, headers and names: what a policy consists of.

use std::collections::BTreeMap;

use leadwright::diagnostic::Code;
use leadwright::model::check;

use super::{FLOW, HEAD, LEAD, STAGES, check_files, codes, mistake, one, right, show, wrong, wrong_lead};

#[test]
fn files_use_each_other_by_paths_below_the_root() {
    let entry = |path: &str| format!("{HEAD}{LEAD}use \"{path}\"\n");
    let outside = "write the path from the policy's root";
    for path in ["../x.lead", "/etc/x.lead", "C:/x.lead", "https://host/x.lead"] {
        one(&[("p.lead", &entry(path))], mistake(Code::UseOutsideRoot, Box::leak(format!("\"{path}\"").into_boxed_str()), outside));
    }
    one(&[("p.lead", &entry("a.lead"))], mistake(Code::UseNotFound, "\"a.lead\"", "the policy's root"));
    let near = [("p.lead", entry("common/a")), ("common/a.lead", "leadwright 1\n".to_owned())];
    let near: Vec<(&str, &str)> = near.iter().map(|(path, text)| (*path, text.as_str())).collect();
    one(&near, mistake(Code::UseNotFound, "\"common/a\"", "[\"common/a.lead\"]"));
    let here = [
        ("p.lead", entry("common/a.lead")),
        ("common/a.lead", "leadwright 1\nuse \"b.lead\"\n".to_owned()),
        ("common/b.lead", "leadwright 1\n".to_owned()),
    ];
    let here: Vec<(&str, &str)> = here.iter().map(|(path, text)| (*path, text.as_str())).collect();
    one(&here, mistake(Code::UseNotFound, "\"b.lead\"", "did you mean \"common/b.lead\"?"));
}

#[test]
fn a_backslash_is_mended() {
    let entry = format!("{HEAD}{LEAD}use \"common\\\\a.lead\"\n");
    one(&[("p.lead", &entry)], mistake(Code::UseOutsideRoot, "\"common\\\\a.lead\"", "[\"common/a.lead\"]"));
}

#[test]
fn a_circle_of_files_is_shown_whole() {
    let entry = format!("{HEAD}{LEAD}use \"a.lead\"\n");
    let files = [
        ("p.lead", entry.as_str()),
        ("a.lead", "leadwright 1\nuse \"b.lead\"\n"),
        ("b.lead", "leadwright 1\nuse \"c.lead\"\n"),
        ("c.lead", "leadwright 1\nuse \"a.lead\"\n"),
    ];
    one(&files, mistake(Code::UseCycle, "\"a.lead\"", "can be left out"));
    let checked = check_files(&files);
    assert_eq!(checked.diagnostics[0].message, "files use each other in a circle: `a.lead` -> `b.lead` -> `c.lead` -> `a.lead`");
    assert_eq!(checked.diagnostics[0].labels.len(), 3);
    one(&[("p.lead", &format!("{HEAD}{LEAD}use \"p.lead\"\n"))], mistake(Code::UseCycle, "\"p.lead\"", ""));
}

#[test]
fn a_file_used_twice_is_read_once() {
    let entry = format!("{HEAD}{LEAD}use \"a.lead\"\nuse \"b.lead\"\nuse \"./a.lead\"\n");
    let files = [("p.lead", entry.as_str()), ("a.lead", "leadwright 1\nteam sales\n"), ("b.lead", "leadwright 1\nuse \"a.lead\"\n")];
    let checked = check_files(&files);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    assert_eq!(checked.files.len(), 3);
}

#[test]
fn a_chain_of_a_thousand_files_is_the_limit() {
    let chain = |count: usize| {
        let mut files = BTreeMap::from([("p.lead".to_owned(), format!("{HEAD}{LEAD}use \"f1.lead\"\n"))]);
        for index in 1..count {
            let next = if index + 1 < count { format!("use \"f{}.lead\"\n", index + 1) } else { String::new() };
            files.insert(format!("f{index}.lead"), format!("leadwright 1\n{next}"));
        }
        check(&files, "p.lead")
    };
    assert!(chain(1_000).diagnostics.is_empty());
    assert_eq!(codes(&chain(1_001)), ["E0005"]);
}

#[test]
fn files_are_utf_8_and_of_bounded_size() {
    struct Bytes;
    impl leadwright::source::Files for Bytes {
        fn read(&self, path: &str) -> Result<Vec<u8>, leadwright::source::ReadError> {
            match path {
                "p.lead" => Ok(format!("{HEAD}{LEAD}use \"latin.lead\"\nuse \"large.lead\"\n").into_bytes()),
                "latin.lead" => Ok(b"leadwright 1\nteam caf\xe9\n".to_vec()),
                "large.lead" => Ok(vec![b'#'; 1024 * 1024 + 1]),
                _ => Err(leadwright::source::ReadError::NotFound),
            }
        }
    }
    let checked = check(&Bytes, "p.lead");
    assert_eq!(codes(&checked), ["E0004", "E0006"], "{}", show(&checked));
    let latin = &checked.diagnostics[1];
    let place = checked.sources.position(latin.labels[0].span.source, latin.labels[0].span.start);
    assert_eq!((place.line, place.column), (2, 9));
    let absent = check(&Bytes, "other.lead");
    assert_eq!(codes(&absent)[0], "E0104", "{}", show(&absent));
}

#[test]
fn what_a_file_that_cannot_be_read_declares_is_not_called_unknown() {
    let entry = format!("{HEAD}{LEAD}use \"teams.lead\"\nstage new owner sales start final\nqueue a team desk\n");
    one(&[("p.lead", &entry)], mistake(Code::UseNotFound, "\"teams.lead\"", ""));
}

#[test]
fn what_a_syntax_error_hides_is_not_called_unknown() {
    let checked =
        check_files(&[("p.lead", &format!("{HEAD}{LEAD}team sales team {{\nstage new owner sales start final\nqueue a team salse\n"))]);
    let codes = codes(&checked);
    assert!(codes.iter().filter(|code| !code.starts_with("E000") && !code.starts_with("E001")).eq(&["E0205"]), "{}", show(&checked));
}

#[test]
fn a_policy_has_one_header() {
    one(&[("p.lead", "leadwright 1\nlead {\n  id text key\n}\n")], mistake(Code::NoPolicy, "", "policy NAME"));
    wrong("policy q {\n}\n", Code::SecondPolicy, "q", "leave one of them out");
}

#[test]
fn a_header_has_known_properties_once() {
    let head = |properties: &str| format!("leadwright 1\npolicy p {{\n  {properties}\n}}\nlead {{\n  id text key\n}}\nteam sales\n");
    let cases = [
        ("version \"1\"  version \"2\"", mistake(Code::BadHeader, "\"2\"", "leave one of them out")),
        ("timezone \"America/New_Yrok\"", mistake(Code::UnknownZone, "\"America/New_Yrok\"", "[\"America/New_York\"]")),
        ("timezone \"Mars\"", mistake(Code::UnknownZone, "\"Mars\"", "a region and a city")),
        ("currency USX", mistake(Code::UnknownCurrency, "USX", "did you mean")),
        ("owner slaes", mistake(Code::UnknownTeam, "slaes", "did you mean `sales`?")),
        ("follows global", mistake(Code::UnknownName, "global", "no standard is declared")),
    ];
    for (properties, expected) in cases {
        one(&[("p.lead", &head(properties))], expected);
    }
    let checked = check_files(&[("p.lead", &head("timezone \"america/new_york\"  currency JPY  version \"7\""))]);
    assert_eq!(checked.policy.timezone, "America/New_York");
    assert_eq!(checked.policy.currency.map(|currency| currency.places), Some(0));
    assert_eq!(checked.policy.version.as_deref(), Some("7"));
}

#[test]
fn names_are_declared_once() {
    wrong("let beds = sites\n", Code::RepeatedName, "beds", "another name");
    wrong("team sales\nteam sales\n", Code::RepeatedName, "sales", "another name");
    wrong("signal call\nsignal call\n", Code::RepeatedName, "call", "another name");
    wrong("signal call\nsignal visit\ngroup call = visit\n", Code::RepeatedName, "call", "another name");
    wrong(&format!("{STAGES}stage won owner sales\n{FLOW}"), Code::RepeatedName, "won", "another name");
    wrong("team sales\nqueue a team sales\nqueue a team sales\n", Code::RepeatedName, "a", "another name");
    wrong("standard s {\n}\nstandard s {\n}\n", Code::RepeatedName, "s", "another name");
    wrong("lead {\n  other text\n}\n", Code::RepeatedName, "lead", "move these fields");
    wrong_lead("a text\n  a whole", Code::RepeatedName, "a", "another name");
}

#[test]
fn spaces_are_apart() {
    right("team a\nqueue a team a\nsignal a\ncalendar a {\n  hours mon 08:00 to 09:00\n}\nlet a = beds\nstage a owner a start final\n");
}

#[test]
fn some_names_are_not_free() {
    wrong("let stage = beds\n", Code::ReservedName, "stage", "another name");
    wrong_lead("stage text", Code::ReservedName, "stage", "another name");
    wrong_lead("rest_until time", Code::ReservedName, "rest_until", "another name");
}

#[test]
fn a_name_of_another_kind_is_told_apart() {
    let checked =
        check_files(&[("p.lead", &format!("{HEAD}{LEAD}team sales\nqueue inside team sales\nstage new owner inside start final\n"))]);
    assert_eq!(checked.diagnostics[0].labels[0].text, "`inside` is a queue", "{}", show(&checked));
}
