//! `unpinned-version`: a policy that does not say which version it is.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::PolicyProperty;

pub const RULE: Rule = Rule {
    name: "unpinned-version",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a policy that does not say which version it is",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unpinned-version.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, header) in context.headers() {
        let version = header.properties.iter().find_map(|property| match property {
            PolicyProperty::Version(text) => Some(text),
            PolicyProperty::Dated(..)
            | PolicyProperty::Owner(_)
            | PolicyProperty::Timezone(_)
            | PolicyProperty::Currency(_)
            | PolicyProperty::Follows(_) => None,
        });
        match version {
            None => found.push(
                RULE.finding(format!("the policy `{}` has no version", header.name.text))
                    .at(header.name.span, "which one scored this lead?")
                    .help("write `version \"2026.1\"` into its header"),
            ),
            Some(version) if !version.value.contains(|letter: char| letter.is_ascii_digit()) => found.push(
                RULE.finding(format!("`{}` is no version that tells two policies apart", version.value))
                    .at(version.span, "it means another text tomorrow")
                    .help("write a number, such as `version \"2026.1\"`"),
            ),
            Some(_) => {}
        }
    }
}
