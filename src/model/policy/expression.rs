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

/// The expressions directly inside a kind, in the order written; with `iter` or `iter_mut`.
macro_rules! children {
    ($kind:expr, $iter:ident) => {
        match $kind {
            ExprKind::Constant(_) => Vec::new(),
            ExprKind::Reference(reference) => match reference {
                Reference::Cell { keys, .. } => keys.$iter().collect(),
                Reference::Field(_)
                | Reference::Let(_)
                | Reference::Score(_)
                | Reference::Section(..)
                | Reference::Decide(_)
                | Reference::Stage
                | Reference::Measure(_)
                | Reference::Property(_) => Vec::new(),
            },
            ExprKind::Arithmetic(arithmetic) => match arithmetic {
                Arithmetic::Sum(members) => members.$iter().map(|(_, member)| member).collect(),
                Arithmetic::Product(factors) => factors.$iter().map(|(_, factor)| factor).collect(),
                Arithmetic::Remainder(left, right) => vec![left, right],
                Arithmetic::Larger(members) | Arithmetic::Smaller(members) => members.$iter().collect(),
            },
            ExprKind::Conversion(conversion) => match conversion {
                Conversion::Else(inner, _) | Conversion::DaysSince(inner) | Conversion::DaysUntil(inner) | Conversion::DomainOf(inner) => {
                    vec![inner]
                }
            },
            ExprKind::Connective(connective) => match connective {
                Connective::And(members) | Connective::Or(members) => members.$iter().collect(),
                Connective::Not(inner) => vec![inner],
                Connective::Implies(left, right) => vec![left, right],
            },
            ExprKind::Predicate(predicate) => match predicate {
                Predicate::CompareConstant { left, .. }
                | Predicate::IsOneOf { left, .. }
                | Predicate::IsText { left, .. }
                | Predicate::IsKnown { left, .. }
                | Predicate::Has { left, .. }
                | Predicate::TextTest { left, .. } => vec![left],
                Predicate::Compare { left, right, .. } | Predicate::SameAs { left, right, .. } => vec![left, right],
                Predicate::Entering(_) | Predicate::Leaving(_) => Vec::new(),
            },
        }
    };
}

impl Expr {
    /// The expressions directly inside, in the order written.
    pub fn children(&self) -> Vec<&Expr> {
        children!(&self.kind, iter)
    }

    pub(crate) fn children_mut(&mut self) -> Vec<&mut Expr> {
        children!(&mut self.kind, iter_mut)
    }

    /// What `x between LOW and HIGH` is made of: `x >= LOW` and `x <= HIGH`, of one `x`.
    pub fn ends_of_between(&self) -> Option<[&Expr; 2]> {
        let ExprKind::Connective(Connective::And(members)) = &self.kind else { return None };
        let [from, to] = members.as_slice() else { return None };
        match (&from.kind, &to.kind) {
            (
                ExprKind::Predicate(Predicate::CompareConstant { left, .. }),
                ExprKind::Predicate(Predicate::CompareConstant { left: same, .. }),
            ) if left.span == same.span => Some([from, to]),
            _ => None,
        }
    }

    /// The same with a constant in place of a field.
    pub(crate) fn with_constant(mut self, field: FieldId, value: i64) -> Expr {
        let mut rest = vec![&mut self];
        while let Some(expr) = rest.pop() {
            if let ExprKind::Reference(Reference::Field(found)) = expr.kind {
                if found == field {
                    expr.kind = ExprKind::Constant(Constant::Integer(value));
                }
                continue;
            }
            rest.extend(expr.children_mut());
        }
        self
    }
}

#[derive(Clone, Debug)]
pub enum ExprKind {
    Constant(Constant),
    /// what is read as it is
    Reference(Reference),
    Arithmetic(Arithmetic),
    /// made of one other value
    Conversion(Conversion),
    /// a condition made of conditions: `yes_no`, never missing
    Connective(Connective),
    /// a condition that asks something of values: `yes_no`, never missing
    Predicate(Predicate),
}

impl From<Connective> for ExprKind {
    fn from(connective: Connective) -> ExprKind {
        ExprKind::Connective(connective)
    }
}

impl From<Predicate> for ExprKind {
    fn from(predicate: Predicate) -> ExprKind {
        ExprKind::Predicate(predicate)
    }
}

/// A value that the lead has, or that the policy has named.
#[derive(Clone, Debug)]
pub enum Reference {
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
    /// a value that the lead's history gives
    Measure(MeasureId),
    /// a property of the signal at hand; only in [`super::EventCondition`]s
    Property(EventColumnId),
}

/// What an expression calculates of its parts. Where a part calculates as well, both are one calculation, whose parts may be of any size: only what is
/// not part of another is a result, and missing beyond 64 bits.
#[derive(Clone, Debug)]
pub enum Arithmetic {
    /// members keep their own scale; the sum has the largest
    Sum(Vec<(Sign, Expr)>),
    /// `Times` and `Over` only: the exact quotient of all numerators by all denominators, rounded once, half away from zero,
    /// to the scale of the expression's type (which is the sum of scales if there is no denominator and no `to N places`)
    Product(Vec<(Factor, Expr)>),
    /// `left % right`: sign of the left side, scale the larger of both, missing when the right side is zero
    Remainder(Box<Expr>, Box<Expr>),
    Larger(Vec<Expr>),
    Smaller(Vec<Expr>),
}

#[derive(Clone, Debug)]
pub enum Conversion {
    Else(Box<Expr>, Constant),
    /// whole days from the value's calendar day to as-of's, in the policy's zone; missing if negative
    DaysSince(Box<Expr>),
    DaysUntil(Box<Expr>),
    /// the part behind the last `@` of a text, missing without one
    DomainOf(Box<Expr>),
}

#[derive(Clone, Debug)]
pub enum Connective {
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Implies(Box<Expr>, Box<Expr>),
}

/// All but [`Predicate::IsKnown`] are no where a value is missing.
#[derive(Clone, Debug)]
pub enum Predicate {
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
