//! The fields that scores read, directly or through what they are derived from; and the stages at which routes and clocks begin.

use rustc_hash::FxHashSet;

use super::reading::Reading;
use crate::model::check::Named;
use crate::model::{self, ClockTarget, Derived, FieldId};
use crate::source::Span;
use crate::syntax::tree::{Connective, Duration, Expr, ExprKind, Moment, Name, Predicate, Sla, SlaKind, Unit};

impl Reading<'_, '_> {
    /// Each field that the score reads, and where it is read first; `score` stands for every score. None if there is no such score.
    pub fn fields_in(&self, score: &str) -> Option<Vec<(FieldId, Span)>> {
        let checker = self.checker;
        let mut open: Vec<Derived> = if score == "score" {
            (0..checker.derived.scores.len()).map(Derived::Score).collect()
        } else {
            match checker.names.get(score)?.0 {
                Named::Score(id) => vec![Derived::Score(id)],
                Named::Field(_) | Named::Let(_) | Named::Decide(_) | Named::Route(_) | Named::Sla(_) | Named::Broken => return None,
            }
        };
        // a stack: the last is looked at first
        open.reverse();
        let mut seen: FxHashSet<Derived> = FxHashSet::default();
        let mut found = Vec::new();
        let mut fields: FxHashSet<FieldId> = FxHashSet::default();
        while let Some(derived) = open.pop() {
            if !seen.insert(derived) {
                continue;
            }
            let mut values: Vec<&Expr> = checker.roots(derived);
            values.reverse();
            while let Some(value) = values.pop() {
                let before = values.len();
                value.each_value(|value| values.push(value));
                values[before..].reverse();
                let ExprKind::Path(path) = &value.kind else { continue };
                match path.first().and_then(|name| checker.names.get(&name.text)).map(|(named, _)| *named) {
                    Some(Named::Field(id)) => {
                        if fields.insert(id) {
                            found.push((id, value.span));
                        }
                    }
                    Some(Named::Let(id)) => open.push(Derived::Let(id)),
                    Some(Named::Score(id)) => open.push(Derived::Score(id)),
                    Some(Named::Decide(id)) => open.push(Derived::Decide(id)),
                    Some(Named::Route(_) | Named::Sla(_) | Named::Broken) | None => {}
                }
            }
        }
        Some(found)
    }

    /// Each handover: the route, the stage that it is `when entering`, and the text that a mistake would break.
    pub fn handovers(&self) -> Vec<(&Name, &Name, Span)> {
        let routes = self.checker.items.routes.iter();
        routes
            .flat_map(|(item, route)| entered(route.condition.as_ref()).into_iter().map(|stage| (&route.name, stage, item.span)))
            .collect()
    }

    /// The clocks that start when a lead enters the stage.
    pub fn clocks_from(&self, stage: &str) -> Vec<&Sla> {
        let starts = |sla: &&Sla| {
            sla.rows.iter().any(|row| match &row.kind {
                SlaKind::Starts(Moment::WhenEntering(entered)) => entered.text == stage,
                SlaKind::Starts(Moment::When(condition)) => entered(Some(condition)).into_iter().any(|entered| entered.text == stage),
                SlaKind::Starts(Moment::WhenLeaving(_) | Moment::On { .. })
                | SlaKind::Stops(_)
                | SlaKind::Restarts(_)
                | SlaKind::Pauses { .. }
                | SlaKind::Within { .. }
                | SlaKind::By(_)
                | SlaKind::Remind { .. }
                | SlaKind::Breach { .. }
                | SlaKind::Escalate(_) => false,
            })
        };
        self.checker.items.slas.iter().map(|(_, sla)| *sla).filter(starts).collect()
    }

