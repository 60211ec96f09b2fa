//! `unused-allow`: found where comments are read, see [`super::super::suppress`].

use crate::lint::{Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "unused-allow",
    group: Group::Style,
    level: Level::Warning,
    summary: "a comment allows what is not found there",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/unused-allow.md"),
    check: |_, _| {},
};
