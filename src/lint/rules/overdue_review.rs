//! `overdue-review`: a version whose day is long past.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::PolicyProperty;

pub const RULE: Rule = Rule {
    name: "overdue-review",
    group: Group::Governance,
    level: Level::Note,
    summary: "the policy was dated more than a year ago",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/overdue-review.md"),
    check,
};

const DAYS_MAX: i32 = 366;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for property in context.headers().flat_map(|(_, header)| &header.properties) {
        if let PolicyProperty::Dated(date, span) = property
            && context.day.since(*date).is_ok_and(|age| age.get_days() > DAYS_MAX)
        {
            found.push(
                RULE.finding(format!("the policy is dated {date}, more than a year ago"))
                    .at(*span, "who has looked at it since?")
                    .help("review it, and write the day of the review"),
            );
        }
    }
}
