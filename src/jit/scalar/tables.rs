//! Tables, bands and look-ups for one row.
//!
//! Enters: indexes, numbers or keys. Leaves: entries, counts or row numbers. Always holds: a place in constant memory is cut to the table's
//! length unless [`Slot::bounds`] say that it lies within.

use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC, types};

use super::helpers;
use super::{Emitter, Kind, Slot};
use crate::jit::constants::{BAND_INLINE_MAX, DenseIndex, Finder, Table};
use crate::jit::function::constant_memory;
use crate::jit::lanes::Lanes;
use crate::model::Interval;
use crate::program::{KEYS_MAX, KeyList, Value};

impl Emitter<'_, '_> {
    pub(super) fn table(&mut self, index: Value, array: u32) -> Slot {
        let slot = self.slot(index);
        let mut place = self.whole(slot);
        let table = if slot.bounds.is_some_and(is_byte) {
            self.function.constants.byte_table(self.function.program, array)
        } else {
            let table = self.function.constants.table(self.function.program, array);
            if !slot.bounds.is_some_and(|(low, high)| low >= 0 && high <= table.length as i64) {
                place = self.at_most(place, table.length as i64);
            }
            table
        };
        let Interval { low, high } = self.interval(index);
        let has_entry = low >= 0 && high < self.function.program.arrays[array as usize].len() as i64;
        self.entry(table, place, has_entry && !table.has_missing, slot.known)
    }

    /// A negative integer counts as a great one.
    fn at_most(&mut self, value: ir::Value, limit: i64) -> ir::Value {
        let limit = self.ins().iconst(types::I64, limit);
        self.ins().umin(value, limit)
    }

    /// The entry at a place from 0 to the table's length; `is_known` if columns that keep their promises lead to no missing one.
    fn entry(&mut self, table: Table, place: ir::Value, is_known: bool, index_known: Option<ir::Value>) -> Slot {
        let memory = constant_memory();
        let start = self.function.constants_start();
        let steps = match table.lanes {
            Lanes::W8 => place,
            Lanes::W16 => self.ins().ishl_imm_s(place, 1),
            Lanes::W32 => self.ins().ishl_imm_s(place, 2),
            Lanes::W64 => self.ins().ishl_imm_s(place, 3),
        };
        let address = self.ins().iadd(start, steps);
        let value = match table.lanes {
            Lanes::W8 => self.ins().sload8(types::I64, memory, address, table.offset),
            Lanes::W16 => self.ins().sload16(types::I64, memory, address, table.offset),
            Lanes::W32 => self.ins().sload32(memory, address, table.offset),
            Lanes::W64 => self.ins().load(types::I64, memory, address, table.offset),
        };
        let (low, high) = table.known;
        let bounds = Some((low.min(table.missing), high.max(table.missing)));
        if is_known {
            return Slot { kind: Kind::Whole, value, known: index_known, bounds };
        }
        let missing = self.ins().iconst(types::I64, table.missing);
        let has_entry = self.ins().icmp(IntCC::NotEqual, value, missing);
        let known = self.both_known(index_known, Some(has_entry));
        Slot { kind: Kind::Whole, value, known, bounds }
    }

    pub(super) fn band(&mut self, value: Value, thresholds: u32) -> Slot {
        let slot = self.slot(value);
        let known = slot.known;
        let array = &self.function.program.arrays[thresholds as usize];
        if slot.bounds.is_some_and(is_byte) {
            let table = self.function.constants.byte_band(self.function.program, thresholds);
            let place = self.whole(slot);
            // Each byte has a count: none is missing.
            return Slot { bounds: Some(table.known), ..self.entry(table, place, true, known) };
        }
        let whole = self.whole(slot);
        if array.len() > BAND_INLINE_MAX {
            let (offset, count) = self.function.constants.thresholds(self.function.program, thresholds);
            let start = self.function.constants_start();
            let address = self.ins().iadd_imm_s(start, i64::from(offset));
            let count = self.ins().iconst(types::I64, count);
            let value = self.call(helpers::band as *const () as usize, &[address, count, whole]);
            return Slot { kind: Kind::Whole, value, known, bounds: None };
        }
        let value = self.count_reached(value, whole, thresholds);
        Slot { kind: Kind::Whole, value, known, bounds: Some((0, array.len() as i64)) }
    }

    /// How many of a few thresholds the integer reaches. The sign of `integer - threshold`, as 0 or -1, says that it does not: that is
    /// a subtraction, a shift and an addition, where a comparison to a byte would also wait for what the byte's register held before.
    fn count_reached(&mut self, value: Value, whole: ir::Value, thresholds: u32) -> ir::Value {
        let Interval { low, high } = self.interval(value);
        let array = &self.function.program.arrays[thresholds as usize];
        let mut count: Option<ir::Value> = None;
        for threshold in array.iter().flatten() {
            let has_sign = low.checked_sub(*threshold).is_some() && high.checked_sub(*threshold).is_some();
            let missed = if has_sign {
                let distance = self.ins().iadd_imm_s(whole, threshold.wrapping_neg());
                self.ins().sshr_imm_s(distance, 63)
            } else {
                let is_below = self.ins().icmp_imm_s(IntCC::SignedLessThan, whole, *threshold);
                let is_below = self.ins().uextend(types::I64, is_below);
                self.ins().ineg(is_below)
            };
            count = Some(match count {
                Some(count) => self.ins().iadd(count, missed),
                None => self.ins().iadd_imm_s(missed, array.len() as i64),
            });
        }
        count.unwrap_or_else(|| self.ins().iconst(types::I64, 0))
    }

    pub(super) fn find(&mut self, lookup: u32, keys: KeyList) -> Slot {
        let keys: Vec<Slot> = keys.as_slice().iter().map(|key| self.slot(*key)).collect();
        let mut known = None;
        for key in &keys {
            known = self.both_known(known, key.known);
        }
        match self.function.constants.finder(self.function.program, lookup) {
            Finder::Dense(dense) => self.find_dense(&dense, &keys, known),
            Finder::Search(index) => {
                let index = self.function.constants.index_address(index) as usize;
                let mut arguments = vec![self.ins().iconst(types::I64, index as i64)];
                for key in &keys {
                    arguments.push(self.whole(*key));
                }
                while arguments.len() <= KEYS_MAX {
                    arguments.push(self.ins().iconst(types::I64, 0));
                }
                let value = self.call(helpers::find as *const () as usize, &arguments);
                let found = self.ins().icmp_imm_s(IntCC::NotEqual, value, helpers::NO_ROW);
                let known = self.both_known(known, Some(found));
                Slot { kind: Kind::Whole, value, known, bounds: None }
            }
        }
    }

    fn find_dense(&mut self, dense: &DenseIndex, keys: &[Slot], known: Option<ir::Value>) -> Slot {
        let mut place: Option<ir::Value> = None;
        for ((low, extent), key) in dense.keys.iter().zip(keys) {
            let mut step = self.whole(*key);
            if *low != 0 {
                // Wraps for keys far outside, and stays outside.
                let low = self.ins().iconst(types::I64, *low);
                step = self.ins().isub(step, low);
            }
            step = self.at_most(step, *extent);
            place = Some(match place {
                Some(place) => {
                    let scaled = self.ins().imul_imm_s(place, extent + 1);
                    self.ins().iadd(scaled, step)
                }
                None => step,
            });
        }
        let place = place.unwrap_or_else(|| self.ins().iconst(types::I64, 0));
        self.entry(dense.table, place, false, known)
    }
}

fn is_byte((low, high): (i64, i64)) -> bool {
    low >= 0 && high <= i64::from(u8::MAX)
}
