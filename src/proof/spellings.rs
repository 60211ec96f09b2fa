//! Every combination of answers about one text that some text gives, each with a shortest text.
//!
//! Enters: the maps of a column, of texts and of their domains. Leaves: the combinations; none if texts can begin in too many ways. Always holds: every text gives one of them, and
//! a text that comes with one gives it.
//!
//! Letter after letter, a text is known by what can still matter of it: the longest beginning that it shares with a named text, the longest end from which one of the texts that it is asked to end with or to
//! contain can go on, which it has contained, and the same of what stands behind its last `@`. Two texts of which these are the same answer alike however they go on, so only the
//! first of them goes on. All letters that no named text has are one.

use rustc_hash::{FxHashMap, FxHashSet};

use super::search::Spent;
use super::texts::Work;
use crate::model::TextTest;
use crate::model::value::fold_text;
use crate::program::{TextMap, TextMapKind};

/// So many ways to begin are followed.
const BEGINNINGS_MAX: usize = 3_000;
/// And so many letters may be named.
const LETTERS_MAX: usize = 1_500;
/// So many letters to go on with are a step.
const CELLS_PER_STEP: u64 = 16;

pub struct Spelling {
    /// per map
    pub codes: Vec<Option<i64>>,
    /// none if it is one only unfolded
    pub text: Option<String>,
}

pub fn spellings(maps: &[&TextMap], work: &mut Work) -> Result<Option<Vec<Spelling>>, Spent> {
    let Some(letters) = letters(maps) else { return Ok(None) };
    let (Some(whole), Some(domain)) = (Named::new(maps, false, &letters), Named::new(maps, true, &letters)) else { return Ok(None) };
    work.take(1 + (whole.size() + domain.size()) / CELLS_PER_STEP)?;
    let mut found: Vec<Spelling> = Vec::new();
    let mut given: FxHashSet<Vec<Option<i64>>> = FxHashSet::default();
    let mut begun: FxHashSet<Beginning> = FxHashSet::default();
    let mut open = vec![(Beginning::default(), String::new())];
    let mut next = 0;
    while let Some((beginning, text)) = open.get(next).cloned() {
        next += 1;
        work.take(1 + letters.len() as u64 / CELLS_PER_STEP)?;
        // texts are compared without the blanks around them
        if !text.is_empty() && !text.ends_with(char::is_whitespace) {
            let codes: Vec<Option<i64>> = maps.iter().map(|map| map.code_of_folded(&text)).collect();
            if given.insert(codes.clone()) {
                let text = (fold_text(&text) == text).then(|| text.clone());
                found.push(Spelling { codes, text });
            }
        }
        for (number, letter) in letters.iter().enumerate() {
            let longer = beginning.with(&whole, &domain, number, *letter);
            if !(text.is_empty() && letter.is_whitespace()) && begun.insert(longer) {
                open.push((longer, format!("{text}{letter}")));
            }
        }
        if begun.len() > BEGINNINGS_MAX {
            return Ok(None);
        }
    }
    Ok(Some(found))
}

/// Those of the named texts, one that none of them has, and blanks and `@` where domains are asked for.
fn letters(maps: &[&TextMap]) -> Option<Vec<char>> {
    let mut named: Vec<char> = maps.iter().flat_map(|map| texts(&map.kind)).flat_map(str::chars).take(LETTERS_MAX + 1).collect();
    if named.len() > LETTERS_MAX {
        return None;
    }
    named.sort_unstable();
    named.dedup();
    let is_free = |letter: &char| !named.contains(letter);
    let other = "xqzwvkjy0123456789".chars().chain(('\u{4e00}'..).take(LETTERS_MAX)).find(is_free)?;
    let has_domains = maps.iter().any(|map| map.domain);
    // one blank that no text names stands for all such
    let blank = [' ', '\t', '\u{b}'].into_iter().filter(|_| has_domains).find(is_free);
    let at = ['@'].into_iter().filter(|at| has_domains && is_free(at));
    Some([other].into_iter().chain(at).chain(blank).chain(named.iter().copied()).collect())
}

/// The texts that a map names.
fn texts(kind: &TextMapKind) -> Box<dyn Iterator<Item = &str> + '_> {
    match kind {
        TextMapKind::Exact { codes, .. } | TextMapKind::LongestPrefix { codes } => Box::new(codes.keys().map(String::as_str)),
        TextMapKind::Test { text, .. } => Box::new(std::iter::once(text.as_str())),
    }
}

/// What is asked of whole texts, or of domains.
struct Named {
    is_asked: bool,
    /// the beginnings of texts that another may be or start with
    starts: Beginnings,
    /// and of those that it may end with or contain: where an end is that may become one of them, whatever letter follows
    ends: Vec<Vec<u32>>,
    /// per such end, the texts that have been contained there, as bits
    contained: Vec<u64>,
}

/// Per beginning and number of a letter, the longer one.
type Beginnings = Vec<Vec<Option<u32>>>;

