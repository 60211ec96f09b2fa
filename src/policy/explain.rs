//! Explanations: from every value of the plain program for one lead to the parts of the policy that they answer.
//!
//! Enters: a checked policy, its unoptimised program with its trace, a lead. Leaves: an [`Explanation`]. Always holds: every value in it is one that
//! the interpreter computed; nothing is evaluated a second time but the words around the values.

use super::explain_clock::clocks;
use super::explain_history::{forgotten, measures, waits};
use super::explain_score::{SumTooLarge, score};
use super::explanation::*;
use super::why::{looked_at, why_not};
use crate::batch::turns::Watched;
use crate::history::Seen;
use crate::interpret;
use crate::model::{
    Because, Connective, Decide, DecideBody, Edge, Expr, ExprKind, Matcher, Policy, Queue, Route, RouteRow, RouteTarget, Seat, Trigger,
};
use crate::program::{Lowered, RouteTrace, Value};
use crate::record::reader::Reader;
use crate::record::show::Show;
use crate::record::{self, Histories, Lead, LeadError};
use crate::source::Sources;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    #[error(transparent)]
    Lead(#[from] LeadError),
    #[error(transparent)]
    Sum(#[from] SumTooLarge),
}

/// Why `lead` gets its answer at `as_of` (microseconds since the epoch). `plain` must be the unoptimised program of `policy`; `turns` are what
/// rotations that remember gave the lead, in place of what the hash of its key gives.
pub fn explain(
    policy: &Policy,
    sources: &Sources,
    histories: &Histories,
    plain: &Lowered,
    lead: &Lead,
    as_of: i64,
    turns: &[Watched],
) -> Result<Explanation, ExplainError> {
    with_reader(policy, sources, histories, plain, lead, as_of, |reader| explained(reader, histories, plain, lead, as_of, turns))?
}

/// What is done with the values of every part of the policy for a lead.
pub fn with_reader<T>(
    policy: &Policy,
    sources: &Sources,
    histories: &Histories,
    plain: &Lowered,
    lead: &Lead,
    as_of: i64,
    read: impl FnOnce(&Reader) -> T,
) -> Result<T, LeadError> {
    let lead = &lead.placed(as_of);
    let block = record::encode(policy, histories, &plain.program, std::slice::from_ref(lead), as_of)?;
    let values = interpret::row(&plain.program, &block, 0, &record::parameters(policy, as_of)?);
    let zone = record::zone(policy)?;
    let show = Show { policy, zone: &zone };
    let columns = record::columns(policy, histories, lead, as_of)?;
    Ok(read(&Reader::new(policy, sources, &plain.trace, &values, lead, &columns, show)))
}

fn explained(
    reader: &Reader,
    histories: &Histories,
    plain: &Lowered,
    lead: &Lead,
    as_of: i64,
    turns: &[Watched],
) -> Result<Explanation, ExplainError> {
    let policy = reader.policy;
    let balances = histories.balances(policy, lead, as_of)?;
    let scores = policy.scores.iter().zip(&plain.trace.scores);
    let scores = scores.map(|(one, trace)| score(reader, one, trace, &balances)).collect::<Result<_, _>>()?;
    let seen = histories.seen(policy, lead, as_of)?;
    let mut explanation = Explanation {
        policy: named(&policy.name, &policy.display),
        key: record::key_text(policy, reader.show.zone, lead),
        as_of: reader.show.time(as_of),
        timezone: policy.timezone.clone(),
        fields: fields(reader),
        derived: lets(reader),
        history: measures(reader, &seen),
        forgotten: forgotten(reader, as_of),
        scores,
        decides: policy.decides.iter().enumerate().map(|(index, one)| decide(reader, index, one, Asked::UpToFirst)).collect(),
        stage: stage(reader, &seen, as_of),
        routes: routes(reader),
        clocks: clocks(reader, histories, plain, as_of, turns)?,
    };
    with_turns(policy, &mut explanation, turns);
    Ok(explanation)
}

/// Which rows of a first-match table say why they did not apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// those before the one that decided
    UpToFirst,
    All,
}

pub fn named(name: &str, display: &Option<String>) -> Named {
    Named { name: name.to_string(), display: display.clone() }
}

fn fields(reader: &Reader) -> Vec<Fact> {
    let values = reader.policy.fields.iter().zip(&reader.lead.values);
    values
        .map(|(field, value)| Fact {
            name: named(&field.name, &field.display),
            value: value.as_ref().map(|value| reader.show.constant(field.ty, value)),
            definition: None,
        })
        .collect()
}

fn lets(reader: &Reader) -> Vec<Fact> {
    let lets = reader.policy.lets.iter();
    lets.map(|one| Fact {
        name: named(&one.name, &one.display),
        value: reader.shown(&one.value),
        definition: Some(reader.phrase(one.value.span)),
    })
    .collect()
}

