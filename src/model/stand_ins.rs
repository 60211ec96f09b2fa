//! Derived values with a reported mistake: what they are all the same. A score is a number, a comparison a yes or no, a `decide` one of its outcomes.
//!
//! Enters: a name where a value is needed. Leaves: a value of its type that stands for it. Always holds: what a stand-in leads to is wrong whatever the
//! value was meant to be; nothing that has one is evaluated.

use super::check::{Checker, Named};
use super::constants::{bare, scale_of};
use super::expressions::Scope;
use super::value::{Decimal, Type, Unit};
use super::wanted::Wanted;
use super::{Derived, Expr, ExprKind, Reference};
use crate::syntax::tree;

impl Checker<'_> {
    /// For a place where nothing but the type and the range matter; none of a score whose range is not known.
    pub(crate) fn stand_in(&self, tree: &tree::Expr, scope: &Scope) -> Option<Expr> {
        let value = self.of_known_type(tree, scope)?;
        let has_range = !matches!(value.ty, Type::Number { .. }) || value.range.is_some();
        has_range.then_some(value)
    }

    /// For a place that needs something else, whatever the mistake is.
    pub(crate) fn unfit_stand_in(&self, tree: &tree::Expr, wanted: &Wanted, scope: &Scope) -> Option<Expr> {
        let value = self.of_known_type(tree, scope).filter(|value| !self.is_fit(value.ty, wanted))?;
        // how many places it keeps may not be known
        let ty = match value.ty {
            Type::Number { scale, unit } if value.range.is_none() => Type::Number { scale: scale.max(1), unit },
            ty => ty,
        };
        Some(Expr { ty, ..value })
    }

    fn of_known_type(&self, tree: &tree::Expr, scope: &Scope) -> Option<Expr> {
        let tree::ExprKind::Path(path) = &bare(tree).kind else { return None };
        let is_broken = |derived: &Derived| self.memory.broken.contains(derived);
        // in a circle, the one may be what is wrong with the other
        if !matches!(scope, Scope::Lead | Scope::Moment) || self.memory.current.as_ref().is_some_and(is_broken) {
            return None;
        }
        let (first, rest) = path.split_first()?;
        let number = |scale: u8| Type::Number { scale, unit: Unit::Plain };
        let of = |reference, ty| Expr { kind: ExprKind::Reference(reference), ty, optional: false, range: None, span: first.span };
        match (self.names.get(&first.text)?.0, rest) {
            (Named::Score(id), []) if is_broken(&Derived::Score(id)) => {
                let score = self.policy.scores.get(id)?;
                Some(Expr { range: score.range, ..of(Reference::Score(id), number(score.scale)) })
            }
            (Named::Let(id), []) if is_broken(&Derived::Let(id)) => {
                let (_, tree) = self.derived.lets.get(id)?;
                let is_condition = matches!(bare(&tree.value).kind, tree::ExprKind::Connective(_) | tree::ExprKind::Predicate(_));
                is_condition.then(|| of(Reference::Let(id), Type::YesNo))
            }
            (Named::Decide(id), []) if is_broken(&Derived::Decide(id)) => {
                Some(of(Reference::Decide(id), Type::OneOf(self.policy.decides.get(id)?.choices)))
            }
            (Named::Field(_) | Named::Route(_) | Named::Sla(_) | Named::Broken, _)
            | (Named::Let(_) | Named::Score(_) | Named::Decide(_), _) => None,
        }
    }

    /// Whether a value stands for one with a reported mistake.
    pub(crate) fn is_stand_in(&self, value: &Expr) -> bool {
        let ExprKind::Reference(reference) = &value.kind else { return false };
        match reference {
            Reference::Score(id) => !self.is_typed(Derived::Score(*id)),
            Reference::Let(id) => !self.is_typed(Derived::Let(*id)),
            Reference::Decide(id) => !self.is_typed(Derived::Decide(*id)),
            Reference::Field(_)
            | Reference::Section(..)
            | Reference::Stage
            | Reference::Cell { .. }
            | Reference::Measure(_)
            | Reference::Property(_) => false,
        }
    }

    /// Whether a constant has more places than a score with a reported mistake is known to have.
    pub(crate) fn may_be_too_fine(&self, constant: &tree::Expr, value: &Expr) -> bool {
        let ExprKind::Reference(Reference::Score(id)) = value.kind else { return false };
        let tree::ExprKind::Literal(tree::Literal::Number(number)) = &bare(constant).kind else { return false };
        let is_rounded = self.derived.scores.get(id).is_some_and(|(_, tree)| tree.rounded.is_some());
        let places = Decimal { mantissa: number.mantissa, places: number.places }.reduced().places;
        self.is_stand_in(value) && !is_rounded && places > scale_of(value.ty)
    }
}
