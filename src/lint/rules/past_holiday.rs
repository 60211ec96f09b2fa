//! `past-holiday`: a holiday that is past.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "past-holiday",
    group: Group::Governance,
    level: Level::Off,
    summary: "a holiday that is past",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/past-holiday.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, calendar) in context.calendars() {
        for (day, _, span) in calendar.closed.iter().filter(|(day, _, _)| *day < context.day) {
            found.push(
                RULE.finding(format!("the holiday {day} of the calendar `{}` is past", calendar.name.text))
                    .at(*span, "only what looks at earlier days counts by it")
                    .help("take it out if nobody replays that time, and enter its day of next year"),
            );
        }
    }
}
