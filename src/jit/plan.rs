//! What is computed in which function, and where everything stands in memory while it runs.
//!
//! Enters: a verified [`Program`]. Leaves: a [`Plan`]: the operations that some output needs, cut into segments of bounded size (one
//! generated function each), and the layout of the scratch memory through which segments hand values on. Always holds: an operation
//! stands in exactly one segment, behind the operations it uses; a value that a later segment reads has a column in scratch that no
//! other value occupies from the segment that writes it through the last one that reads it; of blocks, only vector segments store outputs.
//!
//! **Two modes.** Most operations handle sixteen rows at once in vectors. Those that vectors cannot do (divisions, searches, checks for
//! overflow) stand in scalar segments, a row at a time. Phases alternate: vectors, scalars, vectors…; an operation stands in the first
//! phase of its mode in which its operands are there.
//!
//! **Bounded functions.** Code generation costs more than linear time and memory in the size of one function, and a policy may have 50,000
//! rules. Cutting bounds both; the price is a store and a load for each value that crosses a cut.

use super::constants::{BAND_INLINE_MAX, ConstantsBuilder};
use super::lanes::{GROUP_ROWS, Lanes};
use super::vector;
use crate::column::Width;
use crate::program::{Op, Program, Value};

/// Rows that one call of the generated functions handles: what they hand on should stay in the caches.
pub const PASS_ROWS_MAX: usize = 1024;

/// Fewer rows than this per call would let the cost of calls show.
const PASS_ROWS_MIN: usize = 64;

/// Scratch columns of one pass should stay in a core's second-level cache beside the columns of leads.
const SCRATCH_BYTES_WANTED: usize = 256 * 1024;

/// What one call of the generated functions computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// passes over columns: the array of columns holds the addresses of values and of validity bits
    Blocks,
    /// one row, in scalar segments: the array holds values and, where they are known, 1, each in 64 bits
    Row,
}

/// What tests may choose to reach code that small programs do not.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// how much goes into one generated function, in about as many instructions before their translation
    pub segment_weight_max: usize,
    /// whether operations are computed in vectors where that can be done
    pub vectors: bool,
}

/// From here on, functions for vectors would take too long to generate (about a second), and rows are computed one by one.
const VECTOR_WEIGHT_MAX: usize = 300_000;

impl Default for Options {
    fn default() -> Options {
        Options { segment_weight_max: 3_000, vectors: true }
    }
}

pub struct Plan {
    pub form: Form,
    pub segments: Vec<Segment>,
    /// per operation: where a later segment finds it
    pub crossings: Vec<Option<Crossing>>,
    pub layout: Layout,
}

/// What one generated function does.
pub struct Segment {
    pub mode: Mode,
    /// operations in the order in which they are computed; those that [`is_leaf`] stand in no segment
    pub values: Vec<Value>,
    /// outputs that are stored at the end
    pub stores: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// [`GROUP_ROWS`] rows at once
    Vector,
    /// one row at a time
    Scalar,
}

/// Scratch columns of a value. A condition, and whether a value is known, are a byte: 0 or -1.
#[derive(Clone, Copy, Debug)]
pub struct Crossing {
    pub value: ScratchColumn,
    /// for a value that can be missing
    pub known: Option<ScratchColumn>,
}

#[derive(Clone, Copy, Debug)]
pub struct ScratchColumn {
    pub lanes: Lanes,
    number: usize,
}

/// The memory of a pass: one column per input and output, and scratch columns with room for `pass_rows` rows each.
#[derive(Clone, Debug)]
pub struct Layout {
    /// a multiple of [`GROUP_ROWS`]
    pub pass_rows: usize,
    /// how many there are of each width
    scratch_columns: [usize; Lanes::ALL.len()],
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
}

/// A column of the input or the output.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    pub width: Width,
    pub optional: bool,
}

impl Layout {
    /// Bytes from the start of the scratch memory to a column. The widest come first, so that all are aligned.
    pub fn scratch_offset(&self, column: ScratchColumn) -> usize {
        let wider = Lanes::ALL.into_iter().filter(|lanes| *lanes > column.lanes);
        let before: usize = wider.map(|lanes| self.scratch_columns[lanes as usize] * lanes.bytes()).sum();
        (before + column.number * column.lanes.bytes()) * self.pass_rows
    }

    pub fn scratch_bytes(&self) -> usize {
        row_bytes(&self.scratch_columns) * self.pass_rows
    }

    // Places in the array of columns.

    pub fn input_values(&self, input: usize) -> usize {
        input
    }

