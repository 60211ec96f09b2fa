//! What conditions say of one value at a time: as far as text and ranges alone show it.
//!
//! Enters: typed conditions. Leaves: [`Case`]s, each a set of allowed values per subject (a subject is a value as its text names it). Always holds: what
//! cannot be read this way (`or` inside `and`, a comparison of two values) is a subject of its own, known by its text, so nothing that is said of
//! cases is wrong, only less than could be said; sets are exact, missing values included.

use std::collections::BTreeMap;

use super::Context;
use crate::model::{Connective, Expr, ExprKind, Operator, Predicate, Type};
use crate::source::Span;

/// The values that a subject may have. Numbers, dates, choices and yes/no are integers; of texts only those written are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    pub missing: bool,
    known: Known,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    /// both ends in, ascending, not touching
    Integers(Vec<(i64, i64)>),
    /// these texts, or all but these
    Texts { all_but: bool, texts: Vec<String> },
}

/// One way in which a condition can hold: all of these at once.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub facts: BTreeMap<String, Fact>,
}

#[derive(Clone, Debug)]
pub struct Fact {
    pub set: Set,
    /// where it is said first
    pub span: Span,
}

/// More rows than that are never compared with one another.
pub const ROWS_COMPARED_MAX: usize = 256;

/// The ways in which the condition can hold: one for each member of an `or`.
pub fn cases(context: &Context<'_>, condition: &Expr) -> Vec<Case> {
    match &condition.kind {
        ExprKind::Connective(Connective::Or(members)) => members.iter().map(|member| case(context, member)).collect(),
        _ => vec![case(context, condition)],
    }
}

/// What holds whenever the condition does.
fn case(context: &Context<'_>, condition: &Expr) -> Case {
    let mut case = Case::default();
    let mut open = vec![condition];
    while let Some(expr) = open.pop() {
        if let ExprKind::Connective(Connective::And(members)) = &expr.kind {
            open.extend(members.iter().rev());
            continue;
        }
        let (subject, set) = fact(context, expr);
        case.facts.entry(subject).and_modify(|fact| fact.set = fact.set.both(&set)).or_insert(Fact { set, span: expr.span });
    }
    case
}

impl Case {
    /// The subject that can have no value at all.
    pub fn contradiction(&self) -> Option<(&String, &Fact)> {
        self.facts.iter().find(|(_, fact)| fact.set.is_empty())
    }

    /// Whether the other case holds whenever this one does.
    pub fn implies(&self, other: &Case) -> bool {
        other.facts.iter().all(|(subject, wanted)| self.facts.get(subject).is_some_and(|fact| fact.set.is_within(&wanted.set)))
    }
}

/// Whether one condition holds whenever the other does.
pub fn implies(cases: &[Case], others: &[Case]) -> bool {
    !cases.is_empty() && cases.iter().all(|case| others.iter().any(|other| case.implies(other)))
}

/// Whether one of the conditions holds whatever the value that they are about: `demo` and `not demo`, `beds < 50` and `beds >= 50`.
pub fn cover(context: &Context<'_>, conditions: &[&Expr]) -> bool {
    let mut left: BTreeMap<String, Set> = BTreeMap::new();
    for condition in conditions {
        let ways = match &condition.kind {
            ExprKind::Connective(Connective::Or(members)) => members.as_slice(),
            _ => std::slice::from_ref(*condition),
        };
        for way in ways.iter().filter(|way| !matches!(way.kind, ExprKind::Connective(Connective::And(_)))) {
            let (subject, set) = fact(context, way);
            let before = left.remove(&subject).unwrap_or_else(|| domain(context, asked_of(way)));
            left.insert(subject, set.other().both(&before));
        }
    }
    left.values().any(Set::is_empty)
}

/// The value that a comparison asks, behind every `not`.
fn asked_of(mut expr: &Expr) -> &Expr {
    while let ExprKind::Connective(Connective::Not(inner)) = &expr.kind {
        expr = inner;
    }
    expr.children().first().copied().filter(|_| !is_bare(expr)).unwrap_or(expr)
}

/// What one comparison says of its subject.
pub fn fact(context: &Context<'_>, expr: &Expr) -> (String, Set) {
    let subject = |left: &Expr| context.plain(left.span);
    match &expr.kind {
        ExprKind::Predicate(Predicate::CompareConstant { left, operator, right }) => {
            let scale = scale_of(left.ty);
            // to units of the left side: the largest integer not above the constant, and whether it is the constant itself
            let (floor, exact) = if right.places <= scale {
                (right.mantissa.saturating_mul(10_i128.saturating_pow(u32::from(scale - right.places))), true)
            } else {
                let unit = 10_i128.saturating_pow(u32::from(right.places - scale));
                (right.mantissa.div_euclid(unit), right.mantissa.rem_euclid(unit) == 0)
            };
            let (low, high) = match operator {
                Operator::AtLeast => (if exact { floor } else { floor + 1 }, i128::MAX),
                Operator::Above => (floor + 1, i128::MAX),
                Operator::AtMost => (i128::MIN, floor),
                Operator::Below => (i128::MIN, if exact { floor - 1 } else { floor }),
            };
            let clamp = |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
            let range =
                if low > i128::from(i64::MAX) || high < i128::from(i64::MIN) { Vec::new() } else { vec![(clamp(low), clamp(high))] };
            (subject(left), Set { missing: false, known: Known::Integers(range) }.both(&domain(context, left)))
        }
        ExprKind::Predicate(Predicate::IsOneOf { left, negated, values }) => {
            let set = Set { missing: false, known: integers(values) };
            let set = if *negated { Set { missing: false, ..set.other() } } else { set };
            (subject(left), set.both(&domain(context, left)))
        }
        ExprKind::Predicate(Predicate::IsText { left, negated, values }) => {
            let mut texts = values.clone();
            texts.sort();
            texts.dedup();
            (subject(left), Set { missing: false, known: Known::Texts { all_but: *negated, texts } })
        }
        ExprKind::Predicate(Predicate::IsKnown { left, known }) => {
            let domain = domain(context, left);
            (subject(left), if *known { Set { missing: false, ..domain } } else { Set { missing: true, ..domain.none() } })
        }
        ExprKind::Connective(Connective::Not(inner)) => {
            let mut inner = inner;
            let mut negated = true;
            while let ExprKind::Connective(Connective::Not(deeper)) = &inner.kind {
                inner = deeper;
                negated = !negated;
            }
            if matches!(inner.kind, ExprKind::Connective(Connective::And(_))) {
                return (context.plain(expr.span), yes());
            }
            let (subject, set) = fact(context, inner);
            if !negated {
                return (subject, set);
            }
            (subject, set.other().both(&domain(context, asked_of(inner))))
        }
        _ => (subject(expr), yes()),
    }
}

