//! `unmet-expect`: found where comments are read, see [`super::super::suppress`].

use crate::lint::{Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unmet-expect",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a comment expects a finding that is not there any more",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/unmet-expect.md"),
    check: |_, _| {},
};
