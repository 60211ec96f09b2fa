//! The leads that differ, as the page describes them: its words are read back, and are true of exactly the leads that get another answer.

use leadwright::model::Constant;
use leadwright::proof::versions::{Outcome, compare};
use leadwright::proof::{AS_OF, BUDGET};
use leadwright::record::Lead;

use super::versions::{Side, checked};
use crate::support::random::Random;

const PAIRS: u64 = 400;

/// What is asked of a lead with a set `f` of a to d, a number `n`, a choice `g` and a yes or no `y`.
fn condition(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.chance(65) {
        let (left, right) = (condition(random, depth - 1), condition(random, depth - 1));
        let word = random.pick(&["and", "and not", "or"]);
        return format!("({left} {word} {right})");
    }
    let member = |random: &mut Random| *random.pick(&["a", "b", "c", "d"]);
    match random.below(9) {
        0..4 => format!("f has {}", member(random)),
        4 => format!("f has any of {}", random.pick(&["a, b", "b, c", "c, d", "b, c, d"])),
        5 => random.pick(&["f is missing", "f is known"]).to_string(),
        6 => format!("n {} {}", random.pick(&["<=", ">="]), random.below(4)),
        7 => format!("g is {}", random.pick(&["x", "y", "z"])),
        _ => "v".into(),
    }
}

fn policy(is_optional: bool, condition: &str) -> String {
    let optional = if is_optional { " optional" } else { "" };
    let condition = if is_optional { condition.to_string() } else { condition.replace("f is missing", "v").replace("f is known", "not v") };
    format!(
        "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{\n  id text key\n  f some of a, b, c, d{optional}\n  n whole 0..3{optional}\n  \
         g one of x, y, z{optional}\n  v yes_no\n}}\n\ndecide s {{ hot when {condition}  cold otherwise }}\n"
    )
}

fn leads(is_optional: bool) -> Vec<Lead> {
    let values = |from: i64, to: i64| (from..=to).map(Some).chain(is_optional.then_some(None)).collect::<Vec<Option<i64>>>();
    let mut leads = Vec::new();
    for f in values(1, 15) {
        for n in values(0, 3) {
            for g in values(0, 2) {
                for v in [0, 1] {
                    let numbers = [f, n, g, Some(v)].into_iter().map(|value| value.map(Constant::Integer));
                    let values = [Some(Constant::Text("L".into()))].into_iter().chain(numbers).collect();
                    leads.push(Lead { values, ..Lead::default() });
                }
            }
        }
    }
    leads
}

/// Whether what is written of one field is true of a lead.
fn is_so(lead: &Lead, written: &str) -> bool {
    let (field, rest) = written.split_once(' ').unwrap_or((written, ""));
    let place = ["f", "n", "g", "v"].iter().position(|name| *name == field).unwrap_or_else(|| panic!("{written}"));
    let value = match &lead.values[place + 1] {
        Some(Constant::Integer(value)) => Some(*value),
        Some(Constant::Text(_)) | None => None,
    };
    match field {
        "f" => rest.split(", or ").any(|one| set_is(value, one)),
        "n" => rest.split(" or ").any(|one| number_is(value, one)),
        "g" => choice_is(value, rest, &["x", "y", "z"]),
        _ => choice_is(value, rest, &["no", "yes"]),
    }
}

fn set_is(set: Option<i64>, written: &str) -> bool {
    let Some(set) = set else { return written == "missing" };
    let has = |name: &str| set >> ["a", "b", "c", "d"].iter().position(|known| *known == name).unwrap_or_else(|| panic!("{name}")) & 1 == 1;
    let has_all = |written: &str| {
        written.split(" and ").all(|one| match one.strip_prefix("any of ") {
            Some(names) => names.split(", ").any(has),
            None => has(one),
        })
    };
    let has_none = |written: &str| !written.split(" nor ").any(has);
    match written {
        "missing" => false,
        "known" => true,
        written => match (written.strip_prefix("has not "), written.strip_prefix("has ")) {
            (Some(none), _) => has_none(none),
            (None, Some(all)) => match all.split_once(" and not ") {
                Some((all, none)) => has_all(all) && has_none(none),
                None => has_all(all),
            },
            (None, None) => panic!("{written}"),
        },
    }
}

