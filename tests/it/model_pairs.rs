//! Two mistakes of different kinds in one policy: the message of one never hides the other. What may be the same mistake is told with it, by a label at its place.

use std::collections::BTreeMap;

use leadwright::model::check;

const HEAD: &str = "leadwright 1
policy p { currency USD }
team t
lead {
  id      text    key
  beds    whole   0..100
  role    one of  boss, clerk, owner
  due     date    optional
  need    one of  drugs, service  optional
  deal    money
}
";

/// Code, place and further places of every mistake: `E0408 d, w`.
#[track_caller]
pub(crate) fn told(items: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut all = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{items}\n"))]);
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let checked = check(&all, "policy.lead");
    let said = |diagnostic: &leadwright::diagnostic::Diagnostic| {
        let places: Vec<&str> = diagnostic.labels.iter().map(|label| checked.sources.text(label.span)).collect();
        format!("{} {}", diagnostic.name(), places.join(", "))
    };
    let mut told: Vec<String> = checked.diagnostics.iter().map(said).collect();
    told.sort();
    told
}

/// Their messages, in the order of the text.
pub(crate) fn messages(items: &str) -> Vec<String> {
    let all = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{items}\n"))]);
    check(&all, "policy.lead").diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect()
}

#[track_caller]
pub(crate) fn check_all(cases: &[(&str, &[&str])]) {
    for (items, expected) in cases {
        assert_eq!(told(items, &[]), *expected, "{items}");
    }
}

fn test(expect: &str) -> String {
    format!("test \"t\" {{ lead {{ beds 5 role boss deal 5 }} expect {{ {expect} }} }}")
}

#[test]
fn rows_that_do_not_cover_hide_no_outcome_that_is_none() {
    let decide = "decide d { q when beds >= 3   r when beds < 2 }";
    check_all(&[
        (&format!("{decide}\n{}", test("d w")), &["E0408 d, w"]),
        // two cannot both be the one that is lacking
        (&format!("{decide}\nlet a = d is v\n{}", test("d w")), &["E0203 w", "E0408 d, v"]),
        (&format!("decide d {{ medium when beds >= 3   small when beds < 2 }}\n{}", test("d medum")), &["E0203 medum", "E0408 d"]),
        // a cell too few
        (&format!("grid d of beds across role {{ boss, otherwise   50 or more a1, a2   under 50 b1 }}\n{}", test("d w")), &["E0413 b1, w"]),
    ]);
    let cases = "cases \"c\" from \"c.csv\" { lead { beds 5 role boss deal 5 } }";
    let files = [("c.csv", "title,expect d\none,q\ntwo,w\n")];
    assert_eq!(told(&format!("{decide}\n{cases}"), &files), ["E0408 d, w"]);
}

#[test]
fn what_stands_twice_hides_no_name_that_is_unknown() {
    check_all(&[
        ("let big = beds > 3\nlet big = yes\nlet a = bedz > 5", &["E0202 big, big, bedz"]),
        ("let big = beds > 3\nlet big = yes\nlet a = worth or big", &["E0202 big, big, worth"]),
        ("queue q team t\nqueue q team t\nroute r { far when beds > 5   q otherwise }", &["E0202 q, q, far"]),
    ]);
}

fn section(attribute: &str) -> String {
    format!("score s from 0 to 100 {{ section x 100% {{ {attribute} }} }}")
}

#[test]
fn a_misspelt_choice_stands_for_the_choice_that_it_nearly_is() {
    check_all(&[
        // the one that has a row already: the other has none
        (&section("role 100% { boss 1   bos 2   owner 3 }"), &["E0203 bos", "E0408 role"]),
        (&section("role 100% { boss 1   clark 2   owner 3 }"), &["E0203 clark"]),
        // `clerk` by another word, perhaps
        (&section("role 100% { boss 1   purchasing 2   owner 3 }"), &["E0203 purchasing, role"]),
        (&section("role 100% { boss 1   purchasing 2 }"), &["E0203 purchasing", "E0408 role"]),
        (&section("need 100% { drugs 1   mising 0 }"), &["E0203 mising", "E0408 need"]),
        (&section("need 100% { drugs 1   service 2   consumables 0 }"), &["E0203 consumables, need"]),
        (&section("need 100% { drugs 1   otherwize 2 }"), &["E0203 otherwize", "E0406 need"]),
        (&section("beds 100% { 0 to 10 1   rest 2 }"), &["E0301 rest, beds"]),
        // turned round it covers nothing of what is below
        (&section("beds 100% { 20 to 10 1   21 or more 2 }"), &["E0405 20 to 10, beds"]),
        (&section("beds 100% { 20 to 0 1   21 or more 2 }"), &["E0405 20 to 0"]),
    ]);
}

