//! How far a lead comes by what it does alone.
//!
//! Enters: a checked policy. Leaves: [`Unfit`], which says of values and conditions what they can be for a lead in whose favour no attribute of fit speaks: fields
//! are fit, measures over signals are activity, and such a lead gets of each attribute over fields the most that is no credit (0, or the least malus; else the least there
//! is), and no points, plus or minus, from rows and `adjust`s that ask for fields. Its activity is whatever helps. Always holds: of what cannot be followed nothing is said that
//! would make a finding; bounds are exact for each attribute by itself, and several over one measure are taken as if they were independent.

mod conditions;
mod reads;
mod scores;
mod turned_away;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{
    Arithmetic, Constant, Conversion, DecideId, Decimal, Derived, Expr, ExprKind, LetId, Policy, Reference, ScoreId, SignalId, Trigger,
    Type,
};
use crate::source::Span;
use crate::syntax::tree::{Factor, Sign};

pub use conditions::{Holds, Passed};
use reads::{Fields, Reads};
use turned_away::NoCredit;

/// What a number can be for such a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// with the activity that helps least
    pub low: Decimal,
    /// with the activity that helps most
    pub high: Decimal,
    /// fit can add to it
    pub fit: bool,
    /// activity can change it
    pub active: bool,
}

/// A value as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Bounds(Bounds),
    /// made of fields alone; whether an attribute of fit looks at them
    Fit {
        scored: bool,
    },
    /// whatever helps
    Free,
}

pub struct Unfit<'p> {
    policy: &'p Policy,
    /// fields that attributes of fit look at, in scores that also look at activity
    scored: Fields,
    no_credit: NoCredit,
    reads: FxHashMap<Derived, Reads>,
    scores: FxHashMap<ScoreId, Option<scores::ScoreBounds>>,
    decides: FxHashMap<DecideId, FxHashSet<usize>>,
    lets: FxHashMap<(LetId, bool), Holds>,
    values: FxHashMap<LetId, Value>,
    /// stages that such a lead can be in, and those that a row takes it into
    reached: FxHashSet<usize>,
    entered: FxHashSet<usize>,
}

