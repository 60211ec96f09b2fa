//! How often a calculation with two numbers reaches each threshold.
//!
//! Enters: a node that asks of its variables no more than which thresholds one calculation with them reaches: sums, products, quotients and the like of at most two. Leaves: in how many
//! combinations of their values the calculation lies between which thresholds, and in how many it is missing; what the node is then. Always holds: the counts are exact, and add up to all combinations.
//!
//! A box of values whose bounds lie between two thresholds counts as a whole; any other is cut. The variable with fewer values is halved down to its single values; along the other
//! one the calculation is as good as straight, so the line between its ends tells nearly where the threshold lies, and a few more cuts tell exactly.

use super::algebra::evaluate;
use super::graph::{Graph, Leaf, Node, NodeId};
use super::search::Spent;
use crate::model::Interval;
use crate::program::{Op, Shape};

/// With more values of the variable that has fewer, this is not tried.
const FEWER_MAX: u64 = 1 << 17;
/// Boxes that are as much work as one step.
const BOXES_PER_STEP: u64 = 8;

/// A calculation that is all that something asks for, and where that cuts it.
pub struct Through {
    calculation: NodeId,
    /// ascending
    thresholds: Vec<i64>,
}

impl Through {
    /// None of what asks for anything else.
    pub fn new(graph: &Graph, id: NodeId) -> Option<Through> {
        if graph.variable_count(id) > 2 || is_calculation(graph, id) {
            return None;
        }
        let (mut calculation, mut thresholds) = (None, Vec::new());
        asked(graph, id, &mut calculation, &mut thresholds)?;
        thresholds.sort_unstable();
        thresholds.dedup();
        Some(Through { calculation: calculation?, thresholds })
    }

    /// What the node is in each part that something is in, and how often.
    pub fn values(&self, graph: &Graph, id: NodeId, parts: &Parts) -> impl Iterator<Item = (Option<i64>, u128)> {
        let known = parts.counts.iter().enumerate().map(|(part, count)| {
            // any value of the part will do
            let value = match part.checked_sub(1) {
                Some(threshold) => self.thresholds.get(threshold).copied(),
                None => self.thresholds.first().map_or(Some(0), |first| first.checked_sub(1)),
            };
            (value, *count)
        });
        let all = known.chain([(None, parts.missing)]).filter(|(_, count)| *count > 0);
        all.map(|(value, count)| (value_at(graph, id, self.calculation, value), count)).collect::<Vec<_>>().into_iter()
    }
}

/// The one calculation that a node asks for, and the thresholds; none if it asks for anything else.
fn asked(graph: &Graph, id: NodeId, calculation: &mut Option<NodeId>, thresholds: &mut Vec<i64>) -> Option<()> {
    let mut cut = |of: NodeId, at: &mut dyn Iterator<Item = i64>| -> Option<bool> {
        if !is_calculation(graph, of) {
            return Some(false);
        }
        thresholds.extend(at);
        (*calculation.get_or_insert(of) == of).then_some(true)
    };
    let children: Vec<NodeId> = match graph.node(id) {
        Node::Constant(_) => return Some(()),
        Node::Leaf(_) | Node::HasBits(..) => return None,
        Node::AtLeast(of, threshold) => match cut(*of, &mut std::iter::once(*threshold))? {
            true => return Some(()),
            false => vec![*of],
        },
        Node::Known(of) => match cut(*of, &mut std::iter::empty())? {
            true => return Some(()),
            false => vec![*of],
        },
        Node::Operation { program, op: Op::Band { thresholds: array, .. }, operands } => {
            let array: Option<Vec<i64>> = graph.programs[usize::from(*program)].arrays[*array as usize].iter().copied().collect();
            match cut(operands[0], &mut array?.into_iter())? {
                true => return Some(()),
                false => operands.to_vec(),
            }
        }
        Node::Operation { .. } | Node::Sum { .. } if is_calculation(graph, id) => return None,
        Node::Operation { operands, .. } => operands.to_vec(),
        Node::Sum { terms, .. } => terms.iter().map(|(term, _)| *term).collect(),
        Node::Not(of) => vec![*of],
        Node::All(members) => members.to_vec(),
        Node::Select(condition, then, otherwise) => vec![*condition, *then, *otherwise],
    };
    children.into_iter().try_for_each(|child| asked(graph, child, calculation, thresholds))
}

