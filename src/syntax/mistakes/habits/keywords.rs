//! Keywords with a slip in them: `undr 5`, `5 or mroe`, `betwen 1 and 5`, `AND`. Such a word reads as a name, so that what does not fit stands behind it.

use super::{Habit, instead};
use crate::diagnostic::{Diagnostic, Edit, nearest};
use crate::syntax::grammar::RESERVED_WORDS;
use crate::syntax::mistakes::Found;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 1] = [misspelt];

/// Words of bands, conditions and measures, besides those that are reserved.
const WORDS: [&str; 30] = [
    "one", "some", "of", "more", "to", "each", "per", "contains", "starts", "ends", "with", "where", "since", "last", "in", "at", "most",
    "larger", "smaller", "rounded", "places", "days", "count", "sum", "first", "fading", "half", "every", "same", "until",
];

/// How far before the offending token the word is sought: behind it stand a band, its points and the beginning of the next one.
const SEARCHED: isize = 6;

/// So many words are tried for one mistake.
const TRIED_MAX: usize = 6;

/// The nearest word that, written as the keyword that it nearly is, lets the text make sense.
fn misspelt(found: &Found) -> Option<Diagnostic> {
    // what is declared has words of its own
    if ["lead", "signal", "table", "policy", "team", "calendar"].contains(&found.item()) {
        return None;
    }
    let places = [0, -1, 1].into_iter().chain((2..=SEARCHED).map(|back| -back));
    let words = places.filter(|offset| found.index as isize + offset > 0 && found.kind(*offset) == Some(Kind::Word));
    // what would be expected just there is proposed anyway
    let words = words.filter(|offset| *offset != 0 || found.meant().is_none());
    let candidates = words.filter_map(|offset| Some((offset, keyword(found.word(offset))?)));
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

/// The keyword that a word is but for a slip or its capitals.
fn keyword(word: &str) -> Option<&'static str> {
    let keywords = || RESERVED_WORDS.into_iter().chain(WORDS);
    let small = word.to_lowercase();
    if let Some(keyword) = keywords().find(|keyword| *keyword == small) {
        return (small != word).then_some(keyword);
    }
    // two letters are near to most others of two: these are exchanged
    if word.chars().count() == 2 {
        return keywords().find(|keyword| keyword.chars().rev().eq(small.chars()));
    }
    nearest(&small, keywords()).filter(|near| near.len() > 2 || small.len() == 3 && small.starts_with(near))
}
