//! A unit behind a number with which something is compared: values are plain numbers, or amounts of money.
//!
//! Enters: the tokens of the number and its unit, and those of what it is compared with. Leaves: the mistake, and the number that was meant,
//! where the unit says it.

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span};
use crate::syntax::scan::Token;

/// The words of units of time.
const UNITS: [&str; 10] = ["day", "days", "hour", "hours", "minute", "minutes", "week", "weeks", "second", "seconds"];

pub(super) fn is_unit(word: &str) -> bool {
    UNITS.contains(&word)
}

/// A number with a unit of time.
pub(in crate::syntax) struct Timed<'a> {
    pub source: SourceId,
    pub text: &'a str,
    pub tokens: &'a [Token],
    /// Where the number stands among the tokens.
    pub number: usize,
    /// Where the unit does.
    pub unit: usize,
    /// What is compared with it.
    pub compared: Range<usize>,
}

impl Timed<'_> {
    /// The mistake without a fix, and how many days were meant, if a number of days is needed.
    pub fn explain(&self) -> (Diagnostic, Option<u64>) {
        let span = Span::new(self.source, self.start(self.number), self.tokens.get(self.unit).map_or(0, |token| token.end));
        let written = &self.text[span.start as usize..span.end as usize];
        let number: u64 = self.word(self.number).replace('_', "").parse().unwrap_or(0);
        let is_business = self.unit != self.number + 1;
        let days = match self.word(self.unit) {
            "day" | "days" => Some(number),
            "week" | "weeks" => number.checked_mul(7),
            "hour" | "hours" if number.is_multiple_of(24) => Some(number / 24),
            _ => None,
        };
        let counts = self.counts();
        let days = days.filter(|days| *days > 0 && !is_business && (counts.is_some() || *days == number));
        let (message, help) = match counts {
            Some(counts) => {
                let sign = self.number.checked_sub(1).map_or("", |before| self.word(before));
                let sign = if super::habits::is_comparison_sign(sign) { sign } else { ">=" };
                let shown = days.map_or_else(|| "1".to_owned(), |days| days.to_string());
                (
                    format!("`days {counts} …` is a plain number of days, but `{written}` is a length of time"),
                    format!("write the number of days: `days {counts} … {sign} {shown}`"),
                )
            }
            None => (
                format!("`{written}` is a length of time, and a plain number is needed here"),
                "leave the unit out; what counts time are `days since …`, `days until …` and `days in …`, plain numbers of days".to_owned(),
            ),
        };
        (Diagnostic::new(Code::WrongUnit, message).at(span, "a number with a unit").help(help), days)
    }

    /// `since` of `days since`, if what is compared counts days.
    fn counts(&self) -> Option<&str> {
        let words = self.compared.clone().rev().map(|index| (self.word(index), self.word(index + 1)));
        words.into_iter().find(|(word, next)| *word == "days" && ["since", "until", "in"].contains(next)).map(|(_, next)| next)
    }

    fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.text[token.start..token.end])
    }

    fn start(&self, index: usize) -> usize {
        self.tokens.get(index).map_or(0, |token| token.start)
    }
}
