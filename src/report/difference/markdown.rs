//! A comparison as markdown for a comment of a pull request.
//!
//! Enters: a comparison. Leaves: GitHub-flavoured markdown of bounded length. Always holds: text of a policy or a lead is data here: it starts no markup, names nobody,
//! closes no table; what is left out for its length is said.

use std::fmt::Write;

use super::{Compared, Comparison, Outcome, TESTS_LEFT_OUT, figures, title, treatment_figures};
use crate::batch::compare::{ChoiceImpact, Impact};
use crate::diagnostic::markdown_text::{self, inert, prose_of};
use crate::diagnostic::sanitise::one_line;
use crate::diff::{Change, ChangeKind, Difference};
use crate::policy::versions::Treatment;
use crate::report::figures::{count, counted};

/// A comment on GitHub holds 65,536 characters.
const CHARACTERS_MAX: usize = 60_000;
/// So many changes of one item are shown.
const CHANGES_SHOWN: usize = 40;
/// Items beyond these are folded away.
const ITEMS_OPEN: usize = 8;
/// One text of a policy is shown up to here.
const TEXT_MAX: usize = 300;

pub fn markdown(comparison: &Comparison) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "### Policy changes: {} → {}\n", code(&comparison.old), code(&comparison.new));
    for met in &comparison.met {
        let _ = writeln!(out, "> **Condition met** {}\n", with_code(met));
    }
    for policy in &comparison.policies {
        let mut part = String::new();
        of_policy(&mut part, policy, comparison);
        if out.len() + part.len() > CHARACTERS_MAX {
            out.push_str("\n_The rest is left out: this comment would be too long._\n");
            break;
        }
        out.push_str(&part);
    }
    out
}

fn of_policy(out: &mut String, policy: &Compared, comparison: &Comparison) {
    let name = code(&policy.name);
    if comparison.policies.len() > 1 || policy.moved_from().is_some() {
        let _ = writeln!(out, "#### {name} ({})\n", code(policy.path()));
    }
    if let Some(from) = policy.moved_from() {
        let _ = writeln!(out, "Its first file was {}.\n", code(from));
    }
    match &policy.outcome {
        Outcome::Added => {
            let _ = writeln!(out, "The policy {name} is new: {}.\n", code(policy.path()));
        }
        Outcome::Removed => {
            let _ = writeln!(out, "The policy {name} is gone: {}.\n", code(policy.path()));
        }
        Outcome::Mistaken => {
            let _ = writeln!(out, "The policy {name} was not compared: it has mistakes.\n");
        }
        Outcome::Compared { difference, treatment, impact, tests_left_out } => {
            changes(out, difference);
            if *tests_left_out {
                let _ = writeln!(out, "_Note: {TESTS_LEFT_OUT}._\n");
            }
            if let Some(treatment) = treatment {
                of_all_leads(out, treatment);
            }
            if let Some(impact) = impact {
                let room = CHARACTERS_MAX / 2;
                let mut part = String::new();
                of_leads(&mut part, impact, comparison.as_of.as_deref());
                if part.len() > room {
                    part.clear();
                    counts(&mut part, impact, comparison.as_of.as_deref());
                }
                out.push_str(&part);
            }
        }
    }
}

fn changes(out: &mut String, difference: &Difference) {
    if difference.is_empty() {
        out.push_str("No change that means anything.\n\n");
        return;
    }
    let room = CHARACTERS_MAX / 3;
    let start = out.len();
    let several = difference.items.len() > ITEMS_OPEN;
    for (index, item) in difference.items.iter().enumerate() {
        if out.len() - start > room {
            let left = (difference.items.len() - index) as u64;
            let _ = writeln!(out, "_and {} more_\n", counted(left, "item", "items"));
            break;
        }
        if several && index == ITEMS_OPEN {
            let left = (difference.items.len() - index) as u64;
            let _ = writeln!(out, "<details><summary>{} more</summary>\n", counted(left, "item", "items"));
        }
        let _ = writeln!(out, "**{}**", escaped(&title(item)));
        for change in item.changes.iter().take(CHANGES_SHOWN) {
            let _ = writeln!(out, "- {}", sentence(change));
        }
        if item.changes.len() > CHANGES_SHOWN {
            let _ = writeln!(out, "- _and {} more_", counted((item.changes.len() - CHANGES_SHOWN) as u64, "change", "changes"));
        }
        out.push('\n');
    }
    if several {
        out.push_str("</details>\n\n");
    }
}

fn sentence(change: &Change) -> String {
    let sign = match change.kind {
        ChangeKind::Added => "➕ ",
        ChangeKind::Removed => "➖ ",
        ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Renamed => "",
    };
    let text = with_code(&change.sentence());
    if change.wording { format!("{sign}_{text}_ (words only)") } else { format!("{sign}{text}") }
}

/// What is proved.
fn of_all_leads(out: &mut String, treatment: &Treatment) {
    let _ = writeln!(out, "#### Every lead there can be\n");
    for sentence in treatment_figures::sentences(treatment) {
        let _ = writeln!(out, "- {}", escaped(&sentence));
    }
    out.push('\n');
    for answer in treatment.differing() {
        let _ = writeln!(out, "**{}**\n", escaped(&treatment_figures::headline(answer)));
        if let Some(shown) = &answer.shown {
            let _ = writeln!(out, "- {}: {}", escaped(&treatment_figures::change(shown)), code(&treatment_figures::lead(shown)));
        }
        let Some(cells) = &answer.cells else {
            let _ = writeln!(
                out,
                "{}",
                treatment_figures::untold(answer).map(|sentence| format!("- {}\n", escaped(&sentence))).unwrap_or_default()
            );
            continue;
        };
        let rows = treatment_figures::rows(cells);
        let _ = writeln!(out, "\n<details><summary>{}</summary>\n", escaped(&treatment_figures::total(cells)));
        let rows: Vec<Vec<String>> = rows.into_iter().map(|(leads, becomes)| vec![escaped(&leads), escaped(&becomes)]).collect();
        table(out, &["leads", "what becomes of them"], &rows);
        out.push_str("</details>\n\n");
    }
}

