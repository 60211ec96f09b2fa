//! The one table of rules, by name.

use super::{Rule, rules};

/// Every rule, in the order of their names.
pub const RULES: &[Rule] = &[
    rules::bad_suppression::RULE,
    rules::clock_without_breach::RULE,
    rules::lone_attribute::RULE,
    rules::lone_rotation::RULE,
    rules::stale_baseline::RULE,
    rules::unmet_expect::RULE,
    rules::unused_allow::RULE,
    rules::unused_field::RULE,
    rules::unused_let::RULE,
    rules::unused_queue::RULE,
    rules::unused_signal::RULE,
    rules::zero_weight::RULE,
];

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    let index = RULES.binary_search_by(|rule| rule.name.cmp(name)).ok()?;
    RULES.get(index)
}
