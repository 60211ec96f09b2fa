//! Many tables at once: what each attribute of a score adds, in one step.
//!
//! Enters: for each term a column of bytes and a table over bytes; a weight for each bundle of terms. Leaves: the weighted sum in 16 bits. Always
//! holds: the entries of a bundle add up to at most a byte without a sign; bytes times weights add up to at most [`SUM_MAX`], so that neither a pair
//! of bundles nor the whole leaves 16 bits with a sign.

use super::step::Place;

/// Greatest sum.
pub const SUM_MAX: i64 = i16::MAX as i64;

/// Greatest weight: instructions take one side of a product of bytes with a sign.
pub const WEIGHT_MAX: i64 = i8::MAX as i64;

#[derive(Debug)]
pub struct Sum {
    pub bundles: Vec<Bundle>,
    /// 16 bits
    pub into: Place,
}

/// Terms that are added as bytes.
#[derive(Debug)]
pub struct Bundle {
    pub terms: Vec<Term>,
    /// up to [`WEIGHT_MAX`]
    pub weight: i8,
}

#[derive(Debug)]
pub struct Term {
    /// bytes
    pub index: Place,
    /// where this input is missing, the index is this byte instead
    pub missing: Option<(u32, u8)>,
    pub table: Box<[u8; 256]>,
    /// bytes from here on are not met where it matters
    pub length: usize,
}

impl Sum {
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        self.bundles.iter().flat_map(|bundle| &bundle.terms)
    }

    pub fn for_each_read(&mut self, mut visit: impl FnMut(&mut Place)) {
        self.bundles.iter_mut().flat_map(|bundle| &mut bundle.terms).for_each(|term| visit(&mut term.index));
    }
}
