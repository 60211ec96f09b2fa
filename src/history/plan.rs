//! A measure made ready to be read: whatever depends on the policy alone is worked out once.
//!
//! Enters: a measure of the model. Leaves: a [`Plan`]. Always holds: a plan's tables have an entry per signal.

use super::balance::Booking;
use super::fading::Weights;
use super::{Layout, SignalLayout};
use crate::model::{
    Cap, EventColumnId, EventConditionId, Interval, Length, Measure, MeasureId, MeasureKind, Policy, SignalId, Since, Subject,
};

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub kind: Kind,
    pub of: Of,
    pub window: Option<Length>,
    pub since: Option<SincePlan>,
    pub cap: Option<Cap>,
    pub fading: Option<Weights>,
    /// the [`Policy::forgets`] after which it starts again
    pub forgets: Vec<usize>,
    /// bounds of a known value
    pub range: Interval,
}

#[derive(Clone, Debug)]
pub(super) enum Kind {
    Count,
    Any,
    Sum(Property),
    First(Property),
    Last(Property),
    DaysSinceLast,
    DaysIn(usize),
    Quiet(Length),
    Waited(Length),
    Balance(Vec<Booking>),
}

/// What is counted.
#[derive(Clone, Debug)]
pub(super) enum Of {
    Signals(Filter),
    Entering(usize),
    Leaving(usize),
}

#[derive(Clone, Debug)]
pub(super) enum SincePlan {
    Entering(usize),
    LastSignal(Filter),
    Stay,
}

/// Which events are looked at: one entry per signal.
#[derive(Clone, Debug)]
pub(super) struct Filter(Vec<Pass>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pass {
    Never,
    Always,
    /// if this bit is set
    If(usize),
}

/// Where events keep a property: one entry per signal.
#[derive(Clone, Debug)]
pub(super) struct Property {
    of: Vec<Option<Kept>>,
    /// places of a number
    pub scale: u8,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub slot: usize,
    pub known_bit: usize,
}

impl Filter {
    fn new(policy: &Policy, layout: &Layout, signals: &[SignalId], condition: Option<EventConditionId>) -> Filter {
        let pass = |signal: SignalId| match (signals.binary_search(&signal), condition) {
            (Err(_), _) => Pass::Never,
            (Ok(_), None) => Pass::Always,
            (Ok(_), Some(condition)) => {
                layout.signal(signal).and_then(|signal| signal.condition_bit(condition)).map_or(Pass::Never, Pass::If)
            }
        };
        Filter((0..policy.signals.len()).map(pass).collect())
    }

    pub fn of(&self, signal: u16) -> Pass {
        self.0.get(usize::from(signal)).copied().unwrap_or(Pass::Never)
    }
}

impl Property {
    fn new(policy: &Policy, layout: &Layout, column: EventColumnId) -> Property {
        let kept = |signal: SignalId| {
            let of: &SignalLayout = layout.signal(signal)?;
            let slot = of.slot(layout.property(signal, column)?)?;
            Some(Kept { slot, known_bit: of.known_bit(slot) })
        };
        let scale = match policy.event_columns.get(column).map(|column| column.field.ty) {
            Some(crate::model::Type::Number { scale, unit: _ }) => scale,
            Some(_) | None => 0,
        };
        Property { of: (0..policy.signals.len()).map(kept).collect(), scale }
    }

    pub fn of(&self, signal: u16) -> Option<Kept> {
        self.of.get(usize::from(signal)).copied().flatten()
    }
}

impl Plan {
    pub fn new(policy: &Policy, layout: &Layout, id: MeasureId, measure: &Measure) -> Plan {
        let property = |column| Property::new(policy, layout, column);
        let kind = match (measure.kind, &measure.subject) {
            (MeasureKind::Count, _) => Kind::Count,
            (MeasureKind::Any, _) => Kind::Any,
            (MeasureKind::Sum(column), _) => Kind::Sum(property(column)),
            (MeasureKind::First(column), _) => Kind::First(property(column)),
            (MeasureKind::Last(column), _) => Kind::Last(property(column)),
            (MeasureKind::DaysSinceLast, _) => Kind::DaysSinceLast,
            (MeasureKind::DaysIn, Subject::Stage(stage) | Subject::Entering(stage) | Subject::Leaving(stage)) => Kind::DaysIn(*stage),
            // the days in no stage
            (MeasureKind::DaysIn, Subject::Signals(_)) => Kind::DaysIn(usize::MAX),
            (MeasureKind::Quiet(length), _) => Kind::Quiet(length),
            (MeasureKind::Waited(length), _) => Kind::Waited(length),
            (MeasureKind::Balance(score), _) => Kind::Balance(super::balance::bookings(policy, score)),
        };
        let filter = |signals: &[SignalId], condition| Filter::new(policy, layout, signals, condition);
        let of = match &measure.subject {
            Subject::Signals(signals) => Of::Signals(filter(signals, measure.condition)),
            Subject::Entering(stage) | Subject::Stage(stage) => Of::Entering(*stage),
            Subject::Leaving(stage) => Of::Leaving(*stage),
        };
        let since = measure.since.as_ref().map(|since| match since {
            Since::Entering(stage) => SincePlan::Entering(*stage),
            Since::LastSignal(signals) => SincePlan::LastSignal(filter(signals, None)),
            Since::Stay => SincePlan::Stay,
        });
        let forgets = policy.forgets.iter().enumerate().filter(|(_, forget)| forget.measures.binary_search(&id).is_ok());
        Plan {
            kind,
            of,
            window: measure.window,
            since,
            cap: measure.cap,
            fading: measure.fading.map(Weights::new),
            forgets: forgets.map(|(index, _)| index).collect(),
            range: measure.range.filter(|range| range.low <= range.high).unwrap_or(Interval::FULL),
        }
    }
}
