//! Text that could not be read: it takes no message from what could be, and nothing that it would have declared is called unknown.

use std::collections::BTreeMap;

use leadwright::model::check;

use crate::model_together::found;

/// Stages, a flow and a queue without a mistake.
const STAGES: &str = "stage one owner t start\nstage two owner t\nstage three owner t final\n\
    flow {\n  one -> two when beds > 5\n  two -> three when beds > 7\n}\nqueue q team t\n";

/// Code and place of every mistake but those of the text itself.
#[track_caller]
fn beside(items: &str) -> Vec<String> {
    let all = found(items, &[]);
    let (text, others): (Vec<String>, Vec<String>) = all.into_iter().partition(|one| one.starts_with("E00") || one.starts_with("E0104"));
    assert!(!text.is_empty(), "{items} can be read: {others:?}");
    others
}

#[test]
fn a_slip_takes_no_message_from_other_items() {
    let cases: &[(&str, &str, &[&str])] = &[
        // a slip in one item, and what is wrong in others that name or lack the same words
        ("stage four owner t qqqq\n", "stage five\n", &["E0503 five", "E0504 five", "E0505 five"]),
        ("queue z team t rotat a\n", "queue y\n", &["E0508 y"]),
        ("let late = stage is five and = 3\n", "stage five owner t\n", &["E0504 five", "E0505 five"]),
        ("let late = any and team and owner = = 3\n", "stage five final\n", &["E0503 five", "E0504 five"]),
        ("let zz = = 3\n", "signal visit { x whole }\nlet sum = sum of visit.zz\n", &["E0212 zz"]),
        ("let zz = = 3\n", "let odd = role is zz\n", &["E0301 zz"]),
        ("let zz = = 3\n", "queue y team zz\n", &["E0205 zz"]),
        ("let zz = = yy\n", "let odd = yy > 3\n", &["E0201 yy"]),
        ("let zz = = 3\n", "stage five owner t final\nflow { zz -> five when beds > 3 }\n", &["E0207 zz"]),
        ("let keep = = lead\n", "test \"x\" { lead { beds 5 } expect { stage two } }\n", &["E0201 lead", "E0602 \"x\""]),
        ("let keep = = 3\n", "test \"x\" { queue q lead { beds 5 role boss region \"x\" } expect { stage two } }\n", &["E0601 q"]),
        (
            "team z on office at\n",
            "sla s { starts when entering two  stops on visit  within 5 business hours  by t }\nsignal visit\n",
            &["E0211 5 business hours"],
        ),
        ("score z { section fit 100% { beds 100 more 5 } }\n", "decide d { a when fit > 3   b otherwise }\n", &["E0201 fit"]),
        ("stage four owner t qqqq\n", "decide d { a when beds >= 50 }\n", &["E0408 d"]),
        ("flow { one -> -> two }\n", "stage five owner t\n", &["E0504 five", "E0505 five"]),
        // a row with one arrow says which way it is
        ("flow { five -> two when }\n", "stage five owner t\n", &["E0504 five"]),
        ("flow { two -> five when }\n", "stage five owner t\n", &["E0505 five"]),
        (
            "score z { section fit 100% { nobeds 100% { otherwise 5 } } }\n",
            "let a = z.fitt > 5\nlet b = = 3\n",
            &["E0201 fitt", "E0201 nobeds"],
        ),
        ("use \"gone.lead\"\n", "stage five start\nqueue y\n", &["E0503 five", "E0502 start", "E0508 y"]),
        ("use \"gone.lead\"\n", "test \"x\" { lead { beds 5 } expect { stage two } }\n", &["E0602 \"x\""]),
        ("use \"gone.lead\"\n", "signal visit { x whole }\nlet sum = sum of visit.zz\nlet odd = role is zz\n", &["E0203 zz", "E0212 zz"]),
    ];
    for (slip, items, expected) in cases {
        let mut all = beside(&format!("{STAGES}{slip}{items}"));
        all.sort();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(all, expected, "{slip}{items}");
    }
}

#[test]
fn a_file_without_its_version_is_read_whole() {
    let text = "policy p { owner t }\nteam t\nlead { id text key }\nstage one start\nqueue q\n";
    let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text.to_owned())]), "policy.lead");
    let mut codes: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["E0009", "E0503", "E0508"]);
}

