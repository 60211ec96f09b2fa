//! Signals that give a measure a wanted value.
//!
//! Enters: a measure and what it should be. Leaves: [`Move`]s that put signals in place of those that the lead has. Always holds: signals are whole (every property that is
//! not optional has a value that its field can have); whether the measure then is what was wanted, the interpreter says.

use super::moves::{DAY, Given, HOUR, MINUTE, Move};
use super::solve::{Bundle, Want, boundary, value_of};
use crate::model::value::fold_text;
use crate::model::{
    CapPeriod, Connective, Constant, Expr, ExprKind, Field, Length, Measure, MeasureKind, Operator, Policy, Predicate, Reference, SignalId,
    Subject, TextTest, Type,
};

/// More signals than that in one test help nobody.
const SIGNALS_MAX: i64 = 60;

pub fn history(policy: &Policy, measure: &Measure, want: &Want) -> Vec<Bundle> {
    let Subject::Signals(signals) = &measure.subject else { return Vec::new() };
    let Some(signal) = signals.first().copied() else { return Vec::new() };
    let with = |given: Vec<Given>| vec![Move::Signals { of: signals.clone(), given }];
    let one = |before: i64, value: Option<(usize, Constant)>| {
        signal_given(policy, measure, signal, before, value).into_iter().collect::<Vec<_>>()
    };
    match measure.kind {
        MeasureKind::Count => {
            let Want::Range(low, high) = want else { return Vec::new() };
            // fading counts in hundredths
            let unit = if measure.fading.is_some() { 100 } else { 1 };
            let counts = boundary(*low, *high).into_iter().map(|count| (count + unit - 1).div_euclid(unit).clamp(0, SIGNALS_MAX));
            counts.map(|count| with((0..count).flat_map(|index| one(spacing(measure, index), None)).collect())).collect()
        }
        MeasureKind::Any => match want {
            Want::Truth(true) => vec![with(one(MINUTE, None))],
            Want::Truth(false) => vec![with(Vec::new())],
            Want::Range(Some(0), _) => vec![with(Vec::new())],
            Want::Range(..) => vec![with(one(MINUTE, None))],
            Want::Missing | Want::Text(_) | Want::Bits(_) => Vec::new(),
        },
        MeasureKind::Sum(column) | MeasureKind::First(column) | MeasureKind::Last(column) => {
            let property = policy.event_columns.get(column).and_then(|column| column.of.iter().find(|(of, _)| *of == signal));
            let Some((_, property)) = property else { return Vec::new() };
            match want {
                Want::Missing => vec![with(Vec::new())],
                Want::Range(low, high) => {
                    let values = boundary(*low, *high).into_iter();
                    let mut bundles: Vec<Bundle> =
                        values.map(|value| with(one(MINUTE, Some((*property, Constant::Integer(value)))))).collect();
                    if low.is_none_or(|low| low <= 0) && matches!(measure.kind, MeasureKind::Sum(_)) {
                        bundles.push(with(Vec::new()));
                    }
                    bundles
                }
                Want::Text(text) => vec![with(one(MINUTE, Some((*property, Constant::Text(text.clone())))))],
                Want::Truth(truth) => vec![with(one(MINUTE, Some((*property, Constant::Integer(i64::from(*truth))))))],
                Want::Bits(bits) => vec![with(one(MINUTE, Some((*property, Constant::Integer(*bits)))))],
            }
        }
        MeasureKind::DaysSinceLast => match want {
            Want::Missing => vec![with(Vec::new())],
            Want::Range(low, high) => {
                boundary(*low, *high).into_iter().map(|days| with(one(days.clamp(0, 5_000) * DAY + MINUTE, None))).collect()
            }
            Want::Text(_) | Want::Bits(_) | Want::Truth(_) => Vec::new(),
        },
        MeasureKind::Quiet(length) => {
            let Want::Range(low, high) = want else { return Vec::new() };
            let once = match length {
                Length::Days(days) => days.saturating_mul(DAY),
                Length::Elapsed(microseconds) => microseconds,
            };
            let times = boundary(*low, *high).into_iter().map(|times| times.clamp(0, 50));
            times.map(|times| with(one(once.saturating_mul(times) + HOUR, None))).collect()
        }
        // a balance depends on many signals at once; the stage log is no part of a test
        MeasureKind::Balance(_) | MeasureKind::DaysIn | MeasureKind::Waited(_) => Vec::new(),
    }
}

/// How long ago the signal of that number was, so that a cap keeps all of them.
fn spacing(measure: &Measure, index: i64) -> i64 {
    let step = match measure.cap.map(|cap| cap.per) {
        Some(CapPeriod::Hour) => HOUR,
        Some(CapPeriod::Day) => DAY,
        Some(CapPeriod::Week) => 7 * DAY,
        Some(CapPeriod::Month) => 31 * DAY,
        Some(CapPeriod::Quarter) => 92 * DAY,
        Some(CapPeriod::Year) => 366 * DAY,
        Some(CapPeriod::Days(days)) => i64::try_from(days).unwrap_or(i64::MAX / DAY / 128).saturating_add(1).saturating_mul(DAY),
        Some(CapPeriod::Ever) | None => MINUTE,
    };
    step.saturating_mul(index).saturating_add(MINUTE)
}

