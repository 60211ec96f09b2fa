//! Kinds of texts: all that a program can tell apart of one column.
//!
//! Enters: a program and a column. Leaves: the kinds, each with its code in every map of the column, and a text of the kind where one was found. Always
//! holds, if the kinds are complete: every text is of one of them. A kind without a text may have none at all.
//!
//! Codes of texts that the policy names are read off the maps themselves. Other texts are told apart by `starts with`, `ends with`, `contains` and
//! prefixes alone, and made up of these parts; where a combination of answers is left that no such text gives and no two of them rule out, all texts are spelled
//! out (`spellings`). If these are too many, the texts of every two maps are, and only combinations that no two maps rule out and no text was made for stay as kinds without one.

use rustc_hash::{FxHashMap, FxHashSet};

use super::spellings::spellings;
use crate::model::{ColumnId, TextTest};
use crate::program::{InputSource, Program, TextMap, TextMapKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextKind {
    /// per map of the column
    pub codes: Vec<Option<i64>>,
    /// none if none is known
    pub text: Option<String>,
}

/// Made-up texts are at most so many, and so are combinations of answers.
const TEXTS_MAX: usize = 20_000;
/// Of more maps not every two are looked at.
const MAPS_IN_PAIRS: usize = 24;

pub struct Kinds {
    /// the column's maps, by their numbers
    pub maps: Vec<usize>,
    /// sorted by codes
    pub kinds: Vec<TextKind>,
    /// the kind of an ordinary text
    pub ordinary: usize,
    pub is_complete: bool,
}

/// The numbers of all maps of a column.
pub fn maps(program: &Program, column: ColumnId) -> Vec<usize> {
    let mut maps: Vec<usize> = Vec::new();
    for input in &program.inputs {
        if let InputSource::Text { column: of, map } = input.source
            && of == column
            && !maps.contains(&map)
        {
            maps.push(map);
        }
    }
    maps
}

pub fn kinds(program: &Program, column: ColumnId) -> Kinds {
    let maps = maps(program, column);
    let of_column: Vec<&TextMap> = maps.iter().map(|map| &program.text_maps[*map]).collect();
    let mut kinds: Vec<TextKind> = Vec::new();
    let mut seen: FxHashSet<Vec<Option<i64>>> = FxHashSet::default();
    for text in candidates(&of_column) {
        let codes: Vec<Option<i64>> = of_column.iter().map(|map| map.code(&text)).collect();
        if !text.trim().is_empty() && seen.insert(codes.clone()) {
            kinds.push(TextKind { codes, text: Some(text) });
        }
    }
    // exact answers say which text it is, so only where something else is asked can a kind have been overlooked
    let mut is_complete = true;
    if of_column.iter().any(|map| !matches!(map.kind, TextMapKind::Exact { .. })) {
        let mut overlooked = overlooked(&of_column, &Pairs::default());
        let has_all = overlooked.as_ref().is_some_and(|all| all.iter().all(|codes| seen.contains(codes)));
        // what nobody has thought of is spelled out, if texts are not too many for that
        let more = match if has_all { None } else { spellings(&of_column) } {
            Some(spelled) => spelled.into_iter().map(|spelling| TextKind { codes: spelling.codes, text: spelling.text }).collect(),
            None => {
                if !has_all && of_column.len() <= MAPS_IN_PAIRS {
                    overlooked = self::overlooked(&of_column, &pairs(&of_column));
                }
                is_complete = overlooked.is_some();
                let kind = |codes: Vec<Option<i64>>| {
                    let text = if seen.contains(&codes) { None } else { made(&of_column, &codes) };
                    TextKind { codes, text }
                };
                overlooked.unwrap_or_default().into_iter().map(kind).collect::<Vec<TextKind>>()
            }
        };
        kinds.extend(more.into_iter().filter(|kind| seen.insert(kind.codes.clone())));
    }
    let first = kinds.first().map(|kind| kind.codes.clone());
    kinds.sort_by(|left, right| left.codes.cmp(&right.codes));
    let ordinary = kinds.iter().position(|kind| Some(&kind.codes) == first.as_ref()).unwrap_or(0);
    Kinds { maps, kinds, ordinary, is_complete }
}

/// Texts that are likely to be of different kinds: an ordinary one first.
fn candidates(maps: &[&TextMap]) -> Vec<String> {
    let (mut whole, mut domains) = (Parts::default(), Parts::default());
    for map in maps {
        if map.domain { domains.add(&map.kind) } else { whole.add(&map.kind) }
    }
    let ordinary = ["other", "x", "zz", "another text", "0"];
    let mut texts: Vec<String> = ordinary.iter().map(|text| (*text).to_string()).collect();
    texts.extend(whole.texts());
    if maps.iter().any(|map| map.domain) {
        let mut with_domain: Vec<String> = vec!["someone@other.example".into()];
        let of_domain = domains.texts();
        with_domain.extend(of_domain.iter().map(|domain| format!("someone@{domain}")));
        for start in whole.starts.iter().chain(&whole.contained) {
            with_domain.extend(of_domain.iter().map(|domain| format!("{start}x@{domain}")));
            with_domain.push(format!("{start}x@other.example"));
        }
        texts.extend(with_domain);
    }
    texts.truncate(TEXTS_MAX);
    texts
}

/// What texts are made of.
#[derive(Default)]
struct Parts {
    exact: Vec<String>,
    starts: Vec<String>,
    contained: Vec<String>,
    ends: Vec<String>,
}

impl Parts {
    fn add(&mut self, kind: &TextMapKind) {
        match kind {
            TextMapKind::Exact { codes, .. } => self.exact.extend(codes.keys().cloned()),
            TextMapKind::LongestPrefix { codes } => self.starts.extend(codes.keys().cloned()),
            TextMapKind::Test { test, text } => match test {
                TextTest::StartsWith => self.starts.push(text.clone()),
                TextTest::EndsWith => self.ends.push(text.clone()),
                TextTest::Contains => self.contained.push(text.clone()),
            },
        }
        for part in [&mut self.exact, &mut self.starts, &mut self.contained, &mut self.ends] {
            part.sort_unstable();
            part.dedup();
        }
    }

    fn texts(&self) -> Vec<String> {
        let mut texts = self.exact.clone();
        let none = [String::new()];
        let starts: Vec<&String> = none.iter().chain(&self.starts).collect();
        let ends: Vec<&String> = none.iter().chain(&self.ends).collect();
        // every subset of few, else each alone and all together
        let contained: Vec<String> = if self.contained.len() <= 6 {
            (0..1usize << self.contained.len())
                .map(|chosen| {
                    let parts =
                        self.contained.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1).map(|(_, part)| part.as_str());
                    parts.collect::<Vec<_>>().join(" ")
                })
                .collect()
        } else {
            none.iter().cloned().chain(self.contained.iter().cloned()).chain([self.contained.join(" ")]).collect()
        };
        for start in &starts {
            for middle in &contained {
                for end in &ends {
                    for gap in ["", "q"] {
                        let text = format!("{start}{gap}{middle}{gap}{end}");
                        if !text.trim().is_empty() {
                            texts.push(text);
                        }
                    }
                    if texts.len() > TEXTS_MAX {
                        return texts;
                    }
                }
            }
        }
        texts
    }
}

