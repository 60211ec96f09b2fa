//! Slips of the hand: a word typed twice, a blank left out.

use super::{Habit, slip};
use crate::diagnostic::{Applicability, Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::mistakes::Found;
use crate::syntax::mistakes::words::beginnings;
use crate::syntax::scan::Kind;

pub(super) const HABITS: [Habit; 3] = [word_twice, blank_missing, words_glued];

/// How far before the offending token the slip may be: a word that was typed twice may be read as the name of the next row.
const SEARCHED: isize = 2;

/// `owner owner rep_a`
fn word_twice(found: &Found) -> Option<Diagnostic> {
    (-SEARCHED..=0).rev().find_map(|offset| {
        let is_bracket = matches!(found.kind(offset)?, Kind::Open | Kind::Close);
        if is_bracket || found.word(offset) != found.word(offset - 1) || found.index as isize + offset < 1 {
            return None;
        }
        let (first, second) = (found.span(offset - 1), found.span(offset));
        let edit = Edit { span: Span { start: first.end, ..second }, text: String::new() };
        found.is_mended_by(std::slice::from_ref(&edit)).then(|| {
            slip(format!("`{}` stands twice", found.word(offset)), second, "again", "leave one of them out").at(first, "first here").fix(
                "remove the second",
                Applicability::Unsafe,
                vec![edit],
            )
        })
    })
}

/// `northeast33.333%`, `beds30%`
fn blank_missing(found: &Found) -> Option<Diagnostic> {
    (-SEARCHED..=0).rev().find_map(|offset| {
        let word = found.word(offset);
        let letters = word.trim_end_matches(|character: char| character.is_ascii_digit()).len();
        if found.kind(offset) != Some(Kind::Word) || letters == 0 || letters == word.len() {
            return None;
        }
        let span = found.span(offset);
        // the number may go on behind its point
        let touches = |offset: isize| found.span(offset - 1).end == found.span(offset).start;
        let is_decimal =
            found.word(offset + 1) == "." && touches(offset + 1) && found.kind(offset + 2) == Some(Kind::Number) && touches(offset + 2);
        // other numbers may be the end of a name
        if !is_decimal && found.word(offset + 1) != "%" {
            return None;
        }
        let end = if is_decimal { found.span(offset + 2).end } else { span.end };
        let number = Span { start: span.start + letters as u32, end, ..span };
        let blank = Edit { span: Span { end: number.start, ..number }, text: " ".to_owned() };
        found.is_mended_by(std::slice::from_ref(&blank)).then(|| {
            let written = &found.text[number.start as usize..number.end as usize];
            slip(
                format!("a blank is missing between `{}` and `{written}`", &word[..letters]),
                span.to(number),
                "read as one word",
                "a name may end in digits, so a number stands apart from it",
            )
            .fix("insert the blank", Applicability::Unsafe, vec![blank])
        })
    })
}

/// `3 days agopage_view`, `consultedfield_sales`
fn words_glued(found: &Found) -> Option<Diagnostic> {
    let (word, span) = (found.word(0), found.span(0));
    if found.kind(0) != Some(Kind::Word) {
        return None;
    }
    let keywords: Vec<String> = found.expected.iter().flat_map(|rule| beginnings(*rule)).collect();
    let keyword = keywords
        .iter()
        .filter(|keyword| word.len() > keyword.len() && word.starts_with(keyword.as_str()))
        .max_by_key(|keyword| keyword.len())?;
    let place = Span { start: span.start + keyword.len() as u32, end: span.start + keyword.len() as u32, ..span };
    let blank = Edit { span: place, text: " ".to_owned() };
    let rest = &word[keyword.len()..];
    // `too` more likely is `to` with a slip
    if rest.chars().count() == 1 {
        return None;
    }
    found.is_mended_by(std::slice::from_ref(&blank)).then(|| {
        slip(format!("a blank is missing between `{keyword}` and `{rest}`"), span, "read as one word", format!("write `{keyword} {rest}`"))
            .fix("insert the blank", Applicability::Unsafe, vec![blank])
    })
}
