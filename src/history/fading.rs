//! What a signal is still worth, by the number of days since: exactly, in millionths.
//!
//! Enters: how signals fade, and a number of days. Leaves: ½^(days/N) or 1 − days/N, rounded half away from zero to 6 places. Always holds: integers
//! alone. ½^(days/N) is ½^whole × ½^(rest/N); the N second factors are tabled to 100 binary places, of which some 95 are right, and ½
//! with a fraction in its exponent is irrational, so the product is never a half of a millionth itself. The tests compare with integers of any length.

use crate::model::Fading;

/// One, in millionths.
pub(super) const ONE: i64 = 1_000_000;

/// Two years.
const FIRST_DAYS: i64 = 731;
/// Binary places of the table.
const PLACES: u32 = 100;
/// Binary places while the table is made.
const MAKING_PLACES: u32 = 110;
/// ln 2 × 2^110, cut.
const LN_2: u128 = 899_756_482_030_919_243_385_101_862_961_404;

#[derive(Clone, Debug)]
pub(super) enum Weights {
    /// ½^(rest/N) for each rest below N, in 2^-100; and what that makes of the first days, which are asked for most
    Half { factors: Vec<u128>, first: Vec<i32> },
    /// N
    Line(i64),
}

impl Weights {
    pub fn new(fading: Fading) -> Weights {
        match fading {
            Fading::HalfEveryDays(days) => {
                let factors: Vec<u128> = (0..days.max(1)).map(|rest| half_to_the(rest, days.max(1))).collect();
                let first = (0..FIRST_DAYS).filter_map(|day| i32::try_from(halved(&factors, day)).ok()).collect();
                Weights::Half { factors, first }
            }
            Fading::ToNothingOverDays(days) => Weights::Line(i64::try_from(days).unwrap_or(i64::MAX).max(1)),
        }
    }

    /// What is left after so many days, in millionths; all of it for a day that is not over.
    pub fn millionths(&self, days: i64) -> i64 {
        let days = days.max(0);
        match self {
            Weights::Half { factors, first } => {
                let known = usize::try_from(days).ok().and_then(|days| first.get(days));
                known.map_or_else(|| halved(factors, days), |known| i64::from(*known))
            }
            Weights::Line(days_max) => {
                if days >= *days_max {
                    return 0;
                }
                let (left, whole) = (i128::from(days_max - days) * i128::from(ONE), i128::from(*days_max));
                ((2 * left + whole) / (2 * whole)) as i64
            }
        }
    }
}

/// ½^(days/N) in millionths.
fn halved(factors: &[u128], days: i64) -> i64 {
    let half_life = i64::try_from(factors.len()).unwrap_or(i64::MAX).max(1);
    // below half a millionth from the 21st half on
    let Some(halves) = u32::try_from(days / half_life).ok().filter(|halves| *halves <= 21) else { return 0 };
    let rest = usize::try_from(days % half_life).ok().and_then(|rest| factors.get(rest)).copied().unwrap_or(0);
    let shift = PLACES + halves;
    // below 2^120 plus 2^120
    ((rest * ONE as u128 + (1 << (shift - 1))) >> shift) as i64
}

/// ½^(rest/whole) in 2^-100, for rest < whole < 2^16: e^-x with x = ln 2 × rest / whole by its power series, whose terms fall below 2^-110 within 30.
fn half_to_the(rest: u64, whole: u64) -> u128 {
    let x = LN_2 / u128::from(whole) * u128::from(rest) + LN_2 % u128::from(whole) * u128::from(rest) / u128::from(whole);
    let mut term = 1u128 << MAKING_PLACES;
    let (mut plus, mut minus) = (0u128, 0u128);
    for number in 1u128.. {
        if term == 0 {
            break;
        }
        if number % 2 == 1 {
            plus += term;
        } else {
            minus += term;
        }
        term = times(term, x) / number;
    }
    (plus - minus) >> (MAKING_PLACES - PLACES)
}

/// The product of two numbers below 2 in 2^-110, cut.
fn times(left: u128, right: u128) -> u128 {
    const HALF: u32 = 64;
    const LOW: u128 = (1 << HALF) - 1;
    let (left_high, left_low) = (left >> HALF, left & LOW);
    let (right_high, right_low) = (right >> HALF, right & LOW);
    let low = left_low * right_low;
    let middle = left_high * right_low + (low >> HALF);
    let middle_low = left_low * right_high + (middle & LOW);
    let high = left_high * right_high + (middle >> HALF) + (middle_low >> HALF);
    (high << (2 * HALF - MAKING_PLACES)) | (((middle_low & LOW) << HALF | (low & LOW)) >> MAKING_PLACES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        let weights = Weights::new(Fading::HalfEveryDays(30));
        let expected = [(0, 1_000_000), (30, 500_000), (60, 250_000), (210, 7_813), (600, 1), (630, 0), (1_000_000, 0), (-1, 1_000_000)];
        for (days, millionths) in expected {
            assert_eq!(weights.millionths(days), millionths, "{days}");
        }
    }

    #[test]
    fn a_line_ends_at_nothing() {
        let weights = Weights::new(Fading::ToNothingOverDays(30));
        for (days, millionths) in [(0, 1_000_000), (1, 966_667), (10, 666_667), (15, 500_000), (29, 33_333), (30, 0), (31, 0)] {
            assert_eq!(weights.millionths(days), millionths, "{days}");
        }
        // 1 - 1/64 is 0.984375; 1 - 1/128 is 0.9921875, a half in the seventh place
        assert_eq!(Weights::new(Fading::ToNothingOverDays(128)).millionths(1), 992_188);
    }
}
