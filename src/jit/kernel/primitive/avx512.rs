//! Vectors of 512 bits: one group of bytes is one vector.
//!
//! Enters, leaves, always holds: as [`Instructions`] says.

use std::arch::x86_64::*;

use super::Instructions;
use crate::jit::kernel::memory::{Memory, View};
use crate::jit::kernel::run;
use crate::jit::kernel::step::{GROUP, Step};
use crate::jit::kernel::sum::{Bundle, Sum, Term};

pub struct Avx512;

pub fn is_available() -> bool {
    std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512bw")
        && std::is_x86_feature_detected!("avx512dq")
        && std::is_x86_feature_detected!("avx512vl")
        && std::is_x86_feature_detected!("avx512vbmi")
        && std::is_x86_feature_detected!("avx512vnni")
        && std::is_x86_feature_detected!("bmi2")
        && std::is_x86_feature_detected!("fma")
}

/// # Safety
/// [`is_available`]; otherwise as for [`run::run`].
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni,bmi2,fma")]
pub unsafe fn run(steps: &[Step], memory: &Memory) {
    // SAFETY: as the caller promises.
    unsafe { run::run::<Avx512>(steps, memory) }
}

/// Groups for which a table is loaded once.
const GROUPS: usize = 8;

impl Instructions for Avx512 {
    #[inline(always)]
    unsafe fn spread(bits: u64, into: &mut [i8; GROUP]) {
        // SAFETY: the processor has the instructions, as the caller promises; `into` has room for 64 bytes.
        unsafe { _mm512_storeu_si512(into.as_mut_ptr().cast(), _mm512_movm_epi8(bits)) };
    }

    #[inline(always)]
    unsafe fn gather(mask: &[i8; GROUP]) -> u64 {
        // SAFETY: the processor has the instructions, as the caller promises; `mask` is 64 bytes.
        unsafe { _mm512_movepi8_mask(_mm512_loadu_si512(mask.as_ptr().cast())) }
    }

    #[inline(always)]
    unsafe fn look_up(index: &[u8; GROUP], entries: &[i8; 256], length: usize, into: &mut [i8; GROUP]) {
        // SAFETY: the processor has the instructions, as the caller promises; all arrays are whole vectors.
        unsafe {
            let table = Table::load(entries.as_ptr().cast(), length);
            let found = table.look_up(_mm512_loadu_si512(index.as_ptr().cast()));
            _mm512_storeu_si512(into.as_mut_ptr().cast(), found);
        }
    }

    #[inline(always)]
    unsafe fn sum(sum: &Sum, memory: &Memory) {
        // SAFETY: as the caller promises.
        unsafe { sum_all(sum, memory) };
    }
}

/// A function of its own, compiled for the instructions: so all of it is, and vectors stay in registers.
///
/// # Safety
/// As for [`Instructions::sum`].
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
unsafe fn sum_all(sum: &Sum, memory: &Memory) {
    let whole = memory.groups / GROUPS * GROUPS;
    // SAFETY: as the caller promises; groups are counted in `memory.groups`.
    unsafe {
        let into = memory.write::<i16>(sum.into);
        for first in (0..whole).step_by(GROUPS) {
            sum_groups::<GROUPS>(sum, memory, first, into);
        }
        for first in whole..memory.groups {
            sum_groups::<1>(sum, memory, first, into);
        }
    }
}

/// # Safety
/// As for [`Instructions::sum`]; there are so many groups from the first on.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
unsafe fn sum_groups<const N: usize>(sum: &Sum, memory: &Memory, first: usize, into: &mut [[i16; GROUP]]) {
    // SAFETY: as the caller promises.
    unsafe {
        // Low and high halves of each 128 bits.
        let mut sums = [[_mm512_setzero_si512(); 2]; N];
        for pair in sum.bundles.chunks(2) {
            let left = bytes::<N>(&pair[0], memory, first);
            let (right, weight) = match pair.get(1) {
                Some(right) => (bytes::<N>(right, memory, first), right.weight as u8),
                None => ([_mm512_setzero_si512(); N], 0),
            };
            let weights = _mm512_set1_epi16(i16::from_le_bytes([pair[0].weight as u8, weight]));
            for (([low, high], left), right) in sums.iter_mut().zip(left).zip(right) {
                *low = _mm512_add_epi16(*low, _mm512_maddubs_epi16(_mm512_unpacklo_epi8(left, right), weights));
                *high = _mm512_add_epi16(*high, _mm512_maddubs_epi16(_mm512_unpackhi_epi8(left, right), weights));
            }
        }
        let (front, back) = (_mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15));
        for (group, [low, high]) in sums.into_iter().enumerate() {
            let into = into[first + group].as_mut_ptr();
            _mm512_storeu_si512(into.cast(), _mm512_permutex2var_epi64(low, front, high));
            _mm512_storeu_si512(into.add(32).cast(), _mm512_permutex2var_epi64(low, back, high));
        }
    }
}

