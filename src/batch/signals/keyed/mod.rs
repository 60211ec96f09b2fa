//! Records found again by their lead's key, in bounded memory.
//!
//! Enters: [`Parcel`]s of records (key, instant, rank, payload) in the order given. Leaves: for a key, all its records, sorted by instant, then rank,
//! then the order given. Always holds: what is found depends on the records and their order alone, not on the budget nor on the number of
//! threads; keys are compared byte by byte, never by their hashes alone.
//!
//! Records are parted by the hash of the key. While they come in, up to `budget` bytes of them stay in memory; each time there are more, all go to a file
//! without a name. When all have come, one part after the other is sorted by key: then a lead's records stand in one piece, a *run*. The
//! runs stay in memory, or, if records went to a file, go to another one. What always stays in memory is an index of
//! 13 bytes for each key. A part must fit in memory while it is sorted, so at worst the records of one key.

mod builder;

pub use builder::Builder;

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use xxhash_rust::xxh64::xxh64;

use super::spill::Spill;
use super::varint::{Bytes, put_varint};
use crate::batch::error::BatchError;
use crate::batch::interner::Interner;

const PARTS: usize = 256;

/// Some records, parted.
#[derive(Debug)]
pub struct Parcel {
    parts: Vec<Vec<u8>>,
    records: u64,
}

impl Default for Parcel {
    fn default() -> Parcel {
        Parcel { parts: vec![Vec::new(); PARTS], records: 0 }
    }
}

impl Parcel {
    pub fn add(&mut self, key: &str, at: i64, rank: u16, payload: &[u8]) {
        let part = &mut self.parts[part_of(hash(key))];
        put_varint(part, key.len() as u64);
        part.extend_from_slice(key.as_bytes());
        put_record(part, at, rank, payload);
        self.records += 1;
    }
}

/// A record of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'r> {
    pub at: i64,
    pub rank: u16,
    pub payload: &'r [u8],
}

/// What became of a lead whose records were asked for. Of several leads of one key the first fate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// scored or replayed
    Used,
    /// not replayed: it came into being after the end
    BeganLater,
    Rejected,
}

impl Fate {
    const ALL: [Fate; 3] = [Fate::Used, Fate::BeganLater, Fate::Rejected];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// All records, by key.
#[derive(Debug)]
pub struct Keyed {
    parts: Vec<Sorted>,
    file: Option<Spill>,
    records: u64,
    /// records by the fate of their leads
    fates: [AtomicU64; Fate::ALL.len()],
}

/// The runs of a part, and where each begins.
#[derive(Debug, Default)]
struct Sorted {
    runs: Runs,
    /// low half of the hash of each run's key, ascending
    hashes: Vec<u32>,
    /// parallel to `hashes`, and the end of the last
    starts: Vec<u64>,
    /// what became of the leads that asked for it: a bit per [`Fate`]
    asked: Vec<AtomicU8>,
}

#[derive(Debug)]
enum Runs {
    Memory(Vec<u8>),
    /// from this place of the file
    File(u64),
}

impl Default for Runs {
    fn default() -> Runs {
        Runs::Memory(Vec::new())
    }
}

impl Keyed {
    pub fn records(&self) -> u64 {
        self.records
    }

    pub fn keys(&self) -> u64 {
        self.parts.iter().map(|part| part.hashes.len() as u64).sum()
    }

    /// Whether more came than fits the budget.
    pub fn is_spilled(&self) -> bool {
        self.file.is_some()
    }

    /// The records of a key. Whoever asks for them on behalf of a lead says with [`Keyed::note`] what became of it.
    pub fn run<'s>(&'s self, key: &str, scratch: &'s mut Vec<u8>) -> Result<Run<'s>, BatchError> {
        let hash = hash(key);
        let part = &self.parts[part_of(hash)];
        let low = hash as u32;
        let first = part.hashes.partition_point(|known| *known < low);
        let same = part.hashes[first..].iter().take_while(|known| **known == low).count();
        for index in first..first + same {
            let (found, _) = self.head(part, index, scratch)?;
            if found == key.as_bytes() {
                let (_, run) = self.head(part, index, scratch)?;
                return Ok(Run { place: Some((part_of(hash), index)), ..run });
            }
        }
        Ok(Run::default())
    }

    /// What became of a lead that these records belong to. The counts do not depend on the order in which it is told.
    pub fn note(&self, found: Found, fate: Fate) {
        let Some(asked) = found.place.and_then(|(part, index)| self.parts.get(part)?.asked.get(index)) else { return };
        let before = asked.fetch_or(fate.bit(), Ordering::Relaxed);
        let (before, after) = (first_fate(before), first_fate(before | fate.bit()));
        if before != after {
            before.map(|fate| self.fates[fate as usize].fetch_sub(found.count, Ordering::Relaxed));
            after.map(|fate| self.fates[fate as usize].fetch_add(found.count, Ordering::Relaxed));
        }
    }

