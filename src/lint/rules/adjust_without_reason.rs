//! `adjust-without-reason`: an `adjust` row without `because`.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::syntax::tree::ScorePart;

pub const RULE: Rule = Rule {
    name: "adjust-without-reason",
    group: Group::Governance,
    level: Level::Note,
    summary: "an adjustment of a score gives no reason",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/adjust-without-reason.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for part in context.scores().flat_map(|(_, score)| &score.parts) {
        match part {
            ScorePart::Adjust(adjust) if adjust.because.is_none() && adjust.doc.is_none() => {
                let points = context.plain(adjust.points.span);
                found.push(
                    RULE.finding(format!("the adjustment `{points}` gives no reason"))
                        .at(adjust.span, "whoever asks why a score is what it is sees a number alone")
                        .help("add `because \"…\"`"),
                );
            }
            ScorePart::Adjust(_) | ScorePart::Section(_) | ScorePart::Persona { .. } => {}
        }
    }
}
