//! What the courses of many leads add up to.
//!
//! Enters: courses, one by one or added up in parts. Leaves: counts for the funnel report. Always holds: a [`Tally`] does not grow with the number
//! of leads beyond different durations, reasons and periods; parts that are merged in the order of the leads give the same as one run.
//!
//! What counts is what begins inside of the [`Span`]: a stay in a stage that began there, and how it ended by its end. Stages stand in the order in
//! which the policy declares them: a step to an earlier one is a step back. The goal is the first final stage; the other final ones are losses.

use std::collections::BTreeMap;

use super::durations::Durations;
use super::handovers::Handed;
use super::{Course, Events, Replay, Step, periods};
use crate::calendar::Zone;
use crate::clock::{ClockEventKind, Instance};
use crate::model::{ClockState, Policy, Promise, PromiseKind, SignalId};

/// The time that a report is about, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// none: from the beginning of each lead
    pub from: Option<i64>,
    pub to: i64,
}

impl Span {
    pub fn holds(&self, at: i64) -> bool {
        self.from.is_none_or(|from| at >= from) && at <= self.to
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub leads: LeadCounts,
    pub signals: SignalCounts,
    pub stages: Vec<StageTally>,
    /// per row through all flows: steps
    pub rows: Vec<u64>,
    /// steps of `recycle` rows by row and reason
    pub recycles: Reasons<usize>,
    pub handed: Handed,
    /// signals that moved nobody although some row waits for their kind: (signal, stage, a row of that stage waited for it)
    pub misfits: BTreeMap<(SignalId, usize, bool), u64>,
    pub impossible: BTreeMap<Impossible, u64>,
    /// the first leads with an impossible history
    pub examples: Vec<Example>,
    /// leads that were stopped for good, by the row that took most of their steps
    pub endless: BTreeMap<usize, u64>,
    /// the first of them: the lead, that row, and the instant at which it was stopped
    pub endless_examples: Vec<(String, usize, i64)>,
    /// from the lead's beginning to each final stage
    pub time_to: BTreeMap<usize, Durations>,
    pub clocks: Vec<ClockTally>,
    /// per promise, by the first day of each period
    pub promises: Vec<BTreeMap<i64, Kept>>,
}

/// How many leads there were, and what was notable about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeadCounts {
    pub replayed: u64,
    /// not replayed: nothing says when they came into being
    pub without_beginning: u64,
    /// not replayed: they came into being after the end
    pub later: u64,
    pub without_signal: u64,
    pub impossible: u64,
    /// stopped at an instant after as many steps as there are stages
    pub circled: u64,
    /// stopped for good after [`super::STEPS_MAX`] steps
    pub endless: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalCounts {
    pub read: u64,
    /// had no turn: earlier than their lead's beginning
    pub before_beginning: u64,
    /// had no turn: later than the end
    pub after_end: u64,
    /// are part of a burst that the policy ignores
    pub in_bursts: u64,
    /// moved their lead
    pub moved: u64,
    /// moved nobody although some row waits for their kind
    pub misfit: u64,
    /// are for measures and clocks: no row waits for their kind
    pub no_row_waits: u64,
    /// had no turn: their lead was stopped for good before
    pub after_stop: u64,
}

/// Stays that began in the span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StageTally {
    pub entered: u64,
    /// different leads among them
    pub leads: u64,
    /// per stage: how many went there next
    pub left_to: Vec<u64>,
    /// to a later stage that is no loss
    pub passed: u64,
    /// by a `recycle` row, to an earlier stage or to a loss
    pub dropped: u64,
    /// leads that stand there at the end, whenever they came
    pub standing: u64,
    /// of stays that ended
    pub stays: Durations,
}

/// Instances of a clock that started in the span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockTally {
    pub started: u64,
    /// stopped in time
    pub met: u64,
    /// the time was over once, began anew, and this time it was stopped in time
    pub met_after_breach: u64,
    /// stopped too late
    pub missed: u64,
    /// not stopped, and their time is over
    pub breached: u64,
    pub running: u64,
    pub paused: u64,
    pub reminders: u64,
    pub notices: u64,
    pub escalations: u64,
    pub reassigned: u64,
    /// from start to stop, by any clock
    pub taken: Durations,
}

/// What a period has of a promise: leads delivered; or instances of a clock that ended, and how many of them were met without a breach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub ended: u64,
    pub met: u64,
}

