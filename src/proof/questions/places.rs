//! Comparisons of derived values with constants, wherever a policy writes them.

use rustc_hash::FxHashMap;

use super::shared::siblings;
use super::{About, Asking, Kind};
use crate::model::{
    Arithmetic, ClaimKind, DecideBody, Expr, ExprKind, FieldId, Moment, Pause, PointsKind, Policy, Predicate, Reference, Route,
    RouteTarget, Trigger,
};
use crate::program::Value;
use crate::proof::Condition;
use crate::source::Span;

impl Asking<'_, '_> {
    /// Thresholds that no lead reaches, and those that every lead does; in a route `for each` for every choice.
    pub fn comparisons(&mut self) {
        let (policy, lowered) = (self.prover.policy(), self.prover.lowered());
        for root in expressions(policy) {
            self.comparisons_in(root, &[&lowered.trace.expressions]);
        }
        for siblings in siblings(policy, &lowered.trace) {
            if let Some((route, _)) = siblings.first().filter(|(route, _)| route.choice.is_some()) {
                let traced: Vec<_> = siblings.iter().map(|(_, trace)| &trace.expressions).collect();
                of_route(route).into_iter().for_each(|root| self.comparisons_in(root, &traced));
            }
        }
    }

    /// `traced`: the values of expressions by their places, once for each meaning that the text has.
    fn comparisons_in(&mut self, root: &Expr, traced: &[&FxHashMap<Span, Value>]) {
        let mut rest = vec![root];
        while let Some(expr) = rest.pop() {
            // the ends of a `between` are no thresholds of their own
            let threshold = match expr.ends_of_between() {
                Some([from, _]) => from,
                None => {
                    rest.extend(expr.children());
                    expr
                }
            };
            let ExprKind::Predicate(Predicate::CompareConstant { left, .. }) = &threshold.kind else { continue };
            if !is_worked_out(left) {
                continue;
            }
            let values = traced.iter().map(|traced| Some((*traced.get(&expr.span)?, *traced.get(&left.span)?)));
            let Some(values) = values.collect::<Option<Vec<(Value, Value)>>>() else { continue };
            let what = self.text(expr.span);
            let reached = About::new(format!("any lead reaches {what}"), expr.span);
            let always_reached = About::new(format!("every lead reaches {what}"), expr.span);
            let never = |asking: &mut Self, (holds, _): &(Value, Value)| asking.never(&Condition::Holds(*holds), &reached);
            let always = |asking: &mut Self, (holds, value): &(Value, Value)| {
                let known = Condition::Is(*value, None).negated();
                asking.never(&Condition::All(vec![known, Condition::Holds(*holds).negated()]), &always_reached)
            };
            if values.iter().all(|value| never(self, value)) {
                self.find(Kind::NeverReached, what, expr.span, Vec::new());
            } else if values.iter().all(|value| always(self, value)) {
                self.find(Kind::AlwaysReached, what, expr.span, Vec::new());
            }
        }
    }

    /// As written, on one line.
    fn text(&self, span: Span) -> String {
        let words: Vec<&str> = self.sources.text(span).split_whitespace().collect();
        format!("`{}`", words.join(" "))
    }
}

/// Of a field alone `check` knows the range.
fn is_worked_out(expr: &Expr) -> bool {
    matches!(
        expr.kind,
        ExprKind::Reference(Reference::Score(_) | Reference::Section(..) | Reference::Let(_))
            | ExprKind::Arithmetic(Arithmetic::Sum(_) | Arithmetic::Product(_))
    )
}

/// All expressions, whoever reads them.
pub(super) fn every_expression(policy: &Policy) -> Vec<&Expr> {
    let mut found = expressions(policy);
    for decide in &policy.decides {
        if let DecideBody::Grid(grid) = &decide.body {
            found.extend([&grid.rows_of, &grid.columns_of]);
        }
    }
    found.extend(policy.routes.iter().filter(|route| route.choice.is_some()).flat_map(of_route));
    for claim in &policy.claims {
        found.push(match &claim.kind {
            ClaimKind::Always(expr) | ClaimKind::Never(expr) | ClaimKind::Possible(expr) | ClaimKind::Monotone { value: expr, .. } => expr,
        });
    }
    found
}

/// Every expression that stands for itself: not those of routes `for each`, which share their text.
fn expressions(policy: &Policy) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = policy.lets.iter().map(|derived| &derived.value).collect();
    for score in &policy.scores {
        for persona in &score.personas {
            found.extend(&persona.condition);
            for section in &persona.sections {
                found.extend(section.attributes.iter().map(|attribute| &attribute.subject));
                found.extend(section.points.iter().filter_map(|row| match &row.kind {
                    PointsKind::When(condition) => Some(condition),
                    PointsKind::Per { .. } => None,
                }));
            }
        }
        found.extend(score.adjusts.iter().map(|adjust| &adjust.condition));
    }
    for decide in &policy.decides {
        if let DecideBody::Rows(rows) = &decide.body {
            found.extend(rows.iter().filter_map(|row| row.condition.as_ref()));
        }
    }
    for row in policy.flows.iter().flat_map(|flow| &flow.rows) {
        match &row.trigger {
            Trigger::When(condition) => found.push(condition),
            Trigger::On { when, .. } | Trigger::After { when, .. } => found.extend(when),
            Trigger::Broken => {}
        }
    }
    found.extend(policy.routes.iter().filter(|route| route.choice.is_none()).flat_map(of_route));
    for clock in &policy.slas {
        found.extend(clock.targets.iter().filter_map(|target| target.condition.as_ref()));
        let moments = clock.starts.iter().chain(&clock.stops).chain(&clock.restarts);
        for moment in moments {
            match moment {
                Moment::Entering { condition, .. } | Moment::Leaving { condition, .. } => found.extend(condition),
                Moment::When(condition) => found.push(condition),
                Moment::On { .. } => {}
            }
        }
        found.extend(clock.pauses.iter().filter_map(|pause| match pause {
            Pause::While(condition) => Some(condition),
            Pause::After { .. } => None,
        }));
    }
    found
}

fn of_route(route: &Route) -> Vec<&Expr> {
    let mut found: Vec<&Expr> = route.condition.iter().collect();
    for row in &route.rows {
        found.extend(&row.condition);
        if let RouteTarget::By(target) = &row.target {
            found.push(target);
        }
    }
    found
}

/// The fields that conditions name.
pub fn fields_in(conditions: &[&Expr]) -> Vec<FieldId> {
    let (mut fields, mut rest) = (Vec::new(), conditions.to_vec());
    while let Some(expr) = rest.pop() {
        if let ExprKind::Reference(Reference::Field(field)) = expr.kind {
            fields.push(field);
        }
        rest.extend(expr.children());
    }
    fields
}
