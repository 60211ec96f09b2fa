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
    page.finish()
}

/// How the tests of one policy came out, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    /// policies with mistakes, whose tests were not run
    pub refused: usize,
}

impl Tally {
    pub fn of(results: &[TestResult]) -> Tally {
        let passed = results.iter().filter(|result| result.passed()).count();
        Tally { passed, failed: results.len() - passed, refused: 0 }
    }

    /// Whether nothing was run.
    pub fn is_empty(self) -> bool {
        self == Tally::default()
    }
}

impl std::ops::Add for Tally {
    type Output = Tally;

    fn add(self, other: Tally) -> Tally {
        Tally { passed: self.passed + other.passed, failed: self.failed + other.failed, refused: self.refused + other.refused }
    }
}

/// What people read of the tests of one policy.
#[derive(Clone, Debug)]
pub struct Section {
    /// of its first file
    pub path: String,
    pub results: String,
    /// empty if it was not asked for
    pub coverage: String,
}

/// One policy or several, each of these below its path, and what they come to.
pub fn of_many(sections: &[Section], tally: Tally, look: Look) -> String {
    let is_good = tally.failed == 0 && tally.refused == 0;
    let summary = words(summary(tally, sections.len())).paint(if is_good { Paint::Good } else { Paint::Bad });
    let mut page = Page::new(look);
    if let [Section { results, coverage, .. }] = sections {
        // mistakes have been counted already
        if tally.refused > 0 {
            return results.clone();
        }
        page.line(0, &[summary]);
        let summary = page.finish();
        let blocks = [results.as_str(), &summary, coverage].into_iter().filter(|block| !block.is_empty());
        return blocks.collect::<Vec<_>>().join("\n");
    }
    for Section { path, results, coverage } in sections {
        let texts = [results, coverage].map(String::as_str).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        if !texts.is_empty() {
            page.heading(path.clone());
            page.inset(0, &texts.join("\n"));
        }
    }
    page.empty_line();
    page.line(0, &[summary]);
    page.finish()
}

/// `1 test failed, 11 passed in 3 policies; 1 policy has mistakes`
fn summary(tally: Tally, policies: usize) -> String {
    let Tally { passed, failed, refused } = tally;
    let line = match (passed, failed) {
        (0, 0) => "no tests".to_owned(),
        (passed, 0) => format!("{} passed on both evaluators", counted(passed as u64, "test", "tests")),
        (passed, failed) => format!("{} failed, {passed} passed", counted(failed as u64, "test", "tests")),
    };
    let of = if policies > 1 { format!(" in {}", counted(policies as u64, "policy", "policies")) } else { String::new() };
    let broken = match refused {
        0 => String::new(),
        1 => "; 1 policy has mistakes".to_owned(),
        several => format!("; {several} policies have mistakes"),
    };
    format!("{line}{of}{broken}")
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
