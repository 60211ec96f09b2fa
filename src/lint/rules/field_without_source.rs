//! `field-without-source`: a field that a file exported from a system does not have.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};

pub const RULE: Rule = Rule {
    name: "field-without-source",
    group: Group::Governance,
    level: Level::Off,
    summary: "a field comes from no column of a system that other fields come from",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/field-without-source.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, lead) in context.leads() {
        let mut systems: Vec<&str> = lead.fields.iter().flat_map(|field| &field.sources).map(|(system, _)| system.text.as_str()).collect();
        systems.sort_unstable();
        systems.dedup();
        for field in &lead.fields {
            let lacks: Vec<String> = systems
                .iter()
                .filter(|system| !field.sources.iter().any(|(from, _)| from.text == **system))
                .map(|system| format!("`{system}`"))
                .collect();
            if !lacks.is_empty() {
                found.push(
                    RULE.finding(format!("the field `{}` has no column in {}", field.name.text, lacks.join(" or ")))
                        .at(field.name.span, "an export has to be mapped by hand"),
                );
            }
        }
    }
}
