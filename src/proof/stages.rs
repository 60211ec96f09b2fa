//! One lead in several stages: what holds of it in each, if nothing but its stage changes.
//!
//! Enters: conditions, each with a stage. Leaves: a lead that meets each in its stage, or that there is none. Always holds: the lead that is found was scored in every one of
//! these stages; nothing has happened to it since it came there, as is so of a lead that moves on at once.

use super::variables::Meaning;
use super::{Condition, Possible, Prover, Shown, Why};
use crate::model::{Since, Subject};
use crate::record::Lead;

/// What moving does to a variable.
enum Moved {
    Same,
    /// it is what it is of a lead that has just come
    New,
    /// it counts stages, or since one was entered, or is forgotten with a move
    Other,
}

impl Prover<'_> {
    /// Whether some lead would meet each condition in the stage beside it, everything else being the same. A lead that moves is new in each of these stages:
    /// nothing has happened since it came. Undecided where a condition rests on a measure that moving changes otherwise.
    pub fn possible_in_stages(&mut self, conditions: &[(Condition, usize)]) -> Possible {
        let Some(stage) = self.variables.all.iter().position(|variable| variable.meaning == Meaning::Stage) else { return Possible::Never };
        let mut members = Vec::new();
        for (condition, stage_then) in conditions {
            let node = condition.node(&mut self.graph, &mut self.translation);
            let by = self.graph.constant(*stage_then as i64);
            members.push(self.graph.restrict(node, stage as u32, by));
        }
        let mut asked: Vec<u32> = members.iter().flat_map(|member| self.graph.variables(*member)).collect();
        asked.sort_unstable();
        asked.dedup();
        for variable in asked {
            match self.when_moved(variable) {
                Moved::Same => {}
                Moved::New => {
                    // of a lead without a history a measure is what it is of one that has just come
                    let node = self.variables.nodes[variable as usize];
                    let is_new = match self.variables.all[variable as usize].baseline {
                        Some(value) => self.graph.equals(node, value),
                        None => {
                            let known = self.graph.known(node);
                            self.graph.not(known)
                        }
                    };
                    members.push(is_new);
                }
                Moved::Other => return Possible::Undecided(Why::Moving),
            }
        }
        let all = self.graph.all(members);
        let shown = |prover: &Prover, lead: &Lead, as_of: i64| {
            conditions.iter().all(|(condition, stage)| {
                let lead = Lead { stage: Some(*stage), ..lead.clone() };
                prover.replay(&lead, as_of).is_some_and(|values| condition.holds(&values))
            })
        };
        match self.possible_node(all, &|_: &Prover, _: &mut Shown| true) {
            Possible::Yes(mut witness) => {
                if !shown(self, &witness.lead, witness.as_of) {
                    return Possible::Undecided(Why::NoLead);
                }
                witness.lead.stage = conditions.first().map(|(_, stage)| *stage);
                Possible::Yes(witness)
            }
            other => other,
        }
    }

    fn when_moved(&self, variable: u32) -> Moved {
        let (policy, meaning) = (self.policy, &self.variables.all[variable as usize].meaning);
        let Some(number) = meaning.column().and_then(|column| column.checked_sub(policy.fields.len())) else { return Moved::Same };
        let Some(measure) = policy.measures.get(number) else { return Moved::Same };
        let is_forgotten = policy.forgets.iter().any(|forget| forget.measures.contains(&number));
        let of_stages = matches!(measure.subject, Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_));
        if is_forgotten || of_stages || matches!(measure.since, Some(Since::Entering(_))) {
            Moved::Other
        } else if measure.since == Some(Since::Stay) {
            Moved::New
        } else {
            Moved::Same
        }
    }
}
