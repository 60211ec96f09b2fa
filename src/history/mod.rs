//! Histories: what a lead's signals and its stage log add up to.
//!
//! Enters: a checked policy; the signals of one lead as columns ([`Events`], which [`digest()`] makes of signals in memory); where the lead
//! [stands](Standing). Leaves: the value of each of the policy's measures at an instant ([`Measures::read`]). Always holds: pure, no disk and
//! no clock; what happened after as-of is not there; no floating point.
//!
//! The order of what is done to signals: bursts are dropped; then what the measure's `where` does not hold for; then what was forgotten; then
//! what is over the cap; and of what is left, what is in the window and `since` counts.

mod balance;
mod bursts;
mod cap;
mod clock_signals;
mod digest;
mod events;
mod fading;
mod hindsight;
mod layout;
mod measures;
mod plan;
mod quiet;
mod reading;
pub mod replay;
mod scratch;
mod situation;
mod start;
mod stays;

pub use balance::Balance;
pub use clock_signals::ClockSignals;
pub use digest::digest;
pub use events::{Events, OwnedEvents, Texts};
pub use hindsight::{Hindsight, LeadPast};
pub use layout::{KeptProperty, Layout, SignalLayout, event_program};
pub use measures::{Measures, Seen};
pub use scratch::Scratch;
pub use situation::{Situation, situation};

use crate::calendar::Zone;
use crate::model::{Length, Transition};

/// Where a lead stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// number of its stage
    pub stage: usize,
    /// when it entered that stage; if none, what the log's last entry says, if it is that stage, or else as-of
    pub since: Option<i64>,
    /// the stages it went through, as far as known, in the order of time
    pub log: &'a [Transition],
}

/// Where a lead stands and how long it rests: what is said of it and, of what is not said, what the last entry of its stage log tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stand {
    /// none: in no stage that is known, so in the start stage
    pub stage: Option<usize>,
    pub since: Option<i64>,
    pub rest_until: Option<i64>,
}

impl Stand {
    /// With what a log tells of the stay that runs at as-of, if its last entry is that stay's.
    pub fn with_log(self, log: &[Transition], as_of: i64) -> Stand {
        let last = log.iter().rfind(|entry| entry.at <= as_of);
        let is_own = |entry: &&Transition| self.stage.is_none_or(|stage| stage == entry.to) && self.since.is_none_or(|at| at == entry.at);
        let Some(entry) = last.filter(is_own) else { return self };
        Stand { stage: Some(entry.to), since: Some(entry.at), rest_until: self.rest_until.or(entry.rest_until) }
    }
}

impl Standing<'_> {
    /// When the lead entered its stage, as far as known: a log that ends in the stage tells it too.
    fn entered(&self, as_of: i64) -> Option<i64> {
        Stand { stage: Some(self.stage), since: self.since, rest_until: None }.with_log(self.log, as_of).since
    }

    /// The instant of the log's entry into the stage, if that is where the stay began: signals of that instant came before it.
    fn arrived(&self, as_of: i64) -> Option<i64> {
        let last = self.log.iter().rfind(|entry| entry.at <= as_of)?;
        let is_own = last.to == self.stage && last.from.is_some() && self.since.is_none_or(|since| since == last.at);
        is_own.then_some(last.at)
    }

    /// When the stay in the stage began.
    fn began(&self, as_of: i64) -> i64 {
        self.entered(as_of).unwrap_or(as_of)
    }
}

/// So much later: days at the same time of day on the zone's clock, anything else as time goes by.
fn later(zone: &mut Zone, at: i64, length: Length) -> i64 {
    match length {
        Length::Elapsed(length) => at.saturating_add(length),
        Length::Days(days) => zone.days_later(at, days),
    }
}
