//! Which leads get another answer, in few rows.
//!
//! Enters: two values that differ for some lead. Leaves: rows of conditions, each with what becomes of its leads, and how many cells they are. Always holds: rows are disjoint; together
//! with what is said to be left out they are exactly the leads that differ, unless they are marked as the most that can.
//!
//! First the diagram is made over fields. If that takes too long or too many rows, it is made over the answers that this one rests on, decisions and scores: a lead is in a row
//! if its answers are, which says the same in fewer words. A row that no lead is in is left out.

use std::cmp::Reverse;
use std::rc::Rc;

use num_bigint::BigUint;
use rustc_hash::FxHashMap;

use super::Comparer;
use super::answers::{Numbers, Pair};
use super::count::{Counts, count};
use super::diagram::{Ask, Builder, Diagram, End, State, Step};
use super::merge::MadeUp;
use super::parts::Reading;
use super::set::Set;
use super::ways::{Drawn, ROW_STEPS_MAX, Tells};
use super::words::Words;
use crate::batch::compare::Kind;
use crate::program::Value;
use crate::proof::graph::{Leaf, NodeId};
use crate::proof::variables::Meaning;
use crate::proof::{Prover, Why};

/// More rows are not shown.
pub const ROWS_MAX: usize = 8;
/// Up to so many rows are as good as few.
const ROWS_FEW: usize = 8;
/// So many ways are looked at before the rest is counted only.
const WAYS_MAX: usize = 2_000;
/// Steps for one diagram.
const STEPS_MAX: u64 = 200_000;
const FIELD_STEPS_MAX: u64 = 60_000;

/// The leads that get another answer.
#[derive(Clone, Debug)]
pub struct Cells {
    pub rows: Vec<Row>,
    /// rows beyond those
    pub more: u64,
    /// no other lead differs, and each of these does; else no other lead differs
    pub is_exact: bool,
    /// of the cells that all constants cut the fields into, how many differ, and how many there are
    pub count: Option<(BigUint, BigUint)>,
    /// all of it
    pub set: Rc<Set>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// none: every lead
    pub conditions: Vec<String>,
    pub before: String,
    pub after: String,
    /// nobody knows whether a lead is in it
    pub is_open: bool,
}

