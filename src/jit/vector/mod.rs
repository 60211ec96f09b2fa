//! A segment's operations for sixteen rows at once, in vectors of 128 bits.
//!
//! Enters: a vector segment. Leaves: the body of its loop. Always holds: an integer has lanes that hold its interval, the narrowest or those
//! in which it was computed; a condition, and whether a value is known, are masks: lanes of 0 or -1. What stands in a lane whose value
//! is missing, or whose row is behind the last one, may be anything: nothing here traps, and no address depends on a lane.

mod conversions;
mod operations;
mod tables;

use cranelift_codegen::entity::packed_option::ReservedValue;
use cranelift_codegen::ir::{self, ConstantData, InstBuilder, types};
use cranelift_frontend::{FuncInstBuilder, FunctionBuilder};
use rustc_hash::FxHashMap;

pub use operations::can_compute;

use super::filled::Filled;
use super::function::{self, column_memory};
use super::lanes::Lanes;
use crate::column::Width;
use crate::program::{Op, Program, Value};

/// The integers or the mask of a group of rows.
#[derive(Clone, Copy, Debug)]
struct Vector {
    lanes: Lanes,
    /// the first `lanes.parts()` count
    parts: [ir::Value; 8],
}

impl Vector {
    fn new(lanes: Lanes, mut part: impl FnMut(usize) -> ir::Value) -> Vector {
        let mut parts = [ir::Value::reserved_value(); 8];
        parts.iter_mut().take(lanes.parts()).enumerate().for_each(|(number, place)| *place = part(number));
        Vector { lanes, parts }
    }

    fn parts(&self) -> &[ir::Value] {
        &self.parts[..self.lanes.parts()]
    }
}

/// A value of the program inside a generated function.
#[derive(Clone, Copy, Debug)]
struct Slot {
    kind: Kind,
    vector: Vector,
    /// a mask; none if the value is always known
    known: Option<Vector>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Whole,
    /// a mask
    Condition,
}

/// Where the parts of an operand come from.
#[derive(Clone, Copy)]
enum Parts {
    Ready(Vector),
    /// parts of a wide input, each loaded when it is needed
    InMemory {
        input: usize,
        lanes: Lanes,
        address: ir::Value,
    },
}

/// What the function at hand has so far; used again by the next one.
pub struct Slots {
    of: Filled<Slot>,
    /// what a vector, named by its first part, is in other lanes
    converted: FxHashMap<(ir::Value, Lanes, Kind), Vector>,
    /// where an input is known
    validity: FxHashMap<usize, Vector>,
}

impl Slots {
    pub fn new(program: &Program) -> Slots {
        Slots { of: Filled::new(program), converted: FxHashMap::default(), validity: FxHashMap::default() }
    }

    fn clear(&mut self) {
        self.of.clear();
        self.converted.clear();
        self.validity.clear();
    }
}

struct Emitter<'a, 'f> {
    function: function::Emitter<'a, 'f>,
    slots: &'a mut Slots,
}

/// Gives the builder back.
pub fn emit<'f>(function: function::Emitter<'_, 'f>, slots: &mut Slots, segment: usize) -> FunctionBuilder<'f> {
    slots.clear();
    let segment = &function.plan.segments[segment];
    let mut emitter = Emitter { function, slots };
    for value in &segment.values {
        let slot = emitter.operation(*value);
        emitter.slots.of.fill(*value, slot);
        emitter.store_crossing(*value, slot);
    }
    for output in &segment.stores {
        emitter.store_output(*output);
    }
    emitter.function.builder
}

