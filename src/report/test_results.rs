//! The results of a policy's tests.

use super::explanation::reason;
use super::figures::counted;
use super::layout::{Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::model::Target;
use crate::policy::explanation::*;
use crate::testing::{Difference, TestOutcome, TestResult};

const LABEL: usize = 7;

/// One line for each test; for one that fails, what was expected, what came out, and why. `explain` is asked for those alone.
pub fn page(results: &[TestResult], explain: impl Fn(usize) -> Option<Explanation>, look: Look) -> String {
    let mut page = Page::new(look);
    for result in results {
        let title = [words(&result.title)];
        match &result.outcome {
            TestOutcome::Passed => page.labelled(0, &words("ok").paint(Paint::Good), LABEL, &title),
            TestOutcome::NotRun(reason) => {
                page.labelled(0, &words("NOT RUN").paint(Paint::Bad), LABEL, &title);
                page.line(LABEL + 1, &[words(reason)]);
            }
            TestOutcome::Differs(differences) => {
                page.labelled(0, &words("FAILED").paint(Paint::Bad), LABEL, &title);
                let rows: Vec<_> = differences.iter().map(row).collect();
                page.table(LABEL + 1, &[], &rows);
                if let Some(explanation) = explain(result.test) {
                    differences
                        .iter()
                        .filter_map(|difference| why(&explanation, difference))
                        .for_each(|text| page.line(LABEL + 1, &[words(text)]));
                }
            }
        }
    }
    let passed = results.iter().filter(|result| result.passed()).count();
    let failed = results.len() - passed;
    if !results.is_empty() {
        page.empty_line();
    }
    let line = match (passed, failed) {
        (0, 0) => "no tests".to_string(),
        (passed, 0) => format!("{} passed on both evaluators", counted(passed as u64, "test", "tests")),
        (passed, failed) => format!("{} failed, {passed} passed", counted(failed as u64, "test", "tests")),
    };
    page.line(0, &[words(line).paint(if failed > 0 { Paint::Bad } else { Paint::Good })]);
    page.finish()
}

fn row(difference: &Difference) -> Vec<crate::report::layout::Words> {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "missing".into());
    let mut found = format!("is {}", shown(&difference.found));
    if let Some(compiled) = &difference.compiled {
        found += &format!(" (machine code: {}; please report this)", shown(compiled));
    }
    vec![
        words(difference.path.clone()),
        words(format!("expected {}", shown(&difference.expected))).paint(Paint::Good),
        words(found).paint(Paint::Bad),
    ]
}

/// How the value that differs came about, in one paragraph.
fn why(explanation: &Explanation, difference: &Difference) -> Option<String> {
    match difference.target {
        Target::Score(index) => explanation.scores.get(index).map(score_sentence),
        Target::Section(score, _) => {
            let name = difference.path.rsplit('.').next()?;
            let section = explanation.scores.get(score)?.sections.iter().find(|section| section.name.name == name)?;
            Some(format!("{} is {}: {}", difference.path, section.value, section_rows(section)))
        }
        Target::Decide(index) => {
            let decide = explanation.decides.get(index)?;
            match &decide.how {
                Deciding::Rows(rows) => Some(format!("{} is {}: {}", decide.name.name, decide.value, rows_sentence(rows))),
                Deciding::Grid(grid) => {
                    let edge =
                        |edge: &EdgeExplained| format!("{} is {}, in {}", edge.of, edge.value.as_deref().unwrap_or("missing"), edge.edge);
                    Some(format!("{} is {}: {}; {}", decide.name.name, decide.value, edge(&grid.down), edge(&grid.across)))
                }
            }
        }
        Target::Stage => {
            let stage = explanation.stage.as_ref()?;
            Some(format!("stage is {}: {}", stage.after.name, rows_sentence(&stage.rows)))
        }
        Target::Route(index) | Target::RouteOwner(index) => {
            let route = explanation.routes.get(index)?;
            let asked = route.when.iter().filter(|row| row.verdict != Verdict::Applied).cloned().collect::<Vec<_>>();
            let rows = if asked.is_empty() { &route.rows } else { &asked };
            let owner = route.turn.as_ref().map(|turn| format!(" (owner {})", turn.owner)).unwrap_or_default();
            let queue = route.queue.as_ref().map_or("missing", |queue| queue.name.as_str());
            Some(format!("{} is {queue}{owner}: {}", route.name.name, rows_sentence(rows)))
        }
        Target::Let(index) => {
            let fact = explanation.derived.get(index)?;
            Some(format!("{} = {}", fact.name.name, fact.definition.as_deref()?))
        }
        Target::ClockDue(index) | Target::ClockState(index) => Some(clock_sentence(explanation.clocks.get(index)?)),
        Target::Field(_) => None,
    }
}

/// `first_touch is running, due 2026-11-18T15:05: within 5 business minutes (asked_for_rep)`
fn clock_sentence(clock: &ClockExplained) -> String {
    let state = clock.state.as_deref().unwrap_or("not started");
    let due = clock.due.as_ref().map(|due| format!(", due {due}")).unwrap_or_default();
    format!("{} is {state}{due}: {}", clock.name.name, rows_sentence(&clock.targets))
}

/// `fit is 44: size gives 64 (beds 4 (under 100) at 60%, …), -20 when rival`
fn score_sentence(score: &ScoreExplained) -> String {
    let sections =
        score.sections.iter().map(|section| format!("{} gives {} ({})", section.name.name, section.contribution, section_rows(section)));
    let adjusts = score.adjusts.iter().filter(|adjust| adjust.row.verdict == Verdict::Applied).map(|adjust| {
        let condition = adjust.row.condition.as_ref().map(|condition| format!(" when {condition}")).unwrap_or_default();
        format!("{}{condition}", adjust.row.gives)
    });
    let mut parts: Vec<String> = sections.chain(adjusts).collect();
    if let Some(range) = score.range.as_ref().filter(|range| range.applied) {
        parts.push(format!("moved from {} into {} to {}", score.sum, range.low, range.high));
    }
    format!("{} is {}: {}", score.name.name, score.value, parts.join(", "))
}

fn section_rows(section: &SectionExplained) -> String {
    let mut parts: Vec<String> = section
        .attributes
        .iter()
        .map(|attribute| {
            let weight = attribute.weight.map(|weight| format!(" at {weight}%")).unwrap_or_default();
            format!("{} {} ({}){weight}", attribute.name.name, attribute.points, attribute.row)
        })
        .collect();
    parts.extend(section.points.iter().filter(|points| points.row.verdict == Verdict::Applied).map(|points| points.row.gives.clone()));
    if parts.is_empty() { "no row applies".to_string() } else { parts.join(", ") }
}

/// `qualified failed because readiness is 52.1; nurture applied`
fn rows_sentence(rows: &[RowExplained]) -> String {
    let sentence = |row: &RowExplained| match &row.verdict {
        Verdict::Applied => Some(format!("the row {} applies", row.gives)),
        Verdict::NotReached => None,
        Verdict::Failed { reasons } => {
            let reasons: Vec<String> = reasons.iter().map(reason).collect();
            Some(format!("not {} because {}", row.gives, reasons.join(" and ")))
        }
    };
    let sentences: Vec<String> = rows.iter().filter_map(sentence).collect();
    if sentences.is_empty() { "no row applies".to_string() } else { sentences.join("; ") }
}
