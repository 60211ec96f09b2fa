//! The cheapest changes that take one lead somewhere.
//!
//! Enters: a condition over the program's values, a lead at an as-of, and what changes cost by the policy. Leaves: the lead with the changes, and their cost; or that nothing which may
//! change does it; or undecided. Always holds: the lead was replayed; if the least cost that is possible is the way's own, no cheaper way exists, and none as cheap with fewer changes.
//!
//! Whatever may not change is put into the question as it is. What is left is asked with fields kept and signals left out: where that is impossible, a smallest part of what is
//! kept that makes it so is a *core*, of which something must change. The cheapest choice that meets every core met so far is asked next. So the first choice that is possible
//! is the cheapest, and the search never lists choices that a core rules out. With signals added, measures are taken to be anything that so many signals could make of them; a choice
//! that is possible there is shown by a history, or given up, and then the least cost stays at what it was.

mod counts;
mod given;
mod nearest;
mod placements;
mod shown;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashSet;

use self::counts::Added;
use super::graph::{Leaf, NodeId};
use super::part::Part;
use super::search::{Domains, Spent};
use super::variables::Meaning;
use super::{Condition, Prover, Why};
use crate::model::{Effort, Event, FieldId, MeasureId, SignalId, Subject, Type};
use crate::program::shape::DAYS;
use crate::record::Lead;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    Already,
    Way(Box<Way>),
    /// nothing that may change gets it there
    Never,
    Undecided(Why),
}

/// A lead that is there, and what it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    pub lead: Lead,
    /// those whose values are others
    pub fields: Vec<FieldId>,
    /// what was added, the last first
    pub signals: Vec<Event>,
    pub cost: u64,
    /// no way costs less than this
    pub at_least: u64,
    /// the value of each operation of the program
    pub values: Vec<Option<i64>>,
}

/// The most signals that are added.
const SIGNALS_MAX: u32 = 30;
/// Choices that seem possible, but for which no lead was found, before that is given up.
const GIVEN_UP_MAX: usize = 40;
/// Steps to find out whether a core can be smaller; if that takes longer, it stays as it is.
const CORE_STEPS: u64 = 4_000;
/// The part of all steps that one choice may take.
const CHOICE_SHARE: u64 = 8;
/// What trying one history is worth in steps.
const HISTORY_STEPS: u64 = 30;

impl Prover<'_> {
    /// The cheapest way for a lead to meet the condition.
    pub fn reach(&mut self, goal: &Condition, lead: &Lead, as_of: i64) -> Reach {
        let Some(values) = self.replay(lead, as_of) else { return Reach::Undecided(Why::NoLead) };
        if goal.holds(&values) {
            return Reach::Already;
        }
        let Some(given) = given::given(self, lead, as_of) else { return Reach::Undecided(Why::TooWide) };
        let (start, until) = (self.graph.steps, self.until());
        let node = goal.node(&mut self.graph, &mut self.translation);
        let node = self.with_measures(node);
        let base = Part { node, domains: self.variables.nodes.clone() };
        let (fields, signals, measures) = (Vec::new(), Vec::new(), Vec::new());
        let choice_steps = until.saturating_sub(start) / CHOICE_SHARE;
        let mut reaching = Reaching { prover: self, goal, lead, as_of, given, base, fields, signals, measures, until, choice_steps };
        reaching.set_up();
        let answer = reaching.cheapest().unwrap_or(Reach::Undecided(Why::Budget));
        self.spend(start);
        answer
    }
}

struct Field {
    field: FieldId,
    cost: u32,
    variables: Vec<usize>,
}

struct Signal {
    signal: SignalId,
    cost: u32,
}

struct Measured {
    measure: MeasureId,
    variable: usize,
    /// places in the signals that may be added
    influences: Vec<usize>,
}

struct Reaching<'a, 'p> {
    prover: &'a mut Prover<'p>,
    goal: &'a Condition,
    lead: &'a Lead,
    as_of: i64,
    /// per variable
    given: Vec<Option<i64>>,
    /// with all that cannot change
    base: Part,
    /// that may change, in the policy's order
    fields: Vec<Field>,
    signals: Vec<Signal>,
    measures: Vec<Measured>,
    until: u64,
    /// that one choice may take
    choice_steps: u64,
}

