//! One mistake is one message: what hangs on a mistake is not judged.

use std::collections::BTreeMap;

use leadwright::model::check;

use crate::model_together::found;

const TEST: &str = "test \"t\" { lead { beds 5 role boss region \"x\" } expect { s 100  s.x 87.5  s.y 100  twice 200 } }\n";

#[test]
fn what_a_test_expects_is_not_held_against_a_broken_score() {
    let score = |sections: &str| format!("score s {{ {sections} }}\nlet twice = s * 2\n{TEST}");
    let right =
        "section x 50% { beds 75% { otherwise 10 }  role 25% { boss 5  otherwise 0 } }  section y 50% { beds 100% { otherwise 10 } }";
    assert_eq!(found(&score(right), &[]), Vec::<String>::new());
    let cases = [
        // weights, of attributes and of sections
        ("beds 75%", "beds 65%", "E0401 x"),
        ("beds 75%", "beds 85%", "E0402 x"),
        ("beds 75%", "beds", "E0415 beds"),
        ("y 50%", "y 5%", "E0401 s"),
        // rows
        ("boss 5  otherwise 0", "boss 5", "E0408 role"),
        ("boss 5  otherwise 0", "boss 15  otherwise 0", "E0409 boss 15"),
        ("boss 5  otherwise 0", "bos 5  otherwise 0", "E0203 bos"),
        ("beds 100% { otherwise 10 }", "beds 100% { under 100 10 }", "E0404 beds"),
    ];
    for (old, new, expected) in cases {
        assert!(right.contains(old), "{old}");
        assert_eq!(found(&score(&right.replacen(old, new, 1)), &[]), [expected], "{new}");
    }
}

