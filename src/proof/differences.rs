//! Differences of two variables that are held against constants: `need_by >= 2026-11-20` beside `days until need_by <= 2`, `spent > planned`.
//!
//! Enters: conditions of a search. Leaves: which of them say only how far two known variables are apart; of some of these together, values that meet them all, or that there are none. Always holds: both
//! are exact. Cells cannot say how two domains go together, so a search settles everything else first, and such conditions as a whole.
//!
//! Each is an edge between its variables: so much is the one at most above the other. The ends of a domain are edges to and from zero. No values meet them all exactly if some round of edges adds up to less
//! than nothing.

use rustc_hash::FxHashSet;

use super::graph::{Graph, Leaf, Node, NodeId};
use crate::model::Operator;
use crate::program::Op;

/// More variables are not settled together.
const VARIABLES_MAX: usize = 40;

/// Two variables with fewer values are soon down to single ones, which say more.
const WIDE: u64 = 100;

/// Further than any two values are apart.
const FAR: i128 = 1 << 100;

/// `left - right` is at least so much.
#[derive(Clone, Copy)]
pub struct Difference {
    pub left: Leaf,
    pub right: Leaf,
    pub least: i64,
}

/// What is left of variables, both ends in.
pub type Ranges = Vec<(u32, i64, i64)>;

impl Graph<'_> {
    /// A comparison of the difference of two variables with a constant, if it is one.
    pub fn difference(&self, id: NodeId) -> Option<Difference> {
        let (left, right, least) = self.held_apart(id)?;
        let (left, right) = (self.leaf(left)?, self.leaf(right)?);
        let is_number = |leaf: Leaf| leaf.known && !leaf.is_set && !self.is_of_history(leaf.variable);
        let is_wide = |leaf: Leaf| leaf.high.abs_diff(leaf.low) >= WIDE;
        (is_number(left) && is_number(right) && (is_wide(left) || is_wide(right))).then_some(Difference { left, right, least })
    }

    /// That one of two values is so much above the other, or more.
    fn held_apart(&self, id: NodeId) -> Option<(NodeId, NodeId, i64)> {
        match self.node(id) {
            Node::AtLeast(of, threshold) => {
                let Node::Sum { constant, terms } = self.node(*of) else { return None };
                let least = threshold.checked_sub(*constant)?;
                match **terms {
                    [(left, 1), (right, -1)] | [(right, -1), (left, 1)] => Some((left, right, least)),
                    _ => None,
                }
            }
            // two numbers without a range: their difference may be beyond 64 bits
            Node::Operation { op: Op::Compare { operator, left_shift: 0, right_shift: 0, .. }, operands, .. } => {
                let [left, right] = **operands else { return None };
                Some(match operator {
                    Operator::AtLeast => (left, right, 0),
                    Operator::Above => (left, right, 1),
                    Operator::AtMost => (right, left, 0),
                    Operator::Below => (right, left, 1),
                })
            }
            Node::Constant(_)
            | Node::Leaf(_)
            | Node::Sum { .. }
            | Node::HasBits(..)
            | Node::Known(_)
            | Node::All(_)
            | Node::Not(_)
            | Node::Select(..)
            | Node::Operation { .. } => None,
        }
    }

    /// Whether the condition is such a comparison of known variables, or the opposite of one.
    pub fn is_of_difference(&self, id: NodeId) -> bool {
        let of = if let Node::Not(of) = self.node(id) { *of } else { id };
        self.difference(of).is_some_and(|of| !of.left.missing && !of.right.missing)
    }

    /// The comparisons of the same difference in a condition, by their constants.
    pub fn alike(&self, condition: NodeId, difference: NodeId) -> Vec<(i64, NodeId)> {
        let Some((left, right, _)) = self.held_apart(difference) else { return Vec::new() };
        let (mut seen, mut found, mut rest) = (FxHashSet::default(), Vec::new(), vec![condition]);
        let variables = self.variables(difference);
        while let Some(id) = rest.pop() {
            if !variables.iter().all(|variable| self.depends(id, *variable)) || !seen.insert(id) {
                continue;
            }
            match self.held_apart(id) {
                Some((of, above, least)) if (of, above) == (left, right) => found.push((least, id)),
                Some(_) | None => rest.extend(self.operands(id)),
            }
        }
        found.sort_unstable();
        found
    }

    /// What is left of the variables of such conditions where all of them hold, whatever values are taken; `Some(None)` if they never do. None of anything else.
    /// `baseline`: per variable, a value that is as good as any.
    pub fn together(&self, members: &[NodeId], baseline: &[Option<i64>]) -> Option<Option<Ranges>> {
        let mut system = System::default();
        for member in members {
            let (of, is_reached) = if let Node::Not(of) = self.node(*member) { (*of, false) } else { (*member, true) };
            let Difference { left, right, least } = self.difference(of).filter(|_| self.is_of_difference(*member))?;
            let (left, right) = (system.place(left)?, system.place(right)?);
            let least = i128::from(least);
            if is_reached { system.edges.push((right, left, -least)) } else { system.edges.push((left, right, least - 1)) }
        }
        Some(system.solved(baseline))
    }
}