/// For two maps by their places, the answers that some text gives to both; only where all texts could be spelled out.
type Pairs = FxHashMap<(usize, usize), FxHashSet<(Option<i64>, Option<i64>)>>;

fn pairs(maps: &[&TextMap]) -> Pairs {
    let mut pairs = Pairs::default();
    for (second, map) in maps.iter().enumerate() {
        for (first, other) in maps[..second].iter().enumerate() {
            if let Some(spelled) = spellings(&[other, map]) {
                pairs.insert((first, second), spelled.iter().map(|spelling| (spelling.codes[0], spelling.codes[1])).collect());
            }
        }
    }
    pairs
}

/// A text that gives these answers, made of the parts that it is said to have.
fn made(maps: &[&TextMap], codes: &[Option<i64>]) -> Option<String> {
    let (mut whole, mut domain) = (Parts::default(), Parts::default());
    let mut has_domain = false;
    for (map, code) in maps.iter().zip(codes) {
        let parts = if map.domain { &mut domain } else { &mut whole };
        has_domain |= map.domain && code.is_some();
        match &map.kind {
            TextMapKind::Exact { codes, other } if code != other => {
                parts.exact.extend(codes.iter().filter(|(_, found)| Some(**found) == *code).map(|(text, _)| text.clone()));
            }
            TextMapKind::LongestPrefix { codes } => {
                parts.starts.extend(codes.iter().filter(|(_, found)| Some(**found) == *code).map(|(text, _)| text.clone()));
            }
            TextMapKind::Test { .. } if *code == Some(1) => parts.add(&map.kind),
            TextMapKind::Exact { .. } | TextMapKind::Test { .. } => {}
        }
    }
    let longest = |texts: &[String]| texts.iter().max_by_key(|text| text.len()).cloned().unwrap_or_default();
    ["q", "", " "].into_iter().find_map(|gap| {
        let join = |parts: &Parts, end: &str| match parts.exact.first() {
            Some(exact) => exact.clone(),
            None => [vec![longest(&parts.starts)], parts.contained.clone(), vec![end.to_string()]].concat().join(gap),
        };
        let text = if has_domain {
            let end = longest(&[whole.ends.as_slice(), domain.ends.as_slice()].concat());
            format!("{}@{}", join(&whole, ""), join(&domain, &end))
        } else {
            join(&whole, &longest(&whole.ends))
        };
        let is_it = !text.trim().is_empty() && maps.iter().zip(codes).all(|(map, code)| map.code(&text) == *code);
        is_it.then_some(text)
    })
}

/// Every combination of answers, without those of which two exclude each other; none if there are too many.
fn overlooked(maps: &[&TextMap], pairs: &Pairs) -> Option<Vec<Vec<Option<i64>>>> {
    let mut combinations: Vec<Vec<Option<i64>>> = vec![Vec::new()];
    for (place, map) in maps.iter().enumerate() {
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
        let mut longer = Vec::new();
        for combination in &combinations {
            for answer in &answers {
                let mut earlier = maps.iter().zip(combination).enumerate();
                let are_both = |(before, (other, code)): (usize, (&&TextMap, &Option<i64>))| match pairs.get(&(before, place)) {
                    Some(both) => both.contains(&(*code, *answer)),
                    None => can_be(other, *code, map, *answer) && can_be(map, *answer, other, *code),
                };
                if earlier.all(are_both) {
                    let mut next = combination.clone();
                    next.push(*answer);
                    longer.push(next);
                }
            }
        }
        if longer.len() > TEXTS_MAX {
            return None;
        }
        combinations = longer;
    }
    Some(combinations)
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
