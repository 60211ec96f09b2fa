//! When a lead's next transition can come without a further signal.
//!
//! Enters: a policy and its plain program; then where a lead stands and what it did. Leaves: which signals have to be looked at in a stage,
//! and the next instant at which one of its rows can begin to apply. Always holds: no row begins to apply at any other instant; an
//! instant too many does no harm, for an evaluation that finds nothing changes nothing.
//!
//! What can change by itself: a wait ends; a rest ends; a window closes behind a signal (one of days at a midnight); so much time passed without a
//! signal; and at every local midnight whatever else counts days. A stage whose rows look at none of these has no such instants.

use super::moments;
use crate::calendar::Zone;
use crate::history::{Events, Standing};
use crate::model::{Length, Measure, MeasureId, MeasureKind, Moment, Policy, SignalId, Since, Subject, Trigger};
use crate::program::{InputSource, Lowered, Op, Parameter, Value};

#[derive(Clone, Debug)]
pub struct Changes {
    /// per stage
    stages: Vec<StageChanges>,
    /// per measure: some clock reads it
    of_clocks: Vec<bool>,
}

#[derive(Clone, Debug, Default)]
struct StageChanges {
    /// some row leads out of it
    has_rows: bool,
    /// some clock has a condition
    has_conditions: bool,
    /// some `when` row leads out of it, so that the end of a rest matters
    rests: bool,
    /// some row looks at something that changes from day to day
    daily: bool,
    /// per signal: a row looks at it
    signals: Vec<bool>,
    /// per measure: a row reads it
    measures: Vec<bool>,
    waits: Vec<Wait>,
    windows: Vec<Window>,
}

/// `after 30 days without activity`
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wait {
    length: Length,
    /// per signal
    without: Vec<bool>,
}

/// `in last 4 hours` behind each of these; `in last 30 days`; `per 6 hours without …`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Window {
    length: WindowLength,
    of: Of,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WindowLength {
    /// microseconds
    Elapsed(i64),
    /// the same again and again
    Again(i64),
    /// calendar days: it closes at a midnight
    Days(i64),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    /// per signal
    Signals(Vec<bool>),
    Log,
}

impl Changes {
    pub fn new(policy: &Policy, plain: &Lowered) -> Changes {
        let (signals, measures) = (vec![false; policy.signals.len()], vec![false; policy.measures.len()]);
        let mut stages = vec![StageChanges { signals, measures, ..StageChanges::default() }; policy.stages.len()];
        let mut of_clocks = vec![false; policy.measures.len()];
        for (flow, values) in policy.flows.iter().zip(&plain.trace.flows) {
            for (row, value) in flow.rows.iter().zip(values) {
                let reads = reads(policy, plain, *value);
                for stage in &row.from {
                    let Some(stage) = stages.get_mut(*stage) else { continue };
                    stage.has_rows = true;
                    stage.add_trigger(policy, &row.trigger);
                    stage.daily |= reads.days;
                    mark(&mut stage.measures, &reads.measures);
                    for measure in reads.measures.iter().filter_map(|measure| policy.measures.get(*measure)) {
                        stage.add_measure(policy, measure);
                    }
                }
            }
        }
        // clocks look at their conditions in every stage
        for (clock, trace) in policy.slas.iter().zip(&plain.trace.clocks) {
            for value in trace.rows.iter().flatten().chain([&trace.target]) {
                mark(&mut of_clocks, &reads(policy, plain, *value).measures);
            }
            for (row, value) in clock.rows().zip(&trace.rows) {
                let is_condition = row.moment().is_none_or(|moment| matches!(moment, Moment::When(_)));
                let Some(value) = value.filter(|_| is_condition) else { continue };
                let reads = reads(policy, plain, value);
                for stage in &mut stages {
                    stage.has_conditions = true;
                    stage.daily |= reads.days;
                    for measure in reads.measures.iter().filter_map(|measure| policy.measures.get(*measure)) {
                        stage.add_measure(policy, measure);
                    }
                }
            }
        }
        Changes { stages, of_clocks }
    }

    /// Whether a measure can decide what happens to a lead that stays in the stage: a row of it reads it, or a clock.
    pub fn reads(&self, stage: usize, measure: MeasureId) -> bool {
        let is = |measures: &[bool]| measures.get(measure).copied().unwrap_or(false);
        is(&self.of_clocks) || self.stages.get(stage).is_some_and(|stage| is(&stage.measures))
    }

    /// Whether anything looks at a lead that is in the stage: a row that leaves it, or the condition of a clock.
    pub fn looks_in(&self, stage: usize) -> bool {
        self.stages.get(stage).is_some_and(StageChanges::looks)
    }

    /// Whether some row of the stage looks at the signal.
    pub fn looks_at(&self, stage: usize, signal: SignalId) -> bool {
        self.stages.get(stage).and_then(|stage| stage.signals.get(signal)).copied().unwrap_or(false)
    }

    /// The first instant after `now` at which a row of the stage can begin to apply, if no signal comes before. `events` are those that had
    /// their turn.
    pub fn next(&self, events: Events, standing: &Standing, rest_until: Option<i64>, now: i64, zone: &mut Zone) -> Option<i64> {
        let stage = self.stages.get(standing.stage).filter(|stage| stage.looks())?;
        let since = standing.since.unwrap_or(now);
        let rest = rest_until.filter(|until| stage.rests && *until > now);
        let midnight = if stage.daily { moments::next_midnight(zone, now) } else { None };
        let mut next = rest.into_iter().chain(midnight).min();
        let mut may_be = |instant: Option<i64>| next = next.into_iter().chain(instant.filter(|instant| *instant > now)).min();
        for wait in &stage.waits {
            let stay = events.at.partition_point(|at| *at < since);
            let last = (stay..events.at.len()).rev().find(|event| has(&wait.without, events.signal[*event]));
            let begin = last.map_or(since, |event| events.at[event].max(since));
            may_be(moments::later(zone, begin, wait.length));
        }
        for window in &stage.windows {
            may_be(match &window.of {
                Of::Signals(signals) => {
                    let own = events.at.iter().zip(events.signal).rev().filter(|(_, signal)| has(signals, **signal));
                    window.next(own.map(|(at, _)| *at), now, zone)
                }
                Of::Log => window.next(standing.log.iter().rev().map(|entry| entry.at), now, zone),
            });
        }
        next
    }
}

