//! The rows of tables as parts.
//!
//! Enters: a table's part, the policy whose model has its rows. Leaves: the part with a part for each row, known by its keys. Always holds: texts are compared
//! as the language compares them, trimmed and ignoring case; the order of rows means nothing, as keys are unique.

use jiff::tz::TimeZone;

use super::part::{Group, Order, Part, Telling, Value};
use crate::model::{Policy, Table, TableColumn, Type};
use crate::record::show::Show;

/// Without a policy, or for a table that is given at run time, there are no rows.
pub fn with_rows(mut part: Part, policy: Option<&Policy>) -> Part {
    let found = policy.and_then(|policy| Some((policy, policy.tables.iter().find(|table| table.name == part.name.trim_matches('`'))?)));
    let rows = found.map(|(policy, table)| rows(policy, table)).unwrap_or_default();
    part.groups.push(Group { order: Order::Free, parts: rows });
    part
}

fn rows(policy: &Policy, table: &Table) -> Vec<Part> {
    let zone = TimeZone::get(&policy.timezone).unwrap_or(TimeZone::UTC);
    let show = Show { policy, zone: &zone };
    (0..table.row_count)
        .map(|row| {
            let keys = table.columns.iter().filter(|column| column.key).map(|column| cell(&show, column, row));
            let keys: Vec<Value> = keys.map(|value| value.unwrap_or_else(|| Value::new("missing"))).collect();
            let joined = |texts: Vec<String>| texts.join(", ");
            let name = joined(keys.iter().map(|key| key.shown.clone()).collect());
            let key = joined(keys.iter().map(|key| key.same.clone()).collect());
            let texts: Vec<String> =
                table.columns.iter().map(|column| cell(&show, column, row).map_or_else(String::new, |value| value.shown)).collect();
            // the name in another case is the same name
            let part = Part::keyed("row", name, [key]).quoted().naming("spelling").text(texts.join(", "));
            table.columns.iter().filter(|column| !column.key).fold(part, |part, column| match cell(&show, column, row) {
                Some(value) => part.with_column(&column.name, value),
                None => part,
            })
        })
        .collect()
}

/// None is missing.
fn cell(show: &Show, column: &TableColumn, row: usize) -> Option<Value> {
    let value = column.cells.get(row).copied().flatten()?;
    match column.ty {
        Type::Text => {
            let index = usize::try_from(value).ok()?;
            let same = column.dictionary.get(index)?.clone();
            Some(Value { shown: column.spelled.get(index).cloned().unwrap_or_else(|| same.clone()), same, members: None })
        }
        Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => {
            Some(Value::new(show.integer(column.ty, value)))
        }
    }
}

impl Part {
    /// The cell of a column: a part, as the column's name is not ours.
    fn with_column(mut self, column: &str, value: Value) -> Part {
        let cell = Part::named("", column).text(value.shown.clone()).fact("", Telling::Plain, value);
        match self.groups.first_mut() {
            Some(group) => group.parts.push(cell),
            None => self.groups.push(Group { order: Order::Free, parts: vec![cell] }),
        }
        self
    }
}
