//! Which questions about fit take a lead that has none: one whose values give no credit in the attributes that look at them.

use rustc_hash::FxHashMap;

use super::conditions::contrary;
use super::scores::no_credit;
use super::{Unfit, decimal};
use crate::model::score_scale::{row_bounds, rows_that_match};
use crate::model::{Attribute, Derived, Expr, ExprKind, FieldId, Matcher, Operator, Predicate, Reference, Type};

/// What an attribute of fit looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Field(FieldId),
    Named(Derived),
}

/// Per subject, and per attribute over it, the values that give no credit.
pub(super) type NoCredit = FxHashMap<Subject, Vec<Vec<Matcher>>>;

impl Unfit<'_> {
    /// The field, let or decision that an expression is, through lets that only give another name.
    pub(super) fn subject(&self, expr: &Expr) -> Option<Subject> {
        let mut expr = expr;
        loop {
            let ExprKind::Reference(reference) = &expr.kind else { return None };
            match reference {
                Reference::Field(field) => return Some(Subject::Field(*field)),
                Reference::Decide(id) => return Some(Subject::Named(Derived::Decide(*id))),
                Reference::Let(id) => match self.policy.lets.get(*id).map(|part| &part.value) {
                    // lets stand in an order in which none needs itself
                    Some(value) if matches!(value.kind, ExprKind::Reference(_)) => expr = value,
                    Some(_) | None => return Some(Subject::Named(Derived::Let(*id))),
                },
                Reference::Score(_)
                | Reference::Section(..)
                | Reference::Stage
                | Reference::Cell { .. }
                | Reference::Measure(_)
                | Reference::Property(_) => return None,
            }
        }
    }

    /// Remembers which values of an attribute of fit give no credit. Of a set of choices nothing is known: rows count by priority there.
    pub(super) fn remember_no_credit(&mut self, attribute: &Attribute) {
        if matches!(attribute.subject.ty, Type::SomeOf(_)) {
            return;
        }
        if let (Some(subject), Some(values)) = (self.subject(&attribute.subject), self.values_without_credit(attribute)) {
            self.no_credit.entry(subject).or_default().push(values);
        }
    }

    fn values_without_credit(&self, attribute: &Attribute) -> Option<Vec<Matcher>> {
        let bounds = row_bounds(attribute);
        let matching = rows_that_match(attribute);
        let rows = || bounds.iter().zip(&matching).zip(&attribute.rows).filter(|((_, matches), _)| **matches);
        let all: Vec<_> = rows().map(|((ends, _), _)| *ends).collect();
        let nothing = no_credit(&all)?;
        let gives_nothing =
            |low, high| no_credit(&[(low, high)]).and_then(|own| own.compared_with(nothing)).is_some_and(|order| order.is_eq());
        let mut values: Vec<Matcher> = Vec::new();
        for ((ends, _), row) in rows().filter(|((ends, _), _)| gives_nothing(ends.0, ends.1)) {
            // of a row that gives points for each, only its lowest value gives none
            if ends.0 != ends.1 && ends.1.compared_with(nothing)?.is_gt() && ends.0.mantissa >= 0 {
                continue;
            }
            for matcher in &row.matchers {
                match matcher {
                    Matcher::Otherwise => values.extend(self.what_is_left(attribute)),
                    Matcher::Choice(_) | Matcher::Text(_) | Matcher::Range { .. } | Matcher::Missing => values.push(matcher.clone()),
                }
            }
        }
        // who is unknown is not who does not fit
        if values.iter().any(|value| *value != Matcher::Missing) {
            values.retain(|value| *value != Matcher::Missing);
        }
        (!values.is_empty()).then_some(values)
    }

    /// What `otherwise` stands for: of choices those that no row names.
    fn what_is_left(&self, attribute: &Attribute) -> Vec<Matcher> {
        let count = match attribute.subject.ty {
            Type::YesNo => 2,
            Type::OneOf(id) => self.policy.choices.get(id).map_or(0, |choices| choices.members.len()),
            Type::Text | Type::Number { .. } | Type::SomeOf(_) | Type::Date | Type::Time => return vec![Matcher::Otherwise],
        };
        let named = |choice: &Matcher| attribute.rows.iter().any(|row| row.matchers.contains(choice));
        (0..count).map(Matcher::Choice).filter(|choice| !named(choice)).collect()
    }

    /// Whether a question about fields takes every lead that has no credit from them; where that cannot be told, it does if it asks for the fields
    /// themselves: what is worked out from a score may as well take those who fit.
    pub(super) fn turns_away(&mut self, question: &Expr, wanted: bool) -> bool {
        match self.takes(question, wanted) {
            Some((_, takes)) => takes.iter().any(|values| values.iter().all(|takes| *takes)),
            None => !self.reads_of(question).scores,
        }
    }

    /// Whether questions of which one is enough do so together: `site is clinic or site is pharmacy`.
    pub(super) fn turn_away_together(&self, questions: &[(&Expr, bool)]) -> bool {
        let mut together: FxHashMap<Subject, Vec<Vec<bool>>> = FxHashMap::default();
        for (subject, takes) in questions.iter().filter_map(|(question, wanted)| self.takes(question, *wanted)) {
            let all = together.entry(subject).or_insert_with(|| takes.iter().map(|values| vec![false; values.len()]).collect());
            all.iter_mut().flatten().zip(takes.iter().flatten()).for_each(|(any, one)| *any |= one);
        }
        together.values().flatten().any(|values| values.iter().all(|takes| *takes))
    }

    /// Per attribute over what the question is about, and value without credit: whether it is taken.
    fn takes(&self, question: &Expr, wanted: bool) -> Option<(Subject, Vec<Vec<bool>>)> {
        let left = match &question.kind {
            ExprKind::Predicate(
                Predicate::CompareConstant { left, .. }
                | Predicate::IsOneOf { left, .. }
                | Predicate::IsText { left, .. }
                | Predicate::IsKnown { left, .. },
            ) => left,
            ExprKind::Reference(_) => question,
            ExprKind::Constant(_)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => return None,
        };
        let subject = self.subject(left)?;
        let attributes = self.no_credit.get(&subject)?;
        let takes = |values: &Vec<Matcher>| values.iter().map(|value| takes_value(question, left.ty, value, wanted)).collect();
        Some((subject, attributes.iter().map(takes).collect()))
    }
}

