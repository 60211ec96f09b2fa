//! What a snapshot knows of one lead's past.
//!
//! Enters: whoever has a lead (a block of a file, a lead in memory) as [`Past`]. Leaves: its signals, the stages that it went through, and what the
//! program would have answered before as-of. Always holds: what is not known is none, and the snapshot then takes what is so at as-of.

use crate::model::{EventConditionId, SignalId, SlaId, Transition};
use crate::program::ClockPart;

/// The signals of one lead in the order of time, as clocks see them.
pub trait Signals {
    fn count(&self) -> usize;

    /// Microseconds since the epoch.
    fn at(&self, signal: usize) -> i64;

    fn kind(&self, signal: usize) -> SignalId;

    /// Whether a `where` holds for one.
    fn holds(&self, signal: usize, condition: EventConditionId) -> bool;

    /// How many are earlier than an instant.
    fn earlier_than(&self, instant: i64) -> usize {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle) < instant {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

/// When something came, and with which signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// microseconds since the epoch
    pub at: i64,
    /// by its number; none if it was no signal
    pub signal: Option<usize>,
}

/// One lead's past.
pub trait Past {
    fn signals(&self) -> &dyn Signals;

    /// The stages that it went through up to as-of, as far as known, in the order of time.
    fn log(&self) -> &[Transition] {
        &[]
    }

    /// When a row of the flow, by its number through all flows, began to apply, and by which signal; none if that is not known.
    fn moved_at(&self, _row: usize) -> Option<Came> {
        None
    }

    /// What the program said of a part of a clock at a moment before as-of; none if it says the same at any time, or if that is not known.
    fn answer(&self, _then: Then, _sla: SlaId, _part: ClockPart) -> Option<Option<i64>> {
        None
    }
}

/// A moment of a lead's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// the turn of a signal, by its number
    Signal(usize),
    /// an entry of the log, by its number
    Entry(usize),
    /// since when the lead is in its stage, which the log does not tell
    Stay(i64),
    /// this evaluation's transition, and how many signals came before it
    Move { at: i64, signals: usize },
}

/// Of a lead that has done nothing.
pub struct NoSignals;

impl Signals for NoSignals {
    fn count(&self) -> usize {
        0
    }

    fn at(&self, _: usize) -> i64 {
        0
    }

    fn kind(&self, _: usize) -> SignalId {
        0
    }

    fn holds(&self, _: usize, _: EventConditionId) -> bool {
        false
    }
}

impl Past for NoSignals {
    fn signals(&self) -> &dyn Signals {
        self
    }
}
