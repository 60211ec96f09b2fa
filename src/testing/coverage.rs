//! Which places of a policy its tests reach.
//!
//! Enters: what the interpreter gave for the lead of each test. Leaves: [`Coverage`]: every place with the number of tests that reach it. Always holds: a
//! place counts only if the trace of the plain program, or the reading of a clock, shows it; nothing is inferred from the text.

use rustc_hash::{FxHashMap, FxHashSet};

use super::places::{Key, Place, places};
use super::{Backends, Selection, subject, with_rows};
use crate::clock::Instance;
use crate::interpret;
use crate::model::{DecideBody, Decimal, Edge, Matcher, PointsKind, Policy, Score};
use crate::program::{Lowered, Value};
use crate::record::clocks::LeadClocks;
use crate::record::reader::Reader;
use crate::record::show::Show;
use crate::record::{self, Histories, Lead, LeadError};
use crate::source::Sources;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// by their lines
    pub places: Vec<PlaceCovered>,
    /// how many tests ran
    pub test_count: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceCovered {
    pub place: Place,
    /// tests that reach it
    pub hits: usize,
}

impl Coverage {
    pub fn covered(&self) -> usize {
        self.places.iter().filter(|place| place.hits > 0).count()
    }

    /// Whether at least so many per cent are covered, exactly. A policy without places has nothing to cover.
    pub fn reaches(&self, percent: Decimal) -> bool {
        let least = Decimal { mantissa: self.places.len() as i128, places: 0 }.times(percent);
        let covered = Decimal { mantissa: 100 * self.covered() as i128, places: 0 };
        least.and_then(|least| covered.minus(least)).is_some_and(|room| room.mantissa >= 0)
    }
}

/// What the selected tests reach; one that cannot be run reaches nothing.
pub fn coverage(backends: Backends, selection: &Selection) -> Coverage {
    let mut hits: FxHashMap<Key, usize> = FxHashMap::default();
    let mut test_count = 0;
    for test in backends.policy.tests.iter().filter(|test| selection.takes(test, backends.sources)) {
        let Ok((lead, as_of)) = subject(backends, test) else { continue };
        let reached = match with_rows(backends.policy, test) {
            Some((policy, plain)) => reached(&policy, backends.sources, backends.histories, &plain, &lead, as_of),
            None => reached(backends.policy, backends.sources, backends.histories, backends.plain, &lead, as_of),
        };
        let Ok(reached) = reached else { continue };
        test_count += 1;
        reached.into_iter().for_each(|key| *hits.entry(key).or_default() += 1);
    }
    let places = places(backends.policy, backends.sources);
    let with_hits = |place: Place| PlaceCovered { hits: hits.get(&place.key).copied().unwrap_or(0), place };
    Coverage { places: places.into_iter().map(with_hits).collect(), test_count }
}

/// The places that one lead reaches.
pub fn reached(
    policy: &Policy,
    sources: &Sources,
    histories: &Histories,
    plain: &Lowered,
    lead: &Lead,
    as_of: i64,
) -> Result<FxHashSet<Key>, LeadError> {
    let parameters = record::parameters(policy, as_of)?;
    let block = record::encode(policy, histories, &plain.program, std::slice::from_ref(lead), as_of)?;
    let values = interpret::row(&plain.program, &block, 0, &parameters);
    let zone = record::zone(policy)?;
    let columns = record::columns(policy, histories, lead, as_of)?;
    let reader = Reader::new(policy, sources, &plain.trace, &values, lead, &columns, Show { policy, zone: &zone });
    let mut keys = FxHashSet::default();
    of_values(&reader, &mut keys);
    if !policy.slas.is_empty() {
        let clocks = LeadClocks::new(policy, histories, &plain.program, as_of)?;
        let output = |output: usize| reader.at(plain.program.outputs.get(output)?.value);
        for sla in 0..policy.slas.len() {
            let instance = clocks.instance(sla, lead, &output);
            keys.extend(instance.iter().flat_map(|instance| of_clock(sla, instance)));
        }
    }
    Ok(keys)
}

