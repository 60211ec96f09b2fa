//! `per 30 days without scoring`: full times without a signal.
//!
//! Enters: the plan of such a row. Leaves: how many of them are full by as-of, or the instants at which each became full. Always holds: between two
//! signals, and from the last one to as-of, a time is full so much later as its length says (days at the same time of day); before the first
//! signal there is none. The checker lets none be shorter than an hour, so there are at most some hundred thousand.

use super::later;
use super::plan::{Of, Plan};
use super::reading::Reading;
use crate::calendar::MICROS_PER_DAY;
use crate::model::Length;

impl Reading<'_> {
    pub fn quiet(&mut self, plan: &Plan, length: Length) -> i64 {
        let mut count = 0;
        if plan.cap.is_some() {
            self.visit_quiet(plan, length, |_, _| count += 1);
            return count;
        }
        self.visit_gaps(plan, |reading, from, to| count += reading.full_times(from, to, length));
        count
    }

    /// Visits the moments that count, in order.
    pub fn visit_quiet(&mut self, plan: &Plan, length: Length, mut visit: impl FnMut(&mut Self, i64)) {
        self.keeper.clear();
        self.visit_gaps(plan, |reading, from, to| {
            for times in 1..=reading.full_times(from, to, length) {
                let at = later(reading.zone, from, multiple(length, times));
                let keeps = plan.cap.is_none_or(|cap| reading.keeper.keeps(cap, at, reading.zone));
                if keeps {
                    visit(reading, at);
                }
            }
        });
    }

    /// Visits the spans between two signals, and from the last to as-of.
    fn visit_gaps(&mut self, plan: &Plan, mut visit: impl FnMut(&mut Self, i64, i64)) {
        let Of::Signals(filter) = &plan.of else { return };
        let mut last: Option<i64> = None;
        for event in self.first_at(self.remembered(plan))..self.count {
            if !self.passes(filter, event) {
                continue;
            }
            let at = self.events.at[event];
            if let Some(last) = last {
                visit(self, last, at);
            }
            last = Some(at);
        }
        if let Some(last) = last {
            visit(self, last, self.as_of);
        }
    }

    fn full_times(&mut self, from: i64, to: i64, length: Length) -> i64 {
        let elapsed = to.saturating_sub(from).max(0);
        match length {
            Length::Elapsed(length) => elapsed / length.max(1),
            Length::Days(days) => {
                // a day is within hours of its elapsed length, so this is one too many at most
                let mut times = (elapsed / MICROS_PER_DAY + 2) / days.max(1);
                while times > 0 && later(self.zone, from, multiple(length, times)) > to {
                    times -= 1;
                }
                times
            }
        }
    }
}

fn multiple(length: Length, times: i64) -> Length {
    match length {
        Length::Days(days) => Length::Days(days.saturating_mul(times)),
        Length::Elapsed(length) => Length::Elapsed(length.saturating_mul(times)),
    }
}
