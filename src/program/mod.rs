//! The flat integer program: what evaluators run.
//!
//! Enters: a checked [`crate::model::Policy`]. Leaves: a [`Program`] in single-assignment form over 64-bit integers that may be
//! missing, with its inputs, constant tables and outputs, and a [`Trace`] that says which value answers which part of the policy.
//! Always holds, and is checked by [`verify`] after each pass: see the list at the top of `verify.rs`.
//!
//! **Missing.** Every value is an integer or missing. An operation with a missing operand is missing, except where its comment
//! says otherwise. Conditions are 0 or 1 and never missing.
//!
//! **64 bits.** An arithmetic result that leaves 64 bits is missing. An operation knows only its own result: where that of a whole expression
//! fits though a part of it may not, the whole is one [`Calculation`].

pub mod arithmetic;
pub mod calculation;
pub mod cost;
pub mod encode;
mod exact;
pub mod input;
pub mod lower;
pub mod passes;
pub mod shape;
pub mod text;
pub mod text_map;
pub mod verify;

pub use calculation::{Calculation, Part, Scaled};
pub use input::{Input, InputSource, Lookup, TextMap, TextMapKind};
pub use lower::{Turns, lower, lower_event_conditions, lower_with, lower_with_claims};
pub use passes::optimise;

use rustc_hash::FxHashMap;

use crate::column::Width;
use crate::model::{ChoicesId, EventConditionId, Interval, Operator, Unit};
use crate::source::Span;

/// Number of an operation, and of the value it gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Value(pub u32);

impl Value {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Debug, Default)]
pub struct Program {
    pub inputs: Vec<Input>,
    /// what texts are turned into before a program sees them
    pub text_maps: Vec<TextMap>,
    /// constant arrays of [`Op::Table`]
    pub arrays: Vec<Vec<Option<i64>>>,
    pub lookups: Vec<Lookup>,
    /// of [`Op::Calculate`]
    pub calculations: Vec<Calculation>,
    /// each operation uses only values of earlier ones
    pub ops: Vec<Op>,
    /// parallel to `ops`
    pub shapes: Vec<Shape>,
    pub outputs: Vec<Output>,
}

impl Program {
    /// Appends an operation with the shape that follows from its operands, which must be in the program.
    pub fn push(&mut self, op: Op) -> Value {
        let shape = shape::infer(self, &op);
        self.ops.push(op);
        self.shapes.push(shape);
        Value(self.ops.len() as u32 - 1)
    }

    /// The values that an operation of the program uses, in the order written.
    pub fn operands(&self, op: &Op) -> Vec<Value> {
        op.operands(&self.calculations)
    }
}

/// What is known of a value before any lead is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// 0 or 1 and never missing: follows from the other two
    pub condition: bool,
    pub optional: bool,
    pub interval: Interval,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Input(u32),
    Parameter(Parameter),
    Constant(i64),
    Missing,

    Add(Value, Value),
    Subtract(Value, Value),
    Multiply(Value, Value),
    /// left × 10^shift / right, rounded once, half away from zero; missing by zero. A negative shift multiplies the right side instead.
    /// See [`arithmetic::divide`].
    Divide {
        left: Value,
        right: Value,
        shift: i8,
    },
    /// left / right, cut toward zero; missing by zero and for MIN / -1
    Quotient(Value, Value),
    /// sign of the left side; missing by zero (MIN % -1 is 0)
    Remainder(Value, Value),
    Larger(Value, Value),
    Smaller(Value, Value),
    /// `calculations[_]`: exact, however far a part of it leaves 64 bits
    Calculate(u32),

    /// the first if it is known, else the second
    Else(Value, Value),
    /// the second if the first (a condition) is 1, else the third
    Select(Value, Value, Value),

    /// left × 10^left_shift ≥ right × 10^right_shift, computed exactly; 0 if either is missing
    Compare {
        operator: Operator,
        left: Value,
        right: Value,
        left_shift: u8,
        right_shift: u8,
    },
    /// equal numbers; 0 if either is missing
    Equal(Value, Value),
    Known(Value),
    And(Value, Value),
    Or(Value, Value),
    Not(Value),
    /// any bit of the mask is set; 0 if missing
    HasBits {
        value: Value,
        mask: i64,
    },

    /// entry of `arrays[array]`; missing if the index is missing or outside
    Table {
        index: Value,
        array: u32,
    },
    /// how many of the sorted `arrays[thresholds]` are at most the value
    Band {
        value: Value,
        thresholds: u32,
    },
    /// row number of a look-up; missing if there is none or a key is missing. See [`arithmetic::find`].
    Find {
        lookup: u32,
        keys: KeyList,
    },
    /// a turn of a stable rotation: `mix(hash xor seed) × total >> 64` with unsigned 64-bit `mix` = MurmurHash3's finaliser
    Turn {
        hash: Value,
        seed: i64,
        total: u32,
    },
}

