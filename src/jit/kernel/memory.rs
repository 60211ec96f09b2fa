//! The memory of one pass, column by column.
//!
//! Enters: where columns begin. Leaves: views of whole groups of rows. Always holds: a view lies within the column that its place names.

use std::marker::PhantomData;

use super::step::{GROUP, Place};
use crate::jit::lanes::Lanes;

/// 64 bytes that begin at a multiple of 64.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Line(pub [u8; 64]);

pub const LINE: Line = Line([0; 64]);

/// What an integer of a column may be.
pub trait Integer: Copy + PartialOrd + 'static {
    fn from_wide(wide: i64) -> Self;
    fn to_wide(self) -> i64;
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(impl Integer for $integer {
            #[inline(always)]
            fn from_wide(wide: i64) -> $integer {
                wide as $integer
            }

            #[inline(always)]
            fn to_wide(self) -> i64 {
                self as i64
            }
        })*
    };
}
integers!(i8 i16 i32 i64 u8 u16);

/// Groups of a column; or one group that stands for all.
#[derive(Clone, Copy)]
pub struct View<'m, T> {
    groups: &'m [[T; GROUP]],
    /// 0 if all groups are the first
    stride: usize,
}

impl<'m, T> View<'m, T> {
    #[inline(always)]
    pub fn group(&self, group: usize) -> &'m [T; GROUP] {
        &self.groups[group * self.stride]
    }
}

/// What a view shows, for loops over all of its rows.
pub enum Side<'m, T> {
    Column(&'m [T]),
    Constant(T),
}

impl<'m, T: Copy> View<'m, T> {
    #[inline(always)]
    pub fn side(&self) -> Side<'m, T> {
        if self.stride == 0 { Side::Constant(self.groups[0][0]) } else { Side::Column(self.groups.as_flattened()) }
    }
}

/// Constants, each repeated for one group of rows.
#[derive(Debug, Default)]
pub struct Splats {
    lines: Vec<Line>,
    /// line at which a constant begins
    starts: Vec<usize>,
    known: rustc_hash::FxHashMap<(i64, Lanes), u32>,
}

impl Splats {
    pub fn place(&mut self, constant: i64, lanes: Lanes) -> Place {
        let number = *self.known.entry((constant, lanes)).or_insert_with(|| {
            self.starts.push(self.lines.len());
            let mut line = LINE;
            let bytes = constant.to_le_bytes();
            line.0.chunks_exact_mut(lanes.bytes()).for_each(|chunk| chunk.copy_from_slice(&bytes[..lanes.bytes()]));
            self.lines.extend(std::iter::repeat_n(line, lanes.bytes()));
            self.starts.len() as u32 - 1
        });
        Place::Constant(number)
    }

    /// Bytes of one integer of a constant, if there is such a constant.
    pub fn bytes(&self, number: u32) -> Option<usize> {
        let start = *self.starts.get(number as usize)?;
        let end = self.starts.get(number as usize + 1).copied().unwrap_or(self.lines.len());
        Some((end - start) * size_of::<Line>() / GROUP)
    }

    fn start(&self, number: u32) -> *const u8 {
        self.lines[self.starts[number as usize]..].as_ptr().cast()
    }
}

/// Where a pass finds everything. Addresses hold whole groups, also behind the last row.
pub struct Memory<'m> {
    pub rows: usize,
    pub groups: usize,
    /// room for so many rows in each scratch column
    pub pass_rows: usize,
    /// per input: values and validity bits (null for an input that never misses)
    pub inputs: &'m [(*const u8, *const u8)],
    /// values of inputs that the next pass will read, if there is one
    pub ahead: &'m [std::ops::Range<*const u8>],
    /// per output
    pub outputs: &'m [(*mut u8, *mut u8)],
    pub scratch: *mut Line,
    /// bytes for each row of scratch before the first column of the lanes
    pub scratch_starts: [usize; Lanes::ALL.len()],
    pub splats: &'m Splats,
    pub parameters: &'m [[i64; GROUP]; 2],
    pub owner: PhantomData<&'m mut Line>,
}

impl<'m> Memory<'m> {
    fn start(&self, place: Place) -> *mut u8 {
        match place {
            Place::Input(input) => self.inputs[input as usize].0.cast_mut(),
            Place::Constant(number) => self.splats.start(number).cast_mut(),
            Place::Parameter(parameter) => self.parameters[parameter as usize].as_ptr().cast_mut().cast(),
            Place::Scratch(register) => {
                let bytes = self.scratch_starts[register.lanes as usize] + register.number as usize * register.lanes.bytes();
                self.scratch.cast::<u8>().wrapping_add(bytes * self.pass_rows)
            }
            Place::Output(output) => self.outputs[output as usize].0,
        }
    }

    /// # Safety
    /// The place exists, its integers have the size of `T`, and it is not written while the view is used. Any bits are a `T`.
    #[inline(always)]
    pub unsafe fn read<T: Integer>(&self, place: Place) -> View<'m, T> {
        let is_one = matches!(place, Place::Constant(_) | Place::Parameter(_));
        let groups = if is_one { 1 } else { self.groups };
        // SAFETY: the column holds whole groups of `T`, as `Memory` promises, and nobody writes it, as the caller promises.
        View { groups: unsafe { std::slice::from_raw_parts(self.start(place).cast(), groups) }, stride: usize::from(!is_one) }
    }

    /// # Safety
    /// As for [`Memory::read`], of a scratch column or an output, and nobody else has a view of it.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn write<T: Integer>(&self, place: Place) -> &'m mut [[T; GROUP]] {
        debug_assert!(matches!(place, Place::Scratch(_) | Place::Output(_)), "{place:?} is not written");
        // SAFETY: as in `read`, and the caller promises that this is the only view.
        unsafe { std::slice::from_raw_parts_mut(self.start(place).cast(), self.groups) }
    }

    /// The validity bits of a group.
    ///
    /// # Safety
    /// The input exists and can miss values.
    #[inline(always)]
    pub unsafe fn validity(&self, input: u32) -> &'m [[u8; GROUP / 8]] {
        // SAFETY: as `Memory` promises, there is a bit for each row of whole groups.
        unsafe { std::slice::from_raw_parts(self.inputs[input as usize].1.cast(), self.groups) }
    }

    /// # Safety
    /// The output exists and can miss values, and nobody else has a view of its validity.
    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub unsafe fn output_validity(&self, output: u32) -> &'m mut [[u8; GROUP / 8]] {
        // SAFETY: as `Memory` promises, there is a bit for each row of whole groups; the caller promises that this is the only view.
        unsafe { std::slice::from_raw_parts_mut(self.outputs[output as usize].1.cast(), self.groups) }
    }
}
