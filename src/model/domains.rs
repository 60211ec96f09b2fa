//! Which values rows have to cover: the domain that the policy *writes* for a value.
//!
//! Never what the compiler could prove of it: the points of a score, the cells of a table or the ranges that arithmetic starts from may change
//! anywhere in a policy, and must not make or break rows elsewhere. So the domain of
//! - a field, a column of a table or a property of a signal is its range, else all values of its type;
//! - a score is `from A to B`, else all numbers; a section of a score is all numbers;
//! - `A else CONSTANT` is that of A, and the constant;
//! - `days since` and `days until` and a measure is what their words allow: 0 or more;
//! - a `let` is that of what it names; anything computed (`+`, `-`, `*`, `/`, `%`, `larger of`, `smaller of`) is all values of its type.
//!
//! Whether a value can be *missing* is another question; that is worked out exactly, from the ranges.

use super::constants::written_range;
use super::ranges::domain_of;
use super::value::{Constant, Interval};
use super::{Conversion, Expr, ExprKind, Policy, Reference};

/// The domain of the known values of a number, date or time.
pub(crate) fn written_domain(policy: &Policy, value: &Expr) -> Interval {
    // a chain of lets may be as long as a policy can be
    let mut value = value;
    let mut constants: Option<Interval> = None;
    let domain = loop {
        match &value.kind {
            ExprKind::Reference(Reference::Let(id)) => match policy.lets.get(*id) {
                Some(named) => value = &named.value,
                None => break domain_of(value.ty),
            },
            ExprKind::Conversion(Conversion::Else(inner, default)) => {
                if let Constant::Integer(units) = default {
                    let constant = Interval { low: *units, high: *units };
                    constants = Some(constants.map_or(constant, |others| others.hull(constant)));
                }
                value = inner;
            }
            ExprKind::Reference(Reference::Field(_) | Reference::Score(_) | Reference::Cell { .. }) => {
                break written_range(policy, value).unwrap_or(domain_of(value.ty));
            }
            ExprKind::Conversion(Conversion::DaysSince(_) | Conversion::DaysUntil(_))
            | ExprKind::Reference(Reference::Measure(_) | Reference::Property(_))
            | ExprKind::Constant(_) => {
                break value.range.unwrap_or(domain_of(value.ty));
            }
            ExprKind::Reference(Reference::Section(..) | Reference::Decide(_) | Reference::Stage)
            | ExprKind::Arithmetic(_)
            | ExprKind::Conversion(Conversion::DomainOf(_))
            | ExprKind::Connective(_)
            | ExprKind::Predicate(_) => break domain_of(value.ty),
        }
    };
    constants.map_or(domain, |constants| domain.hull(constants))
}

/// What to write where rows leave out an end of a domain that is open; none if a range is written.
pub(crate) fn open_ended(policy: &Policy, value: &Expr) -> Option<String> {
    if written_domain(policy, value) != domain_of(value.ty) {
        return None;
    }
    match &value.kind {
        ExprKind::Reference(Reference::Score(id)) => {
            let name = policy.scores.get(*id).map_or("", |score| score.name.as_str());
            Some(format!(
                "a score without a range can be any number: write one, as in `score {name} from 0 to 100`, or `under A` and `A or more` for the outer rows"
            ))
        }
        _ => Some("this can be any number as far as the policy says: write `under A` and `A or more` for the outer rows".to_owned()),
    }
}
