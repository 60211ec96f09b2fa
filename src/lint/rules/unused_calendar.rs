//! `unused-calendar`: a calendar that no team works by.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-calendar",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a calendar that no team works by",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-calendar.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    for (item, part) in context.calendars().filter(|(_, part)| !uses.calendars.contains(part.name.text.as_str())) {
        let name = &part.name.text;
        found.push(RULE.finding(format!("no team works by the calendar `{name}`")).at(part.name.span, "no team is `on` it").fix(
            format!("remove `{name}`"),
            Applicability::Unsafe,
            vec![context.without_item(item)],
        ));
    }
}
