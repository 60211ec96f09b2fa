//! Why a lead is not where it should be, and the cheapest way there, as a page.

use super::explanation::{because, called, facts, reason, when};
use super::layout::{Align, Page, Paint, Words, words};
use crate::diagnostic::render_human::Look;
use crate::policy::explanation::{Fact, RowExplained, Verdict};
use crate::policy::reach::{FieldChange, Found, GoalExplained, ReachExplained, SignalAdded, WayExplained};

pub fn page(explained: &ReachExplained, look: Look) -> String {
    let mut page = Page::new(look);
    let lead = explained.key.as_ref().map_or("The lead".to_string(), |key| format!("Lead {key}"));
    page.line(0, &[words(lead).paint(Paint::Bold)]);
    page.line(0, &[words(format!("policy {}", called(&explained.policy)))]);
    page.line(0, &[words(format!("as of {} ({})", explained.as_of, explained.timezone))]);
    for one in &explained.goals {
        goal(&mut page, one);
    }
    if let Some(found) = &explained.found {
        self::found(&mut page, found);
    }
    page.finish()
}

fn goal(page: &mut Page, goal: &GoalExplained) {
    page.heading(format!("Goal: {}", goal.goal));
    let now: Vec<String> = goal.now.iter().map(|fact| format!("{} is {}", fact.name.name, shown(fact))).collect();
    let (mark, paint) = if goal.holds { ("yes", Paint::Good) } else { ("no", Paint::Warn) };
    page.labelled(2, &words(mark).paint(paint), 3, &[words(now.join(", "))]);
    if let Some(note) = &goal.note {
        page.line(6, &[words(note.clone()).paint(Paint::Dim)]);
    }
    let decided = goal.why_not.iter().position(|row| row.verdict == Verdict::Applied);
    for (place, row) in goal.why_not.iter().enumerate() {
        row_explained(page, row, decided.is_some_and(|decided| decided < place));
    }
}

fn shown(fact: &Fact) -> String {
    fact.value.clone().unwrap_or_else(|| "missing".to_owned())
}

fn row_explained(page: &mut Page, row: &RowExplained, is_behind: bool) {
    let text = format!("{}{}", when(row), because(row.because.as_ref()));
    let place = if is_behind { " (behind the row that decided)" } else { "" };
    match &row.verdict {
        Verdict::Applied => {
            page.labelled(6, &words("decided").paint(Paint::Dim), 7, &[words(text)]);
            if !row.looked_up.is_empty() {
                page.line(14, &[words(facts(&row.looked_up)).paint(Paint::Dim)]);
            }
        }
        Verdict::NotReached => page.labelled(6, &words("hidden").paint(Paint::Dim), 7, &[words(format!("{text}: it holds{place}"))]),
        Verdict::Failed { reasons } => {
            page.labelled(6, &words("failed").paint(Paint::Dim), 7, &[words(format!("{text}{place}"))]);
            for one in reasons {
                page.line(14, &[words(reason(one)).paint(Paint::Dim)]);
            }
        }
    }
}

fn found(page: &mut Page, found: &Found) {
    match found {
        Found::Already => {
            page.heading("The lead is there already");
        }
        Found::Never => {
            page.heading("Nothing that may change takes it there");
            page.line(2, &[words("This is proved, for all values of its fields and all signals that could be added.")]);
        }
        Found::Undecided { reason } => {
            page.heading("Undecided");
            page.line(2, &[words(reason.clone())]);
        }
        Found::Reached { way } => self::way(page, way),
    }
}

fn way(page: &mut Page, way: &WayExplained) {
    let proved = way.at_least == way.cost;
    page.heading(format!("The {} way costs {}", if proved { "cheapest" } else { "best found" }, way.cost));
    let fields = way.fields.iter().map(|change| {
        let text = change_text(page.look, change);
        vec![words(&change.name.name), words(text), words(change.cost.unwrap_or_default().to_string())]
    });
    let signals = way.signals.iter().map(|signal| vec![words(&signal.name.name), words(one_more(signal)), words(signal.cost.to_string())]);
    let rows: Vec<Vec<Words>> = fields.chain(signals).collect();
    page.table(2, &[Align::Left, Align::Left, Align::Right], &rows);
    let text = if proved {
        "No way costs less, and none as much with fewer changes: this is proved.".to_owned()
    } else {
        format!("No way costs less than {}; whether one costs less than {} is not decided.", way.at_least, way.cost)
    };
    page.line(2, &[words(text).paint(Paint::Dim)]);
    if way.answers.is_empty() {
        return;
    }
    page.heading("What comes of it");
    let rows = way.answers.iter().map(|change| vec![words(&change.name.name), words(change_text(page.look, change))]);
    page.table(2, &[], &rows.collect::<Vec<_>>());
}

/// `missing → 300`
fn change_text(look: Look, change: &FieldChange) -> String {
    let arrow = if look.unicode { "→" } else { "->" };
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "missing".to_owned());
    format!("{} {arrow} {}", text(&change.from), text(&change.to))
}

/// `one more at 2026-11-18T15:00, path "/products"`
fn one_more(signal: &SignalAdded) -> String {
    let properties = signal.properties.iter().map(|fact| format!(", {} {}", fact.name.name, shown(fact)));
    format!("one more at {}{}", signal.at, properties.collect::<String>())
}
