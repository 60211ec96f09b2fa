//! Machine code for a program: the fast evaluator, which gives the bytes that [`crate::interpret`] gives.
//!
//! Enters: a verified [`Program`]; then blocks of columns, or single rows. Leaves: [`Compiled`], and with it the output columns. Always
//! holds: every answer is the interpreter's; generated code cannot trap, and reads and writes only memory that [`pass`] hands it.
//!
//! Single leads have code of their own: [`Rows`]. Blocks run through generated code or through a [`kernel`], steps over columns for which nothing is generated: whichever [`Blocks`] asks for, or is faster.
//!
//! The only folder that knows Cranelift. [`plan`] decides what stands where; [`function`] builds a loop, with sixteen rows at once in
//! [`vector`] or with single rows in [`scalar`]; [`constants`] is the memory that code reads, [`code`] makes it executable, [`pass`] and
//! [`rows`] run it. [`facts`] and [`lanes`] are what shapes prove of ranges and widths.

mod code;
mod constants;
mod facts;
mod filled;
mod function;
mod kernel;
mod lanes;
mod pass;
mod plan;
mod rows;
mod scalar;
mod vector;

use std::sync::Mutex;

use code::Code;
use constants::Constants;
pub use kernel::Cpu;
use kernel::Kernel;
use pass::Scratch;
#[doc(hidden)]
pub use plan::Options;
use plan::{Form, Layout};
pub use rows::Rows;

use crate::column::{Block, Column};
use crate::program::{Parameters, Program};

/// Why there is no machine code for a program. The interpreter can still run it.
#[derive(Debug, thiserror::Error)]
pub enum JitError {
    #[error("machine code cannot be generated for this processor: {0}")]
    UnsupportedHost(String),
    #[error("machine code could not be generated: {0}")]
    Generation(String),
}

/// What runs blocks of leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Blocks {
    /// whichever is fastest for the program on this machine
    #[default]
    Best,
    /// code generated for the program
    Generated,
    /// steps with instructions that this machine has
    Steps(Cpu),
}

/// A program as machine code for blocks of leads. Any number of threads may run it at once.
pub struct Compiled(Way);

enum Way {
    Generated(Box<Generated>),
    Steps(Box<Steps>),
}

/// Blocks as steps.
struct Steps {
    kernel: Kernel,
    pool: Pool<kernel::Scratch>,
}

/// Generated code and all that it needs.
struct Generated {
    layout: Layout,
    code: Code,
    /// addressed by the code
    constants: Constants,
    pool: Pool<Scratch>,
}

/// Scratch memory of finished runs.
struct Pool<S>(Mutex<Vec<S>>);

impl Compiled {
    /// Generated code.
    pub fn new(program: &Program) -> Result<Compiled, JitError> {
        Compiled::with_options(program, Options::default())
    }

    /// What the machine runs blocks with as it is asked to.
    pub fn for_blocks(program: &Program, blocks: Blocks) -> Result<Compiled, JitError> {
        match blocks {
            Blocks::Generated => Compiled::new(program),
            Blocks::Steps(cpu) => Ok(Compiled::for_cpu(program, cpu)),
            // Steps were measured to be faster than generated code with these instructions (benches/README.md), where none goes row by row.
            Blocks::Best if Cpu::best() == Cpu::Avx512 => {
                let kernel = Kernel::new(program, Cpu::Avx512);
                if kernel.goes_row_by_row() { Compiled::new(program) } else { Ok(Compiled::with_kernel(kernel)) }
            }
            Blocks::Best => Compiled::new(program),
        }
    }

    /// Steps with a set of instructions that this machine has.
    pub fn for_cpu(program: &Program, cpu: Cpu) -> Compiled {
        Compiled::with_kernel(Kernel::new(program, cpu))
    }

    fn with_kernel(kernel: Kernel) -> Compiled {
        Compiled(Way::Steps(Box::new(Steps { kernel, pool: Pool::default() })))
    }

    /// As [`Compiled::new`], with choices that only tests have a reason to make.
    #[doc(hidden)]
    pub fn with_options(program: &Program, options: Options) -> Result<Compiled, JitError> {
        Ok(Compiled(Way::Generated(Box::new(Generated::new(program, options)?))))
    }

    /// How many functions were generated.
    #[doc(hidden)]
    pub fn function_count(&self) -> usize {
        match &self.0 {
            Way::Generated(generated) => generated.code.entries().len(),
            Way::Steps(_) => 0,
        }
    }

    /// How many steps a pass over a block takes.
    #[doc(hidden)]
    pub fn step_count(&self) -> usize {
        match &self.0 {
            Way::Generated(_) => 0,
            Way::Steps(steps) => steps.kernel.step_count(),
        }
    }

    /// Evaluates all rows of a block.
    ///
    /// The input has one column per input of the program, of its width, without validity where the program says that values are never
    /// missing; values lie within the input's interval. The output gets one column per output, of its width, with validity if it
    /// can be missing; its memory is used again if it had such columns already.
    pub fn run(&self, input: &Block, parameters: &Parameters, output: &mut Block) {
        self.prepare(input.rows, output);
        match &self.0 {
            Way::Generated(generated) => generated.run(input, parameters, output),
            Way::Steps(steps) => {
                steps.pool.with(|| kernel::Scratch::new(&steps.kernel), |scratch| steps.kernel.run(scratch, input, parameters, output));
            }
        }
    }

    fn prepare(&self, rows: usize, output: &mut Block) {
        let ports = match &self.0 {
            Way::Generated(generated) => generated.layout.outputs.as_slice(),
            Way::Steps(steps) => steps.kernel.outputs(),
        };
        output.rows = rows;
        output.columns.truncate(ports.len());
        for (index, port) in ports.iter().enumerate() {
            let fits = |column: &Column| column.width() == port.width && column.len() == rows && column.has_validity() == port.optional;
            match output.columns.get_mut(index) {
                Some(column) if fits(column) => {}
                Some(column) => *column = Column::zeroed(port.width, rows, port.optional),
                None => output.columns.push(Column::zeroed(port.width, rows, port.optional)),
            }
        }
    }
}

impl Generated {
    fn new(program: &Program, options: Options) -> Result<Generated, JitError> {
        let (code, constants, layout) = Code::generate(program, Form::Blocks, options)?;
        Ok(Generated { layout, code, constants, pool: Pool::default() })
    }

    fn run(&self, input: &Block, parameters: &Parameters, output: &mut Block) {
        self.pool.with(
            || Scratch::new(&self.layout),
            // SAFETY: code, layout and constants come from one generation.
            |scratch| unsafe { pass::run_block(&self.layout, self.code.entries(), &self.constants, scratch, input, parameters, output) },
        );
    }
}

impl<S> Default for Pool<S> {
    fn default() -> Pool<S> {
        Pool(Mutex::default())
    }
}

impl<S> Pool<S> {
    fn with(&self, make: impl FnOnce() -> S, run: impl FnOnce(&mut S)) {
        let pooled = self.0.lock().ok().and_then(|mut pool| pool.pop());
        let mut scratch = pooled.unwrap_or_else(make);
        run(&mut scratch);
        if let Ok(mut pool) = self.0.lock() {
            pool.push(scratch);
        }
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kernel = match &self.0 {
            Way::Generated(_) => None,
            Way::Steps(steps) => Some(&steps.kernel),
        };
        f.debug_struct("Compiled").field("functions", &self.function_count()).field("kernel", &kernel).finish()
    }
}
