//! `stale-holidays`: a calendar whose holidays are all past.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "stale-holidays",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a calendar whose holidays are all past",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/stale-holidays.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, calendar) in context.calendars() {
        let Some((last, _, span)) = calendar.closed.iter().max_by_key(|(day, _, _)| *day) else { continue };
        if *last < context.day {
            found.push(
                RULE.finding(format!("the last holiday of the calendar `{}` is past", calendar.name.text))
                    .at(*span, "no later day is closed")
                    .help("enter the holidays of the next year; keep the old ones, by which replays count"),
            );
        }
    }
}