    /// How many records have leads with this fate.
    pub fn count(&self, fate: Fate) -> u64 {
        self.fates[fate as usize].load(Ordering::Relaxed)
    }

    /// Shows every key of which no lead was used, with what became of its leads (none: nobody asked for it) and its records; in no order that
    /// means anything.
    pub fn unused(&self, show: &mut dyn FnMut(&str, Option<Fate>, Run) -> Result<(), BatchError>) -> Result<(), BatchError> {
        let mut scratch = Vec::new();
        for part in &self.parts {
            for (index, asked) in part.asked.iter().enumerate() {
                let fate = first_fate(asked.load(Ordering::Relaxed));
                if fate != Some(Fate::Used) {
                    let (key, run) = self.head(part, index, &mut scratch)?;
                    show(&String::from_utf8_lossy(key), fate, run)?;
                }
            }
        }
        Ok(())
    }

    /// The key and the records of a run.
    fn head<'s>(&'s self, part: &'s Sorted, index: usize, scratch: &'s mut Vec<u8>) -> Result<(&'s [u8], Run<'s>), BatchError> {
        let (start, end) = (part.starts[index], part.starts[index + 1]);
        let bytes = match (&part.runs, &self.file) {
            (Runs::Memory(bytes), _) => &bytes[start as usize..end as usize],
            (Runs::File(place), Some(file)) => {
                scratch.resize((end - start) as usize, 0);
                file.read(place + start, scratch)?;
                &scratch[..]
            }
            (Runs::File(_), None) => &[],
        };
        let mut bytes = Bytes(bytes);
        let length = bytes.varint() as usize;
        let key = bytes.take(length);
        let count = bytes.varint();
        Ok((key, Run { count, bytes, place: None }))
    }
}

/// The records of one key, in order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run<'r> {
    pub count: u64,
    bytes: Bytes<'r>,
    /// part and number
    place: Option<(usize, usize)>,
}

/// Which records were found, and how many.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    place: Option<(usize, usize)>,
    count: u64,
}

impl Run<'_> {
    /// Before its records are read.
    pub fn found(&self) -> Found {
        Found { place: self.place, count: self.count }
    }
}

/// The first of these fates.
fn first_fate(fates: u8) -> Option<Fate> {
    Fate::ALL.into_iter().find(|fate| fates & fate.bit() != 0)
}

impl<'r> Iterator for Run<'r> {
    type Item = Record<'r>;

    fn next(&mut self) -> Option<Record<'r>> {
        self.count = self.count.checked_sub(1)?;
        Some(record(&mut self.bytes))
    }
}

fn put_record(bytes: &mut Vec<u8>, at: i64, rank: u16, payload: &[u8]) {
    bytes.extend_from_slice(&at.to_le_bytes());
    put_varint(bytes, rank.into());
    put_varint(bytes, payload.len() as u64);
    bytes.extend_from_slice(payload);
}

fn record<'r>(bytes: &mut Bytes<'r>) -> Record<'r> {
    let at = bytes.take(8).first_chunk().map_or(0, |at| i64::from_le_bytes(*at));
    let rank = bytes.varint() as u16;
    let length = bytes.varint() as usize;
    Record { at, rank, payload: bytes.take(length) }
}

/// A record of a part that is sorted.
#[derive(Clone, Copy, Default)]
struct Entry {
    at: i64,
    /// where it stands, from its instant to its end
    start: usize,
    end: usize,
    rank: u16,
}

/// The records of a part, by key.
fn sort(bytes: &[u8]) -> Sorted {
    let mut keys = Interner::default();
    let mut key_of = Vec::new();
    let mut entries = Vec::new();
    let mut rest = Bytes(bytes);
    while !rest.0.is_empty() {
        let length = rest.varint() as usize;
        key_of.push(keys.insert(rest.take(length)));
        let start = bytes.len() - rest.0.len();
        let Record { at, rank, .. } = record(&mut rest);
        entries.push(Entry { at, start, end: bytes.len() - rest.0.len(), rank });
    }

    // Dealt to their keys in the order given, then sorted within each.
    let mut ends = vec![0usize; keys.len() + 1];
    key_of.iter().for_each(|key| ends[*key as usize + 1] += 1);
    (1..ends.len()).for_each(|key| ends[key] += ends[key - 1]);
    let mut dealt = vec![Entry::default(); entries.len()];
    for (key, entry) in key_of.iter().zip(&entries) {
        let place = &mut ends[*key as usize];
        dealt[*place] = *entry;
        *place += 1;
    }
    drop((key_of, entries));

    let mut order: Vec<(u32, u32)> = (0..keys.len() as u32).map(|key| (xxh64(keys.get(key), 0) as u32, key)).collect();
    order.sort_unstable();
    let mut sorted = Sorted { asked: order.iter().map(|_| AtomicU8::new(0)).collect(), ..Sorted::default() };
    let mut runs = Vec::with_capacity(bytes.len());
    for (hash, key) in order {
        let first = (key as usize).checked_sub(1).map_or(0, |before| ends[before]);
        let entries = &mut dealt[first..ends[key as usize]];
        entries.sort_by_key(|entry| (entry.at, entry.rank));
        sorted.hashes.push(hash);
        sorted.starts.push(runs.len() as u64);
        put_varint(&mut runs, keys.get(key).len() as u64);
        runs.extend_from_slice(keys.get(key));
        put_varint(&mut runs, entries.len() as u64);
        entries.iter().for_each(|entry| runs.extend_from_slice(&bytes[entry.start..entry.end]));
    }
    sorted.starts.push(runs.len() as u64);
    runs.shrink_to_fit();
    sorted.runs = Runs::Memory(runs);
    sorted
}

