//! What pest expected, as a sentence that helps.
//!
//! Enters: a pest error and the tokens of the item. Leaves: one diagnostic, on the whole token where the text stopped making sense, with a
//! way out. `habits` knows what people write who come from other tools; where none fits, the parts that could have stood
//! there are named, four at most, in the words of `words`.

mod habits;
pub(in crate::syntax) mod units;
mod words;

use pest::error::{Error, ErrorVariant};

use super::grammar::{Meter, RESERVED_WORDS, Rule, place_of};
use super::scan::{Kind, Token};
use super::trial::{self, Outcome, Rest};
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit, nearest};
use crate::source::{SourceId, Span};
use words::{Expectation, RANK_ASIDE, RANK_END, RANK_PART, beginnings, expectation};

/// How many parts a message names.
const NAMED_MAX: usize = 4;

/// How far before the offending token a stray comma is sought.
const COMMA_SEARCH: usize = 4;

/// What is wrong within so many tokens behind a mistake in the same row may be a part of it.
const SAME_MISTAKE_TOKENS: usize = 3;

/// Where the text stopped making sense, and what could have stood there.
pub(super) struct Found<'a> {
    meter: &'a Meter,
    text: &'a str,
    /// The text of the item as it was read, without rows that have been given up.
    item_text: &'a str,
    /// Where the item begins in the file.
    offset: usize,
    source: SourceId,
    /// The tokens of the item.
    tokens: &'a [Token],
    /// The offending token; the number of tokens if the item ended too early.
    pub index: usize,
    expected: Vec<Rule>,
}

