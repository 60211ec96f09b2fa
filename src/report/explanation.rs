//! An explanation as a page that can be read aloud.

use super::layout::{Align, Page, Paint, Words, words};
use crate::diagnostic::render_human::Look;
use crate::model::Decimal;
use crate::policy::exact::{ZERO, add, at_places};
use crate::policy::explanation::*;

pub fn page(explanation: &Explanation, look: Look) -> String {
    let mut page = Page::new(look);
    let lead = explanation.key.as_ref().map_or("The lead".to_string(), |key| format!("Lead {key}"));
    page.line(0, &[words(lead).paint(Paint::Bold)]);
    page.line(0, &[words(format!("policy {}", called(&explanation.policy)))]);
    page.line(0, &[words(format!("as of {} ({})", explanation.as_of, explanation.timezone))]);
    known(&mut page, explanation);
    history(&mut page, &explanation.history, &explanation.forgotten);
    for one in &explanation.scores {
        score(&mut page, one);
    }
    for one in &explanation.decides {
        decide(&mut page, one);
    }
    if let Some(one) = &explanation.stage {
        stage(&mut page, one);
    }
    for one in &explanation.routes {
        route(&mut page, one);
    }
    for one in &explanation.clocks {
        clock(&mut page, one);
    }
    page.finish()
}

/// `medbank (MedBank automated dispensing, US)`
pub fn called(name: &Named) -> String {
    match &name.display {
        Some(display) => format!("{} ({display})", name.name),
        None => name.name.clone(),
    }
}

fn known(page: &mut Page, explanation: &Explanation) {
    page.heading("What is known");
    let known = explanation.fields.iter().filter_map(|fact| Some(vec![words(&fact.name.name), words(fact.value.as_ref()?)]));
    page.table(2, &[], &known.collect::<Vec<_>>());
    let missing: Vec<&str> = explanation.fields.iter().filter(|fact| fact.value.is_none()).map(|fact| fact.name.name.as_str()).collect();
    if !missing.is_empty() {
        page.line(2, &[words("missing: ").paint(Paint::Warn), words(missing.join(", "))]);
    }
    if explanation.derived.is_empty() {
        return;
    }
    page.heading("What follows from it");
    let derived = explanation.derived.iter().map(|fact| {
        let definition = fact.definition.as_ref().map(|text| format!("= {text}")).unwrap_or_default();
        vec![words(&fact.name.name), value(fact.value.as_ref()), words(definition).paint(Paint::Dim)]
    });
    page.table(2, &[], &derived.collect::<Vec<_>>());
}

/// What the measures count.
fn history(page: &mut Page, measures: &[MeasureExplained], forgotten: &[ForgottenExplained]) {
    if measures.is_empty() && forgotten.is_empty() {
        return;
    }
    page.heading("What it did");
    self::measures(page, &measures.iter().collect::<Vec<_>>());
    for ForgottenExplained { section, at } in forgotten {
        page.line(2, &[words(format!("{section} was forgotten at {at}: what came up to then does not count there"))]);
    }
}

/// What each counts, one line each.
pub(super) fn measures(page: &mut Page, measures: &[&MeasureExplained]) {
    let rows = measures.iter().map(|measure| {
        let counted = measure.counted.as_ref().map(|counted| match (&counted.last, counted.count) {
            (None, _) => "none".to_string(),
            (Some(last), 1) => format!("1 at {last}"),
            (Some(last), count) => format!("{count}, the last at {last}"),
        });
        vec![words(&measure.definition), value(measure.value.as_ref()), words(counted.unwrap_or_default()).paint(Paint::Dim)]
    });
    page.table(2, &[], &rows.collect::<Vec<_>>());
}

fn value(value: Option<&String>) -> Words {
    value.map_or_else(|| words("missing").paint(Paint::Warn), words)
}

