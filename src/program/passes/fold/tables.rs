//! Constant arrays: one look instead of two, and answers that are known without a look.

use super::{ARRAY_MAX, Fold};
use crate::program::{Op, Value, arithmetic};

impl Fold {
    pub fn table(&mut self, op: Op, index: Value, array: u32) -> Option<Value> {
        if let Some(value) = self.strict(op) {
            return Some(value);
        }
        let entries = &self.result.arrays[array as usize];
        let interval = self.shape(index).interval;
        let inside = interval.low >= 0 && interval.high < entries.len() as i64;
        let (first, last) = (interval.low.max(0), interval.high.min(entries.len() as i64 - 1));
        if first > last || entries[first as usize..=last as usize].iter().all(Option::is_none) {
            return Some(self.missing());
        }
        if inside {
            let reached = || (first..=last).zip(&entries[first as usize..=last as usize]);
            if reached().all(|(index, entry)| *entry == Some(index)) {
                return Some(index);
            }
            if self.shape(index).condition && reached().all(|(index, entry)| *entry == Some(1 - index)) {
                return Some(self.emit(Op::Not(index)));
            }
        }
        if let Op::Table { index: inner_index, array: inner } = self.op(index)
            && let Some(combined) = self.combined(inner, array)
        {
            return Some(self.emit(Op::Table { index: inner_index, array: combined }));
        }
        if let Op::Not(opposite) = self.op(index) {
            let entries = &self.result.arrays[array as usize];
            let swapped = vec![arithmetic::entry(entries, 1), arithmetic::entry(entries, 0)];
            let swapped = self.array(swapped);
            return Some(self.emit(Op::Table { index: opposite, array: swapped }));
        }
        if let Op::Else(value, default) = self.op(index) {
            let default = arithmetic::entry(&self.result.arrays[array as usize], self.is(default)?);
            // Where the array has an entry for each value, the result is missing with the value, and the default stands for it there.
            if default.is_none() || self.has_entries_for(value, array) {
                let of_value = self.emit(Op::Table { index: value, array });
                let Some(default) = default else { return Some(of_value) };
                let default = self.constant(default);
                return Some(self.emit(Op::Else(of_value, default)));
            }
        }
        None
    }

    /// No known index of this shape is outside the array or meets a missing entry.
    fn has_entries_for(&self, index: Value, array: u32) -> bool {
        let entries = &self.result.arrays[array as usize];
        let interval = self.shape(index).interval;
        interval.low >= 0
            && interval.high < entries.len() as i64
            && entries[interval.low as usize..=interval.high as usize].iter().all(Option::is_some)
    }

    fn combined(&mut self, inner: u32, outer: u32) -> Option<u32> {
        if let Some(array) = self.combined.get(&(inner, outer)) {
            return Some(*array);
        }
        if !self.affords(inner) {
            return None;
        }
        let outer_entries = &self.result.arrays[outer as usize];
        let entries = self.result.arrays[inner as usize].iter().map(|index| arithmetic::entry(outer_entries, (*index)?)).collect();
        let array = self.array(entries);
        self.combined.insert((inner, outer), array);
        Some(array)
    }

    /// Whether an array of this one's length may be made.
    fn affords(&self, like: u32) -> bool {
        let length = self.result.arrays[like as usize].len();
        length <= ARRAY_MAX && length <= self.entries_left
    }

    fn array(&mut self, entries: Vec<Option<i64>>) -> u32 {
        self.entries_left = self.entries_left.saturating_sub(entries.len());
        self.result.arrays.push(entries);
        self.result.arrays.len() as u32 - 1
    }

    pub fn or_else(&mut self, value: Value, default: Value) -> Option<Value> {
        if !self.shape(value).optional || value == default || self.is_missing(default) {
            return Some(value);
        }
        if self.is_missing(value) {
            return Some(default);
        }
        if let Op::Select(condition, then, otherwise) = self.op(value) {
            if self.is_missing(otherwise) && !self.shape(then).optional {
                return Some(self.emit(Op::Select(condition, then, default)));
            }
            if self.is_missing(then) && !self.shape(otherwise).optional {
                return Some(self.emit(Op::Select(condition, default, otherwise)));
            }
        }
        if let Op::Table { index, array } = self.op(value) {
            let default = self.is(default)?;
            let entries = &self.result.arrays[array as usize];
            let shape = self.shape(index);
            let inside = shape.interval.low >= 0 && shape.interval.high < entries.len() as i64;
            if !shape.optional
                && inside
                && let Some(filled) = self.filled(array, default)
            {
                return Some(self.emit(Op::Table { index, array: filled }));
            }
        }
        None
    }

    fn filled(&mut self, array: u32, default: i64) -> Option<u32> {
        if let Some(filled) = self.filled.get(&(array, default)) {
            return Some(*filled);
        }
        if !self.affords(array) {
            return None;
        }
        let entries = self.result.arrays[array as usize].iter().map(|entry| entry.or(Some(default))).collect();
        let filled = self.array(entries);
        self.filled.insert((array, default), filled);
        Some(filled)
    }
}