/// The terms of a bundle, added.
///
/// # Safety
/// As for [`sum_groups`].
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
unsafe fn bytes<const N: usize>(bundle: &Bundle, memory: &Memory, first: usize) -> [__m512i; N] {
    // SAFETY: as the caller promises.
    unsafe {
        let mut sums = [_mm512_setzero_si512(); N];
        for term in &bundle.terms {
            Factor::new(term, memory).add(first, &mut sums);
        }
        sums
    }
}

/// A term over the groups of a pass.
struct Factor<'m> {
    index: View<'m, u8>,
    /// validity bits, and what stands for a missing index
    missing: Option<(&'m [[u8; GROUP / 8]], __m512i)>,
    table: Table,
}

impl<'m> Factor<'m> {
    /// # Safety
    /// As for [`Instructions::sum`].
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    unsafe fn new(term: &Term, memory: &Memory<'m>) -> Factor<'m> {
        // SAFETY: as the caller promises.
        unsafe {
            Factor {
                index: memory.read(term.index),
                missing: match term.missing {
                    Some((input, byte)) => Some((memory.validity(input), _mm512_set1_epi8(byte as i8))),
                    None => None,
                },
                table: Table::load(term.table.as_ptr(), term.length),
            }
        }
    }

    /// Adds the entries of groups. What the term is, is asked once for all of them.
    ///
    /// # Safety
    /// As for [`sum_groups`].
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    unsafe fn add<const N: usize>(&self, first: usize, sums: &mut [__m512i; N]) {
        // SAFETY, of all closures: as the caller promises; a group is 64 bytes.
        let start = |group: usize| self.index.group(first + group).as_ptr().cast::<i8>();
        let plain = |group: usize| unsafe { _mm512_loadu_si512(start(group).cast()) };
        match (&self.missing, &self.table) {
            (None, Table::UpTo64(table)) => each(sums, |group| _mm512_permutexvar_epi8(plain(group), *table)),
            (None, table) => each(sums, |group| table.look_up(plain(group))),
            (Some((validity, missing)), table) => {
                let known = |group: usize| u64::from_le_bytes(validity[first + group]);
                let index = |group: usize| unsafe { _mm512_mask_loadu_epi8(*missing, known(group), start(group)) };
                match table {
                    Table::UpTo64(table) => each(sums, |group| _mm512_permutexvar_epi8(index(group), *table)),
                    Table::UpTo128(_) | Table::UpTo256(_) => each(sums, |group| table.look_up(index(group))),
                }
            }
        }
    }
}

/// Adds to the sum of each group.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
fn each<const N: usize>(sums: &mut [__m512i; N], entries: impl Fn(usize) -> __m512i) {
    for (group, sum) in sums.iter_mut().enumerate() {
        *sum = _mm512_add_epi8(*sum, entries(group));
    }
}

/// A table of bytes in vectors.
enum Table {
    UpTo64(__m512i),
    UpTo128([__m512i; 2]),
    UpTo256([__m512i; 4]),
}

impl Table {
    /// # Safety
    /// The processor has the instructions; there are 256 bytes at the start.
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    unsafe fn load(start: *const u8, length: usize) -> Table {
        // SAFETY: as the caller promises.
        unsafe {
            let first = _mm512_loadu_si512(start.cast());
            if length <= 64 {
                return Table::UpTo64(first);
            }
            let second = _mm512_loadu_si512(start.add(64).cast());
            if length <= 128 {
                return Table::UpTo128([first, second]);
            }
            let (third, fourth) = (_mm512_loadu_si512(start.add(128).cast()), _mm512_loadu_si512(start.add(192).cast()));
            Table::UpTo256([first, second, third, fourth])
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi")]
    fn look_up(&self, index: __m512i) -> __m512i {
        match self {
            Table::UpTo64(table) => _mm512_permutexvar_epi8(index, *table),
            Table::UpTo128([low, high]) => _mm512_permutex2var_epi8(*low, index, *high),
            Table::UpTo256([first, second, third, fourth]) => {
                let low = _mm512_permutex2var_epi8(*first, index, *second);
                let high = _mm512_permutex2var_epi8(*third, index, *fourth);
                _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high)
            }
        }
    }
}
