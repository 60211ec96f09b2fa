//! Constant memory of a compiled program: tables that generated code reads directly, and what helpers of [`super::scalar`] read: indexes to
//! search, calculations.
//!
//! Enters: the program's arrays and look-ups, each when code for it is first generated. Leaves: [`Constants`], whose addresses never
//! change once finished. Always holds: behind the last entry of a [`Table`] stands one more for "outside", so that an index cut to
//! `0..=length` may be loaded without a check.

use std::pin::Pin;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::lanes::Lanes;
use crate::program::{Calculation, KEYS_MAX, Lookup, Program, arithmetic};

/// Up to so many thresholds are compared one by one; more are searched.
pub const BAND_INLINE_MAX: usize = 16;

/// Thresholds over a byte become one load from a table of this many entries.
const BYTE_VALUES: usize = 256;

/// A look-up becomes a table of all its possible keys if that has no more entries than this…
const DENSE_ENTRIES_MAX: usize = 1 << 16;

/// …and no more than so many for each row (small ones always do).
const DENSE_ENTRIES_PER_ROW: usize = 16;
const DENSE_ENTRIES_ALWAYS: usize = 1 << 10;

/// Where an array stands, and how.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// bytes from the start of the constant memory
    pub offset: i32,
    pub lanes: Lanes,
    /// of the array, or of what it is padded to, without the entry for "outside"
    pub length: usize,
    /// no value of the array; stands where one is missing, and outside
    pub missing: i64,
    /// some entry of the array is missing
    pub has_missing: bool,
    /// least and greatest of the entries that are known; zeros without one
    pub known: (i64, i64),
}

/// A look-up whose keys all lie in small ranges, as one table. The index is, key by key, `index × (extent + 1) + min(key - low, extent)`.
#[derive(Debug)]
pub struct DenseIndex {
    pub table: Table,
    pub entries: Vec<Option<i64>>,
    /// per key: its least value and the number of its values
    pub keys: Vec<(i64, i64)>,
}

/// How a look-up is answered.
#[derive(Clone, Debug)]
pub enum Finder {
    Dense(Rc<DenseIndex>),
    /// number of an [`Index`]
    Search(usize),
}

impl Finder {
    /// The table of a look-up by one key.
    pub fn single_key(&self) -> Option<&DenseIndex> {
        match self {
            Finder::Dense(dense) if dense.keys.len() == 1 => Some(dense),
            Finder::Dense(_) | Finder::Search(_) => None,
        }
    }
}

/// A look-up's sorted keys, flat.
#[derive(Debug)]
pub struct Index {
    key_count: usize,
    /// `key_count` integers per row
    keys: Box<[i64]>,
    rows: Box<[i64]>,
    prefix: Option<(usize, Box<[Option<i64>]>)>,
}

/// Grows while code is generated; [`Constants::finish`] pins it.
#[derive(Default)]
pub struct ConstantsBuilder {
    bytes: Vec<u8>,
    /// by array, and whether any byte may index it
    tables: FxHashMap<(u32, bool), Table>,
    thresholds: FxHashMap<u32, (i32, i64)>,
    byte_bands: FxHashMap<u32, Table>,
    finders: FxHashMap<u32, Finder>,
    indexes: Vec<Pin<Box<Index>>>,
    calculations: Vec<Pin<Box<Calculation>>>,
}

/// The finished memory.
#[derive(Debug)]
pub struct Constants {
    /// words, so that every entry is aligned
    memory: Box<[u64]>,
    /// read by generated code through addresses only
    _indexes: Vec<Pin<Box<Index>>>,
    _calculations: Vec<Pin<Box<Calculation>>>,
}

impl Constants {
    pub fn start(&self) -> *const u8 {
        self.memory.as_ptr().cast()
    }
}

impl ConstantsBuilder {
    /// None if constants outgrow the offsets that instructions can hold.
    pub fn finish(self) -> Option<Constants> {
        i32::try_from(self.bytes.len()).ok()?;
        let word = |bytes: &[u8]| {
            let mut word = [0; 8];
            word[..bytes.len()].copy_from_slice(bytes);
            u64::from_ne_bytes(word)
        };
        let memory = self.bytes.chunks(8).map(word).collect();
        Some(Constants { memory, _indexes: self.indexes, _calculations: self.calculations })
    }

    /// An array as a table.
    pub fn table(&mut self, program: &Program, array: u32) -> Table {
        *self.tables.entry((array, false)).or_insert_with(|| add_table(&mut self.bytes, &program.arrays[array as usize], 0))
    }

    /// An array as a table that any byte may index.
    pub fn byte_table(&mut self, program: &Program, array: u32) -> Table {
        *self.tables.entry((array, true)).or_insert_with(|| add_table(&mut self.bytes, &program.arrays[array as usize], BYTE_VALUES))
    }

