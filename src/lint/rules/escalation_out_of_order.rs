//! `escalation-out-of-order`: a chain of escalation whose times fall.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Duration, SlaKind, Unit};

pub const RULE: Rule = Rule {
    name: "escalation-out-of-order",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "an escalation reaches its second step before its first",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/escalation-out-of-order.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, sla) in context.slas() {
        for row in &sla.rows {
            match &row.kind {
                SlaKind::Escalate(steps) => {
                    for pair in steps.windows(2) {
                        let [(first, sooner), (second, later)] = pair else { continue };
                        if is_shorter(later, sooner) {
                            found.push(
                                RULE.finding(format!("`{}` hears of it before `{}` does", second.text, first.text))
                                    .at(later.span, "each step counts from the breach")
                                    .at(sooner.span, "longer than the next step"),
                            );
                        }
                    }
                }
                SlaKind::Starts(_)
                | SlaKind::Stops(_)
                | SlaKind::Restarts(_)
                | SlaKind::Pauses { .. }
                | SlaKind::Within { .. }
                | SlaKind::By(_)
                | SlaKind::Remind { .. }
                | SlaKind::Breach { .. } => {}
            }
        }
    }
}

/// Whether it is surely the shorter one. Business time lasts at least as long as the same elapsed time, and a business day at least 23 hours, as
/// one on which the clock goes forward does; how long it lasts in business hours a calendar says.
fn is_shorter(first: &Duration, second: &Duration) -> bool {
    match (first.business, second.business) {
        (false, true) if in_days(second) => seconds(first) < seconds(second) / 24 * 23,
        (true, true) if in_days(first) != in_days(second) => false,
        (true, false) => false,
        (false, true) | (false, false) | (true, true) => seconds(first) < seconds(second),
    }
}

fn in_days(duration: &Duration) -> bool {
    match duration.unit {
        Unit::Days | Unit::Weeks => true,
        Unit::Seconds | Unit::Minutes | Unit::Hours => false,
    }
}

fn seconds(duration: &Duration) -> u64 {
    duration.amount.saturating_mul(match duration.unit {
        Unit::Seconds => 1,
        Unit::Minutes => 60,
        Unit::Hours => 60 * 60,
        Unit::Days => 24 * 60 * 60,
        Unit::Weeks => 7 * 24 * 60 * 60,
    })
}