#[test]
fn an_unknown_field_of_a_test_hides_none_that_it_lacks() {
    let test = |lead: &str| format!("test \"t\" {{ lead {{ {lead} }} expect {{ beds 5 }} }}");
    check_all(&[
        (&test("beds 5   deal 5   foo 3"), &["E0601 foo, \"t\""]),
        (&test("beds 5   deal 5   rol boss"), &["E0601 rol"]),
        // nearly one that is there
        (&test("beds 5   deal 5   bedz 3"), &["E0601 bedz", "E0602 \"t\""]),
        (&test("beds 5   deal 5   need drugs   nede drugs"), &["E0601 nede", "E0602 \"t\""]),
    ]);
    let signal = "signal call { outcome one of good, bad   minutes whole }\n";
    let call = |given: &str| {
        format!(
            "{signal}test \"t\" {{ as of 2026-01-05T10:00 lead {{ beds 5 deal 5 role boss }} signals {{ call 1 day ago {{ {given} }} }} expect {{ beds 5 }} }}"
        )
    };
    check_all(&[
        (&call("outcome good   topic 5"), &["E0212 topic, call, call"]),
        (&call("outcome good   minuets 5"), &["E0212 minuets, call"]),
        (&call("minutes 5   minuets 5"), &["E0212 minuets, call", "E0602 call"]),
    ]);
}

#[test]
fn a_row_back_to_its_own_stage_hides_no_stage_without_a_way() {
    let stages = "stage one owner t start\nstage two owner t\nstage end owner t final\n";
    let flow = |rows: &str| format!("{stages}flow {{ {rows} }}");
    check_all(&[
        (&flow("one -> one when beds > 5   one -> end when beds > 6"), &["E0507 one, two"]),
        (&flow("one -> one when beds > 5   one -> two when beds > 6   two -> end when beds > 7"), &["E0507 one"]),
        (&flow("one -> three when beds > 5   one -> end when beds > 6"), &["E0207 three, two", "E0505 two"]),
        // the stage that the row names has no other
        (&flow("one -> end when beds > 5   two -> two when beds > 6"), &["E0507 two, two"]),
        (&flow("one -> two when beds > 5   one -> end when beds > 6   two -> two when beds > 7"), &["E0507 two, two"]),
        (&flow("two, one -> two when beds > 5   one -> end when beds > 6"), &["E0507 two, two"]),
        (&flow("any -> two when beds > 5   two -> two when beds > 6   two -> end when beds > 7"), &["E0507 two"]),
    ]);
}

#[test]
fn everything_without_a_bound_is_named_when_a_score_is_too_large() {
    check_all(&[
        ("score s { section a points { deal { otherwise 1 each } beds { otherwise 3 each } } }", &["E0411 otherwise 1 each"]),
        (
            "let more = larger of (deal, 5)\nscore s { section a points { deal { otherwise 1 each } beds { otherwise 3 each } more { otherwise 2 each } } }",
            &["E0411 otherwise 1 each, otherwise 2 each"],
        ),
    ]);
    let checked = check(
        &BTreeMap::from([(
            "policy.lead".to_owned(),
            format!("{HEAD}score s {{ section a points {{ deal {{ otherwise 1 each }} beds {{ otherwise 3 each }} }} }}\n"),
        )]),
        "policy.lead",
    );
    let help = checked.diagnostics[0].help.as_deref().unwrap_or_default();
    assert!(help.contains("give `deal` a range"), "{help}");
    let large = "lead { id text key   n whole 0..4_000_000_000_000_000_000   m whole 0..4_000_000_000_000_000_000   k whole 0..10 }";
    let score = "score s { section a points { n { otherwise 1 each } k { otherwise 1 each } m { otherwise 2 each } } }";
    let checked =
        check(&BTreeMap::from([("policy.lead".to_owned(), format!("leadwright 1\npolicy p {{}}\n{large}\n{score}\n"))]), "policy.lead");
    let places: Vec<&str> = checked.diagnostics[0].labels.iter().map(|label| checked.sources.text(label.span)).collect();
    assert_eq!(places, ["m { otherwise 2 each }", "n { otherwise 1 each }"]);
}