impl StageChanges {
    fn looks(&self) -> bool {
        self.has_rows || self.has_conditions
    }

    fn add_trigger(&mut self, policy: &Policy, trigger: &Trigger) {
        match trigger {
            Trigger::When(_) => self.rests = true,
            Trigger::On { signals, .. } => self.add_signals(signals),
            Trigger::After { length, without, .. } => {
                let wait = Wait { length: *length, without: set(policy, without) };
                if !self.waits.contains(&wait) {
                    self.waits.push(wait);
                }
            }
            Trigger::Broken => {}
        }
    }

    fn add_measure(&mut self, policy: &Policy, measure: &Measure) {
        let of = match &measure.subject {
            Subject::Signals(signals) => {
                self.add_signals(signals);
                Of::Signals(set(policy, signals))
            }
            Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_) => Of::Log,
        };
        match &measure.since {
            Some(Since::LastSignal(signals)) => self.add_signals(signals),
            Some(Since::Entering(_) | Since::Stay) | None => {}
        }
        self.daily |= measure.fading.is_some();
        match measure.window {
            Some(Length::Days(days)) => self.add_window(Window { length: WindowLength::Days(days), of: of.clone() }),
            Some(Length::Elapsed(microseconds)) => {
                self.add_window(Window { length: WindowLength::Elapsed(microseconds), of: of.clone() });
            }
            None => {}
        }
        match measure.kind {
            MeasureKind::DaysSinceLast | MeasureKind::DaysIn | MeasureKind::Quiet(Length::Days(_)) => self.daily = true,
            MeasureKind::Quiet(Length::Elapsed(microseconds)) => {
                self.add_window(Window { length: WindowLength::Again(microseconds), of });
            }
            // a balance is booked day by day from rows that are measures of their own
            MeasureKind::Balance(_) => {
                self.daily = true;
                let others = policy.measures.iter().filter(|other| !matches!(other.kind, MeasureKind::Balance(_)));
                others.for_each(|other| self.add_measure(policy, other));
            }
            // waits are the rows' own, see above
            MeasureKind::Waited(_)
            | MeasureKind::Count
            | MeasureKind::Any
            | MeasureKind::Sum(_)
            | MeasureKind::First(_)
            | MeasureKind::Last(_) => {}
        }
    }

    fn add_signals(&mut self, signals: &[SignalId]) {
        for signal in signals {
            if let Some(seen) = self.signals.get_mut(*signal) {
                *seen = true;
            }
        }
    }

    fn add_window(&mut self, window: Window) {
        if !self.windows.contains(&window) {
            self.windows.push(window);
        }
    }
}

impl Window {
    /// When it closes next; `from` comes latest first.
    fn next(&self, from: impl Iterator<Item = i64>, now: i64, zone: &mut Zone) -> Option<i64> {
        match self.length {
            WindowLength::Elapsed(length) => from.map(|at| at.saturating_add(length)).take_while(|end| *end > now).last(),
            // whether the signal counts is not asked here, so each may be the last that does
            WindowLength::Again(length) => {
                from.filter_map(|at| at.checked_add((now.checked_sub(at)? / length + 1).checked_mul(length)?)).min()
            }
            WindowLength::Days(days) => {
                let mut first = None;
                // the latest closes last
                for at in from {
                    let day = zone.local_day(at).checked_add(days)?.checked_add(1)?;
                    let end = moments::day_begin(zone, day)?;
                    if end <= now {
                        break;
                    }
                    first = Some(end);
                }
                first
            }
        }
    }
}

fn mark(marked: &mut [bool], measures: &[MeasureId]) {
    for measure in measures {
        if let Some(marked) = marked.get_mut(*measure) {
            *marked = true;
        }
    }
}

fn set(policy: &Policy, signals: &[SignalId]) -> Vec<bool> {
    (0..policy.signals.len()).map(|signal| signals.contains(&signal)).collect()
}

fn has(signals: &[bool], signal: u16) -> bool {
    signals.get(usize::from(signal)).copied().unwrap_or(false)
}

/// What a value of the program looks at that is not a field of the lead.
struct Reads {
    measures: Vec<MeasureId>,
    /// as-of's day
    days: bool,
}

fn reads(policy: &Policy, plain: &Lowered, value: Value) -> Reads {
    let program = &plain.program;
    let mut seen = vec![false; program.ops.len()];
    let mut open = vec![value];
    let mut found = Reads { measures: Vec::new(), days: false };
    while let Some(value) = open.pop() {
        if std::mem::replace(&mut seen[value.index()], true) {
            continue;
        }
        let op = &program.ops[value.index()];
        // only rests look at the instant itself
        found.days |= *op == Op::Parameter(Parameter::AsOfDay);
        if let Op::Input(input) = op {
            found.measures.extend(measure_of(policy, &program.inputs[*input as usize].source));
        }
        open.extend(op.operands(&program.calculations));
    }
    found.measures.sort_unstable();
    found.measures.dedup();
    found
}

/// The measure that an input is taken from.
pub fn measure_of(policy: &Policy, source: &InputSource) -> Option<MeasureId> {
    source.column()?.checked_sub(policy.fields.len())
}
