//! Keywords with a slip in them: `undr 5`, `5 or mroe`, `betwen 1 and 5`, `AND`. Such a word reads as a name, so that what does not fit stands behind it.

use super::{Habit, instead};
use crate::diagnostic::{Diagnostic, Edit, nearest};
use crate::syntax::grammar::RESERVED_WORDS;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 2] = [misspelt, phrase_misspelt];

/// Words of bands, conditions and measures, besides those that are reserved.
const WORDS: [&str; 30] = [
    "one", "some", "of", "more", "to", "each", "per", "contains", "starts", "ends", "with", "where", "since", "last", "in", "at", "most",
    "larger", "smaller", "rounded", "places", "days", "count", "sum", "first", "fading", "half", "every", "same", "until",
];

/// Keywords of several words, two of which may have a slip.
const PHRASES: [&str; 14] = [
    "is one of",
    "is not one of",
    "one of",
    "or more",
    "is same as",
    "has any of",
    "starts with",
    "ends with",
    "at most",
    "in last",
    "since last",
    "count of",
    "larger of",
    "smaller of",
];

/// How far before the offending token the word is sought: behind it stand bands, as long as their points read as the next value.
const SEARCHED: isize = 40;

/// So far it may stand before a brace.
const PLACES_NEAR: isize = 6;

/// How far before it a phrase is.
const PHRASE_SEARCHED: isize = 3;

/// So many words are tried for one mistake.
const TRIED_MAX: usize = 8;

/// What is declared has words of its own.
fn has_own_words(found: &Found) -> bool {
    ["lead", "signal", "table", "policy", "team", "calendar"].contains(&found.item())
}

/// The nearest word that, written as the keyword that it nearly is, lets the text make sense.
fn misspelt(found: &Found) -> Option<Diagnostic> {
    if has_own_words(found) {
        return None;
    }
    let is_near = |back: &isize| *back <= PLACES_NEAR || !["{", "}"].contains(&found.word(-back));
    let places = [0, -1, 1].into_iter().chain((2..=SEARCHED).take_while(is_near).map(|back| -back));
    let words = places.filter(|offset| found.index as isize + offset > 0 && found.kind(*offset) == Some(Kind::Word));
    // what would be expected just there is proposed anyway
    let words = words.filter(|offset| *offset != 0 || found.meant().is_none());
    let candidates = words.flat_map(|offset| keywords(found.word(offset)).into_iter().map(move |keyword| (offset, keyword)));
    let (offset, keyword) = candidates.take(TRIED_MAX).find(|(offset, keyword)| {
        let edit = Edit { span: found.span(*offset), text: (*keyword).to_owned() };
        found.is_mended_by(&[edit])
    })?;
    let (span, written) = (found.span(offset), found.word(offset));
    if written.to_lowercase() == keyword {
        return Some(instead(found, span, keyword, "keywords are written in small letters"));
    }
    Some(instead(found, span, keyword, format!("did you mean `{keyword}`?")))
}

/// `is on of a, b`, `n one off a, b`
fn phrase_misspelt(found: &Found) -> Option<Diagnostic> {
    if has_own_words(found) {
        return None;
    }
    let windows = (-PHRASE_SEARCHED..=1).flat_map(|first| (2..=4).map(move |count| (first, count)));
    let (span, phrase) = windows.filter(|(first, _)| found.index as isize + first > 0).find_map(|(first, count)| {
        let words: Vec<&str> = (first..first + count).map(|offset| found.word(offset)).collect();
        let are_words = (first..first + count).all(|offset| found.kind(offset) == Some(Kind::Word));
        // what stands twice is another mistake
        let is_repeated = |count: isize| (first..first + count).any(|offset| found.word(offset) == found.word(offset + 1));
        let phrase = nearest(&words.join(" "), PHRASES).filter(|_| are_words && !is_repeated(count))?;
        let span = found.span(first).to(found.span(first + count - 1));
        found.is_mended_by(&[Edit { span, text: phrase.to_owned() }]).then_some((span, phrase))
    })?;
    Some(instead(found, span, phrase, format!("did you mean `{phrase}`?")))
}

/// The keywords that a word is but for a slip or its capitals, the nearest first.
fn keywords(word: &str) -> Vec<&'static str> {
    let all = || RESERVED_WORDS.into_iter().chain(WORDS);
    let small = word.to_lowercase();
    if let Some(keyword) = all().find(|keyword| *keyword == small) {
        return if small == word { Vec::new() } else { vec![keyword] };
    }
    // two letters are near to most others of two: these are exchanged, or a third is lacking
    if word.chars().count() == 2 {
        let is_lacking_one = |keyword: &str| keyword.len() == 3 && (0..3).any(|at| [&keyword[..at], &keyword[at + 1..]].concat() == small);
        return all().filter(|keyword| keyword.chars().rev().eq(small.chars()) || is_lacking_one(keyword)).collect();
    }
    let Some(near) = nearest(&small, all()) else { return Vec::new() };
    let others = all().filter(|other| *other != near && nearest(&small, [*other]).is_some() && other.len() > 2);
    let first = Some(near).filter(|near| near.len() > 2 || small.len() == 3 && small.starts_with(near));
    first.into_iter().chain(others).collect()
}