fn of_values(reader: &Reader, keys: &mut FxHashSet<Key>) {
    let (policy, trace) = (reader.policy, reader.trace);
    for (index, value) in trace.lets.iter().enumerate() {
        // of lets that are no conditions there are no such places
        if let Some(value) = value {
            keys.insert(Key::Let { index, holds: reader.holds_at(*value) });
        }
    }
    policy.scores.iter().enumerate().for_each(|(index, score)| of_score(reader, index, score, keys));
    for (decide, (one, trace)) in policy.decides.iter().zip(&trace.decides).enumerate() {
        match &one.body {
            DecideBody::Rows(rows) => {
                let applies = |(row, value): (&crate::model::DecideRow, &Value)| row.condition.is_none() || reader.holds_at(*value);
                let row = rows.iter().zip(&trace.rows).position(applies);
                keys.extend(row.map(|row| Key::DecideRow { decide, row }));
            }
            DecideBody::Grid(grid) => {
                let rows: Vec<&Edge> = grid.rows.iter().map(|(edge, _)| edge).collect();
                let columns: Vec<&Edge> = grid.columns.iter().collect();
                let cell = edge_in_force(reader, &rows, &trace.rows).zip(edge_in_force(reader, &columns, &trace.columns));
                keys.extend(cell.map(|(row, column)| Key::GridCell { decide, row, column }));
            }
        }
    }
    let moved_by = trace.moved_by.and_then(|value| reader.at(value)).and_then(|number| usize::try_from(number).ok());
    keys.extend(moved_by.map(|number| Key::FlowRow { number }));
    for (route, trace) in trace.routes.iter().enumerate() {
        let holds = trace.condition.is_none_or(|condition| reader.holds_at(condition));
        keys.insert(Key::RouteWhen { route, holds });
        let row = trace.rows.iter().position(|row| reader.holds_at(*row)).filter(|_| holds);
        keys.extend(row.map(|row| Key::RouteRow { route, row }));
    }
}

fn of_score(reader: &Reader, index: usize, score: &Score, keys: &mut FxHashSet<Key>) {
    let Some(trace) = reader.trace.scores.get(index) else { return };
    let number = |value: Value| reader.at(value).and_then(|number| usize::try_from(number).ok());
    let persona = trace.persona.and_then(number).unwrap_or(0);
    keys.insert(Key::Persona { score: index, persona });
    let attributes = trace.attributes.get(persona).into_iter().flatten();
    for (section, attributes) in attributes.enumerate() {
        for (attribute, trace) in attributes.iter().enumerate() {
            keys.extend(number(trace.row).map(|row| Key::Band { score: index, persona, section, attribute, row }));
        }
    }
    for (section, one) in score.personas.get(persona).into_iter().flat_map(|persona| &persona.sections).enumerate() {
        let times = trace.points.get(persona).and_then(|sections| sections.get(section));
        for (row, points) in one.points.iter().enumerate() {
            let times = match (&points.kind, score.running.is_some()) {
                // a balance is a measure of its own; its rows are measures beside it
                (PointsKind::Per { every, count }, true) => reader.value(count).map(|count| count / (*every).max(1)),
                (PointsKind::Per { .. } | PointsKind::When(_), _) => {
                    times.and_then(|times| times.get(row)).and_then(|value| reader.at(*value))
                }
            };
            let gives = times.is_some_and(|times| times != 0);
            keys.insert(Key::Points { score: index, persona, section, row, gives });
        }
    }
    for (adjust, value) in trace.adjusts.iter().enumerate() {
        keys.insert(Key::Adjust { score: index, index: adjust, applies: reader.holds_at(*value) });
    }
}

/// The edge that holds the value; `otherwise` only if no other does.
fn edge_in_force(reader: &Reader, edges: &[&Edge], values: &[Value]) -> Option<usize> {
    let holding = || (0..edges.len()).filter(|index| values.get(*index).is_some_and(|value| reader.holds_at(*value)));
    holding().find(|index| edges[*index].matcher != Matcher::Otherwise).or_else(|| holding().next())
}

/// The target is the one that applied when the clock was started.
fn of_clock(sla: usize, instance: &Instance) -> [Key; 2] {
    [Key::State { sla, state: instance.state as usize }, Key::Target { sla, target: instance.target }]
}