/// Sums, products and the like of numbers alone.
fn is_calculation(graph: &Graph, id: NodeId) -> bool {
    let is_open = graph.leaf(id).is_none() && graph.constant_of(id).is_none();
    is_open && collect(graph, id, &mut Vec::new(), &mut Vec::new()).is_some()
}

/// What a node is where the calculation has this value.
fn value_at(graph: &Graph, id: NodeId, calculation: NodeId, value: Option<i64>) -> Option<i64> {
    let of = |id: NodeId| value_at(graph, id, calculation, value);
    let truth = |holds: bool| Some(i64::from(holds));
    if id == calculation {
        return value;
    }
    match graph.node(id) {
        Node::Constant(value) => *value,
        Node::Leaf(_) | Node::HasBits(..) => None,
        Node::Sum { constant, terms } => {
            terms.iter().try_fold(*constant, |sum, (term, coefficient)| sum.checked_add(of(*term)?.checked_mul(*coefficient)?))
        }
        Node::AtLeast(inner, threshold) => truth(of(*inner).is_some_and(|value| value >= *threshold)),
        Node::Known(inner) => truth(of(*inner).is_some()),
        Node::Not(inner) => truth(of(*inner) != Some(1)),
        Node::All(members) => truth(members.iter().all(|member| of(*member) == Some(1))),
        Node::Select(condition, then, otherwise) => of(if of(*condition) == Some(1) { *then } else { *otherwise }),
        Node::Operation { program, op, operands } => {
            let operands: Option<Vec<i64>> = operands.iter().map(|operand| of(*operand)).collect();
            match operands {
                Some(operands) => evaluate(graph.programs[usize::from(*program)], op, &operands),
                None => matches!(op, Op::Compare { .. } | Op::Equal(..)).then_some(0),
            }
        }
    }
}

/// Where such a calculation lies, for all values of its variables.
pub struct Boxes<'g, 'p> {
    graph: &'g Graph<'p>,
    /// what it is made of, operands first; the last is the whole
    order: Vec<NodeId>,
    leaves: Vec<Leaf>,
    thresholds: Vec<i64>,
    /// per place in `order`
    shapes: Vec<Shape>,
    values: Vec<Option<i64>>,
    /// per part between thresholds, the combinations in it
    parts: Vec<u128>,
    missing: u128,
    /// whether a part that was met once is of no more interest
    once: bool,
    boxes: u64,
    most: u64,
}

/// What is counted: by the number of thresholds that are reached, and missing.
pub struct Parts {
    pub counts: Vec<u128>,
    pub missing: u128,
    pub steps: u64,
}

/// Where the threshold, by its number, is likely to be in a box that is cut along one variable.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Near {
    Anywhere,
    /// so near to the lowest value
    Low(usize, i64),
    High(usize, i64),
    Middle(usize),
}

impl<'g, 'p> Boxes<'g, 'p> {
    /// None of anything but a calculation with one or two numbers.
    pub fn new(graph: &'g Graph<'p>, through: &Through) -> Option<Boxes<'g, 'p>> {
        let (id, thresholds) = (through.calculation, through.thresholds.clone());
        let (mut order, mut leaves) = (Vec::new(), Vec::new());
        collect(graph, id, &mut order, &mut leaves)?;
        // along the last variable it is a matter of few cuts
        let fewest = if leaves.len() == 1 { 0 } else { leaves.iter().map(|leaf| leaf.high.abs_diff(leaf.low)).min()? };
        (fewest <= FEWER_MAX).then(|| Boxes {
            graph,
            shapes: vec![Shape::MISSING; order.len()],
            values: vec![None; order.len()],
            parts: vec![0; thresholds.len() + 1],
            order,
            leaves,
            thresholds,
            missing: 0,
            once: false,
            boxes: 0,
            most: 0,
        })
    }

    pub fn variables(&self) -> impl Iterator<Item = u32> {
        self.leaves.iter().map(|leaf| leaf.variable)
    }

    /// All combinations, within so many steps.
    pub fn count(mut self, steps: u64) -> Result<Parts, Spent> {
        self.most = steps.saturating_mul(BOXES_PER_STEP);
        let values = |leaf: &Leaf| u128::from(leaf.high.abs_diff(leaf.low)) + 1;
        let known = self.leaves.iter().try_fold(1, |all: u128, leaf| all.checked_mul(values(leaf))).ok_or(Spent)?;
        let all =
            self.leaves.iter().try_fold(1, |all: u128, leaf| all.checked_mul(values(leaf) + u128::from(leaf.missing))).ok_or(Spent)?;
        self.missing = all - known;
        self.walk()
    }

