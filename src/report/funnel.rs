//! The funnel report: what became of the leads, first of all of those that one team handed over to another.
//!
//! Enters: the [`Tally`] of a replay and what it was about. Leaves: a page that a manager understands. Always holds: every figure is one of the
//! tally's, or a share of such figures; nothing that does not fit the policy is left out.

use super::figures::{bar, count, counted, share};
use super::layout::{Align, Page, Paint, Words, words};
use crate::diagnostic::render_human::Look;
use crate::history::replay::durations::Durations;
use crate::history::replay::tally::{Handovers, Impossible, Reasons, Tally};
use crate::model::Policy;

/// What a replay was about.
#[derive(Clone, Copy)]
pub struct Funnel<'a> {
    pub policy: &'a Policy,
    pub tally: &'a Tally,
    /// per row through all flows, its text on one line
    pub rules: &'a [String],
    /// the time that the report is about, in the policy's zone; none: from the beginning
    pub from: Option<&'a str>,
    pub to: &'a str,
    /// an instant as text
    pub time: &'a dyn Fn(i64) -> String,
}

/// Reasons and rows beyond this many are added up.
const LINES_MAX: usize = 12;
const BAR_WIDTH: usize = 20;

pub fn page(funnel: &Funnel, page: &mut Page) {
    heading(funnel, page);
    handovers(funnel, page);
    stages(funnel, page);
    ways(funnel, page);
    reasons(page, "Recycled because", &by_reason(&funnel.tally.recycles), funnel.tally.recycles.others);
    misfits(funnel, page);
}

fn heading(funnel: &Funnel, page: &mut Page) {
    let policy = funnel.policy;
    let title = policy.display.as_ref().unwrap_or(&policy.name);
    let version = policy.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    page.line(0, &[words(format!("{title}{version}")).paint(Paint::Bold)]);
    let from = funnel.from.map_or("from the beginning".to_owned(), |from| format!("from {from}"));
    page.line(0, &[words(format!("{from} to {} ({})", funnel.to, policy.timezone))]);
}

// --- what sales did with what marketing handed over -------------------------------------------------------------------

fn handovers(funnel: &Funnel, page: &mut Page) {
    let tally = funnel.tally;
    if tally.handovers.is_empty() {
        let none = if (0..funnel.policy.routes.len()).any(|route| is_handover(funnel.policy, route)) {
            "No lead was handed over."
        } else {
            "No route hands leads over: none asks `when entering STAGE`."
        };
        page.heading(none);
        return;
    }
    let all = sum(tally.handovers.values());
    let mut givers: Vec<Option<&str>> = tally.handovers.keys().map(|key| giver(funnel.policy, key.from.unwrap_or(key.stage))).collect();
    givers.dedup();
    let whose = match givers.as_slice() {
        [Some(giver)] => format!("that {giver} handed over"),
        [] | [None] | [_, _, ..] => "handed over".to_owned(),
    };
    page.heading(format!("What became of {} {whose}", counted(all.count, "lead", "leads")));
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
        (all.in_work(), "in work"),
    ];
    let ends: Vec<String> = ends.iter().filter(|(part, _)| *part > 0).map(|(part, name)| format!("{} {name}", count(*part))).collect();
    if !ends.is_empty() {
        page.line(2, &[words(format!("Of those accepted: {}.", ends.join(", ")))]);
    }
    if all.rejected_later > 0 {
        let (part, whole) = (all.rejected_in_all(), all.count);
        page.line(2, &[words(format!("In all, {} ({}) were rejected.", counted(part, "lead", "leads"), share(part, whole)))]);
    }
    if let Some((half, most)) = quantiles(&all.answer) {
        page.line(2, &[words(format!("An answer took half of them up to {half}, nine in ten up to {most}."))]);
    }
    receivers(funnel, page);
    reasons(page, "Rejected because", &by_reason(&tally.rejections), tally.rejections.others);
}

/// One line per stage and team that leads were handed over to.
fn receivers(funnel: &Funnel, page: &mut Page) {
    let policy = funnel.policy;
    let mut lines: Vec<((usize, &str), Handovers)> = Vec::new();
    for (key, handovers) in &funnel.tally.handovers {
        let queue = policy.queues.get(key.queue);
        let team = queue.map_or("", |queue| queue.team.as_deref().unwrap_or(&queue.name));
        match lines.iter_mut().find(|(known, _)| *known == (key.stage, team)) {
            Some((_, sum)) => sum.merge(handovers),
            None => lines.push(((key.stage, team), handovers.clone())),
        }
    }
    let dim = |text: &str| words(text).paint(Paint::Dim);
    let mut rows = vec![["handed over to", "leads", "accepted", "rejected", "no answer", "waiting", "won"].map(dim).to_vec()];
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

pub(super) fn sum<'h>(all: impl Iterator<Item = &'h Handovers>) -> Handovers {
    all.fold(Handovers::default(), |mut sum, one| {
        sum.merge(one);
        sum
    })
}

