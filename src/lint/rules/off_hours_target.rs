//! `off-hours-target`: a short target in elapsed time for a team that has opening hours.

use crate::calendar::Block;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Duration, Name, SlaKind, Unit};

pub const RULE: Rule = Rule {
    name: "off-hours-target",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a target of less than a day runs while its team is closed",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/off-hours-target.md"),
    check,
};

const DAY_SECONDS: u64 = 24 * 60 * 60;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, sla) in context.slas() {
        let Some(team) = sla.team().filter(|team| closes(context, &team.text)) else { continue };
        for row in &sla.rows {
            match &row.kind {
                SlaKind::Within { duration, .. } if !duration.business && seconds(duration) < DAY_SECONDS => {
                    found.push(finding(context, duration, team));
                }
                SlaKind::Within { .. }
                | SlaKind::By(_)
                | SlaKind::Starts(_)
                | SlaKind::Stops(_)
                | SlaKind::Restarts(_)
                | SlaKind::Pauses { .. }
                | SlaKind::Remind { .. }
                | SlaKind::Breach { .. }
                | SlaKind::Escalate(_) => {}
            }
        }
    }
}

fn finding(context: &Context<'_>, duration: &Duration, team: &Name) -> Diagnostic {
    let length = context.plain(duration.span);
    let diagnostic = RULE
        .finding(format!("`{length}` go on while `{}` is closed", team.text))
        .at(duration.span, "a lead that comes in the evening is late in the morning")
        .at(team.span, "has opening hours");
    match (length.split_once(' '), duration.unit) {
        (Some((amount, unit)), Unit::Minutes | Unit::Hours) => {
            let business = format!("{amount} business {unit}");
            diagnostic.replace(format!("write `{business}`"), Applicability::Unsafe, duration.span, business)
        }
        // there are no business seconds
        (_, Unit::Seconds | Unit::Minutes | Unit::Hours | Unit::Days | Unit::Weeks) => diagnostic,
    }
}

/// Whether there are hours in which the team is not at work.
fn closes(context: &Context<'_>, team: &str) -> bool {
    let always = [Block { open_minute: 0, close_minute: 24 * 60 }];
    let team = context.policy.teams.iter().find(|found| found.name == team);
    let calendar = team.and_then(|team| context.policy.calendars.get(team.calendar?));
    calendar.is_some_and(|calendar| calendar.week.iter().any(|blocks| blocks.as_slice() != always))
}

fn seconds(duration: &Duration) -> u64 {
    duration.amount.saturating_mul(match duration.unit {
        Unit::Seconds => 1,
        Unit::Minutes => 60,
        Unit::Hours => 60 * 60,
        Unit::Days => DAY_SECONDS,
        Unit::Weeks => 7 * DAY_SECONDS,
    })
}