#[test]
fn what_a_slip_hides_is_not_called_unknown() {
    let cases = [
        // an item that cannot be read declares its name all the same
        "stage four owner t qqqq\nflow { two -> four when beds > 3\n  four -> three when beds > 4 }\n",
        "queue z team t rotat a\nroute r { z otherwise }\n",
        "team z members a b\nqueue y team z\n",
        "calendar z { hours mon 8 to 9 }\nteam y on z\n",
        "signal visit { x whle }\nlet a = count of visit\nlet b = sum of visit.x\n",
        "signal visit\ngroup visits = , visit\nlet a = count of visits\n",
        "table z from input { a text qqqq }\nlet b = z[region].c\n",
        "let a = = 3\nlet b = a > 5\nscore s { section x points { +5 when a > 3 } }\n",
        "let a = = 3  let b = 4\nlet c = b > 5\n",
        "score z { section fit 100% { beds 100 more 5 } }\nlet a = z > 5\nlet b = z.fit > 5\n",
        "score z { section fit 100% { beds 100 more 5 } }\nsignal visit\nflow x { two -> one on visit recycle forget fit }\n",
        "decide z { a when beds >> 5  b otherwise }\nlet a = z is b\nroute r { q when z is b  q otherwise }\n",
        "grid z of beds across role { boss otherwise  1 to 5 a }\nlet a = z is b\n",
        "route z { q when beds ~ 5 }\ntest \"x\" { lead { beds 5 role boss region \"x\" } expect { z q } }\n",
        "sla z { starts qqqq entering two }\npromise t meets z for 90% per month\ntest \"x\" { lead { beds 5 role boss region \"x\" } expect { z missing } }\n",
        // people take turns in a queue that cannot be read; a route that cannot be read leaves leads to theirs
        "queue z team t rotat ann, bob\ntest \"x\" { owner ann lead { beds 5 role boss region \"x\" } expect { stage two } }\nroute r { keep owner when beds > 5  q otherwise }\n",
        "route z { keep owner wen beds > 5  q otherwise }\ntest \"x\" { queue q lead { beds 5 role boss region \"x\" } expect { stage two } }\n",
        // the ways of a flow
        "stage four owner t\nflow x {\n  two -> four wen beds > 3\n  four -> three when beds > 9\n}\n",
        "stage four owner t\nflow x {\n  two -> four when beds > 3\n  any -> three wen beds > 9\n}\n",
        // a line that begins with no item word may belong to the item above
        "stage four\nowner t\nflow x {\n  two -> four when beds > 3\n  four -> three when beds > 9\n}\n",
        "queue z\nrotate ann, bob team t\n",
        // its word may be what is missing, or wrong
        "sla s { starts when entering two  stops on visit  within 5 hours }\n visit\n",
        "sgnal visit\nlet a = count of visit\n",
        "tem z\nqueue y team z\n",
        "queue y team t\n z team t rotat\nroute r { z otherwise }\n",
        // a file that is not there may declare anything
        "use \"gone.lead\"\nlet a = b > 3\nqueue y team z\nlet c = count of visit\nlet d = table_x[region].y\nstage four owner t\n",
        "use \"gone.lead\nlet a = b > 3\n",
        // the name that the fix writes is declared
        "queue field-west team t\nroute r { field_west when beds > 5  q otherwise }\n",
        "team inside sales\nqueue y team inside_sales\n",
        "let \"Big one\" = beds > 5\nlet c = big_one and beds > 7\n",
        "stage Raw owner t\nflow x {\n  two -> raw when beds > 3\n  Raw -> three when beds > 9\n}\n",
    ];
    for items in cases {
        assert_eq!(beside(&format!("{STAGES}{items}")), Vec::<String>::new(), "{items}");
    }
}

#[test]
fn a_broken_part_of_which_there_is_one_is_not_called_missing() {
    let check = |text: &str| -> Vec<&'static str> {
        let files = BTreeMap::from([("policy.lead".to_owned(), format!("leadwright 1\n{text}"))]);
        check(&files, "policy.lead").diagnostics.iter().map(|diagnostic| diagnostic.name()).collect()
    };
    let (policy, lead, team) = ("policy p { currency USD }\n", "lead { id text key  beds whole  price money }\n", "team t\n");
    assert_eq!(check(&format!("{policy}{lead}{team}")), Vec::<&str>::new());
    // no header: no currency; no lead: no fields, no test that lacks one
    assert_eq!(check(&format!("policy p {{ curency USD }}\n{lead}{team}")), ["E0001"]);
    assert_eq!(check(&format!("polcy p {{ currency USD }}\n{lead}{team}")), ["E0001"]);
    let uses = "let big = beds > 5 and price > 7\ntest \"x\" { lead { beds 5 } expect { big yes } }\n";
    assert_eq!(check(&format!("{policy}lead {{ id text kye  beds whole  price money }}\n{team}{uses}")), ["E0001", "E0602"]);
    // the start may be the stage that cannot be read
    let stages = "stage two owner t final\nflow { one -> two when beds > 5 }\n";
    assert_eq!(check(&format!("{policy}{lead}{team}stage one owner t strt\n{stages}")), ["E0001"]);
    // it is not, where nothing in it says so
    assert_eq!(check(&format!("{policy}{lead}{team}stage one ownr t\n{stages}")), ["E0501", "E0001"]);
    // a condition on the stage, where all stages stand in text that cannot be read
    assert_eq!(check(&format!("{policy}{lead}{team}stage one owner t qqqq\nlet a = stage is one\n")), ["E0001"]);
}