pub(super) fn score(page: &mut Page, score: &ScoreExplained) {
    page.heading(format!("Score {}: {}", called(&score.name), score.value));
    if let Some(persona) = &score.persona {
        page.line(2, &[words(format!("the model for `{}`", persona.condition))]);
        for row in &persona.earlier {
            let condition = row.condition.clone().unwrap_or_default();
            page.line(2, &[words(format!("not the one for `{condition}`")).paint(Paint::Dim)]);
            verdict(page, 4, &row.verdict);
        }
    }
    let times = if page.look.unicode { "×" } else { "x" };
    if score.sections.iter().any(|section| section.weight.is_some()) {
        let text = format!("a row adds points {times} weight {times} 10, and of that what its section weighs");
        page.line(2, &[words(text).paint(Paint::Dim)]);
    }
    if !score.booked.is_empty() {
        balance(page, score);
        return;
    }
    // one table over all sections, so that the last column is one column of figures
    let mut rows = Vec::new();
    for section in &score.sections {
        section_rows(page, &mut rows, section);
    }
    if !score.adjusts.is_empty() {
        let applied: Vec<Decimal> = score.adjusts.iter().map(AdjustExplained::contribution).collect();
        let total = applied.into_iter().try_fold(ZERO, add).and_then(|total| at_places(total, score.sum.places));
        let total = total.map(|total| total.to_string()).unwrap_or_default();
        rows.push(vec![words("adjustments").paint(Paint::Bold).wide(), words(total).paint(Paint::Bold)]);
        rows.extend(score.adjusts.iter().map(|adjust| added(adjust, score.sum.places)));
    }
    rows.push(vec![words("sum").paint(Paint::Bold).wide(), words(score.sum.to_string()).paint(Paint::Bold)]);
    page.full_table(2, &[Align::Left, Align::Left, Align::Left, Align::Right], 2, &rows);
    if let Some(range) = &score.range {
        let effect = if range.applied { "which moved the sum to the nearer end" } else { "which changed nothing" };
        page.line(2, &[words(format!("range {} to {}, {effect}", range.low, range.high))]);
    }
    rounding(page, score);
}

/// One section of a score, without the rest of it.
pub(super) fn section(page: &mut Page, score: &str, section: &SectionExplained) {
    page.heading(format!("{score}.{}: {}", called(&section.name), section.value));
    let mut rows = Vec::new();
    section_rows(page, &mut rows, section);
    page.full_table(2, &[Align::Left, Align::Left, Align::Left, Align::Right], 2, &rows);
}

/// The rows of a running score, and what its range did to them; together they are the balance.
fn balance(page: &mut Page, score: &ScoreExplained) {
    page.line(2, &[words("a balance of points booked day by day, brought into its range each day").paint(Paint::Dim)]);
    let places = score.sum.places;
    let figure = |points: Decimal| words(at_places(points, places).unwrap_or(points).to_string());
    let mut rows: Vec<Vec<Words>> = score
        .booked
        .iter()
        .map(|row| {
            let what = format!("{}: {}{}", row.row, times(&row.times.to_string()), because(row.because.as_ref()));
            let paint = if row.times == 0 { Paint::Dim } else { Paint::Plain };
            vec![words(what).paint(paint), figure(row.points).paint(paint)]
        })
        .collect();
    if let Some(BalanceExplained { booked: _, taken, given }) = &score.balance {
        let changes = [(taken, "the upper end of the range took away"), (given, "the lower end of the range gave back")];
        rows.extend(
            changes.into_iter().filter(|(points, _)| points.mantissa != 0).map(|(points, what)| vec![words(what), figure(*points)]),
        );
    }
    rows.push(vec![words("balance").paint(Paint::Bold), figure(score.sum).paint(Paint::Bold)]);
    page.table(2, &[Align::Left, Align::Right], &rows);
    rounding(page, score);
}

/// `1 time`, `2.5 times`
fn times(figure: &str) -> String {
    if figure == "1" { "1 time".to_string() } else { format!("{figure} times") }
}

fn rounding(page: &mut Page, score: &ScoreExplained) {
    if let Some(places) = score.rounded_to {
        page.line(2, &[words(format!("rounded to {places} places: {}", score.value))]);
    }
}

fn section_rows(page: &Page, rows: &mut Vec<Vec<Words>>, section: &SectionExplained) {
    let times = if page.look.unicode { "×" } else { "x" };
    let title = |text: String| words(text).paint(Paint::Bold);
    let figure = |figure: &Decimal| words(figure.to_string());
    let weight = section.weight.map_or("points".to_string(), |weight| format!("{} {times} {weight}%", section.value));
    rows.push(vec![title(format!("{}: {weight}", called(&section.name))).wide(), figure(&section.contribution).paint(Paint::Bold)]);
    for attribute in &section.attributes {
        let mut how = format!("{}: {}", attribute.row, attribute.points);
        if let Some(weight) = attribute.weight {
            how = format!("{how} {times} {weight}%");
        }
        how += &because(attribute.because.as_ref());
        rows.push(vec![
            words(format!("  {}", attribute.name.name)),
            value(attribute.value.as_ref()),
            words(how),
            figure(&attribute.contribution),
        ]);
    }
    rows.extend(section.points.iter().map(|points| added(points, section.contribution.places)));
    if let Some(cap) = section.cap.as_ref().filter(|cap| cap.contribution.mantissa != 0) {
        rows.push(vec![words(format!("  up to {}", cap.up_to)), words(""), words("the cap takes away"), figure(&cap.contribution)]);
    }
}

