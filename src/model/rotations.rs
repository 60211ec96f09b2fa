//! Rotations from a table: `rotate from reps weight reps.ramp skip when reps.away otherwise duty_desk`.
//!
//! Enters: their trees, the policy's tables. Leaves: `Queue::from_table`, and the seats that the table's rows make. Always holds, when no error
//! was reported: the table has one key, which names owners; weights and capacities are whole numbers of a written range; the condition behind
//! `skip when` compares columns of the row with constants, so that a row is skipped or not whoever the lead is.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::constants::scale_of;
use super::expressions::Scope;
use super::queues::CAPACITY_MAX;
use super::value::fold_choice;
use super::{
    ChoiceMember, Connective, Constant, Expr, ExprKind, Policy, Predicate, Queue, Reference, Seat, Table, TableColumn, TableId,
    TableRotation, Team, Type, Unit,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, Rotate};

/// The largest weight in a table: the sum over as many rows as a table may have stays below 32 bits.
const WEIGHT_MAX: u32 = 10_000;

impl Checker<'_> {
    /// Called when tables have their columns.
    pub(crate) fn check_table_rotations(&mut self) {
        let queues = self.items.queues.iter().chain(&self.items.further_queues);
        for (number, (_, queue)) in queues.copied().collect::<Vec<_>>().into_iter().enumerate() {
            let Some(Rotate::Table { table, weight, capacity, skip, .. }) = &queue.rotate else { continue };
            let Some(id) = self.table_named(table) else { continue };
            let owner = self.owner_column(id, table);
            let weight = weight.as_ref().map(|path| self.figure_column(id, path, "weight", WEIGHT_MAX));
            let capacity = capacity.as_ref().map(|path| self.figure_column(id, path, "capacity", CAPACITY_MAX));
            let skip = skip.as_ref().map(|skip| self.skip(id, skip));
            // each is wrong, and said so, if it is written and nothing came of it
            if weight == Some(None) || capacity == Some(None) || matches!(skip, Some(None)) {
                continue;
            }
            if let (Some(owner), Some(queue)) = (owner, self.policy.queues.get_mut(number)) {
                let (weight, capacity, skip) = (weight.flatten(), capacity.flatten(), skip.flatten());
                queue.from_table = Some(TableRotation { table: id, owner, weight, capacity, skip });
            }
        }
    }

    /// The key of the table: the owners' names.
    fn owner_column(&mut self, id: TableId, name: &tree::Name) -> Option<usize> {
        let columns = &self.policy.tables.get(id)?.columns;
        let mut keys = columns.iter().enumerate().filter(|(_, column)| column.key);
        let (first, second) = (keys.next(), keys.next());
        let (index, column) = first?;
        let names_owners = column.ty == Type::Text || self.policy.owner_choices.is_some_and(|owners| column.ty == Type::OneOf(owners));
        if second.is_none() && names_owners && !column.prefix {
            return Some(index);
        }
        let span = second.map_or(column.span, |(_, column)| column.span);
        self.report(
            Diagnostic::new(Code::Rotation, format!("the rows of `{}` are not owners: a queue cannot rotate among them", name.text))
                .at(name.span, "rotates among the rows of this table")
                .at(span, if second.is_some() { "a second key" } else { "the key" })
                .help("rotate from a table with a single key that names the owners, such as `rep text key`"),
        );
        None
    }

    /// `weight reps.ramp`: a column of whole numbers from 0.
    fn figure_column(&mut self, id: TableId, path: &[tree::Name], what: &str, most: u32) -> Option<usize> {
        let span = path.iter().map(|name| name.span).reduce(Span::to)?;
        let index = self.row_column(id, path)?;
        let column = self.policy.tables.get(id)?.columns.get(index)?;
        let is_whole = column.ty == Type::Number { scale: 0, unit: Unit::Plain };
        if is_whole && column.range.is_some_and(|range| range.low >= 0 && range.high <= i64::from(most)) {
            return Some(index);
        }
        let (declared, name) = (column.span, column.name.clone());
        self.report(
            Diagnostic::new(Code::Rotation, format!("the {what} `{}` is not a whole number from 0 to {most}", self.one_line(span)))
                .at(span, format!("gives the {what}"))
                .at(declared, "declared here")
                .help(format!("declare the column with a range, such as `{name} whole 0..100`")),
        );
        None
    }

    fn row_column(&mut self, id: TableId, path: &[tree::Name]) -> Option<usize> {
        let table = self.policy.tables.get(id)?.name.clone();
        match path {
            [named, column] if named.text == table => self.column_named(id, column),
            [first, ..] => {
                self.report(
                    Diagnostic::new(Code::UnknownColumn, format!("a rotation from `{table}` looks only at columns of that table"))
                        .at(first.span, "not one of its columns")
                        .help(format!("write `{table}.COLUMN`")),
                );
                None
            }
            [] => None,
        }
    }

    /// A column of the row at hand.
    pub(crate) fn row_cell(&mut self, table: TableId, path: &[tree::Name], span: Span) -> Option<Expr> {
        let index = self.row_column(table, path)?;
        let column = self.policy.tables.get(table)?.columns.get(index)?;
        let range = match column.ty {
            Type::Number { .. } | Type::Date | Type::Time => Some(column.range.unwrap_or(super::ranges::domain_of(column.ty))),
            Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) => None,
        };
        let kind = ExprKind::Reference(Reference::Cell { table, keys: Vec::new(), column: index });
        Some(Expr { kind, ty: column.ty, optional: column.optional, range, span })
    }

    /// The condition, if it compares columns with constants alone.
    fn skip(&mut self, id: TableId, tree: &tree::Expr) -> Option<Expr> {
        if let Some(other) = beyond_rows(tree) {
            let text = self.one_line(other);
            self.report(
                Diagnostic::new(Code::Rotation, format!("whom a rotation skips cannot depend on `{text}`"))
                    .at(other, "not a comparison of a column with constants")
                    .help("compare columns of the table with constants; work anything else out where the table comes from"),
            );
            return None;
        }
        self.condition(tree, Scope::Row(id))
    }
}

