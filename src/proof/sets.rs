//! Every value that a node can have.
//!
//! Enters: a node. Leaves: the exact set of its values, or that there are too many to write down. Always holds: a value is in the set exactly if some
//! values of the variables give it.
//!
//! Terms of a sum that share no variable are independent: every value of the one goes with every value of the other, so their sets add up. What shares
//! variables is parted by them, as in [`super::search`].

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::algebra::evaluate;
use super::boxes::{Boxes, Through};
use super::graph::{Graph, Node, NodeId};
use super::search::{Spent, cut, pick};

/// The most values of a set.
const VALUES_MAX: usize = 1 << 20;
/// Values that are as much work as one step.
const VALUES_PER_STEP: usize = 16;

/// Why the values of a node are not written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// the budget is spent
    Spent,
    /// they are too many, or those of a part of it are, whatever the budget is
    Many,
}

impl From<Spent> for Unlisted {
    fn from(Spent: Spent) -> Unlisted {
        Unlisted::Spent
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    pub missing: bool,
    /// ascending
    pub known: Vec<i64>,
}

impl Values {
    fn of(value: Option<i64>) -> Values {
        Values { missing: value.is_none(), known: value.into_iter().collect() }
    }

    fn collect(values: impl Iterator<Item = Option<i64>>) -> Values {
        let mut all = Values::default();
        for value in values {
            match value {
                Some(value) => all.known.push(value),
                None => all.missing = true,
            }
        }
        all.known.sort_unstable();
        all.known.dedup();
        all
    }

    fn iter(&self) -> impl Iterator<Item = Option<i64>> {
        self.known.iter().copied().map(Some).chain(self.missing.then_some(None))
    }

    fn or(&self, other: &Values) -> Values {
        Values::collect(self.iter().chain(other.iter()))
    }
}

#[derive(Default)]
pub struct Sets {
    /// none: too many
    found: FxHashMap<NodeId, Option<Rc<Values>>>,
}

impl Sets {
    pub fn values(&mut self, graph: &mut Graph, id: NodeId, until: u64) -> Result<Rc<Values>, Unlisted> {
        if let Some(found) = self.found.get(&id) {
            return found.clone().ok_or(Unlisted::Many);
        }
        spend(graph, until, 0)?;
        match stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.work_out(graph, id, until)) {
            Ok(values) if values.known.len() <= VALUES_MAX => {
                let values = Rc::new(values);
                self.found.insert(id, Some(values.clone()));
                Ok(values)
            }
            Ok(_) | Err(Unlisted::Many) => {
                self.found.insert(id, None);
                Err(Unlisted::Many)
            }
            Err(Unlisted::Spent) => Err(Unlisted::Spent),
        }
    }

    fn work_out(&mut self, graph: &mut Graph, id: NodeId, until: u64) -> Result<Values, Unlisted> {
        if let Some(through) = Through::new(graph, id)
            && let Some(boxes) = Boxes::new(graph, &through)
        {
            let parts = boxes.reached(until.saturating_sub(graph.steps))?;
            graph.steps += parts.steps;
            return Ok(Values::collect(through.values(graph, id, &parts).map(|(value, _)| value)));
        }
        match graph.node(id).clone() {
            Node::Constant(value) => Ok(Values::of(value)),
            Node::Leaf(leaf) if !leaf.is_set => {
                if leaf.high.abs_diff(leaf.low) >= VALUES_MAX as u64 {
                    return Err(Unlisted::Many);
                }
                Ok(Values { missing: leaf.missing, known: (leaf.low..=leaf.high).collect() })
            }
            Node::Sum { constant, terms } => {
                let parts = independent(graph, &terms);
                if parts.len() == 1 && terms.len() > 1 {
                    return self.parted(graph, id, until);
                }
                let mut sum = Values::of(Some(constant));
                for part in parts {
                    let values = match part.as_slice() {
                        [(term, coefficient)] => {
                            let values = self.values(graph, *term, until)?;
                            Values::collect(values.iter().map(|value| value.map(|value| value.saturating_mul(*coefficient))))
                        }
                        _ => {
                            let part = graph.sum(0, part);
                            (*self.values(graph, part, until)?).clone()
                        }
                    };
                    sum = plus(graph, &sum, &values, until)?;
                }
                Ok(sum)
            }
            Node::Operation { program, op, operands } => {
                let open: Vec<usize> = (0..operands.len()).filter(|place| graph.constant_of(operands[*place]).is_none()).collect();
                let [open] = open[..] else { return self.parted(graph, id, until) };
                let mut constants: Vec<i64> =
                    operands.iter().map(|operand| graph.constant_of(*operand).flatten().unwrap_or_default()).collect();
                let values = match self.values(graph, operands[open], until) {
                    Ok(values) => values,
                    // wide operands of bands and the like have few results
                    Err(Unlisted::Many) => return self.parted(graph, id, until),
                    Err(Unlisted::Spent) => return Err(Unlisted::Spent),
                };
                spend(graph, until, values.known.len())?;
                let program = graph.programs[usize::from(program)];
                let result = |value: Option<i64>| match value {
                    Some(value) => {
                        constants[open] = value;
                        evaluate(program, &op, &constants)
                    }
                    None => None,
                };
                let asks = matches!(op, crate::program::Op::Compare { .. } | crate::program::Op::Equal(..));
                let mut all = Values::collect(values.iter().map(result));
                if asks && std::mem::take(&mut all.missing) {
                    all = all.or(&Values::of(Some(0)));
                }
                Ok(all)
            }
            Node::Not(of) => {
                let values = self.values(graph, of, until)?;
                Ok(Values::collect(values.iter().map(|value| Some(i64::from(value != Some(1))))))
            }
            Node::Leaf(_) | Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Select(..) => {
                self.parted(graph, id, until)
            }
        }
    }

