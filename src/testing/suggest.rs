//! Tests for what no test reaches.
//!
//! Enters: a checked policy with its tests. Leaves: for each place that they do not reach a test that does, as text, if one is found among a bounded number of
//! leads; the places for which none is. Always holds: each suggested test passes on both evaluators, for it expects what the interpreter gives, which a person must
//! confirm; the same policy gets the same suggestions.

use rustc_hash::{FxHashMap, FxHashSet};

use super::coverage::{Coverage, coverage, reached};
use super::moves::{Move, made};
use super::places::{Key, Place};
use super::solve::{Bundle, Solver};
use super::test_text::written;
use super::{Backends, Selection, TestOutcome, outcome, subject, with_rows};
use crate::diagnostic::sanitise::one_line;
use crate::interpret;
use crate::jit::JitError;
use crate::model::{Expected, Policy, Target, Test};
use crate::program::Lowered;
use crate::record::clocks::LeadClocks;
use crate::record::reader::Reader;
use crate::record::show::Show;
use crate::record::{self, LeadError};
use crate::source::Sources;

/// The most leads that are tried for one place, first by its plan and then at large, and for all of them.
const TRIES_MAX: [usize; 2] = [400, 1_500];
const TRIES_ALL_MAX: usize = 20_000;
/// The most changes that are tried beside those of a plan.
const SINGLES_MAX: usize = 200;
/// The most leads from which others are made.
const SEEDS_MAX: usize = 24;
/// A test that reaches more than that says how many.
const PLACES_SHOWN: usize = 12;
/// 2026-01-15T12:00Z, where no test says another day
const AS_OF: i64 = 1_768_478_400_000_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestions {
    pub tests: Vec<Suggested>,
    /// nothing that was tried reaches these
    pub left: Vec<Place>,
    pub before: Coverage,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// what it reaches that no test and no suggestion before it does
    pub places: Vec<Place>,
    pub text: String,
}

/// What the leads of the tests are evaluated by: tests that give tables have a program of their own.
struct Ground {
    given: Option<(Policy, Lowered)>,
}

impl Ground {
    fn policy<'g>(&'g self, backends: Backends<'g>) -> (&'g Policy, &'g Lowered) {
        self.given.as_ref().map_or((backends.policy, backends.plain), |(policy, plain)| (policy, plain))
    }
}

struct Search<'a> {
    backends: Backends<'a>,
    grounds: Vec<Ground>,
    /// leads to start from, with their grounds
    seeds: Vec<(Test, usize)>,
    tries: usize,
    /// each value that a rule asks for, and each stage, alone
    singles: Vec<Bundle>,
    titles: FxHashSet<String>,
}

pub fn suggest(backends: Backends) -> Result<Suggestions, LeadError> {
    let before = coverage(backends, &Selection::default());
    let mut open: Vec<Place> = before.places.iter().filter(|place| place.hits == 0).map(|place| place.place.clone()).collect();
    let mut search = Search::new(backends);
    let (mut tests, mut left) = (Vec::new(), Vec::new());
    let mut by_suggestions: FxHashSet<Key> = FxHashSet::default();
    while !open.is_empty() {
        let place = open.remove(0);
        let Some((test, ground, keys)) = search.reach(&place) else {
            left.push(place);
            continue;
        };
        let mut places = vec![place];
        let (also, rest): (Vec<Place>, Vec<Place>) = open.into_iter().partition(|place| keys.contains(&place.key));
        open = rest;
        places.extend(also);
        match search.suggested(&test, ground, &places)? {
            Some(text) => {
                search.seeds.push((test, ground));
                by_suggestions.extend(keys);
                tests.push(Suggested { places, text });
            }
            // whatever cannot be written down as a test
            None => left.extend(places),
        }
    }
    // a later lead may reach what none was found for
    left.retain(|place: &Place| !by_suggestions.contains(&place.key));
    Ok(Suggestions { tests, left, before })
}

