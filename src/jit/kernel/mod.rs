//! Block kernels: a program as a list of steps, each of which computes one column for all rows of a pass.
//!
//! Enters: a verified program; then blocks of columns. Leaves: a [`Kernel`], and with it the output columns. Always holds: every answer is the
//! interpreter's, with every set of instructions; steps read and write only memory that [`pass`] hands them.
//!
//! [`lower`] turns operations into steps, [`assign`] gives them scratch columns, [`verify`] holds the result against its rules; [`run`] is the
//! loops, [`primitive`] what a set of instructions does better; [`memory`] is where columns are while a pass runs.

mod assign;
mod functions;
mod linear;
mod lower;
mod memory;
mod pass;
mod primitive;
mod rows;
mod run;
mod step;
mod sum;
mod verify;

pub use pass::Scratch;
pub use primitive::Cpu;

use super::lanes::Lanes;
use super::plan::Port;
use crate::column::Block;
use crate::program::{Parameters, Program};
use memory::Splats;
use step::{GROUP, Step};

/// Most rows of a pass: what steps hand on should stay in the nearest caches.
const PASS_ROWS_MAX: usize = 1024;

/// Fewer rows than this would let the cost of each step show.
const PASS_ROWS_MIN: usize = 256;

/// Scratch columns of one pass should stay in a core's first two caches, beside the columns of leads.
const SCRATCH_BYTES_WANTED: usize = 192 * 1024;

/// A program for blocks. Any number of threads may run it at once.
#[derive(Debug)]
pub struct Kernel {
    cpu: Cpu,
    steps: Vec<Step>,
    splats: Splats,
    /// rows of a pass, a multiple of [`GROUP`]
    pass_rows: usize,
    /// scratch columns of each width
    scratch: assign::Counts,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
}

impl Kernel {
    /// For a set of instructions that this machine has.
    pub fn new(program: &Program, cpu: Cpu) -> Kernel {
        assert!(cpu.is_available(), "this machine has no {}", cpu.name());
        let lower::Lowered { mut steps, splats } = lower::lower(program);
        let scratch = assign::assign(&mut steps);
        let rows_wanted = SCRATCH_BYTES_WANTED / row_bytes(&scratch).max(1);
        let kernel = Kernel {
            cpu,
            steps,
            splats,
            pass_rows: rows_wanted.clamp(PASS_ROWS_MIN, PASS_ROWS_MAX) / GROUP * GROUP,
            scratch,
            inputs: program.inputs.iter().map(|input| Port { width: input.width, optional: input.optional }).collect(),
            outputs: program.outputs.iter().map(|output| Port { width: output.width, optional: output.optional }).collect(),
        };
        kernel.verified()
    }

    /// Some of it is for no vectors.
    pub fn goes_row_by_row(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Rows(_)))
    }

    pub fn outputs(&self) -> &[Port] {
        &self.outputs
    }

    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// All rows of a block; the output has one column per output, of its width and length.
    pub fn run(&self, scratch: &mut Scratch, input: &Block, parameters: &Parameters, output: &mut Block) {
        pass::run_block(self, scratch, input, parameters, output);
    }
}

/// Bytes of scratch for each row.
fn row_bytes(counts: &assign::Counts) -> usize {
    Lanes::ALL.into_iter().zip(counts).map(|(lanes, count)| lanes.bytes() * count).sum()
}