fn number_is(value: Option<i64>, written: &str) -> bool {
    let Some(value) = value else { return written == "missing" };
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("{written}"));
    match written {
        "missing" => false,
        "known" => true,
        written => match (written.strip_prefix("at most "), written.strip_prefix("at least "), written.split_once(" to ")) {
            (Some(most), _, _) => value <= number(most),
            (None, Some(least), _) => value >= number(least),
            (None, None, Some((low, high))) => (number(low)..=number(high)).contains(&value),
            (None, None, None) => value == number(written),
        },
    }
}

/// `is x or y`, `is x or missing`, `is not z, or missing`, `is known and not z`, `is known`, `is missing`
fn choice_is(value: Option<i64>, written: &str, names: &[&str]) -> bool {
    let name = value.map_or("missing", |value| names[value as usize]);
    let written = written.strip_prefix("is ").unwrap_or_else(|| panic!("{written}"));
    let is_one = |list: &str| list.split(" or ").any(|one| one == name);
    let is_other = |list: &str| value.is_some() && !is_one(list);
    match (written.strip_prefix("not "), written.strip_prefix("known and not ")) {
        (Some(list), _) => match list.strip_suffix(", or missing") {
            Some(list) => value.is_none() || is_other(list),
            None => is_other(list),
        },
        (None, Some(list)) => is_other(list),
        (None, None) => written.split(" or ").any(|one| one == name || one == "known" && value.is_some()),
    }
}

#[test]
fn what_is_written_of_the_leads_that_differ_is_true_of_them_alone() {
    let (mut rows, mut held) = (0, 0);
    for seed in 0..PAIRS {
        let mut random = Random::new(seed.wrapping_mul(0x9e37_79b9) + 5);
        let is_optional = random.chance(60);
        let texts = [0, 1].map(|_| policy(is_optional, &condition(&mut random, 2)));
        let [Some(old), Some(new)] = texts.each_ref().map(|text| checked(text).map(Side::new)) else { continue };
        let compared = compare(old.version(), new.version(), BUDGET, &|_| false);
        let Outcome::Differs(difference) = &compared.answers[0].outcome else { continue };
        let Some(cells) = difference.cells.as_ref().filter(|cells| cells.is_exact && cells.more == 0) else { continue };
        // so many combinations of members are not written out
        if cells.rows.iter().flat_map(|row| &row.conditions).any(|written| written.contains(" further ")) {
            continue;
        }
        rows += cells.rows.len();
        for lead in leads(is_optional) {
            let differs = old.answers(&lead, AS_OF) != new.answers(&lead, AS_OF);
            let told = cells.rows.iter().filter(|row| row.conditions.iter().all(|written| is_so(&lead, written))).count();
            assert_eq!(told, usize::from(differs), "seed {seed}, {:?}: {:#?}\n{}\n{}", lead.values, cells.rows, texts[0], texts[1]);
            held += 1;
        }
    }
    assert!(rows >= 300 && held >= 20_000, "{rows} rows, {held} leads");
}

/// By hand: what is told of a date that only its distance from as-of matters of.
#[test]
fn days_to_come_are_told_as_such() {
    let told = |old: &str, new: &str| {
        let text = |condition: &str| {
            format!(
                "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{ id text key  due date  v yes_no }}\n\nlet left = days until due\nlet age = days since due\n\n\
                 decide s {{ hot when {condition}  cold otherwise }}\n"
            )
        };
        let [old, new] = [old, new].map(|condition| Side::new(checked(&text(condition)).unwrap()));
        let compared = compare(old.version(), new.version(), BUDGET, &|_| false);
        let Outcome::Differs(difference) = &compared.answers[0].outcome else { panic!("{compared:?}") };
        difference.cells.as_ref().unwrap().rows.iter().map(|row| row.conditions.join(", ")).collect::<Vec<String>>()
    };
    assert_eq!(told("left >= 5", "left >= 3"), ["days until due 3 to 4"]);
    assert_eq!(told("left >= 5", "left >= 5 and v"), ["days until due at least 5, v is no"]);
    assert_eq!(told("age <= 10", "age <= 12"), ["days since due 11 to 12"]);
    let mut both = told("age <= 10 or left <= 4", "v");
    both.sort_unstable();
    assert_eq!(both, ["due 4 days ahead to 10 days ago, v is no", "due 5 days ahead or later or 11 days ago or earlier, v is yes"]);
}

