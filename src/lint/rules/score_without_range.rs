//! `score-without-range`: a score with points that nothing bounds, and without `from A to B`.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};

pub const RULE: Rule = Rule {
    name: "score-without-range",
    group: Group::Suspicious,
    level: Level::Note,
    summary: "nobody can say how high a score can get",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/score-without-range.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, score) in context.scores().filter(|(_, score)| score.range.is_none()) {
        let unbounded = walk::sections(score).find(|section| section.points.is_some() && section.up_to.is_none());
        if let Some(section) = unbounded {
            found.push(
                RULE.finding(format!("the score `{}` has no range", score.name.text))
                    .at(score.name.span, "80 of how many?")
                    .at(section.name.span, "points without `up to`")
                    .help("write `from 0 to 100` behind its name"),
            );
        }
    }
}
