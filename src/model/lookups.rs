//! Typing of look-ups: `territories[state].queue`.
//!
//! Always holds: a cell has one key for each key column of its table, of that column's type. A cell is always optional, since a look-up
//! without a row is missing; its bounds are those of the cells that the table has.

use super::check::Checker;
use super::constants::is_literal;
use super::expressions::{Scope, constant};
use super::ranges::domain_of;
use super::value::{Interval, Type};
use super::wanted::Wanted;
use super::words::a_value_of;
use super::{Expr, ExprKind, Policy, Reference, TableId};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Name};

impl Checker<'_> {
    pub(crate) fn cell(&mut self, table: &Name, keys: &[tree::Expr], column: &Name, span: Span, scope: &Scope) -> Option<Expr> {
        let Some(id) = self.table_named(table) else {
            for key in keys {
                self.value(key, scope);
            }
            return None;
        };
        let keys = self.keys(id, table, keys, scope);
        let index = self.column_named(id, column)?;
        let ty = self.policy.tables.get(id)?.columns.get(index)?.ty;
        let range = match ty {
            Type::Number { .. } | Type::Date | Type::Time => Some(self.cell_bounds(id, index)),
            Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => None,
        };
        Some(Expr { kind: ExprKind::Reference(Reference::Cell { table: id, keys: keys?, column: index }), ty, optional: true, range, span })
    }

    /// The keys, typed against the key columns.
    fn keys(&mut self, id: TableId, table: &Name, trees: &[tree::Expr], scope: &Scope) -> Option<Vec<Expr>> {
        let key_columns = self.policy.tables.get(id)?.columns.iter().filter(|column| column.key);
        let wanted: Vec<(String, Type)> = key_columns.map(|column| (column.name.clone(), column.ty)).collect();
        let mut keys = Vec::new();
        for (position, tree) in trees.iter().enumerate() {
            keys.push(match wanted.get(position) {
                Some((name, ty)) => self.key(tree, table, name, *ty, scope),
                None => self.value(tree, scope),
            });
        }
        if trees.len() != wanted.len() {
            let names: Vec<String> = wanted.into_iter().map(|(name, _)| name).collect();
            let number = |count: usize| if count == 1 { "1 key".to_owned() } else { format!("{count} keys") };
            let message = format!("`{}` has {}, and {} stand here", table.text, number(names.len()), trees.len());
            let place = trees.iter().map(|tree| tree.span).reduce(Span::to).unwrap_or(table.span);
            self.report(Diagnostic::new(Code::WrongKeys, message).at(place, "").help(format!(
                "write `{}[{}]`, with a value for each key column",
                table.text,
                names.join(", ")
            )));
            return None;
        }
        keys.into_iter().collect()
    }

    fn key(&mut self, tree: &tree::Expr, table: &Name, column: &str, ty: Type, scope: &Scope) -> Option<Expr> {
        if is_literal(tree) {
            let value = self.constant(tree, ty, None, &format!("key `{column}`"))?;
            return Some(constant(value, ty, tree.span));
        }
        let key = self.value_as(tree, Wanted::Like(ty), scope)?;
        if same_kind(&self.policy, key.ty, ty) {
            return Some(key);
        }
        let (is, needed) = (a_value_of(key.ty), a_value_of(ty));
        let message = if is == needed {
            format!("key `{column}` of `{}` does not hold the same choices or places as `{}`", table.text, self.one_line(tree.span))
        } else {
            format!("key `{column}` of `{}` is {needed}, but `{}` is {is}", table.text, self.one_line(tree.span))
        };
        let help = match (key.ty, ty) {
            (Type::OneOf(_), Type::OneOf(_)) => "declare the column as `one of`, with the same choices in the same order".to_owned(),
            (Type::Number { .. }, Type::Number { .. }) => "declare the column with the same unit and as many decimal places".to_owned(),
            _ => format!("look it up with {needed}, or declare `{column}` with the type of `{}`", self.one_line(tree.span)),
        };
        self.report(Diagnostic::new(Code::WrongKeys, message).at(tree.span, format!("this is {is}")).help(help));
        None
    }

    /// Bounds of the cells of a column, each column looked through once.
    fn cell_bounds(&mut self, id: TableId, column: usize) -> Interval {
        if let Some(bounds) = self.memory.cell_bounds.get(&(id, column)) {
            return *bounds;
        }
        let bounds = bounds_of_cells(&self.policy, id, column);
        self.memory.cell_bounds.insert((id, column), bounds);
        bounds
    }
}

/// Whether equal values of two types are equal integers (or texts): so that one can be looked up or compared as the other.
pub(crate) fn same_kind(policy: &Policy, left: Type, right: Type) -> bool {
    match (left, right) {
        (Type::OneOf(left), Type::OneOf(right)) | (Type::SomeOf(left), Type::SomeOf(right)) => {
            left == right
                || match (policy.choices.get(left), policy.choices.get(right)) {
                    (Some(left), Some(right)) => {
                        left.members.iter().map(|member| &member.name).eq(right.members.iter().map(|member| &member.name))
                    }
                    _ => false,
                }
        }
        (Type::Text | Type::Number { .. } | Type::YesNo | Type::Date | Type::Time | Type::OneOf(_) | Type::SomeOf(_), _) => left == right,
    }
}

fn bounds_of_cells(policy: &Policy, id: TableId, column: usize) -> Interval {
    let Some(table) = policy.tables.get(id) else { return Interval::FULL };
    let Some(column) = table.columns.get(column) else { return Interval::FULL };
    let known = column.cells.iter().flatten();
    let (low, high) = (known.clone().min(), known.max());
    match (low, high) {
        (Some(low), Some(high)) if !table.from_input => Interval { low: *low, high: *high },
        _ => column.range.unwrap_or(domain_of(column.ty)),
    }
}
