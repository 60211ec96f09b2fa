//! Signals that give a lead the measures it should have.
//!
//! Enters: a lead, and the values that some of its measures should have. Leaves: the lead with signals (and, if need be, the moment at which it entered its
//! stage) that give just these; none if none were found. Always holds: what comes out was measured, by the code that measures leads.
//!
//! One signal, or one stay in another stage, is added at a time: the one after which the measures are nearest to what they should be. Properties are what the measure's `where` asks
//! for, and where possible not what another's asks for; times are around the ends of windows.

use super::events::Events;
use super::graph::Leaf;
use super::moves;
use super::witness::plain_value;
use crate::calendar::{MICROS_PER_DAY, MICROS_PER_HOUR};
use crate::model::{
    Constant, Event, EventConditionId, Length, Measure, MeasureId, MeasureKind, PointsKind, Policy, SignalId, Since, Subject,
};
use crate::program::lower_event_conditions;
use crate::record::{Histories, Lead};

/// A measure, and what it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub measure: MeasureId,
    pub domain: Leaf,
}

/// The most signals of a lead that shows something.
const SIGNALS_MAX: usize = 60;

/// What being missing, or known where it should be missing, is worth in steps.
const FAR: u128 = 1 << 70;

/// `by_log`: with moves in its stage log, else in the stage that is asked of.
pub fn history(policy: &Policy, histories: &Histories, lead: Lead, as_of: i64, wanted: &[Wanted], by_log: bool) -> Option<Lead> {
    let measured = Measured { policy, histories, as_of, wanted };
    if !by_log && measured.distance(&lead)? == 0 {
        return Some(lead);
    }
    let moved = if by_log { moves::stages_asked(policy, wanted) } else { Vec::new() };
    if by_log && moved.is_empty() {
        return None;
    }
    let stages = if by_log { Vec::new() } else { stages(policy, wanted, &lead) };
    let steps = Steps { signals: signals(policy, wanted), moments: moments(policy, wanted, as_of), stages, moved };
    // what counts from a stay on, or since a signal, may need that before anything else
    let moved = if by_log { moves::begun(policy, wanted, &lead, as_of, &steps.moments) } else { Vec::new() };
    let signalled = behind(policy, wanted).into_iter().flat_map(|signal| [0, MICROS_PER_HOUR].map(|before| (signal, before)));
    let signalled = signalled.filter_map(|(signal, before)| {
        let mut lead = lead.clone();
        let values = policy.signals.get(signal)?.properties.iter().map(plain_value).collect();
        lead.signals.push(Event { signal, at: as_of.checked_sub(before)?, values });
        Some(lead)
    });
    let begun: Vec<Lead> = moved.into_iter().chain(signalled).collect();
    [lead].into_iter().chain(begun).find_map(|lead| measured.towards(lead, &steps))
}

/// The signals behind which something counts.
fn behind(policy: &Policy, wanted: &[Wanted]) -> Vec<SignalId> {
    let since = wanted.iter().filter_map(|wanted| policy.measures.get(wanted.measure)?.since.as_ref());
    let signals = since.filter_map(|since| if let Since::LastSignal(signals) = since { signals.first().copied() } else { None });
    let mut signals: Vec<SignalId> = signals.collect();
    signals.sort_unstable();
    signals.dedup();
    signals
}

/// What may be added to a lead.
struct Steps {
    signals: Vec<(SignalId, Vec<Option<Constant>>)>,
    moments: Vec<i64>,
    /// in which it may be in place of its own
    stages: Vec<usize>,
    /// of which the log is asked
    moved: Vec<usize>,
}

/// What a lead's measures should be.
struct Measured<'a> {
    policy: &'a Policy,
    histories: &'a Histories,
    as_of: i64,
    wanted: &'a [Wanted],
}

