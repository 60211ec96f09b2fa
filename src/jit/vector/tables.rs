//! Tables, bands and look-ups for sixteen rows.
//!
//! Enters: indexes or numbers. Leaves: entries or counts. Always holds: a table is part of the code, as vectors whose bytes are chosen by the
//! index: no address depends on a lane.
//!
//! A table of entries of n bytes is n planes, one for each byte of an entry; a plane is cut into vectors of 16 bytes. An index outside a
//! vector chooses 0 from it, so that the planes' vectors can be joined by `or`.

use cranelift_codegen::ir::{self, InstBuilder, condcodes::IntCC};

use super::{Emitter, Kind, Slot, Vector};
use crate::jit::lanes::Lanes;
use crate::model::Interval;
use crate::program::{KeyList, Program, Value};

/// Vectors that a table may take.
const TABLE_VECTORS_MAX: usize = 8;

/// Entries that a table may have: indexes cut to one less and one more are bytes.
const TABLE_ENTRIES_MAX: usize = 64;

/// Comparisons that a band may take.
const BAND_COMPARISONS_MAX: usize = 128;

/// Thresholds that a band may have: counts are bytes.
const BAND_THRESHOLDS_MAX: usize = 64;

/// Whether a table of so many entries, whose entry is the value, is worth it.
pub fn can_index(program: &Program, value: Value, entries: usize) -> bool {
    let planes = Lanes::of(program.shapes[value.index()].interval).bytes();
    entries <= TABLE_ENTRIES_MAX && planes * entries.div_ceil(16) <= TABLE_VECTORS_MAX
}

/// Whether counting so many thresholds is.
pub fn can_count(lanes: Lanes, thresholds: usize) -> bool {
    thresholds <= BAND_THRESHOLDS_MAX && thresholds * lanes.parts() <= BAND_COMPARISONS_MAX
}

impl Emitter<'_, '_> {
    pub(super) fn table(&mut self, value: Value, index: Value, array: u32) -> Slot {
        let entries = &self.function.program.arrays[array as usize];
        self.entries(value, index, 0, entries)
    }

    /// A look-up by one key that has few values.
    pub(super) fn find(&mut self, value: Value, lookup: u32, keys: KeyList) -> Slot {
        let finder = self.function.constants.finder(self.function.program, lookup);
        let Some((dense, (low, _))) = finder.single_key().and_then(|dense| Some((dense, *dense.keys.first()?))) else {
            unreachable!("`can_compute` leaves other look-ups to scalar segments")
        };
        self.entries(value, keys.keys[0], low, &dense.entries)
    }

    /// The entry at `index - low`.
    fn entries(&mut self, value: Value, index: Value, low: i64, entries: &[Option<i64>]) -> Slot {
        let interval = self.function.program.shapes[index.index()].interval;
        let is_inside = interval.low >= low && i128::from(interval.high) < i128::from(low) + entries.len() as i128;
        let slot = self.slot(index);
        let place = self.place(slot, interval, low, entries.len(), is_inside);

        let lanes = self.lanes_of(value);
        let planes: Vec<ir::Value> = (0..lanes.bytes())
            .map(|byte| {
                let plane: Vec<u8> = entries.iter().map(|entry| entry.unwrap_or(0).to_le_bytes()[byte]).collect();
                self.plane(place, &plane, is_inside)
            })
            .collect();
        let vector = self.join(lanes, planes);
        let known = if is_inside && entries.iter().all(Option::is_some) {
            slot.known
        } else {
            let plane: Vec<u8> = entries.iter().map(|entry| if entry.is_some() { 0xFF } else { 0 }).collect();
            let found = self.plane(place, &plane, is_inside);
            self.both_known(slot.known, Some(Vector::new(Lanes::W8, |_| found)))
        };
        Slot { kind: Kind::Whole, vector, known }
    }