    /// For each value of a byte, how many of the thresholds are at most that.
    pub fn byte_band(&mut self, program: &Program, thresholds: u32) -> Table {
        *self.byte_bands.entry(thresholds).or_insert_with(|| {
            let array = &program.arrays[thresholds as usize];
            let counts: Vec<Option<i64>> = (0..BYTE_VALUES as i64).map(|value| Some(arithmetic::band(array, value))).collect();
            add_table(&mut self.bytes, &counts, 0)
        })
    }

    /// The offset and the number of sorted thresholds, as 64-bit integers.
    pub fn thresholds(&mut self, program: &Program, thresholds: u32) -> (i32, i64) {
        if let Some(found) = self.thresholds.get(&thresholds) {
            return *found;
        }
        let (offset, mut count) = (align(&mut self.bytes, 8), 0);
        for threshold in program.arrays[thresholds as usize].iter().flatten() {
            self.bytes.extend_from_slice(&threshold.to_ne_bytes());
            count += 1;
        }
        self.thresholds.insert(thresholds, (offset, count));
        (offset, count)
    }

    pub fn finder(&mut self, program: &Program, lookup: u32) -> Finder {
        if let Some(finder) = self.finders.get(&lookup) {
            return finder.clone();
        }
        let rows = &program.lookups[lookup as usize];
        let finder = match self.dense_index(rows) {
            Some(dense) => Finder::Dense(Rc::new(dense)),
            None => {
                self.indexes.push(Box::pin(Index::new(rows)));
                Finder::Search(self.indexes.len() - 1)
            }
        };
        self.finders.insert(lookup, finder.clone());
        finder
    }

    /// Stays where it is until the finished constants are dropped.
    pub fn index_address(&self, index: usize) -> *const Index {
        &raw const *self.indexes[index]
    }

    /// A copy of the calculation, which stays where it is until the finished constants are dropped.
    pub fn calculation_address(&mut self, program: &Program, number: u32) -> *const Calculation {
        let copy = Box::pin(program.calculations[number as usize].clone());
        let address = &raw const *copy;
        self.calculations.push(copy);
        address
    }

    fn dense_index(&mut self, lookup: &Lookup) -> Option<DenseIndex> {
        let (keys, entries) = dense_entries(lookup)?;
        Some(DenseIndex { table: add_table(&mut self.bytes, &entries, 0), entries, keys })
    }
}

/// The keys and entries of a [`DenseIndex`], if the look-up is worth one.
pub fn dense_entries(lookup: &Lookup) -> Option<(Vec<(i64, i64)>, Vec<Option<i64>>)> {
    let mut keys = Vec::with_capacity(lookup.key_count);
    let mut entries_count: usize = 1;
    for position in 0..lookup.key_count {
        let mut low = lookup.rows.iter().filter_map(|(row, _)| row.get(position)).copied().min()?;
        let mut high = lookup.rows.iter().filter_map(|(row, _)| row.get(position)).copied().max()?;
        if let Some((prefix, parents)) = &lookup.prefix
            && *prefix == position
        {
            // A longer prefix without a row of its own still leads to the row of a shorter one.
            low = low.min(0);
            high = high.max(parents.len() as i64 - 1);
        }
        let extent = high.checked_sub(low)?.checked_add(1)?;
        entries_count = entries_count.checked_mul(usize::try_from(extent).ok()?.checked_add(1)?)?;
        if entries_count > DENSE_ENTRIES_MAX {
            return None;
        }
        keys.push((low, extent));
    }
    if keys.is_empty() || entries_count > DENSE_ENTRIES_ALWAYS.max(DENSE_ENTRIES_PER_ROW * lookup.rows.len()) {
        return None;
    }

    let mut entries = vec![None; entries_count];
    if lookup.prefix.is_some() {
        for (place, entry) in entries.iter_mut().enumerate() {
            *entry = keys_at(&keys, place).and_then(|wanted| arithmetic::find(lookup, &wanted));
        }
    } else {
        for (row, number) in &lookup.rows {
            entries[place_of(&keys, row)] = Some(*number);
        }
    }
    Some((keys, entries))
}

impl Index {
    pub fn new(lookup: &Lookup) -> Index {
        Index {
            key_count: lookup.key_count,
            keys: lookup.rows.iter().flat_map(|(keys, _)| keys.iter().copied()).collect(),
            rows: lookup.rows.iter().map(|(_, row)| *row).collect(),
            prefix: lookup.prefix.as_ref().map(|(position, parents)| (*position, parents.as_slice().into())),
        }
    }

    /// As [`arithmetic::find`].
    pub fn find(&self, mut keys: [i64; KEYS_MAX]) -> Option<i64> {
        let Some((position, parents)) = &self.prefix else {
            return self.row_of(&keys);
        };
        for _ in 0..=parents.len() {
            let found = self.row_of(&keys);
            if found.is_some() {
                return found;
            }
            let prefix = keys.get_mut(*position)?;
            *prefix = arithmetic::entry(parents, *prefix)?;
        }
        None
    }

