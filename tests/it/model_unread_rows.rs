//! Blocks are read row by row: a row that cannot be read takes no message from the rows beside it, nor from what names their fields.

use std::collections::BTreeMap;

use leadwright::model::check;

const HEAD: &str = "leadwright 1\npolicy p {\n  currency USD\n  owner t\n}\nteam t\nqueue q team t\n";

const LEAD: &str = "lead {\n  id    text   key\n  beds  whole  0..100\n  site  one of a1, b1\n  deal  money  optional\n}\n";

/// A mistake of each kind that asks what a field is.
const USES: &str = "score s {\n  section s 100% {\n    beds 50% { 50 or more 10   under 49 1 }\n    site 50% { a1 10   bb 0 }\n  }\n}\n\
    let big = beds >= 500\nlet worth = deal >= 20 EUR\n";

const OF_USES: [&str; 4] = ["E0404 beds", "E0203 bb", "E0304 500", "E0303 EUR"];

/// Code and place of every mistake, in the order of the text.
fn found(files: &[(&str, &str)]) -> Vec<String> {
    let files: BTreeMap<String, String> = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    let checked = check(&files, "policy.lead");
    let told = |diagnostic: &leadwright::diagnostic::Diagnostic| {
        let at = diagnostic.labels.first().map_or("", |label| checked.sources.text(label.span));
        format!("{} {at}", diagnostic.name())
    };
    checked.diagnostics.iter().map(told).collect()
}

#[track_caller]
fn check_policy(text: &str, expected: &[&str]) {
    let mut all = found(&[("policy.lead", text)]);
    all.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(all, expected, "{text}");
}

#[test]
fn a_field_that_cannot_be_read_hides_no_other() {
    check_policy(&format!("{HEAD}{LEAD}{USES}"), &OF_USES);
    let with = |row: &str, uses: &str, slips: &[&str]| {
        let lead = LEAD.replace("}\n", &format!("{row}\n}}\n"));
        check_policy(&format!("{HEAD}{lead}{USES}{uses}"), &[slips, &OF_USES].concat());
    };
    with("  note  qqqq", "", &["E0001 qqqq"]);
    // what the row would have declared is of no known type, and known all the same
    with("  note  qqqq", "let a = note > 5\nlet b = note is c and note is \"x\"\n", &["E0001 qqqq"]);
    with("  note  qqqq optional", "score z { section a 100% { note 100% { \"x\" 5  otherwise 2 } } }\n", &["E0001 qqqq"]);
    with("  deal-size money optional", "let a = deal_size > 5\n", &["E0001 deal-size"]);
    with("  \"State\" text", "let a = state is \"x\"\n", &["E0001 \"State\""]);
    with("  note", "", &["E0001 note"]);
    // each of several, next to one another too
    with("  note  qqqq\n  more  intger\n  last  text  kye", "let a = last > 5\n", &["E0001 qqqq", "E0001 intger", "E0001 kye"]);
    // the row before it may be the one that was meant
    with("  note  whole otional\n  more  whole 0..5", "let a = note is missing and more > 50\n", &["E0001 otional", "E0304 50"]);
    with("  many  one of x1,\n    y1 z1", "let a = many is z1\n", &["E0001 z1"]);
    with("  many  one of\n    x1 y1", "let a = many is y1\n", &["E0001 y1"]);
}

#[test]
fn the_key_may_stand_in_a_row_that_cannot_be_read() {
    for (row, slip) in [("id qqqq key", "E0001 qqqq"), ("id text kye", "E0001 kye"), ("\"ID\" text key", "E0001 \"ID\"")] {
        let lead = LEAD.replace("id    text   key", row);
        check_policy(&format!("{HEAD}{lead}{USES}"), &[&[slip][..], &OF_USES].concat());
    }
}

#[test]
fn a_lead_on_one_line_is_read_field_by_field() {
    check_policy(
        &format!("{HEAD}lead {{ id text key   n qqqq   beds whole 0..100 }}\nlet a = beds > 500 and n > 5\n"),
        &["E0001 qqqq", "E0304 500"],
    );
}

#[test]
fn a_test_gives_what_can_be_known() {
    let test = "decide d { a when beds > 5   b otherwise }\ntest \"x\" { lead { beds 500  site a1  note 5 } expect { d c } }\n";
    let lead = LEAD.replace("}\n", "  note  qqqq\n  more  qqqq\n}\n");
    check_policy(&format!("{HEAD}{lead}{test}"), &["E0001 qqqq", "E0001 qqqq", "E0304 500", "E0203 c"]);
}

