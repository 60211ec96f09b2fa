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
