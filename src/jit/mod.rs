//! Machine code for a program: the fast evaluator, which gives the bytes that [`crate::interpret`] gives.
//!
//! Enters: a verified [`Program`]; then blocks of columns, or single rows. Leaves: [`Compiled`], and with it the output columns. Always
//! holds: every answer is the interpreter's; generated code cannot trap, and reads and writes only memory that [`pass`] hands it.
//!
//! The only folder that knows Cranelift. [`plan`] decides what stands where; [`function`] builds a loop, with sixteen rows at once in
//! [`vector`] or with single rows in [`scalar`]; [`constants`] is the memory that code reads, [`code`] makes it executable, [`pass`] runs
//! it. [`facts`] and [`lanes`] are what shapes prove of ranges and widths.

mod code;
mod constants;
mod facts;
mod filled;
mod function;
mod lanes;
mod pass;
mod plan;
mod scalar;
mod vector;

use std::sync::Mutex;

use code::Code;
use constants::Constants;
use pass::Scratch;
use plan::Layout;
#[doc(hidden)]
pub use plan::Options;

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

/// A program as machine code. Any number of threads may run it at once.
pub struct Compiled {
    layout: Layout,
    code: Code,
    /// addressed by the code
    constants: Constants,
    /// scratch memory of finished runs
    pool: Mutex<Vec<Scratch>>,
}

impl Compiled {
    pub fn new(program: &Program) -> Result<Compiled, JitError> {
        Compiled::with_options(program, Options::default())
    }

    /// As [`Compiled::new`], with choices that only tests have a reason to make.
    #[doc(hidden)]
    pub fn with_options(program: &Program, options: Options) -> Result<Compiled, JitError> {
        let (code, constants, layout) = Code::generate(program, options)?;
        Ok(Compiled { layout, code, constants, pool: Mutex::default() })
    }

    /// How many functions were generated.
    #[doc(hidden)]
    pub fn function_count(&self) -> usize {
        self.code.entries().len()
    }

    /// Evaluates all rows of a block.
    ///
    /// The input has one column per input of the program, of its width, without validity where the program says that values are never
    /// missing; values lie within the input's interval. The output gets one column per output, of its width, with validity if it
    /// can be missing; its memory is used again if it had such columns already.
    pub fn run(&self, input: &Block, parameters: &Parameters, output: &mut Block) {
        self.prepare(input.rows, output);
        let mut scratch = self.take_scratch();
        // SAFETY: code, layout and constants come from one generation.
        unsafe { pass::run_block(&self.layout, self.code.entries(), &self.constants, &mut scratch, input, parameters, output) };
        self.give_back(scratch);
    }

    /// Evaluates one row, given and answered in the order of the program's inputs and outputs.
    pub fn row(&self, input: &[Option<i64>], parameters: &Parameters, output: &mut [Option<i64>]) {
        let mut scratch = self.take_scratch();
        // SAFETY: code, layout and constants come from one generation.
        unsafe { pass::run_row(&self.layout, self.code.entries(), &self.constants, &mut scratch, input, parameters, output) };
        self.give_back(scratch);
    }

    fn prepare(&self, rows: usize, output: &mut Block) {
        let ports = &self.layout.outputs;
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

    fn take_scratch(&self) -> Scratch {
        let pooled = self.pool.lock().ok().and_then(|mut pool| pool.pop());
        pooled.unwrap_or_else(|| Scratch::new(&self.layout))
    }

    fn give_back(&self, scratch: Scratch) {
        if let Ok(mut pool) = self.pool.lock() {
            pool.push(scratch);
        }
    }
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("functions", &self.function_count()).field("layout", &self.layout).finish()
    }
}