/// What stands around a number, date or time that cannot be read is not judged by a made-up one in its place.
#[test]
fn a_literal_that_cannot_be_read_is_one_mistake() {
    let large = "99999999999999999999";
    let cases = [
        format!("score s {{ section x {large}% {{ beds 100% {{ under 50 1  50 or more 10 }} }}  section y 50% {{ beds 100% {{ under 50 1  50 or more 10 }} }} }}\n"),
        format!("score s {{ section x 100% {{ beds {large}% {{ under 50 1  50 or more 10 }}  role 30% {{ otherwise 5 }} }} }}\n"),
        format!("score s from 0 to {large} {{ section x points {{ +5 when beds > 5 }} }}\ndecide d {{ a when s > 500  b otherwise }}\n"),
        format!("score s {{ section x points up to {large} {{ +{large} when beds > 5 }} }}\n"),
        format!("score s {{ section x 100% {{ beds 100% {{ under {large} 1  50 or more {large} }} }} }}\n"),
        format!("let a = beds > {large} or beds between 5 and {large} or beds is {large} or beds is one of 5, {large}\nlet b = (due else 2026-02-30) is 2026-13-01\n"),
        "let a = due >= 2026-02-30T10:00\nlet b = due >= 2026-02-20T25:00\nlet c = region is 2026-02-30\n".to_owned(),
        "calendar z { hours mon 08:00 to 09:00  closed 2026-02-30, 2026-02-31  special 2026-02-29 08:00 to 09:00 }\n".to_owned(),
        format!("queue z team t rotate a weight {large}, b capacity {large} otherwise y\nqueue y team t\n"),
        format!("signal visit cost {large} {{ x whole 0..{large} }}\nlet a = count of visit where x > 5 in last {large} days at most {large} per day\n"),
        "test \"x\" { as of 2026-02-30T10:00 lead { beds 5 role boss region \"x\" } signals { visit 3 days ago  visit 2026-02-30T09:00 } expect { d a } }\n\
         signal visit\ndecide d { a otherwise }\n"
            .to_owned(),
        format!("stage one owner t start\nstage two owner t final\nflow {{ one -> two when beds > 5 }}\npromise t delivers {large} two per month\n\
                 sla s {{ starts when entering two  stops on visit  within {large} hours  remind t at {large}% }}\nsignal visit\n"),
    ];
    for items in cases {
        let others: Vec<String> = found(&items, &[]).into_iter().filter(|one| !one.starts_with("E0007")).collect();
        assert_eq!(others, Vec::<String>::new(), "{items}");
    }
    // a range that makes no sense leaves no gap below or above the rows
    for range in ["0..99999999999999999999", "100..0"] {
        let text = format!(
            "leadwright 1\npolicy p {{}}\nlead {{ id text key  beds whole {range} }}\nscore s {{ section x points {{ beds {{ 0 to 50 1  51 or more 2 }} }} }}\n"
        );
        let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text)]), "policy.lead");
        let codes: Vec<&str> = checked.diagnostics.iter().map(|diagnostic| diagnostic.name()).collect();
        assert_eq!(codes, if range == "100..0" { ["E0310"] } else { ["E0007"] }, "{:#?}", checked.diagnostics);
    }
}

#[test]
fn the_fix_of_an_open_route_names_a_queue_that_is_there() {
    let route = |queue: &str| format!("queue q team t\nqueue z team t\nroute r {{\n  {queue} when beds > 5\n}}\n");
    for (queue, fixes) in [("q", 1), ("qeue", 0)] {
        let text = format!("leadwright 1\npolicy p {{}}\nteam t\nlead {{ id text key  beds whole }}\n{}", route(queue));
        let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text)]), "policy.lead");
        let open = checked.diagnostics.iter().find(|diagnostic| diagnostic.name() == "E0512").unwrap();
        assert_eq!(open.fixes.len(), fixes, "{open:#?}");
    }
}

