//! Lets, decides and grids as parts.

use super::expressions;
use super::part::{Part, Telling, Value};
use super::parts_scores::pattern;
use super::words;
use crate::syntax::tree::{Decide, DecideRow, Grid, GridRow, Guard, Let, Text};

pub fn let_value(doc: Option<&Text>, value: &Let) -> Part {
    let Let { name, display, value } = value;
    let text = format!("{} = {}", words::name(name), expressions::shown(value));
    let part = Part::keyed("let", words::name(name), [words::name(name), expressions::same(value)]).text(text);
    part.called(doc, display.as_ref()).fact("value", Telling::Condition, expressions::condition(value))
}

pub fn decide(doc: Option<&Text>, decide: &Decide) -> Part {
    let Decide { name, display, rows } = decide;
    let mut part = Part::named("decide", words::name(name)).called(doc, display.as_ref()).sequence(rows.iter().map(row));
    part.keys.push(part.fingerprint());
    part
}

fn row(row: &DecideRow) -> Part {
    let DecideRow { doc, outcome, display, guard, because, span: _ } = row;
    let (same, shown) = guard_texts(guard);
    let part = Part::keyed("row", words::name(outcome), [format!("{} {same}", words::name(outcome)), words::name(outcome), same])
        .naming("outcome")
        .text(format!("{} {shown}", words::name(outcome)))
        .called(doc.as_ref(), display.as_ref());
    guarded(part, guard).words("reason", because.as_ref().map(words::text))
}

/// As it is compared, and as it is shown.
pub fn guard_texts(guard: &Guard) -> (String, String) {
    match guard {
        Guard::When(condition) => (format!("when {}", expressions::same(condition)), format!("when {}", expressions::shown(condition))),
        Guard::Otherwise(_) => ("otherwise".to_owned(), "otherwise".to_owned()),
    }
}

pub fn guarded(part: Part, guard: &Guard) -> Part {
    let value = match guard {
        Guard::When(condition) => expressions::condition(condition),
        Guard::Otherwise(_) => Value::new("otherwise"),
    };
    part.fact("condition", Telling::Condition, value)
}

pub fn grid(doc: Option<&Text>, grid: &Grid) -> Part {
    let Grid { name, display, rows_of, columns_of, columns, rows } = grid;
    let columns: Vec<String> = columns.iter().map(pattern).collect();
    let edge = |noun: &'static str, text: String| Part::named(noun, text).quoted();
    let mut row_edges = Vec::new();
    let mut cells = Vec::new();
    for row in rows {
        let GridRow { pattern: row, outcomes, span: _ } = row;
        let row = pattern(row);
        for (number, outcome) in outcomes.iter().enumerate() {
            let column = columns.get(number).cloned().unwrap_or_else(|| (number + 1).to_string());
            let cell = format!("{row} × {column}");
            let part = Part::named("cell", cell.clone()).quoted().text(format!("{cell}: {}", words::name(outcome)));
            cells.push(part.plain("outcome", words::name(outcome)));
        }
        row_edges.push(edge("row", row));
    }
    let mut part = Part::named("grid", words::name(name))
        .called(doc, display.as_ref())
        .fact("rows", Telling::Text, expressions::value(rows_of))
        .fact("columns", Telling::Text, expressions::value(columns_of))
        .free(columns.iter().map(|column| edge("column", column.clone())))
        .free(row_edges)
        .free(cells);
    part.keys.push(part.fingerprint());
    part
}