    /// Which parts some combination is in: their counts are more than 0.
    pub fn reached(mut self, steps: u64) -> Result<Parts, Spent> {
        self.most = steps.saturating_mul(BOXES_PER_STEP);
        self.once = true;
        self.missing = u128::from(self.leaves.iter().any(|leaf| leaf.missing));
        self.walk()
    }

    fn walk(mut self) -> Result<Parts, Spent> {
        let mut whole: Vec<Interval> = self.leaves.iter().map(|leaf| Interval { low: leaf.low, high: leaf.high }).collect();
        self.look(&mut whole, Near::Anywhere)?;
        Ok(Parts { counts: self.parts, missing: self.missing, steps: self.boxes / BOXES_PER_STEP })
    }

    /// How many thresholds a value reaches.
    fn part(&self, value: i64) -> usize {
        self.thresholds.partition_point(|threshold| *threshold <= value)
    }

    fn look(&mut self, of: &mut Vec<Interval>, near: Near) -> Result<(), Spent> {
        self.boxes += 1;
        if self.boxes > self.most {
            return Err(Spent);
        }
        if of.iter().all(|interval| interval.low == interval.high) {
            match self.exact(&of.iter().map(|interval| interval.low).collect::<Vec<i64>>()) {
                Some(value) => {
                    let part = self.part(value);
                    self.parts[part] += 1;
                }
                None => self.missing += 1,
            }
            return Ok(());
        }
        let Shape { interval, optional, .. } = self.bounds(of);
        let (lowest, highest) = (self.part(interval.low), self.part(interval.high));
        if lowest == highest && !optional {
            let size = of.iter().map(|interval| u128::from(interval.high.abs_diff(interval.low)) + 1).product::<u128>();
            self.parts[lowest] += size;
            return Ok(());
        }
        if self.once && self.parts[lowest..=highest].iter().all(|count| *count > 0) && (!optional || self.missing > 0) {
            return Ok(());
        }
        let open = (0..of.len()).filter(|place| of[*place].low < of[*place].high);
        let Some(place) = open.clone().min_by_key(|place| of[*place].high.abs_diff(of[*place].low)) else { return Ok(()) };
        let is_last = open.count() == 1;
        let Interval { low, high } = of[place];
        // the first threshold that is reached somewhere in the box and not everywhere
        let (at, below, above) = if is_last && lowest < highest { self.cut(of, place, lowest, near) } else { halved(low, high) };
        for (part, near) in [(Interval { low, high: at - 1 }, below), (Interval { low: at, high }, above)] {
            of[place] = part;
            self.look(of, near)?;
        }
        of[place] = Interval { low, high };
        Ok(())
    }

    /// The first value of the upper part, and where the threshold then is in either part.
    fn cut(&mut self, of: &[Interval], place: usize, threshold: usize, near: Near) -> (i64, Near, Near) {
        let Interval { low, high } = of[place];
        match near {
            Near::Low(known, gap) if known == threshold && gap.unsigned_abs() < high.abs_diff(low) => {
                (low + gap, Near::Middle(threshold), Near::Low(threshold, gap.saturating_mul(8)))
            }
            Near::High(known, gap) if known == threshold && gap.unsigned_abs() < high.abs_diff(low) => {
                (high - gap + 1, Near::High(threshold, gap.saturating_mul(8)), Near::Middle(threshold))
            }
            Near::Middle(known) if known == threshold => {
                let (at, _, _) = halved(low, high);
                (at, Near::Middle(threshold), Near::Middle(threshold))
            }
            Near::Low(..) | Near::High(..) | Near::Middle(_) | Near::Anywhere => {
                let at = self.straight(of, place, self.thresholds[threshold]).unwrap_or(halved(low, high).0);
                (at, Near::High(threshold, 4), Near::Low(threshold, 4))
            }
        }
    }

