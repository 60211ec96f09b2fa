//! How a place could be reached.
//!
//! Enters: a [`Key`]. Leaves: bundles of moves that may bring a lead there. Always holds: whether one does, the interpreter says.

use super::histories::given;
use super::moves::{DAY, HOUR, MINUTE, Move};
use super::places::Key;
use super::solve::{Bundle, DEPTH_MAX, Solver, Want, combined};
use crate::model::{ClockState, DecideBody, EventConditionId, Expr, FlowRow, Length, Moment, Pause, RouteTarget, SignalId, Sla, Trigger};

/// How long ago a clock may have started.
const AGES: [i64; 7] = [MINUTE, HOUR, DAY, 4 * DAY, 15 * DAY, 60 * DAY, 400 * DAY];

impl Solver<'_> {
    pub fn plan(&self, key: Key) -> Vec<Bundle> {
        let depth = DEPTH_MAX;
        let policy = self.policy;
        match key {
            Key::Let { index, holds } => policy.lets.get(index).map(|one| self.holds(&one.value, holds)).unwrap_or_default(),
            Key::Persona { score, persona } => self.persona(score, persona),
            Key::Band { score, persona, section, attribute, row } => {
                let sections = policy.scores.get(score).and_then(|score| score.personas.get(persona)).map(|persona| &persona.sections);
                let attribute = sections.and_then(|sections| sections.get(section)).and_then(|section| section.attributes.get(attribute));
                let Some((attribute, row)) = attribute.and_then(|attribute| Some((attribute, attribute.rows.get(row)?))) else {
                    return Vec::new();
                };
                let rows = row.matchers.iter().flat_map(|matcher| self.matches(&attribute.subject, matcher, depth)).collect();
                // the persona's condition may be over the same field, and must hold
                let mut found = combined(&[self.persona(score, persona), rows]);
                found.extend(self.persona(score, persona));
                found
            }
            Key::Points { score, persona, section, row, gives } => {
                let sections = policy.scores.get(score).and_then(|score| score.personas.get(persona)).map(|persona| &persona.sections);
                let row = sections.and_then(|sections| sections.get(section)).and_then(|section| section.points.get(row));
                let rows = row.map(|row| self.points_row(row, gives, depth)).unwrap_or_default();
                combined(&[self.persona(score, persona), rows])
            }
            Key::Adjust { score, index, applies } => {
                let adjust = policy.scores.get(score).and_then(|score| score.adjusts.get(index));
                adjust.map(|adjust| self.holds(&adjust.condition, applies)).unwrap_or_default()
            }
            Key::DecideRow { decide, row } => match policy.decides.get(decide).map(|decide| &decide.body) {
                Some(DecideBody::Rows(rows)) => {
                    let conditions: Vec<Option<&Expr>> = rows.iter().map(|row| row.condition.as_ref()).collect();
                    self.first_match(&conditions, row, depth)
                }
                Some(DecideBody::Grid(_)) | None => Vec::new(),
            },
            Key::GridCell { decide, row, column } => match policy.decides.get(decide).map(|decide| &decide.body) {
                Some(DecideBody::Grid(grid)) => {
                    let (Some((row, _)), Some(column)) = (grid.rows.get(row), grid.columns.get(column)) else { return Vec::new() };
                    let down = self.matches(&grid.rows_of, &row.matcher, depth);
                    let across = self.matches(&grid.columns_of, &column.matcher, depth);
                    let mut found = combined(&[down.clone(), across.clone()]);
                    found.extend(down);
                    found.extend(across);
                    found
                }
                Some(DecideBody::Rows(_)) | None => Vec::new(),
            },
            Key::FlowRow { number } => {
                let row = policy.flows.iter().flat_map(|flow| &flow.rows).nth(number);
                row.map(|row| self.flow_row(row, depth)).unwrap_or_default()
            }
            Key::RouteWhen { route, holds } => {
                let condition = policy.routes.get(route).and_then(|route| route.condition.as_ref());
                condition.map(|condition| self.holds(condition, holds)).unwrap_or_default()
            }
            Key::RouteRow { route, row } => self.route_row(route, row),
            Key::Target { sla, target } => {
                let Some(sla) = policy.slas.get(sla) else { return Vec::new() };
                let conditions: Vec<Option<&Expr>> = sla.targets.iter().map(|target| target.condition.as_ref()).collect();
                let targets = self.first_match(&conditions, target, depth);
                combined(&[targets, self.started(sla, HOUR)])
            }
            Key::State { sla, state } => policy.slas.get(sla).map(|sla| self.clock_state(sla, state)).unwrap_or_default(),
        }
    }

    fn persona(&self, score: usize, persona: usize) -> Vec<Bundle> {
        let Some(score) = self.policy.scores.get(score) else { return Vec::new() };
        let conditions: Vec<Option<&Expr>> = score.personas.iter().map(|persona| persona.condition.as_ref()).collect();
        self.first_match(&conditions, persona, DEPTH_MAX)
    }

    pub fn flow_row(&self, row: &FlowRow, depth: usize) -> Vec<Bundle> {
        let stages: Vec<Bundle> = row.from.iter().take(3).map(|stage| vec![Move::Stage(*stage)]).collect();
        let holds = |condition: &Expr| self.expression(condition, &Want::Truth(true), depth);
        let when = |condition: &Option<Expr>| condition.as_ref().map(holds).unwrap_or_default();
        let parts = match &row.trigger {
            Trigger::When(condition) => vec![self.without_others(row), holds(condition)],
            Trigger::On { signals, condition, when: further, .. } => {
                vec![vec![vec![Move::Since(2 * DAY)]], self.without_others(row), when(further), self.signal(signals, *condition, HOUR)]
            }
            Trigger::After { length, without, when: further, .. } => {
                let long = match length {
                    Length::Days(days) => days.saturating_add(1).saturating_mul(DAY),
                    Length::Elapsed(microseconds) => microseconds.saturating_add(MINUTE),
                };
                vec![
                    self.without_others(row),
                    when(further),
                    vec![vec![Move::Since(long), Move::Signals { of: without.clone(), given: Vec::new() }]],
                ]
            }
            Trigger::Broken => return Vec::new(),
        };
        combined(&[vec![stages], vec![combined(&parts)]].concat())
    }

    /// No signal that other rows of the same stages wait for.
    fn without_others(&self, row: &FlowRow) -> Vec<Bundle> {
        let rows =
            self.policy.flows.iter().flat_map(|flow| &flow.rows).filter(|other| other.from.iter().any(|stage| row.from.contains(stage)));
        let mut of: Vec<SignalId> = rows
            .flat_map(|other| match &other.trigger {
                Trigger::On { signals, .. } => signals.clone(),
                Trigger::When(_) | Trigger::After { .. } | Trigger::Broken => Vec::new(),
            })
            .collect();
        of.sort_unstable();
        of.dedup();
        if of.is_empty() { Vec::new() } else { vec![vec![Move::Signals { of, given: Vec::new() }]] }
    }

    /// One of the signals for which the condition holds, so long ago.
    fn signal(&self, signals: &[SignalId], condition: Option<EventConditionId>, before: i64) -> Vec<Bundle> {
        let condition = condition.and_then(|condition| self.policy.event_conditions.get(condition)).map(|condition| &condition.condition);
        let each = signals.iter().take(3).filter_map(|signal| given(self.policy, *signal, before, condition, None));
        each.map(|given| vec![Move::Signals { of: vec![given.signal], given: vec![given] }]).collect()
    }

    fn route_row(&self, route: usize, row: usize) -> Vec<Bundle> {
        let depth = DEPTH_MAX;
        let Some(route) = self.policy.routes.get(route) else { return Vec::new() };
        let Some(wanted) = route.rows.get(row) else { return Vec::new() };
        let conditions: Vec<Option<&Expr>> = route.rows.iter().map(|row| row.condition.as_ref()).collect();
        let asked = route.condition.as_ref().map(|condition| self.holds(condition, true)).unwrap_or_default();
        let rows = self.first_match(&conditions, row, depth);
        let target = match &wanted.target {
            RouteTarget::By(by) => {
                (0..self.policy.queues.len().min(8)).flat_map(|queue| self.solve(by, &Want::exactly(queue as i64))).collect()
            }
            RouteTarget::KeepOwner => vec![vec![Move::Holder(Some((0, 0)))]],
            RouteTarget::Queue(_) => Vec::new(),
        };
        let mut found = combined(&[asked.clone(), rows.clone(), target.clone()]);
        found.extend(combined(&[rows, asked, target]));
        found
    }

    /// The clock began so long ago.
    fn started(&self, sla: &Sla, before: i64) -> Vec<Bundle> {
        sla.starts.iter().flat_map(|moment| self.moment(moment, before)).collect()
    }

    fn moment(&self, moment: &Moment, before: i64) -> Vec<Bundle> {
        match moment {
            Moment::Entering { stage, condition } => {
                let condition = condition.as_ref().map(|condition| self.holds(condition, true)).unwrap_or_default();
                combined(&[condition, vec![vec![Move::Stage(*stage), Move::Since(before)]]])
            }
            Moment::Leaving { stage, .. } => self.leaving(*stage),
            Moment::When(condition) => self.holds(condition, true),
            Moment::On { signals, condition } => self.signal(signals, *condition, before),
        }
    }

    fn leaving(&self, stage: usize) -> Vec<Bundle> {
        let rows = self.policy.flows.iter().flat_map(|flow| &flow.rows).filter(|row| row.from.contains(&stage));
        rows.take(4).flat_map(|row| self.flow_row(row, DEPTH_MAX)).collect()
    }

    fn clock_state(&self, sla: &Sla, state: usize) -> Vec<Bundle> {
        let Some(state) = ClockState::ALL.get(state) else { return Vec::new() };
        let silent: Vec<Bundle> = {
            let moments = sla.stops.iter().chain(&sla.restarts);
            let of: Vec<SignalId> =
                moments.flat_map(|moment| if let Moment::On { signals, .. } = moment { signals.clone() } else { Vec::new() }).collect();
            if of.is_empty() { Vec::new() } else { vec![vec![Move::Signals { of, given: Vec::new() }]] }
        };
        let at_ages = |further: &dyn Fn(i64) -> Vec<Bundle>| -> Vec<Bundle> {
            AGES.iter().flat_map(|age| combined(&[self.started(sla, *age), silent.clone(), further(*age)])).collect()
        };
        match state {
            ClockState::Running | ClockState::Breached => at_ages(&|_| Vec::new()),
            // soon after the start; or only now
            ClockState::Met => at_ages(&|age| sla.stops.iter().flat_map(|stop| self.moment(stop, age - age / 10)).collect()),
            ClockState::Missed => at_ages(&|_| sla.stops.iter().flat_map(|stop| self.moment(stop, MINUTE / 2)).collect()),
            ClockState::Paused => at_ages(&|age| {
                sla.pauses
                    .iter()
                    .flat_map(|pause| match pause {
                        Pause::While(condition) => self.holds(condition, true),
                        Pause::After { moment, .. } => self.moment(moment, age / 2),
                    })
                    .collect()
            }),
        }
    }
}