impl<'p> Unfit<'p> {
    /// None if no score adds fit and activity.
    pub fn of(policy: &'p Policy) -> Option<Unfit<'p>> {
        let mut unfit = Unfit {
            policy,
            scored: Fields::default(),
            no_credit: NoCredit::default(),
            reads: FxHashMap::default(),
            scores: FxHashMap::default(),
            decides: FxHashMap::default(),
            lets: FxHashMap::default(),
            values: FxHashMap::default(),
            reached: FxHashSet::default(),
            entered: FxHashSet::default(),
        };
        // each after all that it is made of, so that nothing is followed deeper than one name at a time
        for derived in &policy.order {
            unfit.reads_of_named(*derived);
        }
        unfit.look_at_scores();
        if unfit.scored.is_empty() {
            return None;
        }
        unfit.go_through_stages();
        Some(unfit)
    }

    /// The rows of the flow that lead somewhere by themselves or by the lead's own doing, each with its condition: `by` a team no signal of these is reported.
    pub fn flow_conditions(&self) -> Vec<(usize, &'p Expr, Span)> {
        let rows = self.policy.flows.iter().flat_map(|flow| &flow.rows).enumerate();
        rows.filter_map(|(number, row)| match &row.trigger {
            Trigger::When(condition) => Some((number, condition, row.span)),
            Trigger::After { when, .. } => Some((number, when.as_ref()?, row.span)),
            Trigger::On { signals, when, .. } => Some((number, when.as_ref().filter(|_| self.is_own_doing(signals))?, row.span)),
            Trigger::Broken => None,
        })
        .collect()
    }

    fn is_own_doing(&self, signals: &[SignalId]) -> bool {
        signals.iter().filter_map(|signal| self.policy.signals.get(*signal)).all(|signal| signal.by.is_none())
    }

    /// Whether such a lead gets to a row of the flow: it can be in one of its stages, and no row before takes it away from there for certain.
    pub fn gets_to_row(&mut self, number: usize) -> bool {
        let rows: Vec<_> = self.policy.flows.iter().flat_map(|flow| &flow.rows).collect();
        let Some(row) = rows.get(number) else { return false };
        row.from.iter().any(|stage| {
            self.reached.contains(stage)
                && !rows[..number].iter().filter(|before| before.from.contains(stage)).any(|before| match &before.trigger {
                    Trigger::When(condition) => self.holds(condition, true).must,
                    Trigger::On { .. } | Trigger::After { .. } | Trigger::Broken => false,
                })
        })
    }

    fn go_through_stages(&mut self) {
        let policy = self.policy;
        let rows = || policy.flows.iter().flat_map(|flow| &flow.rows);
        let targets: FxHashSet<usize> = rows().map(|row| row.to).collect();
        // what no row leads to is given from outside
        self.reached = (0..policy.stages.len()).filter(|stage| policy.start_stage == Some(*stage) || !targets.contains(stage)).collect();
        loop {
            let before = (self.reached.len(), self.entered.len());
            self.work_out();
            for (number, row) in rows().enumerate() {
                let holds = match &row.trigger {
                    Trigger::When(condition) => self.holds(condition, true).can,
                    Trigger::On { when, .. } | Trigger::After { when, .. } => {
                        when.as_ref().is_none_or(|condition| self.holds(condition, true).can)
                    }
                    Trigger::Broken => false,
                };
                if holds && self.gets_to_row(number) {
                    self.reached.insert(row.to);
                    self.entered.insert(row.to);
                }
            }
            if before == (self.reached.len(), self.entered.len()) {
                break;
            }
        }
    }

    /// Everything that has a name, each after all that it needs. It depends on the stages that can be reached.
    fn work_out(&mut self) {
        self.scores.clear();
        self.decides.clear();
        self.lets.clear();
        self.values.clear();
        let policy = self.policy;
        for derived in &policy.order {
            match derived {
                Derived::Let(id) => {
                    let Some(part) = policy.lets.get(*id) else { continue };
                    if part.value.ty == Type::YesNo {
                        for wanted in [false, true] {
                            let holds = self.holds(&part.value, wanted);
                            self.lets.insert((*id, wanted), holds);
                        }
                    } else {
                        let value = self.value(&part.value);
                        self.values.insert(*id, value);
                    }
                }
                Derived::Score(id) => drop(self.score(*id)),
                Derived::Decide(id) => drop(self.outcomes(*id)),
            }
        }
    }

    fn value(&mut self, expr: &Expr) -> Value {
        let known = match &expr.kind {
            ExprKind::Constant(Constant::Integer(units)) => Some(constant(decimal(*units, expr.ty))),
            ExprKind::Reference(Reference::Score(id)) => self.score(*id).map(|score| score.whole),
            ExprKind::Reference(Reference::Section(id, section)) => self.score(*id).and_then(|score| score.sections.get(section).copied()),
            ExprKind::Reference(Reference::Let(id)) => {
                return self.policy.lets.get(*id).map_or(Value::Free, |part| self.value(&part.value));
            }
            ExprKind::Arithmetic(Arithmetic::Sum(members)) => self.sum(members),
            ExprKind::Arithmetic(Arithmetic::Product(factors)) => self.product(factors),
            ExprKind::Arithmetic(Arithmetic::Larger(members)) => self.extreme(members, most),
            ExprKind::Arithmetic(Arithmetic::Smaller(members)) => self.extreme(members, least),
            ExprKind::Conversion(Conversion::Else(inner, Constant::Integer(units))) => match self.value(inner) {
                Value::Bounds(bounds) => bounds.hull(constant(decimal(*units, expr.ty))),
                Value::Fit { .. } | Value::Free => None,
            },
            ExprKind::Constant(Constant::Text(_))
            | ExprKind::Reference(_)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => None,
        };
        match known {
            Some(bounds) => Value::Bounds(bounds),
            None => self.unfollowed(expr),
        }
    }

    /// A value that is known by what it is made of alone.
    fn unfollowed(&mut self, expr: &Expr) -> Value {
        let reads = self.reads_of(expr);
        if reads.is_fit() { Value::Fit { scored: reads.fields.has_any_of(&self.scored) } } else { Value::Free }
    }

    fn sum(&mut self, members: &[(Sign, Expr)]) -> Option<Bounds> {
        members.iter().try_fold(constant(Decimal::ZERO), |sum, (sign, member)| {
            let Value::Bounds(member) = self.value(member) else { return None };
            match sign {
                Sign::Plus => sum.plus(member),
                Sign::Minus => {
                    sum.plus(Bounds { low: Decimal::ZERO.minus(member.high)?, high: Decimal::ZERO.minus(member.low)?, ..member })
                }
            }
        })
    }
}

impl Unfit<'_> {
    /// None with a division.
    fn product(&mut self, factors: &[(Factor, Expr)]) -> Option<Bounds> {
        let one = constant(Decimal { mantissa: 1, places: 0 });
        factors.iter().try_fold(one, |product, (factor, member)| match (factor, self.value(member)) {
            (Factor::Times, Value::Bounds(member)) => product.times(member.low)?.hull(product.times(member.high)?).map(|both| Bounds {
                fit: product.fit || member.fit,
                active: product.active || member.active,
                ..both
            }),
            (Factor::Times, Value::Fit { .. } | Value::Free) | (Factor::Over | Factor::Remainder, _) => None,
        })
    }

