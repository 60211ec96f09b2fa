//! Nodes in their simplest form: the one place where values are rewritten.
//!
//! Enters: operands. Leaves: a node that has the same value for every value of the variables. Always holds: each rewriting is an equality over
//! integers that may be missing, not an approximation; so whatever is asked of the result is asked of what was written.
//!
//! What the forms are for: a threshold moves through first-match chains, ranges, roundings and bands until it stands on a sum or on a variable,
//! where equal questions meet; a sum's constant moves into its threshold, and its coefficients are divided by what they have in common, so two partial scores
//! from which the same is still to be reached are one node.

mod conjunction;
mod operations;
mod thresholds;

pub use operations::{evaluate, placed};

use super::graph::{Graph, Leaf, Node, NodeId};
use crate::program::Op;

impl Graph<'_> {
    pub fn constant(&mut self, value: i64) -> NodeId {
        self.intern(Node::Constant(Some(value)))
    }

    pub fn missing(&mut self) -> NodeId {
        self.intern(Node::Constant(None))
    }

    pub fn truth(&mut self, holds: bool) -> NodeId {
        self.constant(i64::from(holds))
    }

    /// What is left of a variable; a constant if that is one value. The domain must not be empty.
    pub fn variable(&mut self, mut leaf: Leaf) -> NodeId {
        if leaf.is_set && leaf.known && leaf.high.count_ones() == 1 && !leaf.missing {
            leaf.low = leaf.high;
        }
        match (leaf.known, leaf.missing) {
            (false, _) => self.missing(),
            (true, false) if leaf.low == leaf.high => self.constant(leaf.low),
            (true, _) => self.intern(Node::Leaf(leaf)),
        }
    }

    /// The caller knows that no part of it leaves 64 bits.
    pub fn sum(&mut self, constant: i64, terms: Vec<(NodeId, i64)>) -> NodeId {
        let mut constant = i128::from(constant);
        let mut flat: Vec<(NodeId, i128)> = Vec::with_capacity(terms.len());
        for (term, coefficient) in terms {
            match self.node(term) {
                Node::Constant(None) => return self.missing(),
                Node::Constant(Some(value)) => constant += i128::from(*value) * i128::from(coefficient),
                Node::Sum { constant: inner, terms } => {
                    constant += i128::from(*inner) * i128::from(coefficient);
                    flat.extend(terms.iter().map(|(term, inner)| (*term, i128::from(*inner) * i128::from(coefficient))));
                }
                Node::Leaf(_)
                | Node::AtLeast(..)
                | Node::HasBits(..)
                | Node::Known(_)
                | Node::All(_)
                | Node::Not(_)
                | Node::Select(..)
                | Node::Operation { .. } => flat.push((term, i128::from(coefficient))),
            }
        }
        flat.sort_unstable_by_key(|(term, _)| *term);
        let mut terms: Vec<(NodeId, i64)> = Vec::with_capacity(flat.len());
        let mut rest = flat.into_iter().peekable();
        while let Some((term, mut coefficient)) = rest.next() {
            while let Some((_, more)) = rest.next_if(|(next, _)| *next == term) {
                coefficient += more;
            }
            if coefficient == 0 && !self.shape(term).optional {
                continue;
            }
            terms.push((term, self.within_64_bits(coefficient)));
        }
        let constant = self.within_64_bits(constant);
        match terms.as_slice() {
            [] => self.constant(constant),
            [(term, 1)] if constant == 0 => *term,
            [(term, -1)] if constant == 1 && self.is_condition(*term) => self.not(*term),
            _ => self.intern(Node::Sum { constant, terms: terms.into() }),
        }
    }

    /// A part of a sum that left 64 bits, though the sum cannot, would make the graph say something else than the program: then no proof counts.
    fn within_64_bits(&mut self, part: i128) -> i64 {
        i64::try_from(part).unwrap_or_else(|_| {
            self.is_inexact = true;
            0
        })
    }

    pub fn known(&mut self, of: NodeId) -> NodeId {
        if !self.shape(of).optional {
            return self.truth(true);
        }
        match self.node(of).clone() {
            Node::Constant(value) => self.truth(value.is_some()),
            Node::Sum { terms, .. } => {
                let known = terms.iter().map(|(term, _)| self.known(*term)).collect();
                self.all(known)
            }
            Node::Select(condition, then, otherwise) => {
                let (then, otherwise) = (self.known(then), self.known(otherwise));
                self.select(condition, then, otherwise)
            }
            Node::Operation { op: Op::Band { .. } | Op::Larger(..) | Op::Smaller(..), operands, .. } => {
                let known = operands.iter().map(|operand| self.known(*operand)).collect();
                self.all(known)
            }
            Node::Operation { program, op: Op::Table { array, .. }, operands } => {
                self.table_test(program, array, operands[0], |entry| entry.is_some()).unwrap_or_else(|| self.intern(Node::Known(of)))
            }
            Node::Leaf(_) | Node::Operation { .. } => self.intern(Node::Known(of)),
            Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Not(_) => self.truth(true),
        }
    }

    pub fn not(&mut self, of: NodeId) -> NodeId {
        match self.node(of) {
            Node::Constant(value) => {
                let holds = *value == Some(1);
                self.truth(!holds)
            }
            Node::Not(inner) => *inner,
            Node::Leaf(_)
            | Node::Sum { .. }
            | Node::AtLeast(..)
            | Node::HasBits(..)
            | Node::Known(_)
            | Node::All(_)
            | Node::Select(..)
            | Node::Operation { .. } => self.intern(Node::Not(of)),
        }
    }

    pub fn select(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) -> NodeId {
        if let Some(holds) = self.truth_of(condition) {
            return if holds { then } else { otherwise };
        }
        if then == otherwise {
            return then;
        }
        if let Node::Not(inner) = self.node(condition) {
            let inner = *inner;
            return self.select(inner, otherwise, then);
        }
        match (self.constant_of(then).flatten(), self.constant_of(otherwise).flatten()) {
            (Some(then), Some(otherwise)) => {
                if let Some(difference) = then.checked_sub(otherwise) {
                    return self.sum(otherwise, vec![(condition, difference)]);
                }
            }
            (Some(1), None) if self.is_condition(otherwise) => return self.any(vec![condition, otherwise]),
            (Some(0), None) if self.is_condition(otherwise) => {
                let fails = self.not(condition);
                return self.all(vec![fails, otherwise]);
            }
            (None, Some(0)) if self.is_condition(then) => return self.all(vec![condition, then]),
            (None, Some(1)) if self.is_condition(then) => {
                let fails = self.not(condition);
                return self.any(vec![fails, then]);
            }
            (_, _) => {}
        }
        self.intern(Node::Select(condition, then, otherwise))
    }

    pub fn has_bits(&mut self, of: NodeId, mask: i64) -> NodeId {
        match self.node(of).clone() {
            Node::Constant(value) => self.truth(value.is_some_and(|bits| bits & mask != 0)),
            Node::Leaf(leaf) if leaf.is_set => {
                if !leaf.known || leaf.high & mask == 0 {
                    return self.truth(false);
                }
                if leaf.low & mask != 0 || leaf.high & !mask == 0 {
                    // no set is empty
                    return self.known(of);
                }
                self.intern(Node::HasBits(of, mask & leaf.high))
            }
            Node::Select(condition, then, otherwise) => {
                let (then, otherwise) = (self.has_bits(then, mask), self.has_bits(otherwise, mask));
                self.select(condition, then, otherwise)
            }
            Node::Leaf(_)
            | Node::Sum { .. }
            | Node::AtLeast(..)
            | Node::HasBits(..)
            | Node::Known(_)
            | Node::All(_)
            | Node::Not(_)
            | Node::Operation { .. } => self.intern(Node::HasBits(of, mask)),
        }
    }
}
