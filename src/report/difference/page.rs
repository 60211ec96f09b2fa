//! A comparison on a terminal.

use super::{Compared, Comparison, Outcome, TESTS_LEFT_OUT, impact_page, sign, title, treatment_page};
use crate::diagnostic::render_human::Look;
use crate::diff::{ChangeKind, Difference};
use crate::report::figures::counted;
use crate::report::layout::{Page, Paint, words};

/// So many changes of one item are shown.
const CHANGES_SHOWN: usize = 50;

pub fn page(comparison: &Comparison, look: Look) -> String {
    let mut page = Page::new(look);
    for policy in &comparison.policies {
        let several = comparison.policies.len() > 1;
        if several || policy.moved_from().is_some() {
            page.heading(format!("policy {} ({})", policy.name, policy.path()));
        }
        if let Some(from) = policy.moved_from() {
            page.line(0, &[words(format!("its first file was `{from}`, and is `{}`", policy.path()))]);
        }
        of_policy(&mut page, policy, comparison.as_of.as_deref());
    }
    if comparison.policies.is_empty() {
        page.line(0, &[words("no policy on either side")]);
    }
    if !comparison.met.is_empty() {
        page.heading("conditions that are met");
        comparison.met.iter().for_each(|met| page.line(2, &[words(met).paint(Paint::Bad)]));
    }
    page.finish()
}

fn of_policy(page: &mut Page, policy: &Compared, as_of: Option<&str>) {
    match &policy.outcome {
        Outcome::Added => page.line(0, &[words(format!("the policy {} is new: `{}`", policy.name, policy.path())).paint(Paint::Good)]),
        Outcome::Removed => page.line(0, &[words(format!("the policy {} is gone: `{}`", policy.name, policy.path())).paint(Paint::Bad)]),
        Outcome::Mistaken => {
            page.line(0, &[words(format!("the policy {} was not compared: it has mistakes", policy.name)).paint(Paint::Bad)])
        }
        Outcome::Compared { difference, treatment, impact, tests_left_out } => {
            changes(page, difference);
            if *tests_left_out {
                page.line(0, &[words(TESTS_LEFT_OUT).paint(Paint::Warn)]);
            }
            if let Some(treatment) = treatment {
                treatment_page::treatment(page, treatment);
            }
            if let Some(impact) = impact {
                impact_page::impact(page, impact, as_of);
            }
        }
    }
}

fn changes(page: &mut Page, difference: &Difference) {
    if difference.is_empty() {
        page.line(0, &[words("no change that means anything")]);
        return;
    }
    for item in &difference.items {
        page.heading(title(item));
        for change in item.changes.iter().take(CHANGES_SHOWN) {
            let paint = match change.kind {
                ChangeKind::Added => Paint::Good,
                ChangeKind::Removed => Paint::Bad,
                ChangeKind::Changed | ChangeKind::Moved | ChangeKind::Renamed => Paint::Warn,
            };
            let sentence = arrows(&change.sentence(), page.look);
            let sentence = if change.wording { words(sentence).paint(Paint::Dim) } else { words(sentence) };
            page.labelled(2, &words(sign(change.kind)).paint(paint), 1, &[sentence]);
        }
        if item.changes.len() > CHANGES_SHOWN {
            let more = item.changes.len() - CHANGES_SHOWN;
            page.line(4, &[words(format!("and {} more", counted(more as u64, "change", "changes"))).paint(Paint::Dim)]);
        }
    }
    let count = difference.changes().count() as u64;
    let wording = if difference.is_wording() { ", of words for people alone" } else { "" };
    page.empty_line();
    page.line(
        0,
        &[words(format!(
            "{} in {}{wording}",
            counted(count, "change", "changes"),
            counted(difference.items.len() as u64, "item", "items")
        ))],
    );
}

/// For a terminal that has too few characters.
pub(super) fn arrows(text: &str, look: Look) -> String {
    if look.unicode { text.to_owned() } else { text.replace('→', "->").replace('×', "x") }
}
