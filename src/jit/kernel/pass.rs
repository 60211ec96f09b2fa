//! Blocks cut into passes, and the memory of each.
//!
//! Enters: columns. Leaves: the output columns, every value and validity bit of them written. Always holds: steps run only from here, after
//! the number, widths and lengths of all columns have been compared with the program's; they see whole groups of rows: the last rows of a
//! block, if they fill no group, go through [`Cells`].

use std::marker::PhantomData;
use std::ops::Range;

use super::memory::{LINE, Line, Memory};
use super::step::GROUP;
use super::{Kernel, row_bytes};
use crate::column::Block;
use crate::jit::lanes::Lanes;
use crate::jit::pass::{check_shape, copy_rest, validity_bits, validity_bits_mut, write_rest};
use crate::program::Parameters;

/// The validity of a column without missing values.
static ALL_KNOWN: [u8; super::PASS_ROWS_MAX / 8] = [0xFF; super::PASS_ROWS_MAX / 8];

/// Lines that one group of the widest integers takes, and one for its validity bits.
const CELL_LINES: usize = 9;

/// Memory that a run needs for itself, used again by later runs of the same kernel.
#[derive(Debug)]
pub struct Scratch {
    memory: Vec<Line>,
    /// one group of rows of each input, then of each output
    cells: Vec<[Line; CELL_LINES]>,
}

impl Scratch {
    pub fn new(kernel: &Kernel) -> Scratch {
        let lines = (row_bytes(&kernel.scratch) * kernel.pass_rows).div_ceil(size_of::<Line>());
        Scratch { memory: vec![LINE; lines], cells: vec![[LINE; CELL_LINES]; kernel.inputs.len() + kernel.outputs.len()] }
    }
}

pub fn run_block(kernel: &Kernel, scratch: &mut Scratch, input: &Block, parameters: &Parameters, output: &mut Block) {
    check_shape(&kernel.inputs, &kernel.outputs, input, output);
    let parameters = [[parameters.as_of_day; GROUP], [parameters.as_of; GROUP]];
    let whole_rows = input.rows / GROUP * GROUP;
    let (mut inputs, mut outputs) = (Vec::with_capacity(input.columns.len()), Vec::with_capacity(output.columns.len()));
    let mut ahead = Vec::with_capacity(input.columns.len());
    for start in (0..whole_rows).step_by(kernel.pass_rows) {
        let rows = kernel.pass_rows.min(whole_rows - start);
        inputs.clear();
        inputs.extend(input.columns.iter().map(|column| {
            let values = column.values_ptr().wrapping_add(start * column.width().bytes());
            let validity = if column.has_validity() { column.validity_ptr().wrapping_add(start / 8) } else { ALL_KNOWN.as_ptr() };
            (values, validity)
        }));
        outputs.clear();
        outputs.extend(output.columns.iter_mut().map(|column| {
            let values = column.values_mut_ptr().wrapping_add(start * column.width().bytes());
            (values, column.validity_mut_ptr().wrapping_add(start / 8))
        }));
        ahead.clear();
        ahead.extend(input.columns.iter().map(|column| {
            let address = |row: usize| column.values_ptr().wrapping_add(row.min(input.rows) * column.width().bytes());
            address(start + rows)..address(start + 2 * rows)
        }));
        run_pass(kernel, &mut scratch.memory, rows, &inputs, &ahead, &outputs, &parameters);
    }

    let rest = input.rows - whole_rows;
    if rest > 0 {
        run_rest(kernel, scratch, whole_rows, rest, input, output, &parameters);
    }
}

/// Rows that fill no group.
fn run_rest(
    kernel: &Kernel,
    scratch: &mut Scratch,
    start: usize,
    rest: usize,
    input: &Block,
    output: &mut Block,
    parameters: &[[i64; GROUP]; 2],
) {
    let (input_cells, output_cells) = scratch.cells.split_at_mut(kernel.inputs.len());
    for (column, cell) in input.columns.iter().zip(input_cells.iter_mut()) {
        let bytes = rest * column.width().bytes();
        let mut values = [0; 8 * GROUP];
        copy_rest(column, start, rest, &mut values);
        for (line, chunk) in cell.iter_mut().zip(values[..bytes].chunks(size_of::<Line>())) {
            line.0[..chunk.len()].copy_from_slice(chunk);
        }
        let validity = &mut cell[CELL_LINES - 1].0[..GROUP / 8];
        match validity_bits(column) {
            Some(bits) => validity[..rest.div_ceil(8)].copy_from_slice(&bits[start / 8..]),
            None => validity.fill(0xFF),
        }
    }
    let address = |cell: &[Line; CELL_LINES]| (cell.as_ptr().cast::<u8>(), cell[CELL_LINES - 1].0.as_ptr());
    let inputs: Vec<_> = input_cells.iter().map(address).collect();
    let outputs: Vec<_> = output_cells
        .iter_mut()
        .map(|cell| {
            let values = cell.as_mut_ptr().cast::<u8>();
            (values, values.wrapping_add((CELL_LINES - 1) * size_of::<Line>()))
        })
        .collect();
    run_pass(kernel, &mut scratch.memory, rest, &inputs, &[], &outputs, parameters);
    for (column, cell) in output.columns.iter_mut().zip(output_cells.iter()) {
        let mut values = [0; 8 * GROUP];
        for (chunk, line) in values.chunks_mut(size_of::<Line>()).zip(cell) {
            chunk.copy_from_slice(&line.0);
        }
        write_rest(column, start, rest, &values);
        if let Some(bits) = validity_bits_mut(column) {
            let mut word = [0; GROUP / 8];
            word.copy_from_slice(&cell[CELL_LINES - 1].0[..GROUP / 8]);
            let known = u64::from_le_bytes(word) & ((1 << rest) - 1);
            let bits = &mut bits[start / 8..];
            bits.copy_from_slice(&known.to_le_bytes()[..bits.len()]);
        }
    }
}

fn run_pass(
    kernel: &Kernel,
    scratch: &mut [Line],
    rows: usize,
    inputs: &[(*const u8, *const u8)],
    ahead: &[Range<*const u8>],
    outputs: &[(*mut u8, *mut u8)],
    parameters: &[[i64; GROUP]; 2],
) {
    let memory = Memory {
        rows,
        groups: rows.div_ceil(GROUP),
        pass_rows: kernel.pass_rows,
        inputs,
        ahead,
        outputs,
        scratch: scratch.as_mut_ptr(),
        scratch_starts: scratch_starts(kernel),
        splats: &kernel.splats,
        parameters,
        owner: PhantomData,
    };
    // SAFETY: `Kernel::new` has found the set of instructions on this machine and verified the steps for this layout; the columns hold whole
    // groups for `rows` (at most `pass_rows`) rows: `run_block` has compared them with the kernel's ports, and cells hold one group each.
    // Nobody else has the scratch memory, and the output columns are borrowed for writing.
    unsafe { kernel.cpu.run(&kernel.steps, &memory) };
}

/// The widest columns come first, so that all are aligned.
fn scratch_starts(kernel: &Kernel) -> [usize; Lanes::ALL.len()] {
    Lanes::ALL.map(|lanes| {
        let wider = Lanes::ALL.into_iter().filter(|other| *other > lanes);
        wider.map(|other| kernel.scratch[other as usize] * other.bytes()).sum()
    })
}