enum Possibility {
    Never,
    /// with what is left of the domains then
    Possible(Domains),
    Unknown,
}

/// Per field whether it changes (0 or 1), behind them per signal how many are added.
type Choice = Vec<u32>;

/// Elements of a choice, with the amount that is not enough: one of them must be larger.
type Core = Vec<(usize, u32)>;

impl Reaching<'_, '_> {
    fn set_up(&mut self) {
        let policy = self.prover.policy;
        let mut measured: Vec<(MeasureId, usize)> = Vec::new();
        for variable in self.prover.graph.variables(self.base.node) {
            let variable = variable as usize;
            let column = self.prover.variables.all[variable].meaning.column();
            let effort = column.and_then(|column| policy.fields.get(column)).map(|field| field.effort);
            match (column, effort) {
                (Some(field), Some(Effort::Cost(cost))) => {
                    match self.fields.iter_mut().find(|found| found.field == field) {
                        Some(found) => found.variables.push(variable),
                        None => self.fields.push(Field { field, cost, variables: vec![variable] }),
                    }
                    let leaf = self.of_field(variable, field);
                    let node = self.prover.graph.variable(leaf);
                    let mut base = self.base.clone();
                    self.prover.narrow(&mut base, variable, node);
                    self.base = base;
                }
                (Some(column), None) => measured.push((column - policy.fields.len(), variable)),
                (_, _) => self.fix(variable),
            }
        }
        self.fields.sort_by_key(|field| field.field);
        for (measure, variable) in measured {
            let of = policy.measures.get(measure).map(|measure| counts::influences(policy, measure)).unwrap_or_default();
            let influences: Vec<usize> = of.into_iter().filter_map(|signal| self.signal(signal)).collect();
            if influences.is_empty() {
                self.fix(variable);
            } else {
                // what no signal undoes stays, however many there are
                let node = self.measured(measure, variable, None, None);
                let mut base = self.base.clone();
                self.prover.narrow(&mut base, variable, node);
                self.base = base;
                self.measures.push(Measured { measure, variable, influences });
            }
        }
    }

    /// The place of a signal that may be added.
    fn signal(&mut self, signal: SignalId) -> Option<usize> {
        if let Some(found) = self.signals.iter().position(|found| found.signal == signal) {
            return Some(found);
        }
        match self.prover.policy.signals.get(signal)?.effort {
            Effort::Fixed => None,
            Effort::Cost(cost) => {
                self.signals.push(Signal { signal, cost });
                Some(self.signals.len() - 1)
            }
        }
    }

    /// What a field may be: a day that is held against as-of has the bounds of the calendar and of its own range.
    fn of_field(&self, variable: usize, field: FieldId) -> Leaf {
        let of = &self.prover.variables.all[variable];
        let (Meaning::DaysBefore { is_day, .. }, Some(today)) = (&of.meaning, self.prover.as_of_day(self.as_of)) else { return of.domain };
        let range = self.prover.policy.fields.get(field).filter(|field| !is_day && field.ty == Type::Date).and_then(|field| field.range);
        let range = range.unwrap_or(DAYS);
        Leaf { low: of.domain.low.max(today - range.high), high: of.domain.high.min(today - range.low), ..of.domain }
    }

    fn fix(&mut self, variable: usize) {
        let mut base = self.base.clone();
        self.prover.settle(&mut base, variable, self.given[variable]);
        self.base = base;
    }

    /// Whether nothing holds, for certain and within so many steps.
    fn never(&mut self, part: &Part, steps: u64) -> Result<bool, Spent> {
        let until = (self.prover.graph.steps + steps).min(self.until);
        match self.prover.find(part.node, &mut part.domains.clone(), until) {
            Ok(found) => Ok(!found),
            Err(Spent) if self.prover.graph.steps > self.until => Err(Spent),
            Err(Spent) => Ok(false),
        }
    }

