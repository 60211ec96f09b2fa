//! Declarations: for each mistake its code, the text it points at, and the way out. Every case has exactly one mistake, so that a second
//! diagnostic that follows from the first fails it.

use std::collections::BTreeMap;

use leadwright::diagnostic::{Code, Diagnostic, Severity};
use leadwright::model::{BreachAction, CapPeriod, Checked, ClockTime, Length, Moment, Pause, PromiseKind, Seat, check};

use crate::support::work::counted;

const HEAD: &str = "leadwright 1\npolicy p \"P\" {\n  currency USD\n}\n";
const LEAD: &str = "lead {\n  id       text  key\n  beds     whole 0..50_000  optional\n  sites    whole\n  products some of a, b  optional\n  \
                    state    text  optional\n  due      date  optional\n  cost     money optional\n}\n";
const STAGES: &str = "team sales\nstage new owner sales start\nstage won owner sales final\n";
const FLOW: &str = "flow {\n  new -> won when beds >= 3\n}\n";
const SIGNALS: &str = "signal call { outcome one of good, bad  note text optional }\nsignal visit\n";

fn check_files(files: &[(&str, &str)]) -> Checked {
    let files: BTreeMap<String, String> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    check(&files, "p.lead")
}

/// One mistake: its code, the text under its first label, a part of its help or of its fix.
struct Mistake {
    code: Code,
    at: &'static str,
    help: &'static str,
}

const fn mistake(code: Code, at: &'static str, help: &'static str) -> Mistake {
    Mistake { code, at, help }
}

#[track_caller]
fn one(files: &[(&str, &str)], expected: Mistake) {
    let checked = check_files(files);
    let shown = show(&checked);
    let [diagnostic] = checked.diagnostics.as_slice() else { panic!("not one mistake:\n{shown}") };
    assert_eq!(diagnostic.code, expected.code, "{shown}");
    assert_eq!(checked.sources.text(diagnostic.labels[0].span), expected.at, "{shown}");
    let help = way_out(diagnostic);
    assert!(help.contains(expected.help), "`{}` is not in `{help}`:\n{shown}", expected.help);
}

/// A policy with the usual header and lead, and `rest`.
#[track_caller]
fn wrong(rest: &str, code: Code, at: &'static str, help: &'static str) {
    one(&[("p.lead", &format!("{HEAD}{LEAD}{rest}"))], mistake(code, at, help));
}

#[track_caller]
fn right(rest: &str) -> Checked {
    let checked = check_files(&[("p.lead", &format!("{HEAD}{LEAD}{rest}"))]);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    checked
}

/// The lead's other fields are `rest`.
#[track_caller]
fn wrong_lead(rest: &str, code: Code, at: &'static str, help: &'static str) {
    one(&[("p.lead", &format!("{HEAD}lead {{\n  id text key\n  {rest}\n}}\n"))], mistake(code, at, help));
}

fn way_out(diagnostic: &Diagnostic) -> String {
    let fixes = diagnostic.fixes.iter().map(|fix| {
        let edits: Vec<&str> = fix.edits.iter().map(|edit| edit.text.as_str()).collect();
        format!("fix: {} [{}]", fix.title, edits.join("|"))
    });
    diagnostic.help.iter().cloned().chain(fixes).collect::<Vec<_>>().join("; ")
}

fn show(checked: &Checked) -> String {
    let line = |diagnostic: &Diagnostic| {
        let labels = diagnostic.labels.iter().map(|label| {
            let source = checked.sources.get(label.span.source);
            format!("\n    {}: `{}`: {}", source.path, checked.sources.text(label.span), label.text)
        });
        format!("{} {}{}\n    {}\n", diagnostic.name(), diagnostic.message, labels.collect::<String>(), way_out(diagnostic))
    };
    checked.diagnostics.iter().map(line).collect()
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect()
}

// --- files ------------------------------------------------------------------------------------------------------------

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

// --- header -----------------------------------------------------------------------------------------------------------

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

// --- names ------------------------------------------------------------------------------------------------------------

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

// --- the lead and types -----------------------------------------------------------------------------------------------

#[test]
fn a_policy_needs_a_lead_with_one_key() {
    one(&[("p.lead", HEAD)], mistake(Code::NoLead, "", "lead { … }"));
    let lead = |fields: &str| format!("{HEAD}lead {{\n  {fields}\n}}\n");
    let cases = [
        ("lead_id text", mistake(Code::BadKey, "lead", "[ key]")),
        ("a text key  b text key", mistake(Code::BadKey, "key", "take `key` away")),
        ("a text key optional", mistake(Code::BadKey, "optional", "[]")),
        ("a date key", mistake(Code::BadKey, "date", "a `text`, a `whole` or a `one of`")),
        ("a decimal 2 key", mistake(Code::BadKey, "decimal 2", "a `text`")),
        ("a some of x, y key", mistake(Code::BadKey, "some of x, y", "a `text`")),
    ];
    for (fields, expected) in cases {
        one(&[("p.lead", &lead(fields))], expected);
    }
    for fields in ["a text key", "a whole key", "a whole 1..9 key", "a one of x, y key"] {
        assert!(check_files(&[("p.lead", &lead(fields))]).diagnostics.is_empty(), "{fields}");
    }
}

