//! `unused-let`: a derived value that no score, condition, route or claim reads.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-let",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a derived value that nothing reads",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-let.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    for (item, part) in context.lets().filter(|(_, part)| !uses.values.contains(part.name.text.as_str())) {
        let name = &part.name.text;
        let diagnostic = RULE.finding(format!("nothing reads `{name}`")).at(part.name.span, "no score, condition, route or claim needs it");
        // a test that expects it would no longer check
        found.push(if uses.expected.contains(name.as_str()) {
            diagnostic.help("only a test does")
        } else {
            diagnostic.fix(format!("remove `{name}`"), Applicability::Unsafe, vec![context.without_item(item)])
        });
    }
}
