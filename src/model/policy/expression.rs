//! Typed expressions and the lets that name them.

use std::cmp::Ordering;

use crate::model::{Constant, DecideId, Decimal, EventColumnId, FieldId, Interval, LetId, MeasureId, ScoreId, TableId, Type};
use crate::source::Span;
use crate::syntax::tree::{Factor, Sign};

#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub ty: Type,
    /// can be missing, where it is a result: a part of a greater calculation may leave 64 bits, see [`Arithmetic`]
    pub optional: bool,
    /// bounds of a known value, for numbers, dates and times; of a result, as `optional`
    pub range: Option<Interval>,
    pub span: Span,
}

impl Expr {
    /// The expressions directly inside, in the order written.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.kind {
            ExprKind::Constant(_)
            | ExprKind::Field(_)
            | ExprKind::Let(_)
            | ExprKind::Score(_)
            | ExprKind::Section(..)
            | ExprKind::Decide(_)
            | ExprKind::Stage
            | ExprKind::Measure(_)
            | ExprKind::Property(_)
            | ExprKind::Entering(_)
            | ExprKind::Leaving(_) => Vec::new(),
            ExprKind::Cell { keys, .. } => keys.iter().collect(),
            ExprKind::Sum(members) => members.iter().map(|(_, member)| member).collect(),
            ExprKind::Product(factors) => factors.iter().map(|(_, factor)| factor).collect(),
            ExprKind::Larger(members) | ExprKind::Smaller(members) | ExprKind::And(members) | ExprKind::Or(members) => {
                members.iter().collect()
            }
            ExprKind::Else(inner, _)
            | ExprKind::DaysSince(inner)
            | ExprKind::DaysUntil(inner)
            | ExprKind::DomainOf(inner)
            | ExprKind::Not(inner)
            | ExprKind::CompareConstant { left: inner, .. }
            | ExprKind::IsOneOf { left: inner, .. }
            | ExprKind::IsText { left: inner, .. }
            | ExprKind::IsKnown { left: inner, .. }
            | ExprKind::Has { left: inner, .. }
            | ExprKind::TextTest { left: inner, .. } => vec![inner],
            ExprKind::Remainder(left, right)
            | ExprKind::Implies(left, right)
            | ExprKind::Compare { left, right, .. }
            | ExprKind::SameAs { left, right, .. } => vec![left, right],
        }
    }
}

