//! A fix gives text that checks: it leads to no other mistake, and no two of them contradict each other.

use std::collections::BTreeMap;

use leadwright::diagnostic::Diagnostic;
use leadwright::model::{Checked, check};

use crate::messages::mend;

const HEAD: &str = "leadwright 1\npolicy p { currency USD }\nteam t\nlead {\n  id    text   key\n  beds  whole  0..100\n  state text\n  share decimal 6 0..1\n}\n";

fn files(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("p.lead".to_owned(), text.to_owned()), ("zip.csv".to_owned(), "state,region,size\nOH,north,4\n".to_owned())])
}

/// Code and place of each mistake, and all that is said of it.
fn told(files: &BTreeMap<String, String>) -> (Vec<String>, Checked) {
    let checked = check(files, "p.lead");
    let at = |diagnostic: &Diagnostic| {
        let place = diagnostic.labels.first().map_or("", |label| checked.sources.text(label.span));
        format!("{} {place}", diagnostic.name())
    };
    (checked.diagnostics.iter().map(at).collect(), checked)
}

/// The policy has this one mistake, whose only fix leaves none; the fix's title.
#[track_caller]
fn one_fix_mends(items: &str, expected: &str) -> String {
    let files = files(&format!("{HEAD}{items}"));
    let (all, checked) = told(&files);
    assert_eq!(all, [expected], "{:#?}", checked.diagnostics);
    let [fix] = checked.diagnostics[0].fixes.as_slice() else { panic!("{:#?}", checked.diagnostics) };
    let mended = mend(&files, &checked, fix);
    assert_eq!(told(&mended).0, Vec::<String>::new(), "{mended:#?}");
    fix.title.clone()
}

#[test]
fn a_column_that_is_declared_with_a_slip_is_mended_wherever_it_stands() {
    let table = |columns: &str| format!("table zip from \"zip.csv\" {{ state text key   {columns} }}\n");
    // used as the file has it: only the declaration is wrong
    let right_use = format!("{}let a = zip[state].region is \"north\"\n", table("regon text"));
    assert_eq!(one_fix_mends(&right_use, "E0108 regon"), "write `region`");
    // used as it is declared: all are
    let wrong_use = format!("{}let a = zip[state].regon is \"north\" or zip[id].regon is \"x\"\n", table("regon text"));
    assert_eq!(one_fix_mends(&wrong_use, "E0108 regon"), "write `region`");
    let both = format!("{}let a = zip[state].regon is \"north\" or zip[id].region is \"x\"\n", table("regon text"));
    assert_eq!(one_fix_mends(&both, "E0108 regon"), "write `region`");
    // what nothing declares is told
    let other = format!("{HEAD}{}let a = zip[state].sizes is \"north\"\n", table("regon text"));
    assert_eq!(told(&files(&other)).0, ["E0108 regon", "E0209 sizes"]);
}

#[test]
fn a_quotient_keeps_the_places_that_its_bands_have() {
    let score = |bands: &str| format!("let r = beds / 3\nscore s {{ section x 100% {{ r 100% {{ {bands} }} }} }}\n");
    let of_bands = [
        ("20 or more 5   0 to 19 1   under 0 0", "keep 0 places"),
        ("20.0 or more 5   10 to 19.9 3   0 to 9.9 1   under 0 0", "keep 1 place"),
        ("20.000 or more 5   0 to 19.999 1   under 0 0", "keep 3 places"),
        // these leave no gap, whatever it keeps
        ("20 or more 5   under 20 1", "keep 2 places"),
        ("20 or more 5   0 to under 20 1   under 0 0", "keep 2 places"),
    ];
    for (bands, title) in of_bands {
        assert_eq!(one_fix_mends(&score(bands), "E0306 beds / 3"), title, "{bands}");
    }
    let grid = "let r = beds / 3\ngrid g of r across share { under 0.5, 0.5 or more   20 or more a, b   0 to 19 c, d   under 0 e, e }\n";
    assert_eq!(one_fix_mends(grid, "E0306 beds / 3"), "keep 0 places");
    // of another value, the bands say nothing
    let other = "let r = beds / 3\nscore s { section x 100% { beds 100% { 20 or more 5   0 to 19 1 } } }\n";
    assert_eq!(one_fix_mends(other, "E0306 beds / 3"), "keep 2 places");
}

