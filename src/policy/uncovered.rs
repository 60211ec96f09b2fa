//! A lead that falls through: for rows that `check` says do not cover every lead.
//!
//! Enters: a checked policy whose only mistakes, if any, are such rows. Leaves: the diagnostics with a lead that no row takes, the smallest there is. Always holds: the lead was replayed; of
//! a route that is proved to take every lead nothing is said any more.
//!
//! Rows about one value alone say what is left of it; only those about several are asked here.

use super::prove::{CHECK_BUDGET, CHECK_QUESTION, described};
use crate::diagnostic::{Code, Diagnostic, Id, Severity};
use crate::model::{Checked, DecideBody, Expr, Policy, SEVERAL_VALUES};
use crate::program::lower::lower;
use crate::program::{Trace, Value};
use crate::proof::questions::fields_in;
use crate::proof::{Condition, Possible, Prover};
use crate::source::Span;

/// Adds to each such diagnostic what falls through.
pub fn show(checked: &mut Checked) {
    let is_of_several = |diagnostic: &Diagnostic| diagnostic.message.ends_with(SEVERAL_VALUES);
    let others_are_sound = |diagnostic: &Diagnostic| diagnostic.severity != Severity::Error || is_of_several(diagnostic);
    if !checked.diagnostics.iter().any(is_of_several) || !checked.diagnostics.iter().all(others_are_sound) {
        return;
    }
    let policy = &checked.policy;
    let lowered = lower(policy);
    let mut prover = Prover::within(policy, &lowered, CHECK_QUESTION, CHECK_BUDGET);
    checked.diagnostics.retain_mut(|diagnostic| {
        let label = diagnostic.labels.first().map(|label| label.span);
        let of = label.filter(|_| is_of_several(diagnostic)).and_then(|label| rows_at(policy, &lowered.trace, label));
        let Some(Rows { none_holds, conditions }) = of else { return true };
        match prover.possible_with_least(&none_holds) {
            Possible::Yes(mut witness) => {
                // what the rows ask of is said also where the plainest lead has it
                witness.fields.extend(fields_in(&conditions));
                witness.fields.sort_unstable();
                witness.fields.dedup();
                diagnostic.add_help(&format!("no row takes {}", described(policy, &witness)));
            }
            Possible::Never if diagnostic.code == Id::Code(Code::RouteOpen) => return false,
            Possible::Never => {
                diagnostic.add_help("as the rows are, they take every lead: `otherwise` can stand for the condition of the last one")
            }
            Possible::Undecided(_) => {}
        }
        true
    });
}

/// The rows of one item.
struct Rows<'p> {
    none_holds: Condition,
    conditions: Vec<&'p Expr>,
}

/// Those of the item at this place.
fn rows_at<'p>(policy: &'p Policy, trace: &Trace, label: Span) -> Option<Rows<'p>> {
    let none_of = |in_force: Option<Value>, rows: &[Value]| {
        let none = rows.iter().map(|row| Condition::Holds(*row).negated());
        Condition::All(in_force.map(Condition::Holds).into_iter().chain(none).collect())
    };
    for (decide, of) in policy.decides.iter().zip(&trace.decides) {
        if let DecideBody::Rows(rows) = &decide.body
            && decide.span.holds(label)
        {
            return Some(Rows {
                none_holds: none_of(None, &of.rows),
                conditions: rows.iter().filter_map(|row| row.condition.as_ref()).collect(),
            });
        }
    }
    for (route, of) in policy.routes.iter().zip(&trace.routes) {
        if route.span.holds(label) {
            let conditions = route.condition.iter().chain(route.rows.iter().filter_map(|row| row.condition.as_ref()));
            return Some(Rows { none_holds: none_of(of.condition, &of.rows), conditions: conditions.collect() });
        }
    }
    let score = policy.scores.iter().find(|score| score.span.holds(label))?;
    let conditions: Vec<&Expr> = score.personas.iter().filter_map(|persona| persona.condition.as_ref()).collect();
    let rows: Option<Vec<Value>> = conditions.iter().map(|condition| trace.expressions.get(&condition.span).copied()).collect();
    Some(Rows { none_holds: none_of(None, &rows?), conditions })
}
