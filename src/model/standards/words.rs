//! The one grammar of requirements: what a form is made of, and how the words of a `require` are held against it.
//!
//! Enters: a form such as `weight of section SECTION SHARE`, and the words of a `require`. Leaves: what stands for the form's capitals, or how
//! far the words fit and what was expected there. Always holds: the time is linear in the words, whatever stands in them.
//!
//! A form is words with blanks between; a word in capitals is a slot, one of [`SLOTS`]. All other words stand for themselves.

use super::limit::{Age, Limit};
use crate::diagnostic::nearest;
use crate::model::value::Decimal;
use crate::source::Span;
use crate::syntax::tree::{Comparison, Duration, Name, Number, Require, Text, Unit, Word};

/// What may stand for a word in capitals.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub name: &'static str,
    /// ends the sentence "expected …"
    pub stands_for: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Name,
    /// a name, or two with a dot between
    Path,
    /// names with commas between
    Names,
    /// one of these words
    OneOf(&'static [&'static str]),
    /// a bound of numbers, or of per cents
    Limit {
        percent: bool,
    },
    /// a single per cent
    Percent,
    /// a whole number that is not negative, as the least or the most of something
    Count {
        least: bool,
    },
    Title,
    Duration,
    Age,
}

/// Who is what in a stage.
pub(super) const ROLES: &[&str] = &["owner", "accountable", "responsible", "consulted", "informed"];
/// What a policy can be asked to have so many of.
pub(super) const THINGS: &[&str] =
    &["tests", "claims", "promises", "slas", "scores", "stages", "fields", "signals", "routes", "queues", "teams"];
/// The lines of a policy's header.
pub(super) const PROPERTIES: &[&str] = &["version", "dated", "owner", "timezone", "currency"];

pub const SLOTS: &[Slot] = &[
    Slot { name: "SECTION", stands_for: "a section, such as `demographic` or `readiness.demographic`", kind: Kind::Path },
    Slot { name: "VALUE", stands_for: "a score, a section of one or another number, such as `readiness`", kind: Kind::Path },
    Slot { name: "ROW", stands_for: "a `decide` and one of its rows, such as `status.qualified`, or a `decide` alone", kind: Kind::Path },
    Slot { name: "SCORE", stands_for: "the name of a score, or `score` for every score", kind: Kind::Name },
    Slot { name: "SYSTEM", stands_for: "a system that fields come from, such as `marketo`", kind: Kind::Name },
    Slot { name: "NAMES", stands_for: "names with commas between, such as `email, state`", kind: Kind::Names },
    Slot { name: "ROLE", stands_for: "`owner`, `accountable`, `responsible`, `consulted` or `informed`", kind: Kind::OneOf(ROLES) },
    Slot {
        name: "THINGS",
        stands_for: "`tests`, `claims`, `promises`, `slas`, `scores`, `stages`, `fields`, `signals`, `routes`, `queues` or `teams`",
        kind: Kind::OneOf(THINGS),
    },
    Slot { name: "PROPERTY", stands_for: "`version`, `dated`, `owner`, `timezone` or `currency`", kind: Kind::OneOf(PROPERTIES) },
    Slot { name: "LIMIT", stands_for: "a bound such as `< 0`, `>= 10` or `between 55 and 80`", kind: Kind::Limit { percent: false } },
    Slot {
        name: "SHARE",
        stands_for: "a bound in per cent, such as `<= 50%` or `between 20% and 50%`",
        kind: Kind::Limit { percent: true },
    },
    Slot { name: "PERCENT", stands_for: "a percentage, such as `100%`", kind: Kind::Percent },
    Slot { name: "MINIMUM", stands_for: "a whole number, such as `10`", kind: Kind::Count { least: true } },
    Slot { name: "MAXIMUM", stands_for: "a whole number, such as `100`", kind: Kind::Count { least: false } },
    Slot { name: "TITLE", stands_for: "a title in quotation marks", kind: Kind::Title },
    Slot { name: "DURATION", stands_for: "a length of time, such as `4 business hours`", kind: Kind::Duration },
    Slot { name: "AGE", stands_for: "an age, such as `90 days`, `12 months` or `1 year`", kind: Kind::Age },
];