/// What an expression calculates of its parts. Where a part calculates as well, both are one calculation, whose parts may be of any size: only what is
/// not part of another is a result, and missing beyond 64 bits.
#[derive(Clone, Copy, Debug)]
pub enum Arithmetic<'e> {
    Sum(&'e [(Sign, Expr)]),
    Product(&'e [(Factor, Expr)]),
    Remainder(&'e Expr, &'e Expr),
    Larger(&'e [Expr]),
    Smaller(&'e [Expr]),
}

impl Expr {
    /// None of what is no calculation, and so a result or a value of the lead.
    pub fn arithmetic(&self) -> Option<Arithmetic<'_>> {
        match &self.kind {
            ExprKind::Sum(members) => Some(Arithmetic::Sum(members)),
            ExprKind::Product(factors) => Some(Arithmetic::Product(factors)),
            ExprKind::Remainder(left, right) => Some(Arithmetic::Remainder(left, right)),
            ExprKind::Larger(members) => Some(Arithmetic::Larger(members)),
            ExprKind::Smaller(members) => Some(Arithmetic::Smaller(members)),
            ExprKind::Constant(_)
            | ExprKind::Field(_)
            | ExprKind::Let(_)
            | ExprKind::Score(_)
            | ExprKind::Section(..)
            | ExprKind::Decide(_)
            | ExprKind::Stage
            | ExprKind::Cell { .. }
            | ExprKind::Else(..)
            | ExprKind::DaysSince(_)
            | ExprKind::DaysUntil(_)
            | ExprKind::DomainOf(_)
            | ExprKind::Measure(_)
            | ExprKind::Property(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Not(_)
            | ExprKind::Implies(..)
            | ExprKind::CompareConstant { .. }
            | ExprKind::Compare { .. }
            | ExprKind::IsOneOf { .. }
            | ExprKind::IsText { .. }
            | ExprKind::SameAs { .. }
            | ExprKind::IsKnown { .. }
            | ExprKind::Has { .. }
            | ExprKind::TextTest { .. }
            | ExprKind::Entering(_)
            | ExprKind::Leaving(_) => None,
        }
    }

    /// What `x between LOW and HIGH` is made of: `x >= LOW` and `x <= HIGH`, of one `x`.
    pub fn ends_of_between(&self) -> Option<[&Expr; 2]> {
        let ExprKind::And(members) = &self.kind else { return None };
        let [from, to] = members.as_slice() else { return None };
        match (&from.kind, &to.kind) {
            (ExprKind::CompareConstant { left, .. }, ExprKind::CompareConstant { left: same, .. }) if left.span == same.span => {
                Some([from, to])
            }
            _ => None,
        }
    }

    /// The same with a constant in place of a field.
    pub(crate) fn with_constant(mut self, field: FieldId, value: i64) -> Expr {
        let mut rest = vec![&mut self];
        while let Some(expr) = rest.pop() {
            if let ExprKind::Field(found) = expr.kind {
                if found == field {
                    expr.kind = ExprKind::Constant(Constant::Integer(value));
                }
                continue;
            }
            rest.extend(expr.children_mut());
        }
        self
    }

    pub(crate) fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.kind {
            ExprKind::Constant(_)
            | ExprKind::Field(_)
            | ExprKind::Let(_)
            | ExprKind::Score(_)
            | ExprKind::Section(..)
            | ExprKind::Decide(_)
            | ExprKind::Stage
            | ExprKind::Measure(_)
            | ExprKind::Property(_)
            | ExprKind::Entering(_)
            | ExprKind::Leaving(_) => Vec::new(),
            ExprKind::Cell { keys, .. } => keys.iter_mut().collect(),
            ExprKind::Sum(members) => members.iter_mut().map(|(_, member)| member).collect(),
            ExprKind::Product(factors) => factors.iter_mut().map(|(_, factor)| factor).collect(),
            ExprKind::Larger(members) | ExprKind::Smaller(members) | ExprKind::And(members) | ExprKind::Or(members) => {
                members.iter_mut().collect()
            }
            ExprKind::Else(inner, _)
            | ExprKind::DaysSince(inner)
            | ExprKind::DaysUntil(inner)
            | ExprKind::DomainOf(inner)
            | ExprKind::Not(inner)
            | ExprKind::CompareConstant { left: inner, .. }
            | ExprKind::IsOneOf { left: inner, .. }
            | ExprKind::IsText { left: inner, .. }
            | ExprKind::IsKnown { left: inner, .. }
            | ExprKind::Has { left: inner, .. }
            | ExprKind::TextTest { left: inner, .. } => vec![inner],
            ExprKind::Remainder(left, right)
            | ExprKind::Implies(left, right)
            | ExprKind::Compare { left, right, .. }
            | ExprKind::SameAs { left, right, .. } => vec![left, right],
        }
    }
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Constant(Constant),
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    /// index into [`super::Score::sections`]
    Section(ScoreId, usize),
    Decide(DecideId),
    /// the stage before the transition
    Stage,
    /// without keys: of the row at hand, in the `skip` of a rotation
    Cell {
        table: TableId,
        keys: Vec<Expr>,
        column: usize,
    },
    /// members keep their own scale; the sum has the largest
    Sum(Vec<(Sign, Expr)>),
    /// `Times` and `Over` only: the exact quotient of all numerators by all denominators, rounded once, half away from zero,
    /// to the scale of the expression's type (which is the sum of scales if there is no denominator and no `to N places`)
    Product(Vec<(Factor, Expr)>),
    /// `left % right`: sign of the left side, scale the larger of both, missing when the right side is zero
    Remainder(Box<Expr>, Box<Expr>),
    Larger(Vec<Expr>),
    Smaller(Vec<Expr>),
    Else(Box<Expr>, Constant),
    /// whole days from the value's calendar day to as-of's, in the policy's zone; missing if negative
    DaysSince(Box<Expr>),
    DaysUntil(Box<Expr>),
    /// the part behind the last `@` of a text, missing without one
    DomainOf(Box<Expr>),
    /// a value that the lead's history gives
    Measure(MeasureId),
    /// a property of the signal at hand; only in [`super::EventCondition`]s
    Property(EventColumnId),

    // conditions: `yes_no`, never missing
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Implies(Box<Expr>, Box<Expr>),
    /// a number, date or time with a constant; the constant may have more places than the left side
    CompareConstant {
        left: Box<Expr>,
        operator: Operator,
        right: Decimal,
    },
    /// two values of one unit, perhaps of two scales
    Compare {
        left: Box<Expr>,
        operator: Operator,
        right: Box<Expr>,
    },
    /// `is one of`: choice indexes, 0/1 of `yes_no`, or numbers, dates, times in the left side's units
    IsOneOf {
        left: Box<Expr>,
        negated: bool,
        values: Vec<i64>,
    },
    /// texts folded with [`value::fold_text`]
    IsText {
        left: Box<Expr>,
        negated: bool,
        values: Vec<String>,
    },
    SameAs {
        left: Box<Expr>,
        negated: bool,
        right: Box<Expr>,
    },
    IsKnown {
        left: Box<Expr>,
        known: bool,
    },
    /// any of the bits
    Has {
        left: Box<Expr>,
        mask: i64,
    },
    TextTest {
        left: Box<Expr>,
        test: TextTest,
        text: String,
    },
    Entering(usize),
    Leaving(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

impl TextTest {
    /// Whether a folded text passes, with the folded part that is looked for.
    pub fn holds(self, folded: &str, part: &str) -> bool {
        match self {
            TextTest::StartsWith => folded.starts_with(part),
            TextTest::EndsWith => folded.ends_with(part),
            TextTest::Contains => folded.contains(part),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    AtLeast,
    Above,
    AtMost,
    Below,
}

impl Operator {
    /// Whether it holds of a left side that compares so with the right side.
    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Operator::AtLeast => order.is_ge(),
            Operator::Above => order.is_gt(),
            Operator::AtMost => order.is_le(),
            Operator::Below => order.is_lt(),
        }
    }
}

#[derive(Clone, Debug)]
pub struct Let {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    pub value: Expr,
    pub span: Span,
}