/// A `use` with a slip is followed: what its file declares is known, and what is wrong in it is told.
#[test]
fn a_use_with_a_slip_is_followed() {
    let teams = ("teams.lead", "leadwright 1\nteam z\nqueue lonely\n");
    let all = found("use \"teams.lead\" strt\nqueue y team z\nqueue x team w\n", &[teams]);
    let mut codes: Vec<&str> = all.iter().map(String::as_str).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["E0001 strt", "E0205 w", "E0508 lonely"]);
}

/// What the text alone cannot tell, whoever knows the left side can: one message, with the fix that fits.
#[test]
fn a_constant_in_capitals_is_read_by_what_it_is_compared_with() {
    let fixed = |items: &str| -> Vec<String> {
        let text =
            format!("leadwright 1\npolicy p {{ currency USDD }}\nlead {{ id text key  role one of boss, clerk  state text }}\n{items}\n");
        let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text)]), "policy.lead");
        let told = checked.diagnostics.iter().map(|diagnostic| {
            let fix = diagnostic.fixes.first().map_or("", |fix| fix.edits[0].text.as_str());
            format!("{} {} {fix}", diagnostic.name(), diagnostic.message)
        });
        told.collect()
    };
    let currency = "E0215 there is no currency `USDD` USD".to_owned();
    for (items, expected) in [
        ("let a = role is CLERKS", "E0203 `CLERKS` is not a choice of `role` clerk"),
        ("let a = role is CLERK", "E0001 write `clerk` for `CLERK` clerk"),
        ("let a = state is OH", "E0301 `state` is a text, but `OH` is a name \"OH\""),
        ("let a = stat is OH", "E0201 there is no field or derived value `stat` state"),
    ] {
        let all = fixed(items);
        assert_eq!(all[..2], [currency.clone(), expected.to_owned()], "{items}");
        assert_eq!(all.len(), if items.contains("stat ") { 3 } else { 2 }, "{all:?}");
    }
}

#[test]
fn a_misspelt_first_line_is_replaced() {
    let text = "leadwrght 1\npolicy p {}\nlead { id text key }\n";
    let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text.to_owned())]), "policy.lead");
    let [diagnostic] = checked.diagnostics.as_slice() else { panic!("{:?}", checked.diagnostics) };
    let [fix] = diagnostic.fixes.as_slice() else { panic!("{diagnostic:?}") };
    let [edit] = fix.edits.as_slice() else { panic!("{fix:?}") };
    assert_eq!((diagnostic.name(), edit.text.as_str(), edit.span.start, edit.span.end), ("E0009", "leadwright 1", 0, 11));
}

#[test]
fn a_use_without_its_quotation_marks_is_followed() {
    let cases = [
        ("use \"facts.lead\"", &["E0304"][..]),
        ("use facts.lead", &["E0001", "E0304"]),
        ("use facts.lead   # what follows", &["E0001", "E0304"]),
        ("use \"facts.lead", &["E0002", "E0304"]),
        ("use \"facts.lead   # what follows", &["E0002", "E0304"]),
        ("use 'facts.lead'", &["E0001", "E0304"]),
        ("use: \"facts.lead\"", &["E0001", "E0304"]),
        ("import \"facts.lead\"", &["E0001", "E0304"]),
        ("include facts.lead", &["E0001", "E0304"]),
        // a path to no file is that of the file that its fix would write
        ("use \"fact.lead\"", &["E0104", "E0304"]),
        ("use \"facts\"", &["E0104", "E0304"]),
        ("use \"nothing.lead\"", &["E0104"]),
    ];
    for (written, expected) in cases {
        let policy = format!(
            "leadwright 1\npolicy p {{}}\n{written}\nlead {{ id text key  n whole 0..100 }}\ndecide z {{ k when big  o otherwise }}\n"
        );
        let facts = "leadwright 1\nlet big = n > 500\n";
        let files = BTreeMap::from([("policy.lead".to_owned(), policy), ("facts.lead".to_owned(), facts.to_owned())]);
        let mut codes: Vec<&str> = check(&files, "policy.lead").diagnostics.iter().map(|diagnostic| diagnostic.name()).collect();
        codes.sort_unstable();
        assert_eq!(codes, expected, "{written}");
    }
}