/// The first part of a condition that is no comparison of a column with constants.
fn beyond_rows(condition: &tree::Expr) -> Option<Span> {
    let mut rest = vec![condition];
    while let Some(expr) = rest.pop() {
        match &expr.kind {
            tree::ExprKind::Connective(tree::Connective::And(members) | tree::Connective::Or(members)) => rest.extend(members.iter().rev()),
            tree::ExprKind::Paren(inner) | tree::ExprKind::Connective(tree::Connective::Not(inner)) => rest.push(inner),
            tree::ExprKind::Connective(tree::Connective::Implies(left, right)) => rest.extend([&**right, &**left]),
            tree::ExprKind::Predicate(tree::Predicate::Compare { left, right, .. }) => {
                let is_column = |side: &tree::Expr| matches!(side.kind, tree::ExprKind::Path(_));
                if is_column(left) == is_column(right) || !(is_column(left) || is_number(left)) || !(is_column(right) || is_number(right)) {
                    return Some(expr.span);
                }
            }
            tree::ExprKind::Predicate(
                tree::Predicate::Is { left: inner, .. }
                | tree::Predicate::IsKnown { left: inner, .. }
                | tree::Predicate::Between { left: inner, .. }
                | tree::Predicate::Has { left: inner, .. }
                | tree::Predicate::StartsWith { left: inner, .. }
                | tree::Predicate::EndsWith { left: inner, .. }
                | tree::Predicate::Contains { left: inner, .. },
            ) => {
                if !matches!(inner.kind, tree::ExprKind::Path(_)) {
                    return Some(inner.span);
                }
            }
            tree::ExprKind::Path(_) | tree::ExprKind::Literal(tree::Literal::YesNo(_)) => {}
            tree::ExprKind::Literal(
                tree::Literal::Number(_)
                | tree::Literal::Text(_)
                | tree::Literal::Date(_)
                | tree::Literal::Time(_)
                | tree::Literal::Unreadable,
            )
            | tree::ExprKind::Missing
            | tree::ExprKind::Measure(_)
            | tree::ExprKind::Predicate(tree::Predicate::Entering(_) | tree::Predicate::Leaving(_) | tree::Predicate::SameAs { .. })
            | tree::ExprKind::Cell { .. }
            | tree::ExprKind::Arithmetic(_)
            | tree::ExprKind::Conversion(_) => return Some(expr.span),
        }
    }
    None
}

