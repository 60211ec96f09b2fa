//! Look-ups: which row of a table a lead's keys name, and what stands in it.
//!
//! A single key over texts or choices is an array from code to row; anything else is a search over the sorted keys.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::Lowering;
use super::expressions::scale_of;
use super::texts::Codes;
use crate::model::{Expr, Table, TableId, Type};
use crate::program::{KEYS_MAX, Lookup, TextMapKind, Value};

/// What was made of the policy's tables so far.
#[derive(Default)]
pub(super) struct Tables {
    dictionaries: FxHashMap<(TableId, usize), Codes>,
    prefixes: FxHashMap<(TableId, usize), Prefixes>,
    /// by the scales that numeric keys were brought to
    lookups: FxHashMap<(TableId, Vec<u32>), u32>,
    /// from the code of a single key to its row
    rows: FxHashMap<TableId, u32>,
    cells: FxHashMap<(TableId, usize, Cells), u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Cells {
    Values,
    Days,
}

/// The texts of a prefix key, shorter ones first.
#[derive(Clone)]
struct Prefixes {
    codes: Codes,
    /// from a text's place in the dictionary to its code
    of_entry: Rc<Vec<i64>>,
    /// per code, the next shorter prefix
    parents: Rc<Vec<Option<i64>>>,
}

impl Lowering<'_> {
    /// What stands in the row that the keys name; of a text column, the text's place in its dictionary.
    pub fn cell(&mut self, table: TableId, keys: &[Expr], column: usize) -> Value {
        self.cells_at(table, keys, column, Cells::Values)
    }

    /// The calendar day of a time that stands there.
    pub fn cell_day(&mut self, table: TableId, keys: &[Expr], column: usize) -> Value {
        self.cells_at(table, keys, column, Cells::Days)
    }

    /// What each text of a column's dictionary means as an integer: its place.
    pub fn dictionary_codes(&mut self, table: TableId, column: usize) -> Codes {
        if let Some(codes) = self.tables.dictionaries.get(&(table, column)) {
            return codes.clone();
        }
        let dictionary = self.policy.tables.get(table).and_then(|table| table.columns.get(column)).map(|column| &column.dictionary);
        let texts = dictionary.into_iter().flatten().cloned().zip(0..);
        let codes = Codes { column: Some((table, column)), ..Codes::exact(texts, None) };
        self.tables.dictionaries.insert((table, column), codes.clone());
        codes
    }

    fn cells_at(&mut self, table: TableId, keys: &[Expr], column: usize, what: Cells) -> Value {
        let policy = self.policy;
        let found = policy.tables.get(table).filter(|table| table.row_count > 0);
        let Some((found, cells)) = found.and_then(|found| Some((found, &found.columns.get(column)?.cells))) else {
            return self.builder.missing();
        };
        let row = self.row(table, found, keys);
        let array = match self.tables.cells.get(&(table, column, what)) {
            Some(array) => *array,
            None => {
                let mut entries: Vec<Option<i64>> = match what {
                    Cells::Values => cells.clone(),
                    Cells::Days => cells.iter().map(|cell| cell.and_then(|instant| self.day_of_instant(instant))).collect(),
                };
                entries.resize(found.row_count, None);
                let array = self.builder.array(entries);
                self.tables.cells.insert((table, column, what), array);
                array
            }
        };
        self.builder.table(row, array)
    }

    /// The number of the row that the keys name.
    fn row(&mut self, id: TableId, table: &Table, keys: &[Expr]) -> Value {
        let columns: Vec<usize> = (0..table.columns.len()).filter(|column| table.columns[*column].key).collect();
        if columns.len() != keys.len() || keys.is_empty() || keys.len() > KEYS_MAX {
            return self.builder.missing();
        }
        // Lowered before anything is looked up, so that every key has a value that explanations can show.
        let values: Vec<Value> = columns.iter().zip(keys).map(|(column, key)| self.key(id, table, *column, key)).collect();
        if let ([column], [value]) = (columns.as_slice(), values.as_slice())
            && let Some(array) = self.rows_by_code(id, table, *column)
        {
            return self.builder.table(*value, array);
        }
        let scales = columns.iter().zip(keys).map(|(column, key)| scale_of(key.ty).max(scale_of(table.columns[*column].ty))).collect();
        let lookup = self.lookup(id, table, &columns, scales);
        self.builder.find(lookup, &values)
    }

    /// The key as the table's index knows it.
    fn key(&mut self, id: TableId, table: &Table, column: usize, key: &Expr) -> Value {
        let found = &table.columns[column];
        if found.ty == Type::Text {
            let codes = if found.prefix { self.prefixes(id, table, column).codes } else { self.dictionary_codes(id, column) };
            let text = self.text(key);
            return self.text_code(&text, &codes);
        }
        let value = self.value(key);
        let scale = scale_of(found.ty).max(scale_of(key.ty));
        self.builder.rescale(value, scale_of(key.ty), scale)
    }

