//! `zigzag-bands`: bands of a number whose priorities have no direction.

use std::cmp::Ordering;

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::value::SCALE_MAX;
use crate::model::{Attribute, BandRow, Matcher, RowPoints};

pub const RULE: Rule = Rule {
    name: "zigzag-bands",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "points rise, fall and rise again as a value grows",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/zigzag-bands.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for attribute in context.attributes() {
        let Some(mut bands) = bands(attribute) else { continue };
        bands.sort_by_key(|band| band.low);
        let mut turns = Vec::new();
        let mut before = Ordering::Equal;
        for pair in bands.windows(2) {
            let [lower, upper] = pair else { continue };
            let now = upper.points.cmp(&lower.points);
            if now != Ordering::Equal {
                if before != Ordering::Equal && now != before {
                    turns.push(lower.row);
                }
                before = now;
            }
        }
        if let [first, second, ..] = turns.as_slice() {
            found.push(
                RULE.finding(format!("the points of `{}` rise and fall several times as it grows", attribute.name))
                    .at(second.span, format!("`{}` turns the direction again", second.text))
                    .at(first.span, "first here"),
            );
        }
    }
}

struct Band<'p> {
    /// none is open
    low: Option<i64>,
    /// in 10^-18
    points: i128,
    row: &'p BandRow,
}

/// The bands of a number, if all give constant points.
fn bands(attribute: &Attribute) -> Option<Vec<Band<'_>>> {
    let mut bands = Vec::new();
    for row in &attribute.rows {
        for matcher in &row.matchers {
            match matcher {
                Matcher::Range { low, .. } => {
                    let RowPoints::Constant(points) = row.points else { return None };
                    let shift = SCALE_MAX.checked_sub(points.places)?;
                    let points = points.mantissa.checked_mul(10_i128.checked_pow(u32::from(shift))?)?;
                    bands.push(Band { low: *low, points, row });
                }
                Matcher::Choice(_) | Matcher::Text(_) => return None,
                Matcher::Missing | Matcher::Otherwise => {}
            }
        }
    }
    Some(bands)
}
