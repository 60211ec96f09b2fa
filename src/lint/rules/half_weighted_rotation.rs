//! `half-weighted-rotation`: `rotate rep_a weight 2, rep_b`.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::Rotate;

pub const RULE: Rule = Rule {
    name: "half-weighted-rotation",
    group: Group::Style,
    level: Level::Note,
    summary: "some owners of a rotation have a weight and some do not",
    fixes: Fixes::Safe,
    page: include_str!("../../../docs/rules/half-weighted-rotation.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, queue) in context.queues() {
        let Some(Rotate::Owners { turns, .. }) = &queue.rotate else { continue };
        let Some(weighted) = turns.iter().find(|turn| turn.weight.is_some()) else { continue };
        for turn in turns.iter().filter(|turn| turn.weight.is_none()) {
            found.push(
                RULE.finding(format!("`{}` has no weight in the queue `{}`, and others do", turn.owner.text, queue.name.text))
                    .at(turn.span, "counts as `weight 1`")
                    .at(weighted.span, "has one")
                    .replace("write `weight 1`", Applicability::Safe, turn.owner.span.after(), " weight 1"),
            );
        }
    }
}
