//! Whether a condition can hold.
//!
//! Enters: a condition of the graph. Leaves: what is left of each variable's domain where it holds, whatever values of those domains are taken;
//! or that it never holds; or that the budget is spent. Always holds: "never" was found by trying every part of every domain that the condition
//! depends on.
//!
//! One step takes a variable that matters most, cuts its domain in two where a comparison cuts it (else in the middle), and restricts the condition to
//! either part. What is left to decide is a node; a node that was found to be impossible once is never looked at again, so the steps are the
//! layers of a decision diagram whose states are shared. Conjuncts that share no variable are decided one by one. Bounds prune: a sum that cannot
//! reach its threshold any more is already the constant "no". Where a question is how far two variables are apart, that it is so far and that it is not are
//! the two parts; such conditions are settled last, all at once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::differences::{Difference, Ranges};
use super::graph::{Graph, Leaf, Node, NodeId};

const STACK_LEFT: usize = 128 * 1024;
const STACK_NEXT: usize = 1024 * 1024;

/// The budget of a question is spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spent;

/// What is remembered between questions.
#[derive(Default)]
pub struct Memory {
    impossible: FxHashSet<NodeId>,
}

impl Memory {
    pub fn is_impossible(&self, condition: NodeId) -> bool {
        self.impossible.contains(&condition)
    }
}

/// What is left of each variable: a leaf, or the constant that is the last value.
pub type Domains = Vec<NodeId>;

pub struct Search<'a, 'p> {
    pub graph: &'a mut Graph<'p>,
    pub memory: &'a mut Memory,
    /// per variable, the value that is tried first
    pub baseline: &'a [Option<i64>],
    /// the number of steps at which the budget is spent
    pub until: u64,
}

