//! One lead on its way: turn after turn, step after step.
//!
//! Enters: where the lead stands. Leaves: the next step, and what clocks are told meanwhile. Always holds: before anything is asked at an instant, clocks have
//! gone on to it, so that whoever has the lead then is known.

use std::borrow::Cow;

use super::held::{Held, Reassignment};
use super::program::Filling;
use super::{Course, Evaluate, Given, Misfit, Replay, Scratch, Step, Subject, moments};
use crate::clock::{Holders, Recorder};
use crate::history::{ClockSignals, Events, Standing};
use crate::model::{FlowRow, MeasureId, SignalId, Trigger};
use crate::program::Parameters;

/// Where a lead stands on its way.
pub(super) struct Place {
    pub stage: usize,
    pub since: i64,
    pub rest_until: Option<i64>,
    pub now: i64,
    /// taken at this instant
    pub steps: usize,
    /// number of the next signal
    pub turn: usize,
}

/// One lead on its way.
pub(super) struct Walk<'w, 'p> {
    pub replay: &'w Replay<'p>,
    pub evaluate: &'w Evaluate<'w>,
    pub lead: &'w Subject<'w>,
    pub identity: &'w mut dyn FnMut(&str) -> i64,
    pub scratch: &'w mut Scratch,
    pub course: &'w mut Course,
}

