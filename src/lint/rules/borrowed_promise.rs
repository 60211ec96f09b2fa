//! `borrowed-promise`: a promise about a clock that another team is held to.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{Name, PromiseKind};

pub const RULE: Rule = Rule {
    name: "borrowed-promise",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a team promises what another team is measured by",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/borrowed-promise.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let held: FxHashMap<&str, &Name> = context.slas().filter_map(|(_, sla)| Some((sla.name.text.as_str(), sla.team()?))).collect();
    for (_, promise) in context.promises() {
        match &promise.kind {
            PromiseKind::Meets { sla, .. } => {
                if let Some(team) = held.get(sla.text.as_str()).filter(|team| team.text != promise.who.text) {
                    found.push(
                        RULE.finding(format!("`{}` promises what `{}` is held to", promise.who.text, team.text))
                            .at(promise.who.span, "cannot keep it by itself")
                            .at(team.span, format!("`{}` is the clock of this team", sla.text)),
                    );
                }
            }
            PromiseKind::Delivers { .. } => {}
        }
    }
}
