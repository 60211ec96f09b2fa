//! Tables whose rows are given at run time, as fields that can be anything.
//!
//! Enters: a policy with tables of which no row is known. Leaves: the same policy, in which each look-up into such a table is a field of its own, optional, with the column's type and range;
//! and, for a lead of it, rows with which the look-ups give these values. Always holds: whatever rows are given, what a lead is to its lets, scores, decides, flow and claims, some lead of this policy is to
//! them as well. So what no lead of it does, no lead does with any rows. The other way round needs rows, and the lead to be scored with them.
//!
//! Look-ups that are written alike are one field. What finds something has its keys, and finds all that a row must have; look-ups with keys of one value find one row. That much is said by further claims of
//! that policy, which hold for every lead. How a look-up changes with its keys is not known: what compares a lead with another one must not rest on it.

use std::collections::BTreeMap;

use super::witness::{Witness, plain_value};
use crate::model::{
    Claim, ClaimKind, Connective, Constant, DecideBody, Effort, Expr, ExprKind, Field, Moment, Pause, PointsKind, Policy, Predicate,
    Reference, RouteTarget, TableColumn, TableId, TableRows, Trigger, Type, same_kind,
};
use crate::program::Value;
use crate::record::Lead;
use crate::source::{SourceId, Span};

/// A policy with fields in place of look-ups.
pub struct Opened {
    pub policy: Policy,
    /// how many fields the policy has itself
    own_fields: usize,
    /// how many claims the policy has itself; the others say what is so of its look-ups
    own_claims: usize,
    /// what each further field stands for
    cells: Vec<Cell>,
}

struct Cell {
    table: TableId,
    keys: Vec<Expr>,
    column: usize,
    ty: Type,
    /// every row has one
    is_required: bool,
    /// the keys as they are written
    written: String,
    span: Span,
}

pub fn opened(policy: &Policy) -> Opened {
    let mut opened = Opened { policy: policy.clone(), own_fields: policy.fields.len(), own_claims: policy.claims.len(), cells: Vec::new() };
    let mut changed = policy.clone();
    for expr in expressions(&mut changed) {
        opened.look_ups(policy, expr);
    }
    changed.fields.append(&mut opened.policy.fields.split_off(opened.own_fields));
    changed.claims.extend(opened.always().into_iter().map(|condition| Claim {
        title: String::new(),
        doc: None,
        span: condition.span,
        kind: ClaimKind::Always(condition),
    }));
    // nothing is awaited any more
    changed.tables.iter_mut().filter(|table| table.row_count == 0).for_each(|table| table.from_input = false);
    opened.policy = changed;
    opened
}

fn yes_no(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, ty: Type::YesNo, optional: false, range: None, span }
}

fn is_known(expr: Expr) -> Expr {
    let span = expr.span;
    yes_no(Predicate::IsKnown { left: Box::new(expr), known: true }.into(), span)
}

fn implies(left: Expr, right: Expr) -> Expr {
    let span = left.span;
    yes_no(Connective::Implies(Box::new(left), Box::new(right)).into(), span)
}

impl Cell {
    /// That two look-ups into one table have keys of the same values. None where they have not, whatever the lead is, and of keys of different types and texts, of which nothing is said.
    fn same_row(&self, other: &Cell, policy: &Policy) -> Option<Expr> {
        let mut same = Vec::new();
        for (left, right) in self.keys.iter().zip(&other.keys).filter(|(left, right)| written_alone(left) != written_alone(right)) {
            let (left, right) = (left.clone(), right.clone());
            let span = left.span;
            let kind = match (&left.kind, &right.kind) {
                (ExprKind::Constant(_), ExprKind::Constant(_)) => return None,
                (_, _) if !same_kind(policy, left.ty, right.ty) || left.ty == Type::Text => return None,
                (ExprKind::Constant(constant), _) => is_constant(right, constant)?,
                (_, ExprKind::Constant(constant)) => is_constant(left, constant)?,
                (_, _) => Predicate::SameAs { left: Box::new(left), negated: false, right: Box::new(right) },
            };
            same.push(yes_no(kind.into(), span));
        }
        Some(match same.len() {
            1 => same.remove(0),
            _ => yes_no(Connective::And(same).into(), self.span),
        })
    }
}

fn is_constant(expr: Expr, constant: &Constant) -> Option<Predicate> {
    let Constant::Integer(value) = constant else { return None };
    Some(Predicate::IsOneOf { left: Box::new(expr), negated: false, values: vec![*value] })
}

