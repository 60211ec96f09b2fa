//! What is worked out for a lead, as written: lets, scores, decides and grids.

use super::{Cap, Duration, Expr, Fading, Name, Number, Since, Subject, Text};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Let {
    pub name: Name,
    pub display: Option<Text>,
    pub value: Expr,
}

#[derive(Clone, Debug)]
pub struct Score {
    pub name: Name,
    pub display: Option<Text>,
    pub running: Option<Span>,
    /// `from 0 to 100`
    pub range: Option<(Number, Number)>,
    /// `rounded to 0 places`
    pub rounded: Option<(u8, Span)>,
    pub parts: Vec<ScorePart>,
}

impl Score {
    /// Its sections, those of its models for some leads among them, in the order of the text.
    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.parts.iter().flat_map(|part| match part {
            ScorePart::Section(section) => std::slice::from_ref(section),
            ScorePart::Persona { sections, .. } => sections.as_slice(),
            ScorePart::Adjust(_) => &[],
        })
    }
}

#[derive(Clone, Debug)]
pub enum ScorePart {
    Section(Section),
    Adjust(Adjust),
    /// `for role is pharmacist { … }`, `otherwise { … }` (condition none)
    Persona {
        condition: Option<Expr>,
        sections: Vec<Section>,
        span: Span,
    },
}

impl ScorePart {
    /// If it is a section of its own.
    pub fn section(&self) -> Option<&Section> {
        match self {
            ScorePart::Section(section) => Some(section),
            ScorePart::Adjust(_) | ScorePart::Persona { .. } => None,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Section {
    pub doc: Option<Text>,
    pub name: Name,
    pub display: Option<Text>,
    /// `40%`
    pub weight: Option<Number>,
    /// `points`
    pub points: Option<Span>,
    /// `up to 45`
    pub up_to: Option<Number>,
    pub rows: Vec<SectionRow>,
    pub span: Span,
}

impl Section {
    /// Whether its rows give raw points: it says so, or nothing in it makes sense otherwise.
    pub fn gives_points(&self) -> bool {
        self.points.is_some() || self.lacks_points()
    }

    /// Whether it has no weight, neither has anything in it, and it does not say `points`.
    pub fn lacks_points(&self) -> bool {
        let has_weight = |row: &SectionRow| match row {
            SectionRow::Attribute(attribute) => attribute.weight.is_some(),
            SectionRow::Points(_) => false,
        };
        self.points.is_none() && self.weight.is_none() && !self.rows.is_empty() && !self.rows.iter().any(has_weight)
    }
}

#[derive(Clone, Debug)]
pub enum SectionRow {
    Attribute(Attribute),
    Points(PointsRow),
}

/// `beds 30% { … }`; in a points section without a weight
#[derive(Clone, Debug)]
pub struct Attribute {
    pub doc: Option<Text>,
    /// a path or a cell
    pub subject: Expr,
    pub display: Option<Text>,
    pub weight: Option<Number>,
    pub rows: Vec<BandRow>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct BandRow {
    pub patterns: Vec<Pattern>,
    pub points: Points,
    pub because: Option<Text>,
    pub span: Span,
}

/// What a row of an attribute, a grid's edge matches.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub kind: PatternKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PatternKind {
    /// a choice, `yes`, `"OH"`, a number, a date
    Value(Expr),
    /// `500 or more`
    OrMore(Expr),
    /// `under 100`
    Under(Expr),
    /// `100 to 499`, both in
    To(Expr, Expr),
    /// `100 to under 500`
    ToUnder(Expr, Expr),
    Missing,
    Otherwise,
}

impl PatternKind {
    /// The values that it names.
    pub fn ends(&self) -> Vec<&Expr> {
        match self {
            PatternKind::Value(end) | PatternKind::OrMore(end) | PatternKind::Under(end) => vec![end],
            PatternKind::To(low, high) | PatternKind::ToUnder(low, high) => vec![low, high],
            PatternKind::Missing | PatternKind::Otherwise => Vec::new(),
        }
    }
}

#[derive(Clone, Debug)]
pub enum Points {
    Constant(Number),
    /// `2 each`
    Each(Number, Span),
    /// `1 per 500`
    Per(Number, Number, Span),
}

/// A row of a points section.
#[derive(Clone, Debug)]
pub struct PointsRow {
    pub doc: Option<Text>,
    pub points: Number,
    pub kind: PointsKind,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PointsKind {
    /// `-5 when quiet_days > 30`
    When(Expr),
    /// `+100 per ask_for_rep where … at most 1 per day`, `-25 per 3 careers_view`
    Per {
        every: u64,
        subject: Subject,
        condition: Option<Expr>,
        window: Option<Duration>,
        since: Option<Since>,
        cap: Option<Cap>,
        fading: Option<Fading>,
    },
    /// `-10 per 30 days without scoring at most 3 ever`
    PerQuiet { duration: Duration, signal: Name, cap: Option<Cap> },
}

#[derive(Clone, Debug)]
pub struct Adjust {
    pub doc: Option<Text>,
    pub points: Number,
    pub condition: Expr,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Decide {
    pub name: Name,
    pub display: Option<Text>,
    pub rows: Vec<DecideRow>,
}

#[derive(Clone, Debug)]
pub struct DecideRow {
    pub doc: Option<Text>,
    pub outcome: Name,
    pub display: Option<Text>,
    pub guard: Guard,
    pub because: Option<Text>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Guard {
    When(Expr),
    Otherwise(Span),
}

/// `grid grade of fit across engagement { 75 or more, under 75   70 or more a1, a2   under 70 b1, b2 }`
#[derive(Clone, Debug)]
pub struct Grid {
    pub name: Name,
    pub display: Option<Text>,
    /// `of`: what the rows cut
    pub rows_of: Expr,
    /// `across`: what the columns cut
    pub columns_of: Expr,
    pub columns: Vec<Pattern>,
    pub rows: Vec<GridRow>,
}

#[derive(Clone, Debug)]
pub struct GridRow {
    pub pattern: Pattern,
    pub outcomes: Vec<Name>,
    pub span: Span,
}