#[derive(Default)]
struct System {
    leaves: Vec<Leaf>,
    /// the first is at most so much above the second
    edges: Vec<(usize, usize, i128)>,
}

impl System {
    /// The place of a variable; zero has the first.
    fn place(&mut self, leaf: Leaf) -> Option<usize> {
        if let Some(found) = self.leaves.iter().position(|other| other.variable == leaf.variable) {
            return Some(found + 1);
        }
        self.leaves.push(leaf);
        let place = self.leaves.len();
        self.edges.push((place, 0, i128::from(leaf.high)));
        self.edges.push((0, place, -i128::from(leaf.low)));
        (place <= VARIABLES_MAX).then_some(place)
    }

    fn solved(&self, baseline: &[Option<i64>]) -> Option<Ranges> {
        let places = self.leaves.len() + 1;
        // per pair, how much the first is at most above the second
        let mut most = vec![vec![FAR; places]; places];
        (0..places).for_each(|place| most[place][place] = 0);
        for (first, second, by) in &self.edges {
            most[*first][*second] = most[*first][*second].min(*by);
        }
        (0..places).for_each(|through| close(&mut most, through));
        if (0..places).any(|place| most[place][place] < 0) {
            return None;
        }
        let mut values: Vec<i128> = vec![0; places];
        // as-of before dates: those that have a value of their own first, the others as near to the last as can be
        let mut order: Vec<usize> = (1..places).collect();
        let own = |place: usize| baseline.get(self.leaves[place - 1].variable as usize).copied().flatten();
        order.sort_by_key(|place| (own(*place).is_none(), *place));
        let mut last = 0;
        for place in order {
            let (low, high) = (-most[0][place], most[place][0]);
            let value = own(place).map_or(last, i128::from).clamp(low, high);
            (values[place], last) = (value, value);
            most[place][0] = value;
            most[0][place] = -value;
            close(&mut most, place);
            close(&mut most, 0);
        }
        Some(self.around(&values))
    }

    /// A range for each variable, as wide as what is given to those before it lets it be.
    fn around(&self, values: &[i128]) -> Ranges {
        let (mut low, mut high) = (values.to_vec(), values.to_vec());
        for place in 1..values.len() {
            let (mut from, mut to) = (-FAR, FAR);
            for (first, second, by) in &self.edges {
                if *first == place {
                    to = to.min(by + low[*second]);
                } else if *second == place {
                    from = from.max(high[*first] - by);
                }
            }
            (low[place], high[place]) = (from, to);
        }
        let ranges = self.leaves.iter().enumerate().map(|(place, leaf)| (leaf.variable, low[place + 1] as i64, high[place + 1] as i64));
        ranges.collect()
    }
}

/// What follows by way of one place.
fn close(most: &mut [Vec<i128>], through: usize) {
    for first in 0..most.len() {
        for second in 0..most.len() {
            let by_way = most[first][through] + most[through][second];
            if by_way < most[first][second] {
                most[first][second] = by_way;
            }
        }
    }
}
