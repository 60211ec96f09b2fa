//! Into generated code and back: the memory of one pass over up to [`super::plan::PASS_ROWS_MAX`] rows.
//!
//! Enters: columns whose number, widths and lengths [`super::Compiled`] has compared with the program's. Leaves: the output columns,
//! every value and validity bit of them written. Always holds: generated code is entered only from here, and gets addresses only of
//! memory that the columns, the scratch memory and the constants at hand own; all of it outlives the call.
//!
//! Generated code reads and writes a byte per row, 0 or 1, where a value can be missing; columns have bits. The translation stands
//! here, in plain loops that the Rust compiler turns into vector instructions.

use std::mem::offset_of;

use super::constants::Constants;
use super::plan::Layout;
use crate::column::{Block, Width};
use crate::program::Parameters;

/// A generated function: `(frame, columns, rows)`.
///
/// # Safety
/// The frame's addresses are those of the constants and the scratch memory of the same compiled program. `columns` holds, for each
/// input and then for each output, the address of at least `rows` values. `rows` is from 1 to the layout's `pass_rows`.
pub type Entry = unsafe extern "C" fn(*const Frame, *const u64, u64);

/// What stays the same for all rows of a run.
#[repr(C)]
pub struct Frame {
    as_of_day: i64,
    as_of: i64,
    constants: *const u8,
    words: *mut u64,
    bytes: *mut u8,
}

pub const FRAME_AS_OF_DAY: i32 = offset_of!(Frame, as_of_day) as i32;
pub const FRAME_AS_OF: i32 = offset_of!(Frame, as_of) as i32;
pub const FRAME_CONSTANTS: i32 = offset_of!(Frame, constants) as i32;
pub const FRAME_WORDS: i32 = offset_of!(Frame, words) as i32;
pub const FRAME_BYTES: i32 = offset_of!(Frame, bytes) as i32;

/// Memory that a run needs for itself, used again by later runs of the same compiled program.
#[derive(Debug)]
pub struct Scratch {
    /// word columns of the [`Layout`]
    words: Vec<u64>,
    /// byte columns
    bytes: Vec<u8>,
    /// addresses of the inputs' and the outputs' values in a pass over a block
    columns: Vec<u64>,
    /// for a single row, one value per input and output…
    cells: Vec<u64>,
    /// …and their addresses: `cells` keeps its place
    cell_columns: Vec<u64>,
}

impl Scratch {
    pub fn new(layout: &Layout) -> Scratch {
        let count = layout.inputs.len() + layout.outputs.len();
        let mut cells = vec![0; count];
        let cells_start = cells.as_mut_ptr();
        Scratch {
            words: vec![0; layout.word_columns * layout.pass_rows],
            bytes: vec![0; layout.byte_columns * layout.pass_rows],
            columns: vec![0; count],
            cells,
            cell_columns: (0..count).map(|cell| address(cells_start.wrapping_add(cell))).collect(),
        }
    }

    fn frame(&mut self, constants: &Constants, parameters: &Parameters) -> Frame {
        Frame {
            as_of_day: parameters.as_of_day,
            as_of: parameters.as_of,
            constants: constants.start(),
            words: self.words.as_mut_ptr(),
            bytes: self.bytes.as_mut_ptr(),
        }
    }

    /// A byte column.
    fn known(&mut self, layout: &Layout, column: usize) -> &mut [u8] {
        &mut self.bytes[column * layout.pass_rows..][..layout.pass_rows]
    }
}

/// All rows of a block, pass by pass.
///
/// # Safety
/// `entries` are the functions generated from `layout`'s plan, in order, still in memory, and address `constants`.
pub unsafe fn run_block(
    layout: &Layout,
    entries: &[Entry],
    constants: &Constants,
    scratch: &mut Scratch,
    input: &Block,
    parameters: &Parameters,
    output: &mut Block,
) {
    check_shape(layout, input, output);
    let frame = scratch.frame(constants, parameters);
    let mut start = 0;
    while start < input.rows {
        let rows = layout.pass_rows.min(input.rows - start);
        enter_columns(layout, scratch, input, start, rows);
        for (index, column) in output.columns.iter_mut().enumerate() {
            let values = column.values_mut_ptr().wrapping_add(start * column.width().bytes());
            scratch.columns[layout.inputs.len() + index] = address(values);
        }
        for entry in entries {
            // SAFETY: `check_shape` has shown that each column has the program's width and at least `start + rows` values, and the scratch
            // memory is of this layout, as `Scratch::new` made it.
            unsafe { entry(&raw const frame, scratch.columns.as_ptr(), rows as u64) };
        }
        leave_columns(layout, scratch, output, start, rows);
        start += rows;
    }
}