impl<'w> Walk<'w, '_> {
    /// Goes on to the next instant at which a row can apply: that of the signal that is given, or what is due. None when time is up.
    pub fn next_turn(&mut self, place: &mut Place, end: usize, until: i64) -> Option<Option<usize>> {
        loop {
            let events = self.past(place.turn);
            let standing = Standing { stage: place.stage, since: Some(place.since), log: &self.course.log };
            let due = self.replay.changes.next(events, &standing, place.rest_until, place.now, &mut self.scratch.zone);
            let due = due.filter(|due| *due <= until);
            let signal = self.lead.events.at.get(place.turn).copied().filter(|_| place.turn < end);
            let (at, event) = match (signal, due) {
                (Some(at), Some(due)) if at <= due => (at, Some(place.turn)),
                (Some(at), None) => (at, Some(place.turn)),
                (_, Some(due)) => (due, None),
                (None, None) => return None,
            };
            let Some(event) = event else {
                place.arrive(at);
                return Some(None);
            };
            place.turn += 1;
            let signal = self.lead.events.signal.get(event).copied().map_or(0, SignalId::from);
            self.tell_clocks(place, event, signal, at);
            // what is due at this instant may lead to a stage that looks at it
            if due == Some(at) || self.replay.changes.looks_at(place.stage, signal) || self.course.circled.is_some() {
                place.arrive(at);
                return Some(Some(event));
            }
            // nothing of this stage looks at it
            if self.replay.is_waited_for(signal) {
                self.course.misfits.push(Misfit { event, stage: place.stage, steps: self.course.steps.len(), waited: false });
            } else {
                self.course.no_row_waits.push(event);
            }
        }
    }

    /// Takes steps until no row applies.
    pub fn settle(&mut self, place: &mut Place, event: Option<usize>) {
        let replay = self.replay;
        if replay.reassigns {
            self.advance_clocks(place.now);
        }
        let (stage_before, steps, mut signal) = (place.stage, self.course.steps.len(), event);
        while replay.changes.looks_in(place.stage) {
            let moved = self.moved_by(place, signal);
            if moved.is_some() && place.steps == replay.policy.stages.len() {
                self.course.circled = Some(place.now);
                break;
            }
            self.look_at_clocks(place);
            let Some((row, number)) = moved else { break };
            place.steps += 1;
            let is_signals = matches!(row.trigger, Trigger::On { .. });
            let given = replay.ports.routes.iter().map(|ports| {
                let number = |port: usize| self.scratch.outputs[port].and_then(|value| usize::try_from(value).ok());
                Given { queue: number(ports.queue), owner: ports.owner.and_then(number) }
            });
            let given: Vec<Given> = given.collect();
            self.course.held.give(given.iter().copied().enumerate());
            let event = if is_signals { signal } else { None };
            let rest_until = row.rest.and_then(|rest| moments::later(&mut self.scratch.zone, place.now, rest));
            let from = Some(place.stage);
            self.course
                .step(Step { at: place.now, from, to: row.to, row: Some(number), event, turn: place.turn, rest_until, given }, row.forget);
            if is_signals {
                signal = None;
            }
            (place.stage, place.since, place.rest_until) = (row.to, place.now, rest_until);
        }
        let Some(event) = event.filter(|event| signal == Some(*event)) else { return };
        let kind = self.lead.events.signal.get(event).copied().map_or(0, SignalId::from);
        if replay.is_waited_for(kind) {
            let waited = replay.waits_for(stage_before, kind);
            self.course.misfits.push(Misfit { event, stage: stage_before, steps, waited });
        } else if self.course.steps[steps..].iter().any(|step| self.replay.is_when(step)) {
            self.course.moved_by_measures.push(event);
        } else {
            self.course.no_row_waits.push(event);
        }
    }

    /// A signal has its turn: clocks that wait for it hear of it before anything that it brings.
    fn tell_clocks(&mut self, place: &Place, event: usize, signal: SignalId, at: i64) {
        let Some(clocks) = self.replay.clocks.as_ref().filter(|_| self.replay.clocks_wait_for.get(signal).copied().unwrap_or(false)) else {
            return;
        };
        if self.replay.reassigns {
            self.advance_clocks(at);
        }
        // what the signal itself moves is none of this
        self.moved_by(&Place { now: at, ..*place }, None);
        let stay = (place.stage, self.course.steps.len());
        let signals = ClockSignals { layout: &self.replay.layout, events: self.lead.events, dropped: Cow::Borrowed(&[]) };
        self.record(|recorder, output, holders| {
            recorder.signal(clocks, &signals, event, output, holders);
            recorder.look(clocks, at, stay, output, holders);
        });
    }

    /// Lets clocks go on up to an instant. Where one takes the lead from its owner, another one gets it.
    pub fn advance_clocks(&mut self, to: i64) {
        let Some(snapshot) = &self.replay.clocks else { return };
        let (policy, key_hash) = (self.replay.policy, self.lead.key_hash);
        let Course { held, reassignments, .. } = &mut *self.course;
        self.scratch.recorder.advance(snapshot, to, &mut |sla, instance, at| {
            let holder = |held: &Held| {
                let owners = held.owners();
                snapshot.clocks().holder_before(sla, Holders { given: &Vec::new, before: &|| owners.clone() })
            };
            let team = snapshot.clocks().sla(sla).and_then(|clock| policy.teams.get(clock.by?));
            let from = team.and_then(|team| held.in_queue_of(policy, &team.name)).or_else(|| holder(held).owner);
            let started = instance.started;
            let earlier = reassignments.iter().filter(|earlier| earlier.sla == sla && earlier.started == started);
            let outcome = held.reassign(policy, key_hash, from, earlier.filter_map(|earlier| earlier.from));
            reassignments.push(Reassignment { sla, started, at, from, outcome });
            holder(held)
        });
    }

    /// The program was run at this instant.
    fn look_at_clocks(&mut self, place: &Place) {
        let Some(clocks) = &self.replay.clocks else { return };
        let stay = (place.stage, self.course.steps.len());
        self.record(|recorder, output, holders| recorder.look(clocks, place.now, stay, output, holders));
    }

    /// With the answers of the program as it was run last.
    fn record(&mut self, take: impl FnOnce(&mut Recorder, &dyn Fn(usize) -> Option<i64>, Holders)) {
        let replay = self.replay;
        let Scratch { outputs, recorder, .. } = &mut *self.scratch;
        let output = |output: usize| outputs.get(output).copied().flatten();
        let given = || replay.ports.routes.iter().filter_map(|ports| usize::try_from(output(ports.owner?)?).ok()).collect();
        let before = || self.course.held.owners();
        take(recorder, &output, Holders { given: &given, before: &before });
    }

    /// The row that moves the lead now, if any. What only a transition brings is looked at once there is one.
    fn moved_by(&mut self, place: &Place, signal: Option<usize>) -> Option<(&'w FlowRow, usize)> {
        let replay = self.replay;
        self.evaluate(place, signal, &|measure| replay.changes.reads(place.stage, measure));
        let moved_by = replay.ports.moved_by.and_then(|port| self.scratch.outputs[port]).and_then(|number| usize::try_from(number).ok());
        let moved = moved_by.and_then(|number| Some((*replay.rows.get(number)?, number)));
        if moved.is_some() && (0..replay.policy.measures.len()).any(|measure| !replay.changes.reads(place.stage, measure)) {
            self.evaluate(place, signal, &|_| true);
        }
        // a route is asked at the steps that it speaks of and at no other time; what it would give now is nobody's
        for (ports, (entering, leaving)) in replay.ports.routes.iter().zip(&replay.asked) {
            let speaks = moved.is_some_and(|(row, _)| entering.contains(&row.to) || leaving.contains(&place.stage));
            if !speaks {
                [Some(ports.queue), ports.owner].into_iter().flatten().for_each(|port| self.scratch.outputs[port] = None);
            }
        }
        moved
    }

    /// Runs the program where the lead stands, with those measures alone that are wanted.
    fn evaluate(&mut self, place: &Place, signal: Option<usize>, wanted: &dyn Fn(MeasureId) -> bool) {
        let replay = self.replay;
        let events = self.past(place.turn);
        let standing = Standing { stage: place.stage, since: Some(place.since), log: &self.course.log };
        let Scratch { zone, inputs, outputs, measures, room, .. } = &mut *self.scratch;
        replay.measures.read_wanted(wanted, events, &standing, place.now, room, measures);
        for (measure, row) in &replay.happened {
            if let Some(value) = measures.get_mut(*measure) {
                *value = Some(i64::from(signal.is_some_and(|event| replay.takes(row, events, event))));
            }
        }
        let with = Filling {
            measures,
            texts: self.lead.texts,
            stage: place.stage,
            stage_since: place.since,
            rest_until: place.rest_until,
            held: &self.course.held,
        };
        replay.fills.fill(&replay.program, with, zone, self.identity, inputs);
        (self.evaluate)(inputs, &Parameters { as_of_day: zone.local_day(place.now), as_of: place.now }, outputs);
    }

    /// The signals that had their turn.
    fn past(&self, turn: usize) -> Events<'w> {
        self.replay.layout.part(self.lead.events, 0..turn)
    }
}

impl Place {
    fn arrive(&mut self, at: i64) {
        if at > self.now {
            (self.now, self.steps) = (at, 0);
        }
    }
}
