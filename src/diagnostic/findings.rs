//! What a command found in all the files that it looked at.
//!
//! Enters: the sources and diagnostics of one policy after the other. Leaves: one set of sources, whose paths start at one folder, and the
//! diagnostics that point into them; tests as plain cases. Always holds: a file that several policies use is there once, and what is said of it
//! is said once.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Diagnostic, Severity};
use crate::source::{SourceId, Sources, Span};

/// What every renderer for machines is given.
#[derive(Debug, Default)]
pub struct Findings {
    /// every file that was looked at
    pub sources: Sources,
    /// in the order of the policies, by place within each
    pub diagnostics: Vec<Diagnostic>,
    /// the tests that ran, for a command that runs tests
    pub cases: Vec<Case>,
    by_path: FxHashMap<String, SourceId>,
}

/// A test of a policy, as any report of tests shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// what the test belongs to: the policy's name
    pub policy: String,
    pub title: String,
    pub span: Span,
    pub outcome: CaseOutcome,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseOutcome {
    Passed,
    /// one line, and everything that is to be said
    Failed {
        summary: String,
        text: String,
    },
    /// why not
    NotRun {
        reason: String,
    },
}

/// How many there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Counts {
    pub fn of(diagnostics: &[Diagnostic]) -> Counts {
        let mut counts = Counts::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
        }
        counts
    }
}

impl Findings {
    /// Adds what was found in a policy. The paths of its sources start where those of the whole report do: see [`Sources::beneath`]. Cases point into the
    /// same sources.
    pub fn add(&mut self, sources: Sources, diagnostics: Vec<Diagnostic>, cases: Vec<Case>) {
        let mut numbers = Vec::new();
        let mut shared = FxHashSet::default();
        for file in sources.into_files() {
            let known = self.by_path.get(&file.path).copied().filter(|id| self.sources.get(*id).text == file.text);
            numbers.push(known.unwrap_or_else(|| {
                let path = file.path.clone();
                let id = self.sources.adopt(file);
                self.by_path.insert(path, id);
                id
            }));
            shared.extend(known);
        }
        let moved = |span: Span| Span { source: numbers.get(span.source.0 as usize).copied().unwrap_or(span.source), ..span };
        for mut diagnostic in diagnostics {
            diagnostic.labels.iter_mut().for_each(|label| label.span = moved(label.span));
            diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits).for_each(|edit| edit.span = moved(edit.span));
            let may_repeat = diagnostic.labels.first().is_some_and(|label| shared.contains(&label.span.source));
            if !may_repeat || !self.diagnostics.contains(&diagnostic) {
                self.diagnostics.push(diagnostic);
            }
        }
        self.cases.extend(cases.into_iter().map(|case| Case { span: moved(case.span), ..case }));
    }

    /// Where a diagnostic is: its first label, else the beginning of the first file.
    pub fn place(&self, diagnostic: &Diagnostic) -> Option<Span> {
        let first = self.sources.iter().next().map(|(id, _)| Span::new(id, 0, 0));
        diagnostic.labels.first().map(|label| label.span).or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    fn one(files: &[(&str, &str)], at: u32) -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        files.iter().for_each(|(path, text)| {
            sources.add(*path, *text);
        });
        let span = Span { source: SourceId(at), start: 0, end: 1 };
        let diagnostic = Diagnostic::new(Code::Syntax, "m").at(span, "").replace("t", crate::diagnostic::Applicability::Safe, span, "x");
        (sources, vec![diagnostic])
    }

    #[test]
    fn a_file_that_two_policies_use_is_there_once() {
        let mut findings = Findings::default();
        for entry in ["a.lead", "b.lead"] {
            let (sources, diagnostics) = one(&[(entry, "x"), ("common.lead", "y")], 1);
            findings.add(sources.beneath("policies"), diagnostics, Vec::new());
        }
        let paths: Vec<&str> = findings.sources.iter().map(|(_, file)| file.path.as_str()).collect();
        assert_eq!(paths, ["policies/a.lead", "policies/common.lead", "policies/b.lead"]);
        assert_eq!(findings.diagnostics.len(), 1);
    }

    #[test]
    fn spans_follow_their_files() {
        let mut findings = Findings::default();
        for folder in ["one", "two"] {
            let (sources, diagnostics) = one(&[("a.lead", "x"), ("b.lead", "y")], 1);
            findings.add(sources.beneath(folder), diagnostics, Vec::new());
        }
        let places: Vec<&str> = findings
            .diagnostics
            .iter()
            .flat_map(|diagnostic| [diagnostic.labels[0].span, diagnostic.fixes[0].edits[0].span])
            .map(|span| findings.sources.get(span.source).path.as_str())
            .collect();
        assert_eq!(places, ["one/b.lead", "one/b.lead", "two/b.lead", "two/b.lead"]);
    }
}
