//! Kinds of texts: all that a program can tell apart of one column.
//!
//! Enters: a program and a column. Leaves: the kinds, each with its code in every map of the column, and a text of the kind where one was found. Always
//! holds, if the kinds are complete: every text is of one of them. A kind without a text may have none at all.
//!
//! Codes of texts that the policy names are read off the maps themselves. Other texts are told apart by `starts with`, `ends with`, `contains` and
//! prefixes alone, and made up of these parts; where a combination of answers is left that no such text gives and no two of them rule out, all texts are spelled
//! out (`spellings`). If these are too many, the texts of every two maps are, and only combinations that no two maps rule out and no text was made for stay as kinds without one.

use rustc_hash::FxHashSet;

use super::combinations::{Pairs, combinations};
use super::search::Spent;
use super::spellings::spellings;
use crate::model::value::fold_text;
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
pub const TEXTS_MAX: usize = 20_000;
/// So many answers to one text are a step.
const ANSWERS_PER_STEP: usize = 16;
/// So many ways to join parts are tried for a text.
const TRIALS: usize = 3;
const ORDINARY: [&str; 5] = ["other", "x", "zz", "another text", "0"];
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
    /// more may be found with more steps
    pub is_cut_short: bool,
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

/// What is done to tell texts apart, in steps.
pub struct Work {
    pub steps: u64,
    /// as many as there may be
    pub most: u64,
}

impl Work {
    pub fn take(&mut self, steps: u64) -> Result<(), Spent> {
        self.steps += steps;
        if self.steps > self.most { Err(Spent) } else { Ok(()) }
    }

    /// So many texts were asked for their answers.
    fn asked(&mut self, texts: usize, maps: usize) -> Result<(), Spent> {
        self.take((texts * (1 + maps / ANSWERS_PER_STEP)) as u64)
    }
}

/// The kinds of texts of a column; where they take more steps than are left, a few that cost none.
pub fn kinds(program: &Program, column: ColumnId, work: &mut Work) -> Kinds {
    let maps = maps(program, column);
    let of_column: Vec<&TextMap> = maps.iter().map(|map| &program.text_maps[*map]).collect();
    let mut kinds: Vec<TextKind> = Vec::new();
    let is_told = told(&of_column, &mut kinds, work).and_then(|is_complete| {
        // each change of an answer from one kind to the next is to be told in the graph
        let ordinary = kinds.first().map(|kind| kind.codes.clone());
        kinds.sort_by(|left, right| left.codes.cmp(&right.codes));
        let changes = kinds.windows(2).map(|two| two[0].codes.iter().zip(&two[1].codes).filter(|(left, right)| left != right).count());
        work.take(changes.sum::<usize>() as u64)?;
        Ok((is_complete, ordinary))
    });
    let is_cut_short = is_told.is_err();
    let (is_complete, ordinary) = is_told.unwrap_or_else(|Spent| {
        kinds = ordinary_alone(&of_column);
        let ordinary = kinds.first().map(|kind| kind.codes.clone());
        kinds.sort_by(|left, right| left.codes.cmp(&right.codes));
        (false, ordinary)
    });
    let ordinary = kinds.iter().position(|kind| Some(&kind.codes) == ordinary.as_ref()).unwrap_or(0);
    Kinds { maps, kinds, ordinary, is_complete, is_cut_short }
}

/// Ordinary texts alone.
fn ordinary_alone(maps: &[&TextMap]) -> Vec<TextKind> {
    let mut seen: FxHashSet<Vec<Option<i64>>> = FxHashSet::default();
    ORDINARY.iter().map(|text| kind_of(maps, (*text).to_string())).filter(|kind| seen.insert(kind.codes.clone())).collect()
}

fn kind_of(maps: &[&TextMap], text: String) -> TextKind {
    let folded = fold_text(&text);
    TextKind { codes: maps.iter().map(|map| map.code_of_folded(&folded)).collect(), text: Some(text) }
}