    /// Where the line between the ends meets the threshold; half a unit before it, as results are rounded.
    fn straight(&mut self, of: &[Interval], place: usize, threshold: i64) -> Option<i64> {
        let Interval { low, high } = of[place];
        let mut point: Vec<i64> = of.iter().map(|interval| interval.low).collect();
        let first = i128::from(self.exact(&point)?);
        point[place] = high;
        let last = i128::from(self.exact(&point)?);
        let rise = 2 * (last - first);
        let (up, width) = (2 * i128::from(threshold) - 1 - 2 * first, i128::from(high) - i128::from(low));
        let along = up.checked_mul(width)?.checked_div(rise)?;
        // rounded up
        let at = i128::from(low) + along + 1;
        i64::try_from(at.clamp(i128::from(low) + 1, i128::from(high))).ok()
    }

    fn bounds(&mut self, of: &[Interval]) -> Shape {
        for place in 0..self.order.len() {
            let node = self.graph.node(self.order[place]);
            self.shapes[place] = match node {
                Node::Leaf(leaf) => {
                    let own = self.leaves.iter().position(|known| known.variable == leaf.variable).unwrap_or(0);
                    Shape::new(of[own], false)
                }
                node => {
                    let shapes = &self.shapes;
                    let earlier = |id: NodeId| self.order[..place].iter().position(|known| *known == id).map(|found| shapes[found]);
                    self.graph.infer(node, &|id| earlier(id).unwrap_or_else(|| self.graph.shape(id)))
                }
            };
        }
        self.shapes.last().copied().unwrap_or(Shape::MISSING)
    }

    fn exact(&mut self, point: &[i64]) -> Option<i64> {
        for place in 0..self.order.len() {
            let earlier = |id: NodeId| match self.order[..place].iter().position(|known| *known == id) {
                Some(found) => self.values[found],
                None => self.graph.constant_of(id).flatten(),
            };
            let value = match self.graph.node(self.order[place]) {
                Node::Leaf(leaf) => self.leaves.iter().position(|known| known.variable == leaf.variable).map(|own| point[own]),
                Node::Sum { constant, terms } => {
                    terms.iter().try_fold(*constant, |sum, (term, coefficient)| sum.checked_add(earlier(*term)?.checked_mul(*coefficient)?))
                }
                Node::Operation { program, op, operands } => {
                    let operands: Option<Vec<i64>> = operands.iter().map(|operand| earlier(*operand)).collect();
                    operands.and_then(|operands| evaluate(self.graph.programs[usize::from(*program)], op, &operands))
                }
                Node::Constant(_)
                | Node::AtLeast(..)
                | Node::HasBits(..)
                | Node::Known(_)
                | Node::All(_)
                | Node::Not(_)
                | Node::Select(..) => None,
            };
            self.values[place] = value;
        }
        self.values.last().copied().flatten()
    }
}

fn halved(low: i64, high: i64) -> (i64, Near, Near) {
    let at = ((i128::from(low) + i128::from(high)).div_euclid(2) + 1) as i64;
    (at, Near::Anywhere, Near::Anywhere)
}

/// The nodes of a calculation, operands first; none if anything else is among them.
fn collect(graph: &Graph, id: NodeId, order: &mut Vec<NodeId>, leaves: &mut Vec<Leaf>) -> Option<()> {
    if order.contains(&id) || graph.constant_of(id).is_some() {
        return Some(());
    }
    match graph.node(id) {
        Node::Leaf(leaf) if leaf.known && !leaf.is_set => leaves.push(*leaf),
        Node::Sum { terms, .. } => terms.iter().try_for_each(|(term, _)| collect(graph, *term, order, leaves))?,
        Node::Operation { op, operands, .. } if calculates(op) => {
            operands.iter().try_for_each(|operand| collect(graph, *operand, order, leaves))?;
        }
        Node::Leaf(_)
        | Node::Operation { .. }
        | Node::Constant(_)
        | Node::AtLeast(..)
        | Node::HasBits(..)
        | Node::Known(_)
        | Node::All(_)
        | Node::Not(_)
        | Node::Select(..) => return None,
    }
    order.push(id);
    Some(())
}

/// Numbers from numbers, missing where an operand is.
fn calculates(op: &Op) -> bool {
    matches!(
        op,
        Op::Add(..)
            | Op::Subtract(..)
            | Op::Multiply(..)
            | Op::Divide { .. }
            | Op::Quotient(..)
            | Op::Remainder(..)
            | Op::Larger(..)
            | Op::Smaller(..)
            | Op::Calculate(_)
    )
}
