//! An item with a slip in its writing is checked as if the slip were mended: whatever else is wrong in it is told in the same run, at its own place.

use leadwright::model::check;

use crate::model_pairs::{check_all, messages, told};

#[test]
fn a_bracket_too_many_or_too_few_hides_nothing() {
    let decide = |first: &str| format!("decide d {{\n  a when {first}\n  b when role is bos\n  c otherwise\n}}");
    check_all(&[
        ("let a = bedz > 3 }", &["E0012 }", "E0201 bedz"]),
        ("decide d { a when bedz > 5   b otherwise } }", &["E0012 }", "E0201 bedz"]),
        (
            "score s {\n  section a 90% { role 100% { boss 1   bos 2   owner 3 } }\n}\n}",
            &["E0012 }", "E0203 bos", "E0401 s, 90%", "E0408 role"],
        ),
        ("let a = (bedz > 3))", &["E0012 )", "E0201 bedz"]),
        ("let a = smaller of (bedz, 5]", &["E0012 ], (", "E0201 bedz"]),
        (&decide("bedz > 5)"), &["E0012 )", "E0201 bedz", "E0203 bos"]),
        (&decide("bedz > 5]"), &["E0012 ]", "E0201 bedz", "E0203 bos"]),
        (&decide("(bedz > 5"), &["E0012 (", "E0201 bedz", "E0203 bos"]),
        (&decide("(bedz > 5))"), &["E0012 )", "E0201 bedz", "E0203 bos"]),
        // each is told
        ("decide d {\n  a when bedz > 5)\n  b when role is bos]\n  c otherwise\n}", &["E0012 )", "E0012 ]", "E0201 bedz", "E0203 bos"]),
        ("decide d {\n  a when bedz > 5)\n  b whn role is bos\n  c otherwise\n}", &["E0001 whn", "E0012 )", "E0201 bedz", "E0203 bos"]),
        // what lacks its brace is closed by another bracket
        ("decide d {\n  a when bedz > 5\n  c otherwise\n)", &["E0012 ), {", "E0201 bedz"]),
        // the same beside fields
        (
            "signal visit { x whole optionaal   y whole }\n}\nlet a = count of visit where y is \"z\"",
            &["E0001 optionaal", "E0012 }", "E0301 \"z\""],
        ),
    ]);
}

/// Where a block of a score ends is plain from where its lines stand.
#[test]
fn a_block_that_lacks_its_brace_ends_where_its_lines_do() {
    let score = |first: &str, close: &str| {
        format!(
            "score s from 0 to 100 {{\n  section a 50% {{\n    role 40% {{ bos 1   clerk 2   owner 3 {first}\n    beds 60% {{\n      under 5   1   # few\n      8 or more 2\n    }}\n  {close}\n\n  # what it wants\n  section b 50% {{ beds 90% {{ otherwise 2 }} }}\n  adjust 5 when bedz > 3\n}}"
        )
    };
    let others = ["E0201 bedz", "E0203 bos", "E0401 b, 90%", "E0404 beds, under 5, 8 or more"];
    assert_eq!(told(&score("}", "}"), &[]).iter().filter(|told| others.contains(&told.as_str())).count(), 4);
    check_all(&[
        (&score("", "}"), &["E0012 {", "E0201 bedz", "E0203 bos", "E0401 b, 90%", "E0404 beds, under 5, 8 or more"]),
        (&score("}", ""), &["E0012 {", "E0201 bedz", "E0203 bos", "E0401 b, 90%", "E0404 beds, under 5, 8 or more"]),
    ]);
}