    /// `index - low` as bytes; one outside becomes one that is outside the table.
    fn place(&mut self, slot: Slot, interval: Interval, low: i64, length: usize, is_inside: bool) -> ir::Value {
        let lanes = Lanes::of(interval);
        if is_inside && low == 0 {
            return self.whole(slot, Lanes::W8).parts[0];
        }
        // Cut first: then the difference is small.
        let lanes = lanes.max(Lanes::of(Interval { low: low.saturating_sub(1), high: low.saturating_add(length as i64) }));
        let mut index = self.whole(slot, lanes);
        if !is_inside {
            let least = self.splat(lanes, low.saturating_sub(1));
            let most = self.splat(lanes, low.saturating_add(length as i64));
            index = self.zip(index, least, |emitter, index, least| emitter.ins().smax(index, least));
            index = self.zip(index, most, |emitter, index, most| emitter.ins().smin(index, most));
        }
        if low != 0 {
            let low = self.splat(lanes, low);
            index = self.zip(index, low, |emitter, index, low| emitter.ins().isub(index, low));
        }
        self.convert(index, Lanes::W8).parts[0]
    }

    /// One byte of the entries at these places.
    fn plane(&mut self, place: ir::Value, bytes: &[u8], is_inside: bool) -> ir::Value {
        let mut chosen: Option<ir::Value> = None;
        for (number, chunk) in bytes.chunks(16).enumerate() {
            let mut vector = chunk.to_vec();
            vector.resize(16, 0);
            let vector = self.bytes(Lanes::W8, vector);
            let mut within = place;
            if number > 0 {
                let start = self.splat(Lanes::W8, 16 * number as i64);
                within = self.ins().isub(place, start.parts[0]);
            }
            let from_chunk = self.choose_bytes(vector, within, is_inside && bytes.len() <= 16);
            chosen = Some(match chosen {
                Some(chosen) => self.ins().bor(chosen, from_chunk),
                None => from_chunk,
            });
        }
        chosen.unwrap_or_else(|| self.splat(Lanes::W8, 0).parts[0])
    }

    /// Integers from the planes of their bytes, the lowest first.
    fn join(&mut self, lanes: Lanes, planes: Vec<ir::Value>) -> Vector {
        // Each round joins pairs of planes to planes of twice the width, of which there are twice as many parts.
        let mut joined: Vec<Vec<ir::Value>> = planes.into_iter().map(|plane| vec![plane]).collect();
        let mut width = Lanes::W8;
        while width < lanes {
            joined = joined
                .chunks(2)
                .map(|pair| {
                    let halves = pair[0].iter().zip(&pair[1]).flat_map(|(low, high)| [(*low, *high, true), (*low, *high, false)]);
                    halves.map(|(low, high, is_low)| self.interleave(width, low, high, is_low)).collect()
                })
                .collect();
            width = width.wider();
        }
        Vector::new(lanes, |part| joined[0][part])
    }

    pub(super) fn band(&mut self, value: Value, thresholds: u32) -> Slot {
        let lanes = self.lanes_of(value);
        let thresholds = &self.function.program.arrays[thresholds as usize];
        let known = self.known_of(value);
        // Up to the least integer of the lanes, every value reaches it; beyond the greatest, none.
        let always = thresholds.iter().flatten().filter(|threshold| **threshold <= lanes.low()).count();
        let within = thresholds.iter().flatten().filter(|threshold| lanes.low() < **threshold && **threshold <= lanes.high());
        let below: Vec<ir::Value> = within.map(|threshold| self.splat(lanes, threshold - 1).parts[0]).collect();
        let mut count = self.splat(Lanes::W8, always as i64);
        if !below.is_empty() {
            // Masks are 0 or -1: what is reached is counted downwards.
            let parts = self.parts(value, lanes);
            let reached = Vector::new(lanes, |part| {
                let integer = self.part(parts, part);
                let first = self.ins().icmp(IntCC::SignedGreaterThan, integer, below[0]);
                below[1..].iter().fold(first, |sum, below| {
                    let mask = self.ins().icmp(IntCC::SignedGreaterThan, integer, *below);
                    self.ins().iadd(sum, mask)
                })
            });
            let reached = self.convert(reached, Lanes::W8);
            count = self.zip(count, reached, |emitter, always, reached| emitter.ins().isub(always, reached));
        }
        Slot { kind: Kind::Whole, vector: count, known }
    }
}
