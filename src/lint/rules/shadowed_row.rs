//! `shadowed-row`: an earlier row takes every lead that a row could have.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::logic::{Case, ROWS_COMPARED_MAX};
use crate::lint::{Context, Fixes, Group, Level, Rule, logic};
use crate::model::{DecideBody, Expr, FlowRow, RouteTarget, Trigger};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

pub const RULE: Rule = Rule {
    name: "shadowed-row",
    group: Group::Correctness,
    level: Level::Warning,
    summary: "an earlier row takes every lead that a row could have",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/shadowed-row.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for decide in &context.policy.decides {
        match &decide.body {
            DecideBody::Rows(rows) => {
                let rows = rows.iter().filter_map(|row| Some(Row { condition: row.condition.as_ref()?, takes_all: true, span: row.span }));
                first_match(context, rows.collect(), found);
            }
            DecideBody::Grid(_) => {}
        }
    }
    // of a route `for each` every sibling has the same text
    let mut seen = FxHashSet::default();
    for route in context.policy.routes.iter().filter(|route| seen.insert(route.span)) {
        let rows = route.rows.iter().filter_map(|row| {
            // a look-up may find nothing, an owner may not be there: then the next row is asked
            let takes_all = match row.target {
                RouteTarget::Queue(_) => true,
                RouteTarget::By(_) | RouteTarget::KeepOwner => false,
            };
            Some(Row { condition: row.condition.as_ref()?, takes_all, span: row.span })
        });
        first_match(context, rows.collect(), found);
    }
    for sla in &context.policy.slas {
        let rows = sla.targets.iter().filter_map(|row| Some(Row { condition: row.condition.as_ref()?, takes_all: true, span: row.span }));
        first_match(context, rows.collect(), found);
    }
    for flow in &context.policy.flows {
        transitions(context, &flow.rows, found);
    }
}

struct Row<'p> {
    condition: &'p Expr,
    takes_all: bool,
    span: Span,
}

fn first_match(context: &Context<'_>, rows: Vec<Row<'_>>, found: &mut Vec<Diagnostic>) {
    let mut before: Vec<(Vec<Case>, Span)> = Vec::new();
    for row in rows {
        let cases = logic::cases(context, row.condition);
        if is_never(&cases) {
            continue;
        }
        let near = before.len().saturating_sub(ROWS_COMPARED_MAX);
        if let Some((_, earlier)) = before[near..].iter().find(|(earlier, _)| logic::implies(&cases, earlier)) {
            report(context, row.span, *earlier, found);
        } else if row.takes_all {
            before.push((cases, row.span));
        }
    }
}

/// Rows of a flow that begin in one stage are asked in their order.
fn transitions(context: &Context<'_>, rows: &[FlowRow], found: &mut Vec<Diagnostic>) {
    let mut before: FxHashMap<usize, Vec<(&FlowRow, Vec<Case>)>> = FxHashMap::default();
    for row in rows {
        let cases = when(row).map(|condition| logic::cases(context, condition)).unwrap_or_default();
        if is_never(&cases) {
            continue;
        }
        let earlier = |stage: &usize| {
            let rows = before.get(stage)?;
            let near = rows.len().saturating_sub(ROWS_COMPARED_MAX);
            rows[near..].iter().find(|(earlier, earlier_cases)| takes(earlier, earlier_cases, row, &cases)).map(|(earlier, _)| earlier.span)
        };
        let all: Option<Vec<Span>> = row.from.iter().map(earlier).collect();
        match all.as_deref() {
            Some([first, ..]) => report(context, row.span, *first, found),
            Some([]) | None => {
                for stage in &row.from {
                    before.entry(*stage).or_default().push((row, cases.clone()));
                }
            }
        }
    }
}

/// What holds for no lead implies everything: another rule says so.
fn is_never(cases: &[Case]) -> bool {
    !cases.is_empty() && cases.iter().all(|case| case.contradiction().is_some())
}

fn when(row: &FlowRow) -> Option<&Expr> {
    match &row.trigger {
        Trigger::When(condition) => Some(condition),
        Trigger::On { when, .. } | Trigger::After { when, .. } => when.as_ref(),
        Trigger::Broken => None,
    }
}

/// Whether the earlier row applies whenever the later one would.
fn takes(earlier: &FlowRow, earlier_cases: &[Case], later: &FlowRow, later_cases: &[Case]) -> bool {
    let conditions = earlier_cases.is_empty() || logic::implies(later_cases, earlier_cases);
    match (&earlier.trigger, &later.trigger) {
        (Trigger::When(_), Trigger::When(_)) => conditions,
        (Trigger::On { signals, condition, .. }, Trigger::On { signals: others, condition: other, .. }) => {
            conditions && (condition.is_none() || condition == other) && others.iter().all(|signal| signals.contains(signal))
        }
        (Trigger::When(_) | Trigger::On { .. } | Trigger::After { .. } | Trigger::Broken, _) => false,
    }
}

fn report(context: &Context<'_>, row: Span, earlier: Span, found: &mut Vec<Diagnostic>) {
    found.push(
        RULE.finding("no lead ever gets to this row")
            .at(row, "the condition of an earlier row holds whenever this one does")
            .at(earlier, "this one")
            .help("the first row that applies counts: put the narrower one first")
            .fix("remove the row", Applicability::Unsafe, vec![context.without(row)]),
    );
}
