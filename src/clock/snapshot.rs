//! Clocks in a snapshot: how each stands at as-of.
//!
//! Enters: the answers of the program for one lead (which target applies, and since when what the stage and conditions make happen does), the
//! lead's signals. Leaves: a [`Reading`] for each clock, and with them the answers as a scored file has them. Always holds: what was
//! not asked for in the policy's text changes nothing; the order of equal instants is that of the language: signals, then what the
//! stage and conditions bring; and of these what stops before what starts.
//!
//! A snapshot knows of the past what signals and `stage_since` say. A clock that starts on entering a stage runs from `stage_since` while the
//! lead is in it; a condition is known to hold since as-of.

use super::holders::Holders;
use super::run::{ClockEvent, Happening, Instance, What};
use super::{ClockState, Clocks};
use crate::column::{Block, Column, Width};
use crate::model::{ClockRow, EventConditionId, Moment, Policy, SignalId, SlaId};
use crate::program::{ClockPart, Output, OutputKind, OutputRole, Program};

/// How a clock stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// none unless it runs
    pub due: Option<i64>,
    /// none if it was never started
    pub state: Option<ClockState>,
}

/// The signals of one lead in the order of time, as clocks see them.
pub trait Signals {
    fn count(&self) -> usize;

    /// Microseconds since the epoch.
    fn at(&self, signal: usize) -> i64;

    fn kind(&self, signal: usize) -> SignalId;

    /// Whether a `where` holds for one.
    fn holds(&self, signal: usize, condition: EventConditionId) -> bool;
}

/// Of a lead that has done nothing.
pub struct NoSignals;

impl Signals for NoSignals {
    fn count(&self) -> usize {
        0
    }

    fn at(&self, _: usize) -> i64 {
        0
    }

    fn kind(&self, _: usize) -> SignalId {
        0
    }

    fn holds(&self, _: usize, _: EventConditionId) -> bool {
        false
    }
}

/// The clocks of a policy, and where a program answers what they ask.
#[derive(Clone, Debug)]
pub struct Snapshot<'p> {
    clocks: Clocks<'p>,
    places: Vec<Places>,
    /// outputs that are answers as they stand
    plain: Vec<usize>,
}

/// Outputs of the program, by their numbers.
#[derive(Clone, Debug)]
struct Places {
    target: Option<usize>,
    /// per row of the clock; none for signals
    rows: Vec<Option<usize>>,
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
            given: (0..policy.holder_count()).map(|route| place(OutputRole::Owner(route))).collect(),
            before: (0..policy.holder_count()).map(|route| place(OutputRole::Clock(sla, ClockPart::Owner(route)))).collect(),
        });
        let places = places.collect();
        let plain = (0..program.outputs.len()).filter(|index| !is_part(&program.outputs[*index])).collect();
        Snapshot { clocks, places, plain }
    }

    pub fn clocks(&self) -> &Clocks<'p> {
        &self.clocks
    }

    pub fn policy(&self) -> &'p Policy {
        self.clocks.policy()
    }

    /// How a clock stands at as-of, given the program's outputs by their numbers and the lead's signals in the order of time.
    pub fn read(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, signals: &dyn Signals, as_of: i64) -> Reading {
        let Some(last) = self.instance(sla, output, signals, as_of) else { return Reading::default() };
        let due = match last.state {
            ClockState::Running | ClockState::Breached => last.due,
            ClockState::Paused | ClockState::Met | ClockState::Missed => None,
        };
        Reading { due, state: Some(last.state) }
    }

    /// The last time that the clock was started, as far as a snapshot knows.
    pub fn instance(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, signals: &dyn Signals, as_of: i64) -> Option<Instance> {
        self.clocks.run(sla, &self.happenings(sla, output, signals)?, as_of).pop()
    }

    /// What is still to come of it, if nothing else happens.
    pub fn to_come(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, signals: &dyn Signals, as_of: i64) -> Vec<ClockEvent> {
        let happenings = self.happenings(sla, output, signals);
        happenings.map_or_else(Vec::new, |happenings| self.clocks.to_come(sla, &happenings, as_of))
    }

    /// In order; none if there are none.
    fn happenings(&self, sla: SlaId, output: &dyn Fn(usize) -> Option<i64>, signals: &dyn Signals) -> Option<Vec<Happening>> {
        let (clock, places) = (self.clocks.sla(sla)?, self.places.get(sla)?);
        output(places.target?)?;
        let owners = |places: &[Option<usize>]| -> Vec<usize> {
            let owner = |place: &Option<usize>| usize::try_from(output((*place)?)?).ok();
            places.iter().filter_map(owner).collect()
        };
        let (given, before) = (|| owners(&places.given), || owners(&places.before));
        let holders = Holders { given: &given, before: &before };
        let mut happenings: Vec<(bool, Happening)> = Vec::new();
        for (row, place) in clock.rows().zip(&places.rows) {
            let known = place.and_then(output);
            let Some(what) = self.what(sla, &row, true, output, holders) else { continue };
            happenings.extend(known.map(|at| (true, Happening { at, what })));
            let Some(Moment::On { signals: wanted, condition }) = row.moment() else { continue };
            let fits = |signal: &usize| {
                wanted.binary_search(&signals.kind(*signal)).is_ok() && condition.is_none_or(|id| signals.holds(*signal, id))
            };
            happenings.extend((0..signals.count()).filter(fits).map(|signal| (false, Happening { at: signals.at(signal), what })));
        }
        if happenings.is_empty() {
            return None;
        }
        happenings.sort_by_key(|(is_stage, happening)| (happening.at, *is_stage, happening.what.order()));
        Some(happenings.into_iter().map(|(_, happening)| happening).collect())
    }

    /// The answers of a block as a scored file has them, given each row's signals; takes the program's columns that are answers as they stand.
    pub fn complete<S: Signals>(&self, raw: &mut Block, as_of: i64, signals: impl Fn(usize) -> S) -> Block {
        let rows = raw.rows;
        let mut clocks = Vec::with_capacity(2 * self.places.len());
        for _ in &self.places {
            clocks.push(Column::with_capacity(Width::I64, rows));
            clocks.push(Column::with_capacity(Width::U8, rows));
        }
        for row in 0..rows {
            let signals = signals(row);
            let output = |index: usize| raw.columns.get(index).and_then(|column| column.get(row));
            for (sla, columns) in clocks.chunks_mut(2).enumerate() {
                let reading = self.read(sla, &output, &signals, as_of);
                if let [due, state] = columns {
                    due.push(reading.due);
                    state.push(reading.state.map(|state| state as i64));
                }
            }
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
