//! The stage log: a row for each step of each lead.
//!
//! Always holds: a lead's steps stand in the order in which it took them, the first without `from` and rule; `score --stage-log` reads the file again.

use super::log_file::{LogColumns, LogRows, answer};
use crate::batch::answers::{Answer, AnswerKind};
use crate::calendar::Zone;
use crate::column::Width;
use crate::history::replay::{Course, Step};
use crate::model::{ChoicesId, Policy};

/// Names of the columns that every stage log has.
const TEXTS: [&str; 2] = ["lead", "reason"];

pub fn columns(policy: &Policy, rules: &[String], zone: &Zone) -> LogColumns {
    let choice = |choices: Option<ChoicesId>| {
        let members = choices.and_then(|choices| policy.choices.get(choices)).map(|choices| choices.members.as_slice());
        AnswerKind::Choice(members.unwrap_or_default().iter().map(|member| member.name.clone()).collect())
    };
    let names = |names: &mut dyn Iterator<Item = String>| AnswerKind::Choice(names.collect());
    let mut answers: Vec<Answer> = vec![
        answer("from", choice(policy.stage_choices), true),
        answer("to", choice(policy.stage_choices), false),
        answer("at", AnswerKind::Time(zone.clone()), false),
        answer("rule", names(&mut rules.iter().cloned()), true),
        answer("forget", names(&mut policy.forgets.iter().map(|forget| forget.section.clone())), true),
        answer("rest_until", AnswerKind::Time(zone.clone()), true),
        answer("signals_before", AnswerKind::Number { scale: 0, width: Width::I64 }, true),
        answer("team", names(&mut teams(policy).into_iter().map(str::to_owned)), true),
    ];
    for route in &policy.routes {
        answers.push(answer(route.name.clone(), choice(policy.queue_choices), true));
        answers.push(answer(format!("{}.owner", route.name), choice(policy.owner_choices), true));
    }
    LogColumns { texts: TEXTS.to_vec(), answers }
}

/// The owners of stages, each once.
fn teams(policy: &Policy) -> Vec<&str> {
    let mut teams: Vec<&str> = Vec::new();
    for owner in policy.stages.iter().filter_map(|stage| stage.owner.as_deref()) {
        if !teams.contains(&owner) {
            teams.push(owner);
        }
    }
    teams
}

/// Writes the rows of one lead.
pub struct StageLog<'p> {
    policy: &'p Policy,
    /// per stage: its owner's number among the owners
    teams: Vec<Option<i64>>,
    /// per row through all flows: what it forgets
    forgets: Vec<Option<i64>>,
    values: Vec<Option<i64>>,
}

impl<'p> StageLog<'p> {
    pub fn new(policy: &'p Policy) -> StageLog<'p> {
        let teams = teams(policy);
        let team = |owner: &Option<String>| number(teams.iter().position(|team| Some(*team) == owner.as_deref()));
        StageLog {
            policy,
            teams: policy.stages.iter().map(|stage| team(&stage.owner)).collect(),
            forgets: policy.flows.iter().flat_map(|flow| &flow.rows).map(|row| number(row.forget)).collect(),
            values: Vec::new(),
        }
    }

    /// `signals` are the instants of the lead's signals.
    pub fn push(&mut self, key: &str, step: &Step, reason: &str, signals: &[i64], rows: &mut LogRows) {
        let team = self.teams.get(step.to).copied().flatten();
        let forget = step.row.and_then(|row| self.forgets.get(row).copied().flatten());
        self.values.clear();
        let before = number(Course::signals_before(step, signals));
        self.values.extend([
            number(step.from),
            number(Some(step.to)),
            Some(step.at),
            number(step.row),
            forget,
            step.rest_until,
            before,
            team,
        ]);
        for route in 0..self.policy.routes.len() {
            let given = step.given.get(route).copied().unwrap_or_default();
            self.values.extend([number(given.queue), number(given.owner)]);
        }
        rows.push(&[key, reason], &self.values);
    }
}

fn number(index: Option<usize>) -> Option<i64> {
    index.and_then(|index| i64::try_from(index).ok())
}