impl Measured<'_> {
    fn distance(&self, lead: &Lead) -> Option<u128> {
        let is_wanted = |measure: MeasureId| self.wanted.iter().any(|wanted| wanted.measure == measure);
        let measures = self.histories.measures_of(self.policy, lead, self.as_of, &is_wanted).ok()?;
        Some(self.wanted.iter().map(|wanted| gap(wanted, measures.get(wanted.measure).and_then(Option::as_ref))).sum())
    }

    /// One step after the other, each the one that comes nearest.
    fn towards(&self, mut lead: Lead, steps: &Steps) -> Option<Lead> {
        let mut now = self.distance(&lead)?;
        while now > 0 && lead.signals.len() < SIGNALS_MAX && lead.log.len() < SIGNALS_MAX {
            let mut best: Option<(u128, Lead)> = None;
            let mut consider = |candidate: Lead| {
                let Some(then) = self.distance(&candidate) else { return };
                if then < now && best.as_ref().is_none_or(|(found, _)| then < *found) {
                    best = Some((then, candidate));
                }
            };
            for since in stays(self.policy, self.wanted, self.as_of, &lead) {
                consider(Lead { stage_since: Some(since), ..lead.clone() });
                for stage in &steps.stages {
                    consider(Lead { stage: Some(*stage), stage_since: Some(since), ..lead.clone() });
                }
            }
            for (signal, values) in &steps.signals {
                for at in &steps.moments {
                    let mut candidate = lead.clone();
                    candidate.signals.push(Event { signal: *signal, at: *at, values: values.clone() });
                    consider(candidate);
                }
            }
            for stage in &steps.moved {
                moves::longer(self.policy, &lead, *stage, self.as_of, &steps.moments).into_iter().for_each(&mut consider);
            }
            let (then, candidate) = best?;
            (now, lead) = (then, candidate);
        }
        lead.signals.sort_by_key(|signal| std::cmp::Reverse(signal.at));
        (self.distance(&lead)? == 0).then_some(lead)
    }
}

fn gap(wanted: &Wanted, value: Option<&Constant>) -> u128 {
    let Leaf { low, high, known, missing, .. } = wanted.domain;
    match value {
        None if missing => 0,
        None => FAR,
        Some(Constant::Integer(value)) if known => u128::from(if *value < low {
            low.abs_diff(*value)
        } else if *value > high {
            value.abs_diff(high)
        } else {
            0
        }),
        Some(_) => FAR,
    }
}

/// The signals that may help, with their properties.
pub fn signals(policy: &Policy, wanted: &[Wanted]) -> Vec<(SignalId, Vec<Option<Constant>>)> {
    let program = lower_event_conditions(policy);
    let mut events = Events::new(policy, &program);
    let measures: Vec<&Measure> = wanted.iter().filter_map(|wanted| policy.measures.get(wanted.measure)).collect();
    // a balance counts what the points of its score count
    let mut all: Vec<&Measure> = measures.clone();
    for measure in &measures {
        if let MeasureKind::Balance(score) = measure.kind {
            all.extend(measures_of_score(policy, score));
        }
    }
    let mut conditions: Vec<EventConditionId> = all.iter().filter_map(|measure| measure.condition).collect();
    conditions.sort_unstable();
    conditions.dedup();
    let mut found: Vec<(SignalId, Vec<Option<Constant>>)> = Vec::new();
    for measure in &all {
        let Subject::Signals(signals) = &measure.subject else { continue };
        for signal in signals {
            let own: Vec<EventConditionId> = measure.condition.into_iter().collect();
            let others = conditions.iter().copied().filter(|other| !own.contains(other) && asks(policy, *other, *signal));
            let others: Vec<EventConditionId> = others.collect();
            let value = if let MeasureKind::Sum(column) | MeasureKind::First(column) | MeasureKind::Last(column) = measure.kind {
                let range =
                    wanted.iter().find(|wanted| policy.measures.get(wanted.measure).is_some_and(|found| std::ptr::eq(found, *measure)));
                range.map(|wanted| (column, wanted.domain))
            } else {
                None
            };
            for (yes, no) in [(own.clone(), others.clone()), (own.clone(), Vec::new()), ([own, others].concat(), Vec::new())] {
                if let Some(mut properties) = events.properties(*signal, &yes, &no) {
                    if let Some((column, domain)) = value
                        && let Some((_, place)) =
                            policy.event_columns.get(column).and_then(|column| column.of.iter().find(|(of, _)| of == signal))
                        && domain.known
                    {
                        let range =
                            policy.signals.get(*signal).and_then(|signal| signal.properties.get(*place)).and_then(|field| field.range);
                        let value = if domain.low > i64::MIN { domain.low } else { domain.high };
                        let value = range.map_or(value, |range| value.clamp(range.low, range.high));
                        if let Some(place) = properties.get_mut(*place) {
                            *place = Some(Constant::Integer(value));
                        }
                    }
                    if !found.contains(&(*signal, properties.clone())) {
                        found.push((*signal, properties));
                    }
                }
            }
        }
    }
    for signal in behind(policy, wanted) {
        let plain = policy.signals.get(signal).map(|of| of.properties.iter().map(plain_value).collect());
        found.extend(plain.filter(|_| !found.iter().any(|(known, _)| *known == signal)).map(|plain| (signal, plain)));
    }
    found
}