#[test]
fn a_property_that_cannot_be_read_hides_no_other() {
    check_policy(
        &format!(
            "{HEAD}{LEAD}signal call {{\n  outcome one of x1, y1\n  note qqqq\n}}\nlet a = count of call where outcome is z1 and note > 5\n"
        ),
        &["E0001 qqqq", "E0203 z1"],
    );
}

#[test]
fn a_column_that_cannot_be_read_hides_no_cell() {
    let csv = "area,goes_to,other\nx,q,1\ny,nowhere,2\n";
    let table = |rows: &str| {
        let policy = format!("{HEAD}{LEAD}table t from \"t.csv\" {{\n{rows}}}\nlet a = t[id].goes_to is z and t[id].other > 5\n");
        found(&[("policy.lead", &policy), ("t.csv", csv)])
    };
    assert_eq!(table("  area text key\n  goes_to queue\n  other whole\n"), ["E0206 z", "E0109 nowhere"]);
    for (rows, slip) in [
        ("  area text key\n  goes_to queue\n  other qqqq\n", "E0001 qqqq"),
        ("  area text qqqq\n  goes_to queue\n  other whole\n", "E0001 qqqq"),
        ("  area qqqq key\n  goes_to queue\n  other whole\n", "E0001 qqqq"),
        ("  area text key\n  goes_to queue\n  \"Other\" whole\n", "E0001 \"Other\""),
    ] {
        let all = table(rows);
        assert!(all.contains(&slip.to_owned()) && all.contains(&"E0109 nowhere".to_owned()), "{rows}: {all:?}");
        assert_eq!(all.len(), 2, "{rows}: {all:?}");
    }
}

#[test]
fn a_line_of_the_header_that_cannot_be_read_hides_no_other() {
    for (lines, slips) in [
        ("  vresion \"1\"\n  currency USD\n  owner t\n", &["E0001 vresion"][..]),
        ("  version 1\n  dated \"x\"\n  currency USD\n  owner t\n", &["E0001 1", "E0001 \"x\""]),
        ("  currency USD\n  owner zz\n  timezone UTC\n", &["E0205 zz", "E0001 UTC"]),
    ] {
        check_policy(&format!("leadwright 1\npolicy p {{\n{lines}}}\nteam t\nqueue q team t\n{LEAD}{USES}"), &[slips, &OF_USES].concat());
    }
    // a slip in its word takes nothing from what it says
    check_policy(
        &format!("leadwright 1\npolicy p {{\n  curency USD\n}}\nteam t\nqueue q team t\n{LEAD}{USES}"),
        &[&["E0001 curency"][..], &OF_USES].concat(),
    );
}

#[test]
fn two_rows_that_follow_each_other_are_told_both() {
    let items = "decide d {\n  a when beds >> 5\n  b when site << a1\n  c otherwis\n}\n\
        score s {\n  section x 100% {\n    beds 100% {\n      50 orr more 10\n      10 too 49 5\n      under 10 1\n    }\n  }\n}\n";
    check_policy(&format!("{HEAD}{LEAD}{items}"), &["E0001 >", "E0001 <", "E0301 site", "E0001 otherwis", "E0001 orr", "E0001 too"]);
    // a row that only follows from the one before it is not told
    check_policy(&format!("{HEAD}{LEAD}decide d {{\n  a when beds >=\n  b when beds > 5\n  c otherwise\n}}\n"), &["E0001 >="]);
}

