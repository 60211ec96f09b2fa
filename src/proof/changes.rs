//! Whether a value can be changed by one field, or one measure, alone.
//!
//! Enters: a value, and a field or a measure. Leaves: whether some lead's value becomes another if nothing but that changes. Always holds: "no" was found for every two parts of the
//! domain that the value tells apart; "yes" for two of its values.
//!
//! One value of each part is put in the field's place. Most parts leave the same to be decided and are one node then; what differs is held against the first, as a value that is
//! the same for the first part and each of the others is the same for all. So no copy of the field is needed, and what does not depend on it cancels. Where the parts are too many, a
//! few values are tried, and only if none of them shows a change the field gets a copy.
//!
//! A measure is one of a history, whose other measures may not let it be anything, and a time and its day are one field in two variables: these get copies with all that holds between
//! them, and "yes" is said only with two leads that show it.

use std::rc::Rc;

use super::cells::{each_part, some_values};
use super::graph::{Leaf, NodeId};
use super::histories::{Wanted, history};
use super::search::Spent;
use super::witness;
use super::{Found, Meaning, Possible, Prover, Shown};
use crate::model::{ColumnId, Constant};
use crate::program::{Op, Value};
use crate::record::Lead;

/// A lead that is still to be made.
type Other<'a> = Box<dyn Fn() -> Option<Lead> + 'a>;

/// Steps for two of a few values; the rest of the question is kept for all of them.
const STEPS_PER_TRIAL: u64 = 20_000;

impl Prover<'_> {
    /// Whether some lead's value becomes another if that field, or that measure, alone changes; none if undecided.
    pub fn can_change(&mut self, value: Value, column: ColumnId) -> Option<bool> {
        let node = self.translation.node(&mut self.graph, value);
        let is_of_column = |meaning: &Meaning| meaning.column() == Some(column);
        let variables = self.graph.variables(node).into_iter();
        let variables: Vec<u32> = variables.filter(|variable| is_of_column(&self.variables.all[*variable as usize].meaning)).collect();
        match variables[..] {
            [] => Some(false),
            [variable] if column < self.policy.fields.len() => {
                let (until, start) = (self.until(), self.graph.steps);
                let can_change = self.can_change_by(node, variable, until);
                self.spend(start);
                can_change
            }
            _ => self.can_change_together(value, node, column, &variables),
        }
    }

    /// With a second variable for each of these, and what holds between all of them before and after.
    fn can_change_together(&mut self, value: Value, node: NodeId, column: ColumnId, variables: &[u32]) -> Option<bool> {
        let mut conditions = self.between_measures(node);
        let (mut after, mut then) = (node, conditions.clone());
        let mut copies = Vec::with_capacity(variables.len());
        for variable in variables {
            let other = self.another(*variable as usize);
            after = self.graph.restrict(after, *variable, other);
            then = then.into_iter().map(|between| self.graph.restrict(between, *variable, other)).collect();
            copies.extend(self.variables.nodes.iter().position(|node| *node == other).map(|copy| (*variable as usize, copy)));
        }
        conditions.extend(then);
        conditions.push(self.differs(node, after));
        let condition = self.graph.all(conditions);
        let rests_on = self.graph.variables(node);
        let shows = |prover: &Prover, shown: &mut Shown| {
            let is_other = |lead: &Lead| {
                prover.replay(lead, shown.as_of).is_some_and(|other| {
                    shown.replayed[value.index()] != other[value.index()] && prover.is_same_but(column, &rests_on, &shown.replayed, &other)
                })
            };
            prover.others(shown, column, &rests_on, &copies).iter().any(|other| other().as_ref().is_some_and(is_other))
        };
        // nobody is shown the leads, so they need not be plain
        let (until, start) = (self.until(), self.graph.steps);
        let mut domains = self.variables.nodes.clone();
        let found = self.find(condition, &mut domains, until);
        self.spend(start);
        if found == Ok(true) && self.witness(&domains, &shows).is_some() {
            return Some(true);
        }
        match self.possible_node(condition, &shows) {
            Possible::Yes(_) => Some(true),
            Possible::Never => Some(false),
            Possible::Undecided(_) => None,
        }
    }

    /// Leads that may be the same but for that field or measure, which is as the copies say; each to be made when it is asked for.
    fn others<'a>(&'a self, shown: &'a Shown, column: ColumnId, rests_on: &[u32], copies: &[(usize, usize)]) -> Vec<Other<'a>> {
        let fields = self.policy.fields.len();
        if column < fields {
            let Some(as_of_day) = self.as_of_day(shown.as_of) else { return Vec::new() };
            let value_of = |(variable, copy): &(usize, usize)| {
                witness::field_value(self.policy, &self.variables.all[*variable].meaning, column, shown.values[*copy], as_of_day)
            };
            let values = copies.iter().filter_map(value_of);
            let with = |value: Option<Constant>| -> Other<'a> {
                Box::new(move || {
                    let mut lead = shown.lead.clone();
                    *lead.values.get_mut(column)? = value.clone();
                    Some(lead)
                })
            };
            return values.map(with).collect();
        }
        let Ok(measures) = self.histories.measures(self.policy, &shown.lead, shown.as_of) else { return Vec::new() };
        let wanted = rests_on.iter().filter_map(|variable| {
            let of = &self.variables.all[*variable as usize];
            let Meaning::Column(measured) = of.meaning else { return None };
            let measure = measured.checked_sub(fields)?;
            let copy = copies.iter().find(|(variable, _)| self.variables.all[*variable].meaning == of.meaning);
            let value = match (copy, measures.get(measure)?) {
                (Some((_, copy)), _) => shown.values[*copy],
                (None, Some(Constant::Integer(value))) => Some(*value),
                (None, Some(Constant::Text(_)) | None) => None,
            };
            let domain =
                Leaf { low: value.unwrap_or(0), high: value.unwrap_or(0), known: value.is_some(), missing: value.is_none(), ..of.domain };
            Some(Wanted { measure, domain })
        });
        let wanted: Rc<[Wanted]> = wanted.collect();
        let made = |is_anew: bool, by_log: bool| -> Other<'a> {
            let wanted = wanted.clone();
            Box::new(move || {
                let lead = shown.lead.clone();
                let lead = if is_anew { Lead { signals: Vec::new(), log: Vec::new(), ..lead } } else { lead };
                history(self.policy, &self.histories, lead, shown.as_of, &wanted, by_log)
            })
        };
        vec![made(false, false), made(false, true), made(true, false), made(true, true)]
    }

    /// Whether two leads are alike in all that these variables stand for, but for one field or measure.
    fn is_same_but(&self, column: ColumnId, rests_on: &[u32], one: &[Option<i64>], other: &[Option<i64>]) -> bool {
        let program = &self.lowered.program;
        program.ops.iter().enumerate().all(|(place, op)| {
            let Op::Input(input) = op else { return true };
            let node = self.translation.inputs[*input as usize];
            let is_asked = rests_on.iter().any(|variable| self.graph.depends(node, *variable));
            !is_asked || program.inputs[*input as usize].source.column() == Some(column) || one[place] == other[place]
        })
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
        match self.find_with_texts(condition, &mut domains, until) {
            Ok(Found::Yes) => Some(true),
            Ok(Found::No) if !self.graph.is_inexact => Some(false),
            Ok(Found::No | Found::WithoutText) | Err(Spent) => None,
        }
    }
}
