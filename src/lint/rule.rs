//! What a rule is: its name, where it belongs, how it is looked for.

use super::Context;
use crate::diagnostic::{Diagnostic, Severity};

/// One rule. Its name says what it flags, so that `allow(unused-field)` reads well.
#[derive(Debug)]
pub struct Rule {
    pub name: &'static str,
    pub group: Group,
    /// unless a configuration says otherwise
    pub level: Level,
    /// what is found, in a few words
    pub summary: &'static str,
    pub fixes: Fixes,
    /// the page `docs/rules/NAME.md`; of a proof that of its code
    pub page: &'static str,
    pub check: fn(&Context<'_>, &mut Vec<Diagnostic>),
}

impl Rule {
    /// A finding of this rule; its level is set when all are collected.
    pub fn finding(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::lint(self.name, Severity::Warning, message)
    }

    /// The second paragraph of its page.
    pub fn facts(&self) -> String {
        let fixes = match self.fixes {
            Fixes::None => "no fix",
            Fixes::Safe => "safe fix",
            Fixes::Unsafe => "unsafe fix",
        };
        format!("{} · {} by default · {fixes}", self.group.name(), self.level.name())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// surely not what was meant
    Correctness,
    /// probably not what was meant
    Suspicious,
    /// who answers for it, and how one would know
    Governance,
    /// the same can be said more plainly
    Style,
    /// what holds for every lead, or a lead that shows it: the warnings of `check` that are proved
    Proof,
}

impl Group {
    pub const ALL: [Group; 5] = [Group::Correctness, Group::Suspicious, Group::Governance, Group::Style, Group::Proof];

    pub fn name(self) -> &'static str {
        match self {
            Group::Correctness => "correctness",
            Group::Suspicious => "suspicious",
            Group::Governance => "governance",
            Group::Style => "style",
            Group::Proof => "proof",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Error,
    Warning,
    /// shown, but nothing fails over it
    Note,
    Off,
}

impl Level {
    pub const ALL: [Level; 4] = [Level::Error, Level::Warning, Level::Note, Level::Off];

    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
            Level::Off => "off",
        }
    }

    /// None: it is not looked for.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Note => Some(Severity::Note),
            Level::Off => None,
        }
    }
}

/// The best fix that a finding of the rule may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixes {
    None,
    /// no lead gets another answer
    Safe,
    /// a person should look first
    Unsafe,
}