    /// The values over either part of a variable's domain.
    fn parted(&mut self, graph: &mut Graph, id: NodeId, until: u64) -> Result<Values, Unlisted> {
        let variable = shared(graph, id).or_else(|| pick(graph, id)).ok_or(Unlisted::Many)?;
        let whole = leaf_of(graph, id, variable).ok_or(Unlisted::Many)?;
        let leaf = graph.leaf(whole).ok_or(Unlisted::Many)?;
        let mut all = Values::default();
        for part in cut(graph, whole, leaf) {
            let part = graph.variable(part);
            let rest = graph.restrict(id, variable, part);
            let values = self.values(graph, rest, until)?;
            spend(graph, until, all.known.len() + values.known.len())?;
            all = all.or(&values);
        }
        Ok(all)
    }
}

/// One step, and the work that so many values are.
fn spend(graph: &mut Graph, until: u64, values: usize) -> Result<(), Spent> {
    if graph.steps > until {
        return Err(Spent);
    }
    graph.steps += 1 + (values / VALUES_PER_STEP) as u64;
    Ok(())
}

/// The variable that most terms of a sum have in common: without it they are independent the soonest.
pub fn shared(graph: &Graph, id: NodeId) -> Option<u32> {
    let Node::Sum { terms, .. } = graph.node(id) else { return None };
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    for (term, _) in terms {
        graph.variables(*term).into_iter().for_each(|variable| *counts.entry(variable).or_default() += 1);
    }
    let (variable, count) = counts.into_iter().max_by_key(|(variable, count)| (*count, std::cmp::Reverse(*variable)))?;
    (count > 1).then_some(variable)
}

/// The leaf of a variable inside a node; there is one, as restricting replaces all.
pub fn leaf_of(graph: &Graph, id: NodeId, variable: u32) -> Option<NodeId> {
    let mut at = id;
    loop {
        let children = match graph.node(at) {
            Node::Constant(_) => return None,
            Node::Leaf(_) => return Some(at),
            Node::AtLeast(of, _) | Node::HasBits(of, _) | Node::Known(of) | Node::Not(of) => vec![*of],
            Node::All(members) => members.to_vec(),
            Node::Select(condition, then, otherwise) => vec![*condition, *then, *otherwise],
            Node::Sum { terms, .. } => terms.iter().map(|(term, _)| *term).collect(),
            Node::Operation { operands, .. } => operands.to_vec(),
        };
        at = children.into_iter().find(|child| graph.depends(*child, variable))?;
    }
}

/// Terms in groups that share no variable.
pub fn independent(graph: &Graph, terms: &[(NodeId, i64)]) -> Vec<Vec<(NodeId, i64)>> {
    let mut groups: Vec<Vec<(NodeId, i64)>> = Vec::new();
    for term in terms {
        let (same, other): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group| group.iter().any(|(member, _)| !graph.is_disjoint(*member, term.0)));
        let mut group = vec![*term];
        group.extend(same.into_iter().flatten());
        groups = other;
        groups.push(group);
    }
    groups
}

/// Every sum of one value of each; a missing one makes the sum missing.
fn plus(graph: &mut Graph, left: &Values, right: &Values, until: u64) -> Result<Values, Unlisted> {
    let missing =
        (left.missing && (right.missing || !right.known.is_empty())) || (right.missing && (left.missing || !left.known.is_empty()));
    let (many, few) = if left.known.len() < right.known.len() { (right, left) } else { (left, right) };
    let mut known: Vec<i64> = Vec::with_capacity(many.known.len());
    for more in &few.known {
        spend(graph, until, known.len() + many.known.len())?;
        let shifted: Vec<i64> = many.known.iter().map(|value| value.saturating_add(*more)).collect();
        known = merged(&known, &shifted);
        if known.len() > VALUES_MAX {
            return Err(Unlisted::Many);
        }
    }
    Ok(Values { missing, known })
}

fn merged(left: &[i64], right: &[i64]) -> Vec<i64> {
    let mut all = Vec::with_capacity(left.len().max(right.len()));
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    loop {
        let next = match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a < b => left.next(),
            (Some(a), Some(b)) if a > b => right.next(),
            (Some(_), Some(_)) => {
                left.next();
                right.next()
            }
            (Some(_), None) => left.next(),
            (None, _) => right.next(),
        };
        match next {
            Some(value) => all.push(*value),
            None => return all,
        }
    }
}
