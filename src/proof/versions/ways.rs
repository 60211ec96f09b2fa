//! Ways through a diagram: what their conditions are about, and whether some lead meets all of them.
//!
//! Enters: the conditions of a way, each on one variable. Leaves: whether they say anything, and whether they go together. Always holds: a way is left out
//! only if no lead takes it.

use super::Comparer;
use super::diagram::Diagram;
use super::parts::Reading;
use crate::proof::Prover;
use crate::proof::graph::{Leaf, NodeId};
use crate::proof::variables::{Meaning, Variable};

/// Steps for one row.
pub(super) const ROW_STEPS_MAX: u64 = 20_000;

/// A diagram, and what its variables mean.
pub(super) struct Drawn {
    pub diagram: Diagram,
    /// variables in the order of the diagram
    pub order: Vec<u32>,
    /// what stands for itself: its name, how it is read, and the node that it is
    pub parts: Vec<(String, Reading, NodeId)>,
    pub tells: Tells,
}

/// How far the ways of a diagram are the leads that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// all of them and no other
    Leads,
    /// these, and values of measures that no history has together
    MoreThanLeads,
    /// no lead beyond them differs
    AtMost,
}

impl Comparer<'_> {
    /// Whether the parts are all that both versions accept: then they say nothing.
    pub(super) fn is_all_shared(&self, variable: &Variable, parts: &[Leaf]) -> bool {
        let whole = variable.domain;
        let Some(unshared) = self.unshared(variable).filter(|_| !whole.is_set) else { return false };
        let has = |value: Option<i64>| parts.iter().any(|part| part.contains(value));
        (whole.low..=whole.high).all(|value| has(Some(value)) || unshared.contains(&value)) && (!whole.missing || has(None))
    }

    /// The choices of a variable that one version does not know.
    pub(super) fn unshared(&self, variable: &Variable) -> Option<&[i64]> {
        if variable.meaning == Meaning::Stage {
            return Some(&self.joint.unshared_stages);
        }
        let Meaning::Column(column) = &variable.meaning else { return None };
        self.joint.unshared.iter().find(|(field, _)| field == column).map(|(_, unshared)| unshared.as_slice())
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

    /// What either version adds up for a score, in the same places.
    pub(super) fn sum_nodes(&self, prover: &mut Prover, name: &str) -> Option<[NodeId; 2]> {
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

    /// Whether some values meet all conditions of a way. None if that takes too long.
    pub(super) fn is_met(&self, prover: &mut Prover, drawn: &Drawn, conditions: &[(u32, Vec<Leaf>)]) -> Option<bool> {
        let mut members = Vec::with_capacity(conditions.len());
        for (variable, parts) in conditions {
            let node = match prover.variables.all[*variable as usize].meaning.part() {
                Some(number) => drawn.parts.get(number)?.2,
                None => prover.variables.nodes[*variable as usize],
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
    let part = |(variable, parts): &'d (u32, Vec<Leaf>)| {
        let (name, reading, _) = drawn.parts.get(prover.variables.all[*variable as usize].meaning.part()?)?;
        Some((name.as_str(), reading, parts.as_slice()))
    };
    let told: Vec<_> = conditions.iter().filter_map(part).collect();
    let before = told.iter().filter_map(|(name, reading, parts)| Some((name.strip_suffix(" before")?, *reading, *parts)));
    let now = |name: &str| told.iter().find(|(known, _, _)| known.strip_suffix(" now") == Some(name)).map(|(_, _, parts)| *parts);
    before.filter_map(|(name, reading, parts)| Some((name, reading, [parts, now(name)?]))).collect()
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
