//! How a value could be brought about: guesses for the interpreter to judge.
//!
//! Enters: an expression and what it should be. Leaves: bundles of [`Move`]s, each of which may do it. Always holds: their number is bounded, and so is the depth of
//! the search; a guess may be wrong, for nothing here says what a lead gets.

mod rows;

use std::cell::Cell;

use super::histories::{history, plain_value, text_for};
use super::moves::Move;
use crate::model::{
    Arithmetic, Connective, Constant, Conversion, Decimal, Expr, ExprKind, Field, FieldId, Operator, Policy, Predicate, Reference, Type,
};
use crate::syntax::tree::{Factor, Sign};

pub type Bundle = Vec<Move>;

/// What a value should be, in the units of its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    Missing,
    /// both ends in; none is open
    Range(Option<i64>, Option<i64>),
    Text(String),
    /// of a set of choices
    Bits(i64),
    /// of a condition
    Truth(bool),
}

impl Want {
    pub fn exactly(value: i64) -> Want {
        Want::Range(Some(value), Some(value))
    }

    fn takes(&self, value: i64) -> bool {
        match self {
            Want::Range(low, high) => low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high),
            Want::Truth(truth) => i64::from(*truth) == value,
            Want::Bits(bits) => *bits == value,
            Want::Missing | Want::Text(_) => false,
        }
    }
}

/// No part of a plan has more alternatives.
const ALTERNATIVES_MAX: usize = 8;
/// Derived values of derived values of …
pub const DEPTH_MAX: usize = 12;
/// Rows over decides over rows over …: what a place needs is found soon or not at all.
const WORK_MAX: usize = 20_000;

/// Values just inside an interval: its ends, or one near zero if both are open.
pub fn boundary(low: Option<i64>, high: Option<i64>) -> Vec<i64> {
    match (low, high) {
        (Some(low), Some(high)) if low == high => vec![low],
        (Some(low), Some(high)) => vec![low, high],
        (Some(end), None) | (None, Some(end)) => vec![end],
        (None, None) => vec![0],
    }
}

/// A constant in the units of a type, cut to whole units.
pub fn value_of(constant: Decimal, ty: Type) -> Option<i64> {
    let scale = match ty {
        Type::Number { scale, .. } => scale,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => 0,
    };
    constant.at_scale(scale).or_else(|| {
        let shift = u32::from(constant.places.checked_sub(scale)?);
        i64::try_from(constant.mantissa.div_euclid(10i128.checked_pow(shift)?)).ok()
    })
}

pub struct Solver<'p> {
    pub policy: &'p Policy,
    /// how many more expressions are looked at
    work_left: Cell<usize>,
}

