//! `handover-without-raci`: leads are handed over into a stage that says only who owns it.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::{ExprKind, Policy, Predicate};
use crate::source::Span;
use rustc_hash::FxHashSet;

pub const RULE: Rule = Rule {
    name: "handover-without-raci",
    group: Group::Governance,
    level: Level::Warning,
    summary: "leads are handed over into a stage that says only who owns it",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/handover-without-raci.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let mut seen = FxHashSet::default();
    for Handover { stage, place, how } in routed(policy).into_iter().chain(stepped(policy)) {
        let Some(stage) = policy.stages.get(stage) else { continue };
        if stage.responsible.is_empty() && stage.informed.is_empty() && stage.consulted.is_empty() && seen.insert(stage.span) {
            found.push(
                RULE.finding(format!("leads are handed over into `{}`, which has no RACI", stage.name))
                    .at(stage.span, "who does the work, who is asked, who is told?")
                    .at(place, how)
                    .help("write `responsible TEAM`, and `consulted` and `informed` where it matters"),
            );
        }
    }
}

/// Leads come into a stage by other hands than those that had them.
struct Handover {
    stage: usize,
    place: Span,
    how: String,
}

/// Routes that give a lead to somebody when it enters a stage.
fn routed(policy: &Policy) -> Vec<Handover> {
    let mut found = Vec::new();
    for route in &policy.routes {
        for condition in route.condition.iter().chain(route.rows.iter().filter_map(|row| row.condition.as_ref())) {
            walk::inside(condition, |expr| {
                if let ExprKind::Predicate(Predicate::Entering(stage)) = expr.kind {
                    found.push(Handover { stage, place: route.span, how: "handed over here".to_owned() });
                }
            });
        }
    }
    found
}

/// Steps into a stage that another team owns. A lead that is recycled goes back, and one whose way ends needs nobody's hands.
fn stepped(policy: &Policy) -> Vec<Handover> {
    let owner = |stage: usize| policy.stages.get(stage).and_then(|stage| stage.owner.as_deref());
    let mut found = Vec::new();
    for row in policy.flows.iter().flat_map(|flow| &flow.rows).filter(|row| !row.recycle) {
        let Some(to) = owner(row.to).filter(|_| policy.stages.get(row.to).is_some_and(|stage| !stage.is_final)) else { continue };
        if let Some(from) = row.from.iter().filter_map(|stage| owner(*stage)).find(|from| *from != to) {
            found.push(Handover { stage: row.to, place: row.span, how: format!("from the hands of `{from}` into those of `{to}`") });
        }
    }
    found
}
