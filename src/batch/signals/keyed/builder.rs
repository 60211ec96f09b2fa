//! Takes records in, in memory up to a budget and in a file beyond it, and sorts them by key.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Keyed, PARTS, Parcel, Runs, Sorted, sort};
use crate::batch::error::BatchError;
use crate::batch::signals::spill::Spill;

/// Memory for the records of a part comes in blocks of this size.
const BLOCK_BYTES: usize = 32 << 10;

/// Takes records in.
#[derive(Debug)]
pub struct Builder {
    parts: Vec<Part>,
    budget: usize,
    in_memory: usize,
    spill: Option<Spill>,
    records: u64,
}

/// The records of a part, in the order given: what is in the file comes first.
#[derive(Debug, Default)]
struct Part {
    spilled: Vec<Range<u64>>,
    blocks: Vec<Vec<u8>>,
}

impl Builder {
    pub fn new(budget: usize) -> Builder {
        Builder { parts: (0..PARTS).map(|_| Part::default()).collect(), budget, in_memory: 0, spill: None, records: 0 }
    }

    pub fn take(&mut self, parcel: &Parcel) -> Result<(), BatchError> {
        self.records += parcel.records;
        for (part, bytes) in self.parts.iter_mut().zip(&parcel.parts) {
            part.append(bytes);
            self.in_memory += bytes.len();
        }
        if self.in_memory > self.budget { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> Result<(), BatchError> {
        let mut spill = match self.spill.take() {
            Some(spill) => spill,
            None => Spill::create()?,
        };
        for part in &mut self.parts {
            for block in std::mem::take(&mut part.blocks) {
                let start = spill.append(&block)?;
                let end = start + block.len() as u64;
                match part.spilled.last_mut() {
                    Some(last) if last.end == start => last.end = end,
                    Some(_) | None => part.spilled.push(start..end),
                }
            }
        }
        self.in_memory = 0;
        self.spill = Some(spill);
        Ok(())
    }

    /// Sorts what was taken in.
    pub fn finish(self, threads: usize) -> Result<Keyed, BatchError> {
        let Builder { parts, spill, records, .. } = self;
        let sink = match spill {
            Some(_) => Some(Mutex::new(Spill::create()?)),
            None => None,
        };
        let spill = spill.as_ref();
        let parts: Vec<Mutex<Option<Part>>> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
        let sorted: Vec<Mutex<Sorted>> = (0..PARTS).map(|_| Mutex::new(Sorted::default())).collect();
        let next = AtomicUsize::new(0);
        let sort_some = || -> Result<(), BatchError> {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some(part) = parts.get(index) else { return Ok(()) };
                // No thread leaves these locks behind in a bad state: each part is taken once.
                let Some(part) = part.lock().unwrap_or_else(PoisonError::into_inner).take() else { return Ok(()) };
                let mut runs = sort(&part.read(spill)?);
                drop(part);
                if let (Some(sink), Runs::Memory(bytes)) = (&sink, &runs.runs) {
                    runs.runs = Runs::File(sink.lock().unwrap_or_else(PoisonError::into_inner).append(bytes)?);
                }
                *sorted[index].lock().unwrap_or_else(PoisonError::into_inner) = runs;
            }
        };
        thread::scope(|scope| {
            let others: Vec<_> = (1..threads.clamp(1, PARTS)).map(|_| scope.spawn(sort_some)).collect();
            let mut result = sort_some();
            for other in others {
                // a panic is passed on by the scope
                result = result.and(other.join().unwrap_or(Ok(())));
            }
            result
        })?;
        Ok(Keyed {
            parts: sorted.into_iter().map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner)).collect(),
            file: sink.map(|sink| sink.into_inner().unwrap_or_else(PoisonError::into_inner)),
            records,
            fates: Default::default(),
        })
    }
}

impl Part {
    fn append(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = self.blocks.last().map_or(0, |block| BLOCK_BYTES - block.len());
            if room == 0 {
                // A part that gets little begins small.
                self.blocks.push(Vec::with_capacity(if self.blocks.is_empty() { bytes.len().min(BLOCK_BYTES) } else { BLOCK_BYTES }));
                continue;
            }
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            if let Some(block) = self.blocks.last_mut() {
                block.extend_from_slice(now);
            }
            bytes = later;
        }
    }

    /// All bytes, in the order given.
    fn read(&self, spill: Option<&Spill>) -> Result<Vec<u8>, BatchError> {
        let spilled: u64 = self.spilled.iter().map(|range| range.end - range.start).sum();
        let mut bytes = vec![0; spilled as usize];
        let mut rest = &mut bytes[..];
        for range in &self.spilled {
            let (now, later) = rest.split_at_mut((range.end - range.start) as usize);
            if let Some(spill) = spill {
                spill.read(range.start, now)?;
            }
            rest = later;
        }
        bytes.reserve_exact(self.blocks.iter().map(Vec::len).sum());
        self.blocks.iter().for_each(|block| bytes.extend_from_slice(block));
        Ok(bytes)
    }
}