#[test]
fn types_are_held_to_their_rules() {
    let cases = [
        ("a whole 9..1", mistake(Code::BadRange, "9..1", "[1|9]")),
        ("a whole 0..1.5", mistake(Code::TooManyPlaces, "1.5", "")),
        ("a decimal 2 0..1.005", mistake(Code::TooManyPlaces, "1.005", "")),
        ("a decimal 18 0..10", mistake(Code::OutOfRange, "10", "")),
        ("a decimal 19", mistake(Code::BadLiteral, "19", "")),
        ("a money EUR", mistake(Code::WrongCurrency, "EUR", "`USD`")),
        ("a money USX", mistake(Code::UnknownCurrency, "USX", "")),
        ("a one of x, y, x", mistake(Code::RepeatedChoice, "x", "leave one of them out")),
        ("a one of x_y, x__y", mistake(Code::RepeatedChoice, "x__y", "make no difference")),
        ("a one of buyer \"Purchasing\", clerk \"purchasing \"", mistake(Code::RepeatedChoice, "\"purchasing \"", "belongs to one choice")),
        ("a one of buyer, clerk \"Buyer\"", mistake(Code::RepeatedChoice, "\"Buyer\"", "belongs to one choice")),
        ("a queue", mistake(Code::WrongType, "queue", "`one of`")),
        ("a one of x \"\"", mistake(Code::BadLiteral, "\"\"", "leave it out")),
        ("a text from crm \"\"", mistake(Code::BadLiteral, "\"\"", "as that system exports it")),
        ("a text from crm \"A\", crm \"B\"", mistake(Code::RepeatedName, "crm", "leave one out")),
    ];
    for (field, expected) in cases {
        wrong_lead(field, expected.code, expected.at, expected.help);
    }
    let many: Vec<String> = (0..64).map(|index| format!("c{index}")).collect();
    let field = format!("a some of {}", many.join(", "));
    wrong_lead(&field, Code::OutOfRange, Box::leak(field[2..].to_owned().into_boxed_str()), "look them up in a table");
}

#[test]
fn money_needs_a_currency_and_says_so_once() {
    let policy = "leadwright 1\npolicy p {\n}\nlead {\n  id text key\n  a money\n  b money\n}\nlet c = a\nlet d = a > 5\n";
    one(&[("p.lead", policy)], mistake(Code::BadHeader, "money", "currency USD"));
}

#[test]
fn types_are_counted_in_their_units() {
    use leadwright::model::{Interval, Type, Unit};
    let text = "lead {\n  id text key\n  a whole -5..5\n  b decimal 3 0..1.5\n  c money 1..2.50\n  d one of x \"The X\" \"EX\", long_y\n  \
                e some of p, q\n  f decimal 0\n}\n";
    let checked = check_files(&[("p.lead", &format!("{HEAD}{text}"))]);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    let fields = &checked.policy.fields;
    let number = |scale, unit| Type::Number { scale, unit };
    assert_eq!((fields[1].ty, fields[1].range), (number(0, Unit::Plain), Some(Interval { low: -5, high: 5 })));
    assert_eq!((fields[2].ty, fields[2].range), (number(3, Unit::Plain), Some(Interval { low: 0, high: 1_500 })));
    assert_eq!((fields[3].ty, fields[3].range), (number(2, Unit::Money), Some(Interval { low: 100, high: 250 })));
    let Type::OneOf(choices) = fields[4].ty else { panic!("{:?}", fields[4].ty) };
    let choices = &checked.policy.choices[choices];
    assert_eq!(choices.members[0].display.as_deref(), Some("The X"));
    for (cell, expected) in [("x", Some(0)), ("the-x", Some(0)), (" EX ", Some(0)), ("Long Y", Some(1)), ("longy", None)] {
        assert_eq!(choices.index_of_spelling(cell), expected, "{cell}");
    }
    assert!(matches!(fields[5].ty, Type::SomeOf(_)));
    assert_eq!(checked.policy.key, Some(0));
}

#[test]
fn an_outcome_is_shown_as_any_of_its_rows_says() {
    let text = "lead { id text key  n whole }\ndecide d {\n  a when n > 9\n  b \"B!\" when n > 5\n  a \"A!\" when n > 3\n  b \"B!\" otherwise\n}\n";
    let checked = check_files(&[("p.lead", &format!("{HEAD}{text}"))]);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    let choices = &checked.policy.choices[checked.policy.decides[0].choices];
    let shown: Vec<_> = choices.members.iter().map(|member| (member.name.as_str(), member.display.as_deref())).collect();
    assert_eq!(shown, [("a", Some("A!")), ("b", Some("B!"))]);
}

#[test]
fn a_field_with_a_broken_type_is_reported_once() {
    let policy = format!(
        "{HEAD}lead {{\n  id text key\n  a queue\n}}\nlet b = a + 1\nlet c = b > 3\ntest \"t\" {{\n  lead {{ a 3 }}\n  expect {{ c yes }}\n}}\n"
    );
    one(&[("p.lead", &policy)], mistake(Code::WrongType, "queue", ""));
}

// --- tables -----------------------------------------------------------------------------------------------------------

const AREAS: &str = "team sales\nqueue west team sales\nqueue east team sales\ntable areas from \"areas.csv\" {\n  state text key\n  desk  queue\n  \
                     seats whole 0..100 optional\n}\n";

#[track_caller]
fn wrong_rows(csv: &str, code: Code, at: &'static str, help: &'static str) {
    one(&[("p.lead", &format!("{HEAD}{LEAD}{AREAS}")), ("areas.csv", csv)], mistake(code, at, help));
}

#[test]
fn tables_are_read_by_their_columns() {
    let csv = "\u{feff}Seats,notes,STATE,desk\r\n12,\"a, b\",OH,west\r\n,,\"ny \",EAST\r\n";
    let checked = check_files(&[("p.lead", &format!("{HEAD}{LEAD}{AREAS}")), ("areas.csv", csv)]);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    let table = &checked.policy.tables[0];
    assert_eq!(table.row_count, 2);
    assert_eq!(table.columns[0].dictionary, ["oh", "ny"]);
    assert_eq!(table.columns[0].spelled, ["OH", "ny"]);
    assert_eq!(table.columns[0].cells, [Some(0), Some(1)]);
    assert_eq!(table.columns[1].cells, [Some(0), Some(1)]);
    assert_eq!(table.columns[2].cells, [Some(12), None]);
}