impl<'p> Solver<'p> {
    pub fn new(policy: &'p Policy) -> Solver<'p> {
        Solver { policy, work_left: Cell::new(WORK_MAX) }
    }

    /// Alternatives; none at all if nothing is known of how to bring it about.
    pub fn solve(&self, expr: &Expr, want: &Want) -> Vec<Bundle> {
        let mut found = self.expression(expr, want, DEPTH_MAX);
        found.truncate(ALTERNATIVES_MAX);
        found
    }

    pub fn holds(&self, condition: &Expr, wanted: bool) -> Vec<Bundle> {
        self.solve(condition, &Want::Truth(wanted))
    }

    pub fn expression(&self, expr: &Expr, want: &Want, depth: usize) -> Vec<Bundle> {
        let (Some(depth), Some(work_left)) = (depth.checked_sub(1), self.work_left.get().checked_sub(1)) else { return Vec::new() };
        self.work_left.set(work_left);
        let truth = if let Want::Truth(truth) = want { *truth } else { true };
        match &expr.kind {
            ExprKind::Constant(_) => Vec::new(),
            ExprKind::Reference(reference) => self.reference(reference, want, depth),
            ExprKind::Arithmetic(arithmetic) => self.arithmetic(expr, arithmetic, want),
            ExprKind::Conversion(conversion) => self.conversion(conversion, want, depth),
            ExprKind::Connective(connective) => self.connective(connective, truth, depth),
            ExprKind::Predicate(predicate) => self.predicate(predicate, truth, depth),
        }
    }

    fn reference(&self, reference: &Reference, want: &Want, depth: usize) -> Vec<Bundle> {
        match reference {
            Reference::Field(id) => self.field(*id, want),
            Reference::Let(id) => self.policy.lets.get(*id).map(|one| self.expression(&one.value, want, depth)).unwrap_or_default(),
            Reference::Measure(id) => self.policy.measures.get(*id).map(|measure| history(self.policy, measure, want)).unwrap_or_default(),
            Reference::Score(id) => self.policy.scores.get(*id).map(|score| self.score(score, None, want, depth)).unwrap_or_default(),
            Reference::Section(id, section) => {
                self.policy.scores.get(*id).map(|score| self.score(score, Some(*section), want, depth)).unwrap_or_default()
            }
            Reference::Decide(id) => self.decide(*id, want, depth),
            Reference::Stage => match want {
                Want::Range(Some(stage), _) => usize::try_from(*stage).map(|stage| vec![vec![Move::Stage(stage)]]).unwrap_or_default(),
                Want::Range(None, _) | Want::Missing | Want::Text(_) | Want::Bits(_) | Want::Truth(_) => Vec::new(),
            },
            Reference::Cell { table, keys, column } => self.cell(*table, keys, *column, want, depth),
            Reference::Property(_) => Vec::new(),
        }
    }

    /// What several values make together is for the interpreter to find out.
    fn arithmetic(&self, whole: &Expr, arithmetic: &Arithmetic, want: &Want) -> Vec<Bundle> {
        match arithmetic {
            Arithmetic::Sum(members) => {
                let values = members.iter().map(|(sign, member)| (member, *sign == Sign::Plus));
                self.first_of_many(whole, want, values.collect(), 0)
            }
            Arithmetic::Product(factors) => {
                let values = factors.iter().map(|(factor, value)| (value, *factor == Factor::Times));
                self.first_of_many(whole, want, values.collect(), 1)
            }
            Arithmetic::Remainder(..) | Arithmetic::Larger(_) | Arithmetic::Smaller(_) => Vec::new(),
        }
    }

    fn conversion(&self, conversion: &Conversion, want: &Want, depth: usize) -> Vec<Bundle> {
        match conversion {
            Conversion::Else(inner, constant) => {
                let mut found = self.expression(inner, want, depth);
                if matches!(constant, Constant::Integer(value) if want.takes(*value)) {
                    found.extend(self.expression(inner, &Want::Missing, depth));
                }
                found
            }
            Conversion::DaysSince(inner) => self.days(inner, want, -1, depth),
            Conversion::DaysUntil(inner) => self.days(inner, want, 1, depth),
            Conversion::DomainOf(inner) => match want {
                Want::Text(domain) => self.expression(inner, &Want::Text(format!("a@{domain}")), depth),
                Want::Missing | Want::Range(..) | Want::Bits(_) | Want::Truth(_) => self.expression(inner, want, depth),
            },
        }
    }

    fn connective(&self, connective: &Connective, truth: bool, depth: usize) -> Vec<Bundle> {
        match connective {
            Connective::And(members) => self.members(members, truth, depth),
            Connective::Or(members) => self.members_of_or(members, truth, depth),
            Connective::Not(inner) => self.expression(inner, &Want::Truth(!truth), depth),
            Connective::Implies(left, right) if truth => {
                let mut found = self.expression(right, &Want::Truth(true), depth);
                found.extend(self.expression(left, &Want::Truth(false), depth));
                found
            }
            Connective::Implies(left, right) => {
                combined(&[self.expression(left, &Want::Truth(true), depth), self.expression(right, &Want::Truth(false), depth)])
            }
        }
    }

    fn predicate(&self, predicate: &Predicate, truth: bool, depth: usize) -> Vec<Bundle> {
        match predicate {
            Predicate::CompareConstant { left, operator, right } => self.comparison(left, *operator, *right, truth, depth),
            Predicate::IsOneOf { left, negated, values } => self.one_of(left, values, truth != *negated, depth),
            Predicate::IsText { left, negated, values } if truth != *negated => {
                values.iter().take(4).flat_map(|text| self.expression(left, &Want::Text(text.clone()), depth)).collect()
            }
            Predicate::IsText { left, values, .. } => {
                let other = ["x", "y", "z"].into_iter().find(|other| !values.iter().any(|text| text == other)).unwrap_or("x");
                self.expression(left, &Want::Text(other.to_owned()), depth)
            }
            Predicate::IsKnown { left, known } if truth != *known => self.expression(left, &Want::Missing, depth),
            Predicate::IsKnown { left, .. } => match left.ty {
                Type::Text => self.expression(left, &Want::Text("x".to_owned()), depth),
                Type::SomeOf(_) => self.expression(left, &Want::Bits(1), depth),
                Type::Date | Type::Time => match left.kind {
                    ExprKind::Reference(Reference::Field(field)) => {
                        [-1, -400, 30].into_iter().map(|days| vec![Move::Day(field, days)]).collect()
                    }
                    _ => self.expression(left, &Want::Range(None, None), depth),
                },
                Type::Number { .. } | Type::YesNo | Type::OneOf(_) => self.expression(left, &Want::Range(None, None), depth),
            },
            Predicate::Has { left, mask } => {
                let bits = if truth { *mask } else { !*mask & 0xFF };
                let each = (0..63).map(|bit| 1i64 << bit).filter(|bit| bits & bit != 0).take(3);
                let mut found: Vec<Bundle> = each.flat_map(|bit| self.expression(left, &Want::Bits(bit), depth)).collect();
                if !truth {
                    found.extend(self.expression(left, &Want::Missing, depth));
                }
                found
            }
            Predicate::TextTest { left, test, text } => match text_for(*test, text, truth) {
                Some(text) => self.expression(left, &Want::Text(text), depth),
                None => Vec::new(),
            },
            Predicate::Entering(stage) if truth => self.moving(|row_from, row_to| row_to == *stage && !row_from.is_empty(), depth),
            Predicate::Leaving(stage) if truth => self.moving(|row_from, _| row_from.contains(stage), depth),
            Predicate::Entering(_) | Predicate::Leaving(_) => vec![Vec::new()],
            Predicate::Compare { .. } | Predicate::SameAs { .. } => Vec::new(),
        }
    }

    /// The first that adds (or multiplies) is the whole value, the others are what changes nothing.
    fn first_of_many(&self, whole: &Expr, want: &Want, parts: Vec<(&Expr, bool)>, idle: i64) -> Vec<Bundle> {
        let Want::Range(low, high) = want else { return Vec::new() };
        let scale_of = |ty: Type| if let Type::Number { scale, .. } = ty { scale } else { 0 };
        let is_field = |expr: &Expr| matches!(expr.kind, ExprKind::Reference(Reference::Field(_) | Reference::Let(_)));
        let Some(first) = parts.iter().position(|(part, adds)| *adds && is_field(part)) else { return Vec::new() };
        // what the constants below the line take away
        let below = parts.iter().filter(|(_, adds)| !adds && idle == 1).filter_map(|(part, _)| match part.kind {
            ExprKind::Constant(Constant::Integer(value)) => Some((i128::from(value), scale_of(part.ty))),
            _ => None,
        });
        let (divisor, divisor_scale) =
            below.fold((1i128, 0u8), |(product, scale), (value, places)| (product.saturating_mul(value), scale.saturating_add(places)));
        let target = |value: i64| {
            let (mantissa, shift) = (i128::from(value).checked_mul(divisor)?, 10i128.checked_pow(u32::from(divisor_scale))?);
            value_of(Decimal { mantissa: mantissa / shift, places: scale_of(whole.ty) }, parts[first].0.ty)
        };
        let values = boundary(*low, *high).into_iter().filter_map(target);
        values
            .flat_map(|value| {
                let each: Vec<Vec<Bundle>> = parts
                    .iter()
                    .enumerate()
                    .filter(|(_, (part, _))| is_field(part))
                    .map(|(index, (part, _))| {
                        let idle = idle.saturating_mul(10i64.saturating_pow(u32::from(scale_of(part.ty))));
                        let value = if index == first { value } else { idle };
                        self.field_or_let(part, value)
                    })
                    .collect();
                combined(&each)
            })
            .collect()
    }

    /// A chain of names ends at a field, or is left as it is.
    fn field_or_let(&self, expr: &Expr, value: i64) -> Vec<Bundle> {
        let mut expr = expr;
        while let ExprKind::Reference(Reference::Let(id)) = expr.kind {
            let Some(one) = self.policy.lets.get(id) else { return Vec::new() };
            expr = &one.value;
        }
        if let ExprKind::Reference(Reference::Field(id)) = expr.kind { self.field(id, &Want::exactly(value)) } else { Vec::new() }
    }

    fn field(&self, id: FieldId, want: &Want) -> Vec<Bundle> {
        let Some(field) = self.policy.fields.get(id) else { return Vec::new() };
        let one = |value: Option<Constant>| vec![Move::Field(id, value)];
        match want {
            Want::Missing => field.optional.then(|| one(None)).into_iter().collect(),
            Want::Text(text) => vec![one(Some(Constant::Text(text.clone())))],
            Want::Bits(bits) => vec![one(Some(Constant::Integer(*bits)))],
            Want::Truth(truth) => vec![one(Some(Constant::Integer(i64::from(*truth))))],
            Want::Range(None, None) => plain_value(self.policy, field).map(|value| one(Some(value))).into_iter().collect(),
            Want::Range(low, high) => {
                let values = self.in_range(field, *low, *high);
                values.into_iter().map(|value| one(Some(Constant::Integer(value)))).collect()
            }
        }
    }

    fn in_range(&self, field: &Field, low: Option<i64>, high: Option<i64>) -> Vec<i64> {
        let range = field.range;
        let inside = |value: &i64| range.is_none_or(|range| range.contains(*value));
        boundary(low, high).into_iter().filter(inside).collect()
    }

    fn days(&self, inner: &Expr, want: &Want, sign: i64, depth: usize) -> Vec<Bundle> {
        let mut inner = inner;
        while let ExprKind::Reference(Reference::Let(id)) = inner.kind {
            let Some(one) = self.policy.lets.get(id) else { return Vec::new() };
            inner = &one.value;
        }
        match (&inner.kind, want) {
            (ExprKind::Reference(Reference::Field(field)), Want::Range(low, high)) => {
                boundary(*low, *high).into_iter().map(|days| vec![Move::Day(*field, days.clamp(0, 100_000) * sign)]).collect()
            }
            (ExprKind::Reference(Reference::Field(field)), Want::Missing) => {
                let mut found = self.expression(inner, &Want::Missing, depth);
                found.push(vec![Move::Day(*field, -sign)]);
                found
            }
            _ => Vec::new(),
        }
    }

    fn members(&self, members: &[Expr], truth: bool, depth: usize) -> Vec<Bundle> {
        if truth {
            let each: Vec<Vec<Bundle>> = members.iter().map(|member| self.expression(member, &Want::Truth(true), depth)).collect();
            return combined(&each);
        }
        members.iter().flat_map(|member| self.expression(member, &Want::Truth(false), depth)).collect()
    }

    fn members_of_or(&self, members: &[Expr], truth: bool, depth: usize) -> Vec<Bundle> {
        if truth {
            return members.iter().flat_map(|member| self.expression(member, &Want::Truth(true), depth)).collect();
        }
        let each: Vec<Vec<Bundle>> = members.iter().map(|member| self.expression(member, &Want::Truth(false), depth)).collect();
        combined(&each)
    }

    fn comparison(&self, left: &Expr, operator: Operator, right: Decimal, truth: bool, depth: usize) -> Vec<Bundle> {
        let Some(value) = value_of(right, left.ty) else { return Vec::new() };
        // a threshold between two units is met by the next one up
        let is_cut = right.reduced().places > 0
            && value_of(right, left.ty).is_some_and(|cut| {
                let scale = if let Type::Number { scale, .. } = left.ty { scale } else { 0 };
                (Decimal { mantissa: i128::from(cut), places: scale }).reduced() != right.reduced()
            });
        let up = value.saturating_add(1);
        let want = match (operator, truth) {
            (Operator::AtLeast, true) | (Operator::Below, false) => Want::Range(Some(if is_cut { up } else { value }), None),
            (Operator::Above, true) | (Operator::AtMost, false) => Want::Range(Some(up), None),
            (Operator::AtMost, true) | (Operator::Above, false) => Want::Range(None, Some(value)),
            (Operator::Below, true) | (Operator::AtLeast, false) => {
                Want::Range(None, Some(if is_cut { value } else { value.saturating_sub(1) }))
            }
        };
        let mut found = self.expression(left, &want, depth);
        if !truth && left.optional {
            found.extend(self.expression(left, &Want::Missing, depth));
        }
        found
    }

    fn one_of(&self, left: &Expr, values: &[i64], wanted: bool, depth: usize) -> Vec<Bundle> {
        if wanted {
            return values.iter().take(6).flat_map(|value| self.expression(left, &Want::exactly(*value), depth)).collect();
        }
        let others: Vec<i64> = match left.ty {
            Type::OneOf(choices) => {
                let count = self.policy.choices.get(choices).map_or(0, |choices| choices.members.len() as i64);
                (0..count).filter(|value| !values.contains(value)).take(4).collect()
            }
            Type::YesNo => (0..2).filter(|value| !values.contains(value)).collect(),
            Type::Text | Type::Number { .. } | Type::SomeOf(_) | Type::Date | Type::Time => {
                values.iter().max().map(|value| value.saturating_add(1)).into_iter().collect()
            }
        };
        let mut found: Vec<Bundle> = others.into_iter().flat_map(|value| self.expression(left, &Want::exactly(value), depth)).collect();
        if left.optional {
            found.extend(self.expression(left, &Want::Missing, depth));
        }
        found
    }

    /// Rows of the table whose cell is as wanted, by their keys; a key that no row has.
    fn cell(&self, table: usize, keys: &[Expr], column: usize, want: &Want, depth: usize) -> Vec<Bundle> {
        let Some(table) = self.policy.tables.get(table) else { return Vec::new() };
        if *want == Want::Missing {
            return keys.first().map(|key| self.expression(key, &Want::Text("x".to_owned()), depth)).unwrap_or_default();
        }
        let fits = |row: &usize| match (table.value(*row, column), want) {
            (Some(Constant::Text(text)), Want::Text(wanted)) => text.eq_ignore_ascii_case(wanted),
            (Some(Constant::Integer(value)), _) => want.takes(value) || matches!(want, Want::Truth(truth) if i64::from(*truth) == value),
            (Some(Constant::Text(_)), _) => *want == Want::Range(None, None),
            (None, _) => false,
        };
        let key_columns: Vec<usize> = (0..table.columns.len()).filter(|column| table.columns[*column].key).collect();
        let rows = (0..table.row_count.min(2_000)).filter(fits).take(3);
        rows.flat_map(|row| {
            let each: Vec<Vec<Bundle>> = keys
                .iter()
                .zip(&key_columns)
                .map(|(key, column)| match table.value(row, *column) {
                    Some(Constant::Text(text)) => self.expression(key, &Want::Text(text), depth),
                    Some(Constant::Integer(value)) => self.expression(key, &Want::exactly(value), depth),
                    None => Vec::new(),
                })
                .collect();
            combined(&each)
        })
        .collect()
    }
}

/// All of them at once: one alternative of each, in turn, as long as there are few. Those of which nothing is known are left out.
pub fn combined(each: &[Vec<Bundle>]) -> Vec<Bundle> {
    let mut found: Vec<Bundle> = vec![Vec::new()];
    for alternatives in each.iter().filter(|alternatives| !alternatives.is_empty()) {
        found = alternatives
            .iter()
            .flat_map(|alternative| found.iter().map(move |so_far| [so_far.as_slice(), alternative].concat()))
            .take(ALTERNATIVES_MAX)
            .collect();
    }
    found
}
