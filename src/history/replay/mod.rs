//! Each lead's history, run through the flow.
//!
//! Enters: a policy with its plain program; then lead by lead what is known of it, its signals in order and when it came into being. Leaves:
//! its [`Course`]: every step from stage to stage with the row, the signal, the queues, what fits no row, and what its clocks say. Always holds: the course depends
//! on nothing but these; time never runs back; each signal has its turn once, and moves the lead at most once; at one instant there are at most
//! as many steps as stages.
//!
//! **Order.** A lead begins in the start stage and is looked at there. Then come its signals and what is due (see [`changes`]), by time; at one
//! instant first the signals, by their order of declaration and then as given, then what is due. At each turn the first row that applies moves
//! the lead, and it is looked at again at once, until no row applies. An `on` row applies only at the turn of one of its signals; a signal
//! that moved the lead is used up, so that one `rejected` is one step back. Signals that are part of a burst are not there at all.

pub mod changes;
pub mod course;
pub mod durations;
pub mod handovers;
pub mod moments;
pub mod periods;
pub mod program;
pub mod tally;
pub mod turns;

use std::borrow::Cow;

use self::changes::Changes;
pub use self::course::{Course, Given, Misfit, Step};
use self::program::{Filling, Fills, Ports};
use super::{ClockSignals, Events, Layout, Measures, Standing, Texts};
use crate::calendar::Zone;
use crate::clock::{Clocks, Holders, Recorder, Snapshot};
use crate::column::{Block, Column};
use crate::interpret;
use crate::model::{Because, Expr, ExprKind, FlowRow, MeasureId, Policy, Predicate, Reference, SignalId, Trigger};
use crate::program::{InputSource, Lowered, Parameters, Program};

/// A lead that takes more steps is stopped: rows that send it to and fro, or a wrong year, must not hold up all others.
pub const STEPS_MAX: usize = 10_000;

/// What is worked out once per run. Any number of threads may replay with it at once.
pub struct Replay<'p> {
    policy: &'p Policy,
    layout: Layout,
    measures: Measures,
    program: Program,
    ports: Ports,
    fills: Fills,
    changes: Changes,
    /// through all flows
    rows: Vec<&'p FlowRow>,
    /// measures that say whether the signal of an `on` row is there: in a replay that is the signal whose turn it is
    happened: Vec<(MeasureId, &'p FlowRow)>,
    /// per signal: some `on` row waits for it
    waited_for: Vec<bool>,
    /// if the policy has any
    clocks: Option<Snapshot<'p>>,
    /// per signal: some clock waits for it
    clocks_wait_for: Vec<bool>,
    /// per route: the stages that it asks about with `entering` and `leaving`
    asked: Vec<(Vec<usize>, Vec<usize>)>,
    /// per route: the input that says whose the lead is in the file
    owner_inputs: Vec<Option<usize>>,
}

/// Runs the program on one row of inputs.
pub type Evaluate<'e> = dyn Fn(&[Option<i64>], &Parameters, &mut [Option<i64>]) + Sync + 'e;

/// One lead.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// one per input of [`Replay::program`]; what is no field of the lead is filled in here
    pub inputs: &'a [Option<i64>],
    pub events: Events<'a>,
    pub texts: &'a Texts,
    /// when it came into being, in microseconds since the epoch
    pub start: i64,
}

/// What one thread uses again and again.
#[derive(Clone, Debug)]
pub struct Scratch {
    zone: Zone,
    inputs: Vec<Option<i64>>,
    outputs: Vec<Option<i64>>,
    measures: Vec<Option<i64>>,
    room: super::Scratch,
    recorder: Recorder,
    /// the local day of each signal of the lead at hand, if days are looked at often
    days: Vec<i64>,
}