/// What the words of a `require` put into the slots of its form.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled<'t> {
    /// for each slot of names, in order, what stands there
    pub names: Vec<Vec<&'t Name>>,
    pub limit: Option<Limit>,
    pub title: Option<&'t Text>,
    pub duration: Option<&'t Duration>,
    pub age: Option<Age>,
}

impl<'t> Filled<'t> {
    /// The names of a slot; none if the form has fewer slots.
    pub fn names(&self, slot: usize) -> &[&'t Name] {
        self.names.get(slot).map_or(&[], Vec::as_slice)
    }

    /// The only or first name of a slot.
    pub fn name(&self, slot: usize) -> &str {
        self.names(slot).first().map_or("", |name| &name.text)
    }

    /// `status.qualified`
    pub fn path(&self, slot: usize) -> String {
        self.names(slot).iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
    }
}

/// How far the words of a `require` fit a form.
#[derive(Clone, Debug)]
pub(super) struct Misfit {
    /// so many words fit
    pub fitting: usize,
    pub expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Word(&'static str),
    Slot(&'static str),
    End,
}

/// Holds the words against one form.
pub(super) fn fill<'t>(form: &'static str, require: &'t Require) -> Result<Filled<'t>, Misfit> {
    let mut reader = Reader { words: &require.words, at: 0 };
    let mut filled = Filled::default();
    for part in form.split(' ') {
        let slot = SLOTS.iter().find(|slot| slot.name == part);
        let (fits, expected) = match slot {
            Some(slot) => (reader.slot(slot.kind, &mut filled), Expected::Slot(slot.stands_for)),
            None => (reader.is(part), Expected::Word(part)),
        };
        if fits.is_none() {
            return Err(Misfit { fitting: reader.at, expected });
        }
    }
    if reader.at < require.words.len() {
        return Err(Misfit { fitting: reader.at, expected: Expected::End });
    }
    Ok(filled)
}

/// The expected word that was surely meant.
pub(super) fn meant(found: &Word, expected: &[Expected]) -> Option<&'static str> {
    let words = expected.iter().flat_map(|expected| match expected {
        Expected::Word(word) => std::slice::from_ref(word),
        Expected::Slot(stands_for) => SLOTS.iter().find(|slot| slot.stands_for == *stands_for).map_or(&[][..], |slot| match slot.kind {
            Kind::OneOf(words) => words,
            Kind::Name
            | Kind::Path
            | Kind::Names
            | Kind::Limit { .. }
            | Kind::Percent
            | Kind::Count { .. }
            | Kind::Title
            | Kind::Duration
            | Kind::Age => &[],
        }),
        Expected::End => &[],
    });
    let words: Vec<&'static str> = words.copied().collect();
    let near = nearest(text_of(found)?, words.iter().copied())?;
    words.into_iter().find(|word| *word == near)
}

pub(super) fn span_of(word: &Word) -> Option<Span> {
    match word {
        Word::Name(name) | Word::Keyword(name) => Some(name.span),
        Word::Path(path) => path.iter().map(|name| name.span).reduce(Span::to),
        Word::Number(number) | Word::Percent(number) => Some(number.span),
        Word::Text(text) => Some(text.span),
        Word::Duration(duration) => Some(duration.span),
        Word::Comparison(_, span) | Word::Comma(span) => Some(*span),
    }
}

fn text_of(word: &Word) -> Option<&str> {
    match word {
        Word::Name(name) | Word::Keyword(name) => Some(&name.text),
        Word::Path(_) | Word::Number(_) | Word::Percent(_) | Word::Text(_) | Word::Duration(_) | Word::Comparison(..) | Word::Comma(_) => {
            None
        }
    }
}

struct Reader<'t> {
    words: &'t [Word],
    /// so many words are read; a failed step leaves it at the word that does not fit
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Word> {
        self.words.get(self.at)
    }

    /// The next word, if it is this one.
    fn is(&mut self, word: &str) -> Option<()> {
        (text_of(self.peek()?)? == word).then(|| self.at += 1)
    }

