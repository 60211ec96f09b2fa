//! What is kept of a signal: which conditions are asked of it, and which of its properties measures read.
//!
//! Enters: a checked policy. Leaves: per signal the numbers of bits and of kept values. Always holds: bits of one signal are its conditions, in
//! the order of [`SignalLayout::conditions`], and behind them one bit per kept property that says whether it is known; what no measure and
//! no row reads is not kept.

use std::ops::Range;

use super::Events;
use crate::model::{Because, EventColumnId, EventConditionId, MeasureKind, Policy, SignalId, Type};
use crate::program::{Program, lower_event_conditions, optimise};

#[derive(Clone, Debug)]
pub struct Layout {
    signals: Vec<SignalLayout>,
    /// per event column, per signal that has it: the property's number
    columns: Vec<Vec<(SignalId, usize)>>,
    words: usize,
    values: usize,
    program: Program,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignalLayout {
    /// what is asked of this signal, ascending; bit 0 is the first
    pub conditions: Vec<EventConditionId>,
    /// numbers of the properties that are kept, ascending; value 0 is the first
    pub kept: Vec<KeptProperty>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptProperty {
    /// its number among the signal's properties
    pub property: usize,
    /// kept as a code into the table of texts
    pub is_text: bool,
}

impl SignalLayout {
    /// The bit that says whether a condition holds.
    pub fn condition_bit(&self, condition: EventConditionId) -> Option<usize> {
        self.conditions.iter().position(|known| *known == condition)
    }

    /// The bit that says whether a kept value is known.
    pub fn known_bit(&self, slot: usize) -> usize {
        self.conditions.len() + slot
    }

    /// The number of the kept value of a property.
    pub fn slot(&self, property: usize) -> Option<usize> {
        self.kept.iter().position(|kept| kept.property == property)
    }

    fn bits(&self) -> usize {
        self.conditions.len() + self.kept.len()
    }
}

impl Layout {
    pub fn new(policy: &Policy) -> Layout {
        let mut signals = vec![SignalLayout::default(); policy.signals.len()];
        for (id, condition) in policy.event_conditions.iter().enumerate() {
            for signal in &condition.signals {
                if let Some(signal) = signals.get_mut(*signal) {
                    signal.conditions.push(id);
                }
            }
        }
        for column in read_columns(policy) {
            let Some(column) = policy.event_columns.get(column) else { continue };
            for (signal, property) in &column.of {
                let kept = KeptProperty { property: *property, is_text: column.field.ty == Type::Text };
                if let Some(signal) = signals.get_mut(*signal)
                    && !signal.kept.contains(&kept)
                {
                    signal.kept.push(kept);
                    signal.kept.sort_unstable();
                }
            }
        }
        let words = signals.iter().map(|signal| signal.bits().div_ceil(64)).max().unwrap_or(0);
        let values = signals.iter().map(|signal| signal.kept.len()).max().unwrap_or(0);
        let columns = policy.event_columns.iter().map(|column| column.of.clone()).collect();
        Layout { signals, columns, words, values, program: event_program(policy) }
    }

    /// How many 64-bit words of bits each event has.
    pub fn words(&self) -> usize {
        self.words
    }

    /// How many values each event has room for.
    pub fn values(&self) -> usize {
        self.values
    }

    /// What is kept of a signal; nothing of one that does not exist.
    pub fn signal(&self, signal: SignalId) -> Option<&SignalLayout> {
        self.signals.get(signal)
    }

    /// [`event_program`] of the policy.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Whether a condition holds for an event; not if it is not asked of its signal.
    pub fn holds(&self, events: Events<'_>, event: usize, condition: EventConditionId) -> bool {
        let signal = events.signal.get(event).and_then(|signal| self.signals.get(usize::from(*signal)));
        signal.and_then(|signal| signal.condition_bit(condition)).is_some_and(|bit| events.bit(self.words, event, bit))
    }

    /// The value of a property of an event: of a text its code. None if it is missing or not kept.
    pub fn value(&self, events: Events<'_>, event: usize, column: EventColumnId) -> Option<i64> {
        let signal = usize::from(*events.signal.get(event)?);
        let layout = self.signals.get(signal)?;
        let slot = layout.slot(self.property(signal, column)?)?;
        if !events.bit(self.words, event, layout.known_bit(slot)) {
            return None;
        }
        events.values.get(event * self.values + slot).copied()
    }

    /// Events that stand side by side.
    pub fn part<'e>(&self, events: Events<'e>, range: Range<usize>) -> Events<'e> {
        let of = |each: usize| range.start * each..range.end * each;
        Events {
            at: &events.at[range.clone()],
            signal: &events.signal[range.clone()],
            bits: &events.bits[of(self.words)],
            values: &events.values[of(self.values)],
            days: events.days.get(range).unwrap_or_default(),
        }
    }

    /// The number of the property that a column is of this signal.
    pub fn property(&self, signal: SignalId, column: EventColumnId) -> Option<usize> {
        let of = self.columns.get(column)?;
        of.iter().find(|(known, _)| *known == signal).map(|(_, property)| *property)
    }
}

/// The program of the policy's conditions over signals: its columns are [`Policy::event_columns`], its outputs one 0 or 1 per
/// [`Policy::event_conditions`].
pub fn event_program(policy: &Policy) -> Program {
    optimise(&lower_event_conditions(policy))
}

/// The event columns whose values measures and reasons read.
fn read_columns(policy: &Policy) -> Vec<EventColumnId> {
    let measured = policy.measures.iter().filter_map(|measure| match measure.kind {
        MeasureKind::Sum(column) | MeasureKind::First(column) | MeasureKind::Last(column) => Some(column),
        MeasureKind::Count
        | MeasureKind::Any
        | MeasureKind::DaysSinceLast
        | MeasureKind::DaysIn
        | MeasureKind::Quiet(_)
        | MeasureKind::Waited(_)
        | MeasureKind::Balance(_) => None,
    });
    let rows = policy.flows.iter().flat_map(|flow| &flow.rows);
    let reasons = rows.filter_map(|row| match row.because {
        Some(Because::Property(column)) => Some(column),
        Some(Because::Text(_)) | None => None,
    });
    measured.chain(reasons).collect()
}
