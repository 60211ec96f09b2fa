//! What is proved of two versions, on a terminal.

use super::page::arrows;
use super::treatment_figures;
use crate::policy::versions::{Treated, Treatment, Verdict};
use crate::report::layout::{Page, Paint, words};

pub fn treatment(page: &mut Page, treatment: &Treatment) {
    page.heading("every lead there can be");
    for answer in treatment.differing() {
        of_answer(page, answer);
    }
    let paint = match treatment.verdict() {
        Verdict::Same => Paint::Good,
        Verdict::Differs | Verdict::Undecided => Paint::Plain,
    };
    for sentence in treatment_figures::sentences(treatment) {
        let paint = if sentence.starts_with("undecided") { Paint::Warn } else { paint };
        page.line(2, &[words(sentence).paint(paint)]);
    }
}

fn of_answer(page: &mut Page, answer: &Treated) {
    page.line(2, &[words(treatment_figures::headline(answer)).paint(Paint::Bad)]);
    if let Some(shown) = &answer.shown {
        let change = arrows(&treatment_figures::change(shown), page.look);
        let lead = match &shown.same_as {
            Some(earlier) => words(format!("the lead that shows {earlier}")),
            None => words(treatment_figures::lead(shown)).paint(Paint::Bold),
        };
        page.line(4, &[words(format!("{change} for ")), lead]);
        if shown.same_as.is_none()
            && shown.signal_count > 0
            && let Some(test) = &shown.test
        {
            test.lines().for_each(|line| page.verbatim(6, line));
        }
    }
    let Some(cells) = &answer.cells else {
        if let Some(sentence) = treatment_figures::untold(answer) {
            page.line(4, &[words(sentence)]);
        }
        return;
    };
    page.line(4, &[words(treatment_figures::total(cells))]);
    let rows = treatment_figures::rows(cells);
    let rows: Vec<_> = rows.into_iter().map(|(leads, becomes)| vec![words(leads), words(arrows(&becomes, page.look))]).collect();
    page.table(6, &[], &rows);
}
