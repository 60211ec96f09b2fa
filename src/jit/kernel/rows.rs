//! Steps that go row by row: divisions, searches, arithmetic that may leave 64 bits, tables too long for bytes.
//!
//! Enters: columns of 64-bit integers. Leaves: a column of results, and a mask of where there is one. Always holds: the arithmetic is that of
//! [`arithmetic`], which gives a result or none for any integers, also those that stand where a value is missing.

use super::memory::{Memory, View};
use super::step::{GROUP, Place};
use crate::jit::constants::Index;
use crate::model::Operator;
use crate::program::{Calculation, KEYS_MAX, arithmetic};

#[derive(Debug)]
pub struct RowStep {
    pub operation: RowOperation,
    /// 64 bits wide
    pub operands: Vec<Place>,
    /// 64 bits wide; any integer where there is no result
    pub into: Place,
    /// a mask; none if there always is a result
    pub into_known: Option<Place>,
}

#[derive(Debug)]
pub enum RowOperation {
    Add,
    Subtract,
    Multiply,
    Divide {
        shift: i8,
    },
    Quotient,
    Remainder,
    Calculate(Calculation),
    Compare {
        operator: Operator,
        left_shift: u8,
        right_shift: u8,
    },
    /// the entry at `index - low`
    Table {
        low: i64,
        entries: Box<[Option<i64>]>,
    },
    Band(Box<[i64]>),
    Find(Box<Index>),
    /// as [`DenseIndex`](crate::jit::constants::DenseIndex)
    Dense {
        keys: Box<[(i64, i64)]>,
        entries: Box<[Option<i64>]>,
    },
    Turn {
        seed: i64,
        total: u32,
    },
}

impl RowStep {
    pub fn for_each_read(&mut self, visit: impl FnMut(&mut Place)) {
        self.operands.iter_mut().for_each(visit);
    }

    pub fn for_each_write(&mut self, mut visit: impl FnMut(&mut Place)) {
        visit(&mut self.into);
        self.into_known.iter_mut().for_each(visit);
    }

    /// # Safety
    /// As for [`super::run::run`].
    pub unsafe fn run(&self, memory: &Memory) {
        // SAFETY: as the caller promises: the operands are no places that this step writes.
        let columns = unsafe { Columns::of(self, memory) };
        match &self.operation {
            RowOperation::Add => columns.pairs(i64::checked_add),
            RowOperation::Subtract => columns.pairs(i64::checked_sub),
            RowOperation::Multiply => columns.pairs(i64::checked_mul),
            RowOperation::Divide { shift } => columns.pairs(|left, right| arithmetic::divide(left, right, *shift)),
            RowOperation::Quotient => columns.pairs(arithmetic::quotient),
            RowOperation::Remainder => columns.pairs(arithmetic::remainder),
            RowOperation::Compare { operator, left_shift, right_shift } => {
                columns.pairs(|left, right| Some(i64::from(arithmetic::compare(*operator, left, right, *left_shift, *right_shift))));
            }
            RowOperation::Table { low, entries } => {
                columns.singles(|index| arithmetic::entry(entries, index.checked_sub(*low)?));
            }
            RowOperation::Band(thresholds) => {
                columns.singles(|value| Some(thresholds.partition_point(|threshold| *threshold <= value) as i64));
            }
            RowOperation::Turn { seed, total } => columns.singles(|hash| Some(arithmetic::turn(hash, *seed, *total))),
            RowOperation::Dense { keys, entries } => columns.each(|operand| {
                let place = keys.iter().enumerate().try_fold(0usize, |place, (number, (low, extent))| {
                    let step = operand.get(number).wrapping_sub(*low) as u64;
                    (step < *extent as u64).then(|| place * (*extent as usize + 1) + step as usize)
                });
                entries.get(place?).copied().flatten()
            }),
            RowOperation::Find(index) => columns.each(|operand| {
                let mut keys = [0; KEYS_MAX];
                keys.iter_mut().take(operand.count()).enumerate().for_each(|(number, key)| *key = operand.get(number));
                index.find(keys)
            }),
            RowOperation::Calculate(calculation) => {
                let mut values = vec![0; self.operands.len()];
                columns.each(|operand| {
                    values.iter_mut().enumerate().for_each(|(number, value)| *value = operand.get(number));
                    calculation.result(&values)
                });
            }
        }
    }
}

/// The columns of a step.
struct Columns<'m> {
    operands: Vec<View<'m, i64>>,
    into: &'m mut [[i64; GROUP]],
    into_known: Option<&'m mut [[i8; GROUP]]>,
    rows: usize,
}

/// The operands of one row.
struct Row<'c, 'm> {
    operands: &'c [View<'m, i64>],
    group: usize,
    row: usize,
}

impl Row<'_, '_> {
    fn count(&self) -> usize {
        self.operands.len()
    }

    fn get(&self, number: usize) -> i64 {
        self.operands[number].group(self.group)[self.row]
    }
}

impl<'m> Columns<'m> {
    /// # Safety
    /// As for [`super::run::run`].
    unsafe fn of(step: &RowStep, memory: &'m Memory) -> Columns<'m> {
        // SAFETY: as the caller promises.
        unsafe {
            Columns {
                operands: step.operands.iter().map(|place| memory.read(*place)).collect(),
                into: memory.write(step.into),
                into_known: step.into_known.map(|place| memory.write(place)),
                rows: memory.rows,
            }
        }
    }

    fn singles(self, of: impl Fn(i64) -> Option<i64>) {
        self.each(|operand| of(operand.get(0)));
    }

    fn pairs(self, of: impl Fn(i64, i64) -> Option<i64>) {
        self.each(|operand| of(operand.get(0), operand.get(1)));
    }

    fn each(self, mut of: impl FnMut(Row<'_, '_>) -> Option<i64>) {
        let Columns { operands, into, mut into_known, rows } = self;
        for row in 0..rows {
            let (group, row) = (row / GROUP, row % GROUP);
            let result = of(Row { operands: &operands, group, row });
            into[group][row] = result.unwrap_or(0);
            if let Some(known) = &mut into_known {
                known[group][row] = if result.is_some() { -1 } else { 0 };
            }
        }
    }
}
