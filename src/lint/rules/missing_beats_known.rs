//! `missing-beats-known`: saying nothing scores better than saying the worst.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::{Decimal, Matcher, RowPoints};
use crate::source::Span;

pub const RULE: Rule = Rule {
    name: "missing-beats-known",
    group: Group::Suspicious,
    level: Level::Note,
    summary: "saying nothing scores better than saying the worst",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/missing-beats-known.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for attribute in context.attributes() {
        let mut missing = None;
        let mut worst: Option<(Decimal, Span)> = None;
        for row in &attribute.rows {
            let RowPoints::Constant(points) = row.points else { continue };
            if row.matchers.contains(&Matcher::Missing) {
                missing = Some((points, row.span));
            } else if worst.is_none_or(|(worst, _)| below(points, worst)) {
                worst = Some((points, row.span));
            }
        }
        if let (Some((missing, place)), Some((worst, worst_place))) = (missing, worst)
            && below(worst, missing)
        {
            found.push(
                RULE.finding(format!(
                    "a lead that says nothing of `{}` gets {}, one that says the worst gets {}",
                    attribute.name,
                    missing.reduced(),
                    worst.reduced()
                ))
                .at(place, "better")
                .at(worst_place, "worse"),
            );
        }
    }
}

fn below(left: Decimal, right: Decimal) -> bool {
    let places = left.places.max(right.places);
    let at = |value: Decimal| value.mantissa.saturating_mul(10_i128.saturating_pow(u32::from(places - value.places)));
    at(left) < at(right)
}