    pub fn input_validity(&self, input: usize) -> usize {
        self.inputs.len() + input
    }

    pub fn output_values(&self, output: usize) -> usize {
        2 * self.inputs.len() + output
    }

    pub fn output_validity(&self, output: usize) -> usize {
        2 * self.inputs.len() + self.outputs.len() + output
    }

    pub fn column_count(&self) -> usize {
        2 * (self.inputs.len() + self.outputs.len())
    }
}

impl Plan {
    pub fn new(program: &Program, constants: &mut ConstantsBuilder, form: Form, options: Options) -> Plan {
        let order = order(program);
        let segments = segments(program, constants, &order, form, options);
        let mut columns = Columns::default();
        let crossings = crossings(program, &segments, &mut columns);

        let scratch_columns = columns.0.map(|pool| pool.count);
        let pass_rows = match form {
            Form::Blocks => {
                let rows_wanted = SCRATCH_BYTES_WANTED / row_bytes(&scratch_columns).max(1);
                rows_wanted.clamp(PASS_ROWS_MIN, PASS_ROWS_MAX) / GROUP_ROWS * GROUP_ROWS
            }
            Form::Row => 1,
        };
        let layout = Layout {
            pass_rows,
            scratch_columns,
            inputs: program.inputs.iter().map(|input| Port { width: input.width, optional: input.optional }).collect(),
            outputs: program.outputs.iter().map(|output| Port { width: output.width, optional: output.optional }).collect(),
        };
        Plan { form, segments, crossings, layout }
    }
}

/// Values that each segment loads or builds for itself wherever it needs them.
pub fn is_leaf(op: &Op) -> bool {
    matches!(op, Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing)
}

fn for_each_operand(program: &Program, op: &Op, visit: impl FnMut(Value)) {
    program.operands(op).into_iter().for_each(visit);
}

