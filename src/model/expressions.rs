//! Typing of expressions: an untyped tree and what names may stand in it go in, a typed [`Expr`] comes out.
//!
//! Always holds: `None` means that a mistake in the expression, or in something it needs, has been reported; the caller says nothing more.

use super::check::Checker;
use super::{Constant, Expr, Interval, Type};
use crate::syntax::tree;

/// Which names an expression may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// fields, lets, scores, decides, `stage`
    Lead,
    /// the same, and `entering` and `leaving`: conditions of routes and clocks
    Moment,
    /// the properties of this signal or group of signals: `where …`
    Signal(String),
}

impl Checker<'_> {
    /// The typed expression; conditions come out as `yes_no`.
    pub(crate) fn expression(&mut self, _tree: &tree::Expr, _scope: Scope) -> Option<Expr> {
        None
    }

    /// The typed expression, which must be a `yes_no`; the result is never missing.
    pub(crate) fn condition(&mut self, _tree: &tree::Expr, _scope: Scope) -> Option<Expr> {
        None
    }

    /// The value of a constant given to, or compared with, something of type `ty` whose values lie in `range`. `what` names that something
    /// in messages, backquotes included: "`beds`". A choice for a `some of` comes out as its bit.
    pub(crate) fn constant(&mut self, _tree: &tree::Expr, _ty: Type, _range: Option<Interval>, _what: &str) -> Option<Constant> {
        None
    }

    /// Checks lets, scores, decides and grids, each after all that it needs, and fills `policy.{lets, scores, decides, order}`.
    /// Needs: fields, tables, stages, queues, signals and `names` are declared, and `derived` holds the trees.
    pub(crate) fn check_derived(&mut self) {}
}