#[test]
fn a_file_lacks_what_a_table_needs() {
    wrong_rows("state,desks,seats\n", Code::TableColumnMissing, "desk", "did you mean the file's column `desks`?");
    wrong_rows("state,desk\nOH,west\n", Code::TableColumnMissing, "seats", "");
    wrong_rows("state,desk,seats,Desk\n", Code::TableMalformed, "Desk", "rename or delete");
    wrong_rows("", Code::TableMalformed, "\"areas.csv\"", "");
    wrong_rows("state,desk,seats\nOH,west\n", Code::TableMalformed, "OH,west", "quotes");
    wrong_rows("state,desk,seats\nOH,west,1,2\n", Code::TableMalformed, "OH,west,1,2", "quotes");
    wrong_rows("state,desk,seats\n\"OH,west,1\nNY,east,1\n", Code::TableMalformed, "\"", "");
    one(&[("p.lead", &format!("{HEAD}{LEAD}{AREAS}"))], mistake(Code::TableNotFound, "\"areas.csv\"", "the policy's root"));
    wrong("table t from \"../t.csv\" {\n  a text key\n}\n", Code::UseOutsideRoot, "\"../t.csv\"", "from the policy's root");
}

#[test]
fn cells_that_do_not_fit_are_pointed_at() {
    let row = |cells: &str| format!("state,desk,seats\nNY,east,1\n{cells}\n");
    wrong_rows(&row("OH,wset,1"), Code::TableCell, "wset", "did you mean `west`?");
    wrong_rows(&row("OH,,1"), Code::TableCell, "", "declare `desk` as `optional`");
    wrong_rows(&row(" ,west,1"), Code::TableCell, " ", "");
    wrong_rows(&row("OH,west,101"), Code::TableCell, "101", "");
    wrong_rows(&row("OH,west,1.5"), Code::TableCell, "1.5", "");
    wrong_rows(&row("OH,west,\"1,000\""), Code::TableCell, "\"1,000\"", "the number alone");
    wrong_rows(&row("OH,west,99999999999999999999"), Code::TableCell, "99999999999999999999", "");
    wrong_rows(&row("ny ,west,1"), Code::TableKeyRepeats, "ny ,west,1", "ignoring case");
    let policy =
        format!("{HEAD}{LEAD}table t from \"t.csv\" {{\n  a whole key\n  d date\n  t time\n  y yes_no\n  s some of p, q\n  m money\n}}\n");
    let cells = |row: &str| [("p.lead", policy.clone()), ("t.csv", format!("a,d,t,y,s,m\n{row}\n"))];
    let good = cells("1,2026-02-28,2026-02-28T10:00,Yes,\"p; q\",12.5");
    let good: Vec<(&str, &str)> = good.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let checked = check_files(&good);
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    let values: Vec<Option<i64>> = checked.policy.tables[0].columns.iter().map(|column| column.cells[0]).collect();
    // 2026-02-28 is day 20512: 56 years of 365 days, 14 leap days, 31 + 27 days
    let day = 56 * 365 + 14 + 31 + 27;
    assert_eq!(values, [Some(1), Some(day), Some((day * 86_400 + 36_000) * 1_000_000), Some(1), Some(3), Some(1_250)]);
    let wrong_cells = [
        ("1,2026-02-29,2026-02-28T10:00,yes,p,1", "2026-02-29", "`2026-11-26`"),
        ("1,2026-02-28,2026-02-28,yes,p,1", "2026-02-28", "`2026-11-18T15:00`"),
        ("1,2026-02-28,2026-02-28T10:00,perhaps,p,1", "perhaps", "`yes` or `no`"),
        ("1,2026-02-28,2026-02-28T10:00,yes,p;r,1", "p;r", ""),
        ("1,2026-02-28,2026-02-28T10:00,yes,p,1.005", "1.005", ""),
        ("1.0.0,2026-02-28,2026-02-28T10:00,yes,p,1", "1.0.0", "the number alone"),
    ];
    for (row, at, help) in wrong_cells {
        let files = cells(row);
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        one(&files, mistake(Code::TableCell, at, help));
    }
}

#[test]
fn only_some_of_many_bad_cells_are_shown() {
    let rows: String = (0..500).map(|row| format!("s{row},nowhere,1\n")).collect();
    let csv = format!("state,desk,seats\n{rows}");
    let checked = check_files(&[("p.lead", &format!("{HEAD}{LEAD}{AREAS}")), ("areas.csv", &csv)]);
    assert_eq!(checked.diagnostics.len(), 21);
    assert!(checked.diagnostics.iter().any(|diagnostic| diagnostic.message.starts_with("and 480 more")), "{}", show(&checked));
}

#[test]
fn columns_are_held_to_their_rules() {
    let table = |columns: &str| format!("table t from \"t.csv\" {{\n  {columns}\n}}\n");
    let cases = [
        ("a text  b text", "a,b\n", Code::WrongKeys, "t", "[ key]"),
        ("a text key optional", "a\n", Code::WrongKeys, "optional", "[]"),
        ("a some of x, y key", "a\n", Code::WrongKeys, "some of x, y", "`one of`"),
        ("a whole prefix key", "a\n", Code::WrongKeys, "whole", "text prefix key"),
        ("a text prefix key  b text prefix key", "a,b\n", Code::WrongKeys, "b", "at most one"),
        ("a text key  a text", "a\n", Code::RepeatedName, "a", "another name"),
        ("a text key  b queue", "a,b\n", Code::WrongType, "queue", ""),
        ("a whole key  b whole key  c whole key  d whole key  e whole key", "a,b,c,d,e\n", Code::WrongKeys, "e", ""),
    ];
    for (columns, csv, code, at, help) in cases {
        one(&[("p.lead", &format!("{HEAD}{LEAD}{}", table(columns))), ("t.csv", csv)], mistake(code, at, help));
    }
}