pub fn decide(reader: &Reader, index: usize, decide: &Decide, asked: Asked) -> DecideExplained {
    let trace = reader.trace.decides.get(index);
    let members = &reader.policy.choices[decide.choices].members;
    let name_of = |choice: usize| members.get(choice).map(|member| member.name.clone()).unwrap_or_default();
    let value =
        trace.and_then(|trace| reader.at(trace.value)).and_then(|value| usize::try_from(value).ok()).map(name_of).unwrap_or_default();
    let how = match &decide.body {
        DecideBody::Rows(rows) => {
            let mut table = FirstMatch { asks_all: asked == Asked::All, ..FirstMatch::default() };
            let rows = rows.iter().enumerate().map(|(index, row)| {
                let holds =
                    row.condition.is_none() || trace.and_then(|trace| trace.rows.get(index)).is_some_and(|value| reader.holds_at(*value));
                RowExplained {
                    gives: name_of(row.outcome),
                    condition: row.condition.as_ref().map(|condition| reader.phrase(condition.span)),
                    because: row.because.clone(),
                    looked_up: Vec::new(),
                    verdict: table.next(holds, || row.condition.as_ref().map(|condition| why_not(reader, condition)).unwrap_or_default()),
                }
            });
            Deciding::Rows(rows.collect())
        }
        DecideBody::Grid(grid) => {
            let row_edges: Vec<&Edge> = grid.rows.iter().map(|(edge, _)| edge).collect();
            let column_edges: Vec<&Edge> = grid.columns.iter().collect();
            let edge = |of: &crate::model::Expr, edges: &[&Edge], values: Option<&Vec<crate::program::Value>>| EdgeExplained {
                of: reader.phrase(of.span),
                value: reader.shown(of),
                edge: values.and_then(|values| edge_in_force(reader, edges, values)).unwrap_or_default(),
            };
            Deciding::Grid(GridExplained {
                down: edge(&grid.rows_of, &row_edges, trace.map(|trace| &trace.rows)),
                across: edge(&grid.columns_of, &column_edges, trace.map(|trace| &trace.columns)),
            })
        }
    };
    DecideExplained { name: named(&decide.name, &decide.display), value, how }
}

/// The edge that holds the value; `otherwise` only if no other does.
fn edge_in_force(reader: &Reader, edges: &[&Edge], values: &[crate::program::Value]) -> Option<String> {
    let holding = || edges.iter().zip(values).filter(|(_, value)| reader.holds_at(**value)).map(|(edge, _)| edge);
    let plain = holding().find(|edge| edge.matcher != Matcher::Otherwise);
    plain.or_else(|| holding().next()).map(|edge| edge.text.clone())
}

fn stage(reader: &Reader, seen: &[Option<Seen>], as_of: i64) -> Option<StageExplained> {
    let policy = reader.policy;
    let before = reader.lead.stage.or(policy.start_stage)?;
    let after = reader.trace.stage_after.and_then(|value| reader.at(value)).and_then(|stage| usize::try_from(stage).ok()).unwrap_or(before);
    let name_of = |stage: usize| policy.stages.get(stage).map(|stage| named(&stage.name, &stage.display)).unwrap_or_default();
    Some(StageExplained {
        before: name_of(before),
        after: name_of(after),
        owner: policy.stages.get(after).and_then(|stage| stage.owner.as_ref()).map(|owner| named(owner, &None)),
        rows: flow_rows(reader, before, seen, as_of),
        rests_until: reader.lead.rest_until.map(|instant| reader.show.time(instant)),
    })
}

/// The rows that leave `stage`, with why they did or did not apply.
pub fn flow_rows(reader: &Reader, stage: usize, seen: &[Option<Seen>], as_of: i64) -> Vec<RowExplained> {
    let moved_by = reader.trace.moved_by.and_then(|value| reader.at(value));
    let mut number = 0;
    let mut out = Vec::new();
    for (flow, traces) in reader.policy.flows.iter().zip(&reader.trace.flows) {
        for (row, trace) in flow.rows.iter().zip(traces) {
            let moved = moved_by == Some(number);
            number += 1;
            if !row.from.contains(&stage) {
                continue;
            }
            let verdict = if moved {
                Verdict::Applied
            } else if reader.holds_at(*trace) {
                Verdict::NotReached
            } else {
                Verdict::Failed { reasons: flow_reasons(reader, row, seen, as_of) }
            };
            out.push(RowExplained {
                gives: reader.policy.stages.get(row.to).map(|stage| stage.name.clone()).unwrap_or_default(),
                condition: match &row.trigger {
                    Trigger::When(condition) => Some(reader.phrase(condition.span)),
                    Trigger::On { .. } | Trigger::After { .. } | Trigger::Broken => Some(on_row(reader, row)),
                },
                because: match &row.because {
                    Some(Because::Text(text)) => Some(text.clone()),
                    Some(Because::Property(_)) | None => None,
                },
                looked_up: Vec::new(),
                verdict,
            });
        }
    }
    out
}

