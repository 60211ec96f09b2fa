//! What a value becomes once less of a variable's domain is left.
//!
//! Enters: a node, a variable, and the node that stands for what is left of it. Leaves: the node of the remaining value: the state of a decision
//! diagram. Always holds: for every value that is left, both nodes have the same value. Two ways through the variables that leave the same
//! to be decided (equal partial scores, the same rows alive) end in one node.

use rustc_hash::FxHashMap;

use super::graph::{Graph, Node, NodeId};
use crate::program::Op;

/// First-match tables nest as deep as they have rows.
const STACK_LEFT: usize = 128 * 1024;
const STACK_NEXT: usize = 1024 * 1024;

impl Graph<'_> {
    pub fn restrict(&mut self, root: NodeId, variable: u32, by: NodeId) -> NodeId {
        let mut done = FxHashMap::default();
        self.restricted(root, variable, by, &mut done)
    }

    /// The same with other nodes in place of some, each of which rests on one of these variables; `leaves`: their whole domains.
    pub fn with_instead(&mut self, root: NodeId, leaves: &[NodeId], instead: &FxHashMap<NodeId, NodeId>) -> NodeId {
        let mut node = root;
        for id in leaves {
            let Some(leaf) = self.leaf(*id) else { continue };
            node = self.restricted(node, leaf.variable, *id, &mut instead.clone());
        }
        node
    }

    fn restricted(&mut self, id: NodeId, variable: u32, by: NodeId, done: &mut FxHashMap<NodeId, NodeId>) -> NodeId {
        if !self.depends(id, variable) {
            return id;
        }
        if let Some(found) = done.get(&id) {
            return *found;
        }
        self.steps += 1;
        let result = stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.rebuilt(id, variable, by, done));
        done.insert(id, result);
        result
    }

    fn rebuilt(&mut self, id: NodeId, variable: u32, by: NodeId, done: &mut FxHashMap<NodeId, NodeId>) -> NodeId {
        match self.node(id).clone() {
            Node::Constant(_) => id,
            Node::Leaf(_) => by,
            Node::Sum { constant, terms } => {
                let terms = terms.iter().map(|(term, coefficient)| (self.restricted(*term, variable, by, done), *coefficient)).collect();
                self.sum(constant, terms)
            }
            Node::AtLeast(of, threshold) => {
                let of = self.restricted(of, variable, by, done);
                self.at_least(of, threshold)
            }
            Node::HasBits(of, mask) => {
                let of = self.restricted(of, variable, by, done);
                self.has_bits(of, mask)
            }
            Node::Known(of) => {
                let of = self.restricted(of, variable, by, done);
                self.known(of)
            }
            Node::Not(of) => {
                let of = self.restricted(of, variable, by, done);
                self.not(of)
            }
            Node::All(members) => {
                let mut left = Vec::with_capacity(members.len());
                for member in &members {
                    let member = self.restricted(*member, variable, by, done);
                    if self.truth_of(member) == Some(false) {
                        return member;
                    }
                    left.push(member);
                }
                self.all(left)
            }
            Node::Select(condition, then, otherwise) => {
                let condition = self.restricted(condition, variable, by, done);
                match self.truth_of(condition) {
                    Some(true) => self.restricted(then, variable, by, done),
                    Some(false) => self.restricted(otherwise, variable, by, done),
                    None => {
                        let then = self.restricted(then, variable, by, done);
                        let otherwise = self.restricted(otherwise, variable, by, done);
                        self.select(condition, then, otherwise)
                    }
                }
            }
            Node::Operation { program, op, operands } => {
                let operands: Vec<NodeId> = operands.iter().map(|operand| self.restricted(*operand, variable, by, done)).collect();
                if let (Op::Compare { .. }, [left, right]) = (op, operands.as_slice()) {
                    self.compare(program, op, *left, *right)
                } else {
                    self.operation(program, op, operands)
                }
            }
        }
    }
}
