//! What a set of instructions does better than compiled loops, and which sets there are.
//!
//! Enters: the name of a set, or none. Leaves: a [`Cpu`] that this machine has. Always holds: every set gives the same bytes; a set is chosen
//! only where the processor has it.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;
#[cfg(test)]
mod tests;

use super::memory::Memory;
use super::run::run;
use super::step::{GROUP, Step};
use super::sum::Sum;

/// A set of instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cpu {
    /// what every processor has
    Portable,
    /// x86-64 with vectors of 256 bits
    Avx2,
    /// x86-64 with vectors of 512 bits, among them VBMI and VNNI
    Avx512,
}

impl Cpu {
    pub const ALL: [Cpu; 3] = [Cpu::Portable, Cpu::Avx2, Cpu::Avx512];

    /// As `--cpu` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Cpu::Portable => "portable",
            Cpu::Avx2 => "avx2",
            Cpu::Avx512 => "avx512",
        }
    }

    /// Whether this machine has it.
    pub fn is_available(self) -> bool {
        match self {
            Cpu::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Cpu::Avx2 => avx2::is_available(),
            #[cfg(target_arch = "x86_64")]
            Cpu::Avx512 => avx512::is_available(),
            #[cfg(not(target_arch = "x86_64"))]
            Cpu::Avx2 | Cpu::Avx512 => false,
        }
    }

    /// The best that this machine has.
    pub fn best() -> Cpu {
        Cpu::ALL.into_iter().rev().find(|cpu| cpu.is_available()).unwrap_or(Cpu::Portable)
    }

    /// # Safety
    /// The machine has it; otherwise as for [`run`].
    pub unsafe fn run(self, steps: &[Step], memory: &Memory) {
        // SAFETY: as the caller promises.
        unsafe {
            match self {
                Cpu::Portable => run::<portable::Portable>(steps, memory),
                #[cfg(target_arch = "x86_64")]
                Cpu::Avx2 => avx2::run(steps, memory),
                #[cfg(target_arch = "x86_64")]
                Cpu::Avx512 => avx512::run(steps, memory),
                #[cfg(not(target_arch = "x86_64"))]
                Cpu::Avx2 | Cpu::Avx512 => unreachable!("no other processor has it"),
            }
        }
    }
}

/// Loops that a set of instructions does in its own way.
///
/// # Safety
/// Each may be called only where the processor has the instructions, by code that is compiled for them.
pub trait Instructions {
    /// -1 for a bit that is set, else 0.
    unsafe fn spread(bits: u64, into: &mut [i8; GROUP]);

    /// A bit for each integer of a mask that is not 0.
    unsafe fn gather(mask: &[i8; GROUP]) -> u64;

    /// The entries at these indexes. What an index of `length` or more leads to may be anything.
    unsafe fn look_up(index: &[u8; GROUP], entries: &[i8; 256], length: usize, into: &mut [i8; GROUP]);

    /// # Safety
    /// Also as for [`run`].
    unsafe fn sum(sum: &Sum, memory: &Memory);
}
