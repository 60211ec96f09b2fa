//! A file that is not there takes no message from the others, but for names that it may declare: they are listed with it.

use std::collections::BTreeMap;

use leadwright::diagnostic::Diagnostic;
use leadwright::model::check;

use crate::model_together::found;

const TYPOS: &str = "use \"parts/more.lead\"\n\
    signal ask_for_rep\n\
    table areas from \"areas.csv\" { region text key   goes_to text }\n\
    team field_sales\n\
    queue north team field_slaes\n\
    decide d { a when beedz > 5   b when rol is boss   c when region_x is \"x\"   o otherwise }\n\
    let size = bedss * 2\n\
    let found = aeras[region].goes_to\n\
    let place = areas[region].gose_to\n\
    let asked = count of ask_for_reps + count of ask_fro_rep\n\
    let worst = d is x or role is bos\n\
    route r { north when harbour_score > 5   north_w otherwise }\n\
    test \"t\" { lead { beds 5  role boss  regoin \"x\"  widht 5 } expect { d a } }\n";

const AREAS: (&str, &str) = ("areas.csv", "region,goes_to\nx,y\n");

#[test]
fn a_missing_file_hides_no_slip_in_what_is_there() {
    assert_eq!(
        found(TYPOS, &[AREAS]),
        [
            "E0104 \"parts/more.lead\"",
            "E0205 field_slaes",
            "E0201 bedss",
            "E0210 aeras",
            "E0209 gose_to",
            "E0208 ask_fro_rep",
            "E0203 x",
            "E0203 bos",
            "E0601 regoin",
            "E0601 widht",
        ]
    );
    // with the file, nothing else declares them
    let part = ("parts/more.lead", "leadwright 1\nlet harbour_score = 1\n");
    let all = found(TYPOS, &[AREAS, part]);
    for (name, code) in [("beedz", "E0201"), ("rol", "E0201"), ("region_x", "E0201"), ("ask_for_reps", "E0208"), ("north_w", "E0206")] {
        assert!(all.contains(&format!("{code} {name}")), "{all:?}");
    }
}

#[test]
fn a_missing_file_names_what_it_may_declare() {
    let policy = |items: &str| format!("leadwright 1\npolicy p {{ }}\nteam t\nlead {{\n  id text key\n  beds whole 0..100\n}}\n{items}");
    let all = |items: &str| check(&BTreeMap::from([("p.lead".to_owned(), policy(items))]), "p.lead").diagnostics;
    let help = |diagnostic: &Diagnostic| diagnostic.help.clone().unwrap_or_default();
    let text = "use \"gone.lead\"\nlet a = harbour > 5 and harbour < 7\nqueue q team depot\n";
    let [diagnostic] = all(text).try_into().unwrap_or_else(|all| panic!("{all:#?}"));
    assert!(help(&diagnostic).ends_with("; names that no other file declares: `depot`, `harbour`"), "{}", help(&diagnostic));
    // of two files the first one says it
    let [first, second] = all(&text.replacen('\n', "\nuse \"../away.lead\"\n", 1)).try_into().unwrap_or_else(|all| panic!("{all:#?}"));
    assert!(help(&first).contains("`depot`, `harbour`") && !help(&second).contains("depot"), "{first:?} {second:?}");
    // two hundred names are one message
    let many: String = (0..200).map(|number| format!("let a{number} = harbour_{number}_x > 5\n")).collect();
    let [diagnostic] = all(&format!("use \"gone.lead\"\n{many}")).try_into().unwrap_or_else(|all| panic!("{all:#?}"));
    assert!(help(&diagnostic).ends_with(" and 180 more"), "{}", help(&diagnostic));
    // nothing is said where nothing is lacking
    let [diagnostic] = all("use \"gone.lead\"\n").try_into().unwrap_or_else(|all| panic!("{all:#?}"));
    assert!(!help(&diagnostic).contains("no other file"), "{}", help(&diagnostic));
}

#[test]
fn what_a_policy_has_once_stands_in_no_other_file() {
    // no currency, though there is a header; a field, though there is a lead
    let policy = "leadwright 1\npolicy p { }\nuse \"gone.lead\"\nteam t\nlead {\n  id text key\n  deal money\n}\n\
        decide d { a when id is \"x\"   o otherwise }\ntest \"t\" { lead { id \"x\"  volume 5 } expect { d a } }\n";
    let checked = check(&BTreeMap::from([("p.lead".to_owned(), policy.to_owned())]), "p.lead");
    let codes: Vec<&str> = checked.diagnostics.iter().map(Diagnostic::name).collect();
    assert_eq!(codes, ["E0104", "E0112", "E0601"], "{:#?}", checked.diagnostics);
}
