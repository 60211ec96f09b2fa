//! The first part of the funnel report: what sales did with what marketing handed over.

use super::figures::{bar, count, counted, share};
use super::funnel::{Funnel, by_reason, quantiles, reasons, stage_name};
use super::layout::{Align, Page, Paint, Words, words};
use crate::history::replay::handovers::Handovers;
use crate::model::Policy;

const BAR_WIDTH: usize = 20;

pub(super) fn handovers(funnel: &Funnel, page: &mut Page) {
    let handed = &funnel.tally.handed;
    if handed.by_queue.is_empty() {
        let none = if (0..funnel.policy.routes.len()).any(|route| is_handover(funnel.policy, route)) {
            "No lead was handed over."
        } else {
            "No route hands leads over: none asks `when entering STAGE`."
        };
        page.heading(none);
        return;
    }
    let all = &handed.all;
    let mut givers: Vec<Option<&str>> = handed.by_queue.keys().map(|key| giver(funnel.policy, key.from.unwrap_or(key.stage))).collect();
    givers.dedup();
    let whose = match givers.as_slice() {
        [Some(giver)] => format!(" by {giver}"),
        [] | [None] | [_, _, ..] => String::new(),
    };
    let what = format!("{}{whose} of {}", counted(all.count, "handover", "handovers"), counted(handed.leads, "lead", "leads"));
    page.heading(format!("What became of {what}"));
    let rows = [
        ("accepted", all.accepted, Paint::Good),
        ("rejected", all.rejected, Paint::Bad),
        ("nobody answered in time", all.expired, Paint::Bad),
        ("closed at once", all.closed, Paint::Plain),
        ("still waiting", all.waiting, Paint::Plain),
    ];
    let rows: Vec<Vec<Words>> = rows
        .into_iter()
        .map(|(name, part, paint)| {
            let paint = if part == 0 { Paint::Dim } else { paint };
            let figures = [words(count(part)).paint(paint), words(share(part, all.count)).paint(paint)];
            let bar = words(bar(part, all.count, BAR_WIDTH.min(page.look.width / 3), page.look));
            std::iter::once(words(name).paint(paint)).chain(figures).chain([bar]).collect()
        })
        .collect();
    page.table(2, &[Align::Left, Align::Right, Align::Right], &rows);
    let ends = [
        (all.won, "won"),
        (all.lost, "lost"),
        (all.rejected_later, "rejected later"),
        (all.expired_later, "gone back for want of action"),
        (handed.handed_on, "handed on"),
        (handed.in_work(), "in work"),
    ];
    let ends: Vec<String> = ends.iter().filter(|(part, _)| *part > 0).map(|(part, name)| format!("{} {name}", count(*part))).collect();
    if !ends.is_empty() {
        page.line(2, &[words(format!("Of those accepted: {}.", ends.join(", ")))]);
    }
    if all.rejected_later > 0 {
        let (part, whole) = (all.rejected_in_all(), all.count);
        page.line(2, &[words(format!("In all, {} ({}) were rejected.", counted(part, "handover", "handovers"), share(part, whole)))]);
    }
    if let Some((half, most)) = quantiles(&all.answer) {
        page.line(2, &[words(format!("Half of the answers came within {half}, nine in ten within {most}."))]);
    }
    receivers(funnel, page);
    reasons(page, "Rejected because", &by_reason(&handed.rejections), handed.rejections.others);
}

/// One line per stage and team that leads were handed over to.
fn receivers(funnel: &Funnel, page: &mut Page) {
    let policy = funnel.policy;
    let mut lines: Vec<((usize, &str), Handovers)> = Vec::new();
    for (key, handovers) in &funnel.tally.handed.by_queue {
        let queue = policy.queues.get(key.queue);
        let team = queue.map_or("", |queue| queue.team.as_deref().unwrap_or(&queue.name));
        match lines.iter_mut().find(|(known, _)| *known == (key.stage, team)) {
            Some((_, sum)) => sum.merge(handovers),
            None => lines.push(((key.stage, team), handovers.clone())),
        }
    }
    let dim = |text: &str| words(text).paint(Paint::Dim);
    let mut rows = vec![["handed over to", "times", "accepted", "rejected", "no answer", "waiting", "won"].map(dim).to_vec()];
    for ((stage, team), sum) in &lines {
        let part = |part: u64| words(share(part, sum.count));
        rows.push(vec![
            words(format!("{} ({team})", stage_name(policy, *stage))),
            words(count(sum.count)),
            part(sum.accepted),
            part(sum.rejected_in_all()),
            part(sum.expired + sum.expired_later),
            part(sum.waiting),
            part(sum.won),
        ]);
    }
    page.empty_line();
    page.table(2, &[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right], &rows);
}

fn is_handover(policy: &Policy, route: usize) -> bool {
    let condition = policy.routes.get(route).and_then(|route| route.condition.as_ref());
    let mut open: Vec<&crate::model::Expr> = condition.into_iter().collect();
    while let Some(expr) = open.pop() {
        if matches!(expr.kind, crate::model::ExprKind::Predicate(crate::model::Predicate::Entering(_))) {
            return true;
        }
        open.extend(expr.children());
    }
    false
}

/// The team that has the leads of a stage.
fn giver(policy: &Policy, stage: usize) -> Option<&str> {
    let owner = policy.stages.get(stage)?.owner.as_deref()?;
    Some(policy.teams.iter().find(|team| team.name == owner).and_then(|team| team.display.as_deref()).unwrap_or(owner))
}