#[test]
fn rows_beside_one_that_cannot_be_read_are_checked() {
    let cases: [(&str, &[&str]); 8] = [
        (
            "decide d {\n  a wehn beds > 5\n  b when bedz > 5\n  c when beds > 500\n  e when beds == 5\n  o otherwise\n}\n",
            &["E0001 wehn", "E0201 bedz", "E0304 500", "E0001 =="],
        ),
        (
            "decide d {\n  a when beds > 5   becuase \"x\"\n  b when site is zz\n  c when beds >> 5\n  o otherwise\n}\n",
            &["E0001 becuase", "E0203 zz", "E0001 >"],
        ),
        // what is missing at the end of a row is its own
        (
            "decide d {\n  a when beds >=\n  b when beds > 500\n  c when site is zz\n  o otherwise\n}\n",
            &["E0001 >=", "E0304 500", "E0203 zz"],
        ),
        (
            "score s {\n  secton x 50% {\n    bedz 100% { 1 or more 5 }\n  }\n  section y 50% {\n    beds 100% { 1 orr more 5 }\n  }\n}\n",
            &["E0001 secton", "E0201 bedz", "E0001 orr", "E0404 beds"],
        ),
        (
            "score s {\n  section x 100% {\n    beds 50% {\n      50 orr more 5\n      under 500 1\n    }\n    sitte 50% { a1 1 }\n  }\n}\n",
            &["E0001 orr", "E0304 500", "E0403 under 500", "E0201 sitte"],
        ),
        // strings without an end
        (
            "decide d {\n  a when beds > 5   because \"x\n  b b when site is zz\n  c when beds > 500\n  o otherwise\n}\n",
            &["E0002 \"x", "E0001 b", "E0203 zz", "E0304 500"],
        ),
        (
            "score s {\n  section x \"Who 100% {\n    beds 50% { 50 orr more 5 }\n    sitte 50% { a1 1 }\n  }\n}\n",
            &["E0002 \"Who", "E0001 orr", "E0404 beds", "E0201 sitte"],
        ),
        // an outcome of a row that cannot be read is none that nobody knows, and a test that cannot be read takes nothing from others
        (
            "decide d {\n  a wehn beds > 5\n  o otherwise\n}\ntest \"x\" {\n  lead { beds 500 }\n  expect { d a  d2 5 }\n  stge one\n}\n",
            &["E0001 wehn", "E0001 stge", "E0207 one", "E0304 500", "E0601 d2", "E0602 \"x\""],
        ),
    ];
    for (items, expected) in cases {
        check_policy(&format!("{HEAD}{LEAD}{items}"), expected);
    }
}

#[test]
fn an_adjust_that_cannot_be_read_hides_nothing_of_its_score() {
    let score = |adjusts: &str| {
        format!(
            "score s from 0 to 100 {{\n{adjusts}  section x 60% {{\n    beds 80% {{ 50 or more 5   30 to 49 2   40 to 45 3   under 30 1 }}\n  }}\n  \
             section y 30% {{ site 100% {{ a1 2 }} }}\n}}\nlet a = s.x > 5 and s.z > 5 and s > 200\ntest \"t\" {{ lead {{ id \"1\"  beds 5  site a1 }} expect {{ s 300 }} }}\n"
        )
    };
    // weights of the score and of a section, overlapping bands, a choice without a row, an unknown section, a number out of the range
    let others = ["E0401 s", "E0401 x", "E0403 40 to 45", "E0408 site", "E0201 z", "E0304 200", "E0304 300"];
    check_policy(&format!("{HEAD}{LEAD}{}", score("")), &others);
    for (adjusts, slips) in [
        ("  adjust +5 wehn beds > 5\n", &["E0001 wehn"][..]),
        ("  adjust +5 when beds >> 5   because \"x\"\n  adjust minus 5 when beds > 7\n", &["E0001 >", "E0001 minus"]),
        ("  adjust +5 when beds > 5\n  adjust 5 points when beds > 7\n", &["E0001 points"]),
        ("  adjust +5 when beds > 5 and\n         site iss a1\n", &["E0001 iss"]),
    ] {
        check_policy(&format!("{HEAD}{LEAD}{}", score(adjusts)), &[slips, &others].concat());
    }
    // what the adjust would have added is not known: neither an empty score nor a cap that is never reached is told
    check_policy(&format!("{HEAD}{LEAD}score s {{\n  adjust +5 wehn beds > 5\n}}\nlet a = s > 5\n"), &["E0001 wehn"]);
    let capped = "score s from 0 to 100 {\n  section x 100% {\n    beds 100% { 50 or more 5   under 50 1 }\n  }\n  adjust +90 wehn beds > 5\n}\n\
        let a = s > 60\nclaim \"big\" possible s > 60\n";
    check_policy(&format!("{HEAD}{LEAD}{capped}"), &["E0001 wehn"]);
}

