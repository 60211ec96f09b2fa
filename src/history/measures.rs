//! Measures: what the signals and the stage log of one lead give at an instant.
//!
//! Enters: [`Events`], [`Standing`], as-of. Leaves: one value per measure of the policy, in the units of its type; of a text the code of the text.
//! Always holds: `read` is a pure function of these three; nothing later than as-of changes it.

use std::ops::ControlFlow;

use super::balance::Balance;
use super::bursts::{bursty, mark};
use super::fading::ONE;
use super::plan::{Kind, Plan, Property};
use super::reading::{Moment, Reading};
use super::{Events, Layout, Scratch, Standing};
use crate::calendar::Zone;
use crate::clock::Came;
use crate::model::{Bursts, MeasureId, Policy};

/// The measures of a policy, ready to be read by many threads.
#[derive(Clone, Debug)]
pub struct Measures {
    plans: Vec<Plan>,
    bursty: Vec<(u16, Bursts)>,
    words: usize,
    values: usize,
    zone: Zone,
}

/// What a measure counts of a lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// how many signals, or entries of the stage log
    pub count: usize,
    /// when the last of them was, in microseconds since the epoch
    pub last: Option<i64>,
}

impl Measures {
    pub fn new(policy: &Policy) -> Measures {
        let layout = Layout::new(policy);
        let plans = policy.measures.iter().enumerate().map(|(id, measure)| Plan::new(policy, &layout, id, measure));
        let zone = Zone::named(&policy.timezone).unwrap_or_else(|_| Zone::utc());
        Measures { plans: plans.collect(), bursty: bursty(policy), words: layout.words(), values: layout.values(), zone }
    }

    /// Room to work in, for one thread.
    pub fn scratch(&self) -> Scratch {
        Scratch::new(self.zone.clone())
    }

    /// Which of a lead's events up to as-of are part of a burst; empty if no signal ignores bursts.
    pub fn drops(&self, events: Events<'_>, as_of: i64) -> Vec<bool> {
        let mut dropped = Vec::new();
        if !self.bursty.is_empty() {
            let count = events.at.partition_point(|at| *at <= as_of).min(events.len());
            mark(&self.bursty, events, count, &mut self.zone.clone(), &mut Vec::new(), &mut dropped);
        }
        dropped
    }

    /// Replaces `out` by one value per measure of the policy, at as-of; none is missing.
    pub fn read(&self, events: Events<'_>, standing: &Standing<'_>, as_of: i64, scratch: &mut Scratch, out: &mut Vec<Option<i64>>) {
        self.read_wanted(&|_| true, events, standing, as_of, scratch, out);
    }

    /// The same for some measures alone; the others are missing.
    pub fn read_wanted(
        &self,
        wanted: &dyn Fn(MeasureId) -> bool,
        events: Events<'_>,
        standing: &Standing<'_>,
        as_of: i64,
        scratch: &mut Scratch,
        out: &mut Vec<Option<i64>>,
    ) {
        out.clear();
        if self.plans.is_empty() {
            return;
        }
        let mut reading = self.reading(events, standing, as_of, scratch);
        for (measure, plan) in self.plans.iter().enumerate() {
            let value = if wanted(measure) { self.value(plan, &mut reading) } else { None };
            out.push(value.map(|value| value.clamp(plan.range.low, plan.range.high)));
        }
    }

    /// Whether days of signals are looked at again and again, so that it pays to work them out once.
    pub fn looks_at_days(&self) -> bool {
        self.plans.iter().any(|plan| plan.fading.is_some())
    }

    /// What one measure counts: behind window, `since` and cap. None for what counts no signals: quiet times, stays, balances.
    pub fn seen(&self, measure: MeasureId, events: Events<'_>, standing: &Standing<'_>, as_of: i64, scratch: &mut Scratch) -> Option<Seen> {
        let plan = self.plans.get(measure)?;
        match plan.kind {
            Kind::Count | Kind::Any | Kind::Sum(_) | Kind::First(_) | Kind::Last(_) | Kind::DaysSinceLast | Kind::Waited(_) => {}
            Kind::DaysIn(_) | Kind::Quiet(_) | Kind::Balance(_) => return None,
        }
        let mut seen = Seen::default();
        self.reading(events, standing, as_of, scratch).visit(plan, |_, moment| {
            seen = Seen { count: seen.count + 1, last: Some(moment.at) };
            ControlFlow::Continue(())
        });
        Some(seen)
    }

    /// Since when what a row of a flow waits for is there: its first signal came, or its time was over. None for other measures, and before.
    pub fn came(&self, measure: MeasureId, events: Events<'_>, standing: &Standing<'_>, as_of: i64, scratch: &mut Scratch) -> Option<Came> {
        let plan = self.plans.get(measure)?;
        let mut reading = self.reading(events, standing, as_of, scratch);
        match plan.kind {
            Kind::Any => reading.first(plan).map(|moment| Came { at: moment.at, signal: moment.event }),
            Kind::Waited(length) => Some(Came { at: reading.wait(plan, length), signal: None }).filter(|end| end.at <= as_of),
            Kind::Count
            | Kind::Sum(_)
            | Kind::First(_)
            | Kind::Last(_)
            | Kind::DaysSinceLast
            | Kind::DaysIn(_)
            | Kind::Quiet(_)
            | Kind::Balance(_) => None,
        }
    }