#[test]
fn a_section_without_a_weight_is_told_once() {
    let models = |shared: &str| {
        format!(
            "score s {{\n  for beds > 3 {{ section aa 50% {{ beds 100% {{ otherwise 1 }} }} }}\n  otherwise {{ section bb 40% {{ beds 100% {{ otherwise 1 }} }} }}\n  {shared}\n}}"
        )
    };
    check_all(&[
        (&models("section cc { role 100% { otherwise 1 } }"), &["E0415 cc"]),
        // nothing of it has a weight: its rows are points
        (
            &models("section cc up to 45 { +5 when beds > 5   role { otherwise 3 } }").replace("50%", "100%").replace("40%", "100%"),
            &["E0415 cc"],
        ),
        ("score s { section cc { role { otherwise 30 } } }", &["E0415 cc"]),
        (
            "score s { section cc { role { otherwise 30 } } section dd 100% { beds 100% { otherwise 11 } } }",
            &["E0409 otherwise 11", "E0415 cc"],
        ),
    ]);
    let text = format!("{HEAD}score s {{ section cc \"Shown\" {{ role {{ otherwise 30 }} }} }}\n");
    let checked = check(&BTreeMap::from([("policy.lead".to_owned(), text.clone())]), "policy.lead");
    let edit = &checked.diagnostics[0].fixes[0].edits[0];
    let mut mended = text;
    mended.insert_str(edit.span.start as usize, &edit.text);
    assert!(mended.contains("section cc \"Shown\" points {"), "{mended}");
    assert!(check(&BTreeMap::from([("policy.lead".to_owned(), mended)]), "policy.lead").diagnostics.is_empty());
}

#[test]
fn a_test_for_which_the_day_matters_says_as_of() {
    let counts = "let age = days since due\n";
    let stages = "stage one owner t start\nstage two owner t final\nflow { one -> two when beds > 5 }\n";
    let lead = "lead { beds 5 role boss deal 5 }";
    check_all(&[
        (&format!("{counts}test \"t\" {{ {lead} expect {{ beds 5 }} }}"), &["E0607 \"t\""]),
        (&format!("{counts}test \"t\" {{ as of 2026-01-05T10:00 {lead} expect {{ beds 5 }} }}"), &[]),
        // claims hold on every day
        (&format!("claim \"c\" never days since due > 5 and beds > 200\ntest \"t\" {{ {lead} expect {{ beds 5 }} }}"), &["E0304 200"]),
        (&format!("{stages}test \"t\" {{ stage one since 2026-01-05T10:00 {lead} expect {{ beds 5 }} }}"), &["E0607 \"t\""]),
        (&format!("{stages}test \"t\" {{ stage one {lead} expect {{ beds 5 }} }}"), &[]),
        // what is counted back asks for it anyway
        (&format!("{counts}{stages}test \"t\" {{ stage one since 3 days ago {lead} expect {{ beds 5 }} }}"), &["E0602 3 days, \"t\""]),
    ]);
    let cases = format!("{counts}cases \"c\" from \"c.csv\" {{ {lead} }}");
    let files = [("c.csv", "title,expect beds\none,5\ntwo,5\n")];
    assert_eq!(told(&cases, &files), ["E0607 one,5"]);
    let dated = [("c.csv", "title,as_of,expect beds\none,2026-01-05T10:00,5\n")];
    assert_eq!(told(&cases, &dated), Vec::<String>::new());
}

