//! Clocks (`sla`): what is due when, and what follows if it is not done.
//!
//! Enters: the clocks of a policy; what happened to a clock of one lead, as dated [`Happening`]s. Leaves: [`Instance`]s, with their due
//! times, states and dated events. Pure: the same happenings give the same instances, in a snapshot and in a replay, on any evaluator,
//! for programs compute none of this. Always holds: the number of events is bounded by the happenings and by [`RUNS_MAX`].
//!
//! Somebody who is done at the very instant at which something is due is in time.

mod holders;
mod lengths;
mod past;
mod recorder;
mod run;
mod snapshot;

pub use holders::{Holder, Holders};
pub use past::{Came, NoSignals, Past, Signals, Then};
pub use recorder::Recorder;
pub use run::{ClockEvent, ClockEventKind, Happening, Instance, RUNS_MAX, What};
pub use snapshot::{Reading, Snapshot, answers};

use jiff::tz::TimeZone;

use crate::calendar::Calendar;
use crate::model::{ClockState, Policy, Sla, SlaId};

/// The clocks of a policy with their calendars, worked out once.
#[derive(Clone, Debug)]
pub struct Clocks<'p> {
    policy: &'p Policy,
    zone: TimeZone,
    /// parallel to the policy's
    calendars: Vec<Option<Calendar>>,
}

impl<'p> Clocks<'p> {
    /// None if jiff's data does not know the policy's zone.
    pub fn new(policy: &'p Policy) -> Option<Clocks<'p>> {
        let zone = TimeZone::get(&policy.timezone).ok()?;
        let calendars = policy.calendars.iter().map(|calendar| calendar.business_time()).collect();
        Some(Clocks { policy, zone, calendars })
    }

    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    pub fn sla(&self, sla: SlaId) -> Option<&'p Sla> {
        self.policy.slas.get(sla)
    }

    /// The calendar that a clock runs on for this owner of the lead: the owner's own, if the clock's team gives it one, or the team's.
    pub fn calendar(&self, sla: SlaId, owner: Option<&str>) -> Option<usize> {
        self.policy.teams.get(self.sla(sla)?.by?)?.calendar_of(owner)
    }

    /// Every instance of a clock of one lead, from what happened up to and including `until`; events are those before `until`.
    /// `happenings` are in the order of time, and those of one instant in the order in which they happened.
    pub fn run(&self, sla: SlaId, happenings: &[Happening], until: i64) -> Vec<Instance> {
        match self.sla(sla) {
            Some(rule) => run::run(self, sla, rule, happenings, until),
            None => Vec::new(),
        }
    }

    /// What is still to come of the clock from `from` on, if nothing else happens.
    pub fn to_come(&self, sla: SlaId, happenings: &[Happening], from: i64) -> Vec<ClockEvent> {
        self.sla(sla).map_or_else(Vec::new, |rule| run::to_come(self, sla, rule, happenings, from))
    }
}
