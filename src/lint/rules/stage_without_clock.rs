//! `stage-without-clock`: a stage in which a lead may stay for ever.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::{Connective, Expr, ExprKind, Moment, Predicate, Reference, Trigger};
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
        .flat_map(|moment| match moment {
            Moment::Entering { stage, .. } => vec![*stage],
            Moment::When(condition) => stages_asked_for(condition),
            Moment::Leaving { .. } | Moment::On { .. } => Vec::new(),
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

/// `starts when stage is mql`: the stages in which such a clock starts.
fn stages_asked_for(condition: &Expr) -> Vec<usize> {
    let asked = |expr: &Expr| match &expr.kind {
        ExprKind::Predicate(Predicate::IsOneOf { left, negated: false, values })
            if matches!(left.kind, ExprKind::Reference(Reference::Stage)) =>
        {
            values.iter().filter_map(|stage| usize::try_from(*stage).ok()).collect()
        }
        _ => Vec::new(),
    };
    match &condition.kind {
        ExprKind::Connective(Connective::And(members)) => members.iter().flat_map(asked).collect(),
        _ => asked(condition),
    }
}
