//! A mistake in what a part refers to, or in the first of two parts of one name, hides nothing of the part itself.

use crate::model_pairs::{check_all, messages, told};

#[test]
fn what_is_declared_again_is_looked_at() {
    let flow = "stage one owner t start\nstage end owner t final\nflow { one -> end when beds > 5 }\n";
    check_all(&[
        ("queue q team t\nqueue q team dekk", &["E0202 q, q", "E0205 dekk"]),
        ("queue q team t\nqueue q", &["E0202 q, q", "E0508 q"]),
        ("queue q team t\nqueue q team t rotate a weight 0, b otherwise z", &["E0202 q, q, z", "E0509 0"]),
        ("queue q team t\nqueue q team t rotate from reps otherwise q", &["E0202 q, q", "E0210 reps"]),
        (&format!("{flow}stage one owner dekk"), &["E0202 one, one", "E0205 dekk"]),
        (&format!("{flow}stage one {{ informed dekk }}"), &["E0202 one, one", "E0205 dekk", "E0503 one"]),
    ]);
}

/// `up to` is held against what all other rows give at least, whatever those were meant to ask.
#[test]
fn a_mistake_in_what_rows_refer_to_hides_no_section_above_its_score() {
    let score = |others: &str| {
        format!("let q = bedz > 3\nscore s from 0 to 100 {{ section x points up to 150 {{ +200 when beds > 5 }} {others} }}")
    };
    check_all(&[
        (&score("section y points { +5 when q }"), &["E0201 bedz", "E0418 150, 100"]),
        (&score("section y points { q { yes 10 no 20 } }"), &["E0201 bedz", "E0418 150, 100"]),
        (&score("section y points { +5 per visitt }"), &["E0201 bedz", "E0208 visitt", "E0418 150, 100"]),
        (&score("adjust +5 when q"), &["E0201 bedz", "E0418 150, 100"]),
        (&score("section y points { +0.5 when q }"), &["E0201 bedz", "E0418 150, 100"]),
        // what they may take away makes room
        (&score("section y points { -60 when q }"), &["E0201 bedz"]),
        (&score("adjust -50 when q"), &["E0201 bedz"]),
        (&score("section y points { q { yes -50 no 20 } }"), &["E0201 bedz"]),
        (&score("section y points { -1 per visitt }"), &["E0201 bedz", "E0208 visitt"]),
        (&score("section y points { bedz { otherwise -1 each } }"), &["E0201 bedz, bedz"]),
        (&score("adjust -49 when q"), &["E0201 bedz", "E0418 150, 100"]),
        // of which as much is left as is surely given
        (&score("section y points up to 80 { q { yes 30 no 20 } }"), &["E0201 bedz", "E0418 150, 100"]),
    ]);
    let room = messages(&score("section y points { q { yes 30 no 20 } }"));
    assert!(room.iter().any(|message| message.ends_with("never shows more than 80")), "{room:?}");
    // what takes the rest is said
    let text = format!(
        "leadwright 1\npolicy p {{}}\nlead {{ id text key   beds whole }}\n{}\n",
        "score s from 0 to 100 { section x points up to 150 { +200 when beds > 5 } section y points { beds { otherwise 41 } } }"
    );
    let checked = leadwright::model::check(&std::collections::BTreeMap::from([("p.lead".to_owned(), text)]), "p.lead");
    let labels: Vec<&str> = checked.diagnostics[0].labels.iter().map(|label| label.text.as_str()).collect();
    assert!(labels.contains(&"the score ends here, and all else gives 41 of it at least"), "{labels:?}");
    assert_eq!(checked.diagnostics[0].fixes[0].title, "write `up to 59`");
}

