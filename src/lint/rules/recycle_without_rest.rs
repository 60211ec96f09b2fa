//! `recycle-without-rest`: a `recycle` row without `rest` into a stage that a `when` row leaves.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{FromStages, Name, Trigger};

pub const RULE: Rule = Rule {
    name: "recycle-without-rest",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a recycled lead may come straight back",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/recycle-without-rest.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let rows = || context.flows().flat_map(|(_, flow)| &flow.rows);
    for row in rows() {
        let Some(recycle) = row.recycle.as_ref().filter(|recycle| recycle.rest.is_none() && recycle.forget.is_none()) else { continue };
        let onward = rows().find(|onward| matches!(onward.trigger, Trigger::When(_)) && leaves(&onward.from, &row.to));
        if let Some(onward) = onward {
            let (to, next) = (&row.to.text, &onward.to.text);
            found.push(
                RULE.finding(format!("a lead that comes back to `{to}` may be in `{next}` again at once"))
                    .at(recycle.span, "neither `rest` nor `forget`")
                    .at(onward.span, "what held before the lead came back still holds")
                    .help("say how long it rests: `recycle rest 90 days`"),
            );
        }
    }
}

fn leaves(from: &FromStages, stage: &Name) -> bool {
    match from {
        FromStages::Listed(stages) => stages.iter().any(|listed| listed.text == stage.text),
        FromStages::Any { except, .. } => except.iter().all(|spared| spared.text != stage.text),
    }
}
