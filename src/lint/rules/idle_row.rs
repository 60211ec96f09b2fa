//! `idle-row`: a row right before `otherwise` with the same outcome.

use crate::diagnostic::{Applicability, Diagnostic};
use crate::lint::{Context, Fixes, Group, Level, Rule};
use crate::source::Span;
use crate::syntax::tree::{Guard, Name, RouteTarget};

pub const RULE: Rule = Rule {
    name: "idle-row",
    group: Group::Suspicious,
    level: Level::Warning,
    summary: "a row gives what would come without it",
    fixes: Fixes::Unsafe,
    page: include_str!("../../../docs/rules/idle-row.md"),
    check,
};

fn check(context: &Context<'_>, found: &mut Vec<Diagnostic>) {
    for (_, decide) in context.decides() {
        let rows: Vec<Row<'_>> = decide
            .rows
            .iter()
            .map(|row| Row {
                outcome: Some(&row.outcome),
                otherwise: is_otherwise(&row.guard),
                plain: row.because.is_none() && row.doc.is_none() && row.display.is_none(),
                span: row.span,
            })
            .collect();
        report(context, &rows, found);
    }
    for (_, route) in context.routes() {
        let rows: Vec<Row<'_>> = route
            .rows
            .iter()
            .map(|row| Row {
                outcome: match &row.target {
                    RouteTarget::Queue(name) => Some(name),
                    RouteTarget::By(_) | RouteTarget::KeepOwner(_) => None,
                },
                otherwise: is_otherwise(&row.guard),
                plain: row.because.is_none() && row.doc.is_none(),
                span: row.span,
            })
            .collect();
        report(context, &rows, found);
    }
}

struct Row<'t> {
    outcome: Option<&'t Name>,
    otherwise: bool,
    /// says nothing besides
    plain: bool,
    span: Span,
}

fn is_otherwise(guard: &Guard) -> bool {
    match guard {
        Guard::Otherwise(_) => true,
        Guard::When(_) => false,
    }
}

fn report(context: &Context<'_>, rows: &[Row<'_>], found: &mut Vec<Diagnostic>) {
    let Some((last, before)) = rows.split_last() else { return };
    let Some(outcome) = last.outcome.filter(|_| last.otherwise) else { return };
    let idle = |row: &&Row<'_>| row.plain && row.outcome.is_some_and(|name| name.text == outcome.text);
    for row in before.iter().rev().take_while(idle) {
        found.push(
            RULE.finding(format!("this row gives `{}`, which would come without it", outcome.text))
                .at(row.span, "changes nothing")
                .at(last.span, "gives the same")
                .fix("remove the row", Applicability::Unsafe, vec![context.without(row.span)]),
        );
    }
}
