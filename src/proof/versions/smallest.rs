//! A smallest lead: one that is not the plainest in as few fields as there can be.
//!
//! Enters: a condition. Leaves: a replayed lead that meets it. Always holds: what is proved of the condition is proved as for any other; if the search for fewer
//! fields ran to its end, no lead meets the condition that differs from the plainest one in fewer.

use rustc_hash::FxHashSet;

use crate::proof::graph::{Node, NodeId};
use crate::proof::search::Domains;
use crate::proof::{Possible, Prover, Shows};

/// Steps in which a lead with fewer fields is looked for.
const STEPS_MAX: u64 = 100_000;

impl Prover<'_> {
    /// Both known and unlike, or one of the two alone.
    pub(in crate::proof) fn differs(&mut self, old: NodeId, new: NodeId) -> NodeId {
        let same = self.graph.equal(old, new);
        let none = [old, new].map(|node| {
            let known = self.graph.known(node);
            self.graph.not(known)
        });
        let both_missing = self.graph.all(none.to_vec());
        let alike = self.graph.any(vec![same, both_missing]);
        self.graph.not(alike)
    }

    pub(in crate::proof) fn smallest(&mut self, condition: NodeId, shows: &Shows) -> Possible {
        let found = match self.possible_node(condition, shows) {
            Possible::Yes(found) => found,
            other => return other,
        };
        let whole = self.with_measures(condition);
        let variables = self.open_variables(whole);
        let until = self.graph.steps.saturating_add(STEPS_MAX.min(self.budget));
        let most = variables.iter().filter(|variable| self.is_away(&found, **variable)).count();
        for away in 0..most {
            let mut fewer = Fewer { until, failed: FxHashSet::default() };
            let mut domains = self.variables.nodes.clone();
            match fewer.find(self, whole, &variables, away, &mut domains) {
                Some(true) => {}
                Some(false) => continue,
                None => break,
            }
            if let Some(witness) = self.witness(&domains, shows) {
                return Possible::Yes(Box::new(witness));
            }
        }
        Possible::Yes(found)
    }

    /// Fields first: what has happened to a lead is harder to read than what is known of it.
    fn open_variables(&self, condition: NodeId) -> Vec<u32> {
        let mut variables = self.graph.variables(condition);
        variables.sort_by_key(|variable| self.rank(*variable));
        variables
    }

    /// Whether a lead is not at a variable's baseline, as far as it shows.
    fn is_away(&self, found: &crate::proof::Witness, variable: u32) -> bool {
        use crate::proof::variables::Meaning;
        match &self.variables.all[variable as usize].meaning {
            Meaning::Column(column) if *column < self.policy.fields.len() => found.fields.contains(column),
            Meaning::Day(column) | Meaning::DaysBefore { column, .. } | Meaning::Text { column, .. }
                if *column < self.policy.fields.len() =>
            {
                found.fields.contains(column)
            }
            Meaning::Column(_) | Meaning::Day(_) | Meaning::DaysBefore { .. } | Meaning::Text { .. } => !found.lead.signals.is_empty(),
            Meaning::Stage => found.lead.stage.is_some(),
            Meaning::StageSince => found.lead.stage_since.is_some(),
            Meaning::RestUntil => found.lead.rest_until.is_some(),
            Meaning::RouteOwner(_) => !found.lead.owners.is_empty(),
            Meaning::RouteQueue(_) => !found.lead.queues.is_empty(),
            Meaning::Identity { .. } | Meaning::KeyHash | Meaning::AsOfDay | Meaning::AsOf | Meaning::Raised(_) | Meaning::Part(_) => false,
        }
    }
}

struct Fewer {
    until: u64,
    /// what no choice of so many variables meets, from a place on
    failed: FxHashSet<(NodeId, usize, usize)>,
}

impl Fewer {
    /// Leaves at most `away` of the variables free, the others at their baselines. None if it takes too long.
    fn find(&mut self, prover: &mut Prover, rest: NodeId, variables: &[u32], away: usize, domains: &mut Domains) -> Option<bool> {
        if prover.graph.truth_of(rest) == Some(false)
            || prover.memory.is_impossible(rest)
            || self.failed.contains(&(rest, variables.len(), away))
        {
            return Some(false);
        }
        if prover.graph.steps > self.until {
            return None;
        }
        let Some((variable, others)) = variables.split_first() else {
            return prover.find(rest, domains, self.until).ok();
        };
        if !prover.graph.depends(rest, *variable) {
            return self.find(prover, rest, others, away, domains);
        }
        let of = &prover.variables.all[*variable as usize];
        let (contains, value) = (of.domain.contains(of.baseline), of.baseline);
        if contains {
            let baseline = prover.graph.intern(Node::Constant(value));
            let candidate = prover.graph.restrict(rest, *variable, baseline);
            let before = domains[*variable as usize];
            domains[*variable as usize] = baseline;
            if self.find(prover, candidate, others, away, domains)? {
                return Some(true);
            }
            domains[*variable as usize] = before;
        }
        if away > 0 && self.find(prover, rest, others, away - 1, domains)? {
            return Some(true);
        }
        self.failed.insert((rest, variables.len(), away));
        Some(false)
    }
}