#[test]
fn the_display_name_of_an_outcome_is_a_spelling() {
    let decide = "decide d { big \"Very big\" when beds >= 50   small \"Rather small\" otherwise }\n";
    let cases = "cases \"c\" from \"c.csv\" { lead { beds 5 role boss deal 5 } }";
    let with = |cell: &str| format!("title,expect d\none,{cell}\n");
    assert_eq!(told(&format!("{decide}{cases}"), &[("c.csv", &with("rather_SMALL"))]), Vec::<String>::new());
    assert_eq!(told(&format!("{decide}{cases}"), &[("c.csv", &with("Rather big"))]), ["E0606 Rather big"]);
    // of names without any that is near, what there is
    let all = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}{decide}{cases}\n")), ("c.csv".to_owned(), with("nothing"))]);
    assert_eq!(check(&all, "policy.lead").diagnostics[0].help.as_deref(), Some("it can be `big`, `small`"));
    check_all(&[
        ("decide d { a \"One\" when beds > 5   b \"one\" otherwise }", &["E0204 \"one\", \"One\""]),
        ("decide d { a \"B\" when beds > 5   b otherwise }", &["E0204 \"B\", b"]),
        ("decide d { a \"One\" when beds > 5   b when beds > 4   a \"One\" otherwise }", &[]),
    ]);
}

#[test]
fn a_brace_too_many_hides_nothing_of_its_item() {
    let score = |brace: &str| {
        format!(
            "score s {{\n  section a 50% {{\n    role 60% {{ boss 1   bos 2   owner 3 }}\n    beds 30% {{ otherwise 1 }}{brace}\n  }}\n  section b 50% {{ bedz 100% {{ otherwise 1 }} }}\n}}"
        )
    };
    let alone = ["E0201 bedz", "E0203 bos", "E0401 a, 60%, 30%", "E0408 role"];
    assert_eq!(told(&score(""), &[]), alone);
    let mut both: Vec<&str> = alone.into_iter().chain(["E0012 }, }"]).collect();
    both.sort_unstable();
    assert_eq!(told(&score(" }"), &[]), both);
    assert_eq!(told(&score("\n    }"), &[]), both);
}

/// What uses a score is told all the same, and stays told once the score is mended.
#[test]
fn a_mistake_inside_a_score_hides_nothing_of_what_uses_its_range() {
    let score = |parts: &str| format!("score s from 0 to 100 {{ {parts} }}");
    let mended = score("section n 100% { beds 100% { under 33 2   33 or more 10 } }");
    let broken = [
        ("section n 100% { beds 100% { under 33 2   33 or more 11 } }", "E0409 33 or more 11"),
        ("section n 100% { bedz 100% { otherwise 2 } }", "E0201 bedz"),
        ("section n 100% { beds 100% { otherwise 2 } } adjust +5 when bedz > 3", "E0201 bedz"),
        ("section n 100% { beds 100% { 20 to 0 1   21 or more 2 } }", "E0405 20 to 0"),
        ("section n 100% { role 100% { boss 1   clark 2   owner 3 } }", "E0203 clark"),
    ];
    let users = [
        ("decide d { hot when s >= 4 and role is boss   mid when due is known and s >= 2 }", "E0408 d"),
        ("decide d { hot when s >= 4   mid when s < 2 }", "E0408 d"),
        ("decide d { hot when s > 4   mid when 4 > (s) }", "E0408 d"),
        ("decide d { hot when s between 0 and 20   mid when s >= 21   low when s >= 30 and role is boss }", ""),
        ("score t { section n points { s { under 5 1   7 or more 3 } } }", "E0404 s, under 5, 7 or more"),
        ("score t { section n 100% { s 100% { under 5 1   7 or more 3 } } }", "E0404 s, under 5, 7 or more"),
        ("score t { section n 100% { s 100% { under 5 1   5 or more 30 } } }", "E0409 5 or more 30"),
        ("score t { section n points { s { under 5 1   5 or more 3   missing 0 } } }", "E0407 missing"),
        ("grid g of s across role { boss, otherwise   50 or more a1, a2   under 40 b1, b2 }", "E0404 s, under 40, 50 or more"),
        ("queue q team t\nroute r { q when s >= 4 }", "E0512 r"),
        ("let big = s >= 4\ndecide d { yes_it_is when big }", "E0408 d"),
        ("let big = s >= 104", "E0304 104"),
        ("let half = s / 2 to 1 place\ndecide d { hot when half >= 4   mid when half < 4 }", ""),
    ];
    for (user, expected) in users {
        let alone: Vec<&str> = Some(expected).filter(|told| !told.is_empty()).into_iter().collect();
        assert_eq!(told(&format!("{mended}\n{user}"), &[]), alone, "{user}");
        for (parts, first) in broken {
            let mut both = alone.clone();
            both.push(first);
            both.sort_unstable();
            assert_eq!(told(&format!("{}\n{user}", score(parts)), &[]), both, "{user}\n{parts}");
        }
    }
}

