//! Values of policies as a graph in which equal values are one node.
//!
//! Enters: nodes over earlier nodes, built by [`super::algebra`]. Leaves: their numbers, bounds, and the variables that they depend on. Always
//! holds: two nodes of equal structure have one number; the bounds of a node hold for every value that its variables can still take, so a
//! node whose bounds are one point is that constant. Nothing here knows what a variable stands for.
//!
//! A node is made of integers that may be missing, exactly as an operation of a program; see [`crate::program`]. Some operations have a
//! form of their own here, in which terms can be merged: sums are flat, `and` is flat, every comparison with a constant is "at least".

use rustc_hash::FxHashMap;

use crate::model::Interval;
use crate::program::{Op, Program, Shape, Value, shape};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    Constant(Option<i64>),
    Leaf(Leaf),
    /// constant + Σ coefficient × term; no part of it leaves 64 bits. Missing if a term is; a coefficient of 0 says no more than that.
    Sum {
        constant: i64,
        terms: Box<[(NodeId, i64)]>,
    },
    /// known, and at least so much
    AtLeast(NodeId, i64),
    /// known, and some bit of the mask is set
    HasBits(NodeId, i64),
    Known(NodeId),
    /// sorted, at least two
    All(Box<[NodeId]>),
    Not(NodeId),
    Select(NodeId, NodeId, NodeId),
    /// any other operation, of one of the graph's programs. Its operands are numbered by their places; those of a calculation keep their own numbers.
    Operation {
        program: u8,
        op: Op,
        operands: Box<[NodeId]>,
    },
}

/// What is left of a variable's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Leaf {
    pub variable: u32,
    /// of a known value, both ends in. Of a set: the bits that it must have, and those that it may have.
    pub low: i64,
    pub high: i64,
    pub known: bool,
    pub missing: bool,
    pub is_set: bool,
}

impl Leaf {
    pub fn contains(&self, value: Option<i64>) -> bool {
        match value {
            None => self.missing,
            Some(bits) if self.is_set => self.known && bits & self.low == self.low && bits & !self.high == 0 && bits != 0,
            Some(value) => self.known && self.low <= value && value <= self.high,
        }
    }
}

/// Variables as bits.
type Support = Box<[u64]>;

#[derive(Default)]
pub struct Graph<'p> {
    pub programs: Vec<&'p Program>,
    nodes: Vec<Node>,
    shapes: Vec<Shape>,
    /// per node, number of its support
    supports: Vec<u32>,
    numbers: FxHashMap<Node, NodeId>,
    support_sets: Vec<Support>,
    support_numbers: FxHashMap<Support, u32>,
    unions: FxHashMap<(u32, u32), u32>,
    /// where comparisons cut a leaf: every value of a part answers them alike
    cuts: FxHashMap<NodeId, Vec<i64>>,
    /// per variable, whether its value comes of a lead's history, which is made for ranges rather than for single values
    pub of_history: Vec<bool>,
    /// work done, in nodes visited and made
    pub steps: u64,
    /// some number left 64 bits on the way, so that nothing is proved by this graph
    pub is_inexact: bool,
    /// and that is so because texts took more steps to tell apart than they may
    pub is_cut_short: bool,
}

