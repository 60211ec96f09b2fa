//! How many cells give each value.
//!
//! Enters: a node. Leaves: for each of its values, the number of cells in which it has it. Always holds: a cell is one part of the domain of every variable
//! that the node depends on, where a part is `missing`, a value that is calculated with, or all values between two constants that the node holds
//! the variable against; the node has one value in it, and the counts of all values add up to the number of cells.
//!
//! Terms of a sum that share no variable are counted apart: each cell of the one goes with each cell of the other. What shares variables is parted by them.

use std::collections::BTreeSet;
use std::rc::Rc;

use num_bigint::BigUint;
use rustc_hash::{FxHashMap, FxHashSet};

use super::algebra::evaluate;
use super::boxes::{Boxes, Parts, Through};
use super::graph::{Graph, Leaf, Node, NodeId};
use super::number::Number;
use super::search::{Spent, cut, pick};
use super::sets::{independent, leaf_of, shared};
use crate::program::Op;

/// The most values that are told apart.
const VALUES_MAX: usize = 1 << 18;

/// The most parts of a domain that are looked at one by one.
const PARTS_MAX: u64 = 128;
/// Where parts are more, so many of each kind of value are.
const SOME_VALUES: usize = 12;

/// Cells by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts<N> {
    pub missing: N,
    /// ascending
    pub known: Vec<(i64, N)>,
}

/// Why cells are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncounted {
    /// it takes more steps than it may
    Budget,
    /// more values than are listed
    Values,
    /// their number leaves 128 bits
    Beyond,
    /// a value leaves 64 bits on the way
    Wide,
}

impl Uncounted {
    pub fn text(self) -> &'static str {
        match self {
            Uncounted::Budget => "to count them takes more steps than the budget allows",
            Uncounted::Values => "there are more values than are told apart here",
            Uncounted::Beyond => "there are more of them than 128 bits count",
            Uncounted::Wide => "numbers go beyond what is told apart here",
        }
    }
}

impl From<Spent> for Uncounted {
    fn from(Spent: Spent) -> Uncounted {
        Uncounted::Budget
    }
}

impl<N: Number> Counts<N> {
    fn of(value: Option<i64>) -> Counts<N> {
        match value {
            None => Counts { missing: N::of(1), known: Vec::new() },
            Some(value) => Counts { missing: N::of(0), known: vec![(value, N::of(1))] },
        }
    }

    fn iter(&self) -> impl Iterator<Item = (Option<i64>, &N)> {
        let missing = (self.missing > N::of(0)).then_some((None, &self.missing));
        self.known.iter().map(|(value, count)| (Some(*value), count)).chain(missing)
    }

    fn collect(counts: impl Iterator<Item = (Option<i64>, Option<N>)>) -> Result<Counts<N>, Uncounted> {
        let (mut missing, mut known) = (N::of(0), Vec::new());
        for (value, count) in counts {
            let count = count.ok_or(Uncounted::Beyond)?;
            match value {
                Some(value) => known.push((value, count)),
                None => missing = missing.plus(&count).ok_or(Uncounted::Beyond)?,
            }
        }
        known.sort_unstable_by_key(|(value, _)| *value);
        let mut joined: Vec<(i64, N)> = Vec::with_capacity(known.len());
        for (value, count) in known {
            match joined.last_mut() {
                Some((last, sum)) if *last == value => *sum = sum.plus(&count).ok_or(Uncounted::Beyond)?,
                _ => joined.push((value, count)),
            }
        }
        if joined.len() > VALUES_MAX { Err(Uncounted::Values) } else { Ok(Counts { missing, known: joined }) }
    }
}

impl From<&Counts<u128>> for Counts<BigUint> {
    fn from(counts: &Counts<u128>) -> Counts<BigUint> {
        let known = counts.known.iter().map(|(value, count)| (*value, BigUint::from(*count)));
        Counts { missing: BigUint::from(counts.missing), known: known.collect() }
    }
}

