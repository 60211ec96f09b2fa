//! One generated function: the loop over the rows of a pass, and how values get in and out of it.
//!
//! Enters: a segment of the [`Plan`]. Leaves: Cranelift's form of a function with the signature of [`super::pass::Entry`]. Always holds:
//! the only memory it touches is what [`super::pass`] promises: the frame, `rows` values of each input's and output's column,
//! scratch columns, and constants; no instruction in it can trap. The body of the loop is one straight block.
//!
//! In pseudocode:
//! ```text
//! row = 0
//! do { load what is used; the segment's operations; store outputs and crossing values; row += 1 } while row < rows
//! ```

use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, condcodes::IntCC, types};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::constants::ConstantsBuilder;
use super::pass::{FRAME_AS_OF, FRAME_AS_OF_DAY, FRAME_BYTES, FRAME_CONSTANTS, FRAME_WORDS};
use super::plan::Plan;
use crate::column::Width;
use crate::program::{Op, Parameter, Program, Value};

/// A value of the program inside a generated function.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub kind: Kind,
    pub value: ir::Value,
    /// a byte, 1 if the value is known and else 0; none if it is always known
    pub known: Option<ir::Value>,
    /// bounds that the integer keeps whatever the columns hold, also where it is missing: what a load may rely on
    pub bounds: Option<(i64, i64)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 64 bits
    Whole,
    /// a byte, 0 or 1
    Condition,
}

/// All that an operation needs to be generated.
pub struct Emitter<'a, 'f> {
    pub program: &'a Program,
    pub plan: &'a Plan,
    pub constants: &'a mut ConstantsBuilder,
    pub builder: FunctionBuilder<'f>,
    pub call_convention: cranelift_codegen::isa::CallConv,
    addresses: Addresses,
    slots: &'a mut Slots,
    /// where helpers write a result
    pub result: Option<ir::StackSlot>,
}

/// Values of the loop's frame.
struct Addresses {
    frame: ir::Value,
    columns: ir::Value,
    constants: ir::Value,
    words: ir::Value,
    bytes: ir::Value,
    row: ir::Value,
}

/// The values that the function at hand has so far; used again by the next one.
#[derive(Default)]
pub struct Slots {
    of: Vec<Option<Slot>>,
    filled: Vec<Value>,
}

impl Slots {
    pub fn new(program: &Program) -> Slots {
        Slots { of: vec![None; program.ops.len()], filled: Vec::new() }
    }

    fn clear(&mut self) {
        for value in self.filled.drain(..) {
            self.of[value.index()] = None;
        }
    }

    fn fill(&mut self, value: Value, slot: Slot) {
        self.of[value.index()] = Some(slot);
        self.filled.push(value);
    }
}

/// The signature of [`super::pass::Entry`].
pub fn signature(isa: &dyn TargetIsa) -> ir::Signature {
    let mut signature = ir::Signature::new(isa.default_call_conv());
    for _ in ["frame", "columns", "rows"] {
        signature.params.push(ir::AbiParam::new(types::I64));
    }
    signature
}

/// Builds the function of one segment.
pub fn build(
    program: &Program,
    plan: &Plan,
    segment: usize,
    constants: &mut ConstantsBuilder,
    slots: &mut Slots,
    isa: &dyn TargetIsa,
    function: &mut ir::Function,
    context: &mut FunctionBuilderContext,
) {
    slots.clear();
    let mut builder = FunctionBuilder::new(function, context);
    let (entry, body, exit) = (builder.create_block(), builder.create_block(), builder.create_block());

    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let (frame, columns, rows) = (builder.block_params(entry)[0], builder.block_params(entry)[1], builder.block_params(entry)[2]);
    let constants_start = builder.ins().load(types::I64, constant_memory(), frame, FRAME_CONSTANTS);
    let words = builder.ins().load(types::I64, constant_memory(), frame, FRAME_WORDS);
    let bytes = builder.ins().load(types::I64, constant_memory(), frame, FRAME_BYTES);
    let zero = builder.ins().iconst(types::I64, 0);
    builder.ins().jump(body, &[BlockArg::Value(zero)]);

    let row = builder.append_block_param(body, types::I64);
    builder.switch_to_block(body);
    let addresses = Addresses { frame, columns, constants: constants_start, words, bytes, row };
    let call_convention = isa.default_call_conv();
    let mut emitter = Emitter { program, plan, constants, builder, call_convention, addresses, slots, result: None };
    emitter.segment(segment);

    let mut builder = emitter.builder;
    let next = builder.ins().iadd_imm_s(row, 1);
    let again = builder.ins().icmp(IntCC::UnsignedLessThan, next, rows);
    builder.ins().brif(again, body, &[BlockArg::Value(next)], exit, &[]);

    builder.switch_to_block(exit);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
}

