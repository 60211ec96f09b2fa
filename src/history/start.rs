//! From when on a measure looks: its window, its `since`, and what was forgotten.
//!
//! Enters: a plan and where the lead stands. Leaves: the first event and the first instant that count. Always holds: an event counts exactly if its
//! number is at least `event`, its instant at least `instant` and, before `settled`, its day at least `day`.

use super::plan::{Plan, SincePlan};
use super::reading::Reading;
use crate::model::Length;

#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub event: usize,
    pub instant: i64,
    pub day: i64,
    pub settled: i64,
}

impl Start {
    const ALWAYS: Start = Start { event: 0, instant: i64::MIN, day: i64::MIN, settled: i64::MIN };

    fn not_before(&mut self, instant: i64) {
        self.instant = self.instant.max(instant);
    }
}

impl Reading<'_> {
    /// None if it is not known since when, so that nothing counts.
    pub fn start(&mut self, plan: &Plan) -> Option<Start> {
        let mut start = Start::ALWAYS;
        match plan.window {
            None => {}
            // as-of is in, the moment that long ago is not
            Some(Length::Elapsed(length)) => start.not_before(self.as_of.saturating_sub(length).saturating_add(1)),
            Some(Length::Days(days)) => {
                start.day = self.as_of_day.saturating_sub(days);
                let begins = self.zone.day_start(start.day);
                start.not_before(begins.first);
                start.settled = begins.settled;
            }
        }
        match &plan.since {
            None => {}
            // the log says that signals of its own instant came before
            Some(SincePlan::Stay) => match self.standing.arrived(self.as_of) {
                Some(at) => start.not_before(at.saturating_add(1)),
                None => start.not_before(self.standing.began(self.as_of)),
            },
            Some(SincePlan::Entering(stage)) => start.not_before(self.entered(*stage)?),
            Some(SincePlan::LastSignal(signals)) => {
                if let Some(last) = (0..self.count).rev().find(|event| self.passes(signals, *event)) {
                    start.event = last + 1;
                    // an entry of the stage log comes after the signals of its instant
                    start.not_before(self.events.at.get(last).copied().unwrap_or(i64::MIN));
                }
            }
        }
        start.not_before(self.remembered(plan));
        start.event = start.event.max(self.first_at(start.instant));
        Some(start)
    }

    /// The first instant that was not forgotten.
    pub fn remembered(&self, plan: &Plan) -> i64 {
        if plan.forgets.is_empty() {
            return i64::MIN;
        }
        let forgotten = |forget: Option<usize>| forget.is_some_and(|forget| plan.forgets.contains(&forget));
        let last = self.log().filter(|entry| forgotten(entry.forget)).map(|entry| entry.at).max();
        last.map_or(i64::MIN, |last| last.saturating_add(1))
    }

    /// The number of the first event at or after an instant.
    pub fn first_at(&self, instant: i64) -> usize {
        if instant == i64::MIN { 0 } else { self.events.at.partition_point(|at| *at < instant) }
    }

    /// Whether something at this instant is in the window and `since`, whatever its number.
    pub fn is_since(&mut self, start: &Start, at: i64) -> bool {
        start.instant <= at && (at >= start.settled || self.zone.local_day(at) >= start.day)
    }
}