/// What a node tells apart of a variable.
#[derive(Clone, Debug)]
enum Grain {
    Values,
    /// the first values of all parts but the lowest
    Parts(BTreeSet<i64>),
}

/// Calculations that were counted before; how often they reach which thresholds depends on nothing else that is counted with them.
pub type Counted = FxHashMap<NodeId, Parts>;

/// Counts the cells of one node.
pub struct Cells<'a, 'p, N> {
    graph: &'a mut Graph<'p>,
    grains: FxHashMap<u32, Grain>,
    found: FxHashMap<NodeId, Rc<Counts<N>>>,
    boxes: &'a mut Counted,
    /// the number of steps at which the budget is spent
    until: u64,
}

impl<'a, 'p, N: Number> Cells<'a, 'p, N> {
    /// The cells of all nodes together: what one of them tells apart is told apart in all.
    pub fn new(graph: &'a mut Graph<'p>, boxes: &'a mut Counted, nodes: &[NodeId], until: u64) -> Cells<'a, 'p, N> {
        let grains = grains(graph, nodes);
        Cells { graph, grains, found: FxHashMap::default(), boxes, until }
    }

    pub fn counts(&mut self, id: NodeId) -> Result<Rc<Counts<N>>, Uncounted> {
        if let Some(found) = self.found.get(&id) {
            return Ok(found.clone());
        }
        if self.graph.steps > self.until {
            return Err(Uncounted::Budget);
        }
        self.graph.steps += 1;
        let counts = Rc::new(stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.work_out(id))?);
        self.found.insert(id, counts.clone());
        Ok(counts)
    }

    fn work_out(&mut self, id: NodeId) -> Result<Counts<N>, Uncounted> {
        if let Some(counts) = self.by_boxes(id) {
            return counts;
        }
        match self.graph.node(id).clone() {
            Node::Constant(value) => Ok(Counts::of(value)),
            Node::Leaf(leaf) if !leaf.is_set => {
                // of a variable in parts, only "at least 1" of 0 and 1 is the variable itself: no other number of it is a value
                if self.cells(leaf) != values_in(leaf) {
                    return self.parted(id);
                }
                if leaf.known && leaf.high.abs_diff(leaf.low) >= VALUES_MAX as u64 {
                    return Err(Uncounted::Values);
                }
                let known = if leaf.known { (leaf.low..=leaf.high).map(|value| (value, N::of(1))).collect() } else { Vec::new() };
                Ok(Counts { missing: N::of(u128::from(leaf.missing)), known })
            }
            Node::Sum { constant, terms } => {
                let parts = independent(self.graph, &terms);
                if parts.len() == 1 && terms.len() > 1 {
                    return self.parted(id);
                }
                let mut sum: Counts<N> = Counts::of(Some(constant));
                for part in parts {
                    let counts = self.part(id, &part)?;
                    sum = plus(&sum, &counts)?;
                    self.graph.steps += (sum.known.len() as u64).saturating_mul(counts.known.len() as u64) / 16;
                }
                Ok(sum)
            }
            Node::Operation { program, op, operands } => self.operation(id, program, op, &operands),
            Node::Not(of) => {
                let counts = self.counts(of)?;
                Counts::collect(counts.iter().map(|(value, count)| (Some(i64::from(value != Some(1))), Some(count.clone()))))
            }
            Node::Leaf(_) | Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Select(..) => self.parted(id),
        }
    }

    /// Some terms of a sum that share variables.
    fn part(&mut self, whole: NodeId, part: &[(NodeId, i64)]) -> Result<Counts<N>, Uncounted> {
        if let [(term, coefficient)] = part {
            if let Some(leaf) = self.graph.leaf(*term).filter(|_| *coefficient == 0) {
                // it says no more than whether it is known
                let known = self.cells(Leaf { missing: false, ..leaf });
                let known = if known > 0 { vec![(0, N::of(known))] } else { Vec::new() };
                return Ok(Counts { missing: N::of(u128::from(leaf.missing)), known });
            }
            let counts = self.counts(*term)?;
            return Counts::collect(
                counts.iter().map(|(value, count)| (value.map(|value| value.saturating_mul(*coefficient)), Some(count.clone()))),
            );
        }
        let variables: FxHashSet<u32> = part.iter().flat_map(|(term, _)| self.graph.variables(*term)).collect();
        let sum = self.graph.sum(0, part.to_vec());
        let counts = self.counts(sum)?;
        // variables that cancelled out
        let lost: Vec<u32> = variables.into_iter().filter(|variable| !self.graph.depends(sum, *variable)).collect();
        let lost = self.cells_of(whole, &lost)?;
        Counts::collect(counts.iter().map(|(value, count)| (value, count.times(&lost))))
    }

    fn operation(&mut self, id: NodeId, program: u8, op: Op, operands: &[NodeId]) -> Result<Counts<N>, Uncounted> {
        let open: Vec<usize> = (0..operands.len()).filter(|place| self.graph.constant_of(operands[*place]).is_none()).collect();
        let [open] = open[..] else { return self.parted(id) };
        if self.graph.leaf(operands[open]).is_some_and(|leaf| self.is_in_parts(leaf.variable)) {
            return self.parted(id);
        }
        let mut constants: Vec<i64> =
            operands.iter().map(|operand| self.graph.constant_of(*operand).flatten().unwrap_or_default()).collect();
        let counts = self.counts(operands[open])?;
        self.graph.steps += counts.known.len() as u64 / 16;
        let program = self.graph.programs[usize::from(program)];
        let asks = matches!(op, Op::Compare { .. } | Op::Equal(..));
        let result = |(value, count): (Option<i64>, &N)| {
            let value = match value {
                Some(value) => {
                    constants[open] = value;
                    evaluate(program, &op, &constants)
                }
                None => None,
            };
            (value.or(asks.then_some(0)), Some(count.clone()))
        };
        Counts::collect(counts.iter().map(result))
    }

    /// Of what asks one calculation alone, with one or two numbers of which all values are told apart.
    fn by_boxes(&mut self, id: NodeId) -> Option<Result<Counts<N>, Uncounted>> {
        let through = Through::new(self.graph, id)?;
        let boxes = Boxes::new(self.graph, &through)?;
        if boxes.variables().any(|variable| self.is_in_parts(variable)) {
            return None;
        }
        if !self.boxes.contains_key(&id) {
            match boxes.count(self.until.saturating_sub(self.graph.steps)) {
                Err(Spent) => return Some(Err(Uncounted::Budget)),
                Ok(parts) => {
                    self.graph.steps += parts.steps;
                    self.boxes.insert(id, parts);
                }
            }
        }
        let values = through.values(self.graph, id, &self.boxes[&id]);
        Some(Counts::collect(values.map(|(value, count)| (value, Some(N::of(count))))))
    }

    /// Counted over either part of a variable's domain.
    fn parted(&mut self, id: NodeId) -> Result<Counts<N>, Uncounted> {
        let variable = shared(self.graph, id).or_else(|| pick(self.graph, id)).ok_or(Uncounted::Values)?;
        let whole = leaf_of(self.graph, id, variable).ok_or(Uncounted::Values)?;
        let leaf = self.graph.leaf(whole).ok_or(Uncounted::Values)?;
        let before = self.graph.variables(id);
        let mut all = Vec::new();
        for part in self.cut(whole, leaf).ok_or(Uncounted::Values)? {
            let cells = self.cells(part);
            let part = self.graph.variable(part);
            let rest = self.graph.restrict(id, variable, part);
            let counts = self.counts(rest)?;
            self.graph.steps += counts.known.len() as u64 / 16;
            let lost: Vec<u32> = before.iter().copied().filter(|other| *other != variable && !self.graph.depends(rest, *other)).collect();
            let factor = if self.graph.depends(rest, variable) { 1 } else { cells };
            let factor = self.cells_of(id, &lost)?.times(&N::of(factor)).ok_or(Uncounted::Beyond)?;
            all.extend(counts.iter().map(|(value, count)| (value, count.times(&factor))));
        }
        Counts::collect(all.into_iter())
    }

    /// The cells of what is left of these variables in a node.
    fn cells_of(&self, id: NodeId, variables: &[u32]) -> Result<N, Uncounted> {
        let leaves = variables.iter().filter_map(|variable| self.graph.leaf(leaf_of(self.graph, id, *variable)?));
        let mut cells = leaves.map(|leaf| N::of(self.cells(leaf)));
        cells.try_fold(N::of(1), |product, cells| product.times(&cells)).ok_or(Uncounted::Beyond)
    }

    /// The cells of a part of a variable's domain.
    fn cells(&self, leaf: Leaf) -> u128 {
        let known = match self.grains.get(&leaf.variable) {
            _ if !leaf.known => 0,
            _ if leaf.is_set => {
                let sets = 1u128 << (leaf.high & !leaf.low).count_ones();
                // no set is empty
                sets - u128::from(leaf.low == 0)
            }
            Some(Grain::Values) => u128::from(leaf.high.abs_diff(leaf.low)) + 1,
            Some(Grain::Parts(_)) | None => self.inside(leaf).len() as u128 + 1,
        };
        known + u128::from(leaf.missing)
    }

    fn is_in_parts(&self, variable: u32) -> bool {
        matches!(self.grains.get(&variable), Some(Grain::Parts(_)))
    }

    /// Where parts begin inside a domain.
    fn inside(&self, leaf: Leaf) -> Vec<i64> {
        match self.grains.get(&leaf.variable) {
            Some(Grain::Parts(starts)) => starts.range(leaf.low..=leaf.high).copied().filter(|start| *start > leaf.low).collect(),
            Some(Grain::Values) | None => Vec::new(),
        }
    }

    /// Two parts of a domain, along cells; none of a single cell.
    fn cut(&self, whole: NodeId, leaf: Leaf) -> Option<[Leaf; 2]> {
        if self.cells(leaf) < 2 {
            return None;
        }
        let inside = self.inside(leaf);
        if leaf.missing || leaf.is_set || inside.is_empty() {
            return Some(cut(self.graph, whole, leaf));
        }
        let at = *inside.get(inside.len() / 2)?;
        Some([Leaf { high: at - 1, ..leaf }, Leaf { low: at, ..leaf }])
    }
}

