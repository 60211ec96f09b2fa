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
use super::words::Words;
use crate::batch::compare::Kind;
use crate::program::Value;
use crate::proof::Prover;
use crate::proof::graph::{Leaf, NodeId};
use crate::proof::variables::{Meaning, Variable};

/// More rows are not shown.
pub const ROWS_MAX: usize = 8;
/// Up to so many rows are as good as few.
const ROWS_FEW: usize = 8;
/// So many ways are looked at before the rest is counted only.
const WAYS_MAX: usize = 2_000;
/// Steps for one diagram, and for one row.
const STEPS_MAX: u64 = 200_000;
const FIELD_STEPS_MAX: u64 = 60_000;
const ROW_STEPS_MAX: u64 = 20_000;

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

/// A diagram, and what its variables mean.
struct Drawn {
    diagram: Diagram,
    /// variables in the order of the diagram
    order: Vec<u32>,
    /// what stands for itself: its name, how it is read, and the node that it is
    parts: Vec<(String, Reading, NodeId)>,
    is_exact: bool,
}

impl Comparer<'_> {
    pub(super) fn cells(&self, prover: &mut Prover, pair: &Pair, nodes: [NodeId; 2], values: [Value; 2]) -> Option<Cells> {
        let ask = match pair.numbers {
            Numbers::Choice { .. } => Ask::Choice,
            Numbers::Number { .. } => Ask::Number,
            // who is told when follows from what is told already
            Numbers::Instant => return None,
        };
        let by_fields = self.drawn(prover, ask, nodes, Vec::new(), true);
        let by_fields = by_fields.map(|drawn| self.shortened(drawn));
        if let Some(drawn) = &by_fields
            && ways(&drawn.diagram) <= ROWS_FEW as u64
        {
            return Some(self.rows(prover, pair, drawn, nodes));
        }
        let other = match pair.kind {
            Kind::Score => self.by_sums(prover, pair),
            Kind::Section | Kind::Decide | Kind::Stage | Kind::Queue | Kind::Owner | Kind::Clock | Kind::Other => {
                self.by_parts(prover, ask, pair, values)
            }
        };
        let other = other.map(|drawn| self.shortened(drawn));
        let best = match (by_fields, other) {
            (Some(fields), Some(other)) if ways(&fields.diagram) <= ways(&other.diagram) || !other.is_exact => Some((fields, None)),
            (fields, Some(other)) => Some((other, fields)),
            (fields, None) => fields.map(|fields| (fields, None)),
        };
        let (drawn, counted) = best?;
        let mut cells = self.rows(prover, pair, &drawn, nodes);
        if let Some(counted) = counted {
            cells.count = self.counted(prover, &counted, nodes);
        }
        Some(cells)
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

    fn drawn(
        &self,
        prover: &mut Prover,
        ask: Ask,
        nodes: [NodeId; 2],
        parts: Vec<(String, Reading, NodeId)>,
        is_exact: bool,
    ) -> Option<Drawn> {
        let state = state(prover, ask, nodes);
        let state = state?;
        let mut order: Vec<u32> = [state.old, state.new, state.keeps].into_iter().flat_map(|node| prover.graph.variables(node)).collect();
        order.sort_unstable();
        order.dedup();
        // decisions say most, then scores, then what a lead is, then what happened to it
        let first = |variable: u32| match prover.variables.all[variable as usize].meaning {
            Meaning::Part(number) => match parts.get(number) {
                Some((_, Reading::Names(_), _)) => 0,
                Some((_, Reading::Number(_), _)) | None => 1,
            },
            _ => 2,
        };
        order.sort_by_key(|variable| (first(*variable), Reverse(prover.rank(*variable).0), *variable));
        let mut ranks = vec![u32::MAX; prover.variables.all.len()];
        order.iter().enumerate().for_each(|(place, variable)| ranks[*variable as usize] = place as u32);
        let most = if parts.is_empty() && is_exact { FIELD_STEPS_MAX } else { STEPS_MAX };
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
        (!prover.graph.is_inexact).then_some(Drawn { diagram, order, parts, is_exact })
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
        self.drawn(prover, ask, nodes, parts, true)
    }

    /// Of a score: where what is added up differs, whatever its range and rounding make of it.
    fn by_sums(&self, prover: &mut Prover, pair: &Pair) -> Option<Drawn> {
        let nodes = self.sum_nodes(prover, &pair.name)?;
        let mut drawn = self.drawn(prover, Ask::Number, nodes, Vec::new(), false)?;
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

    /// What either version adds up for a score, in the same places.
    fn sum_nodes(&self, prover: &mut Prover, name: &str) -> Option<[NodeId; 2]> {
        let sides = self.sums.iter().find(|sums| sums.name == name)?.sides;
        let scale = sides[0].1.max(sides[1].1);
        let mut nodes = Vec::with_capacity(2);
        for (value, own) in sides {
            let node = prover.translation.node(&mut prover.graph, value);
            let terms = vec![(node, 10i64.checked_pow(u32::from(scale - own))?)];
            if !prover.graph.fits(&terms) {
                return None;
            }
            nodes.push(prover.graph.sum(0, terms));
        }
        nodes.try_into().ok()
    }

    fn counted(&self, prover: &mut Prover, drawn: &Drawn, nodes: [NodeId; 2]) -> Option<(BigUint, BigUint)> {
        if !drawn.parts.is_empty() || !drawn.is_exact {
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
        let mut cells = Cells { rows: Vec::new(), more: all - seen, is_exact: drawn.is_exact, count: None, set };
        for (conditions, end) in found {
            if cells.rows.len() == ROWS_MAX {
                cells.more += 1;
                continue;
            }
            // what stands for itself may be together what no lead has together
            let is_met = if drawn.parts.is_empty() { Some(true) } else { self.is_met(prover, drawn, &conditions) };
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

    /// Whether the parts are all that both versions accept: then they say nothing.
    fn is_all_shared(&self, variable: &Variable, parts: &[Leaf]) -> bool {
        let whole = variable.domain;
        let Some(unshared) = self.unshared(variable).filter(|_| !whole.is_set) else { return false };
        let has = |value: Option<i64>| parts.iter().any(|part| part.contains(value));
        (whole.low..=whole.high).all(|value| has(Some(value)) || unshared.contains(&value)) && (!whole.missing || has(None))
    }

    /// The choices of a variable that one version does not know.
    pub(super) fn unshared(&self, variable: &Variable) -> Option<&[i64]> {
        match &variable.meaning {
            Meaning::Column(column) => {
                self.joint.unshared.iter().find(|(field, _)| field == column).map(|(_, unshared)| unshared.as_slice())
            }
            Meaning::Stage => Some(&self.joint.unshared_stages),
            _ => None,
        }
    }

    /// Whether an earlier answer can move as the way says: which moves there are is known once all its rows are.
    fn moves_are_known(&self, prover: &Prover, drawn: &Drawn, conditions: &[(u32, Vec<Leaf>)]) -> bool {
        let moves = self.moves.borrow();
        both_sides(prover, drawn, conditions).into_iter().all(|(name, reading, [before, now])| {
            let (Reading::Names(names), Some(moves)) = (reading, moves.get(name)) else { return true };
            let named = |parts: &[Leaf]| -> Vec<&str> {
                let inside = |place: &usize| parts.iter().any(|part| part.contains(Some(*place as i64)));
                let missing = parts.iter().any(|part| part.missing);
                (0..names.len()).filter(inside).map(|place| names[place].as_str()).chain(missing.then_some("missing")).collect()
            };
            let (before, now) = (named(before), named(now));
            // both may be the same answer still
            before.iter().any(|name| now.contains(name))
                || moves.iter().any(|(from, to)| before.contains(&from.as_str()) && now.contains(&to.as_str()))
        })
    }

    /// Where a score has to fall, or rise, to be where the way says, so does its sum, in whose difference most terms cancel.
    fn falls_or_rises(&self, prover: &mut Prover, drawn: &Drawn, conditions: &[(u32, Vec<Leaf>)]) -> Vec<NodeId> {
        let mut found = Vec::new();
        for (name, reading, [before, now]) in both_sides(prover, drawn, conditions) {
            let is_cut_alike = self.sums.iter().any(|sums| sums.name == name && sums.is_cut_alike)
                && self.parts.iter().any(|part| part.name == name && part.sides[0].1 == part.sides[1].1);
            let is_known = |parts: &[Leaf]| parts.iter().all(|part| part.known && !part.missing);
            if matches!(reading, Reading::Names(_)) || !is_cut_alike || !is_known(before) || !is_known(now) {
                continue;
            }
            let ends = |parts: &[Leaf]| (parts.iter().map(|part| part.low).min(), parts.iter().map(|part| part.high).max());
            let (from, to) = (ends(before), ends(now));
            let signs = match () {
                () if from.0 > to.1 => [1, -1],
                () if from.1 < to.0 => [-1, 1],
                () => continue,
            };
            let Some(nodes) = self.sum_nodes(prover, name) else { continue };
            let terms = vec![(nodes[0], signs[0]), (nodes[1], signs[1])];
            if prover.graph.fits(&terms) {
                let moved = prover.graph.sum(0, terms);
                found.push(prover.graph.at_least(moved, 1));
            }
        }
        found
    }

    /// Whether some values meet all conditions of a way. None if that takes too long.
    fn is_met(&self, prover: &mut Prover, drawn: &Drawn, conditions: &[(u32, Vec<Leaf>)]) -> Option<bool> {
        let mut members = Vec::with_capacity(conditions.len());
        for (variable, parts) in conditions {
            let node = match prover.variables.all[*variable as usize].meaning {
                Meaning::Part(number) => drawn.parts.get(number)?.2,
                _ => prover.variables.nodes[*variable as usize],
            };
            members.push(within(prover, node, parts));
        }
        if !self.moves_are_known(prover, drawn, conditions) {
            return Some(false);
        }
        members.extend(self.falls_or_rises(prover, drawn, conditions));
        let all = prover.graph.all(members);
        let condition = prover.with_measures(all);
        let until = prover.graph.steps.saturating_add(ROW_STEPS_MAX);
        let mut domains = prover.variables.nodes.clone();
        prover.find(condition, &mut domains, until).ok()
    }
}

/// What the rows of a way say of an answer before and now.
fn both_sides<'d>(prover: &Prover, drawn: &'d Drawn, conditions: &'d [(u32, Vec<Leaf>)]) -> Vec<(&'d str, &'d Reading, [&'d [Leaf]; 2])> {
    let part = |(variable, parts): &'d (u32, Vec<Leaf>)| match prover.variables.all[*variable as usize].meaning {
        Meaning::Part(number) => drawn.parts.get(number).map(|(name, reading, _)| (name.as_str(), reading, parts.as_slice())),
        _ => None,
    };
    let told: Vec<_> = conditions.iter().filter_map(part).collect();
    let before = told.iter().filter_map(|(name, reading, parts)| Some((name.strip_suffix(" before")?, *reading, *parts)));
    let now = |name: &str| told.iter().find(|(known, _, _)| known.strip_suffix(" now") == Some(name)).map(|(_, _, parts)| *parts);
    before.filter_map(|(name, reading, parts)| Some((name, reading, [parts, now(name)?]))).collect()
}

/// What a diagram starts from; none if a difference could leave 64 bits.
fn state(prover: &mut Prover, ask: Ask, [old, new]: [NodeId; 2]) -> Option<State> {
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
    let keeps = prover.kept_by(&[before, after]);
    Some(State { old: before, new: after, keeps })
}

/// The node is in one of the parts.
fn within(prover: &mut Prover, node: NodeId, parts: &[Leaf]) -> NodeId {
    let graph = &mut prover.graph;
    let mut any = Vec::with_capacity(parts.len());
    for part in parts {
        let known = graph.known(node);
        if part.missing {
            any.push(graph.not(known));
        }
        if !part.known {
            continue;
        }
        let mut all = vec![known];
        if part.is_set {
            for bit in (0..62).map(|bit| 1i64 << bit) {
                let has = graph.has_bits(node, bit);
                if part.low & bit != 0 {
                    all.push(has);
                } else if part.high & bit == 0 {
                    all.push(graph.not(has));
                }
            }
        } else {
            all.push(graph.at_least(node, part.low));
            if let Some(beyond) = part.high.checked_add(1) {
                let beyond = graph.at_least(node, beyond);
                all.push(graph.not(beyond));
            }
        }
        any.push(graph.all(all));
    }
    graph.any(any)
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
    fn part(&mut self, number: usize, node: NodeId) -> NodeId {
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
    fn kept_by(&mut self, nodes: &[NodeId]) -> NodeId {
        let variables: Vec<u32> = nodes.iter().flat_map(|node| self.graph.variables(*node)).collect();
        let inside = |node: &NodeId| self.graph.variables(*node).iter().all(|variable| variables.contains(variable));
        let members: Vec<NodeId> = self.between.iter().copied().filter(inside).collect();
        self.graph.all(members)
    }
}