impl Op {
    /// The values that it uses, in the order written. A calculation that is not there uses none.
    pub fn operands(&self, calculations: &[Calculation]) -> Vec<Value> {
        if let Op::Calculate(number) = self {
            return calculations.get(*number as usize).map(Calculation::operands).unwrap_or_default();
        }
        let mut used = Vec::new();
        let mut copy = *self;
        copy.for_each_own_operand(|operand| used.push(*operand));
        used
    }

    /// The operation over other operands, for a program that is made from another. Its calculation moves as well, from the one's to the end of the
    /// other's.
    pub fn moved(mut self, from: &[Calculation], into: &mut Vec<Calculation>, mut of: impl FnMut(Value) -> Value) -> Op {
        if let Op::Calculate(number) = &mut self {
            let mut calculation = from[*number as usize].clone();
            calculation.for_each_operand(&mut |operand| *operand = of(*operand));
            *number = into.len() as u32;
            into.push(calculation);
        }
        self.for_each_own_operand(|operand| *operand = of(*operand));
        self
    }

    /// Those that stand in the operation itself.
    pub fn for_each_own_operand(&mut self, mut visit: impl FnMut(&mut Value)) {
        match self {
            Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Missing | Op::Calculate(_) => {}
            Op::Add(left, right)
            | Op::Subtract(left, right)
            | Op::Multiply(left, right)
            | Op::Divide { left, right, .. }
            | Op::Quotient(left, right)
            | Op::Remainder(left, right)
            | Op::Larger(left, right)
            | Op::Smaller(left, right)
            | Op::Else(left, right)
            | Op::Compare { left, right, .. }
            | Op::Equal(left, right)
            | Op::And(left, right)
            | Op::Or(left, right) => {
                visit(left);
                visit(right);
            }
            Op::Select(condition, then, otherwise) => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            Op::Known(value)
            | Op::Not(value)
            | Op::HasBits { value, .. }
            | Op::Table { index: value, .. }
            | Op::Band { value, .. }
            | Op::Turn { hash: value, .. } => visit(value),
            Op::Find { keys, .. } => keys.keys.iter_mut().take(usize::from(keys.count)).for_each(visit),
        }
    }
}

/// The keys of a look-up. Places from `count` on hold value 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyList {
    pub count: u8,
    pub keys: [Value; KEYS_MAX],
}

impl KeyList {
    /// None if there are more than [`KEYS_MAX`].
    pub fn new(keys: &[Value]) -> Option<KeyList> {
        let mut list = KeyList { count: keys.len() as u8, keys: [Value(0); KEYS_MAX] };
        list.keys.get_mut(..keys.len())?.copy_from_slice(keys);
        Some(list)
    }

    pub fn as_slice(&self) -> &[Value] {
        &self.keys[..usize::from(self.count).min(KEYS_MAX)]
    }
}

/// As many as a table may have key columns.
pub const KEYS_MAX: usize = crate::model::TABLE_KEYS_MAX;

/// What is the same for every lead of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// as-of's calendar day in the policy's zone, in days since 1970-01-01
    AsOfDay,
    /// as-of in microseconds since the epoch
    AsOf,
}

/// Values of the parameters of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters {
    pub as_of_day: i64,
    pub as_of: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// name of the column that a scored file gets: `readiness`, `readiness.demographic`, `status`, `stage`, `handover`, `handover.owner`
    pub name: String,
    pub value: Value,
    pub kind: OutputKind,
    pub optional: bool,
    pub width: Width,
    pub role: OutputRole,
}

/// How an output's integers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    Number { scale: u8, unit: Unit },
    Choice(ChoicesId),
    YesNo,
    Date,
    Time,
}

/// What an output is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputRole {
    Score(usize),
    Section(usize, usize),
    Decide(usize),
    /// the stage after the transition
    Stage,
    /// the row that moved the lead there, counted through all flows
    StageRule,
    Queue(usize),
    Owner(usize),
    /// no answer itself: whether the lead keeps the owner that it has
    Kept(usize),
    /// of a program of conditions over signals
    EventCondition(EventConditionId),
    /// no answer itself: what a clock is worked out from, see [`crate::clock`]
    Clock(usize, ClockPart),
    /// answers of a clock; no output of a program
    ClockDue(usize),
    ClockState(usize),
}

