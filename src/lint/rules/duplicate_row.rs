//! `duplicate-row`: two rows give the same points for the same condition.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{ScorePart, SectionRow};
use rustc_hash::FxHashMap;

pub const RULE: Rule = Rule {
    name: "duplicate-row",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "two rows give the same points for the same condition",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/duplicate-row.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, score) in context.scores() {
        let mut seen = FxHashMap::default();
        for part in &score.parts {
            if let ScorePart::Adjust(adjust) = part {
                look(context, &mut seen, adjust.span, found);
            }
        }
        for section in walk::sections(score) {
            let mut seen = FxHashMap::default();
            for row in &section.rows {
                if let SectionRow::Points(points) = row {
                    look(context, &mut seen, points.span, found);
                }
            }
        }
    }
}

fn look(context: &Context<'_>, seen: &mut FxHashMap<String, Span>, row: Span, found: &mut Vec<Diagnostic>) {
    let text = context.plain(row);
    // the reason changes no points
    let text = text.split(" because ").next().unwrap_or_default().to_owned();
    if let Some(first) = seen.get(&text) {
        found.push(
            RULE.finding("the same points are given twice for the same condition")
                .at(row, "both rows count")
                .at(*first, "the same row")
                .fix("remove the second row", Applicability::Unsafe, vec![context.without(row)]),
        );
    } else {
        seen.insert(text, row);
    }
}
