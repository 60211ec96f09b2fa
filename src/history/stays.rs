//! The stage log as a measure reads it: when a stage was entered and left, how long the lead stayed, how long it waits.
//!
//! Always holds: the stay that runs counts as an entry of the log if its beginning is known and the log lacks it.

use super::later;
use super::plan::{Of, Plan};
use super::reading::Reading;
use crate::model::Length;

impl Reading<'_> {
    /// When the lead last entered a stage.
    pub fn entered(&self, stage: usize) -> Option<i64> {
        if self.standing.stage == stage {
            return Some(self.standing.began(self.as_of));
        }
        self.log().filter(|entry| entry.to == stage).map(|entry| entry.at).max()
    }

    /// Fills the moments with every entry into a stage.
    pub fn enterings(&mut self, stage: usize) {
        let mut moments = std::mem::take(self.moments);
        moments.clear();
        moments.extend(self.log().filter(|entry| entry.to == stage).map(|entry| entry.at));
        if let Some(since) = self.standing.entered(self.as_of).filter(|since| self.standing.stage == stage && *since <= self.as_of)
            && !moments.contains(&since)
        {
            moments.push(since);
        }
        moments.sort_unstable();
        *self.moments = moments;
    }

    /// Fills the moments with every exit from a stage.
    pub fn leavings(&mut self, stage: usize) {
        let mut moments = std::mem::take(self.moments);
        moments.clear();
        moments.extend(self.log().filter(|entry| entry.from == Some(stage)).map(|entry| entry.at));
        moments.sort_unstable();
        *self.moments = moments;
    }

    /// Calendar days in a stage: from the day of each entry to that of the next one into any stage; the stay that runs, to as-of.
    pub fn days_in(&mut self, plan: &Plan, stage: usize) -> i64 {
        let (standing, as_of) = (*self.standing, self.as_of);
        let remembered = self.remembered(plan);
        let mut entries = standing.log.iter().filter(|entry| entry.at <= as_of).peekable();
        let mut days = 0;
        let mut add = |from: i64, to: i64, zone: &mut crate::calendar::Zone| {
            if to >= from.max(remembered) {
                days += (zone.local_day(to) - zone.local_day(from.max(remembered))).max(0);
            }
        };
        while let Some(entry) = entries.next() {
            // the last stay of the log is the one that runs, or it ended when that one began
            let ended = match entries.peek() {
                Some(next) => next.at,
                None if standing.stage == stage && entry.at >= standing.began(as_of) => continue,
                None => standing.began(as_of).min(as_of),
            };
            if entry.to == stage {
                add(entry.at, ended, self.zone);
            }
        }
        if standing.stage == stage {
            add(standing.began(as_of), as_of, self.zone);
        }
        days
    }

    /// Whether so much time is over since the stay began, or since the last of the plan's signals in it.
    pub fn waited(&mut self, plan: &Plan, length: Length) -> bool {
        self.wait(plan, length) <= self.as_of
    }

    /// When it is over.
    pub fn wait(&mut self, plan: &Plan, length: Length) -> i64 {
        let began = self.standing.began(self.as_of);
        let last = match &plan.of {
            Of::Signals(_) => self.last(plan).map(|moment| moment.at),
            Of::Entering(_) | Of::Leaving(_) => None,
        };
        later(self.zone, last.map_or(began, |last| last.max(began)), length)
    }
}
