//! Different byte strings, numbered in the order of their first occurrence.
//!
//! Enters: bytes. Leaves: a code, the same for equal bytes. Always holds: nothing is allocated for bytes that are known; codes run
//! from 0 without gaps.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

#[derive(Clone, Debug, Default)]
pub struct Interner {
    /// ends of the entries in `bytes`
    ends: Vec<usize>,
    bytes: Vec<u8>,
    hashes: Vec<u32>,
    /// open addressing: code + 1, or 0; a power of two long, at most half full
    slots: Vec<u32>,
}

impl Interner {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.ends.clear();
        self.bytes.clear();
        self.hashes.clear();
        self.slots.fill(0);
    }

    pub fn get(&self, code: u32) -> &[u8] {
        let index = code as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.bytes[start..self.ends[index]]
    }

    pub fn find(&self, text: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        self.probe(text, hash(text)).ok()
    }

    /// The code of these bytes, new or not.
    pub fn insert(&mut self, text: &[u8]) -> u32 {
        if self.slots.len() <= 2 * self.ends.len() {
            self.grow();
        }
        let hash = hash(text);
        match self.probe(text, hash) {
            Ok(code) => code,
            Err(slot) => {
                let code = self.ends.len() as u32;
                self.bytes.extend_from_slice(text);
                self.ends.push(self.bytes.len());
                self.hashes.push(hash);
                self.slots[slot] = code + 1;
                code
            }
        }
    }

    /// The code, or the free slot where it belongs.
    fn probe(&self, text: &[u8], hash: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        loop {
            match self.slots[slot] {
                0 => return Err(slot),
                taken => {
                    let code = taken - 1;
                    if self.hashes[code as usize] == hash && self.get(code) == text {
                        return Ok(code);
                    }
                }
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(size, 0);
        for (code, hash) in self.hashes.iter().enumerate() {
            let mut slot = *hash as usize & (size - 1);
            while self.slots[slot] != 0 {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = code as u32 + 1;
        }
    }
}

fn hash(text: &[u8]) -> u32 {
    let hash = FxBuildHasher.hash_one(text);
    (hash ^ (hash >> 32)) as u32
}
