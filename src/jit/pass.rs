//! Into generated code and back: the memory of one pass over up to [`super::plan::PASS_ROWS_MAX`] rows.
//!
//! Enters: columns. Leaves: the output columns, every value and validity bit of them written. Always holds: generated code is entered
//! only from here, after the number, widths and lengths of all columns have been compared with the program's; it gets addresses only of
//! memory that the columns, the scratch memory and the constants at hand own; all of it outlives the call.
//!
//! Generated code works on whole groups of [`GROUP_ROWS`] rows. The last rows of a block that do not fill a group go through [`Cells`]: room for
//! one group per column. Single rows are [`super::rows`]' matter.

use std::mem::offset_of;
use std::slice;

use super::constants::Constants;
use super::lanes::GROUP_ROWS;
use super::plan::{Layout, PASS_ROWS_MAX, Port};
use crate::column::{Block, Column};
use crate::program::Parameters;

/// A generated function: `(frame, columns, rows)`.
///
/// # Safety
/// Of code for blocks (for rows see [`super::rows`]): the frame's addresses are those of the constants and the scratch memory of the same compiled program. `columns` holds, at the places
/// that the layout gives, the addresses of values and validity bits for `rows` rows, rounded up to whole groups; validity bits only of
/// columns that can miss values. `rows` is from 1 to the layout's `pass_rows`.
pub type Entry = unsafe extern "C" fn(*const Frame, *const u64, u64);

/// What stays the same for all rows of a run.
#[repr(C)]
pub struct Frame {
    as_of_day: i64,
    as_of: i64,
    constants: *const u8,
    scratch: *mut u64,
}

pub const FRAME_AS_OF_DAY: i32 = offset_of!(Frame, as_of_day) as i32;
pub const FRAME_AS_OF: i32 = offset_of!(Frame, as_of) as i32;
pub const FRAME_CONSTANTS: i32 = offset_of!(Frame, constants) as i32;
pub const FRAME_SCRATCH: i32 = offset_of!(Frame, scratch) as i32;

impl Frame {
    /// Of code that addresses `constants` and scratch memory at `scratch`.
    pub fn new(constants: &Constants, parameters: &Parameters, scratch: *mut u64) -> Frame {
        let Parameters { as_of_day, as_of } = *parameters;
        Frame { as_of_day, as_of, constants: constants.start(), scratch }
    }
}

/// The validity of a column without missing values.
static ALL_KNOWN: [u8; PASS_ROWS_MAX / 8] = [0xFF; PASS_ROWS_MAX / 8];

/// Memory that a run needs for itself, used again by later runs of the same compiled program.
#[derive(Debug)]
pub struct Scratch {
    /// scratch columns of the layout
    memory: Vec<u64>,
    /// addresses for a pass over a block
    columns: Vec<u64>,
    cells: Cells,
}

/// One group of rows of each input and output.
#[derive(Debug)]
struct Cells {
    /// per place in the array of columns, [`GROUP_ROWS`] values of up to 8 bytes, or as many validity bits
    groups: Vec<[u64; GROUP_ROWS]>,
    /// their addresses: `groups` keeps its place
    columns: Vec<u64>,
}

impl Scratch {
    pub fn new(layout: &Layout) -> Scratch {
        let mut groups = vec![[0; GROUP_ROWS]; layout.column_count()];
        let start = groups.as_mut_ptr();
        let columns = (0..groups.len()).map(|place| address(start.wrapping_add(place))).collect();
        Scratch {
            memory: vec![0; layout.scratch_bytes().div_ceil(8)],
            columns: vec![0; layout.column_count()],
            cells: Cells { groups, columns },
        }
    }
}