#[test]
fn large_tables_take_work_in_proportion_and_are_bounded() {
    let csv = |rows: usize| {
        let rows: String = (0..rows).map(|row| format!("S{row},{},{}\n", if row % 2 == 0 { "west" } else { "east" }, row % 100)).collect();
        format!("state,desk,seats\n{rows}")
    };
    let policy = format!("{HEAD}{LEAD}{AREAS}");
    let work = |rows: usize| counted(|| check_files(&[("p.lead", &policy), ("areas.csv", &csv(rows))]));
    let ((_, work_of_few), (checked, work)) = (work(10_000), work(100_000));
    assert!(work <= 12 * work_of_few, "{work_of_few} bytes for 10,000 rows, {work} for 100,000");
    assert!(checked.diagnostics.is_empty());
    assert_eq!(checked.policy.tables[0].row_count, 100_000);
    let checked = check_files(&[("p.lead", &policy), ("areas.csv", &csv(200_001))]);
    assert_eq!(codes(&checked), ["E0107"]);
}

// --- teams, calendars, signals ----------------------------------------------------------------------------------------

#[test]
fn members_work_by_their_own_calendar_or_the_teams() {
    let entry = format!(
        "{HEAD}{LEAD}team sales \"Sales\" members ann, bob on us except bob on eu\nteam desk members cid\ncalendar eu {{\n  timezone \"Europe/Berlin\"\n  \
         hours sat to sun 08:00 to 09:00, 10:00 to 11:00\n}}\ncalendar us {{\n  hours mon 08:00 to 09:00\n  closed 1970-01-03 \"Off\"\n  \
         special 1970-01-02 08:00 to 24:00\n}}\n"
    );
    let checked = check_files(&[("p.lead", &entry)]);
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    let policy = checked.policy;
    let calendar =
        |team: usize, member: Option<&str>| policy.teams[team].calendar_of(member).map(|calendar| policy.calendars[calendar].name.as_str());
    assert_eq!(policy.teams[0].display.as_deref(), Some("Sales"));
    assert_eq!(calendar(0, Some("ann")), Some("us"));
    assert_eq!(calendar(0, Some("bob")), Some("eu"));
    assert_eq!(calendar(0, None), Some("us"));
    assert_eq!(calendar(1, Some("cid")), None);
    let [eu, us] = policy.calendars.as_slice() else { panic!("{:?}", policy.calendars) };
    assert_eq!((eu.zone.as_str(), us.zone.as_str()), ("Europe/Berlin", policy.timezone.as_str()));
    let minutes =
        |blocks: &[leadwright::calendar::Block]| blocks.iter().map(|block| (block.open_minute, block.close_minute)).collect::<Vec<_>>();
    assert_eq!(minutes(&eu.week[6]), [(480, 540), (600, 660)]);
    assert_eq!(eu.week.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 2, 2]);
    let exceptions: Vec<_> = us.exceptions.iter().map(|exception| (exception.day, minutes(&exception.hours))).collect();
    assert_eq!(exceptions, [(2, vec![]), (1, vec![(480, 1440)])]);
    // 1970-01-02 is a Friday; 23:59 is open and midnight is not
    let business_time = us.business_time().unwrap();
    assert!(business_time.is_open(2 * 86_400_000_000 - 60_000_000) && !business_time.is_open(2 * 86_400_000_000));
}

#[test]
fn teams_and_calendars_are_checked() {
    let calendar = |rows: &str| format!("calendar us {{\n  {rows}\n}}\n");
    let hours = "hours mon to fri 08:00 to 17:00";
    wrong("calendar us {\n  hours mon 08:00 to 09:00\n}\nteam sales on su\n", Code::UnknownCalendar, "su", "");
    wrong("team sales members a, b, a\n", Code::RepeatedName, "a", "");
    let eu = calendar("hours mon 08:00 to 09:00");
    wrong(&format!("{eu}team sales members ann, bob on us except bbo on us\n"), Code::UnknownName, "bbo", "did you mean `bob`?");
    wrong(&format!("{eu}team sales on us except bob on us\n"), Code::UnknownName, "bob", "");
    wrong(&format!("{eu}team sales members ann, bob on us except bob on su\n"), Code::UnknownCalendar, "su", "");
    wrong(&format!("{eu}team sales members ann, bob on us except bob on us, bob on us\n"), Code::RepeatedName, "bob", "");
    wrong(&calendar("closed 2026-12-25"), Code::OpeningHours, "us", "hours mon to fri");
    wrong(&calendar(&format!("timezone \"Europe/Berln\"  {hours}")), Code::UnknownZone, "\"Europe/Berln\"", "Europe/Berlin");
    wrong(&calendar("hours mon 17:00 to 08:00"), Code::OpeningHours, "17:00 to 08:00", "[08:00 to 17:00]");
    wrong(&calendar("hours mon 08:00 to 08:00"), Code::OpeningHours, "08:00 to 08:00", "two blocks");
    wrong(&calendar("hours mon 08:00 to 12:00, 11:00 to 17:00"), Code::OpeningHours, "11:00 to 17:00", "one block");
    wrong(&calendar(&format!("{hours}  hours fri to sun 16:00 to 18:00")), Code::OpeningHours, "16:00 to 18:00", "one block");
    wrong(&calendar(&format!("{hours}  closed 2026-12-25, 2026-12-25")), Code::OpeningHours, "2026-12-25", "leave one");
    wrong(&calendar(&format!("{hours}  special 2026-12-24 12:00 to 08:00")), Code::OpeningHours, "12:00 to 08:00", "");
    right(&calendar("hours sun to thu 08:00 to 12:00, 12:00 to 24:00  closed 2026-12-25 \"Christmas\"  special 2026-12-24 08:00 to 12:00"));
}