impl Comparer<'_> {
    /// None, and why, if they are not told; without a reason where they follow from what is told already.
    pub(super) fn cells(&self, prover: &mut Prover, pair: &Pair, nodes: [NodeId; 2], values: [Value; 2]) -> Result<Cells, Option<Why>> {
        let ask = match pair.numbers {
            Numbers::Choice { .. } => Ask::Choice,
            Numbers::Number { .. } => Ask::Number,
            // who is told when follows from what is told already
            Numbers::Instant => return Err(None),
        };
        let by_fields = self.drawn(prover, ask, nodes, Vec::new(), Tells::Leads);
        // what holds between two measures takes them apart value by value
        let by_fields = by_fields.or_else(|| self.drawn(prover, ask, nodes, Vec::new(), Tells::MoreThanLeads));
        let by_fields = by_fields.map(|drawn| self.shortened(drawn));
        if let Some(drawn) = &by_fields
            && ways(&drawn.diagram) <= ROWS_FEW as u64
        {
            return Ok(self.rows(prover, pair, drawn, nodes));
        }
        let by_asked_sums = self.by_asked_sums(prover, ask, nodes).map(|drawn| self.shortened(drawn));
        if let Some(drawn) = &by_asked_sums
            && ways(&drawn.diagram) <= ROWS_FEW as u64
        {
            let mut cells = self.rows(prover, pair, drawn, nodes);
            cells.count = by_fields.and_then(|counted| self.counted(prover, &counted, nodes));
            return Ok(cells);
        }
        let other = match pair.kind {
            Kind::Score => self.by_sums(prover, pair),
            Kind::Section | Kind::Decide | Kind::Stage | Kind::Queue | Kind::Owner | Kind::Clock | Kind::Other => {
                self.by_parts(prover, ask, pair, values)
            }
        };
        let other = other.map(|drawn| self.shortened(drawn));
        let best = match (by_fields, other) {
            (Some(fields), Some(other)) if ways(&fields.diagram) <= ways(&other.diagram) || other.tells == Tells::AtMost => {
                Some((fields, None))
            }
            (fields, Some(other)) => Some((other, fields)),
            (fields, None) => fields.map(|fields| (fields, None)),
        };
        let Some((drawn, counted)) = best else {
            let is_wide = prover.graph.is_inexact || state(prover, ask, nodes, Tells::MoreThanLeads).is_none();
            return Err(Some(if is_wide { Why::TooWide } else { Why::Budget }));
        };
        let mut cells = self.rows(prover, pair, &drawn, nodes);
        if let Some(counted) = counted {
            cells.count = self.counted(prover, &counted, nodes);
        }
        Ok(cells)
    }

    /// By how much a number moves is told where that takes few rows.
    fn shortened(&self, drawn: Drawn) -> Drawn {
        if ways(&drawn.diagram) <= ROWS_FEW as u64 {
            return drawn;
        }
        let diagram = drawn.diagram.with_ends(|end| match end {
            End::By(difference) => {
                if difference > 0 {
                    End::Rises
                } else {
                    End::Falls
                }
            }
            other => other,
        });
        Drawn { diagram, ..drawn }
    }

    pub(super) fn drawn(
        &self,
        prover: &mut Prover,
        ask: Ask,
        nodes: [NodeId; 2],
        parts: Vec<(String, Reading, NodeId)>,
        tells: Tells,
    ) -> Option<Drawn> {
        let state = state(prover, ask, nodes, tells)?;
        let mut order: Vec<u32> = [state.old, state.new, state.keeps].into_iter().flat_map(|node| prover.graph.variables(node)).collect();
        order.sort_unstable();
        order.dedup();
        // decisions say most, then scores, then what a lead is, then what happened to it
        let first = |variable: u32| match prover.variables.all[variable as usize].meaning.part().map(|number| parts.get(number)) {
            Some(Some((_, Reading::Names(_), _))) => 0,
            Some(Some((_, Reading::Number(_) | Reading::Days, _)) | None) => 1,
            None => 2,
        };
        order.sort_by_key(|variable| (first(*variable), Reverse(prover.rank(*variable).0), *variable));
        let mut ranks = vec![u32::MAX; prover.variables.all.len()];
        order.iter().enumerate().for_each(|(place, variable)| ranks[*variable as usize] = place as u32);
        let most = if parts.is_empty() && tells != Tells::AtMost { FIELD_STEPS_MAX } else { STEPS_MAX };
        let until = prover.graph.steps.saturating_add(most.min(prover.budget));
        let wholes = prover.variables.nodes.clone();
        let builder = Builder {
            graph: &mut prover.graph,
            ask,
            ranks: &ranks,
            wholes: &wholes,
            until,
            diagram: Diagram::default(),
            done: FxHashMap::default(),
        };
        let diagram = builder.build(state).ok()?;
        (!prover.graph.is_inexact).then_some(Drawn { diagram, order, parts, tells })
    }

    /// Over the scores and decisions instead of what they rest on.
    fn by_parts(&self, prover: &mut Prover, ask: Ask, pair: &Pair, values: [Value; 2]) -> Option<Drawn> {
        let mut parts: Vec<(String, Reading, NodeId)> = Vec::new();
        let mut preset: Vec<(Value, NodeId)> = Vec::new();
        let mut number = 0;
        for part in &self.parts {
            let nodes = [0, 1].map(|side| prover.translation.node(&mut prover.graph, part.sides[side].0));
            let is_one = nodes[0] == nodes[1] && part.sides[0].1 == part.sides[1].1;
            for (side, word) in ["before", "now"].into_iter().enumerate() {
                let (value, reading) = &part.sides[side];
                if side == 0 || !is_one {
                    let name = if is_one { part.name.clone() } else { format!("{} {word}", part.name) };
                    parts.push((name, reading.clone(), nodes[side]));
                    number += 1;
                }
                // what always is the same says nothing, and an answer does not explain itself
                if prover.graph.constant_of(nodes[side]).is_none() && part.name != pair.name {
                    let leaf = prover.part(number - 1, nodes[side]);
                    preset.push((*value, leaf));
                }
            }
        }
        let mut translation = prover.translation.anew(&preset);
        let nodes = values.map(|value| translation.node(&mut prover.graph, value));
        self.drawn(prover, ask, nodes, parts, Tells::Leads)
    }

    /// Of a score: where what is added up differs, whatever its range and rounding make of it.
    fn by_sums(&self, prover: &mut Prover, pair: &Pair) -> Option<Drawn> {
        let nodes = self.sum_nodes(prover, &pair.name)?;
        let mut drawn = self.drawn(prover, Ask::Number, nodes, Vec::new(), Tells::AtMost)?;
        // by how much the score itself moves is not known here
        drawn.diagram = drawn.diagram.with_ends(|end| match end {
            End::By(difference) => {
                if difference > 0 {
                    End::Rises
                } else {
                    End::Falls
                }
            }
            other => other,
        });
        Some(drawn)
    }

    fn counted(&self, prover: &mut Prover, drawn: &Drawn, nodes: [NodeId; 2]) -> Option<(BigUint, BigUint)> {
        if !drawn.parts.is_empty() || drawn.tells != Tells::Leads {
            return None;
        }
        let mut scope = drawn.order.clone();
        let more: Vec<u32> = nodes.into_iter().flat_map(|node| prover.graph.variables(node)).collect();
        scope.extend(more.into_iter().filter(|variable| !drawn.order.contains(variable)));
        let mut seen = rustc_hash::FxHashSet::default();
        scope.retain(|variable| seen.insert(*variable));
        let unshared = |variable: u32| {
            let variable = &prover.variables.all[variable as usize];
            self.unshared(variable).filter(|_| !variable.domain.is_set).map_or(0, |unshared| unshared.len() as u64)
        };
        let Counts { differing, all } = count(&prover.graph, &drawn.diagram, &scope, &prover.variables.nodes, unshared)?;
        Some((differing, all))
    }

    fn rows(&self, prover: &mut Prover, pair: &Pair, drawn: &Drawn, nodes: [NodeId; 2]) -> Cells {
        let mut found: Vec<(Vec<(u32, Vec<Leaf>)>, End)> = Vec::new();
        listed(&drawn.diagram, drawn.diagram.root, &mut Vec::new(), &mut found);
        let all = ways(&drawn.diagram);
        let seen = found.len() as u64;
        found.sort_by_key(|(conditions, end)| (conditions.len(), *end));
        let names: Vec<(String, Reading)> = drawn.parts.iter().map(|(name, reading, _)| (name.clone(), reading.clone())).collect();
        let made_up = |column: usize| {
            let what = self.made_up.iter().find(|(field, _)| *field == column)?.1;
            Some(match what {
                MadeUp::Turn(_) | MadeUp::Key => "for some keys".to_string(),
                MadeUp::Zone(_) => "where the day is another in the other time zone".to_string(),
            })
        };
        let words = Words { policy: &self.joint.policy, program: &prover.lowered().program, parts: &names, made_up: &made_up };
        let set = Rc::new(Set::new(self, prover, &drawn.diagram, &names));
        let mut cells = Cells { rows: Vec::new(), more: all - seen, is_exact: drawn.tells != Tells::AtMost, count: None, set };
        for (conditions, end) in found {
            if cells.rows.len() == ROWS_MAX {
                cells.more += 1;
                continue;
            }
            // what stands for itself may be together what no lead has together
            let is_met = if drawn.parts.is_empty() && drawn.tells != Tells::MoreThanLeads {
                Some(true)
            } else {
                self.is_met(prover, drawn, &conditions)
            };
            if is_met == Some(false) {
                continue;
            }
            let told = conditions.iter().filter(|(variable, parts)| !self.is_all_shared(&prover.variables.all[*variable as usize], parts));
            let texts = told.map(|(variable, parts)| words.condition(&prover.variables.all[*variable as usize], parts));
            let (before, after) = ends(pair, end);
            let row = Row { conditions: texts.collect(), before, after, is_open: is_met.is_none() };
            if !cells.rows.contains(&row) {
                cells.rows.push(row);
            }
        }
        cells.count = self.counted(prover, drawn, nodes);
        if cells.more == 0 && cells.is_exact && matches!(pair.numbers, Numbers::Choice { .. }) {
            let moves = cells.rows.iter().map(|row| (row.before.clone(), row.after.clone())).collect();
            self.moves.borrow_mut().insert(pair.name.clone(), moves);
        }
        cells
    }
}

