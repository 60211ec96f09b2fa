//! What a run over a file of leads found, for the people who work with them.
//!
//! Enters: the [`Report`] of a run and what it was about. Leaves: a page that a manager understands, or a record for machines. Always
//! holds: every figure is one of the report's, or a share, a mean or a rate of such figures.

use super::figures::{bar, count, counted, duration, mean, rate, share};
use super::layout::{Align, Page, Paint, Words, words};
use crate::batch::bad::{BadCell, Outcome, Subject, reason_sentence};
use crate::batch::number_summary::NumberSummary;
use crate::batch::report::{ChoiceCounts, MoveCount, ReasonCount};
use crate::batch::{HistoryReport, Report};
use crate::diagnostic::render_human::Look;
use crate::model::{Decimal, Policy};
use crate::program::OutputRole;

/// What a run was about.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    pub policy: &'a Policy,
    pub report: &'a Report,
    /// as `--as-of` takes it, and whether it was given
    pub as_of: &'a str,
    pub as_of_given: bool,
    /// `machine code` or `interpreter`
    pub backend: &'a str,
    /// where the scored leads are; none: on standard output
    pub output: Option<&'a str>,
    pub rejects: Option<&'a str>,
    /// where the rows of signals and of the stage log are listed that were not used
    pub rejects_signals: Option<&'a str>,
}

/// Reasons, and rows of a table, beyond this many are added up.
const LINES_MAX: usize = 12;
const EXAMPLES_MAX: usize = 5;
/// Bars of the score distribution.
const BARS: usize = 10;
const BAR_WIDTH: usize = 20;

pub fn page(run: &Run, look: Look) -> String {
    let mut page = Page::new(look);
    let report = run.report;
    let title = run.policy.display.as_ref().unwrap_or(&run.policy.name);
    let version = run.policy.version.as_ref().map(|version| format!(" {version}")).unwrap_or_default();
    page.line(0, &[words(format!("{title}{version}")).paint(Paint::Bold)]);
    page.line(0, &[words(format!("as of {} ({})", run.as_of, run.policy.timezone))]);
    let rejected =
        words(format!("{} rejected", count(report.rows_rejected))).paint(if report.rows_rejected > 0 { Paint::Bad } else { Paint::Plain });
    let scored = format!("{} in, {} scored, ", counted(report.rows_in, "lead", "leads"), count(report.rows_scored));
    page.line(0, &[words(scored), rejected]);

    rejects(&mut page, run);
    histories(&mut page, run);
    for note in &report.notes {
        page.line(0, &[words("note: ").paint(Paint::Warn), words(note)]);
    }
    if report.rows_scored > 0 {
        report.choices.iter().for_each(|counts| choices(&mut page, run.policy, counts, &report.moves));
        turns(&mut page, run);
        report.numbers.iter().for_each(|numbers| distribution(&mut page, numbers));
    }
    ending(&mut page, run);
    page.finish()
}

// --- what could not be read -------------------------------------------------------------------------------------------

/// What was wrong with the rows of one kind.
struct Listing<'a> {
    /// whose fields the cells are of
    policy: &'a Policy,
    reasons: &'a [ReasonCount],
    /// where each is, as people say it
    cells: Vec<(String, &'a BadCell)>,
    rejected: String,
    rows_rejected: u64,
    taken_as_missing: String,
    file: Option<&'a str>,
}

fn rejects(page: &mut Page, run: &Run) {
    let report = run.report;
    let listing = Listing {
        policy: run.policy,
        reasons: &report.reasons,
        cells: report.bad_cells.iter().map(|cell| (format!("{} {}", report.unit, cell.line), cell)).collect(),
        rejected: counted(report.rows_rejected, "lead", "leads"),
        rows_rejected: report.rows_rejected,
        taken_as_missing: counted(report.cells_taken_as_missing, "cell", "cells"),
        file: run.rejects,
    };
    list(page, &listing);
}

