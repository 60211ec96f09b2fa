//! A smallest lead: one that is not the plainest in as few fields as there can be, with values as near to its own as the condition lets them be.
//!
//! Enters: a condition. Leaves: a replayed lead that meets it. Always holds: what is proved of the condition is proved as for any other; if the search for fewer
//! fields ran to its end, no lead meets the condition that differs from the plainest one in fewer.
//!
//! A field counts once, however much is asked of it; as-of, and what a field rises to, count nothing.

use rustc_hash::FxHashSet;

use super::graph::NodeId;
use super::part::Part;
use super::search::{Domains, Spent};
use super::variables::Meaning;
use super::{Condition, Possible, Prover, Shown, Shows, Witness};
use crate::model::ColumnId;

/// Steps in which a lead with fewer fields is looked for.
const STEPS_MAX: u64 = 100_000;
/// Groups of values that no lead was found for, before that is given up.
const LEADS_TRIED: usize = 6;

impl Prover<'_> {
    /// Whether some lead meets the condition, with a smallest one.
    pub fn possible_with_least(&mut self, condition: &Condition) -> Possible {
        let node = condition.node(&mut self.graph, &mut self.translation);
        let possible = self.smallest(node, &|_: &Prover, shown: &mut Shown| condition.holds(&shown.replayed));
        self.with_rows(possible)
    }

    pub(super) fn smallest(&mut self, condition: NodeId, shows: &Shows) -> Possible {
        let found = match self.possible_node(condition, shows) {
            Possible::Yes(found) => found,
            other => return other,
        };
        let start = self.graph.steps;
        let until = start.saturating_add(STEPS_MAX.min(self.budget).min(self.budget_left));
        let smaller = self.smaller(condition, &found, until, shows);
        self.spend(start);
        Possible::Yes(smaller.map_or(found, Box::new))
    }

    /// A lead that is away in as few variables as there can be; none if that takes too long.
    fn smaller(&mut self, condition: NodeId, found: &Witness, until: u64, shows: &Shows) -> Option<Witness> {
        let whole = self.with_measures(condition);
        let mut whole = self.told(whole);
        let variables = self.open_variables(whole);
        let most = self.away(found, &variables);
        let mut tried = 0;
        for away in 0..=most {
            loop {
                let mut fewer = Fewer { until, failed: FxHashSet::default() };
                let mut domains = self.variables.nodes.clone();
                if !fewer.find(self, whole, &variables, Left { away, column: None }, &mut domains)? {
                    break;
                }
                let nearer = self.nearer(whole, &domains, until).unwrap_or_else(|Spent| domains.clone());
                if let Some(witness) = self.witness(&nearer, shows).or_else(|| self.witness(&domains, shows)) {
                    return Some(witness);
                }
                tried += 1;
                if tried == LEADS_TRIED {
                    return None;
                }
                whole = self.elsewhere(whole, &domains);
            }
        }
        None
    }

    /// The same variables away, each number and day as near to its baseline as it can be, one after the other.
    fn nearer(&mut self, condition: NodeId, found: &Domains, until: u64) -> Result<Domains, Spent> {
        let mut part = Part { node: condition, domains: self.variables.nodes.clone() };
        let variables = self.open_variables(condition);
        let (mut moved, mut stays) = (Vec::new(), Vec::new());
        for variable in variables {
            let of = &self.variables.all[variable as usize];
            let is_plain = of.domain.contains(of.baseline) && self.graph.constant_of(found[variable as usize]) == Some(of.baseline);
            let is_field = matches!(of.meaning, Meaning::Column(column) if column < self.policy.fields.len());
            let is_moment =
                matches!(of.meaning, Meaning::Day(_) | Meaning::DaysBefore { .. } | Meaning::Raised(_) | Meaning::AsOfDay | Meaning::AsOf);
            let is_number = is_field && !of.domain.is_set || is_moment;
            match (is_plain, is_number) {
                (true, _) => stays.push((variable as usize, of.baseline)),
                (false, true) => moved.push((variable as usize, self.center(variable as usize))),
                (false, false) => {}
            }
        }
        for (variable, baseline) in stays {
            self.settle(&mut part, variable, baseline);
        }
        for (variable, center) in moved {
            if self.graph.depends(part.node, variable as u32)
                && let Some(value) = self.nearest_number(&part, variable, center, until)?
            {
                self.settle(&mut part, variable, Some(value));
            }
        }
        Ok(self.find_in(&part, until)?.unwrap_or_else(|| found.clone()))
    }

    /// Fields last: what has happened to a lead is harder to read than what is known of it. Variables of one field follow each other.
    fn open_variables(&self, condition: NodeId) -> Vec<u32> {
        let mut variables = self.graph.variables(condition);
        let fields = self.policy.fields.len();
        variables.sort_by_key(|variable| match self.variables.all[*variable as usize].meaning.column() {
            Some(field) if field < fields => (u8::MAX, field, *variable),
            _ => (self.rank(*variable).0, 0, *variable),
        });
        variables
    }

    /// In how many variables a lead is not at the baseline, as far as it shows; those of one field count once.
    fn away(&self, found: &Witness, variables: &[u32]) -> usize {
        let fields = self.policy.fields.len();
        let meanings = variables.iter().map(|variable| &self.variables.all[*variable as usize].meaning);
        let others = meanings.filter(|meaning| match meaning {
            Meaning::Column(column) | Meaning::Day(column) | Meaning::DaysBefore { column, .. } | Meaning::Text { column, .. } => {
                *column >= fields && !(found.lead.signals.is_empty() && found.lead.log.is_empty())
            }
            Meaning::Stage => found.lead.stage.is_some(),
            Meaning::StageSince => found.lead.stage_since.is_some(),
            Meaning::RestUntil => found.lead.rest_until.is_some(),
            Meaning::RouteOwner(_) => !found.lead.owners.is_empty(),
            Meaning::RouteQueue(_) => !found.lead.queues.is_empty(),
            Meaning::Identity { .. } | Meaning::KeyHash | Meaning::AsOfDay | Meaning::AsOf | Meaning::Raised(_) | Meaning::Part(_) => false,
        });
        found.fields.len() + others.count()
    }

    /// Whether a variable is away from its baseline at no cost.
    fn is_free_to_move(&self, variable: u32) -> bool {
        matches!(
            self.variables.all[variable as usize].meaning,
            Meaning::AsOfDay | Meaning::AsOf | Meaning::KeyHash | Meaning::Raised(_) | Meaning::Part(_)
        )
    }
}

