//! A file that is not there takes no message from the others, but for names that it may declare: they are listed with it.

use std::collections::BTreeMap;

use leadwright::diagnostic::Diagnostic;
use leadwright::model::{Checked, check};

use crate::messages::mend;
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

/// Each stands for a `use` that is told, and whose file is read all the same.
#[test]
fn a_use_without_its_word_or_with_another_is_followed() {
    let part = ("parts/more.lead", "leadwright 1\nteam crew\nlet a = bedz > 5\n");
    let uses = |line: &str| format!("{line}\nqueue q team crew\nqueue r team crow\n");
    for (line, own) in [
        ("usee \"parts/more.lead\"", "usee"),
        ("uze \"parts/more.lead\"", "uze"),
        ("include \"parts/more.lead\"", "include"),
        ("\"parts/more.lead\"", "\"parts/more.lead\""),
        ("  \"parts/more.lead\"", "\"parts/more.lead\""),
        ("use parts/more.lead", "parts/more.lead"),
    ] {
        let mut all = found(&uses(line), &[part]);
        all.sort();
        assert_eq!(all, [&format!("E0001 {own}"), "E0201 bedz", "E0205 crow"], "{line}");
    }
}

/// Its names are one message, with its `use` as the fix, and the policy is looked at as if it were used.
#[test]
fn a_file_whose_use_is_lacking_is_one_message() {
    let items = "queue q team crew\nlet z = wide > 3 and far\nlet y = bedz > 2\n";
    let part = "leadwright 1\nteam crew\nlet wide = beds\nlet far = rolle is boss\n";
    let checked = checked_with(items, part);
    assert_eq!(
        told(&checked),
        [
            "E0205 crew, wide, far: `crew` is declared in `more.lead`, which no `use` names: write `use \"more.lead\"`",
            "E0201 bedz: did you mean `beds`?",
            "E0201 rolle: did you mean `role`?",
        ]
    );
    let [fix] = checked.diagnostics[0].fixes.as_slice() else { panic!("{:#?}", checked.diagnostics[0]) };
    let mended = mend(&files_with(items, part), &checked, fix);
    assert!(mended["policy.lead"].starts_with("leadwright 1\n\nuse \"more.lead\"\n"), "{mended:#?}");
    assert_eq!(told(&check(&mended, "policy.lead")), told(&checked)[1..]);
    // another policy, and what is near to no unknown name, are left alone
    assert_eq!(told(&checked_with("let z = bedz > 3\n", "leadwright 1\npolicy other {}\nlet bedz = 3\n")).len(), 1);
    assert_eq!(told(&checked_with("let z = bedz > 3\n", part)), ["E0201 bedz: did you mean `beds`?"]);
    // a version of what is there
    assert_eq!(
        told(&checked_with("let z = bedz > 3\n", "leadwright 1\nlet z = 1\nlet bedz = 3\n")),
        ["E0201 bedz: did you mean `beds`?; `more.lead` declares it, and no `use` names that file"]
    );
}

/// Folders that no file was read from are looked into, unless they are another policy's.
#[test]
fn a_file_in_another_folder_whose_use_is_lacking_is_found() {
    let at = |paths: &[(&str, &str)]| {
        let mut files = files_with("queue q team crew\nlet y = bedz > 2\n", "leadwright 1\nteam other\n");
        files.extend(paths.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
        told(&check(&files, "policy.lead"))
    };
    let crew = "leadwright 1\nteam crew\n";
    let declared_in = |path: &str| format!("E0205 crew: `crew` is declared in `{path}`, which no `use` names: write `use \"{path}\"`");
    let nowhere = "E0205 crew: no team is declared";
    assert_eq!(at(&[]), [nowhere, "E0201 bedz: did you mean `beds`?"]);
    assert_eq!(at(&[("common/teams.lead", crew)])[0], declared_in("common/teams.lead"));
    assert_eq!(at(&[("a/b/c/teams.lead", crew), ("b/teams.lead", crew)])[0], declared_in("b/teams.lead"));
    assert_eq!(at(&[("a/teams.lead", crew), ("a/main.lead", "leadwright 1\npolicy a {}\n")])[0], nowhere);
    assert_eq!(at(&[("a/common/teams.lead", crew), ("a/main.lead", "leadwright 1\npolicy a {}\n")])[0], nowhere);
    assert_eq!(at(&[(".old/teams.lead", crew)])[0], nowhere);
}

fn files_with(items: &str, part: &str) -> BTreeMap<String, String> {
    let head = "leadwright 1\npolicy p {}\nlead { id text key   beds whole 0..100   role one of boss, clerk }\n";
    BTreeMap::from([("policy.lead".to_owned(), format!("{head}{items}")), ("more.lead".to_owned(), part.to_owned())])
}

fn checked_with(items: &str, part: &str) -> Checked {
    check(&files_with(items, part), "policy.lead")
}

/// Code, places and help of every mistake.
fn told(checked: &Checked) -> Vec<String> {
    let said = |one: &Diagnostic| {
        let places: Vec<&str> = one.labels.iter().map(|label| checked.sources.text(label.span)).collect();
        format!("{} {}: {}", one.name(), places.join(", "), one.help.as_deref().unwrap_or_default())
    };
    checked.diagnostics.iter().map(said).collect()
}
