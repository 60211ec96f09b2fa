//! What is computed in which function, and where everything stands in memory while it runs.
//!
//! Enters: a verified [`Program`]. Leaves: a [`Plan`]: the operations that some output needs, cut into segments of bounded size (one
//! generated function each), and the layout of the scratch memory through which segments hand values on. Always holds: an operation
//! stands in exactly one segment, behind the operations it uses; a value that a later segment reads has columns in scratch that no
//! other value occupies from the segment that writes it through the last one that reads it.
//!
//! Code generation costs more than linear time and memory in the size of one function, and a policy may have 50,000 rules. Cutting
//! bounds both; the price is a store and a load for each value that crosses a cut.

use crate::column::Width;
use crate::program::{Op, Program, Value};

/// Rows that one call of the generated functions handles: validity is unpacked for so many rows at once.
pub const PASS_ROWS_MAX: usize = 1024;

/// Fewer rows than this per call would let the cost of calls show.
const PASS_ROWS_MIN: usize = 64;

/// Scratch columns of one pass should stay in a core's second-level cache beside the columns of leads.
const SCRATCH_BYTES_WANTED: usize = 256 * 1024;

/// How much goes into one generated function, in the units of [`weight`].
pub const SEGMENT_WEIGHT_MAX: usize = 3_000;

pub struct Plan {
    /// operations in the order in which they are computed; those that [`is_leaf`] stand in no segment
    pub segments: Vec<Vec<Value>>,
    /// per segment: the outputs that it stores
    pub stores: Vec<Vec<usize>>,
    /// per operation: where a later segment finds it
    pub crossings: Vec<Option<Crossing>>,
    pub layout: Layout,
}

/// Scratch columns of a value.
#[derive(Clone, Copy, Debug)]
pub struct Crossing {
    /// a word column, or a byte column for a condition
    pub value: usize,
    /// a byte column, for a value that can be missing
    pub known: Option<usize>,
}

/// The memory of a pass: one column per input and output, and scratch columns with room for `pass_rows` rows each: `word_columns`
/// of 8 bytes, `byte_columns` of one.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    pub pass_rows: usize,
    pub word_columns: usize,
    pub byte_columns: usize,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
}

/// A column of the input or the output.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    pub width: Width,
    pub optional: bool,
    /// byte column that says, with 1 and 0, in which rows the value is known; none if it always is, or nothing reads it
    pub known: Option<usize>,
}

impl Layout {
    /// Bytes from the first word column to this one.
    pub fn word_offset(&self, column: usize) -> usize {
        debug_assert!(column < self.word_columns);
        column * 8 * self.pass_rows
    }

    /// Bytes from the first byte column to this one.
    pub fn byte_offset(&self, column: usize) -> usize {
        debug_assert!(column < self.byte_columns);
        column * self.pass_rows
    }
}

impl Plan {
    pub fn new(program: &Program, segment_weight_max: usize) -> Plan {
        let order = order(program);
        let segments = segments(program, &order, segment_weight_max);
        let mut columns = Columns::default();
        let crossings = crossings(program, &segments, &mut columns);
        let stores = stores(program, &segments);

        // What ports need holds through the whole pass: it must not share a column with a crossing value.
        columns.bytes.free.clear();
        let mut is_read = vec![false; program.inputs.len()];
        for value in order {
            if let Op::Input(input) = program.ops[value.index()] {
                is_read[input as usize] = true;
            }
        }
        let mut port =
            |width, optional, is_used: bool| Port { width, optional, known: (optional && is_used).then(|| columns.bytes.take()) };
        let inputs = program.inputs.iter().zip(is_read).map(|(input, is_read)| port(input.width, input.optional, is_read)).collect();
        let outputs = program.outputs.iter().map(|output| port(output.width, output.optional, true)).collect();

        let (word_columns, byte_columns) = (columns.words.count, columns.bytes.count);
        let rows_wanted = SCRATCH_BYTES_WANTED / (word_columns * 8 + byte_columns).max(1);
        // A multiple of 64 keeps word columns aligned, and passes at whole bytes of validity bits.
        let pass_rows = rows_wanted.clamp(PASS_ROWS_MIN, PASS_ROWS_MAX) / PASS_ROWS_MIN * PASS_ROWS_MIN;
        Plan { segments, stores, crossings, layout: Layout { pass_rows, word_columns, byte_columns, inputs, outputs } }
    }
}

/// Values that each segment loads or builds for itself wherever it needs them.
pub fn is_leaf(op: &Op) -> bool {
    matches!(op, Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing)
}

fn for_each_operand(op: &Op, mut visit: impl FnMut(Value)) {
    let mut copy = *op;
    copy.for_each_operand(|operand| visit(*operand));
}

