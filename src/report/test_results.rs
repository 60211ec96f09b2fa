//! The results of a policy's tests.

use super::failure::deciding_parts;
use super::figures::counted;
use super::layout::{Page, Paint, words};
use crate::diagnostic::render_human::Look;
use crate::policy::explanation::Explanation;
use crate::source::Sources;
use crate::testing::{Difference, TestOutcome, TestResult};

const LABEL: usize = 7;

/// One line for each test; for one that fails, where it stands, what was expected, what came out, and why. `explain` is asked for those alone.
pub fn page(results: &[TestResult], sources: &Sources, explain: impl Fn(usize) -> Option<Explanation>, look: Look) -> String {
    let mut page = Page::new(look);
    // behind an explanation the next result needs some room
    let mut gap = false;
    for result in results {
        if std::mem::take(&mut gap) {
            page.empty_line();
        }
        let title = [words(&result.title)];
        let place = || {
            let position = sources.position(result.span.source, result.span.start);
            words(format!("({}:{})", sources.get(result.span.source).path, position.line)).paint(Paint::Dim)
        };
        match &result.outcome {
            TestOutcome::Passed => page.labelled(0, &words("ok").paint(Paint::Good), LABEL, &title),
            TestOutcome::NotRun(reason) => {
                page.labelled(0, &words("NOT RUN").paint(Paint::Bad), LABEL, &[words(format!("{} ", result.title)), place()]);
                page.line(LABEL + 1, &[words(reason)]);
            }
            TestOutcome::Differs(differences) => {
                page.labelled(0, &words("FAILED").paint(Paint::Bad), LABEL, &[words(format!("{} ", result.title)), place()]);
                gap = difference(&mut page, LABEL + 1, result, differences, &explain);
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

/// What was expected beside what came out, and how that came about. Leaves: whether there was something to explain.
pub(super) fn difference(
    page: &mut Page,
    indent: usize,
    result: &TestResult,
    differences: &[Difference],
    explain: impl Fn(usize) -> Option<Explanation>,
) -> bool {
    let rows: Vec<_> = differences.iter().map(row).collect();
    page.table(indent, &[], &rows);
    let Some(explanation) = explain(result.test) else { return false };
    let narrower = Look { width: page.look.width.saturating_sub(indent), ..page.look };
    let text = deciding_parts(&explanation, differences, narrower);
    if !text.is_empty() {
        page.empty_line();
        page.inset(indent, &text);
    }
    !text.is_empty()
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
