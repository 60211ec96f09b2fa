//! `no-negative-scoring`: a score in which nothing speaks against a lead.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::{Decimal, RowPoints};

pub const RULE: Rule = Rule {
    name: "no-negative-scoring",
    group: Group::Governance,
    level: Level::Warning,
    summary: "a score in which nothing speaks against a lead",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/no-negative-scoring.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for score in &context.policy.scores {
        let is_negative = |points: &Decimal| points.mantissa < 0;
        let row = |points: &RowPoints| match points {
            RowPoints::Constant(points) | RowPoints::Each(points) | RowPoints::Per { points, .. } => is_negative(points),
        };
        let sections = || score.sections_of_models();
        let attributes =
            sections().flat_map(|section| &section.attributes).flat_map(|attribute| &attribute.rows).any(|found| row(&found.points));
        let points = sections().flat_map(|section| &section.points).any(|found| is_negative(&found.points));
        let adjusts = score.adjusts.iter().any(|adjust| is_negative(&adjust.points));
        if !attributes && !points && !adjusts {
            found.push(
                RULE.finding(format!("nothing lowers the score `{}`", score.name))
                    .at(score.span, "no row gives less than 0")
                    .help("students, competitors, job seekers and silence are what others take points off for"),
            );
        }
    }
}
