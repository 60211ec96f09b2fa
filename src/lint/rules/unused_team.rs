//! `unused-team`: a team that has no stage, queue, clock or signal.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-team",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a team that has no stage, queue, clock or signal",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-team.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    for (item, part) in context.teams().filter(|(_, part)| !uses.teams.contains(part.name.text.as_str())) {
        let name = &part.name.text;
        found.push(
            RULE.finding(format!("nothing names the team `{name}`"))
                .at(part.name.span, "no stage, queue, clock, promise or signal names it")
                .fix(format!("remove `{name}`"), Applicability::Unsafe, vec![context.without_item(item)]),
        );
    }
}
