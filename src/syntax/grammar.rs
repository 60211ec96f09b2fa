//! The parser that pest makes of `grammar/leadwright.pest`.
//!
//! Enters: the text of one item. Leaves: pest pairs, which only this folder sees. Always holds: a rule from [`FIRST_TOKEN`] on is a
//! token (a keyword or a sign), a rule before it is a part of the language; whatever is read by the grammar is counted by a [`Meter`].

use std::cell::Cell;

use pest::Parser;
use pest::error::{Error, InputLocation};
use pest::iterators::Pairs;

use super::scan::Token;

#[derive(pest_derive::Parser)]
#[grammar = "grammar/leadwright.pest"]
pub(super) struct Grammar;

/// The first rule of the grammar's last part, where the tokens stand.
const FIRST_TOKEN: Rule = Rule::POLICY;

/// Whether the rule is a keyword or a sign.
pub(super) fn is_token(rule: Rule) -> bool {
    rule >= FIRST_TOKEN
}

/// To try fixes, texts of so many bytes in all are read for one file, and so many times the file itself.
const TRIED_BYTES_MAX: usize = 1024 * 1024;
const TRIED_TIMES_MAX: usize = 8;

/// So many tokens are read first of a part that may end long before the text does, and then four times as many.
pub(super) const WINDOW_TOKENS: usize = 16;

/// What stops making sense so many tokens before its end does so whatever follows.
const SURE_TOKENS: usize = 4;

/// Reads by the grammar, and counts how much: time is in proportion to that, as a text that cannot be read is walked to its end whatever is wrong in it.
pub(super) struct Meter {
    read: Cell<usize>,
    /// How much more may be read to try fixes.
    tries_left: Cell<usize>,
    /// More was wanted.
    is_short: Cell<bool>,
}

impl Meter {
    /// For a file of so many bytes.
    pub fn new(file_bytes: usize) -> Meter {
        let meter = Meter { read: Cell::new(0), tries_left: Cell::new(0), is_short: Cell::new(false) };
        meter.renew_tries(file_bytes);
        meter
    }

    pub fn renew_tries(&self, file_bytes: usize) {
        self.tries_left.set(TRIED_BYTES_MAX + TRIED_TIMES_MAX * file_bytes);
    }

    /// Whether so many bytes more may be scanned and read to try something; they then count as scanned. In a file with so many mistakes that this is used up, the later
    /// ones get no fix, as one that nobody tried is not offered.
    pub fn may_try(&self, bytes: usize) -> bool {
        let left = self.tries_left.get().checked_sub(bytes);
        self.tries_left.set(left.unwrap_or(0));
        match left {
            Some(_) => self.read.set(self.read.get() + bytes),
            None => self.is_short.set(true),
        }
        left.is_some()
    }

    /// Whether something was not tried.
    pub fn is_short(&self) -> bool {
        self.is_short.get()
    }

    /// How many bytes were read.
    pub fn bytes_read(&self) -> usize {
        self.read.get()
    }

    pub fn parse<'t>(&self, rule: Rule, text: &'t str) -> Result<Pairs<'t, Rule>, Box<Error<Rule>>> {
        let result = Grammar::parse(rule, text);
        let bytes = result.as_ref().map_or(text.len(), |pairs| pairs.as_str().len());
        self.read.set(self.read.get() + bytes);
        result.map_err(Box::new)
    }

    /// Parses a part that may end long before the text does. `tokens` are those of the text, the first of which stands at its beginning.
    pub fn parse_beginning<'t>(&self, rule: Rule, text: &'t str, tokens: &[Token]) -> Result<Pairs<'t, Rule>, Box<Error<Rule>>> {
        let ends = std::iter::successors(Some(WINDOW_TOKENS), |count| Some(count * 4)).take_while(|count| *count < tokens.len());
        self.sure_mistake(rule, text, tokens, ends).map_or_else(|| self.parse(rule, text), Err)
    }

    /// The mistake that the beginning of a text has, whatever follows; none if the whole has to be read to say. `ends` are the numbers of tokens that are tried as the beginning.
    pub fn sure_mistake(&self, rule: Rule, text: &str, tokens: &[Token], ends: impl Iterator<Item = usize>) -> Option<Box<Error<Rule>>> {
        let offset = tokens.first()?.start;
        for end in ends {
            let window = text.get(..tokens.get(end)?.start - offset)?;
            let sure = tokens.get(end.checked_sub(SURE_TOKENS)?)?.start - offset;
            match self.parse(rule, window) {
                Err(error) if place_of(&error) < sure => return Some(error),
                // an item ends where its text does, and other parts may end before
                Ok(_) if rule != Rule::item => return None,
                Ok(_) | Err(_) => {}
            }
        }
        None
    }
}

/// Where in its text a mistake is.
pub(super) fn place_of(error: &Error<Rule>) -> usize {
    let (InputLocation::Pos(place) | InputLocation::Span((place, _))) = error.location;
    place
}

/// The reserved words, as in the grammar.
pub(crate) const RESERVED_WORDS: [&str; 24] = [
    "and",
    "or",
    "not",
    "is",
    "has",
    "between",
    "else",
    "when",
    "otherwise",
    "yes",
    "no",
    "missing",
    "known",
    "under",
    "by",
    "any",
    "key",
    "optional",
    "from",
    "implies",
    "because",
    "entering",
    "leaving",
    "for",
];
