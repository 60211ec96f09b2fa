//! `unused-table`: a table that nothing looks anything up in.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-table",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a table that nothing looks anything up in",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-table.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    for (item, part) in context.tables().filter(|(_, part)| !uses.tables.contains(part.name.text.as_str())) {
        let name = &part.name.text;
        found.push(
            RULE.finding(format!("nothing looks anything up in the table `{name}`"))
                .at(part.name.span, "no look-up and no rotation names it")
                .fix(format!("remove `{name}`"), Applicability::Unsafe, vec![context.without_item(item)]),
        );
    }
}
