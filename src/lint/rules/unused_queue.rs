//! `unused-queue`: a queue into which no route leads.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::Type;

pub const RULE: Rule = Rule {
    name: "unused-queue",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a queue into which no route leads",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-queue.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    // a question about a queue names it as a choice: `territories[state].queue is east`
    let asked = context.policy.tables.iter().flat_map(|table| &table.columns).any(|column| match column.ty {
        Type::OneOf(choices) => context.policy.queue_choices == Some(choices),
        Type::Text | Type::Number { .. } | Type::YesNo | Type::SomeOf(_) | Type::Date | Type::Time => false,
    });
    for (item, queue) in context.queues().filter(|(_, queue)| !uses.queues.contains(queue.name.text.as_str())) {
        let name = &queue.name.text;
        let diagnostic =
            RULE.finding(format!("no route leads into the queue `{name}`")).at(queue.name.span, "no row, table or rotation names it");
        found.push(if asked {
            diagnostic
        } else {
            diagnostic.fix(format!("remove `{name}`"), Applicability::Unsafe, vec![context.without_item(item)])
        });
    }
}