/// About how many machine-independent instructions an operation becomes.
fn weight(program: &Program, op: &Op) -> usize {
    match op {
        Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing => 0,
        Op::Larger(..) | Op::Smaller(..) | Op::And(..) | Op::Or(..) | Op::Not(_) | Op::Known(_) => 1,
        Op::Add(..) | Op::Subtract(..) | Op::Multiply(..) | Op::Else(..) | Op::Select(..) | Op::Equal(..) | Op::HasBits { .. } => 3,
        Op::Compare { .. } | Op::Table { .. } => 5,
        Op::Divide { .. } | Op::Quotient(..) | Op::Remainder(..) | Op::Find { .. } | Op::Turn { .. } => 12,
        Op::Band { thresholds, .. } => 2 + 3 * program.arrays[*thresholds as usize].len().min(super::constants::BAND_INLINE_MAX),
    }
}

/// What outputs need, operands first. The deepest operand comes first, so that a long chain of sums or of decisions has few values waiting:
/// the next term is computed only when the sum so far is there.
fn order(program: &Program) -> Vec<Value> {
    let mut depths = vec![0u32; program.ops.len()];
    for (index, op) in program.ops.iter().enumerate() {
        for_each_operand(op, |operand| depths[index] = depths[index].max(depths[operand.index()] + 1));
    }
    enum Step {
        Enter(Value),
        Leave(Value),
    }
    let mut order = Vec::new();
    let mut is_entered = vec![false; program.ops.len()];
    let mut steps: Vec<Step> = program.outputs.iter().rev().map(|output| Step::Enter(output.value)).collect();
    while let Some(step) = steps.pop() {
        match step {
            Step::Enter(value) if is_entered[value.index()] => {}
            Step::Enter(value) => {
                is_entered[value.index()] = true;
                steps.push(Step::Leave(value));
                let first = steps.len();
                for_each_operand(&program.ops[value.index()], |operand| steps.push(Step::Enter(operand)));
                // The last one is taken first.
                steps[first..].sort_by_key(|step| match step {
                    Step::Enter(operand) | Step::Leave(operand) => depths[operand.index()],
                });
            }
            Step::Leave(value) => order.push(value),
        }
    }
    order
}

/// At least one segment, so that outputs that are leaves are stored somewhere.
fn segments(program: &Program, order: &[Value], weight_max: usize) -> Vec<Vec<Value>> {
    let mut segments = vec![Vec::new()];
    let mut filled = 0;
    for value in order {
        let op = &program.ops[value.index()];
        if is_leaf(op) {
            continue;
        }
        let weight = weight(program, op);
        if filled > 0 && filled + weight > weight_max {
            segments.push(Vec::new());
            filled = 0;
        }
        filled += weight;
        if let Some(segment) = segments.last_mut() {
            segment.push(*value);
        }
    }
    segments
}

/// An output is stored where its value is computed; one that is a leaf, in the first segment.
fn stores(program: &Program, segments: &[Vec<Value>]) -> Vec<Vec<usize>> {
    let mut segment_of = vec![0; program.ops.len()];
    for (number, segment) in segments.iter().enumerate() {
        segment.iter().for_each(|value| segment_of[value.index()] = number);
    }
    let mut stores = vec![Vec::new(); segments.len()];
    for (index, output) in program.outputs.iter().enumerate() {
        stores[segment_of[output.value.index()]].push(index);
    }
    stores
}

fn crossings(program: &Program, segments: &[Vec<Value>], columns: &mut Columns) -> Vec<Option<Crossing>> {
    let mut crossings = vec![None; program.ops.len()];
    if segments.len() == 1 {
        return crossings;
    }
    let mut last_reader = vec![0; program.ops.len()];
    for (number, segment) in segments.iter().enumerate() {
        for value in segment {
            for_each_operand(&program.ops[value.index()], |operand| last_reader[operand.index()] = number);
        }
    }
    let mut ends: Vec<Vec<Value>> = vec![Vec::new(); segments.len()];
    for (number, segment) in segments.iter().enumerate() {
        for value in segment {
            let last = last_reader[value.index()];
            if last > number {
                let shape = &program.shapes[value.index()];
                let kind = if shape.condition { &mut columns.bytes } else { &mut columns.words };
                let column = kind.take();
                let known = shape.optional.then(|| columns.bytes.take());
                crossings[value.index()] = Some(Crossing { value: column, known });
                ends[last].push(*value);
            }
        }
        // Given back only behind the last reading segment, so that no store of that segment can come before its loads.
        for value in &ends[number] {
            if let Some(crossing) = crossings[value.index()] {
                let kind = if program.shapes[value.index()].condition { &mut columns.bytes } else { &mut columns.words };
                kind.give_back(crossing.value);
                if let Some(known) = crossing.known {
                    columns.bytes.give_back(known);
                }
            }
        }
    }
    crossings
}

#[derive(Default)]
struct Columns {
    words: Pool,
    bytes: Pool,
}

/// Numbers of scratch columns, used again once free.
#[derive(Default)]
struct Pool {
    count: usize,
    free: Vec<usize>,
}

impl Pool {
    fn take(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.count += 1;
            self.count - 1
        })
    }

    fn give_back(&mut self, column: usize) {
        self.free.push(column);
    }
}
