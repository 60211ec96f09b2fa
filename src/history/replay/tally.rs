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
use super::held::Outcome;
use super::signal_tally::{Example, Impossible, SignalCounts};
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
    /// of these: to an owner of the same queue; to the queue behind `otherwise`; the others stayed where they were
    pub to_another_owner: u64,
    pub to_fallback: u64,
    /// from start to stop, by any clock
    pub taken: Durations,
}

/// What a period has of a promise: leads delivered; or instances of a clock that ended, and how many of them were met without a breach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub ended: u64,
    pub met: u64,
}

/// How often which reason was given; what comes after very many different ones is not told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasons<K: Ord> {
    pub counts: BTreeMap<(K, Option<String>), u64>,
    pub others: u64,
}

const REASONS_MAX: usize = 1_000;
pub(super) const EXAMPLES_MAX: usize = 10;

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
        self.leads.circled += u64::from(course.circled.is_some_and(|at| span.holds(at)));
        self.add_endless(told, course);
        self.add_signals(replay, span, told, course);
        self.add_stays(replay, span, told, course);
        self.handed.add(replay, span, told.reason, &course.steps);
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
        for reassignment in course.reassignments.iter().filter(|reassignment| span.holds(reassignment.started)) {
            let Some(clock) = self.clocks.get_mut(reassignment.sla) else { continue };
            match reassignment.outcome {
                Outcome::Owner => clock.to_another_owner += 1,
                Outcome::Fallback => clock.to_fallback += 1,
                Outcome::Stayed => {}
            }
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
                    // what ended too late counts where its time was over, whatever came after; that shows right behind the instant
                    match (instance.breached(), instance.stopped) {
                        (Some(at), _) if span.holds(at.saturating_add(1)) => add(at, false),
                        (None, Some(at)) if span.holds(at) => add(at, true),
                        (Some(_) | None, _) => {}
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

    /// Adds what was counted for the leads behind those of this one.
    pub fn merge(&mut self, other: &Tally) {
        self.leads.merge(&other.leads);
        self.merge_signals(other);
        self.stages.iter_mut().zip(&other.stages).for_each(|(mine, theirs)| mine.merge(theirs));
        self.rows.iter_mut().zip(&other.rows).for_each(|(count, more)| *count += more);
        self.recycles.merge(&other.recycles);
        self.handed.merge(&other.handed);
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
        self.to_another_owner += other.to_another_owner;
        self.to_fallback += other.to_fallback;
        self.taken.merge(&other.taken);
    }

    /// Those whose time is over or that were stopped.
    pub fn decided(&self) -> u64 {
        self.met + self.met_after_breach + self.missed + self.breached
    }
}