/// How many places a score with a mistake will have is not known before it is mended, unless it is rounded.
#[test]
fn the_places_of_a_score_with_a_mistake_are_no_mistake_of_what_uses_it() {
    let broken = |head: &str| format!("score s {head} {{ section n 100% {{ beds 100% {{ under 33 2   33 or more 11 }} }} }}");
    let users = |bands: &str| format!("score t {{ section n points {{ s {{ {bands} }} }} }}");
    let alone = ["E0409 33 or more 11"];
    for bands in ["0 to 4 1   5 or more 3", "under 2.5 1   2.5 or more 3", "under 2.5 1   2.5 to under 2.7 2   2.7 or more 3"] {
        assert_eq!(told(&format!("{}\n{}", broken("from 0 to 100"), users(bands)), &[]), alone, "{bands}");
    }
    let growing = users("under 5 0.5 each   5 or more 1 per 0.5");
    assert_eq!(told(&format!("{}\n{growing}", broken("from 0 to 100")), &[]), alone);
    let rounded = broken("from 0 to 100 rounded to 1 place");
    assert_eq!(
        told(&format!("{rounded}\n{}", users("0 to 4 1   5 or more 3")), &[]),
        ["E0404 s, 0 to 4, 5 or more", "E0409 33 or more 11"]
    );
    // nothing is known of the range: there is none, or one of other places than are kept, or a wrong one
    for head in ["", "from 0.5 to 9.5 rounded to 0 places", "from 9 to 3"] {
        let all = told(&format!("{}\n{}", broken(head), users("under 5 1   7 or more 3")), &[]);
        assert!(!all.iter().any(|told| told.starts_with("E0404")), "{head}: {all:?}");
    }
    // one of the two is what is wrong with the other
    let circle = "score s from 0 to 9 { section n points { +1 when d is hot } }\ndecide d { hot when s >= 4   mid when s < 2 }";
    let all = told(circle, &[]);
    assert!(matches!(all.as_slice(), [one] if one == "E0309 d, s"), "{all:?}");
}

#[test]
fn an_unreadable_part_of_a_condition_does_not_hide_that_rows_leave_leads_out() {
    check_all(&[
        ("decide d { a when role is boss   b when beds > 3 and bedz   c when beds > 5 }", &["E0201 bedz", "E0408 d"]),
        ("decide d { a when beds > 50   b when beds > 3 and bedz > 5   c when beds < 2 }", &["E0201 bedz", "E0408 d"]),
        // as far as the other part reaches, all may be covered
        ("decide d { a when beds > 50   b when beds >= 2 and bedz < 60   c when beds < 2 }", &["E0201 bedz"]),
        ("decide d { a when beds > 50   b when (bedz < 60 and beds >= 2)   c when beds < 2 }", &["E0201 bedz"]),
        // two values in one condition cover neither
        ("decide d { a when beds > 50   b when role is boss and beds > 3 and bedz < 60 }", &["E0201 bedz", "E0408 d"]),
        ("decide d { a when beds > 50   b when bedz <= 50 }", &["E0201 bedz"]),
        ("decide d { a when beds > 50   b when not (beds > 50 and bedz > 4) }", &["E0201 bedz"]),
    ]);
    let said = |rows: &str| {
        let all = BTreeMap::from([("policy.lead".to_owned(), format!("{HEAD}decide d {{ {rows} }}\n"))]);
        let of_rows = |diagnostic: &leadwright::diagnostic::Diagnostic| diagnostic.name() == "E0408";
        check(&all, "policy.lead").diagnostics.into_iter().find(of_rows).map(|told| told.message).unwrap_or_default()
    };
    let one_of_three = said("a when beds > deal   b when deal < beds   c when bedz and deal > beds");
    assert!(!one_of_three.contains("its only row"), "{one_of_three}");
}

