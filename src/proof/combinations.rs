//! Combinations of answers about one text of which no two exclude each other.
//!
//! Enters: the maps of a column, and where it is known, which answers of two maps some text gives. Leaves: the combinations; none if they are too many. Always holds: what every
//! text gives is among them.

use rustc_hash::{FxHashMap, FxHashSet};

use super::search::Spent;
use super::texts::{TEXTS_MAX, Work};
use crate::model::TextTest;
use crate::program::{TextMap, TextMapKind};

/// For two maps by their places, the answers that some text gives to both; only where all texts could be spelled out.
pub type Pairs = FxHashMap<(usize, usize), FxHashSet<(Option<i64>, Option<i64>)>>;

/// So many looks at whether two answers exclude each other are a step.
const LOOKS_PER_STEP: u64 = 64;

/// Every combination of answers, without those of which two exclude each other; none if there are too many.
pub fn combinations(maps: &[&TextMap], pairs: &Pairs, work: &mut Work) -> Result<Option<Vec<Vec<Option<i64>>>>, Spent> {
    let answers: Vec<Vec<Option<i64>>> = maps.iter().map(|map| answers(map)).collect();
    // of each map the numbers of answers, one combination behind the other
    let mut combinations: Vec<u32> = Vec::new();
    let mut count = 1;
    for (place, map) in maps.iter().enumerate() {
        // per answer, place and answer of an earlier map: whether both can be, once that was asked
        let firsts: Vec<usize> = answers[..place].iter().scan(0, |first, of| Some(std::mem::replace(first, *first + of.len()))).collect();
        let width: usize = answers[..place].iter().map(Vec::len).sum();
        let mut asked: Vec<Vec<Option<bool>>> = vec![vec![None; width]; answers[place].len()];
        let mut longer: Vec<u32> = Vec::new();
        let mut looks = 0;
        for number in 0..count {
            let combination = &combinations[number * place..(number + 1) * place];
            for (index, answer) in answers[place].iter().enumerate() {
                let are_both = |(before, chosen): (usize, &u32)| {
                    looks += 1;
                    *asked[index][firsts[before] + *chosen as usize].get_or_insert_with(|| {
                        let (other, code) = (maps[before], answers[before][*chosen as usize]);
                        match pairs.get(&(before, place)) {
                            Some(both) => both.contains(&(code, *answer)),
                            None => can_be(other, code, map, *answer) && can_be(map, *answer, other, code),
                        }
                    })
                };
                if combination.iter().enumerate().all(are_both) {
                    longer.extend_from_slice(combination);
                    longer.push(index as u32);
                }
            }
            work.take(looks / LOOKS_PER_STEP)?;
            looks %= LOOKS_PER_STEP;
            if longer.len() > TEXTS_MAX * (place + 1) {
                return Ok(None);
            }
        }
        combinations = longer;
        count = combinations.len() / (place + 1);
    }
    let codes = |number: usize| answers.iter().zip(&combinations[number * maps.len()..]).map(|(of, chosen)| of[*chosen as usize]).collect();
    Ok(Some((0..count).map(codes).collect()))
}

fn answers(map: &TextMap) -> Vec<Option<i64>> {
    let mut answers: Vec<Option<i64>> = match &map.kind {
        TextMapKind::Exact { codes, other } => codes.values().map(|code| Some(*code)).chain([*other]).collect(),
        TextMapKind::Test { .. } => vec![Some(0), Some(1)],
        TextMapKind::LongestPrefix { codes } => codes.values().map(|code| Some(*code)).chain([None]).collect(),
    };
    if map.domain {
        answers.push(None);
    }
    answers.sort_unstable();
    answers.dedup();
    answers
}

/// Whether the one answer leaves room for the other.
fn can_be(map: &TextMap, code: Option<i64>, other: &TextMap, other_code: Option<i64>) -> bool {
    if map.domain != other.domain {
        // a named text has a domain, or none
        return match (&map.kind, map.domain) {
            (TextMapKind::Exact { codes, other: rest }, false) if code != *rest => {
                codes.iter().any(|(text, found)| Some(*found) == code && other.code_of_folded(text) == other_code)
            }
            (TextMapKind::Exact { .. } | TextMapKind::LongestPrefix { .. } | TextMapKind::Test { .. }, _) => true,
        };
    }
    let no_domain =
        map.domain && code.is_none() && !matches!(map.kind, TextMapKind::LongestPrefix { .. } | TextMapKind::Exact { other: None, .. });
    if no_domain {
        return other_code.is_none();
    }
    let positive = |text: &str| other.kind.code(text) == other_code;
    match &map.kind {
        TextMapKind::Exact { codes, other: rest } if code != *rest => {
            codes.iter().any(|(text, found)| Some(*found) == code && positive(text))
        }
        TextMapKind::Exact { .. } => true,
        TextMapKind::Test { test: TextTest::StartsWith, text } if code == Some(1) => starts_agree(text, &other.kind, other_code),
        TextMapKind::LongestPrefix { codes } => match codes.iter().find(|(_, found)| Some(**found) == code) {
            Some((text, _)) => starts_agree(text, &other.kind, other_code),
            None => true,
        },
        TextMapKind::Test { test: TextTest::EndsWith, text } if code == Some(1) => match &other.kind {
            TextMapKind::Test { test: TextTest::EndsWith, text: end } => {
                text.ends_with(end.as_str()) == (other_code == Some(1)) || other_code == Some(1) && end.ends_with(text.as_str())
            }
            TextMapKind::Test { test: TextTest::Contains, text: part } => other_code == Some(1) || !text.contains(part.as_str()),
            TextMapKind::Test { test: TextTest::StartsWith, .. } | TextMapKind::Exact { .. } | TextMapKind::LongestPrefix { .. } => true,
        },
        TextMapKind::Test { test: TextTest::Contains, text } if code == Some(1) => match &other.kind {
            TextMapKind::Test { test: TextTest::Contains, text: part } => other_code == Some(1) || !text.contains(part.as_str()),
            TextMapKind::Test { test: TextTest::StartsWith | TextTest::EndsWith, .. }
            | TextMapKind::Exact { .. }
            | TextMapKind::LongestPrefix { .. } => true,
        },
        TextMapKind::Test { .. } => true,
    }
}

/// For a text that starts with `start`.
fn starts_agree(start: &str, other: &TextMapKind, other_code: Option<i64>) -> bool {
    match other {
        TextMapKind::Test { test: TextTest::StartsWith, text } => {
            start.starts_with(text.as_str()) == (other_code == Some(1)) || other_code == Some(1) && text.starts_with(start)
        }
        TextMapKind::Test { test: TextTest::Contains, text } => other_code == Some(1) || !start.contains(text.as_str()),
        TextMapKind::LongestPrefix { codes } => match codes.iter().find(|(_, found)| Some(**found) == other_code) {
            Some((prefix, _)) => start.starts_with(prefix.as_str()) || prefix.starts_with(start),
            None => !codes.keys().any(|prefix| start.starts_with(prefix.as_str())),
        },
        TextMapKind::Test { .. } | TextMapKind::Exact { .. } => true,
    }
}