fn is_handover(policy: &Policy, route: usize) -> bool {
    let condition = policy.routes.get(route).and_then(|route| route.condition.as_ref());
    let mut open: Vec<&crate::model::Expr> = condition.into_iter().collect();
    while let Some(expr) = open.pop() {
        if matches!(expr.kind, crate::model::ExprKind::Entering(_)) {
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

// --- stages -----------------------------------------------------------------------------------------------------------

fn stages(funnel: &Funnel, page: &mut Page) {
    let policy = funnel.policy;
    page.heading("Stages");
    let dim = |text: &str| words(text).paint(Paint::Dim);
    let mut rows = vec![["", "entered", "went on", "dropped", "there", "drop-off", "half within", "90 % within"].map(dim).to_vec()];
    for (index, (stage, tally)) in policy.stages.iter().zip(&funnel.tally.stages).enumerate() {
        let name = words(stage_name(policy, index));
        let standing = words(count(tally.still_there()));
        if stage.is_final {
            let (half, most) = funnel.tally.time_to.get(&index).and_then(quantiles).unwrap_or_default();
            rows.push(vec![name, words(count(tally.entered)), words(""), words(""), standing, words(""), words(half), words(most)]);
            continue;
        }
        let (half, most) = quantiles(&tally.stays).unwrap_or_default();
        rows.push(vec![
            name,
            words(count(tally.entered)),
            words(count(tally.passed)),
            words(count(tally.dropped)),
            standing,
            words(share(tally.dropped, tally.left())).paint(if tally.dropped > 0 { Paint::Bad } else { Paint::Plain }),
            words(half),
            words(most),
        ]);
    }
    let right = [Align::Right; 7];
    page.table(2, &[&[Align::Left], &right[..]].concat(), &rows);
    let finals = policy.stages.iter().any(|stage| stage.is_final);
    let note = if finals { "Time in a stage; for final stages, from the lead's beginning." } else { "Time in a stage." };
    page.line(2, &[words(note).paint(Paint::Dim)]);
}

fn ways(funnel: &Funnel, page: &mut Page) {
    page.heading("Ways");
    let arrow = if page.look.unicode { "→" } else { "->" };
    let mut rows = Vec::new();
    for (index, stage) in funnel.tally.stages.iter().enumerate() {
        for (to, part) in stage.left_to.iter().enumerate().filter(|(_, part)| **part > 0) {
            let way = format!("{} {arrow} {}", stage_name(funnel.policy, index), stage_name(funnel.policy, to));
            rows.push(vec![words(way), words(count(*part)), words(share(*part, stage.entered))]);
        }
    }
    if rows.is_empty() {
        page.line(2, &[words("no lead moved")]);
        return;
    }
    page.table(2, &[Align::Left, Align::Right, Align::Right], &rows);
}

// --- reasons ----------------------------------------------------------------------------------------------------------

/// Most frequent first.
pub(super) fn by_reason<K: Ord>(reasons: &Reasons<K>) -> Vec<(Option<String>, u64)> {
    let mut sums = std::collections::BTreeMap::<Option<&String>, u64>::new();
    for ((_, reason), part) in &reasons.counts {
        *sums.entry(reason.as_ref()).or_default() += part;
    }
    let mut sums: Vec<(Option<String>, u64)> = sums.into_iter().map(|(reason, part)| (reason.cloned(), part)).collect();
    sums.sort_by(|(left, a), (right, b)| b.cmp(a).then_with(|| left.cmp(right)));
    sums
}

fn reasons(page: &mut Page, title: &str, reasons: &[(Option<String>, u64)], others: u64) {
    let total: u64 = reasons.iter().map(|(_, part)| part).sum::<u64>() + others;
    if total == 0 {
        return;
    }
    page.heading(title);
    let mut rows: Vec<Vec<Words>> = reasons
        .iter()
        .take(LINES_MAX)
        .map(|(reason, part)| {
            let reason = match reason {
                Some(reason) => words(reason),
                None => words("(no reason given)").paint(Paint::Dim),
            };
            vec![words(count(*part)), words(share(*part, total)), reason]
        })
        .collect();
    let further: u64 = reasons.iter().skip(LINES_MAX).map(|(_, part)| part).sum::<u64>() + others;
    if further > 0 {
        rows.push(vec![words(count(further)), words(share(further, total)), words("(other reasons)").paint(Paint::Dim)]);
    }
    page.table(2, &[Align::Right, Align::Right], &rows);
}

// --- what does not fit ------------------------------------------------------------------------------------------------

fn misfits(funnel: &Funnel, page: &mut Page) {
    let (policy, tally) = (funnel.policy, funnel.tally);
    let leads = tally.leads;
    let mut rows = Vec::new();
    let mut row = |part: u64, what: String| {
        if part > 0 {
            rows.push(vec![words(count(part)), words(what)]);
        }
    };
    for (what, part) in &tally.impossible {
        row(*part, impossible(policy, *what));
    }
    let mut misfits: Vec<_> = tally.misfits.iter().collect();
    misfits.sort_by_key(|(key, part)| (std::cmp::Reverse(**part), **key));
    for ((signal, stage, waited), part) in misfits.iter().take(LINES_MAX) {
        let (signal, stage) = (signal_name(policy, *signal), stage_name(policy, *stage));
        let what = if *waited { "in which no row's condition held for it" } else { "where no row waits for it" };
        row(**part, format!("`{signal}` came in {stage}, {what}"));
    }
    row(misfits.iter().skip(LINES_MAX).map(|(_, part)| **part).sum(), "further signals moved nobody".into());
    row(tally.signals.before_beginning, "signals are earlier than their lead's beginning: measures see them, rows do not".into());
    row(tally.signals.after_end, "signals are later than the end, and were left out".into());
    row(leads.without_signal, "leads have no signal at all".into());
    row(leads.without_beginning, "leads were not replayed: nothing says when they began (see `--start-field` and `--from`)".into());
    row(leads.later, "leads were not replayed: they began after the end".into());
    row(leads.circled, "leads went in a circle at one instant, and were stopped after as many steps as there are stages".into());
    if rows.is_empty() {
        return;
    }
    page.heading("What does not fit");
    page.table(2, &[Align::Right], &rows);
    if !tally.examples.is_empty() {
        page.line(2, &[words("impossible histories, the first ones:").paint(Paint::Dim)]);
        let rows: Vec<Vec<Words>> = tally
            .examples
            .iter()
            .map(|example| {
                let (at, awaited) = ((funnel.time)(example.at), (funnel.time)(example.awaited));
                let what = match example.what {
                    Impossible::BeforeBeginning { signal } => {
                        format!("`{}` at {at}, but began at {awaited}", signal_name(policy, signal))
                    }
                    Impossible::TooEarly { signal, awaited_in, .. } => {
                        let stage = stage_name(policy, awaited_in);
                        format!("`{}` at {at}, but entered {stage} at {awaited}", signal_name(policy, signal))
                    }
                };
                vec![words(format!("lead {}", example.lead)), words(what)]
            })
            .collect();
        page.table(4, &[], &rows);
    }
}

fn impossible(policy: &Policy, what: Impossible) -> String {
    match what {
        Impossible::BeforeBeginning { signal } => {
            format!("impossible: `{}` before the lead began", signal_name(policy, signal))
        }
        Impossible::TooEarly { signal, stage, awaited_in } => {
            let (stage, awaited_in) = (stage_name(policy, stage), stage_name(policy, awaited_in));
            format!("impossible: `{}` in {stage}, before the lead entered {awaited_in}, and never again", signal_name(policy, signal))
        }
    }
}

// --- names and times --------------------------------------------------------------------------------------------------

fn stage_name(policy: &Policy, stage: usize) -> &str {
    policy.stages.get(stage).map_or("", |stage| &stage.name)
}

fn signal_name(policy: &Policy, signal: usize) -> &str {
    policy.signals.get(signal).map_or("", |signal| &signal.name)
}

fn quantiles(durations: &Durations) -> Option<(String, String)> {
    Some((span(durations.percentile(50)?), span(durations.percentile(90)?)))
}

/// `41 d 3 h`, `3 h 20 min`, `12 min`, `45 s`: rounded down.
pub fn span(seconds: i64) -> String {
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let two = |large: i64, name: &str, small: i64, small_name: &str| match small {
        0 => format!("{large} {name}"),
        small => format!("{large} {name} {small} {small_name}"),
    };
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..86_400 => two(hours, "h", minutes % 60, "min"),
        86_400.. => two(days, "d", hours % 24, "h"),
    }
}

/// The page alone.
pub fn text(funnel: &Funnel, look: Look) -> String {
    let mut own = Page::new(look);
    page(funnel, &mut own);
    own.finish()
}
