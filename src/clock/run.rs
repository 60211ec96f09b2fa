//! One clock of one lead, from what happens to it to what it says.
//!
//! Enters: dated happenings in order. Leaves: an [`Instance`] for each time the clock was started, with its dated events. Always holds: events
//! are in the order of time; nothing is due while the clock is paused; after a stop nothing follows.
//!
//! The rules. A running clock cannot be started again, only restarted; what is not running can be neither stopped nor restarted. A pause
//! that began before the clock did holds it too. After a breach pauses change nothing: what is late stays late. What follows a breach
//! is counted from the instant at which the time was over. `reassign` starts the clock anew, with the same target and for whoever has the lead
//! then; what was still to follow from the breach before falls away.

use super::Clocks;
use super::holders::Holder;
use super::lengths::{Lengths, share_of};
use crate::model::{BreachAction, ClockState, ClockTime, Pause, Sla, SlaId};

/// A clock that nobody stops runs so often at most: a lead that was forgotten for years must not cost more than others.
pub const RUNS_MAX: usize = 100;

/// Something that happens to a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening {
    /// microseconds since the epoch
    pub at: i64,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// with the target that applies at this instant, and whoever has the lead then
    Start {
        target: usize,
        holder: Holder,
    },
    Stop {
        owner: Option<usize>,
    },
    Restart {
        holder: Holder,
    },
    /// the condition of `pauses when …` begins (ceases) to hold; the number of the pause
    While {
        pause: usize,
        holds: bool,
    },
    /// the moment of `pauses … for …`
    PauseFor(usize),
}

impl What {
    /// At one instant what stops comes before what starts, so that one signal can end an instance and begin the next.
    pub(super) fn order(self) -> u8 {
        match self {
            What::Stop { .. } => 0,
            What::Start { .. } => 1,
            What::Restart { .. } => 2,
            What::While { .. } | What::PauseFor(_) => 3,
        }
    }
}

/// One time that a clock was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// index into the clock's targets
    pub target: usize,
    pub calendar: Option<usize>,
    /// who had the lead when it was started
    pub owner: Option<usize>,
    /// who had the lead when it was stopped; of one that nobody stopped, at the end
    pub owner_at_end: Option<usize>,
    pub started: i64,
    /// of the last run; none while it is paused before a breach, and where there is no such instant
    pub due: Option<i64>,
    pub state: ClockState,
    pub stopped: Option<i64>,
    pub events: Vec<ClockEvent>,
}

impl Instance {
    /// The first time that its time was over, whatever came after.
    pub fn breached(&self) -> Option<i64> {
        self.events.iter().find(|event| event.kind == ClockEventKind::Breached).map(|event| event.at)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockEvent {
    pub at: i64,
    pub kind: ClockEventKind,
}

/// In the order in which events of one instant stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClockEventKind {
    Started,
    Restarted,
    Paused,
    Resumed,
    /// index into the clock's reminders
    Reminded(usize),
    Breached,
    /// index into its breaches
    Notified(usize),
    /// index into its escalation
    Escalated(usize),
    /// index into its breaches
    Reassigned(usize),
    Stopped,
}

/// Every instance, with the same holder after a reassignment as before it.
pub fn run(clocks: &Clocks, id: SlaId, sla: &Sla, happenings: &[Happening], until: i64) -> Vec<Instance> {
    let mut state = State::default();
    machine(clocks, id, sla, &mut state, happenings, until);
    state.into_instances()
}

/// What follows if nothing else happens than what the happenings say: up to the next time that the clock begins anew; nothing while it is paused.
pub fn to_come(clocks: &Clocks, id: SlaId, sla: &Sla, happenings: &[Happening], from: i64) -> Vec<ClockEvent> {
    let mut state = State::default();
    let machine = machine(clocks, id, sla, &mut state, happenings, from);
    let Some(mut active) = machine.state.active.take() else { return Vec::new() };
    if let Some(breach) = active.pending.iter().find(|event| event.kind == ClockEventKind::Breached).copied() {
        machine.follow(&mut active, breach.at);
    }
    let ends = |event: &ClockEvent| matches!(event.kind, ClockEventKind::Reassigned(_));
    let end = active.pending.iter().position(ends).map_or(active.pending.len(), |last| last + 1);
    active.pending.truncate(end);
    active.pending
}

/// How everything stands at an instant.
fn machine<'m, 'p>(
    clocks: &'m Clocks<'p>,
    id: SlaId,
    sla: &'m Sla,
    state: &'m mut State,
    happenings: &[Happening],
    until: i64,
) -> Machine<'m, 'p> {
    let mut machine = Machine { clocks, id, sla, state };
    for happening in happenings.iter().take_while(|happening| happening.at <= until) {
        machine.advance_with_one_holder(happening.at);
        machine.take(*happening);
    }
    machine.advance_with_one_holder(until);
    machine
}

/// How one clock of one lead stands, while time goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// pauses whose conditions hold
    whiles: Vec<usize>,
    paused_until: Option<i64>,
    active: Option<Active>,
    done: Vec<Instance>,
}

