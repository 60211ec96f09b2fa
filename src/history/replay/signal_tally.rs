//! What became of the signals of leads: whether each moved its lead, and what does not fit.
//!
//! Enters: courses, one by one or added up in parts. Leaves: counts of signals, and the histories that cannot be. Always holds: each signal of a lead,
//! up to the end, is in exactly one count; those before the beginning of the [`Span`] are `earlier`, and in no other. A history that cannot be counts
//! when that shows: when the lead begins, or enters the stage that it should have been in. So reports about one time after the other add up.

use std::collections::BTreeMap;

use super::tally::{EXAMPLES_MAX, Span, Tally, Told};
use super::{Course, Events, Replay};
use crate::model::SignalId;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignalCounts {
    /// all of them, up to the end
    pub read: u64,
    /// before the beginning of the span: they say where the lead stood then
    pub earlier: u64,
    /// had no turn: earlier than their lead's beginning
    pub before_beginning: u64,
    /// are part of a burst that the policy ignores
    pub in_bursts: u64,
    /// an `on` row moved their lead by them
    pub moved: u64,
    /// no `on` row waits for their kind, and a `when` row moved their lead at their turn
    pub moved_by_measures: u64,
    /// moved nobody although some row waits for their kind
    pub misfit: u64,
    /// are for measures and clocks: no row waits for their kind, and none moved their lead at their turn
    pub no_row_waits: u64,
    /// had no turn: their lead was stopped for good before
    pub after_stop: u64,
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

impl Tally {
    pub(super) fn add_signals(&mut self, replay: &Replay, span: Span, told: Told, course: &Course) {
        let Events { at, signal, .. } = told.events;
        let end = at.partition_point(|at| *at <= span.to);
        let begin = span.from.map_or(0, |from| at[..end].partition_point(|at| *at < from));
        // numbers of signals in order
        let count = |events: &[usize]| events.iter().filter(|event| **event >= begin).count() as u64;
        let early = at.partition_point(|at| course.steps.first().is_some_and(|step| *at < step.at));
        let counts = &mut self.signals;
        counts.read += end as u64;
        counts.earlier += begin as u64;
        counts.in_bursts += count(&course.bursts);
        counts.before_beginning += (begin..early).filter(|event| course.bursts.binary_search(event).is_err()).count() as u64;
        counts.moved += course.steps.iter().filter(|step| step.event.is_some_and(|event| event >= begin)).count() as u64;
        counts.moved_by_measures += count(&course.moved_by_measures);
        counts.no_row_waits += count(&course.no_row_waits);
        counts.after_stop += count(&course.after_stop);
        for misfit in course.misfits.iter().filter(|misfit| misfit.event >= begin) {
            self.signals.misfit += 1;
            if let Some(signal) = signal.get(misfit.event) {
                *self.misfits.entry((SignalId::from(*signal), misfit.stage, misfit.waited)).or_default() += 1;
            }
        }
        self.add_impossible(replay, span, told, course, early);
    }

    /// `early` signals are before the lead's beginning.
    fn add_impossible(&mut self, replay: &Replay, span: Span, told: Told, course: &Course, early: usize) {
        let Events { at, signal, .. } = told.events;
        let kind = |event: usize| signal.get(event).copied().map_or(0, SignalId::from);
        let mut found: Vec<Example> = Vec::new();
        let mut find = |what: Impossible, at: i64, awaited: i64| {
            if span.holds(awaited) {
                found.push(Example { lead: told.key.to_owned(), what, at, awaited });
            }
        };
        let beginning = course.steps.first().map_or(0, |step| step.at);
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

    pub(super) fn merge_signals(&mut self, other: &Tally) {
        self.signals.merge(&other.signals);
        merge_counts(&mut self.misfits, &other.misfits);
        merge_counts(&mut self.impossible, &other.impossible);
        let room = EXAMPLES_MAX - self.examples.len().min(EXAMPLES_MAX);
        self.examples.extend(other.examples.iter().take(room).cloned());
    }
}

fn merge_counts<K: Ord + Copy>(mine: &mut BTreeMap<K, u64>, theirs: &BTreeMap<K, u64>) {
    theirs.iter().for_each(|(key, count)| *mine.entry(*key).or_default() += count);
}

impl SignalCounts {
    fn merge(&mut self, other: &SignalCounts) {
        self.read += other.read;
        self.earlier += other.earlier;
        self.before_beginning += other.before_beginning;
        self.in_bursts += other.in_bursts;
        self.moved += other.moved;
        self.moved_by_measures += other.moved_by_measures;
        self.misfit += other.misfit;
        self.no_row_waits += other.no_row_waits;
        self.after_stop += other.after_stop;
    }
}