/// `on rejected`, `after 30 days without activity when …`: as written.
fn on_row(reader: &Reader, row: &crate::model::FlowRow) -> String {
    let (word, measure, when) = match &row.trigger {
        Trigger::On { happened, when, .. } => ("on", happened, when),
        Trigger::After { waited, when, .. } => ("after", waited, when),
        Trigger::When(_) | Trigger::Broken => return String::new(),
    };
    let when = when.as_ref().map(|when| format!(" when {}", reader.phrase(when.span))).unwrap_or_default();
    format!("{word} {}{when}", reader.phrase(measure.span))
}

fn flow_reasons(reader: &Reader, row: &crate::model::FlowRow, seen: &[Option<Seen>], as_of: i64) -> Vec<Reason> {
    match &row.trigger {
        Trigger::When(condition) if !reader.holds(condition) => why_not(reader, condition),
        Trigger::When(_) => vec![Reason {
            part: String::new(),
            how: How::Rests,
            values: vec![Fact {
                name: Named { name: "rest_until".into(), display: None },
                value: reader.lead.rest_until.map(|instant| reader.show.time(instant)),
                definition: None,
            }],
        }],
        Trigger::On { when, .. } | Trigger::After { when, .. } => {
            let failed = when.as_ref().filter(|when| !reader.holds(when));
            let mut reasons: Vec<Reason> = waits(reader, &row.trigger, seen, as_of).into_iter().collect();
            reasons.extend(failed.map(|when| why_not(reader, when)).unwrap_or_default());
            reasons
        }
        Trigger::Broken => Vec::new(),
    }
}

fn routes(reader: &Reader) -> Vec<RouteExplained> {
    reader
        .policy
        .routes
        .iter()
        .zip(&reader.trace.routes)
        .map(|(route, trace)| route_explained(reader, route, trace, Asked::UpToFirst))
        .collect()
}

pub fn route_explained(reader: &Reader, route: &Route, trace: &RouteTrace, asked: Asked) -> RouteExplained {
    let policy = reader.policy;
    let reader = &reader.within(&trace.expressions);
    let applies = trace.condition.is_none_or(|condition| reader.holds_at(condition));
    let when = route.condition.as_ref().map(|condition| RowExplained {
        gives: route.name.clone(),
        condition: Some(when_phrase(reader, route, condition)),
        because: None,
        looked_up: Vec::new(),
        verdict: if applies { Verdict::Applied } else { Verdict::Failed { reasons: why_not(reader, condition) } },
    });
    let mut table = FirstMatch { decided: !applies, asks_all: asked == Asked::All };
    let rows = route.rows.iter().zip(&trace.rows).map(|(row, value)| {
        let reasons = || match &row.condition {
            Some(condition) if !reader.holds(condition) => why_not(reader, condition),
            Some(_) | None => vec![nothing_found(reader, row)],
        };
        let verdict = table.next(reader.holds_at(*value), reasons);
        RowExplained {
            gives: row.text.clone(),
            condition: row.condition.as_ref().map(|condition| reader.phrase(condition.span)),
            because: row.because.clone(),
            looked_up: match &row.target {
                RouteTarget::By(by) if verdict == Verdict::Applied => looked_at(reader, by),
                RouteTarget::By(_) | RouteTarget::Queue(_) | RouteTarget::KeepOwner => Vec::new(),
            },
            verdict,
        }
    });
    let rows = rows.collect();
    let number_at = |value: Value| reader.at(value).and_then(|queue| usize::try_from(queue).ok());
    let queue_at = |value: Value| number_at(value).and_then(|queue| policy.queues.get(queue));
    let (queue, routed) = (queue_at(trace.value), queue_at(trace.routed));
    let owner = trace.owner.and_then(number_at);
    let kept = trace.kept.is_some_and(|kept| reader.holds_at(kept));
    let turn = queue.zip(owner).filter(|_| !kept).and_then(|(queue, owner)| {
        let seat = queue.rotation.iter().find(|seat| seat.owner == owner)?;
        let taken = queue.rotation.iter().filter(|seat| seat.is_taken());
        let (_, turn) = trace.turns.iter().find(|(of, _)| Some(*of) == number_at(trace.value))?;
        Some(TurnExplained {
            owner: owner_name(policy, owner),
            hash: Some(format!("{:016x}", reader.at(trace.hash?)?)),
            turn: u64::try_from(reader.at(*turn)?).ok()?.saturating_add(1),
            weight: seat.weight,
            total: taken.map(|seat| u64::from(seat.weight)).sum(),
        })
    });
    let name_of = |queue: &Queue| named(&queue.name, &queue.display);
    RouteExplained {
        name: named(&route.name, &route.display),
        when,
        rows,
        queue: queue.map(name_of),
        team: queue.and_then(|queue| queue.team.as_ref()).map(|team| named(team, &None)),
        kept: owner.filter(|_| kept).map(|owner| owner_name(policy, owner)),
        left: routed.filter(|routed| queue.is_some_and(|queue| queue.name != routed.name)).map(name_of),
        turn,
        idle: routed.filter(|_| !kept).map(|queue| idle_seats(reader, queue)).unwrap_or_default(),
    }
}

