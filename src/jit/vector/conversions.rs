//! Between lanes of different widths, and between masks, bits and numbers.
//!
//! Enters: a vector. Leaves: the same rows in other lanes. Always holds: integers are narrowed only to lanes that hold their interval.

use cranelift_codegen::ir::{self, ConstantData, Endianness, InstBuilder, MemFlagsData, condcodes::IntCC, types};

use super::{Emitter, Kind, Slot, Vector};
use crate::jit::lanes::Lanes;

impl Emitter<'_, '_> {
    /// The slot's integers in these lanes; a condition is 0 or 1.
    pub(super) fn whole(&mut self, slot: Slot, lanes: Lanes) -> Vector {
        match slot.kind {
            Kind::Whole => self.convert(slot.vector, lanes),
            Kind::Condition => {
                let mask = self.convert_mask(slot.vector, lanes);
                let one = self.splat(lanes, 1);
                self.zip(mask, one, |emitter, mask, one| emitter.ins().band(mask, one))
            }
        }
    }

    /// The slot, a condition, as a mask in these lanes.
    pub(super) fn condition(&mut self, slot: Slot, lanes: Lanes) -> Vector {
        let mask = match slot.kind {
            Kind::Whole => {
                let one = self.splat(slot.vector.lanes, 1);
                self.zip(slot.vector, one, |emitter, value, one| emitter.ins().icmp(IntCC::Equal, value, one))
            }
            Kind::Condition => slot.vector,
        };
        self.convert_mask(mask, lanes)
    }

    pub(super) fn convert(&mut self, vector: Vector, lanes: Lanes) -> Vector {
        self.through(vector, lanes, Kind::Whole)
    }

    pub(super) fn convert_mask(&mut self, mask: Vector, lanes: Lanes) -> Vector {
        self.through(mask, lanes, Kind::Condition)
    }

    fn through(&mut self, vector: Vector, lanes: Lanes, kind: Kind) -> Vector {
        if vector.lanes == lanes {
            return vector;
        }
        let name = (vector.parts[0], lanes, kind);
        if let Some(converted) = self.slots.converted.get(&name) {
            return *converted;
        }
        // One step, from lanes that are nearer.
        let converted = if vector.lanes < lanes {
            let nearer = self.through(vector, lanes.narrower(), kind);
            self.widen(nearer, kind)
        } else {
            let nearer = self.through(vector, lanes.wider(), kind);
            self.narrow(nearer)
        };
        self.slots.converted.insert(name, converted);
        converted
    }

    fn widen(&mut self, vector: Vector, kind: Kind) -> Vector {
        let wider = vector.lanes.wider();
        Vector::new(wider, |part| {
            let (source, is_low) = (vector.parts[part / 2], part % 2 == 0);
            match kind {
                Kind::Whole | Kind::Condition if is_low => self.ins().swiden_low(source),
                Kind::Whole => self.ins().swiden_high(source),
                // A lane beside itself is a mask of twice the width: one instruction, where widening takes two.
                Kind::Condition => self.interleave(vector.lanes, source, source, false),
            }
        })
    }

    /// Both masks and integers that the narrower lanes hold.
    fn narrow(&mut self, vector: Vector) -> Vector {
        let narrower = vector.lanes.narrower();
        Vector::new(narrower, |part| {
            let (first, second) = (vector.parts[2 * part], vector.parts[2 * part + 1]);
            if vector.lanes == Lanes::W64 {
                // The low half of each lane.
                let low_halves = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];
                self.shuffle(narrower, first, second, low_halves)
            } else {
                self.ins().snarrow(first, second)
            }
        })
    }

    /// Integers from 0 up to the greatest of the narrower lanes taken without a sign.
    pub(super) fn narrow_unsigned(&mut self, vector: Vector) -> Vector {
        Vector::new(vector.lanes.narrower(), |part| self.ins().unarrow(vector.parts[2 * part], vector.parts[2 * part + 1]))
    }

    /// The low or the high half of both vectors, lane by lane in turn. The result is in lanes of twice the width.
    pub(super) fn interleave(&mut self, lanes: Lanes, first: ir::Value, second: ir::Value, is_low: bool) -> ir::Value {
        let mut order = [0u8; 16];
        for (place, byte) in order.iter_mut().enumerate() {
            let (lane, within) = (place / lanes.bytes(), place % lanes.bytes());
            let from_second = if lane % 2 == 1 { 16 } else { 0 };
            let half = if is_low { 0 } else { 8 };
            *byte = (from_second + half + lane / 2 * lanes.bytes() + within) as u8;
        }
        self.shuffle(lanes.wider(), first, second, order)
    }

    fn shuffle(&mut self, result: Lanes, first: ir::Value, second: ir::Value, order: [u8; 16]) -> ir::Value {
        let order = self.function.builder.func.dfg.immediates.push(ConstantData::from(order.as_slice()));
        let (first, second) = (self.cast(Lanes::W8, first), self.cast(Lanes::W8, second));
        let shuffled = self.ins().shuffle(first, second, order);
        self.cast(result, shuffled)
    }

    /// The same bits as other lanes.
    pub(super) fn cast(&mut self, lanes: Lanes, vector: ir::Value) -> ir::Value {
        if self.function.builder.func.dfg.value_type(vector) == lanes.vector() {
            return vector;
        }
        let little = MemFlagsData::new().with_endianness(Endianness::Little);
        self.ins().bitcast(lanes.vector(), little, vector)
    }

    /// Sixteen bits, the lowest for the first row, as a mask.
    pub(super) fn mask_of_bits(&mut self, bits: ir::Value) -> Vector {
        let both = self.ins().splat(types::I16X8, bits);
        let both = self.cast(Lanes::W8, both);
        let halves = self.bytes(Lanes::W8, vec![0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
        let spread = self.choose_bytes(both, halves, true);
        let place: Vec<u8> = (0..16).map(|row| 1 << (row % 8)).collect();
        let place = self.bytes(Lanes::W8, place);
        let bit = self.ins().band(spread, place);
        let mask = self.ins().icmp(IntCC::Equal, bit, place);
        Vector::new(Lanes::W8, |_| mask)
    }

    /// The bytes at these places; 0 for a place beyond 15, if there is one.
    pub(super) fn choose_bytes(&mut self, bytes: ir::Value, places: ir::Value, is_inside: bool) -> ir::Value {
        if cfg!(target_arch = "x86_64") && is_inside {
            // One instruction, which takes a place modulo 16.
            self.ins().x86_pshufb(bytes, places)
        } else {
            self.ins().swizzle(bytes, places)
        }
    }

    /// The first where the mask is set, else the second; all have the same lanes.
    pub(super) fn blend(&mut self, mask: Vector, first: Vector, second: Vector) -> Vector {
        debug_assert!(mask.lanes == first.lanes && mask.lanes == second.lanes);
        let mask_lanes = mask.lanes;
        Vector::new(mask_lanes, |part| {
            let (mask, first, second) = (mask.parts[part], first.parts[part], second.parts[part]);
            if cfg!(target_arch = "x86_64") {
                // One instruction, which goes by the top bit of each lane; there is none for lanes of 16 bits.
                if mask_lanes != Lanes::W16 {
                    return self.ins().blendv(mask, first, second);
                }
                let [mask, first, second] = [mask, first, second].map(|part| self.cast(Lanes::W8, part));
                let blended = self.ins().blendv(mask, first, second);
                self.cast(Lanes::W16, blended)
            } else {
                self.ins().bitselect(mask, first, second)
            }
        })
    }
}
