//! Thresholds on their way to where they stand: a sum, a variable, or an operation that is its own end.

use super::operations::NO_PARAMETERS;
use crate::model::Interval;
use crate::program::{Op, Value};
use crate::proof::graph::{Graph, Node, NodeId};

/// How many runs of a table's entries are written as comparisons of its index.
const RUNS_MAX: usize = 8;

impl Graph<'_> {
    /// Known, and at least the threshold.
    pub fn at_least(&mut self, of: NodeId, threshold: i64) -> NodeId {
        let shape = self.shape(of);
        if self.constant_of(of) == Some(None) || shape.interval.high < threshold {
            return self.truth(false);
        }
        if shape.interval.low >= threshold {
            return self.known(of);
        }
        if shape.condition {
            // neither always nor never, so the threshold is 1
            return of;
        }
        match self.node(of).clone() {
            Node::Sum { constant, terms } => self.sum_at_least(constant, &terms, threshold),
            Node::Select(condition, then, otherwise) => {
                let (then, otherwise) = (self.at_least(then, threshold), self.at_least(otherwise, threshold));
                self.select(condition, then, otherwise)
            }
            Node::Operation { program, op, operands } => {
                self.operation_at_least(of, program, &op, &operands, threshold).unwrap_or_else(|| self.intern(Node::AtLeast(of, threshold)))
            }
            Node::Leaf(leaf) => {
                if !leaf.is_set {
                    self.cut(of, threshold);
                }
                self.intern(Node::AtLeast(of, threshold))
            }
            Node::Constant(_) | Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Not(_) => {
                self.intern(Node::AtLeast(of, threshold))
            }
        }
    }

    /// The same of what the operation is made of, where it says so.
    fn operation_at_least(&mut self, of: NodeId, program: u8, op: &Op, operands: &[NodeId], threshold: i64) -> Option<NodeId> {
        if let Op::Table { array, .. } = op {
            let test = |entry: Option<i64>| entry.is_some_and(|entry| entry >= threshold);
            return self.table_test(program, *array, operands[0], test);
        }
        if matches!(op, Op::Divide { .. } | Op::Quotient(..) | Op::Band { .. }) {
            let (operand, threshold) = self.inverse(program, op, operands, threshold)?;
            return Some(self.at_least(operand, threshold));
        }
        if !matches!(op, Op::Larger(..) | Op::Smaller(..)) {
            return None;
        }
        let sides: Vec<NodeId> = operands.iter().map(|operand| self.at_least(*operand, threshold)).collect();
        if matches!(op, Op::Smaller(..)) {
            return Some(self.all(sides));
        }
        let (known, any) = (self.known(of), self.any(sides));
        Some(self.all(vec![known, any]))
    }

    fn sum_at_least(&mut self, constant: i64, terms: &[(NodeId, i64)], threshold: i64) -> NodeId {
        let divisor = terms.iter().fold(0u64, |divisor, (_, coefficient)| common_divisor(divisor, coefficient.unsigned_abs()));
        let divisor = i128::from(divisor.max(1));
        let threshold = (i128::from(threshold) - i128::from(constant)).div_euclid(divisor)
            + i128::from((i128::from(threshold) - i128::from(constant)).rem_euclid(divisor) != 0);
        let Ok(threshold) = i64::try_from(threshold) else {
            let sum = self.sum(constant, terms.to_vec());
            return self.intern(Node::AtLeast(sum, threshold.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64));
        };
        let mut terms: Vec<(NodeId, i64)> =
            terms.iter().map(|(term, coefficient)| (*term, (i128::from(*coefficient) / divisor) as i64)).collect();
        let negative = terms.first().is_some_and(|(_, coefficient)| *coefficient < 0);
        if !negative || threshold == i64::MIN {
            let sum = self.sum(0, terms);
            return self.again_at_least(sum, threshold);
        }
        // a sum of at least t is one whose opposite is not at least 1 - t
        terms.iter_mut().for_each(|(_, coefficient)| *coefficient = -*coefficient);
        let opposite = self.sum(0, terms);
        let known = self.known(opposite);
        let more = self.again_at_least(opposite, 1 - threshold);
        let less = self.not(more);
        self.all(vec![known, less])
    }

    /// Another round for what is no sum any more.
    fn again_at_least(&mut self, of: NodeId, threshold: i64) -> NodeId {
        if matches!(self.node(of), Node::Sum { .. }) { self.intern_at_least(of, threshold) } else { self.at_least(of, threshold) }
    }

    fn intern_at_least(&mut self, of: NodeId, threshold: i64) -> NodeId {
        let shape = self.shape(of);
        if shape.interval.high < threshold {
            return self.truth(false);
        }
        if shape.interval.low >= threshold {
            return self.known(of);
        }
        self.intern(Node::AtLeast(of, threshold))
    }

    /// The conditions of a table's index for which the test holds, if they are few.
    pub(super) fn table_test(&mut self, program: u8, array: u32, index: NodeId, test: impl Fn(Option<i64>) -> bool) -> Option<NodeId> {
        let entries = &self.programs[usize::from(program)].arrays[array as usize];
        let Interval { low, high } = self.shape(index).interval;
        let (first, last) = (low.max(0), high.min(entries.len() as i64 - 1));
        let mut runs: Vec<(i64, i64)> = Vec::new();
        for place in first..=last {
            if test(entries[place as usize]) {
                match runs.last_mut() {
                    Some((_, end)) if *end + 1 == place => *end = place,
                    _ => runs.push((place, place)),
                }
            }
            if runs.len() > RUNS_MAX {
                return None;
            }
        }
        let mut any = Vec::with_capacity(runs.len());
        for (start, end) in runs {
            let from = self.at_least(index, start);
            let beyond = self.at_least(index, end + 1);
            let within = self.not(beyond);
            any.push(self.all(vec![from, within]));
        }
        Some(self.any(any))
    }

    /// For an operation that never falls as its one variable operand rises: the operand, and the least value of it that gives the threshold.
    fn inverse(&mut self, program: u8, op: &Op, operands: &[NodeId], threshold: i64) -> Option<(NodeId, i64)> {
        let operand = *operands.first()?;
        let rest: Option<Vec<i64>> = operands[1..].iter().map(|operand| self.constant_of(*operand).flatten()).collect();
        let rest = rest?;
        let divides = matches!(op, Op::Divide { .. } | Op::Quotient(..)) && rest.first().is_some_and(|divisor| *divisor > 0);
        let rises = divides || matches!(op, Op::Band { .. });
        let shape = self.shape(operand);
        let program = self.programs[usize::from(program)];
        let value_at = |first: i64| {
            let of = |value: Value| if value.index() == 0 { Some(first) } else { rest.get(value.index() - 1).copied() };
            crate::interpret::operation(program, op, of, |_| None, &NO_PARAMETERS)
        };
        let Interval { mut low, mut high } = shape.interval;
        // missing beyond 64 bits is neither high nor low
        if !rises || value_at(low).is_none() || value_at(high)? < threshold {
            return None;
        }
        while low < high {
            let middle = (i128::from(low) + i128::from(high)).div_euclid(2) as i64;
            if value_at(middle).is_some_and(|value| value >= threshold) { high = middle } else { low = middle + 1 }
        }
        Some((operand, low))
    }
}

fn common_divisor(left: u64, right: u64) -> u64 {
    let (mut left, mut right) = (left, right);
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}
