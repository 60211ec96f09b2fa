//! The results of a policy's tests, for programs that read them.
//!
//! Enters: a result. Leaves: a [`Case`] for reports of tests, a finding for reports of findings, a [`TestRecord`] for JSON.

use serde::Serialize;

use super::layout::Page;
use super::pages::FAILED_TEST;
use super::test_results::difference;
use crate::diagnostic::findings::{Case, CaseOutcome};
use crate::diagnostic::render_human::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::explanation::Explanation;
use crate::source::Sources;
use crate::testing::{Difference, TestOutcome, TestResult};

/// A test of the policy of that name; if it did not pass, it is a finding too. `explain` is asked for those alone.
pub fn case(policy: &str, result: &TestResult, explain: impl Fn(usize) -> Option<Explanation>) -> (Case, Option<Diagnostic>) {
    let title = &result.title;
    let (outcome, finding) = match &result.outcome {
        TestOutcome::Passed => (CaseOutcome::Passed, None),
        TestOutcome::NotRun(reason) => {
            let finding = Diagnostic::lint(FAILED_TEST, Severity::Error, format!("the test `{title}` cannot be run"));
            (CaseOutcome::NotRun { reason: reason.clone() }, Some(finding.at(result.span, "").help(reason.clone())))
        }
        TestOutcome::Differs(differences) => {
            let summary = differences.iter().map(sentence).collect::<Vec<_>>().join("; ");
            let mut page = Page::new(Look::PLAIN);
            difference(&mut page, 0, result, differences, explain);
            let finding = Diagnostic::lint(FAILED_TEST, Severity::Error, format!("the test `{title}` fails: {summary}"));
            let finding = differences
                .iter()
                .fold(finding.at(result.span, ""), |finding, difference| finding.at(difference.span, sentence(difference)));
            (CaseOutcome::Failed { summary, text: page.finish() }, Some(finding))
        }
    };
    (Case { policy: policy.to_owned(), title: title.clone(), span: result.span, outcome }, finding)
}

/// `fit` is 44, expected 100
fn sentence(difference: &Difference) -> String {
    let shown = |value: &Option<String>| value.as_ref().map_or("missing".to_owned(), |value| format!("`{value}`"));
    format!("`{}` is {}, expected {}", difference.path, shown(&difference.found), shown(&difference.expected))
}

#[derive(Debug, Serialize)]
pub struct TestRecord {
    pub policy: String,
    pub title: String,
    pub file: String,
    pub line: usize,
    /// `passed`, `failed` or `not_run`
    pub outcome: &'static str,
    /// why it was not run
    pub reason: Option<String>,
    pub differences: Vec<DifferenceRecord>,
}

#[derive(Debug, Serialize)]
pub struct DifferenceRecord {
    pub path: String,
    /// none is `missing`
    pub expected: Option<String>,
    pub found: Option<String>,
}

pub fn record(policy: &str, result: &TestResult, sources: &Sources) -> TestRecord {
    let (outcome, reason, differences) = match &result.outcome {
        TestOutcome::Passed => ("passed", None, &[][..]),
        TestOutcome::NotRun(reason) => ("not_run", Some(reason.clone()), &[][..]),
        TestOutcome::Differs(differences) => ("failed", None, differences.as_slice()),
    };
    let record = |difference: &Difference| DifferenceRecord {
        path: difference.path.clone(),
        expected: difference.expected.clone(),
        found: difference.found.clone(),
    };
    TestRecord {
        policy: policy.to_owned(),
        title: result.title.clone(),
        file: sources.get(result.span.source).path.clone(),
        line: sources.position(result.span.source, result.span.start).line,
        outcome,
        reason,
        differences: differences.iter().map(record).collect(),
    }
}
