//! `unwatched-catch-all`: leads that no row wants go to a queue that nobody watches.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::RouteTarget;
use rustc_hash::FxHashSet;

pub const RULE: Rule = Rule {
    name: "unwatched-catch-all",
    group: Group::Governance,
    level: Level::Warning,
    summary: "leads that no row wants go to a queue that nobody watches",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unwatched-catch-all.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let watched: FxHashSet<&str> = policy.slas.iter().filter_map(|sla| policy.teams.get(sla.by?)).map(|team| team.name.as_str()).collect();
    let mut seen = FxHashSet::default();
    for route in &policy.routes {
        let [_, .., last] = route.rows.as_slice() else { continue };
        let (RouteTarget::Queue(queue), None) = (&last.target, &last.condition) else { continue };
        let Some(queue) = policy.queues.get(*queue) else { continue };
        let is_watched = queue.rotates() || queue.team.as_ref().is_some_and(|team| watched.contains(team.as_str()));
        if !is_watched && seen.insert(last.span) {
            found.push(
                RULE.finding(format!("whatever no other row takes goes to `{}`, which nobody watches", queue.name))
                    .at(last.span, "the catch-all")
                    .at(queue.span, "it rotates among nobody, and no clock is by its team")
                    .help("let it rotate among owners, or start an `sla` by its team"),
            );
        }
    }
}