#[test]
fn a_part_of_a_product_is_rounded_so_that_the_whole_has_places_enough() {
    let product = |factors: &str| format!("{HEAD}let fine = share * share * share\nlet r = {factors}\n");
    let help = |text: &str| {
        let (all, checked) = told(&files(text));
        assert_eq!(all.len(), 1, "{:#?}", checked.diagnostics);
        checked.diagnostics[0].help.clone().unwrap_or_default()
    };
    for (factors, rounded) in [
        ("share * share * share * share", "(share * share to 4 places) * share * share"),
        // what the first two have would not be enough
        ("beds * beds * fine * share", "beds * (beds * fine to 4 places) * share"),
    ] {
        let help = help(&product(factors));
        let part = rounded.split_once('(').and_then(|(_, rest)| Some(rest.split_once(')')?.0)).unwrap_or_default();
        assert!(help.contains(&format!("`({part})`")), "{help}");
        assert_eq!(told(&files(&product(rounded))).0, Vec::<String>::new());
    }
    assert_eq!(help(&product("fine * fine * fine * fine")), "round its parts: `(a * b to 4 places)` keeps 4");
}

#[test]
fn a_short_name_with_a_slip_is_told_beside_a_name_that_stands_twice() {
    let doubled = |rest: &str| told(&files(&format!("{HEAD}let area = beds\nlet area = beds\n{rest}")));
    let (all, checked) = doubled("let a = bdes > 5\nlet b = stat is \"OH\"\n");
    assert_eq!(all, ["E0202 area", "E0201 bdes", "E0201 stat"]);
    for (diagnostic, meant) in checked.diagnostics[1..].iter().zip(["`beds`", "`state`"]) {
        assert!(diagnostic.help.as_deref().is_some_and(|help| help.contains(meant)), "{diagnostic:#?}");
    }
    // what is near to none may be what one of the two was meant to be
    assert_eq!(doubled("let a = zone > 5\n").0, ["E0202 area"]);
}

#[test]
fn a_test_without_a_day_is_offered_that_of_another() {
    let stages = "stage one owner t start\nstage two owner t final\nflow { one -> two when beds > 5 }\n";
    let dated = "test \"dated\" { as of 2026-11-18T15:00  lead { beds 5  state \"OH\"  share 0 }  expect { beds 5 } }\n";
    let one_line = "test \"t\" { stage one since 2026-01-05T10:00  lead { beds 5  state \"OH\"  share 0 }  expect { beds 5 } }\n";
    let title = "write `as of 2026-11-18T15:00`, as another test does";
    assert_eq!(one_fix_mends(&format!("{stages}{dated}{one_line}"), "E0607 \"t\""), title);
    let lines = "test \"t\" {\n  stage one since 2026-01-05T10:00\n  lead { beds 5  state \"OH\"  share 0 }\n  expect { beds 5 }\n}\n";
    assert_eq!(one_fix_mends(&format!("{stages}{dated}{lines}"), "E0607 \"t\""), title);
    // no day is made up
    let (_, checked) = told(&files(&format!("{HEAD}{stages}{one_line}")));
    assert!(checked.diagnostics[0].fixes.is_empty(), "{:#?}", checked.diagnostics);
}

#[track_caller]
fn help(files: &BTreeMap<String, String>, expected: &str) -> String {
    let (all, checked) = told(files);
    let at = all.iter().position(|one| one == expected).unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
    checked.diagnostics[at].help.clone().unwrap_or_default()
}

/// What a test expects is worked out, so the key is never meant.
#[test]
fn a_test_is_not_offered_the_key_for_what_it_expects() {
    let text = "leadwright 1\npolicy p {}\nlead { visitor_id text key   beds whole }\nlet visitor_in = beds > 5\n";
    let test = "test \"t\" { lead { beds 5 }  expect { visitor_idd yes } }\n";
    assert_eq!(help(&files(&format!("{text}{test}")), "E0601 visitor_idd"), "did you mean `visitor_in`?");
}

