//! `handover-without-raci`: leads are handed over into a stage that says only who owns it.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::{ExprKind, Predicate};
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
    for route in &policy.routes {
        let Some(condition) = &route.condition else { continue };
        let mut entered = Vec::new();
        walk::inside(condition, |expr| {
            if let ExprKind::Predicate(Predicate::Entering(stage)) = expr.kind {
                entered.push(stage);
            }
        });
        for stage in entered.into_iter().filter_map(|stage| policy.stages.get(stage)) {
            if stage.responsible.is_empty() && stage.informed.is_empty() && stage.consulted.is_empty() && seen.insert(stage.span) {
                found.push(
                    RULE.finding(format!("leads are handed over into `{}`, which has no RACI", stage.name))
                        .at(stage.span, "who does the work, who is asked, who is told?")
                        .at(route.span, "handed over here")
                        .help("write `responsible TEAM`, and `consulted` and `informed` where it matters"),
                );
            }
        }
    }
}
