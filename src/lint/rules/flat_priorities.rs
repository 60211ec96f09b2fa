//! `flat-priorities`: every row of an attribute gives the same.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::model::{BandRow, RowPoints};

pub const RULE: Rule = Rule {
    name: "flat-priorities",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "every row of an attribute gives the same",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/flat-priorities.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for attribute in context.attributes() {
        let [first, rest @ ..] = attribute.rows.as_slice() else { continue };
        let RowPoints::Constant(points) = &first.points else { continue };
        let same = |row: &BandRow| matches!(&row.points, RowPoints::Constant(other) if other.reduced() == points.reduced());
        if !rest.is_empty() && rest.iter().all(same) {
            found.push(
                RULE.finding(format!("`{}` gives every lead {}", attribute.name, points.reduced()))
                    .at(attribute.subject.span, "no row differs from another, so it tells no leads apart"),
            );
        }
    }
}