impl State {
    /// The instance that nobody has stopped.
    pub fn active(&self) -> Option<&Instance> {
        self.active.as_ref().map(|active| &active.instance)
    }

    /// Those that were stopped, and then the one that was not.
    pub fn into_instances(self) -> Vec<Instance> {
        self.done.into_iter().chain(self.active.map(|active| active.instance)).collect()
    }
}

/// Moves the state of a clock on.
pub struct Machine<'m, 'p> {
    pub clocks: &'m Clocks<'p>,
    pub id: SlaId,
    pub sla: &'m Sla,
    pub state: &'m mut State,
}

/// An instance that nobody has stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Active {
    instance: Instance,
    runs: usize,
    /// counted time of this run: all of it, and what was used up before `since`
    total: Option<i64>,
    spent: i64,
    since: i64,
    is_paused: bool,
    reminded: Vec<bool>,
    /// what is to come if nothing else happens, in order
    pending: Vec<ClockEvent>,
}

impl Machine<'_, '_> {
    /// Lets time go on: what lies before `to` happens, up to a reassignment. Gives its instant: whoever decides who gets the lead
    /// [reassigns](Machine::reassign) it, and lets time go on again.
    pub fn advance(&mut self, to: i64) -> Option<i64> {
        loop {
            let resumes = self.state.paused_until.filter(|until| self.state.whiles.is_empty() && *until <= to);
            let next = self.state.active.as_ref().and_then(|active| active.pending.first()).filter(|event| event.at < to).copied();
            match (resumes, next) {
                (Some(resumes), next) if next.is_none_or(|next| resumes <= next.at) => {
                    self.state.paused_until = None;
                    self.hold_or_go(resumes);
                }
                (_, Some(ClockEvent { at, kind: ClockEventKind::Reassigned(_) })) => return Some(at),
                (_, Some(_)) => self.happen(),
                (_, None) => return None,
            }
        }
    }

    /// The lead stays with its owner whatever reassigns it, as far as the clock knows.
    fn advance_with_one_holder(&mut self, to: i64) {
        while self.advance(to).is_some() {
            let holder =
                self.state.active().map_or(Holder::default(), |active| Holder { owner: active.owner_at_end, calendar: active.calendar });
            self.reassign(holder);
        }
    }

    /// The reassignment at which [`Machine::advance`] came to a stop: the clock starts anew for whoever has the lead then.
    pub fn reassign(&mut self, holder: Holder) {
        let Some(active) = self.state.active.as_mut().filter(|active| !active.pending.is_empty()) else { return };
        let event = active.pending.remove(0);
        active.instance.events.push(event);
        (active.instance.calendar, active.instance.owner_at_end) = (holder.calendar, holder.owner);
        self.start(event.at, ClockEventKind::Restarted);
    }

    pub fn take(&mut self, Happening { at, what }: Happening) {
        match what {
            What::Start { target, holder: Holder { owner, calendar } } => {
                if self.state.active.is_none() && target < self.sla.targets.len() {
                    let state = ClockState::Running;
                    let (owner_at_end, events) = (owner, Vec::new());
                    let instance = Instance { target, calendar, owner, owner_at_end, started: at, due: None, state, stopped: None, events };
                    self.state.active = Some(Active::new(instance));
                    self.start(at, ClockEventKind::Started);
                }
            }
            What::Stop { owner } => {
                if let Some(mut active) = self.state.active.take() {
                    active.instance.owner_at_end = owner;
                    let is_late = active.instance.state == ClockState::Breached;
                    active.instance.state = if is_late { ClockState::Missed } else { ClockState::Met };
                    active.instance.stopped = Some(at);
                    active.say(at, ClockEventKind::Stopped);
                    self.state.done.push(active.instance);
                }
            }
            What::Restart { holder } => {
                if let Some(active) = &mut self.state.active {
                    (active.instance.calendar, active.instance.owner_at_end) = (holder.calendar, holder.owner);
                    self.start(at, ClockEventKind::Restarted);
                }
            }
            What::While { pause, holds } => {
                self.state.whiles.retain(|holding| *holding != pause);
                if holds {
                    self.state.whiles.push(pause);
                }
                self.hold_or_go(at);
            }
            What::PauseFor(pause) => {
                let Some(Pause::After { length, .. }) = self.sla.pauses.get(pause) else { return };
                let calendar = match &self.state.active {
                    Some(active) => active.instance.calendar,
                    None => self.clocks.calendar(self.id, None),
                };
                if let Some(end) = self.lengths(calendar).after(at, *length) {
                    self.state.paused_until = Some(self.state.paused_until.map_or(end, |until| until.max(end)));
                    self.hold_or_go(at);
                }
            }
        }
    }