#[test]
fn signals_and_groups_are_checked() {
    wrong("team sales\nsignal call by slaes\n", Code::UnknownTeam, "slaes", "did you mean `sales`?");
    wrong("signal click ignore bursts of 1 within 1 second\n", Code::BadRange, "1 second", "at least two");
    wrong("signal click ignore bursts of 2 within 0 seconds\n", Code::BadRange, "0 seconds", "");
    wrong("signal call { a text  a text }\n", Code::RepeatedName, "a", "");
    wrong("signal call { a text key }\n", Code::BadKey, "key", "[]");
    wrong("signal call { a whole 3..1 }\n", Code::BadRange, "3..1", "");
    wrong(&format!("{SIGNALS}group all = call, vist\n"), Code::UnknownSignal, "vist", "did you mean `visit`?");
    wrong(&format!("{SIGNALS}group all = call, call\n"), Code::RepeatedName, "call", "");
    wrong(&format!("{SIGNALS}group all = call\ngroup more = all, visit\n"), Code::UnknownSignal, "all", "its signals");
}

// --- stages and flows -------------------------------------------------------------------------------------------------

#[test]
fn stages_have_an_owner_a_start_and_ways() {
    let one_team = "team sales\n";
    wrong(&format!("{one_team}stage new \"New\" start final\n"), Code::StageOwner, "new", "[ owner sales]");
    wrong(&format!("{one_team}stage new owner slaes start final\n"), Code::UnknownTeam, "slaes", "did you mean");
    wrong(&format!("{one_team}stage new owner sales final\n"), Code::NoStart, "new", "[ start]");
    wrong(
        &format!("{one_team}stage a owner sales start final\nstage b owner sales start final\n"),
        Code::TwoStarts,
        "start",
        "take `start` away",
    );
    wrong(
        &format!("{one_team}stage a owner sales start final {{\n  consulted sales, tech\n}}\n"),
        Code::UnknownTeam,
        "tech",
        "declared: `sales`",
    );
    wrong(
        &format!("{one_team}stage a owner sales start final {{\n  consulted sales  consulted sales\n}}\n"),
        Code::RepeatedName,
        "consulted sales",
        "one row",
    );
    wrong(&format!("{STAGES}stage lost owner sales final\n{FLOW}"), Code::StageNoWayIn, "lost", "STAGE -> lost");
    wrong(
        &format!("{STAGES}stage mid owner sales\nflow {{\n  new -> mid when beds >= 3  mid -> new when sites > 3\n}}\n"),
        Code::StageNoWayIn,
        "won",
        "",
    );
    wrong(
        &format!("{STAGES}stage mid owner sales\nflow {{\n  new -> mid when beds >= 3  new -> won when sites > 3\n}}\n"),
        Code::StageNoWayOut,
        "mid",
        "[ final]",
    );
    right(&format!("{STAGES}{FLOW}"));
    right(STAGES);
    right("team sales\nstage only owner sales start final\n");
}

#[test]
fn the_owner_is_accountable_unless_said() {
    let text = format!(
        "team sales\nteam desk\nstage a owner sales start\nstage b owner sales final {{\n  accountable desk\n}}\n{}",
        "flow {\n  a -> b when beds >= 3\n}\n"
    );
    let policy = right(&text).policy;
    assert_eq!(policy.stages[0].accountable, ["sales"]);
    assert_eq!(policy.stages[1].accountable, ["desk"]);
    assert_eq!(policy.start_stage, Some(0));
}

#[test]
fn flow_rows_are_checked() {
    let flow = |rows: &str| format!("{STAGES}{SIGNALS}flow {{\n  new -> won when beds >= 3\n  {rows}\n}}\n");
    let cases = [
        ("new -> wno when beds >= 9", Code::UnknownStage, "wno", "did you mean `won`?"),
        ("nwe -> won when beds >= 9", Code::UnknownStage, "nwe", "did you mean `new`?"),
        ("won -> new when beds >= 9", Code::FromFinal, "won", "take `final` away"),
        ("new -> new when beds >= 9", Code::SelfTransition, "new", "name another stage"),
        ("new, new -> won when beds >= 9", Code::RepeatedName, "new", ""),
        ("any except wno -> new when beds >= 9", Code::UnknownStage, "wno", ""),
        ("new -> won on cal", Code::UnknownSignal, "cal", "did you mean `call`?"),
        ("new -> won after 0 days", Code::BadRange, "0 days", ""),
        ("new -> won after 3 business days", Code::WrongUnit, "3 business days", "leave `business` out"),
        ("new -> won after 3 days without vist", Code::UnknownSignal, "vist", ""),
        ("new -> won on call recycle rest 3 business days", Code::WrongUnit, "3 business days", ""),
        ("new -> won on call recycle rest 999_999_999 days", Code::OutOfRange, "999_999_999 days", ""),
        ("new -> won on call recycle forget fit", Code::UnknownName, "fit", "no section"),
        ("new -> won on call because call.outcom", Code::UnknownProperty, "outcom", "did you mean `outcome`?"),
        ("new -> won on call because visit.outcome", Code::UnknownSignal, "visit", "[call]"),
        ("new -> won when beds > 7 because call.outcome", Code::UnknownSignal, "call.outcome", "a text"),
    ];
    for (rows, code, at, help) in cases {
        wrong(&flow(rows), code, at, help);
    }
    wrong(
        &format!(
            "{STAGES}flow {{\n  new -> won when beds >= 3\n}}\nflow a {{\n  new -> won when beds >= 3\n}}\nflow a {{\n  new -> won when sites > 3\n}}\n"
        ),
        Code::RepeatedName,
        "a",
        "",
    );
}

#[test]
fn any_means_every_other_stage_that_is_not_final() {
    let text = "team sales\nstage a owner sales start\nstage b owner sales\nstage c owner sales\nstage won owner sales final\nflow {\n  \
                any -> b when beds >= 3\n  any except c -> won when sites > 3\n  b, a -> c when beds >= 5 recycle rest 2 weeks\n  c -> a on call\n}\nsignal call\n";
    let policy = right(text).policy;
    let from: Vec<&[usize]> = policy.flows[0].rows.iter().map(|row| row.from.as_slice()).collect();
    assert_eq!(from, [&[0, 2][..], &[0, 1], &[0, 1], &[2]]);
    assert_eq!(policy.flows[0].rows[2].rest, Some(Length::Days(14)));
}