/// Cells without commas read as rows of one cell: each row is told once, whatever the number of its cells.
#[test]
fn cells_of_a_grid_without_commas_are_one_mistake() {
    let grid = |first: &str, columns: &str| {
        format!("grid g of beds across beds {{\n  {columns}\n  under 40    {first}\n  45 or more  a, b, b\n}}")
    };
    let three = "under 3, 3 to 5, 6 or more";
    check_all(&[
        (&grid("a b c", three), &["E0001 a b c", "E0404 beds, under 40, 45 or more"]),
        (&grid("a b, c", three), &["E0001 b", "E0404 beds, under 40, 45 or more"]),
        (&grid("a, b c", three), &["E0001 c", "E0404 beds, under 40, 45 or more"]),
        (&grid("a b c d", "under 3, 3 to 5, 6 to 8, 9 or more"), &["E0001 a b c d", "E0404 beds, under 40, 45 or more", "E0413 a, b, b"]),
        // a row on the line of another is one
        ("grid g of role across beds { under 3, 3 or more   boss a   clerk b, c   owner d, e }", &["E0413 a"]),
    ]);
    let told = messages("grid g of beds across beds {\n  under 3, 3 to 5, 6 or more\n  under 40    a b c\n  40 or more  a, b, b\n}");
    assert_eq!(told, ["commas are missing between the cells of the grid"]);
}

#[test]
fn a_word_with_a_slip_hides_nothing_of_its_item() {
    check_all(&[
        (
            "score s {\n  section a 100% {\n    role 40% { bos 2   clerk 3   owner 3 }\n    beds 50% { otherwise 2 eech }\n  }\n}",
            &["E0001 eech", "E0203 bos", "E0401 a, 40%, 50%", "E0409 otherwise 2 eech"],
        ),
        (
            "queue q team t\nroute r {\n  qq when role is one off boss, clerk\n  zz when beds > 5\n}",
            &["E0001 off", "E0206 qq", "E0206 zz", "E0512 r"],
        ),
        ("queue q team t\nroute r {\n  q when need haz drugs\n  zz otherwise\n}", &["E0001 haz", "E0206 zz", "E0301 need"]),
        ("score s { section x 100% { beds 100% { undr 3 1   3 to 5 2   5 or more 3 } } }", &["E0001 undr", "E0403 5 or more, 3 to 5"]),
        ("score s { section x 100% { beds 100% { 0 to 3 1   5 or mor 3 } } }", &["E0001 mor", "E0404 beds, 0 to 3, 5 or mor"]),
        ("let a = beds between 30 adn 4", &["E0001 adn", "E0310 30 adn 4"]),
        ("let a = role is on of boss, clark", &["E0001 on", "E0203 clark"]),
        ("let a = role n one off boss, clark", &["E0001 n one off", "E0203 clark"]),
        // where nobody knows what was meant, nothing is made of it
        ("let a = beds ~ bedz", &["E0001 ~"]),
    ]);
}

/// What is said points at the text as it is, behind what was read longer or shorter.
#[test]
fn places_behind_a_slip_are_those_of_the_text() {
    let text = "leadwright 1\npolicy p {}\nlead { id text key   beds whole 0..100 }\ndecide d { a when beds undr 3) and ((bedz > 5)   b whn beds > 500   c otherwise }\n";
    let checked = check(&std::collections::BTreeMap::from([("policy.lead".to_owned(), text.to_owned())]), "policy.lead");
    let places: Vec<(&str, &str)> =
        checked.diagnostics.iter().map(|found| (found.name(), checked.sources.text(found.labels[0].span))).collect();
    assert!(!places.is_empty() && places.iter().all(|(_, place)| !place.is_empty()), "{places:?}");
    assert_eq!(
        told("decide d {\n  a when (beds > 3 and bedz > 5\n  b whn beds > 500\n  c otherwise\n}", &[]),
        ["E0001 whn", "E0012 (", "E0201 bedz", "E0304 500"]
    );
}