fn is_number(expr: &tree::Expr) -> bool {
    matches!(
        expr.kind,
        tree::ExprKind::Literal(tree::Literal::Number(_) | tree::Literal::Date(_) | tree::Literal::Time(_) | tree::Literal::Unreadable)
    )
}

impl Policy {
    /// Gives each queue that rotates from the table one seat per row, and each owner who is new a number.
    pub(crate) fn seat_owners(&mut self, table: TableId) {
        if !self.is_rotated(table) {
            return;
        }
        let Some(owners) = self.owner_choices else { return };
        let known = self.choices.get(owners).into_iter().flat_map(|choices| choices.members.iter().enumerate());
        let mut numbers: FxHashMap<String, usize> = known.map(|(number, member)| (fold_choice(&member.name), number)).collect();
        for queue in 0..self.queues.len() {
            let Some(from) = self.queues[queue].from_table.clone().filter(|from| from.table == table) else { continue };
            let Some(rows) = self.tables.get(table) else { continue };
            let figure = |column: Option<usize>, row: usize| -> Option<u32> {
                let cell = rows.columns.get(column?)?.cells.get(row).copied().flatten()?;
                u32::try_from(cell).ok()
            };
            let seats: Vec<(Option<Named>, Seat)> = (0..rows.row_count)
                .map(|row| {
                    let seat = Seat {
                        owner: 0,
                        // an owner without a weight takes no turn, where the rotation asks for weights
                        weight: if from.weight.is_some() { figure(from.weight, row).unwrap_or(0) } else { 1 },
                        capacity: figure(from.capacity, row),
                        skipped: from.skip.as_ref().is_some_and(|skip| row_holds(rows, row, skip)),
                    };
                    (owner_in(rows, row, from.owner), seat)
                })
                .collect();
            let span = rows.span;
            let Some(choices) = self.choices.get_mut(owners) else { return };
            let seated = seats.into_iter().filter_map(|(owner, seat)| {
                let owner = match owner? {
                    Named::Number(number) => number,
                    Named::Name(name) => *numbers.entry(fold_choice(&name)).or_insert_with_key(|folded| {
                        choices.members.push(ChoiceMember { spellings: vec![folded.clone()], name, display: None, span });
                        choices.members.len() - 1
                    }),
                };
                Some(Seat { owner, ..seat })
            });
            self.queues[queue].rotation = seated.collect();
        }
    }
}

impl Policy {
    /// A queue that rotates from the table and its team, if that lists its members and the owner of the row is none of them.
    pub(crate) fn queue_of_others(&self, table: TableId, values: &[Option<Constant>]) -> Option<(String, &Queue, &Team)> {
        let mut queues = self.queues.iter().filter_map(|queue| {
            let from = queue.from_table.as_ref().filter(|from| from.table == table)?;
            let owner = self.owner_of(values.get(from.owner)?.as_ref()?)?;
            let team = self.teams.iter().find(|team| Some(&team.name) == queue.team.as_ref())?;
            let is_member = || team.members.iter().any(|member| fold_choice(&member.name) == fold_choice(&owner));
            (!team.members.is_empty() && !is_member()).then_some((owner, queue, team))
        });
        queues.next()
    }

    fn owner_of(&self, value: &Constant) -> Option<String> {
        match value {
            Constant::Text(name) => Some(name.clone()),
            Constant::Integer(number) => {
                let owners = self.choices.get(self.owner_choices?)?;
                Some(owners.members.get(usize::try_from(*number).ok()?)?.name.clone())
            }
        }
    }
}

