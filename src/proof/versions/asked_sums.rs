//! Which leads differ, in words of the sums and differences that conditions ask for: `days until due`, `days from begun to due`, `spent - budget`.
//!
//! Enters: two values. Leaves: a diagram in which each sum that is held against constants, and that can be named, stands for itself. Always holds: such a variable is what its fields add up to, so a way is met by
//! the leads of which fields and sums are as it says, and by no other; that some lead is, is asked of each way.
//!
//! Over fields alone a difference of two days takes a row for every day.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Comparer;
use super::diagram::Ask;
use super::parts::Reading;
use super::ways::{Drawn, Tells};
use crate::model::{Policy, Type};
use crate::proof::Prover;
use crate::proof::graph::{Graph, Node, NodeId};
use crate::proof::variables::{Meaning, Variable};

/// A term of a sum: its variable, as what it counts, and whether it is added.
type Term<'a> = (&'a Variable, As, bool);

#[derive(Clone, Copy, PartialEq, Eq)]
enum As {
    Itself,
    /// missing of days to come
    DaysSince,
    /// missing of days that are over
    DaysUntil,
}

impl Comparer<'_> {
    /// None where no such sum is asked for.
    pub(super) fn by_asked_sums(&self, prover: &mut Prover, ask: Ask, nodes: [NodeId; 2]) -> Option<Drawn> {
        // numbers before these stand for answers
        let before = 2 * self.parts.len();
        let nothing = prover.graph.constant(0);
        let mut parts = vec![(String::new(), Reading::Number(0), nothing); before];
        let mut instead: FxHashMap<NodeId, NodeId> = FxHashMap::default();
        let mut inside: Vec<NodeId> = Vec::new();
        for (question, terms, threshold) in questions(&prover.graph, nodes) {
            let [plain, turned] = [false, true].map(|turn| named(prover, &self.joint.policy, &terms, turn));
            let [sum, opposite] =
                [1, -1].map(|sign| prover.graph.sum(0, terms.iter().map(|(term, coefficient)| (*term, coefficient * sign)).collect()));
            // one name for a difference and its opposite: that in which the first constant is no less than 0
            let is_known = |sum: &NodeId| self.asked_sums.borrow().contains(sum);
            let is_opposite = plain.is_none() || (turned.is_some() && !is_known(&sum) && (is_known(&opposite) || threshold < 0));
            let Some((name, reading)) = (if is_opposite { turned } else { plain }) else { continue };
            let sum = if is_opposite { opposite } else { sum };
            inside.extend(prover.graph.variables(sum).into_iter().map(|variable| prover.variables.nodes[variable as usize]));
            let number = self.asked_sum(sum) + before;
            while parts.len() <= number {
                parts.push((String::new(), Reading::Number(0), nothing));
            }
            parts[number] = (name, reading, sum);
            let part = prover.part(number, sum);
            let by = if is_opposite {
                let beyond = prover.graph.at_least(part, 1i64.checked_sub(threshold)?);
                let (known, not_beyond) = (prover.graph.known(part), prover.graph.not(beyond));
                prover.graph.all(vec![known, not_beyond])
            } else {
                prover.graph.at_least(part, threshold)
            };
            instead.insert(question, by);
        }
        if instead.is_empty() {
            return None;
        }
        inside.sort_unstable();
        inside.dedup();
        let nodes = nodes.map(|node| prover.graph.with_instead(node, &inside, &instead));
        self.drawn(prover, ask, nodes, parts, Tells::Leads)
    }

    /// A number of its own for each sum.
    fn asked_sum(&self, sum: NodeId) -> usize {
        let mut known = self.asked_sums.borrow_mut();
        known.iter().position(|found| *found == sum).unwrap_or_else(|| {
            known.push(sum);
            known.len() - 1
        })
    }
}

/// Sums of at least two variables, each once or taken away once, that are held against a constant: that question, its terms and the constant.
fn questions(graph: &Graph, roots: [NodeId; 2]) -> Vec<(NodeId, Vec<(NodeId, i64)>, i64)> {
    let (mut seen, mut found) = (FxHashSet::default(), Vec::new());
    let mut rest = roots.to_vec();
    while let Some(id) = rest.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Node::AtLeast(of, threshold) = graph.node(id)
            && let Node::Sum { constant: 0, terms } = graph.node(*of)
            && terms.len() > 1
            && terms.iter().all(|(term, coefficient)| coefficient.abs() == 1 && read(graph, *term).is_some())
        {
            found.push((id, terms.to_vec(), *threshold));
        }
        rest.extend(graph.operands(id));
    }
    found
}