/// Something that cannot have happened in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Impossible {
    /// a signal that a row waits for is earlier than its lead's beginning
    BeforeBeginning { signal: SignalId },
    /// it came in `stage`, before its lead first entered `awaited_in`, whose rows wait for it, and never again
    TooEarly { signal: SignalId, stage: usize, awaited_in: usize },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub lead: String,
    pub what: Impossible,
    /// of the signal
    pub at: i64,
    /// when the lead began, or entered the stage that waits for it
    pub awaited: i64,
}

/// How often which reason was given; what comes after very many different ones is not told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons<K: Ord> {
    pub counts: BTreeMap<(K, Option<String>), u64>,
    pub others: u64,
}

const REASONS_MAX: usize = 1_000;
const EXAMPLES_MAX: usize = 10;

impl<K: Ord> Default for Reasons<K> {
    fn default() -> Reasons<K> {
        Reasons { counts: BTreeMap::new(), others: 0 }
    }
}

impl<K: Ord + Clone> Reasons<K> {
    pub(super) fn add(&mut self, key: K, reason: Option<String>, count: u64) {
        let key = (key, reason);
        if self.counts.len() < REASONS_MAX || self.counts.contains_key(&key) {
            *self.counts.entry(key).or_default() += count;
        } else {
            self.others += count;
        }
    }

    pub(super) fn merge(&mut self, other: &Reasons<K>) {
        for ((key, reason), count) in &other.counts {
            self.add(key.clone(), reason.clone(), *count);
        }
        self.others += other.others;
    }
}

/// What is known of a lead beside its course.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    pub key: &'a str,
    pub events: Events<'a>,
    /// the reason that a step was given, as text
    pub reason: &'a dyn Fn(&Step) -> Option<String>,
}

impl Tally {
    pub fn new(policy: &Policy) -> Tally {
        let stage = StageTally { left_to: vec![0; policy.stages.len()], ..StageTally::default() };
        let rows = policy.flows.iter().map(|flow| flow.rows.len()).sum();
        Tally {
            stages: vec![stage; policy.stages.len()],
            rows: vec![0; rows],
            clocks: vec![ClockTally::default(); policy.slas.len()],
            promises: vec![BTreeMap::new(); policy.promises.len()],
            ..Tally::default()
        }
    }

    pub fn add(&mut self, replay: &Replay, span: Span, told: Told, course: &Course, zone: &mut Zone) {
        self.leads.replayed += 1;
        self.leads.without_signal += u64::from(told.events.is_empty());
        self.leads.circled += u64::from(course.circled);
        self.add_endless(told, course);
        let after_end = told.events.len() - told.events.at.partition_point(|at| *at <= span.to);
        self.signals.read += told.events.len() as u64;
        self.signals.before_beginning += course.before_start as u64;
        self.signals.after_end += after_end as u64;
        self.signals.in_bursts += course.bursts.len() as u64;
        self.signals.moved += course.steps.iter().filter(|step| step.event.is_some()).count() as u64;
        self.signals.misfit += course.misfits.len() as u64;
        self.signals.no_row_waits += course.no_row_waits as u64;
        self.signals.after_stop += course.after_stop as u64;
        for misfit in &course.misfits {
            if let Some(signal) = told.events.signal.get(misfit.event) {
                *self.misfits.entry((SignalId::from(*signal), misfit.stage, misfit.waited)).or_default() += 1;
            }
        }
        self.add_stays(replay, span, told, course);
        self.handed.add(replay, span, told.reason, &course.steps);
        self.add_impossible(replay, told, course);
        self.add_clocks(span, course);
        for (index, promise) in replay.policy().promises.iter().enumerate() {
            self.add_promise(index, promise, span, course, zone);
        }
    }

    fn add_endless(&mut self, told: Told, course: &Course) {
        let Some(last) = course.steps.last().filter(|_| course.endless) else { return };
        let mut counts = BTreeMap::<usize, u64>::new();
        course.steps.iter().filter_map(|step| step.row).for_each(|row| *counts.entry(row).or_default() += 1);
        // of equal ones the first in the policy
        let most = counts.into_iter().max_by_key(|(row, steps)| (*steps, std::cmp::Reverse(*row))).map_or(0, |(row, _)| row);
        self.leads.endless += 1;
        *self.endless.entry(most).or_default() += 1;
        if self.endless_examples.len() < EXAMPLES_MAX {
            self.endless_examples.push((told.key.to_owned(), most, last.at));
        }
    }

    fn add_clocks(&mut self, span: Span, course: &Course) {
        for (clock, instances) in self.clocks.iter_mut().zip(&course.clocks) {
            instances.iter().filter(|instance| span.holds(instance.started)).for_each(|instance| clock.add(instance));
        }
    }

