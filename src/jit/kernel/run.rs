//! Runs the steps of a kernel over one pass.
//!
//! Enters: steps and the pass's memory. Leaves: every place that they write. Always holds: the loops are the same Rust on every processor, compiled
//! for each set of instructions; where the compiler would not find the best ones, [`Instructions`] says how.

use super::memory::{Integer, Memory, Side, View};
use super::primitive::Instructions;
use super::step::{Arithmetic, ByteTable, Comparison, Element, Entries, GROUP, Logic, Place, Scale, Step};
use crate::jit::lanes::Lanes;

/// What comes from memory at once.
const LINE_BYTES: usize = 64;

/// Calls a function with the integer type of the lanes.
macro_rules! with_lanes {
    ($lanes:expr, $call:ident($($argument:expr),*)) => {
        match $lanes {
            Lanes::W8 => $call::<i8>($($argument),*),
            Lanes::W16 => $call::<i16>($($argument),*),
            Lanes::W32 => $call::<i32>($($argument),*),
            Lanes::W64 => $call::<i64>($($argument),*),
        }
    };
}

/// # Safety
/// The processor has the instructions of `I`. The steps have been verified ([`super::verify`]) for the layout of the memory: each place exists,
/// has integers of the size that the step names, and no step reads what it writes.
#[inline(always)]
pub unsafe fn run<I: Instructions>(steps: &[Step], memory: &Memory) {
    for (number, step) in steps.iter().enumerate() {
        // SAFETY: as the caller promises.
        unsafe { run_step::<I>(step, memory) };
        // One column behind each step, so that memory and steps work side by side.
        if let Some(column) = memory.ahead.get(number) {
            fetch_ahead(column);
        }
    }
    memory.ahead.iter().skip(steps.len()).for_each(fetch_ahead);
}