/// What may still be away.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Left {
    away: usize,
    /// the field or measure that the last one away is of
    column: Option<ColumnId>,
}

struct Fewer {
    until: u64,
    /// what no choice of so many variables meets, from a place on
    failed: FxHashSet<(NodeId, usize, Left)>,
}

impl Fewer {
    /// Leaves at most so many of the variables free, the others at their baselines. None if it takes too long.
    fn find(&mut self, prover: &mut Prover, rest: NodeId, variables: &[u32], left: Left, domains: &mut Domains) -> Option<bool> {
        if prover.graph.truth_of(rest) == Some(false)
            || prover.memory.is_impossible(rest)
            || self.failed.contains(&(rest, variables.len(), left))
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
            return self.find(prover, rest, others, left, domains);
        }
        let of = &prover.variables.all[*variable as usize];
        let (contains, value, column) = (of.domain.contains(of.baseline), of.baseline, of.meaning.column());
        if contains {
            let mut part = Part { node: rest, domains: std::mem::take(domains) };
            let before = part.domains[*variable as usize];
            prover.settle(&mut part, *variable as usize, value);
            *domains = part.domains;
            if self.find(prover, part.node, others, left, domains)? {
                return Some(true);
            }
            domains[*variable as usize] = before;
        }
        let is_free = prover.is_free_to_move(*variable) || (column.is_some() && column == left.column);
        let next = match (is_free, left.away.checked_sub(1)) {
            (true, _) => Some(left),
            (false, away) => away.map(|away| Left { away, column }),
        };
        if let Some(next) = next
            && self.find(prover, rest, others, next, domains)?
        {
            return Some(true);
        }
        self.failed.insert((rest, variables.len(), left));
        Some(false)
    }
}