#[test]
fn a_day_that_cannot_be_read_is_not_one_that_is_lacking() {
    let cases = "let age = days since due\ncases \"c\" from \"c.csv\" { lead { beds 5 role boss deal 5 } }";
    let with = |day: &str| format!("title,as_of,expect beds\none,{day},5\n");
    assert_eq!(told(cases, &[("c.csv", &with("soon"))]), ["E0606 soon"]);
    assert_eq!(told(cases, &[("c.csv", &with("2026-01-05T10:00"))]), Vec::<String>::new());
    let two = format!("{}two,,5\n", with("soon"));
    assert_eq!(told(cases, &[("c.csv", &two)]), ["E0606 soon", "E0607 two,,5"]);
}

/// What is wrong with a declaration is told once, with a label at each place that does not fit it.
#[test]
fn a_declaration_that_many_places_do_not_fit_is_one_message() {
    let rows = "s,q\na,west\nb,west\nc,east\nd,west\n";
    let table = "queue wset team t\nqueue east team t\ntable z from \"z.csv\" { s text key   q queue }";
    assert_eq!(told(table, &[("z.csv", rows)]), ["E0109 west, q, west, west"]);
    let table = "table z from \"z.csv\" { s text key   q one of east }";
    let many: String = (0..40).map(|row| format!("k{row},west\n")).collect();
    let all = told(table, &[("z.csv", &format!("s,q\n{many}x,south\n"))]);
    assert_eq!((all.len(), all[0].as_str(), all[1].matches("west").count()), (2, "E0109 south, q", 12));
    // a property that lost its `optional`, or its name
    let test =
        |signals: &str| format!("test \"t\" {{ as of 2026-11-18T15:00  lead {{ beds 5 role boss deal 5 }}  signals {{ {signals} }} }}");
    let signals = test("visit 1 day ago   visit 2 days ago   call 1 day ago");
    check_all(&[
        (
            &format!("signal visit {{ n whole }}\nsignal call {{ n whole }}\n{signals}"),
            &["E0602 call", "E0602 visit, visit", "E0603 \"t\""],
        ),
        ("signal visit { text   n whole }\nlet a = count of visit where path is \"x\" and n > 3", &["E0001 n, path"]),
        (
            "signal visit {\n  one of x, y\n  n whole 0..5\n}\nlet a = count of visit where kind is x\nlet b = any visit where knd is y and kind is x",
            &["E0001 of, kind", "E0212 knd, visit"],
        ),
    ]);
}

/// An end that lies outside of the range is why a band runs backwards.
#[test]
fn a_band_that_runs_backwards_from_outside_is_one_mistake() {
    check_all(&[
        (&section("beds 100% { 500 to 10 1   11 or more 2   under 10 3 }"), &["E0304 500, beds"]),
        (&section("beds 100% { under 500 1 }"), &["E0304 500"]),
        ("let a = beds between 500 and 10", &["E0304 500"]),
        ("let a = beds between 50 and 10", &["E0310 50 and 10"]),
    ]);
}

#[test]
fn a_row_is_taken_out_with_its_line() {
    let policy =
        |rows: &str| format!("{HEAD}{}\n", section(&format!("beds 100% {{\n      5 or more 1\n      {rows}      under 5 2\n    }}")));
    let text = policy("missing 0\n");
    let all = BTreeMap::from([("policy.lead".to_owned(), text.clone())]);
    let checked = check(&all, "policy.lead");
    let fix = &checked.diagnostics[0].fixes[0].edits[0];
    let mut mended = text;
    mended.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.text);
    assert_eq!(mended, policy("").replacen("            under", "      under", 1));
}
