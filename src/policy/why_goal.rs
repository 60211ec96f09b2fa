//! Why a lead is not where it should be.
//!
//! Enters: a goal, and what every part of the policy came out as for a lead. Leaves: the rows that matter: those that would take the lead there, each with the first condition that
//! failed, and the row that decided before them. Always holds: of a table, rows that give something else and did not apply are left out.

use super::explain::{Asked, decide, flow_rows, route_explained};
use super::explanation::{DecideExplained, Deciding, Fact, Named, RowExplained, Verdict};
use super::goal::{Goal, Of};
use crate::history::Seen;
use crate::model::{Policy, RouteTarget};
use crate::record::reader::Reader;

/// Nothing for scores and derived values: their values say it. `seen` says what each measure counts.
pub fn why_not_there(reader: &Reader, goal: &Goal, seen: &[Option<Seen>], as_of: i64) -> Vec<RowExplained> {
    let wanted = usize::try_from(goal.constant).ok();
    let name = wanted.map(|wanted| member(reader.policy, goal, wanted)).unwrap_or_default();
    let mut rows = match &goal.of {
        Of::Decide(index) => reader.policy.decides.get(*index).map(|of| of_decide(reader, *index, of, &name)).unwrap_or_default(),
        Of::Stage => of_stage(reader, &name, seen, as_of),
        Of::Routes(routes) => routes.iter().flat_map(|route| of_route(reader, *route, wanted)).collect(),
        Of::Number => Vec::new(),
    };
    for row in &mut rows {
        if let Verdict::Failed { reasons } = &mut row.verdict {
            reasons.truncate(1);
        }
    }
    rows
}

fn member(policy: &Policy, goal: &Goal, wanted: usize) -> String {
    let choices = match goal.ty {
        crate::model::Type::OneOf(choices) => policy.choices.get(choices),
        _ => None,
    };
    choices.and_then(|choices| choices.members.get(wanted)).map(|member| member.name.clone()).unwrap_or_default()
}

fn of_decide(reader: &Reader, index: usize, of: &crate::model::Decide, name: &str) -> Vec<RowExplained> {
    let DecideExplained { value, how, .. } = decide(reader, index, of, Asked::All);
    match how {
        Deciding::Rows(rows) => rows.into_iter().filter(|row| row.gives == name || row.verdict == Verdict::Applied).collect(),
        Deciding::Grid(grid) => {
            let fact = |of: &str, value: &Option<String>| Fact {
                name: Named { name: of.to_owned(), display: None },
                value: value.clone(),
                definition: None,
            };
            let values = vec![fact(&grid.down.of, &grid.down.value), fact(&grid.across.of, &grid.across.value)];
            let condition = format!("row `{}` and column `{}`", grid.down.edge, grid.across.edge);
            vec![RowExplained { gives: value, condition: Some(condition), because: None, looked_up: values, verdict: Verdict::Applied }]
        }
    }
}

fn of_stage(reader: &Reader, name: &str, seen: &[Option<Seen>], as_of: i64) -> Vec<RowExplained> {
    let Some(stage) = reader.lead.stage.or(reader.policy.start_stage) else { return Vec::new() };
    flow_rows(reader, stage, seen, as_of).into_iter().filter(|row| row.gives == name || row.verdict == Verdict::Applied).collect()
}

/// What is to be said if no row takes the lead there.
pub fn no_row(reader: &Reader, goal: &Goal, rows: &[RowExplained]) -> Option<String> {
    let name = member(reader.policy, goal, usize::try_from(goal.constant).ok()?);
    if goal.of != Of::Stage || rows.iter().any(|row| row.gives == name) {
        return None;
    }
    let stage = reader.policy.stages.get(reader.lead.stage.or(reader.policy.start_stage)?)?;
    Some(format!("no row leads from `{}` to `{name}`; an evaluation takes one step", stage.name))
}

fn of_route(reader: &Reader, index: usize, wanted: Option<usize>) -> Vec<RowExplained> {
    let (Some(route), Some(trace)) = (reader.policy.routes.get(index), reader.trace.routes.get(index)) else { return Vec::new() };
    let explained = route_explained(reader, route, trace, Asked::All);
    // a route that is not asked says all that there is to say
    if let Some(when) = explained.when.filter(|when| matches!(when.verdict, Verdict::Failed { .. })) {
        return vec![when];
    }
    let rows = route.rows.iter().zip(explained.rows);
    let gives = |target: &RouteTarget| match target {
        RouteTarget::Queue(queue) => Some(*queue) == wanted,
        RouteTarget::By(_) | RouteTarget::KeepOwner => true,
    };
    rows.filter(|(row, explained)| gives(&row.target) || explained.verdict == Verdict::Applied).map(|(_, explained)| explained).collect()
}