fn list(page: &mut Page, listing: &Listing) {
    for (outcome, title) in [(Outcome::Rejected, "Rejected"), (Outcome::TakenAsMissing, "Taken as missing")] {
        let reasons: Vec<&ReasonCount> = listing.reasons.iter().filter(|reason| reason.outcome == outcome).collect();
        if reasons.is_empty() {
            continue;
        }
        let amount = if outcome == Outcome::Rejected { &listing.rejected } else { &listing.taken_as_missing };
        let mistakes: u64 = reasons.iter().map(|reason| reason.cells).sum();
        // a lead with two bad cells is counted with both reasons
        let because = match outcome {
            Outcome::Rejected if mistakes != listing.rows_rejected => format!("because of {}", counted(mistakes, "mistake", "mistakes")),
            Outcome::Rejected | Outcome::TakenAsMissing | Outcome::LeftOut => "because".to_owned(),
        };
        page.heading(format!("{title}: {amount}, {because}"));
        let rows: Vec<Vec<Words>> = reasons.iter().take(LINES_MAX).map(|reason| reason_row(listing.policy, reason)).collect();
        page.table(2, &[Align::Right], &rows);
        let further: u64 = reasons.iter().skip(LINES_MAX).map(|reason| reason.cells).sum();
        if further > 0 {
            page.line(2, &[words(format!("{} for other reasons", counted(further, "more", "more")))]);
        }
        let examples: Vec<&(String, &BadCell)> =
            listing.cells.iter().filter(|(_, cell)| cell.outcome == outcome).take(EXAMPLES_MAX).collect();
        if !examples.is_empty() {
            page.line(2, &[words(if examples.len() == 1 { "the first:" } else { "the first ones:" }).paint(Paint::Dim)]);
            let rows: Vec<Vec<Words>> = examples.iter().map(|(place, cell)| example_row(listing.policy, place, cell)).collect();
            page.table(4, &[], &rows);
        }
    }
    if let Some(file) = listing.file.filter(|_| !listing.reasons.is_empty()) {
        page.line(2, &[words(format!("all of them are in {file}"))]);
    }
}

/// What became of signals, or of the entries of the stage log.
fn histories(page: &mut Page, run: &Run) {
    let kinds = [(&run.report.signals, "signal", "signals"), (&run.report.stage_log, "entry of the stage log", "entries of the stage log")];
    for (report, one, several) in kinds {
        let Some(report) = report else { continue };
        let parts = [
            (report.rows_used, "used", Paint::Plain),
            (report.rows_later, "later than as-of", Paint::Plain),
            (report.rows_of_rejected_leads, "of rejected leads", Paint::Warn),
            (report.rows_of_unknown_leads, "of leads that are not in the file", Paint::Warn),
            (report.rows_rejected, "rejected", Paint::Bad),
        ];
        let mut line = vec![words(format!("{} in", counted(report.rows_in, one, several)))];
        for (rows, what, paint) in parts {
            let paint = if rows > 0 { paint } else { Paint::Plain };
            line.push(words(", "));
            line.push(words(format!("{} {what}", count(rows))).paint(paint));
        }
        page.line(0, &line);
        list(
            page,
            &Listing {
                policy: &report.record,
                reasons: &report.reasons,
                cells: report.bad_cells.iter().map(|(file, cell)| (placed(report, *file, cell), cell)).collect(),
                rejected: counted(report.rows_rejected, one, several),
                rows_rejected: report.rows_rejected,
                taken_as_missing: counted(report.cells_taken_as_missing, "cell", "cells"),
                file: None,
            },
        );
        let of_leads = report.rows_of_rejected_leads + report.rows_of_unknown_leads;
        let left_out = report.rows_rejected + report.rows_later + of_leads + report.cells_taken_as_missing;
        if let Some(file) = run.rejects_signals.filter(|_| left_out > 0) {
            page.line(2, &[words(format!("each {one} that was not used is in {file}"))]);
        }
    }
}

fn placed(report: &HistoryReport, file: usize, cell: &BadCell) -> String {
    match &report.files[..] {
        [only] => format!("{} {}", only.unit, cell.line),
        files => files.get(file).map(|file| format!("{} {} of {}", file.unit, cell.line, file.name)).unwrap_or_default(),
    }
}

fn reason_row(policy: &Policy, reason: &ReasonCount) -> Vec<Words> {
    let sentence = reason_sentence(policy, reason.subject, reason.reason, None);
    let column = match reason.subject {
        Subject::Row => String::new(),
        Subject::Field(_)
        | Subject::Stage
        | Subject::StageSince
        | Subject::RestUntil
        | Subject::RouteOwner(_)
        | Subject::RouteQueue(_)
        | Subject::Measure(_) => reason.column.clone(),
    };
    vec![words(count(reason.cells)), words(column), words(sentence)]
}

fn example_row(policy: &Policy, place: &str, cell: &BadCell) -> Vec<Words> {
    let lead = if cell.key.is_empty() { String::new() } else { format!("lead {}", cell.key) };
    vec![words(place).paint(Paint::Dim), words(lead), words(cell.sentence(policy))]
}

// --- what came out ----------------------------------------------------------------------------------------------------