#[test]
fn a_word_for_a_constant_is_no_lost_name() {
    let field = "signal call { outcome one of good, bad, good }\n";
    check_all(&[
        (&format!("{field}let a = last of call.outcome is mising"), &["E0203 mising", "E0204 good, good"]),
        ("let q = beds > 5\nlet q = beds > 6\nlet r = beds > 7\nlet a = r is yess", &["E0202 q, q", "E0301 yess"]),
        ("let a = due is knwon", &["E0301 knwon"]),
        ("score s { section x 100% { beds 100% { otherwise 1 pre 5 } } }", &["E0301 pre"]),
    ]);
    // a name that may be one of two, or a slip
    let checked = check(
        &std::collections::BTreeMap::from([(
            "policy.lead".to_owned(),
            "leadwright 1\npolicy p {}\nlead { id text key   beds whole }\nlet q = beds > 5\nlet q = beds > 6\nlet a = bedz > 6\n"
                .to_owned(),
        )]),
        "policy.lead",
    );
    let labels: Vec<&str> = checked.diagnostics[0].labels.iter().map(|label| label.text.as_str()).collect();
    assert!(labels.contains(&"nothing declares `bedz`: is one of the two meant, or `beds`?"), "{labels:?}");
}

#[test]
fn a_choice_that_has_a_row_is_not_proposed_for_another() {
    let fixes = |rows: &str| -> (String, usize) {
        let text = format!(
            "leadwright 1\npolicy p {{}}\nlead {{ id text key   role one of boss, clerk, owner }}\nscore s {{ section x 100% {{ role 100% {{ {rows} }} }} }}\n"
        );
        let checked = check(&std::collections::BTreeMap::from([("policy.lead".to_owned(), text)]), "policy.lead");
        let found = checked.diagnostics.iter().find(|found| found.name() == "E0203").unwrap();
        (found.help.clone().unwrap_or_default(), found.fixes.len())
    };
    assert_eq!(
        fixes("boss 1   clerk 2   bos 3   owner 4"),
        ("did you mean `boss`? it has a row already: leave one of them out".to_owned(), 0)
    );
    assert_eq!(fixes("boss 1   clark 2   owner 4"), ("did you mean `clerk`?".to_owned(), 1));
}

#[test]
fn an_item_word_with_a_slip_hides_nothing_of_its_item() {
    check_all(&[
        ("quue q team dekk", &["E0001 quue", "E0205 dekk"]),
        ("decid d {\n  a when bedz > 5\n  b whn beds > 500\n  c otherwise\n}", &["E0001 decid", "E0001 whn", "E0201 bedz", "E0304 500"]),
        ("lett b = role\nlet a = b is clark", &["E0001 lett", "E0203 clark"]),
        // beside a bracket that is wrong
        ("decid d {\n  a when beds > 5)\n  c otherwise\n}", &["E0001 decid", "E0012 )"]),
    ]);
}

#[test]
fn a_brace_that_stands_twice_hides_nothing() {
    check_all(&[
        ("decide d { {\n  a when bedz > 5\n  b otherwise\n}", &["E0012 {, {", "E0201 bedz"]),
        ("score s {\n  section x 100% { {\n    bedz 100% { otherwise 5 }\n  }\n}", &["E0012 {, {", "E0201 bedz"]),
    ]);
}

#[test]
fn a_string_without_its_end_hides_nothing_but_its_own_row() {
    let reason = "decide d {\n  a when bedss > 5 because \"Big enough\n  b when role is bos\n  c otherwise\n}";
    check_all(&[
        (reason, &["E0002 \"Big enough", "E0201 bedss", "E0203 bos"]),
        (&reason.replace("enough", "enough  # so far"), &["E0002 \"Big enough", "E0201 bedss", "E0203 bos"]),
    ]);
}

#[test]
fn a_string_without_its_end_hides_one_row_of_the_lead() {
    let lead = "id text key\n  used \"Beds in use decimal 1   free whole\n  beds whole 10..0\n  role one of boss, clerk";
    let text = format!("leadwright 1\npolicy p {{}}\nlead {{\n  {lead}\n}}\nlet a = role is clark\nlet b = used + free > 3\n");
    let checked = check(&std::collections::BTreeMap::from([("policy.lead".to_owned(), text)]), "policy.lead");
    let told: Vec<(&str, &str)> =
        checked.diagnostics.iter().map(|found| (found.name(), checked.sources.text(found.labels[0].span))).collect();
    // `free` may be declared by what the string has swallowed
    assert_eq!(told[1..], [("E0310", "10..0"), ("E0203", "clark")]);
    assert_eq!(told[0].0, "E0002");
}