/// The day before 2026-01-01.
const FIRST_DAY: i64 = 20_453;

/// What is asked of a lead with two numbers `n` and `m`, a day `due` and a yes or no `v`.
fn sum_condition(random: &mut Random, depth: usize) -> String {
    if depth > 0 && random.chance(50) {
        let (left, right) = (sum_condition(random, depth - 1), sum_condition(random, depth - 1));
        return format!("({left} {} {right})", random.pick(&["and", "and not", "or"]));
    }
    let number = random.below(5);
    match random.below(10) {
        0 | 1 => format!("n + m >= {}", number + 2),
        2 => format!("n - m >= {number}"),
        3 => random.pick(&["n > m", "n <= m", "m > n"]).to_string(),
        4 | 5 => format!("since + n <= {}", number + 1),
        6 => format!("since <= {number}"),
        7 => format!("until <= {number}"),
        8 => format!("due > 2026-01-1{}", number + 1),
        _ => "v".into(),
    }
}

/// Whether what is written of numbers, of their sums and of days is true of a lead; none of words that are not read here.
fn sum_is_so(numbers: [Option<i64>; 4], written: &str) -> Option<bool> {
    let [n, m, due, v] = numbers;
    let day = AS_OF / 86_400_000_000;
    let since = due.map(|due| day - due).filter(|days| *days >= 0);
    let add = |left: Option<i64>, right: Option<i64>| Some(left? + right?);
    let values = [
        ("n + m ", add(n, m)),
        ("m + n ", add(n, m)),
        ("n - m ", add(n, m.map(|m| -m))),
        ("m - n ", add(m, n.map(|n| -n))),
        ("n + days since due ", add(n, since)),
        ("days since due + n ", add(n, since)),
        ("days since due ", due.map(|due| day - due)),
        ("days until due ", due.map(|due| due - day)),
        ("n ", n),
        ("m ", m),
    ];
    if let Some(is) = written.strip_prefix("v is ") {
        return Some(choice_is(v, &format!("is {is}"), &["no", "yes"]));
    }
    if let Some(days) =
        written.strip_prefix("due ").filter(|days| !days.contains("ahead") && !days.contains("ago") && !days.contains("today"))
    {
        let days: Vec<String> = days
            .split(' ')
            .map(|word| word.strip_prefix("2026-01-").map_or(word.to_string(), |day| (FIRST_DAY + day.parse::<i64>().unwrap()).to_string()))
            .collect();
        return Some(days.join(" ").split(" or ").any(|one| number_is(due, one)));
    }
    let (name, value) = values.into_iter().find(|(name, _)| written.starts_with(name))?;
    Some(written[name.len()..].split(" or ").any(|one| number_is(value, one)))
}

