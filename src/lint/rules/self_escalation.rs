//! `self-escalation`: a clock whose breach tells nobody but its own team.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{BreachAction, Name, SlaKind};

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
        let mut late = None;
        let mut told: Vec<&Name> = Vec::new();
        let mut reassigned = false;
        for row in &sla.rows {
            match &row.kind {
                SlaKind::By(team) => late = Some(team),
                SlaKind::Breach { action: BreachAction::Notify(whom), .. } => told.push(whom),
                SlaKind::Breach { action: BreachAction::Reassign, .. } => reassigned = true,
                SlaKind::Escalate(steps) => told.extend(steps.iter().map(|(whom, _)| whom)),
                SlaKind::Starts(_)
                | SlaKind::Stops(_)
                | SlaKind::Restarts(_)
                | SlaKind::Pauses { .. }
                | SlaKind::Within { .. }
                | SlaKind::Remind { .. } => {}
            }
        }
        let (Some(late), Some(first), false) = (late, told.first(), reassigned) else { continue };
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
