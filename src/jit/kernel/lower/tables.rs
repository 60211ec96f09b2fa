//! Tables, bands and look-ups.
//!
//! Enters: indexes or numbers. Leaves: entries or counts. Always holds: a table that is read by bytes has an entry for each byte, so no index
//! leads out of it.

use super::{Form, Kind, Lowering, Slot};
use crate::jit::constants::{Index, dense_entries};
use crate::jit::kernel::rows::RowOperation;
use crate::jit::kernel::step::{Arithmetic, ByteTable, Element, Place, Step};
use crate::jit::lanes::Lanes;
use crate::model::Interval;
use crate::program::{KeyList, Value, arithmetic};

/// Indexes that are cut to one below and one behind the table are bytes.
const ENTRIES_MAX: i64 = 254;

/// More thresholds are searched row by row: counts are bytes.
const THRESHOLDS_MAX: usize = 64;

impl Lowering<'_> {
    pub(super) fn table(&mut self, value: Value, index: Value, array: u32) -> Slot {
        let program = self.program;
        self.entries(value, index, 0, &program.arrays[array as usize])
    }

    pub(super) fn find(&mut self, value: Value, lookup: u32, keys: KeyList) -> Slot {
        let lookup = &self.program.lookups[lookup as usize];
        match dense_entries(lookup) {
            Some((extents, entries)) if extents.len() == 1 => self.entries(value, keys.keys[0], extents[0].0, &entries),
            Some((extents, entries)) => {
                let operation = RowOperation::Dense { keys: extents.into(), entries: entries.into() };
                self.rows(operation, keys.as_slice(), true)
            }
            None => self.rows(RowOperation::Find(Box::new(Index::new(lookup))), keys.as_slice(), true),
        }
    }

    /// The entry at `index - low`.
    fn entries(&mut self, value: Value, index: Value, low: i64, entries: &[Option<i64>]) -> Slot {
        let interval = self.interval(index);
        // Only what the index can reach.
        let first = low.max(interval.low);
        let last = i64::try_from(i128::from(low) + entries.len() as i128 - 1).unwrap_or(i64::MAX).min(interval.high);
        if first > last {
            let never = self.splat(0, Lanes::W8);
            return Slot { kind: Kind::Whole(Element::Signed(Lanes::W8)), place: never, known: Some(never) };
        }
        let is_byte = interval.low >= 0 && interval.high <= i64::from(u8::MAX);
        if !is_byte && last - first >= ENTRIES_MAX {
            let operation = RowOperation::Table { low, entries: entries.into() };
            return self.rows(operation, &[index], true);
        }
        let (start, place) = if is_byte { (0, self.byte(index)) } else { self.place(index, first, last) };
        let at = |byte: i64| {
            let index = start + byte;
            if first <= index && index <= last { entries[(index - low) as usize] } else { None }
        };
        // The greatest index that is met, or the byte that all greater ones become.
        let most = if is_byte { interval.high } else { last.saturating_add(1).min(interval.high) };
        let by_byte: Vec<Option<i64>> = (0..=most - start).map(at).collect();
        let lanes = self.lanes_of(value);
        let numbers: Vec<i64> = by_byte.iter().map(|entry| entry.unwrap_or(0)).collect();
        let entry = self.byte_table(place, lanes, &numbers);
        let index_known = self.slot(index).known;
        let is_inside = first == interval.low && last == interval.high;
        let is_found = is_inside && (first..=last).all(|index| entries[(index - low) as usize].is_some());
        let known = if is_found {
            index_known
        } else {
            let flags: Vec<i64> = by_byte.iter().map(|entry| if entry.is_some() { -1 } else { 0 }).collect();
            let found = self.byte_table(place, Lanes::W8, &flags);
            self.both_known(index_known, Some(found))
        };
        Slot { kind: Kind::Whole(Element::Signed(lanes)), place: entry, known }
    }

    fn byte_table(&mut self, index: Place, lanes: Lanes, entries: &[i64]) -> Place {
        let into = self.register(lanes);
        self.steps.push(Step::Table { index, table: Box::new(ByteTable::new(lanes, entries)), into });
        into
    }

    fn cut(&mut self, value: Place, from: Lanes) -> Place {
        self.once(value, Form::Cut(from), |lowering| {
            let into = lowering.register(from.narrower());
            lowering.steps.push(Step::Cut { from, value, into });
            into
        })
    }

    /// An integer from 0 to 255 as a byte without a sign.
    pub(super) fn byte(&mut self, value: Value) -> Place {
        let slot = self.slot(value);
        match slot.kind {
            Kind::Whole(Element::Byte) => slot.place,
            Kind::Whole(_) | Kind::Scaled(_) | Kind::Condition => self.whole(slot, Lanes::W8),
        }
    }

    /// `index - start` as bytes, and the start; an index outside of the entries leads to a byte beside theirs.
    fn place(&mut self, index: Value, first: i64, last: i64) -> (i64, Place) {
        let interval = self.interval(index);
        let (is_below, is_above) = (interval.low < first, interval.high > last);
        let start = if is_below { first - 1 } else { first };
        let lanes = Lanes::of(interval).max(Lanes::of(Interval { low: start.min(0), high: if is_above { last + 1 } else { last } }));
        let mut place = self.operand(index, lanes);
        if is_below {
            let least = self.splat(start, lanes);
            place = self.arithmetic_places(Arithmetic::Larger, lanes, place, least);
        }
        if is_above {
            let most = self.splat(last + 1, lanes);
            place = self.arithmetic_places(Arithmetic::Smaller, lanes, place, most);
        }
        if start != 0 {
            let start = self.splat(start, lanes);
            place = self.arithmetic_places(Arithmetic::Subtract, lanes, place, start);
        }
        (start, self.convert(place, Element::Signed(lanes), Lanes::W8))
    }

    pub(super) fn band(&mut self, value: Value, thresholds: u32) -> Slot {
        let known = self.slot(value).known;
        let array = &self.program.arrays[thresholds as usize];
        let Interval { low, high } = self.interval(value);
        let counts = Slot { kind: Kind::Whole(Element::Signed(Lanes::W8)), place: Place::Constant(0), known };
        if array.len() > THRESHOLDS_MAX {
            let thresholds = array.iter().flatten().copied().collect();
            return self.rows(RowOperation::Band(thresholds), &[value], false);
        }
        if low >= 0 && high <= i64::from(u8::MAX) {
            let entries: Vec<i64> = (0..=high).map(|byte| arithmetic::band(array, byte)).collect();
            let index = self.byte(value);
            return Slot { place: self.byte_table(index, Lanes::W8, &entries), ..counts };
        }
        let mut lanes = self.lanes_of(value);
        // Up to the least integer of the lanes, every value reaches it; beyond the greatest, none.
        let always = array.iter().flatten().filter(|threshold| **threshold <= lanes.low()).count() as i64;
        let within = array.iter().flatten().copied().filter(|threshold| lanes.low() < *threshold && *threshold <= lanes.high());
        let thresholds: Box<[i64]> = within.collect();
        let mut place = self.operand(value, lanes);
        // Lanes that hold the thresholds are enough.
        let fits = |lanes: Lanes| thresholds.iter().all(|threshold| lanes.low() < *threshold && *threshold <= lanes.high());
        while lanes > Lanes::W8 && fits(lanes.narrower()) {
            place = self.cut(place, lanes);
            lanes = lanes.narrower();
        }
        let into = self.register(Lanes::W8);
        self.steps.push(Step::Band { lanes, value: place, thresholds, into });
        if always == 0 {
            return Slot { place: into, ..counts };
        }
        let always = self.splat(always, Lanes::W8);
        Slot { place: self.arithmetic_places(Arithmetic::Add, Lanes::W8, into, always), ..counts }
    }
}