/// A row of points or an adjustment: what it gives and when; if it does not, why.
fn added(adjust: &AdjustExplained, places: u8) -> Vec<Words> {
    let figure = at_places(adjust.contribution(), places).unwrap_or(adjust.contribution());
    let what = match adjust.times {
        Some(count) => format!("{}: {}", adjust.row.gives, times(&count.to_string())),
        None => when(&adjust.row),
    };
    let text = format!("  {what}{}", because(adjust.row.because.as_ref()));
    let (paint, text) = match &adjust.row.verdict {
        Verdict::Applied => (Paint::Plain, text),
        Verdict::NotReached => (Paint::Dim, text),
        Verdict::Failed { .. } if adjust.times.is_some() => (Paint::Dim, text),
        Verdict::Failed { reasons } => (Paint::Dim, format!("{text}: no, {}", reasons.iter().map(reason).collect::<Vec<_>>().join("; "))),
    };
    vec![words(text).paint(paint).wide(), words(figure.to_string()).paint(paint)]
}

pub(super) fn because(text: Option<&String>) -> String {
    text.map(|text| format!(" ({text})")).unwrap_or_default()
}

/// `qualified when readiness >= 65`
pub(super) fn when(row: &RowExplained) -> String {
    match (&row.condition, row.gives.as_str()) {
        (Some(condition), "") => format!("when {condition}"),
        (Some(condition), gives) => format!("{gives} when {condition}"),
        (None, gives) => format!("{gives} otherwise"),
    }
}

pub(super) fn decide(page: &mut Page, decide: &DecideExplained) {
    page.heading(format!("{}: {}", called(&decide.name), decide.value));
    match &decide.how {
        Deciding::Rows(rows) => table_rows(page, rows),
        Deciding::Grid(grid) => {
            let edge = |edge: &EdgeExplained, side: &str| {
                vec![words(&edge.of), value(edge.value.as_ref()), words(format!("{side} `{}`", edge.edge))]
            };
            page.table(2, &[], &[edge(&grid.down, "row"), edge(&grid.across, "column")]);
        }
    }
}

/// Rows of a first-match table, up to the one that decided; those behind it are only counted.
fn table_rows(page: &mut Page, rows: &[RowExplained]) {
    rows_of(page, rows, when);
}

fn rows_of(page: &mut Page, rows: &[RowExplained], text: impl Fn(&RowExplained) -> String) {
    for row in rows.iter().filter(|row| row.verdict != Verdict::NotReached) {
        let (mark, paint) = match row.verdict {
            Verdict::Applied => ("yes", Paint::Good),
            Verdict::Failed { .. } | Verdict::NotReached => ("no", Paint::Dim),
        };
        page.labelled(2, &words(mark).paint(paint), 3, &[words(format!("{}{}", text(row), because(row.because.as_ref())))]);
        if !row.looked_up.is_empty() {
            page.line(6, &[words(format!("looked up where {}", facts(&row.looked_up))).paint(Paint::Dim)]);
        }
        verdict(page, 6, &row.verdict);
    }
    let behind = rows.iter().filter(|row| row.verdict == Verdict::NotReached).count();
    let anything_decided = rows.iter().any(|row| row.verdict == Verdict::Applied);
    if behind > 0 && anything_decided {
        let rows = if behind == 1 { "1 row behind it is".to_string() } else { format!("{behind} rows behind it are") };
        page.line(6, &[words(format!("{rows} not asked")).paint(Paint::Dim)]);
    }
}

/// Why a row did not apply.
fn verdict(page: &mut Page, indent: usize, verdict: &Verdict) {
    match verdict {
        Verdict::Applied | Verdict::NotReached => {}
        Verdict::Failed { reasons } => {
            for one in reasons {
                page.line(indent, &[words(reason(one)).paint(Paint::Dim)]);
            }
        }
    }
}

/// `beds is 20 and state is OH`
pub(super) fn facts(facts: &[Fact]) -> String {
    let facts: Vec<String> =
        facts.iter().map(|fact| format!("{} is {}", fact.name.name, fact.value.as_deref().unwrap_or("missing"))).collect();
    facts.join(" and ")
}

/// `readiness >= 65` failed: readiness is 52.1
pub fn reason(reason: &Reason) -> String {
    let values = facts(&reason.values);
    match reason.how {
        // a bare `competitor` says it all by its value
        How::Failed | How::Held if reason.values.iter().any(|fact| fact.name.name == reason.part) => values,
        How::Failed if values.is_empty() => format!("`{}` failed", reason.part),
        How::Failed => format!("`{}` failed: {values}", reason.part),
        How::Held if values.is_empty() => format!("`{}` holds", reason.part),
        How::Held => format!("`{}` holds: {values}", reason.part),
        How::FoundNothing if values.is_empty() => format!("`{}` found nothing", reason.part),
        How::FoundNothing => format!("`{}` found nothing: {values}", reason.part),
        How::NoOwner => "the lead has no owner to keep".to_string(),
        How::Rests => format!("the lead rests: {values}"),
        How::HeldLater => format!("`{}` holds now, and did not when the clock started", reason.part),
        How::NoSignal => format!("no `{}` in this stay: {values}", reason.part),
        How::NotOver => match &reason.values[..] {
            [from, over] => {
                let text = |fact: &Fact| fact.value.clone().unwrap_or_else(|| "missing".to_owned());
                let over = over.value.as_ref().map_or("never".to_owned(), |over| format!("at {over}"));
                format!("`{}` is not over: it counts from {} ({}) and is over {over}", reason.part, text(from), from.name.name)
            }
            _ => format!("`{}` is not over: {values}", reason.part),
        },
    }
}

