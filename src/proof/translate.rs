//! Programs to graphs.
//!
//! Enters: a program, and for each of its inputs and parameters the node that stands for it. Leaves: the node of any value of the program, worked
//! out when it is asked for. Always holds: the node has the value that the interpreter gives.

use super::algebra::placed;
use super::graph::{Graph, NodeId};
use crate::program::{Op, Parameter, Program, Value};

const STACK_LEFT: usize = 128 * 1024;
const STACK_NEXT: usize = 1024 * 1024;

/// What the inputs of one program are, and what has been translated of it.
pub struct Translation {
    /// index into the graph's programs
    pub program: u8,
    pub inputs: Vec<NodeId>,
    pub as_of_day: NodeId,
    pub as_of: NodeId,
    done: Vec<Option<NodeId>>,
}

impl Translation {
    pub fn new(program: u8, op_count: usize, inputs: Vec<NodeId>, as_of_day: NodeId, as_of: NodeId) -> Translation {
        Translation { program, inputs, as_of_day, as_of, done: vec![None; op_count] }
    }

    /// Another translation of the same program, in which some values are nodes of their own.
    pub fn anew(&self, preset: &[(Value, NodeId)]) -> Translation {
        let mut anew = Translation::new(self.program, self.done.len(), self.inputs.clone(), self.as_of_day, self.as_of);
        preset.iter().for_each(|(value, node)| anew.done[value.index()] = Some(*node));
        anew
    }

    pub fn node(&mut self, graph: &mut Graph, value: Value) -> NodeId {
        if let Some(done) = self.done[value.index()] {
            return done;
        }
        let node = stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.translate(graph, value));
        self.done[value.index()] = Some(node);
        node
    }

    fn translate(&mut self, graph: &mut Graph, value: Value) -> NodeId {
        let program = graph.programs[usize::from(self.program)];
        let op = program.ops[value.index()];
        match op {
            Op::Input(input) => self.inputs[input as usize],
            Op::Parameter(Parameter::AsOfDay) => self.as_of_day,
            Op::Parameter(Parameter::AsOf) => self.as_of,
            Op::Constant(constant) => graph.constant(constant),
            Op::Missing => graph.missing(),
            Op::Add(..) | Op::Subtract(..) | Op::Multiply(..) if is_exact(program, value) => self.linear(graph, program, value),
            Op::And(..) => {
                let members = chain(program, value, |op| if let Op::And(left, right) = op { Some([*left, *right]) } else { None });
                let members = members.into_iter().map(|member| self.node(graph, member)).collect();
                graph.all(members)
            }
            Op::Or(..) => {
                let members = chain(program, value, |op| if let Op::Or(left, right) = op { Some([*left, *right]) } else { None });
                let members = members.into_iter().map(|member| self.node(graph, member)).collect();
                graph.any(members)
            }
            Op::Not(of) => {
                let of = self.node(graph, of);
                graph.not(of)
            }
            Op::Known(of) => {
                let of = self.node(graph, of);
                graph.known(of)
            }
            Op::Else(of, default) => {
                let (of, default) = (self.node(graph, of), self.node(graph, default));
                let known = graph.known(of);
                graph.select(known, of, default)
            }
            Op::Select(condition, then, otherwise) => {
                let condition = self.node(graph, condition);
                match graph.truth_of(condition) {
                    Some(true) => self.node(graph, then),
                    Some(false) => self.node(graph, otherwise),
                    None => {
                        let (then, otherwise) = (self.node(graph, then), self.node(graph, otherwise));
                        graph.select(condition, then, otherwise)
                    }
                }
            }
            Op::HasBits { value, mask } => {
                let value = self.node(graph, value);
                graph.has_bits(value, mask)
            }
            Op::Compare { left, right, .. } => {
                let (left, right) = (self.node(graph, left), self.node(graph, right));
                graph.compare(self.program, placed(op), left, right)
            }
            Op::Equal(left, right) => {
                let (left, right) = (self.node(graph, left), self.node(graph, right));
                graph.equal(left, right)
            }
            Op::Add(..)
            | Op::Subtract(..)
            | Op::Multiply(..)
            | Op::Divide { .. }
            | Op::Quotient(..)
            | Op::Remainder(..)
            | Op::Larger(..)
            | Op::Smaller(..)
            | Op::Calculate(_)
            | Op::Table { .. }
            | Op::Band { .. }
            | Op::Find { .. }
            | Op::Turn { .. } => self.operation(graph, program, op),
        }
    }

    /// A sum of products with constants, whose terms are anything else.
    fn linear(&mut self, graph: &mut Graph, program: &Program, value: Value) -> NodeId {
        let (mut constant, mut terms) = (0i128, Vec::new());
        let mut rest = vec![(value, 1i64)];
        while let Some((value, coefficient)) = rest.pop() {
            let op = program.ops[value.index()];
            let parts = if let Op::Constant(part) = op {
                constant += i128::from(part) * i128::from(coefficient);
                Some(Vec::new())
            } else if is_exact(program, value) {
                sides_of_sum(program, &op, coefficient)
            } else {
                None
            };
            match parts {
                Some(parts) => rest.extend(parts),
                None if matches!(op, Op::Add(..) | Op::Subtract(..) | Op::Multiply(..)) => {
                    terms.push((self.operation(graph, program, op), coefficient));
                }
                None => terms.push((self.node(graph, value), coefficient)),
            }
        }
        match i64::try_from(constant) {
            Ok(constant) => graph.sum(constant, terms),
            // the terms bring it back within 64 bits
            Err(_) => self.operation(graph, program, program.ops[value.index()]),
        }
    }

    /// An operation of its operands' nodes.
    fn operation(&mut self, graph: &mut Graph, program: &Program, op: Op) -> NodeId {
        let operands = program.operands(&op).into_iter().map(|operand| self.node(graph, operand)).collect();
        graph.operation(self.program, placed(op), operands)
    }
}

