//! Single leads: code that takes one row and gives its answers, without columns.
//!
//! Enters: a verified [`Program`]; then rows, as values in the order of its inputs. Leaves: their outputs. Always holds: every answer is the
//! interpreter's; generated code gets the address of memory that has a place for each value of the layout, and outlives the call.

use std::mem::MaybeUninit;

use super::JitError;
use super::code::Code;
use super::constants::Constants;
use super::pass::Frame;
use super::plan::{Form, Layout, Options};
use crate::program::{Parameters, Program};

/// Rows whose values take up to so many words have them on the stack.
const STACK_WORDS: usize = 256;

/// A program as machine code for one lead per call. Any number of threads may call it at once.
pub struct Rows {
    layout: Layout,
    code: Code,
    /// addressed by the code
    constants: Constants,
}

impl Rows {
    /// Errors where no code can be generated for the processor at hand; the interpreter can still run the program.
    pub fn new(program: &Program) -> Result<Rows, JitError> {
        Rows::with_options(program, Options::default())
    }

    /// As [`Rows::new`], with choices that only tests have a reason to make.
    #[doc(hidden)]
    pub fn with_options(program: &Program, options: Options) -> Result<Rows, JitError> {
        let (code, constants, layout) = Code::generate(program, Form::Row, options)?;
        Ok(Rows { layout, code, constants })
    }

    /// How many functions were generated.
    #[doc(hidden)]
    pub fn function_count(&self) -> usize {
        self.code.entries().len()
    }

    /// Evaluates one row, given and answered in the order of the program's inputs and outputs.
    ///
    /// Values are cut to the width of their input, lie within its interval, and are missing only where the program says that they can be.
    pub fn run(&self, input: &[Option<i64>], parameters: &Parameters, output: &mut [Option<i64>]) {
        assert_eq!(input.len(), self.layout.inputs.len(), "inputs of a row");
        assert_eq!(output.len(), self.layout.outputs.len(), "outputs of a row");
        let words = self.layout.column_count() + self.layout.scratch_bytes().div_ceil(8);
        if words <= STACK_WORDS {
            self.run_in(&mut [MaybeUninit::uninit(); STACK_WORDS][..words], input, parameters, output);
        } else {
            self.run_in(&mut vec![MaybeUninit::uninit(); words], input, parameters, output);
        }
    }

    /// `memory` has a word for each place of the layout, and the scratch columns behind.
    fn run_in(&self, memory: &mut [MaybeUninit<u64>], input: &[Option<i64>], parameters: &Parameters, output: &mut [Option<i64>]) {
        let (cells, scratch) = memory.split_at_mut(self.layout.column_count());
        assert!(size_of_val(scratch) >= self.layout.scratch_bytes());
        let (values, rest) = cells.split_at_mut(input.len());
        let (known, answers) = rest.split_at_mut(input.len());
        for ((value, known), given) in values.iter_mut().zip(known).zip(input) {
            // The low bytes come first: other hosts are refused.
            value.write(given.unwrap_or(0) as u64);
            known.write(u64::from(given.is_some()));
        }
        answers.fill(MaybeUninit::new(0));
        let frame = Frame::new(&self.constants, parameters, scratch.as_mut_ptr().cast());
        let places = cells.as_mut_ptr().cast::<u64>();
        for entry in self.code.entries() {
            // SAFETY: `entry` was generated for rows of this layout, and addresses `constants`. It reads and writes words at the layout's places, of which
            // `cells` has all, each written above; and scratch columns of one row, for which `scratch` has room, each written by an entry before it is read.
            unsafe { entry(&raw const frame, places.cast_const(), 1) };
        }
        let (values, known) = (self.layout.output_values(0), self.layout.output_validity(0));
        for (index, (answer, port)) in output.iter_mut().zip(&self.layout.outputs).enumerate() {
            // SAFETY: every cell was written above.
            let [value, known] = [values, known].map(|place| unsafe { cells[place + index].assume_init() });
            *answer = (!port.optional || known != 0).then_some(value as i64);
        }
    }
}

impl std::fmt::Debug for Rows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("functions", &self.function_count()).finish()
    }
}
