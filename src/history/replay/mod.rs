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
pub mod held;
pub mod moments;
pub mod periods;
pub mod program;
pub mod signal_tally;
pub mod tally;
mod walk;

use self::changes::Changes;
pub use self::course::{Course, Given, Misfit, Step};
use self::program::{Fills, Ports};
use self::walk::{Place, Walk};
use super::{Events, Layout, Measures, Texts};
use crate::calendar::Zone;
use crate::clock::{Clocks, Holders, Recorder, Snapshot};
use crate::column::{Block, Column};
use crate::interpret;
use crate::model::{Because, BreachAction, Expr, ExprKind, FlowRow, MeasureId, Policy, Predicate, Reference, SignalId, Trigger};
use crate::program::{Lowered, Parameters, Program};

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
    /// some clock takes leads from their owners
    reassigns: bool,
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
    /// of its key, see [`crate::program::arithmetic::key_hash`]
    pub key_hash: i64,
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
        let mut breaches = policy.slas.iter().flat_map(|clock| &clock.breaches);
        Replay {
            reassigns: breaches.any(|breach| breach.action == BreachAction::Reassign),
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
        self.fills.of_file(lead.inputs, &mut course.held);
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
        walk.advance_clocks(until);
        if let Some(clocks) = &self.clocks {
            let owners = course.held.owners();
            course.clocks = scratch.recorder.instances(clocks, Holders { given: &Vec::new, before: &|| owners.clone() });
        }
        scratch.days = days;
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
