//! What it takes a lead to get somewhere, for the people who work with it.
//!
//! Enters: a policy, a lead, goals. Leaves: why it is not there, and the cheapest changes that take it there, in the policy's words. Always holds: what is shown after the changes is what
//! the interpreter gave for the lead with them.

use serde::Serialize;

use super::Policy;
use super::explain::{ExplainError, named, with_reader};
use super::explanation::{Fact, Named, RowExplained};
use super::goal::Goal;
use super::why_goal::{no_row, why_not_there};
use crate::model::{self, Effort, Event, Type};
use crate::proof::as_test::answers;
use crate::proof::{Condition, Prover, Reach, Way};
use crate::record::show::Show;
use crate::record::{self, Lead};

/// Goals of one lead. In JSON every value is a text, as it would stand in a scored file; a missing one is `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReachExplained {
    pub policy: Named,
    /// as written
    pub key: Option<String>,
    /// local time in `timezone`
    pub as_of: String,
    pub timezone: String,
    pub goals: Vec<GoalExplained>,
    /// none if it was not asked for
    #[serde(flatten)]
    pub found: Option<Found>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GoalExplained {
    /// `status is qualified`
    pub goal: String,
    pub holds: bool,
    /// of a queue, of each route that may give it
    pub now: Vec<Fact>,
    /// where no row says it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// rows that would take the lead there, and the one that decided
    pub why_not: Vec<RowExplained>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Found {
    /// it is there
    Already,
    Reached {
        way: WayExplained,
    },
    /// proved: nothing that may change takes it there
    Never,
    Undecided {
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WayExplained {
    pub cost: u64,
    /// proved: no way costs less
    pub at_least: u64,
    pub fields: Vec<FieldChange>,
    pub signals: Vec<SignalAdded>,
    /// answers that become others
    pub answers: Vec<FieldChange>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    #[serde(flatten)]
    pub name: Named,
    /// none is missing
    pub from: Option<String>,
    pub to: Option<String>,
    /// none for an answer
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignalAdded {
    #[serde(flatten)]
    pub name: Named,
    /// local time
    pub at: String,
    pub properties: Vec<Fact>,
    pub cost: u64,
}

impl Policy {
    /// What `text` says of this policy; a sentence if it makes no sense.
    pub fn goal(&self, text: &str) -> Result<Goal, String> {
        super::goal::goal(self.model(), self.plain(), text)
    }

    /// Why a lead is not where all goals are met, and no more.
    pub fn why_not(&self, lead: &Lead, as_of: i64, goals: &[Goal]) -> Result<ReachExplained, ExplainError> {
        let policy = self.model();
        let seen = self.histories.seen(policy, lead, as_of)?;
        let explained = with_reader(policy, self.sources(), &self.histories, self.plain(), lead, as_of, |reader| {
            let goals = goals.iter().map(|goal| {
                let holds = goal.condition.holds(reader.values);
                let now = goal.values.iter().zip(names(policy, goal)).map(|(value, name)| Fact {
                    name,
                    value: reader.at(*value).map(|value| reader.show.integer(goal.ty, value)),
                    definition: None,
                });
                let why_not = if holds { Vec::new() } else { why_not_there(reader, goal, &seen, as_of) };
                let note = if holds { None } else { no_row(reader, goal, &why_not) };
                GoalExplained { goal: goal.text.clone(), holds, now: now.collect(), note, why_not }
            });
            ReachExplained {
                policy: named(&policy.name, &policy.display),
                key: record::key_text(policy, reader.show.zone, lead),
                as_of: reader.show.time(as_of),
                timezone: policy.timezone.clone(),
                goals: goals.collect(),
                found: None,
            }
        });
        Ok(explained?)
    }

    /// The cheapest changes with which all goals are met; `budget` is in steps.
    pub fn reach(&self, lead: &Lead, as_of: i64, goals: &[Goal], budget: u64) -> Result<ReachExplained, ExplainError> {
        let mut explained = self.why_not(lead, as_of, goals)?;
        let (policy, plain) = (self.model(), self.plain());
        let mut prover = Prover::new(policy, plain);
        prover.budget = budget;
        let all = Condition::All(goals.iter().map(|goal| goal.condition.clone()).collect());
        let before = prover.replay(lead, as_of).unwrap_or_default();
        explained.found = Some(match prover.reach(&all, lead, as_of) {
            Reach::Already => Found::Already,
            Reach::Never => Found::Never,
            Reach::Undecided(why) => Found::Undecided { reason: why.text().to_owned() },
            Reach::Way(way) => Found::Reached { way: self.way(lead, &way, &before)? },
        });
        Ok(explained)
    }

    fn way(&self, lead: &Lead, way: &Way, before: &[Option<i64>]) -> Result<WayExplained, ExplainError> {
        let policy = self.model();
        let zone = record::zone(policy)?;
        let show = Show { policy, zone: &zone };
        let fields = way.fields.iter().filter_map(|field| {
            let of = policy.fields.get(*field)?;
            let shown = |lead: &Lead| lead.values.get(*field)?.as_ref().map(|value| show.constant(of.ty, value));
            let name = named(&of.name, &of.display);
            Some(FieldChange { name, from: shown(lead), to: shown(&way.lead), cost: Some(cost(of.effort)) })
        });
        let shown = |ty: Type, value: Option<i64>| value.map(|value| show.integer(ty, value));
        let answers = answers(policy, self.plain()).into_iter().filter_map(|answer| {
            let value = |values: &[Option<i64>]| values.get(answer.value.index()).copied().flatten();
            let (from, to) = (value(before), value(&way.values));
            // a lead that does not move is where it was
            let name = named(&answer.path, &None);
            (from != to).then(|| FieldChange { name, from: shown(answer.ty, from), to: shown(answer.ty, to), cost: None })
        });
        Ok(WayExplained {
            cost: way.cost,
            at_least: way.at_least,
            fields: fields.collect(),
            signals: way.signals.iter().filter_map(|event| added(policy, show, event)).collect(),
            answers: answers.collect(),
        })
    }
}

fn cost(effort: Effort) -> u64 {
    match effort {
        Effort::Cost(cost) => u64::from(cost),
        Effort::Fixed => 0,
    }
}

fn added(policy: &model::Policy, show: Show, event: &Event) -> Option<SignalAdded> {
    let signal = policy.signals.get(event.signal)?;
    let properties = signal.properties.iter().zip(&event.values).filter_map(|(property, value)| {
        let value = Some(show.constant(property.ty, value.as_ref()?));
        Some(Fact { name: named(&property.name, &property.display), value, definition: None })
    });
    Some(SignalAdded {
        name: named(&signal.name, &signal.display),
        at: show.time(event.at),
        properties: properties.collect(),
        cost: cost(signal.effort),
    })
}

/// What each value of a goal is called.
fn names(policy: &model::Policy, goal: &Goal) -> Vec<Named> {
    match &goal.of {
        super::goal::Of::Routes(routes) => {
            routes.iter().filter_map(|route| policy.routes.get(*route)).map(|route| named(&route.name, &route.display)).collect()
        }
        super::goal::Of::Decide(_) | super::goal::Of::Stage | super::goal::Of::Number => {
            let name = goal.text.split_whitespace().next().unwrap_or_default();
            vec![named(name, &None)]
        }
    }
}
