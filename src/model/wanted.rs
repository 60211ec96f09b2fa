//! What is needed where a name stands: for an unknown name only those are proposed that fit there, so that what is proposed is no further mistake.
//!
//! Enters: what the place needs, and the value that is being checked. Leaves: the names that may stand there. Always holds: none of them is a route, a clock,
//! a value of another type as far as types are known by then, or a value that itself needs the one that is being checked.

use super::check::{Checker, Named};
use super::constants::{bare, is_literal};
use super::expressions::Scope;
use super::lookups::same_kind;
use super::value::Type;
use super::{Derived, Expr};
use crate::syntax::tree::{self, ExprKind, Literal};

/// What a place needs of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wanted {
    #[default]
    Any,
    Condition,
    Number,
    /// a date or a time
    Day,
    Text,
    /// a `some of`
    Set,
    /// a `one of` that has this choice
    Choice(String),
    /// a value that can be looked up or compared as this type
    Like(Type),
    /// a field with an order
    RisingField,
}

impl Wanted {
    /// What is compared with a value of the type, whatever its places.
    pub fn of_kind(ty: Type) -> Wanted {
        if matches!(ty, Type::Number { .. }) { Wanted::Number } else { Wanted::Like(ty) }
    }

    /// What has an order and is compared with a constant, or with another value.
    pub fn against(other: &tree::Expr) -> Wanted {
        if is_literal(other) { Wanted::beside(other) } else { Wanted::Any }
    }

    /// What is held against a constant: a literal or a choice.
    pub fn beside(constant: &tree::Expr) -> Wanted {
        match &bare(constant).kind {
            ExprKind::Literal(Literal::Number(_)) => Wanted::Number,
            ExprKind::Literal(Literal::Text(_)) => Wanted::Text,
            ExprKind::Literal(Literal::YesNo(_)) => Wanted::Condition,
            ExprKind::Literal(Literal::Date(_)) => Wanted::Like(Type::Date),
            ExprKind::Literal(Literal::Time(_)) => Wanted::Like(Type::Time),
            ExprKind::Path(path) if path.len() == 1 => Wanted::Choice(path[0].text.clone()),
            ExprKind::Literal(Literal::Unreadable)
            | ExprKind::Missing
            | ExprKind::Path(_)
            | ExprKind::Cell { .. }
            | ExprKind::Paren(_)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Measure(_)
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => Wanted::Any,
        }
    }
}

impl Checker<'_> {
    /// The typed expression; if it is an unknown name, only what fits is proposed for it.
    pub(crate) fn value_as(&mut self, tree: &tree::Expr, wanted: Wanted, scope: &Scope) -> Option<Expr> {
        if let ExprKind::Path(_) = bare(tree).kind {
            self.memory.wanted = wanted.clone();
        }
        self.value(tree, scope).or_else(|| self.unfit_stand_in(tree, &wanted, scope))
    }

    /// The names that may stand where this is needed.
    pub(crate) fn fitting(&mut self, wanted: &Wanted) -> Vec<String> {
        if !self.can_suggest() {
            return Vec::new();
        }
        let users = self.users_of_current();
        let is_free = |derived: Derived| !users.contains(&derived);
        let fits = |named: Named| match named {
            // whatever it is, it has been told what is wrong with it
            Named::Broken => true,
            Named::Route(_) | Named::Sla(_) => false,
            Named::Field(id) => self.policy.fields.get(id).is_some_and(|field| self.is_fit(field.ty, wanted)),
            Named::Let(id) if *wanted != Wanted::RisingField && is_free(Derived::Let(id)) => {
                let is_typed = self.memory.typed.contains(&Derived::Let(id));
                !is_typed || self.policy.lets.get(id).is_some_and(|own| self.is_fit(own.value.ty, wanted))
            }
            Named::Score(id) => is_free(Derived::Score(id)) && matches!(wanted, Wanted::Any | Wanted::Number),
            Named::Decide(id) if *wanted != Wanted::RisingField && is_free(Derived::Decide(id)) => {
                self.policy.decides.get(id).is_some_and(|decide| self.is_fit(Type::OneOf(decide.choices), wanted))
            }
            Named::Let(_) | Named::Decide(_) => false,
        };
        let mut names: Vec<String> = self.names.iter().filter(|(_, (named, _))| fits(*named)).map(|(name, _)| name.clone()).collect();
        let stage = self.policy.stage_choices.filter(|choices| self.is_fit(Type::OneOf(*choices), wanted));
        names.extend(stage.filter(|_| *wanted != Wanted::RisingField).map(|_| "stage".to_owned()));
        names
    }

    pub(super) fn is_fit(&self, ty: Type, wanted: &Wanted) -> bool {
        match (wanted, ty) {
            (Wanted::Any, _) => true,
            (Wanted::Like(wanted), _) => same_kind(&self.policy, ty, *wanted),
            (Wanted::Condition, _) => ty == Type::YesNo,
            (Wanted::Text, _) => ty == Type::Text,
            (Wanted::Number, _) => matches!(ty, Type::Number { .. }),
            (Wanted::Day, _) => matches!(ty, Type::Date | Type::Time),
            (Wanted::RisingField, _) => matches!(ty, Type::Number { .. } | Type::Date | Type::Time),
            (Wanted::Set, _) => matches!(ty, Type::SomeOf(_)),
            (Wanted::Choice(name), Type::OneOf(choices)) => {
                self.policy.choices.get(choices).is_some_and(|choices| choices.index_of_spelling(name).is_some())
            }
            // a text without its quotation marks
            (Wanted::Choice(name), Type::Text) => !self.policy.choices.iter().any(|choices| choices.index_of_spelling(name).is_some()),
            (Wanted::Choice(_), Type::Number { .. } | Type::YesNo | Type::SomeOf(_) | Type::Date | Type::Time) => false,
        }
    }
}
