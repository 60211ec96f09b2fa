//! `protected-attribute`: fields such as `gender` or `religion` that a score, a condition or a route reads.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "protected-attribute",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a rule reads what people must not be judged by",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/protected-attribute.md"),
    check,
};

/// What a name may be, or end with behind a `_`.
const PROTECTED: [&str; 21] = [
    "birth_date",
    "birthdate",
    "birthday",
    "date_of_birth",
    "disability",
    "ethnic_group",
    "ethnicity",
    "gender",
    "health_condition",
    "marital_status",
    "maternity",
    "nationality",
    "parental_status",
    "political_opinion",
    "pregnancy",
    "pregnant",
    "religion",
    "sexual_orientation",
    "skin_color",
    "trade_union",
    "veteran_status",
];
/// Words that mean something else inside of other names.
const PROTECTED_ALONE: [&str; 6] = ["age", "age_band", "age_group", "race", "sex", "year_of_birth"];

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let uses = context.uses();
    for field in context.leads().flat_map(|(_, lead)| &lead.fields) {
        let name = field.name.text.as_str();
        let ends_with = |word: &&str| name.strip_suffix(*word).is_some_and(|before| before.is_empty() || before.ends_with('_'));
        if uses.values.contains(name) && (PROTECTED_ALONE.contains(&name) || PROTECTED.iter().any(ends_with)) {
            found.push(
                RULE.finding(format!("leads are judged by `{name}`"))
                    .at(field.name.span, "in many places the law forbids to treat people by it")
                    .help("take it out, or write down with `# allow(protected-attribute): …` who has approved it"),
            );
        }
    }
}
