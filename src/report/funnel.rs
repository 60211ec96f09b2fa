//! The funnel report: what became of the leads, first of all of those that one team handed over to another.
//!
//! Enters: the [`Tally`] of a replay and what it was about. Leaves: a page that a manager understands. Always holds: every figure is one of the
//! tally's, or a share of such figures; nothing that does not fit the policy is left out.

use super::figures::{count, counted, duration, share};
use super::funnel_handovers::handovers;
use super::layout::{Align, Page, Paint, Words, words};
use crate::batch::HistoryReport;
use crate::batch::bad::reason_sentence;
use crate::batch::replay::ReplayReport;
use crate::diagnostic::render_human::Look;
use crate::history::replay::durations::Durations;
use crate::history::replay::periods;
use crate::history::replay::signal_tally::Impossible;
use crate::history::replay::tally::{ClockTally, Kept, Reasons, Tally};
use crate::model::{CapPeriod, Policy, Promise, PromiseKind, Sla};

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
    /// the same as days since 1970-01-01 of the policy's zone
    pub days: (Option<i64>, i64),
    /// an instant as text
    pub time: &'a dyn Fn(i64) -> String,
}

/// One run over files.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub funnel: Funnel<'a>,
    pub report: &'a ReplayReport,
    pub to_given: bool,
    /// where the steps are
    pub log: Option<&'a str>,
}

/// Reasons and rows beyond this many are added up.
const LINES_MAX: usize = 12;
/// Of a promise per day over many years the last so many are kept.
const PERIODS_MAX: usize = 10_000;

pub fn page(run: &Run, look: Look) -> String {
    let (funnel, mut page) = (&run.funnel, Page::new(look));
    heading(run, &mut page);
    handovers(funnel, &mut page);
    stages(funnel, &mut page);
    ways(funnel, &mut page);
    reasons(&mut page, "Recycled because", &by_reason(&funnel.tally.recycles), funnel.tally.recycles.others);
    promises(funnel, &mut page);
    clocks(funnel, &mut page);
    misfits(run, &mut page);
    ending(run, &mut page);
    page.finish()
}

fn heading(run: &Run, page: &mut Page) {
    let Funnel { policy, tally, from, to, .. } = run.funnel;
    let title = policy.display.as_ref().unwrap_or(&policy.name);
    let version = policy.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    page.line(0, &[words(format!("{title}{version}")).paint(Paint::Bold)]);
    let from = from.map_or("from the beginning".to_owned(), |from| format!("from {from}"));
    page.line(0, &[words(format!("{from} to {to} ({})", policy.timezone))]);
    let replayed = format!("{} in, {} replayed", counted(run.report.rows_in, "lead", "leads"), count(tally.leads.replayed));
    let rejected = run.report.rows_rejected;
    let rejected = words(format!(", {} rejected", count(rejected))).paint(if rejected > 0 { Paint::Bad } else { Paint::Plain });
    let signals = &tally.signals;
    page.line(0, &[words(replayed), rejected]);
    let moved = count(signals.moved + signals.moved_by_measures);
    let moved = format!("{}, {moved} of them moved a lead", counted(signals.read - signals.earlier, "signal", "signals"));
    let earlier = counted(signals.earlier, "earlier one says", "earlier ones say");
    let earlier = if signals.earlier > 0 { format!("; {earlier} where leads stood then") } else { String::new() };
    page.line(0, &[words(moved + &earlier)]);
}

// --- stages -----------------------------------------------------------------------------------------------------------