impl Emitter<'_, '_> {
    fn segment(&mut self, segment: usize) {
        for value in &self.plan.segments[segment] {
            let slot = self.operation(*value);
            self.slots.fill(*value, slot);
            self.store_crossing(*value, slot);
        }
        for output in &self.plan.stores[segment] {
            self.store_output(*output);
        }
    }

    /// A value that an earlier operation gave, wherever it is.
    pub fn slot(&mut self, value: Value) -> Slot {
        if let Some(slot) = self.slots.of[value.index()] {
            return slot;
        }
        let slot = match self.program.ops[value.index()] {
            Op::Input(input) => self.load_input(input as usize),
            Op::Parameter(parameter) => self.load_parameter(parameter),
            Op::Constant(constant) => self.constant(constant),
            Op::Missing => {
                let known = self.builder.ins().iconst(types::I8, 0);
                Slot { known: Some(known), ..self.constant(0) }
            }
            _ => self.load_crossing(value),
        };
        self.slots.fill(value, slot);
        slot
    }

    pub fn constant(&mut self, constant: i64) -> Slot {
        let value = self.builder.ins().iconst(types::I64, constant);
        Slot { kind: Kind::Whole, value, known: None, bounds: Some((constant, constant)) }
    }

    /// The value as 64 bits.
    pub fn whole(&mut self, slot: Slot) -> ir::Value {
        match slot.kind {
            Kind::Whole => slot.value,
            Kind::Condition => self.builder.ins().uextend(types::I64, slot.value),
        }
    }

    /// The value of a condition as a byte that is 0 or 1, whatever a column holds.
    pub fn condition(&mut self, slot: Slot) -> ir::Value {
        match slot.kind {
            Kind::Whole => {
                let byte = self.builder.ins().ireduce(types::I8, slot.value);
                self.builder.ins().band_imm_s(byte, 1)
            }
            Kind::Condition => slot.value,
        }
    }

    /// Where constants begin.
    pub fn constants_start(&self) -> ir::Value {
        self.addresses.constants
    }

    fn load_input(&mut self, input: usize) -> Slot {
        let width = self.program.inputs[input].width;
        let start = self.column(input);
        let address = self.element(start, width);
        let memory = column_memory();
        let (value, bounds) = match width {
            Width::U8 => (self.builder.ins().uload8(types::I64, memory, address, 0), Some((0, i64::from(u8::MAX)))),
            Width::U16 => (self.builder.ins().uload16(types::I64, memory, address, 0), Some((0, i64::from(u16::MAX)))),
            Width::I32 => (self.builder.ins().sload32(memory, address, 0), Some((i64::from(i32::MIN), i64::from(i32::MAX)))),
            Width::I64 => (self.builder.ins().load(types::I64, memory, address, 0), None),
        };
        let known = self.plan.layout.inputs[input].known.map(|known| {
            let address = self.scratch_byte(known);
            self.builder.ins().load(types::I8, memory, address, 0)
        });
        Slot { kind: Kind::Whole, value, known, bounds }
    }

    fn load_parameter(&mut self, parameter: Parameter) -> Slot {
        let offset = match parameter {
            Parameter::AsOfDay => FRAME_AS_OF_DAY,
            Parameter::AsOf => FRAME_AS_OF,
        };
        let value = self.builder.ins().load(types::I64, constant_memory(), self.addresses.frame, offset);
        Slot { kind: Kind::Whole, value, known: None, bounds: None }
    }

