//! `stage-without-clock`: a stage in which a lead may stay for ever.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::{Moment, Trigger};
use rustc_hash::FxHashSet;

pub const RULE: Rule = Rule {
    name: "stage-without-clock",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a stage in which a lead may stay for ever",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/stage-without-clock.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let rows = || policy.flows.iter().flat_map(|flow| &flow.rows);
    let timed: FxHashSet<usize> = policy
        .slas
        .iter()
        .flat_map(|sla| &sla.starts)
        .filter_map(|moment| match moment {
            Moment::Entering { stage, .. } => Some(*stage),
            Moment::Leaving { .. } | Moment::When(_) | Moment::On { .. } => None,
        })
        .collect();
    let timed_rows: FxHashSet<usize> =
        rows().filter(|row| matches!(row.trigger, Trigger::After { .. })).flat_map(|row| row.from.iter().copied()).collect();
    for (index, stage) in policy.stages.iter().enumerate() {
        if stage.start || stage.is_final || timed.contains(&index) || timed_rows.contains(&index) {
            continue;
        }
        found.push(
            RULE.finding(format!("no clock and no `after` row ends the stage `{}`", stage.name))
                .at(stage.span, "a lead that nobody touches stays here")
                .help("start an `sla` when entering it, or let an `after` row recycle the lead"),
        );
    }
}