    fn slot(&mut self, kind: Kind, filled: &mut Filled<'t>) -> Option<()> {
        match kind {
            Kind::Name => filled.names.push(vec![self.name()?]),
            Kind::Path => filled.names.push(self.path()?),
            Kind::Names => {
                let mut names = vec![self.name()?];
                while let Some(Word::Comma(_)) = self.peek() {
                    self.at += 1;
                    names.push(self.name()?);
                }
                filled.names.push(names);
            }
            Kind::OneOf(words) => {
                let name = match self.peek()? {
                    Word::Name(name) if words.contains(&name.text.as_str()) => name,
                    _ => return None,
                };
                self.at += 1;
                filled.names.push(vec![name]);
            }
            Kind::Limit { percent } => filled.limit = Some(self.limit(percent)?),
            Kind::Percent => {
                let value = self.number(true)?;
                filled.limit = Some(Limit::exactly(value));
            }
            Kind::Count { least } => {
                let value = match self.peek()? {
                    Word::Number(number) if number.mantissa >= 0 && number.places == 0 => decimal(number),
                    _ => return None,
                };
                self.at += 1;
                filled.limit = Some(if least { Limit::from(value, true) } else { Limit::to(value, true) });
            }
            Kind::Title => {
                let Word::Text(text) = self.peek()? else { return None };
                self.at += 1;
                filled.title = Some(text);
            }
            Kind::Duration => {
                let Word::Duration(duration) = self.peek()? else { return None };
                self.at += 1;
                filled.duration = Some(duration);
            }
            Kind::Age => filled.age = Some(self.age()?),
        }
        Some(())
    }

    fn name(&mut self) -> Option<&'t Name> {
        let Word::Name(name) = self.peek()? else { return None };
        self.at += 1;
        Some(name)
    }

    fn path(&mut self) -> Option<Vec<&'t Name>> {
        let path = match self.peek()? {
            Word::Name(name) => vec![name],
            Word::Path(path) if path.len() == 2 => path.iter().collect(),
            _ => return None,
        };
        self.at += 1;
        Some(path)
    }

    /// `<= 50`, `between 55 and 80`
    fn limit(&mut self, percent: bool) -> Option<Limit> {
        if let Word::Comparison(comparison, _) = self.peek()? {
            self.at += 1;
            let value = self.number(percent)?;
            return Some(match comparison {
                Comparison::AtLeast => Limit::from(value, true),
                Comparison::Above => Limit::from(value, false),
                Comparison::AtMost => Limit::to(value, true),
                Comparison::Below => Limit::to(value, false),
            });
        }
        self.is("between")?;
        let low = self.number(percent)?;
        self.is("and")?;
        let high = self.number(percent)?;
        Some(Limit::between(low, high))
    }

    fn number(&mut self, percent: bool) -> Option<Decimal> {
        let value = match (self.peek()?, percent) {
            (Word::Number(number), false) | (Word::Percent(number), true) => decimal(number),
            _ => return None,
        };
        self.at += 1;
        Some(value)
    }

    /// `90 days`, `12 months`
    fn age(&mut self) -> Option<Age> {
        let age = match self.peek()? {
            Word::Duration(Duration { amount, unit, business: false, .. }) => match unit {
                Unit::Days => Age { days: *amount, months: 0 },
                Unit::Weeks => Age { days: amount.saturating_mul(7), months: 0 },
                Unit::Seconds | Unit::Minutes | Unit::Hours => return None,
            },
            Word::Number(number) if number.mantissa >= 0 && number.places == 0 => {
                let amount = u64::try_from(number.mantissa).ok()?;
                let months = match text_of(self.words.get(self.at + 1)?)? {
                    "month" | "months" => amount,
                    "year" | "years" => amount.saturating_mul(12),
                    _ => return None,
                };
                self.at += 1;
                Age { days: 0, months }
            }
            _ => return None,
        };
        self.at += 1;
        Some(age)
    }
}

fn decimal(number: &Number) -> Decimal {
    Decimal { mantissa: number.mantissa, places: number.places }
}