/// Everything that is asked of.
fn expressions(policy: &mut Policy) -> Vec<&mut Expr> {
    let mut found: Vec<&mut Expr> = policy.lets.iter_mut().map(|derived| &mut derived.value).collect();
    for score in &mut policy.scores {
        found.extend(score.adjusts.iter_mut().map(|adjust| &mut adjust.condition));
        for persona in &mut score.personas {
            found.extend(&mut persona.condition);
            for section in &mut persona.sections {
                found.extend(section.attributes.iter_mut().map(|attribute| &mut attribute.subject));
                found.extend(section.points.iter_mut().map(|row| match &mut row.kind {
                    PointsKind::When(condition) => condition,
                    PointsKind::Per { count, .. } => count,
                }));
            }
        }
    }
    for decide in &mut policy.decides {
        match &mut decide.body {
            DecideBody::Rows(rows) => found.extend(rows.iter_mut().filter_map(|row| row.condition.as_mut())),
            DecideBody::Grid(grid) => found.extend([&mut grid.rows_of, &mut grid.columns_of]),
        }
    }
    for row in policy.flows.iter_mut().flat_map(|flow| &mut flow.rows) {
        match &mut row.trigger {
            Trigger::When(condition) => found.push(condition),
            Trigger::On { when, .. } | Trigger::After { when, .. } => found.extend(when),
            Trigger::Broken => {}
        }
    }
    for route in &mut policy.routes {
        found.extend(&mut route.condition);
        for row in &mut route.rows {
            found.extend(&mut row.condition);
            if let RouteTarget::By(queue) = &mut row.target {
                found.push(queue);
            }
        }
    }
    for clock in &mut policy.slas {
        for moment in clock.starts.iter_mut().chain(&mut clock.stops).chain(&mut clock.restarts) {
            match moment {
                Moment::Entering { condition, .. } | Moment::Leaving { condition, .. } => found.extend(condition),
                Moment::When(condition) => found.push(condition),
                Moment::On { .. } => {}
            }
        }
        found.extend(clock.pauses.iter_mut().filter_map(|pause| if let Pause::While(condition) = pause { Some(condition) } else { None }));
        found.extend(clock.targets.iter_mut().filter_map(|target| target.condition.as_mut()));
    }
    for claim in &mut policy.claims {
        match &mut claim.kind {
            ClaimKind::Always(condition) | ClaimKind::Never(condition) | ClaimKind::Possible(condition) => found.push(condition),
            ClaimKind::Monotone { value, .. } => found.push(value),
        }
    }
    found
}

impl Opened {
    /// Puts fields in place of the look-ups of an expression.
    fn look_ups(&mut self, policy: &Policy, expr: &mut Expr) {
        let mut rest = vec![expr];
        while let Some(expr) = rest.pop() {
            if let ExprKind::Reference(Reference::Cell { table, keys, column }) = &expr.kind
                && let Some(of) = policy.tables.get(*table).filter(|table| table.from_input && table.row_count == 0)
                && let Some(of_column) = of.columns.get(*column)
            {
                let mut keys = keys.clone();
                keys.iter_mut().for_each(|key| self.look_ups(policy, key));
                let written = written(&keys);
                let same = |cell: &Cell| (cell.table, cell.column, &cell.written) == (*table, *column, &written);
                let place = self.cells.iter().position(same).unwrap_or_else(|| {
                    self.policy.fields.push(field(of_column, format!("{}.{}", of.name, of_column.name), true));
                    self.cells.push(Cell {
                        table: *table,
                        keys,
                        column: *column,
                        ty: of_column.ty,
                        is_required: !of_column.optional,
                        written: written.clone(),
                        span: expr.span,
                    });
                    self.cells.len() - 1
                });
                expr.kind = ExprKind::Reference(Reference::Field(self.own_fields + place));
                continue;
            }
            rest.extend(expr.children_mut());
        }
    }