    fn cost(&self, choice: &Choice) -> u64 {
        let (fields, signals) = choice.split_at(self.fields.len());
        let fields = self.fields.iter().zip(fields).map(|(field, amount)| u64::from(field.cost) * u64::from(*amount));
        let signals = self.signals.iter().zip(signals).map(|(signal, amount)| u64::from(signal.cost) * u64::from(*amount));
        fields.chain(signals).sum()
    }

    /// The question with an element kept at so much; none is any amount.
    fn keep(&mut self, part: &mut Part, element: usize, amounts: &[Option<u32>]) {
        if let Some(field) = self.fields.get(element) {
            if amounts[element] == Some(0) {
                for variable in field.variables.clone() {
                    self.prover.settle(part, variable, self.given[variable]);
                }
            }
            return;
        }
        let place = element - self.fields.len();
        let behind = self.fields.len();
        for number in 0..self.measures.len() {
            let Measured { measure, variable, influences } = &self.measures[number];
            if !influences.contains(&place) {
                continue;
            }
            let (measure, variable) = (*measure, *variable);
            let counts = |signal: &usize| self.counts(measure, self.signals[*signal].signal);
            let sum = |of: &mut dyn Iterator<Item = &usize>| of.map(|signal| amounts[behind + *signal]).sum::<Option<u32>>();
            let (all, counted) = (sum(&mut influences.iter()), sum(&mut influences.iter().filter(|signal| counts(signal))));
            let node = self.measured(measure, variable, all, counted);
            self.prover.narrow(part, variable, node);
        }
    }

    /// Whether the measure could count the signal.
    fn counts(&self, measure: MeasureId, signal: SignalId) -> bool {
        let subject = self.prover.policy.measures.get(measure).map(|measure| &measure.subject);
        matches!(subject, Some(Subject::Signals(signals)) if signals.contains(&signal))
    }

    /// What is left of a measure with so many signals more, of which it could count so many; none is any number.
    fn measured(&mut self, measure: MeasureId, variable: usize, all: Option<u32>, counted: Option<u32>) -> NodeId {
        let present = self.lead.signals.iter().filter(|event| event.at <= self.as_of && self.counts(measure, event.signal)).count();
        let added = Added { all, counted, present };
        let (of, policy) = (&self.prover.variables.all[variable], self.prover.policy);
        // of texts no more is known than that they stay
        let domain = match (&of.meaning, all, policy.measures.get(measure)) {
            (Meaning::Column(_), _, Some(measure)) | (_, Some(0), Some(measure)) => {
                counts::domain(policy, measure, of.domain, self.given[variable], added)
            }
            (_, _, _) => of.domain,
        };
        self.prover.graph.variable(domain)
    }

    fn part(&mut self, choice: &Choice) -> Part {
        let amounts: Vec<Option<u32>> = self.amounts(choice);
        let mut part = self.base.clone();
        for element in 0..choice.len() {
            self.keep(&mut part, element, &amounts);
        }
        part
    }

    fn possible(&mut self, choice: &Choice) -> Result<Possibility, Spent> {
        let part = self.part(choice);
        let until = (self.prover.graph.steps + self.choice_steps).min(self.until);
        let mut domains = part.domains;
        match self.prover.find(part.node, &mut domains, until) {
            Ok(true) => Ok(Possibility::Possible(domains)),
            Ok(false) => Ok(Possibility::Never),
            Err(Spent) if self.prover.graph.steps > self.until => Err(Spent),
            Err(Spent) => Ok(Possibility::Unknown),
        }
    }

    /// A field that changes may be anything.
    fn amounts(&self, choice: &Choice) -> Vec<Option<u32>> {
        let fields = self.fields.len();
        choice.iter().enumerate().map(|(element, amount)| if element < fields && *amount > 0 { None } else { Some(*amount) }).collect()
    }

