//! `recycle-without-reason`: a `recycle` row that gives no reason, and whose signal has none.

use rustc_hash::FxHashSet;

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::Trigger;

pub const RULE: Rule = Rule {
    name: "recycle-without-reason",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a lead is recycled and nobody can say why",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/recycle-without-reason.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let with_reason: FxHashSet<&str> = context
        .signals()
        .filter(|(_, signal)| signal.properties.iter().any(|property| property.name.text == "reason"))
        .map(|(_, signal)| signal.name.text.as_str())
        .collect();
    for row in context.flows().flat_map(|(_, flow)| &flow.rows) {
        let (Some(recycle), None) = (&row.recycle, &row.because) else { continue };
        let why = match &row.trigger {
            Trigger::On { signal, .. } if with_reason.contains(signal.text.as_str()) => continue,
            Trigger::On { signal, .. } => format!("no `because`, and the signal `{}` has no `reason`", signal.text),
            Trigger::When(_) | Trigger::After { .. } => "no `because`".to_owned(),
        };
        found.push(
            RULE.finding(format!("leads come back to `{}` and nobody can say why", row.to.text))
                .at(recycle.span, why)
                .help("add `because \"…\"`, or give the signal a property `reason`"),
        );
    }
}
