//! `ungated-threshold`: activity alone can carry a lead over a threshold.

use crate::diagnostic::Diagnostic;
use crate::lint::unfit::{Bounds, Passed, Unfit};
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::model::{DecideBody, Expr, ExprKind, Policy, Reference};
use crate::source::Span;
use rustc_hash::FxHashSet;

pub const RULE: Rule = Rule {
    name: "ungated-threshold",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "activity alone can carry a lead over a threshold",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/ungated-threshold.md"),
    check,
};

/// A row that asks something.
#[derive(Clone, Copy)]
struct Row<'p> {
    condition: &'p Expr,
    /// no: what counts is that it does not hold, as whom it does not take the last row takes
    wanted: bool,
    span: Span,
}

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let policy = context.policy;
    let Some(mut unfit) = Unfit::of(policy) else { return };
    let mut seen = FxHashSet::default();
    for row in rows_got_to(policy, &mut unfit) {
        for Passed { threshold, bounds } in unfit.thresholds(row.condition, row.wanted) {
            if seen.insert(threshold.span) {
                found.push(finding(context, &mut unfit, threshold, bounds, row));
            }
        }
    }
}

/// The conditions that decide something, of rows that a lead without fit gets to.
fn rows_got_to<'p>(policy: &'p Policy, unfit: &mut Unfit<'p>) -> Vec<Row<'p>> {
    let mut rows: Vec<Row<'p>> = Vec::new();
    for decide in &policy.decides {
        match &decide.body {
            DecideBody::Rows(list) => until_turned_away(list.iter().map(|row| (row.condition.as_ref(), row.span)), unfit, &mut rows),
            DecideBody::Grid(_) => {}
        }
    }
    for (number, condition, span) in unfit.flow_conditions() {
        if unfit.gets_to_row(number) {
            rows.push(Row { condition, wanted: true, span });
        }
    }
    for route in &policy.routes {
        if route.condition.as_ref().is_none_or(|condition| unfit.holds(condition, true).can) {
            rows.extend(route.condition.as_ref().map(|condition| Row { condition, wanted: true, span: route.span }));
            until_turned_away(route.rows.iter().map(|row| (row.condition.as_ref(), row.span)), unfit, &mut rows);
        }
    }
    rows
}

/// Behind a row that takes every such lead none of them comes.
fn until_turned_away<'p>(list: impl Iterator<Item = (Option<&'p Expr>, Span)>, unfit: &mut Unfit<'p>, rows: &mut Vec<Row<'p>>) {
    let mut before: Option<Row<'p>> = None;
    for (condition, span) in list {
        let Some(condition) = condition else {
            // `nurture when readiness < 40   qualified otherwise`
            rows.extend(before.filter(|row| unfit.thresholds(row.condition, true).is_empty()).map(|row| Row { wanted: false, ..row }));
            return;
        };
        let row = Row { condition, wanted: true, span };
        rows.push(row);
        before = Some(row);
        if unfit.holds(condition, true).must {
            return;
        }
    }
}

fn finding(context: &Context<'_>, unfit: &mut Unfit<'_>, threshold: &Expr, bounds: Bounds, row: Row<'_>) -> Diagnostic {
    let Row { wanted, span: row, .. } = row;
    let left = threshold.children().first().map_or(threshold.span, |left| left.span);
    let subject = context.plain(left);
    let finding = RULE
        .finding("a lead can pass this threshold by activity alone, without any fit")
        .at(threshold.span, format!("without fit `{subject}` can be {}", bounds.high.reduced()));
    // a threshold with a name is asked for elsewhere
    let is_inside = row.source == threshold.span.source && row.start <= threshold.span.start && threshold.span.end <= row.end;
    let finding = if is_inside { finding } else { finding.at(row, "and nothing is asked of fit here") };
    match section_of_fit(context, unfit, threshold) {
        Some(section) if !wanted => finding.help(format!("let this row take who does not fit as well: `or {section} < …`")),
        None if !wanted => {
            finding.help("let this row take who does not fit as well, with `or`: a field of the lead, or a score of fit alone")
        }
        Some(section) => finding.help(format!("ask for fit as well: `and {section} >= …`")),
        None => finding.help("ask for fit as well, with `and`: a field of the lead, or a score of fit alone"),
    }
}

/// `readiness.fit`: a section of the score that looks at fields alone.
fn section_of_fit(context: &Context<'_>, unfit: &mut Unfit<'_>, threshold: &Expr) -> Option<String> {
    let mut score = None;
    walk::inside(threshold, |expr| {
        if let ExprKind::Reference(Reference::Score(id) | Reference::Section(id, _)) = expr.kind {
            score = Some(id);
        }
    });
    let score = context.policy.scores.get(score?)?;
    let sections = score.sections.iter().enumerate();
    sections.filter(|(index, _)| unfit.is_of_fit(score, *index)).map(|(_, section)| format!("{}.{}", score.name, section.name)).next()
}