/// One row. Values are cut to their column's width.
///
/// # Safety
/// As for [`run_block`].
pub unsafe fn run_row(
    layout: &Layout,
    entries: &[Entry],
    constants: &Constants,
    scratch: &mut Scratch,
    input: &[Option<i64>],
    parameters: &Parameters,
    output: &mut [Option<i64>],
) {
    assert_eq!(input.len(), layout.inputs.len(), "inputs of a row");
    assert_eq!(output.len(), layout.outputs.len(), "outputs of a row");
    for (index, value) in input.iter().enumerate() {
        scratch.cells[index] = value.unwrap_or(0) as u64;
        match layout.inputs[index].known {
            Some(column) => scratch.known(layout, column)[0] = u8::from(value.is_some()),
            None => debug_assert!(value.is_some() || layout.inputs[index].optional, "input {index} cannot be missing"),
        }
    }
    let frame = scratch.frame(constants, parameters);
    for entry in entries {
        // SAFETY: a cell has room for one value of any width, whose low bytes come first (other hosts are refused); `cell_columns` holds the
        // addresses of `cells`, which has not been resized since.
        unsafe { entry(&raw const frame, scratch.cell_columns.as_ptr(), 1) };
    }
    for (index, value) in output.iter_mut().enumerate() {
        let cell = scratch.cells[input.len() + index];
        let known = layout.outputs[index].known.is_none_or(|column| scratch.known(layout, column)[0] == 1);
        *value = known.then(|| match layout.outputs[index].width {
            Width::U8 => i64::from(cell as u8),
            Width::U16 => i64::from(cell as u16),
            Width::I32 => i64::from(cell as i32),
            Width::I64 => cell as i64,
        });
    }
}

/// The contract with generated code, as far as columns go.
fn check_shape(layout: &Layout, input: &Block, output: &Block) {
    assert_eq!(input.columns.len(), layout.inputs.len(), "columns of the input");
    for (index, (column, declared)) in input.columns.iter().zip(&layout.inputs).enumerate() {
        assert_eq!(column.width(), declared.width, "width of input {index}");
        assert_eq!(column.len(), input.rows, "rows of input {index}");
        assert!(declared.optional || !column.has_validity(), "input {index} cannot be missing");
    }
    assert_eq!(output.columns.len(), layout.outputs.len(), "columns of the output");
    for (index, (column, declared)) in output.columns.iter().zip(&layout.outputs).enumerate() {
        assert_eq!(column.width(), declared.width, "width of output {index}");
        assert_eq!(column.len(), input.rows, "rows of output {index}");
        assert_eq!(column.has_validity(), declared.optional, "validity of output {index}");
    }
}

/// Sets the addresses of the inputs' values from row `start`, and spreads their validity bits to bytes. `start` is a multiple of 8.
fn enter_columns(layout: &Layout, scratch: &mut Scratch, input: &Block, start: usize, rows: usize) {
    for (index, column) in input.columns.iter().enumerate() {
        scratch.columns[index] = address(column.values_ptr().wrapping_add(start * column.width().bytes()));
        let Some(known_column) = layout.inputs[index].known else { continue };
        let known = scratch.known(layout, known_column);
        if column.has_validity() {
            // SAFETY: a column with validity has a bit for each of its rows, and `start + rows` is at most their number.
            let bits = unsafe { std::slice::from_raw_parts(column.validity_ptr().add(start / 8), rows.div_ceil(8)) };
            spread_bits(bits, known);
        } else {
            known[..rows].fill(1);
        }
    }
}

/// Packs the known bytes of the outputs to validity bits. `start` is a multiple of 8.
fn leave_columns(layout: &Layout, scratch: &mut Scratch, output: &mut Block, start: usize, rows: usize) {
    for (index, column) in output.columns.iter_mut().enumerate() {
        let Some(known_column) = layout.outputs[index].known else { continue };
        // SAFETY: as `check_shape` has shown, this column has validity, with a bit for each row, and `start + rows` is at most their number.
        let bits = unsafe { std::slice::from_raw_parts_mut(column.validity_mut_ptr().add(start / 8), rows.div_ceil(8)) };
        let bytes = scratch.known(layout, known_column);
        // What an earlier, longer pass left behind the last row must not reach the bits there.
        bytes[rows..rows.next_multiple_of(8)].fill(0);
        pack_bytes(bytes, bits);
    }
}

/// One byte, 0 or 1, for each bit.
fn spread_bits(bits: &[u8], bytes: &mut [u8]) {
    for (bits, bytes) in bits.iter().zip(bytes.as_chunks_mut::<8>().0) {
        // Byte i keeps bit i; adding 127 carries any bit to the top of its byte, and no further.
        let kept = u64::from(*bits) * 0x0101_0101_0101_0101 & 0x8040_2010_0804_0201;
        let spread = (kept + 0x7F7F_7F7F_7F7F_7F7F) >> 7 & 0x0101_0101_0101_0101;
        *bytes = spread.to_le_bytes();
    }
}

/// One bit for each byte, which is 0 or 1.
fn pack_bytes(bytes: &[u8], bits: &mut [u8]) {
    for (bits, bytes) in bits.iter_mut().zip(bytes.as_chunks::<8>().0) {
        // Byte i, times 2^(56 - 7i), lands in bit 56 + i; no two products meet in one bit.
        *bits = (u64::from_le_bytes(*bytes).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u8;
    }
}

/// Generated code reads addresses from an array of integers.
fn address<T>(pointer: *const T) -> u64 {
    pointer.expose_provenance() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_and_bytes_are_inverse() {
        for pattern in 0..=255u8 {
            let bits = [pattern, !pattern];
            let mut bytes = [7u8; 16];
            spread_bits(&bits, &mut bytes);
            for (row, byte) in bytes.iter().enumerate() {
                assert_eq!(*byte, bits[row / 8] >> (row % 8) & 1);
            }
            let mut packed = [0u8; 2];
            pack_bytes(&bytes, &mut packed);
            assert_eq!(packed, bits);
        }
    }
}
