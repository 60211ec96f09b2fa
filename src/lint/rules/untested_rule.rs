//! `untested-rule`: a decision, a route or a score that no test expects anything of.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "untested-rule",
    group: Group::Governance,
    level: Level::Note,
    summary: "a decision, a route or a score that no test expects anything of",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/untested-rule.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    if context.policy.tests.is_empty() {
        return;
    }
    let expected = &context.uses().expected;
    let scores = context.scores().map(|(_, score)| ("score", &score.name));
    let decides = context.decides().map(|(_, decide)| ("decision", &decide.name));
    let grids = context.grids().map(|(_, grid)| ("grid", &grid.name));
    let routes = context.routes().map(|(_, route)| ("route", &route.name));
    for (what, name) in scores.chain(decides).chain(grids).chain(routes).filter(|(_, name)| !expected.contains(name.text.as_str())) {
        found.push(
            RULE.finding(format!("no test expects anything of the {what} `{}`", name.text))
                .at(name.span, "a change here breaks no test")
                .help("`leadwright test --suggest` writes one"),
        );
    }
}