impl<'p> Graph<'p> {
    pub fn new(programs: Vec<&'p Program>) -> Graph<'p> {
        let mut graph = Graph { programs, ..Graph::default() };
        graph.support_number(Box::from([]));
        graph
    }

    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    pub fn shape(&self, id: NodeId) -> Shape {
        self.shapes[id.index()]
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn constant_of(&self, id: NodeId) -> Option<Option<i64>> {
        if let Node::Constant(value) = self.node(id) { Some(*value) } else { None }
    }

    /// Whether it is a condition that always holds, or never does.
    pub fn truth_of(&self, id: NodeId) -> Option<bool> {
        self.constant_of(id).map(|value| value == Some(1))
    }

    pub fn is_condition(&self, id: NodeId) -> bool {
        self.shape(id).condition
    }

    pub fn leaf(&self, id: NodeId) -> Option<Leaf> {
        if let Node::Leaf(leaf) = self.node(id) { Some(*leaf) } else { None }
    }

    /// What a node is directly made of.
    pub fn operands(&self, id: NodeId) -> Vec<NodeId> {
        match self.node(id) {
            Node::Constant(_) | Node::Leaf(_) => Vec::new(),
            Node::AtLeast(of, _) | Node::HasBits(of, _) | Node::Known(of) | Node::Not(of) => vec![*of],
            Node::Sum { terms, .. } => terms.iter().map(|(term, _)| *term).collect(),
            Node::All(members) => members.to_vec(),
            Node::Select(condition, then, otherwise) => vec![*condition, *then, *otherwise],
            Node::Operation { operands, .. } => operands.to_vec(),
        }
    }

    /// The node with this structure, if there is one.
    pub fn number_of(&self, node: &Node) -> Option<NodeId> {
        self.numbers.get(node).copied()
    }

    /// The node with this structure. What is always one value becomes that constant.
    pub fn intern(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.numbers.get(&node) {
            return *id;
        }
        self.steps += 1;
        let shape = self.infer(&node, &|id| self.shape(id));
        let point = matches!(node, Node::Constant(_) | Node::Leaf(_));
        if let Some(value) = shape.constant()
            && !point
        {
            let id = self.intern(Node::Constant(Some(value)));
            self.numbers.insert(node, id);
            return id;
        }
        let support = self.support_of(&node);
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.shapes.push(shape);
        self.supports.push(support);
        self.numbers.insert(node, id);
        id
    }

    /// A comparison with this constant cuts the leaf.
    pub fn cut(&mut self, leaf: NodeId, at: i64) {
        let cuts = self.cuts.entry(leaf).or_default();
        if let Err(place) = cuts.binary_search(&at) {
            cuts.insert(place, at);
        }
    }

    pub fn cuts(&self, leaf: NodeId) -> &[i64] {
        self.cuts.get(&leaf).map_or(&[], Vec::as_slice)
    }

    pub fn is_of_history(&self, variable: u32) -> bool {
        self.of_history.get(variable as usize) == Some(&true)
    }

    pub fn depends(&self, id: NodeId, variable: u32) -> bool {
        let support = &self.support_sets[self.supports[id.index()] as usize];
        support.get(variable as usize / 64).is_some_and(|word| word >> (variable % 64) & 1 == 1)
    }

    pub fn is_disjoint(&self, left: NodeId, right: NodeId) -> bool {
        let (left, right) = (self.support(left), self.support(right));
        left.iter().zip(right).all(|(left, right)| left & right == 0)
    }

    /// As bits.
    pub fn support(&self, id: NodeId) -> &[u64] {
        &self.support_sets[self.supports[id.index()] as usize]
    }

    pub fn variables(&self, id: NodeId) -> Vec<u32> {
        let words = self.support(id).iter().enumerate();
        words.flat_map(|(word, bits)| (0..64).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| word as u32 * 64 + bit)).collect()
    }

    pub fn variable_count(&self, id: NodeId) -> u32 {
        self.support(id).iter().map(|word| word.count_ones()).sum()
    }

    fn support_of(&mut self, node: &Node) -> u32 {
        match node {
            Node::Constant(_) => 0,
            Node::Leaf(leaf) => {
                let mut support = vec![0; leaf.variable as usize / 64 + 1];
                support[leaf.variable as usize / 64] = 1 << (leaf.variable % 64);
                self.support_number(support.into())
            }
            Node::AtLeast(of, _) | Node::HasBits(of, _) | Node::Known(of) | Node::Not(of) => self.supports[of.index()],
            Node::Sum { terms, .. } => self.union(terms.iter().map(|(term, _)| *term)),
            Node::All(members) => self.union(members.iter().copied()),
            Node::Select(condition, then, otherwise) => self.union([*condition, *then, *otherwise].into_iter()),
            Node::Operation { operands, .. } => self.union(operands.iter().copied()),
        }
    }

    fn union(&mut self, nodes: impl Iterator<Item = NodeId>) -> u32 {
        let mut union = 0;
        for node in nodes {
            let other = self.supports[node.index()];
            if other == union || other == 0 {
                continue;
            }
            let pair = (union.min(other), union.max(other));
            union = match self.unions.get(&pair) {
                Some(union) => *union,
                None => {
                    let (left, right) = (&self.support_sets[union as usize], &self.support_sets[other as usize]);
                    let (longer, shorter) = if left.len() >= right.len() { (left, right) } else { (right, left) };
                    let mut both = longer.clone();
                    both.iter_mut().zip(shorter.iter()).for_each(|(both, other)| *both |= other);
                    let number = self.support_number(both);
                    self.unions.insert(pair, number);
                    number
                }
            };
        }
        union
    }

    fn support_number(&mut self, support: Support) -> u32 {
        let next = self.support_sets.len() as u32;
        let number = *self.support_numbers.entry(support.clone()).or_insert(next);
        if number == next {
            self.support_sets.push(support);
        }
        number
    }

    /// Bounds of a node where those of what it is made of are these.
    pub fn infer(&self, node: &Node, shape_of: &dyn Fn(NodeId) -> Shape) -> Shape {
        let of = |id: &NodeId| shape_of(*id);
        match node {
            Node::Constant(None) => Shape::MISSING,
            Node::Constant(Some(value)) => Shape::new(Interval { low: *value, high: *value }, false),
            Node::Leaf(leaf) => Shape::new(Interval { low: leaf.low, high: leaf.high }, leaf.missing),
            Node::Sum { constant, terms } => {
                let (mut low, mut high) = (i128::from(*constant), i128::from(*constant));
                let mut optional = false;
                for (term, coefficient) in terms {
                    let shape = of(term);
                    let ends = [shape.interval.low, shape.interval.high].map(|end| i128::from(end) * i128::from(*coefficient));
                    low += ends[0].min(ends[1]);
                    high += ends[0].max(ends[1]);
                    optional |= shape.optional;
                }
                let cut = |end: i128| end.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64;
                Shape::new(Interval { low: cut(low), high: cut(high) }, optional)
            }
            Node::AtLeast(..) | Node::HasBits(..) | Node::Known(_) | Node::All(_) | Node::Not(_) => Shape::CONDITION,
            Node::Select(_, then, otherwise) => match (self.constant_of(*then), self.constant_of(*otherwise)) {
                (Some(None), _) => Shape::new(of(otherwise).interval, true),
                (_, Some(None)) => Shape::new(of(then).interval, true),
                (_, _) => {
                    let (then, otherwise) = (of(then), of(otherwise));
                    Shape::new(then.interval.hull(otherwise.interval), then.optional || otherwise.optional)
                }
            },
            Node::Operation { program, op, operands } => {
                let program = self.programs[usize::from(*program)];
                match op {
                    Op::Calculate(number) => {
                        let calculation = &program.calculations[*number as usize];
                        let order = calculation.operands();
                        let place = |value: Value| order.iter().position(|operand| *operand == value).unwrap_or(0);
                        calculation.shape(|value| of(&operands[place(value)]))
                    }
                    op => shape::infer_from(program, op, |value| of(&operands[value.index()])),
                }
            }
        }
    }
}