    fn add_promise(&mut self, index: usize, promise: &Promise, span: Span, course: &Course, zone: &mut Zone) {
        let Some(periods) = self.promises.get_mut(index) else { return };
        let mut add = |at: i64, met: bool| {
            let kept = periods.entry(periods::begin(promise.per, zone.local_day(at))).or_default();
            kept.ended += 1;
            kept.met += u64::from(met);
        };
        match promise.kind {
            PromiseKind::Delivers { stage, .. } => {
                let came = course.steps.iter().filter(|step| step.from.is_some() && step.to == stage && span.holds(step.at));
                came.for_each(|step| add(step.at, true));
            }
            PromiseKind::Meets { sla, .. } => {
                for instance in course.clocks.get(sla).into_iter().flatten() {
                    // what nobody stopped counts where its time was over
                    let end = match instance.state {
                        ClockState::Met | ClockState::Missed => instance.stopped,
                        ClockState::Breached => {
                            let breaches = instance.events.iter().filter(|event| event.kind == ClockEventKind::Breached);
                            breaches.map(|event| event.at).next_back()
                        }
                        ClockState::Running | ClockState::Paused => None,
                    };
                    if let Some(end) = end.filter(|end| span.holds(*end)) {
                        add(end, instance.state == ClockState::Met && instance.breached().is_none());
                    }
                }
            }
        }
    }

    fn add_stays(&mut self, replay: &Replay, span: Span, told: Told, course: &Course) {
        let beginning = course.steps.first().map_or(span.to, |step| step.at);
        for (index, step) in course.steps.iter().enumerate() {
            let next = course.steps.get(index + 1);
            let Some(stage) = self.stages.get_mut(step.to) else { continue };
            stage.standing += u64::from(next.is_none());
            if !span.holds(step.at) {
                continue;
            }
            stage.entered += 1;
            let before = course.steps[..index].iter().any(|earlier| earlier.to == step.to && span.holds(earlier.at));
            stage.leads += u64::from(!before);
            if let Some(next) = next {
                stage.stays.add(next.at.saturating_sub(step.at));
                if let Some(count) = stage.left_to.get_mut(next.to) {
                    *count += 1;
                }
                let recycled = next.row.is_some_and(|row| replay.rows()[row].recycle);
                let onward = !recycled && next.to > step.to && !replay.is_loss(next.to);
                *if onward { &mut stage.passed } else { &mut stage.dropped } += 1;
            }
            if replay.is_final(step.to) {
                self.time_to.entry(step.to).or_default().add(step.at.saturating_sub(beginning));
            }
            let Some(row) = step.row else { continue };
            if let Some(count) = self.rows.get_mut(row) {
                *count += 1;
            }
            if replay.rows()[row].recycle {
                self.recycles.add(row, (told.reason)(step), 1);
            }
        }
    }

    fn add_impossible(&mut self, replay: &Replay, told: Told, course: &Course) {
        let Events { at, signal, .. } = told.events;
        let kind = |event: usize| signal.get(event).copied().map_or(0, SignalId::from);
        let mut found: Vec<Example> = Vec::new();
        let mut find = |what: Impossible, at: i64, awaited: i64| found.push(Example { lead: told.key.to_owned(), what, at, awaited });
        let beginning = course.steps.first().map_or(0, |step| step.at);
        let early = at.partition_point(|at| *at < beginning);
        for event in (0..early).filter(|event| replay.is_waited_for(kind(*event)) && !course.bursts.contains(event)) {
            find(Impossible::BeforeBeginning { signal: kind(event) }, at[event], beginning);
        }
        for misfit in course.misfits.iter().filter(|misfit| !misfit.waited) {
            let (signal, came) = (kind(misfit.event), at[misfit.event]);
            let awaited = course.steps.iter().position(|step| replay.waits_for(step.to, signal));
            let moved = course.steps.iter().any(|step| step.event.is_some_and(|event| kind(event) == signal));
            let step = awaited.filter(|step| *step >= misfit.steps && !moved).and_then(|step| course.steps.get(step));
            if let Some(step) = step.filter(|step| came < step.at) {
                find(Impossible::TooEarly { signal, stage: misfit.stage, awaited_in: step.to }, came, step.at);
            }
        }
        self.leads.impossible += u64::from(!found.is_empty());
        for example in found {
            *self.impossible.entry(example.what).or_default() += 1;
            if self.examples.len() < EXAMPLES_MAX {
                self.examples.push(example);
            }
        }
    }

