//! Keys that stand in a file of leads more than once.
//!
//! Enters: the keys of the leads that are scored or replayed, in the order of the file. Leaves: how many rows have one that an earlier row has, and the
//! first of them. Always holds: keys are compared as they are written, by 64 bits of hash; of the first [`KEYS_MAX`] different ones, so that
//! memory is bounded.

use rustc_hash::FxHashSet;

use super::lead_block::LeadBlock;
use crate::program::arithmetic::key_hash;

/// Keys beyond so many different ones are compared with these alone.
pub const KEYS_MAX: usize = 200_000;

/// Bits, of which each key sets one: so many that of keys that are not remembered about one in twenty finds its bit set, and so few that they stay in the
/// second cache.
const FILTER_BITS: usize = 1 << 22;

/// The hash of a key, and its line (or row number).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedKey {
    hash: i64,
    line: u64,
}

/// The keys of the leads of a block that are not rejected.
pub fn keys_of(leads: &LeadBlock, keys: &mut Vec<PlacedKey>) {
    let rows = (0..leads.rows).filter(|row| !leads.rejected[*row]);
    keys.extend(rows.map(|row| PlacedKey { hash: key_hash(leads.keys.get(row)), line: leads.lines[row] }));
}

#[derive(Debug)]
pub struct RepeatedKeys {
    seen: FxHashSet<i64>,
    /// whose bit is not set is not among those seen
    filter: Vec<u64>,
    rows: u64,
    first: Option<u64>,
    /// some key was not remembered
    is_full: bool,
}

impl Default for RepeatedKeys {
    fn default() -> RepeatedKeys {
        RepeatedKeys { seen: FxHashSet::default(), filter: vec![0; FILTER_BITS / 64], rows: 0, first: None, is_full: false }
    }
}

impl RepeatedKeys {
    pub fn add(&mut self, keys: &[PlacedKey]) {
        for key in keys {
            let bit = key.hash as usize % FILTER_BITS;
            let (word, mask) = (&mut self.filter[bit / 64], 1 << (bit % 64));
            if *word & mask != 0 && self.seen.contains(&key.hash) {
                self.rows += 1;
                self.first.get_or_insert(key.line);
            } else if self.seen.len() < KEYS_MAX {
                *word |= mask;
                self.seen.insert(key.hash);
            } else {
                self.is_full = true;
            }
        }
    }

    /// Rows whose key an earlier row has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// What a user should know of them; `unit` is `line` or `row`, `done` what became of each.
    pub fn note(&self, unit: &str, done: &str) -> Option<String> {
        let first = self.first?;
        let rows = match self.rows {
            1 => format!("the lead in {unit} {first} has a key that an earlier lead has, and was"),
            rows => format!("{rows} leads have a key that an earlier lead has (the first in {unit} {first}), and were"),
        };
        let among = if self.is_full {
            format!(" (keys are compared with the first {} thousand different ones)", KEYS_MAX / 1_000)
        } else {
            String::new()
        };
        Some(format!("{rows} {done} like any other{among}"))
    }
}