impl Named {
    /// Beginnings and ends, with each letter.
    fn size(&self) -> u64 {
        self.starts.iter().map(Vec::len).sum::<usize>() as u64 + self.ends.iter().map(Vec::len).sum::<usize>() as u64
    }

    /// None if more are to be contained than there are bits.
    fn new(maps: &[&TextMap], domain: bool, letters: &[char]) -> Option<Named> {
        let kinds = || maps.iter().filter(|map| map.domain == domain).map(|map| &map.kind);
        let is_start = |kind: &&TextMapKind| match kind {
            TextMapKind::Exact { .. } | TextMapKind::LongestPrefix { .. } | TextMapKind::Test { test: TextTest::StartsWith, .. } => true,
            TextMapKind::Test { test: TextTest::EndsWith | TextTest::Contains, .. } => false,
        };
        let numbers: FxHashMap<char, usize> = letters.iter().enumerate().map(|(number, letter)| (*letter, number)).collect();
        let (mut starts, mut parts) = (vec![vec![None; letters.len()]], vec![vec![None; letters.len()]]);
        kinds().filter(is_start).flat_map(texts).for_each(|text| {
            grow(&mut starts, text, &numbers);
        });
        let mut whole: Vec<(u32, u64)> = Vec::new();
        let mut bits = 0;
        for kind in kinds().filter(|kind| !is_start(kind)) {
            let contains = matches!(kind, TextMapKind::Test { test: TextTest::Contains, .. });
            for text in texts(kind) {
                let end = grow(&mut parts, text, &numbers);
                if contains {
                    whole.push((end, 1u64.checked_shl(bits)?));
                    bits += 1;
                }
            }
        }
        let (ends, contained) = follow(&parts, &whole, letters.len());
        Some(Named { is_asked: kinds().next().is_some(), starts, ends, contained })
    }
}

/// Adds a text with all its beginnings; gives the number of the whole.
fn grow(beginnings: &mut Beginnings, text: &str, numbers: &FxHashMap<char, usize>) -> u32 {
    let mut at = 0u32;
    for letter in text.chars() {
        let Some(number) = numbers.get(&letter) else { continue };
        at = match beginnings[at as usize][*number] {
            Some(longer) => longer,
            None => {
                let longer = beginnings.len() as u32;
                beginnings[at as usize][*number] = Some(longer);
                beginnings.push(vec![None; numbers.len()]);
                longer
            }
        };
    }
    at
}

/// For each beginning, which one the longest end is that follows on each letter, and what has been contained there: after Aho and Corasick (1975).
fn follow(parts: &Beginnings, whole: &[(u32, u64)], letters: usize) -> (Vec<Vec<u32>>, Vec<u64>) {
    let mut next = vec![vec![0u32; letters]; parts.len()];
    let mut contained = vec![0u64; parts.len()];
    whole.iter().for_each(|(part, bit)| contained[*part as usize] |= bit);
    // the longest other beginning that each one ends with
    let mut shorter = vec![0u32; parts.len()];
    let mut order = vec![0u32];
    let mut place = 0;
    while let Some(part) = order.get(place).map(|part| *part as usize) {
        place += 1;
        for letter in 0..letters {
            let on_shorter = if part == 0 { 0 } else { next[shorter[part] as usize][letter] };
            next[part][letter] = match parts[part][letter] {
                Some(longer) => {
                    shorter[longer as usize] = on_shorter;
                    contained[longer as usize] |= contained[on_shorter as usize];
                    order.push(longer);
                    longer
                }
                None => on_shorter,
            };
        }
    }
    (next, contained)
}

/// What can still matter of how a text begins.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Beginning {
    whole: Seen,
    /// behind the last `@`
    domain: Option<Seen>,
    is_blank: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Seen {
    /// as far as it goes along with a named text
    start: u32,
    /// it went further, and along with none
    is_beyond: bool,
    end: u32,
    contained: u64,
}

impl Beginning {
    fn with(&self, whole: &Named, domain: &Named, number: usize, letter: char) -> Beginning {
        let of_domain = match (&self.domain, letter) {
            _ if !domain.is_asked => None,
            (_, '@') => Some(Seen::default()),
            // blanks before it are no part of it
            (Some(seen), letter) if seen.is_empty() && letter.is_whitespace() => Some(*seen),
            (Some(seen), _) => Some(seen.with(domain, number)),
            (None, _) => None,
        };
        let of_whole = if whole.is_asked { self.whole.with(whole, number) } else { Seen::default() };
        Beginning { whole: of_whole, domain: of_domain, is_blank: letter.is_whitespace() }
    }
}

impl Seen {
    fn is_empty(&self) -> bool {
        self.start == 0 && !self.is_beyond
    }

    fn with(&self, named: &Named, letter: usize) -> Seen {
        let longer = named.starts[self.start as usize][letter].filter(|_| !self.is_beyond);
        let end = named.ends[self.end as usize][letter];
        Seen {
            start: longer.unwrap_or(self.start),
            is_beyond: longer.is_none(),
            end,
            contained: self.contained | named.contained[end as usize],
        }
    }
}
