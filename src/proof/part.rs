//! A question of which some variables are settled.
//!
//! Enters: what must hold, and what is left of each variable. Leaves: whether it still can; the value of a variable that is nearest to some other one with which it
//! can. Always holds: numbers and days move as little as possible, up rather than down where both do.

use super::Prover;
use super::graph::{Leaf, Node, NodeId};
use super::search::{Domains, Spent};
use super::showing::domain_of;

/// What is left to decide, and what is left of each variable.
#[derive(Clone)]
pub(super) struct Part {
    pub node: NodeId,
    pub domains: Domains,
}

impl Prover<'_> {
    /// The question with a variable cut down to so much.
    pub(super) fn narrow(&mut self, part: &mut Part, variable: usize, to: NodeId) {
        if self.graph.depends(part.node, variable as u32) {
            part.node = self.graph.restrict(part.node, variable as u32, to);
        }
        part.domains[variable] = to;
    }

    pub(super) fn settle(&mut self, part: &mut Part, variable: usize, value: Option<i64>) {
        let node = self.graph.intern(Node::Constant(value));
        self.narrow(part, variable, node);
    }

    /// Values with which the rest holds; none if there are none.
    pub(super) fn find_in(&mut self, part: &Part, until: u64) -> Result<Option<Domains>, Spent> {
        let mut domains = part.domains.clone();
        Ok(self.find(part.node, &mut domains, until)?.then_some(domains))
    }

    pub(super) fn can_be(&mut self, part: &Part, variable: usize, value: Option<i64>, until: u64) -> Result<bool, Spent> {
        let mut part = part.clone();
        self.settle(&mut part, variable, value);
        Ok(self.find_in(&part, until)?.is_some())
    }

    /// The known number nearest to `center` with which the rest can hold; none if there is none.
    pub(super) fn nearest_number(&mut self, part: &Part, variable: usize, center: i64, until: u64) -> Result<Option<i64>, Spent> {
        let left = domain_of(&self.graph, part.domains[variable], self.variables.all[variable].domain);
        let within = |distance: i128| {
            let end = |end: i128| end.clamp(i128::from(left.low), i128::from(left.high)) as i64;
            let (low, high) = (end(i128::from(center) - distance), end(i128::from(center) + distance));
            Leaf { low, high, known: true, missing: false, ..left }
        };
        let known = Leaf { missing: false, ..left };
        let Some(domains) = (if left.known { self.find_within(part, variable, known, until)? } else { None }) else { return Ok(None) };
        let found = domain_of(&self.graph, domains[variable], known);
        let first = center.clamp(found.low, found.high);
        // the center itself may lie outside of the domain
        let least = i128::from(center.clamp(left.low, left.high)) - i128::from(center);
        let (mut beyond, mut reached) = (least.abs() - 1, (i128::from(first) - i128::from(center)).abs());
        while reached - beyond > 1 {
            let middle = (reached + beyond).div_euclid(2);
            match self.find_within(part, variable, within(middle), until)? {
                Some(_) => reached = middle,
                None => beyond = middle,
            }
        }
        for value in [i128::from(center) + reached, i128::from(center) - reached] {
            let Ok(value) = i64::try_from(value) else { continue };
            if left.low <= value && value <= left.high && self.can_be(part, variable, Some(value), until)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    fn find_within(&mut self, part: &Part, variable: usize, leaf: Leaf, until: u64) -> Result<Option<Domains>, Spent> {
        let mut part = part.clone();
        let node = self.graph.variable(leaf);
        self.narrow(&mut part, variable, node);
        self.find_in(&part, until)
    }
}
