//! `stage-without-clock`: a stage in which a lead may stay for ever.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, logic};
use crate::model::{Connective, Expr, ExprKind, Moment, Policy, Predicate, Reference, Trigger};

pub const RULE: Rule = Rule {
    name: "stage-without-clock",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a stage in which a lead may stay for ever",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/stage-without-clock.md"),
    check,
};

/// Leads for which a clock runs in a stage, or an `after` row ends it: those for which all of these hold.
type Way<'p> = Vec<&'p Expr>;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    for (index, stage) in policy.stages.iter().enumerate() {
        if stage.start || stage.is_final {
            continue;
        }
        let ways: Vec<Way<'_>> = clocks(context, index).into_iter().chain(after_rows(policy, index)).collect();
        if is_for_all(context, &ways) {
            continue;
        }
        let finding = match ways.iter().flatten().next() {
            None => RULE
                .finding(format!("no clock and no `after` row ends the stage `{}`", stage.name))
                .at(stage.span, "a lead that nobody touches stays here")
                .help("start an `sla` when entering it, or let an `after` row recycle the lead"),
            Some(condition) => RULE
                .finding(format!("only for some leads a clock or an `after` row ends the stage `{}`", stage.name))
                .at(stage.span, "a lead that nobody touches stays here")
                .at(condition.span, "unless this holds for it")
                .help("let a clock or an `after` row be for all others: `within … otherwise`, or one without a condition"),
        };
        found.push(finding);
    }
}

fn is_for_all(context: &Context<'_>, ways: &[Way<'_>]) -> bool {
    let alone: Vec<&Expr> = ways.iter().filter_map(|way| if let [condition] = way.as_slice() { Some(*condition) } else { None }).collect();
    ways.iter().any(Vec::is_empty) || logic::cover(context, &alone)
}

/// The clocks that run from the moment at which a lead comes into the stage, or while it is there, until somebody does something.
fn clocks<'p>(context: &Context<'p>, stage: usize) -> Vec<Way<'p>> {
    let mut ways = Vec::new();
    for sla in context.policy.slas.iter().filter(|sla| !sla.stops.iter().any(|stop| stops_inside(stop, stage))) {
        let targets: Vec<&Expr> = sla.targets.iter().filter_map(|target| target.condition.as_ref()).collect();
        let has_target_for_all = targets.len() < sla.targets.len() || logic::cover(context, &targets);
        for start in sla.starts.iter().filter_map(|start| starts_inside(start, stage)) {
            if has_target_for_all {
                ways.push(start);
            } else {
                ways.extend(targets.iter().map(|target| start.iter().copied().chain([*target]).collect()));
            }
        }
    }
    ways
}

/// What else such a clock asks; none if it starts elsewhere.
fn starts_inside(start: &Moment, stage: usize) -> Option<Way<'_>> {
    match start {
        Moment::Entering { stage: entered, condition } => (*entered == stage).then(|| condition.iter().flat_map(members).collect()),
        // `starts when stage is mql and budget`
        Moment::When(condition) => {
            let all = members(condition);
            let is_of_stage = |member: &&Expr| stage_is(member, stage) == Some(true);
            all.iter().any(is_of_stage).then(|| all.into_iter().filter(|member| !is_of_stage(member)).collect())
        }
        Moment::Leaving { .. } | Moment::On { .. } => None,
    }
}

/// Whether a clock can stop while the lead is in the stage, without a signal: its condition says nothing of having left it.
fn stops_inside(stop: &Moment, stage: usize) -> bool {
    match stop {
        Moment::When(condition) => !members(condition).into_iter().any(|member| stage_is(member, stage) == Some(false)),
        Moment::Entering { .. } | Moment::Leaving { .. } | Moment::On { .. } => false,
    }
}

fn after_rows(policy: &Policy, stage: usize) -> impl Iterator<Item = Way<'_>> {
    let rows = policy.flows.iter().flat_map(|flow| &flow.rows).filter(move |row| row.from.contains(&stage));
    rows.filter_map(|row| match &row.trigger {
        Trigger::After { when, .. } => Some(when.iter().flat_map(members).collect()),
        Trigger::When(_) | Trigger::On { .. } | Trigger::Broken => None,
    })
}

/// What a condition asks of a stage: that the lead is there, or that it is not; none if it asks something else, or leaves it open.
fn stage_is(condition: &Expr, stage: usize) -> Option<bool> {
    let ExprKind::Predicate(Predicate::IsOneOf { left, negated, values }) = &condition.kind else { return None };
    if !matches!(left.kind, ExprKind::Reference(Reference::Stage)) {
        return None;
    }
    let is_named = values.iter().any(|value| usize::try_from(*value) == Ok(stage));
    Some(is_named != *negated)
}

fn members(condition: &Expr) -> Vec<&Expr> {
    match &condition.kind {
        ExprKind::Connective(Connective::And(members)) => members.iter().collect(),
        _ => vec![condition],
    }
}
