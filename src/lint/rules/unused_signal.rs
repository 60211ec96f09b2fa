//! `unused-signal`: a kind of signal that no measure, flow row, clock or points row counts.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-signal",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a signal that nothing counts or waits for",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/unused-signal.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    let grouped: rustc_hash::FxHashSet<&str> =
        context.groups().flat_map(|(_, group)| &group.members).map(|member| member.text.as_str()).collect();
    let given: rustc_hash::FxHashSet<&str> =
        context.tests().flat_map(|(_, test)| &test.signals).map(|given| given.signal.text.as_str()).collect();
    for (item, signal) in context.signals() {
        let name = signal.name.text.as_str();
        if uses.signals.contains(name) {
            continue;
        }
        let diagnostic = RULE
            .finding(format!("nothing counts the signal `{name}`"))
            .at(signal.name.span, "no measure, flow row, clock or points row names it");
        found.push(if grouped.contains(name) || given.contains(name) {
            diagnostic
        } else {
            diagnostic.fix(format!("remove `{name}`"), Applicability::Unsafe, vec![context.without_item(item)])
        });
    }
}
