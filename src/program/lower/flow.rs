//! One transition: the first row, through all flows, whose stage, rest and condition fit. What `on` and `after` rows wait for are measures.

use super::Lowering;
use crate::model::{FlowRow, Operator, Trigger};
use crate::program::{Parameter, Value};

impl Lowering<'_> {
    pub fn lower_flows(&mut self) {
        if self.policy.stages.is_empty() {
            self.trace.flows = self.policy.flows.iter().map(|_| Vec::new()).collect();
            return;
        }
        let policy = self.policy;
        let stage = self.stage_before();
        let (mut moves, mut numbers) = (Vec::new(), Vec::new());
        for flow in &policy.flows {
            let mut applying = Vec::with_capacity(flow.rows.len());
            for row in &flow.rows {
                let applies = self.flow_row(stage, row);
                applying.push(applies);
                let number = self.builder.constant(numbers.len() as i64);
                let to = self.builder.constant(row.to as i64);
                numbers.push((applies, number));
                moves.push((applies, to));
            }
            self.trace.flows.push(applying);
        }
        let missing = self.builder.missing();
        let stage_after = self.builder.first_match(&moves, stage);
        let moved_by = self.builder.first_match(&numbers, missing);
        self.trace.stage_after = Some(stage_after);
        self.trace.moved_by = Some(moved_by);
    }

    fn flow_row(&mut self, stage: Value, row: &FlowRow) -> Value {
        let condition = match &row.trigger {
            Trigger::When(condition) => self.condition(condition),
            Trigger::On { happened: measure, when, .. } | Trigger::After { waited: measure, when, .. } => {
                let happened = self.condition(measure);
                match when {
                    Some(when) => {
                        let when = self.condition(when);
                        self.builder.and(happened, when)
                    }
                    None => happened,
                }
            }
            Trigger::Broken => return self.builder.truth(false),
        };
        let from: Vec<i64> = row.from.iter().map(|stage| *stage as i64).collect();
        let from = self.builder.member(stage, &from);
        let free = match row.trigger {
            Trigger::When(_) => {
                let rested = self.rested();
                self.builder.and(from, rested)
            }
            // a rest holds `when` rows back, no signals
            Trigger::On { .. } | Trigger::After { .. } | Trigger::Broken => from,
        };
        self.builder.and(free, condition)
    }

    /// No rest, or it is over: a comparison with a missing value is no, so its opposite holds.
    fn rested(&mut self) -> Value {
        let until = self.rest_until();
        let as_of = self.builder.parameter(Parameter::AsOf);
        let rests = self.builder.compare(Operator::Above, until, as_of);
        self.builder.not(rests)
    }

    /// This evaluation's transition goes to the stage. No row leads from a stage to itself, so a lead has moved if its stage differs.
    pub fn entering(&mut self, stage: usize) -> Value {
        let Some(stage_after) = self.trace.stage_after else { return self.builder.truth(false) };
        let before = self.stage_before();
        self.moved(before, stage_after, stage)
    }

    /// This evaluation's transition goes away from the stage.
    pub fn leaving(&mut self, stage: usize) -> Value {
        let Some(stage_after) = self.trace.stage_after else { return self.builder.truth(false) };
        let before = self.stage_before();
        self.moved(stage_after, before, stage)
    }

    /// The one is another stage, the other is this.
    fn moved(&mut self, other: Value, this: Value, stage: usize) -> Value {
        let other = self.builder.equals(other, stage as i64);
        let other = self.builder.not(other);
        let this = self.builder.equals(this, stage as i64);
        self.builder.and(other, this)
    }
}
