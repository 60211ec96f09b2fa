//! `redundant-raci-role`: a team that is listed twice in the RACI of a stage.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Name, RaciRole};

pub const RULE: Rule = Rule {
    name: "redundant-raci-role",
    group: Group::Style,
    level: Level::Warning,
    summary: "a team has two roles in a stage of which one says it all",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/redundant-raci-role.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, stage) in context.stages() {
        let listed: Vec<(RaciRole, &Name)> = stage.raci.iter().flat_map(|raci| raci.teams.iter().map(|team| (raci.role, team))).collect();
        for (index, (role, team)) in listed.iter().enumerate() {
            let first = listed[..index].iter().find(|(other, before)| before.text == team.text && !go_together(*other, *role));
            if let Some((_, first)) = first {
                found.push(
                    RULE.finding(format!("`{}` is listed twice in the stage `{}`", team.text, stage.name.text))
                        .at(team.span, "again")
                        .at(first.span, "first here")
                        .help("who is accountable or responsible is asked and told anyway: leave the weaker role out"),
                );
            }
        }
    }
}

/// One team may both do the work and answer for it.
fn go_together(first: RaciRole, second: RaciRole) -> bool {
    match (first, second) {
        (RaciRole::Accountable, RaciRole::Responsible) | (RaciRole::Responsible, RaciRole::Accountable) => true,
        (RaciRole::Accountable | RaciRole::Responsible | RaciRole::Consulted | RaciRole::Informed, _) => false,
    }
}
