//! One lead at one instant, and what of its history a measure counts.
//!
//! Enters: a plan. Leaves: the instants that count, in order of time, each with the number of its event. Always holds: bursts, `where`, what was
//! forgotten, the cap, then window and `since`, in this order.

use std::ops::ControlFlow;

use super::cap::Keeper;
use super::plan::{Filter, Of, Pass, Plan};
use super::start::Start;
use super::{Events, Standing};
use crate::calendar::Zone;
use crate::model::Transition;

pub(super) struct Reading<'a> {
    pub events: Events<'a>,
    /// bits of one event, in words
    pub words: usize,
    /// values of one event
    pub values: usize,
    /// how many events there are up to as-of
    pub count: usize,
    pub standing: &'a Standing<'a>,
    pub as_of: i64,
    pub as_of_day: i64,
    /// events that are part of a burst; empty if no signal ignores bursts
    pub dropped: &'a [bool],
    pub zone: &'a mut Zone,
    pub keeper: &'a mut Keeper,
    pub moments: &'a mut Vec<i64>,
    pub booked: &'a mut Vec<(i64, i128)>,
}

/// Something that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub at: i64,
    /// none for an entry of the stage log
    pub event: Option<usize>,
}

impl Reading<'_> {
    /// Visits what counts, in order.
    pub fn visit(&mut self, plan: &Plan, visit: impl FnMut(&mut Self, Moment) -> ControlFlow<()>) {
        let Some(start) = self.start(plan) else { return };
        match &plan.of {
            Of::Signals(filter) => self.visit_signals(plan, filter, &start, visit),
            Of::Entering(stage) => {
                self.enterings(*stage);
                self.visit_log(plan, &start, visit);
            }
            Of::Leaving(stage) => {
                self.leavings(*stage);
                self.visit_log(plan, &start, visit);
            }
        }
    }

    fn visit_signals(&mut self, plan: &Plan, filter: &Filter, start: &Start, mut visit: impl FnMut(&mut Self, Moment) -> ControlFlow<()>) {
        // what is before the window takes its place under the cap all the same
        let first = if plan.cap.is_some() { self.first_at(self.remembered(plan)) } else { start.event };
        if plan.cap.is_some() {
            self.keeper.clear();
        }
        for event in first..self.count {
            if !self.passes(filter, event) {
                continue;
            }
            let at = self.events.at[event];
            if let Some(cap) = plan.cap
                && !self.keeper.keeps(cap, at, self.zone)
            {
                continue;
            }
            if event < start.event || !self.is_since(start, at) {
                continue;
            }
            if visit(self, Moment { at, event: Some(event) }).is_break() {
                return;
            }
        }
    }

    fn visit_log(&mut self, plan: &Plan, start: &Start, mut visit: impl FnMut(&mut Self, Moment) -> ControlFlow<()>) {
        let remembered = self.remembered(plan);
        self.keeper.clear();
        for index in 0..self.moments.len() {
            let Some(at) = self.moments.get(index).copied() else { break };
            if at < remembered {
                continue;
            }
            if let Some(cap) = plan.cap
                && !self.keeper.keeps(cap, at, self.zone)
            {
                continue;
            }
            if self.is_since(start, at) && visit(self, Moment { at, event: None }).is_break() {
                return;
            }
        }
    }

    /// The last that counts. Only for measures without a cap.
    pub fn last(&mut self, plan: &Plan) -> Option<Moment> {
        let Of::Signals(filter) = &plan.of else {
            let mut last = None;
            self.visit(plan, |_, moment| {
                last = Some(moment);
                ControlFlow::Continue(())
            });
            return last;
        };
        let start = self.start(plan)?;
        for event in (start.event..self.count).rev() {
            let at = self.events.at[event];
            if self.passes(filter, event) && self.is_since(&start, at) {
                return Some(Moment { at, event: Some(event) });
            }
        }
        None
    }

    /// Whether an event is looked at at all.
    pub fn passes(&self, filter: &Filter, event: usize) -> bool {
        let passes = match filter.of(self.events.signal[event]) {
            Pass::Never => return false,
            Pass::Always => true,
            Pass::If(bit) => self.events.bit(self.words, event, bit),
        };
        passes && !self.dropped.get(event).copied().unwrap_or(false)
    }

    /// The stage log up to as-of.
    pub fn log(&self) -> impl Iterator<Item = &Transition> {
        self.standing.log.iter().filter(|entry| entry.at <= self.as_of)
    }

    /// Calendar days from what counts to as-of.
    pub fn days_since(&mut self, moment: Moment) -> i64 {
        let known = moment.event.and_then(|event| self.events.days.get(event).copied());
        // a clock that is set back over midnight may show a later day
        (self.as_of_day - known.unwrap_or_else(|| self.zone.local_day(moment.at))).max(0)
    }
}