    /// Adds what was counted for the leads behind those of this one.
    pub fn merge(&mut self, other: &Tally) {
        self.leads.merge(&other.leads);
        self.signals.merge(&other.signals);
        self.stages.iter_mut().zip(&other.stages).for_each(|(mine, theirs)| mine.merge(theirs));
        self.rows.iter_mut().zip(&other.rows).for_each(|(count, more)| *count += more);
        self.recycles.merge(&other.recycles);
        self.handed.merge(&other.handed);
        other.misfits.iter().for_each(|(key, count)| *self.misfits.entry(*key).or_default() += count);
        other.impossible.iter().for_each(|(what, count)| *self.impossible.entry(*what).or_default() += count);
        let room = EXAMPLES_MAX - self.examples.len().min(EXAMPLES_MAX);
        self.examples.extend(other.examples.iter().take(room).cloned());
        other.endless.iter().for_each(|(row, count)| *self.endless.entry(*row).or_default() += count);
        let room = EXAMPLES_MAX - self.endless_examples.len().min(EXAMPLES_MAX);
        self.endless_examples.extend(other.endless_examples.iter().take(room).cloned());
        for (stage, durations) in &other.time_to {
            self.time_to.entry(*stage).or_default().merge(durations);
        }
        self.clocks.iter_mut().zip(&other.clocks).for_each(|(mine, theirs)| mine.merge(theirs));
        for (mine, theirs) in self.promises.iter_mut().zip(&other.promises) {
            for (period, kept) in theirs {
                let sum = mine.entry(*period).or_default();
                (sum.ended, sum.met) = (sum.ended + kept.ended, sum.met + kept.met);
            }
        }
    }
}

impl LeadCounts {
    fn merge(&mut self, other: &LeadCounts) {
        self.replayed += other.replayed;
        self.without_beginning += other.without_beginning;
        self.later += other.later;
        self.without_signal += other.without_signal;
        self.impossible += other.impossible;
        self.circled += other.circled;
        self.endless += other.endless;
    }
}

impl SignalCounts {
    fn merge(&mut self, other: &SignalCounts) {
        self.read += other.read;
        self.before_beginning += other.before_beginning;
        self.after_end += other.after_end;
        self.no_row_waits += other.no_row_waits;
        self.after_stop += other.after_stop;
        self.in_bursts += other.in_bursts;
        self.moved += other.moved;
        self.misfit += other.misfit;
    }
}

impl StageTally {
    fn merge(&mut self, other: &StageTally) {
        self.entered += other.entered;
        self.leads += other.leads;
        self.left_to.iter_mut().zip(&other.left_to).for_each(|(count, more)| *count += more);
        self.passed += other.passed;
        self.dropped += other.dropped;
        self.standing += other.standing;
        self.stays.merge(&other.stays);
    }

    pub fn left(&self) -> u64 {
        self.passed + self.dropped
    }

    /// Of those that entered.
    pub fn still_there(&self) -> u64 {
        self.entered - self.left()
    }
}

impl ClockTally {
    fn add(&mut self, instance: &Instance) {
        self.started += 1;
        let state = match instance.state {
            ClockState::Running => &mut self.running,
            ClockState::Paused => &mut self.paused,
            ClockState::Breached => &mut self.breached,
            ClockState::Met if instance.breached().is_some() => &mut self.met_after_breach,
            ClockState::Met => &mut self.met,
            ClockState::Missed => &mut self.missed,
        };
        *state += 1;
        if let Some(stopped) = instance.stopped {
            self.taken.add(stopped.saturating_sub(instance.started));
        }
        for event in &instance.events {
            let count = match event.kind {
                ClockEventKind::Reminded(_) => &mut self.reminders,
                ClockEventKind::Notified(_) => &mut self.notices,
                ClockEventKind::Escalated(_) => &mut self.escalations,
                ClockEventKind::Reassigned(_) => &mut self.reassigned,
                ClockEventKind::Started
                | ClockEventKind::Restarted
                | ClockEventKind::Paused
                | ClockEventKind::Resumed
                | ClockEventKind::Breached
                | ClockEventKind::Stopped => continue,
            };
            *count += 1;
        }
    }

    fn merge(&mut self, other: &ClockTally) {
        self.started += other.started;
        self.met += other.met;
        self.met_after_breach += other.met_after_breach;
        self.missed += other.missed;
        self.breached += other.breached;
        self.running += other.running;
        self.paused += other.paused;
        self.reminders += other.reminders;
        self.notices += other.notices;
        self.escalations += other.escalations;
        self.reassigned += other.reassigned;
        self.taken.merge(&other.taken);
    }

    /// Those whose time is over or that were stopped.
    pub fn decided(&self) -> u64 {
        self.met + self.met_after_breach + self.missed + self.breached
    }
}
