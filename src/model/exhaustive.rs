//! Whether a list of conditions covers one value's whole domain, missing included: then a first-match table needs no `otherwise`.
//!
//! Only conditions about a single value count: comparisons with constants, joined by `and`, `or`, `not`. This is a rule a reader can check by
//! looking, not a proof; what would need one needs `otherwise`. Always holds: a set claims no value for which its condition might be no.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Checker;
use super::constants::{bare, scale_of};
use super::coverage::gaps;
use super::domains::written_domain;
use super::expressions::{STACK_LEFT, STACK_NEXT};
use super::value::{Decimal, Interval, Type};
use super::{ChoicesId, Connective, DecideId, Expr, ExprKind, FieldId, LetId, Operator, Predicate, Reference, ScoreId};
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::syntax::tree;

/// A value that conditions are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    Field(FieldId),
    Let(LetId),
    Score(ScoreId),
    Section(ScoreId, usize),
    Decide(DecideId),
    Stage,
    /// a look-up or a measure, as written
    Written(String),
}

/// The values of one subject for which a condition surely holds.
#[derive(Clone, Debug)]
struct Values {
    key: Key,
    domain: Domain,
    missing: bool,
    /// units; numbers of choices; of a `some of`, a choice stands for every set that has it; texts by order of appearance
    known: Vec<Interval>,
    /// for all other values the condition surely does not hold
    exact: bool,
}

#[derive(Clone, Copy, Debug)]
struct Domain {
    known: Interval,
    missing: bool,
    ty: Type,
    /// where the subject is written
    span: Span,
}

/// Texts that conditions name, by number; all other texts are the numbers above.
type Texts = FxHashMap<String, i64>;

/// How the message ends where the only row has a condition that makes no sense.
pub(super) const ONLY_ROW: &str = "its only row has a condition";

/// How the message ends where the rows are about several values, so that nothing is named that is left.
pub const SEVERAL_VALUES: &str = "the rows are not about one value alone";