#[test]
fn what_the_head_of_an_item_lacks_hides_nothing_of_its_block() {
    let block = "{\n  section x 100% { beds 90% { 5 or more 3   under 5 2 } }\n}";
    check_all(&[
        (&format!("score s from 0 100 {block}"), &["E0001 100", "E0401 x, 90%"]),
        (&format!("score \"Fit\" {block}"), &["E0001 \"Fit\"", "E0401 x, 90%"]),
        // whatever calls it by its name is told with it, and everything else for itself
        (
            "let \"Beds free\" = bedss + 1\nlet y = free_beds + 1\nlet z = free_beds + zones",
            &["E0001 \"Beds free\", free_beds", "E0201 bedss", "E0201 zones"],
        ),
        // a display name like the name of a field is no second field
        ("let \"Beds\" = beds + 1\nlet y = beds > 200", &["E0001 \"Beds\"", "E0304 200"]),
    ]);
}

#[test]
fn an_unknown_currency_hides_no_number_beside_money() {
    let text = "leadwright 1\npolicy p { currency USX }\nlead { id text key   beds whole   deal money }\nlet a = beds + deal\nlet b = deal > beds\nlet c = deal > 1.2345\nlet d = beds > 3 USD\n";
    let checked = check(&std::collections::BTreeMap::from([("policy.lead".to_owned(), text.to_owned())]), "policy.lead");
    let told: Vec<(&str, &str)> =
        checked.diagnostics.iter().map(|found| (found.name(), checked.sources.text(found.labels[0].span))).collect();
    assert_eq!(told, [("E0215", "USX"), ("E0302", "beds"), ("E0302", "beds"), ("E0302", "3 USD")]);
}

#[test]
fn a_misspelt_stage_or_choice_hides_no_row_that_is_lacking() {
    let flow = "stage new owner t start\nstage won owner t final\nflow { new -> won when beds > 3 }\nqueue q team t";
    check_all(&[
        (&format!("{flow}\nroute r when entering wonn {{ q when beds > 3 }}"), &["E0207 wonn", "E0408 r"]),
        ("decide d { a when beds < 5   b when beds >= 5 and role is clark }", &["E0203 clark", "E0408 d"]),
        // what may be about the same value may leave nothing
        ("decide d { a when beds < 5   b when beds >= 5 and bedz <= 100 }", &["E0201 bedz"]),
    ]);
}

/// A `to` with a slip reads as a row of one cell, and one behind it.
#[test]
fn a_band_of_a_grid_with_a_slip_in_its_to_is_one_mistake() {
    let grid = |row: &str, columns: &str| format!("grid g of beds across beds {{\n  {columns}\n  under 40 {row}\n  70 or more b\n}}");
    check_all(&[
        (
            "grid g of beds across beds {\n  under 3, 3 or more\n  under 40 a, b\n  40 tto under 70 b, a\n  71 or more b, b\n}",
            &["E0001 tto", "E0404 beds, 40 tto under 70, 71 or more"],
        ),
        ("grid g of beds across beds {\n  under 3, 3 or more\n  under 40 a, b\n  40 until 70 b, a\n  71 or more b, b\n}", &["E0001 until"]),
        // a grid of one column may have two rows on one line
        (&grid("a\n  40 so   41 to under 70 t2", "0 or more"), &[]),
    ]);
}

/// The first word of a block without its brace reads as the beginning of the next row.
#[test]
fn a_brace_that_the_signal_of_a_test_lacks_is_one_mistake() {
    let test = |signals: &str| {
        format!(
            "signal visit {{ path text   seconds whole optional }}\nsignal call\nlet a = any visit\ntest \"t\" {{\n  as of 2026-11-18T15:00\n  lead {{ beds 5 role boss deal 5 }}\n  signals {{ {signals} }}\n  expect {{ a nein }}\n}}"
        )
    };
    check_all(&[
        (&test("call 1 day ago   visit 2 days ago path \"/x\" }"), &["E0001 visit 2 days ago", "E0301 nein"]),
        (&test("visit 2 hours ago path \"/x\" seconds 5 }   call 1 day ago"), &["E0001 visit 2 hours ago", "E0301 nein"]),
        (&test("visit 2026-11-17T15:00 path \"/x\" seconds 5 }\n call 1 day ago"), &["E0001 visit 2026-11-17T15:00", "E0301 nein"]),
    ]);
}