// --- queues and routes ------------------------------------------------------------------------------------------------

#[test]
fn queues_belong_to_teams_and_rotate_among_members() {
    wrong("team sales\nqueue a \"A\"\n", Code::QueueTeam, "a", "[ team sales]");
    wrong("team sales\nqueue a team slaes\n", Code::UnknownTeam, "slaes", "did you mean `sales`?");
    let queue = |rotation: &str| format!("team sales members ann, bob\nqueue a team sales rotate {rotation}\n");
    wrong(&queue("ann, ann"), Code::Rotation, "ann", "one turn");
    wrong(&queue("ann weight 0, bob"), Code::Rotation, "0", "without turns");
    wrong(&queue("ann weight 1.5, bob"), Code::Rotation, "1.5", "");
    wrong(&queue("ann, bbo"), Code::Rotation, "bbo", "did you mean `bob`?");
    let policy = right("team sales\nqueue a team sales rotate ann weight 2, bob\nqueue b team sales rotate bob, cyd\n").policy;
    let seat = |owner, weight| Seat { owner, weight, capacity: None, skipped: false };
    assert_eq!(policy.queues[0].rotation, [seat(0, 2), seat(1, 1)]);
    assert_eq!(policy.queues[1].rotation, [seat(1, 1), seat(2, 1)]);
}

#[test]
fn a_rotation_that_can_run_out_says_who_takes_the_leads_then() {
    let queues = |rotation: &str| format!("team sales\nqueue a team sales rotate {rotation}\nqueue b team sales\n");
    wrong(&queues("ann capacity 50, bob capacity 1"), Code::Rotation, "ann capacity 50", "[ otherwise b]");
    // who has no capacity is never full
    assert_eq!(right(&queues("ann capacity 50, bob")).policy.queues[0].fallback, None);
    wrong(&queues("ann capacity 0 otherwise b"), Code::Rotation, "0", "");
    wrong(&queues("ann capacity 1.5 otherwise b"), Code::Rotation, "1.5", "");
    wrong(&queues("ann capacity 5 otherwise a"), Code::Rotation, "a", "last queue");
    wrong(&queues("ann capacity 5 otherwise c"), Code::UnknownQueue, "c", "");
    let policy = right(&queues("ann capacity 50, bob weight 2 otherwise b")).policy;
    assert_eq!(policy.queues[0].rotation[0], Seat { owner: 0, weight: 1, capacity: Some(50), skipped: false });
    assert_eq!(policy.queues[0].fallback, Some(1));
}

#[test]
fn a_rotation_from_a_table_names_its_columns() {
    let text = |rotate: &str| {
        format!(
            "team sales\nqueue desk team sales\ntable reps from input {{\n  rep text key\n  ramp whole 0..100\n  load whole\n  away yes_no\n}}\nqueue a team sales rotate {rotate}\n"
        )
    };
    wrong(&text("from rep otherwise desk"), Code::UnknownTable, "rep", "did you mean `reps`?");
    wrong(&text("from reps weight reps.ram otherwise desk"), Code::UnknownColumn, "ram", "did you mean `ramp`?");
    wrong(&text("from reps weight sites otherwise desk"), Code::UnknownColumn, "sites", "`reps.COLUMN`");
    wrong(&text("from reps skip when reps.awy or reps.ramp >= 3 otherwise desk"), Code::UnknownColumn, "awy", "did you mean `away`?");
    wrong(&text("from reps weight reps.load otherwise desk"), Code::Rotation, "reps.load", "`load whole 0..100`");
    wrong(&text("from reps capacity reps.away otherwise desk"), Code::Rotation, "reps.away", "whole 0..100");
    wrong(&text("from reps skip when reps.load > reps.ramp otherwise desk"), Code::Rotation, "reps.load > reps.ramp", "constants");
    wrong(&text("from reps skip when reps.load + 1 > 3 otherwise desk"), Code::Rotation, "reps.load + 1 > 3", "constants");
    wrong(&text("from reps weight reps.ramp"), Code::Rotation, "rotate from reps weight reps.ramp", "[ otherwise desk]");
    wrong(&text("from reps otherwise dsk"), Code::UnknownQueue, "dsk", "did you mean `desk`?");
    let policy = right(&text("from reps weight reps.ramp skip when reps.away otherwise desk")).policy;
    let from = policy.queues[1].from_table.as_ref().unwrap();
    assert_eq!((from.table, from.owner, from.weight, from.capacity), (0, 0, Some(1), None));
    assert!(policy.queues[1].rotation.is_empty(), "its rows come at run time");
}

#[test]
fn routes_lead_to_queues() {
    let route = |rows: &str| format!("team sales\nqueue inside team sales\nqueue field team sales\nroute r {{\n  {rows}\n}}\n");
    wrong(&route("insid otherwise"), Code::UnknownQueue, "insid", "did you mean `inside`?");
    wrong(&route(""), Code::EmptyBlock, "r", "inside otherwise");
    wrong(&route("inside otherwise  field otherwise"), Code::RowAfterOtherwise, "field otherwise", "move the row up");
    wrong(&route("inside otherwise  field when beds > 3"), Code::RowAfterOtherwise, "field when beds > 3", "move the row up");
    let policy = right(&route("field when beds > 3 because \"Big\"  inside otherwise")).policy;
    assert_eq!(policy.routes[0].rows.len(), 2);
    assert_eq!(policy.routes[0].rows[0].text, "field");
    assert_eq!(policy.routes[0].rows[0].because.as_deref(), Some("Big"));
}

