//! The words in which changes are told.

use leadwright::policy;

use super::{diff_of_trees, example, told, tree_of};

/// Edits of medbank's files, each a text and what stands there instead, and what must be told of them.
#[track_caller]
fn check(edits: &[(&str, &str)], expected: &[&str]) {
    let old = example("medbank");
    let mut new = old.clone();
    for (from, to) in edits {
        let file = new.values_mut().find(|text| text.contains(from)).unwrap_or_else(|| panic!("no file has `{from}`"));
        *file = file.replacen(from, to, 1);
    }
    let checked = |files| policy::check(files, "medbank.lead");
    let difference = policy::diff(&checked(&old), &checked(&new));
    assert_eq!(told(&difference), expected);
}

/// The same of two small texts.
#[track_caller]
fn check_texts(old: &str, new: &str, expected: &[&str]) {
    let (old, new) = (tree_of(old).expect("the old text parses"), tree_of(new).expect("the new text parses"));
    assert_eq!(told(&diff_of_trees(&old, &new)), expected);
    let back = diff_of_trees(&new, &old);
    assert_eq!(back.is_empty(), expected.is_empty(), "{:?}", told(&back));
}

/// Rows, routes, clocks and tests that differ by the name alone say nothing of it.
#[test]
fn a_rename_is_told_once() {
    let policy = |edits: &[(&str, &str)]| {
        let text = "leadwright 1
policy p { version \"1\"  owner desk  timezone \"UTC\" }
team desk members ann, bob on office
team boss
calendar office { hours mon to fri 09:00 to 17:00 }
lead { id text key  beds whole 0..900  vip yes_no }
signal call by desk { outcome one of good, bad }
signal visit
table areas from input { area text key  to queue }
let seen = count of visit in last 30 days
score fit { section s 100% { beds 60% { 500 or more 10  under 500 2 }  seen 40% { 3 or more 5  under 3 1 } } }
decide level { hot when fit >= 50 and beds >= 100  cold otherwise }
stage raw owner desk start
stage mql owner desk { responsible boss }
stage won owner boss final
flow { raw -> mql when level is hot  mql -> won on call where outcome is good  mql -> raw after 30 days when beds < 5 }
route handover when entering mql { first when beds >= 500  second otherwise }
queue first team desk rotate ann, bob otherwise second
queue second team boss
sla touch { starts when entering mql  stops when leaving mql  within 4 business hours  by desk  breach notify boss }
promise desk delivers 40 mql per week
claim \"big ones go first\" never handover is second and beds >= 500 and stage is raw
test \"t\" { as of 2026-11-18T10:00  stage mql since 1 day ago  lead { beds 700 vip yes }  signals { visit 1 day ago }  expect { level hot  handover first } }
";
        edits.iter().fold(text.to_owned(), |text, (from, to)| {
            let pieces: Vec<&str> = text.split_inclusive(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
            pieces
                .iter()
                .map(|piece| {
                    if piece.trim_end_matches(|letter: char| !letter.is_alphanumeric()) == *from {
                        piece.replace(from, to)
                    } else {
                        (*piece).to_owned()
                    }
                })
                .collect()
        })
    };
    let check = |edits: &[(&str, &str)], expected: &[&str]| check_texts(&policy(&[]), &policy(edits), expected);
    check(&[("mql", "sql")], &["stage sql | renamed, was `mql`, is now `sql`"]);
    check(&[("second", "third")], &["queue third | renamed, was `second`, is now `third`"]);
    check(&[("desk", "front")], &["team front | renamed, was `desk`, is now `front`"]);
    check(&[("beds", "size")], &["lead | field beds: renamed, was `beds`, is now `size`"]);
    check(&[("call", "phone")], &["signal phone | renamed, was `call`, is now `phone`"]);
    check(&[("handover", "hand")], &["route hand | renamed, was `handover`, is now `hand`"]);
    // several at once, of which some show only under others
    check(
        &[("visit", "hit"), ("seen", "hits"), ("fit", "card"), ("level", "grade")],
        &[
            "signal hit | renamed, was `visit`, is now `hit`",
            "let hits | renamed, was `seen`, is now `hits`",
            "score card | renamed, was `fit`, is now `card`",
            "decide grade | renamed, was `level`, is now `grade`",
        ],
    );
    // what changed besides is told beside it, and only that
    check(
        &[("mql", "sql"), ("500", "600")],
        &[
            "score fit | band `500 or more` of beds in section s: pattern `500 or more` → `600 or more`",
            "score fit | band `under 500` of beds in section s: pattern `under 500` → `under 600`",
            "stage sql | renamed, was `mql`, is now `sql`",
            "route handover | row 1 (first): threshold of beds 500 → 600",
            "claim \"big ones go first\" | threshold of beds 500 → 600",
        ],
    );
    // `queue first` and `stage won` say the name of nothing else
    check(&[("won", "first")], &["stage first | renamed, was `won`, is now `first`"]);
}

/// A holiday on another day of its year is the same holiday.
#[test]
fn a_day_of_a_calendar_moves() {
    let days = |days: &str| format!("leadwright 1\ncalendar c {{ hours mon to fri 09:00 to 17:00 {days} }}\n");
    let check = |old: &str, new: &str, expected: &[&str]| check_texts(&days(old), &days(new), expected);
    check(
        "closed 2026-12-24 \"Christmas\", 2026-01-01 \"New Year\"",
        "closed 2026-12-25 \"Christmas\", 2026-01-01 \"New Year\"",
        &["calendar c | closed day 2026-12-24: moved from `2026-12-24` to `2026-12-25`"],
    );
    check(
        "closed 2026-12-25 \"Christmas\"",
        "closed 2027-12-25 \"Christmas\"",
        &["calendar c | closed day 2026-12-25: removed", "calendar c | closed day 2027-12-25: added"],
    );
}

#[test]
fn a_name_that_alone_changed_is_told_as_such() {
    let lead = |fields: &str| format!("leadwright 1\nlead {{ id text key  {fields} }}\n");
    let check_fields = |old: &str, new: &str, expected: &[&str]| check_texts(&lead(old), &lead(new), expected);
    check_fields(
        "beds whole 0..900 optional from crm \"Beds\"",
        "bed_count whole 0..900 optional from crm \"Beds\"",
        &["lead | field beds: renamed, was `beds`, is now `bed_count`"],
    );
    check_fields(
        "site one of hospital \"H\", clinic \"C\"",
        "site one of hospital \"H\", ward \"C\"",
        &["lead | choice clinic of field site: renamed, was `clinic`, is now `ward`"],
    );
    // another type, another source, or nothing but a type: not certain
    check_fields(
        "beds whole 0..900 from crm \"Beds\"",
        "bed_count whole 0..800 from crm \"Beds\"",
        &["lead | field beds: removed: `beds whole 0..900`", "lead | field bed_count: added: `bed_count whole 0..800`"],
    );
    check_fields("vip yes_no", "rival yes_no", &["lead | field vip: removed: `vip yes_no`", "lead | field rival: added: `rival yes_no`"]);
    // of two that are alike nobody knows which it was
    check_fields(
        "a one of x, y  b one of x, y",
        "c one of x, y",
        &["lead | field a: removed: `a one of x, y`", "lead | field b: removed: `b one of x, y`", "lead | field c: added: `c one of x, y`"],
    );
    check_texts(
        "leadwright 1\nscore s { section a 100% { beds 60% { 1 or more 2  under 1 0 } rival 40% { yes 1 no 0 } } }\n",
        "leadwright 1\nscore s { section a 100% { bed_count 60% { 1 or more 2  under 1 0 } rival 40% { yes 1 no 0 } } }\n",
        &["score s | beds in section a: renamed, was `beds`, is now `bed_count`"],
    );
}

#[test]
fn scores() {
    check(
        &[
            ("demographic \"Who they are\" 40%", "demographic \"Who they are\" 45%"),
            ("behavioural \"What they did\" 60%", "behavioural \"What they did\" 55%"),
        ],
        &["score readiness | section demographic: weight 40% → 45%", "score readiness | section behavioural: weight 60% → 55%"],
    );
    check(
        &[("500 or more          10", "500 or more           8")],
        &["score readiness | band `500 or more` of beds in section demographic: 10 → 8 points"],
    );
    check(
        &[("500 or more          10", "600 or more          10"), ("100 to 499            6", "100 to 599            6")],
        &[
            "score readiness | band `500 or more` of beds in section demographic: pattern `500 or more` → `600 or more`",
            "score readiness | band `100 to 499` of beds in section demographic: pattern `100 to 499` → `100 to 599`",
        ],
    );
    check(&[("2 each", "3 each")], &["score readiness | band `under 5` of product_views in section behavioural: 2 each → 3 each"]);
    check(
        &[("adjust  +5 when budget and authority", "adjust  +8 when budget and authority")],
        &["score readiness | adjust +5: points `+5` → `+8`"],
    );
    check(&[("when careers_views >= 3", "when careers_views >= 4")], &["score readiness | adjust -25: threshold of careers_views 3 → 4"]);
    check(
        &[("+40  when asked_for_rep ", "+45 when asked_for_rep ")],
        &["score urgency | points `when asked_for_rep` in section timing: +40 → +45 points"],
    );
    check(&[("points up to 60", "points up to 70")], &["score urgency | section timing: limit 60 → 70"]);
    check(&[("from 0 to 100 rounded to 0 places", "from 0 to 100 rounded to 1 place")], &["score fit | rounding to places: 0 → 1"]);
}

#[test]
fn rows_of_routes_and_decides() {
    check_texts(
        "route handover { a when x   b when y   c otherwise }",
        "route handover { b when y   a when x   c otherwise }",
        &["route handover | row 2 (b): moved above row 1"],
    );
    check_texts(
        "decide status { out when rival   qualified when readiness >= 60 and fit >= 20   nurture otherwise }",
        "decide status { out when rival   qualified when readiness >= 65 and fit >= 20   nurture otherwise }",
        &["decide status | row 2 (qualified): threshold of readiness 60 → 65"],
    );
    check_texts(
        "decide status { hot when a and b   cold otherwise }",
        "decide status { hot when b and a and c > 1   cold otherwise }",
        &["decide status | row 1 (hot): now also needs `c > 1`"],
    );
    check_texts(
        "decide status { hot when a or b   cold otherwise }",
        "decide status { hot when a   cold otherwise }",
        &["decide status | row 1 (hot): no longer when `b`"],
    );
    check_texts(
        "decide status { hot when a   cold otherwise }",
        "decide status { hot when a   warm when b   cold otherwise }",
        &["decide status | row 2 (warm): added: `warm when b`"],
    );
    check_texts(
        "route desk { a when x   b otherwise }",
        "route desk { c when x   b otherwise }",
        &["route desk | row 1 (a): target `a` → `c`"],
    );
    check_texts(
        "decide grade { a when x   b otherwise }",
        "decide level { a when x   b otherwise }",
        &["decide level | renamed, was `grade`, is now `level`"],
    );
}

#[test]
fn fields_and_tables() {
    check_texts("lead { revenue money }", "lead { revenue money optional }", &["lead | field revenue: now optional"]);
    check_texts("lead { site one of a, b }", "lead { site one of b, a, c }", &["lead | choice c of field site: added"]);
    check_texts("lead { n whole 0..10 }", "lead { n whole 0..12 }", &["lead | field n: type whole 0..10 → whole 0..12"]);
    check_texts("lead { n whole }", "lead { n whole   m yes_no optional }", &["lead | field m: added: `m yes_no optional`"]);
    let csv = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/medbank/territories.csv")).unwrap();
    let ohio = csv.lines().find(|line| line.starts_with("OH,")).expect("a row of Ohio");
    assert!(ohio.contains("midwest"), "{ohio}");
    check(&[(ohio, &ohio.replace("field_midwest", "field_west"))], &["table territories | queue of row `OH`: field_midwest → field_west"]);
}

#[test]
fn stages_queues_and_clocks() {
    check(&[("rep_c weight 2", "rep_c weight 3")], &["queue inside | owner 3 (rep_c): weight 2 → 3"]);
    check(
        &[("\"Inside sales\"              team inside_sales", "\"Inside sales\"              team field_sales")],
        &["queue inside | team inside_sales → field_sales"],
    );
    check_texts(
        "sla touch { starts when entering mql  stops on call  within 4 business hours when a  within 1 day otherwise  by desk }",
        "sla touch { starts when entering mql  stops on call  within 2 business hours when a  within 1 day otherwise  by desk }",
        &["sla touch | target 1 (4 business hours): time `4 business hours` → `2 business hours`"],
    );
    check_texts(
        "flow { mql -> inquiry on rejected recycle rest 90 days }",
        "flow { mql -> inquiry on rejected recycle rest 60 days }",
        &["flow | row 1 (mql -> inquiry): rest 90 days → 60 days"],
    );
    check_texts(
        "calendar us { hours mon to fri 08:00 to 17:00 closed 2026-11-26 \"Thanksgiving\" }",
        "calendar us { hours mon to fri 08:00 to 17:00 closed 2026-11-26 \"Thanksgiving\", 2026-12-25 }",
        &["calendar us | closed day 2026-12-25: added"],
    );
    check_texts(
        "promise marketing delivers 400 mql per quarter",
        "promise marketing delivers 300 mql per quarter",
        &["promise marketing delivers mql | amount 400 → 300"],
    );
}

#[test]
fn measures_and_lets() {
    check_texts(
        "let visits = count of page_view in last 30 days",
        "let visits = count of page_view in last 14 days",
        &["let visits | `count of page_view in last 30 days` → `count of page_view in last 14 days`"],
    );
    check_texts(
        "let a = count of x at most 1 per day",
        "let a = count of x at most 1 per week",
        &["let a | `count of x at most 1 per day` → `count of x at most 1 per week`"],
    );
}

#[test]
fn words_for_people_are_marked() {
    let old = tree_of("stage mql \"Qualified\" owner desk").unwrap();
    let new = tree_of("## A lead for sales.\nstage mql \"Marketing-qualified\" owner desk").unwrap();
    let difference = diff_of_trees(&old, &new);
    assert!(difference.is_wording());
    assert_eq!(
        told(&difference),
        ["stage mql | now with documentation \"A lead for sales.\"", "stage mql | display name \"Qualified\" → \"Marketing-qualified\""]
    );
}

#[test]
fn what_means_nothing_leaves_no_trace() {
    let same = [
        ("lead { a whole b yes_no }", "# a comment\nlead {\n  b yes_no   # another\n  a whole\n}"),
        ("let a = (b > 1_000) and c", "let a = c and b > 1000"),
        ("let a = b is one of x, y", "let a = (b is one of y, x)"),
        ("let a = larger of (b, c)", "let a = larger of (c, b)"),
        (
            "score s { section a 50.0% { x 100% { yes 10 no 0 } } section b 50% { y 100% { yes 1 no 0 } } }",
            "score s { section b 50% { y 100% { no 0 yes 1 } } section a 50% { x 100% { no 0 yes 10.0 } } }",
        ),
        ("queue a team t\nqueue b team t", "queue b team t\nqueue a team t"),
        ("flow { a -> b when x   c -> d when y }", "flow { c -> d when y   a -> b when x }"),
        ("team t members x, y", "team t members y, x"),
    ];
    for (old, new) in same {
        check_texts(old, new, &[]);
    }
    // and what looks alike but is not
    let different = [
        ("let a = b - c - d", "let a = b - (c - d)"),
        ("let a = (b or c) and d", "let a = b or (c and d)"),
        ("let a = not (b and c)", "let a = not b and c"),
        ("let a = `missing` is known", "let a = b is known"),
        ("let a = b is `yes`", "let a = b is yes"),
        ("flow { a -> b when x   a -> d when y }", "flow { a -> d when y   a -> b when x }"),
        ("flow { any -> b when x   c -> d when y }", "flow { c -> d when y   any -> b when x }"),
        ("queue q rotate a, b", "queue q rotate b, a"),
    ];
    for (old, new) in different {
        let (old, new) = (tree_of(old).expect(old), tree_of(new).expect(new));
        assert!(!diff_of_trees(&old, &new).is_empty());
    }
}

#[test]
fn tables_of_cases_row_by_row() {
    let entry = "leadwright 1\npolicy p { }\nlead { id text key  beds whole optional }\n\
        decide size { big when beds >= 100  small otherwise }\ncases \"sizes\" from \"sizes.csv\" { }\n";
    let files = |rows: &str| super::Files::from([("p.lead".to_owned(), entry.to_owned()), ("sizes.csv".to_owned(), rows.to_owned())]);
    let checked = |rows: &str| {
        let checked = policy::check(&files(rows), "p.lead");
        assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
        checked
    };
    let old = checked("title,beds,expect size\nmany,100,big\n,99,small\nnone,missing,small\n");
    let new = checked("expect size,title,beds\nsmall,,99\nbig,many,120\nsmall,none,\nsmall,few,1\n");
    let expected = ["cases \"sizes\" | case many: values beds 100 → beds 120", "cases \"sizes\" | case few: added: `beds 1: size small`"];
    assert_eq!(told(&policy::diff(&old, &new)), expected);
    assert!(policy::diff(&old, &old).is_empty());
}

#[test]
fn a_section_with_another_name_is_the_same_section() {
    check_texts(
        "score s { section size 100% { beds 100% { yes 1 no 0 } } }",
        "score s { section weight 100% { beds 100% { yes 1 no 0 } } }",
        &["score s | section size: renamed, was `size`, is now `weight`"],
    );
}

#[test]
fn a_row_of_points_is_told_once() {
    let points = |row: &str| format!("score s {{ section a points {{ {row} }} }}");
    for (old, new, expected) in [
        ("+5 when beds > 10", "+5 when beds > 20", "threshold of beds 10 → 20"),
        ("+5 when a and b", "+5 when a and c", "`b` → `c`"),
        ("+5 when rival", "+5 when friend", "`rival` → `friend`"),
        ("+5 when rival", "+8 when rival", "+5 → +8 points"),
        ("+5 per 3 call", "+5 per 4 call", "rule `per 3 call` → `per 4 call`"),
        ("+5 per 3 call", "+6 per 3 call", "+5 → +6 points"),
        ("-1 per 30 days without call", "-1 per 20 days without call", "rule `per 30 days without call` → `per 20 days without call`"),
    ] {
        let (old, new) = (tree_of(&points(old)).unwrap(), tree_of(&points(new)).unwrap());
        let told = told(&diff_of_trees(&old, &new));
        assert!(told.len() == 1 && told[0].ends_with(expected), "{told:?} is not {expected}");
    }
    check_texts(&points("+5 when a and b"), &points("+5 when b and a"), &[]);
}

#[test]
fn a_stage_with_another_name_is_the_same_stage() {
    let flow = |mql: &str, rest: &str| {
        format!(
            "stage raw owner desk start\nstage {mql} owner desk\nstage sal owner desk\n\
             flow {{ raw -> {mql} when hot   {mql} -> sal on accepted   {mql} -> raw after 30 days {rest} }}"
        )
    };
    check_texts(&flow("mql", "recycle"), &flow("qualified", "recycle"), &["stage qualified | renamed, was `mql`, is now `qualified`"]);
    // one that is reached and left otherwise is another
    let other = told(&diff_of_trees(
        &tree_of(&flow("mql", "recycle")).unwrap(),
        &tree_of("stage raw owner desk start\nstage demo owner boss\nstage sal owner desk\nflow { raw -> demo on asked   demo -> sal when hot and vip }").unwrap(),
    ));
    assert!(other.iter().any(|line| line == "stage demo | added") && other.iter().any(|line| line == "stage mql | removed"), "{other:?}");
    // two that are reached and left alike could be either
    let twins = |first: &str, second: &str| {
        format!("stage {first} owner desk\nstage {second} owner desk\nflow {{ raw -> {first} when a   raw -> {second} when a }}")
    };
    let (old, new) = (tree_of(&twins("a", "b")).unwrap(), tree_of(&twins("c", "d")).unwrap());
    let told = told(&diff_of_trees(&old, &new));
    assert!(told.iter().any(|line| line == "stage c | added") && !told.iter().any(|line| line.contains("renamed")), "{told:?}");
}

#[test]
fn of_several_equal_rows_the_one_that_changed_has_not_moved() {
    let test = |signals: &str| format!("test \"t\" {{ signals {{ {signals} }} expect {{ a 1 }} }}");
    for (old, new) in [
        ("view 6 days ago  view 6 days ago  view 6 days ago", "view 6 days ago  view 7 days ago  view 6 days ago"),
        ("ask 1 day ago  view 1 day ago  view 2 days ago", "ask 1 day ago  view 2 days ago  view 2 days ago"),
    ] {
        check_texts(
            &test(old),
            &test(new),
            &[&format!(
                "test \"t\" | signal 2 (view): time {}",
                if new.contains("7") { "6 days ago → 7 days ago" } else { "1 day ago → 2 days ago" }
            )],
        );
    }
    check_texts(
        "standard s { require weight of section a <= 50% }",
        "standard s { require weight of section a < 50% }",
        &["standard s | requirement `weight of section a <= 50%`: words `weight of section a <= 50%` → `weight of section a < 50%`"],
    );
}