impl Search<'_, '_> {
    /// Narrows the domains to a part in which the condition holds; leaves them as they are if there is none.
    pub fn find(&mut self, condition: NodeId, domains: &mut Domains) -> Result<bool, Spent> {
        if let Some(holds) = self.graph.truth_of(condition) {
            return Ok(holds);
        }
        if self.memory.impossible.contains(&condition) {
            return Ok(false);
        }
        if self.graph.steps > self.until {
            return Err(Spent);
        }
        let found = stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.find_in_parts(condition, domains))?;
        if !found {
            self.memory.impossible.insert(condition);
        }
        Ok(found)
    }

    fn find_in_parts(&mut self, condition: NodeId, domains: &mut Domains) -> Result<bool, Spent> {
        let parts = independent(self.graph, condition);
        if parts.len() == 1 {
            return self.split(condition, domains);
        }
        let before = domains.clone();
        for part in parts {
            if !self.find(part, domains)? {
                *domains = before;
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn split(&mut self, condition: NodeId, domains: &mut Domains) -> Result<bool, Spent> {
        let members = members_of(self.graph, condition);
        if members.iter().all(|member| self.graph.is_of_difference(*member))
            && let Some(found) = self.graph.together(&members, self.baseline)
        {
            self.graph.steps += (members.len() * members.len()) as u64;
            return Ok(found.is_some_and(|ranges| self.narrow(ranges, domains)));
        }
        // what is settled already may rule each other out
        let settled: Vec<NodeId> = members.into_iter().filter(|member| self.graph.is_of_difference(*member)).collect();
        if settled.len() > 1 && self.graph.together(&settled, self.baseline) == Some(None) {
            return Ok(false);
        }
        match choose(self.graph, condition) {
            None => Ok(false),
            Some(Choice::Variable(variable)) => self.split_variable(condition, variable, domains),
            Some(Choice::Difference(difference)) => self.split_difference(condition, difference, domains),
        }
    }

    fn narrow(&mut self, ranges: Ranges, domains: &mut Domains) -> bool {
        for (variable, low, high) in ranges {
            let Some(leaf) = self.graph.leaf(domains[variable as usize]) else { continue };
            domains[variable as usize] = self.graph.variable(Leaf { low, high, missing: false, ..leaf });
        }
        true
    }

    /// So far apart, or not: in either part all comparisons of that difference are known for which that is enough.
    fn split_difference(&mut self, condition: NodeId, difference: NodeId, domains: &mut Domains) -> Result<bool, Spent> {
        let (kept, open): (Vec<_>, Vec<_>) =
            members_of(self.graph, condition).into_iter().partition(|member| self.graph.is_of_difference(*member));
        let open = self.graph.all(open);
        let alike = self.graph.alike(open, difference);
        let Some((threshold, question)) = alike.get(alike.len() / 2).copied() else { return Ok(false) };
        let Some(Difference { left, right, least }) = self.graph.difference(question) else { return Ok(false) };
        let [first, second] = [left, right].map(|leaf| self.baseline[leaf.variable as usize]);
        let is_plain = first.zip(second).is_some_and(|(first, second)| i128::from(first) - i128::from(second) >= i128::from(least));
        let leaf = self.graph.variable(left);
        for holds in [is_plain, !is_plain] {
            let truth = self.graph.truth(holds);
            let settled = alike.iter().filter(|(other, _)| if holds { *other <= threshold } else { *other >= threshold });
            let settled: FxHashMap<NodeId, NodeId> = settled.map(|(_, question)| (*question, truth)).collect();
            let rest = self.graph.with_instead(open, &[leaf], &settled);
            let answer = if holds { question } else { self.graph.not(question) };
            let rest = self.graph.all(kept.iter().copied().chain([answer, rest]).collect());
            if self.find(rest, domains)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn split_variable(&mut self, condition: NodeId, variable: u32, domains: &mut Domains) -> Result<bool, Spent> {
        let whole = domains[variable as usize];
        let Some(leaf) = self.graph.leaf(whole) else { return Ok(false) };
        let mut parts = cut(self.graph, whole, leaf);
        let first = self.baseline[variable as usize];
        if parts[1].contains(first) {
            parts.swap(0, 1);
        }
        for part in parts {
            let part = self.graph.variable(part);
            let rest = self.graph.restrict(condition, variable, part);
            domains[variable as usize] = part;
            if self.find(rest, domains)? {
                return Ok(true);
            }
        }
        domains[variable as usize] = whole;
        Ok(false)
    }
}

/// Two parts of a domain of at least two values.
pub fn cut(graph: &Graph, id: NodeId, leaf: Leaf) -> [Leaf; 2] {
    if leaf.missing {
        return [Leaf { known: false, ..leaf }, Leaf { missing: false, ..leaf }];
    }
    if leaf.is_set {
        let free = leaf.high & !leaf.low;
        let bit = free & free.wrapping_neg();
        return [Leaf { high: leaf.high & !bit, ..leaf }, Leaf { low: leaf.low | bit, ..leaf }];
    }
    let cuts = graph.cuts(id);
    let inside: Vec<i64> = cuts.iter().copied().filter(|at| leaf.low < *at && *at <= leaf.high).collect();
    let at = match inside.get(inside.len() / 2) {
        Some(at) => *at,
        // zero parts what is very wide in a way that people find natural
        None if leaf.low < 0 && leaf.high >= 0 && leaf.low.unsigned_abs() > 1 << 32 => 0,
        None => ((i128::from(leaf.low) + i128::from(leaf.high)).div_euclid(2) + 1) as i64,
    };
    [Leaf { high: at - 1, ..leaf }, Leaf { low: at, ..leaf }]
}

/// What is parted next.
enum Choice {
    /// the domain of a variable
    Variable(u32),
    /// the values of two variables, by a comparison of their difference
    Difference(NodeId),
}

/// What the search parts next: of conditions that say how far two variables are apart nothing, as long as there are others.
fn choose(graph: &Graph, condition: NodeId) -> Option<Choice> {
    let members = members_of(graph, condition);
    let others = members.into_iter().filter(|member| !graph.is_of_difference(*member));
    let Some(first) = others.min_by_key(|member| graph.variable_count(*member)) else {
        return pick(graph, condition).map(Choice::Variable);
    };
    let mut at = first;
    loop {
        if let Some(Difference { left, right, .. }) = graph.difference(at) {
            let missing = [left, right].into_iter().find(|leaf| leaf.missing);
            return Some(missing.map_or(Choice::Difference(at), |leaf| Choice::Variable(leaf.variable)));
        }
        at = match next(graph, at) {
            Next::Nothing => return None,
            Next::Variable(variable) => return Some(Choice::Variable(variable)),
            Next::Of(of) => of,
        };
    }
}

fn members_of(graph: &Graph, condition: NodeId) -> Vec<NodeId> {
    if let Node::All(members) = graph.node(condition) { members.to_vec() } else { vec![condition] }
}

/// Conjuncts in groups that share no variable.
fn independent(graph: &mut Graph, condition: NodeId) -> Vec<NodeId> {
    let Node::All(members) = graph.node(condition).clone() else { return vec![condition] };
    let mut groups: Vec<(Vec<u64>, Vec<NodeId>)> = Vec::new();
    for member in &members {
        let (mut support, mut group) = (graph.support(*member).to_vec(), vec![*member]);
        let (same, other): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(found, _)| found.iter().zip(&support).any(|(found, support)| found & support != 0));
        for (found, members) in same {
            if found.len() > support.len() {
                support.resize(found.len(), 0);
            }
            support.iter_mut().zip(&found).for_each(|(support, found)| *support |= found);
            group.extend(members);
        }
        groups = other;
        groups.push((support, group));
    }
    if groups.len() == 1 {
        return vec![condition];
    }
    groups.sort_by_key(|(support, _)| support.iter().map(|word| word.count_ones()).sum::<u32>());
    groups.into_iter().map(|(_, members)| graph.all(members)).collect()
}

/// The variable to look at next: of the conjunct with the fewest, and there of the term that moves the sum most.
pub fn pick(graph: &Graph, condition: NodeId) -> Option<u32> {
    let mut at = condition;
    loop {
        at = match next(graph, at) {
            Next::Nothing => return None,
            Next::Variable(variable) => return Some(variable),
            Next::Of(of) => of,
        };
    }
}

/// Where the variable to look at next is found.
enum Next {
    Nothing,
    Variable(u32),
    Of(NodeId),
}

fn next(graph: &Graph, at: NodeId) -> Next {
    let of = match graph.node(at) {
        Node::Constant(_) => None,
        Node::Leaf(leaf) => return Next::Variable(leaf.variable),
        Node::AtLeast(of, _) | Node::HasBits(of, _) | Node::Known(of) | Node::Not(of) => Some(*of),
        Node::All(members) => members.iter().min_by_key(|member| graph.variable_count(**member)).copied(),
        Node::Select(condition, _, _) => Some(*condition),
        Node::Sum { terms, .. } => {
            let span = |(term, coefficient): &&(NodeId, i64)| {
                let interval = graph.shape(*term).interval;
                (i128::from(interval.high) - i128::from(interval.low)).saturating_mul(i128::from(coefficient.unsigned_abs()))
            };
            terms.iter().max_by_key(span).map(|(term, _)| *term)
        }
        Node::Operation { operands, .. } => {
            let open = operands.iter().filter(|operand| graph.constant_of(**operand).is_none());
            open.min_by_key(|operand| graph.variable_count(**operand)).copied()
        }
    };
    of.map_or(Next::Nothing, Next::Of)
}