fn choices(page: &mut Page, policy: &Policy, counts: &ChoiceCounts, moves: &[MoveCount]) {
    let members: Vec<(String, u64)> = counts
        .members
        .iter()
        .map(|(name, display, count)| (display.as_ref().map_or(name.clone(), |display| format!("{name} ({display})")), *count))
        .collect();
    let given: u64 = members.iter().map(|(_, count)| count).sum();
    let route = |index: usize| shown_name(policy.routes.get(index).map(|route| (&route.name, &route.display)), &counts.output);
    match counts.role {
        OutputRole::Stage => stages(page, &members, moves),
        // the moves stand beneath the stages
        OutputRole::StageRule => {}
        // only those that got a lead: the policy's other queues and owners may be of other routes
        OutputRole::Queue(index) => {
            page.heading(format!("{}: {} to a queue, {} to none", route(index), counted(given, "lead", "leads"), count(counts.missing)));
            table(page, members.into_iter().filter(|(_, count)| *count > 0).collect(), given);
        }
        OutputRole::Owner(_) if given == 0 => {}
        // of another program
        OutputRole::EventCondition(_) => {}
        // no answer
        OutputRole::Kept(_) => {}
        OutputRole::Owner(index) => {
            let kept: u64 = counts.kept.iter().sum();
            let (mut turns, mut keepers) = (Vec::new(), Vec::new());
            for (index, (name, leads)) in members.into_iter().enumerate() {
                let kept = counts.kept.get(index).copied().unwrap_or(0);
                turns.push((name.clone(), leads.saturating_sub(kept)));
                keepers.push((name, kept));
            }
            for (what, mut members, leads) in
                [("to an owner in turn", turns, given.saturating_sub(kept)), ("kept by an owner", keepers, kept)]
            {
                members.retain(|(_, count)| *count > 0);
                if leads > 0 {
                    page.heading(format!("{}: {} {what}", route(index), counted(leads, "lead", "leads")));
                    table(page, members, leads);
                }
            }
        }
        OutputRole::ClockState(index) => {
            let clock = shown_name(policy.slas.get(index).map(|clock| (&clock.name, &clock.display)), &counts.output);
            page.heading(format!("{clock}: the clock of {}", counted(given, "lead", "leads")));
            table(page, members.into_iter().filter(|(_, count)| *count > 0).collect(), given);
        }
        OutputRole::Decide(_) | OutputRole::Score(_) | OutputRole::Section(..) | OutputRole::Clock(..) | OutputRole::ClockDue(_) => {
            let decide = match counts.role {
                OutputRole::Decide(index) => policy.decides.get(index),
                OutputRole::Stage
                | OutputRole::StageRule
                | OutputRole::Queue(_)
                | OutputRole::Owner(_)
                | OutputRole::Kept(_)
                | OutputRole::Score(_)
                | OutputRole::Section(..)
                | OutputRole::Clock(..)
                | OutputRole::ClockDue(_)
                | OutputRole::ClockState(_)
                | OutputRole::EventCondition(_) => None,
            };
            page.heading(shown_name(decide.map(|decide| (&decide.name, &decide.display)), &counts.output));
            let missing = if counts.missing > 0 { vec![("(missing)".to_string(), counts.missing)] } else { Vec::new() };
            table(page, members.into_iter().chain(missing).collect(), given + counts.missing);
        }
    }
}

/// What became of rotations that remember.
fn turns(page: &mut Page, run: &Run) {
    let Some(turns) = &run.report.turns else { return };
    let tally = &turns.tally;
    page.heading(format!("turns: {} taken, {} kept", counted(tally.taken, "lead", "leads"), counted(tally.kept, "owner", "owners")));
    for (queue, left) in run.policy.queues.iter().zip(&tally.left).filter(|(_, left)| **left > 0) {
        let to = queue
            .fallback
            .and_then(|to| run.policy.queues.get(to))
            .map_or("they have no owner".to_owned(), |to| format!("on to {}", to.name));
        let text = format!("nobody left in {} for {}: {to}", queue.name, counted(*left, "lead", "leads"));
        page.line(2, &[words(text).paint(Paint::Warn)]);
    }
}

/// Few: all of them, in the policy's order; many: those with the most leads.
fn table(page: &mut Page, mut members: Vec<(String, u64)>, total: u64) {
    if members.len() > LINES_MAX {
        members.retain(|(_, count)| *count > 0);
        members.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    }
    let greatest = members.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let rows: Vec<Vec<Words>> =
        members.iter().take(LINES_MAX).map(|(name, part)| figure_row(page.look, name, *part, total, greatest)).collect();
    page.table(2, &[Align::Left, Align::Right, Align::Right], &rows);
    let further: Vec<u64> = members.iter().skip(LINES_MAX).map(|(_, count)| *count).collect();
    if !further.is_empty() {
        page.line(2, &[words(format!("and {} more, {}", further.len(), counted(further.iter().sum(), "lead", "leads"))).paint(Paint::Dim)]);
    }
}

