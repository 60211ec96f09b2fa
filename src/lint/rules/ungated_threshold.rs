//! `ungated-threshold`: activity alone can carry a lead over a threshold.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::{DecideBody, Expr, ExprKind, Operator, PointsKind, Predicate, Reference, Score, Section};
use rustc_hash::FxHashSet;

pub const RULE: Rule = Rule {
    name: "ungated-threshold",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "activity alone can carry a lead over a threshold",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/ungated-threshold.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let active: Vec<Activity> = policy.scores.iter().map(|score| Activity::of(context, score)).collect();
    for decide in &policy.decides {
        let DecideBody::Rows(rows) = &decide.body else { continue };
        for condition in rows.iter().filter_map(|row| row.condition.as_ref()) {
            let mut threshold = None;
            let mut gated = false;
            walk::inside(condition, |expr| match &expr.kind {
                ExprKind::Predicate(Predicate::CompareConstant { left, operator: Operator::AtLeast | Operator::Above, .. }) => {
                    if let ExprKind::Reference(Reference::Score(id)) = left.kind
                        && active.get(id).is_some_and(|activity| activity.mixed)
                    {
                        threshold = Some((id, expr.span));
                    }
                }
                // a section of fit, a field, another score or decision: something besides this sum is asked
                ExprKind::Reference(Reference::Section(id, section)) => {
                    gated |= active.get(*id).is_some_and(|activity| !activity.sections.contains(section))
                }
                ExprKind::Reference(Reference::Field(_) | Reference::Decide(_)) => gated = true,
                ExprKind::Reference(Reference::Let(id)) => {
                    gated |= policy.lets.get(*id).is_none_or(|part| !reads_signals(context, &part.value))
                }
                _ => {}
            });
            if let Some((id, span)) = threshold.filter(|_| !gated) {
                let name = &policy.scores[id].name;
                let fit = policy.scores[id].sections.iter().enumerate().find(|(index, _)| !active[id].sections.contains(index));
                let fit = fit.map_or("fit", |(_, section)| section.name.as_str());
                found.push(
                    RULE.finding(format!("activity alone can carry a lead over this threshold of `{name}`"))
                        .at(span, "the sum does not say where the points come from")
                        .help(format!("ask for fit as well: `and {name}.{fit} >= …`")),
                );
            }
        }
    }
}

/// Which sections of a score read signals.
struct Activity {
    sections: Vec<usize>,
    /// some do and some do not
    mixed: bool,
}

impl Activity {
    fn of(context: &Context<'_>, score: &Score) -> Activity {
        let all = || score.sections_of_models();
        let is_active = |section: &Section| {
            section.attributes.iter().any(|attribute| reads_signals(context, &attribute.subject))
                || section.points.iter().any(|points| match &points.kind {
                    PointsKind::Per { .. } => true,
                    PointsKind::When(condition) => reads_signals(context, condition),
                })
        };
        let sections: Vec<usize> = all().filter(|section| is_active(section)).map(|section| section.name).collect();
        let mixed = !sections.is_empty() && all().any(|section| !sections.contains(&section.name));
        Activity { sections, mixed }
    }
}

/// Whether signals are in it, directly or behind lets.
fn reads_signals(context: &Context<'_>, value: &Expr) -> bool {
    let mut open = vec![value];
    let mut seen = FxHashSet::default();
    while let Some(value) = open.pop() {
        let mut signals = false;
        walk::inside(value, |expr| match expr.kind {
            ExprKind::Reference(Reference::Measure(_)) => signals = true,
            ExprKind::Reference(Reference::Let(id)) if seen.insert(id) => open.extend(context.policy.lets.get(id).map(|part| &part.value)),
            _ => {}
        });
        if signals {
            return true;
        }
    }
    false
}