    /// For a single key of few codes: the array from code to row.
    fn rows_by_code(&mut self, id: TableId, table: &Table, column: usize) -> Option<u32> {
        let found = &table.columns[column];
        let code_count = match found.ty {
            Type::Text => found.dictionary.len(),
            Type::YesNo => 2,
            Type::OneOf(choices) => usize::try_from(self.choice_count(choices)).ok()?,
            Type::Number { .. } | Type::SomeOf(_) | Type::Date | Type::Time => return None,
        };
        if let Some(array) = self.tables.rows.get(&id) {
            return Some(*array);
        }
        let of_entry = (found.ty == Type::Text && found.prefix).then(|| self.prefixes(id, table, column).of_entry);
        let mut rows = vec![None; code_count.max(1)];
        for (cell, row) in found.cells.iter().zip(0..) {
            let cell = cell.and_then(|cell| usize::try_from(cell).ok());
            let code = match &of_entry {
                Some(of_entry) => cell.and_then(|cell| of_entry.get(cell)).and_then(|code| usize::try_from(*code).ok()),
                None => cell,
            };
            if let Some(entry) = code.and_then(|code| rows.get_mut(code)) {
                *entry = Some(row);
            }
        }
        let array = self.builder.array(rows);
        self.tables.rows.insert(id, array);
        Some(array)
    }

    fn lookup(&mut self, id: TableId, table: &Table, columns: &[usize], scales: Vec<u32>) -> u32 {
        if let Some(lookup) = self.tables.lookups.get(&(id, scales.clone())) {
            return *lookup;
        }
        let prefix = columns.iter().position(|column| table.columns[*column].prefix && table.columns[*column].ty == Type::Text);
        let prefixes = prefix.map(|position| self.prefixes(id, table, columns[position]));
        let mut rows: Vec<(Vec<i64>, i64)> = Vec::with_capacity(table.row_count);
        'rows: for row in 0..table.row_count {
            let mut key = Vec::with_capacity(columns.len());
            for (position, column) in columns.iter().enumerate() {
                let column = &table.columns[*column];
                let cell = column.cells.get(row).copied().flatten();
                let code = match (&prefixes, prefix == Some(position)) {
                    (Some(prefixes), true) => cell.and_then(|cell| prefixes.of_entry.get(usize::try_from(cell).ok()?).copied()),
                    // A key of more places than fit is equal to no lead's.
                    (None, _) | (_, false) => {
                        let power = 10i64.checked_pow(scales[position] - scale_of(column.ty));
                        cell.zip(power).and_then(|(cell, power)| cell.checked_mul(power))
                    }
                };
                let Some(code) = code else { continue 'rows };
                key.push(code);
            }
            rows.push((key, row as i64));
        }
        rows.sort_unstable();
        rows.dedup_by(|later, earlier| later.0 == earlier.0);
        let prefix = prefix.zip(prefixes).map(|(position, prefixes)| (position, (*prefixes.parents).clone()));
        let lookup = self.builder.lookup(Lookup { table: table.name.clone(), key_count: columns.len(), rows, prefix });
        self.tables.lookups.insert((id, scales), lookup);
        lookup
    }

    fn prefixes(&mut self, id: TableId, table: &Table, column: usize) -> Prefixes {
        if let Some(prefixes) = self.tables.prefixes.get(&(id, column)) {
            return prefixes.clone();
        }
        let dictionary = &table.columns[column].dictionary;
        let mut order: Vec<usize> = (0..dictionary.len()).collect();
        order.sort_by_key(|entry| (dictionary[*entry].len(), &dictionary[*entry]));
        let codes: FxHashMap<String, i64> = order.iter().map(|entry| dictionary[*entry].clone()).zip(0..).collect();
        let mut of_entry = vec![0; dictionary.len()];
        order.iter().zip(0..).for_each(|(entry, code)| of_entry[*entry] = code);
        let kind = TextMapKind::LongestPrefix { codes };
        let shorter = |text: &str| {
            let (last, _) = text.char_indices().next_back()?;
            kind.code(&text[..last])
        };
        let parents = order.iter().map(|entry| shorter(&dictionary[*entry])).collect();
        let codes = Codes { kind: Rc::new(kind), column: Some((id, column)) };
        let prefixes = Prefixes { codes, of_entry: Rc::new(of_entry), parents: Rc::new(parents) };
        self.tables.prefixes.insert((id, column), prefixes.clone());
        prefixes
    }
}