    /// Where the balance of a running score stands; none for any other measure.
    pub fn balance(
        &self,
        measure: MeasureId,
        events: Events<'_>,
        standing: &Standing<'_>,
        as_of: i64,
        scratch: &mut Scratch,
    ) -> Option<Balance> {
        let plan = self.plans.get(measure)?;
        let Kind::Balance(bookings) = &plan.kind else { return None };
        Some(self.reading(events, standing, as_of, scratch).balance(plan, bookings, &self.plans))
    }

    fn reading<'a>(&self, events: Events<'a>, standing: &'a Standing<'a>, as_of: i64, scratch: &'a mut Scratch) -> Reading<'a> {
        let Scratch { zone, dropped, places, keeper, moments, booked } = scratch;
        let count = match events.at.last() {
            Some(last) if *last <= as_of => events.len(),
            Some(_) | None => events.at.partition_point(|at| *at <= as_of).min(events.len()),
        };
        mark(&self.bursty, events, count, zone, places, dropped);
        let as_of_day = zone.local_day(as_of);
        Reading {
            events,
            words: self.words,
            values: self.values,
            count,
            standing,
            as_of,
            as_of_day,
            dropped,
            zone,
            keeper,
            moments,
            booked,
        }
    }

    fn value(&self, plan: &Plan, reading: &mut Reading<'_>) -> Option<i64> {
        match &plan.kind {
            Kind::Count => Some(reading.count_of(plan)),
            Kind::Any => Some(i64::from(reading.last(plan).is_some())),
            Kind::Sum(property) => reading.sum_of(plan, property),
            Kind::First(property) => {
                let first = reading.first(plan)?;
                reading.property(property, first)
            }
            Kind::Last(property) => {
                let last = reading.last(plan)?;
                reading.property(property, last)
            }
            Kind::DaysSinceLast => {
                let last = reading.last(plan)?;
                Some(reading.days_since(last))
            }
            Kind::DaysIn(stage) => Some(reading.days_in(plan, *stage)),
            Kind::Quiet(length) => Some(reading.quiet(plan, *length)),
            Kind::Waited(length) => Some(i64::from(reading.waited(plan, *length))),
            Kind::Balance(bookings) => Some(reading.balance(plan, bookings, &self.plans).value),
        }
    }
}

impl Reading<'_> {
    /// How many; of what fades, what they are still worth in hundredths.
    fn count_of(&mut self, plan: &Plan) -> i64 {
        let mut count: i64 = 0;
        let mut millionths: i128 = 0;
        self.visit(plan, |reading, moment| {
            count += 1;
            millionths += i128::from(reading.weight(plan, moment));
            ControlFlow::Continue(())
        });
        match plan.fading {
            None => count,
            Some(_) => i64::try_from(rounded(millionths, 4)).unwrap_or(i64::MAX),
        }
    }

    /// The exact sum of a property, in its own units, and of what fades in hundredths; missing beyond 64 bits.
    fn sum_of(&mut self, plan: &Plan, property: &Property) -> Option<i64> {
        // fewer than 2^32 signals of less than 2^64, times a million: below 2^116
        let mut sum: i128 = 0;
        self.visit(plan, |reading, moment| {
            if let Some(value) = reading.property(property, moment) {
                sum += i128::from(value) * i128::from(reading.weight(plan, moment));
            }
            ControlFlow::Continue(())
        });
        let sum = match plan.fading {
            None => sum / i128::from(ONE),
            Some(_) => rounded(sum, u32::from(property.scale) + 4),
        };
        i64::try_from(sum).ok()
    }

    /// What something is still worth, in millionths.
    fn weight(&mut self, plan: &Plan, moment: Moment) -> i64 {
        match &plan.fading {
            None => ONE,
            Some(weights) => weights.millionths(self.days_since(moment)),
        }
    }

    fn first(&mut self, plan: &Plan) -> Option<Moment> {
        let mut first = None;
        self.visit(plan, |_, moment| {
            first = Some(moment);
            ControlFlow::Break(())
        });
        first
    }

    fn property(&self, property: &Property, moment: Moment) -> Option<i64> {
        let event = moment.event?;
        let kept = property.of(*self.events.signal.get(event)?)?;
        if !self.events.bit(self.words, event, kept.known_bit) {
            return None;
        }
        self.events.values.get(event * self.values + kept.slot).copied()
    }
}

/// Divided by a power of ten, half away from zero.
fn rounded(value: i128, places: u32) -> i128 {
    let divisor = 10i128.pow(places);
    let half = if value < 0 { -divisor / 2 } else { divisor / 2 };
    (value + half) / divisor
}
