//! A segment's operations for one row: what vectors cannot compute.
//!
//! Enters: a scalar segment. Leaves: the body of its loop. Always holds: the integer under a missing value may be anything, so nothing
//! may trap or load out of bounds whatever a slot holds; a load relies on [`Slot::bounds`] alone.

mod division;
mod helpers;
mod operations;
mod tables;

use cranelift_codegen::ir::{self, InstBuilder, types};
use cranelift_frontend::{FuncInstBuilder, FunctionBuilder};

use super::filled::Filled;
use super::function::{self, column_memory};
use super::lanes::Lanes;
use super::plan::Form;
use crate::column::Width;
use crate::program::{Op, Value};

/// A value of the program inside a generated function.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    kind: Kind,
    value: ir::Value,
    /// a byte, 1 if the value is known and else 0; none if it is always known
    known: Option<ir::Value>,
    /// bounds that the integer keeps whatever the columns hold, also where it is missing: what a load may rely on
    bounds: Option<(i64, i64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 64 bits
    Whole,
    /// a byte, 0 or 1
    Condition,
}

pub type Slots = Filled<Slot>;

struct Emitter<'a, 'f> {
    function: function::Emitter<'a, 'f>,
    slots: &'a mut Slots,
    /// where helpers write a result
    result: Option<ir::StackSlot>,
}

