//! What tests can reach: the places of a policy.
//!
//! Enters: a checked policy. Leaves: its [`Place`]s in the order of the text. Always holds: every place stands for one thing that the evaluation of a lead
//! does or does not do, which the interpreter's trace shows; [`Key`]s are distinct. docs/test.md says in the user's words what reaches each.

use crate::model::{ClockState, Decide, DecideBody, Flow, FlowRow, Policy, Route, Score, Section, Sla, Trigger, Type};
use crate::record::reader::phrase;
use crate::source::{Sources, Span};

/// One thing that a test can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub key: Key,
    /// `score readiness`, `flow`
    pub part: String,
    /// what is reached there: `beds: 500 or more`, `adjust -25 when careers_views >= 3: does not apply`
    pub what: String,
    pub span: Span,
}

/// Which one, by the numbers of the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// a condition with a name holds, or does not
    Let {
        index: usize,
        holds: bool,
    },
    Persona {
        score: usize,
        persona: usize,
    },
    /// the row gives the attribute's points
    Band {
        score: usize,
        persona: usize,
        section: usize,
        attribute: usize,
        row: usize,
    },
    Points {
        score: usize,
        persona: usize,
        section: usize,
        row: usize,
        gives: bool,
    },
    Adjust {
        score: usize,
        index: usize,
        applies: bool,
    },
    /// the first row that applies
    DecideRow {
        decide: usize,
        row: usize,
    },
    GridCell {
        decide: usize,
        row: usize,
        column: usize,
    },
    /// the row moved the lead; numbered through all flows
    FlowRow {
        number: usize,
    },
    /// the route's own `when`
    RouteWhen {
        route: usize,
        holds: bool,
    },
    RouteRow {
        route: usize,
        row: usize,
    },
    /// a clock that was started counts by this row
    Target {
        sla: usize,
        target: usize,
    },
    State {
        sla: usize,
        /// its number
        state: usize,
    },
}

/// Every place of the policy, by its line.
pub fn places(policy: &Policy, sources: &Sources) -> Vec<Place> {
    let mut list = List { sources, places: Vec::new() };
    for (index, one) in policy.lets.iter().enumerate().filter(|(_, one)| one.value.ty == Type::YesNo) {
        for holds in [true, false] {
            let what = if holds { "yes" } else { "no" };
            list.add(Key::Let { index, holds }, format!("let {}", one.name), what.to_owned(), one.value.span);
        }
    }
    policy.scores.iter().enumerate().for_each(|(index, score)| list.score(index, score));
    policy.decides.iter().enumerate().for_each(|(index, decide)| list.decide(policy, index, decide));
    list.flows(policy);
    policy.routes.iter().enumerate().for_each(|(index, route)| list.route(index, route));
    policy.slas.iter().enumerate().for_each(|(index, sla)| list.clock(index, sla));
    let mut places = list.places;
    places.sort_by_key(|place| (place.span.source, place.span.start));
    places
}

struct List<'a> {
    sources: &'a Sources,
    places: Vec<Place>,
}