/// Asks memory for what the next pass reads: each pass reads a piece of one column after another, which processors do not foresee.
#[inline(always)]
fn fetch_ahead(column: &std::ops::Range<*const u8>) {
    #[cfg(target_arch = "x86_64")]
    for line in 0..(column.end as usize - column.start as usize).div_ceil(LINE_BYTES) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a hint, which reads nothing, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(column.start.wrapping_add(line * LINE_BYTES).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = column;
}

/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn run_step<I: Instructions>(step: &Step, memory: &Memory) {
    // SAFETY: as the caller promises.
    unsafe {
        match step {
            Step::Convert { from, to, value, into } => convert_from(*from, *to, memory, *value, *into),
            Step::Spread { input, into } => {
                let (bits, into) = (memory.validity(*input), memory.write::<i8>(*into));
                for (bits, into) in bits.iter().zip(into) {
                    I::spread(u64::from_le_bytes(*bits), into);
                }
            }
            Step::Gather { mask, output } => {
                let (mask, into) = (memory.read::<i8>(*mask), memory.output_validity(*output));
                for (group, into) in into.iter_mut().enumerate() {
                    *into = I::gather(mask.group(group)).to_le_bytes();
                }
            }
            Step::Cut { from, value, into } => match from {
                Lanes::W8 | Lanes::W16 => map(memory.read::<i16>(*value), memory.write(*into), |integer| {
                    integer.clamp(i16::from(i8::MIN), i16::from(i8::MAX)) as i8
                }),
                Lanes::W32 => map(memory.read::<i32>(*value), memory.write(*into), |integer| {
                    integer.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
                }),
                Lanes::W64 => map(memory.read::<i64>(*value), memory.write(*into), |integer| {
                    integer.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
                }),
            },
            Step::Unscale { scale, lanes, value, into } => with_lanes!(lanes, unscale(memory, *scale, *value, *into)),
            Step::Arithmetic { operation, lanes, left, right, into } => {
                with_lanes!(lanes, arithmetic(memory, *operation, *left, *right, *into));
            }
            Step::Compare { comparison, lanes, left, right, into } => {
                with_lanes!(lanes, compare(memory, *comparison, *left, *right, *into));
            }
            Step::Logic { operation, left, right, into } => logic(memory, *operation, *left, *right, *into),
            Step::Choose { lanes, when, then, otherwise, into } => {
                with_lanes!(lanes, choose(memory, *when, *then, *otherwise, *into));
            }
            Step::Table { index, table, into } => look_up::<I>(memory, *index, table, *into),
            Step::Band { lanes, value, thresholds, into } => with_lanes!(lanes, band(memory, *value, thresholds, *into)),
            Step::Rows(rows) => rows.run(memory),
            Step::Sum(sum) => I::sum(sum, memory),
        }
    }
}

/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn convert_from(from: Element, to: Lanes, memory: &Memory, value: Place, into: Place) {
    // SAFETY: as the caller promises.
    unsafe {
        match from {
            Element::Signed(Lanes::W8) => convert_to::<i8>(to, memory, value, into),
            Element::Signed(Lanes::W16) => convert_to::<i16>(to, memory, value, into),
            Element::Signed(Lanes::W32) => convert_to::<i32>(to, memory, value, into),
            Element::Signed(Lanes::W64) => convert_to::<i64>(to, memory, value, into),
            Element::Byte => convert_to::<u8>(to, memory, value, into),
            Element::Word => convert_to::<u16>(to, memory, value, into),
        }
    }
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn convert_to<T: Integer>(to: Lanes, memory: &Memory, value: Place, into: Place) {
    // SAFETY: as the caller promises.
    unsafe {
        let value = memory.read::<T>(value);
        match to {
            Lanes::W8 => map(value, memory.write(into), |integer| integer.to_wide() as i8),
            Lanes::W16 => map(value, memory.write(into), |integer| integer.to_wide() as i16),
            Lanes::W32 => map(value, memory.write(into), |integer| integer.to_wide() as i32),
            Lanes::W64 => map(value, memory.write(into), |integer| integer.to_wide()),
        }
    }
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn unscale<T: Whole>(memory: &Memory, scale: Scale, value: Place, into: Place) {
    // SAFETY: as the caller promises.
    let (value, into) = unsafe { (memory.read::<i16>(value), memory.write::<T>(into)) };
    let (factor, offset) = (T::from_wide(scale.factor), T::from_wide(scale.offset));
    map(value, into, |stored| T::from_wide(stored.to_wide()).times(factor).plus(offset));
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn arithmetic<T: Whole>(memory: &Memory, operation: Arithmetic, left: Place, right: Place, into: Place) {
    // SAFETY: as the caller promises.
    let (left, right, into) = unsafe { (memory.read::<T>(left), memory.read::<T>(right), memory.write::<T>(into)) };
    match operation {
        Arithmetic::Add => zip(left, right, into, T::plus),
        Arithmetic::Subtract => zip(left, right, into, T::minus),
        Arithmetic::Multiply => zip(left, right, into, T::times),
        Arithmetic::Larger => zip(left, right, into, |left, right| if left > right { left } else { right }),
        Arithmetic::Smaller => zip(left, right, into, |left, right| if left < right { left } else { right }),
    }
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn compare<T: Whole>(memory: &Memory, comparison: Comparison, left: Place, right: Place, into: Place) {
    // SAFETY: as the caller promises.
    let (left, right, into) = unsafe { (memory.read::<T>(left), memory.read::<T>(right), memory.write::<i8>(into)) };
    match comparison {
        Comparison::Above => zip(left, right, into, |left, right| mask(left > right)),
        Comparison::Equal => zip(left, right, into, |left, right| mask(left == right)),
        Comparison::Meet => zip(left, right, into, |left, right| mask(left.common(right) != T::from_wide(0))),
    }
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn logic(memory: &Memory, operation: Logic, left: Place, right: Place, into: Place) {
    // SAFETY: as the caller promises.
    let (left, right, into) = unsafe { (memory.read::<i8>(left), memory.read::<i8>(right), memory.write::<i8>(into)) };
    match operation {
        Logic::And => zip(left, right, into, |left, right| left & right),
        Logic::Or => zip(left, right, into, |left, right| left | right),
        Logic::AndNot => zip(left, right, into, |left, right| left & !right),
    }
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn choose<T: Whole>(memory: &Memory, when: Place, then: Place, otherwise: Place, into: Place) {
    // SAFETY: as the caller promises.
    let (when, then, otherwise) = unsafe { (memory.read::<i8>(when), memory.read::<T>(then), memory.read::<T>(otherwise)) };
    // SAFETY: as the caller promises.
    let into = unsafe { memory.write::<T>(into) };
    let Side::Column(when) = when.side() else {
        return map(if when.group(0)[0] != 0 { then } else { otherwise }, into, |integer| integer);
    };
    let into = into.as_flattened_mut();
    let (count, when) = (into.len(), &when[..into.len()]);
    // Without a branch, which not every set of instructions could do for many rows at once.
    let pick = |when: i8, then: T, otherwise: T| otherwise.unlike(then.unlike(otherwise).common(T::from_wide(when.to_wide())));
    match (then.side(), otherwise.side()) {
        (Side::Column(then), Side::Column(otherwise)) => {
            let (then, otherwise) = (&then[..count], &otherwise[..count]);
            for row in 0..count {
                into[row] = pick(when[row], then[row], otherwise[row]);
            }
        }
        (Side::Column(then), Side::Constant(otherwise)) => {
            let then = &then[..count];
            for row in 0..count {
                into[row] = pick(when[row], then[row], otherwise);
            }
        }
        (Side::Constant(then), Side::Column(otherwise)) => {
            let otherwise = &otherwise[..count];
            for row in 0..count {
                into[row] = pick(when[row], then, otherwise[row]);
            }
        }
        (Side::Constant(then), Side::Constant(otherwise)) => {
            for row in 0..count {
                into[row] = pick(when[row], then, otherwise);
            }
        }
    }
}

/// # Safety
/// As for [`run`].
#[inline(always)]
unsafe fn look_up<I: Instructions>(memory: &Memory, index: Place, table: &ByteTable, into: Place) {
    // SAFETY: as the caller promises.
    unsafe {
        let index = memory.read::<u8>(index);
        match &table.entries {
            Entries::W8(entries) => {
                let into = memory.write::<i8>(into);
                for (group, into) in into.iter_mut().enumerate() {
                    I::look_up(index.group(group), entries, table.length, into);
                }
            }
            Entries::W16(entries) => map(index, memory.write(into), |byte| entries[usize::from(byte)]),
            Entries::W32(entries) => map(index, memory.write(into), |byte| entries[usize::from(byte)]),
            Entries::W64(entries) => map(index, memory.write(into), |byte| entries[usize::from(byte)]),
        }
    }
}

/// # Safety
/// As for [`run`].
#[cfg_attr(not(debug_assertions), inline(always))]
#[cfg_attr(debug_assertions, inline(never))]
unsafe fn band<T: Whole>(memory: &Memory, value: Place, thresholds: &[i64], into: Place) {
    // SAFETY: as the caller promises.
    let (value, into) = unsafe { (memory.read::<T>(value), memory.write::<i8>(into)) };
    let Some((first, others)) = thresholds.split_first() else {
        return into.as_flattened_mut().fill(0);
    };
    let first = T::from_wide(*first);
    map(value, into, |integer| i8::from(integer >= first));
    for threshold in others {
        let threshold = T::from_wide(*threshold);
        match value.side() {
            Side::Column(value) => {
                let counts = into.as_flattened_mut();
                let value = &value[..counts.len()];
                for row in 0..counts.len() {
                    counts[row] = counts[row].wrapping_add(i8::from(value[row] >= threshold));
                }
            }
            Side::Constant(integer) => {
                for count in into.as_flattened_mut() {
                    *count = count.wrapping_add(i8::from(integer >= threshold));
                }
            }
        }
    }
}

#[inline(always)]
fn mask(holds: bool) -> i8 {
    -i8::from(holds)
}

// Functions over a whole pass become part of each set's `run`, so that each set's instructions are used for them; builds for tests make them once instead,
// as they are most of what is to be compiled here. The benchmarks hold the sets against the interpreter as they are released.

// Loops over indexes, because the compiler does not always take the closures of iterators into a function as long as `run`.

#[inline(always)]
fn map<T: Copy, R>(value: View<T>, into: &mut [[R; GROUP]], of: impl Fn(T) -> R) {
    let into = into.as_flattened_mut();
    match value.side() {
        Side::Column(value) => {
            let value = &value[..into.len()];
            for row in 0..into.len() {
                into[row] = of(value[row]);
            }
        }
        Side::Constant(value) => {
            for integer in into {
                *integer = of(value);
            }
        }
    }
}

#[inline(always)]
fn zip<T: Copy, R>(left: View<T>, right: View<T>, into: &mut [[R; GROUP]], of: impl Fn(T, T) -> R) {
    match (left.side(), right.side()) {
        (Side::Column(left), Side::Column(right)) => {
            let into = into.as_flattened_mut();
            let (left, right) = (&left[..into.len()], &right[..into.len()]);
            for row in 0..into.len() {
                into[row] = of(left[row], right[row]);
            }
        }
        (_, Side::Constant(right)) => map(left, into, |left| of(left, right)),
        (Side::Constant(left), _) => map(right, into, |right| of(left, right)),
    }
}

/// Integers that wrap.
trait Whole: Integer {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// the bits that both have
    fn common(self, other: Self) -> Self;
    /// the bits that one has and the other has not
    fn unlike(self, other: Self) -> Self;
}

macro_rules! wholes {
    ($($whole:ty)*) => {
        $(impl Whole for $whole {
            #[inline(always)]
            fn plus(self, other: $whole) -> $whole {
                self.wrapping_add(other)
            }

            #[inline(always)]
            fn minus(self, other: $whole) -> $whole {
                self.wrapping_sub(other)
            }

            #[inline(always)]
            fn times(self, other: $whole) -> $whole {
                self.wrapping_mul(other)
            }

            #[inline(always)]
            fn common(self, other: $whole) -> $whole {
                self & other
            }

            #[inline(always)]
            fn unlike(self, other: $whole) -> $whole {
                self ^ other
            }
        })*
    };
}
wholes!(i8 i16 i32 i64);
