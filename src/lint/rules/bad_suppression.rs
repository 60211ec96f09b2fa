//! `bad-suppression`: found where comments are read, see [`super::super::suppress`].

use crate::lint::{Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "bad-suppression",
    group: Group::Correctness,
    level: Level::Error,
    summary: "a comment allows a finding without a reason, or one that does not exist",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/bad-suppression.md"),
    check: |_, _| {},
};
