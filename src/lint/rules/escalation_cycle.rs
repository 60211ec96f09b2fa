//! `escalation-cycle`: an escalation comes back to where it has been.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::Name;
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
        let steps = sla.escalations().flatten().map(|(name, _)| name);
        // a first step to the clock's own team goes nowhere else: that is `self-escalation`
        let mut seen: FxHashMap<&str, &Name> = FxHashMap::default();
        for (index, step) in steps.enumerate() {
            if index == 1 {
                seen.extend(sla.team().map(|name| (name.text.as_str(), name)));
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