impl<'p> Replay<'p> {
    pub fn new(policy: &'p Policy, plain: &Lowered) -> Replay<'p> {
        let (program, ports) = program::program(plain);
        let rows: Vec<&FlowRow> = policy.flows.iter().flat_map(|flow| &flow.rows).collect();
        let mut waited_for = vec![false; policy.signals.len()];
        let mut happened = Vec::new();
        for row in &rows {
            let Trigger::On { signals, happened: measure, .. } = &row.trigger else { continue };
            signals.iter().filter_map(|signal| waited_for.get_mut(*signal).map(|seen| *seen = true)).for_each(drop);
            if let ExprKind::Reference(Reference::Measure(measure)) = measure.kind {
                happened.push((measure, *row));
            }
        }
        let owner_input = |route| program.inputs.iter().position(|input| input.source == InputSource::RouteOwner(route));
        Replay {
            owner_inputs: (0..policy.holder_count()).map(owner_input).collect(),
            policy,
            layout: Layout::new(policy),
            measures: Measures::new(policy),
            fills: Fills::new(policy, &program),
            changes: Changes::new(policy, plain),
            clocks: Clocks::new(policy).filter(|_| !policy.slas.is_empty()).map(|clocks| Snapshot::new(clocks, &program)),
            clocks_wait_for: (0..policy.signals.len()).map(|signal| Recorder::waits_for(policy, signal)).collect(),
            program,
            ports,
            rows,
            happened,
            waited_for,
            asked: policy.routes.iter().map(|route| asked(route.condition.iter())).collect(),
        }
    }

    /// What [`Evaluate`] runs.
    pub fn program(&self) -> &Program {
        &self.program
    }

    pub fn policy(&self) -> &'p Policy {
        self.policy
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub fn rows(&self) -> &[&'p FlowRow] {
        &self.rows
    }

    /// Whether the route gives a queue when a lead enters the stage: a handover.
    pub fn hands_over(&self, route: usize, stage: usize) -> bool {
        self.asked.get(route).is_some_and(|(entering, _)| entering.contains(&stage))
    }

    pub fn scratch(&self, zone: Zone) -> Scratch {
        let (inputs, outputs) = (vec![None; self.program.inputs.len()], vec![None; self.program.outputs.len()]);
        Scratch {
            zone,
            inputs,
            outputs,
            measures: Vec::new(),
            room: self.measures.scratch(),
            recorder: Recorder::default(),
            days: Vec::new(),
        }
    }

    /// The lead's way through the stages until the last instant that counts. `identity` gives equal texts equal numbers, as the lead's own
    /// inputs have them.
    pub fn run(
        &self,
        evaluate: &Evaluate,
        lead: &Subject,
        until: i64,
        identity: &mut dyn FnMut(&str) -> i64,
        scratch: &mut Scratch,
        course: &mut Course,
    ) {
        let dropped = self.measures.drops(lead.events, until);
        if !dropped.contains(&true) {
            return self.walk(evaluate, lead, until, identity, scratch, course);
        }
        // what is part of a burst is no signal, from its first one on
        let is_kept = |event: &usize| !dropped.get(*event).copied().unwrap_or(false);
        let numbers: Vec<usize> = (0..lead.events.len()).filter(is_kept).collect();
        let kept = lead.events.only(&numbers, self.layout.words(), self.layout.values());
        self.walk(evaluate, &Subject { events: kept.view(), ..*lead }, until, identity, scratch, course);
        course.renumber(&numbers);
        course.bursts.extend((0..lead.events.len()).filter(|event| !is_kept(event)));
    }

    fn walk(
        &self,
        evaluate: &Evaluate,
        lead: &Subject,
        until: i64,
        identity: &mut dyn FnMut(&str) -> i64,
        scratch: &mut Scratch,
        course: &mut Course,
    ) {
        let start_stage = self.policy.start_stage.unwrap_or(0);
        course.begin(lead.start, start_stage);
        if lead.start > until || self.policy.stages.is_empty() {
            return;
        }
        scratch.inputs.clone_from_slice(lead.inputs);
        let mut days = std::mem::take(&mut scratch.days);
        days.clear();
        if self.measures.looks_at_days() {
            days.extend(lead.events.at.iter().map(|at| scratch.zone.local_day(*at)));
        }
        let lead = &Subject { events: Events { days: &days, ..lead.events }, ..*lead };
        let events = lead.events;
        let end = events.at.partition_point(|at| *at <= until);
        course.before_start = events.at.partition_point(|at| *at < lead.start);
        let mut place =
            Place { stage: start_stage, since: lead.start, rest_until: None, now: lead.start, steps: 0, turn: course.before_start };
        let mut walk = Walk { replay: self, evaluate, lead, identity, scratch, course };
        if self.clocks.is_some() {
            walk.scratch.recorder.begin(self.policy);
        }
        walk.settle(&mut place, None);
        while let Some(event) = walk.next_turn(&mut place, end, until) {
            walk.settle(&mut place, event);
            if walk.course.steps.len() > STEPS_MAX {
                walk.course.endless = true;
                walk.course.after_stop.extend(place.turn..end);
                break;
            }
        }
        if let Some(clocks) = &self.clocks {
            let holders = Holders { given: &Vec::new, before: &|| self.holders(lead.inputs, &course.steps) };
            course.clocks = scratch.recorder.instances(clocks, until, holders);
        }
        scratch.days = days;
    }

    /// Whose the lead is: those to whom routes gave it, the last one first, and then whom the file says.
    fn holders(&self, inputs: &[Option<i64>], steps: &[Step]) -> Vec<usize> {
        let given = steps.iter().rev().flat_map(|step| &step.given).filter_map(|given| given.owner);
        let own = self.owner_inputs.iter().filter_map(|input| usize::try_from(inputs.get((*input)?).copied().flatten()?).ok());
        given.chain(own).collect()
    }

    /// Whether the signal whose turn it is is one that an `on` row waits for.
    fn takes(&self, row: &FlowRow, events: Events, event: usize) -> bool {
        let Trigger::On { signals, condition, .. } = &row.trigger else { return false };
        let is_one = events.signal.get(event).is_some_and(|signal| signals.contains(&SignalId::from(*signal)));
        is_one && condition.is_none_or(|condition| self.layout.holds(events, event, condition))
    }

    /// The reason that a step's row gives: its text, or a property of the signal as its value.
    pub fn reason(&self, events: Events, step: &Step) -> Reason<'p> {
        let row: Option<&'p FlowRow> = step.row.and_then(|row| self.rows.get(row)).copied();
        match row.and_then(|row| row.because.as_ref()) {
            Some(Because::Text(text)) => Reason::Text(text),
            Some(Because::Property(column)) => {
                let value = step.event.and_then(|event| self.layout.value(events, event, *column));
                value.map_or(Reason::None, |value| Reason::Property { column: *column, value })
            }
            None => Reason::None,
        }
    }
}

