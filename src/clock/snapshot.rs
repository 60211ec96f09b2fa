//! Clocks in a snapshot: how each stands at as-of.
//!
//! Enters: the answers of the program for one lead (which target applies, and since when what the stage and conditions make happen does), the
//! lead's signals. Leaves: a [`Reading`] for each clock, and with them the answers as a scored file has them. Always holds: what was
//! not asked for in the policy's text changes nothing; the order of equal instants is that of the language: each signal, then the
//! steps that came with it, then what is so by now; and of one step what stops before what starts.
//!
//! A snapshot knows of the past what signals, `stage_since` and the stage log say. A clock that starts on entering a stage runs from `stage_since` while the
//! lead is in it; this evaluation's transition is as old as the signal or the wait that made it; a condition is known to hold since as-of.

use super::holders::Holders;
use super::past::{Past, Then};
use super::run::{ClockEvent, Happening, Instance, What};
use super::{ClockState, Clocks};
use crate::column::{Block, Column, Width};
use crate::model::{ClockRow, Moment, Policy, SlaId, Transition};
use crate::program::{ClockPart, Output, OutputKind, OutputRole, Program};

/// How a clock stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// none unless it runs
    pub due: Option<i64>,
    /// none if it was never started
    pub state: Option<ClockState>,
}

/// The clocks of a policy, and where a program answers what they ask.
#[derive(Clone, Debug)]
pub struct Snapshot<'p> {
    clocks: Clocks<'p>,
    places: Vec<Places>,
    /// outputs that say where a lead stands now, and which row of the flow moved it there
    stage: Option<usize>,
    rule: Option<usize>,
    /// outputs that are answers as they stand
    plain: Vec<usize>,
}

/// What comes first at one instant: behind so many signals, a step before the next signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Order {
    behind: usize,
    what: Turn,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Entry(usize),
    Stay,
    /// this evaluation's transition
    Move,
    Signal,
    /// what is so by now
    Now,
}

/// Something that a row of a clock waits for.
#[derive(Clone, Copy, Debug)]
struct Found {
    at: i64,
    /// when the program is to be asked; none at as-of
    then: Option<Then>,
    order: Order,
}

/// Outputs of the program, by their numbers.
#[derive(Clone, Debug)]
struct Places {
    target: Option<usize>,
    /// per row of the clock; none for signals
    rows: Vec<Option<usize>>,
    /// per row of the clock, what it asks behind `entering` or `leaving`; none if it asks nothing
    conditions: Vec<Option<usize>>,
    /// per route: whom it gives the lead, and who had it before
    given: Vec<Option<usize>>,
    before: Vec<Option<usize>>,
}

/// The answers that a scored file has: those of the program, without what is only counted or what clocks ask, and the clocks'.
pub fn answers(policy: &Policy, program: &Program) -> Vec<Output> {
    let mut answers: Vec<Output> = program.outputs.iter().filter(|output| !is_part(output)).cloned().collect();
    for (sla, clock) in policy.slas.iter().enumerate() {
        let target = program.outputs.iter().find(|output| output.role == OutputRole::Clock(sla, ClockPart::Target));
        let Some((target, states)) = target.zip(policy.clock_state_choices) else { continue };
        let answer = |part: &str, kind: OutputKind, role: OutputRole| Output {
            name: format!("{}.{part}", clock.name),
            kind,
            optional: true,
            role,
            ..target.clone()
        };
        answers.push(answer("due", OutputKind::Time, OutputRole::ClockDue(sla)));
        answers.push(answer("state", OutputKind::Choice(states), OutputRole::ClockState(sla)));
    }
    answers
}

/// How many signals came before an entry of the log.
fn behind(past: &dyn Past, entry: &Transition) -> usize {
    entry.behind(past.signals().earlier_than(entry.at), past.signals().earlier_than(entry.at.saturating_add(1)))
}

fn is_part(output: &Output) -> bool {
    matches!(output.role, OutputRole::Clock(..) | OutputRole::Kept(_))
}

