//! `unused-group`: a group of signals that nothing counts.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-group",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a group of signals that nothing counts",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-group.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    for (item, part) in context.groups().filter(|(_, part)| !uses.signals.contains(part.name.text.as_str())) {
        let name = &part.name.text;
        found.push(
            RULE.finding(format!("nothing counts the group `{name}`")).at(part.name.span, "no measure, flow row or clock names it").fix(
                format!("remove `{name}`"),
                Applicability::Unsafe,
                vec![context.without_item(item)],
            ),
        );
    }
}