fn measures_of_score(policy: &Policy, score: usize) -> Vec<&Measure> {
    let Some(score) = policy.scores.get(score) else { return Vec::new() };
    let rows = score.sections_of_models().flat_map(|section| &section.points);
    let mut found = Vec::new();
    let mut rest: Vec<&crate::model::Expr> = rows
        .map(|row| match &row.kind {
            PointsKind::When(condition) => condition,
            PointsKind::Per { count, .. } => count,
        })
        .collect();
    while let Some(expr) = rest.pop() {
        if let crate::model::ExprKind::Reference(crate::model::Reference::Measure(measure)) = expr.kind {
            found.extend(policy.measures.get(measure));
        }
        rest.extend(expr.children());
    }
    found
}

fn asks(policy: &Policy, condition: EventConditionId, signal: SignalId) -> bool {
    policy.event_conditions.get(condition).is_some_and(|condition| condition.signals.contains(&signal))
}

/// When signals may be: now, and around the ends of every window and of the days asked for.
pub fn moments(policy: &Policy, wanted: &[Wanted], as_of: i64) -> Vec<i64> {
    let mut days: Vec<i64> = vec![1, 2, 3, 4, 5, 6];
    let mut before: Vec<i64> = vec![0, MICROS_PER_HOUR];
    for wanted in wanted {
        let Some(measure) = policy.measures.get(wanted.measure) else { continue };
        if let MeasureKind::DaysSinceLast = measure.kind
            && wanted.domain.known
        {
            days.extend([wanted.domain.low, wanted.domain.high.min(wanted.domain.low.saturating_add(400))]);
        }
        if let MeasureKind::DaysIn = measure.kind
            && wanted.domain.known
        {
            days.extend([wanted.domain.low, wanted.domain.low.saturating_add(1)]);
        }
        for length in measure.window.into_iter().chain(length_of(measure.kind)) {
            match length {
                Length::Days(length) => days.extend([length.saturating_sub(1), length, length.saturating_add(1)]),
                Length::Elapsed(length) => before.extend([length.saturating_sub(1), length, length.saturating_add(1)]),
            }
        }
    }
    before.extend(days.into_iter().filter_map(|days| days.checked_mul(MICROS_PER_DAY)));
    before.sort_unstable();
    before.dedup();
    before.into_iter().filter_map(|before| as_of.checked_sub(before)).collect()
}

fn length_of(kind: MeasureKind) -> Option<Length> {
    match kind {
        MeasureKind::Quiet(length) | MeasureKind::Waited(length) => Some(length),
        MeasureKind::Count
        | MeasureKind::Any
        | MeasureKind::Sum(_)
        | MeasureKind::First(_)
        | MeasureKind::Last(_)
        | MeasureKind::DaysSinceLast
        | MeasureKind::DaysIn
        | MeasureKind::Balance(_) => None,
    }
}

/// Stages in which the lead is not, and in which days are wanted.
fn stages(policy: &Policy, wanted: &[Wanted], lead: &Lead) -> Vec<usize> {
    let wanted = wanted.iter().filter(|wanted| wanted.domain.known && wanted.domain.low > 0);
    let subjects = wanted.filter_map(|wanted| policy.measures.get(wanted.measure)).filter(|measure| measure.kind == MeasureKind::DaysIn);
    let stages = subjects.filter_map(|measure| if let Subject::Stage(stage) = measure.subject { Some(stage) } else { None });
    stages.filter(|stage| lead.stage.or(policy.start_stage) != Some(*stage)).collect()
}

/// When the lead may have entered its stage.
fn stays(policy: &Policy, wanted: &[Wanted], as_of: i64, lead: &Lead) -> Vec<i64> {
    if lead.stage_since.is_some() || !lead.log.is_empty() {
        return Vec::new();
    }
    let mut days: Vec<i64> = vec![1];
    let mut before: Vec<i64> = Vec::new();
    for wanted in wanted {
        let Some(measure) = policy.measures.get(wanted.measure) else { continue };
        if let MeasureKind::DaysIn = measure.kind
            && wanted.domain.known
        {
            days.push(wanted.domain.low);
        }
        match length_of(measure.kind) {
            Some(Length::Days(length)) => days.extend([length, length.saturating_add(1)]),
            Some(Length::Elapsed(length)) => before.push(length),
            None => {}
        }
    }
    before.extend(days.into_iter().filter(|days| *days >= 0).filter_map(|days| days.checked_mul(MICROS_PER_DAY)));
    before.sort_unstable();
    before.dedup();
    before.into_iter().filter_map(|before| as_of.checked_sub(before)).collect()
}
