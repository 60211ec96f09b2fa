//! Vectors of 256 bits: one group of bytes is two vectors.
//!
//! Enters, leaves, always holds: as [`Instructions`] says.

use std::arch::x86_64::*;

use super::Instructions;
use super::portable::Portable;
use crate::jit::kernel::memory::{Memory, View};
use crate::jit::kernel::run;
use crate::jit::kernel::step::{GROUP, Step};
use crate::jit::kernel::sum::{Bundle, Sum, Term};

pub struct Avx2;

pub fn is_available() -> bool {
    std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("bmi2") && std::is_x86_feature_detected!("fma")
}

/// # Safety
/// [`is_available`]; otherwise as for [`run::run`].
#[target_feature(enable = "avx2,bmi2,fma")]
pub unsafe fn run(steps: &[Step], memory: &Memory) {
    // SAFETY: as the caller promises.
    unsafe { run::run::<Avx2>(steps, memory) }
}

/// Bytes of a vector.
const BYTES: usize = 32;

/// Longer tables are read entry by entry.
const SHUFFLES_MAX: usize = 8;

impl Instructions for Avx2 {
    #[inline(always)]
    unsafe fn spread(bits: u64, into: &mut [i8; GROUP]) {
        // SAFETY: the processor has the instructions, as the caller promises; `into` has room for two vectors.
        unsafe {
            _mm256_storeu_si256(into.as_mut_ptr().cast(), mask_of_bits(bits as u32));
            _mm256_storeu_si256(into.as_mut_ptr().add(BYTES).cast(), mask_of_bits((bits >> 32) as u32));
        }
    }

    #[inline(always)]
    unsafe fn gather(mask: &[i8; GROUP]) -> u64 {
        // SAFETY: the processor has the instructions, as the caller promises; `mask` is two vectors.
        unsafe {
            let low = _mm256_movemask_epi8(_mm256_loadu_si256(mask.as_ptr().cast())) as u32;
            let high = _mm256_movemask_epi8(_mm256_loadu_si256(mask.as_ptr().add(BYTES).cast())) as u32;
            u64::from(low) | u64::from(high) << 32
        }
    }

    #[inline(always)]
    unsafe fn look_up(index: &[u8; GROUP], entries: &[i8; 256], length: usize, into: &mut [i8; GROUP]) {
        // SAFETY: the processor has the instructions, as the caller promises; all arrays are whole vectors.
        unsafe {
            if length > 16 * SHUFFLES_MAX {
                return Portable::look_up(index, entries, length, into);
            }
            for half in [0, BYTES] {
                let index = _mm256_loadu_si256(index.as_ptr().add(half).cast());
                _mm256_storeu_si256(into.as_mut_ptr().add(half).cast(), look_up(entries.as_ptr().cast(), length, index));
            }
        }
    }

    /// # Safety
    /// As for [`Instructions::sum`].
    #[inline(always)]
    unsafe fn sum(sum: &Sum, memory: &Memory) {
        // SAFETY: as the caller promises.
        unsafe {
            if sum.terms().any(|term| term.length > 16 * SHUFFLES_MAX) {
                return Portable::sum(sum, memory);
            }
            sum_all(sum, memory);
        }
    }
}

/// A function of its own, compiled for the instructions: so all of it is, and vectors stay in registers.
///
/// # Safety
/// As for [`Instructions::sum`]; tables are of up to 16 × [`SHUFFLES_MAX`] bytes.
#[target_feature(enable = "avx2")]
unsafe fn sum_all(sum: &Sum, memory: &Memory) {
    // SAFETY: as the caller promises.
    unsafe {
        let into = memory.write::<i16>(sum.into);
        for (group, into) in into.iter_mut().enumerate() {
            sum_group(sum, memory, group, into);
        }
    }
}

