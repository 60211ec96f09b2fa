//! What clocks ask of a program: which target applies, since when what their rows wait for is so, and who had the lead before. The rest is [`crate::clock`]'s.

use super::Lowering;
use crate::model::{ClockRow, Expr, Moment, Sla, StageId};
use crate::program::{ClockTrace, Op, Parameter, Value};

impl Lowering<'_> {
    pub fn lower_clocks(&mut self) {
        for sla in &self.policy.slas {
            let trace = self.clock(sla);
            self.trace.clocks.push(trace);
        }
    }

    fn clock(&mut self, sla: &Sla) -> ClockTrace {
        let targets: Vec<Value> = sla.targets.iter().map(|target| self.optional_condition(target.condition.as_ref())).collect();
        let numbered: Vec<(Value, Value)> =
            targets.iter().enumerate().map(|(index, holds)| (*holds, self.builder.constant(index as i64))).collect();
        let missing = self.builder.missing();
        let target = self.builder.first_match(&numbered, missing);
        let rows = sla.rows().map(|row| match row {
            ClockRow::Starts(moment) | ClockRow::Stops(moment) | ClockRow::Restarts(moment) | ClockRow::PausesAfter(_, moment) => {
                self.moment(moment)
            }
            ClockRow::PausesWhile(_, condition) => Some(self.since_as_of(condition)),
        });
        let rows = rows.collect();
        let conditions = sla.rows().map(|row| asked(&row).map(|condition| self.condition(condition))).collect();
        let asked = if self.policy.clocks_ask_for_owners() { self.policy.holder_count() } else { 0 };
        let owners = (0..asked).map(|route| self.current_owner(route)).collect();
        ClockTrace { targets, target, rows, conditions, owners }
    }

    /// Since when it is so; none for a signal, which the program does not see.
    fn moment(&mut self, moment: &Moment) -> Option<Value> {
        match moment {
            Moment::Entering { stage, condition } => Some(self.entered(*stage, condition.as_ref())),
            Moment::Leaving { stage, condition } => {
                let leaving = self.leaving(*stage);
                let condition = self.optional_condition(condition.as_ref());
                let holds = self.builder.and(leaving, condition);
                Some(self.as_of_if(holds))
            }
            Moment::When(condition) => Some(self.since_as_of(condition)),
            Moment::On { .. } => None,
        }
    }

    /// As-of if this evaluation's transition goes to the stage, `stage_since` if the lead was in it before.
    fn entered(&mut self, stage: StageId, condition: Option<&Expr>) -> Value {
        let before = self.stage_before();
        let was_in = self.builder.equals(before, stage as i64);
        let (since, as_of) = (self.stage_since(), self.builder.parameter(Parameter::AsOf));
        let since = self.builder.op(Op::Else(since, as_of));
        let entering = self.entering(stage);
        let at_as_of = self.as_of_if(entering);
        let entered = self.builder.select(was_in, since, at_as_of);
        let (condition, missing) = (self.optional_condition(condition), self.builder.missing());
        self.builder.select(condition, entered, missing)
    }

    fn since_as_of(&mut self, condition: &Expr) -> Value {
        let holds = self.condition(condition);
        self.as_of_if(holds)
    }

    fn as_of_if(&mut self, holds: Value) -> Value {
        let (as_of, missing) = (self.builder.parameter(Parameter::AsOf), self.builder.missing());
        self.builder.select(holds, as_of, missing)
    }
}

/// What a row asks with `when` behind `entering` or `leaving`.
fn asked<'e>(row: &ClockRow<'e>) -> Option<&'e Expr> {
    match row.moment()? {
        Moment::Entering { condition, .. } | Moment::Leaving { condition, .. } => condition.as_ref(),
        Moment::When(_) | Moment::On { .. } => None,
    }
}