impl<'a> Search<'a> {
    fn new(backends: Backends<'a>) -> Search<'a> {
        let policy = backends.policy;
        let as_of = policy.tests.iter().filter_map(|test| test.as_of).max().unwrap_or(AS_OF);
        let mut search = Search {
            backends,
            grounds: vec![Ground { given: None }],
            seeds: Vec::new(),
            tries: 0,
            singles: singles(policy, backends.sources),
            titles: policy.tests.iter().map(|test| test.title.clone()).collect(),
        };
        for test in &policy.tests {
            let ground = with_rows(policy, test).map_or(0, |given| {
                search.grounds.push(Ground { given: Some(given) });
                search.grounds.len() - 1
            });
            search.seeds.push((Test { as_of: test.as_of.or(Some(as_of)), ..test.clone() }, ground));
            if search.grounds.len() > SEEDS_MAX {
                break;
            }
        }
        if search.seeds.is_empty() {
            let plain = |field: &crate::model::Field| if field.optional { None } else { super::histories::plain_value(policy, field) };
            let lead = policy.fields.iter().enumerate().map(|(id, field)| if policy.key == Some(id) { None } else { plain(field) });
            let test = Test {
                title: String::new(),
                as_of: Some(as_of),
                stage: None,
                stage_since: None,
                lead: lead.collect(),
                owner: None,
                queue: None,
                tables: Vec::new(),
                expect: Vec::new(),
                signals: Vec::new(),
                span: crate::source::Span::new(crate::source::SourceId(0), 0, 0),
            };
            search.seeds.push((test, 0));
        }
        search
    }

    /// A lead that reaches the place, its ground, and all that it reaches.
    fn reach(&mut self, place: &Place) -> Option<(Test, usize, FxHashSet<Key>)> {
        let zone = record::zone(self.backends.policy).ok()?;
        let mut tried = 0;
        let mut plans: FxHashMap<usize, Vec<Bundle>> = FxHashMap::default();
        // those found last are the most unlike those that the author wrote; the author's come first
        let seeds: Vec<(Test, usize)> = self.spread();
        for (round, tries_max) in TRIES_MAX.into_iter().enumerate() {
            for (seed, ground) in &seeds {
                let planned = plans.entry(*ground).or_insert_with(|| {
                    let (policy, _) = self.grounds[*ground].policy(self.backends);
                    Solver::new(policy).plan(place.key)
                });
                let bundles: Vec<Bundle> = match round {
                    0 => planned.clone(),
                    _ => {
                        let mut bases: Vec<Bundle> = planned.iter().take(2).cloned().collect();
                        bases.push(Vec::new());
                        bases.iter().flat_map(|base| self.singles.iter().map(move |one| [one.as_slice(), base].concat())).collect()
                    }
                };
                for bundle in bundles {
                    if tried >= tries_max || self.tries >= TRIES_ALL_MAX {
                        break;
                    }
                    tried += 1;
                    self.tries += 1;
                    let test = made(self.backends.policy, &zone, seed, &bundle);
                    if let Some(keys) = self.keys(&test, *ground)
                        && keys.contains(&place.key)
                    {
                        return Some((test, *ground, keys));
                    }
                }
            }
        }
        None
    }

    /// At most so many seeds, from all over the list.
    fn spread(&self) -> Vec<(Test, usize)> {
        let step = self.seeds.len().div_ceil(SEEDS_MAX).max(1);
        self.seeds.iter().step_by(step).cloned().collect()
    }

    fn keys(&self, test: &Test, ground: usize) -> Option<FxHashSet<Key>> {
        let (policy, plain) = self.grounds.get(ground)?.policy(self.backends);
        let (lead, as_of) = subject(self.backends, test).ok()?;
        reached(policy, self.backends.sources, self.backends.histories, plain, &lead, as_of).ok()
    }

    /// The test as text, with what the interpreter gives as expectations; none if it cannot be written, or does not pass.
    fn suggested(&mut self, test: &Test, ground: usize, places: &[Place]) -> Result<Option<String>, LeadError> {
        let Some((policy, plain)) = self.grounds.get(ground).map(|ground| ground.policy(self.backends)) else { return Ok(None) };
        let Backends { sources, histories, .. } = self.backends;
        let Ok((lead, as_of)) = subject(self.backends, test) else { return Ok(None) };
        let block = record::encode(policy, histories, &plain.program, std::slice::from_ref(&lead), as_of)?;
        let values = interpret::row(&plain.program, &block, 0, &record::parameters(policy, as_of)?);
        let zone = record::zone(policy)?;
        let columns = record::columns(policy, histories, &lead, as_of)?;
        let show = Show { policy, zone: &zone };
        let reader = Reader::new(policy, sources, &plain.trace, &values, &lead, &columns, show);
        let clocks = LeadClocks::new(policy, histories, &plain.program, as_of)?;

        let mut expect: Vec<Expected> = Vec::new();
        for (path, target) in places.iter().flat_map(|place| targets(policy, place.key)) {
            if expect.iter().any(|expected| expected.target == target) {
                continue;
            }
            let value = super::found(&reader, &clocks, &plain.program, target).into();
            expect.push(Expected { path, target, value, span: test.span });
        }
        let title = self.title(&places[0]);
        let test = Test { title, expect, ..test.clone() };
        if outcome(self.backends, &test) != TestOutcome::Passed {
            return Ok(None);
        }
        let mut heading: Vec<String> = vec!["suggested; expects what comes out today: confirm it, or mend the policy".to_owned()];
        heading.extend(places.iter().take(PLACES_SHOWN).map(|place| {
            let line = sources.position(place.span.source, place.span.start).line;
            format!("reaches {} ({}:{line}), {}", place.part, sources.get(place.span.source).path, place.what)
        }));
        if places.len() > PLACES_SHOWN {
            heading.push(format!("and {} more places", places.len() - PLACES_SHOWN));
        }
        let text = written(policy, show, &test, &heading);
        if text.is_some() {
            self.titles.insert(test.title);
        }
        Ok(text)
    }

    /// `score readiness, beds: missing`, as no other test is called.
    fn title(&self, place: &Place) -> String {
        let plain: String = format!("{}, {}", place.part, place.what).replace('"', "'");
        let mut title = plain.clone();
        let mut number = 2;
        while self.titles.contains(&title) {
            title = format!("{plain} ({number})");
            number += 1;
        }
        title
    }
}

/// Each stage, and each value that a rule asks for, alone.
fn singles(policy: &Policy, sources: &Sources) -> Vec<Bundle> {
    let mut moves: Vec<Bundle> = Vec::new();
    for place in super::places::places(policy, sources).into_iter().take(SINGLES_MAX) {
        match place.key {
            Key::Let { .. } | Key::Band { .. } | Key::DecideRow { .. } | Key::Adjust { .. } | Key::Persona { .. } => {
                moves.extend(Solver::new(policy).plan(place.key).into_iter().take(2));
            }
            Key::Points { .. }
            | Key::GridCell { .. }
            | Key::FlowRow { .. }
            | Key::RouteWhen { .. }
            | Key::RouteRow { .. }
            | Key::Target { .. }
            | Key::State { .. } => {}
        }
    }
    moves.extend((0..policy.stages.len()).map(|stage| vec![Move::Stage(stage)]));
    let mut distinct: Vec<Bundle> = Vec::new();
    for one in moves.into_iter().filter(|one| !one.is_empty()) {
        if distinct.len() < SINGLES_MAX && !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

/// What a test that reaches the place should hold fast.
fn targets(policy: &Policy, key: Key) -> Vec<(String, Target)> {
    let route = |route: usize| policy.routes.get(route).map(|one| (one.name.clone(), Target::Route(route)));
    let clock = |sla: usize| {
        let name = policy.slas.get(sla).map(|sla| sla.name.clone()).unwrap_or_default();
        vec![(format!("{name}.state"), Target::ClockState(sla)), (format!("{name}.due"), Target::ClockDue(sla))]
    };
    match key {
        Key::Let { index, .. } => policy.lets.get(index).map(|one| (one.name.clone(), Target::Let(index))).into_iter().collect(),
        Key::Persona { score, .. } | Key::Band { score, .. } | Key::Points { score, .. } | Key::Adjust { score, .. } => {
            policy.scores.get(score).map(|one| (one.name.clone(), Target::Score(score))).into_iter().collect()
        }
        Key::DecideRow { decide, .. } | Key::GridCell { decide, .. } => {
            policy.decides.get(decide).map(|one| (one.name.clone(), Target::Decide(decide))).into_iter().collect()
        }
        Key::FlowRow { .. } => vec![("stage".to_owned(), Target::Stage)],
        Key::RouteWhen { route: index, .. } | Key::RouteRow { route: index, .. } => route(index).into_iter().collect(),
        Key::Target { sla, .. } | Key::State { sla, .. } => clock(sla),
    }
}

/// All of them, to be put behind a policy or in a file of their own.
pub fn text(suggestions: &Suggestions, sources: &Sources) -> String {
    let mut parts: Vec<String> = suggestions.tests.iter().map(|test| test.text.clone()).collect();
    if !suggestions.left.is_empty() {
        let mut lines = vec!["# no lead that was tried reaches".to_owned()];
        lines.extend(suggestions.left.iter().map(|place| {
            let line = sources.position(place.span.source, place.span.start).line;
            let text = format!("# - {} ({}:{line}), {}", place.part, sources.get(place.span.source).path, place.what);
            one_line(&text).into_owned()
        }));
        parts.push(format!("{}\n", lines.join("\n")));
    }
    parts.join("\n")
}

/// Why there are no suggestions at all.
#[derive(Debug, thiserror::Error)]
pub enum SuggestError {
    #[error(transparent)]
    Lead(#[from] LeadError),
    #[error(transparent)]
    Jit(#[from] JitError),
}
