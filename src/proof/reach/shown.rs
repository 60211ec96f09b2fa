//! From values that reach a goal to a lead that does.

use std::cmp::Reverse;

use rustc_hash::FxHashSet;

use super::placements::{Added, placements};
use super::{Choice, HISTORY_STEPS, Reaching, Way, given};
use crate::model::{Effort, Event, FieldId};
use crate::proof::histories::{Wanted, moments, signals};
use crate::proof::search::{Domains, Spent};
use crate::proof::showing::domain_of;
use crate::proof::variables::Meaning;
use crate::record::Lead;

/// So many signals of a lead are tried as the beginning of a burst.
const BURSTING_MAX: usize = 20;

impl Reaching<'_, '_> {
    /// A lead that makes the choice and is there.
    pub(super) fn shown(&mut self, choice: &Choice, domains: &Domains) -> Result<Option<Way>, Spent> {
        let (fields, added) = choice.split_at(self.fields.len());
        let fields: Vec<usize> = (0..fields.len()).filter(|field| fields[*field] > 0).collect();
        if added.iter().all(|count| *count == 0) {
            let part = self.part(choice);
            let lead = self.with_fields(part, &fields, self.lead)?;
            return Ok(lead.and_then(|lead| self.replayed(lead, Vec::new())));
        }
        let amounts = self.amounts(choice);
        let mut kept = self.base.clone();
        for element in 0..self.fields.len() {
            self.keep(&mut kept, element, &amounts);
        }
        let mut tried: FxHashSet<Vec<Option<i64>>> = FxHashSet::default();
        for events in self.histories(choice, domains) {
            self.prover.graph.steps += HISTORY_STEPS;
            if self.prover.graph.steps > self.until {
                return Err(Spent);
            }
            let mut lead = self.lead.clone();
            lead.signals.extend(events.iter().cloned());
            let Some(values) = given::given(self.prover, &lead, self.as_of) else { continue };
            let measured: Vec<Option<i64>> = self.measures.iter().map(|measured| values[measured.variable]).collect();
            if !tried.insert(measured.clone()) {
                continue;
            }
            let mut part = kept.clone();
            for (number, value) in measured.into_iter().enumerate() {
                let variable = self.measures[number].variable;
                self.prover.settle(&mut part, variable, value);
            }
            if self.prover.find_in(&part, self.until)?.is_none() {
                continue;
            }
            if let Some(lead) = self.with_fields(part, &fields, &lead)?
                && let Some(way) = self.replayed(lead, events)
            {
                return Ok(Some(way));
            }
        }
        Ok(None)
    }

    /// Ways to add the signals that were chosen.
    pub(super) fn histories(&self, choice: &Choice, domains: &Domains) -> Vec<Vec<Event>> {
        let policy = self.prover.policy;
        let wanted =
            self.measures.iter().filter(|measured| matches!(self.prover.variables.all[measured.variable].meaning, Meaning::Column(_)));
        let wanted: Vec<Wanted> = wanted
            .map(|measured| {
                let whole = self.prover.variables.all[measured.variable].domain;
                Wanted { measure: measured.measure, domain: domain_of(&self.prover.graph, domains[measured.variable], whole) }
            })
            .collect();
        let with_properties = signals(policy, &wanted);
        let counts = &choice[self.fields.len()..];
        let added: Vec<Added> = self
            .signals
            .iter()
            .zip(counts)
            .filter(|(_, count)| **count > 0)
            .map(|(signal, count)| {
                let of = with_properties.iter().filter(|(of, _)| *of == signal.signal);
                Added { signal: signal.signal, count: *count as usize, properties: of.map(|(_, properties)| properties.clone()).collect() }
            })
            .collect();
        let mut moments = moments(policy, &wanted, self.as_of);
        // where such a signal is, one more makes a burst
        let has_bursts = |signal: usize| policy.signals.get(signal).is_some_and(|signal| signal.bursts.is_some());
        let bursting =
            self.lead.signals.iter().filter(|event| has_bursts(event.signal) && added.iter().any(|of| of.signal == event.signal));
        moments.extend(bursting.map(|event| event.at).filter(|at| *at <= self.as_of).take(BURSTING_MAX));
        placements(&added, &moments)
    }

    pub(super) fn replayed(&self, lead: Lead, mut signals: Vec<Event>) -> Option<Way> {
        let values = self.prover.replay(&lead, self.as_of).filter(|values| self.goal.holds(values))?;
        let fields: Vec<FieldId> = (0..lead.values.len()).filter(|field| lead.values[*field] != self.lead.values[*field]).collect();
        signals.sort_by_key(|event| Reverse(event.at));
        let cost_of = |effort: Effort| match effort {
            Effort::Cost(cost) => u64::from(cost),
            Effort::Fixed => 0,
        };
        let policy = self.prover.policy;
        let of_fields = fields.iter().filter_map(|field| policy.fields.get(*field)).map(|field| cost_of(field.effort));
        let of_signals = signals.iter().filter_map(|event| policy.signals.get(event.signal)).map(|signal| cost_of(signal.effort));
        let cost = of_fields.chain(of_signals).sum();
        Some(Way { lead, fields, signals, cost, at_least: cost, values })
    }
}
