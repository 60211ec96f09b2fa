//! What is asked of stages, routes and clocks.

use super::shared::{name_of, siblings};
use super::{About, Asked, Asking, Finding, Kind, Row, fields_in};
use crate::model::{Moment, Policy, RouteRow, RouteTarget, Sla, Trigger};
use crate::program::{RouteTrace, Value};
use crate::proof::{Condition, Possible};
use crate::source::Span;

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
                rows.push(Row { what, condition: *condition, asked: Asked::Row, same: Vec::new(), span: row.span });
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
                let clocks = policy.slas.iter().filter(|clock| starts_in_one_of(clock, &reached) == Some(number));
                let clocks = clocks.map(|clock| self.heading(clock.span)).collect();
                self.find(Kind::StageNeverEntered, what, stage.span, clocks);
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
                self.findings.asked += 1;
                let (first, second) = (Condition::first(&conditions, there), Condition::first(&conditions, back));
                let possible = self.prover.possible_in_stages(&[(first, return_way.to), (second, way.to)]);
                let (what, span) = (rows[there].what.clone(), rows[there].span);
                let about = About::new(format!("{what} and a way back can both be taken at once"), span);
                self.happens(
                    possible,
                    &about,
                    Finding { kind: Kind::PingPong, what, span, because_of: vec![rows[back].span], witness: None },
                );
            }
        }
    }

    /// Routes `for each` share their text: something is said of it only if it is so for every choice.
    pub fn routes(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        let mut unused: Vec<Span> = Vec::new();
        for siblings in siblings(policy, &lowered.trace) {
            let Some((route, _)) = siblings.first() else { continue };
            let name = name_of(route);
            let in_force = |trace: &RouteTrace| trace.condition.map(Condition::Holds);
            if let Some(condition) = &route.condition
                && let about = About::new(format!("any lead meets the condition of the route `{name}`"), condition.span)
                && siblings.iter().all(|(_, trace)| in_force(trace).is_some_and(|holds| self.never(&holds, &about)))
            {
                self.find_unless_out_of_reach(Kind::RouteNeverMet, format!("`{name}`"), condition.span);
                continue;
            }
            for (index, row) in route.rows.iter().enumerate() {
                let kinds = siblings.iter().filter_map(|(route, _)| route.rows.get(index)).map(|row| asked(policy, row, &unused));
                let kind = match kinds.reduce(|one, other| if one == other { one } else { Asked::Nothing }) {
                    None | Some(Asked::Nothing) => continue,
                    Some(Asked::Row) => Kind::NeverFirst,
                    Some(Asked::Otherwise) => Kind::OtherwiseNever,
                };
                let with =
                    |trace: &RouteTrace, condition: Condition| Condition::All(in_force(trace).into_iter().chain([condition]).collect());
                let what = format!("row `{}` of `{name}`", row.text);
                let about = About::new(format!("any lead is left for {what}"), row.span);
                if !siblings.iter().all(|(_, trace)| self.never(&with(trace, Condition::first(&trace.rows, index)), &about)) {
                    continue;
                }
                unused.push(row.span);
                if siblings.iter().all(|(_, trace)| self.never(&with(trace, Condition::Holds(trace.rows[index])), &about)) {
                    self.never_holds(what, row.span);
                    continue;
                }
                let mut covering: Vec<usize> = siblings.iter().flat_map(|(_, trace)| self.covering(&trace.rows, index)).collect();
                covering.sort_unstable();
                covering.dedup();
                self.find(kind, what, row.span, covering.into_iter().map(|row| route.rows[row].span).collect());
            }
        }
    }

    /// Routes that are in force for leads that none of their rows takes. Of a route without a condition of its own `check` says so without a proof; one `for each` is
    /// in force for whatever the lead has, and its rows say what of that they are for.
    pub fn open_routes(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for (route, trace) in policy.routes.iter().zip(&lowered.trace.routes).filter(|(route, _)| route.choice.is_none()) {
            let (Some(condition), Some(in_force)) = (&route.condition, trace.condition) else { continue };
            let no_row = trace.rows.iter().map(|row| Condition::Holds(*row).negated());
            self.findings.asked += 1;
            let no_queue = Condition::All([Condition::Holds(in_force)].into_iter().chain(no_row).collect());
            let mut possible = self.prover.possible_with_least(&no_queue);
            if let Possible::Yes(witness) = &mut possible {
                // what is asked of is said also where the plainest lead has it
                let rows = route.rows.iter().filter_map(|row| row.condition.as_ref());
                witness.fields.extend(fields_in(&rows.chain([condition]).collect::<Vec<_>>()));
                witness.fields.sort_unstable();
                witness.fields.dedup();
            }
            let (what, span) = (format!("`{}`", route.name), condition.span);
            let about = About::new(format!("the route {what} gives a queue to every lead that it is for"), span);
            self.happens(possible, &about, Finding { kind: Kind::NoQueue, what, span, because_of: Vec::new(), witness: None });
        }
    }

    /// A clock starts with a target that applies at that moment, or not at all. One that waits for stages that no lead gets to has been named with them.
    pub fn clocks(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        let moved = lowered.trace.moved_by.zip(lowered.trace.stage_after);
        for (clock, trace) in policy.slas.iter().zip(&lowered.trace.clocks) {
            let heading = self.heading(clock.span);
            if self.findings.all.iter().any(|found| found.kind == Kind::StageNeverEntered && found.because_of.contains(&heading)) {
                continue;
            }
            let about = About::new(format!("the clock `{}` starts for any lead", clock.name), heading);
            let has_target = Condition::Is(trace.target, None).negated();
            let (mut starts, mut is_by_moves) = (false, false);
            for (moment, row) in clock.starts.iter().zip(&trace.rows) {
                let mut so = vec![has_target.clone()];
                so.extend(row.map(|since| Condition::Is(since, None).negated()));
                if let (Moment::Entering { stage, .. }, Some((moved_by, stage_after))) = (moment, moved) {
                    is_by_moves = true;
                    so.extend([Condition::Is(moved_by, None).negated(), Condition::Is(stage_after, Some(*stage as i64))]);
                }
                starts = starts || !self.never(&Condition::All(so), &about);
            }
            if !starts {
                // a lead may be put into a stage in which the clock runs since it was entered
                let by_file = is_by_moves && !self.never(&has_target, &about);
                let kind = if by_file { Kind::ClockStartsByFile } else { Kind::ClockNeverStarts };
                self.find(kind, format!("`{}`", clock.name), clock.span, Vec::new());
            }
        }
    }
}

