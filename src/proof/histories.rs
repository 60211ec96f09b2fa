//! Signals that give a lead the measures it should have.
//!
//! Enters: a lead, and the values that some of its measures should have. Leaves: the lead with signals (and, if need be, the moment at which it entered its
//! stage) that give just these; none if none were found. Always holds: what comes out was measured, by the code that measures leads.
//!
//! One signal is added at a time: the one after which the measures are nearest to what they should be. Properties are what the measure's `where` asks
//! for, and where possible not what another's asks for; times are around the ends of windows.

use super::graph::{Graph, Leaf, NodeId};
use super::search::{Memory, Search};
use super::variables::{Ground, Meaning, Variables};
use crate::calendar::{MICROS_PER_DAY, MICROS_PER_HOUR};
use crate::model::{
    Constant, Event, EventConditionId, Length, Measure, MeasureId, MeasureKind, PointsKind, Policy, SignalId, Since, Subject, Type,
};
use crate::program::{OutputRole, Parameters, Program, lower_event_conditions};
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

pub fn history(policy: &Policy, histories: &Histories, lead: Lead, as_of: i64, wanted: &[Wanted]) -> Option<Lead> {
    if let Some(found) = grown(policy, histories, lead.clone(), as_of, wanted) {
        return Some(found);
    }
    // what counts since a signal may need that signal before anything else
    let begun = behind(policy, wanted).into_iter().flat_map(|signal| [0, MICROS_PER_HOUR].map(|before| (signal, before)));
    begun.into_iter().find_map(|(signal, before)| {
        let mut lead = lead.clone();
        let values = policy.signals.get(signal)?.properties.iter().map(plain_value).collect();
        lead.signals.push(Event { signal, at: as_of.checked_sub(before)?, values });
        grown(policy, histories, lead, as_of, wanted)
    })
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

fn grown(policy: &Policy, histories: &Histories, mut lead: Lead, as_of: i64, wanted: &[Wanted]) -> Option<Lead> {
    let distance = |lead: &Lead| -> Option<u128> {
        let measures = histories.measures(policy, lead, as_of).ok()?;
        Some(wanted.iter().map(|wanted| gap(wanted, measures.get(wanted.measure).and_then(Option::as_ref))).sum())
    };
    let mut now = distance(&lead)?;
    if now == 0 {
        return Some(lead);
    }
    let signals = signals(policy, wanted);
    let moments = moments(policy, wanted, as_of);
    let stays = stays(policy, wanted, as_of, &lead);
    let stages = stages(policy, wanted, &lead);
    while now > 0 && lead.signals.len() < SIGNALS_MAX {
        let mut best: Option<(u128, Lead)> = None;
        let mut consider = |candidate: Lead| {
            let Some(then) = distance(&candidate) else { return };
            if then < now && best.as_ref().is_none_or(|(found, _)| then < *found) {
                best = Some((then, candidate));
            }
        };
        for since in stays.iter().filter(|since| lead.stage_since != Some(**since)) {
            consider(Lead { stage_since: Some(*since), ..lead.clone() });
            for stage in &stages {
                consider(Lead { stage: Some(*stage), stage_since: Some(*since), ..lead.clone() });
            }
        }
        for (signal, values) in &signals {
            for at in &moments {
                let mut candidate = lead.clone();
                candidate.signals.push(Event { signal: *signal, at: *at, values: values.clone() });
                consider(candidate);
            }
        }
        let (then, candidate) = best?;
        (now, lead) = (then, candidate);
    }
    lead.signals.sort_by_key(|signal| std::cmp::Reverse(signal.at));
    (distance(&lead)? == 0).then_some(lead)
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
                if let Some(mut properties) = properties(policy, &program, *signal, &yes, &no) {
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

/// Properties with which some conditions hold and others do not.
fn properties(
    policy: &Policy,
    program: &Program,
    signal: SignalId,
    yes: &[EventConditionId],
    no: &[EventConditionId],
) -> Option<Vec<Option<Constant>>> {
    let of_signal = policy.signals.get(signal)?;
    let mut values: Vec<Option<Constant>> = of_signal.properties.iter().map(plain_value).collect();
    if yes.is_empty() && no.is_empty() {
        return Some(values);
    }
    let columns = policy.event_columns.iter().map(|column| crate::model::Field { optional: true, ..column.field.clone() });
    let asked =
        Policy { choices: policy.choices.clone(), fields: columns.collect(), timezone: policy.timezone.clone(), ..Policy::default() };
    let mut graph = Graph::new(vec![program]);
    let mut variables = Variables::default();
    let ground = Ground { policy: &asked, parameters: Parameters { as_of_day: 0, as_of: 0 }, measures: Vec::new() };
    let mut translation = variables.translation(&mut graph, 0, &ground);
    let output = |condition: EventConditionId| {
        program.outputs.iter().find(|output| output.role == OutputRole::EventCondition(condition)).map(|output| output.value)
    };
    let mut members: Vec<NodeId> = Vec::new();
    for condition in yes {
        members.push(translation.node(&mut graph, output(*condition)?));
    }
    for condition in no {
        let node = translation.node(&mut graph, output(*condition)?);
        members.push(graph.not(node));
    }
    let condition = graph.all(members);
    let baseline = variables.baseline();
    let mut domains = variables.nodes.clone();
    let until = graph.steps + 100_000;
    let mut memory = Memory::default();
    let found = Search { graph: &mut graph, memory: &mut memory, baseline: &baseline, until }.find(condition, &mut domains).ok()?;
    if !found {
        return None;
    }
    for (variable, node) in variables.all.iter().zip(&domains) {
        let domain = super::showing::domain_of(&graph, *node, variable.domain);
        let value = super::showing::nearest(&domain, variable.baseline);
        let (column, value) = if let Meaning::Column(column) = variable.meaning {
            (column, value.map(Constant::Integer))
        } else if let Meaning::Text { column, kinds } = &variable.meaning {
            match value {
                Some(kind) => (*column, Some(Constant::Text(kinds.get(usize::try_from(kind).ok()?)?.text.clone()?))),
                None => (*column, None),
            }
        } else {
            continue;
        };
        let place = policy.event_columns.get(column)?.of.iter().find(|(of, _)| *of == signal).map(|(_, place)| *place);
        if let Some(place) = place
            && value.is_some()
        {
            *values.get_mut(place)? = value;
        }
    }
    Some(values)
}

/// Some well-formed value; none if it may be missing.
pub fn plain_value(property: &crate::model::Field) -> Option<Constant> {
    if property.optional {
        return None;
    }
    let within = |value: i64| property.range.map_or(value, |range| value.clamp(range.low, range.high));
    Some(match property.ty {
        Type::Text => Constant::Text("other".into()),
        Type::Number { .. } | Type::YesNo | Type::OneOf(_) | Type::Date => Constant::Integer(within(0)),
        Type::SomeOf(_) => Constant::Integer(1),
        Type::Time => Constant::Integer(within(super::witness::AS_OF)),
    })
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
    if lead.stage_since.is_some() {
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
