//! What is asked of stages, routes and clocks.

use super::{Asked, Asking, Kind, Row};
use crate::model::{Moment, Policy, RouteRow, RouteTarget, Since, Subject, Trigger};
use crate::program::Value;
use crate::proof::{Condition, Possible};

impl Asking<'_, '_> {
    pub fn flows(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        let stage_name = |stage: usize| policy.stages.get(stage).map_or("", |stage| stage.name.as_str());
        let mut rows: Vec<Row> = Vec::new();
        for (flow, applies) in policy.flows.iter().zip(&lowered.trace.flows) {
            for (row, condition) in flow.rows.iter().zip(applies) {
                let from: Vec<&str> = row.from.iter().map(|stage| stage_name(*stage)).collect();
                let from = if from.len() == 1 { from[0].to_string() } else { "several".into() };
                let what = format!("the way `{from} -> {}`", stage_name(row.to));
                rows.push(Row { what, condition: *condition, asked: Asked::Row, span: row.span });
            }
        }
        let can_move = self.first_match(&rows);
        self.stages(&can_move);
        self.round_trips(&rows, &can_move);
        self.rounds(&rows, &can_move);
        self.of_two_flows(&rows);
    }

    fn stages(&mut self, can_move: &[bool]) {
        let policy = self.prover.policy();
        let Some(start) = policy.start_stage.filter(|_| !policy.flows.is_empty()) else { return };
        let ways: Vec<(&crate::model::FlowRow, bool)> =
            policy.flows.iter().flat_map(|flow| &flow.rows).zip(can_move.iter().copied()).collect();
        let mut reached = vec![false; policy.stages.len()];
        reached[start] = true;
        loop {
            let next = ways.iter().find(|(row, moves)| *moves && !reached[row.to] && row.from.iter().any(|stage| reached[*stage]));
            match next {
                Some((row, _)) => reached[row.to] = true,
                None => break,
            }
        }
        for (number, stage) in policy.stages.iter().enumerate() {
            let what = format!("`{}`", stage.name);
            if !reached[number] {
                self.find(Kind::StageNeverEntered, what, stage.span, Vec::new());
            } else if !stage.is_final && !ways.iter().any(|(row, moves)| *moves && row.from.contains(&number)) {
                self.find(Kind::StageNeverLeft, what, stage.span, Vec::new());
            }
        }
    }

    /// Leads that one row moves on and another back, though nothing has changed.
    fn round_trips(&mut self, rows: &[Row], can_move: &[bool]) {
        let policy = self.prover.policy();
        let conditions: Vec<Value> = rows.iter().map(|row| row.condition).collect();
        let ways: Vec<&crate::model::FlowRow> = policy.flows.iter().flat_map(|flow| &flow.rows).collect();
        for (there, way) in ways.iter().enumerate() {
            for (back, return_way) in ways.iter().enumerate() {
                let returns = |from: &[usize], to: usize| from.contains(&to);
                let is_pair = returns(&return_way.from, way.to) && returns(&way.from, return_way.to) && return_way.to < way.to;
                let immediate = [way, return_way].iter().all(|way| matches!(way.trigger, Trigger::When(_)) && way.rest.is_none());
                if !is_pair || !immediate || !can_move[there] || !can_move[back] {
                    continue;
                }
                if self.moving_changes_measures() {
                    self.findings.undecided += 1;
                    continue;
                }
                self.findings.asked += 1;
                let (first, second) = (Condition::first(&conditions, there), Condition::first(&conditions, back));
                match self.prover.possible_in_stages(&[(first, return_way.to), (second, way.to)]) {
                    Possible::Never => {}
                    Possible::Undecided(_) => self.findings.undecided += 1,
                    Possible::Yes(witness) => {
                        let what = rows[there].what.clone();
                        let finding = super::Finding {
                            kind: Kind::PingPong,
                            what,
                            span: rows[there].span,
                            because_of: vec![rows[back].span],
                            witness: Some(witness),
                        };
                        self.findings.all.push(finding);
                    }
                }
            }
        }
    }

    /// Whether moving can change what rows look at: a measure that starts anew with a stage, or that counts stages, is another one after the move.
    pub fn moving_changes_measures(&self) -> bool {
        let policy = self.prover.policy();
        let by_measures = policy.measures.iter().any(|measure| {
            matches!(measure.since, Some(Since::Entering(_) | Since::Stay))
                || matches!(measure.subject, Subject::Entering(_) | Subject::Leaving(_) | Subject::Stage(_))
        });
        by_measures || !policy.forgets.is_empty()
    }

    pub fn routes(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (route, trace) in policy.routes.iter().zip(&lowered.trace.routes) {
            if route.choice.is_some() {
                continue;
            }
            let in_force: Vec<Condition> = trace.condition.map(Condition::Holds).into_iter().collect();
            if let (Some(condition), [holds]) = (&route.condition, &in_force[..])
                && self.never(holds)
            {
                self.find_unless_out_of_reach(Kind::RouteNeverMet, format!("`{}`", route.name), condition.span);
                continue;
            }
            for (index, row) in route.rows.iter().enumerate() {
                let kind = match asked(policy, row) {
                    Asked::Nothing => continue,
                    Asked::Row => Kind::NeverFirst,
                    Asked::Otherwise => Kind::OtherwiseNever,
                };
                let what = format!("row `{}` of `{}`", row.text, route.name);
                let with = |condition: Condition| Condition::All(in_force.iter().cloned().chain([condition]).collect());
                if !self.never(&with(Condition::first(&trace.rows, index))) {
                    continue;
                }
                if self.never(&with(Condition::Holds(trace.rows[index]))) {
                    self.never_holds(what, row.span);
                } else {
                    let covering = self.covering(&trace.rows, index);
                    let covering = covering.into_iter().map(|row| route.rows[row].span).collect();
                    self.never_left(kind, what, row.span, covering);
                }
            }
        }
    }

    /// A clock starts with a target that applies at that moment, or not at all.
    pub fn clocks(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        let moved = lowered.trace.moved_by.zip(lowered.trace.stage_after);
        for (clock, trace) in policy.slas.iter().zip(&lowered.trace.clocks) {
            let has_target = Condition::Is(trace.target, None).negated();
            let mut starts = false;
            for (moment, row) in clock.starts.iter().zip(&trace.rows) {
                let mut so = vec![has_target.clone()];
                so.extend(row.map(|since| Condition::Is(since, None).negated()));
                if let (Moment::Entering { stage, .. }, Some((moved_by, stage_after))) = (moment, moved) {
                    so.extend([Condition::Is(moved_by, None).negated(), Condition::Is(stage_after, Some(*stage as i64))]);
                }
                starts = starts || !self.never(&Condition::All(so));
            }
            if !starts {
                self.find(Kind::ClockNeverStarts, format!("`{}`", clock.name), clock.span, Vec::new());
            }
        }
    }
}

fn asked(policy: &Policy, row: &RouteRow) -> Asked {
    match (&row.condition, &row.target) {
        (Some(_), _) | (None, RouteTarget::By(_) | RouteTarget::KeepOwner) => Asked::Row,
        (None, RouteTarget::Queue(queue)) => {
            let gives = |row: &&RouteRow| match &row.target {
                RouteTarget::Queue(other) => other == queue,
                RouteTarget::By(_) => true,
                RouteTarget::KeepOwner => false,
            };
            let giving = policy.routes.iter().flat_map(|route| &route.rows).filter(gives).count();
            if giving > 1 { Asked::Nothing } else { Asked::Otherwise }
        }
    }
}
