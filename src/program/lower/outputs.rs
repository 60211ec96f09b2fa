//! Which values are answers, under which names: scores with their sections, decides, the stage, routes with their owners.

use super::Lowering;
use crate::column::Width;
use crate::model::{Policy, Unit};
use crate::program::{ClockPart, ClockTrace, Output, OutputKind, OutputRole, Program, Value};

impl Lowering<'_> {
    pub fn lower_outputs(&mut self) {
        let policy = self.policy;
        let number = |scale| OutputKind::Number { scale, unit: Unit::Plain };
        for (id, score) in policy.scores.iter().enumerate() {
            let (value, sections) = (self.scores[id].value, self.scores[id].sections.clone());
            self.give(score.name.clone(), value, number(score.scale), OutputRole::Score(id));
            for (index, (section, value)) in score.sections.iter().zip(sections).enumerate() {
                let name = format!("{}.{}", score.name, section.name);
                self.give(name, Some(value), number(section.scale), OutputRole::Section(id, index));
            }
        }
        for (id, decide) in policy.decides.iter().enumerate() {
            let value = self.decides[id].as_ref().map(|decide| decide.value);
            self.give(decide.name.clone(), value, OutputKind::Choice(decide.choices), OutputRole::Decide(id));
        }
        if let (Some(stage), Some(choices)) = (self.trace.stage_after, policy.stage_choices) {
            self.give("stage".to_string(), Some(stage), OutputKind::Choice(choices), OutputRole::Stage);
        }
        if let (Some(row), Some(choices)) = (self.trace.moved_by, policy.row_choices) {
            self.give("stage.rule".to_string(), Some(row), OutputKind::Choice(choices), OutputRole::StageRule);
        }
        for (id, route) in policy.routes.iter().enumerate() {
            let (queue, owner) = (self.routes[id].value, self.routes[id].owner);
            if let Some(choices) = policy.queue_choices {
                self.give(route.name.clone(), Some(queue), OutputKind::Choice(choices), OutputRole::Queue(id));
            }
            if let (Some(owner), Some(choices)) = (owner, policy.owner_choices) {
                self.give(format!("{}.owner", route.name), Some(owner), OutputKind::Choice(choices), OutputRole::Owner(id));
            }
        }
        self.give_kept();
        self.give_clock_parts();
    }

    /// Whether leads keep their owners, for whoever counts turns; behind all answers.
    fn give_kept(&mut self) {
        for (id, route) in self.policy.routes.iter().enumerate() {
            if let Some(kept) = self.routes[id].kept {
                self.give(format!("{}#kept", route.name), Some(kept), OutputKind::YesNo, OutputRole::Kept(id));
            }
        }
    }

    /// What clocks are worked out from; behind all answers.
    fn give_clock_parts(&mut self) {
        for (id, sla) in self.policy.slas.iter().enumerate() {
            let Some(ClockTrace { target, rows, conditions, owners, .. }) = self.trace.clocks.get(id).cloned() else { continue };
            let number = OutputKind::Number { scale: 0, unit: Unit::Plain };
            self.give(format!("{}#target", sla.name), Some(target), number, OutputRole::Clock(id, ClockPart::Target));
            for (row, value) in rows.into_iter().enumerate() {
                if value.is_some() {
                    self.give(format!("{}#{row}", sla.name), value, OutputKind::Time, OutputRole::Clock(id, ClockPart::Row(row)));
                }
            }
            for (row, value) in conditions.into_iter().enumerate().filter(|(_, value)| value.is_some()) {
                self.give(format!("{}#{row}?", sla.name), value, OutputKind::YesNo, OutputRole::Clock(id, ClockPart::Condition(row)));
            }
            for (route, owner) in owners.into_iter().enumerate() {
                let role = OutputRole::Clock(id, ClockPart::Owner(route));
                self.give(format!("{}#owner{route}", sla.name), Some(owner), number, role);
            }
        }
    }

    /// Width and whether the value can be missing follow from its shape, once all shapes are final.
    fn give(&mut self, name: String, value: Option<Value>, kind: OutputKind, role: OutputRole) {
        let value = match value {
            Some(value) => value,
            None => self.builder.missing(),
        };
        self.builder.output(Output { name, value, kind, optional: true, width: Width::I64, role });
    }
}

/// Queues and owners that are only known behind the program can be any of the policy's.
pub(super) fn make_room_for_turns(program: &mut Program, policy: &Policy) {
    let highest = |count: usize| (count as i64 - 1).max(0);
    for output in &mut program.outputs {
        let high = match output.role {
            OutputRole::Queue(_) => highest(policy.queues.len()),
            OutputRole::Owner(_) => {
                highest(policy.owner_choices.and_then(|id| policy.choices.get(id)).map_or(0, |owners| owners.members.len()))
            }
            OutputRole::Score(_)
            | OutputRole::Section(..)
            | OutputRole::Decide(_)
            | OutputRole::Stage
            | OutputRole::StageRule
            | OutputRole::EventCondition(_)
            | OutputRole::Kept(_)
            | OutputRole::Clock(..)
            | OutputRole::ClockDue(_)
            | OutputRole::ClockState(_) => continue,
        };
        (output.optional, output.width) = (true, Width::of(0, high));
    }
}
