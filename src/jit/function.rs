//! One generated function: the loop over the rows of a pass, around what a segment does for one row or one group of rows.
//!
//! Enters: a segment of the [`Plan`]. Leaves: Cranelift's form of a function with the signature of [`super::pass::Entry`]. Always holds:
//! the only memory it touches is what [`super::pass`] promises: the frame, the array of columns, the columns' values and validity for
//! whole groups of rows, scratch columns, and constants; no instruction in it can trap. The body of the loop is one straight block.
//!
//! In pseudocode:
//! ```text
//! row = 0
//! do { load what is used; the segment's operations; store outputs and crossing values; row += 1 or 16 } while row < rows
//! ```
//! The functions of [`Form::Row`] have no loop.

use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, condcodes::IntCC, types};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};

use super::constants::ConstantsBuilder;
use super::lanes::GROUP_ROWS;
use super::pass::{FRAME_AS_OF, FRAME_AS_OF_DAY, FRAME_CONSTANTS, FRAME_SCRATCH};
use super::plan::{Form, Mode, Plan, ScratchColumn};
use super::{scalar, vector};
use crate::column::Width;
use crate::program::{Parameter, Program};

/// What generating a function starts from.
pub struct Emitter<'a, 'f> {
    pub program: &'a Program,
    pub plan: &'a Plan,
    pub constants: &'a mut ConstantsBuilder,
    pub builder: FunctionBuilder<'f>,
    pub call_convention: CallConv,
    addresses: Addresses,
}

/// Values of the loop's frame.
struct Addresses {
    frame: ir::Value,
    columns: ir::Value,
    constants: ir::Value,
    scratch: ir::Value,
    /// the first of the group, in vector code
    row: ir::Value,
}

/// Memory that is used again from function to function.
pub struct Workspace {
    pub context: FunctionBuilderContext,
    pub scalar: scalar::Slots,
    pub vector: vector::Slots,
}

impl Workspace {
    pub fn new(program: &Program) -> Workspace {
        Workspace { context: FunctionBuilderContext::new(), scalar: scalar::Slots::new(program), vector: vector::Slots::new(program) }
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
    isa: &dyn TargetIsa,
    function: &mut ir::Function,
    workspace: &mut Workspace,
) {
    let mut builder = FunctionBuilder::new(function, &mut workspace.context);
    let (entry, body, exit) = (builder.create_block(), builder.create_block(), builder.create_block());

    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let (frame, columns, rows) = (builder.block_params(entry)[0], builder.block_params(entry)[1], builder.block_params(entry)[2]);
    let constants_start = builder.ins().load(types::I64, constant_memory(), frame, FRAME_CONSTANTS);
    let scratch = builder.ins().load(types::I64, constant_memory(), frame, FRAME_SCRATCH);
    let zero = builder.ins().iconst(types::I64, 0);
    builder.ins().jump(body, &[BlockArg::Value(zero)]);

    let row = builder.append_block_param(body, types::I64);
    builder.switch_to_block(body);
    let addresses = Addresses { frame, columns, constants: constants_start, scratch, row };
    let emitter = Emitter { program, plan, constants, builder, call_convention: isa.default_call_conv(), addresses };
    let step;
    (builder, step) = match plan.segments[segment].mode {
        Mode::Vector => (vector::emit(emitter, &mut workspace.vector, segment), GROUP_ROWS),
        Mode::Scalar => (scalar::emit(emitter, &mut workspace.scalar, segment), 1),
    };

    match plan.form {
        Form::Blocks => {
            let next = builder.ins().iadd_imm_s(row, step as i64);
            let again = builder.ins().icmp(IntCC::UnsignedLessThan, next, rows);
            builder.ins().brif(again, body, &[BlockArg::Value(next)], exit, &[]);
        }
        Form::Row => {
            builder.ins().jump(exit, &[]);
        }
    }

    builder.switch_to_block(exit);
    builder.ins().return_(&[]);
    builder.seal_all_blocks();
    builder.finalize(isa.frontend_config());
}

impl Emitter<'_, '_> {
    /// Where constants begin.
    pub fn constants_start(&self) -> ir::Value {
        self.addresses.constants
    }

    /// The row at hand, or the first of the group.
    pub fn row(&self) -> ir::Value {
        self.addresses.row
    }

    /// The address of the row's value in a column of the array of columns.
    pub fn column_row(&mut self, place: usize, width: Width) -> ir::Value {
        match self.plan.form {
            Form::Blocks => {
                let start = self.column(place);
                self.element(start, width.bytes())
            }
            Form::Row => self.cell(place),
        }
    }

    /// The address of what stands in the array itself, of the only row.
    pub fn cell(&mut self, place: usize) -> ir::Value {
        self.builder.ins().iadd_imm_s(self.addresses.columns, place as i64 * 8)
    }

    /// The address of the byte of validity bits that holds the row's.
    pub fn validity_byte(&mut self, place: usize) -> ir::Value {
        let start = self.column(place);
        let byte = self.builder.ins().ushr_imm_s(self.addresses.row, 3);
        self.builder.ins().iadd(start, byte)
    }

    /// The address of the row's value in a scratch column.
    pub fn scratch_row(&mut self, column: ScratchColumn) -> ir::Value {
        let start = self.builder.ins().iadd_imm_s(self.addresses.scratch, self.plan.layout.scratch_offset(column) as i64);
        self.element(start, column.lanes.bytes())
    }

    pub fn parameter(&mut self, parameter: Parameter) -> ir::Value {
        let offset = match parameter {
            Parameter::AsOfDay => FRAME_AS_OF_DAY,
            Parameter::AsOf => FRAME_AS_OF,
        };
        self.builder.ins().load(types::I64, constant_memory(), self.addresses.frame, offset)
    }

    fn column(&mut self, place: usize) -> ir::Value {
        // The number of columns is bounded by the number of fields of a policy, far below 2^28.
        self.builder.ins().load(types::I64, constant_memory(), self.addresses.columns, place as i32 * 8)
    }

    fn element(&mut self, start: ir::Value, bytes: usize) -> ir::Value {
        let steps = match bytes {
            1 => self.addresses.row,
            _ => self.builder.ins().ishl_imm_s(self.addresses.row, i64::from(bytes.trailing_zeros())),
        };
        self.builder.ins().iadd(start, steps)
    }
}

/// Aligned, never traps, never written while generated code runs.
pub fn constant_memory() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly().with_can_move()
}

/// Columns: never traps; they may begin anywhere.
pub fn column_memory() -> MemFlagsData {
    MemFlagsData::new().with_notrap()
}