/// The variable that a term is read from: itself, or the days between a day and as-of.
fn read(graph: &Graph, term: NodeId) -> Option<(u32, As)> {
    let variable = |id: NodeId| Some(graph.leaf(id)?.variable);
    let Node::Select(_, then, otherwise) = graph.node(term) else { return Some((variable(term)?, As::Itself)) };
    if graph.constant_of(*otherwise) != Some(None) {
        return None;
    }
    if let Some(variable) = variable(*then) {
        return Some((variable, As::DaysSince));
    }
    let Node::Sum { constant: 0, terms } = graph.node(*then) else { return None };
    match terms.as_ref() {
        [(distance, -1)] => Some((variable(*distance)?, As::DaysUntil)),
        // as-of is the first variable there is
        [(one, 1), (other, -1)] | [(other, -1), (one, 1)] if variable(*one) == Some(0) => Some((variable(*other)?, As::DaysSince)),
        [(one, -1), (other, 1)] | [(other, 1), (one, -1)] if variable(*one) == Some(0) => Some((variable(*other)?, As::DaysUntil)),
        _ => None,
    }
}

/// What a sum is called, and how its numbers are read; its opposite, if it is turned. None of what has no name that people use.
fn named(prover: &Prover, policy: &Policy, terms: &[(NodeId, i64)], is_turned: bool) -> Option<(String, Reading)> {
    let term = |(node, coefficient): &(NodeId, i64)| -> Option<Term> {
        let (variable, what) = read(&prover.graph, *node)?;
        Some((&prover.variables.all[variable as usize], what, (*coefficient > 0) != is_turned))
    };
    let terms = terms.iter().map(term).collect::<Option<Vec<Term>>>()?;
    let name = |variable: &Variable| Some(policy.column(variable.meaning.column()?)?.name.to_string());
    let (added, taken): (Vec<Term>, Vec<Term>) = terms.into_iter().partition(|(_, _, is_added)| *is_added);
    let is_day = |variable: &Variable| match &variable.meaning {
        Meaning::Day(_) => true,
        Meaning::Column(column) => policy.column(*column).is_some_and(|column| column.ty == Type::Date),
        _ => false,
    };
    let is_distance = |variable: &Variable| matches!(variable.meaning, Meaning::DaysBefore { .. });
    if let ([(to, As::Itself, _)], [(from, As::Itself, _)]) = (added.as_slice(), taken.as_slice()) {
        if to.meaning == Meaning::AsOfDay && is_day(from) {
            return Some((name(from)?, Reading::Days));
        }
        // what is longer ago is earlier
        let days = if is_day(to) && is_day(from) { Some((from, to)) } else { (is_distance(to) && is_distance(from)).then_some((to, from)) };
        if let Some((from, to)) = days {
            return Some((format!("days from {} to {}", name(from)?, name(to)?), Reading::Number(0)));
        }
    }
    if added.is_empty() {
        return None;
    }
    let mut scales = Vec::new();
    let mut text = String::new();
    for (variable, what, is_added) in added.iter().chain(&taken) {
        let name = name(variable)?;
        let ty = policy.column(variable.meaning.column()?)?.ty;
        let (name, scale) = match (what, &variable.meaning, ty) {
            (As::DaysSince, _, _) | (As::Itself, Meaning::DaysBefore { .. }, _) => (format!("days since {name}"), 0),
            (As::DaysUntil, _, _) => (format!("days until {name}"), 0),
            (As::Itself, Meaning::Column(_), Type::Number { scale, .. }) => (name, scale),
            (As::Itself, _, _) => return None,
        };
        scales.push(scale);
        if !text.is_empty() {
            text.push_str(if *is_added { " + " } else { " - " });
        }
        text.push_str(&name);
    }
    let scale = *scales.first()?;
    scales.iter().all(|other| *other == scale).then_some((text, Reading::Number(scale)))
}
