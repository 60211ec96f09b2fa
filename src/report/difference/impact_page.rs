//! What a change does to leads, on a terminal.

use super::figures;
use super::page::arrows;
use crate::batch::compare::{ChoiceImpact, Impact, Load};
use crate::report::figures::count;
use crate::report::layout::{Align, Page, Paint, Words, words};

const LABEL: usize = 12;
/// Columns that the keys of leads get at most.
const KEY_SHOWN: usize = 36;
const INDENT: usize = 2;
const GAP: usize = 2;
/// Room for a count.
const FIGURE: usize = 7;
const CORNER: &str = "before → after";

pub fn impact(page: &mut Page, impact: &Impact, as_of: Option<&str>) {
    page.heading(match as_of {
        Some(as_of) => format!("leads as of {as_of}"),
        None => "leads".to_owned(),
    });
    for (label, text) in figures::counts(impact) {
        page.labelled(2, &words(label), LABEL, &[words(text)]);
    }
    for choice in figures::tabled(impact) {
        page.heading(format!("{}: {} moved", choice.output, crate::report::figures::counted(choice.changed, "lead", "leads")));
        matrix(page, choice);
    }
    let numbers: Vec<_> = figures::numbers(impact).collect();
    if !numbers.is_empty() {
        page.heading("scores");
        for number in &numbers {
            page.line(2, &[words(number.output.clone()).paint(Paint::Bold), words(" "), words(figures::moved(number))]);
        }
        page.heading("leads by how many points they moved");
        let mut rows =
            vec![[String::new()].into_iter().chain(figures::steps()).map(|text| words(text).paint(Paint::Dim)).collect::<Vec<_>>()];
        for number in &numbers {
            for (sign, by) in [("up", &number.up_by), ("down", &number.down_by)] {
                if by.iter().any(|leads| *leads > 0) {
                    let cells = by.iter().map(|leads| figure(*leads));
                    rows.push([words(format!("{} {sign}", number.output))].into_iter().chain(cells).collect());
                }
            }
        }
        page.table(2, &right_but_first(rows.first().map_or(0, Vec::len)), &rows);
    }
    for (title, loads) in [("queue", &impact.queues), ("owner", &impact.owners)] {
        load(page, title, loads);
    }
    movers(page, impact);
    if !impact.rejected.is_empty() {
        page.heading("leads that one version alone rejects");
        for lead in &impact.rejected {
            let by = if lead.by_new { "the new version" } else { "the old version" };
            page.line(2, &[words(format!("{} ({} {}), by {by}: {}", lead.key, impact.unit, lead.line, lead.reason))]);
        }
    }
}

fn figure(leads: u64) -> Words {
    if leads == 0 { words("·").paint(Paint::Dim) } else { words(count(leads)) }
}

fn right_but_first(columns: usize) -> Vec<Align> {
    (0..columns).map(|column| if column == 0 { Align::Left } else { Align::Right }).collect()
}

/// Before in rows, after in columns; or, of many choices, the moves.
fn matrix(page: &mut Page, choice: &ChoiceImpact) {
    let (before, after) = figures::rows_and_columns(choice);
    // names that would have to be broken make a table hard to read
    let name_width = |place: &Option<usize>| figures::name(choice, *place).chars().count();
    let width = INDENT + CORNER.chars().count().max(before.iter().map(name_width).max().unwrap_or(0));
    let width = width + after.iter().map(|place| GAP + name_width(place).max(FIGURE)).sum::<usize>();
    if after.len() > figures::MATRIX_MAX || before.len() > 2 * figures::MATRIX_MAX || width > page.look.width {
        return moves(page, choice);
    }
    let corner = arrows(CORNER, page.look);
    let header = [words(corner).paint(Paint::Dim)].into_iter();
    let mut rows = vec![header.chain(after.iter().map(|place| words(figures::name(choice, *place)).paint(Paint::Dim))).collect::<Vec<_>>()];
    for from in &before {
        let cells = after.iter().map(|to| {
            let cell = figure(figures::cell(choice, *from, *to));
            if from == to { cell.paint(Paint::Dim) } else { cell }
        });
        rows.push([words(figures::name(choice, *from))].into_iter().chain(cells).collect());
    }
    page.table(2, &right_but_first(after.len() + 1), &rows);
}

fn moves(page: &mut Page, choice: &ChoiceImpact) {
    let moves = figures::moves(choice);
    let rows: Vec<Vec<Words>> = moves
        .iter()
        .take(figures::MOVES_SHOWN)
        .map(|(from, to, leads)| vec![words(arrows(&format!("{from} → {to}"), page.look)), words(count(*leads))])
        .collect();
    page.table(2, &[Align::Left, Align::Right], &rows);
    more(page, moves.len(), figures::MOVES_SHOWN, "moves");
}

fn more(page: &mut Page, all: usize, shown: usize, what: &str) {
    if all > shown {
        page.line(2, &[words(format!("and {} more {what}", all - shown)).paint(Paint::Dim)]);
    }
}

fn load(page: &mut Page, title: &str, loads: &[Load]) {
    if loads.iter().all(|load| load.before == load.after) {
        return;
    }
    page.heading(format!("leads of each {title}"));
    let mut rows = vec![[title, "before", "after", "change"].map(|text| words(text).paint(Paint::Dim)).to_vec()];
    for load in loads.iter().take(figures::MOVES_SHOWN) {
        let change = i128::from(load.after) - i128::from(load.before);
        rows.push(vec![words(load.name.clone()), words(count(load.before)), words(count(load.after)), words(figures::signed(change, 0))]);
    }
    page.table(2, &right_but_first(4), &rows);
    more(page, loads.len(), figures::MOVES_SHOWN, title);
}

fn movers(page: &mut Page, impact: &Impact) {
    if impact.movers.is_empty() {
        return;
    }
    page.heading("leads that move most");
    // keys of a CRM have up to 18 characters; a longer one stands out
    let longest = impact.movers.iter().map(|mover| mover.key.chars().count()).max().unwrap_or(0);
    let label = longest.clamp(LABEL, KEY_SHOWN);
    for mover in &impact.movers {
        let missing = |value: &Option<String>| value.clone().unwrap_or_else(|| "missing".to_owned());
        let changes: Vec<String> = mover
            .changes
            .iter()
            .map(|change| format!("{} {} → {}", change.output, missing(&change.before), missing(&change.after)))
            .collect();
        let text = arrows(&changes.join(", "), page.look);
        page.labelled(2, &words(mover.key.clone()).paint(Paint::Bold), label, &[words(text)]);
    }
}
