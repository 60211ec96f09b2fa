//! `escalation-cycle`: an escalation comes back to where it has been.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Name, SlaKind};
use rustc_hash::FxHashMap;

pub const RULE: Rule = Rule {
    name: "escalation-cycle",
    group: Group::Correctness,
    level: Level::Warning,
    summary: "an escalation comes back to where it has been",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/escalation-cycle.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, sla) in context.slas() {
        let by = sla.rows.iter().find_map(|row| match &row.kind {
            SlaKind::By(name) => Some(name),
            _ => None,
        });
        let steps: Vec<&Name> = sla
            .rows
            .iter()
            .flat_map(|row| match &row.kind {
                SlaKind::Escalate(steps) => steps.iter().map(|(name, _)| name).collect(),
                _ => Vec::new(),
            })
            .collect();
        // a first step to the clock's own team goes nowhere else: that is `self-escalation`
        let mut seen: FxHashMap<&str, &Name> = FxHashMap::default();
        for (index, step) in steps.into_iter().enumerate() {
            if index == 1 {
                seen.extend(by.map(|name| (name.text.as_str(), name)));
            }
            match seen.get(step.text.as_str()) {
                Some(before) => found.push(
                    RULE.finding(format!("the clock `{}` escalates to `{}`, who has had it", sla.name.text, step.text))
                        .at(step.span, "once more")
                        .at(before.span, "here already")
                        .help("each step goes to somebody who has not been told yet"),
                ),
                None => drop(seen.insert(&step.text, step)),
            }
        }
    }
}