impl List<'_> {
    fn add(&mut self, key: Key, part: String, what: String, span: Span) {
        self.places.push(Place { key, part, what, span });
    }

    fn phrase(&self, span: Span) -> String {
        phrase(self.sources.text(span))
    }

    /// A row without its reason.
    fn row(&self, span: Span) -> String {
        let text = self.phrase(span);
        text.split_once(" because \"").map_or(text.as_str(), |(row, _)| row).to_owned()
    }

    fn score(&mut self, score_index: usize, score: &Score) {
        let part = || format!("score {}", score.name);
        let has_models = score.personas.len() > 1 || score.personas.iter().any(|persona| persona.condition.is_some());
        for (persona_index, persona) in score.personas.iter().enumerate() {
            let condition = persona.condition.as_ref().map(|condition| self.phrase(condition.span));
            let model = condition.map_or_else(|| "otherwise".to_owned(), |condition| format!("for {condition}"));
            if has_models {
                let key = Key::Persona { score: score_index, persona: persona_index };
                self.add(key, part(), model.clone(), persona.span);
            }
            let of = if has_models { format!("{model}, ") } else { String::new() };
            for (section_index, section) in persona.sections.iter().enumerate() {
                self.section((score_index, persona_index, section_index), score, section, &of);
            }
        }
        for (index, adjust) in score.adjusts.iter().enumerate() {
            let text = format!("adjust {} when {}", adjust.points, self.phrase(adjust.condition.span));
            for applies in [true, false] {
                let what = if applies { text.clone() } else { format!("{text}: not applied") };
                self.add(Key::Adjust { score: score_index, index, applies }, part(), what, adjust.span);
            }
        }
    }

    fn section(&mut self, (score_index, persona, section_index): (usize, usize, usize), score: &Score, section: &Section, of: &str) {
        let part = || format!("score {}", score.name);
        for (attribute_index, attribute) in section.attributes.iter().enumerate() {
            for (row_index, row) in attribute.rows.iter().enumerate() {
                let key = Key::Band { score: score_index, persona, section: section_index, attribute: attribute_index, row: row_index };
                self.add(key, part(), format!("{of}{}: {}", attribute.name, row.text), row.span);
            }
        }
        for (row_index, row) in section.points.iter().enumerate() {
            let text = self.row(row.span);
            for gives in [true, false] {
                let key = Key::Points { score: score_index, persona, section: section_index, row: row_index, gives };
                let what = if gives { format!("{of}{text}") } else { format!("{of}{text}: not given") };
                self.add(key, part(), what, row.span);
            }
        }
    }

    fn decide(&mut self, policy: &Policy, decide_index: usize, decide: &Decide) {
        let members = policy.choices.get(decide.choices).map(|choices| choices.members.as_slice()).unwrap_or_default();
        let name_of = |outcome: usize| members.get(outcome).map(|member| member.name.clone()).unwrap_or_default();
        match &decide.body {
            DecideBody::Rows(rows) => {
                for (row_index, row) in rows.iter().enumerate() {
                    let guard =
                        row.condition.as_ref().map_or("otherwise".to_owned(), |condition| format!("when {}", self.phrase(condition.span)));
                    let what = format!("{} {guard}", name_of(row.outcome));
                    self.add(Key::DecideRow { decide: decide_index, row: row_index }, format!("decide {}", decide.name), what, row.span);
                }
            }
            DecideBody::Grid(grid) => {
                for (row_index, (edge, outcomes)) in grid.rows.iter().enumerate() {
                    for (column_index, (column, outcome)) in grid.columns.iter().zip(outcomes).enumerate() {
                        let key = Key::GridCell { decide: decide_index, row: row_index, column: column_index };
                        let what = format!("{}: {} by {}", name_of(*outcome), edge.text, column.text);
                        self.add(key, format!("grid {}", decide.name), what, edge.span);
                    }
                }
            }
        }
    }

    fn flows(&mut self, policy: &Policy) {
        let mut number = 0;
        for flow in &policy.flows {
            for row in &flow.rows {
                let what = self.flow_row(row);
                self.add(Key::FlowRow { number }, flow_name(flow), what, row.span);
                number += 1;
            }
        }
    }

    fn flow_row(&self, row: &FlowRow) -> String {
        // what is behind the trigger (`recycle`, `because`) sets no two rows apart
        let end = match &row.trigger {
            Trigger::When(condition) => condition.span,
            Trigger::On { happened: measure, when, .. } | Trigger::After { waited: measure, when, .. } => {
                when.as_ref().map_or(measure.span, |when| when.span)
            }
            Trigger::Broken => row.span,
        };
        self.phrase(Span { end: end.end.max(row.span.start), ..row.span })
    }

    fn route(&mut self, route_index: usize, route: &Route) {
        let part = || format!("route {}", route.name);
        if let Some(condition) = &route.condition {
            let text = self.phrase(condition.span);
            for holds in [true, false] {
                let what = if holds { format!("when {text}") } else { format!("when {text}: not asked") };
                self.add(Key::RouteWhen { route: route_index, holds }, part(), what, route.span);
            }
        }
        for (row_index, row) in route.rows.iter().enumerate() {
            let what = self.row(row.span);
            self.add(Key::RouteRow { route: route_index, row: row_index }, part(), what, row.span);
        }
    }

    fn clock(&mut self, sla_index: usize, sla: &Sla) {
        let part = || format!("sla {}", sla.name);
        for (target_index, target) in sla.targets.iter().enumerate() {
            let guard = target.condition.as_ref().map(|condition| format!(" when {}", self.phrase(condition.span)));
            let what = format!("within {}{}", target.text, guard.unwrap_or_else(|| " otherwise".to_owned()));
            self.add(Key::Target { sla: sla_index, target: target_index }, part(), what, target.span);
        }
        let can_be = |state: ClockState| match state {
            ClockState::Running | ClockState::Breached => true,
            ClockState::Paused => !sla.pauses.is_empty(),
            ClockState::Met | ClockState::Missed => !sla.stops.is_empty(),
        };
        for state in ClockState::ALL.into_iter().filter(|state| can_be(*state)) {
            self.add(Key::State { sla: sla_index, state: state as usize }, part(), state.name().to_owned(), sla.span);
        }
    }
}

fn flow_name(flow: &Flow) -> String {
    flow.name.as_ref().map_or("flow".to_owned(), |name| format!("flow {name}"))
}