impl OutputRole {
    /// The score, or the section of one, whose points these are.
    pub fn points(self) -> Option<(usize, Option<usize>)> {
        match self {
            OutputRole::Score(score) => Some((score, None)),
            OutputRole::Section(score, section) => Some((score, Some(section))),
            OutputRole::Decide(_)
            | OutputRole::Stage
            | OutputRole::StageRule
            | OutputRole::Queue(_)
            | OutputRole::Owner(_)
            | OutputRole::Kept(_)
            | OutputRole::Clock(..)
            | OutputRole::ClockDue(_)
            | OutputRole::ClockState(_)
            | OutputRole::EventCondition(_) => None,
        }
    }
}

/// What a program says of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockPart {
    /// number of the target that applies, missing if none does
    Target,
    /// since when what a row waits for is so, missing if it is not; see [`crate::model::Sla::rows`]
    Row(usize),
    /// whether what a row asks with `when`, behind `entering` or `leaving`, holds; only of rows that ask something
    Condition(usize),
    /// whom a route gave the lead before, as far as known
    Owner(usize),
}

/// Which value answers which part of the policy.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// every lowered expression, by the span of its text (conditions as 0/1)
    pub expressions: FxHashMap<Span, Value>,
    pub lets: Vec<Option<Value>>,
    pub scores: Vec<ScoreTrace>,
    pub decides: Vec<DecideTrace>,
    /// per flow and row: the row applies to this lead (stage, trigger and rest), looked at alone
    pub flows: Vec<Vec<Value>>,
    /// the stage after the transition, and the number of the row that moved it (missing if none), counted through all flows
    pub stage_after: Option<Value>,
    pub moved_by: Option<Value>,
    pub routes: Vec<RouteTrace>,
    pub clocks: Vec<ClockTrace>,
    /// per claim, its condition or the value that it speaks of; none unless asked for, see [`lower::lower_with_claims`]
    pub claims: Vec<Value>,
}

#[derive(Clone, Debug, Default)]
pub struct ScoreTrace {
    /// index of the persona in force
    pub persona: Option<Value>,
    /// per persona, per section, per attribute
    pub attributes: Vec<Vec<Vec<AttributeTrace>>>,
    /// per persona, per section, per points row: its condition
    pub points: Vec<Vec<Vec<Value>>>,
    /// per persona, per section: its score, neither weighted nor clamped
    pub persona_sections: Vec<Vec<Value>>,
    pub adjusts: Vec<Value>,
    /// per section name
    pub sections: Vec<Value>,
    /// exact sum at `sum_scale`
    pub sum: Option<Value>,
    pub value: Option<Value>,
}

#[derive(Clone, Copy, Debug)]
pub struct AttributeTrace {
    /// what the attribute looks at
    pub subject: Value,
    /// index of the row that gave the points
    pub row: Value,
    /// the row's points, in units of 10^-`points_scale`, before any weight
    pub points: Value,
    pub points_scale: u8,
}

#[derive(Clone, Debug)]
pub struct DecideTrace {
    /// per row of a decide (or row edge of a grid): its condition alone
    pub rows: Vec<Value>,
    /// per column edge of a grid
    pub columns: Vec<Value>,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub struct RouteTrace {
    /// the route's own `when`
    pub condition: Option<Value>,
    /// per row: it applies (its condition holds, its look-up finds a queue, or the lead has an owner to keep)
    pub rows: Vec<Value>,
    /// the queue that the first row that applies gives
    pub routed: Value,
    /// of a route that may keep owners: the row that applies keeps the lead's
    pub kept: Option<Value>,
    /// queue number: another than `routed` if nobody is left there
    pub value: Value,
    /// owner number
    pub owner: Option<Value>,
    /// hash of the lead's key, if a queue rotates
    pub hash: Option<Value>,
    /// per queue that rotates: its number, and the turn that the hash gives, from 0
    pub turns: Vec<(usize, Value)>,
    /// of a route `for each`: its expressions, whose spans it shares with its siblings
    pub expressions: FxHashMap<Span, Value>,
}

#[derive(Clone, Debug)]
pub struct ClockTrace {
    /// per target: its condition alone
    pub targets: Vec<Value>,
    /// number of the target that applies
    pub target: Value,
    /// per row of the clock, since when it is so; none for signals
    pub rows: Vec<Option<Value>>,
    /// per row of the clock, what it asks with `when` behind `entering` or `leaving`
    pub conditions: Vec<Option<Value>>,
    /// per route the owner that the lead had before; none at all if that does not matter
    pub owners: Vec<Value>,
}

/// A program with its trace.
#[derive(Clone, Debug, Default)]
pub struct Lowered {
    pub program: Program,
    pub trace: Trace,
}
