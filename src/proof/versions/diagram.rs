//! The exact set of leads of which something differs, as a decision diagram.
//!
//! Enters: two values of the graph, and a condition that every lead keeps. Leaves: a diagram over the variables in one order: each step parts one variable's domain,
//! each way ends in what becomes of these leads. Always holds: ways are disjoint and cover everything; equal rests are one node, so the diagram of one function
//! is one diagram; a difference stands on a way exactly if some values of that way differ so.
//!
//! A state is what is left of both values. Where they are one node, nothing can differ any more, whatever is still open.

use rustc_hash::FxHashMap;

use crate::proof::graph::{Graph, Leaf, NodeId};
use crate::proof::search::{Spent, cut};

const STACK_LEFT: usize = 128 * 1024;
const STACK_NEXT: usize = 1024 * 1024;

/// What becomes of the leads of a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    Same,
    /// of choices: the older and the newer answer
    From(Option<i64>, Option<i64>),
    /// of numbers
    By(i64),
    Rises,
    Falls,
    Lost,
    Got,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    End(End),
    /// the parts of the variable's domain that go one way
    Cut {
        variable: u32,
        ways: Vec<(u32, Vec<Leaf>)>,
    },
}

#[derive(Clone, Debug, Default)]
pub struct Diagram {
    pub steps: Vec<Step>,
    numbers: FxHashMap<Step, u32>,
    pub root: u32,
}

impl Diagram {
    fn intern(&mut self, step: Step) -> u32 {
        if let Some(known) = self.numbers.get(&step) {
            return *known;
        }
        self.steps.push(step.clone());
        let number = self.steps.len() as u32 - 1;
        self.numbers.insert(step, number);
        number
    }

    /// The same with other ends: what then is alike is one.
    pub fn with_ends(&self, other: impl Fn(End) -> End) -> Diagram {
        let mut diagram = Diagram::default();
        let mut moved: Vec<u32> = Vec::with_capacity(self.steps.len());
        // a step stands behind all that it leads to
        for step in &self.steps {
            let number = match step {
                Step::End(end) => diagram.intern(Step::End(other(*end))),
                Step::Cut { variable, ways } => {
                    let parts = ways.iter().flat_map(|(to, parts)| parts.iter().map(|part| (*part, moved[*to as usize])));
                    diagram.joined(*variable, parts.collect())
                }
            };
            moved.push(number);
        }
        diagram.root = moved.get(self.root as usize).copied().unwrap_or(0);
        diagram
    }

    fn joined(&mut self, variable: u32, parts: Vec<(Leaf, u32)>) -> u32 {
        let mut ways: Vec<(u32, Vec<Leaf>)> = Vec::new();
        for (part, to) in parts {
            match ways.iter_mut().find(|(known, _)| *known == to) {
                Some((_, parts)) => parts.push(part),
                None => ways.push((to, vec![part])),
            }
        }
        if let [(only, _)] = ways.as_slice() {
            return *only;
        }
        ways.iter_mut().for_each(|(_, parts)| merge(parts));
        ways.sort_unstable_by_key(|(to, _)| *to);
        self.intern(Step::Cut { variable, ways })
    }
}

/// Neighbours become one; in the order of their values, missing first.
fn merge(parts: &mut Vec<Leaf>) {
    parts.sort_unstable_by_key(|part| (part.known, part.low, part.high));
    let mut merged: Vec<Leaf> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        match merged.last_mut() {
            Some(last) if !part.is_set && last.known && part.known && last.high.checked_add(1) == Some(part.low) => last.high = part.high,
            _ => merged.push(part),
        }
    }
    *parts = merged;
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// `old` and `new` are choices
    Choice,
    /// `old` is the difference, `new` 1 where the older value is known, plus 2 where the newer is
    Number,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub old: NodeId,
    pub new: NodeId,
    /// what every lead keeps
    pub keeps: NodeId,
}

impl State {
    fn nodes(self) -> [NodeId; 3] {
        [self.old, self.new, self.keeps]
    }
}

pub struct Builder<'a, 'p> {
    pub graph: &'a mut Graph<'p>,
    pub ask: Ask,
    /// per variable, its place in the order
    pub ranks: &'a [u32],
    /// per variable, its whole domain
    pub wholes: &'a [NodeId],
    pub until: u64,
    pub diagram: Diagram,
    pub done: FxHashMap<State, u32>,
}

impl Builder<'_, '_> {
    pub fn build(mut self, state: State) -> Result<Diagram, Spent> {
        let root = self.step(state)?;
        self.diagram.root = root;
        Ok(self.diagram)
    }

    fn step(&mut self, state: State) -> Result<u32, Spent> {
        if let Some(end) = self.end(state) {
            return Ok(self.diagram.intern(Step::End(end)));
        }
        if let Some(done) = self.done.get(&state) {
            return Ok(*done);
        }
        self.graph.steps += 1;
        if self.graph.steps > self.until {
            return Err(Spent);
        }
        let open: Vec<u32> = state.nodes().into_iter().flat_map(|node| self.graph.variables(node)).collect();
        let variable = open.into_iter().min_by_key(|variable| self.ranks[*variable as usize]).ok_or(Spent)?;
        let mut parts = Vec::new();
        stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.parts(state, variable, self.wholes[variable as usize], &mut parts))?;
        let number = self.diagram.joined(variable, parts);
        self.done.insert(state, number);
        Ok(number)
    }

    /// The parts of what is left of a variable, each with where it leads to.
    fn parts(&mut self, state: State, variable: u32, region: NodeId, parts: &mut Vec<(Leaf, u32)>) -> Result<(), Spent> {
        let leaf = self.graph.leaf(region).ok_or(Spent)?;
        if self.graph.steps > self.until {
            return Err(Spent);
        }
        for part in cut(self.graph, region, leaf) {
            let by = self.graph.variable(part);
            let [old, new, keeps] = state.nodes().map(|node| self.graph.restrict(node, variable, by));
            let rest = State { old, new, keeps };
            let is_open = rest.nodes().into_iter().any(|node| self.graph.depends(node, variable));
            if is_open && self.end(rest).is_none() {
                self.parts(rest, variable, by, parts)?;
            } else {
                parts.push((part, self.step(rest)?));
            }
        }
        Ok(())
    }

    fn end(&self, State { old, new, keeps }: State) -> Option<End> {
        let keeps = self.graph.truth_of(keeps);
        if keeps == Some(false) {
            return Some(End::Same);
        }
        let end = match self.ask {
            Ask::Choice if old == new => End::Same,
            Ask::Choice => End::From(self.graph.constant_of(old)?, self.graph.constant_of(new)?),
            Ask::Number => match (self.graph.constant_of(new)??, self.graph.constant_of(old)) {
                (3, Some(Some(0))) | (0, _) => End::Same,
                (3, difference) => End::By(difference??),
                (1, _) => End::Lost,
                (_, _) => End::Got,
            },
        };
        // where it is not the same, it matters which leads there are
        if end == End::Same || keeps == Some(true) { Some(end) } else { None }
    }
}