    /// The leads that none of these clocks counts for, and the first target; none if every lead has one of the clocks.
    pub fn without_target(&self, clocks: &[&Sla]) -> Option<(Span, String)> {
        let slas = self.checker.policy.slas.iter().filter(|sla| clocks.iter().any(|clock| clock.name.text == sla.name));
        let targets: Vec<&ClockTarget> = slas.flat_map(|sla| &sla.targets).collect();
        let conditions: Vec<&model::Expr> = targets.iter().map(|target| target.condition.as_ref()).collect::<Option<_>>()?;
        let lacking = self.checker.lacking(&conditions, &[])?;
        targets.first().map(|target| (target.span, lacking))
    }

    /// Whether every clock is known: none has a mistake, and none stands in text that could not be read.
    pub fn clocks_are_sound(&self) -> bool {
        !self.checker.hidden.may_have("sla") && self.checker.items.slas.iter().all(|(item, _)| !self.is_broken(item.span))
    }
}

/// The stages of `entering S` in a condition: alone, or joined by `and` and `or`.
fn entered(condition: Option<&Expr>) -> Vec<&Name> {
    let mut open: Vec<&Expr> = condition.into_iter().collect();
    let mut stages: Vec<&Name> = Vec::new();
    while let Some(expr) = open.pop() {
        if let ExprKind::Predicate(Predicate::Entering(stage)) = &expr.kind {
            if stages.iter().all(|other| other.text != stage.text) {
                stages.push(stage);
            }
        } else if let ExprKind::Paren(inner) = &expr.kind {
            open.push(inner);
        } else if let ExprKind::Connective(Connective::And(members) | Connective::Or(members)) = &expr.kind {
            open.extend(members.iter().rev());
        }
    }
    stages
}

/// The longest target of a clock that is not surely within `limit`.
pub(super) fn target_beyond<'s>(sla: &'s Sla, limit: &Duration) -> Option<&'s Duration> {
    sla.rows.iter().find_map(|row| match &row.kind {
        SlaKind::Within { duration, .. } if !is_within(duration, limit) => Some(duration),
        SlaKind::Within { .. }
        | SlaKind::Starts(_)
        | SlaKind::Stops(_)
        | SlaKind::Restarts(_)
        | SlaKind::Pauses { .. }
        | SlaKind::By(_)
        | SlaKind::Remind { .. }
        | SlaKind::Breach { .. }
        | SlaKind::Escalate(_) => None,
    })
}

/// How long a business day is depends on the calendar, so business days are only held against business days. So many hours on the clock are
/// over before so many business hours are.
fn is_within(target: &Duration, limit: &Duration) -> bool {
    let days = |duration: &Duration| duration.business && matches!(duration.unit, Unit::Days | Unit::Weeks);
    match (days(target), days(limit)) {
        (true, true) => target.unit == limit.unit && target.amount <= limit.amount,
        (true, false) | (false, true) => false,
        (false, false) => (limit.business || !target.business) && seconds(target) <= seconds(limit),
    }
}

fn seconds(duration: &Duration) -> u128 {
    let unit: u128 = match duration.unit {
        Unit::Seconds => 1,
        Unit::Minutes => 60,
        Unit::Hours => 3_600,
        Unit::Days => 86_400,
        Unit::Weeks => 604_800,
    };
    u128::from(duration.amount) * unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    fn duration(amount: u64, unit: Unit, business: bool) -> Duration {
        Duration { amount, unit, business, span: Span::new(SourceId(0), 0, 0) }
    }

    #[test]
    fn lengths_are_compared_only_where_no_calendar_is_needed() {
        let hours = |amount| duration(amount, Unit::Hours, true);
        assert!(is_within(&hours(4), &hours(4)) && !is_within(&hours(5), &hours(4)));
        assert!(is_within(&duration(240, Unit::Minutes, true), &hours(4)));
        assert!(is_within(&duration(4, Unit::Hours, false), &hours(4)), "on the clock is sooner");
        assert!(!is_within(&hours(4), &duration(4, Unit::Hours, false)), "a weekend may lie between");
        assert!(!is_within(&duration(1, Unit::Days, true), &hours(24)) && !is_within(&hours(1), &duration(1, Unit::Days, true)));
        assert!(is_within(&duration(1, Unit::Weeks, false), &duration(7, Unit::Days, false)));
    }
}
