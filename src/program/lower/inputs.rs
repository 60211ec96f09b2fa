//! Fields and measures as columns of integers: only those that something needs.

use super::Lowering;
use crate::model::{ColumnId, Interval, SOME_OF_CHOICES_MAX, Type};
use crate::program::shape::{DAYS, INSTANTS, LOCAL_DAYS};
use crate::program::{InputSource, Value};

impl Lowering<'_> {
    /// The value of a field or a measure; texts have none.
    pub fn column(&mut self, id: ColumnId) -> Value {
        let Some(field) = self.policy.column(id) else { return self.builder.missing() };
        let interval = match field.ty {
            Type::Text => return self.builder.missing(),
            Type::Number { .. } => Interval::FULL,
            Type::YesNo => Interval { low: 0, high: 1 },
            Type::OneOf(choices) => Interval { low: 0, high: self.choice_count(choices).saturating_sub(1).max(0) },
            // the empty set is missing
            Type::SomeOf(choices) => {
                let count = self.choice_count(choices).clamp(1, SOME_OF_CHOICES_MAX as i64);
                Interval { low: 1, high: i64::MAX >> (63 - count) }
            }
            Type::Date => DAYS,
            Type::Time => INSTANTS,
        };
        let interval = field.range.filter(|range| range.low <= range.high).unwrap_or(interval);
        self.builder.input(InputSource::Column(id), interval, field.optional)
    }

    /// The calendar day of a time.
    pub fn column_day(&mut self, id: ColumnId) -> Value {
        let optional = self.policy.column(id).is_none_or(|column| column.optional);
        self.builder.input(InputSource::LocalDay(id), LOCAL_DAYS, optional)
    }

    /// The stage before the transition.
    pub fn stage_before(&mut self) -> Value {
        match self.policy.stages.len() as i64 {
            0 => self.builder.missing(),
            count => self.builder.input(InputSource::Stage, Interval { low: 0, high: count - 1 }, false),
        }
    }

    pub fn stage_since(&mut self) -> Value {
        self.builder.input(InputSource::StageSince, INSTANTS, true)
    }

    pub fn rest_until(&mut self) -> Value {
        self.builder.input(InputSource::RestUntil, INSTANTS, true)
    }

    /// The owner that the lead has already, for a route that may keep it.
    pub fn current_owner(&mut self, route: usize) -> Value {
        match self.policy.owner_choices.map_or(0, |choices| self.choice_count(choices)) {
            0 => self.builder.missing(),
            count => self.builder.input(InputSource::RouteOwner(route), Interval { low: 0, high: count - 1 }, true),
        }
    }

    /// The queue that the lead is in, for a route that may keep its owner.
    pub fn current_queue(&mut self, route: usize) -> Value {
        match self.policy.queues.len() as i64 {
            0 => self.builder.missing(),
            count => self.builder.input(InputSource::RouteQueue(route), Interval { low: 0, high: count - 1 }, true),
        }
    }

    pub fn key_hash(&mut self) -> Value {
        self.builder.input(InputSource::KeyHash, Interval::FULL, false)
    }

    pub fn choice_count(&self, choices: usize) -> i64 {
        self.policy.choices.get(choices).map_or(0, |choices| choices.members.len() as i64)
    }
}