fn of_leads(out: &mut String, impact: &Impact, as_of: Option<&str>) {
    counts(out, impact, as_of);
    for choice in figures::tabled(impact) {
        let _ = writeln!(out, "**{}**: {} moved\n", escaped(&choice.output), counted(choice.changed, "lead", "leads"));
        matrix(out, choice);
    }
    let mut rows = Vec::new();
    for number in figures::numbers(impact) {
        rows.push(vec![escaped(&number.output), escaped(&figures::moved(number))]);
    }
    table(out, &["score", "moved"], &rows);
    for (title, loads) in [("queue", &impact.queues), ("owner", &impact.owners)] {
        if loads.iter().any(|load| load.before != load.after) {
            let shown = loads.iter().take(figures::MOVES_SHOWN);
            let change = |before: u64, after: u64| figures::signed(i128::from(after) - i128::from(before), 0);
            let rows: Vec<Vec<String>> = shown
                .map(|load| vec![escaped(&load.name), count(load.before), count(load.after), change(load.before, load.after)])
                .collect();
            table(out, &[title, "before", "after", "change"], &rows);
            if loads.len() > rows.len() {
                let _ = writeln!(out, "_and {} more_\n", loads.len() - rows.len());
            }
        }
    }
    if !impact.movers.is_empty() {
        let _ = writeln!(out, "<details><summary>Leads that move most</summary>\n");
        let missing = |value: &Option<String>| value.clone().unwrap_or_else(|| "missing".to_owned());
        let rows: Vec<Vec<String>> = impact
            .movers
            .iter()
            .flat_map(|mover| {
                mover.changes.iter().enumerate().map(|(index, change)| {
                    let key = if index == 0 { escaped(&mover.key) } else { String::new() };
                    vec![key, escaped(&change.output), escaped(&missing(&change.before)), escaped(&missing(&change.after))]
                })
            })
            .collect();
        table(out, &["lead", "answer", "before", "after"], &rows);
        out.push_str("</details>\n\n");
    }
    if !impact.rejected.is_empty() {
        let _ = writeln!(out, "<details><summary>Leads that one version alone rejects</summary>\n");
        let rows: Vec<Vec<String>> = impact
            .rejected
            .iter()
            .map(|lead| {
                vec![
                    escaped(&lead.key),
                    format!("{} {}", impact.unit, lead.line),
                    if lead.by_new { "new" } else { "old" }.to_owned(),
                    with_code(&lead.reason),
                ]
            })
            .collect();
        table(out, &["lead", "place", "rejected by", "why"], &rows);
        out.push_str("</details>\n\n");
    }
}

fn counts(out: &mut String, impact: &Impact, as_of: Option<&str>) {
    let _ = match as_of {
        Some(as_of) => writeln!(out, "#### Leads as of {as_of}\n"),
        None => writeln!(out, "#### Leads\n"),
    };
    let rows: Vec<Vec<String>> = figures::counts(impact).into_iter().map(|(label, text)| vec![label.to_owned(), escaped(&text)]).collect();
    table(out, &["", ""], &rows);
}

fn matrix(out: &mut String, choice: &ChoiceImpact) {
    let (before, after) = figures::rows_and_columns(choice);
    if after.len() > figures::MATRIX_MAX || before.len() > 2 * figures::MATRIX_MAX {
        let moves = figures::moves(choice);
        let rows: Vec<Vec<String>> =
            moves.iter().take(figures::MOVES_SHOWN).map(|(from, to, leads)| vec![escaped(from), escaped(to), count(*leads)]).collect();
        table(out, &["before", "after", "leads"], &rows);
        if moves.len() > rows.len() {
            let _ = writeln!(out, "_and {} more moves_\n", moves.len() - rows.len());
        }
        return;
    }
    let names: Vec<String> = after.iter().map(|place| escaped(&figures::name(choice, *place))).collect();
    let header: Vec<&str> = ["before → after"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let rows: Vec<Vec<String>> = before
        .iter()
        .map(|from| {
            let cells = after.iter().map(|to| match figures::cell(choice, *from, *to) {
                0 => "·".to_owned(),
                leads if from == to => count(leads),
                leads => format!("**{}**", count(leads)),
            });
            [escaped(&figures::name(choice, *from))].into_iter().chain(cells).collect()
        })
        .collect();
    table(out, &header, &rows);
}

fn table(out: &mut String, header: &[&str], rows: &[Vec<String>]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "| {} |", header.join(" | "));
    let _ = writeln!(out, "|{}", "---|".repeat(header.len()));
    for row in rows {
        let _ = writeln!(out, "| {} |", row.join(" | "));
    }
    out.push('\n');
}

/// Text that is no markup.
fn escaped(text: &str) -> String {
    inert(&shortened(text))
}

fn code(text: &str) -> String {
    markdown_text::code(&shortened(text))
}

/// Keeps what stands in backquotes as code.
fn with_code(text: &str) -> String {
    prose_of(text, &escaped, &code)
}

fn shortened(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(TEXT_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}