/// All rows of a block, pass by pass.
///
/// # Safety
/// `entries` are the functions generated from `layout`'s plan, in order, still in memory, and address `constants`; `scratch` is of this
/// layout.
pub unsafe fn run_block(
    layout: &Layout,
    entries: &[Entry],
    constants: &Constants,
    scratch: &mut Scratch,
    input: &Block,
    parameters: &Parameters,
    output: &mut Block,
) {
    check_shape(&layout.inputs, &layout.outputs, input, output);
    let frame = Frame::new(constants, parameters, scratch.memory.as_mut_ptr());
    let whole_rows = input.rows / GROUP_ROWS * GROUP_ROWS;
    for start in (0..whole_rows).step_by(layout.pass_rows) {
        let rows = layout.pass_rows.min(whole_rows - start);
        for (index, column) in input.columns.iter().enumerate() {
            scratch.columns[layout.input_values(index)] = address(column.values_ptr().wrapping_add(start * column.width().bytes()));
            let validity = if column.has_validity() { column.validity_ptr().wrapping_add(start / 8) } else { ALL_KNOWN.as_ptr() };
            scratch.columns[layout.input_validity(index)] = address(validity);
        }
        for (index, column) in output.columns.iter_mut().enumerate() {
            let values = column.values_mut_ptr().wrapping_add(start * column.width().bytes());
            scratch.columns[layout.output_values(index)] = address(values);
            scratch.columns[layout.output_validity(index)] = address(column.validity_mut_ptr().wrapping_add(start / 8));
        }
        for entry in entries {
            // SAFETY: `check_shape` has shown that each column has the layout's width and at least `start + rows` values, and validity bits for
            // them where an output can be missing; `rows` is a multiple of the group.
            unsafe { entry(&raw const frame, scratch.columns.as_ptr(), rows as u64) };
        }
    }

    let rest = input.rows - whole_rows;
    if rest > 0 {
        for (index, column) in input.columns.iter().enumerate() {
            let (values, validity) = (layout.input_values(index), layout.input_validity(index));
            copy_rest(column, whole_rows, rest, scratch.cells.bytes(values));
            scratch.cells.groups[validity][0] = match validity_bits(column) {
                Some(bits) => bits[whole_rows / 8..].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
                None => u64::MAX,
            };
        }
        // SAFETY: as the caller promises.
        unsafe { scratch.cells.run(entries, &frame, rest) };
        for (index, column) in output.columns.iter_mut().enumerate() {
            let (values, validity) = (layout.output_values(index), layout.output_validity(index));
            write_rest(column, whole_rows, rest, scratch.cells.bytes(values));
            if let Some(bits) = validity_bits_mut(column) {
                let word = (scratch.cells.groups[validity][0] & ((1 << rest) - 1)).to_le_bytes();
                let bits = &mut bits[whole_rows / 8..];
                bits.copy_from_slice(&word[..bits.len()]);
            }
        }
    }
}

impl Cells {
    /// # Safety
    /// As for [`run_block`]; the frame is of the scratch memory of this layout.
    unsafe fn run(&mut self, entries: &[Entry], frame: &Frame, rows: usize) {
        for entry in entries {
            // SAFETY: a place of `groups` has room for one group of values of any width, and for its validity bits; `columns` holds their
            // addresses, and `groups` has not been resized since.
            unsafe { entry(frame, self.columns.as_ptr(), rows as u64) };
        }
    }

    fn bytes(&mut self, place: usize) -> &mut [u8] {
        let group = &mut self.groups[place];
        // SAFETY: the words of the group are as many bytes, and any byte is a valid u8.
        unsafe { slice::from_raw_parts_mut(group.as_mut_ptr().cast(), size_of_val(group)) }
    }
}

/// The contract with generated code, as far as columns go.
pub fn check_shape(inputs: &[Port], outputs: &[Port], input: &Block, output: &Block) {
    assert_eq!(input.columns.len(), inputs.len(), "columns of the input");
    for (index, (column, port)) in input.columns.iter().zip(inputs).enumerate() {
        assert_eq!(column.width(), port.width, "width of input {index}");
        assert_eq!(column.len(), input.rows, "rows of input {index}");
        assert!(port.optional || !column.has_validity(), "input {index} cannot be missing");
    }
    assert_eq!(output.columns.len(), outputs.len(), "columns of the output");
    for (index, (column, port)) in output.columns.iter().zip(outputs).enumerate() {
        assert_eq!(column.width(), port.width, "width of output {index}");
        assert_eq!(column.len(), input.rows, "rows of output {index}");
        assert_eq!(column.has_validity(), port.optional, "validity of output {index}");
    }
}

pub fn copy_rest(column: &Column, start: usize, rows: usize, into: &mut [u8]) {
    assert!(start + rows <= column.len());
    let bytes = column.width().bytes();
    // SAFETY: the column has `start + rows` values of `bytes` bytes each, as just asserted.
    let rest = unsafe { slice::from_raw_parts(column.values_ptr().add(start * bytes), rows * bytes) };
    into[..rest.len()].copy_from_slice(rest);
}

pub fn write_rest(column: &mut Column, start: usize, rows: usize, from: &[u8]) {
    assert!(start + rows <= column.len());
    let bytes = column.width().bytes();
    // SAFETY: the column has `start + rows` values of `bytes` bytes each, as just asserted, and is borrowed for writing.
    let rest = unsafe { slice::from_raw_parts_mut(column.values_mut_ptr().add(start * bytes), rows * bytes) };
    rest.copy_from_slice(&from[..rest.len()]);
}

pub fn validity_bits(column: &Column) -> Option<&[u8]> {
    // SAFETY: a column with validity has one bit for each row.
    column.has_validity().then(|| unsafe { slice::from_raw_parts(column.validity_ptr(), column.len().div_ceil(8)) })
}

pub fn validity_bits_mut(column: &mut Column) -> Option<&mut [u8]> {
    let bytes = column.len().div_ceil(8);
    // SAFETY: a column with validity has one bit for each row, and it is borrowed for writing.
    column.has_validity().then(|| unsafe { slice::from_raw_parts_mut(column.validity_mut_ptr(), bytes) })
}

/// Generated code reads addresses from an array of integers.
fn address<T>(pointer: *const T) -> u64 {
    pointer.expose_provenance() as u64
}
