//! Which column of a file gives which field, as a table; of the leads, and of each file of signals and of the stage log.

use super::layout::{Page, Paint, words};
use crate::batch::bind::{Bound, Matched};
use crate::batch::{Binding, Report};
use crate::diagnostic::nearest;
use crate::diagnostic::render_human::Look;

pub fn page(report: &Report, look: Look) -> String {
    let mut page = Page::new(look);
    one(&mut page, "Which column gives which field", &report.binding);
    let histories = [(&report.signals, "a signal"), (&report.stage_log, "an entry of the stage log")];
    for (history, what) in histories {
        for file in history.iter().flat_map(|history| &history.files) {
            one(&mut page, &format!("{}: which column gives what of {what}", file.name), &file.binding);
        }
    }
    page.finish()
}

fn one(page: &mut Page, title: &str, binding: &Binding) {
    page.heading(title);
    let rows: Vec<_> = binding
        .fields
        .iter()
        .chain(binding.standing.iter().filter(|bound| bound.column.is_some()))
        .map(|bound| row(binding, bound))
        .collect();
    page.table(2, &[], &rows);
    if !binding.unused.is_empty() {
        let names: Vec<String> = binding.unused.iter().map(|column| column_name(binding, *column)).collect();
        page.line(2, &[words("not used: ").paint(Paint::Dim), words(names.join(", "))]);
    }
}

fn row(binding: &Binding, bound: &Bound) -> Vec<super::layout::Words> {
    match &bound.column {
        None => {
            let near = near(binding, bound).map_or_else(String::new, |column| format!(" (perhaps `{column}`, which nothing reads)"));
            vec![words(&bound.name), words(format!("no column: always missing{near}")).paint(Paint::Warn)]
        }
        Some((column, matched)) => {
            let why = match matched {
                Matched::Name => String::new(),
                Matched::SimilarName => "by a similar name".to_string(),
                Matched::AnyRoute => "for every route".to_string(),
                Matched::Source { system } => format!("its name in {system}"),
            };
            let name = column_name(binding, *column);
            vec![words(&bound.name), words(name), words(why).paint(Paint::Dim)]
        }
    }
}

/// A column that nothing reads and that may have been meant.
fn near<'b>(binding: &'b Binding, bound: &Bound) -> Option<&'b str> {
    nearest(&bound.name, binding.unused.iter().filter_map(|column| binding.columns.get(*column)).map(|column| column.trim()))
}

/// A column without a name is called by its place.
fn column_name(binding: &Binding, column: usize) -> String {
    match binding.columns.get(column).map(|name| name.trim()) {
        Some("") | None => format!("column {} without a name", column + 1),
        Some(name) => name.to_owned(),
    }
}
