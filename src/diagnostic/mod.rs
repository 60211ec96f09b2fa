//! Mistakes in a policy, as plain data.
//!
//! Enters: a [`Code`] of the one table in `codes.rs` or the name of a lint rule, a message, spans, ways out. Leaves: [`Diagnostic`] values, which
//! the renderers (one file each) turn into what a person or a machine reads. Always holds: every diagnostic has a code or a rule, at
//! least one label (unless it is about no text at all), and a message that is readable alone on one line: lower case, no full stop, the user's
//! words in backquotes.

mod codes;
pub mod findings;
mod fingerprint;
pub mod markdown_text;
pub mod render_github;
pub mod render_gitlab;
pub mod render_human;
pub mod render_json;
pub mod render_junit;
pub mod render_markdown;
pub mod render_sarif;
pub mod sanitise;
mod shorten;
mod window;

pub use codes::{Code, Entry};

use crate::source::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
    /// worth knowing; nothing fails over it
    Note,
}

/// What a diagnostic is an instance of: a code of `check`, or a rule of `lint`, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Id {
    Code(Code),
    Rule(&'static str),
}

impl Id {
    /// `E0123`, `unused-field`
    pub fn name(self) -> &'static str {
        match self {
            Id::Code(code) => code.entry().code,
            Id::Rule(name) => name,
        }
    }
}

impl From<Code> for Id {
    fn from(code: Code) -> Id {
        Id::Code(code)
    }
}

impl PartialEq<Code> for Id {
    fn eq(&self, other: &Code) -> bool {
        *self == Id::Code(*other)
    }
}

/// A place that the diagnostic points at, with what is to be said there (may be empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: String,
}

/// One replacement of text; an insertion has an empty span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// The meaning is surely what the author wanted; a tool may apply it unasked.
    Safe,
    /// A person should look first.
    Unsafe,
}

/// A change that mends the mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub title: String,
    pub edits: Vec<Edit>,
    pub applicability: Applicability,
}

/// One mistake. The first label is the primary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: Id,
    pub severity: Severity,
    pub message: String,
    pub labels: Vec<Label>,
    pub help: Option<String>,
    /// ways to mend it, each of which does; several give the policy different meanings
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A diagnostic with the code's own severity.
    pub fn new(code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of(Id::Code(code), code.entry().severity, message.into())
    }

    /// A finding of a lint rule, at the level at which it is to be reported.
    pub fn lint(rule: &'static str, severity: Severity, message: impl Into<String>) -> Diagnostic {
        Diagnostic::of(Id::Rule(rule), severity, message.into())
    }

    fn of(code: Id, severity: Severity, message: String) -> Diagnostic {
        Diagnostic { code, severity, message: shorten::shorten(message), labels: Vec::new(), help: None, fixes: Vec::new() }
    }

    /// `E0123`, or the name of a lint rule: `unused-field`.
    pub fn name(&self) -> &'static str {
        self.code.name()
    }

    /// Adds a label; the first one added is the primary one.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: shorten::shorten(text.into()) });
        self
    }

    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(shorten::shorten(help.into()));
        self
    }

    /// Adds a sentence to its help.
    pub fn add_help(&mut self, sentence: &str) {
        let help = self.help.take().map_or_else(|| sentence.to_owned(), |help| format!("{help}; {sentence}"));
        self.help = Some(shorten::shorten(help));
    }

    /// Adds a way to mend it.
    pub fn fix(mut self, title: impl Into<String>, applicability: Applicability, edits: Vec<Edit>) -> Diagnostic {
        self.fixes.push(Fix { title: shorten::shorten(title.into()), edits, applicability });
        self
    }

    /// A fix that replaces (or, with an empty span, inserts) one piece of text.
    pub fn replace(self, title: impl Into<String>, applicability: Applicability, span: Span, text: impl Into<String>) -> Diagnostic {
        self.fix(title, applicability, vec![Edit { span, text: text.into() }])
    }
}

/// Sorts by place, so that one run always reports in the same order, and drops exact repeats.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(|diagnostic| (diagnostic.labels.first().map(|label| label.span), diagnostic.code, diagnostic.message.clone()));
    diagnostics.dedup();
}

/// The candidate nearest to `word`, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let length = lower.chars().count();
    // a third of the letters may differ, but of a word something must be left
    let allowed = (length / 3).max(1).min(length.saturating_sub(1));
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word && candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}
