//! `two-accountable`: a stage with two accountable teams.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::RaciRole;

pub const RULE: Rule = Rule {
    name: "two-accountable",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a stage with two accountable teams",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/two-accountable.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, stage) in context.stages() {
        let accountable: Vec<_> =
            stage.raci.iter().filter(|raci| raci.role == RaciRole::Accountable).flat_map(|raci| &raci.teams).collect();
        if let [first, second, ..] = accountable.as_slice() {
            found.push(
                RULE.finding(format!("{} teams are accountable for the stage `{}`", accountable.len(), stage.name.text))
                    .at(second.span, "a second one")
                    .at(first.span, "the first")
                    .help("leave one; the others are `responsible` or `consulted`"),
            );
        }
    }
}
