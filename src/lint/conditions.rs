//! Where a condition is asked for, and not a value.
//!
//! Enters: an item of a tree. Leaves: every expression of a lead's values that only has to hold or not. Always holds: in such a place a missing
//! `yes_no` is `no`; the value of a `let`, which can be missing, is no such place, but what stands beside `and`, `or` and `not` in it is.

use super::walk::{self, Scope};
use crate::syntax::tree::{Connective, Expr, ExprKind, Item, ItemKind};

/// Every condition of the item and every condition inside one, without the parentheses around it.
pub fn conditions(item: &Item) -> Vec<&Expr> {
    let mut found = Vec::new();
    let values = matches!(item.kind, ItemKind::Let(_) | ItemKind::Grid(_));
    if !values {
        found.extend(walk::roots(item).into_iter().filter(|(_, scope)| *scope == Scope::Lead).map(|(root, _)| without_parentheses(root)));
    }
    walk::expressions(item, |expr, scope| {
        if scope != Scope::Lead {
            return;
        }
        match &expr.kind {
            ExprKind::Connective(Connective::And(members) | Connective::Or(members)) => {
                found.extend(members.iter().map(without_parentheses))
            }
            ExprKind::Connective(Connective::Not(inner)) => found.push(without_parentheses(inner)),
            ExprKind::Connective(Connective::Implies(left, right)) => found.extend([without_parentheses(left), without_parentheses(right)]),
            _ => {}
        }
    });
    found
}

/// What stands inside all parentheses.
pub fn without_parentheses(mut expr: &Expr) -> &Expr {
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    expr
}
