//! `lone-rotation`: a queue that rotates over a single owner.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::Rotate;

pub const RULE: Rule = Rule {
    name: "lone-rotation",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a queue rotates over a single owner",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/lone-rotation.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, queue) in context.queues() {
        let Some(Rotate::Owners { turns, otherwise: None, .. }) = &queue.rotate else { continue };
        // an owner of weight 0 takes no turn
        let taken: Vec<_> = turns.iter().filter(|turn| turn.weight.as_ref().is_none_or(|weight| weight.mantissa != 0)).collect();
        if let [only] = taken.as_slice() {
            found.push(
                RULE.finding(format!("every lead of the queue `{}` goes to `{}`", queue.name.text, only.owner.text))
                    .at(only.span, "when this owner is away, nobody takes them")
                    .help("add an owner, or a `capacity` and a queue behind `otherwise`"),
            );
        }
    }
}