/// An item word with a slip in an item that cannot be read whole: whatever else is wrong in it is told as if the word were mended.
#[test]
fn an_item_word_with_a_slip_hides_no_other_slip_of_its_item() {
    let flow = |word: &str, row: &str| {
        format!(
            "stage new owner t start\nstage won owner t final\nstage lost owner t final\n{word} {{\n  new -> won when bedz > 3\n  new -> {row}\n}}"
        )
    };
    check_all(&[
        (&flow("fxow", "lost whn beds < 3 ~"), &["E0001 fxow", "E0001 whn", "E0201 bedz"]),
        // the word takes the blanks behind it, or the blank line above it
        ("scor  s {\n  section a 90% { role 100% { bos 1   boss 2 3   owner 3 } }\n}", &["E0001 owner", "E0001 scor"]),
        ("queue q team t\n\nrout r {\n  q when bedz > 3\n  otherwise zz otherwise\n}", &["E0001 otherwise", "E0001 rout", "E0201 bedz"]),
        ("decide d { a when beds > 3   b otherwise }\n\ntst \"t\" {\n  lead { beds 5 }\n  xpct { d c d }\n}", &["E0001 tst", "E0001 xpct"]),
    ]);
    let lead = |head: &str| {
        let text = format!(
            "leadwright 1\npolicy p {{ currency USD }}\n\n{head}\n  id text key\n  beds\n  role one of a, b\n}}\nlet x = beds > 3 and role is c\n"
        );
        let checked = check(&std::collections::BTreeMap::from([("policy.lead".to_owned(), text.clone())]), "policy.lead");
        checked
            .diagnostics
            .iter()
            .map(|found| format!("{} {}", found.name(), checked.sources.text(found.labels[0].span)))
            .collect::<Vec<_>>()
    };
    for (head, written) in [("lad {", "lad"), ("laed {", "laed"), ("leead {", "leead"), ("lead{", ""), ("lad{", "lad")] {
        let told = lead(head);
        assert_eq!(told.iter().filter(|told| **told == format!("E0001 {written}")).count(), usize::from(!written.is_empty()), "{told:?}");
        assert_eq!(told.iter().filter(|told| *told == "E0203 c").count(), 1, "{head}: {told:?}");
        assert_eq!(told.len(), 2 + usize::from(!written.is_empty()), "{head}: {told:?}");
    }
}

/// Of a row without its outcome it is known that it would have given one more: the first unknown name is told with it, and no other.
#[test]
fn a_row_without_its_outcome_hides_one_name_and_shows_it() {
    let decide = |rows: &str| {
        format!("decide d {{\n  never when beds > 90\n{rows}\n  later otherwise\n}}\nlet y = d is today\nlet z = d is somewhen")
    };
    check_all(&[
        (&decide("  when beds > 50"), &["E0001 when, today", "E0203 somewhen"]),
        (&decide("       when beds > 50"), &["E0001 when, today", "E0203 somewhen"]),
        (&decide("  today\n    when beds >> 50"), &["E0001 >, >", "E0203 somewhen"]),
    ]);
}

#[test]
fn a_first_line_without_its_word_is_one_mistake() {
    let text = "1\n\npolicy p { owner t }\nteam t\nlead { id text key }\n";
    let checked = check(&std::collections::BTreeMap::from([("policy.lead".to_owned(), text.to_owned())]), "policy.lead");
    let told: Vec<&str> = checked.diagnostics.iter().map(|found| found.name()).collect();
    assert_eq!(told, ["E0009"]);
    assert_eq!(checked.diagnostics[0].fixes[0].edits[0].text, "leadwright 1");
}