#[test]
fn a_by_gives_a_queue() {
    let text = |rows: &str| format!("{AREAS}route r {{\n  {rows}\n}}\n");
    let csv = "state,desk,seats\nOH,west,1\n";
    let files = |rows: &str| [("p.lead", format!("{HEAD}{LEAD}{}", text(rows))), ("areas.csv", csv.to_owned())];
    let wrong = |rows: &str, code, at, help| {
        let files = files(rows);
        one(&files.each_ref().map(|(path, text)| (*path, text.as_str())), mistake(code, at, help));
    };
    wrong("by areas[state].seats when beds > 3  west otherwise", Code::WrongType, "areas[state].seats", "`seats queue`");
    wrong("by areas[state].dsk when beds > 3  west otherwise", Code::UnknownColumn, "dsk", "did you mean `desk`?");
    let files = files("by areas[state].desk  west otherwise");
    let checked = check_files(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    assert!(checked.diagnostics.is_empty(), "{}", show(&checked));
    assert_eq!(checked.policy.routes[0].rows.len(), 2);
    assert_eq!(checked.policy.routes[0].rows[0].text, "areas[state].desk");
}

#[test]
fn a_handover_reaches_a_queue() {
    let text = |rows: &str| format!("{STAGES}{FLOW}queue inside team sales\nroute r when entering won {{\n  {rows}\n}}\n");
    wrong(&text("inside when beds > 3"), Code::NotExhaustive, "r", "inside otherwise");
    wrong(&text("inside when beds > 3  keep owner otherwise"), Code::NotExhaustive, "r", "inside otherwise");
    right(&text("keep owner when beds > 3  inside otherwise"));
    right(&text("inside when beds > 3  inside otherwise"));
    wrong(&text("inside when sites > 3  inside when sites < 3"), Code::NotExhaustive, "r", "inside otherwise");
    right(&text("inside when sites > 3  inside when sites <= 3"));
}

#[test]
fn a_route_goes_through_a_set() {
    let text = |each: &str, row: &str| format!("team sales\nqueue inside team sales\nroute r for each {each} {{\n  {row}\n}}\n");
    let row = "inside when product is a  inside otherwise";
    let policy = right(&text("product in products", row)).policy;
    let names: Vec<&str> = policy.routes.iter().map(|route| route.name.as_str()).collect();
    assert_eq!(names, ["r.a", "r.b"]);
    assert_eq!(policy.fields.len(), 7, "the variable is no field of the policy");
    wrong(&text("product in state", row), Code::WrongType, "state", "`some of`");
    wrong(&text("product in product_list", "inside otherwise"), Code::UnknownName, "product_list", "");
    wrong(&text("sites in products", "inside otherwise"), Code::RepeatedName, "sites", "");
    wrong(&text("product in products", "inside when product is c  inside otherwise"), Code::UnknownChoice, "c", "");
}

// --- clocks, promises, claims, standards ------------------------------------------------------------------------------

#[test]
fn clocks_are_checked() {
    let teams = "calendar us {\n  hours mon to fri 08:00 to 17:00\n}\nteam desk on us\nteam lazy\n";
    let sla = |rows: &str| format!("{STAGES}{FLOW}{SIGNALS}{teams}sla s {{\n  starts when entering won\n  stops on call\n  {rows}\n}}\n");
    let cases = [
        ("within 4 hours  by dsk", Code::UnknownTeam, "dsk", "did you mean `desk`?"),
        ("within 4 hours  by desk  by desk", Code::Clock, "desk", "leave one out"),
        ("by desk", Code::Clock, "s", "within 4 hours"),
        ("within 0 hours", Code::BadRange, "0 hours", ""),
        ("within 4 business hours", Code::Clock, "4 business hours", "by TEAM"),
        ("within 4 business hours  by lazy", Code::UnknownCalendar, "4 business hours", "[ on us]"),
        (
            "within 4 hours otherwise  within 5 hours when beds > 3",
            Code::RowAfterOtherwise,
            "within 5 hours when beds > 3",
            "move the row up",
        ),
        ("within 4 hours  remind boss at 80%", Code::UnknownTeam, "boss", ""),
        ("within 4 hours  remind owner at 180%", Code::OutOfRange, "180%", ""),
        ("within 4 hours  breach notify boss", Code::UnknownTeam, "boss", ""),
        ("within 4 hours  escalate to desk after 2 hours, boss after 3 hours", Code::UnknownTeam, "boss", ""),
        ("within 4 hours  restarts on cal", Code::UnknownSignal, "cal", ""),
        ("within 4 hours  pauses on visit", Code::Clock, "pauses on visit", "for 1 week"),
        ("within 200 weeks  by desk  escalate to desk after 6000 weeks", Code::OutOfRange, "6000 weeks", ""),
        ("within 4 hours  pauses when entering wno", Code::UnknownStage, "wno", ""),
    ];
    for (rows, code, at, help) in cases {
        wrong(&sla(rows), code, at, help);
    }
    let policy = right(&sla(
        "within 4 business hours when beds > 3  within 1 business day  by desk  remind owner at 80%  breach reassign after 1 hour",
    ))
    .policy;
    let clock = &policy.slas[0];
    assert_eq!(clock.by.map(|team| policy.teams[team].name.as_str()), Some("desk"));
    let within: Vec<(ClockTime, bool)> = clock.targets.iter().map(|target| (target.within, target.condition.is_some())).collect();
    assert_eq!(within, [(ClockTime::Open(4 * 3_600_000_000), true), (ClockTime::BusinessDays(1), false)]);
    assert_eq!(clock.breaches[0].action, BreachAction::Reassign);
    assert_eq!(clock.breaches[0].after, Some(ClockTime::Elapsed(3_600_000_000)));
    assert_eq!(clock.reminders[0].share.to_string(), "80");
    let policy = right(&sla(
        "within 2 weeks  restarts when leaving new and beds > 3  pauses when beds > 5  pauses on visit for 1 week  escalate to desk after 1 day",
    ))
    .policy;
    let clock = &policy.slas[0];
    assert_eq!(clock.targets[0].within, ClockTime::Days(14));
    assert!(matches!(clock.restarts[0], Moment::Leaving { stage: 0, condition: Some(_) }), "{:?}", clock.restarts);
    let [Pause::While(_), Pause::After { moment: Moment::On { signals, condition: None }, length: ClockTime::Days(7) }] =
        clock.pauses.as_slice()
    else {
        panic!("{:?}", clock.pauses)
    };
    assert_eq!(signals, &[1]);
}

#[test]
fn promises_and_claims_are_checked_and_do_not_stop_scoring() {
    let text =
        |rest: &str| format!("{STAGES}{FLOW}sla s {{\n  starts when entering won\n  stops when leaving won\n  within 1 hour\n}}\n{rest}\n");
    let cases = [
        ("promise slaes delivers 4 won per quarter", Code::UnknownTeam, "slaes", ""),
        ("promise sales delivers 4 wno per quarter", Code::UnknownStage, "wno", "did you mean `won`?"),
        ("promise sales meets t for 90% per month", Code::UnknownName, "t", ""),
        ("promise sales meets s for 190% per month", Code::OutOfRange, "190%", ""),
        ("claim \"c\" state never falls as beds rises", Code::WrongType, "state", ""),
        ("claim \"c\" beds never falls as state rises", Code::WrongType, "state", ""),
        ("claim \"c\" beds never falls as bds rises", Code::UnknownName, "bds", "did you mean `beds`?"),
        ("claim \"c\" always beds > 3\nclaim \"c\" always sites > 3", Code::RepeatedName, "\"c\"", ""),
    ];
    for (rest, code, at, help) in cases {
        wrong(&text(rest), code, at, help);
    }
    let policy = right(&text("promise sales delivers 4 won per quarter\nclaim \"c\" possible beds > 3")).policy;
    assert!(matches!(policy.claims[0].kind, leadwright::model::ClaimKind::Possible(_)), "{:?}", policy.claims);
    let promise = &policy.promises[0];
    assert!(matches!(promise.kind, PromiseKind::Delivers { amount: 4, stage: 1 }), "{promise:?}");
    assert_eq!((promise.per, promise.text.as_str()), (CapPeriod::Quarter, "promise sales delivers 4 won per quarter"));
}

// --- tests ------------------------------------------------------------------------------------------------------------

#[test]
fn tests_give_whole_leads_and_expect_something() {
    let text = |body: &str| format!("{STAGES}{FLOW}{SIGNALS}let big = beds > 3\ntest \"t\" {{\n  {body}\n}}\n");
    let cases = [
        ("lead { sites 1  bed 3 }  expect { big no }", Code::TestField, "bed", "did you mean `beds`?"),
        ("lead { beds 3 }  expect { big no }", Code::TestIncomplete, "\"t\"", "`sites …`"),
        ("lead { sites missing }  expect { big no }", Code::TestIncomplete, "missing", ""),
        ("lead { sites 1  sites 2 }  expect { big no }", Code::TestExpects, "sites", "leave one of them out"),
        ("lead { sites 1  products a, a }  expect { big no }", Code::RepeatedChoice, "a", ""),
        ("lead { sites 1, 2 }  expect { big no }", Code::WrongType, "2", ""),
        ("lead { sites 1 }", Code::TestExpects, "\"t\"", "expect { … }"),
        ("lead { sites 1 }  expect { bg no }", Code::TestField, "bg", "did you mean `big`?"),
        ("lead { sites 1 }  expect { big no  big no }", Code::TestExpects, "big", ""),
        ("lead { sites 1 }  expect { big.x no }", Code::TestField, "x", "expect `big` itself"),
        ("lead { sites 1 }  stage wno  expect { big no }", Code::UnknownStage, "wno", "did you mean `won`?"),
        ("lead { sites 1 }  stage won since 3 business days ago  expect { big no }", Code::WrongUnit, "3 business days", ""),
        (
            "as of 2026-03-02T10:00  lead { sites 1 }  signals { cal 1 day ago }  expect { big no }",
            Code::UnknownSignal,
            "cal",
            "did you mean `call`?",
        ),
        (
            "as of 2026-03-02T10:00  lead { sites 1 }  signals { call 1 day ago }  expect { big no }",
            Code::TestIncomplete,
            "call",
            "outcome",
        ),
        (
            "as of 2026-03-02T10:00  lead { sites 1 }  signals { call 1 day ago { outcome good  nte \"x\" } }  expect { big no }",
            Code::UnknownProperty,
            "nte",
            "did you mean `note`?",
        ),
        ("lead { sites 1  beds 50_001 }  expect { big no }", Code::OutOfRange, "50_001", ""),
        ("lead { sites 1  products a, c }  expect { big no }", Code::UnknownChoice, "c", ""),
        ("lead { sites 1 }  expect { stage wno }", Code::UnknownStage, "wno", "did you mean `won`?"),
    ];
    for (body, code, at, help) in cases {
        wrong(&text(body), code, at, help);
    }
}

#[test]
fn tests_hold_values_in_their_units() {
    use leadwright::model::{Constant, Target};
    let text = "team sales members ann\nqueue a team sales rotate ann\nqueue b team sales\nroute r {\n  a otherwise\n}\n\
                test \"t\" {\n  as of 2026-11-18T15:00\n  lead { sites 4  products b  cost 12.50  due 1970-01-11  beds missing }\n  \
                expect { r a  r.owner ann  sites 4  beds missing }\n}\n";
    let policy = right(text).policy;
    let test = &policy.tests[0];
    assert_eq!(test.as_of, Some(1_795_014_000_000_000), "the policy's zone is UTC");
    let integer = |value| Some(Constant::Integer(value));
    assert_eq!(test.lead, [None, None, integer(4), integer(2), None, integer(10), integer(1_250)]);
    let expect: Vec<_> = test.expect.iter().map(|expected| (expected.target, expected.value.clone())).collect();
    let expected =
        [(Target::Route(0), integer(0)), (Target::RouteOwner(0), integer(0)), (Target::Field(2), integer(4)), (Target::Field(1), None)];
    assert_eq!(expect, expected.map(|(target, value)| (target, value.into())));
}

// --- all in one -------------------------------------------------------------------------------------------------------

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
