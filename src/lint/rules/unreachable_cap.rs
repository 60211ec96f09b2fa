//! `unreachable-cap`: `up to 45` above everything that the rows add up to.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::Decimal;
use crate::syntax::tree::{Number, Points, PointsKind, Section, SectionRow};

pub const RULE: Rule = Rule {
    name: "unreachable-cap",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a section of points can never give as many as its `up to` says",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/unreachable-cap.md"),
    check,
};

/// Points are compared at the most places that a number may have.
const PLACES: u8 = 18;

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for section in context.scores().flat_map(|(_, score)| walk::sections(score)) {
        let Some(cap) = &section.up_to else { continue };
        let (Some(most), Some(limit)) = (most(section), scaled(cap)) else { continue };
        if most < limit {
            let shown = Decimal { mantissa: most, places: PLACES }.reduced();
            found.push(
                RULE.finding(format!("the section `{}` gives at most {shown} points", section.name.text))
                    .at(cap.span, "never reached")
                    .help(format!("a row is missing, or write `up to {shown}`")),
            );
        }
    }
}

/// The points of all rows that add some, if every row is bounded.
fn most(section: &Section) -> Option<i128> {
    section.rows.iter().try_fold(0_i128, |sum, row| {
        let points = match row {
            SectionRow::Points(row) => {
                let points = scaled(&row.points)?.max(0);
                match &row.kind {
                    PointsKind::When(_) => points,
                    PointsKind::Per { .. } | PointsKind::PerQuiet { .. } if points == 0 => 0,
                    PointsKind::Per { .. } | PointsKind::PerQuiet { .. } => return None,
                }
            }
            SectionRow::Attribute(attribute) => {
                let mut best = None;
                for row in &attribute.rows {
                    match &row.points {
                        Points::Constant(points) => best = best.max(Some(scaled(points)?)),
                        Points::Each(..) | Points::Per(..) => return None,
                    }
                }
                best.unwrap_or(0)
            }
        };
        sum.checked_add(points)
    })
}

fn scaled(number: &Number) -> Option<i128> {
    number.mantissa.checked_mul(10_i128.checked_pow(u32::from(PLACES.checked_sub(number.places)?))?)
}