/// A score is a number and a comparison a yes or no, whatever is wrong in it.
#[test]
fn a_value_with_a_mistake_still_has_its_type() {
    let twice = "score s { section x 50% { beds 100% { otherwise 5 } } section x 50% { beds 100% { otherwise 5 } } }";
    let band = "score s { section x 100% { beds 100% { \"x\" 5   otherwise 5 } } }";
    let adjust = "score s { section x 100% { beds 100% { otherwise 5 } } adjust +5 when beds }";
    for (score, own) in [(twice, "E0202 x, x"), (band, "E0301 \"x\""), (adjust, "E0307 beds")] {
        let cases: [(&str, &[&str]); 8] = [
            ("let a = s is boss", &["E0301 boss"]),
            ("let a = s > \"y\"", &["E0301 \"y\""]),
            ("let a = s has boss", &["E0301 s"]),
            ("let a = s starts with \"y\"", &["E0301 s"]),
            ("let a = domain of s", &["E0301 s"]),
            ("decide d { a when s   b otherwise }", &["E0307 s"]),
            ("let a = s > 5 and bedz > 3", &["E0201 bedz"]),
            ("let a = s is 5.25 or s > 0.5", &[]),
        ];
        for (uses, expected) in cases {
            let mut expected: Vec<&str> = expected.iter().copied().chain([own]).collect();
            expected.sort_unstable();
            assert_eq!(told(&format!("{score}\n{uses}"), &[]), expected, "{score} {uses}");
        }
    }
    let condition = "let q = bedz > 3\n";
    check_all(&[
        (&format!("{condition}let a = q > 5"), &["E0201 bedz", "E0301 q"]),
        (&format!("{condition}let a = q + 5"), &["E0201 bedz", "E0301 q"]),
        (&format!("{condition}let a = q is boss"), &["E0201 bedz", "E0301 boss"]),
        (&format!("{condition}score s {{ section x 100% {{ q 100% {{ yes 5 }} }} }}"), &["E0201 bedz", "E0408 q"]),
        (&format!("{condition}score s {{ section x 100% {{ q 100% {{ yes 5   no 30 }} }} }}"), &["E0201 bedz", "E0409 no 30"]),
        // in a circle the one may be what is wrong with the other
        ("let a = b > 5\nlet b = a is boss", &["E0309 b, a"]),
    ]);
}

#[test]
fn every_part_of_a_calculation_is_looked_at() {
    check_all(&[
        ("let a = bedz + role + need", &["E0201 bedz", "E0301 need", "E0301 role"]),
        ("let a = bedz / 3", &["E0201 bedz", "E0306 bedz / 3"]),
        ("let a = role * need", &["E0301 need", "E0301 role"]),
        ("let a = (bedz % 3) * role", &["E0201 bedz", "E0301 role"]),
    ]);
}

#[test]
fn a_route_that_keeps_owners_has_more_than_one_row() {
    let route = messages("queue q team t\nroute r { keep owner when beds > 5   q when bedz > 5 }");
    assert!(route.iter().any(|message| message.ends_with("the only row that surely gives one has a condition")), "{route:?}");
    let route = messages("queue q team t\nroute r { q when bedz > 5 }");
    assert!(route.iter().any(|message| message.ends_with("its only row has a condition")), "{route:?}");
}

/// Of a table of conditions each row is one answer: what a row that cannot be read would have said is not asked for, and all else of the table is.
#[test]
fn a_row_that_cannot_be_read_hides_no_use_of_its_table() {
    let decide = "decide size {\n  big wehn it is\n  middle when bedz > 5\n  small otherwise\n}\n";
    let route =
        "queue north team t\nqueue south team t\nroute desk {\n  north (beds) when beds > 5\n  suoth when beds > 3\n  south otherwise\n}\n";
    let grid = "grid mark of beds across beds {\n  under 5, 5 or more\n  under 4    a, b\n  4 <        c, d\n  8 or more  e, f\n}\n";
    let uses = |text: &str, expect: &str| {
        format!("{text}test \"t\" {{ as of 2026-01-01T09:00 lead {{ id \"a\" beds 5 role boss deal 5 }} expect {{ {expect} }} }}")
    };
    check_all(&[
        (&uses(decide, "size smal"), &["E0001 wehn", "E0201 bedz", "E0203 smal"]),
        (&uses(decide, "siz small"), &["E0001 wehn", "E0201 bedz", "E0601 siz"]),
        // the row may have given one name that no other gives
        (&uses(decide, "size big"), &["E0001 wehn", "E0201 bedz"]),
        (&format!("{decide}let x = size > 3"), &["E0001 wehn", "E0201 bedz", "E0301 size"]),
        // it may have covered the rest, or been the only one
        ("decide size {\n  big wehn it is\n  small when beds > 5\n}", &["E0001 wehn"]),
        ("decide size {\n  big wehn it is\n}", &["E0001 wehn"]),
        (&uses(route, "desk suth"), &["E0001 (", "E0206 suoth", "E0206 suth"]),
        (
            "queue north team t\nroute desk when entering end {\n  north (beds) when beds > 5\n  north when beds > 3\n}",
            &["E0001 (", "E0207 end"],
        ),
        (&uses(grid, "mark g"), &["E0001 <", "E0203 g"]),
        (&uses(grid, "mark d"), &["E0001 <"]),
        (&uses(grid, "mark a   size big"), &["E0001 <", "E0601 size"]),
        (
            "grid mark of beds across beds {\n  under 5, 5 or more\n  under 9    a, b\n  4 <        c, d\n  8 or more  e, f\n}",
            &["E0001 <", "E0403 8 or more, under 9"],
        ),
    ]);
}
