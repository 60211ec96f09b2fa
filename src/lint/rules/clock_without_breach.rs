//! `clock-without-breach`: a clock whose end nobody hears of.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "clock-without-breach",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a clock runs out and nothing happens",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/clock-without-breach.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, sla) in context.slas() {
        let acts = sla.breach_actions().next().is_some() || sla.escalations().next().is_some();
        if !acts {
            found.push(
                RULE.finding(format!("nothing happens when the clock `{}` runs out", sla.name.text))
                    .at(sla.name.span, "no `breach` and no `escalate` row")
                    .help("say who is told: `breach notify TEAM`"),
            );
        }
    }
}
