//! `unowned-policy`: a header without `owner`.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::PolicyProperty;

pub const RULE: Rule = Rule {
    name: "unowned-policy",
    group: Group::Governance,
    level: Level::Warning,
    summary: "nobody answers for the policy",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unowned-policy.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, header) in context.headers() {
        if !header.properties.iter().any(|property| matches!(property, PolicyProperty::Owner(_))) {
            found.push(
                RULE.finding(format!("the policy `{}` has no owner", header.name.text))
                    .at(header.name.span, "nobody is there to ask")
                    .help("name a team: `owner marketing_operations`"),
            );
        }
    }
}