const HEAD: &str = "leadwright 1
policy p { currency USD }
team t
lead {
  id    text    key
  beds  whole   0..100
  site  one of  clinic, hospital, surgery
  met   date    optional
}
stage raw   owner t start
stage done  owner t final
signal call   { outcome one of good, bad }
signal visit  { path text }
table areas from \"areas.csv\" { area text key   region one of north, south }
queue inside  team t
queue field   team t
score s from 0 to 100 {
  section x 60% { beds 100% { under 50 1   50 or more 10 } }
  section y 40% { site 100% { clinic 1   hospital 5   surgery 10 } }
}
let big   = beds >= 50
let late  = days since met
let calls = count of call where outcome is good
decide size { large when big and s >= 50   small otherwise }
grid cell of beds across site { clinic, otherwise   under 50 a1, a2   50 or more b1, b2 }
flow { raw -> done when size is large and cell is b2 }
route r when entering done { by areas[\"x\"].queue when beds > 5   inside otherwise }
test \"t\" {
  as of 2026-11-18T15:00
  lead { beds 60 site hospital }
  signals { call 1 day ago { outcome good }  visit 1 day ago { path \"/\" } }
  expect { size large  cell b2  s.x 100  s.y 50  calls 1  late missing  r inside  stage done }
}
";

/// Codes and places of every mistake, after one edit of the policy above.
#[track_caller]
fn after(old: &str, new: &str) -> Vec<String> {
    let policy = HEAD.replace("by areas[\"x\"].queue when beds > 5   ", "field when areas[\"x\"].region is north   ");
    assert!(policy.contains(old), "{old}");
    let files =
        [("policy.lead".to_owned(), policy.replacen(old, new, 1)), ("areas.csv".to_owned(), "area,region\nx,North\ny,South\n".to_owned())];
    let checked = check(&BTreeMap::from(files), "policy.lead");
    let told = |diagnostic: &leadwright::diagnostic::Diagnostic| {
        let at = diagnostic.labels.first().map_or("", |label| checked.sources.text(label.span));
        format!("{} {at}", diagnostic.name())
    };
    checked.diagnostics.iter().map(told).collect()
}

#[test]
fn the_policy_without_an_edit_is_right() {
    assert_eq!(after("beds", "beds"), Vec::<String>::new());
}

#[test]
fn what_stands_twice_may_be_what_is_lacking_elsewhere() {
    let cases: [(&str, &str, &[&str]); 14] = [
        // choices: the second was meant to be the one that is used elsewhere, in rows, conditions, tests and cells of tables
        ("clinic, hospital, surgery", "clinic, clinic, surgery", &["E0204 clinic"]),
        ("north, south", "south, south", &["E0204 south"]),
        ("good, bad", "bad, bad", &["E0204 bad"]),
        // of two lacking one is not explained
        ("clinic, hospital, surgery", "surgery, surgery", &["E0204 surgery", "E0203 hospital"]),
        // items
        ("let late", "let big", &["E0202 big"]),
        ("let big", "let late", &["E0202 late"]),
        ("let calls", "let size", &["E0202 size"]),
        ("decide size", "decide cell", &["E0202 cell"]),
        ("signal visit", "signal call", &["E0202 call"]),
        ("queue field", "queue inside", &["E0202 inside"]),
        ("stage done", "stage raw", &["E0202 raw"]),
        ("section y", "section x", &["E0202 x"]),
        ("  beds  whole", "  site  whole", &["E0202 site"]),
        // nothing explains a name that is simply unknown
        ("is large", "is larg", &["E0203 larg"]),
    ];
    for (old, new, expected) in cases {
        assert_eq!(after(old, new), expected, "{new}");
    }
}

#[test]
fn what_rows_lack_may_be_what_is_expected_elsewhere() {
    let cases: [(&str, &str, &[&str]); 6] = [
        ("large when big and s >= 50   small otherwise", "small when big and s >= 50", &["E0408 size"]),
        ("large when big and s >= 50   small otherwise", "small when big and s >= 50   medium when beds > 90", &["E0408 size"]),
        ("large when big and s >= 50   small otherwise", "", &["E0414 size"]),
        ("50 or more b1, b2", "50 or more b1", &["E0413 b1"]),
        ("inside otherwise", "", &["E0408 r"]),
        // one row gives one outcome
        ("is large and cell is b2", "is larger and cell is b2", &["E0203 larger"]),
    ];
    for (old, new, expected) in cases {
        assert_eq!(after(old, new), expected, "{new}");
    }
}

#[test]
fn a_second_key_is_one_message() {
    assert_eq!(after("beds  whole   0..100", "beds  whole   0..100 key"), ["E0311 key"]);
    assert_eq!(after("one of  clinic, hospital, surgery", "one of  clinic, hospital, surgery key"), ["E0311 key"]);
    // and so are fields that many tests lack
    let tests = "test \"a\" { as of 2026-11-18T15:00 lead { beds 5 } expect { big no } }\ntest \"b\" { as of 2026-11-18T15:00 lead { beds 5 } expect { big no } }\ntest";
    assert_eq!(after("test", tests), ["E0602 \"a\""]);
    // what is written for it may be anything
    assert_eq!(after("lead { beds 60 ", "lead { capacity 60 "), ["E0601 capacity"]);
}

#[test]
fn a_start_counts_whatever_else_is_wrong_with_its_stage() {
    assert_eq!(after("stage raw   owner t start", "stage raw  \"Rå\"  ownr t start"), ["E0001 ownr"]);
    let both = after("stage raw   owner t start\nstage done  owner t final", "stage raw  \"Rå\"  ownr t start\nstage done  owner t start");
    assert_eq!(both, ["E0001 ownr", "E0505 done", "E0502 start"]);
    let both = after("stage raw   owner t start\nstage done  owner t final", "stage raw  owner t start\nstage done  ownr t start");
    assert_eq!(both, ["E0505 done", "E0001 ownr", "E0502 start"]);
}

#[test]
fn a_way_that_leads_nowhere_may_be_the_one_that_is_lacking() {
    let stages = "stage raw   owner t start\nstage mid owner t\n";
    let rows = |rows: &str| format!("flow {{ raw -> done when size is large and cell is b2   {rows} }}");
    let with = |written: &str| {
        let policy = HEAD.replace("stage raw   owner t start\n", stages);
        let flow = "flow { raw -> done when size is large and cell is b2 }";
        let files = [
            ("policy.lead".to_owned(), policy.replace(flow, &rows(written)).replace("by areas[\"x\"].queue when beds > 5   ", "")),
            ("areas.csv".to_owned(), "area,region\nx,North\n".to_owned()),
        ];
        let checked = check(&BTreeMap::from(files), "policy.lead");
        checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect::<Vec<_>>()
    };
    assert_eq!(with("raw -> mid when big   mid -> done when big"), [""; 0]);
    assert_eq!(with("raw -> raw when big   mid -> done when big"), ["E0507"]);
    assert_eq!(with("raw -> mid when big   done -> done when big"), ["E0506", "E0507"]);
    assert_eq!(with("raw -> elsewhere when big   mid -> done when big"), ["E0207"]);
    assert_eq!(with("mid -> done when big"), ["E0504"]);
}

#[test]
fn what_is_declared_but_could_not_be_read_is_not_called_absent() {
    let helps = |items: &str| {
        let text = format!("leadwright 1\npolicy p {{}}\nlead {{ id text key }}\n{items}");
        let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text)]), "policy.lead");
        checked.diagnostics.iter().filter_map(|diagnostic| diagnostic.help.clone()).collect::<Vec<_>>()
    };
    let says = |items: &str| helps(items).iter().any(|help| help.starts_with("no ") && help.ends_with(" is declared"));
    for (broken, used) in [
        ("team desk membrs ann", "queue q team deks"),
        ("queue fast team team t", "team t\nroute r { fats otherwise }"),
        ("stage raw owner t strat", "team t\ntest \"t\" { lead { } stage rwa expect { id missing } }"),
        ("calendar hours { timezon \"UTC\" }", "team t on huors"),
        ("signal call { outcom oneof a }", "let x = any clal"),
        ("table areas frm \"a.csv\" { a text key }", "let x = area[id].b is 5"),
    ] {
        assert!(!says(&format!("{broken}\n{used}\n")), "{broken}: {:?}", helps(&format!("{broken}\n{used}\n")));
        assert!(says(&format!("{used}\n")), "{used}: {:?}", helps(&format!("{used}\n")));
    }
}