/// Why a lead went a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'p> {
    None,
    Text(&'p str),
    /// in the units of the column's type; of a text its code
    Property {
        column: usize,
        value: i64,
    },
}

/// Where a lead stands on its way.
struct Place {
    stage: usize,
    since: i64,
    rest_until: Option<i64>,
    now: i64,
    /// taken at this instant
    steps: usize,
    /// number of the next signal
    turn: usize,
}

/// One lead on its way.
struct Walk<'w, 'p> {
    replay: &'w Replay<'p>,
    evaluate: &'w Evaluate<'w>,
    lead: &'w Subject<'w>,
    identity: &'w mut dyn FnMut(&str) -> i64,
    scratch: &'w mut Scratch,
    course: &'w mut Course,
}

impl<'w> Walk<'w, '_> {
    /// Goes on to the next instant at which a row can apply: that of the signal that is given, or what is due. None when time is up.
    fn next_turn(&mut self, place: &mut Place, end: usize, until: i64) -> Option<Option<usize>> {
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
    fn settle(&mut self, place: &mut Place, event: Option<usize>) {
        let replay = self.replay;
        let (stage_before, steps, mut signal) = (place.stage, self.course.steps.len(), event);
        while replay.changes.looks_in(place.stage) {
            let moved = self.moved_by(place, signal);
            if moved.is_some() && place.steps == replay.policy.stages.len() {
                self.course.circled = Some(place.now);
                break;
            }
            self.look_at_clocks(place.now);
            let Some((row, number)) = moved else { break };
            place.steps += 1;
            let is_signals = matches!(row.trigger, Trigger::On { .. });
            let given = replay.ports.routes.iter().map(|ports| {
                let number = |port: usize| self.scratch.outputs[port].and_then(|value| usize::try_from(value).ok());
                Given { queue: number(ports.queue), owner: ports.owner.and_then(number) }
            });
            let given = given.collect();
            let event = if is_signals { signal } else { None };
            let rest_until = row.rest.and_then(|rest| moments::later(&mut self.scratch.zone, place.now, rest));
            let from = Some(place.stage);
            self.course.step(Step { at: place.now, from, to: row.to, row: Some(number), event, rest_until, given }, row.forget);
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
        // what the signal itself moves is none of this
        self.moved_by(&Place { now: at, ..*place }, None);
        let signals = ClockSignals { layout: &self.replay.layout, events: self.lead.events, dropped: Cow::Borrowed(&[]) };
        self.record(|recorder, output, holders| {
            recorder.signal(clocks, &signals, event, output, holders);
            recorder.look(clocks, at, output, holders);
        });
    }

    /// The program was run at this instant.
    fn look_at_clocks(&mut self, now: i64) {
        let Some(clocks) = &self.replay.clocks else { return };
        self.record(|recorder, output, holders| recorder.look(clocks, now, output, holders));
    }

    /// With the answers of the program as it was run last.
    fn record(&mut self, take: impl FnOnce(&mut Recorder, &dyn Fn(usize) -> Option<i64>, Holders)) {
        let replay = self.replay;
        let Scratch { outputs, recorder, .. } = &mut *self.scratch;
        let output = |output: usize| outputs.get(output).copied().flatten();
        let given = || replay.ports.routes.iter().filter_map(|ports| usize::try_from(output(ports.owner?)?).ok()).collect();
        let before = || replay.holders(self.lead.inputs, &self.course.steps);
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
            steps: &self.course.steps,
            own: self.lead.inputs,
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

impl Replay<'_> {
    pub fn is_final(&self, stage: usize) -> bool {
        self.policy.stages.get(stage).is_some_and(|stage| stage.is_final)
    }

    /// A final stage that is not the goal, which is the first final stage.
    pub fn is_loss(&self, stage: usize) -> bool {
        self.is_final(stage) && (0..stage).any(|earlier| self.is_final(earlier))
    }

    /// Whether some `on` row waits for the signal.
    pub fn is_waited_for(&self, signal: SignalId) -> bool {
        self.waited_for.get(signal).copied().unwrap_or(false)
    }

    fn is_when(&self, step: &Step) -> bool {
        step.row.and_then(|row| self.rows.get(row)).is_some_and(|row| matches!(row.trigger, Trigger::When(_)))
    }

    /// Whether an `on` row of the stage waits for the signal.
    pub fn waits_for(&self, stage: usize, signal: SignalId) -> bool {
        let mut rows = self.rows.iter();
        rows.any(|row| row.from.contains(&stage) && matches!(&row.trigger, Trigger::On { signals, .. } if signals.contains(&signal)))
    }
}

/// The stages that a route's condition asks about.
fn asked<'e>(conditions: impl Iterator<Item = &'e Expr>) -> (Vec<usize>, Vec<usize>) {
    let (mut entering, mut leaving) = (Vec::new(), Vec::new());
    let mut open: Vec<&Expr> = conditions.collect();
    while let Some(expr) = open.pop() {
        if let ExprKind::Predicate(Predicate::Entering(stage)) = expr.kind {
            entering.push(stage);
        }
        if let ExprKind::Predicate(Predicate::Leaving(stage)) = expr.kind {
            leaving.push(stage);
        }
        open.extend(expr.children());
    }
    (entering, leaving)
}

/// [`Evaluate`] by the interpreter, which defines the meaning.
pub fn interpreted(program: &Program) -> impl Fn(&[Option<i64>], &Parameters, &mut [Option<i64>]) + Sync + '_ {
    |inputs, parameters, outputs| {
        let column = |(input, value): (&crate::program::Input, &Option<i64>)| {
            let mut column = Column::with_capacity(input.width, 1);
            column.push(*value);
            column
        };
        let block = Block { rows: 1, columns: program.inputs.iter().zip(inputs).map(column).collect() };
        let values = interpret::row(program, &block, 0, parameters);
        for (output, answer) in program.outputs.iter().zip(outputs) {
            *answer = values[output.value.index()];
        }
    }
}
