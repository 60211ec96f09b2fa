//! Clocks and promises: how fast somebody must be, and how much a team delivers.

use super::{CapPeriod, Expr};
use crate::model::{Decimal, EventConditionId, SignalId, SlaId, StageId, TeamId};
use crate::source::Span;

/// `sla first_touch { … }`
#[derive(Clone, Debug)]
pub struct Sla {
    pub name: String,
    pub display: Option<String>,
    pub doc: Option<String>,
    /// whose clock it is; business time runs on this team's calendars
    pub by: Option<TeamId>,
    pub starts: Vec<Moment>,
    pub stops: Vec<Moment>,
    pub restarts: Vec<Moment>,
    pub pauses: Vec<Pause>,
    /// the first whose condition holds when the clock starts counts; a clock without one does not start
    pub targets: Vec<ClockTarget>,
    pub reminders: Vec<Reminder>,
    pub breaches: Vec<Breach>,
    /// in the order written
    pub escalation: Vec<Escalation>,
    pub span: Span,
}

/// What happens to a clock.
#[derive(Clone, Debug)]
pub enum Moment {
    /// `when entering mql`, `when entering mql and complex`
    Entering {
        stage: StageId,
        condition: Option<Expr>,
    },
    Leaving {
        stage: StageId,
        condition: Option<Expr>,
    },
    /// from the moment at which it holds
    When(Expr),
    On {
        signals: Vec<SignalId>,
        condition: Option<EventConditionId>,
    },
}

#[derive(Clone, Debug)]
pub enum Pause {
    /// `pauses when …`: while it holds
    While(Expr),
    /// `pauses on out_of_office for 1 week`
    After { moment: Moment, length: ClockTime },
}

/// `within 4 business hours otherwise`
#[derive(Clone, Debug)]
pub struct ClockTarget {
    pub within: ClockTime,
    /// none: every lead
    pub condition: Option<Expr>,
    /// as written, without its condition: `4 business hours`
    pub text: String,
    pub span: Span,
}

/// A length of time that a clock can count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockTime {
    /// microseconds, by any clock
    Elapsed(i64),
    /// calendar days in the policy's zone; the local time of day is kept
    Days(i64),
    /// microseconds in which the calendar is open
    Open(i64),
    /// days that have hours on the calendar; the local time of day is kept
    BusinessDays(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Whom {
    /// whoever has the lead
    Owner,
    Team(TeamId),
}

/// `remind owner at 80%`
#[derive(Clone, Debug)]
pub struct Reminder {
    pub whom: Whom,
    /// per cent of the time, above 0 and at most 100
    pub share: Decimal,
    pub span: Span,
}

/// `breach notify sales_manager`, `breach reassign after 8 business hours`
#[derive(Clone, Debug)]
pub struct Breach {
    pub action: BreachAction,
    /// counted from the breach; none: at once
    pub after: Option<ClockTime>,
    pub span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreachAction {
    Notify(Whom),
    /// the lead gets another owner, and the clock starts anew
    Reassign,
}

/// `escalate to sales_manager after 2 business hours`: counted from the breach.
#[derive(Clone, Debug)]
pub struct Escalation {
    pub whom: Whom,
    pub after: ClockTime,
    pub span: Span,
}

/// How a clock stands: the choices of `first_touch.state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClockState {
    Running,
    /// the time does not run
    Paused,
    /// runs, and its time is over
    Breached,
    /// stopped in time
    Met,
    /// stopped too late
    Missed,
}

impl ClockState {
    /// In the order of the choices' numbers.
    pub const ALL: [ClockState; 5] = [ClockState::Running, ClockState::Paused, ClockState::Breached, ClockState::Met, ClockState::Missed];

    pub fn name(self) -> &'static str {
        match self {
            ClockState::Running => "running",
            ClockState::Paused => "paused",
            ClockState::Breached => "breached",
            ClockState::Met => "met",
            ClockState::Missed => "missed",
        }
    }
}

/// `promise marketing delivers 400 mql per quarter`
#[derive(Clone, Debug)]
pub struct Promise {
    pub doc: Option<String>,
    pub team: TeamId,
    pub kind: PromiseKind,
    /// calendar periods in the policy's zone
    pub per: CapPeriod,
    /// as written, on one line
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum PromiseKind {
    /// so many leads enter the stage
    Delivers { amount: u64, stage: StageId },
    /// per cent of the clock's instances that end in the period are met
    Meets { sla: SlaId, share: Decimal },
}

/// A row of a clock that something can make happen.
#[derive(Clone, Copy, Debug)]
pub enum ClockRow<'a> {
    Starts(&'a Moment),
    Stops(&'a Moment),
    Restarts(&'a Moment),
    /// number of the pause
    PausesWhile(usize, &'a Expr),
    PausesAfter(usize, &'a Moment),
}

impl Sla {
    /// What can happen to the clock, in an order that numbers it: what starts, stops, restarts, pauses it.
    pub fn rows(&self) -> impl Iterator<Item = ClockRow<'_>> {
        let pauses = self.pauses.iter().enumerate().map(|(index, pause)| match pause {
            Pause::While(condition) => ClockRow::PausesWhile(index, condition),
            Pause::After { moment, length: _ } => ClockRow::PausesAfter(index, moment),
        });
        let starts = self.starts.iter().map(ClockRow::Starts);
        starts.chain(self.stops.iter().map(ClockRow::Stops)).chain(self.restarts.iter().map(ClockRow::Restarts)).chain(pauses)
    }
}

impl<'a> ClockRow<'a> {
    /// None for a condition that pauses as long as it holds.
    pub fn moment(&self) -> Option<&'a Moment> {
        match self {
            ClockRow::Starts(moment) | ClockRow::Stops(moment) | ClockRow::Restarts(moment) | ClockRow::PausesAfter(_, moment) => {
                Some(moment)
            }
            ClockRow::PausesWhile(..) => None,
        }
    }
}
