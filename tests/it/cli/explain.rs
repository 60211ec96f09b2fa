//! `leadwright explain`.

use std::collections::BTreeMap;

use super::{AS_OF, Folder, LEADS, POLICY, clinic, example, run};

fn explain(folder: &Folder, key: &str, more: &[&str]) -> super::Ran {
    let (policy, leads) = (folder.name("clinic"), folder.name("leads.csv"));
    let arguments: Vec<&str> = ["explain", &policy, &leads, AS_OF, "--lead", key].into_iter().chain(more.iter().copied()).collect();
    run(&arguments)
}

#[test]
fn a_lead_that_is_handed_over() {
    let ran = explain(&clinic(), "A", &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_lead_that_is_not() {
    let ran = explain(&clinic(), "C", &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_real_lead() {
    let ran = run(&["explain", &example(""), &example("leads.csv"), "--signals", &example("signals.csv"), AS_OF, "--lead", "L-1042"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    insta::assert_snapshot!(ran.out);
}

#[test]
fn a_lead_that_is_not_there_several_times_or_rejected() {
    let folder = clinic();
    assert_eq!(explain(&folder, "Z", &[]).sentence(), "no lead of the file has the key `Z`");
    let rejected = explain(&folder, "D", &[]);
    assert_eq!((rejected.code, rejected.out.as_str()), (1, ""));
    assert!(rejected.err.contains("line 5") && rejected.err.contains("`hospitl`"), "{}", rejected.err);
    let again = format!("{LEADS}A,clinic,1,,no\n");
    let folder = Folder::new(&[("clinic/clinic.lead", POLICY), ("leads.csv", &again)]);
    let several = explain(&folder, "A", &[]);
    assert_eq!((several.code, several.err.as_str()), (0, "note: 2 rows have the key `A`; this is the first, line 2\n"));
    assert!(several.out.contains("beds   600"), "{}", several.out);
    let again = format!("{LEADS}D,clinic,1,,no\n");
    let folder = Folder::new(&[("clinic/clinic.lead", POLICY), ("leads.csv", &again)]);
    let rejected_first = explain(&folder, "D", &[]);
    assert_eq!((rejected_first.code, rejected_first.out.as_str()), (1, ""));
    assert!(rejected_first.err.ends_with("\nnote: 2 rows have the key `D`; this is the first, line 5\n"), "{}", rejected_first.err);
    let taken = explain(&folder, "E", &["--on-bad-row", "missing"]);
    assert_eq!(taken.code, 0);
    assert!(taken.err.starts_with("note: taken as missing: column `beds`: `9000`"), "{}", taken.err);
}

#[test]
fn a_row_that_cannot_be_split_is_found_and_its_reason_told() {
    let leads = format!("{LEADS}G,hospital,1\nH,clinic,\"5\" wide\",,no\nA,clinic\n");
    let folder = Folder::new(&[("clinic/clinic.lead", POLICY), ("leads.csv", &leads)]);
    let ragged = explain(&folder, "G", &[]);
    assert_eq!((ragged.code, ragged.out.as_str()), (1, ""));
    assert_eq!(ragged.err, "error: the lead in line 8 is rejected: the row has 3 cells, the header has 5\n");
    let quoted = explain(&folder, "H", &[]);
    assert_eq!(quoted.err, "error: the lead in line 9 is rejected: a quote inside a quoted cell is not doubled\n");
    // the first row with a key counts, whatever the second is
    let twice = explain(&folder, "A", &[]);
    assert_eq!((twice.code, twice.err.as_str()), (0, "note: 2 rows have the key `A`; this is the first, line 2\n"));
    let absent = explain(&folder, "Z", &[]);
    assert_eq!(absent.sentence(), "no lead of the file has the key `Z`; 3 lines cannot be read, the first is line 8, and may be that lead");
}

#[test]
fn a_failed_between_is_shown_whole() {
    let hot = "beds between 700 and 800 and not (fit between 90 and 100)";
    let policy = POLICY.replace("fit >= 60 and (age is missing or not (age > 365))", hot);
    let folder = Folder::new(&[("clinic/clinic.lead", &policy), ("leads.csv", LEADS)]);
    let ran = explain(&folder, "A", &[]);
    assert!(ran.out.contains("`beds between 700 and 800` failed: beds is 600\n"), "{}", ran.out);
    assert!(ran.out.contains("`(fit between 90 and 100)` holds: fit is 100\n"), "{}", ran.out);
    // beyond the other end
    let low = policy.replace("700 and 800", "10 and 20");
    let folder = Folder::new(&[("clinic/clinic.lead", &low), ("leads.csv", LEADS)]);
    assert!(explain(&folder, "A", &[]).out.contains("`beds between 10 and 20` failed: beds is 600\n"));
}

/// The figures of an explanation, summed here from their texts, are the score; and the answers are those of the scored file, which comes
/// from other code (machine code of the optimised program).
#[test]
fn contributions_add_up_and_answers_are_those_of_the_scored_file() {
    let leads = std::fs::read_to_string(example("leads.csv")).unwrap();
    let scored = run(&["score", &example(""), &example("leads.csv"), "--signals", &example("signals.csv"), AS_OF, "-q"]).out;
    let header: Vec<&str> = scored.lines().next().unwrap().split(',').collect();
    let rows: BTreeMap<&str, Vec<&str>> =
        scored.lines().skip(1).map(|line| (line.split(',').next().unwrap(), line.split(',').collect())).collect();
    let keys = leads.lines().skip(1).filter_map(|line| line.split(',').next()).filter(|key| rows.contains_key(key));
    for key in keys.step_by(131) {
        let ran = run(&[
            "explain",
            &example(""),
            &example("leads.csv"),
            "--signals",
            &example("signals.csv"),
            AS_OF,
            "--lead",
            key,
            "--output",
            "json",
        ]);
        let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let cell = |name: &str| rows[key][header.iter().position(|column| *column == name).unwrap()];
        for score in json["scores"].as_array().unwrap() {
            let name = score["name"].as_str().unwrap();
            assert_eq!(score["value"], cell(name), "{key} {name}");
            let mut total = 0;
            for section in score["sections"].as_array().unwrap() {
                let mut parts = 0;
                for attribute in section["attributes"].as_array().unwrap() {
                    parts += units(&attribute["contribution"]);
                }
                parts += section["points"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|row| row["row"]["verdict"] == "applied")
                    .map(|row| units(&row["points"]))
                    .sum::<i64>();
                parts += section.get("cap").map_or(0, |cap| units(&cap["contribution"]));
                assert_eq!(parts, units(&section["contribution"]), "{key} {name} {section}");
                total += parts;
            }
            total += score["adjusts"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["row"]["verdict"] == "applied")
                .map(|row| units(&row["points"]))
                .sum::<i64>();
            assert_eq!(total, units(&score["sum"]), "{key} {name}");
            let bounded = total.clamp(units(&score["range"]["low"]), units(&score["range"]["high"]));
            assert!(
                (bounded - units(&score["value"])).abs() <= if score.get("rounded_to").is_some() { 500_000 } else { 0 },
                "{key} {name}"
            );
        }
        for decide in json["decides"].as_array().unwrap() {
            assert_eq!(decide["value"], cell(decide["name"].as_str().unwrap()), "{key}");
        }
        assert_eq!(json["stage"]["after"]["name"], cell("stage"), "{key}");
        for route in json["routes"].as_array().unwrap() {
            let name = route["name"].as_str().unwrap();
            assert_eq!(route["queue"]["name"].as_str().unwrap_or_default(), cell(name), "{key}");
            assert_eq!(route["turn"]["owner"].as_str().unwrap_or_default(), cell(&format!("{name}.owner")), "{key}");
        }
    }
}

/// Millionths of a decimal written out.
fn units(value: &serde_json::Value) -> i64 {
    let text = value.as_str().unwrap();
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 6, "{text}");
    sign * (whole.parse::<i64>().unwrap() * 1_000_000 + format!("{fraction:0<6}").parse::<i64>().unwrap())
}

#[test]
fn a_lead_cannot_steer_the_terminal() {
    let leads = "id,site,beds,met,rival\n\"\u{1b}[2J\u{202e}\",hospital,1,,no\n";
    let folder = Folder::new(&[("clinic/clinic.lead", POLICY), ("leads.csv", leads)]);
    for more in [&[][..], &["--output", "json"]] {
        let ran = explain(&folder, "\u{1b}[2J\u{202e}", more);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(!ran.out.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.out);
    }
}

#[test]
fn the_way_to_a_goal() {
    let folder = clinic();
    let ran = explain(&folder, "F", &["--reach", "status=hot"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!("reach", ran.out);
    // a lead that is where it should be
    let there = explain(&folder, "A", &["--reach", "status=hot", "--reach", "fit>=60"]);
    assert_eq!(there.code, 0);
    assert!(there.out.ends_with("The lead is there already\n"), "{}", there.out);
    // two goals that exclude each other
    let never = explain(&folder, "A", &["--reach", "status=hot", "--reach", "status=out"]);
    assert_eq!(never.code, 1);
    assert!(never.out.contains("Nothing that may change takes it there\n"), "{}", never.out);
    let undecided = explain(&folder, "F", &["--reach", "status=hot", "--budget", "1"]);
    assert_eq!(undecided.code, 3);
    assert!(undecided.out.contains("Undecided\n  it takes more steps"), "{}", undecided.out);
}

#[test]
fn a_way_over_signals() {
    let to_mql = |lead: &str, more: &[&str]| {
        let (policy, leads, signals) = (example(""), example("leads.csv"), example("signals.csv"));
        let arguments = ["explain", &policy, &leads, "--signals", &signals, AS_OF, "--lead", lead, "--reach", "stage=mql"];
        run(&[&arguments, more].concat())
    };
    // a pharmacy, and the policy says that this is `fixed`
    assert_eq!(to_mql("L-1004", &[]).code, 1);
    let ran = to_mql("L-1010", &["--reach", "queue=inside"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.lines().all(|line| line.chars().count() <= 80), "{}", ran.out);
    insta::assert_snapshot!("reach_with_signals", ran.out);
}

#[test]
fn what_is_fixed_does_not_change() {
    let fixed =
        POLICY.replace("met     date     optional", "met     date     optional fixed").replace("rival   yes_no", "rival   yes_no   cost 3");
    let folder = Folder::new(&[("clinic/clinic.lead", &fixed), ("leads.csv", LEADS)]);
    let ran = explain(&folder, "F", &["--reach", "status=hot"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""), "{}", ran.out);
    let ran = explain(&folder, "C", &["--reach", "status=cold", "--output", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let expected = serde_json::json!({
        "cost": 3,
        "at_least": 3,
        "fields": [{ "name": "rival", "from": "yes", "to": "no", "cost": 3 }],
        "signals": [],
        "answers": [{ "name": "fit", "from": "20", "to": "40" }, { "name": "status", "from": "out", "to": "cold" }],
    });
    assert_eq!((&json["verdict"], &json["way"]), (&"reached".into(), &expected));
}

#[test]
fn why_a_lead_is_not_there() {
    let folder = clinic();
    let ran = explain(&folder, "C", &["--why-not", "status=hot", "--why-not", "work=far", "--why-not", "stage=fresh"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    insta::assert_snapshot!("why_not", ran.out);
}

#[test]
fn goals_that_make_no_sense() {
    let sentences = [
        ("statu=hot", "the policy has no answer `statu`; did you mean `status`?"),
        ("status=hott", "`status` is never `hott`; did you mean `hot`?"),
        ("status>=hot", "`status` is not a number: write `status=hot`"),
        ("beds>=5", "`beds` is a field; a goal is an answer of the policy: a decision, a score, a derived value, `stage` or `queue`"),
        ("status", "`status` is no goal: write a name, `=` and a value, as in `status=qualified`, or a comparison as in `readiness>=65`"),
        ("status=", "the goal for `status` lacks a value"),
    ];
    for (goal, sentence) in sentences {
        let ran = explain(&clinic(), "A", &["--reach", goal]);
        assert_eq!((ran.code, ran.sentence()), (2, sentence), "{goal}");
    }
    let many = explain(&clinic(), "A", &["--reach", "fit>=0.5"]);
    assert_eq!(many.code, 2);
    assert!(many.sentence().starts_with("`0.5` does not fit `fit`: "), "{}", many.err);
}
