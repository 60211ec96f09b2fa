//! Cells of a file of cases that hold a piece of a test: signals, and how long ago something was.
//!
//! Enters: a cell. Leaves: the same trees as a test has, with places in the CSV file. Always holds: what stands in a cell is read by the grammar of tests and
//! nothing else; where the cell is quoted in the file, every place inside it is that of the whole cell.

use super::case_file::CaseCell;
use crate::source::{Sources, Span};
use crate::syntax::{parse, tree};

/// `ask_for_rep 1 day ago  page_view 2 days ago { path "/products" }`; or why it cannot be read.
pub(crate) fn signals_of(cell: &CaseCell) -> Result<Vec<tree::GivenSignal>, String> {
    let mut test = read(cell, "signals {\n", "\n}")?;
    let place = Place { cell, offset: test.offset };
    for signal in &mut test.tree.signals {
        place.name(&mut signal.signal);
        place.ago(&mut signal.when);
        place.span(&mut signal.span);
        for given in &mut signal.properties {
            place.name(&mut given.name);
            place.span(&mut given.span);
            given.values.iter_mut().for_each(|value| place.constant(value));
        }
    }
    Ok(test.tree.signals)
}

/// `3 days ago`, `2026-11-18T15:00`; or why it cannot be read.
pub(crate) fn moment_of(cell: &CaseCell) -> Result<tree::Ago, String> {
    let test = read(cell, "stage s since\n", "\n")?;
    let place = Place { cell, offset: test.offset };
    let mut ago = test.tree.stage.and_then(|(_, since)| since).ok_or_else(|| "it is no time".to_owned())?;
    place.ago(&mut ago);
    Ok(ago)
}

struct Read {
    tree: tree::Test,
    /// where the cell's text begins in what was read
    offset: usize,
}

fn read(cell: &CaseCell, before: &str, behind: &str) -> Result<Read, String> {
    let head = format!("leadwright 1\ntest \"case\" {{ {before}");
    // rows of a test begin with a blank, so that none of them can be taken for an item
    let indented = cell.text.replace(['\n', '\r'], " ");
    let mut scratch = Sources::default();
    let source = scratch.add("cell", format!("{head} {indented}{behind}}}\n"));
    let (file, diagnostics) = parse(&scratch, source);
    if let Some(first) = diagnostics.first() {
        return Err(first.message.clone());
    }
    let mut tests = file.items.into_iter().filter_map(|item| if let tree::ItemKind::Test(test) = item.kind { Some(test) } else { None });
    let (Some(tree), None) = (tests.next(), tests.next()) else { return Err("it is more than that".to_owned()) };
    // a brace in the cell may have closed the part that it stands in
    let others = tree.lead.len() + tree.expect.len() + tree.rows.len();
    if others > 0 || tree.as_of.is_some() || tree.owner.is_some() || tree.queue.is_some() {
        return Err("it is more than that".to_owned());
    }
    Ok(Read { tree, offset: head.len() + 1 })
}

/// From places in what was read to places in the file of cases.
struct Place<'c> {
    cell: &'c CaseCell,
    offset: usize,
}

impl Place<'_> {
    fn span(&self, span: &mut Span) {
        let Some(start) = self.cell.start else {
            *span = self.cell.span;
            return;
        };
        let moved = |at: u32| (at as usize + start).saturating_sub(self.offset);
        *span = Span::new(self.cell.span.source, moved(span.start), moved(span.end));
    }

    fn name(&self, name: &mut tree::Name) {
        self.span(&mut name.span);
    }

    fn ago(&self, ago: &mut tree::Ago) {
        match ago {
            tree::Ago::Before(duration) => self.span(&mut duration.span),
            tree::Ago::At(_, span) => self.span(span),
        }
    }

    fn constant(&self, value: &mut tree::Expr) {
        self.span(&mut value.span);
        // the other constants have no places of their own
        if let tree::ExprKind::Literal(tree::Literal::Number(number)) = &mut value.kind {
            self.span(&mut number.span);
            number.currency.iter_mut().for_each(|name| self.name(name));
        }
        if let tree::ExprKind::Path(names) = &mut value.kind {
            names.iter_mut().for_each(|name| self.name(name));
        }
    }
}