/// A part of a variable's domain in which each of the parts that a node tells apart has a value: all of it where it is calculated with.
pub fn representatives(graph: &Graph, node: NodeId, leaf: Leaf) -> Leaf {
    match grains(graph, &[node]).get(&leaf.variable) {
        Some(Grain::Parts(starts)) => {
            let (first, last) = (starts.first().copied().unwrap_or(0), starts.last().copied().unwrap_or(0));
            let inside = |value: i64| value.clamp(leaf.low, leaf.high);
            Leaf { low: inside(first.saturating_sub(1)), high: inside(last), ..leaf }
        }
        Some(Grain::Values) | None => leaf,
    }
}

/// A value of each of the parts of a variable's domain that a node tells apart, missing among them; none if they are many.
pub fn each_part(graph: &Graph, node: NodeId, leaf: Leaf) -> Option<Vec<Option<i64>>> {
    let mut values: Vec<Option<i64>> = Vec::new();
    match grains(graph, &[node]).get(&leaf.variable) {
        _ if !leaf.known => {}
        Some(Grain::Parts(starts)) if !leaf.is_set => {
            values.push(Some(leaf.low));
            values.extend(starts.range(leaf.low..=leaf.high).filter(|start| **start > leaf.low).map(|start| Some(*start)));
        }
        Some(Grain::Parts(_) | Grain::Values) | None => {
            if leaf.high.abs_diff(leaf.low) >= PARTS_MAX {
                return None;
            }
            values.extend((leaf.low..=leaf.high).map(Some));
        }
    }
    values.extend(leaf.missing.then_some(None));
    values.retain(|value| leaf.contains(*value));
    (values.len() as u64 <= PARTS_MAX).then_some(values)
}

