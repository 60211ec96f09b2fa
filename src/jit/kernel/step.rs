//! The steps of a kernel: each computes one column for all rows of a pass.
//!
//! Enters, leaves: plain data. Always holds: a step writes one place (a [`RowStep`] also says where its value is known), and never one that it
//! reads. Integers of a place have the [`Lanes`] that the step names; a mask is a byte for each row, 0 or -1.

use super::memory::Integer;
use super::rows::RowStep;
use super::sum::Sum;
use crate::jit::lanes::Lanes;

/// Rows of a group. Steps handle whole groups, so that no step has a rest of rows to look after.
pub const GROUP: usize = 64;

/// A column of the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// values of an input
    Input(u32),
    /// the same integer in every row: one group of [`super::memory::Splats`]
    Constant(u32),
    /// as-of's day or instant in 64 bits, the same in every row
    Parameter(u32),
    Scratch(Register),
    /// values of an output
    Output(u32),
}

/// A scratch column: while a kernel is being made, of its own for each step; in a finished one, used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Register {
    pub lanes: Lanes,
    pub number: u32,
}

/// How integers of a column stand in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    Signed(Lanes),
    Byte,
    Word,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Larger,
    Smaller,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// left > right
    Above,
    Equal,
    /// left and right have a bit in common
    Meet,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logic {
    And,
    Or,
    /// left and not right
    AndNot,
}

/// `offset + factor × stored`, of integers in 16 bits; the factor is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Scale {
    pub offset: i64,
    pub factor: i64,
}

#[derive(Debug)]
pub enum Step {
    /// The integers in other lanes, which hold those that are known.
    Convert {
        from: Element,
        to: Lanes,
        value: Place,
        into: Place,
    },
    /// The integers in lanes half as wide, those outside as the least or the greatest.
    Cut {
        from: Lanes,
        value: Place,
        into: Place,
    },
    /// The validity bits of an input as a mask.
    Spread {
        input: u32,
        into: Place,
    },
    /// The numbers that integers in 16 bits stand for.
    Unscale {
        scale: Scale,
        lanes: Lanes,
        value: Place,
        into: Place,
    },
    Arithmetic {
        operation: Arithmetic,
        lanes: Lanes,
        left: Place,
        right: Place,
        into: Place,
    },
    /// A mask.
    Compare {
        comparison: Comparison,
        lanes: Lanes,
        left: Place,
        right: Place,
        into: Place,
    },
    /// Of masks, or of any bytes.
    Logic {
        operation: Logic,
        left: Place,
        right: Place,
        into: Place,
    },
    /// The first where the mask is set, else the second.
    Choose {
        lanes: Lanes,
        when: Place,
        then: Place,
        otherwise: Place,
        into: Place,
    },
    /// The entry at each byte.
    Table {
        index: Place,
        table: Box<ByteTable>,
        into: Place,
    },
    /// How many of the thresholds are at most the value, as bytes.
    Band {
        lanes: Lanes,
        value: Place,
        thresholds: Box<[i64]>,
        into: Place,
    },
    /// What is computed row by row.
    Rows(Box<RowStep>),
    /// Many tables at once, weighted and added.
    Sum(Box<Sum>),
    /// A mask as the validity bits of an output.
    Gather {
        mask: Place,
        output: u32,
    },
}

/// An integer for each byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByteTable {
    pub entries: Entries,
    /// bytes from here on are not met where it matters
    pub length: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entries {
    W8(Box<[i8; 256]>),
    W16(Box<[i16; 256]>),
    W32(Box<[i32; 256]>),
    W64(Box<[i64; 256]>),
}

impl ByteTable {
    /// Entries behind the last are 0.
    pub fn new(lanes: Lanes, entries: &[i64]) -> ByteTable {
        fn padded<T: Integer>(entries: &[i64]) -> Box<[T; 256]> {
            let mut padded = Box::new([T::from_wide(0); 256]);
            padded.iter_mut().zip(entries).for_each(|(place, entry)| *place = T::from_wide(*entry));
            padded
        }
        let length = entries.len().min(256);
        let entries = match lanes {
            Lanes::W8 => Entries::W8(padded(entries)),
            Lanes::W16 => Entries::W16(padded(entries)),
            Lanes::W32 => Entries::W32(padded(entries)),
            Lanes::W64 => Entries::W64(padded(entries)),
        };
        ByteTable { entries, length }
    }
}

impl Step {
    pub fn for_each_read(&mut self, mut visit: impl FnMut(&mut Place)) {
        match self {
            Step::Convert { value, .. } | Step::Cut { value, .. } | Step::Unscale { value, .. } | Step::Band { value, .. } => visit(value),
            Step::Spread { .. } => {}
            Step::Arithmetic { left, right, .. } | Step::Compare { left, right, .. } | Step::Logic { left, right, .. } => {
                visit(left);
                visit(right);
            }
            Step::Choose { when, then, otherwise, .. } => {
                visit(when);
                visit(then);
                visit(otherwise);
            }
            Step::Table { index, .. } => visit(index),
            Step::Rows(rows) => rows.for_each_read(visit),
            Step::Sum(sum) => sum.for_each_read(visit),
            Step::Gather { mask, .. } => visit(mask),
        }
    }

    pub fn for_each_write(&mut self, mut visit: impl FnMut(&mut Place)) {
        match self {
            Step::Convert { into, .. }
            | Step::Cut { into, .. }
            | Step::Spread { into, .. }
            | Step::Unscale { into, .. }
            | Step::Arithmetic { into, .. }
            | Step::Compare { into, .. }
            | Step::Logic { into, .. }
            | Step::Choose { into, .. }
            | Step::Table { into, .. }
            | Step::Band { into, .. } => visit(into),
            Step::Rows(rows) => rows.for_each_write(visit),
            Step::Sum(sum) => visit(&mut sum.into),
            Step::Gather { .. } => {}
        }
    }
}