impl Checker<'_> {
    /// None if the conditions cover the whole domain of some value, else what is left, in words. Also none if the `broken` conditions, which
    /// have a reported mistake, could cover what is left once they are mended.
    pub(crate) fn lacking(&self, conditions: &[&Expr], broken: &[&tree::Expr]) -> Option<String> {
        let mut texts = Texts::default();
        let mut by_subject: FxHashMap<Key, Values> = FxHashMap::default();
        let mut other_conditions = !broken.is_empty();
        let is_only_row = conditions.is_empty() && broken.len() == 1;
        // of an `and` with a mistake, what its other members leave: for no more than that it will ever hold
        let at_most = |tree: &&tree::Expr| self.memory.partly.get(&bare(tree).span);
        let (partly, broken): (Vec<&tree::Expr>, Vec<&tree::Expr>) = broken.iter().partition(|tree| at_most(tree).is_some());
        let broken = broken.as_slice();
        let sound = conditions.iter().map(|condition| (*condition, None));
        let partly = partly.iter().filter_map(|tree| Some((at_most(tree)?, Some(*tree))));
        for (condition, broken) in sound.chain(partly) {
            // `points < 50 and site is hospitl` is about two values, whatever is meant
            let is_of_one = |values: &Values| broken.is_none_or(|tree| !self.asks_of_others(tree, condition, &values.key));
            match self.values_of(condition, &mut texts).filter(is_of_one) {
                Some(values) => match by_subject.get_mut(&values.key) {
                    Some(all) => {
                        all.missing |= values.missing;
                        all.known.extend(values.known);
                    }
                    None => {
                        by_subject.insert(values.key.clone(), values);
                    }
                },
                None => other_conditions = true,
            }
        }
        if self.could_share_a_value(broken) {
            return None;
        }
        let mut left: Vec<(&Values, Vec<Interval>)> = Vec::new();
        for values in by_subject.values() {
            let gaps = gaps(values.domain.known, &values.known);
            let is_missing_left = values.domain.missing && !values.missing;
            let could_be_covered = || broken.iter().filter(|tree| self.may_be_about(tree, &values.key)).count();
            let holes = gaps.len() + usize::from(is_missing_left);
            if holes == 0 || (!broken.is_empty() && holes <= could_be_covered()) {
                return None;
            }
            left.push((values, gaps));
        }
        match left.as_slice() {
            [(values, gaps)] if !other_conditions => Some(self.left_over(values, gaps)),
            [] if is_only_row => Some(ONLY_ROW.to_owned()),
            _ => Some(SEVERAL_VALUES.to_owned()),
        }
    }

    /// Whether several conditions with a mistake could be about one value that no other condition is about.
    fn could_share_a_value(&self, broken: &[&tree::Expr]) -> bool {
        let mut seen: FxHashSet<&str> = FxHashSet::default();
        broken.iter().any(|tree| {
            let names: FxHashSet<&str> = names_in(tree).into_iter().collect();
            // every name is looked at, so that the next row finds all of them
            names.into_iter().filter(|name| !seen.insert(name)).count() > 0
        })
    }

    /// Whether a member with a mistake of an `and`, of which `sound` has the others, is surely about another value than these are.
    fn asks_of_others(&self, tree: &tree::Expr, sound: &Expr, key: &Key) -> bool {
        let tree::ExprKind::Connective(tree::Connective::And(members)) = &bare(tree).kind else { return false };
        let ExprKind::Connective(Connective::And(kept)) = &sound.kind else { return false };
        let is_broken = |member: &&tree::Expr| kept.iter().all(|sound| bare(member).span != sound.span && member.span != sound.span);
        members.iter().filter(is_broken).any(|member| !self.may_be_about(member, key))
    }

    /// Whether a condition with a mistake may be about a value: it names it, or something unknown that is written like it.
    fn may_be_about(&self, tree: &tree::Expr, key: &Key) -> bool {
        let name = self.key_name(key);
        let name = name.split(['[', '.', ' ']).next().unwrap_or_default();
        names_in(tree).into_iter().any(|found| {
            let is_declared = found == "stage" || self.names.contains_key(found) || self.tables.contains_key(found);
            found == name || (!is_declared && nearest(found, [name]).is_some())
        })
    }

    /// A value as a policy names it.
    pub(crate) fn key_name(&self, key: &Key) -> String {
        let policy = &self.policy;
        let name = match key {
            Key::Field(id) => policy.fields.get(*id).map(|field| field.name.clone()),
            Key::Let(id) => policy.lets.get(*id).map(|named| named.name.clone()),
            Key::Score(id) => policy.scores.get(*id).map(|score| score.name.clone()),
            Key::Section(id, section) => {
                policy.scores.get(*id).and_then(|score| Some(format!("{}.{}", score.name, score.sections.get(*section)?.name)))
            }
            Key::Decide(id) => policy.decides.get(*id).map(|decide| decide.name.clone()),
            Key::Stage => Some("stage".to_owned()),
            Key::Written(text) => Some(text.clone()),
        };
        name.unwrap_or_default()
    }

    /// "`role` can also be student or missing"
    fn left_over(&self, values: &Values, gaps: &[Interval]) -> String {
        const SHOWN_MAX: usize = 4;
        let ty = values.domain.ty;
        let mut names: Vec<String> = match ty {
            Type::Number { .. } | Type::Date | Type::Time => gaps.iter().map(|gap| self.show_values(*gap, ty)).collect(),
            Type::Text => gaps.iter().take(1).map(|_| "another text".to_owned()).collect(),
            Type::YesNo => gaps.iter().flat_map(|gap| gap.low..=gap.high).map(|value| self.show(value, ty)).collect(),
            Type::OneOf(choices) | Type::SomeOf(choices) => {
                let names = self.choice_names(choices);
                gaps.iter()
                    .flat_map(|gap| gap.low..=gap.high)
                    .filter_map(|index| names.get(usize::try_from(index).ok()?).cloned())
                    .collect()
            }
        };
        if names.len() > SHOWN_MAX {
            names.truncate(SHOWN_MAX);
            names.push("something else".to_owned());
        }
        if values.domain.missing && !values.missing {
            names.push("missing".to_owned());
        }
        let subject = self.one_line(values.domain.span);
        match names.split_last() {
            Some((last, [])) => format!("`{subject}` can also be {last}"),
            Some((last, others)) => format!("`{subject}` can also be {} or {last}", others.join(", ")),
            None => format!("`{subject}` is not covered"),
        }
    }

    /// The values for which a condition holds, if it is about a single value.
    fn values_of(&self, condition: &Expr, texts: &mut Texts) -> Option<Values> {
        stacker::maybe_grow(STACK_LEFT, STACK_NEXT, || self.values_of_kind(condition, texts))
    }

    fn values_of_kind(&self, condition: &Expr, texts: &mut Texts) -> Option<Values> {
        match &condition.kind {
            ExprKind::Connective(Connective::And(members)) => {
                // what is in all sets is what none of their opposites holds
                let sets: Option<Vec<Values>> = members.iter().map(|member| self.values_of(member, texts)).collect();
                let exact = sets.as_ref()?.iter().all(|set| set.exact);
                let opposites = joined(sets?.into_iter().map(opposite).collect(), true)?;
                Some(Values { exact, ..opposite(opposites) })
            }
            ExprKind::Connective(Connective::Or(members)) => {
                let sets: Vec<Option<Values>> = members.iter().map(|member| self.values_of(member, texts)).collect();
                let all_known = sets.iter().all(Option::is_some);
                let values = joined(sets.into_iter().flatten().collect(), false)?;
                Some(Values { exact: values.exact && all_known, ..values })
            }
            ExprKind::Connective(Connective::Not(inner)) => self.values_of(inner, texts).filter(|set| set.exact).map(opposite),
            ExprKind::Connective(Connective::Implies(left, right)) => {
                let left = self.values_of(left, texts).filter(|set| set.exact).map(opposite);
                let right = self.values_of(right, texts);
                joined([left?, right?].into(), true)
            }
            ExprKind::Predicate(Predicate::CompareConstant { left, operator, right }) => {
                let known = compared(*operator, *right, scale_of(left.ty));
                self.known_values(left, known.into_iter().collect())
            }
            ExprKind::Predicate(Predicate::IsOneOf { left, negated, values }) => {
                let values = self.known_values(left, values.iter().map(|value| Interval { low: *value, high: *value }).collect())?;
                Some(if *negated { other_known(values) } else { values })
            }
            ExprKind::Predicate(Predicate::IsText { left, negated, values }) => {
                let mut numbers = Vec::with_capacity(values.len());
                for value in values {
                    let next = texts.len() as i64;
                    let number = *texts.entry(value.clone()).or_insert(next);
                    numbers.push(Interval { low: number, high: number });
                }
                let values = self.known_values(left, numbers)?;
                Some(if *negated { other_known(values) } else { values })
            }
            ExprKind::Predicate(Predicate::IsKnown { left, known }) => {
                let values = self.known_values(left, Vec::new())?;
                let all = vec![values.domain.known];
                Some(if *known { Values { known: all, ..values } } else { Values { missing: values.domain.missing, ..values } })
            }
            ExprKind::Predicate(Predicate::Has { left, mask }) => {
                let bits = (0..63).filter(|bit| mask >> bit & 1 == 1).map(|bit| Interval { low: bit, high: bit }).collect();
                // a set that has one choice may have others
                Some(Values { exact: false, ..self.known_values(left, bits)? })
            }
            // a bare `yes_no`
            ExprKind::Reference(
                Reference::Field(_) | Reference::Let(_) | Reference::Cell { .. } | Reference::Measure(_) | Reference::Property(_),
            ) => self.known_values(condition, vec![Interval { low: 1, high: 1 }]),
            ExprKind::Constant(_)
            | ExprKind::Reference(Reference::Score(_) | Reference::Section(..) | Reference::Decide(_) | Reference::Stage)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(_)
            | ExprKind::Predicate(
                Predicate::Compare { .. }
                | Predicate::SameAs { .. }
                | Predicate::TextTest { .. }
                | Predicate::Entering(_)
                | Predicate::Leaving(_),
            ) => None,
        }
    }

    /// What a value is known by; none for a condition or a constant.
    pub(crate) fn key_of(&self, subject: &Expr) -> Option<Key> {
        let written = || Key::Written(self.one_line(subject.span));
        match &subject.kind {
            ExprKind::Reference(reference) => Some(match reference {
                Reference::Field(id) => Key::Field(*id),
                Reference::Let(id) => Key::Let(*id),
                Reference::Score(id) => Key::Score(*id),
                Reference::Section(id, section) => Key::Section(*id, *section),
                Reference::Decide(id) => Key::Decide(*id),
                Reference::Stage => Key::Stage,
                Reference::Cell { .. } | Reference::Measure(_) | Reference::Property(_) => written(),
            }),
            ExprKind::Arithmetic(_) | ExprKind::Conversion(_) => Some(written()),
            ExprKind::Constant(_) | ExprKind::Connective(_) | ExprKind::Predicate(_) => None,
        }
    }

    /// These known values of a subject, and not missing.
    fn known_values(&self, subject: &Expr, known: Vec<Interval>) -> Option<Values> {
        let key = self.key_of(subject)?;
        let choice_count = |choices: ChoicesId| self.policy.choices.get(choices).map_or(0, |set| set.members.len() as i64);
        let domain = match subject.ty {
            Type::Number { .. } | Type::Date | Type::Time => written_domain(&self.policy, subject),
            Type::YesNo => Interval { low: 0, high: 1 },
            Type::OneOf(choices) | Type::SomeOf(choices) => Interval { low: 0, high: choice_count(choices) - 1 },
            Type::Text => Interval { low: 0, high: i64::MAX },
        };
        let domain = Domain { known: domain, missing: subject.optional, ty: subject.ty, span: subject.span };
        Some(Values { key, domain, missing: false, known, exact: true })
    }
}