impl<'p> Snapshot<'p> {
    pub fn new(clocks: Clocks<'p>, program: &Program) -> Snapshot<'p> {
        let place = |role: OutputRole| program.outputs.iter().position(|output| output.role == role);
        let policy = clocks.policy();
        let places = policy.slas.iter().enumerate().map(|(sla, clock)| Places {
            target: place(OutputRole::Clock(sla, ClockPart::Target)),
            rows: (0..clock.rows().count()).map(|row| place(OutputRole::Clock(sla, ClockPart::Row(row)))).collect(),
            conditions: (0..clock.rows().count()).map(|row| place(OutputRole::Clock(sla, ClockPart::Condition(row)))).collect(),
            given: (0..policy.holder_count()).map(|route| place(OutputRole::Owner(route))).collect(),
            before: (0..policy.holder_count()).map(|route| place(OutputRole::Clock(sla, ClockPart::Owner(route)))).collect(),
        });
        let places = places.collect();
        let plain = (0..program.outputs.len()).filter(|index| !is_part(&program.outputs[*index])).collect();
        let (stage, rule) = (place(OutputRole::Stage), place(OutputRole::StageRule));
        Snapshot { clocks, places, stage, rule, plain }
    }

    pub fn clocks(&self) -> &Clocks<'p> {
        &self.clocks
    }

