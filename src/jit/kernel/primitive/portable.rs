//! Plain loops, for every processor.
//!
//! Enters, leaves, always holds: as [`Instructions`] says; the other sets of instructions are held against these.

use super::Instructions;
use crate::jit::kernel::memory::Memory;
use crate::jit::kernel::step::GROUP;
use crate::jit::kernel::sum::Sum;

pub struct Portable;

// SAFETY, of all functions: every processor has what they need; only `sum` asks for more, as it says.
impl Instructions for Portable {
    #[inline(always)]
    unsafe fn spread(bits: u64, into: &mut [i8; GROUP]) {
        into.iter_mut().enumerate().for_each(|(row, into)| *into = -((bits >> row & 1) as i8));
    }

    /// # Safety
    /// None.
    #[inline(always)]
    unsafe fn gather(mask: &[i8; GROUP]) -> u64 {
        mask.iter().enumerate().fold(0, |bits, (row, mask)| bits | u64::from(*mask != 0) << row)
    }

    /// # Safety
    /// None.
    #[inline(always)]
    unsafe fn look_up(index: &[u8; GROUP], entries: &[i8; 256], _length: usize, into: &mut [i8; GROUP]) {
        into.iter_mut().zip(index).for_each(|(into, index)| *into = entries[usize::from(*index)]);
    }

    /// # Safety
    /// As for [`Instructions::sum`].
    #[inline(always)]
    unsafe fn sum(sum: &Sum, memory: &Memory) {
        // SAFETY: as the caller promises.
        let into = unsafe { memory.write::<i16>(sum.into) };
        into.iter_mut().for_each(|into| *into = [0; GROUP]);
        for (weight, term) in sum.bundles.iter().flat_map(|bundle| bundle.terms.iter().map(|term| (bundle.weight, term))) {
            // SAFETY: as the caller promises.
            let index = unsafe { memory.read::<u8>(term.index) };
            for (group, into) in into.iter_mut().enumerate() {
                let known = match term.missing {
                    // SAFETY: as the caller promises.
                    Some((input, _)) => u64::from_le_bytes(unsafe { memory.validity(input) }[group]),
                    None => u64::MAX,
                };
                let missing = term.missing.map_or(0, |(_, byte)| byte);
                for (row, (into, index)) in into.iter_mut().zip(index.group(group)).enumerate() {
                    let index = if known >> row & 1 == 1 { *index } else { missing };
                    *into = into.wrapping_add(i16::from(term.table[usize::from(index)]) * i16::from(weight));
                }
            }
        }
    }
}