    /// A run of the active instance begins.
    fn start(&mut self, at: i64, kind: ClockEventKind) {
        let Some(mut active) = self.state.active.take() else { return };
        let lengths = self.lengths(active.instance.calendar);
        let within = self.within(&active);
        let due = lengths.after(at, within);
        active.runs += 1;
        active.total = due.map(|due| lengths.between(at, due, within));
        active.spent = 0;
        active.since = at;
        active.is_paused = false;
        active.reminded = vec![false; self.sla.reminders.len()];
        active.instance.due = due;
        active.instance.state = ClockState::Running;
        active.say(at, kind);
        self.schedule(&mut active);
        self.state.active = Some(active);
        self.hold_or_go(at);
    }

    /// Pauses or resumes the active instance, as the pauses say.
    fn hold_or_go(&mut self, at: i64) {
        let holds = !self.state.whiles.is_empty() || self.state.paused_until.is_some_and(|until| until > at);
        let Some(mut active) = self.state.active.take() else { return };
        if active.is_paused != holds && active.instance.state != ClockState::Breached {
            let lengths = self.lengths(active.instance.calendar);
            let within = self.within(&active);
            active.is_paused = holds;
            if holds {
                active.spent = active.spent.saturating_add(lengths.between(active.since, at, within));
                active.pending.clear();
                active.instance.due = None;
                active.instance.state = ClockState::Paused;
                active.say(at, ClockEventKind::Paused);
            } else {
                active.since = at;
                let left = active.total.map(|total| total.saturating_sub(active.spent).max(0));
                active.instance.due = left.and_then(|left| lengths.plus(at, left, within));
                active.instance.state = ClockState::Running;
                active.say(at, ClockEventKind::Resumed);
                self.schedule(&mut active);
            }
        }
        self.state.active = Some(active);
    }

    /// The reminders that are still to come, and the breach.
    fn schedule(&self, active: &mut Active) {
        let lengths = self.lengths(active.instance.calendar);
        let within = self.within(active);
        active.pending.clear();
        for (index, reminder) in self.sla.reminders.iter().enumerate() {
            let point = active.total.and_then(|total| share_of(total, reminder.share));
            let left = point.filter(|_| !active.reminded[index]).map(|point| point - active.spent);
            if let Some(at) = left.and_then(|left| lengths.plus(active.since, left.max(0), within)) {
                active.pending.push(ClockEvent { at, kind: ClockEventKind::Reminded(index) });
            }
        }
        active.pending.extend(active.instance.due.map(|at| ClockEvent { at, kind: ClockEventKind::Breached }));
        active.pending.sort_by_key(|event| (event.at, event.kind));
    }

    /// The next pending event happens.
    fn happen(&mut self) {
        let Some(mut active) = self.state.active.take() else { return };
        let event = active.pending.remove(0);
        active.instance.events.push(event);
        match event.kind {
            ClockEventKind::Reminded(index) => active.reminded[index] = true,
            ClockEventKind::Breached => {
                active.instance.state = ClockState::Breached;
                self.follow(&mut active, event.at);
            }
            ClockEventKind::Started
            | ClockEventKind::Restarted
            | ClockEventKind::Paused
            | ClockEventKind::Resumed
            | ClockEventKind::Notified(_)
            | ClockEventKind::Escalated(_)
            // see `reassign`
            | ClockEventKind::Reassigned(_)
            | ClockEventKind::Stopped => {}
        }
        self.state.active = Some(active);
    }

    /// What a breach brings.
    fn follow(&self, active: &mut Active, breached: i64) {
        let lengths = self.lengths(active.instance.calendar);
        let after = |length: Option<ClockTime>| length.map_or(Some(breached), |length| lengths.after(breached, length));
        let breaches = self.sla.breaches.iter().enumerate().map(|(index, breach)| {
            let kind = match breach.action {
                BreachAction::Notify(_) => ClockEventKind::Notified(index),
                BreachAction::Reassign => ClockEventKind::Reassigned(index),
            };
            (kind, after(breach.after))
        });
        let steps = self.sla.escalation.iter().enumerate().map(|(index, step)| (ClockEventKind::Escalated(index), after(Some(step.after))));
        let may_restart = active.runs < RUNS_MAX;
        for (kind, at) in breaches.chain(steps) {
            let restarts = matches!(kind, ClockEventKind::Reassigned(_));
            active.pending.extend(at.filter(|_| may_restart || !restarts).map(|at| ClockEvent { at, kind }));
        }
        active.pending.sort_by_key(|event| (event.at, event.kind));
    }

    fn within(&self, active: &Active) -> ClockTime {
        // a start names a target that there is
        self.sla.targets.get(active.instance.target).map_or(ClockTime::Elapsed(0), |target| target.within)
    }

    fn lengths(&self, calendar: Option<usize>) -> Lengths<'_> {
        let calendar = calendar.and_then(|calendar| self.clocks.calendars.get(calendar)).and_then(Option::as_ref);
        Lengths { zone: &self.clocks.zone, calendar }
    }
}

impl Active {
    fn new(instance: Instance) -> Active {
        let since = instance.started;
        Active { instance, runs: 0, total: None, spent: 0, since, is_paused: false, reminded: Vec::new(), pending: Vec::new() }
    }

    fn say(&mut self, at: i64, kind: ClockEventKind) {
        self.instance.events.push(ClockEvent { at, kind });
    }
}
