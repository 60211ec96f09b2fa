//! Whether conditions can hold for a lead without fit, and which thresholds it gets over then.

use rustc_hash::FxHashSet;

use super::{Bounds, Unfit, Value};
use crate::model::{Connective, DecideBody, DecideId, Decimal, Edge, Expr, ExprKind, Matcher, Operator, Predicate, Reference, Type};

/// Whether something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holds {
    /// with the activity that helps
    pub can: bool,
    /// whatever the activity; of what asks for fit, it takes who has none
    pub must: bool,
}

impl Holds {
    const FREE: Holds = Holds { can: true, must: false };

    fn always(is_so: bool) -> Holds {
        Holds { can: is_so, must: is_so }
    }

    /// Who has no fit does not pass a question for it, and is turned away by one that takes those in whose favour no attribute of fit speaks.
    fn of_fit(turns_away: bool) -> Holds {
        Holds { can: false, must: turns_away }
    }
}

/// A threshold that activity alone gets over.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'e> {
    pub threshold: &'e Expr,
    pub bounds: Bounds,
}

/// What a condition is for what is wanted of it: all of these, one of these, or a question.
enum Parts<'e> {
    All(Vec<(&'e Expr, bool)>),
    Any(Vec<(&'e Expr, bool)>),
    Question,
}

fn list(members: &[Expr], wanted: bool) -> Vec<(&Expr, bool)> {
    members.iter().map(|member| (member, wanted)).collect()
}

/// `wanted` is no behind a `not`.
fn parts(expr: &Expr, wanted: bool) -> Parts<'_> {
    let ExprKind::Connective(connective) = &expr.kind else { return Parts::Question };
    match (connective, wanted) {
        (Connective::And(members), true) | (Connective::Or(members), false) => Parts::All(list(members, wanted)),
        (Connective::Or(members), true) | (Connective::And(members), false) => Parts::Any(list(members, wanted)),
        (Connective::Not(inner), _) => Parts::All(vec![(inner, !wanted)]),
        (Connective::Implies(left, right), true) => Parts::Any(vec![(left, false), (right, true)]),
        (Connective::Implies(left, right), false) => Parts::All(vec![(left, true), (right, false)]),
    }
}

impl<'p> Unfit<'p> {
    /// Whether the condition, or its contrary, holds.
    pub fn holds(&mut self, expr: &Expr, wanted: bool) -> Holds {
        match parts(expr, wanted) {
            Parts::All(members) => members
                .into_iter()
                .map(|(member, wanted)| self.holds(member, wanted))
                .fold(Holds::always(true), |all, one| Holds { can: all.can && one.can, must: all.must && one.must }),
            Parts::Any(members) => {
                let together = self.turn_away_together(&members);
                members
                    .into_iter()
                    .map(|(member, wanted)| self.holds(member, wanted))
                    .fold(Holds { can: false, must: together }, |any, one| Holds { can: any.can || one.can, must: any.must || one.must })
            }
            Parts::Question => self.question(expr, wanted),
        }
    }

    fn question(&mut self, expr: &Expr, wanted: bool) -> Holds {
        match &expr.kind {
            ExprKind::Predicate(predicate) => self.predicate(expr, predicate, wanted),
            ExprKind::Reference(Reference::Let(id)) if !self.is_of_scored_fit(expr) => {
                self.lets.get(&(*id, wanted)).copied().unwrap_or(Holds::FREE)
            }
            ExprKind::Constant(_)
            | ExprKind::Reference(_)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Connective(_) => self.by_what_it_reads(expr, wanted),
        }
    }

    /// Whether an attribute of fit looks at that very value.
    fn is_of_scored_fit(&self, expr: &Expr) -> bool {
        self.subject(expr).is_some_and(|subject| self.no_credit.contains_key(&subject))
    }

    fn by_what_it_reads(&mut self, expr: &Expr, wanted: bool) -> Holds {
        match self.unfollowed(expr) {
            Value::Fit { scored } => Holds::of_fit(scored && self.turns_away(expr, wanted)),
            Value::Bounds(_) | Value::Free => Holds::FREE,
        }
    }

    fn predicate(&mut self, expr: &Expr, predicate: &Predicate, wanted: bool) -> Holds {
        match predicate {
            Predicate::CompareConstant { left, operator, right } => match self.value(left) {
                Value::Bounds(bounds) => compared(bounds, if wanted { *operator } else { contrary(*operator) }, *right),
                Value::Fit { .. } | Value::Free => self.by_what_it_reads(expr, wanted),
            },
            Predicate::IsOneOf { left, negated, values } => self.is_one_of(left, values, wanted != *negated, (expr, wanted)),
            Predicate::Entering(stage) => Holds { can: !wanted || self.entered.contains(stage), must: false },
            Predicate::Leaving(stage) => Holds { can: !wanted || self.reached.contains(stage), must: false },
            Predicate::Compare { .. }
            | Predicate::IsText { .. }
            | Predicate::SameAs { .. }
            | Predicate::IsKnown { .. }
            | Predicate::Has { .. }
            | Predicate::TextTest { .. } => self.by_what_it_reads(expr, wanted),
        }
    }

    /// `question` is the whole of it, and whether it is wanted or its contrary.
    fn is_one_of(&mut self, left: &Expr, values: &[i64], wanted: bool, question: (&Expr, bool)) -> Holds {
        let is_asked_for = |choice: &usize| i64::try_from(*choice).is_ok_and(|choice| values.contains(&choice)) == wanted;
        match &left.kind {
            ExprKind::Reference(Reference::Stage) => Holds { can: self.reached.iter().any(is_asked_for), must: false },
            ExprKind::Reference(Reference::Decide(id)) if self.is_followed(left) => {
                let outcomes = self.outcomes(*id);
                Holds { can: outcomes.iter().any(is_asked_for), must: !outcomes.is_empty() && outcomes.iter().all(is_asked_for) }
            }
            _ => match self.value(left) {
                Value::Bounds(bounds) => {
                    let unit = |value: &i64| super::decimal(*value, left.ty);
                    let inside =
                        |value: Decimal| compared(bounds, Operator::AtLeast, value).can && compared(bounds, Operator::AtMost, value).can;
                    let single = bounds.low == bounds.high;
                    let any_inside = values.iter().map(unit).any(inside);
                    if wanted {
                        Holds { can: any_inside, must: single && any_inside }
                    } else {
                        Holds { can: !(single && any_inside), must: !any_inside }
                    }
                }
                Value::Fit { .. } | Value::Free => self.by_what_it_reads(question.0, question.1),
            },
        }
    }

    /// Whether what a decision can give follows from its rows: those that ask for activity or a score, unless an attribute of fit looks at it.
    fn is_followed(&mut self, decide: &Expr) -> bool {
        let reads = self.reads_of(decide);
        !reads.is_fit() || (reads.scores && !self.is_of_scored_fit(decide))
    }

    /// What a decision can give such a lead.
    pub(super) fn outcomes(&mut self, id: DecideId) -> FxHashSet<usize> {
        if let Some(found) = self.decides.get(&id) {
            return found.clone();
        }
        let mut found = FxHashSet::default();
        match self.policy.decides.get(id).map(|decide| &decide.body) {
            Some(DecideBody::Rows(rows)) => {
                for row in rows {
                    let holds = row.condition.as_ref().map_or(Holds::always(true), |condition| self.holds(condition, true));
                    if holds.can || holds.must {
                        found.insert(row.outcome);
                    }
                    if holds.must {
                        break;
                    }
                }
            }
            Some(DecideBody::Grid(grid)) => {
                let (rows, columns) = (self.value(&grid.rows_of), self.value(&grid.columns_of));
                for (_, outcomes) in grid.rows.iter().filter(|(edge, _)| can_have(rows, edge, grid.rows_of.ty)) {
                    let cells = grid.columns.iter().zip(outcomes).filter(|(column, _)| can_have(columns, column, grid.columns_of.ty));
                    found.extend(cells.map(|(_, outcome)| *outcome));
                }
            }
            None => {}
        }
        self.decides.insert(id, found.clone());
        found
    }

    /// The thresholds of scores of fit and activity that such a lead gets over where the condition, or its contrary, holds, also those that have a name.
    pub fn thresholds(&mut self, condition: &'p Expr, wanted: bool) -> Vec<Passed<'p>> {
        let policy = self.policy;
        let mut passed = Vec::new();
        let mut named = FxHashSet::default();
        let mut open = vec![(condition, wanted)];
        while let Some((expr, wanted)) = open.pop() {
            if !self.holds(expr, wanted).can {
                continue;
            }
            if let (ExprKind::Connective(Connective::Implies(left, right)), true) = (&expr.kind, wanted) {
                open.push((left, false));
                // what follows is asked of those alone of whom the first is so
                open.extend(self.holds(left, true).can.then_some((&**right, true)));
                continue;
            }
            match (parts(expr, wanted), &expr.kind) {
                (Parts::All(members) | Parts::Any(members), _) => open.extend(members.into_iter().rev()),
                (Parts::Question, ExprKind::Reference(Reference::Let(id))) => {
                    if named.insert((*id, wanted)) {
                        open.extend(policy.lets.get(*id).map(|part| (&part.value, wanted)));
                    }
                }
                (Parts::Question, _) => passed.extend(self.threshold(expr, wanted)),
            }
        }
        passed
    }

    fn threshold(&mut self, expr: &'p Expr, wanted: bool) -> Option<Passed<'p>> {
        let ExprKind::Predicate(Predicate::CompareConstant { left, operator, right }) = &expr.kind else { return None };
        let operator = if wanted { *operator } else { contrary(*operator) };
        let is_lower = match operator {
            Operator::AtLeast | Operator::Above => true,
            Operator::AtMost | Operator::Below => false,
        };
        let Value::Bounds(bounds) = self.value(left) else { return None };
        // what is reached without any activity says nothing of activity
        let is_reached_by_activity = is_lower && bounds.fit && bounds.active && !compared(bounds, operator, *right).must;
        is_reached_by_activity.then_some(Passed { threshold: expr, bounds })
    }
}

pub(super) fn contrary(operator: Operator) -> Operator {
    match operator {
        Operator::AtLeast => Operator::Below,
        Operator::Above => Operator::AtMost,
        Operator::AtMost => Operator::Above,
        Operator::Below => Operator::AtLeast,
    }
}

fn compared(bounds: Bounds, operator: Operator, right: Decimal) -> Holds {
    let (Some(low), Some(high)) = (bounds.low.compared_with(right), bounds.high.compared_with(right)) else { return Holds::FREE };
    let (at_low, at_high) = (operator.holds(low), operator.holds(high));
    Holds { can: at_low || at_high, must: at_low && at_high }
}

fn can_have(value: Value, edge: &Edge, ty: Type) -> bool {
    match (&edge.matcher, value) {
        (Matcher::Range { low, high }, Value::Bounds(bounds)) => {
            low.is_none_or(|low| compared(bounds, Operator::AtLeast, super::decimal(low, ty)).can)
                && high.is_none_or(|high| compared(bounds, Operator::AtMost, super::decimal(high, ty)).can)
        }
        (Matcher::Range { .. } | Matcher::Choice(_) | Matcher::Text(_) | Matcher::Missing | Matcher::Otherwise, _) => true,
    }
}
