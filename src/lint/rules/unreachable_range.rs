//! `unreachable-range`: a score that cannot reach the end of its range.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::Decimal;

pub const RULE: Rule = Rule {
    name: "unreachable-range",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a score that cannot reach the end of its range",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unreachable-range.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for score in context.policy.scores.iter().filter(|score| score.running.is_none()) {
        let Some(range) = score.range else { continue };
        let shown = |value: i64| Decimal { mantissa: i128::from(value), places: score.sum_scale }.reduced();
        if score.sum_interval.high < range.high {
            found.push(
                RULE.finding(format!("the score `{}` never reaches {}", score.name, shown(range.high)))
                    .at(score.span, format!("all points add up to {} at most", shown(score.sum_interval.high)))
                    .help("thresholds read as if they were parts of the whole range"),
            );
        }
    }
}