/// Finds the kinds, an ordinary one first, and says whether these are all.
fn told(maps: &[&TextMap], kinds: &mut Vec<TextKind>, work: &mut Work) -> Result<bool, Spent> {
    let mut seen: FxHashSet<Vec<Option<i64>>> = FxHashSet::default();
    for text in candidates(maps) {
        work.asked(1, maps.len())?;
        if text.trim().is_empty() {
            continue;
        }
        let kind = kind_of(maps, text);
        if seen.insert(kind.codes.clone()) {
            kinds.push(kind);
        }
    }
    // exact answers say which text it is, so only where something else is asked can a kind have been overlooked
    if maps.iter().all(|map| matches!(map.kind, TextMapKind::Exact { .. })) {
        return Ok(true);
    }
    let mut overlooked = combinations(maps, &Pairs::default(), work)?;
    let has_all = overlooked.as_ref().is_some_and(|all| all.iter().all(|codes| seen.contains(codes)));
    // what nobody has thought of is spelled out, if texts are not too many for that
    if let Some(spelled) = if has_all { None } else { spellings(maps, work)? } {
        let spelled = spelled.into_iter().map(|spelling| TextKind { codes: spelling.codes, text: spelling.text });
        kinds.extend(spelled.filter(|kind| seen.insert(kind.codes.clone())));
        return Ok(true);
    }
    if !has_all && maps.len() <= MAPS_IN_PAIRS {
        overlooked = combinations(maps, &pairs(maps, work)?, work)?;
    }
    let is_complete = overlooked.is_some();
    for codes in overlooked.unwrap_or_default() {
        if seen.contains(&codes) {
            continue;
        }
        work.asked(TRIALS, maps.len())?;
        let text = made(maps, &codes);
        kinds.push(TextKind { codes, text });
    }
    Ok(is_complete)
}

/// Texts that are likely to be of different kinds: an ordinary one first.
fn candidates(maps: &[&TextMap]) -> Vec<String> {
    let (mut whole, mut domains) = (Parts::default(), Parts::default());
    for map in maps {
        if map.domain { domains.add(&map.kind) } else { whole.add(&map.kind) }
    }
    let mut texts: Vec<String> = ORDINARY.iter().map(|text| (*text).to_string()).collect();
    texts.extend(whole.texts());
    if maps.iter().any(|map| map.domain) {
        let mut with_domain: Vec<String> = vec!["someone@other.example".into()];
        let of_domain = domains.texts();
        with_domain.extend(of_domain.iter().map(|domain| format!("someone@{domain}")));
        for start in whole.starts.iter().chain(&whole.contained) {
            if with_domain.len() > TEXTS_MAX {
                break;
            }
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

fn pairs(maps: &[&TextMap], work: &mut Work) -> Result<Pairs, Spent> {
    let mut pairs = Pairs::default();
    for (second, map) in maps.iter().enumerate() {
        for (first, other) in maps[..second].iter().enumerate() {
            if let Some(spelled) = spellings(&[other, map], work)? {
                pairs.insert((first, second), spelled.iter().map(|spelling| (spelling.codes[0], spelling.codes[1])).collect());
            }
        }
    }
    Ok(pairs)
}

/// A text that gives these answers, made of the parts that it is said to have.
fn made(maps: &[&TextMap], codes: &[Option<i64>]) -> Option<String> {
    let (mut whole, mut domain) = (Said::default(), Said::default());
    let mut has_domain = false;
    for (map, code) in maps.iter().zip(codes) {
        let said = if map.domain { &mut domain } else { &mut whole };
        has_domain |= map.domain && code.is_some();
        match &map.kind {
            TextMapKind::Exact { codes, other } if code != other => {
                said.exact.extend(codes.iter().filter(|(_, found)| Some(**found) == *code).map(|(text, _)| text.as_str()));
            }
            TextMapKind::LongestPrefix { codes } => {
                said.starts.extend(codes.iter().filter(|(_, found)| Some(**found) == *code).map(|(text, _)| text.as_str()));
            }
            TextMapKind::Test { test, text } if *code == Some(1) => match test {
                TextTest::StartsWith => said.starts.push(text),
                TextTest::EndsWith => said.ends.push(text),
                TextTest::Contains => said.contained.push(text),
            },
            TextMapKind::Exact { .. } | TextMapKind::Test { .. } => {}
        }
    }
    for said in [&mut whole, &mut domain] {
        said.exact.sort_unstable();
        said.contained.sort_unstable();
        said.contained.dedup();
    }
    let longest = |texts: &[&str]| texts.iter().max_by_key(|text| (text.len(), **text)).map_or(String::new(), |text| (*text).to_string());
    ["q", "", " "].into_iter().find_map(|gap| {
        let join = |said: &Said, end: &str| match said.exact.first() {
            Some(exact) => (*exact).to_string(),
            None => {
                let start = longest(&said.starts);
                [[start.as_str()].as_slice(), &said.contained, &[end]].concat().join(gap)
            }
        };
        let text = if has_domain {
            let end = longest(&[whole.ends.as_slice(), domain.ends.as_slice()].concat());
            format!("{}@{}", join(&whole, ""), join(&domain, &end))
        } else {
            join(&whole, &longest(&whole.ends))
        };
        let folded = fold_text(&text);
        let is_it = !text.trim().is_empty() && maps.iter().zip(codes).all(|(map, code)| map.code_of_folded(&folded) == *code);
        is_it.then_some(text)
    })
}

/// What a text is said to be, or to have.
#[derive(Default)]
struct Said<'a> {
    exact: Vec<&'a str>,
    starts: Vec<&'a str>,
    contained: Vec<&'a str>,
    ends: Vec<&'a str>,
}