    fn load_crossing(&mut self, value: Value) -> Slot {
        let Some(crossing) = self.plan.crossings[value.index()] else {
            unreachable!("value {} is used before the operation that gives it", value.0);
        };
        let memory = column_memory();
        let (kind, stored) = if self.program.shapes[value.index()].condition {
            let address = self.scratch_byte(crossing.value);
            (Kind::Condition, self.builder.ins().load(types::I8, memory, address, 0))
        } else {
            let address = self.scratch_word(crossing.value);
            (Kind::Whole, self.builder.ins().load(types::I64, memory, address, 0))
        };
        let known = crossing.known.map(|column| {
            let address = self.scratch_byte(column);
            self.builder.ins().load(types::I8, memory, address, 0)
        });
        Slot { kind, value: stored, known, bounds: None }
    }

    fn store_crossing(&mut self, value: Value, slot: Slot) {
        let Some(crossing) = self.plan.crossings[value.index()] else { return };
        if self.program.shapes[value.index()].condition {
            let condition = self.condition(slot);
            let address = self.scratch_byte(crossing.value);
            self.builder.ins().store(column_memory(), condition, address, 0);
        } else {
            let whole = self.whole(slot);
            let address = self.scratch_word(crossing.value);
            self.builder.ins().store(column_memory(), whole, address, 0);
        }
        if let Some(column) = crossing.known {
            let known = self.known_byte(slot);
            let address = self.scratch_byte(column);
            self.builder.ins().store(column_memory(), known, address, 0);
        }
    }

    /// A missing value is stored as 0.
    fn store_output(&mut self, index: usize) {
        let output = &self.program.outputs[index];
        let slot = self.slot(output.value);
        let mut whole = self.whole(slot);
        if let (Some(known), true) = (slot.known, output.optional) {
            let zero = self.builder.ins().iconst(types::I64, 0);
            whole = self.builder.ins().select(known, whole, zero);
        }
        let start = self.column(self.program.inputs.len() + index);
        let address = self.element(start, output.width);
        let memory = column_memory();
        match output.width {
            Width::U8 => self.builder.ins().istore8(memory, whole, address, 0),
            Width::U16 => self.builder.ins().istore16(memory, whole, address, 0),
            Width::I32 => self.builder.ins().istore32(memory, whole, address, 0),
            Width::I64 => self.builder.ins().store(memory, whole, address, 0),
        };
        if let Some(column) = self.plan.layout.outputs[index].known {
            let known = self.known_byte(slot);
            let address = self.scratch_byte(column);
            self.builder.ins().store(memory, known, address, 0);
        }
    }

    fn known_byte(&mut self, slot: Slot) -> ir::Value {
        slot.known.unwrap_or_else(|| self.builder.ins().iconst(types::I8, 1))
    }

    /// The start of a column: the inputs' come first, then the outputs'.
    fn column(&mut self, slot: usize) -> ir::Value {
        self.builder.ins().load(types::I64, constant_memory(), self.addresses.columns, offset(slot * 8))
    }

    fn element(&mut self, start: ir::Value, width: Width) -> ir::Value {
        let steps = match width {
            Width::U8 => self.addresses.row,
            Width::U16 => self.builder.ins().ishl_imm_s(self.addresses.row, 1),
            Width::I32 => self.builder.ins().ishl_imm_s(self.addresses.row, 2),
            Width::I64 => self.builder.ins().ishl_imm_s(self.addresses.row, 3),
        };
        self.builder.ins().iadd(start, steps)
    }

    fn scratch_word(&mut self, column: usize) -> ir::Value {
        let start = self.builder.ins().iadd_imm_s(self.addresses.words, self.plan.layout.word_offset(column) as i64);
        self.element(start, Width::I64)
    }

    fn scratch_byte(&mut self, column: usize) -> ir::Value {
        let start = self.builder.ins().iadd_imm_s(self.addresses.bytes, self.plan.layout.byte_offset(column) as i64);
        self.element(start, Width::U8)
    }
}

/// Aligned, never traps, never written while generated code runs.
pub fn constant_memory() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly().with_can_move()
}

/// Columns: never traps; Arrow may hand over columns that begin anywhere.
fn column_memory() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}

fn offset(bytes: usize) -> i32 {
    // The number of columns is bounded by the number of fields of a policy, far below 2^28.
    bytes as i32
}
