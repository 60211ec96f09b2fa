//! The one table of rules, by name.

use super::{Rule, rules};

/// Every rule, in the order of their names.
pub const RULES: &[Rule] = &[
    rules::adjust_without_reason::RULE,
    rules::alias_let::RULE,
    rules::bad_suppression::RULE,
    rules::borrowed_promise::RULE,
    rules::chained_is::RULE,
    rules::clock_by_bystander::RULE,
    rules::clock_without_breach::RULE,
    rules::compared_yes_no::RULE,
    rules::double_negation::RULE,
    rules::duplicate_let::RULE,
    rules::empty_text::RULE,
    rules::escalation_out_of_order::RULE,
    rules::field_without_source::RULE,
    rules::half_weighted_rotation::RULE,
    rules::idle_points::RULE,
    rules::idle_row::RULE,
    rules::late_reminder::RULE,
    rules::lone_attribute::RULE,
    rules::lone_rotation::RULE,
    rules::long_list::RULE,
    rules::off_hours_target::RULE,
    rules::overdue_review::RULE,
    rules::protected_attribute::RULE,
    rules::recycle_without_reason::RULE,
    rules::recycle_without_rest::RULE,
    rules::redundant_parentheses::RULE,
    rules::redundant_raci_role::RULE,
    rules::repeated_display::RULE,
    rules::repeated_expression::RULE,
    rules::score_without_range::RULE,
    rules::self_escalation::RULE,
    rules::single_choice_list::RULE,
    rules::split_range::RULE,
    rules::stale_baseline::RULE,
    rules::todo_comment::RULE,
    rules::ungrouped_number::RULE,
    rules::unmet_expect::RULE,
    rules::unowned_policy::RULE,
    rules::unreachable_cap::RULE,
    rules::untrimmed_text::RULE,
    rules::unused_allow::RULE,
    rules::unused_field::RULE,
    rules::unused_let::RULE,
    rules::unused_queue::RULE,
    rules::unused_signal::RULE,
    rules::zero_weight::RULE,
    rules::zigzag_bands::RULE,
];

/// The rule of that name.
pub fn find(name: &str) -> Option<&'static Rule> {
    let index = RULES.binary_search_by(|rule| rule.name.cmp(name)).ok()?;
    RULES.get(index)
}