/// The names of values and tables in a condition.
fn names_in(tree: &tree::Expr) -> Vec<&str> {
    let mut names = Vec::new();
    let mut open = vec![tree];
    while let Some(part) = open.pop() {
        if let tree::ExprKind::Path(path) = &part.kind {
            names.extend(path.first().map(|name| name.text.as_str()));
        }
        if let tree::ExprKind::Cell { table, .. } = &part.kind {
            names.push(&table.text);
        }
        part.each_value(|value| open.push(value));
    }
    names
}

/// The values that a comparison admits.
fn compared(operator: Operator, right: Decimal, scale: u8) -> Option<Interval> {
    let from = |low: i128| Some(Interval { low: i64::try_from(low.max(i128::from(i64::MIN))).ok()?, high: i64::MAX });
    let to = |high: i128| Some(Interval { low: i64::MIN, high: i64::try_from(high.min(i128::from(i64::MAX))).ok()? });
    match operator {
        Operator::AtLeast => from(right.ceiling_at(scale)?),
        Operator::Above => from(right.floor_at(scale)? + 1),
        Operator::AtMost => to(right.floor_at(scale)?),
        Operator::Below => to(right.ceiling_at(scale)? - 1),
    }
}

/// All values that a set does not hold.
fn opposite(values: Values) -> Values {
    Values { missing: values.domain.missing && !values.missing, known: gaps(values.domain.known, &values.known), ..values }
}

/// All known values that a set does not hold.
fn other_known(values: Values) -> Values {
    Values { missing: false, known: gaps(values.domain.known, &values.known), ..values }
}

/// What is in any of the sets: those about the subject of the first, or (if `all`) only if they all are.
fn joined(sets: Vec<Values>, all: bool) -> Option<Values> {
    let mut sets = sets.into_iter();
    let mut union = sets.next()?;
    for set in sets {
        if set.key == union.key {
            union.missing |= set.missing;
            union.known.extend(set.known);
            union.exact &= set.exact;
        } else if all {
            return None;
        } else {
            union.exact = false;
        }
    }
    Some(union)
}
