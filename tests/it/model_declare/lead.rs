//! The lead, its types, and tables.

use leadwright::diagnostic::Code;

use super::{AREAS, HEAD, LEAD, check_files, codes, mistake, one, show, wrong, wrong_lead, wrong_rows};
use crate::support::work::counted;

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
    let rows: String = (0..500).map(|row| format!("s{row},nowhere{row},1\n")).collect();
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
