//! Measures: what the signals and the stage log of one lead give at an instant.
//!
//! Enters: [`Events`], [`Standing`], as-of. Leaves: one value per measure of the policy, in the units of its type; of a text the code of the text.
//! Always holds: `read` is a pure function of these three; nothing later than as-of changes it.

use super::plan::{Filter, Kind, Of, Pass, Plan};
use super::{Events, Layout, Scratch, Standing};
use crate::calendar::{MICROS_PER_DAY, Zone};
use crate::model::{Length, Policy};

/// The measures of a policy, ready to be read by many threads.
#[derive(Clone, Debug)]
pub struct Measures {
    plans: Vec<Plan>,
    words: usize,
    zone: Zone,
}

impl Measures {
    pub fn new(policy: &Policy) -> Measures {
        let layout = Layout::new(policy);
        let plans = policy.measures.iter().enumerate().map(|(id, measure)| Plan::new(policy, &layout, id, measure));
        let zone = Zone::named(&policy.timezone).unwrap_or_else(|_| Zone::utc());
        Measures { plans: plans.collect(), words: layout.words(), zone }
    }

    /// Room to work in, for one thread.
    pub fn scratch(&self) -> Scratch {
        Scratch { zone: self.zone.clone() }
    }

    /// Replaces `out` by one value per measure of the policy, at as-of; none is missing.
    pub fn read(&self, events: Events<'_>, standing: &Standing<'_>, as_of: i64, scratch: &mut Scratch, out: &mut Vec<Option<i64>>) {
        out.clear();
        let count = events.at.partition_point(|at| *at <= as_of).min(events.len());
        for plan in &self.plans {
            let value = self.read_one(plan, events, count, standing, as_of, scratch);
            out.push(value.map(|value| value.clamp(plan.range.low, plan.range.high)));
        }
    }

    fn read_one(
        &self,
        plan: &Plan,
        events: Events<'_>,
        count: usize,
        _standing: &Standing<'_>,
        as_of: i64,
        scratch: &mut Scratch,
    ) -> Option<i64> {
        let Of::Signals(filter) = &plan.of else { return None };
        let from = match plan.window {
            None => i64::MIN,
            Some(Length::Elapsed(length)) => as_of.saturating_sub(length).saturating_add(1),
            Some(Length::Days(days)) => {
                let day = scratch.zone.local_day(as_of).saturating_sub(days);
                scratch.zone.instant_of_local(day.saturating_mul(MICROS_PER_DAY))
            }
        };
        let from = events.at.partition_point(|at| *at < from);
        let passes = |event: &usize| self.passes(filter, events, *event);
        match plan.kind {
            Kind::Count => i64::try_from((from..count).filter(passes).count()).ok(),
            Kind::Any => Some(i64::from((from..count).any(|event| passes(&event)))),
            Kind::DaysSinceLast => {
                let last = (from..count).rev().find(passes)?;
                let day = scratch.zone.local_day(*events.at.get(last)?);
                Some((scratch.zone.local_day(as_of) - day).max(0))
            }
            _ => None,
        }
    }

    fn passes(&self, filter: &Filter, events: Events<'_>, event: usize) -> bool {
        match events.signal.get(event).map_or(Pass::Never, |signal| filter.of(*signal)) {
            Pass::Never => false,
            Pass::Always => true,
            Pass::If(bit) => events.bit(self.words, event, bit),
        }
    }
}
