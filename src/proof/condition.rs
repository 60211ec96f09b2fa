//! What can be asked of a program: conditions over its values.
//!
//! Enters: values of a program. Leaves: the same condition as a node, and as the answer for one lead. Always holds: both mean the same, so what was
//! found by search can be checked by the interpreter.

use super::graph::{Graph, NodeId};
use super::translate::Translation;
use crate::program::Value;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// a condition of the program holds
    Holds(Value),
    /// the value is this constant, or missing
    Is(Value, Option<i64>),
    /// known, and at least so much
    AtLeast(Value, i64),
    /// a sum of values, each times a number, is known and at least so much
    SumAtLeast(Vec<(Value, i64)>, i64),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    pub fn negated(self) -> Condition {
        Condition::Not(Box::new(self))
    }

    /// The row's condition holds, and none of the earlier ones.
    pub fn first(rows: &[Value], row: usize) -> Condition {
        let earlier = rows[..row].iter().map(|earlier| Condition::Holds(*earlier).negated());
        Condition::All(earlier.chain([Condition::Holds(rows[row])]).collect())
    }

    pub fn node(&self, graph: &mut Graph, translation: &mut Translation) -> NodeId {
        match self {
            Condition::Holds(value) => {
                let node = translation.node(graph, *value);
                graph.at_least(node, 1)
            }
            Condition::Is(value, None) => {
                let node = translation.node(graph, *value);
                let known = graph.known(node);
                graph.not(known)
            }
            Condition::Is(value, Some(constant)) => {
                let node = translation.node(graph, *value);
                graph.equals(node, *constant)
            }
            Condition::AtLeast(value, threshold) => {
                let node = translation.node(graph, *value);
                graph.at_least(node, *threshold)
            }
            Condition::SumAtLeast(terms, threshold) => {
                let terms: Vec<(NodeId, i64)> = terms.iter().map(|(value, factor)| (translation.node(graph, *value), *factor)).collect();
                // nothing is proved by a graph that cannot hold the sum
                graph.is_inexact |= !graph.fits(&terms);
                let sum = graph.sum(0, terms);
                graph.at_least(sum, *threshold)
            }
            Condition::Not(inner) => {
                let inner = inner.node(graph, translation);
                graph.not(inner)
            }
            Condition::All(members) => {
                let members = members.iter().map(|member| member.node(graph, translation)).collect();
                graph.all(members)
            }
            Condition::Any(members) => {
                let members = members.iter().map(|member| member.node(graph, translation)).collect();
                graph.any(members)
            }
        }
    }

    /// For a lead of which these are the values.
    pub fn holds(&self, values: &[Option<i64>]) -> bool {
        match self {
            Condition::Holds(value) => values[value.index()].is_some_and(|value| value >= 1),
            Condition::Is(value, constant) => values[value.index()] == *constant,
            Condition::AtLeast(value, threshold) => values[value.index()].is_some_and(|value| value >= *threshold),
            Condition::SumAtLeast(terms, threshold) => {
                let parts = terms.iter().map(|(value, factor)| Some(i128::from(values[value.index()]?) * i128::from(*factor)));
                parts.sum::<Option<i128>>().is_some_and(|sum| sum >= i128::from(*threshold))
            }
            Condition::Not(inner) => !inner.holds(values),
            Condition::All(members) => members.iter().all(|member| member.holds(values)),
            Condition::Any(members) => members.iter().any(|member| member.holds(values)),
        }
    }
}