/// A whole signal for which the measure's `where` holds, as far as its properties are compared with constants.
fn signal_given(policy: &Policy, measure: &Measure, signal: SignalId, before: i64, value: Option<(usize, Constant)>) -> Option<Given> {
    let condition = measure.condition.and_then(|condition| policy.event_conditions.get(condition)).map(|condition| &condition.condition);
    given(policy, signal, before, condition, value)
}

pub fn given(policy: &Policy, signal: SignalId, before: i64, condition: Option<&Expr>, value: Option<(usize, Constant)>) -> Option<Given> {
    let properties = &policy.signals.get(signal)?.properties;
    let mut values: Vec<Option<Constant>> =
        properties.iter().map(|property| if property.optional { None } else { plain_value(policy, property) }).collect();
    if let Some(condition) = condition {
        hold(policy, signal, condition, true, &mut values);
    }
    if let Some((property, value)) = value {
        let range = properties.get(property)?.range;
        *values.get_mut(property)? = Some(match (value, range) {
            (Constant::Integer(value), Some(range)) => Constant::Integer(value.clamp(range.low, range.high)),
            (value, _) => value,
        });
    }
    Some(Given { signal, before, values })
}

/// Some value that the field can have.
pub fn plain_value(policy: &Policy, field: &Field) -> Option<Constant> {
    Some(match field.ty {
        Type::Text => Constant::Text("x".to_owned()),
        Type::Number { .. } | Type::Date | Type::Time => Constant::Integer(field.range.map_or(0, |range| 0.clamp(range.low, range.high))),
        Type::YesNo => Constant::Integer(0),
        Type::OneOf(choices) => {
            policy.choices.get(choices)?.members.first()?;
            Constant::Integer(0)
        }
        Type::SomeOf(_) => Constant::Integer(1),
    })
}

/// Sets properties so that a condition over one signal is as wanted; what cannot be set so stays.
fn hold(policy: &Policy, signal: SignalId, condition: &Expr, wanted: bool, values: &mut [Option<Constant>]) {
    let mut set = |left: &Expr, value: Option<Constant>| {
        let ExprKind::Reference(Reference::Property(column)) = left.kind else { return };
        let of = policy.event_columns.get(column).and_then(|column| column.of.iter().find(|(of, _)| *of == signal));
        if let Some(slot) = of.and_then(|(_, property)| values.get_mut(*property)) {
            *slot = value;
        }
    };
    match &condition.kind {
        ExprKind::Reference(_) => set(condition, Some(Constant::Integer(i64::from(wanted)))),
        ExprKind::Connective(connective) => match connective {
            Connective::And(members) if wanted => members.iter().for_each(|member| hold(policy, signal, member, true, values)),
            Connective::Or(members) if !wanted => members.iter().for_each(|member| hold(policy, signal, member, false, values)),
            Connective::And(members) | Connective::Or(members) => {
                members.first().into_iter().for_each(|member| hold(policy, signal, member, wanted, values));
            }
            Connective::Not(inner) => hold(policy, signal, inner, !wanted, values),
            Connective::Implies(..) => {}
        },
        ExprKind::Predicate(predicate) => match predicate {
            Predicate::IsText { left, negated, values: texts } => {
                let text = if wanted != *negated { texts.first().cloned() } else { Some("x".to_owned()) };
                set(left, text.map(Constant::Text));
            }
            Predicate::TextTest { left, text, .. } => {
                let text = if wanted { text.clone() } else { "x".to_owned() };
                set(left, Some(Constant::Text(text)));
            }
            Predicate::IsOneOf { left, negated, values: constants } => {
                let value = if wanted != *negated { constants.first().copied() } else { (0..=64).find(|value| !constants.contains(value)) };
                set(left, value.map(Constant::Integer));
            }
            Predicate::CompareConstant { left, operator, right } => {
                if let Some(value) = value_of(*right, left.ty) {
                    let value = match (operator, wanted) {
                        (Operator::AtLeast, true) | (Operator::AtMost, true) => value,
                        (Operator::Above, true) | (Operator::AtMost, false) => value.saturating_add(1),
                        (Operator::Below, true) | (Operator::AtLeast, false) => value.saturating_sub(1),
                        (Operator::Above, false) | (Operator::Below, false) => value,
                    };
                    set(left, Some(Constant::Integer(value)));
                }
            }
            Predicate::Has { left, mask } => {
                let bits = if wanted { *mask & mask.wrapping_neg() } else { !*mask & mask.wrapping_add(1) };
                set(left, Some(Constant::Integer(bits)));
            }
            Predicate::IsKnown { left, known } if wanted != *known => set(left, None),
            Predicate::IsKnown { .. }
            | Predicate::Compare { .. }
            | Predicate::SameAs { .. }
            | Predicate::Entering(_)
            | Predicate::Leaving(_) => {}
        },
        ExprKind::Constant(_) | ExprKind::Arithmetic(_) | ExprKind::Conversion(_) => {}
    }
}

/// A text for which the test fails, or holds.
pub fn text_for(test: TextTest, text: &str, wanted: bool) -> Option<String> {
    if wanted {
        return Some(text.to_owned());
    }
    let other = ["x", "y"].into_iter().find(|other| !test.holds(&fold_text(other), &fold_text(text)));
    other.map(str::to_owned)
}