    /// What is so of every lead, as values of a program with claims.
    pub fn known<'a>(&self, claims: &'a [Value]) -> &'a [Value] {
        claims.get(self.own_claims..).unwrap_or_default()
    }

    /// What is so of every lead, whatever rows are given.
    fn always(&self) -> Vec<Expr> {
        let mut always = Vec::new();
        for (place, cell) in self.cells.iter().enumerate() {
            let optional_keys = cell.keys.iter().filter(|key| key.optional);
            always.extend(optional_keys.map(|key| implies(is_known(self.found(place)), is_known(key.clone()))));
            for (later, other) in self.cells.iter().enumerate().skip(place + 1).filter(|(_, other)| other.table == cell.table) {
                let Some(same_row) = cell.same_row(other, &self.policy) else { continue };
                let (found, of_other) = (self.found(place), self.found(later));
                let mut then = Vec::new();
                if cell.column == other.column {
                    let same = Predicate::SameAs { left: Box::new(found.clone()), negated: false, right: Box::new(of_other.clone()) };
                    then.push(implies(is_known(found.clone()), yes_no(same.into(), found.span)));
                }
                if other.is_required {
                    then.push(implies(is_known(found.clone()), is_known(of_other.clone())));
                }
                if cell.is_required || cell.column == other.column {
                    then.push(implies(is_known(of_other), is_known(found)));
                }
                always.extend(then.into_iter().map(|then| implies(same_row.clone(), then)));
            }
        }
        always
    }

    /// What a look-up finds.
    fn found(&self, place: usize) -> Expr {
        let cell = &self.cells[place];
        let kind = ExprKind::Reference(Reference::Field(self.own_fields + place));
        Expr { kind, ty: cell.ty, optional: true, range: None, span: cell.span }
    }

    /// Whether the field stands for a look-up.
    pub fn is_look_up(&self, field: usize) -> bool {
        field >= self.own_fields
    }

    /// Whether a lead finds no row: then it is made one of the policy itself.
    pub fn is_without_rows(&self, witness: &mut Witness) -> bool {
        let finds_none = witness.lead.values.iter().skip(self.own_fields).all(Option::is_none);
        if finds_none {
            witness.lead.values.truncate(self.own_fields);
            witness.fields.retain(|field| *field < self.own_fields);
        }
        finds_none
    }

    /// The policy with rows that give the look-ups of the lead what its fields hold, and the lead without these. None where the keys of a look-up are worked out, or two look-ups
    /// want different things of one cell.
    pub fn with_rows(&self, policy: &Policy, lead: &Lead) -> Option<(Policy, Lead)> {
        let mut own = lead.clone();
        own.values.truncate(self.own_fields);
        let mut rows: BTreeMap<(TableId, String), Vec<Option<Constant>>> = BTreeMap::new();
        for (cell, value) in self.cells.iter().zip(lead.values.get(self.own_fields..)?) {
            let Some(value) = value else { continue };
            let columns = &policy.tables.get(cell.table)?.columns;
            let keys = cell.keys.iter().map(|key| key_of(key, &own)).collect::<Option<Vec<Constant>>>()?;
            let row = rows.entry((cell.table, format!("{keys:?}"))).or_insert_with(|| {
                let mut given = keys.into_iter();
                columns.iter().map(|column| if column.key { given.next() } else { None }).collect()
            });
            let place = row.get_mut(cell.column)?;
            if place.as_ref().is_some_and(|other| other != value) {
                return None;
            }
            *place = Some(value.clone());
        }
        let mut given = policy.clone();
        let mut tables: BTreeMap<TableId, TableRows> = BTreeMap::new();
        for ((table, _), mut row) in rows {
            let of = policy.tables.get(table)?;
            for (cell, column) in row.iter_mut().zip(&of.columns).filter(|(cell, column)| cell.is_none() && !column.optional) {
                *cell = plain_value(&field(column, String::new(), false));
            }
            tables.entry(table).or_insert_with(|| TableRows::of(of)).push(&row).ok()?;
        }
        tables.into_iter().for_each(|(table, rows)| given.give_rows(table, rows));
        Some((given, own))
    }
}

/// What a key is, where it is a field as it is or a constant.
fn key_of(key: &Expr, lead: &Lead) -> Option<Constant> {
    match &key.kind {
        ExprKind::Constant(value) => Some(value.clone()),
        ExprKind::Reference(Reference::Field(field)) => lead.values.get(*field)?.clone(),
        ExprKind::Reference(_) | ExprKind::Arithmetic(_) | ExprKind::Conversion(_) | ExprKind::Connective(_) | ExprKind::Predicate(_) => {
            None
        }
    }
}

fn field(column: &TableColumn, name: String, optional: bool) -> Field {
    Field {
        name,
        display: None,
        doc: None,
        ty: column.ty,
        range: column.range,
        optional,
        effort: Effort::Fixed,
        sources: Vec::new(),
        span: column.span,
    }
}

fn written_alone(key: &Expr) -> String {
    written(std::slice::from_ref(key))
}

/// What expressions say, wherever they stand.
fn written(keys: &[Expr]) -> String {
    let mut keys = keys.to_vec();
    let mut rest: Vec<&mut Expr> = keys.iter_mut().collect();
    while let Some(expr) = rest.pop() {
        expr.span = Span::new(SourceId(0), 0, 0);
        rest.extend(expr.children_mut());
    }
    format!("{keys:?}")
}