/// What outputs need, operands first. The deepest operand comes first, so that a long chain of sums or of decisions has few values waiting:
/// the next term is computed only when the sum so far is there.
pub fn order(program: &Program) -> Vec<Value> {
    let mut depths = vec![0u32; program.ops.len()];
    for (index, op) in program.ops.iter().enumerate() {
        for_each_operand(program, op, |operand| depths[index] = depths[index].max(depths[operand.index()] + 1));
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
                for_each_operand(program, &program.ops[value.index()], |operand| steps.push(Step::Enter(operand)));
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

fn segments(program: &Program, constants: &mut ConstantsBuilder, order: &[Value], form: Form, options: Options) -> Vec<Segment> {
    let vector_weight: usize = order.iter().map(|value| weight(program, Mode::Vector, *value)).sum();
    let vectors = options.vectors && vector_weight <= VECTOR_WEIGHT_MAX;
    // Of blocks, even phases are vectors, odd ones scalars. A row has one phase.
    let mode_of = |phase: usize| match form {
        Form::Blocks if phase.is_multiple_of(2) => Mode::Vector,
        Form::Blocks | Form::Row => Mode::Scalar,
    };
    let mut phase_of = vec![0usize; program.ops.len()];
    let mut phases: Vec<Vec<Value>> = vec![Vec::new()];
    for value in order {
        let op = &program.ops[value.index()];
        if is_leaf(op) {
            continue;
        }
        let mut phase = 0;
        for_each_operand(program, op, |operand| phase = phase.max(phase_of[operand.index()]));
        if form == Form::Blocks {
            let is_vector = vectors && vector::can_compute(program, constants, *value);
            phase += usize::from(phase.is_multiple_of(2) != is_vector);
        }
        phase_of[value.index()] = phase;
        phases.resize_with(phases.len().max(phase + 1), Vec::new);
        phases[phase].push(*value);
    }
    // An output is stored where vectors compute it, or in the vector phase behind.
    let store_phase = |output: usize| phase_of[program.outputs[output].value.index()].next_multiple_of(2);
    let last_store = (0..program.outputs.len()).map(store_phase).max().unwrap_or(0);
    phases.resize_with(phases.len().max(last_store + 1), Vec::new);

    let mut segments: Vec<Segment> = Vec::new();
    let mut segment_of = vec![usize::MAX; program.ops.len()];
    for (phase, values) in phases.into_iter().enumerate() {
        let mode = mode_of(phase);
        let stores: Vec<usize> = (0..program.outputs.len()).filter(|output| store_phase(*output) == phase).collect();
        if values.is_empty() && stores.is_empty() {
            continue;
        }
        let first = segments.len();
        segments.push(Segment { mode, values: Vec::new(), stores: Vec::new() });
        let mut filled = 0;
        for value in values {
            let weight = weight(program, mode, value);
            if filled > 0 && filled + weight > options.segment_weight_max {
                segments.push(Segment { mode, values: Vec::new(), stores: Vec::new() });
                filled = 0;
            }
            filled += weight;
            segment_of[value.index()] = segments.len() - 1;
            if let Some(segment) = segments.last_mut() {
                segment.values.push(value);
            }
        }
        for output in stores {
            let value = program.outputs[output].value;
            let is_here = !is_leaf(&program.ops[value.index()]) && phase_of[value.index()] == phase;
            segments[if is_here { segment_of[value.index()] } else { first }].stores.push(output);
        }
    }
    segments
}

/// About how many instructions an operation becomes before their translation.
fn weight(program: &Program, mode: Mode, value: Value) -> usize {
    let op = &program.ops[value.index()];
    let base = match op {
        Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing => 0,
        Op::And(..) | Op::Or(..) | Op::Not(_) | Op::Known(_) => return 1,
        Op::Add(..) | Op::Subtract(..) | Op::Multiply(..) | Op::Larger(..) | Op::Smaller(..) | Op::Equal(..) => 2,
        Op::Else(..) | Op::Select(..) | Op::HasBits { .. } => 3,
        Op::Compare { .. } => 4,
        Op::Table { .. } => 6,
        Op::Divide { .. } | Op::Quotient(..) | Op::Remainder(..) | Op::Find { .. } | Op::Turn { .. } => 12,
        Op::Calculate(number) => 12 + 2 * program.calculations[*number as usize].operands().len(),
        Op::Band { thresholds, .. } => 2 + 2 * program.arrays[*thresholds as usize].len().min(BAND_INLINE_MAX),
    };
    match mode {
        Mode::Scalar => base,
        Mode::Vector => {
            let mut lanes = Lanes::of(program.shapes[value.index()].interval);
            for_each_operand(program, op, |operand| lanes = lanes.max(Lanes::of(program.shapes[operand.index()].interval)));
            base * lanes.parts()
        }
    }
}

fn crossings(program: &Program, segments: &[Segment], columns: &mut Columns) -> Vec<Option<Crossing>> {
    let mut crossings: Vec<Option<Crossing>> = vec![None; program.ops.len()];
    let mut last_reader = vec![0; program.ops.len()];
    for (number, segment) in segments.iter().enumerate() {
        for value in &segment.values {
            for_each_operand(program, &program.ops[value.index()], |operand| last_reader[operand.index()] = number);
        }
        segment.stores.iter().for_each(|output| last_reader[program.outputs[*output].value.index()] = number);
    }
    let mut ends: Vec<Vec<Crossing>> = vec![Vec::new(); segments.len()];
    for (number, segment) in segments.iter().enumerate() {
        for value in &segment.values {
            let last = last_reader[value.index()];
            if last > number {
                let shape = &program.shapes[value.index()];
                let lanes = if shape.condition { Lanes::W8 } else { Lanes::of(shape.interval) };
                let crossing = Crossing { value: columns.take(lanes), known: shape.optional.then(|| columns.take(Lanes::W8)) };
                crossings[value.index()] = Some(crossing);
                ends[last].push(crossing);
            }
        }
        // Given back only behind the last segment that reads it, so that no store of that segment can come before its loads.
        for crossing in &ends[number] {
            columns.give_back(crossing.value);
            crossing.known.into_iter().for_each(|known| columns.give_back(known));
        }
    }
    crossings
}

pub fn row_bytes(scratch_columns: &[usize; Lanes::ALL.len()]) -> usize {
    Lanes::ALL.into_iter().zip(scratch_columns).map(|(lanes, count)| lanes.bytes() * count).sum()
}

/// Scratch columns of each width, used again once free.
#[derive(Default)]
struct Columns([Pool; Lanes::ALL.len()]);

#[derive(Default)]
struct Pool {
    count: usize,
    free: Vec<usize>,
}

impl Columns {
    fn take(&mut self, lanes: Lanes) -> ScratchColumn {
        let pool = &mut self.0[lanes as usize];
        let number = pool.free.pop().unwrap_or_else(|| {
            pool.count += 1;
            pool.count - 1
        });
        ScratchColumn { lanes, number }
    }

    fn give_back(&mut self, column: ScratchColumn) {
        self.0[column.lanes as usize].free.push(column.number);
    }
}
