//! `self-escalation`: a clock whose breach tells nobody but its own team.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{BreachAction, Name};

pub const RULE: Rule = Rule {
    name: "self-escalation",
    group: Group::Governance,
    level: Level::Warning,
    summary: "the only ones told that a clock ran out are those who were late",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/self-escalation.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, sla) in context.slas() {
        let mut told: Vec<&Name> = Vec::new();
        let mut reassigned = false;
        for action in sla.breach_actions() {
            match action {
                BreachAction::Notify(whom) => told.push(whom),
                BreachAction::Reassign => reassigned = true,
            }
        }
        told.extend(sla.escalations().flatten().map(|(whom, _)| whom));
        let (Some(late), Some(first), false) = (sla.team(), told.first(), reassigned) else { continue };
        if told.iter().all(|whom| whom.text == late.text || whom.text == "owner") {
            found.push(
                RULE.finding(format!("when the clock `{}` runs out, nobody but `{}` hears of it", sla.name.text, late.text))
                    .at(first.span, "those who were late")
                    .at(late.span, "the clock is theirs")
                    .help("tell somebody who can act: `breach notify TEAM`"),
            );
        }
    }
}
