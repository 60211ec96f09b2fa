//! Whether a value can be changed by one field alone.
//!
//! Enters: a value and a field. Leaves: whether some lead's value becomes another if nothing but that field changes. Always holds: "no" was found for every two parts of the
//! field's domain that the value tells apart; "yes" for two of its values.
//!
//! One value of each part is put in the field's place. Most parts leave the same to be decided and are one node then; what differs is held against the first, as a value that is
//! the same for the first part and each of the others is the same for all. So no copy of the field is needed, and what does not depend on it cancels. Where the parts are too many, a
//! few values are tried, and only if none of them shows a change the field gets a copy.

use super::cells::{each_part, some_values};
use super::graph::NodeId;
use super::{Meaning, Prover};
use crate::model::FieldId;
use crate::program::Value;

/// Steps for two of a few values; the rest of the question is kept for all of them.
const STEPS_PER_TRIAL: u64 = 20_000;

impl Prover<'_> {
    /// Whether some lead's value becomes another if that field alone changes; none if undecided.
    pub fn can_change(&mut self, value: Value, field: FieldId) -> Option<bool> {
        let node = self.translation.node(&mut self.graph, value);
        let of_field = |meaning: &Meaning| meaning.column() == Some(field);
        let variables = self.graph.variables(node).into_iter();
        let variables: Vec<u32> = variables.filter(|variable| of_field(&self.variables.all[*variable as usize].meaning)).collect();
        let variable = match variables[..] {
            [] => return Some(false),
            [variable] => variable,
            _ => return None,
        };
        let (until, start) = (self.until(), self.graph.steps);
        let can_change = self.can_change_by(node, variable, until);
        self.spend(start);
        can_change
    }

    fn can_change_by(&mut self, node: NodeId, variable: u32, until: u64) -> Option<bool> {
        let whole = self.variables.nodes[variable as usize];
        let leaf = self.graph.leaf(whole)?;
        if let Some(values) = each_part(&self.graph, node, leaf) {
            return self.can_any_differ(node, variable, &values, |_| until);
        }
        let values = some_values(&self.graph, whole, leaf);
        if self.can_any_differ(node, variable, &values, |steps| until.min(steps.saturating_add(STEPS_PER_TRIAL))) == Some(true) {
            return Some(true);
        }
        let other = self.another(variable as usize);
        let after = self.graph.restrict(node, variable, other);
        self.can_differ(node, after, until)
    }

    /// Whether a node is another for some two of a variable's values, whatever the rest is: then it is another for the first and one more of them. The budget of two is told by the
    /// steps taken so far.
    fn can_any_differ(&mut self, node: NodeId, variable: u32, values: &[Option<i64>], until: impl Fn(u64) -> u64) -> Option<bool> {
        let mut left: Vec<NodeId> = Vec::new();
        for value in values {
            let by = match value {
                Some(value) => self.graph.constant(*value),
                None => self.graph.missing(),
            };
            let rest = self.graph.restrict(node, variable, by);
            if !left.contains(&rest) {
                left.push(rest);
            }
        }
        let Some((first, others)) = left.split_first() else { return Some(false) };
        let mut differs = Some(false);
        // what is far from the first is the likeliest to differ
        for other in others.iter().rev() {
            match self.can_differ(*first, *other, until(self.graph.steps)) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => differs = None,
            }
        }
        differs
    }

    /// Whether two nodes have different values for some lead; none if undecided.
    fn can_differ(&mut self, one: NodeId, other: NodeId, until: u64) -> Option<bool> {
        let differs = self.differs(one, other);
        let condition = self.with_measures(differs);
        let mut domains = self.variables.nodes.clone();
        let found = self.find(condition, &mut domains, until);
        found.ok().filter(|found| *found || !self.graph.is_inexact)
    }
}
