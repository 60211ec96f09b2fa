//! The signals of one lead, as clocks see them.

use super::{Events, Layout};
use crate::clock::Signals;
use crate::model::{EventConditionId, SignalId};

#[derive(Clone, Copy, Debug)]
pub struct ClockSignals<'a> {
    pub layout: &'a Layout,
    pub events: Events<'a>,
}

impl Signals for ClockSignals<'_> {
    fn count(&self) -> usize {
        self.events.len()
    }

    fn at(&self, signal: usize) -> i64 {
        self.events.at.get(signal).copied().unwrap_or(i64::MAX)
    }

    fn kind(&self, signal: usize) -> SignalId {
        self.events.signal.get(signal).map_or(SignalId::MAX, |signal| SignalId::from(*signal))
    }

    fn holds(&self, signal: usize, condition: EventConditionId) -> bool {
        self.layout.holds(self.events, signal, condition)
    }
}