#[test]
fn what_is_proposed_fits_and_closes_no_circle() {
    // what a name may be meant for, after one edit; none if nothing is proposed
    let proposed = |old: &str, new: &str| {
        let policy = HEAD.replace("by areas[\"x\"].queue when beds > 5   ", "field when areas[\"x\"].region is north   ");
        assert!(policy.contains(old), "{old}");
        let files = [
            ("policy.lead".to_owned(), policy.replacen(old, new, 1)),
            ("areas.csv".to_owned(), "area,region\nx,North\ny,South\n".to_owned()),
        ];
        let checked = check(&BTreeMap::from(files), "policy.lead");
        let [told] = checked.diagnostics.as_slice() else { panic!("{new}: {:?}", checked.diagnostics) };
        told.fixes.first().map(|fix| fix.edits[0].text.clone())
    };
    let cases = [
        // a value that needs the one that is declared
        ("let big   = beds >= 50", "let big   = bigg and beds >= 50", None),
        ("under 50 1   50 or more 10", "under 50 1   50 or more 10 }  sizes 0% { otherwise 1", None),
        ("when big and s >= 50", "when big and sizee is large", None),
        ("let late  = days since met", "let late  = callz", Some("calls")),
        ("let calls = count of call where outcome is good", "let calls = callz else 0", None),
        // what is needed there
        ("let late  = days since met", "let late  = days since mett", Some("met")),
        ("let late  = days since met", "let late  = days since sitee", None),
        ("beds >= 50", "bed >= 50", Some("beds")),
        ("beds >= 50", "sitt >= 50", None),
        ("when big and", "when bigg and", Some("big")),
        ("when big and", "when bedz and", None),
        ("size is large", "sizze is large", Some("size")),
        ("size is large", "sitee is large", None),
        ("areas[\"x\"]", "areas[idd]", Some("id")),
        ("areas[\"x\"]", "areas[bed]", None),
        // neither routes nor clocks are values
        ("size is large and", "rr is missing and", None),
    ];
    for (old, new, expected) in cases {
        assert_eq!(proposed(old, new).as_deref(), expected, "{new}");
    }
}

#[test]
fn is_same_as_is_proposed_for_values_of_one_kind() {
    let fixes = |new: &str| {
        let text = HEAD.replace("by areas[\"x\"].queue when beds > 5   ", "").replace("size is large and", new);
        let files = [("policy.lead".to_owned(), text), ("areas.csv".to_owned(), "area,region\nx,North\ny,South\n".to_owned())];
        let checked = check(&BTreeMap::from(files), "policy.lead");
        let [told] = checked.diagnostics.as_slice() else { panic!("{new}: {:?}", checked.diagnostics) };
        (told.name(), told.fixes.len())
    };
    assert_eq!(fixes("beds is s and"), ("E0301", 1));
    assert_eq!(fixes("site is beds and"), ("E0301", 0));
    assert_eq!(fixes("met is beds and"), ("E0301", 0));
}

#[test]
fn a_name_in_capitals_that_is_unknown_too_is_one_message() {
    assert_eq!(after("when size is large", "when Siz is large"), ["E0201 Siz"]);
    assert_eq!(after("stage raw   owner t start", "stage raw   owner T5 start"), ["E0205 T5"]);
    // of one that is known, how it is written is the mistake
    assert_eq!(after("when size is large", "when Size is large"), ["E0001 Size"]);
}