pub(super) fn stage(page: &mut Page, stage: &StageExplained) {
    let arrow = if page.look.unicode { "→" } else { "->" };
    let title = if stage.before == stage.after {
        format!("Stage: stays {}", called(&stage.before))
    } else {
        format!("Stage: {} {arrow} {}", called(&stage.before), called(&stage.after))
    };
    page.heading(title);
    if let Some(owner) = &stage.owner {
        page.line(2, &[words(format!("owner: {}", called(owner)))]);
    }
    if let Some(until) = &stage.rests_until {
        page.line(2, &[words(format!("rests until {until}"))]);
    }
    rows_of(page, &stage.rows, moves);
}

/// `to raw on rejected`, `to mql when readiness >= 50`
fn moves(row: &RowExplained) -> String {
    match &row.condition {
        Some(condition) if condition.starts_with("on ") || condition.starts_with("after ") => format!("to {} {condition}", row.gives),
        Some(condition) => format!("to {} when {condition}", row.gives),
        None => format!("to {}", row.gives),
    }
}

pub(super) fn route(page: &mut Page, route: &RouteExplained) {
    let queue = route.queue.as_ref().map_or("none".to_string(), called);
    page.heading(format!("Route {}: {queue}", called(&route.name)));
    if let Some(team) = &route.team {
        page.line(2, &[words(format!("team: {}", called(team)))]);
    }
    if let Some(owner) = &route.kept {
        page.line(2, &[words(format!("owner: {owner}, kept; no turn is used"))]);
    }
    if let Some(left) = &route.left {
        page.line(2, &[words(format!("nobody is left to take the lead in {}", called(left))).paint(Paint::Warn)]);
    }
    if let Some(turn) = &route.turn {
        let TurnExplained { owner, hash, turn, weight, total } = turn;
        let arrow = if page.look.unicode { "→" } else { "->" };
        let text = match hash {
            Some(hash) => format!("owner: {owner} (key's hash {hash} {arrow} turn {turn} of {total}; {owner} has {weight})"),
            None => format!("owner: {owner} (turn {turn} of the queue; {owner} weighs {weight} of {total})"),
        };
        page.line(2, &[words(text)]);
    }
    for seat in &route.idle {
        page.line(2, &[words(format!("no turn for {}: {}", seat.owner, seat.why)).paint(Paint::Dim)]);
    }
    if let Some(row) = &route.when {
        let condition = row.condition.clone().unwrap_or_default();
        match row.verdict {
            Verdict::Applied => page.line(2, &[words(format!("asked because {condition}"))]),
            Verdict::Failed { .. } | Verdict::NotReached => {
                page.line(2, &[words(format!("not asked: it is for leads when {condition}"))]);
                verdict(page, 4, &row.verdict);
            }
        }
    }
    table_rows(page, &route.rows);
}

pub(super) fn clock(page: &mut Page, clock: &ClockExplained) {
    let state = match (&clock.state, &clock.due) {
        (Some(state), Some(due)) => format!("{state}, due {due}"),
        (Some(state), None) => state.clone(),
        (None, _) => "not started".to_owned(),
    };
    page.heading(format!("Clock {}: {state}", called(&clock.name)));
    if let Some(team) = &clock.team {
        page.line(2, &[words(format!("of {}", called(team)))]);
    }
    let targets: Vec<RowExplained> =
        clock.targets.iter().map(|row| RowExplained { gives: format!("within {}", row.gives), ..row.clone() }).collect();
    // of a clock that was not started no target is in force; if none would be, that is why
    if clock.state.is_some() || clock.targets.iter().all(|row| row.verdict != Verdict::Applied) {
        table_rows(page, &targets);
    }
    let events: Vec<Vec<Words>> = clock.events.iter().map(|event| vec![words(&event.at), words(&event.what)]).collect();
    page.table(2, &[], &events);
    if !clock.to_come.is_empty() {
        page.line(2, &[words("and if nothing else happens").paint(Paint::Dim)]);
        let dim = |text: &String| words(text).paint(Paint::Dim);
        page.table(2, &[], &clock.to_come.iter().map(|event| vec![dim(&event.at), dim(&event.what)]).collect::<Vec<_>>());
    }
}