fn with_turns(policy: &Policy, explanation: &mut Explanation, watched: &[Watched]) {
    for one in watched {
        let (Some(route), Some(queue)) = (explanation.routes.get_mut(one.route), policy.queues.get(one.given.queue)) else { continue };
        let name_of = |queue: &Queue| named(&queue.name, &queue.display);
        route.queue = Some(name_of(queue));
        route.team = queue.team.as_ref().map(|team| named(team, &None));
        route.left = policy.queues.get(one.queue).filter(|_| !one.given.left.is_empty()).map(name_of);
        let takes_part = |seat: &&Seat| seat.is_taken() && (one.given.queue != one.queue || !one.full.contains(&seat.owner));
        route.turn = one.given.owner.and_then(|owner| {
            let seat = queue.rotation.iter().find(|seat| seat.owner == owner)?;
            let total = queue.rotation.iter().filter(takes_part).map(|seat| u64::from(seat.weight)).sum();
            Some(TurnExplained { owner: owner_name(policy, owner), hash: None, turn: one.given.turn?, weight: seat.weight, total })
        });
        route.idle.extend(
            one.full.iter().map(|owner| IdleSeat { owner: owner_name(policy, *owner), why: "as many open leads as allowed".to_owned() }),
        );
    }
}

/// The route's own `when`; of a route `for each`, also which choice the lead must have.
fn when_phrase(reader: &Reader, route: &Route, condition: &Expr) -> String {
    match (&route.choice, &condition.kind) {
        (Some(choice), ExprKind::Connective(Connective::And(members))) => {
            let parts: Vec<String> = members.iter().map(|member| reader.phrase(member.span)).collect();
            match parts.split_first() {
                Some((set, rest)) if !rest.is_empty() => format!("{set} has {choice} and {}", rest.join(" and ")),
                Some((set, _)) => format!("{set} has {choice}"),
                None => String::new(),
            }
        }
        _ => reader.phrase(condition.span),
    }
}

pub fn owner_name(policy: &Policy, owner: usize) -> String {
    let owners = policy.owner_choices.and_then(|choices| policy.choices.get(choices));
    owners.and_then(|owners| owners.members.get(owner)).map(|member| member.name.clone()).unwrap_or_default()
}

/// Owners of the queue who take no turns, and why.
fn idle_seats(reader: &Reader, queue: &Queue) -> Vec<IdleSeat> {
    let skip = queue.from_table.as_ref().and_then(|from| from.skip.as_ref());
    let idle = queue.rotation.iter().filter(|seat| !seat.is_taken()).map(|seat| IdleSeat {
        owner: owner_name(reader.policy, seat.owner),
        why: match skip {
            Some(skip) if seat.skipped => format!("skipped: {}", reader.phrase(skip.span)),
            Some(_) | None => "no weight".to_owned(),
        },
    });
    idle.collect()
}

/// A row whose condition holds, but whose look-up gives no queue, or which has no owner to keep.
fn nothing_found(reader: &Reader, row: &RouteRow) -> Reason {
    match &row.target {
        RouteTarget::By(expression) => Reason { part: row.text.clone(), how: How::FoundNothing, values: looked_at(reader, expression) },
        RouteTarget::Queue(_) | RouteTarget::KeepOwner => Reason { part: row.text.clone(), how: How::NoOwner, values: Vec::new() },
    }
}

/// The verdicts of a table in which the first row that holds decides.
#[derive(Default)]
pub struct FirstMatch {
    decided: bool,
    /// rows behind the one that decided are asked too
    asks_all: bool,
}

impl FirstMatch {
    pub fn next(&mut self, holds: bool, reasons: impl FnOnce() -> Vec<Reason>) -> Verdict {
        if self.decided {
            return if holds || !self.asks_all { Verdict::NotReached } else { Verdict::Failed { reasons: reasons() } };
        }
        if holds {
            self.decided = true;
            return Verdict::Applied;
        }
        Verdict::Failed { reasons: reasons() }
    }
}