    /// The larger or the smaller of several values, end by end.
    fn extreme(&mut self, members: &[Expr], pick: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Bounds> {
        let mut found: Option<Bounds> = None;
        for member in members {
            let Value::Bounds(member) = self.value(member) else { return None };
            found = Some(match found {
                None => member,
                Some(found) => Bounds {
                    low: pick(found.low, member.low)?,
                    high: pick(found.high, member.high)?,
                    fit: found.fit || member.fit,
                    active: found.active || member.active,
                },
            });
        }
        found
    }
}

fn constant(value: Decimal) -> Bounds {
    Bounds { low: value, high: value, fit: false, active: false }
}

fn decimal(units: i64, ty: Type) -> Decimal {
    let places = match ty {
        Type::Number { scale, .. } => scale,
        Type::Text | Type::YesNo | Type::OneOf(_) | Type::SomeOf(_) | Type::Date | Type::Time => 0,
    };
    Decimal { mantissa: i128::from(units), places }
}

impl Bounds {
    fn plus(self, other: Bounds) -> Option<Bounds> {
        Some(Bounds {
            low: self.low.plus(other.low)?,
            high: self.high.plus(other.high)?,
            fit: self.fit || other.fit,
            active: self.active || other.active,
        })
    }

    fn times(self, factor: Decimal) -> Option<Bounds> {
        let (one, other) = (self.low.times(factor)?, self.high.times(factor)?);
        Some(Bounds { low: least(one, other)?, high: most(one, other)?, ..self })
    }

    fn hull(self, other: Bounds) -> Option<Bounds> {
        Some(Bounds {
            low: least(self.low, other.low)?,
            high: most(self.high, other.high)?,
            fit: self.fit || other.fit,
            active: self.active || other.active,
        })
    }
}

fn least(one: Decimal, other: Decimal) -> Option<Decimal> {
    Some(if one.compared_with(other)?.is_le() { one } else { other })
}

fn most(one: Decimal, other: Decimal) -> Option<Decimal> {
    Some(if one.compared_with(other)?.is_ge() { one } else { other })
}