    pub fn policy(&self) -> &'p Policy {
        self.clocks.policy()
    }

    /// How a clock stands at as-of, given the program's outputs by their numbers and the lead's signals in the order of time.
    pub fn read(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, past: &dyn Past, as_of: i64) -> Reading {
        let Some(last) = self.instance(sla, output, past, as_of) else { return Reading::default() };
        let due = match last.state {
            ClockState::Running | ClockState::Breached => last.due,
            ClockState::Paused | ClockState::Met | ClockState::Missed => None,
        };
        Reading { due, state: Some(last.state) }
    }

    /// The last time that the clock was started, as far as a snapshot knows.
    pub fn instance(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, past: &dyn Past, as_of: i64) -> Option<Instance> {
        self.clocks.run(sla, &self.happenings(sla, output, past, as_of)?, as_of).pop()
    }

    /// What is still to come of it, if nothing else happens.
    pub fn to_come(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, past: &dyn Past, as_of: i64) -> Vec<ClockEvent> {
        let happenings = self.happenings(sla, output, past, as_of);
        happenings.map_or_else(Vec::new, |happenings| self.clocks.to_come(sla, &happenings, as_of))
    }

    /// In order; none if the clock was never started.
    fn happenings(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, past: &dyn Past, as_of: i64) -> Option<Vec<Happening>> {
        let places = self.places.get(sla)?;
        let owners = |places: &[Option<usize>]| -> Vec<usize> {
            let owner = |place: &Option<usize>| usize::try_from(output((*place)?)?).ok();
            places.iter().filter_map(owner).collect()
        };
        let (given, before) = (|| owners(&places.given), || owners(&places.before));
        let holders = Holders { given: &given, before: &before };
        let mut happenings: Vec<(Order, Happening)> = Vec::new();
        for (index, row) in self.clocks.sla(sla)?.rows().enumerate() {
            for Found { at, then, order } in self.found(sla, index, &row, output, past, as_of) {
                let earlier = |part: ClockPart| past.answer(then?, sla, part);
                let asks = places.conditions.get(index).copied().flatten();
                if asks.is_some_and(|asks| earlier(ClockPart::Condition(index)).unwrap_or_else(|| output(asks)) != Some(1)) {
                    continue;
                }
                let target = || earlier(ClockPart::Target);
                let answers =
                    |place: usize| if Some(place) == places.target { target().unwrap_or_else(|| output(place)) } else { output(place) };
                let what = self.what(sla, &row, true, &answers, holders);
                happenings.extend(what.map(|what| (order, Happening { at, what })));
            }
        }
        if !happenings.iter().any(|(_, happening)| matches!(happening.what, What::Start { .. })) {
            return None;
        }
        happenings.sort_by_key(|(order, happening)| (happening.at, *order, happening.what.order()));
        Some(happenings.into_iter().map(|(_, happening)| happening).collect())
    }

    /// When what a row of a clock waits for happened.
    fn found(
        &self,
        sla: SlaId,
        index: usize,
        row: &ClockRow,
        output: &dyn Fn(usize) -> Option<i64>,
        past: &dyn Past,
        as_of: i64,
    ) -> Vec<Found> {
        let known = self.place(sla, index).and_then(output);
        // what stands in the log as it was then, and what this evaluation's transition brings
        let in_log = |is: &dyn Fn(&Transition) -> bool| -> Vec<Found> {
            let entries = past.log().iter().enumerate().filter(|(_, entry)| is(entry));
            let found = |(number, entry): (usize, &Transition)| {
                let order = Order { behind: behind(past, entry), what: Turn::Entry(number) };
                Found { at: entry.at, then: Some(Then::Entry(number)), order }
            };
            entries.map(found).collect()
        };
        let moved = self.rule.and_then(output).and_then(|row| usize::try_from(row).ok());
        let by_move = || {
            let came = moved.and_then(|row| past.moved_at(row)).filter(|came| came.at <= as_of);
            let at = came.map_or(as_of, |came| came.at);
            // the signals behind the one that made it come after it
            let signals =
                came.and_then(|came| came.signal).map_or_else(|| past.signals().earlier_than(at.saturating_add(1)), |signal| signal + 1);
            Found { at, then: (at < as_of).then_some(Then::Move { at, signals }), order: Order { behind: signals, what: Turn::Move } }
        };
        match row.moment() {
            Some(Moment::On { signals: wanted, condition }) => {
                let signals = past.signals();
                let fits = |signal: &usize| {
                    wanted.binary_search(&signals.kind(*signal)).is_ok() && condition.is_none_or(|id| signals.holds(*signal, id))
                };
                let order = |signal| Order { behind: signal, what: Turn::Signal };
                let found = |signal| Found { at: signals.at(signal), then: Some(Then::Signal(signal)), order: order(signal) };
                (0..signals.count()).filter(fits).map(found).collect()
            }
            Some(Moment::Entering { stage, .. }) => {
                let mut found = in_log(&|entry| entry.to == *stage);
                let goes_there = moved.is_some() && self.stage.and_then(output).and_then(|to| usize::try_from(to).ok()) == Some(*stage);
                match known {
                    Some(_) if goes_there => found.push(by_move()),
                    Some(since) if found.last().is_none_or(|last| last.at != since) => {
                        // no log tells what came first: rows see the signals of that instant, and so do clocks
                        let last = past.log().last().filter(|last| last.at == since);
                        let behind = last.map_or_else(|| past.signals().earlier_than(since), |last| behind(past, last));
                        let order = Order { behind, what: Turn::Stay };
                        found.push(Found { at: since, then: (since < as_of).then_some(Then::Stay(since)), order });
                    }
                    Some(_) | None => {}
                }
                found
            }
            Some(Moment::Leaving { stage, .. }) => {
                let mut found = in_log(&|entry| entry.from == Some(*stage));
                found.extend(known.map(|_| by_move()));
                found
            }
            Some(Moment::When(_)) | None => {
                let order = Order { behind: usize::MAX, what: Turn::Now };
                known.map(|at| Found { at, then: None, order }).into_iter().collect()
            }
        }
    }

    /// The answers of a block as a scored file has them, given each row's past (`past` shows it once); takes the program's columns that are answers as they stand.
    pub fn complete(&self, raw: &mut Block, as_of: i64, past: &mut dyn FnMut(usize, &mut dyn FnMut(&dyn Past))) -> Block {
        let rows = raw.rows;
        let mut clocks = Vec::with_capacity(2 * self.places.len());
        for _ in &self.places {
            clocks.push(Column::with_capacity(Width::I64, rows));
            clocks.push(Column::with_capacity(Width::U8, rows));
        }
        for row in 0..rows {
            let output = |index: usize| raw.columns.get(index).and_then(|column| column.get(row));
            past(row, &mut |past| {
                for (sla, columns) in clocks.chunks_mut(2).enumerate() {
                    let reading = self.read(sla, &output, past, as_of);
                    if let [due, state] = columns {
                        due.push(reading.due);
                        state.push(reading.state.map(|state| state as i64));
                    }
                }
            });
        }
        let place = |index: &usize| std::mem::replace(&mut raw.columns[*index], Column::with_capacity(Width::U8, 0));
        let columns = self.plain.iter().map(place).chain(clocks).collect();
        Block { rows, columns }
    }

    /// What a row brings when it happens, as the program answers now; a start only if some target applies.
    pub(super) fn what(
        &self,
        sla: SlaId,
        row: &ClockRow,
        holds: bool,
        output: &dyn Fn(usize) -> Option<i64>,
        holders: Holders,
    ) -> Option<What> {
        let places = self.places.get(sla)?;
        Some(match row {
            ClockRow::Stops(_) => What::Stop { owner: self.clocks.holder_before(sla, holders).owner },
            ClockRow::Starts(_) => {
                let target = usize::try_from(output(places.target?)?).ok()?;
                What::Start { target, holder: self.clocks.holder(sla, holders) }
            }
            ClockRow::Restarts(_) => What::Restart { holder: self.clocks.holder(sla, holders) },
            ClockRow::PausesWhile(pause, _) => What::While { pause: *pause, holds },
            ClockRow::PausesAfter(pause, _) => What::PauseFor(*pause),
        })
    }

    /// The output that says since when what a row waits for is so.
    pub(super) fn place(&self, sla: SlaId, row: usize) -> Option<usize> {
        self.places.get(sla)?.rows.get(row).copied().flatten()
    }
}