/// A few values of a domain that has many: its ends, those where comparisons cut it, and some between, missing among them.
pub fn some_values(graph: &Graph, whole: NodeId, leaf: Leaf) -> Vec<Option<i64>> {
    let mut values = vec![leaf.low, leaf.high];
    values.extend(graph.cuts(whole).iter().take(SOME_VALUES));
    // nearer and nearer to the lower end
    let width = leaf.high.abs_diff(leaf.low);
    values.extend((1..=SOME_VALUES as u32).filter_map(|part| leaf.low.checked_add_unsigned(width.checked_shr(2 * part)?)));
    let mut values: Vec<Option<i64>> = values.into_iter().map(Some).collect();
    values.extend(leaf.missing.then_some(None));
    values.retain(|value| leaf.contains(*value));
    values
}

fn values_in(leaf: Leaf) -> u128 {
    let known = if leaf.known { u128::from(leaf.high.abs_diff(leaf.low)) + 1 } else { 0 };
    known + u128::from(leaf.missing)
}

/// What nodes tell apart of each variable.
fn grains(graph: &Graph, nodes: &[NodeId]) -> FxHashMap<u32, Grain> {
    let mut grains: FxHashMap<u32, Grain> = FxHashMap::default();
    let mut seen: FxHashSet<NodeId> = FxHashSet::default();
    let mut rest = nodes.to_vec();
    while let Some(id) = rest.pop() {
        if !seen.insert(id) {
            continue;
        }
        let mut held = |leaf: Leaf, starts: &mut dyn Iterator<Item = i64>| {
            if let Grain::Parts(parts) = grains.entry(leaf.variable).or_insert_with(|| Grain::Parts(BTreeSet::new())) {
                parts.extend(starts);
            }
        };
        match graph.node(id) {
            Node::Constant(_) => {}
            Node::Leaf(leaf) => {
                grains.insert(leaf.variable, Grain::Values);
            }
            Node::AtLeast(of, threshold) => match graph.leaf(*of) {
                Some(leaf) => held(leaf, &mut std::iter::once(*threshold)),
                None => rest.push(*of),
            },
            Node::Known(of) | Node::HasBits(of, _) => match graph.leaf(*of) {
                Some(leaf) => held(leaf, &mut std::iter::empty()),
                None => rest.push(*of),
            },
            Node::Not(of) => rest.push(*of),
            Node::All(members) => rest.extend(members.iter()),
            Node::Select(condition, then, otherwise) => rest.extend([condition, then, otherwise]),
            Node::Sum { terms, .. } => {
                for (term, coefficient) in terms {
                    match graph.leaf(*term).filter(|_| *coefficient == 0) {
                        Some(leaf) => held(leaf, &mut std::iter::empty()),
                        None => rest.push(*term),
                    }
                }
            }
            Node::Operation { program, op: Op::Band { thresholds, .. }, operands } => match graph.leaf(operands[0]) {
                Some(leaf) => {
                    let array = &graph.programs[usize::from(*program)].arrays[*thresholds as usize];
                    held(leaf, &mut array.iter().flatten().copied());
                }
                None => rest.extend(operands.iter()),
            },
            Node::Operation { operands, .. } => rest.extend(operands.iter()),
        }
    }
    grains
}

/// Every cell of the one with every cell of the other.
fn plus<N: Number>(left: &Counts<N>, right: &Counts<N>) -> Result<Counts<N>, Uncounted> {
    if left.known.len().saturating_mul(right.known.len()) > VALUES_MAX * 64 {
        return Err(Uncounted::Values);
    }
    let pairs = left.iter().flat_map(|(one, ones)| {
        right.iter().map(move |(other, others)| (one.zip(other).map(|(one, other)| one.saturating_add(other)), ones.times(others)))
    });
    Counts::collect(pairs)
}
