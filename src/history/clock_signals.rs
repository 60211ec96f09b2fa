//! The signals of one lead, as clocks see them: without those that are part of a burst.

use std::borrow::Cow;

use super::{Events, Layout, OwnedEvents};
use crate::clock::Signals;
use crate::model::{EventConditionId, SignalId};

#[derive(Clone, Debug)]
pub struct ClockSignals<'a> {
    pub layout: &'a Layout,
    pub events: Events<'a>,
    /// see [`super::Measures::drops`]
    pub dropped: Cow<'a, [bool]>,
}

impl ClockSignals<'_> {
    /// The first so many, without those that are part of a burst, whenever that came to light.
    pub fn kept(&self, first: usize) -> OwnedEvents {
        let is_one = |signal: &usize| !self.dropped.get(*signal).copied().unwrap_or(false);
        let numbers: Vec<usize> = (0..first).filter(is_one).collect();
        self.events.only(&numbers, self.layout.words(), self.layout.values())
    }
}

impl Signals for ClockSignals<'_> {
    fn count(&self) -> usize {
        self.events.len()
    }

    fn at(&self, signal: usize) -> i64 {
        self.events.at.get(signal).copied().unwrap_or(i64::MAX)
    }

    fn kind(&self, signal: usize) -> SignalId {
        let is_one = !self.dropped.get(signal).copied().unwrap_or(false);
        // no clock waits for a signal that the policy does not have
        self.events.signal.get(signal).filter(|_| is_one).map_or(SignalId::MAX, |signal| SignalId::from(*signal))
    }

    fn holds(&self, signal: usize, condition: EventConditionId) -> bool {
        self.layout.holds(self.events, signal, condition)
    }
}
