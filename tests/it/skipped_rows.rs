//! Whom a rotation skips: the model reads conditions over the rows of a table, the interpreter the same conditions over the fields of leads with the same
//! cells. Both give the same answers.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::support::random::Random;
use crate::support::scoring::Scorer;
use leadwright::batch::Backend;
use leadwright::diagnostic::Severity;
use leadwright::model;

const POLICIES: u64 = 60;
const ROWS: usize = 40;

/// Declared alike as fields and as columns; `{}` is put before the name where it stands in a condition.
const COLUMNS: &str = "  count   whole  -5..5  optional\n  share   decimal 2  optional\n  name    text  optional\n  away    yes_no  optional\n  \
    level   one of low, high, top  optional\n  skills  some of a, b, c  optional\n  back    date  optional\n  until   time  optional\n";

const TESTS: &[&str] = &[
    "{}count > 0",
    "{}count >= -5",
    "{}count between -2 and 3",
    "{}count < 0.5",
    "-1.5 < {}count",
    "{}count is 0",
    "{}count is not 0",
    "{}count is one of 1, 2, 3",
    "{}count is missing",
    "{}share <= 1.25",
    "{}share > 1.255",
    "{}share < -92_233_720_368_547_758.07",
    "{}share >= 9_223_372_036_854_775.805",
    "{}share is not one of 0, 1.25",
    "{}name is \"Ada\"",
    "{}name is not \"straße\"",
    "{}name starts with \"a\"",
    "{}name ends with \"SSE\"",
    "{}name contains \"b c\"",
    "{}name is known",
    "{}away",
    "{}away is no",
    "{}level is high",
    "{}level is not one of low, top",
    "{}skills has a",
    "{}skills has any of b, c",
    "{}back > 2026-11-18",
    "2026-11-18 >= {}back",
    "{}until < 2026-11-18T15:00",
    "yes",
];

fn condition(random: &mut Random, depth: usize) -> String {
    if depth == 0 || random.chance(30) {
        return (*random.pick(TESTS)).to_owned();
    }
    let [left, right] = [condition(random, depth - 1), condition(random, depth - 1)];
    match random.below(4) {
        0 => format!("not ({left})"),
        1 => format!("(({left}) and ({right}))"),
        2 => format!("(({left}) or ({right}))"),
        _ => format!("(({left}) implies ({right}))"),
    }
}

fn row(random: &mut Random) -> String {
    let cells: [&[&str]; 8] = [
        &["", "-5", "0", "1", "5"],
        &["", "1.25", "1.26", "-92233720368547758.08", "92233720368547758.07", "0"],
        &["", "ada", "ADA ", "Strasse", "ab cd"],
        &["", "yes", "no"],
        &["", "low", "high", "top"],
        &["", "a", "b;c", "a;b;c"],
        &["", "2026-11-18", "2026-11-19", "0001-01-01"],
        &["", "2026-11-18T15:00", "2026-11-18T14:59:59"],
    ];
    cells.map(|cells| *random.pick(cells)).join(",")
}

#[test]
fn rows_are_skipped_as_the_interpreter_would_have_it() {
    let (mut skipped, mut taken) = (0, 0);
    for seed in 0..POLICIES {
        let mut random = Random::new(seed);
        let condition = condition(&mut random, 3);
        let (of_lead, of_row) = (condition.replace("{}", ""), condition.replace("{}", "reps."));
        let text = format!(
            "leadwright 1\npolicy p {{}}\nlead {{\n  id  text key\n{COLUMNS}}}\ntable reps from \"reps.csv\" {{\n  id  text key\n{COLUMNS}}}\n\
             team desk\nqueue q team desk rotate from reps skip when {of_row} otherwise rest\nqueue rest team desk\n\
             route r {{ q otherwise }}\ndecide answer {{ skipped when {of_lead}   taken otherwise }}\n"
        );
        let mut csv = String::from("id,count,share,name,away,level,skills,back,until\n");
        (0..ROWS).for_each(|number| writeln!(csv, "r{number},{}", row(&mut random)).unwrap());
        let checked = model::check(&BTreeMap::from([("p.lead".to_owned(), text.clone()), ("reps.csv".to_owned(), csv.clone())]), "p.lead");
        let sound = checked.diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning);
        assert!(sound, "{:#?}\n{text}", checked.diagnostics);
        let scored = Scorer::new(&checked.policy).score_csv(&csv, Backend::Interpret).unwrap();
        let mut lines = scored.lines();
        let answer = lines.next().unwrap().split(',').position(|name| name == "answer").unwrap();
        let seats = &checked.policy.queues[0].rotation;
        assert_eq!(seats.len(), ROWS);
        for (seat, (line, given)) in seats.iter().zip(lines.zip(csv.lines().skip(1))) {
            let expected = line.split(',').nth(answer).unwrap() == "skipped";
            assert_eq!(seat.skipped, expected, "{of_row}\n{given}");
            *(if expected { &mut skipped } else { &mut taken }) += 1;
        }
    }
    assert!(skipped > 400 && taken > 400, "{skipped} skipped, {taken} taken");
}