impl<'f> Emitter<'_, 'f> {
    fn ins<'s>(&'s mut self) -> FuncInstBuilder<'s, 'f> {
        self.function.builder.ins()
    }

    /// A value that an earlier operation gave, wherever it is.
    fn slot(&mut self, value: Value) -> Slot {
        if let Some(slot) = self.slots.of.get(value) {
            return slot;
        }
        let slot = match self.function.program.ops[value.index()] {
            Op::Input(input) => {
                let lanes = self.lanes_of(value);
                let slot = self.load_input(input as usize, lanes);
                if lanes >= Lanes::W32 {
                    // Not kept: so many registers are worth more than loading again.
                    return slot;
                }
                slot
            }
            Op::Parameter(parameter) => {
                let lanes = self.lanes_of(value);
                let mut scalar = self.function.parameter(parameter);
                if lanes != Lanes::W64 {
                    scalar = self.ins().ireduce(lanes.scalar(), scalar);
                }
                let part = self.ins().splat(lanes.vector(), scalar);
                Slot { kind: Kind::Whole, vector: Vector::new(lanes, |_| part), known: None }
            }
            Op::Constant(constant) => {
                let vector = self.splat(self.lanes_of(value), constant);
                // Not kept either.
                return Slot { kind: Kind::Whole, vector, known: None };
            }
            Op::Missing => {
                let never = self.splat(Lanes::W8, 0);
                return Slot { kind: Kind::Whole, vector: never, known: Some(never) };
            }
            _ => self.load_crossing(value),
        };
        self.slots.of.fill(value, slot);
        slot
    }

    fn lanes_of(&self, value: Value) -> Lanes {
        Lanes::of(self.function.program.shapes[value.index()].interval)
    }

    /// The same integer in every row.
    fn splat(&mut self, lanes: Lanes, constant: i64) -> Vector {
        let bytes: Vec<u8> = constant.to_le_bytes()[..lanes.bytes()].iter().copied().cycle().take(16).collect();
        let part = self.bytes(lanes, bytes);
        Vector::new(lanes, |_| part)
    }

    /// A constant of 16 bytes.
    fn bytes(&mut self, lanes: Lanes, bytes: Vec<u8>) -> ir::Value {
        let constant = self.function.builder.func.dfg.constants.insert(ConstantData::from(bytes));
        self.ins().vconst(lanes.vector(), constant)
    }

    fn load_input(&mut self, input: usize, lanes: Lanes) -> Slot {
        let natural = natural_lanes(self.function.plan.layout.inputs[input].width, lanes);
        let address = self.input_address(input);
        let vector = Vector::new(natural, |part| self.load_part(input, natural, address, part));
        Slot { kind: Kind::Whole, vector: self.convert(vector, lanes), known: self.load_validity(input) }
    }

    fn input_address(&mut self, input: usize) -> ir::Value {
        let layout = &self.function.plan.layout;
        self.function.column_row(layout.input_values(input), layout.inputs[input].width)
    }

    /// One vector of an input in its natural lanes.
    fn load_part(&mut self, input: usize, natural: Lanes, address: ir::Value, part: usize) -> ir::Value {
        let width = self.function.plan.layout.inputs[input].width;
        let (memory, ins) = (column_memory(), self.ins());
        match (width, natural) {
            (Width::U8, Lanes::W16) => ins.uload8x8(memory, address, part as i32 * 8),
            (Width::U16, Lanes::W32) => ins.uload16x4(memory, address, part as i32 * 8),
            (Width::U8 | Width::U16 | Width::I32 | Width::I64, _) => ins.load(natural.vector(), memory, address, part as i32 * 16),
        }
    }

    /// Where an input is known; none if it always is.
    fn load_validity(&mut self, input: usize) -> Option<Vector> {
        if !self.function.plan.layout.inputs[input].optional {
            return None;
        }
        if let Some(known) = self.slots.validity.get(&input) {
            return Some(*known);
        }
        let address = self.function.validity_byte(self.function.plan.layout.input_validity(input));
        let bits = self.ins().load(types::I16, column_memory(), address, 0);
        let known = self.mask_of_bits(bits);
        self.slots.validity.insert(input, known);
        Some(known)
    }

    /// Where a value is known; none if it always is.
    fn known_of(&mut self, value: Value) -> Option<Vector> {
        match self.function.program.ops[value.index()] {
            Op::Input(input) => self.load_validity(input as usize),
            Op::Constant(_) => None,
            _ => self.slot(value).known,
        }
    }

    fn load_crossing(&mut self, value: Value) -> Slot {
        let Some(crossing) = self.function.plan.crossings[value.index()] else {
            unreachable!("value {} is used before the operation that gives it", value.0);
        };
        let mut load = |column: super::plan::ScratchColumn| {
            let address = self.function.scratch_row(column);
            let vector = column.lanes.vector();
            Vector::new(column.lanes, |part| self.ins().load(vector, column_memory(), address, part as i32 * 16))
        };
        let known = crossing.known.map(&mut load);
        let vector = load(crossing.value);
        let kind = if self.function.program.shapes[value.index()].condition { Kind::Condition } else { Kind::Whole };
        Slot { kind, vector, known }
    }

    fn store_crossing(&mut self, value: Value, slot: Slot) {
        let Some(crossing) = self.function.plan.crossings[value.index()] else { return };
        if let Some(column) = crossing.known {
            let known = self.known_mask(slot.known);
            let address = self.function.scratch_row(column);
            self.store(known, address);
        }
        let vector = if self.function.program.shapes[value.index()].condition {
            self.condition(slot, Lanes::W8)
        } else {
            self.whole(slot, crossing.value.lanes)
        };
        let address = self.function.scratch_row(crossing.value);
        self.store(vector, address);
    }

    /// A missing value is stored as 0.
    fn store_output(&mut self, output: usize) {
        let layout = &self.function.plan.layout;
        let (port, values, validity) = (layout.outputs[output], layout.output_values(output), layout.output_validity(output));
        let slot = self.slot(self.function.program.outputs[output].value);
        let lanes = match port.width {
            Width::U8 => Lanes::W8,
            Width::U16 => Lanes::W16,
            Width::I32 => Lanes::W32,
            Width::I64 => Lanes::W64,
        };
        let is_unsigned = matches!(port.width, Width::U8 | Width::U16);
        let mut vector = match slot.kind {
            Kind::Whole if is_unsigned && slot.vector.lanes > lanes => {
                let wider = self.convert(slot.vector, lanes.wider());
                self.narrow_unsigned(wider)
            }
            Kind::Whole | Kind::Condition => self.whole(slot, lanes),
        };
        if let Some(known) = slot.known {
            let known = self.convert_mask(known, lanes);
            vector = self.zip(vector, known, |emitter, value, known| emitter.ins().band(value, known));
        }
        let address = self.function.column_row(values, port.width);
        self.store(vector, address);
        if port.optional {
            let known = self.known_mask(slot.known);
            let bits = self.ins().vhigh_bits(types::I32, known.parts[0]);
            let address = self.function.validity_byte(validity);
            self.ins().istore16(column_memory(), bits, address, 0);
        }
    }

    fn store(&mut self, vector: Vector, address: ir::Value) {
        for (number, part) in vector.parts().iter().enumerate() {
            self.ins().store(column_memory(), *part, address, number as i32 * 16);
        }
    }

    /// Where the value is known, in the narrowest lanes.
    fn known_mask(&mut self, known: Option<Vector>) -> Vector {
        match known {
            Some(known) => self.convert_mask(known, Lanes::W8),
            None => self.splat(Lanes::W8, -1),
        }
    }

    /// A value in these lanes; a condition is 0 or 1.
    fn operand(&mut self, value: Value, lanes: Lanes) -> Vector {
        match self.function.program.ops[value.index()] {
            Op::Constant(constant) => self.splat(lanes, constant),
            _ => {
                let slot = self.slot(value);
                self.whole(slot, lanes)
            }
        }
    }

    /// As [`Emitter::operand`], for whoever takes one part after the other.
    fn parts(&mut self, value: Value, lanes: Lanes) -> Parts {
        if let Op::Input(input) = self.function.program.ops[value.index()] {
            let input = input as usize;
            if lanes >= Lanes::W32 && natural_lanes(self.function.plan.layout.inputs[input].width, lanes) == lanes {
                return Parts::InMemory { input, lanes, address: self.input_address(input) };
            }
        }
        Parts::Ready(self.operand(value, lanes))
    }

    fn part(&mut self, parts: Parts, part: usize) -> ir::Value {
        match parts {
            Parts::Ready(vector) => vector.parts[part],
            Parts::InMemory { input, lanes, address } => self.load_part(input, lanes, address, part),
        }
    }

    /// Part by part.
    fn zip(&mut self, left: Vector, right: Vector, mut join: impl FnMut(&mut Self, ir::Value, ir::Value) -> ir::Value) -> Vector {
        debug_assert_eq!(left.lanes, right.lanes);
        Vector::new(left.lanes, |part| join(self, left.parts[part], right.parts[part]))
    }
}

/// The lanes in which a column is loaded. Bytes and words without a sign need wider ones, unless the wanted lanes say that the top bit is
/// never set.
fn natural_lanes(width: Width, wanted: Lanes) -> Lanes {
    match (width, wanted) {
        (Width::U8, Lanes::W8) => Lanes::W8,
        (Width::U8, _) | (Width::U16, Lanes::W8 | Lanes::W16) => Lanes::W16,
        (Width::U16, _) | (Width::I32, _) => Lanes::W32,
        (Width::I64, _) => Lanes::W64,
    }
}
