//! What generated code calls instead of computing inline.
//!
//! Enters: integers by value, addresses that [`super::operations`] put into the code. Leaves: integers. Always holds: the arithmetic is
//! that of [`arithmetic`], nothing here panics (a panic could not unwind through generated code and would end the process), and
//! addresses point into memory that the [`crate::jit::Compiled`] that owns the code owns too.

use crate::jit::constants::Index;
use crate::model::Operator;
use crate::program::{Calculation, arithmetic};

/// Given back by [`find`] if there is no row. Row numbers are not negative.
pub const NO_ROW: i64 = -1;

/// Writes the quotient and gives 1, or gives 0 if it is missing.
///
/// # Safety
/// `result` is a writable slot of the caller's stack.
pub unsafe extern "C" fn divide(left: i64, right: i64, shift: i64, result: *mut i64) -> i64 {
    // SAFETY: as the caller promises.
    unsafe { answer(arithmetic::divide(left, right, shift as i8), result) }
}

/// As [`divide`].
///
/// # Safety
/// `result` is a writable slot of the caller's stack.
pub unsafe extern "C" fn quotient(left: i64, right: i64, result: *mut i64) -> i64 {
    // SAFETY: as the caller promises.
    unsafe { answer(arithmetic::quotient(left, right), result) }
}

/// As [`divide`].
///
/// # Safety
/// `result` is a writable slot of the caller's stack.
pub unsafe extern "C" fn remainder(left: i64, right: i64, result: *mut i64) -> i64 {
    // SAFETY: as the caller promises.
    unsafe { answer(arithmetic::remainder(left, right), result) }
}

/// As [`divide`].
///
/// # Safety
/// `calculation` points to a [`Calculation`], `values` to `count` integers, `result` is a writable slot of the caller's stack.
pub unsafe extern "C" fn calculate(calculation: *const Calculation, values: *const i64, count: i64, result: *mut i64) -> i64 {
    // SAFETY: as the caller promises.
    let (calculation, operands) = unsafe { (&*calculation, std::slice::from_raw_parts(values, count as usize)) };
    // SAFETY: as the caller promises.
    unsafe { answer(calculation.result(operands), result) }
}

/// 1 if `left × 10^left_shift ≥ right × 10^right_shift`.
pub extern "C" fn at_least(left: i64, right: i64, left_shift: i64, right_shift: i64) -> i64 {
    i64::from(arithmetic::compare(Operator::AtLeast, left, right, left_shift as u8, right_shift as u8))
}

/// How many of the sorted thresholds are at most the value.
///
/// # Safety
/// `thresholds` points to `count` integers.
pub unsafe extern "C" fn band(thresholds: *const i64, count: i64, value: i64) -> i64 {
    // SAFETY: as the caller promises.
    let thresholds = unsafe { std::slice::from_raw_parts(thresholds, count as usize) };
    thresholds.partition_point(|threshold| *threshold <= value) as i64
}

/// The row with these keys; [`NO_ROW`] without one. Keys beyond the index's number of keys are not read.
///
/// # Safety
/// `index` points to an [`Index`].
pub unsafe extern "C" fn find(index: *const Index, first: i64, second: i64, third: i64, fourth: i64) -> i64 {
    // SAFETY: as the caller promises.
    let index = unsafe { &*index };
    index.find([first, second, third, fourth]).unwrap_or(NO_ROW)
}

unsafe fn answer(value: Option<i64>, result: *mut i64) -> i64 {
    // SAFETY: as the caller promises.
    unsafe { result.write(value.unwrap_or(0)) };
    i64::from(value.is_some())
}