/// The sides of a sum, a difference or a product with a constant, each with its coefficient; none of anything else.
fn sides_of_sum(program: &Program, op: &Op, coefficient: i64) -> Option<Vec<(Value, i64)>> {
    if let Op::Add(left, right) = *op {
        return Some(vec![(left, coefficient), (right, coefficient)]);
    }
    if let Op::Subtract(left, right) = *op {
        return coefficient.checked_neg().map(|opposite| vec![(left, coefficient), (right, opposite)]);
    }
    let Op::Multiply(left, right) = *op else { return None };
    let factor = |value: Value| program.shapes[value.index()].constant().and_then(|factor| factor.checked_mul(coefficient));
    factor(left).map(|factor| vec![(right, factor)]).or_else(|| Some(vec![(left, factor(right)?)]))
}

/// No result of the operation leaves 64 bits: it is missing only where an operand is.
fn is_exact(program: &Program, value: Value) -> bool {
    let operands = program.operands(&program.ops[value.index()]);
    let optional = operands.iter().any(|operand| program.shapes[operand.index()].optional);
    program.shapes[value.index()].optional == optional && !(optional && reaches_the_end(program, value))
}

/// An optional operand hides whether the result can leave 64 bits as well; then its bounds reach the ends.
fn reaches_the_end(program: &Program, value: Value) -> bool {
    let interval = program.shapes[value.index()].interval;
    interval.low == i64::MIN || interval.high == i64::MAX
}

/// The members of nested pairs.
fn chain(program: &Program, value: Value, pair: impl Fn(&Op) -> Option<[Value; 2]>) -> Vec<Value> {
    let (mut rest, mut members) = (vec![value], Vec::new());
    while let Some(value) = rest.pop() {
        match pair(&program.ops[value.index()]) {
            Some(both) => rest.extend(both),
            None => members.push(value),
        }
    }
    members
}
