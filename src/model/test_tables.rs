//! What a test says beside its lead: rows of tables that are given at run time, and whose the lead is already.
//!
//! Enters: the tree of a test. Leaves: rows by table, numbers of an owner and a queue. Always holds, when no error was reported: a row gives every
//! column that is not optional, and no key twice.

use rustc_hash::FxHashMap;

use super::check::Checker;
use super::declare::keeps_owners;
use super::hidden::Space;
use super::resolve::quoted;
use super::tests::COMES_WITHOUT;
use super::value::fold_choice;
use super::{ChoiceMember, Constant, Effort, Field, TableId, TableRows};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;
use crate::syntax::tree::{self, GivenRow};

impl Checker<'_> {
    /// The tables that the test gives rows of, in the order in which policies are given tables.
    pub(crate) fn check_given_rows(&mut self, test: &tree::Test) -> Vec<(TableId, TableRows)> {
        let mut tables: FxHashMap<TableId, (TableRows, Vec<Span>)> = FxHashMap::default();
        for row in &test.rows {
            let Some(id) = self.table_named(&row.table) else { continue };
            let Some(table) = self.policy.tables.get(id) else { continue };
            if !table.from_input {
                let declared = table.span;
                let message = format!("the table `{}` has its rows in a file of the policy", row.table.text);
                self.report(
                    Diagnostic::new(Code::TestField, message)
                        .at(row.table.span, "a test gives rows of tables `from input` alone")
                        .at(declared, "declared here")
                        .help("leave the row out; what stands in the file holds in tests too"),
                );
                continue;
            }
            let (rows, spans) = tables.entry(id).or_insert_with(|| (TableRows::of(table), Vec::new()));
            let (mut rows, mut spans) = (std::mem::replace(rows, TableRows::of(table)), std::mem::take(spans));
            if let Some(values) = self.check_row_of_table(id, row) {
                match rows.push(&values) {
                    Ok(()) => {
                        spans.push(row.span);
                        self.check_owner_of_test(id, &values, row.span);
                        self.name_owner_of_test(id, &values);
                    }
                    Err(first) => {
                        let message = format!("the test gives two rows of `{}` the same key", row.table.text);
                        let diagnostic = Diagnostic::new(Code::TestExpects, message).at(row.span, "again");
                        let first = spans.get(first).copied();
                        self.report(first.into_iter().fold(diagnostic, |diagnostic, first| diagnostic.at(first, "first")));
                    }
                }
            }
            tables.insert(id, (rows, spans));
        }
        let order = self.policy.tables_from_input();
        order.into_iter().filter_map(|id| tables.remove(&id).map(|(rows, _)| (id, rows))).collect()
    }

    fn check_row_of_table(&mut self, id: TableId, row: &GivenRow) -> Option<Vec<Option<Constant>>> {
        let table = self.policy.tables.get(id)?;
        let columns: Vec<Field> = table
            .columns
            .iter()
            .map(|column| Field {
                name: column.name.clone(),
                display: None,
                doc: None,
                ty: column.ty,
                range: column.range,
                optional: column.optional,
                effort: Effort::default(),
                sources: Vec::new(),
                span: column.span,
            })
            .collect();
        let mut values: Vec<Option<Constant>> = vec![None; columns.len()];
        let mut seen: FxHashMap<usize, Span> = FxHashMap::default();
        let before = self.diagnostics.len();
        for cell in &row.cells {
            let Some(index) = self.column_named(id, &cell.name) else { continue };
            if let Some(first) = seen.insert(index, cell.name.span) {
                self.report(
                    Diagnostic::new(Code::TestExpects, format!("the row gives `{}` twice", cell.name.text))
                        .at(cell.name.span, "again")
                        .at(first, "first")
                        .help("leave one of them out"),
                );
                continue;
            }
            values[index] = self.given_value(cell, &columns[index]);
        }
        let absent: Vec<&str> = columns
            .iter()
            .enumerate()
            .filter(|(index, column)| !column.optional && !seen.contains_key(index))
            .map(|(_, column)| column.name.as_str())
            .collect();
        if !absent.is_empty() && self.diagnostics.len() == before {
            let message = format!("a row of `{}` {COMES_WITHOUT} {}", row.table.text, quoted(&absent));
            let help = format!("write {} in its braces", absent.iter().map(|name| format!("`{name} …`")).collect::<Vec<_>>().join(", "));
            self.report(Diagnostic::new(Code::TestIncomplete, message).at(row.span, "not a whole row").help(help));
        }
        (self.diagnostics.len() == before).then_some(values)
    }

    /// Rows of a test may name owners whom only the table of a run will name again; tests can expect them.
    fn name_owner_of_test(&mut self, id: TableId, values: &[Option<Constant>]) {
        let owner = self.policy.queues.iter().filter_map(|queue| queue.from_table.as_ref()).find(|from| from.table == id);
        if let Some(Some(Constant::Text(name))) = owner.and_then(|from| values.get(from.owner)) {
            let span = self.policy.tables.get(id).map(|table| table.span);
            let owners = self.policy.owner_choices.and_then(|owners| self.policy.choices.get_mut(owners));
            if let (Some(owners), Some(span)) = (owners, span)
                && owners.index_of_spelling(name).is_none()
            {
                owners.members.push(ChoiceMember { name: name.clone(), display: None, spellings: vec![fold_choice(name)], span });
            }
        }
    }

    /// `owner rep_a`, `queue inside`.
    pub(crate) fn check_given_owner(&mut self, test: &tree::Test) -> (Option<usize>, Option<usize>) {
        let owner = test.owner.as_ref().and_then(|name| {
            let owners = self.policy.owner_choices;
            let found = owners.and_then(|owners| self.choice_index(owners, &name.text));
            if found.is_none() {
                let candidates = owners.map_or_else(Vec::new, |owners| self.choice_names(owners));
                self.unknown(Code::TestField, Space::Owner, "owner", name, candidates);
            }
            found
        });
        let queue = test.queue.as_ref().and_then(|name| self.queue_named(name));
        // by the trees: a row with a mistake is one all the same
        let keeps = self.items.routes.iter().any(|(_, route)| keeps_owners(route));
        // a clock may run on the owner's calendar
        let owner_matters = keeps || self.policy.clocks_ask_for_owners();
        let (given_owner, given_queue) = (test.owner.as_ref().filter(|_| !owner_matters), test.queue.as_ref().filter(|_| !keeps));
        if let Some(name) = given_owner.or(given_queue).filter(|_| !self.hidden.may_ask_for_owners()) {
            self.report(
                Diagnostic::new(Code::TestField, "no route keeps owners, so whose the lead is already makes no difference")
                    .at(name.span, "looked at by nothing")
                    .help("leave it out, or write a row `keep owner when …` in a route"),
            );
        }
        (owner, queue)
    }
}
