//! `recycle-without-rest`: a `recycle` row without `rest` into a stage that a `when` row leaves.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::{FlowRow, FromStages, Trigger};

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
    let ends: FxHashSet<&str> =
        context.stages().filter(|(_, stage)| stage.is_final.is_some()).map(|(_, stage)| stage.name.text.as_str()).collect();
    // where a lead goes by itself; what takes leads out of any stage is no way onward
    let mut onward: FxHashMap<&str, &FlowRow> = FxHashMap::default();
    for row in rows().filter(|row| matches!(row.trigger, Trigger::When(_)) && !ends.contains(row.to.text.as_str())) {
        match &row.from {
            FromStages::Listed(stages) => {
                for stage in stages {
                    onward.entry(&stage.text).or_insert(row);
                }
            }
            FromStages::Any { .. } => {}
        }
    }
    for row in rows() {
        let Some(recycle) = row.recycle.as_ref().filter(|recycle| recycle.rest.is_none() && recycle.forget.is_none()) else { continue };
        if let Some(onward) = onward.get(row.to.text.as_str()) {
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
