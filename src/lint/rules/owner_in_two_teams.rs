//! `owner-in-two-teams`: a person is a member of two teams.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::Name;
use rustc_hash::FxHashMap;

pub const RULE: Rule = Rule {
    name: "owner-in-two-teams",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a person is a member of two teams",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/owner-in-two-teams.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut first: FxHashMap<&str, (&Name, &Name)> = FxHashMap::default();
    for (_, team) in context.teams() {
        for member in &team.members {
            match first.get(member.text.as_str()) {
                Some((other, place)) if other.text != team.name.text => found.push(
                    RULE.finding(format!("`{}` is a member of `{}` and of `{}`", member.text, other.text, team.name.text))
                        .at(member.span, "whose calendar and whose clocks count?")
                        .at(place.span, "a member here too"),
                ),
                Some(_) => {}
                None => drop(first.insert(&member.text, (&team.name, member))),
            }
        }
    }
}