    fn row_of(&self, keys: &[i64; KEYS_MAX]) -> Option<i64> {
        let wanted = keys.get(..self.key_count)?;
        let (mut low, mut high) = (0, self.rows.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let row = self.keys.get(middle * self.key_count..(middle + 1) * self.key_count)?;
            match row.cmp(wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return self.rows.get(middle).copied(),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

/// Each entry of the narrowest width that holds all of them and one integer more, which says "missing". Places from the array's length
/// up to `padded_length`, and one more, say so too.
fn add_table(bytes: &mut Vec<u8>, entries: &[Option<i64>], padded_length: usize) -> Table {
    let low = entries.iter().flatten().copied().min().unwrap_or(0);
    let high = entries.iter().flatten().copied().max().unwrap_or(0);
    let (lanes, missing) = match (low, high) {
        (-127.., ..=127) => (Lanes::W8, Lanes::W8.low()),
        (-32_767.., ..=32_767) => (Lanes::W16, Lanes::W16.low()),
        (-2_147_483_647.., ..=2_147_483_647) => (Lanes::W32, Lanes::W32.low()),
        _ => (Lanes::W64, absent_from(entries)),
    };
    let offset = align(bytes, lanes.bytes());
    let padding = padded_length.saturating_sub(entries.len()) + 1;
    for entry in entries.iter().copied().chain(std::iter::repeat_n(None, padding)) {
        let stored = entry.unwrap_or(missing).to_le_bytes();
        bytes.extend_from_slice(&stored[..lanes.bytes()]);
    }
    let has_missing = entries.iter().any(Option::is_none);
    Table { offset, lanes, length: entries.len().max(padded_length), missing, has_missing, known: (low, high) }
}

/// Lengths beyond 31 bits are refused when the constants are finished.
fn align(bytes: &mut Vec<u8>, entry_bytes: usize) -> i32 {
    bytes.resize(bytes.len().next_multiple_of(entry_bytes), 0);
    bytes.len() as i32
}

/// The least integer that is no entry. There is one: an array has far fewer than 2^64 entries.
fn absent_from(entries: &[Option<i64>]) -> i64 {
    let mut known: Vec<i64> = entries.iter().flatten().copied().collect();
    known.sort_unstable();
    known.dedup();
    known
        .iter()
        .zip(i64::MIN..)
        .find(|(entry, candidate)| *entry != candidate)
        .map_or(i64::MIN + known.len() as i64, |(_, candidate)| candidate)
}

fn place_of(keys: &[(i64, i64)], row: &[i64]) -> usize {
    keys.iter().zip(row).fold(0, |place, ((low, extent), key)| place * (*extent as usize + 1) + (key - low) as usize)
}

/// The keys that stand at a place of a dense index; none where some key is outside its range.
fn keys_at(keys: &[(i64, i64)], mut place: usize) -> Option<Vec<i64>> {
    let mut found = Vec::with_capacity(keys.len());
    for (low, extent) in keys.iter().rev() {
        let steps = place % (*extent as usize + 1);
        place /= *extent as usize + 1;
        if steps == *extent as usize {
            return None;
        }
        found.push(low + steps as i64);
    }
    found.reverse();
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_narrow_as_its_values_and_one_more() {
        let mut bytes = Vec::new();
        for (entries, lanes) in [
            (vec![Some(-127), Some(127), None], Lanes::W8),
            (vec![Some(-128)], Lanes::W16),
            (vec![Some(32_768)], Lanes::W32),
            (vec![Some(i64::from(i32::MIN))], Lanes::W64),
            (vec![], Lanes::W8),
        ] {
            let table = add_table(&mut bytes, &entries, 0);
            assert_eq!(table.lanes, lanes, "{entries:?}");
            assert_eq!(table.offset as usize % lanes.bytes(), 0);
        }
    }

    #[test]
    fn the_integer_for_missing_is_no_entry() {
        assert_eq!(absent_from(&[Some(5), None]), i64::MIN);
        assert_eq!(absent_from(&[Some(i64::MIN), Some(i64::MIN + 2), Some(i64::MIN)]), i64::MIN + 1);
        assert_eq!(absent_from(&[Some(i64::MIN), Some(i64::MIN + 1)]), i64::MIN + 2);
    }

    #[test]
    fn dense_places_and_keys_are_inverse() {
        let keys = [(-3, 4), (10, 2)];
        let mut seen = 0;
        for place in 0..15 {
            if let Some(row) = keys_at(&keys, place) {
                assert_eq!(place_of(&keys, &row), place);
                seen += 1;
            }
        }
        assert_eq!(seen, 8);
    }
}
