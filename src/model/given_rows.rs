//! Rows of a table that come from outside the policy: from a file at run time, or from a test.
//!
//! Enters: rows as typed values, one after the other. Leaves: columns of cells, which [`Policy::give_rows`] puts into the policy. Always
//! holds: keys differ once folded; every column has one cell per row; the queues that rotate from the table have its rows as their seats.

use rustc_hash::FxHashMap;

use super::value::fold_text;
use super::{Constant, Policy, TABLE_KEYS_MAX, Table, TableColumn, TableId, Type};

/// Rows under construction.
#[derive(Clone, Debug)]
pub struct TableRows {
    columns: Vec<Cells>,
    /// numbers of the key columns
    keys: Vec<usize>,
    /// key -> row
    rows: FxHashMap<[i64; TABLE_KEYS_MAX], usize>,
    row_count: usize,
}

#[derive(Clone, Debug, Default)]
struct Cells {
    dictionary: Vec<String>,
    spelled: Vec<String>,
    codes: FxHashMap<String, i64>,
    cells: Vec<Option<i64>>,
}

impl TableRows {
    /// No rows yet, of this table.
    pub fn of(table: &Table) -> TableRows {
        let keys = table.columns.iter().enumerate().filter(|(_, column)| column.key).map(|(index, _)| index);
        TableRows {
            columns: table.columns.iter().map(|_| Cells::default()).collect(),
            keys: keys.take(TABLE_KEYS_MAX).collect(),
            rows: FxHashMap::default(),
            row_count: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.row_count
    }

    pub fn is_empty(&self) -> bool {
        self.row_count == 0
    }

    /// Adds a row with one value per column; or gives the number of the row that has the same key.
    pub fn push(&mut self, values: &[Option<Constant>]) -> Result<(), usize> {
        let mut key = [0; TABLE_KEYS_MAX];
        for (slot, column) in key.iter_mut().zip(&self.keys) {
            *slot = values.get(*column).and_then(Option::as_ref).map_or(0, |value| self.columns[*column].code(value));
        }
        if let Some(first) = self.rows.get(&key) {
            return Err(*first);
        }
        self.rows.insert(key, self.row_count);
        self.row_count += 1;
        for (index, column) in self.columns.iter_mut().enumerate() {
            let cell = values.get(index).and_then(Option::as_ref).map(|value| column.code(value));
            column.cells.push(cell);
        }
        Ok(())
    }
}

impl Cells {
    /// The integer of a value; a text is its place in the dictionary.
    fn code(&mut self, value: &Constant) -> i64 {
        let text = match value {
            Constant::Integer(value) => return *value,
            Constant::Text(text) => text,
        };
        let folded = fold_text(text);
        if let Some(code) = self.codes.get(&folded) {
            return *code;
        }
        let code = self.dictionary.len() as i64;
        self.dictionary.push(folded.clone());
        self.spelled.push(text.trim().to_owned());
        self.codes.insert(folded, code);
        code
    }
}

impl Policy {
    /// Tables whose rows are given at run time, those first whose rows name owners that cells of the others may name.
    pub fn tables_from_input(&self) -> Vec<TableId> {
        let mut tables: Vec<TableId> = (0..self.tables.len()).filter(|id| self.tables[*id].from_input).collect();
        tables.sort_by_key(|id| !self.is_rotated(*id));
        tables
    }

    /// Whether a queue rotates among the rows of the table.
    pub(crate) fn is_rotated(&self, table: TableId) -> bool {
        self.queues.iter().any(|queue| queue.from_table.as_ref().is_some_and(|from| from.table == table))
    }

    /// Puts rows into a table, instead of those that it has, and seats the owners of the queues that rotate from it.
    pub fn give_rows(&mut self, table: TableId, rows: TableRows) {
        let Some(given) = self.tables.get_mut(table) else { return };
        given.row_count = rows.row_count;
        for (column, cells) in given.columns.iter_mut().zip(rows.columns) {
            (column.dictionary, column.spelled, column.cells) = (cells.dictionary, cells.spelled, cells.cells);
        }
        self.seat_owners(table);
    }
}

impl Table {
    /// One cell as a value: of a text column its text.
    pub fn value(&self, row: usize, column: usize) -> Option<Constant> {
        let TableColumn { ty, cells, spelled, .. } = self.columns.get(column)?;
        let cell = cells.get(row).copied().flatten()?;
        match ty {
            Type::Text => spelled.get(usize::try_from(cell).ok()?).cloned().map(Constant::Text),
            Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => Some(Constant::Integer(cell)),
        }
    }
}