impl Checker<'_> {
    /// The rows of a table that the policy keeps name members of the teams whose queues rotate among them.
    pub(crate) fn check_owners_of(&mut self, id: TableId, file: &tree::Text) {
        let Some(table) = self.policy.tables.get(id).filter(|_| self.policy.is_rotated(id)) else { return };
        let values = |row: usize| -> Vec<Option<Constant>> { (0..table.columns.len()).map(|column| table.value(row, column)).collect() };
        let mut others = (0..table.row_count).filter_map(|row| self.policy.queue_of_others(id, &values(row)));
        let Some((owner, queue, team)) = others.next() else { return };
        let message = not_a_member(&owner, team);
        let further = match others.count() {
            0 => String::new(),
            further => format!(", and {further} more in it are none"),
        };
        let diagnostic = Diagnostic::new(Code::Rotation, message)
            .at(file.span, format!("has a row for `{owner}`{further}"))
            .at(queue.span, format!("the queue `{}` rotates among these rows", queue.name))
            .at(team.span, "the team lists its members")
            .help(format!("add `{owner}` to the members of `{}`, or take the row out of `{}`", team.name, file.value));
        self.report(diagnostic);
    }

    /// The same of a row that a test gives.
    pub(crate) fn check_owner_of_test(&mut self, id: TableId, values: &[Option<Constant>], span: Span) {
        let Some((owner, queue, team)) = self.policy.queue_of_others(id, values) else { return };
        let diagnostic = Diagnostic::new(Code::Rotation, not_a_member(&owner, team))
            .at(span, format!("would take turns in the queue `{}`", queue.name))
            .at(team.span, "the team lists its members")
            .help(format!("add `{owner}` to the members of `{}`, or let the row name one of them", team.name));
        self.report(diagnostic);
    }
}

fn not_a_member(owner: &str, team: &Team) -> String {
    format!("`{owner}` is not a member of the team `{}`", team.name)
}

/// How a cell names an owner.
enum Named {
    Number(usize),
    Name(String),
}

fn owner_in(table: &Table, row: usize, column: usize) -> Option<Named> {
    let TableColumn { ty, cells, spelled, .. } = table.columns.get(column)?;
    let cell = usize::try_from(cells.get(row).copied().flatten()?).ok()?;
    if *ty == Type::Text { spelled.get(cell).cloned().map(Named::Name) } else { Some(Named::Number(cell)) }
}

/// Whether a condition over a row's own cells holds; a comparison with a missing cell does not.
///
/// A reading of conditions next to the interpreter's: programs are made of policies that have their seats, for a turn is drawn among those who take one, and
/// so seats cannot wait for a program. It knows comparisons of a cell with constants alone, shares what compares with the programs, and a test holds
/// it against the interpreter.
fn row_holds(table: &Table, row: usize, condition: &Expr) -> bool {
    let holds =
        |inner: &Expr| stacker::maybe_grow(super::expressions::STACK_LEFT, super::expressions::STACK_NEXT, || row_holds(table, row, inner));
    let cell = |of: &Expr| match of.kind {
        ExprKind::Reference(Reference::Cell { column, .. }) => table.columns.get(column)?.cells.get(row).copied().flatten(),
        _ => None,
    };
    let text = |of: &Expr| match of.kind {
        ExprKind::Reference(Reference::Cell { column, .. }) => {
            let code = usize::try_from(cell(of)?).ok()?;
            table.columns.get(column)?.dictionary.get(code)
        }
        _ => None,
    };
    match &condition.kind {
        ExprKind::Constant(constant) => *constant == Constant::Integer(1),
        ExprKind::Reference(_) => cell(condition) == Some(1),
        ExprKind::Connective(connective) => match connective {
            Connective::And(members) => members.iter().all(holds),
            Connective::Or(members) => members.iter().any(holds),
            Connective::Not(inner) => !holds(inner),
            Connective::Implies(left, right) => !holds(left) || holds(right),
        },
        ExprKind::Predicate(predicate) => match predicate {
            Predicate::CompareConstant { left, operator, right } => {
                cell(left).is_some_and(|cell| operator.holds(right.compare_units(cell, scale_of(left.ty)).reverse()))
            }
            Predicate::IsOneOf { left, negated, values } => cell(left).is_some_and(|value| values.contains(&value) != *negated),
            Predicate::IsText { left, negated, values } => text(left).is_some_and(|text| values.contains(text) != *negated),
            Predicate::IsKnown { left, known } => cell(left).is_some() == *known,
            Predicate::Has { left, mask } => cell(left).is_some_and(|bits| bits & mask != 0),
            Predicate::TextTest { left, test, text: part } => text(left).is_some_and(|text| test.holds(text, part)),
            // [`beyond_rows`] lets none of these through
            Predicate::Compare { .. } | Predicate::SameAs { .. } | Predicate::Entering(_) | Predicate::Leaving(_) => false,
        },
        ExprKind::Arithmetic(_) | ExprKind::Conversion(_) => false,
    }
}