#[test]
fn a_row_of_a_flow_that_cannot_be_read_hides_no_other() {
    let stages = "stage one owner t start\nstage two owner t\nstage three owner t\nstage four owner t\nstage end owner t final\n";
    let flow = |row: &str| format!("{HEAD}{LEAD}{stages}flow {{\n{row}  end -> two when beds > 7\n  two -> three when bedz > 1\n}}\n");
    // the rows beside it, and the stages that none of all rows leads to or leaves
    let others = ["E0506 end", "E0201 bedz", "E0504 four"];
    for (row, slips) in [
        ("  one -> two wehn beds > 5\n", &["E0001 wehn", "E0504 end", "E0505 three", "E0505 four"][..]),
        ("  one -> two\n    when beds >> 5\n", &["E0001 >", "E0504 end", "E0505 three", "E0505 four"]),
        ("  one -> end wen beds > 5\n  three -> end wehn beds > 5\n", &["E0001 wen", "E0001 wehn", "E0505 four"]),
        ("  any except four -> end wehn beds > 5\n", &["E0001 wehn", "E0505 four"]),
    ] {
        check_policy(&flow(row), &[slips, &others].concat());
    }
}

#[test]
fn what_a_row_would_have_given_is_not_called_unknown() {
    let route = "route r {\n  q when d is big_one\n  q wehn beds > 5\n  q otherwise\n}\n";
    check_policy(
        &format!("{HEAD}{LEAD}decide d {{\n  big-one when beds > 5\n  o otherwise\n}}\n{route}"),
        &["E0001 big-one", "E0001 wehn"],
    );
    let two = route.replace("wehn beds > 5", "wehn beds > 5\n  q when d is other and d is small_one");
    check_policy(
        &format!("{HEAD}{LEAD}decide d {{\n  big-one when beds > 5\n  o otherwise\n}}\n{two}"),
        &["E0001 big-one", "E0001 wehn", "E0203 other", "E0203 small_one"],
    );
}

#[test]
fn an_item_without_a_row_is_not_called_incomplete() {
    for items in [
        "decide d {\n  a when beds > 5\n  o otherwis\n}\n",
        "score s {\n  section x 100% {\n    beds 50% { 50 ~ more 5 }\n    site 50% { a1 1   b1 2 }\n  }\n}\nlet a = s.x > 5 and s > 5\n",
        "score s from 0 to 100 {\n  section x 100% {\n    beds 100% {\n      50 or more 5\n      under 50 1 1\n    }\n  }\n}\n",
        "stage one owner t start\nstage two owner t final\nflow {\n  one -> two wehn beds > 5\n}\n",
        "grid g of beds across site {\n  a1, b1\n  50 or more x1, y1\n  under 50 x1 y1 z1 1\n}\nlet a = g is z1\n",
    ] {
        let all = found(&[("policy.lead", &format!("{HEAD}{LEAD}{items}"))]);
        assert_eq!(all.len(), 1, "{items}: {all:?}");
    }
}

#[test]
fn a_list_without_choices_takes_nothing_from_the_row_below() {
    let with = |row: &str, uses: &str, slips: &[&str]| {
        let lead = LEAD.replace("  beds", &format!("{row}\n  beds"));
        check_policy(&format!("{HEAD}{lead}{USES}{uses}"), &[slips, &OF_USES].concat());
    };
    with("  note  some of", "let a = note has x\n", &["E0001 some of"]);
    with("  note  one of", "let a = note is x and bedz > 5\n", &["E0001 one of", "E0201 bedz"]);
    with("  note  one of optional", "let a = note is x\n", &["E0001 one of"]);
    // what stands deeper belongs to it
    with("  note  one of\n    x, y", "let a = note is z\n", &["E0203 z"]);
    check_policy(
        &format!("{HEAD}{LEAD}signal s {{ a one of }}\ntable t from \"t.csv\" {{\n  k text key\n  c one of\n}}\nlet a = t[id].c is x\n"),
        &["E0001 one of", "E0001 one of", "E0106 \"t.csv\""],
    );
}