#[test]
fn a_choice_of_a_table_of_cases_may_be_meant_as_it_is_shown() {
    let text = "leadwright 1\npolicy p {}\nlead { id text key   role one of boss \"Head of ward\" \"HOW chief\", clerk }\nlet a = role is boss\ncases \"c\" from \"c.csv\"\n";
    for cell in ["Head of wrd", "how chef"] {
        let mut files = files(text);
        files.insert("c.csv".to_owned(), format!("role,expect a\n{cell},yes\n"));
        let (_, checked) = told(&files);
        let [only] = checked.diagnostics.as_slice() else { panic!("{:#?}", checked.diagnostics) };
        assert!(only.help.as_deref().is_some_and(|help| help.contains("`boss`")), "{only:#?}");
    }
}

#[test]
fn a_name_like_none_is_told_what_is_declared() {
    let teams: String = (1..=8).map(|at| format!("team crew_{at}\n")).collect();
    let text = |count: usize| {
        let teams: String = teams.lines().take(count).map(|team| format!("{team}\n")).collect();
        files(&format!("leadwright 1\npolicy p {{}}\nlead {{ id text key }}\n{teams}queue q team harbour\n"))
    };
    let six = "declared: `crew_1`, `crew_2`, `crew_3`, `crew_4`, `crew_5`, `crew_6`";
    assert_eq!(help(&text(6), "E0205 harbour"), six);
    assert_eq!(help(&text(8), "E0205 harbour"), format!("{six} and 2 more, none of them much like it"));
}

/// What is of another type than its place needs is told what fits there.
#[test]
fn a_value_of_a_wrong_type_is_told_what_fits() {
    let says = |items: &str, mistake: &str, expected: &str| {
        assert_eq!(help(&files(&format!("{HEAD}{items}\n")), mistake), expected, "{items}");
    };
    says("let a = beds + state", "E0301 state", "what fits here: `beds`, `share`");
    says("let a = smaller of (state, beds)", "E0301 state", "what fits here: `beds`, `share`");
    says("let a = larger of (beds, state)", "E0301 state", "what fits here: `beds`, `share`");
    says("let a = days since beds", "E0301 beds", "nothing that the policy declares fits here");
    says("let a = beds starts with \"x\"", "E0301 beds", "what fits here: `id`, `state`");
    says("let a = domain of beds is \"x\"", "E0301 beds", "what fits here: `id`, `state`");
    says("let a = beds is same as state", "E0301 state", "what fits here: `beds`, `share`");
    let many: String = (1..=8).map(|at| format!("let n{at} = beds + {at}\n")).collect();
    says(&format!("{many}let a = beds + state"), "E0301 state", "what fits here: `beds`, `n1`, `n2`, `n3`, `n4`, `n5` and 4 more");
    says(
        "queue q team t\nroute r { q otherwise }\nlet a = r is q",
        "E0301 r",
        "ask for what its rows ask: a `let` or a `decide` with their conditions is a value",
    );
}

#[test]
fn a_standard_that_gives_no_reason_is_told_with_a_way_out() {
    let policy = |behind: &str| {
        let text = format!(
            "leadwright 1\npolicy p {{ owner t   follows g }}\nteam t\nlead {{ id text key   beds whole }}\nstage one owner t start\nstage two owner t final\nflow {{ one -> two when beds > 5 }}\nstandard g {{ require every stage has informed{behind} }}\n"
        );
        let (_, checked) = told(&files(&text));
        let found = checked.diagnostics.iter().find(|one| one.name() == "E0702");
        found.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics)).help.clone().unwrap_or_default()
    };
    assert_eq!(policy(""), "make it hold in the policy; behind a requirement, `as warning` lets a policy score that breaks it");
    assert_eq!(policy(" as warning"), "make it hold in the policy");
    assert_eq!(policy(" because \"everyone hears of it\""), "everyone hears of it");
}