/// Gives the builder back.
pub fn emit<'f>(function: function::Emitter<'_, 'f>, slots: &mut Slots, segment: usize) -> FunctionBuilder<'f> {
    slots.clear();
    let plan = function.plan;
    let mut emitter = Emitter { function, slots, result: None };
    for value in &plan.segments[segment].values {
        let slot = emitter.operation(*value);
        emitter.slots.fill(*value, slot);
        emitter.store_crossing(*value, slot);
    }
    for output in &plan.segments[segment].stores {
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
        if let Some(slot) = self.slots.get(value) {
            return slot;
        }
        let slot = match self.function.program.ops[value.index()] {
            Op::Input(input) => self.load_input(input as usize),
            Op::Parameter(parameter) => {
                let value = self.function.parameter(parameter);
                Slot { kind: Kind::Whole, value, known: None, bounds: None }
            }
            Op::Constant(constant) => self.constant(constant),
            Op::Missing => {
                let known = self.ins().iconst(types::I8, 0);
                Slot { known: Some(known), ..self.constant(0) }
            }
            _ => self.load_crossing(value),
        };
        self.slots.fill(value, slot);
        slot
    }

    fn constant(&mut self, constant: i64) -> Slot {
        let value = self.ins().iconst(types::I64, constant);
        Slot { kind: Kind::Whole, value, known: None, bounds: Some((constant, constant)) }
    }

    /// The value as 64 bits.
    fn whole(&mut self, slot: Slot) -> ir::Value {
        match slot.kind {
            Kind::Whole => slot.value,
            Kind::Condition => self.ins().uextend(types::I64, slot.value),
        }
    }

    /// The value of a condition as a byte that is 0 or 1, whatever a column holds.
    fn condition(&mut self, slot: Slot) -> ir::Value {
        match slot.kind {
            Kind::Whole => {
                let byte = self.ins().ireduce(types::I8, slot.value);
                self.ins().band_imm_s(byte, 1)
            }
            Kind::Condition => slot.value,
        }
    }

    fn load_input(&mut self, input: usize) -> Slot {
        let port = self.function.plan.layout.inputs[input];
        let address = self.function.column_row(self.function.plan.layout.input_values(input), port.width);
        let (memory, ins) = (column_memory(), self.ins());
        let (value, bounds) = match port.width {
            Width::U8 => (ins.uload8(types::I64, memory, address, 0), Some((0, i64::from(u8::MAX)))),
            Width::U16 => (ins.uload16(types::I64, memory, address, 0), Some((0, i64::from(u16::MAX)))),
            Width::I32 => (ins.sload32(memory, address, 0), Some((i64::from(i32::MIN), i64::from(i32::MAX)))),
            Width::I64 => (ins.load(types::I64, memory, address, 0), None),
        };
        let known = port.optional.then(|| self.load_validity(self.function.plan.layout.input_validity(input)));
        Slot { kind: Kind::Whole, value, known, bounds }
    }

    fn load_validity(&mut self, place: usize) -> ir::Value {
        match self.function.plan.form {
            Form::Blocks => {
                let address = self.function.validity_byte(place);
                let row = self.function.row();
                let bits = self.ins().load(types::I8, column_memory(), address, 0);
                // Shifting a byte takes the distance modulo 8.
                let bit = self.ins().ushr(bits, row);
                self.ins().band_imm_s(bit, 1)
            }
            Form::Row => {
                let address = self.function.cell(place);
                self.ins().load(types::I8, column_memory(), address, 0)
            }
        }
    }

    /// Of a row: all 64 bits of the value and of whether it is known.
    fn store_output(&mut self, output: usize) {
        let layout = &self.function.plan.layout;
        let (port, values, validity) = (layout.outputs[output], layout.output_values(output), layout.output_validity(output));
        let slot = self.slot(self.function.program.outputs[output].value);
        let whole = self.whole(slot);
        let address = self.function.cell(values);
        self.ins().store(column_memory(), whole, address, 0);
        if port.optional {
            let known = match slot.known {
                Some(known) => self.ins().uextend(types::I64, known),
                None => self.ins().iconst(types::I64, 1),
            };
            let address = self.function.cell(validity);
            self.ins().store(column_memory(), known, address, 0);
        }
    }

    fn load_crossing(&mut self, value: Value) -> Slot {
        let Some(crossing) = self.function.plan.crossings[value.index()] else {
            unreachable!("value {} is used before the operation that gives it", value.0);
        };
        let known = crossing.known.map(|column| {
            let address = self.function.scratch_row(column);
            self.load_flag(address)
        });
        let address = self.function.scratch_row(crossing.value);
        if self.function.program.shapes[value.index()].condition {
            return Slot { kind: Kind::Condition, value: self.load_flag(address), known, bounds: Some((0, 1)) };
        }
        let (memory, ins) = (column_memory(), self.ins());
        let value = match crossing.value.lanes {
            Lanes::W8 => ins.sload8(types::I64, memory, address, 0),
            Lanes::W16 => ins.sload16(types::I64, memory, address, 0),
            Lanes::W32 => ins.sload32(memory, address, 0),
            Lanes::W64 => ins.load(types::I64, memory, address, 0),
        };
        Slot { kind: Kind::Whole, value, known, bounds: None }
    }

    /// Flags in scratch are 0 or -1.
    fn load_flag(&mut self, address: ir::Value) -> ir::Value {
        let flag = self.ins().load(types::I8, column_memory(), address, 0);
        self.ins().band_imm_s(flag, 1)
    }

    fn store_flag(&mut self, flag: ir::Value, address: ir::Value) {
        let stored = self.ins().ineg(flag);
        self.ins().store(column_memory(), stored, address, 0);
    }

    fn store_crossing(&mut self, value: Value, slot: Slot) {
        let Some(crossing) = self.function.plan.crossings[value.index()] else { return };
        if let Some(column) = crossing.known {
            let known = slot.known.unwrap_or_else(|| self.ins().iconst(types::I8, 1));
            let address = self.function.scratch_row(column);
            self.store_flag(known, address);
        }
        if self.function.program.shapes[value.index()].condition {
            let condition = self.condition(slot);
            let address = self.function.scratch_row(crossing.value);
            self.store_flag(condition, address);
            return;
        }
        let whole = self.whole(slot);
        let address = self.function.scratch_row(crossing.value);
        let (memory, ins) = (column_memory(), self.ins());
        match crossing.value.lanes {
            Lanes::W8 => ins.istore8(memory, whole, address, 0),
            Lanes::W16 => ins.istore16(memory, whole, address, 0),
            Lanes::W32 => ins.istore32(memory, whole, address, 0),
            Lanes::W64 => ins.store(memory, whole, address, 0),
        };
    }
}
