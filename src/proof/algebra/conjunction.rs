//! `and`: conditions that hold together.
//!
//! Enters: conditions. Leaves: one, in which nothing stands that the rest of it says already. Always holds: both hold for the same values.
//!
//! Thresholds of one sum or variable are told by the highest that must be reached and the lowest that must not. A row that is not used is "not all of these"; what of them is so
//! anyway is left out of it, and where one of them cannot be so, the whole row is. First-match tables become short by that, and parts of a policy that have no say are not searched.

use crate::proof::graph::{Graph, Node, NodeId};

/// Of what is compared in a conjunction, the highest threshold that must be reached, and the lowest that must not.
struct Bound {
    of: NodeId,
    least: Option<i64>,
    beyond: Option<i64>,
}

/// A comparison, or the opposite of one.
#[derive(Clone, Copy)]
struct Compared {
    of: NodeId,
    threshold: i64,
    is_reached: bool,
}

impl Graph<'_> {
    pub fn any(&mut self, members: Vec<NodeId>) -> NodeId {
        let none = members.into_iter().map(|member| self.not(member)).collect();
        let none = self.all(none);
        self.not(none)
    }

    pub fn all(&mut self, members: Vec<NodeId>) -> NodeId {
        let mut members = members;
        loop {
            let Some(flat) = self.flat(members) else { return self.truth(false) };
            let Some(bounds) = self.bounds(&flat) else { return self.truth(false) };
            let flat = self.without_weaker(flat, &bounds);
            match self.without_said(&flat, &bounds) {
                Some(shorter) => members = shorter,
                None => {
                    return match flat.as_slice() {
                        [] => self.truth(true),
                        [one] => *one,
                        _ => self.intern(Node::All(flat.into())),
                    };
                }
            }
        }
    }

    /// The members of members, in order and each once; none if one never holds.
    fn flat(&self, members: Vec<NodeId>) -> Option<Vec<NodeId>> {
        let mut flat: Vec<NodeId> = Vec::with_capacity(members.len());
        let mut rest = members;
        while let Some(member) = rest.pop() {
            match self.node(member) {
                Node::Constant(Some(1)) => {}
                Node::Constant(_) => return None,
                Node::All(inner) => rest.extend(inner.iter().copied()),
                Node::Leaf(_)
                | Node::Sum { .. }
                | Node::AtLeast(..)
                | Node::HasBits(..)
                | Node::Known(_)
                | Node::Not(_)
                | Node::Select(..)
                | Node::Operation { .. } => flat.push(member),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        Some(flat)
    }

    /// None if two of the members exclude each other.
    fn bounds(&self, members: &[NodeId]) -> Option<Vec<Bound>> {
        let mut bounds: Vec<Bound> = Vec::new();
        for member in members {
            let Some(Compared { of, threshold, is_reached }) = self.compared(*member) else {
                if let Node::Not(inner) = self.node(*member)
                    && members.binary_search(inner).is_ok()
                {
                    return None;
                }
                continue;
            };
            let (least, beyond) = if is_reached { (Some(threshold), None) } else { (None, Some(threshold)) };
            match bounds.iter_mut().find(|bound| bound.of == of) {
                Some(bound) => {
                    bound.least = bound.least.max(least);
                    bound.beyond = [bound.beyond, beyond].into_iter().flatten().min();
                }
                None => bounds.push(Bound { of, least, beyond }),
            }
        }
        let excluded = |bound: &Bound| bound.least.zip(bound.beyond).is_some_and(|(least, beyond)| least >= beyond);
        if bounds.iter().any(excluded) { None } else { Some(bounds) }
    }

    /// Without the thresholds that others imply.
    fn without_weaker(&self, members: Vec<NodeId>, bounds: &[Bound]) -> Vec<NodeId> {
        if bounds.len() == members.len() {
            return members;
        }
        let bound_of = |of: NodeId| bounds.iter().find(|bound| bound.of == of);
        let keeps = |member: &NodeId| match (self.compared(*member), self.node(*member)) {
            (Some(Compared { of, threshold, is_reached: true }), _) => bound_of(of).is_none_or(|bound| bound.least == Some(threshold)),
            (Some(Compared { of, threshold, is_reached: false }), _) => bound_of(of).is_none_or(|bound| bound.beyond == Some(threshold)),
            (None, Node::Known(of)) => bound_of(*of).is_none_or(|bound| bound.least.is_none()),
            (None, _) => true,
        };
        members.into_iter().filter(keeps).collect()
    }

    /// The members, without what the others say inside of "not all of these"; none if they say nothing.
    fn without_said(&mut self, members: &[NodeId], bounds: &[Bound]) -> Option<Vec<NodeId>> {
        let mut shorter: Vec<NodeId> = Vec::new();
        for (place, member) in members.iter().enumerate() {
            let Node::Not(inner) = self.node(*member) else { continue };
            let Node::All(parts) = self.node(*inner) else { continue };
            let said = |part: &&NodeId| self.is_said(**part, members, bounds);
            let (open, is_false) = (parts.iter().filter(|part| said(part).is_none()), parts.iter().any(|part| said(&part) == Some(false)));
            let open: Vec<NodeId> = open.copied().collect();
            if !is_false && open.len() == parts.len() {
                continue;
            }
            shorter = members.to_vec();
            let all = if is_false { self.truth(false) } else { self.all(open) };
            shorter[place] = self.not(all);
            break;
        }
        (!shorter.is_empty()).then_some(shorter)
    }

    /// Whether a condition holds, or does not, because all of these do.
    fn is_said(&self, condition: NodeId, members: &[NodeId], bounds: &[Bound]) -> Option<bool> {
        let bound_of = |of: NodeId| bounds.iter().find(|bound| bound.of == of);
        if let Some(Compared { of, threshold, is_reached }) = self.compared(condition) {
            let bound = bound_of(of)?;
            return if bound.least.is_some_and(|least| least >= threshold) {
                Some(is_reached)
            } else {
                bound.beyond.is_some_and(|beyond| beyond <= threshold).then_some(!is_reached)
            };
        }
        if members.binary_search(&condition).is_ok() {
            return Some(true);
        }
        match self.node(condition) {
            Node::Not(inner) => members.binary_search(inner).is_ok().then_some(false),
            Node::Known(of) => bound_of(*of).filter(|bound| bound.least.is_some()).map(|_| true),
            Node::Constant(_)
            | Node::Leaf(_)
            | Node::Sum { .. }
            | Node::AtLeast(..)
            | Node::HasBits(..)
            | Node::All(_)
            | Node::Select(..)
            | Node::Operation { .. } => {
                let opposite = self.number_of(&Node::Not(condition))?;
                members.binary_search(&opposite).is_ok().then_some(false)
            }
        }
    }

    fn compared(&self, member: NodeId) -> Option<Compared> {
        let (compared, is_reached) = if let Node::Not(inner) = self.node(member) { (*inner, false) } else { (member, true) };
        if let Node::AtLeast(of, threshold) = self.node(compared) {
            Some(Compared { of: *of, threshold: *threshold, is_reached })
        } else {
            None
        }
    }
}
