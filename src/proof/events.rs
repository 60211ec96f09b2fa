//! What conditions over signals leave of one signal: `where topic is price`, `where not (path starts with "/careers")`.
//!
//! Enters: the program of a policy's event conditions. Leaves: properties with which some of them hold and others do not, or that no signal has such. Always holds: properties
//! are those that a signal of that kind can have, what must be known of it included.

use super::graph::{Graph, Leaf, NodeId};
use super::search::{Domains, Memory, Search};
use super::showing::{domain_of, nearest};
use super::variables::{Ground, Meaning, Variables};
use super::witness::{center, plain_value};
use crate::model::{Constant, EventConditionId, Field, Policy, SignalId};
use crate::program::{OutputRole, Parameters, Program};

/// Steps for one question.
const STEPS_MAX: u64 = 100_000;

/// Answers questions about single signals.
pub struct Events<'a> {
    policy: &'a Policy,
    graph: Graph<'a>,
    variables: Variables,
    /// per event condition
    conditions: Vec<Option<NodeId>>,
    memory: Memory,
}

impl<'a> Events<'a> {
    /// `program` is that of the policy's event conditions.
    pub fn new(policy: &'a Policy, program: &'a Program) -> Events<'a> {
        let columns = policy.event_columns.iter().map(|column| Field { optional: true, ..column.field.clone() });
        let asked =
            Policy { choices: policy.choices.clone(), fields: columns.collect(), timezone: policy.timezone.clone(), ..Policy::default() };
        let mut graph = Graph::new(vec![program]);
        let mut variables = Variables::default();
        let ground =
            Ground { policy: &asked, parameters: Parameters { as_of_day: 0, as_of: 0 }, measures: Vec::new(), steps_of_texts: u64::MAX };
        let mut translation = variables.translation(&mut graph, 0, &ground);
        let output =
            |condition: EventConditionId| program.outputs.iter().find(|output| output.role == OutputRole::EventCondition(condition));
        let conditions = (0..policy.event_conditions.len()).map(|condition| Some(translation.node(&mut graph, output(condition)?.value)));
        let conditions = conditions.collect();
        Events { policy, graph, variables, conditions, memory: Memory::default() }
    }

    /// Whether no signal of this kind meets all of the first conditions and none of the others.
    pub fn is_impossible(&mut self, signal: SignalId, yes: &[EventConditionId], no: &[EventConditionId]) -> bool {
        self.find(signal, yes, no) == Some(None) && !self.graph.is_inexact
    }

    /// Properties with which the first conditions hold and the others do not; none if none are found.
    pub fn properties(&mut self, signal: SignalId, yes: &[EventConditionId], no: &[EventConditionId]) -> Option<Vec<Option<Constant>>> {
        let mut values: Vec<Option<Constant>> = self.policy.signals.get(signal)?.properties.iter().map(plain_value).collect();
        if yes.is_empty() && no.is_empty() {
            return Some(values);
        }
        let domains = self.find(signal, yes, no)??;
        for (variable, node) in self.variables.all.iter().zip(&domains) {
            let domain = domain_of(&self.graph, *node, variable.domain);
            let ty = variable.meaning.column().and_then(|column| self.policy.event_columns.get(column)).map(|column| column.field.ty);
            let value = nearest(&domain, variable.baseline, ty.map_or(0, center));
            let value = match (&variable.meaning, value) {
                (Meaning::Column(_), value) => value.map(Constant::Integer),
                (Meaning::Text { .. }, None) => None,
                (Meaning::Text { kinds, .. }, Some(kind)) => Some(Constant::Text(kinds.get(usize::try_from(kind).ok()?)?.text.clone()?)),
                _ => continue,
            };
            if let Some(place) = self.place(&variable.meaning, signal)
                && value.is_some()
            {
                *values.get_mut(place)? = value;
            }
        }
        Some(values)
    }

    /// What is left of each variable, if anything is; none if that takes too long.
    fn find(&mut self, signal: SignalId, yes: &[EventConditionId], no: &[EventConditionId]) -> Option<Option<Domains>> {
        let mut members = Vec::with_capacity(yes.len() + no.len());
        for condition in yes {
            members.push((*self.conditions.get(*condition)?)?);
        }
        for condition in no {
            let node = (*self.conditions.get(*condition)?)?;
            members.push(self.graph.not(node));
        }
        let mut condition = self.graph.all(members);
        let mut domains = self.variables.nodes.clone();
        for (variable, domain) in domains.iter_mut().enumerate() {
            let Some(left) = self.domain(variable, signal) else { continue };
            *domain = self.graph.variable(left);
            condition = self.graph.restrict(condition, variable as u32, *domain);
        }
        let baseline = self.variables.baseline();
        let until = self.graph.steps + STEPS_MAX;
        let search = Search { graph: &mut self.graph, memory: &mut self.memory, baseline: &baseline, until }.find(condition, &mut domains);
        Some(search.ok()?.then_some(domains))
    }

    /// What a property can be of a signal of this kind: missing if that has none such, and known if it must be.
    fn domain(&self, variable: usize, signal: SignalId) -> Option<Leaf> {
        let of = &self.variables.all[variable];
        of.meaning.column()?;
        let Some(place) = self.place(&of.meaning, signal) else { return Some(Leaf { known: false, missing: true, ..of.domain }) };
        let property = self.policy.signals.get(signal)?.properties.get(place)?;
        Some(Leaf { missing: of.domain.missing && property.optional, ..of.domain })
    }

    /// The number of the property there.
    fn place(&self, meaning: &Meaning, signal: SignalId) -> Option<usize> {
        let column = self.policy.event_columns.get(meaning.column()?)?;
        column.of.iter().find(|(of, _)| *of == signal).map(|(_, place)| *place)
    }
}