/// # Safety
/// As for [`Instructions::sum`]; there is such a group.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn sum_group(sum: &Sum, memory: &Memory, group: usize, into: &mut [i16; GROUP]) {
    // SAFETY: as the caller promises.
    unsafe {
        // Per half of the group, low and high halves of each 128 bits.
        let mut sums = [[_mm256_setzero_si256(); 2]; 2];
        for pair in sum.bundles.chunks(2) {
            let left = bytes(&pair[0], memory, group);
            let (right, weight) = match pair.get(1) {
                Some(right) => (bytes(right, memory, group), right.weight as u8),
                None => ([_mm256_setzero_si256(); 2], 0),
            };
            let weights = _mm256_set1_epi16(i16::from_le_bytes([pair[0].weight as u8, weight]));
            for (half, [low, high]) in sums.iter_mut().enumerate() {
                let (left, right) = (left[half], right[half]);
                *low = _mm256_add_epi16(*low, _mm256_maddubs_epi16(_mm256_unpacklo_epi8(left, right), weights));
                *high = _mm256_add_epi16(*high, _mm256_maddubs_epi16(_mm256_unpackhi_epi8(left, right), weights));
            }
        }
        for (half, [low, high]) in sums.into_iter().enumerate() {
            let into = into.as_mut_ptr().add(BYTES * half);
            _mm256_storeu_si256(into.cast(), _mm256_permute2x128_si256::<0x20>(low, high));
            _mm256_storeu_si256(into.add(16).cast(), _mm256_permute2x128_si256::<0x31>(low, high));
        }
    }
}

/// The terms of a bundle, added, for both halves of a group.
///
/// # Safety
/// As for [`sum_group`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn bytes(bundle: &Bundle, memory: &Memory, group: usize) -> [__m256i; 2] {
    // SAFETY: as the caller promises.
    unsafe {
        let mut sums = [_mm256_setzero_si256(); 2];
        for term in &bundle.terms {
            let [low, high] = factor(term, memory, group);
            sums = [_mm256_add_epi8(sums[0], low), _mm256_add_epi8(sums[1], high)];
        }
        sums
    }
}

/// The entries of a term for both halves of a group.
///
/// # Safety
/// As for [`sum_group`].
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn factor(term: &Term, memory: &Memory, group: usize) -> [__m256i; 2] {
    // SAFETY: as the caller promises.
    unsafe {
        let column: View<u8> = memory.read(term.index);
        let start = column.group(group).as_ptr();
        let mut halves = [_mm256_loadu_si256(start.cast()), _mm256_loadu_si256(start.add(BYTES).cast())];
        if let Some((input, byte)) = term.missing {
            let bits = u64::from_le_bytes(memory.validity(input)[group]);
            let missing = _mm256_set1_epi8(byte as i8);
            let [low, high] = halves;
            halves = [
                _mm256_blendv_epi8(missing, low, mask_of_bits(bits as u32)),
                _mm256_blendv_epi8(missing, high, mask_of_bits((bits >> 32) as u32)),
            ];
        }
        let [low, high] = halves;
        [look_up(term.table.as_ptr(), term.length, low), look_up(term.table.as_ptr(), term.length, high)]
    }
}

/// The entries of a table of up to 16 × [`SHUFFLES_MAX`] bytes.
///
/// # Safety
/// The processor has the instructions; there are 256 bytes at the start.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn look_up(start: *const u8, length: usize, index: __m256i) -> __m256i {
    // SAFETY: as the caller promises.
    unsafe {
        if length <= 16 {
            // An index of 16 or more does not matter.
            return _mm256_shuffle_epi8(part(start, 0), index);
        }
        let mut found = _mm256_setzero_si256();
        for number in 0..length.div_ceil(16) {
            // Below 16 for an index within the part; from 128 on, which chooses 0, for any other.
            let within = _mm256_xor_si256(index, _mm256_set1_epi8((16 * number) as i8));
            let within = _mm256_adds_epu8(within, _mm256_set1_epi8(0x70));
            found = _mm256_or_si256(found, _mm256_shuffle_epi8(part(start, number), within));
        }
        found
    }
}

/// 16 bytes of a table, twice.
///
/// # Safety
/// The processor has the instructions; there are so many bytes.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn part(start: *const u8, number: usize) -> __m256i {
    // SAFETY: as the caller promises.
    unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(start.add(16 * number).cast())) }
}

/// -1 for a bit that is set, else 0.
#[inline]
#[target_feature(enable = "avx2")]
fn mask_of_bits(bits: u32) -> __m256i {
    let bytes = _mm256_setr_epi64x(0, 0x0101_0101_0101_0101, 0x0202_0202_0202_0202, 0x0303_0303_0303_0303);
    let spread = _mm256_shuffle_epi8(_mm256_set1_epi32(bits as i32), bytes);
    let place = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
    _mm256_cmpeq_epi8(_mm256_and_si256(spread, place), place)
}
