//! Expressions and conditions as written, measures among them.

use super::{Duration, Name, Number, Text, TimeLiteral};
use crate::source::Span;

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Literal(Literal),
    /// `missing`, where a value stands (tests, `else` is not allowed to use it)
    Missing,
    /// `beds`, `readiness.demographic`, `stage`
    Path(Vec<Name>),
    /// `territories[state].queue`, `desks[product, state].queue`
    Cell {
        table: Name,
        keys: Vec<Expr>,
        column: Name,
    },
    Measure(Box<Measure>),
    /// `in parentheses`
    Paren(Box<Expr>),
    Arithmetic(Arithmetic),
    /// made of one other value
    Conversion(Conversion),
    /// a condition made of conditions
    Connective(Connective),
    /// a condition that asks something of values
    Predicate(Predicate),
}

#[derive(Clone, Debug)]
pub enum Literal {
    Number(Number),
    Text(String),
    YesNo(bool),
    Date(jiff::civil::Date),
    Time(TimeLiteral),
    /// it cannot be read, which has been reported
    Unreadable,
}

#[derive(Clone, Debug)]
pub enum Arithmetic {
    /// `a + b - c`; the first sign is `Plus`
    Sum(Vec<(Sign, Expr)>),
    /// `a * b / c % d to 2 places`; the first operator is `Times`
    Product { factors: Vec<(Factor, Expr)>, places: Option<(u8, Span)> },
    /// `larger of (A, B)`
    Larger(Vec<Expr>),
    /// `smaller of (A, B)`
    Smaller(Vec<Expr>),
}

#[derive(Clone, Debug)]
pub enum Conversion {
    /// `A else CONSTANT`
    Else { value: Box<Expr>, default: Box<Expr> },
    /// `days since A`
    DaysSince(Box<Expr>),
    /// `days until A`
    DaysUntil(Box<Expr>),
    /// `domain of email`
    DomainOf(Box<Expr>),
}

#[derive(Clone, Debug)]
pub enum Connective {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    /// `not a`; of several in a row one or two are kept, which mean the same
    Not(Box<Expr>),
    Implies(Box<Expr>, Box<Expr>),
}

#[derive(Clone, Debug)]
pub enum Predicate {
    /// `a >= b`
    Compare {
        left: Box<Expr>,
        operator: Comparison,
        operator_span: Span,
        right: Box<Expr>,
    },
    /// `a is B`, `a is not B`, `a is one of B, C`, `a is not one of B, C`
    Is {
        left: Box<Expr>,
        negated: bool,
        choices: Vec<Expr>,
        one_of: bool,
    },
    /// `a is same as b`, `a is not same as b`
    SameAs {
        left: Box<Expr>,
        negated: bool,
        right: Box<Expr>,
    },
    /// `a is missing` (known = false), `a is known`; `is not missing` and `is not known` turn it round
    IsKnown {
        left: Box<Expr>,
        known: bool,
    },
    /// `a between B and C`, `a is between B and C`, both ends in
    Between {
        left: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    /// `products has service`, `products has any of A, B` (all = false, when several)
    Has {
        left: Box<Expr>,
        choices: Vec<Expr>,
    },
    /// `path starts with "/careers"`
    StartsWith {
        left: Box<Expr>,
        text: Text,
    },
    EndsWith {
        left: Box<Expr>,
        text: Text,
    },
    Contains {
        left: Box<Expr>,
        text: Text,
    },
    /// `entering mql` as a condition
    Entering(Name),
    /// `leaving mql` as a condition
    Leaving(Name),
}

impl Expr {
    /// The expressions directly inside this one that are values of the lead: not the constants behind `is`, `has` and `else`, whose names
    /// are choices, and not the `where` of a measure, whose names are properties of a signal.
    pub fn each_value<'e>(&'e self, mut visit: impl FnMut(&'e Expr)) {
        match &self.kind {
            ExprKind::Literal(_) | ExprKind::Missing | ExprKind::Path(_) | ExprKind::Measure(_) => {}
            ExprKind::Cell { keys, .. } => keys.iter().for_each(visit),
            ExprKind::Paren(inner) => visit(inner),
            ExprKind::Arithmetic(arithmetic) => match arithmetic {
                Arithmetic::Sum(members) => members.iter().for_each(|(_, member)| visit(member)),
                Arithmetic::Product { factors, .. } => factors.iter().for_each(|(_, factor)| visit(factor)),
                Arithmetic::Larger(members) | Arithmetic::Smaller(members) => members.iter().for_each(visit),
            },
            ExprKind::Conversion(conversion) => match conversion {
                Conversion::Else { value: inner, .. }
                | Conversion::DaysSince(inner)
                | Conversion::DaysUntil(inner)
                | Conversion::DomainOf(inner) => visit(inner),
            },
            ExprKind::Connective(connective) => match connective {
                Connective::And(members) | Connective::Or(members) => members.iter().for_each(visit),
                Connective::Not(inner) => visit(inner),
                Connective::Implies(left, right) => [left, right].into_iter().for_each(|side| visit(side)),
            },
            ExprKind::Predicate(predicate) => match predicate {
                Predicate::Is { left, .. }
                | Predicate::IsKnown { left, .. }
                | Predicate::Has { left, .. }
                | Predicate::StartsWith { left, .. }
                | Predicate::EndsWith { left, .. }
                | Predicate::Contains { left, .. } => visit(left),
                Predicate::Compare { left, right, .. } | Predicate::SameAs { left, right, .. } => {
                    [left, right].into_iter().for_each(|side| visit(side));
                }
                Predicate::Between { left, low, high } => [left, low, high].into_iter().for_each(|part| visit(part)),
                Predicate::Entering(_) | Predicate::Leaving(_) => {}
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    Plus,
    Minus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    Times,
    Over,
    Remainder,
}

/// `>= > <= <`; equality is written `is`, see [`Predicate::Is`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    AtLeast,
    Above,
    AtMost,
    Below,
}

/// A measure over signals or over the stage log.
#[derive(Clone, Debug)]
pub struct Measure {
    pub kind: MeasureKind,
    pub subject: Subject,
    /// of `sum of`, `first of`, `last of`
    pub property: Option<Name>,
    pub condition: Option<Expr>,
    /// `in last N days`
    pub window: Option<Duration>,
    pub since: Option<Since>,
    pub cap: Option<Cap>,
    pub fading: Option<Fading>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureKind {
    CountOf,
    Any,
    SumOf,
    FirstOf,
    LastOf,
    DaysSinceLast,
    /// `days in mql`
    DaysIn,
}

#[derive(Clone, Debug)]
pub enum Subject {
    /// a signal or a group of signals
    Signal(Name),
    /// `entering mql`
    Entering(Name),
    Leaving(Name),
    /// of `days in mql`
    Stage(Name),
}

#[derive(Clone, Debug)]
pub enum Since {
    Entering(Name),
    LastSignal(Name),
}

/// `at most 1 per day`, `at most 1 per 90 days`, `at most 1 ever`
#[derive(Clone, Debug)]
pub struct Cap {
    pub amount: u64,
    pub per: Period,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Period {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Days(u64),
    Ever,
}

#[derive(Clone, Debug)]
pub enum Fading {
    /// `fading half every N days`
    HalfEvery(Duration),
    /// `fading to nothing over N days`
    ToNothingOver(Duration),
}
