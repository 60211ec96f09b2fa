//! From a part of the domains where a condition holds to a lead that shows it.
//!
//! Enters: a condition, as a node. Leaves: that nothing meets it, a replayed lead that does, or why neither is known. Always holds: values are as plain as
//! the condition lets them be, and a lead that does not show what it should is never given out.

use super::graph::{Graph, Leaf, Node, NodeId};
use super::histories::Wanted;
use super::search::{Domains, Spent};
use super::variables::Meaning;
use super::{Found, Possible, Prover, Shown, Shows, Why, Witness, variables, witness};
use crate::model::{MeasureId, Type};
use crate::record::Lead;

/// What a measure was to be in a lead that was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    pub measure: MeasureId,
    /// both ends in; none where any will do
    pub low: Option<i64>,
    pub high: Option<i64>,
    pub is_known: bool,
    pub is_missing: bool,
    /// a lead without signals has it
    pub is_plain: bool,
}

/// How many groups of values are tried before no lead is found for a condition.
const LEADS_TRIED: usize = 6;

impl Prover<'_> {
    pub(super) fn search(&mut self, node: NodeId, until: u64, shows: &Shows) -> Possible {
        let mut condition = self.with_measures(node);
        self.missed.clear();
        for tried in 0..LEADS_TRIED {
            let mut domains = self.variables.nodes.clone();
            match self.find_with_texts(condition, &mut domains, until) {
                Err(Spent) => return Possible::Undecided(if tried == 0 { Why::Budget } else { Why::NoLead }),
                Ok(Found::WithoutText) => return Possible::Undecided(Why::NoLead),
                Ok(Found::No) if tried > 0 => return Possible::Undecided(Why::NoLead),
                Ok(Found::No) if self.graph.is_inexact => return Possible::Undecided(self.why_inexact()),
                Ok(Found::No) => return Possible::Never,
                Ok(Found::Yes) => {}
            }
            let told = self.told(condition);
            let domains = self.plainer(told, domains, until);
            if let Some(witness) = self.witness(&domains, shows) {
                return Possible::Yes(Box::new(witness));
            }
            if tried == 0 {
                self.missed = self.measures_in(&domains);
            }
            condition = self.elsewhere(condition, &domains);
        }
        Possible::Undecided(Why::NoLead)
    }

    /// As many variables as possible at their baselines, one after the other.
    fn plainer(&mut self, condition: NodeId, found: Domains, until: u64) -> Domains {
        let mut plain = self.variables.nodes.clone();
        let mut rest = condition;
        let mut variables = self.graph.variables(condition);
        // a lead without signals is the easiest to read, then one in its first stage
        variables.sort_by_key(|variable| self.rank(*variable));
        for variable in variables {
            let of = &self.variables.all[variable as usize];
            if !of.domain.contains(of.baseline) || !self.graph.depends(rest, variable) {
                continue;
            }
            let baseline = self.graph.intern(Node::Constant(of.baseline));
            let candidate = self.graph.restrict(rest, variable, baseline);
            let mut domains = plain.clone();
            domains[variable as usize] = baseline;
            if matches!(self.find(candidate, &mut domains, until), Ok(true)) {
                plain[variable as usize] = baseline;
                rest = candidate;
            }
        }
        let mut domains = plain;
        match self.find(rest, &mut domains, until) {
            Ok(true) => domains,
            Ok(false) | Err(Spent) => found,
        }
    }

    pub(super) fn rank(&self, variable: u32) -> (u8, u32) {
        let fields = self.policy.fields.len();
        let rank = match &self.variables.all[variable as usize].meaning {
            Meaning::AsOf | Meaning::AsOfDay | Meaning::KeyHash | Meaning::Raised(_) | Meaning::Part(_) => 0,
            Meaning::RestUntil | Meaning::RouteOwner(_) | Meaning::RouteQueue(_) | Meaning::StageSince => 1,
            Meaning::Column(column) | Meaning::Day(column) | Meaning::Text { column, .. } if *column >= fields => 2,
            Meaning::Stage => 3,
            Meaning::Identity { .. } => 4,
            Meaning::Column(_) | Meaning::Day(_) | Meaning::Text { .. } | Meaning::DaysBefore { .. } => 5,
        };
        (rank, variable)
    }

    /// A lead with values of these domains, if it shows what it should.
    pub(super) fn witness(&self, domains: &Domains, shows: &Shows) -> Option<Witness> {
        self.witness_with(domains, false, shows).or_else(|| self.witness_with(domains, true, shows))
    }

    fn witness_with(&self, domains: &Domains, by_log: bool, shows: &Shows) -> Option<Witness> {
        let (lead, as_of, values) = self.lead(domains, by_log)?;
        let replayed = self.replay(&lead, as_of)?;
        let mut shown = Shown { lead, as_of, values, replayed, raised: None };
        if !shows(self, &mut shown) {
            return None;
        }
        let Shown { lead, as_of, values, replayed, raised } = shown;
        let plainest = witness::plainest(self.policy);
        let fields = (0..self.policy.fields.len()).filter(|field| lead.values[*field] != plainest.values[*field]).collect();
        let needs_as_of = self.variables.all.iter().zip(&values).any(|(variable, value)| {
            let is_moved = matches!(variable.meaning, Meaning::AsOf | Meaning::AsOfDay) && *value != variable.baseline;
            is_moved || matches!(variable.meaning, Meaning::DaysBefore { .. })
        }) || !lead.signals.is_empty()
            || !lead.log.is_empty();
        Some(Witness { lead, as_of, fields, needs_as_of, values: replayed, raised })
    }

    pub(super) fn lead(&self, domains: &Domains, by_log: bool) -> Option<(Lead, i64, Vec<Option<i64>>)> {
        let left = |variable: usize| domain_of(&self.graph, domains[variable], self.variables.all[variable].domain);
        let values: Vec<Option<i64>> =
            (0..domains.len()).map(|variable| nearest(&left(variable), self.baseline[variable], self.center(variable))).collect();
        let fields = self.policy.fields.len();
        let wanted: Vec<Wanted> = (0..domains.len())
            .filter(|variable| domains[*variable] != self.variables.nodes[*variable])
            .filter_map(|variable| {
                let Meaning::Column(column) = &self.variables.all[variable].meaning else { return None };
                Some(Wanted { measure: column.checked_sub(fields)?, domain: left(variable) })
            })
            .collect();
        let (lead, as_of) = witness::lead(self.policy, &self.histories, &self.variables, &values, &wanted, by_log)?;
        Some((lead, as_of, values))
    }

    /// What a known value of a variable should be near to: a day or a time is near to as-of, a number near to 0.
    pub(super) fn center(&self, variable: usize) -> i64 {
        let of = &self.variables.all[variable];
        let ty = if let Meaning::Raised(place) = of.meaning {
            return self.center(place);
        } else if let Meaning::Column(column) = of.meaning {
            self.policy.column(column).map(|column| column.ty)
        } else {
            matches!(of.meaning, Meaning::Day(_)).then_some(Type::Date)
        };
        of.baseline.unwrap_or(ty.map_or(0, witness::center))
    }

    /// What is left of the measures that are asked of.
    fn measures_in(&self, domains: &Domains) -> Vec<Missed> {
        let fields = self.policy.fields.len();
        let mut found = Vec::new();
        for (variable, of) in
            self.variables.all.iter().enumerate().filter(|(variable, _)| domains[*variable] != self.variables.nodes[*variable])
        {
            let Meaning::Column(column) = &of.meaning else { continue };
            let Some(measure) = column.checked_sub(fields) else { continue };
            let left = domain_of(&self.graph, domains[variable], of.domain);
            found.push(Missed {
                measure,
                low: Some(left.low).filter(|low| *low > of.domain.low),
                high: Some(left.high).filter(|high| *high < of.domain.high || left.low == left.high),
                is_known: left.known,
                is_missing: left.missing,
                is_plain: left.contains(of.baseline),
            });
        }
        found
    }

    /// The condition without what was tried: at least one of the values that no lead had is another.
    pub(super) fn elsewhere(&mut self, condition: NodeId, domains: &Domains) -> NodeId {
        let mut same = Vec::new();
        for (variable, domain) in domains.iter().enumerate() {
            let whole = self.variables.nodes[variable];
            if *domain == whole || !self.graph.depends(condition, variable as u32) {
                continue;
            }
            match (self.graph.constant_of(*domain), self.graph.leaf(*domain)) {
                (Some(None), _) => {
                    let known = self.graph.known(whole);
                    same.push(self.graph.not(known));
                }
                (Some(Some(value)), _) => same.push(self.graph.equals(whole, value)),
                (None, Some(leaf)) if !leaf.is_set => {
                    let (from, beyond) = (self.graph.at_least(whole, leaf.low), leaf.high.checked_add(1));
                    same.push(from);
                    if let Some(beyond) = beyond {
                        let beyond = self.graph.at_least(whole, beyond);
                        same.push(self.graph.not(beyond));
                    }
                }
                (None, _) => {}
            }
        }
        let same = self.graph.all(same);
        let other = self.graph.not(same);
        self.graph.all(vec![condition, other])
    }
}

/// What is left of a variable, as a domain.
pub(super) fn domain_of(graph: &Graph, left: NodeId, whole: Leaf) -> Leaf {
    match (graph.leaf(left), graph.constant_of(left)) {
        (Some(leaf), _) => leaf,
        (None, Some(Some(value))) => Leaf { low: value, high: value, known: true, missing: false, ..whole },
        (None, _) => Leaf { known: false, missing: true, ..whole },
    }
}

/// The value of the domain that is nearest to the baseline, or to the center where that is missing: it lies at a boundary.
pub(super) fn nearest(domain: &Leaf, baseline: Option<i64>, center: i64) -> Option<i64> {
    if domain.contains(baseline) {
        return baseline;
    }
    if !domain.known {
        return None;
    }
    if domain.is_set {
        return Some(if domain.low != 0 { domain.low } else { variables::lowest_bit(domain.high) });
    }
    Some(baseline.unwrap_or(center).clamp(domain.low, domain.high))
}
