//! `ever-growing-score`: points for signals that never end.

use crate::diagnostic::Diagnostic;
use crate::lint::{Context, Fixes, Group, Level, Rule, walk};
use crate::source::Span;
use crate::syntax::tree::{Cap, Expr, ExprKind, MeasureKind, Period, PointsKind, SectionRow, Subject};
use rustc_hash::FxHashMap;

pub const RULE: Rule = Rule {
    name: "ever-growing-score",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "points for signals that never end",
    fixes: Fixes::None,
    page: include_str!("../../../docs/rules/ever-growing-score.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    let lets: FxHashMap<&str, &Expr> = context.lets().map(|(_, part)| (part.name.text.as_str(), &part.value)).collect();
    for (_, score) in context.scores() {
        let rows = || walk::sections(score).flat_map(|section| &section.rows);
        // a balance that something takes points from does not only grow
        let falls = rows().any(|row| match row {
            SectionRow::Points(points) => points.points.mantissa < 0,
            SectionRow::Attribute(_) => false,
        });
        for row in rows() {
            match row {
                SectionRow::Points(points) => match &points.kind {
                    PointsKind::Per { window: None, since: None, cap, fading: None, .. }
                        if points.points.mantissa > 0 && !(score.running.is_some() && falls) && !is_ever(cap.as_ref()) =>
                    {
                        found.push(finding(context, points.span));
                    }
                    PointsKind::Per { .. } | PointsKind::PerQuiet { .. } | PointsKind::When(_) => {}
                },
                SectionRow::Attribute(attribute) => {
                    let value = match &attribute.subject.kind {
                        ExprKind::Path(path) => path.first().and_then(|name| lets.get(name.text.as_str()).copied()),
                        _ => None,
                    };
                    if let Some(measure) = value.and_then(endless) {
                        found.push(finding(context, measure.span).at(attribute.subject.span, "scored here"));
                    }
                }
            }
        }
    }
}

/// The value, if it counts signals of all times, or asks whether there ever was one.
fn endless(value: &Expr) -> Option<&Expr> {
    let ExprKind::Measure(measure) = &value.kind else { return None };
    let counts = match measure.kind {
        MeasureKind::CountOf | MeasureKind::SumOf | MeasureKind::Any => true,
        MeasureKind::FirstOf | MeasureKind::LastOf | MeasureKind::DaysSinceLast | MeasureKind::DaysIn => false,
    };
    let ends = measure.window.is_some() || measure.since.is_some() || measure.fading.is_some() || is_ever(measure.cap.as_ref());
    let of_signals = matches!(measure.subject, Subject::Signal(_));
    (counts && of_signals && !ends).then_some(value)
}

fn is_ever(cap: Option<&Cap>) -> bool {
    cap.is_some_and(|cap| cap.per == Period::Ever)
}

fn finding(context: &Context<'_>, span: Span) -> Diagnostic {
    let text = context.plain(span);
    RULE.finding(format!("`{text}` only ever grows"))
        .at(span, "a signal of years ago counts as much as one of today")
        .help("let it end: `in last 90 days`, `fading half every 30 days`, `since entering STAGE` or `at most N ever`")
}
