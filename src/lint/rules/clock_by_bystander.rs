//! `clock-by-bystander`: a clock on a stage, by a team that neither owns the stage nor is responsible in it.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Moment, RaciRole, SlaKind, Stage};

pub const RULE: Rule = Rule {
    name: "clock-by-bystander",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a clock is held by a team that has no part in its stage",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/clock-by-bystander.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let stages: FxHashMap<&str, &Stage> = context.stages().map(|(_, stage)| (stage.name.text.as_str(), stage)).collect();
    for (_, sla) in context.slas() {
        let entered = sla.rows.iter().find_map(|row| match &row.kind {
            SlaKind::Starts(Moment::WhenEntering(stage)) => Some(stage),
            SlaKind::Starts(Moment::WhenLeaving(_) | Moment::When(_) | Moment::On { .. })
            | SlaKind::Stops(_)
            | SlaKind::Restarts(_)
            | SlaKind::Pauses { .. }
            | SlaKind::Within { .. }
            | SlaKind::By(_)
            | SlaKind::Remind { .. }
            | SlaKind::Breach { .. }
            | SlaKind::Escalate(_) => None,
        });
        let (Some(by), Some(entered)) = (sla.team(), entered) else { continue };
        let Some(stage) = stages.get(entered.text.as_str()) else { continue };
        if !takes_part(stage, &by.text) {
            found.push(
                RULE.finding(format!("`{}` is held to the clock `{}` and has no part in `{}`", by.text, sla.name.text, entered.text))
                    .at(by.span, "neither owns the stage nor is responsible in it")
                    .at(stage.name.span, "the stage in which the clock runs")
                    .help("name the team as `responsible` in the stage, or hold the stage's owner to the clock"),
            );
        }
    }
}

fn takes_part(stage: &Stage, team: &str) -> bool {
    let working = stage.raci.iter().filter(|raci| match raci.role {
        RaciRole::Accountable | RaciRole::Responsible => true,
        RaciRole::Consulted | RaciRole::Informed => false,
    });
    stage.owner.iter().chain(working.flat_map(|raci| &raci.teams)).any(|name| name.text == team)
}