impl<'a> Found<'a> {
    /// `item_text` is what was read, of which `offset` is the place in `text`.
    pub fn new(
        meter: &'a Meter,
        error: &Error<Rule>,
        item_text: &'a str,
        offset: usize,
        text: &'a str,
        source: SourceId,
        tokens: &'a [Token],
    ) -> Found<'a> {
        let place = place_of(error);
        let expected = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.clone(),
            ErrorVariant::CustomError { .. } => Vec::new(),
        };
        let index = tokens.partition_point(|token| token.end <= offset + place);
        Found { meter, text, item_text, offset, source, tokens, index, expected }
    }

    pub fn explain(&self) -> Diagnostic {
        habits::explain(self).unwrap_or_else(|| self.plainly())
    }

    /// A mistake that is counted and not shown.
    pub fn unexplained(&self) -> Diagnostic {
        Diagnostic::new(Code::Syntax, "this does not follow the grammar")
            .at(self.here(), "not expected here")
            .help("mend the mistakes above first")
    }

    /// Whether the text makes sense with these edits: to its end, or at least so far that what is wrong there is another mistake.
    pub fn is_mended_by(&self, edits: &[Edit]) -> bool {
        let place = match trial::with_edits(self.meter, self.item_text, self.offset, edits) {
            Outcome::Whole => return true,
            Outcome::Unmended => return false,
            Outcome::StopsAt(place) => place,
        };
        let next = self.tokens.partition_point(|token| token.end <= place);
        let begins_row = |token: &Token| token.indent.is_some();
        let is_in_later_row = self.tokens.get(self.index + 1..=next).is_some_and(|tokens| tokens.iter().any(begins_row));
        if !is_in_later_row {
            return next > self.index + SAME_MISTAKE_TOKENS;
        }
        // what is wrong in a later row is a mistake of its own if it is so without this row too
        match trial::without_row(self.meter, self.item_text, self.offset, self.tokens, self.here().start as usize) {
            Rest::Whole => false,
            Rest::StopsAt(rest) => place >= rest,
            Rest::Unknown => next > self.index + SAME_MISTAKE_TOKENS,
        }
    }

    /// Whether more of the text makes sense without the row at this place.
    pub fn is_mended_without_row(&self, place: usize) -> bool {
        let here = self.tokens.get(self.index).map_or(usize::MAX, |token| token.start);
        match trial::without_row(self.meter, self.item_text, self.offset, self.tokens, place) {
            Rest::Whole => true,
            Rest::StopsAt(rest) => rest > here,
            Rest::Unknown => false,
        }
    }

    /// Names what could have stood here.
    fn plainly(&self) -> Diagnostic {
        let begins_row = self.expects(Rule::CLOSE_BRACE);
        let mut expected: Vec<Expectation> =
            self.expected.iter().filter_map(|rule| expectation(*rule, self.item(), self.word(-1), begins_row)).collect();
        expected.sort_by_key(|expectation| expectation.rank);
        if expected.first().is_some_and(|first| first.rank < RANK_ASIDE) {
            expected.retain(|expectation| expectation.rank < RANK_ASIDE);
        }
        let mut words: Vec<&str> = Vec::new();
        for expectation in &expected {
            if !words.contains(&expectation.words.as_str()) {
                words.push(&expectation.words);
            }
        }
        words.truncate(NAMED_MAX);
        let shown = match self.tokens.get(self.index) {
            Some(_) if self.row_ends_early() => "the end of the row".to_owned(),
            Some(token) if self.written(*token) == "`" => "a backquote".to_owned(),
            Some(token) => format!("`{}`", self.written(*token)),
            None => format!("the end of the `{}`", self.item()),
        };
        let message =
            if words.is_empty() { format!("{shown} cannot stand here") } else { format!("expected {}, found {shown}", listed(&words)) };
        let diagnostic =
            Diagnostic::new(Code::Syntax, message).at(self.here(), if self.ends_early() { "it ends here" } else { "not expected here" });
        self.with_way_out(diagnostic, &expected, &words)
    }

    /// The word that was probably meant, a comma too many or too few, or how to write what is expected.
    fn with_way_out(&self, diagnostic: Diagnostic, expected: &[Expectation], words: &[&str]) -> Diagnostic {
        let edit = |span: Span, text: &str| [Edit { span, text: text.to_owned() }];
        if let Some(meant) = self.meant().filter(|meant| !self.row_ends_early() && self.is_mended_by(&edit(self.span(0), meant))) {
            return diagnostic.help(format!("did you mean `{meant}`?")).replace(
                format!("replace by `{meant}`"),
                Applicability::Unsafe,
                self.span(0),
                meant,
            );
        }
        let comma = (1..=COMMA_SEARCH as isize).find(|back| self.word(-back) == ",");
        if let Some(back) = comma.filter(|back| self.is_mended_by(&edit(self.span(-back), ""))) {
            let comma = self.span(-back);
            let next = self.word(1 - back);
            return diagnostic
                .at(comma, "the list goes on behind this comma")
                .help(format!("if `{next}` is no member of the list, remove the `,` before it: a list has none at its end"))
                .replace("remove the comma", Applicability::Unsafe, comma, "");
        }
        let is_joined = [-1, 0].iter().any(|offset| self.word(*offset).contains(char::is_uppercase));
        let between_words = !is_joined && self.kind(0) == Some(Kind::Word) && self.kind(-1) == Some(Kind::Word);
        let place = self.span(-1).after();
        if self.expects(Rule::COMMA) && between_words && !self.expects_name() && self.is_mended_by(&edit(place, ",")) {
            return diagnostic.help("the members of a list are parted by commas").replace(
                "insert a comma",
                Applicability::Unsafe,
                place,
                ",",
            );
        }
        let first = expected.first().filter(|first| first.rank == RANK_PART || first.rank == RANK_ASIDE);
        match first.and_then(|first| Some((first, first.example?))) {
            Some((first, example)) if first.beginnings.len() > 1 => {
                diagnostic.help(format!("it begins with one of `{}`, for example `{example}`", first.beginnings.join("`, `")))
            }
            Some((_, example)) => diagnostic.help(format!("for example `{example}`")),
            None => self.with_missing_token(diagnostic, expected, words),
        }
    }

    /// The one keyword that is missing, if it is one.
    fn with_missing_token(&self, diagnostic: Diagnostic, expected: &[Expectation], words: &[&str]) -> Diagnostic {
        let others_end = expected.iter().filter(|other| Some(&other.words.as_str()) != words.first()).all(|other| other.rank == RANK_END);
        match words.first() {
            Some(word) if others_end && word.starts_with('`') => {
                let missing = word.trim_matches('`');
                let diagnostic =
                    diagnostic.help(if self.ends_early() { format!("write {word} behind it") } else { format!("write {word} before it") });
                // One bracket alone would mend nothing, more is missing before a brace, and a word of the language may stand for the missing one.
                let is_alone = missing.starts_with(char::is_alphabetic) || missing == "=";
                if !is_alone || self.word(0) == "{" || RESERVED_WORDS.contains(&self.word(0)) {
                    return diagnostic;
                }
                let here = self.here();
                let (place, text) = if self.ends_early() {
                    (here.after(), format!(" {missing}"))
                } else {
                    (Span { end: here.start, ..here }, format!("{missing} "))
                };
                if !self.is_mended_by(&[Edit { span: place, text: text.clone() }]) {
                    return diagnostic;
                }
                diagnostic.replace(format!("insert {word}"), Applicability::Unsafe, place, text)
            }
            _ if self.ends_early() => diagnostic.help("write what is expected behind it"),
            _ => diagnostic.help("remove it, or write what is expected before it"),
        }
    }

    /// The keyword that the offending word nearly is, or begins.
    fn meant(&self) -> Option<String> {
        let word = self.word(0);
        if self.kind(0) != Some(Kind::Word) {
            return None;
        }
        let candidates: Vec<String> = self.expected.iter().flat_map(|rule| beginnings(*rule)).collect();
        let begun = || {
            candidates
                .iter()
                .find(|candidate| word.len() >= 3 && !RESERVED_WORDS.contains(&word) && begins(candidate, word))
                .map(String::as_str)
        };
        // a word of two letters is near to most others of two
        let near = || nearest(word, candidates.iter().map(String::as_str)).filter(|_| word.len() > 2);
        near().or_else(begun).map(str::to_owned)
    }

    /// The word that the item begins with.
    fn item(&self) -> &'a str {
        self.tokens.first().map_or("item", |token| self.written(*token))
    }

    fn at_end(&self) -> bool {
        self.index >= self.tokens.len()
    }

    /// Whether the row before the offending token is not complete, so that it is this row which is wrong: nothing that begins a row is expected, and yet one begins.
    fn row_ends_early(&self) -> bool {
        let indent = self.token(0).and_then(|token| token.indent);
        let row = trial::row_at(self.tokens, self.token(-1).map_or(0, |token| token.start));
        let above = row.and_then(|row| self.tokens[row.start].indent);
        let ends_row = self.expects_any(&[Rule::CLOSE_BRACE, Rule::EOI]);
        self.index > 0 && indent.is_some() && indent <= above && !ends_row
    }

    fn ends_early(&self) -> bool {
        self.at_end() || self.row_ends_early()
    }

    /// The span of the offending token; where a row or the item ends too early that of the last one.
    fn here(&self) -> Span {
        if self.ends_early() { self.span(-1) } else { self.span(0) }
    }

    fn token(&self, offset: isize) -> Option<Token> {
        self.tokens.get(self.index.checked_add_signed(offset)?).copied()
    }

    /// The token so many behind the offending one, or nothing.
    fn word(&self, offset: isize) -> &'a str {
        self.token(offset).map_or("", |token| self.written(token))
    }

    fn kind(&self, offset: isize) -> Option<Kind> {
        self.token(offset).map(|token| token.kind)
    }

    fn span(&self, offset: isize) -> Span {
        let end = self.tokens.last().map_or(0, |token| token.end);
        let (start, end) = self.token(offset).map_or((end, end), |token| (token.start, token.end));
        Span::new(self.source, start, end)
    }

    fn written(&self, token: Token) -> &'a str {
        &self.text[token.start..token.end]
    }

    fn expects(&self, rule: Rule) -> bool {
        self.expected.contains(&rule)
    }

    fn expects_any(&self, rules: &[Rule]) -> bool {
        rules.iter().any(|rule| self.expects(*rule))
    }

    /// Whether a name, or a row that begins with one, could stand here.
    fn expects_name(&self) -> bool {
        self.expects_any(&[
            Rule::name,
            Rule::names,
            Rule::field,
            Rule::column,
            Rule::choice,
            Rule::choices,
            Rule::turn,
            Rule::given,
            Rule::given_signal,
            Rule::expected,
            Rule::decide_row,
            Rule::route_row,
            Rule::flow_row,
            Rule::from_stages,
            Rule::section_row,
            Rule::attribute,
            Rule::band,
            Rule::pattern,
            Rule::subject,
            Rule::path,
        ])
    }

    /// Whether a value could begin here.
    fn expects_value(&self) -> bool {
        self.expects_any(&[
            Rule::expression,
            Rule::negation,
            Rule::value,
            Rule::product,
            Rule::primary,
            Rule::where_negation,
            Rule::where_primary,
        ])
    }

    /// Whether a value ended before the offending token, so that an operator could follow.
    fn expects_operator(&self) -> bool {
        self.expects_any(&[Rule::AND, Rule::PLUS, Rule::TO_PLACES])
    }
}

/// A word in place of what stands at `span`, parted by blanks from its neighbours.
pub(super) fn spaced(text: &str, span: Span, word: &str) -> String {
    let touches = |character: Option<char>| character.is_some_and(|character| !character.is_whitespace());
    let before = touches(text[..span.start as usize].chars().next_back());
    let after = touches(text[span.end as usize..].chars().next());
    format!("{}{word}{}", if before { " " } else { "" }, if after { " " } else { "" })
}

/// Whether the candidate goes on behind the word with letters, not with a second word.
fn begins(candidate: &str, word: &str) -> bool {
    candidate.strip_prefix(word).is_some_and(|rest| rest.starts_with(char::is_alphabetic))
}

/// `a`, `b` or `c`
fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
