//! A JUnit report, which every CI system can show.
//!
//! Enters: findings. Leaves: XML: a test case for each test that ran, or, for a command that runs none, for each file that was looked at. Always
//! holds: it is well-formed XML 1.0, whatever stands in a policy; without times and identifiers, so that the same findings give the same bytes.

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::findings::{Case, CaseOutcome, Findings};
use super::sanitise::{many_lines, one_line};
use super::{Diagnostic, Severity};
use crate::source::SourceId;

/// What a failed test is called, as a failure and as a finding.
const FAILED_TEST: &str = "failed-test";

/// `command` names the report; a file fails by a finding of `failing` or worse.
pub fn render(command: &str, findings: &Findings, failing: Severity) -> Result<String, SerializeError> {
    let mut report = Report::new(format!("leadwright {command}"));
    if findings.cases.is_empty() {
        report.add_test_suite(files(command, findings, failing, false));
    } else {
        tests(findings).into_iter().for_each(|suite| {
            report.add_test_suite(suite);
        });
        let others = files(command, findings, failing, true);
        if !others.test_cases.is_empty() {
            report.add_test_suite(others);
        }
    }
    report.to_string()
}

/// A suite for each policy.
fn tests(findings: &Findings) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    for case in &findings.cases {
        let name = line(&case.policy);
        match suites.last_mut().filter(|suite| suite.name.as_str() == name) {
            Some(suite) => {
                suite.add_test_case(test(case, findings));
            }
            None => {
                let mut suite = TestSuite::new(name);
                suite.add_test_case(test(case, findings));
                suites.push(suite);
            }
        }
    }
    suites
}

fn test(case: &Case, findings: &Findings) -> TestCase {
    let status = match &case.outcome {
        CaseOutcome::Passed => TestCaseStatus::success(),
        CaseOutcome::Failed { summary, text: everything } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(line(summary)).set_type(FAILED_TEST).set_description(text(everything));
            status
        }
        CaseOutcome::NotRun { reason } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(line(reason)).set_type("test-not-run");
            status
        }
    };
    let mut test = TestCase::new(line(&case.title), status);
    test.set_classname(line(&case.policy));
    let place = findings.sources.position(case.span.source, case.span.start);
    test.extra.insert("file".into(), line(&findings.sources.get(case.span.source).path).into());
    test.extra.insert("line".into(), place.line.to_string().into());
    test
}

/// A case for each file; `beside_tests`, where tests have cases of their own: for each that fails by something else.
fn files(command: &str, findings: &Findings, failing: Severity, beside_tests: bool) -> TestSuite {
    let mut by_file: Vec<Vec<&Diagnostic>> = findings.sources.iter().map(|_| Vec::new()).collect();
    for diagnostic in findings.diagnostics.iter().filter(|diagnostic| !beside_tests || diagnostic.name() != FAILED_TEST) {
        let file = findings.place(diagnostic).and_then(|span| by_file.get_mut(span.source.0 as usize));
        file.into_iter().for_each(|found| found.push(diagnostic));
    }
    let mut suite = TestSuite::new(command);
    for (id, source) in findings.sources.iter() {
        let found = by_file.get(id.0 as usize).map(Vec::as_slice).unwrap_or_default();
        if beside_tests && found.iter().all(|diagnostic| diagnostic.severity > failing) {
            continue;
        }
        suite.add_test_case(file(command, &source.path, id, found, findings, failing));
    }
    suite
}

fn file(command: &str, path: &str, id: SourceId, found: &[&Diagnostic], findings: &Findings, failing: Severity) -> TestCase {
    let listed: Vec<String> = found.iter().map(|diagnostic| paragraph(diagnostic, path, id, findings)).collect();
    let listed = text(&listed.join("\n"));
    let failures: Vec<&&Diagnostic> = found.iter().filter(|diagnostic| diagnostic.severity <= failing).collect();
    let status = match failures.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let more = if failures.len() > 1 { format!(" (and {} more)", failures.len() - 1) } else { String::new() };
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(line(&format!("{}{more}", first.message))).set_type(first.name()).set_description(&listed);
            status
        }
    };
    let mut case = TestCase::new(line(path), status);
    case.set_classname(format!("leadwright.{command}"));
    case.extra.insert("file".into(), line(path).into());
    if failures.is_empty() && !found.is_empty() {
        case.set_system_out(&listed);
    }
    case
}

/// `policies/a.lead:22:11: error[E0401]: message`, with the way out beneath
fn paragraph(diagnostic: &Diagnostic, path: &str, id: SourceId, findings: &Findings) -> String {
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = findings.sources.position(id, findings.place(diagnostic).map_or(0, |span| span.start));
    let head =
        format!("{}:{}:{}: {word}[{}]: {}", one_line(path), place.line, place.column, diagnostic.name(), one_line(&diagnostic.message));
    let help = diagnostic.help.iter().flat_map(|help| help.lines()).map(|line| format!("\n  help: {}", one_line(line)));
    let fixes = diagnostic.fixes.iter().map(|fix| format!("\n  fix: {}", one_line(&fix.title)));
    head + &help.chain(fixes).collect::<String>()
}

fn line(words: &str) -> String {
    allowed(&one_line(words))
}

fn text(words: &str) -> String {
    allowed(&many_lines(words))
}

/// Beside the controls, XML 1.0 forbids two characters.
fn allowed(words: &str) -> String {
    words.replace(['\u{FFFE}', '\u{FFFF}'], "\u{FFFD}")
}
