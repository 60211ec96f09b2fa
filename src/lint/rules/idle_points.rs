//! `idle-points`: an `adjust` or a row of a points section that adds nothing.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{Number, ScorePart, SectionRow, Text};

pub const RULE: Rule = Rule {
    name: "idle-points",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a row adds 0 points",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/idle-points.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let mut report = |points: &Number, row: Span, doc: &Option<Text>| {
        if points.mantissa == 0 {
            let whole = doc.as_ref().map_or(row, |doc| doc.span.to(row));
            found.push(RULE.finding("this row adds 0 points").at(points.span, "no score changes").fix(
                "remove the row",
                Applicability::Unsafe,
                vec![context.without(whole)],
            ));
        }
    };
    for (_, score) in context.scores() {
        for part in &score.parts {
            match part {
                ScorePart::Adjust(adjust) => report(&adjust.points, adjust.span, &adjust.doc),
                ScorePart::Section(_) | ScorePart::Persona { .. } => {}
            }
        }
        for row in walk::sections(score).flat_map(|section| &section.rows) {
            match row {
                SectionRow::Points(points) => report(&points.points, points.span, &points.doc),
                SectionRow::Attribute(_) => {}
            }
        }
    }
}
