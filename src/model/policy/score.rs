//! Scores: personas, sections, attributes, rows and adjustments.

use super::Expr;
use crate::model::{Decimal, Interval};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Score {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// every section name of every persona, once, with the type of its score
    pub sections: Vec<SectionName>,
    /// first match; a score without personas has one, without condition
    pub personas: Vec<Persona>,
    pub adjusts: Vec<Adjust>,
    /// `from A to B`, in units of `sum_scale`: applied before rounding
    pub range: Option<Interval>,
    /// `rounded to N places`
    pub rounded: Option<u8>,
    /// scale of the exact sum, before rounding: the least at which every possible sum is an integer
    pub sum_scale: u8,
    /// bounds of the exact sum before the range is applied, in units of `sum_scale`
    pub sum_interval: Interval,
    /// scale of the score: `rounded` if written, else `sum_scale`
    pub scale: u8,
    /// bounds of the score
    pub interval: Interval,
    /// `running`: a balance that points change day by day, kept within the range
    pub running: Option<Expr>,
    pub span: Span,
}

impl Score {
    /// The sections of all its models, a shared one once for each.
    pub fn sections_of_models(&self) -> impl Iterator<Item = &Section> {
        self.personas.iter().flat_map(|persona| &persona.sections)
    }
}

#[derive(Clone, Debug)]
pub struct SectionName {
    pub name: String,
    pub display: Option<String>,
    /// scale of the section's score
    pub scale: u8,
    pub interval: Interval,
    /// some persona lacks it
    pub optional: bool,
}

#[derive(Clone, Debug)]
pub struct Persona {
    /// none for `otherwise` and for a score without personas
    pub condition: Option<Expr>,
    pub sections: Vec<Section>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Section {
    /// index into [`Score::sections`]
    pub name: usize,
    pub doc: Option<String>,
    pub kind: SectionKind,
    pub attributes: Vec<Attribute>,
    pub points: Vec<PointsRow>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SectionKind {
    /// per cent
    Weighted(Decimal),
    /// raw points, at most so many
    Points { up_to: Option<Decimal> },
}

#[derive(Clone, Debug)]
pub struct Attribute {
    pub doc: Option<String>,
    /// as written: `beds`, `territories[state].region`
    pub name: String,
    pub display: Option<String>,
    pub subject: Expr,
    /// per cent of the section; none in a points section
    pub weight: Option<Decimal>,
    /// in the order written; together they cover the subject's domain
    pub rows: Vec<BandRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BandRow {
    pub matchers: Vec<Matcher>,
    pub points: RowPoints,
    pub because: Option<String>,
    /// as written: `500 or more`
    pub text: String,
    pub span: Span,
}

/// What a row of an attribute or an edge of a grid matches. Rows do not overlap, except `Otherwise`, which takes what no
/// other row of its block takes (a missing value only if there is no `Missing` row), and over `some of`, where the highest matching
/// priority counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Matcher {
    /// choice index, or 0/1 of `yes_no`
    Choice(usize),
    /// folded
    Text(String),
    /// both ends in, in the subject's units; none is open
    Range {
        low: Option<i64>,
        high: Option<i64>,
    },
    Missing,
    Otherwise,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowPoints {
    Constant(Decimal),
    /// times the subject's value (`5 each` over a decimal 2 value of 1.50 gives 7.5)
    Each(Decimal),
    /// points for each full `step` (in the subject's units, positive), counted toward zero
    Per {
        points: Decimal,
        step: i64,
    },
}

/// `+5 when …` or `+100 per ask_for_rep …` of a points section.
#[derive(Clone, Debug)]
pub struct PointsRow {
    pub doc: Option<String>,
    pub points: Decimal,
    pub kind: PointsKind,
    pub because: Option<String>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PointsKind {
    When(Expr),
    /// the points for each full `every` of a measure that counts; the count keeps its places, if it has some, when `every` is 1
    Per {
        /// at least 1
        every: i64,
        count: Expr,
    },
}

#[derive(Clone, Debug)]
pub struct Adjust {
    pub doc: Option<String>,
    pub points: Decimal,
    pub condition: Expr,
    pub because: Option<String>,
    pub span: Span,
}