    fn cheapest(&mut self) -> Result<Reach, Spent> {
        let elements = self.fields.len() + self.signals.len();
        if self.never(&self.base.clone(), self.choice_steps)? {
            return Ok(if self.prover.graph.is_inexact { Reach::Undecided(Why::TooWide) } else { Reach::Never });
        }
        let mut cores: Vec<Core> = Vec::new();
        let mut seen: FxHashSet<Choice> = FxHashSet::default();
        let mut heap: BinaryHeap<Reverse<(u64, u32, Vec<u32>, Choice)>> = BinaryHeap::new();
        heap.push(Reverse((0, 0, Vec::new(), vec![0; elements])));
        let (mut given_up, mut least) = (0, None);
        while let Some(Reverse((cost, _, _, choice))) = heap.pop() {
            self.prover.graph.steps += 1 + cores.len() as u64 / 8;
            if self.prover.graph.steps > self.until {
                return Err(Spent);
            }
            let met = |core: &Core| core.iter().any(|(element, amount)| choice[*element] > *amount);
            let core = match cores.iter().find(|core| !met(core)) {
                Some(core) => core.clone(),
                None => match self.possible(&choice)? {
                    Possibility::Never => {
                        let core = self.core(&choice)?;
                        cores.push(core.clone());
                        core
                    }
                    possibility => {
                        if let Possibility::Possible(domains) = possibility
                            && let Some(mut way) = self.shown(&choice, &domains)?
                        {
                            way.at_least = if self.prover.graph.is_inexact { 0 } else { least.unwrap_or(way.cost).min(way.cost) };
                            return Ok(Reach::Way(Box::new(way)));
                        }
                        least.get_or_insert(cost);
                        given_up += 1;
                        if given_up > GIVEN_UP_MAX {
                            return Ok(Reach::Undecided(Why::NoLead));
                        }
                        (0..elements).map(|element| (element, choice[element])).collect()
                    }
                },
            };
            for (element, amount) in core {
                let mut next = choice.clone();
                next[element] = amount + 1;
                let is_too_much =
                    if element < self.fields.len() { amount > 0 } else { next[self.fields.len()..].iter().sum::<u32>() > SIGNALS_MAX };
                if is_too_much || !seen.insert(next.clone()) {
                    if element >= self.fields.len() && is_too_much {
                        least.get_or_insert(cost);
                    }
                    continue;
                }
                let order = (0..elements).flat_map(|element| std::iter::repeat_n(element as u32, next[element] as usize)).collect();
                heap.push(Reverse((self.cost(&next), next.iter().sum(), order, next)));
            }
        }
        Ok(if least.is_some() { Reach::Undecided(Why::NoLead) } else { Reach::Never })
    }

    /// Of a choice that is impossible: few of its elements that make it so as they are kept.
    fn core(&mut self, choice: &Choice) -> Result<Core, Spent> {
        let fields = self.fields.len();
        let mut kept: Vec<usize> = (0..choice.len()).filter(|element| *element >= fields || choice[*element] == 0).collect();
        // the more its elements cost, the more a core says
        let cost = |element: &usize| self.fields.get(*element).map_or_else(|| self.signals[*element - fields].cost, |field| field.cost);
        kept.sort_by_key(|element| Reverse(cost(element)));
        let mut core: Vec<usize> = Vec::new();
        loop {
            let mut amounts: Vec<Option<u32>> = vec![None; choice.len()];
            core.iter().for_each(|element| amounts[*element] = Some(choice[*element]));
            let mut part = self.base.clone();
            for element in core.clone() {
                self.keep(&mut part, element, &amounts);
            }
            if self.never(&part, CORE_STEPS)? {
                return Ok(core.into_iter().map(|element| (element, choice[element])).collect());
            }
            let mut last = None;
            for (place, element) in kept.iter().enumerate() {
                amounts[*element] = Some(choice[*element]);
                let before = part.node;
                self.keep(&mut part, *element, &amounts);
                if part.node != before && self.never(&part, CORE_STEPS)? {
                    last = Some(place);
                    break;
                }
            }
            // all of them together are impossible
            let Some(last) = last else { return Ok(kept.into_iter().chain(core).map(|element| (element, choice[element])).collect()) };
            core.push(kept[last]);
            kept.truncate(last);
        }
    }
}