/// Sums and differences stand for themselves: what is written of them is true of exactly the leads that differ, as trying finds.
#[test]
fn what_is_written_of_sums_is_true_of_the_leads_that_differ_alone() {
    let (mut sums, mut held) = (0, 0);
    let pairs = std::env::var("LEADWRIGHT_POLICIES").ok().and_then(|count| count.parse().ok()).unwrap_or(80);
    for seed in 0..pairs {
        let mut random = Random::new(seed + 77);
        let optional = if random.chance(50) { " optional" } else { "" };
        let sides = [0, 1].map(|_| {
            let condition = sum_condition(&mut random, 2);
            let text = format!(
                "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{\n  id text key\n  n whole 0..5{optional}\n  m whole 0..5\n  due date{optional}\n  v yes_no\n}}\n\n\
                 let since = days since due\nlet until = days until due\n\ndecide s {{ hot when {condition}  cold otherwise }}\n"
            );
            (checked(&text).map(Side::new), text)
        });
        let [(Some(old), _), (Some(new), _)] = &sides else { continue };
        let compared = compare(old.version(), new.version(), BUDGET, &|_| false);
        let Outcome::Differs(difference) = &compared.answers[0].outcome else { continue };
        let Some(cells) = difference.cells.as_ref().filter(|cells| cells.is_exact && cells.more == 0) else { continue };
        let conditions = || cells.rows.iter().flat_map(|row| &row.conditions);
        if conditions().any(|written| written.contains(" further ") || sum_is_so([None; 4], written).is_none()) {
            continue;
        }
        sums += conditions().filter(|written| written.contains(" + ") || written.contains(" - ")).count();
        let values = |from: i64, to: i64, or_none: bool| (from..=to).map(Some).chain(or_none.then_some(None)).collect::<Vec<_>>();
        for n in values(0, 5, !optional.is_empty()) {
            for (m, v) in (0..12).map(|both| (both / 2, both % 2)) {
                for due in values(FIRST_DAY + 8, FIRST_DAY + 20, !optional.is_empty()) {
                    let numbers = [n, Some(m), due, Some(v)];
                    let values = numbers.iter().map(|value| value.map(Constant::Integer));
                    let lead = Lead { values: [Some(Constant::Text("L".into()))].into_iter().chain(values).collect(), ..Lead::default() };
                    let differs = old.answers(&lead, AS_OF) != new.answers(&lead, AS_OF);
                    let told =
                        cells.rows.iter().filter(|row| row.conditions.iter().all(|written| sum_is_so(numbers, written).unwrap())).count();
                    assert_eq!(told, usize::from(differs), "seed {seed}, {numbers:?}: {:#?}\n{}\n{}", cells.rows, sides[0].1, sides[1].1);
                    held += 1;
                }
            }
        }
    }
    assert!(sums >= 10 && held >= 5_000, "{sums} conditions on sums, {held} leads");
}

/// By hand: differences of days and of numbers are told in one row each, not in one for every day.
#[test]
fn differences_are_told_as_such() {
    let told = |old: &str, new: &str| {
        let text = |condition: &str| {
            format!(
                "leadwright 1\n\npolicy p {{ timezone \"UTC\" }}\n\nlead {{ id text key  due date  begun date  n whole 0..60  spent whole 0..1_000_000  planned whole 0..1_000_000 }}\n\n\
                 decide s {{ hot when {condition}  cold otherwise }}\n"
            )
        };
        let [old, new] = [old, new].map(|condition| Side::new(checked(&text(condition)).unwrap()));
        let compared = compare(old.version(), new.version(), BUDGET, &|_| false);
        let Outcome::Differs(difference) = &compared.answers[0].outcome else { panic!("{compared:?}") };
        difference.cells.as_ref().unwrap().rows.iter().map(|row| row.conditions.join(", ")).collect::<Vec<String>>()
    };
    let far = "due > 2026-03-01 and days until due <= 30";
    assert_eq!(told(far, &far.replace("30", "20")), ["days until due 21 to 30, due at least 2026-03-02"]);
    assert_eq!(told("due > begun", "due >= begun"), ["days from begun to due 0"]);
    assert_eq!(told("days since due + n <= 30", "days since due + n <= 20"), ["n + days since due 21 to 30, days since due at least 0"]);
    assert_eq!(
        told("days since due - days since begun <= 30", "days since due - days since begun <= 20"),
        ["days since due - days since begun 21 to 30, days since due at least 0, days since begun at least 0"]
    );
    assert_eq!(told("spent > planned", "spent - planned > 100"), ["spent - planned 1 to 100"]);
}
