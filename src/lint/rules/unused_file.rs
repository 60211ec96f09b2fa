//! `unused-file`: found where policies are looked for, by the command.

use crate::diagnostic::Diagnostic;
use crate::lint::{Fixes, Group, Level, Rule};
use crate::source::{SourceId, Sources, Span};

pub const RULE: Rule = Rule {
    name: "unused-file",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a file of the folder is no policy, and no policy uses it",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unused-file.md"),
    check: |_, _| {},
};

/// The finding about such a file.
pub fn finding(sources: &Sources, file: SourceId) -> Diagnostic {
    let source = sources.get(file);
    let first_line = source.text.lines().next().map_or(0, str::len);
    RULE.finding(format!("`{}` is no policy, and no policy uses it", source.path))
        .at(Span::new(file, 0, first_line), "nothing in this file counts")
        .help("begin it with `policy NAME { … }`, or let a policy `use` it; a draft can have another ending than `.lead`")
}
