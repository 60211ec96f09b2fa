//! Bounds that a requirement sets, compared exactly.

use std::cmp::Ordering;

use crate::model::value::Decimal;

/// What lies between two ends; an end that is none is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Limit {
    pub low: Option<End>,
    pub high: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub value: Decimal,
    pub included: bool,
}

/// Calendar months, then days; one of the two is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Age {
    pub months: u64,
    pub days: u64,
}

impl Limit {
    pub fn exactly(value: Decimal) -> Limit {
        Limit::between(value, value)
    }

    pub fn from(value: Decimal, included: bool) -> Limit {
        Limit { low: Some(End { value, included }), high: None }
    }

    pub fn to(value: Decimal, included: bool) -> Limit {
        Limit { low: None, high: Some(End { value, included }) }
    }

    pub fn between(low: Decimal, high: Decimal) -> Limit {
        Limit { low: Some(End { value: low, included: true }), high: Some(End { value: high, included: true }) }
    }

    pub fn contains(self, value: Decimal) -> bool {
        let low = self.low.is_none_or(|end| match compare(value, end.value) {
            Ordering::Greater => true,
            Ordering::Equal => end.included,
            Ordering::Less => false,
        });
        let high = self.high.is_none_or(|end| match compare(value, end.value) {
            Ordering::Less => true,
            Ordering::Equal => end.included,
            Ordering::Greater => false,
        });
        low && high
    }

    /// What lies in both.
    pub fn common(self, other: Limit) -> Limit {
        // of two ends at one value the one that is left out is the stricter
        let stricter = |one: Option<End>, two: Option<End>, further: Ordering| match (one, two) {
            (Some(one), Some(two)) => Some(match compare(one.value, two.value) {
                Ordering::Equal => End { value: one.value, included: one.included && two.included },
                order if order == further => one,
                _ => two,
            }),
            (one, two) => one.or(two),
        };
        Limit { low: stricter(self.low, other.low, Ordering::Greater), high: stricter(self.high, other.high, Ordering::Less) }
    }

    pub fn is_empty(self) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => match compare(low.value, high.value) {
                Ordering::Less => false,
                Ordering::Equal => !(low.included && high.included),
                Ordering::Greater => true,
            },
            (_, _) => false,
        }
    }
}

/// Exact; both sides are sane, so that their difference fits 128 bits.
fn compare(left: Decimal, right: Decimal) -> Ordering {
    match left.minus(right) {
        Some(difference) => difference.mantissa.cmp(&0),
        None => left.mantissa.cmp(&right.mantissa),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(mantissa: i128, places: u8) -> Decimal {
        Decimal { mantissa, places }
    }

    #[test]
    fn ends_count_as_written() {
        let closed = Limit::between(decimal(55, 0), decimal(80, 0));
        assert!(closed.contains(decimal(5500, 2)) && closed.contains(decimal(80, 0)));
        assert!(!closed.contains(decimal(5499, 2)) && !closed.contains(decimal(8001, 2)));
        assert!(!Limit::to(decimal(0, 0), false).contains(decimal(0, 3)));
        assert!(Limit::to(decimal(0, 0), false).contains(decimal(-1, 18)));
    }

    #[test]
    fn what_lies_in_both() {
        let (up, down) = (Limit::from(decimal(5, 0), true), Limit::to(decimal(50, 1), false));
        assert!(up.common(down).is_empty() && !up.is_empty() && !down.is_empty());
        assert!(!up.common(Limit::to(decimal(5, 0), true)).is_empty());
        assert_eq!(Limit::from(decimal(5, 0), true).common(Limit::from(decimal(7, 0), true)), Limit::from(decimal(7, 0), true));
        assert_eq!(Limit::to(decimal(5, 0), true).common(Limit::to(decimal(7, 0), true)), Limit::to(decimal(5, 0), true));
    }
}