fn stages(funnel: &Funnel, page: &mut Page) {
    let policy = funnel.policy;
    page.heading("Stages");
    let dim = |text: &str| words(text).paint(Paint::Dim);
    let mut rows = vec![["", "entered", "went on", "dropped", "there", "drop-off", "half in", "90 % in"].map(dim).to_vec()];
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

pub(super) fn reasons(page: &mut Page, title: &str, reasons: &[(Option<String>, u64)], others: u64) {
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

// --- promises and clocks ----------------------------------------------------------------------------------------------

fn promises(funnel: &Funnel, page: &mut Page) {
    for (promise, periods) in funnel.policy.promises.iter().zip(&funnel.tally.promises) {
        let text = promise.text.strip_prefix("promise ").unwrap_or(&promise.text);
        page.heading(format!("Promised: {text}"));
        let mut rows = Vec::new();
        for (period, kept, is_part) in periods_of(funnel, promise.per, periods) {
            let (figure, share_of, is_met) = attained(promise, kept);
            let paint = if is_met { Paint::Good } else { Paint::Bad };
            let part = if is_part { "not all of it is in the report" } else { "" };
            rows.push(vec![words(period), words(figure), words(share_of).paint(paint), words(part).paint(Paint::Dim)]);
        }
        let further = rows.len().saturating_sub(LINES_MAX);
        if further > 0 {
            rows.drain(..further);
            page.line(2, &[words(format!("the last {LINES_MAX} of {} periods:", further + LINES_MAX)).paint(Paint::Dim)]);
        }
        if rows.is_empty() {
            page.line(2, &[words("nothing that counts for it happened").paint(Paint::Dim)]);
        }
        page.table(2, &[Align::Left, Align::Right, Align::Right], &rows);
    }
}

/// What came, which share of what was promised that is (or of the clock's instances), and whether that is enough.
pub(super) fn attained(promise: &Promise, kept: Kept) -> (String, String, bool) {
    match promise.kind {
        PromiseKind::Delivers { amount, .. } => (count(kept.ended), share(kept.ended, amount), kept.ended >= amount),
        PromiseKind::Meets { share: wanted, .. } => {
            // met / ended >= mantissa / (100 * 10^places), without a division
            let unit = 10i128.checked_pow(u32::from(wanted.places)).and_then(|unit| unit.checked_mul(100)).unwrap_or(i128::MAX);
            let is_met = i128::from(kept.met).saturating_mul(unit) >= i128::from(kept.ended).saturating_mul(wanted.mantissa);
            (format!("{} of {}", count(kept.met), count(kept.ended)), share(kept.met, kept.ended), is_met)
        }
    }
}

/// Every period that the report touches, those without anything too; whether the report has only a part of it.
pub(super) fn periods_of(funnel: &Funnel, per: CapPeriod, kept: &std::collections::BTreeMap<i64, Kept>) -> Vec<(String, Kept, bool)> {
    let (from, to) = funnel.days;
    let first = from.map(|day| periods::begin(per, day)).or_else(|| kept.keys().next().copied());
    let mut found = Vec::new();
    let mut next = first;
    while let Some(begin) = next.filter(|begin| *begin <= to) {
        next = periods::next(per, begin);
        let is_part = from.is_some_and(|from| from > begin) || next.is_none_or(|next| next > to);
        found.push((begin, is_part));
    }
    // a report up to the first instant of a period says nothing of it
    if found.last().is_some_and(|(begin, is_part)| *is_part && *begin == to && !kept.contains_key(begin)) && found.len() > 1 {
        found.pop();
    }
    let first = found.len().saturating_sub(PERIODS_MAX);
    let with = |(begin, is_part): &(i64, bool)| (periods::label(per, *begin), kept.get(begin).copied().unwrap_or_default(), *is_part);
    found[first..].iter().map(with).collect()
}

fn clocks(funnel: &Funnel, page: &mut Page) {
    let started = funnel.policy.slas.iter().zip(&funnel.tally.clocks).filter(|(_, clock)| clock.started > 0);
    let anew = funnel.tally.clocks.iter().any(|clock| clock.met_after_breach > 0);
    let dim = |text: &str| words(text).paint(Paint::Dim);
    // with a column more, names of clocks still need their room
    let share_met = if anew { "share" } else { "share met" };
    let columns = ["", "started", "met", "anew", "late", "open", share_met, "half in", "90 % in"];
    let mut rows = vec![columns.map(dim).to_vec()];
    for (sla, clock) in started {
        let (half, most) = quantiles(&clock.taken).unwrap_or_default();
        let late = clock.missed + clock.breached;
        rows.push(vec![
            words(&sla.name),
            words(count(clock.started)),
            words(count(clock.met)),
            words(count(clock.met_after_breach)).paint(if clock.met_after_breach > 0 { Paint::Bad } else { Paint::Plain }),
            words(count(late)).paint(if late > 0 { Paint::Bad } else { Paint::Plain }),
            words(count(clock.running + clock.paused)),
            words(share(clock.met, clock.decided())),
            words(half),
            words(most),
        ]);
    }
    if rows.len() > 1 {
        page.heading("Clocks");
        if !anew {
            rows.iter_mut().for_each(|row| drop(row.remove(3)));
        }
        page.table(2, &[&[Align::Left], &[Align::Right; 8][..]].concat(), &rows);
        if anew {
            page.line(2, &[words("anew: met in time only after a breach, when the time had begun anew").paint(Paint::Dim)]);
        }
        for (sla, clock) in funnel.policy.slas.iter().zip(&funnel.tally.clocks).filter(|(_, clock)| clock.reassigned > 0) {
            page.line(2, &[words(reassigned(sla, clock))]);
        }
    }
}

fn reassigned(sla: &Sla, clock: &ClockTally) -> String {
    let (all, owner, queue) = (clock.reassigned, clock.to_another_owner, clock.to_fallback);
    let of = format!("{}: {}", sla.name, counted(all, "reassignment", "reassignments"));
    let alone = all.saturating_sub(owner + queue);
    let parts =
        [(owner, "to another owner of the queue"), (queue, "to the queue behind `otherwise`"), (alone, "without anybody else to take it")];
    let parts = parts.iter().filter(|(part, _)| *part > 0).map(|(part, what)| format!("{} {what}", count(*part)));
    format!("{of}, {}", parts.collect::<Vec<_>>().join(", "))
}

// --- what does not fit ------------------------------------------------------------------------------------------------

fn misfits(run: &Run, page: &mut Page) {
    let funnel = &run.funnel;
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
    let mut either = |part: u64, one: &str, many: &str| row(part, (if part == 1 { one } else { many }).to_owned());
    let further = misfits.iter().skip(LINES_MAX).map(|(_, part)| **part).sum();
    either(further, "further signal moved nobody", "further signals moved nobody");
    either(
        tally.signals.before_beginning,
        "signal is earlier than its lead's beginning: measures see it, rows do not",
        "signals are earlier than their lead's beginning: measures see them, rows do not",
    );
    let bursts = tally.signals.in_bursts;
    either(bursts, "signal is part of a burst, and no signal", "signals are part of bursts, and no signals");
    let later = run.report.signals.as_ref().map_or(0, |signals| signals.rows_later);
    either(later, "signal is later than the end, and was left out", "signals are later than the end, and were left out");
    either(leads.without_signal, "lead has no signal at all", "leads have no signal at all");
    either(
        leads.without_beginning,
        "lead was not replayed: nothing says when it began (see `--start-field` and `--from`)",
        "leads were not replayed: nothing says when they began (see `--start-field` and `--from`)",
    );
    either(leads.later, "lead was not replayed: it began after the end", "leads were not replayed: they began after the end");
    either(
        leads.circled,
        "lead went in a circle at one instant, and was stopped after as many steps as there are stages",
        "leads went in a circle at one instant, and were stopped after as many steps as there are stages",
    );
    for (index, part) in &tally.endless {
        let rule = funnel.rules.get(*index).map_or("", String::as_str);
        let what = if *part == 1 { "lead was" } else { "leads were" };
        row(*part, format!("{what} stopped for good after 10,000 steps, most of them by `{rule}`"));
    }
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
    if !tally.endless_examples.is_empty() {
        page.line(2, &[words("stopped for good, the first ones:").paint(Paint::Dim)]);
        let stopped = tally.endless_examples.iter();
        let rows = stopped.map(|(lead, _, at)| vec![words(format!("lead {lead}")), words(format!("had come to {}", (funnel.time)(*at)))]);
        page.table(4, &[], &rows.collect::<Vec<_>>());
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

pub(super) fn stage_name(policy: &Policy, stage: usize) -> &str {
    policy.stages.get(stage).map_or("", |stage| &stage.name)
}

pub(super) fn signal_name(policy: &Policy, signal: usize) -> &str {
    policy.signals.get(signal).map_or("", |signal| &signal.name)
}

pub(super) fn quantiles(durations: &Durations) -> Option<(String, String)> {
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

// --- the run ----------------------------------------------------------------------------------------------------------

fn ending(run: &Run, page: &mut Page) {
    let (report, funnel) = (run.report, &run.funnel);
    let mut rows = Vec::new();
    for reason in report.reasons.iter().take(LINES_MAX) {
        let sentence = reason_sentence(funnel.policy, reason.subject, reason.reason, None);
        rows.push(vec![words(count(reason.cells)), words(reason.column.clone()), words(sentence)]);
    }
    if let Some(signals) = &report.signals {
        for reason in signals.reasons.iter().take(LINES_MAX) {
            let sentence = reason_sentence(&signals.record, reason.subject, reason.reason, None);
            rows.push(vec![words(count(reason.cells)), words(reason.column.clone()), words(sentence)]);
        }
    }
    if !rows.is_empty() {
        page.heading("Could not be read");
        page.table(2, &[Align::Right], &rows);
    }
    let of_leads = |rows: fn(&HistoryReport) -> u64, which: &str| {
        let rows = report.signals.as_ref().map(rows).filter(|rows| *rows > 0)?;
        Some(format!("{} {which}", counted(rows, "signal is of a lead", "signals are of leads")))
    };
    let notes = [
        of_leads(|signals| signals.rows_of_unknown_leads, "that the file of leads does not have"),
        of_leads(|signals| signals.rows_of_rejected_leads, "whose row is rejected"),
        of_leads(|signals| signals.rows_of_later_leads, "that came into being after the end"),
        report.repeated.clone(),
    ];
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    if !notes.is_empty() {
        page.empty_line();
    }
    for note in notes {
        page.line(0, &[words("note: ").paint(Paint::Warn), words(note)]);
    }
    page.empty_line();
    let threads = counted(report.threads as u64, "thread", "threads");
    page.line(0, &[words(format!("{} ({threads})", duration(report.elapsed))).paint(Paint::Dim)]);
    if let Some(log) = run.log {
        page.line(0, &[words(format!("every step is in {log}"))]);
    }
    if !run.to_given {
        page.line(0, &[words(format!("--to {} repeats this run", funnel.to)).paint(Paint::Dim)]);
    }
}
