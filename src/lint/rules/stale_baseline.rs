//! `stale-baseline`: found where a baseline is held against a run, by the command.

use crate::lint::{Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "stale-baseline",
    group: Group::Style,
    level: Level::Warning,
    summary: "the baseline holds a finding that is not there any more",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/stale-baseline.md"),
    check: |_, _| {},
};
