//! A segment's operations for sixteen rows at once, in vectors of 128 bits.
//!
//! Enters: a vector segment. Leaves: the body of its loop. Always holds: an integer has the narrowest lanes that hold its interval; a
//! condition, and whether a value is known, are masks: lanes of 0 or -1. What stands in a lane whose value is missing, or whose row is
//! behind the last one, may be anything: nothing here traps, and no address depends on a lane.

mod conversions;
mod operations;
mod tables;

use cranelift_codegen::entity::packed_option::ReservedValue;
use cranelift_codegen::ir::{self, ConstantData, InstBuilder, types};
use cranelift_frontend::FunctionBuilder;
use rustc_hash::FxHashMap;

pub use operations::can_compute;

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

/// The values that the function at hand has so far; used again by the next one.
pub struct Slots {
    of: Vec<Option<Slot>>,
    filled: Vec<Value>,
    /// what a vector, named by its first part, is in other lanes
    converted: FxHashMap<(ir::Value, Lanes, Kind), Vector>,
}

impl Slots {
    pub fn new(program: &Program) -> Slots {
        Slots { of: vec![None; program.ops.len()], filled: Vec::new(), converted: FxHashMap::default() }
    }

    fn clear(&mut self) {
        self.converted.clear();
        for value in self.filled.drain(..) {
            self.of[value.index()] = None;
        }
    }

    fn fill(&mut self, value: Value, slot: Slot) {
        self.of[value.index()] = Some(slot);
        self.filled.push(value);
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
        emitter.slots.fill(*value, slot);
        emitter.store_crossing(*value, slot);
    }
    for output in &segment.stores {
        emitter.store_output(*output);
    }
    emitter.function.builder
}

impl Emitter<'_, '_> {
    /// A value that an earlier operation gave, wherever it is. Constants have [`Emitter::constant`].
    fn slot(&mut self, value: Value) -> Slot {
        if let Some(slot) = self.slots.of[value.index()] {
            return slot;
        }
        let slot = match self.function.program.ops[value.index()] {
            Op::Input(input) => self.load_input(input as usize, self.lanes_of(value)),
            Op::Parameter(parameter) => {
                let lanes = self.lanes_of(value);
                let mut scalar = self.function.parameter(parameter);
                if lanes != Lanes::W64 {
                    scalar = self.function.builder.ins().ireduce(lanes.scalar(), scalar);
                }
                let part = self.function.builder.ins().splat(lanes.vector(), scalar);
                Slot { kind: Kind::Whole, vector: Vector::new(lanes, |_| part), known: None }
            }
            Op::Constant(constant) => {
                let vector = self.splat(self.lanes_of(value), constant);
                // Not kept: a register is worth more than a constant in memory.
                return Slot { kind: Kind::Whole, vector, known: None };
            }
            Op::Missing => {
                let never = self.splat(Lanes::W8, 0);
                return Slot { kind: Kind::Whole, vector: never, known: Some(never) };
            }
            _ => self.load_crossing(value),
        };
        self.slots.fill(value, slot);
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
        self.function.builder.ins().vconst(lanes.vector(), constant)
    }

    fn load_input(&mut self, input: usize, lanes: Lanes) -> Slot {
        let layout = &self.function.plan.layout;
        let (port, values, validity) = (layout.inputs[input], layout.input_values(input), layout.input_validity(input));
        let address = self.function.column_row(values, port.width);
        let memory = column_memory();
        let builder = &mut self.function.builder;
        // Bytes and words without a sign need wider lanes, unless the interval says that the top bit is never set.
        let vector = match (port.width, lanes) {
            (Width::U8, Lanes::W8) => Vector::new(Lanes::W8, |_| builder.ins().load(types::I8X16, memory, address, 0)),
            (Width::U8, _) => Vector::new(Lanes::W16, |part| builder.ins().uload8x8(memory, address, part as i32 * 8)),
            (Width::U16, Lanes::W8 | Lanes::W16) => {
                Vector::new(Lanes::W16, |part| builder.ins().load(types::I16X8, memory, address, part as i32 * 16))
            }
            (Width::U16, _) => Vector::new(Lanes::W32, |part| builder.ins().uload16x4(memory, address, part as i32 * 8)),
            (Width::I32, _) => Vector::new(Lanes::W32, |part| builder.ins().load(types::I32X4, memory, address, part as i32 * 16)),
            (Width::I64, _) => Vector::new(Lanes::W64, |part| builder.ins().load(types::I64X2, memory, address, part as i32 * 16)),
        };
        let vector = self.convert(vector, lanes);
        let known = port.optional.then(|| {
            let address = self.function.validity_byte(validity);
            let bits = self.function.builder.ins().load(types::I16, memory, address, 0);
            self.mask_of_bits(bits)
        });
        Slot { kind: Kind::Whole, vector, known }
    }

    fn load_crossing(&mut self, value: Value) -> Slot {
        let Some(crossing) = self.function.plan.crossings[value.index()] else {
            unreachable!("value {} is used before the operation that gives it", value.0);
        };
        let mut load = |column: super::plan::ScratchColumn| {
            let address = self.function.scratch_row(column);
            let vector = column.lanes.vector();
            Vector::new(column.lanes, |part| self.function.builder.ins().load(vector, column_memory(), address, part as i32 * 16))
        };
        let known = crossing.known.map(&mut load);
        let vector = load(crossing.value);
        let kind = if self.function.program.shapes[value.index()].condition { Kind::Condition } else { Kind::Whole };
        Slot { kind, vector, known }
    }

    fn store_crossing(&mut self, value: Value, slot: Slot) {
        let Some(crossing) = self.function.plan.crossings[value.index()] else { return };
        if let Some(column) = crossing.known {
            let known = self.known_mask(slot);
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
            vector = self.zip(vector, known, |emitter, value, known| emitter.function.builder.ins().band(value, known));
        }
        let address = self.function.column_row(values, port.width);
        self.store(vector, address);
        if port.optional {
            let known = self.known_mask(slot);
            let bits = self.function.builder.ins().vhigh_bits(types::I32, known.parts[0]);
            let address = self.function.validity_byte(validity);
            self.function.builder.ins().istore16(column_memory(), bits, address, 0);
        }
    }

    fn store(&mut self, vector: Vector, address: ir::Value) {
        for (number, part) in vector.parts().iter().enumerate() {
            self.function.builder.ins().store(column_memory(), *part, address, number as i32 * 16);
        }
    }

    /// Where the value is known, in the narrowest lanes.
    fn known_mask(&mut self, slot: Slot) -> Vector {
        match slot.known {
            Some(known) => self.convert_mask(known, Lanes::W8),
            None => self.splat(Lanes::W8, -1),
        }
    }

    /// Part by part.
    fn zip(&mut self, left: Vector, right: Vector, mut join: impl FnMut(&mut Self, ir::Value, ir::Value) -> ir::Value) -> Vector {
        debug_assert_eq!(left.lanes, right.lanes);
        Vector::new(left.lanes, |part| join(self, left.parts[part], right.parts[part]))
    }
}