fn takes_value(question: &Expr, ty: Type, value: &Matcher, wanted: bool) -> bool {
    let is_choice = |choice: usize, values: &[i64]| i64::try_from(choice).is_ok_and(|choice| values.contains(&choice));
    match (&question.kind, value) {
        (ExprKind::Predicate(Predicate::IsKnown { known, .. }), _) => (*known != matches!(value, Matcher::Missing)) == wanted,
        // every other question is answered with no where the value is missing
        (_, Matcher::Missing) => !wanted,
        (ExprKind::Reference(_), Matcher::Choice(choice)) => (*choice == 1) == wanted,
        (ExprKind::Predicate(Predicate::IsOneOf { negated, values, .. }), Matcher::Choice(choice)) => {
            is_choice(*choice, values) == (wanted != *negated)
        }
        (ExprKind::Predicate(Predicate::IsText { negated, values, .. }), Matcher::Text(text)) => {
            values.contains(text) == (wanted != *negated)
        }
        (ExprKind::Predicate(Predicate::CompareConstant { operator, right, .. }), Matcher::Range { low, high }) => {
            let operator = if wanted { *operator } else { contrary(*operator) };
            let end = match operator {
                Operator::AtLeast | Operator::Above => low,
                Operator::AtMost | Operator::Below => high,
            };
            end.is_some_and(|end| decimal(end, ty).compared_with(*right).is_none_or(|order| operator.holds(order)))
        }
        // what cannot be told apart
        (_, Matcher::Choice(_) | Matcher::Text(_) | Matcher::Range { .. } | Matcher::Otherwise) => true,
    }
}