/// A string without its end may have swallowed the rest of its line, and nothing is told for want of that.
#[test]
fn a_string_without_its_end_is_no_second_mistake() {
    let with = |row: &str, uses: &str, slips: &[&str]| {
        let lead = LEAD.replace("}\n", &format!("{row}\n}}\n"));
        check_policy(&format!("{HEAD}{lead}{USES}{uses}"), &[slips, &OF_USES].concat());
    };
    with("  note  one of a \"A, b", "let a = note is b\nlet c = bedz > 5\n", &["E0002 \"A, b", "E0201 bedz"]);
    with("  note  one of a \"A \"B\", b\n    c \"C\" optional", "let a = note is b\n", &["E0002 \", b"]);
    let item = |item: &str, slips: &[&str]| check_policy(&format!("{HEAD}{LEAD}{USES}{item}\n"), &[slips, &OF_USES].concat());
    item("signal s \"S { a text   b whole }\nlet a = count of s where a is \"x\"", &["E0002 \"S { a text   b whole }"]);
    item("signal s { a text \"b whole }\nlet a = count of s where b > 5", &["E0002 \"b whole }"]);
    item("queue r \"R team t\nroute w { r otherwise }\nlet a = bedz > 5", &["E0002 \"R team t", "E0201 bedz"]);
    item("stage a \"A owner t start\nstage b owner t final\nflow { a -> b when bedz > 5 }", &["E0002 \"A owner t start", "E0201 bedz"]);
    item("test \"t\" {\n  lead { site bb id \"x beds 5 }\n  expect { big yess }\n}", &["E0002 \"x beds 5 }", "E0301 yess"]);
}

/// Where a name was forgotten, what uses it is told with that.
#[test]
fn a_name_that_was_forgotten_is_one_mistake() {
    let policy = |items: &str, row: &str| format!("{HEAD}{}{USES}{items}\n", LEAD.replace("}\n", &format!("{row}}}\n")));
    let check = |items: &str, row: &str, slips: &[&str]| check_policy(&policy(items, row), &[slips, &OF_USES].concat());
    check("let a = note is missing\nlet b = note is \"x\"", "  text optional\n", &["E0001 optional"]);
    check("let a = note > 5", "  whole 0..5\n", &["E0001 0"]);
    check("route w { other otherwise }", "  note text\n  queue team t\n", &["E0001 t", "E0206 other"]);
    check("queue team t\nroute w { other otherwise }", "", &["E0001 t"]);
    check("team on office\nqueue r team crew\ncalendar { hours mon 08:00 to 12:00 }", "", &["E0001 office", "E0001 {"]);
    // one is lacking, and a slip is none
    check("let a = note > 5\nlet b = far > 5\nlet c = bedz > 5", "  whole 0..5\n", &["E0001 0", "E0201 bedz", "E0201 far"]);
    // the label says what else it may be
    let files = BTreeMap::from([("policy.lead".to_owned(), policy("let a = note > 5", "  whole 0..5\n"))]);
    let checked = leadwright::model::check(&files, "policy.lead");
    let labels: Vec<&str> = checked.diagnostics.iter().flat_map(|told| &told.labels).map(|label| label.text.as_str()).collect();
    assert!(labels.contains(&"nothing declares `note`: is it the name that is lacking?"), "{labels:?}");
}

/// What is left of a field may begin with its `from`.
#[test]
fn rows_that_begin_with_from_declare_no_field_twice() {
    let rows = "  note  from marketo \"A\"\n  from marketo \"B\"\n  more  qqqq\n  from salesforce \"C\"\n  from marketo \"B\"\n";
    let lead = LEAD.replace("}\n", &format!("{rows}}}\n"));
    let told = found(&[("policy.lead", &format!("{HEAD}{lead}"))]);
    assert!(told.iter().all(|told| told.starts_with("E0001")), "{told:?}");
}

/// Choices may go on in lines that are indented more than that of their field, where a comma may be missing as well.
#[test]
fn a_comma_that_is_missing_at_the_end_of_a_line_is_one_mistake() {
    let with = |row: &str, slips: &[&str]| {
        let lead = LEAD.replace("  site  one of a1, b1\n", &format!("{row}\n"));
        check_policy(&format!("{HEAD}{lead}{USES}"), &[slips, &OF_USES].concat());
    };
    with("  site  one of a1\n      b1", &["E0001 b1"]);
    with("  site  one of a1 \"A\"\n      b1 \"B\" \"bb\"   fixed\n      from marketo \"S\"", &["E0001 b1"]);
    with("  site  one of a1,\n      b1 \"B\"\n      fixed\n      from marketo \"S\"", &[]);
    // a row that lacks its name is none
    let lead = LEAD.replace("  deal  money  optional", "        money  optional");
    assert_eq!(found(&[("policy.lead", &format!("{HEAD}{lead}"))])[0], "E0001 optional");
    // each that is missing
    let lead = LEAD.replace("site  one of a1, b1", "site  one of a1, b1 \"B\"\n      c1 \"C\"   d1\n      e1 fixed");
    check_policy(&format!("{HEAD}{lead}let z = site is one of a1, c1, e1\n"), &["E0001 c1"]);
}
