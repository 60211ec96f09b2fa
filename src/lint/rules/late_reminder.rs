//! `late-reminder`: `remind owner at 100%`.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Number, SlaKind};

pub const RULE: Rule = Rule {
    name: "late-reminder",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a reminder comes when the time is over",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/late-reminder.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, sla) in context.slas() {
        for row in &sla.rows {
            match &row.kind {
                SlaKind::Remind { whom, at } if is_whole(at) => found.push(
                    RULE.finding(format!("`{}` is reminded when the clock `{}` has run out", whom.text, sla.name.text))
                        .at(at.span, "nothing is left to be done in")
                        .help("remind earlier: `at 80%`"),
                ),
                SlaKind::Remind { .. }
                | SlaKind::Starts(_)
                | SlaKind::Stops(_)
                | SlaKind::Restarts(_)
                | SlaKind::Pauses { .. }
                | SlaKind::Within { .. }
                | SlaKind::By(_)
                | SlaKind::Breach { .. }
                | SlaKind::Escalate(_) => {}
            }
        }
    }
}

/// 100 per cent or more, in whatever places it is written.
fn is_whole(share: &Number) -> bool {
    10_i128.checked_pow(u32::from(share.places)).and_then(|unit| unit.checked_mul(100)).is_some_and(|whole| share.mantissa >= whole)
}
