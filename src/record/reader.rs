//! What typed expressions came out as for one lead.
//!
//! Enters: expressions of the model, the values that the interpreter gave to the operations of the plain program. Leaves: values, also as text.
//! Always holds: nothing is computed again but texts, which programs see as numbers; recursion is as deep as brackets may nest.

use rustc_hash::FxHashMap;

use super::Lead;
use super::show::Show;
use crate::model::value::fold_text;
use crate::model::{ColumnId, Connective, Constant, Conversion, Derived, Expr, ExprKind, Policy, Reference, Table, Type};
use crate::program::text_map::domain_of;
use crate::program::{Trace, Value};
use crate::source::{Sources, Span};

pub struct Reader<'a> {
    pub policy: &'a Policy,
    pub sources: &'a Sources,
    pub trace: &'a Trace,
    /// of every operation of the plain program
    pub values: &'a [Option<i64>],
    pub lead: &'a Lead,
    /// of every column of the policy: fields, behind them measures
    pub columns: &'a [Option<Constant>],
    pub show: Show<'a>,
    /// values of expressions that take the place of the trace's
    local: Option<&'a FxHashMap<Span, Value>>,
    /// per `let`, its value if it is a text: programs see texts as numbers
    let_texts: Vec<Option<String>>,
}

impl<'a> Reader<'a> {
    pub fn new(
        policy: &'a Policy,
        sources: &'a Sources,
        trace: &'a Trace,
        values: &'a [Option<i64>],
        lead: &'a Lead,
        columns: &'a [Option<Constant>],
        show: Show<'a>,
    ) -> Reader<'a> {
        let mut reader =
            Reader { policy, sources, trace, values, lead, columns, show, local: None, let_texts: vec![None; policy.lets.len()] };
        // each after all that it needs, so that a long chain is no deep recursion
        for derived in &policy.order {
            match derived {
                Derived::Let(index) => {
                    let text = policy.lets.get(*index).filter(|one| one.value.ty == Type::Text).and_then(|one| reader.text(&one.value));
                    reader.let_texts[*index] = text;
                }
                Derived::Score(_) | Derived::Decide(_) => {}
            }
        }
        reader
    }

    /// The same, for the expressions of one part of the policy whose spans others share.
    pub fn within(&self, local: &'a FxHashMap<Span, Value>) -> Reader<'a> {
        Reader { local: Some(local), let_texts: self.let_texts.clone(), ..*self }
    }

    pub fn at(&self, value: Value) -> Option<i64> {
        self.values.get(value.index()).copied().flatten()
    }

    pub fn holds_at(&self, value: Value) -> bool {
        self.at(value) == Some(1)
    }

    /// The policy's own words, on one line and without comments.
    pub fn phrase(&self, span: Span) -> String {
        phrase(self.sources.text(span))
    }

    /// The value as text; none is missing.
    pub fn shown(&self, expression: &Expr) -> Option<String> {
        match expression.ty {
            Type::Text => self.text(expression),
            Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
                self.value(expression).map(|value| self.show.integer(expression.ty, value))
            }
        }
    }

    pub fn holds(&self, condition: &Expr) -> bool {
        let ExprKind::Connective(connective) = &condition.kind else { return self.value(condition) == Some(1) };
        match connective {
            Connective::And(members) => members.iter().all(|member| self.holds(member)),
            Connective::Or(members) => members.iter().any(|member| self.holds(member)),
            Connective::Not(inner) => !self.holds(inner),
            Connective::Implies(left, right) => !self.holds(left) || self.holds(right),
        }
    }

    /// The value in the units of its type; none is missing, or a text.
    pub fn value(&self, expression: &Expr) -> Option<i64> {
        match &expression.kind {
            ExprKind::Constant(Constant::Integer(value)) => Some(*value),
            ExprKind::Reference(Reference::Field(field)) => self.integer(*field),
            ExprKind::Reference(Reference::Measure(measure)) => self.integer(self.policy.measure_column(*measure)),
            ExprKind::Reference(Reference::Let(index)) => self.at((*self.trace.lets.get(*index)?)?),
            ExprKind::Reference(Reference::Score(index)) => self.at(self.trace.scores.get(*index)?.value?),
            ExprKind::Reference(Reference::Section(score, section)) => self.at(*self.trace.scores.get(*score)?.sections.get(*section)?),
            ExprKind::Reference(Reference::Decide(index)) => self.at(self.trace.decides.get(*index)?.value),
            ExprKind::Reference(Reference::Stage) => self.lead.stage.or(self.policy.start_stage).map(|stage| stage as i64),
            ExprKind::Constant(Constant::Text(_))
            | ExprKind::Reference(Reference::Cell { .. } | Reference::Property(_))
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => {
                let local = self.local.and_then(|local| local.get(&expression.span));
                self.at(*local.or_else(|| self.trace.expressions.get(&expression.span))?)
            }
        }
    }

    /// Programs see texts as numbers; this is what they stand for.
    fn text(&self, expression: &Expr) -> Option<String> {
        match &expression.kind {
            ExprKind::Constant(Constant::Text(text)) => Some(text.clone()),
            ExprKind::Reference(Reference::Field(field)) => self.text_of(*field),
            ExprKind::Reference(Reference::Measure(measure)) => self.text_of(self.policy.measure_column(*measure)),
            ExprKind::Reference(Reference::Let(index)) => self.let_texts.get(*index)?.clone(),
            ExprKind::Conversion(Conversion::DomainOf(inner)) => domain_of(&fold_text(&self.text(inner)?)).map(str::to_string),
            ExprKind::Conversion(Conversion::Else(inner, default)) => self.text(inner).or_else(|| match default {
                Constant::Text(text) => Some(text.clone()),
                Constant::Integer(_) => None,
            }),
            ExprKind::Reference(Reference::Cell { table, keys, column }) => {
                let table = self.policy.tables.get(*table)?;
                let row = self.row_of(table, keys)?;
                let column = table.columns.get(*column)?;
                let code = usize::try_from((*column.cells.get(row)?)?).ok()?;
                column.spelled.get(code).cloned()
            }
            ExprKind::Constant(Constant::Integer(_))
            | ExprKind::Reference(
                Reference::Score(_) | Reference::Section(..) | Reference::Decide(_) | Reference::Stage | Reference::Property(_),
            )
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(Conversion::DaysSince(_) | Conversion::DaysUntil(_))
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => None,
        }
    }

    fn integer(&self, column: ColumnId) -> Option<i64> {
        match self.columns.get(column)? {
            Some(Constant::Integer(value)) => Some(*value),
            Some(Constant::Text(_)) | None => None,
        }
    }

    fn text_of(&self, column: ColumnId) -> Option<String> {
        match self.columns.get(column)? {
            Some(Constant::Text(text)) => Some(text.clone()),
            Some(Constant::Integer(_)) | None => None,
        }
    }

    /// The row of a table that these keys name.
    fn row_of(&self, table: &Table, keys: &[Expr]) -> Option<usize> {
        let columns: Vec<_> = table.columns.iter().filter(|column| column.key).collect();
        let mut candidates: Vec<usize> = (0..table.row_count).collect();
        for (column, key) in columns.into_iter().zip(keys) {
            let code_of = |row: usize| column.cells.get(row).copied().flatten();
            if column.ty != Type::Text {
                let wanted = self.value(key)?;
                candidates.retain(|row| code_of(*row) == Some(wanted));
                continue;
            }
            let wanted = fold_text(&self.text(key)?);
            let word = |row: usize| code_of(row).and_then(|code| column.dictionary.get(usize::try_from(code).ok()?));
            if column.prefix {
                let longest = candidates
                    .iter()
                    .filter_map(|row| word(*row))
                    .filter(|word| wanted.starts_with(word.as_str()))
                    .max_by_key(|word| word.len());
                let longest = longest?.clone();
                candidates.retain(|row| word(*row) == Some(&longest));
            } else {
                candidates.retain(|row| word(*row) == Some(&wanted));
            }
        }
        candidates.first().copied()
    }
}

/// Policy text on one line, comments left out.
pub fn phrase(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_string = false;
    let mut in_comment = false;
    for character in text.chars() {
        if in_comment {
            in_comment = character != '\n';
        } else if character == '#' && !in_string {
            in_comment = true;
            continue;
        }
        if in_comment {
            continue;
        }
        if character == '"' {
            in_string = !in_string;
        }
        if character.is_whitespace() && !in_string {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(character);
        }
    }
    out.trim_end().to_string()
}

#[cfg(test)]
mod tests {
    use super::phrase;

    #[test]
    fn a_phrase_is_one_line_without_comments() {
        assert_eq!(phrase("budget   # BANT \"x\n  and\tsite is \"a # b  c\"\n"), "budget and site is \"a # b  c\"");
    }
}