/// What a diagram starts from; none if a difference could leave 64 bits.
fn state(prover: &mut Prover, ask: Ask, [old, new]: [NodeId; 2], tells: Tells) -> Option<State> {
    let graph = &mut prover.graph;
    let (before, after) = match ask {
        Ask::Choice => (old, new),
        Ask::Number => {
            if !graph.fits(&[(new, 1), (old, -1)]) {
                return None;
            }
            let [known_old, known_new] = [old, new].map(|node| graph.known(node));
            let known = graph.sum(0, vec![(known_old, 1), (known_new, 2)]);
            (graph.sum(0, vec![(new, 1), (old, -1)]), known)
        }
    };
    let keeps = prover.kept_by(&[before, after], tells);
    Some(State { old: before, new: after, keeps })
}

/// How many ways end in a difference.
fn ways(diagram: &Diagram) -> u64 {
    let mut counts: Vec<u64> = Vec::with_capacity(diagram.steps.len());
    for step in &diagram.steps {
        counts.push(match step {
            Step::End(end) => u64::from(*end != End::Same),
            Step::Cut { ways, .. } => ways.iter().fold(0, |sum, (to, _)| sum.saturating_add(counts[*to as usize])),
        });
    }
    counts.get(diagram.root as usize).copied().unwrap_or(0)
}