/// Where leads stood, where they stand from now on, and who moved.
fn stages(page: &mut Page, members: &[(String, u64)], moves: &[MoveCount]) {
    let arrow = if page.look.unicode { "→" } else { "->" };
    let total: u64 = members.iter().map(|(_, count)| count).sum();
    let greatest = members.iter().map(|(_, count)| *count).max().unwrap_or(0);
    page.heading("stage");
    let mut rows = vec![vec![words(""), words("now").paint(Paint::Dim), words("next").paint(Paint::Dim)]];
    for (stage, (name, next)) in members.iter().enumerate() {
        let now: u64 = moves.iter().filter(|one| one.from == stage).map(|one| one.leads).sum();
        let mut row = figure_row(page.look, name, *next, total, greatest);
        row.insert(1, words(count(now)));
        rows.push(row);
    }
    page.table(2, &[Align::Left, Align::Right, Align::Right, Align::Right], &rows);
    let name = |stage: usize| members.get(stage).map_or("", |(name, _)| name.split(' ').next().unwrap_or(name));
    let moved: Vec<String> = moves
        .iter()
        .filter(|one| one.from != one.to)
        .map(|one| format!("{} {arrow} {} {}", name(one.from), name(one.to), count(one.leads)))
        .collect();
    page.line(2, &[words(if moved.is_empty() { "no lead moves".to_string() } else { format!("moves: {}", moved.join(", ")) })]);
}

fn shown_name(name: Option<(&String, &Option<String>)>, fallback: &str) -> String {
    match name {
        Some((name, Some(display))) => format!("{name} ({display})"),
        Some((name, None)) => name.clone(),
        None => fallback.to_string(),
    }
}

fn figure_row(look: Look, name: &str, part: u64, total: u64, greatest: u64) -> Vec<Words> {
    let paint = if part == 0 { Paint::Dim } else { Paint::Plain };
    vec![
        words(name).paint(paint),
        words(count(part)).paint(paint),
        words(share(part, total)).paint(paint),
        words(bar(part, greatest, bar_width(look), look)),
    ]
}

fn bar_width(look: Look) -> usize {
    BAR_WIDTH.min(look.width / 3)
}

fn distribution(page: &mut Page, numbers: &NumberSummary) {
    // sections have their own columns in the scored file; here they would bury the scores
    if !matches!(numbers.role, OutputRole::Score(_)) || numbers.known == 0 {
        return;
    }
    let figure = |value: i64| Decimal { mantissa: i128::from(value), places: numbers.scale }.reduced().to_string();
    let spread = match (numbers.least, numbers.greatest, mean(numbers.sum, numbers.known)) {
        (Some(least), Some(greatest), Some(mean)) => format!(": {} to {}, mean {}", figure(least), figure(greatest), figure(mean)),
        (_, _, _) => String::new(),
    };
    page.heading(format!("{}{spread}", numbers.output));
    let per_bar = numbers.bins.len().div_ceil(BARS).max(1);
    let bars: Vec<u64> = numbers.bins.chunks(per_bar).map(|bins| bins.iter().sum()).collect();
    let greatest = bars.iter().copied().max().unwrap_or(0);
    let last = bars.len().saturating_sub(1);
    let rows: Vec<Vec<Words>> = bars
        .iter()
        .enumerate()
        .map(|(index, part)| {
            let high = if index == last { numbers.interval.high } else { numbers.bin_low((index + 1) * per_bar) };
            let reach = if index == last { "to" } else { "to under" };
            let range = vec![words(figure(numbers.bin_low(index * per_bar))), words(reach).paint(Paint::Dim), words(figure(high))];
            range.into_iter().chain(figure_row(page.look, "", *part, numbers.known, greatest).into_iter().skip(1)).collect()
        })
        .collect();
    page.table(2, &[Align::Right, Align::Left, Align::Right, Align::Right, Align::Right], &rows);
    if numbers.missing > 0 {
        page.line(2, &[words(format!("missing for {}", counted(numbers.missing, "lead", "leads"))).paint(Paint::Dim)]);
    }
}

fn ending(page: &mut Page, run: &Run) {
    let report = run.report;
    page.empty_line();
    let speed = rate(report.rows_in, report.elapsed).map(|rate| format!(", {} leads/s", count(rate))).unwrap_or_default();
    let threads = counted(report.threads as u64, "thread", "threads");
    page.line(0, &[words(format!("{}{speed} ({threads}, {})", duration(report.elapsed), run.backend)).paint(Paint::Dim)]);
    if let Some(output) = run.output {
        page.line(0, &[words(format!("scored leads are in {output}"))]);
    }
    if !run.as_of_given {
        page.line(0, &[words(format!("--as-of {} repeats this run", run.as_of)).paint(Paint::Dim)]);
    }
}
