//! The way of one lead through the stages.

use super::held::{Held, Reassignment};
use crate::clock::Instance;
use crate::model::Transition;

/// Used again for lead after lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// the first is the lead's beginning
    pub steps: Vec<Step>,
    /// the same as measures read it
    pub log: Vec<Transition>,
    /// signals of kinds that `on` rows wait for, and that moved nobody, in the order of their turns
    pub misfits: Vec<Misfit>,
    /// signals earlier than the lead's beginning: they are there for measures, but had no turn
    pub before_start: usize,
    /// signals that are part of a burst: neither rows nor measures nor clocks see them
    pub bursts: Vec<usize>,
    /// signals for whose kind no `on` row waits: those at whose turn a `when` row moved the lead, and the others
    pub moved_by_measures: Vec<usize>,
    pub no_row_waits: Vec<usize>,
    /// signals that had no turn, because the lead was stopped for good before
    pub after_stop: Vec<usize>,
    /// whose it is
    pub held: Held,
    /// in the order of time
    pub reassignments: Vec<Reassignment>,
    /// per clock of the policy: every time that it was started
    pub clocks: Vec<Vec<Instance>>,
    /// the last instant at which a row still applied after as many steps as there are stages
    pub circled: Option<i64>,
    /// it took so many steps that it was stopped for good
    pub endless: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// microseconds since the epoch
    pub at: i64,
    /// none: the lead came into being
    pub from: Option<usize>,
    pub to: usize,
    /// number of the row, through all flows
    pub row: Option<usize>,
    /// number of the signal of an `on` row among the lead's events
    pub event: Option<usize>,
    /// how many of the lead's signals had come by then
    pub turn: usize,
    /// no `when` row moves the lead on before
    pub rest_until: Option<i64>,
    /// per route
    pub given: Vec<Given>,
}

/// What a route `when entering` or `when leaving` gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub queue: Option<usize>,
    pub owner: Option<usize>,
}

/// A signal that an `on` row waits for somewhere, but that moved nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// number among the lead's events
    pub event: usize,
    /// where the lead stood
    pub stage: usize,
    /// steps, the beginning among them, that it had taken
    pub steps: usize,
    /// a row of that stage waits for such signals, but its conditions failed
    pub waited: bool,
}

impl Course {
    pub(super) fn begin(&mut self, at: i64, stage: usize) {
        self.steps.clear();
        self.log.clear();
        self.misfits.clear();
        self.bursts.clear();
        self.moved_by_measures.clear();
        self.no_row_waits.clear();
        self.after_stop.clear();
        self.held.clear();
        self.reassignments.clear();
        self.clocks.clear();
        (self.before_start, self.circled, self.endless) = (0, None, false);
        self.step(Step { at, from: None, to: stage, row: None, event: None, turn: 0, rest_until: None, given: Vec::new() }, None);
    }

    pub(super) fn step(&mut self, step: Step, forget: Option<usize>) {
        self.log.push(Transition { at: step.at, from: step.from, to: step.to, forget, rest_until: step.rest_until, signals_before: None });
        self.steps.push(step);
    }

    /// From numbers among some of the lead's signals to those among all of them.
    pub(super) fn renumber(&mut self, numbers: &[usize]) {
        let number = |event: usize| numbers.get(event).copied().unwrap_or(event);
        for step in &mut self.steps {
            step.event = step.event.map(number);
            // behind the last one that had come
            step.turn = step.turn.checked_sub(1).map_or(0, |last| number(last) + 1);
        }
        self.misfits.iter_mut().for_each(|misfit| misfit.event = number(misfit.event));
        let others = [&mut self.moved_by_measures, &mut self.no_row_waits, &mut self.after_stop];
        others.into_iter().flatten().for_each(|event| *event = number(*event));
    }

    /// Of the signals of a step's instant, how many came before it, if that is not what a log says without a word: all of them, or before the beginning none.
    pub fn signals_before(step: &Step, signals: &[i64]) -> Option<usize> {
        let (first, all) = (signals.partition_point(|at| *at < step.at), signals.partition_point(|at| *at <= step.at));
        let before = step.turn.clamp(first, all) - first;
        (step.from.is_some() && before < all - first).then_some(before)
    }

    /// Where the lead ends up.
    pub fn stage(&self) -> Option<usize> {
        self.steps.last().map(|step| step.to)
    }
}