/// A condition that is a value by itself, or that is known by its text.
fn is_bare(expr: &Expr) -> bool {
    !matches!(
        expr.kind,
        ExprKind::Predicate(
            Predicate::CompareConstant { .. } | Predicate::IsOneOf { .. } | Predicate::IsText { .. } | Predicate::IsKnown { .. }
        )
    )
}

fn yes() -> Set {
    Set { missing: false, known: Known::Integers(vec![(1, 1)]) }
}

/// Everything that the value can be.
pub fn domain(context: &Context<'_>, value: &Expr) -> Set {
    let range = |low, high| Known::Integers(vec![(low, high)]);
    let known = match value.ty {
        Type::Text => Known::Texts { all_but: true, texts: Vec::new() },
        Type::YesNo => range(0, 1),
        Type::OneOf(choices) => {
            let count = context.policy.choices.get(choices).map_or(0, |choices| choices.members.len());
            range(0, count as i64 - 1)
        }
        Type::SomeOf(_) => range(i64::MIN, i64::MAX),
        Type::Number { .. } | Type::Date | Type::Time => match value.range {
            Some(bounds) => range(bounds.low, bounds.high),
            None => range(i64::MIN, i64::MAX),
        },
    };
    Set { missing: value.optional, known }
}

fn scale_of(ty: Type) -> u8 {
    match ty {
        Type::Number { scale, .. } => scale,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => 0,
    }
}

fn integers(values: &[i64]) -> Known {
    let mut values = values.to_vec();
    values.sort_unstable();
    let mut ranges: Vec<(i64, i64)> = Vec::new();
    for value in values {
        match ranges.last_mut() {
            Some((_, high)) if *high >= value.saturating_sub(1) => *high = value,
            _ => ranges.push((value, value)),
        }
    }
    Known::Integers(ranges)
}

impl Set {
    pub fn is_empty(&self) -> bool {
        !self.missing
            && match &self.known {
                Known::Integers(ranges) => ranges.is_empty(),
                Known::Texts { all_but, texts } => !all_but && texts.is_empty(),
            }
    }

    /// No value at all, of the same kind.
    fn none(&self) -> Set {
        let known = match &self.known {
            Known::Integers(_) => Known::Integers(Vec::new()),
            Known::Texts { .. } => Known::Texts { all_but: false, texts: Vec::new() },
        };
        Set { missing: false, known }
    }

    /// Every value that is not in it, missing included.
    fn other(&self) -> Set {
        let known = match &self.known {
            Known::Integers(ranges) => {
                let mut rest = Vec::new();
                let mut from = Some(i64::MIN);
                for (low, high) in ranges {
                    if let Some(from) = from.filter(|from| from < low) {
                        rest.push((from, low - 1));
                    }
                    from = high.checked_add(1);
                }
                rest.extend(from.map(|from| (from, i64::MAX)));
                Known::Integers(rest)
            }
            Known::Texts { all_but, texts } => Known::Texts { all_but: !all_but, texts: texts.clone() },
        };
        Set { missing: !self.missing, known }
    }

    /// What is in both.
    pub fn both(&self, other: &Set) -> Set {
        let known = match (&self.known, &other.known) {
            (Known::Integers(first), Known::Integers(second)) => {
                let mut both = Vec::new();
                let (mut left, mut right) = (first.iter().peekable(), second.iter().peekable());
                while let (Some((low, high)), Some((other_low, other_high))) = (left.peek(), right.peek()) {
                    let (from, to) = (*low.max(other_low), *high.min(other_high));
                    if from <= to {
                        both.push((from, to));
                    }
                    if high <= other_high {
                        left.next()
                    } else {
                        right.next()
                    };
                }
                Known::Integers(both)
            }
            (Known::Texts { all_but: false, texts }, Known::Texts { all_but, texts: others })
            | (Known::Texts { all_but, texts: others }, Known::Texts { all_but: false, texts }) => {
                Known::Texts { all_but: false, texts: texts.iter().filter(|text| others.contains(text) != *all_but).cloned().collect() }
            }
            (Known::Texts { texts, .. }, Known::Texts { texts: others, .. }) => {
                let mut texts: Vec<String> = texts.iter().chain(others).cloned().collect();
                texts.sort();
                texts.dedup();
                Known::Texts { all_but: true, texts }
            }
            // one subject has one type
            (known @ Known::Integers(_), Known::Texts { .. }) | (known @ Known::Texts { .. }, Known::Integers(_)) => known.clone(),
        };
        Set { missing: self.missing && other.missing, known }
    }

    pub fn is_within(&self, other: &Set) -> bool {
        self.both(other) == *self
    }
}