fn hash(key: &str) -> u64 {
    xxh64(key.as_bytes(), 0)
}

/// By the high bits, so that the low ones tell the keys of a part apart.
fn part_of(hash: u64) -> usize {
    (hash >> 56) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// key, instant, rank, payload
    type Plain = (String, i64, u16, Vec<u8>);

    fn records(count: u64) -> Vec<Plain> {
        let mut state = 7u64;
        let mut next = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        (0..count)
            .map(|index| {
                (format!("L-{}", next(count / 10)), next(5) as i64 - 2, next(3) as u16, index.to_le_bytes()[..next(9) as usize].to_vec())
            })
            .collect()
    }

    fn keyed(records: &[Plain], budget: usize, parcel: usize, threads: usize) -> Keyed {
        let mut builder = Builder::new(budget);
        for some in records.chunks(parcel) {
            let mut parcel = Parcel::default();
            some.iter().for_each(|(key, at, rank, payload)| parcel.add(key, *at, *rank, payload));
            builder.take(&parcel).unwrap();
        }
        builder.finish(threads).unwrap()
    }

    fn found(keyed: &Keyed, key: &str) -> Vec<(i64, u16, Vec<u8>)> {
        let mut scratch = Vec::new();
        keyed.run(key, &mut scratch).unwrap().map(|record| (record.at, record.rank, record.payload.to_vec())).collect()
    }

    #[test]
    fn every_record_is_found_in_order_whatever_the_budget() {
        let records = records(5_000);
        for (budget, parcel, threads) in [(usize::MAX, 5_000, 1), (usize::MAX, 7, 2), (0, 100, 2), (3_000, 64, 1), (1, 1_000, 3)] {
            let keyed = keyed(&records, budget, parcel, threads);
            assert_eq!((keyed.records(), keyed.is_spilled()), (5_000, budget != usize::MAX));
            for key in 0..500 {
                let key = format!("L-{key}");
                let own = records.iter().filter(|record| record.0 == key);
                let mut expected: Vec<_> = own.map(|(_, at, rank, payload)| (*at, *rank, payload.clone())).collect();
                expected.sort_by_key(|(at, rank, _)| (*at, *rank));
                assert_eq!(found(&keyed, &key), expected);
            }
        }
    }

    #[test]
    fn records_are_counted_by_what_became_of_their_leads() {
        let records = records(1_000);
        let of = |wanted: &[&str]| records.iter().filter(|record| wanted.contains(&record.0.as_str())).count() as u64;
        let told = [
            ("L-3", Fate::Rejected),
            ("L-4", Fate::Used),
            ("L-3", Fate::Used),
            ("L-5", Fate::Rejected),
            ("L-6", Fate::Rejected),
            ("L-6", Fate::BeganLater),
            ("L-none", Fate::Used),
        ];
        // in either order
        for told in [told.to_vec(), told.into_iter().rev().collect()] {
            let keyed = keyed(&records, 100, 10, 1);
            let mut scratch = Vec::new();
            for (key, fate) in told {
                let found = keyed.run(key, &mut scratch).unwrap().found();
                keyed.note(found, fate);
            }
            let counts = [Fate::Used, Fate::BeganLater, Fate::Rejected].map(|fate| keyed.count(fate));
            assert_eq!(counts, [of(&["L-3", "L-4"]), of(&["L-6"]), of(&["L-5"])]);
            let mut left = 0;
            keyed
                .unused(&mut |key, fate, run| {
                    let expected = [("L-5", Fate::Rejected), ("L-6", Fate::BeganLater)].into_iter().find(|(known, _)| *known == key);
                    assert_eq!(fate, expected.map(|(_, fate)| fate), "{key}");
                    assert!(!["L-3", "L-4"].contains(&key));
                    left += if fate.is_none() { run.count } else { 0 };
                    Ok(())
                })
                .unwrap();
            assert_eq!(left + counts.iter().sum::<u64>(), 1_000);
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        let keyed = Builder::new(0).finish(2).unwrap();
        assert_eq!((keyed.keys(), keyed.is_spilled()), (0, false));
        assert!(found(&keyed, "L-1").is_empty());
    }
}