fn listed(diagram: &Diagram, at: u32, path: &mut Vec<(u32, Vec<Leaf>)>, found: &mut Vec<(Vec<(u32, Vec<Leaf>)>, End)>) {
    if found.len() >= WAYS_MAX {
        return;
    }
    match &diagram.steps[at as usize] {
        Step::End(End::Same) => {}
        Step::End(end) => found.push((path.clone(), *end)),
        Step::Cut { variable, ways } => {
            for (to, parts) in ways {
                path.push((*variable, parts.clone()));
                listed(diagram, *to, path, found);
                path.pop();
            }
        }
    }
}

/// `nurture` and `qualified`; of a number what it does.
fn ends(pair: &Pair, end: End) -> (String, String) {
    let text = |value: Option<i64>| pair.numbers.text(value.map(i128::from));
    match end {
        End::Same => (String::new(), String::new()),
        End::From(before, after) => (text(before), text(after)),
        End::By(difference) if difference > 0 => (String::new(), format!("rises by {}", text(Some(difference)))),
        End::By(difference) => (String::new(), format!("falls by {}", text(difference.checked_neg()))),
        End::Rises => (String::new(), "rises".into()),
        End::Falls => (String::new(), "falls".into()),
        End::Lost => ("known".into(), "missing".into()),
        End::Got => ("missing".into(), "known".into()),
    }
}

impl Prover<'_> {
    /// A variable that stands for a node.
    pub(super) fn part(&mut self, number: usize, node: NodeId) -> NodeId {
        let meaning = Meaning::Part(number);
        if let Some(found) = self.variables.all.iter().position(|variable| variable.meaning == meaning) {
            return self.variables.nodes[found];
        }
        let shape = self.graph.shape(node);
        let (low, high) = (shape.interval.low, shape.interval.high);
        let missing = shape.optional && !self.is_always_known(node);
        let domain = Leaf { variable: 0, low, high, known: true, missing, is_set: false };
        self.baseline.push(None);
        self.variables.fresh(&mut self.graph, meaning, domain, None)
    }

    fn is_always_known(&mut self, node: NodeId) -> bool {
        let known = self.graph.known(node);
        let missing = self.graph.not(known);
        let until = self.graph.steps.saturating_add(ROW_STEPS_MAX);
        let mut domains = self.variables.nodes.clone();
        !self.graph.is_inexact && self.find(missing, &mut domains, until) == Ok(false)
    }

    /// What every lead keeps of the variables that these depend on.
    fn kept_by(&mut self, nodes: &[NodeId], tells: Tells) -> NodeId {
        let variables: Vec<u32> = nodes.iter().flat_map(|node| self.graph.variables(*node)).collect();
        let most = if tells == Tells::MoreThanLeads { 1 } else { u32::MAX };
        let inside = |node: &NodeId| {
            self.graph.variable_count(*node) <= most && self.graph.variables(*node).iter().all(|variable| variables.contains(variable))
        };
        let members: Vec<NodeId> = self.between.iter().copied().filter(inside).collect();
        self.graph.all(members)
    }
}
