//! The Code Quality report of GitLab.
//!
//! Enters: findings. Leaves: a JSON list, empty if nothing was found. Always holds: fingerprints differ from each other and stay the same when other
//! lines change; texts are harmless to whoever shows them.

use serde::Serialize;

use super::findings::Findings;
use super::fingerprint::fingerprints;
use super::render_json::to_json;
use super::sanitise::one_line;
use super::{Diagnostic, Severity};

#[derive(Debug, Serialize)]
struct Violation {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Debug, Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

pub fn render(findings: &Findings) -> Result<String, serde_json::Error> {
    let violations: Vec<Violation> = findings
        .diagnostics
        .iter()
        .zip(fingerprints(findings))
        .map(|(diagnostic, fingerprint)| violation(diagnostic, fingerprint, findings))
        .collect();
    to_json(&violations)
}

fn violation(diagnostic: &Diagnostic, fingerprint: String, findings: &Findings) -> Violation {
    let (path, begin, end) = match findings.place(diagnostic) {
        Some(span) => {
            let line = |offset: u32| findings.sources.position(span.source, offset).line;
            (one_line(&findings.sources.get(span.source).path).into_owned(), line(span.start), line(span.end))
        }
        None => (String::new(), 1, 1),
    };
    Violation {
        description: one_line(&diagnostic.message).into_owned(),
        check_name: diagnostic.name(),
        fingerprint,
        severity: match diagnostic.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        location: Location { path, lines: Lines { begin, end } },
    }
}