/// The first of the stages that no lead gets to, if a clock starts on entering such stages alone.
fn starts_in_one_of(clock: &Sla, reached: &[bool]) -> Option<usize> {
    let stages = clock.starts.iter().map(|moment| match moment {
        Moment::Entering { stage, .. } => Some(*stage).filter(|stage| reached.get(*stage) == Some(&false)),
        Moment::Leaving { .. } | Moment::When(_) | Moment::On { .. } => None,
    });
    stages.collect::<Option<Vec<usize>>>()?.first().copied()
}

/// `unused`: rows before it that no lead gets to, which give nothing.
fn asked(policy: &Policy, row: &RouteRow, unused: &[Span]) -> Asked {
    match (&row.condition, &row.target) {
        (Some(_), _) | (None, RouteTarget::By(_) | RouteTarget::KeepOwner) => Asked::Row,
        (None, RouteTarget::Queue(queue)) => {
            let gives = |row: &&RouteRow| match &row.target {
                RouteTarget::Queue(other) => other == queue,
                RouteTarget::By(_) => true,
                RouteTarget::KeepOwner => false,
            };
            // rows of routes `for each` stand once for all choices
            let mut giving = policy.routes.iter().flat_map(|route| &route.rows).filter(gives).map(|row| row.span);
            if giving.any(|span| span != row.span && !unused.contains(&span)) { Asked::Nothing } else { Asked::Otherwise }
        }
    }
}
