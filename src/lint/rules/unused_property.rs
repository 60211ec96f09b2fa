//! `unused-property`: a property of a signal that nothing reads.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-property",
    group: Group::Suspicious,
    level: Level::Note,
    summary: "a property of a signal that nothing reads",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unused-property.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let read = &context.uses().properties;
    for (_, signal) in context.signals() {
        for property in
            signal.properties.iter().filter(|property| !read.contains(&(signal.name.text.as_str(), property.name.text.as_str())))
        {
            found.push(
                RULE.finding(format!("nothing reads `{}.{}`", signal.name.text, property.name.text))
                    .at(property.name.span, "no `where`, measure or reason needs it"),
            );
        }
    }
}
